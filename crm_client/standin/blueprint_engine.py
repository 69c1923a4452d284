"""The engine of processes: who may run what, what runs by itself, and how a record gets from state to state.

Where a record stands is kept beside the record (`Organisation.process_places`): {"process": id, "state": picklist
value, "since": seconds since the epoch, "done": [ids of children of parallel transitions that are done], "partial":
{transition id: per cent done}, "values": {transition id: {inputs that are no fields}}}.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crm_client.standin.blueprint_process import Process, Way
from crm_client.standin.clock import iso, zone_of
from crm_client.standin.conditions import moment
from crm_client.standin.criteria import matches
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import Viewer, dicts, reference_id

if TYPE_CHECKING:
    from crm_client.standin.calls import Call

MOST_HOPS = 20  # automatic transitions in a row, so that two which lead to each other come to an end
TITLES = ("Name", "Deal_Name", "Full_Name", "Last_Name", "Subject")  # fields that name a record
SYSTEM = {"name": "System", "id": "0"}


class Engine:
    """The processes of one organisation, for the length of one call."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._organisation = call.organisation
        self._store = call.store
        self.now = call.world.clock.now()

    # processes

    def processes(self) -> list[Process]:
        """Every process, in the order of the settings; compiled again after the organisation was changed by hand."""
        kept: list[Process] | None = self._store.kept.get(("processes",))
        if kept is None:
            kept = [Process.of(raw) for raw in self._organisation.blueprint_settings.values()]
            self._store.kept["processes",] = kept
        return kept

    def process(self, id_: str) -> Process | None:
        """The process with this id."""
        return next((one for one in self.processes() if one.id == id_), None)

    def active(self, module: str, record: JSON) -> Process | None:
        """The process that is in force for a record's module, layout and pipeline."""
        for one in self.processes():
            layout = reference_id(record.get("Layout"))
            if one.is_active and one.module == module and (not layout or one.layout_id in ("", layout)):
                told = one.raw.get("pipeline")
                pipeline = told.get("display_value") if isinstance(told, dict) else None
                if pipeline is None or record.get("Pipeline") == pipeline:
                    return one
        return None

    # places

    def place(self, module: str, record: JSON) -> tuple[Process, JSON] | None:
        """The process a record is in, and where; None when it is in none."""
        place = self._organisation.process_places.get(module, {}).get(str(record.get("id")))
        process = self.process(str(place.get("process"))) if place is not None else None
        if place is None or process is None:
            return None
        value = record.get(process.field)
        if place.get("state") != value:  # somebody has set the field by hand, or the stand-in was started again
            changed = moment(record.get("Modified_Time"))
            place = new_place(process, str(value), changed.timestamp() if changed else self.now)
            self.keep(module, str(record.get("id")), place)
        return process, place

    def keep(self, module: str, id_: str, place: JSON | None) -> None:
        """Remembers where a record stands; None: it has left."""
        self._store.keep_place(module, id_, place)
        self._store.kept.pop(("due", module), None)

    def enter(self, module: str, record: JSON) -> None:
        """Takes a record into the process that is meant for it: right state, right layout, entry criteria fulfilled."""
        process = self.active(module, record)
        if process is None or not matches(record, process.raw.get("entry_criteria")):
            return
        state = process.state_named(record.get(process.field))
        if state and not process.is_end(state):
            self.keep(module, str(record.get("id")), new_place(process, process.value(state), self.now))
            if record.get("$process_flow") is not True:
                self._store.put(module, record | {"$process_flow": True})

    # transitions

    def may_run(self, viewer: Viewer, process: Process, way: Way, record: JSON) -> bool:
        """Whether a transition is this user's to run: the profile may edit the module, and an owner is the user.

        unverified: a continuous process lends its owners to the transitions that name none; administrators get no
        exception.
        """
        if not viewer.may_do("Edit", process.module):
            return False
        owners = dicts(way.transition.get("owners"))
        if not owners and process.is_continuous:
            owners = dicts(process.raw.get("owners"))
        return not owners or any(_is_owner(owner, viewer, record) for owner in owners)

    def open_ways(self, viewer: Viewer, process: Process, place: JSON, record: JSON) -> list[Way]:
        """What a user is shown on a record: every transition out of its state but those of others and those done."""
        state = process.state_named(place.get("state"))
        done = place.get("done") or []
        return [
            way
            for way in process.leaving(state)
            if way.id not in done and (way.is_automatic or self.may_run(viewer, process, way, record))
        ]

    def due_at(self, way: Way, place: JSON) -> float:
        """When an automatic transition runs, in seconds since the epoch."""
        return float(place.get("since") or 0) + way.wait_s

    def move(self, module: str, record: JSON, process: Process, way: Way, values: JSON, *, at: float, by: JSON) -> JSON:
        """Runs a transition to its end: writes the record, moves its place, tells ledger and timeline.

        Returns the record as it now stands. A child of a parallel transition closes its parent when it is the last.
        """
        id_ = str(record.get("id"))
        found = self.place(module, record)
        place = dict(found[1]) if found is not None else new_place(process, str(record.get(process.field)), at)
        state = process.state_named(place.get("state"))
        forget = {
            "partial": {key: kept for key, kept in (place.get("partial") or {}).items() if key != way.id},
            "values": {key: kept for key, kept in (place.get("values") or {}).items() if key != way.id},
        }
        if way.is_child:
            place |= forget | {"done": [*(place.get("done") or []), way.id]}
            record = self.write(module, record, values, at=at, by=by, way=way)
            self.keep(module, id_, place)
            siblings = {one.id for one in process.leaving(state) if one.parent_id == way.parent_id}
            parent = next((one for one in process.leaving(state) if one.id == way.parent_id), None)
            if parent is not None and siblings <= set(place["done"]):
                return self.move(module, record, process, parent, {}, at=at, by=by)
            return record
        target = process.value(way.target)
        ended = process.is_end(way.target)
        values = values | {process.field: target} | ({"$process_flow": False} if ended else {})
        record = self.write(module, record, values, at=at, by=by, way=way)
        self.keep(module, id_, None if ended else new_place(process, target, at))
        return record

    def write(self, module: str, record: JSON, values: JSON, *, at: float, by: JSON, way: Way) -> JSON:
        """Puts values into a record, with its stamps, and tells ledger and timeline."""
        changed = {key: value for key, value in values.items() if record.get(key) != value}
        when = iso(at, zone_of(self._organisation.org))
        stamps: JSON = {"Modified_Time": when}
        if by is not SYSTEM:
            stamps["Modified_By"] = by
        written = record | changed | stamps
        self._store.put(module, written)
        id_ = str(record.get("id"))
        told = {key: value for key, value in changed.items() if not key.startswith("$")}
        self._call.commit(module, id_, "update", told)
        self._tell_timeline(module, record, told, when, by, way)
        return written

    def _tell_timeline(self, module: str, record: JSON, changed: JSON, when: str, by: JSON, way: Way) -> None:
        timelines = self._organisation.timelines
        if module not in timelines:
            timelines[module] = {}
        labels = {str(one.get("api_name")): one for one in dicts(self._organisation.fields.get(module))}
        events = timelines[module].setdefault(str(record.get("id")), [])
        event = timeline_event(
            self._store.new_id(), when, by, self._organisation.module(module) or {}, record,
            {"id": way.id, "name": way.transition.get("name")},
            [(labels.get(key, {"api_name": key}), record.get(key), value) for key, value in changed.items()],
        )  # fmt: skip
        events.insert(0, event)

    # the clock

    def catch_up(self, module: str) -> None:
        """Runs every automatic transition of a module whose time has come.

        unverified: one whose criteria do not match when its time comes runs as soon as they do.
        """
        automatic = {one.id: one for one in self.processes() if one.module == module and _has_automatic(one)}
        if not automatic:
            return
        with self._store.lock:
            due = self._store.kept.get(("due", module))
            if due is not None and due > self.now:
                return
            nearest = float("inf")
            for id_, place in list(self._organisation.process_places.get(module, {}).items()):
                process = automatic.get(str(place.get("process")))
                if process is not None:
                    nearest = min(nearest, self._advance(module, id_, process))
            self._store.kept["due", module] = nearest

    def _advance(self, module: str, id_: str, process: Process) -> float:
        """Runs what is due on one record; returns when the next is, in seconds since the epoch."""
        for _ in range(MOST_HOPS):
            record = self._store.record(module, id_)
            found = self.place(module, record) if record is not None else None
            if record is None or found is None:
                return float("inf")
            _, place = found
            ways = [way for way in process.leaving(process.state_named(place.get("state"))) if way.is_automatic]
            ready = [way for way in ways if self.due_at(way, place) <= self.now]
            runs = next((way for way in ready if matches(record, way.transition.get("criteria"))), None)
            if runs is None or self._call.is_locked(module, id_):
                waiting = (self.due_at(way, place) for way in ways if way not in ready)
                return self.now + 1 if ready else min(waiting, default=float("inf"))
            self.move(module, record, process, runs, {}, at=self.due_at(runs, place), by=SYSTEM)
        return self.now + 1


def new_place(process: Process, value: str, since: float) -> JSON:
    """A record that has just come into a state."""
    return {"process": process.id, "state": value, "since": since, "done": [], "partial": {}, "values": {}}


def timeline_event(
    id_: str,
    when: str,
    by: JSON,
    module: JSON,
    record: JSON,
    transition: JSON | None,
    changes: Iterable[tuple[JSON, object, object]],
) -> JSON:
    """One event of a record's timeline: `changes` are (field, old value, new value).

    unverified: how the CRM marks an event as a process's own.
    """
    return {
        "id": id_,
        "audited_time": when,
        "action": "transition" if transition else "updated",
        "done_by": by,
        "record": {
            "id": record.get("id"),
            "name": next((record[key] for key in TITLES if record.get(key)), None),
            "module": {"api_name": module.get("api_name"), "id": module.get("id")},
        },
        "related_record": None,
        "source": "blueprint" if transition else "crm_ui",
        "automation_details": {"type": "blueprint", "transition": transition} if transition else None,
        "type": None,
        "extension": None,
        "field_history": [
            {
                "api_name": field.get("api_name"),
                "field_label": field.get("field_label"),
                "id": field.get("id"),
                "data_type": field.get("data_type"),
                "_value": {"old": old, "new": new},
            }
            for field, old, new in changes
        ],
    }


def _has_automatic(process: Process) -> bool:
    return process.is_active and any(way.is_automatic for ways in process.ways.values() for way in ways)


def _is_owner(owner: JSON, viewer: Viewer, record: JSON) -> bool:
    ids = {str(one.get("id")) for one in dicts(owner.get("resources"))}
    kind = owner.get("type")
    if kind == "record_owner":
        return reference_id(record.get("Owner")) == viewer.id
    if kind == "roles":
        return reference_id(viewer.user.get("role")) in ids
    if kind == "profiles":
        return viewer.profile_id in ids
    return kind == "users" and viewer.id in ids
