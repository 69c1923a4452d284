"""Finding what nobody rang for: runs every 30 s, anywhere; one lease lets one work (D8)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from console.connections.models import Connection
from console.submissions import bell, leases, looking, settling
from console.submissions.models import Call, Lease, Row, Slot, Submission
from console.submissions.sending import claim_is_over, sendable
from console.submissions.slots import FOR_WORKERS

RING_AGAIN = timedelta(seconds=60)
LEASE_S = 25
MOST = 200  # calls looked at in one round, and rung for


def sweep() -> int:
    """Rings for what waits; gives back how many calls it rang for."""
    with leases.held("submissions.sweep", LEASE_S) as lease:
        if lease is None:
            return 0
        now = timezone.now()
        _find_orphans(now)
        _resume_after_reconnecting()
        _mend()
        return _ring_for_sending(now) + _ring_for_looking(now)


def after_a_restart() -> None:
    """What the process before this one held is free at once. Only for a console that is one process alone (D24)."""
    now = timezone.now()
    Slot.objects.exclude(holder="").update(holder="", until=None)
    Lease.objects.exclude(holder="").update(holder="", until=None)
    for call in Call.objects.filter(state=Call.State.SENT).order_by("pk"):
        with settling.locked(call.submission_id) as submission:
            settling.orphaned(submission, call, now, is_dead=True)
    Call.objects.filter(state=Call.State.READY).update(rung_at=None)  # its bells are lost too


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
    """A few calls per organisation: whoever is rung goes on with the others by itself.

    One is rung for every time, however lately: a worker that was killed took with it what it had heard.
    """
    chosen: list[int] = []
    for theirs in _by_organisation(Call.objects.filter(sendable())):
        keys = theirs.order_by("submission__total", "submission__created_at", "pk").values_list("pk", flat=True)
        chosen += list(keys.filter(_quiet(now))[:FOR_WORKERS]) or keys[:1]
    return len(chosen) if chosen and bell.ring(chosen) else 0


def _ring_for_looking(now: datetime) -> int:
    """One call per organisation, every time: whoever looks goes on with the others."""
    due = _by_organisation(Call.objects.filter(looking.due(now)))
    chosen = [pk for theirs in due for pk in theirs.order_by("look_at", "pk").values_list("pk", flat=True)[:1]]
    return len(chosen) if chosen and bell.ring_for_looking(chosen) else 0


def _by_organisation(calls: QuerySet[Call]) -> Iterator[QuerySet[Call]]:
    places = calls.order_by().values_list("submission__connection__dc", "submission__zgid").distinct()
    for dc, zgid in places[:MOST]:
        yield calls.filter(submission__connection__dc=dc, submission__zgid=zgid)


def _quiet(now: datetime) -> Q:
    """Not rung for a moment ago; a time ahead is from a clock that jumped."""
    return Q(rung_at=None) | Q(rung_at__lt=now - RING_AGAIN) | Q(rung_at__gt=now)
