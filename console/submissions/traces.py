"""Traces that a write may have left in the CRM: records of this user since the send, and records as they are now."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from itertools import chain, islice

from django.db.models import QuerySet

from console.submissions import clocks, makers, operations, slots
from console.submissions.changes import comparable_value, plain_values
from console.submissions.models import Row, Submission
from console.submissions.operations import Absent, Found, Unsure, Verdict
from crm_client import CrmClient
from crm_client.errors import CrmError, InvalidRequest, NoAnswer, NotFound, NotSent, TooManyRequests
from crm_client.records import MOST_FIELDS, Record
from crm_client.values import JSON, JsonObject
from crm_client.writes import MOST_ROWS

CLOCKS_APART = timedelta(hours=3)  # at most, the CRM's and ours
BEFORE = timedelta(minutes=1)  # that a record's time may be before the send, by the CRM's own clock
MOST_READ = 20_000  # records; where there are more since the send, nothing is concluded from not finding one
MOST_CANDIDATES = 20  # that are shown to a person
MOST_ALONE = 300  # records that are read one by one in one look
_NEAR = 500  # records that are looked at for being nearly like a row
_CUT = 450  # characters: lists cut rich text at 500, so longer texts are compared in the whole record


def compared(crm: CrmClient, submission: Submission, rows: Sequence[Row], what: str) -> dict[int, Verdict]:
    """Rows against the records that this user "Created" or "Modified" since a minute before the send.

    A row is found when exactly as many records are equal in all its plain values as there are rows of these values
    without an answer, no other row has them, and no other row without an answer that says as much could be them: rows
    alike cannot be told apart, and need not be.
    """
    recent = _Recent(crm, submission, rows, what)
    # In this order: a row settled meanwhile is then counted as waiting, or its record as taken, or both.
    waiting = _Waiting(submission, recent.names)
    taken = makers.taken_ids(submission, [record.id for record in recent.records])
    alike: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        alike[row.fingerprint].append(row)
    groups = sorted(alike.values(), key=lambda group: -len(plain_values(group[0].payload or {})))
    verdicts: dict[int, Verdict] = {}
    unsure: list[tuple[list[Row], list[Record]]] = []
    for group in groups:
        free = [record for record in recent.like(group[0]) if record.id not in taken]
        if recent.is_whole and waiting.are_only(group[0], free):
            verdicts |= {row.pk: Found(record.id) for row, record in zip(group, free, strict=False)}
            taken |= {record.id for record in free[: len(group)]}
        else:
            unsure.append((group, free))
    for group, like in unsure:
        listed = [record.id for record in like or recent.nearly_like(group[0]) if record.id not in taken]
        code = "SENT-UNKNOWN" if listed or not recent.is_whole else "NOT-FOUND-SEND-AGAIN"
        verdicts |= dict.fromkeys((row.pk for row in group), Unsure(listed[:MOST_CANDIDATES], code))
    return verdicts


class _Recent:
    """This user's records since a minute before the earliest send, by the values that lists give whole."""

    def __init__(self, crm: CrmClient, submission: Submission, rows: Sequence[Row], what: str) -> None:
        self._crm, self._module, self._connection = crm, submission.module, submission.connection
        self._stamp, author = f"{what}_Time", f"{what}_By"
        since: datetime | None = None
        others = _unsettled(submission).values_list("payload", flat=True)[:_NEAR]
        payloads = chain((row.payload for row in rows), others)
        self.names = set(islice(_listed(plain_values(payload or {}) for payload in payloads), MOST_FIELDS - 2))
        by_id: dict[str, Record] = {}  # a list that grows while it is paged holds records twice
        self.is_whole = True
        fields = [self._stamp, author, *sorted(self.names)]
        listed = crm.records.all(self._module, fields, sort_by=self._stamp, sort_order="desc")
        for number, record in enumerate(listed):
            moment = _moment(record.raw.get(self._stamp))
            if since is None:  # not before the CRM has answered, and so told what time it is there
                since = min(clocks.sent_at(row.call, self._connection) for row in rows) - BEFORE
            if moment is not None and moment < since:
                break
            if number >= MOST_READ:
                self.is_whole = False
                break
            by = record.ref(author)
            if by is not None and by.id == submission.connection.crm_user_id:
                by_id[record.id] = record
        self.records = list(by_id.values())
        self._by_values: dict[tuple[str, ...], dict[tuple[JSON, ...], list[Record]]] = {}

    def like(self, row: Row) -> list[Record]:
        """The records since a minute before the row's own send that have all its plain values."""
        plain = plain_values(row.payload or {})
        names = tuple(sorted(name for name, value in plain.items() if name in self.names and len(str(value)) <= _CUT))
        if not names:
            return []
        wanted = tuple(plain[name] for name in names)
        since = clocks.sent_at(row.call, self._connection) - BEFORE
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
        """Records that have at least half of the row's plain values, those with the most first.

        The CRM drops what its layout does not hold or the profile may not write, without a word; rules move values on,
        numbers are rounded; and a row without plain values may be any of them. Nothing is concluded from these: they
        are shown to a person.
        """
        plain = {name: value for name, value in plain_values(row.payload or {}).items() if name in self.names}
        since, found = clocks.sent_at(row.call, self._connection) - BEFORE, []
        for record in self.records[:_NEAR]:
            equal = sum(comparable_value(record.raw.get(name)) == value for name, value in plain.items())
            moment = _moment(record.raw.get(self._stamp))
            if 2 * equal >= len(plain) and (moment is None or moment >= since):
                found.append((equal, record))
        found.sort(key=lambda one: -one[0])
        return [record for _, record in found]

    def _with(self, names: tuple[str, ...]) -> dict[tuple[JSON, ...], list[Record]]:
        if names not in self._by_values:
            made: defaultdict[tuple[JSON, ...], list[Record]] = defaultdict(list)
            for record in self.records:
                made[tuple(comparable_value(record.raw.get(name)) for name in names)].append(record)
            self._by_values[names] = made
        return self._by_values[names]


def updated(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> dict[int, Verdict]:
    """Rows against their records as they are now: as wanted, not changed, or changed meanwhile."""
    now = present(crm, submission, rows)
    return {row.pk: _update_verdict(submission, row, now[row.pk]) for row in rows if row.pk in now}


def deleted(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> dict[int, Verdict]:
    """What is still there was not deleted."""
    now = present(crm, submission, rows)
    return {row.pk: Absent() if now[row.pk] else Found(row.crm_id) for row in rows if row.pk in now}


def present(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> dict[int, Record | None]:
    """The rows' records as they are now, None for one that is gone. Left out is what could not be read this time.

    A hundred are read with one call; by itself what the list does not hold, or not whole.
    raises  CrmError when not one could be read
    """
    now: dict[int, Record | None] = {}
    failure: CrmError | None = None
    alone: list[Row] = []
    for start in range(0, len(rows), MOST_ROWS):
        part = rows[start : start + MOST_ROWS]
        listed = _by_id(crm, submission, part) if len(part) > 1 else {}
        for row in part:
            record = listed.get(row.crm_id)
            if record is not None and _tells(record, row):
                now[row.pk] = record
            else:
                alone.append(row)
    for row in alone[:MOST_ALONE]:
        try:
            now[row.pk] = read(crm, submission.module, row.crm_id)
        except TooManyRequests as error:
            slots.heard(submission.connection, error)
            failure = error
            break
        except (NoAnswer, NotSent) as error:
            failure = error
    if failure is not None and not now:
        raise failure
    return now


def _by_id(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> dict[str, Record]:
    """Records by id, with the values that the rows are about; {} where they cannot be listed."""
    names = islice(_listed(_wanted(row) for row in rows), MOST_FIELDS - 2)
    fields = ["Modified_Time", "Modified_By", *names]
    try:
        page = crm.records.page(submission.module, fields, ids=[row.crm_id for row in rows])
    except TooManyRequests:
        raise
    except CrmError:
        return {}
    return {record.id: record for record in page.records}


def _tells(record: Record, row: Row) -> bool:
    """Whether a record as it was listed holds whole whatever the row is about."""
    return all(name in record.raw and len(str(value)) <= _CUT for name, value in _wanted(row).items())


def _wanted(row: Row) -> JsonObject:
    """What an update says, in its comparable form; the owner too, because only new records get theirs from rules."""
    payload = row.payload or {}
    owner = comparable_value(payload.get("Owner"))
    return plain_values(payload) | ({"Owner": owner} if owner else {})


def _update_verdict(submission: Submission, row: Row, record: Record | None) -> Verdict:
    """Sent again only over a record that nobody has touched since: what stands there may be the person's newer wish,
    or our own write that a rule of the organisation moved on.
    """
    if record is None:
        return Unsure((), "NOT-FOUND-SEND-AGAIN", ask_now=True)
    payload = row.payload or {}
    plain = _wanted(row)
    is_as_wanted = _has(record, plain)
    # Rows of a subform, files and the like are added by each sending, so that a second one would double them.
    adds = {name for name in payload if not name.startswith("$")} - set(plain) - {"id"}
    if is_as_wanted and not adds:
        return Found(row.crm_id)
    changed_at, opened = _moment(record.modified_time), submission.write_options.if_unmodified_since
    # Where the CRM's clock at the send is not known, ours may have jumped since, and more than a minute is safe.
    before = BEFORE if row.call.crm_sent_at is not None else CLOCKS_APART
    is_old = changed_at is not None and changed_at < clocks.sent_at(row.call, submission.connection) - before
    is_as_opened = changed_at is not None and changed_at == _moment(opened)
    if (is_as_opened and (is_old or not adds)) if opened else is_old:
        return Absent()
    # A form sends what differs from the record as it was opened: one of its values there proves that it came through.
    if opened and plain and is_as_wanted and not is_as_opened and _is_by_us(record, submission):
        return Found(row.crm_id)
    return Unsure((row.crm_id,), "MOVED-BY-OTHER", ask_now=True)


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


def is_older(record: Record, row: Row) -> bool:
    """Whether the record was surely there before the row's send, however wrong one of the two clocks may be."""
    made = _moment(record.created_time)
    return made is not None and made < clocks.sent_at(row.call, row.submission.connection) - CLOCKS_APART


def _listed(wanted: Iterable[JsonObject]) -> Iterator[str]:
    """Names of the comparable values that lists give whole, each once."""
    seen: set[str] = set()
    for plain in wanted:
        for name, value in plain.items():
            if name not in seen and len(str(value)) <= _CUT:
                seen.add(name)
                yield name


def _has(record: Record, plain: Mapping[str, JSON]) -> bool:
    return all(value == comparable_value(record.raw.get(name)) for name, value in plain.items())


def _unsettled(submission: Submission) -> QuerySet[Row]:
    """Rows of this person's new records that are under way or unknown, in whichever submission."""
    return Row.objects.filter(
        state__in=[Row.State.SENT, Row.State.UNKNOWN],
        submission__module=submission.module,
        submission__zgid=submission.zgid,
        submission__connection__dc=submission.connection.dc,
        submission__connection__crm_user_id=submission.connection.crm_user_id,
        submission__operation__in=operations.making(),
    )


class _Waiting:
    """The rows without an answer, by their values: whose a record may be.

    names  that records were listed with; what was not listed may be as any row has it
    """

    def __init__(self, submission: Submission, names: Set[str]) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        # by the names that can be compared, by the values: how many values each fingerprint has
        self._sizes: defaultdict[tuple[str, ...], defaultdict[tuple[JSON, ...], dict[str, int]]]
        self._sizes = defaultdict(lambda: defaultdict(dict))
        for print_, state, payload in _unsettled(submission).values_list("fingerprint", "state", "payload"):
            if print_ not in self._counts:
                plain = plain_values(payload or {})
                listed = tuple(sorted(name for name in plain if name in names and len(str(plain[name])) <= _CUT))
                self._sizes[listed][tuple(plain[name] for name in listed)][print_] = len(plain)
            self._counts[print_][state] += 1

    def are_only(self, row: Row, free: Sequence[Record]) -> bool:
        """Whether these records are those of the rows alike, no more and no fewer."""
        counts = self._counts[row.fingerprint]
        if not free or len(free) != counts[Row.State.UNKNOWN] or counts[Row.State.SENT]:
            return False
        return not any(self._is_of_another(record, row) for record in free)

    def _is_of_another(self, record: Record, row: Row) -> bool:
        """Whether a record may be that of a row that says as much; to one that says less, it does not matter which."""
        size = len(plain_values(row.payload or {}))
        for names, by_values in self._sizes.items():
            sizes = by_values.get(tuple(comparable_value(record.raw.get(name)) for name in names), {})
            if any(print_ != row.fingerprint and others >= size for print_, others in sizes.items()):
                return True
        return False


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
