"""Traces that a write may have left in the CRM: records of this user since the send, and records as they are now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from console.submissions.changes import comparable_value, plain_values
from console.submissions.models import Row, Submission
from console.submissions.operations import Absent, Found, Unsure, Verdict
from crm_client import CrmClient
from crm_client.errors import InvalidRequest, NotFound
from crm_client.records import MOST_FIELDS, Record
from crm_client.values import JSON, JsonObject

BEFORE = timedelta(minutes=1)  # that the CRM's clock may be behind ours
MOST_READ = 20_000  # records; where there are more since the send, nothing is concluded from not finding one
MOST_CANDIDATES = 20  # that are shown to a person
_NEAR = 500  # records that are looked at for being nearly like a row
_CUT = 450  # characters: lists cut rich text at 500, so longer texts are compared in the whole record


def compared(crm: CrmClient, submission: Submission, rows: Sequence[Row], what: str) -> dict[int, Verdict]:
    """Rows against the records that this user "Created" or "Modified" since a minute before the send.

    A row is found when exactly as many records are equal in all its plain values as there are rows of these values
    without an answer, and no other row has them: rows alike cannot be told apart, and need not be.
    """
    recent = _Recent(crm, submission, rows, what)
    taken = _taken(submission, [record.id for record in recent.records])
    alike: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        alike[row.fingerprint].append(row)
    verdicts: dict[int, Verdict] = {}
    for print_, group in alike.items():
        free = [record for record in recent.like(group[0]) if record.id not in taken]
        waiting = _waiting(submission, print_)
        is_certain = recent.is_whole and len(free) == waiting[Row.State.UNKNOWN] and not waiting[Row.State.SENT]
        if is_certain:
            verdicts |= {row.pk: Found(record.id) for row, record in zip(group, free, strict=False)}
            taken |= {record.id for record in free[: len(group)]}
        else:
            candidates = free or [record for record in recent.nearly_like(group[0]) if record.id not in taken]
            code = "SENT-UNKNOWN" if candidates or not recent.is_whole else "NOT-FOUND-SEND-AGAIN"
            unsure = Unsure([record.id for record in candidates[:MOST_CANDIDATES]], code)
            verdicts |= dict.fromkeys((row.pk for row in group), unsure)
    return verdicts


class _Recent:
    """This user's records since a minute before the earliest send, by the values that lists give whole."""

    def __init__(self, crm: CrmClient, submission: Submission, rows: Sequence[Row], what: str) -> None:
        self._crm, self._module = crm, submission.module
        self._stamp, author = f"{what}_Time", f"{what}_By"
        since = min(_sent_at(row) for row in rows) - BEFORE
        room = MOST_FIELDS - 2
        self._names = set(islice(_listed(row.payload or {} for row in rows), room))
        self.records: list[Record] = []
        self.is_whole = True
        fields = [self._stamp, author, *sorted(self._names)]
        listed = crm.records.all(self._module, fields, sort_by=self._stamp, sort_order="desc")
        for number, record in enumerate(listed):
            moment = _moment(record.raw.get(self._stamp))
            if moment is not None and moment < since:
                break
            if number >= MOST_READ:
                self.is_whole = False
                break
            by = record.ref(author)
            if by is not None and by.id == submission.connection.crm_user_id:
                self.records.append(record)
        self._by_values: dict[tuple[str, ...], dict[tuple[JSON, ...], list[Record]]] = {}

    def like(self, row: Row) -> list[Record]:
        """The records since a minute before the row's own send that have all its plain values."""
        plain = plain_values(row.payload or {})
        names = tuple(sorted(name for name, value in plain.items() if name in self._names and len(str(value)) <= _CUT))
        if not names:
            return []
        wanted = tuple(plain[name] for name in names)
        since = _sent_at(row) - BEFORE
        found = []
        for record in self._with(names).get(wanted, []):
            moment = _moment(record.raw.get(self._stamp))
            if moment is None or moment >= since:
                found.append(record)
        if len(names) == len(plain):
            return found
        whole = [read(self._crm, self._module, record.id) for record in found[:MOST_CANDIDATES]]
        return [record for record in whole if record is not None and _has(record, plain)]

    def nearly_like(self, row: Row) -> list[Record]:
        """Records that have at least half of the row's plain values and are empty where they do not.

        The CRM drops what its layout does not hold or the profile may not write, without a word; and a row without
        plain values may be any of them. Nothing is concluded from these: they are shown to a person.
        """
        plain = plain_values(row.payload or {})
        found = []
        for record in self.records[:_NEAR]:
            kept = {name: comparable_value(record.raw.get(name)) for name in plain if name in self._names}
            equal = sum(value == plain[name] for name, value in kept.items())
            if 2 * equal >= len(kept) and all(value in ("", plain[name]) for name, value in kept.items()):
                found.append(record)
        return found

    def _with(self, names: tuple[str, ...]) -> dict[tuple[JSON, ...], list[Record]]:
        if names not in self._by_values:
            made: defaultdict[tuple[JSON, ...], list[Record]] = defaultdict(list)
            for record in self.records:
                made[tuple(comparable_value(record.raw.get(name)) for name in names)].append(record)
            self._by_values[names] = made
        return self._by_values[names]


def updated(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> dict[int, Verdict]:
    """Rows against their records as they are now: as wanted, not changed, or changed meanwhile."""
    return {row.pk: _update_verdict(submission, row, read(crm, submission.module, row.crm_id)) for row in rows}


def _update_verdict(submission: Submission, row: Row, record: Record | None) -> Verdict:
    """Sent again only over a record that nobody has touched since: what stands there may be the person's newer wish,
    or our own write that a rule of the organisation moved on.
    """
    if record is None:
        return Unsure((), "NOT-FOUND-SEND-AGAIN", ask_now=True)
    payload = row.payload or {}
    plain = plain_values(payload) | _owner(payload)
    is_as_wanted = _has(record, plain)
    # Rows of a subform, files and the like are added by each sending, so that a second one would double them.
    adds = {name for name in payload if not name.startswith("$")} - set(plain) - {"id"}
    if is_as_wanted and not adds:
        return Found(row.crm_id)
    changed_at, opened = _moment(record.modified_time), submission.write_options.if_unmodified_since
    is_old = changed_at is not None and changed_at < _sent_at(row) - BEFORE
    is_as_opened = changed_at is not None and changed_at == _moment(opened)
    if (is_as_opened and (is_old or not adds)) if opened else is_old:
        return Absent()
    # A form sends what differs from the record as it was opened: one of its values there proves that it came through.
    if opened and plain and is_as_wanted and not is_as_opened and _is_by_us(record, submission):
        return Found(row.crm_id)
    return Unsure((row.crm_id,), "MOVED-BY-OTHER", ask_now=True)


def _owner(payload: JsonObject) -> JsonObject:
    """The owner wished for in its comparable form; only new records get theirs from rules."""
    owner = comparable_value(payload.get("Owner"))
    return {"Owner": owner} if owner else {}


def _is_by_us(record: Record, submission: Submission) -> bool:
    by = record.ref("Modified_By")
    return by is not None and by.id == submission.connection.crm_user_id


def read(crm: CrmClient, module: str, id_: str) -> Record | None:
    """The record, or None when the CRM has it no longer, in whichever of its two ways it says so."""
    try:
        return crm.records.get(module, id_)
    except InvalidRequest as error:
        if error.code == "INVALID_DATA":
            return None
        raise
    except NotFound as error:
        if error.code == "INVALID_MODULE":
            raise
        return None


def _listed(payloads: Iterable[JsonObject]) -> Iterable[str]:
    """Names of the plain values that lists give whole, each once."""
    seen: set[str] = set()
    for payload in payloads:
        for name, value in plain_values(payload).items():
            if name not in seen and len(str(value)) <= _CUT:
                seen.add(name)
                yield name


def _has(record: Record, plain: Mapping[str, JSON]) -> bool:
    return all(value == comparable_value(record.raw.get(name)) for name, value in plain.items())


def _taken(submission: Submission, ids: Sequence[str]) -> set[str]:
    """Records that another row has made already: nothing is found twice."""
    makers = Row.objects.filter(
        submission__module=submission.module,
        submission__zgid=submission.zgid,
        submission__connection__dc=submission.connection.dc,
    ).exclude(submission__operation__in=["update", "delete"])
    found: set[str] = set()
    for start in range(0, len(ids), 500):
        found.update(makers.filter(crm_id__in=ids[start : start + 500]).values_list("crm_id", flat=True))
    return found


def _waiting(submission: Submission, print_: str) -> dict[str, int]:
    """How many rows of this person with these values are under way or unknown, in whichever submission."""
    counts: defaultdict[str, int] = defaultdict(int)
    rows = Row.objects.filter(
        fingerprint=print_,
        state__in=[Row.State.SENT, Row.State.UNKNOWN],
        submission__module=submission.module,
        submission__zgid=submission.zgid,
        submission__connection__crm_user_id=submission.connection.crm_user_id,
    )
    for state in rows.values_list("state", flat=True):
        counts[state] += 1
    return counts


def _sent_at(row: Row) -> datetime:
    return row.call.sent_at or datetime.now(UTC)


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
