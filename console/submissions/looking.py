"""Looking up what became of rows whose answer did not arrive; nothing unknown is ever sent again blindly (D10)."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from console.connections import gate
from console.connections.models import Connection
from console.connections.tokens import crm_for
from console.submissions import bell, leases, operations, settling, traces
from console.submissions.models import Call, Row, Submission
from console.submissions.operations import Absent, Found, Unsure, Verdict
from console.submissions.sending import PURPOSE
from console.submissions.settling import Outcome
from crm_client.errors import CrmError, NotAllowed, ScopeMissing

log = logging.getLogger(__name__)

EVERY_S = 30
MOST_LOOKS = 4  # over two minutes; then a person decides
MOST_AT_ONCE = 20  # calls of a submission that one look is for
LEASE_S = 240
_FAR = timedelta(minutes=16)  # further ahead than this is from a clock that jumped


def due(now: datetime) -> Q:
    """Calls with unknown rows whose next look has come."""
    return Q(state=Call.State.UNKNOWN) & (Q(look_at__lte=now) | Q(look_at__gt=now + _FAR))


def look_up(call_pk: int) -> None:
    """Looks up the unknown rows of a call, if it is time, and of its submission's other calls with it.

    Safe to call any number of times, from anywhere. One looks at a time per organisation: two at once could both take
    the same record for theirs.
    """
    call = Call.objects.select_related("submission__connection").filter(due(timezone.now()), pk=call_pk).first()
    if call is None:
        return
    submission = call.submission
    with leases.held(f"look:{submission.connection.dc}:{submission.zgid}", LEASE_S) as is_mine:
        if is_mine:
            calls = Call.objects.filter(due(timezone.now()), submission=submission)
            _look_up(submission, list(calls.order_by("look_at", "pk")[:MOST_AT_ONCE]))


def _look_up(submission: Submission, calls: Sequence[Call]) -> None:
    connection = submission.connection
    if connection.state != Connection.State.ACTIVE or connection.zgid != submission.zgid:
        _again_later(calls, counts=False)  # nobody may ask now; nothing is decided by that
        return
    unknown = Row.objects.filter(call__in=calls, state=Row.State.UNKNOWN, needs_person=False)
    rows = list(unknown.select_related("call").order_by("n"))
    if not rows:
        _apply(submission, calls, rows, {})
        return
    try:
        crm = crm_for(connection, gate.worker_deadline_s(), PURPOSE)
        verdicts = operations.of(submission.operation).look_up(crm, submission, rows)
    except (NotAllowed, ScopeMissing):
        verdicts = {row.pk: Unsure((), "CRM-DENIED") for row in rows}
    except CrmError as error:
        log.info("a look-up waits", extra={"submission": str(submission.pk), "reason": error.message_code})
        _again_later(calls, counts=False, in_s=getattr(error, "retry_after_s", None))
        return
    bell.ring(_apply(submission, calls, rows, verdicts))


def _apply(
    submission: Submission, calls: Sequence[Call], rows: Sequence[Row], verdicts: Mapping[int, Verdict]
) -> list[int]:
    """Stores what was found; gives back the calls that are to be sent because their rows were not."""
    outcomes: defaultdict[int, dict[int, Outcome]] = defaultdict(dict)
    absent: list[Row] = []
    with settling.locked(submission.pk) as held:
        taken = _taken_meanwhile(held, verdicts.values())
        for row in rows:
            verdict = verdicts.get(row.pk, Unsure())
            if isinstance(verdict, Found):
                if verdict.crm_id not in taken:
                    found = Outcome(Row.State.SUCCEEDED, verdict.crm_id, "", "Found in Zoho CRM.")
                    outcomes[row.call_id][row.pk] = found
            elif isinstance(verdict, Absent):
                absent.append(row)
            elif verdict.ask_now or row.call.looks + 1 >= MOST_LOOKS:
                details = {"candidates": list(verdict.candidates)}
                asked = Outcome(Row.State.UNKNOWN, "", verdict.code, "", details, needs_person=True)
                outcomes[row.call_id][row.pk] = asked
        for call in calls:
            settling.write(call, outcomes[call.pk], only=[Row.State.UNKNOWN])
        again = settling.regroup(held, absent, only=[Row.State.UNKNOWN]) if absent else []
        for call in calls:
            settling.close_if_certain(call)
        settling.recount(held, got_further=True)
    _again_later(calls, counts=True)
    return [made.pk for made in again]


def _taken_meanwhile(submission: Submission, verdicts: Iterable[Verdict]) -> set[str]:
    """Records that have become another row's while ours were looked for; the next look sees that."""
    if operations.of(submission.operation).with_id:
        return set()
    return traces.taken_ids(submission, [verdict.crm_id for verdict in verdicts if isinstance(verdict, Found)])


def _again_later(calls: Sequence[Call], *, counts: bool, in_s: float | None = None) -> None:
    """The next look, if rows are still unknown; a look at which the CRM could not be asked does not count."""
    at = timezone.now() + timedelta(seconds=in_s or EVERY_S)
    keys = [call.pk for call in calls]
    if counts:
        Call.objects.filter(pk__in=keys).update(looks=F("looks") + 1)
    Call.objects.filter(pk__in=keys, state=Call.State.UNKNOWN).update(look_at=at, rung_at=None)
