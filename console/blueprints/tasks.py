"""Background work of this room: counting records on the map, and looking at records where settings are refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from console.blueprints.assembled import Seen, Sighting, process_of
from console.blueprints.numbers import History, spread
from console.connections.models import Connection, User
from console.jobs.handle import JobFailed, JobHandle
from console.jobs.models import Job
from crm_client.blueprints import Blueprint
from crm_client.coql_text import Where, all_of, compare
from crm_client.errors import InvalidName, InvalidRequest, NotAllowed, NotFound, RecordLocked, ScopeMissing
from crm_client.records import Record

COUNT_RECORDS = "count_blueprint"
LOOK_AT_RECORDS = "look_at_blueprints"
SAMPLES = (0, 25, 100)
"""How many timelines one may have read."""
PER_STATE = (3, 10)
"""How many records of each state one may have looked at."""
MOST_LOOKS = 400
"""Records that one look goes through at most."""
MOST_BLIND = 40
"""Records that are tried until one is in a process."""
_LIKELY = ("status", "stage", "state", "step", "phase")  # parts of the names of fields that processes run on
_SKIPPED = (RecordLocked, NotFound, NotAllowed, InvalidRequest)


def count_records(handle: JobHandle) -> None:
    """Records per state, and times in state from the timelines of a sample; goes on where it was.

    params              process (id), module, field, pipeline (name or ""), layout (id or ""), states, sample
    result["counts"]    {value: records}; ["notes"] sentences about how they were counted
    result["stays"], ["waiting"]  {value: [seconds]}; ["sample"] timelines read; ["read"] their records
    """
    params, result = handle.job.params, handle.job.result
    module, name = params["module"], params["field"]
    if "counts" not in result:
        handle.progress(0, params["sample"] + 1, "Counting records per state")
        counts, where, notes = _counts(handle, params)
        handle.result(counts=counts, notes=notes, where=where.text if where else "", ids=_ids(handle, params, where))
    result = handle.job.result
    history, read = History.of_json(result), list(result.get("read", []))
    sample = int(result.get("sample", 0))
    wanted = [id_ for id_ in result["ids"] if id_ not in read]
    for id_ in wanted:
        handle.progress(len(read) + 1, len(result["ids"]) + 1, "Reading timelines")
        try:
            history.add(handle.crm.timeline.page(module, id_).events, name, timezone.now())
            sample += 1
        except ScopeMissing as exc:
            handle.result(notes=[*handle.job.result["notes"], f"Times in state: {exc.sentence()}"])
            break
        except _SKIPPED:
            pass  # a record that was deleted or locked meanwhile is left out of the sample
        read.append(id_)
        handle.result(**history.as_json(), read=read, sample=sample)
    handle.progress(len(read) + 1, len(result["ids"]) + 1)


def _counts(handle: JobHandle, params: dict[str, Any]) -> tuple[dict[str, int], Where | None, list[str]]:
    """Counted in one call: over all layouts where the CRM will not tell them apart, by state where it will not group.

    unverified: that a query may ask for a layout; the documentation names neither this nor its refusal
    """
    notes: list[str] = []
    for layout in dict.fromkeys([params["layout"], ""]):
        where = _where(params["pipeline"], layout)
        try:
            grouped = handle.crm.coql.counts(params["module"], params["field"], where)
        except InvalidRequest:
            continue
        if layout != params["layout"]:
            notes.append("Zoho CRM would not tell layouts apart, so the records of other layouts are counted too.")
        return {str(value): count for value, count in grouped if isinstance(value, str) and value}, where, notes
    notes.append("Zoho CRM would not group them, so each state was counted by a call of its own, over all layouts.")
    where, counts = _where(params["pipeline"], ""), {}
    for value in params["states"]:
        handle.progress(0, params["sample"] + 1, f"Counting {value}"[:200])
        try:
            one = compare(params["field"], "=", value)
        except InvalidName:
            notes.append(f"No query can hold the value “{value}”, so its records were not counted.")
            continue
        counts[value] = handle.crm.coql.count(params["module"], all_of(one, where) if where else one)
    return counts, where, notes


def _where(pipeline: str, layout: str) -> Where | None:
    """The records that the process is for: those of its pipeline or layout."""
    parts = [compare("Pipeline", "=", pipeline)] if pipeline else []
    parts += [compare("Layout", "=", layout)] if layout else []
    return all_of(*parts) if parts else None


def _ids(handle: JobHandle, params: dict[str, Any], where: Where | None) -> list[str]:
    """The records whose timelines are read: of the 200 changed last, from the states in turn."""
    if not params["sample"]:
        return []
    name = params["field"]
    page = handle.crm.coql.select(
        ["id", name], params["module"], where, order_by="Modified_Time", descending=True, limit=200
    )
    by_state: dict[str, list[str]] = defaultdict(list)
    for record in page.records:
        by_state[str(record.get(name))].append(record.id)
    return spread(by_state, params["sample"])


def count_params(process: Blueprint, layouts: int, sample: int) -> dict[str, Any]:
    """What `count_records` needs to know of a process.

    layouts  how many the module has: with one alone, nothing has to be told apart
    """
    by_layout = process.layout and layouts > 1 and not process.pipeline
    return {
        "process": process.id,
        "module": process.module_name,
        "field": process.field_name,
        "pipeline": process.pipeline.name if process.pipeline else "",
        "layout": process.layout.id if by_layout and process.layout else "",
        "states": [state.actual_value for state in process.states],
        "sample": sample,
    }


def look_at_records(handle: JobHandle) -> None:
    """Records of one module in every state that its processes have, until no new state turns up.

    params               module, per_state
    result["processes"]  [Sighting as JSON]; result["asked"] ids of records asked for
    """
    look = _Look(handle)
    page = handle.crm.records.page(look.module, look.columns, sort_by="Modified_Time", sort_order="desc")
    handle.result(processes=[one.as_json() for one in look.sightings], asked=look.asked)
    for id_ in look.candidates(page.records):
        if look.names or len(look.asked) >= MOST_BLIND:
            break
        look.at(id_)
    for record in page.records:
        if any(look.needs(name, str(record.get(name))) for name in look.names):
            look.at(record.id)
    while look.left():
        name, value = look.left()[0]
        look.tried.add((name, value))
        try:
            where = compare(name, "=", value)
        except InvalidName:  # no query can hold this value
            continue
        found = handle.crm.coql.select(["id"], look.module, where, limit=look.per_state)
        for record in found.records:
            if look.needs(name, value):
                look.at(record.id)
    handle.progress(len(look.asked), len(look.asked))


class _Look:
    """What was seen so far."""

    def __init__(self, handle: JobHandle) -> None:
        self.handle = handle
        self.module: str = handle.job.params["module"]
        self.per_state: int = handle.job.params["per_state"]
        fields = handle.kept.fields(self.module).value
        picklists = [one.api_name for one in fields if one.data_type == "picklist" and one.api_name]
        picklists.sort(key=lambda name: not any(word in name.lower() for word in _LIKELY))
        self.columns = picklists[:50]
        if not self.columns:
            raise JobFailed("NO-PICKLIST", f"{self.module} has no picklist, so it cannot have a blueprint.")
        self.sightings = [Sighting.of_json(raw) for raw in handle.job.result.get("processes", [])]
        self.asked: list[str] = list(handle.job.result.get("asked", []))
        self.tried: set[tuple[str, str]] = set()

    @property
    def names(self) -> set[str]:
        return {one.field_name for one in self.sightings}

    def candidates(self, records: Sequence[Record]) -> list[str]:
        """In which order to try records while no process is known: of each picklist's values in turn.

        Lists do not tell which records are in a process, nor which picklist the process runs on.
        """
        found: dict[str, None] = {}
        for name in self.columns:
            by_value: dict[str, list[str]] = defaultdict(list)
            for record in records:
                by_value[str(record.get(name))].append(record.id)
            found.update(dict.fromkeys(ids[0] for ids in by_value.values()))
        return [*found, *(record.id for record in records if record.id not in found)]

    def needs(self, name: str, value: str) -> bool:
        """Whether too few records of a state were looked at."""
        seen = [one.states.get(value, 0) for one in self.sightings if one.field_name == name]
        return len(self.asked) < MOST_LOOKS and (not seen or max(seen) < self.per_state)

    def left(self) -> list[tuple[str, str]]:
        """States that transitions name and of which too few were seen."""
        named = [(one.field_name, value) for one in self.sightings for value in one.states if one.field_name and value]
        return [pair for pair in dict.fromkeys(named) if pair not in self.tried and self.needs(*pair)]

    def at(self, id_: str) -> None:
        if id_ in self.asked:
            return
        self.handle.progress(
            len(self.asked), len(self.asked) + 1, f"{sum(len(s.states) for s in self.sightings)} states"
        )
        self.asked.append(id_)
        try:
            place = self.handle.crm.blueprints.of_record(self.module, id_)
        except _SKIPPED:
            place = None
        if place is not None and place.process_id:
            known = next((one for one in self.sightings if one.id == place.process_id), None)
            if known is None:
                self.sightings.append(Sighting.of(self.module, place))
            else:
                known.add(place)
        self.handle.result(processes=[one.as_json() for one in self.sightings], asked=self.asked)


def last_count(connection: Connection, person: User, process: str) -> Job | None:
    """The last count that was finished by this person for a process."""
    mine = Job.objects.for_user(person).filter(connection=connection, kind=COUNT_RECORDS, params__process=process)
    return mine.filter(state=Job.State.DONE).order_by("-finished_at").first()


def running_count(connection: Connection, person: User, process: str) -> Job | None:
    mine = Job.objects.for_user(person).filter(connection=connection, kind=COUNT_RECORDS, params__process=process)
    return mine.filter(state__in=[Job.State.WAITING, Job.State.RUNNING]).first()


def last_sample(connection: Connection, person: User) -> list[Job]:
    """The last finished look at each module, newest first."""
    mine = Job.objects.for_user(person).filter(connection=connection, kind=LOOK_AT_RECORDS, state=Job.State.DONE)
    found: dict[str, Job] = {}
    for job in mine.order_by("-finished_at")[:100]:
        found.setdefault(str(job.params.get("module")), job)
    return list(found.values())


def running_sample(connection: Connection, person: User) -> Job | None:
    mine = Job.objects.for_user(person).filter(connection=connection, kind=LOOK_AT_RECORDS)
    return mine.filter(state__in=[Job.State.WAITING, Job.State.RUNNING]).first()


def sampled(job: Job) -> list[Seen]:
    """The processes that a look found."""
    return [process_of(Sighting.of_json(raw)) for raw in job.result.get("processes", [])]
