"""Finding what nobody rang for: runs every 30 s, anywhere; one lease lets one work (D8)."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from console.connections.models import Connection
from console.submissions import bell, leases, looking, settling
from console.submissions.models import Call, Row, Submission
from console.submissions.sending import claim_is_over, sendable
from console.submissions.slots import FOR_WORKERS

RING_AGAIN = timedelta(seconds=60)
LEASE_S = 25
MOST = 200  # calls looked at in one round, and rung for


def sweep() -> int:
    """Rings for what waits; gives back how many calls it rang for."""
    with leases.held("submissions.sweep", LEASE_S) as is_mine:
        if not is_mine:
            return 0
        now = timezone.now()
        _find_orphans(now)
        _resume_after_reconnecting()
        _mend()
        return _ring_for_sending(now) + _ring_for_looking(now)


def _find_orphans(now: datetime) -> None:
    """Calls that were sent by a worker that died: what they did is unknown."""
    orphans = Call.objects.filter(claim_is_over(now), state=Call.State.SENT)
    for call in orphans.order_by("pk")[:MOST]:
        with settling.locked(call.submission_id) as submission:
            settling.orphaned(submission, call, now)


def _resume_after_reconnecting() -> None:
    """What waited for a sign-in or a scope goes on once the person has connected again."""
    reconnected = Submission.objects.filter(
        state=Submission.State.PAUSED,
        reason_code__in=["SIGNIN-AGAIN", "CRM-SCOPE"],
        connection__state=Connection.State.ACTIVE,
        connection__connected_at__gt=F("paused_at"),
    )
    for pk in reconnected.values_list("pk", flat=True)[:MOST]:
        with settling.locked(pk) as submission:
            if submission.state == Submission.State.PAUSED:
                settling.go_on(submission)


def _mend() -> None:
    """Submissions that say they are at work although nothing is left to do."""
    states = Submission.State
    open_rows = Row.objects.filter(submission=OuterRef("pk"), state__in=[Row.State.PENDING, Row.State.SENT])
    idle = Submission.objects.filter(~Exists(open_rows), state__in=[states.SENDING, states.WAITING, states.PAUSED])
    for pk in idle.values_list("pk", flat=True)[:MOST]:
        with settling.locked(pk) as submission:
            settling.recount(submission)


def _ring_for_sending(now: datetime) -> int:
    """A few calls per organisation: whoever is rung goes on with the others by itself."""
    calls = Call.objects.filter(sendable(), _quiet(now))
    chosen: list[int] = []
    for dc, zgid in calls.order_by().values_list("submission__connection__dc", "submission__zgid").distinct()[:MOST]:
        theirs = calls.filter(submission__connection__dc=dc, submission__zgid=zgid)
        small_first = theirs.order_by("submission__total", "submission__created_at", "pk")
        chosen += small_first.values_list("pk", flat=True)[:FOR_WORKERS]
    return _rung(chosen, bell.ring)


def _ring_for_looking(now: datetime) -> int:
    calls = Call.objects.filter(looking.due(now), _quiet(now)).order_by("look_at")
    return _rung(list(calls.values_list("pk", flat=True)[:MOST]), bell.ring_for_looking)


def _quiet(now: datetime) -> Q:
    """Not rung for a moment ago; a time ahead is from a clock that jumped."""
    return Q(rung_at=None) | Q(rung_at__lt=now - RING_AGAIN) | Q(rung_at__gt=now)


def _rung(calls: list[int], ring: bell.Ring) -> int:
    return len(calls) if calls and ring(calls) else 0
