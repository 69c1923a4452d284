"""Looking up what became of rows whose answer did not arrive; nothing unknown is ever sent again blindly (D10)."""

import logging
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from console.connections import gate
from console.connections.models import Connection
from console.connections.tokens import ConnectionTokens
from console.submissions import bell, leases, operations, sending, settling, slots
from console.submissions.models import Call, Row, Submission
from console.submissions.operations import Absent, Found, Unsure, Verdict
from console.submissions.outcomes import Outcome
from console.submissions.sending import PURPOSE
from crm_client.calls import CallEvent
from crm_client.errors import (
    BadAnswer,
    CrmError,
    NoAnswer,
    NotSent,
    SignInError,
    TokenRefused,
    TooBig,
    TooManyRequests,
)

log = logging.getLogger(__name__)

EVERY_S = 30  # of the send's own time, so that a call that was found late is not looked for longer than others
MOST_LOOKS = 4  # over two minutes; then a person decides
LEAST_LOOKS, LONG_ENOUGH = 2, timedelta(seconds=115)  # since the send
MOST_IN_VAIN = 20  # where a row's own record could not be read each time
MOST_AT_ONCE = 20  # calls of a submission that one look is for
DEADLINE_S = 30.0  # of one call to the CRM; after each the lease is held anew
LEASE_S = 45
_FAR = timedelta(minutes=16)  # further ahead than this is from a clock that jumped


def due(now: datetime) -> Q:
    """Calls with unknown rows whose next look has come."""
    return Q(state=Call.State.UNKNOWN) & (Q(look_at__lte=now) | Q(look_at__gt=now + _FAR))


def look_up(call_pk: int) -> None:
    """Looks up the unknown rows of a call, if it is time, then the organisation's other calls, for a while.

    Safe to call any number of times, from anywhere. One looks at a time per organisation, so that the same records are
    not listed twice. Whoever comes meanwhile goes again: the one who looks goes on with this call too.
    """
    call = _due(timezone.now()).filter(pk=call_pk).first()
    if call is None:
        return
    dc, zgid = call.submission.connection.dc, call.submission.zgid
    of_org = {"submission__connection__dc": dc, "submission__zgid": zgid}
    until = time.monotonic() + sending.ON_S
    with leases.held(f"look:{dc}:{zgid}", LEASE_S) as lease:
        if lease is None:
            return
        while call is not None:
            calls = Call.objects.filter(due(timezone.now()), submission=call.submission).order_by("look_at", "pk")
            _look_up(call.submission, list(calls[:MOST_AT_ONCE]), lease)
            call = _due(timezone.now()).filter(**of_org).first()
            if time.monotonic() > until or sending.stopping.is_set():
                break
    if call is not None:
        bell.ring_for_looking([call.pk])


def _due(now: datetime) -> QuerySet[Call]:
    return Call.objects.select_related("submission__connection").filter(due(now)).order_by("look_at", "pk")


def _look_up(submission: Submission, calls: Sequence[Call], lease: leases.Held) -> None:
    connection = submission.connection
    unknown = Row.objects.filter(call__in=calls, state=Row.State.UNKNOWN, needs_person=False)
    rows = list(unknown.select_related("call").order_by("n"))
    if not rows:
        _apply(submission, calls, rows, {})
    elif connection.state == Connection.State.DISCONNECTED or connection.zgid != submission.zgid:
        # This connection never comes back, so nobody can ever ask.
        _apply(submission, calls, rows, _all(rows, Unsure((), settling.CANNOT_LOOK, ask_now=True)))
    elif connection.state != Connection.State.ACTIVE:
        _again_later(calls, counts=False)  # nobody may ask now; nothing is decided by that
    elif (pause := slots.paused_until(connection)) is not None:
        _again_later(calls, counts=False, in_s=(pause - timezone.now()).total_seconds())
    else:
        _ask(submission, calls, rows, lease)


def _ask(submission: Submission, calls: Sequence[Call], rows: Sequence[Row], lease: leases.Held) -> None:
    """Asks the CRM. What it refuses for good, and what we cannot make out, counts as a look: it ends with a person."""
    connection, told = submission.connection, {"submission": str(submission.pk)}
    verdicts: Mapping[int, Verdict]

    def told_of(event: CallEvent) -> None:
        gate.tell(connection, PURPOSE, event)
        lease.keep()  # a hundred pages of a list take longer than a lease may that the dead leave behind

    try:
        tokens = ConnectionTokens(connection.pk)
        deadline_s = min(DEADLINE_S, gate.worker_deadline_s())
        crm = gate.client_for(connection, tokens, deadline_s, PURPOSE, on_call=told_of)
        verdicts = operations.of(submission.operation).look_up(crm, submission, rows)
    except TooManyRequests as error:
        slots.heard(connection, error)
        _again_later(calls, counts=False, in_s=error.retry_after_s)
        return
    except (BadAnswer, TooBig) as error:
        log.info("a look-up failed", extra={**told, "reason": error.message_code})
        verdicts = _all(rows, Unsure())
    except (NoAnswer, NotSent, SignInError, TokenRefused) as error:
        log.info("a look-up waits", extra={**told, "reason": error.message_code})
        _again_later(calls, counts=False, in_s=getattr(error, "retry_after_s", None))
        return
    except CrmError as error:
        log.info("a look-up was refused", extra={**told, "reason": error.message_code})
        verdicts = _all(rows, Unsure((), "CRM-DENIED"))
    except Exception:
        log.exception("a look-up broke", extra=told)
        verdicts = _all(rows, Unsure())
    bell.ring(_apply(submission, calls, rows, verdicts))


def _all(rows: Sequence[Row], verdict: Verdict) -> dict[int, Verdict]:
    return dict.fromkeys((row.pk for row in rows), verdict)


def _apply(
    submission: Submission, calls: Sequence[Call], rows: Sequence[Row], verdicts: Mapping[int, Verdict]
) -> list[int]:
    """Stores what was found; gives back the calls that are to be sent because their rows were not."""
    outcomes: defaultdict[int, dict[int, Outcome]] = defaultdict(dict)
    absent: list[Row] = []
    with settling.locked(submission.pk) as held:
        for row in rows:
            verdict = verdicts.get(row.pk, Unsure())
            if isinstance(verdict, Found):
                found = Outcome(Row.State.SUCCEEDED, verdict.crm_id, "", "Found in Zoho CRM.")
                outcomes[row.call_id][row.pk] = found
            elif isinstance(verdict, Absent):
                absent.append(row)
            elif verdict.ask_now or _is_last_look(row.call, could_read=row.pk in verdicts):
                details = {"candidates": list(verdict.candidates)}
                asked = Outcome(Row.State.UNKNOWN, "", verdict.code, "", details, needs_person=True)
                outcomes[row.call_id][row.pk] = asked
        for call in calls:
            # What has become another row's meanwhile is not taken; the next look sees that.
            settling.write(held, call, outcomes[call.pk], only=[Row.State.UNKNOWN], is_certain=False)
        again = settling.regroup(held, absent, only=[Row.State.UNKNOWN]) if absent else []
        for call in calls:
            settling.close_if_certain(call)
        settling.recount(held, got_further=True)
    _again_later(calls, counts=True)
    return [made.pk for made in again]


def _is_last_look(call: Call, *, could_read: bool) -> bool:
    looks = call.looks + 1
    if not could_read:
        return looks >= MOST_IN_VAIN
    is_old = call.sent_at is not None and timezone.now() - call.sent_at >= LONG_ENOUGH
    return looks >= MOST_LOOKS or (is_old and looks >= LEAST_LOOKS)


def _again_later(calls: Sequence[Call], *, counts: bool, in_s: float | None = None) -> None:
    """The next look, if rows are still unknown; a look at which the CRM could not be asked does not count."""
    if counts:
        Call.objects.filter(pk__in=[call.pk for call in calls]).update(looks=F("looks") + 1)
    now, rings = timezone.now(), []
    for call in calls:
        wait_s = in_s or _until_next(call, now)
        unknown = Call.objects.filter(pk=call.pk, state=Call.State.UNKNOWN)
        if unknown.update(look_at=now + timedelta(seconds=wait_s)):
            rings.append((wait_s, call.pk))
    if rings:
        wait_s, first = min(rings)
        bell.ring_for_looking([first], wait_s)  # who looks goes on with the others


def _until_next(call: Call, now: datetime) -> float:
    """Seconds to the next look: those of a call come 30, 60, 90 and 120 s after its send."""
    age = (now - (call.sent_at or now)).total_seconds()
    if not 0 <= age < LONG_ENOUGH.total_seconds():
        return EVERY_S
    left = EVERY_S - age % EVERY_S
    return left if left > EVERY_S / 2 else left + EVERY_S
