"""Traces that a write may have left in the CRM: records of this user since the send, and records as they are now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from console.submissions.changes import comparable_value, plain_values, same
from console.submissions.models import Call, Row, Submission
from console.submissions.operations import Absent, Found, Unsure, Verdict
from crm_client import CrmClient
from crm_client.errors import InvalidRequest, NotFound
from crm_client.records import MOST_FIELDS, Record
from crm_client.values import JsonObject

BEFORE = timedelta(minutes=1)  # that the CRM's clock may be behind ours
MOST_PAGES = 10
MOST_CANDIDATES = 20  # that are shown to a person
_CUT = 450  # characters: lists cut rich text at 500, so longer texts are compared in the whole record


def compared(crm: CrmClient, submission: Submission, call: Call, rows: Sequence[Row], what: str) -> dict[int, Verdict]:
    """Rows against the records that this user "Created" or "Modified" since a minute before the send.

    A row is found when exactly as many records are equal in all its plain values as there are rows of these values
    without an answer, and no other row has them: rows alike cannot be told apart, and need not be.
    """
    recent = _recent(crm, submission, call, rows, what)
    taken = _taken(submission, [record.id for record in recent])
    alike: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        alike[row.fingerprint].append(row)
    verdicts: dict[int, Verdict] = {}
    for print_, group in alike.items():
        free = [record for record in recent if record.id not in taken and _fits(crm, submission, group[0], record)]
        waiting = _waiting(submission, print_)
        is_certain = len(free) == waiting.get(Row.State.UNKNOWN, 0) and not waiting.get(Row.State.SENT)
        for row, record in zip(group, free, strict=False):
            if is_certain:
                verdicts[row.pk] = Found(record.id)
        code = "SENT-UNKNOWN" if free else "NOT-FOUND-SEND-AGAIN"
        unsure = Unsure([record.id for record in free[:MOST_CANDIDATES]], code)
        verdicts |= {row.pk: unsure for row in group if row.pk not in verdicts}
        taken |= {verdict.crm_id for verdict in verdicts.values() if isinstance(verdict, Found)}
    return verdicts


def updated(crm: CrmClient, submission: Submission, call: Call, rows: Sequence[Row]) -> dict[int, Verdict]:
    """Rows against their records as they are now: as wanted, not changed, or changed by somebody else meanwhile."""
    verdicts: dict[int, Verdict] = {}
    for row in rows:
        record = read(crm, submission.module, row.crm_id)
        verdicts[row.pk] = _update_verdict(submission, call, row, record)
    return verdicts


def _update_verdict(submission: Submission, call: Call, row: Row, record: Record | None) -> Verdict:
    if record is None:
        return Unsure((), "NOT-FOUND-SEND-AGAIN", ask_now=True)
    payload = row.payload or {}
    plain = plain_values(payload)
    is_as_wanted = _equal(plain, record)
    changed_at = _moment(record.modified_time)
    by = record.ref("Modified_By")
    is_ours = by is not None and by.id == submission.connection.crm_user_id
    sent_at = call.sent_at or datetime.now(UTC)
    is_touched = changed_at is not None and changed_at >= sent_at - timedelta(seconds=1)
    adds = set(payload) - set(plain) - {"id"} - {name for name in payload if name.startswith("$")}
    if not adds:
        if is_as_wanted:
            return Found(row.crm_id)
        return Unsure((row.crm_id,), "MOVED-BY-OTHER", ask_now=True) if is_touched and not is_ours else Absent()
    # Rows of a subform, files and the like are added by each sending, so that a second one would double them.
    if is_touched and is_ours and is_as_wanted:
        return Found(row.crm_id)
    untouched = changed_at is not None and changed_at < sent_at - BEFORE
    return Absent() if untouched else Unsure((row.crm_id,), "MOVED-BY-OTHER", ask_now=True)


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


def _recent(crm: CrmClient, submission: Submission, call: Call, rows: Sequence[Row], what: str) -> list[Record]:
    """This user's records since a minute before the send, newest first."""
    since = (call.sent_at or datetime.now(UTC)) - BEFORE
    stamp, author = f"{what}_Time", f"{what}_By"
    names = [stamp, author, *_listed(row.payload or {} for row in rows)][:MOST_FIELDS]
    found: list[Record] = []
    for number in range(1, MOST_PAGES + 1):
        got = crm.records.page(submission.module, names, page=number, sort_by=stamp, sort_order="desc")
        for record in got.records:
            moment = _moment(record.raw.get(stamp))
            if moment is not None and moment < since:
                return found
            by = record.ref(author)
            if by is not None and by.id == submission.connection.crm_user_id:
                found.append(record)
        if not got.info.more_records:
            break
    return found


def _listed(payloads: Iterable[JsonObject]) -> list[str]:
    """Names of the plain values that lists give whole."""
    names: dict[str, None] = {}
    for payload in payloads:
        for name, value in plain_values(payload).items():
            if not (isinstance(value, str) and len(value) > _CUT):
                names[name] = None
    return list(names)


def _fits(crm: CrmClient, submission: Submission, row: Row, record: Record) -> bool:
    """Whether a listed record has the row's plain values; what the list does not have is read from the whole record."""
    plain = plain_values(row.payload or {})
    listed = {name: value for name, value in plain.items() if name in record.raw and len(str(value)) <= _CUT}
    if not plain or not _equal(listed, record):
        return False
    if len(listed) == len(plain):
        return True
    whole = read(crm, submission.module, record.id)
    return whole is not None and _equal(plain, whole)


def _equal(plain: Mapping[str, object], record: Record) -> bool:
    return all(same(value, comparable_value(record.raw.get(name))) for name, value in plain.items())


def _taken(submission: Submission, ids: Sequence[str]) -> set[str]:
    """Records that another row has made already: nothing is found twice."""
    rows = Row.objects.filter(crm_id__in=ids, submission__module=submission.module, submission__zgid=submission.zgid)
    makers = rows.exclude(submission__operation__in=["update", "delete"])
    return set(makers.filter(submission__connection__dc=submission.connection.dc).values_list("crm_id", flat=True))


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


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
