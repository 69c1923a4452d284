"""Starting, running and rescuing background work (design: Celery is a doorbell, the database is the truth)."""

import logging
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from console.audit import trail
from console.connections.models import Connection, User
from console.jobs import bell, registry
from console.jobs.handle import LEASE_S, JobCancelled, JobFailed, JobHandle, LeaseLost
from console.jobs.models import Job
from crm_client.errors import (
    BadAnswer,
    CrmError,
    NoAnswer,
    NotSent,
    ReauthRequired,
    SignInThrottled,
    SignInUnavailable,
    TokenRefused,
    TooBig,
    TooManyRequests,
)

log = logging.getLogger(__name__)

RING_AGAIN_S = 25  # less than the sweeper's half minute: what a killed worker had heard is rung at the next round
SLACK = timedelta(seconds=60)  # a lease further ahead than this is from a clock that jumped, not from a moment ago
WAIT_FOR_CRM_S = 60
MOST_ATTEMPTS = 20  # without getting further
_OPEN = [Job.State.WAITING, Job.State.RUNNING]


def start(connection: Connection, person: User, kind: str, title: str, params: dict[str, Any] | None = None) -> Job:
    """A new job, or the one of this kind and these parameters that is under way already (a second click)."""
    params = params or {}
    with transaction.atomic():
        # The connection's row is the lock that makes two clicks at once one job.
        Connection.objects.select_for_update().get(pk=connection.pk)
        for running in Job.objects.filter(connection=connection, kind=kind, state__in=_OPEN):
            if running.params == params:
                return running
        job = Job.objects.create(
            connection=connection, person=person, kind=kind, title=title, params=params, rung_at=timezone.now()
        )
        trail.record("job.started", who=person, where=connection, kind=kind, job=str(job.pk))
        transaction.on_commit(lambda: bell.ring(job.pk))
    return job


def cancel(job: Job, person: User) -> None:
    """Asks a running job to stop at its next step; one that nobody has begun is over at once."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.WAITING)
    if not waiting.update(state=Job.State.CANCELLED, cancel_asked=True, finished_at=now):
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True)
    trail.record("job.cancelled", who=person, where=job.connection, kind=job.kind, job=str(job.pk))


def run(job_id: UUID | str) -> None:
    """Runs a job if nobody else does; safe to call any number of times, from anywhere."""
    job = _claim(job_id)
    if job is None:
        return
    mine = Job.objects.filter(pk=job.pk, lease=job.lease, state=Job.State.RUNNING)
    work = registry.runner(job.kind)
    if work is None:
        _finish(mine, Job.State.FAILED, error_code="UNKNOWN-JOB", error_text="This version knows no such work.")
        return
    try:
        work(JobHandle(job))
    except LeaseLost:
        log.warning("job taken over by another worker", extra={"job": str(job.pk)})
    except JobCancelled:
        _finish(mine, Job.State.CANCELLED)
    except JobFailed as exc:
        _finish(mine, Job.State.FAILED, error_code=exc.code, error_text=exc.text)
    except CrmError as exc:
        if isinstance(exc, ReauthRequired) and _needs_sign_in(job.connection):
            _wait_for_sign_in(mine)
        elif _passes(exc):
            _wait_for_crm(mine, job, exc)
        else:
            _finish(mine, Job.State.FAILED, error_code=exc.message_code, error_text=f"{exc.sentence()} {exc.next_step}")
    except Exception:
        log.exception("job failed", extra={"job": str(job.pk)})
        _finish(
            mine,
            Job.State.FAILED,
            error_code="CONSOLE-FAULT",
            error_text="A fault of the console itself ended this work. What was done before is kept; start it again.",
        )
    else:
        _finish(mine, Job.State.DONE)


def sweep() -> int:
    """Rings for every open job that nobody works on; gives back how many. Runs every 30 s, anywhere."""
    now = timezone.now()
    orphaned = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING) & _lease_is_over(now)
    quiet = Q(rung_at=None) | Q(rung_at__lt=now - timedelta(seconds=RING_AGAIN_S)) | Q(rung_at__gt=now)
    due = Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=now + timedelta(hours=1))
    rung = 0
    could_go_on = Job.objects.exclude(connection__state=Connection.State.NEEDS_SIGN_IN)
    for pk in could_go_on.filter(orphaned & quiet & due).values_list("pk", flat=True)[:100]:
        if Job.objects.filter(quiet, pk=pk).update(rung_at=now):
            bell.ring(pk)
            rung += 1
    return rung


def after_a_restart() -> None:
    """What the process before this one ran is free at once. Only for a console that is one process alone (D24)."""
    over = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(state=Job.State.RUNNING).update(lease_until=over, rung_at=None)
    Job.objects.filter(state=Job.State.WAITING).update(rung_at=None)  # its bells are lost too


def _claim(job_id: UUID | str) -> Job | None:
    now = timezone.now()
    until = now + timedelta(seconds=LEASE_S)
    free = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING) & _lease_is_over(now)
    due = Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=now + timedelta(hours=1))
    lease = secrets.token_hex(8)
    taken = Job.objects.filter(free & due, pk=job_id).update(
        state=Job.State.RUNNING, lease=lease, lease_until=until, attempts=F("attempts") + 1, not_before=None
    )
    if not taken:
        return None
    Job.objects.filter(pk=job_id, started_at=None).update(started_at=now)
    job = Job.objects.select_related("connection", "person").get(pk=job_id)
    mine = Job.objects.filter(pk=job.pk, lease=lease)
    if job.cancel_asked or not job.person.is_active:
        _finish(mine, Job.State.CANCELLED)
        return None
    if _needs_sign_in(job.connection):
        _wait_for_sign_in(mine)
        return None
    if job.attempts > MOST_ATTEMPTS:
        text = f"It was begun {MOST_ATTEMPTS} times and got no further. What was done before is kept."
        _finish(mine, Job.State.FAILED, error_code="NO-PROGRESS", error_text=text)
        return None
    return job


def _lease_is_over(now: datetime) -> Q:
    return Q(lease_until__lt=now) | Q(lease_until__gt=now + timedelta(seconds=LEASE_S) + SLACK)


def _passes(problem: CrmError) -> bool:
    """Whether waiting helps: the CRM is busy, down or out of reach, rather than refusing or answering nonsense."""
    passing = (NotSent, TooManyRequests, TokenRefused, SignInThrottled, SignInUnavailable, NoAnswer)
    return isinstance(problem, passing) and not isinstance(problem, BadAnswer | TooBig)


def _needs_sign_in(connection: Connection) -> bool:
    return Connection.objects.filter(pk=connection.pk, state=Connection.State.NEEDS_SIGN_IN).exists()


def _wait_for_sign_in(mine: "QuerySet[Job]") -> None:
    """Puts the job back until its person has signed in again; the sweeper rings for it then (AC-15)."""
    if mine.filter(cancel_asked=True).exists():
        _finish(mine, Job.State.CANCELLED)
        return
    note = "Waiting until you sign in again to this organisation (SIGNIN-AGAIN)"
    mine.update(state=Job.State.WAITING, lease="", lease_until=None, rung_at=None, attempts=0, note=note)


def _wait_for_crm(mine: Any, job: Job, problem: CrmError) -> None:
    """Puts the job back until the CRM may be asked again; after many tries it fails with what to do."""
    if mine.filter(cancel_asked=True).exists():
        _finish(mine, Job.State.CANCELLED)
        return
    if job.attempts >= MOST_ATTEMPTS:
        _finish(mine, Job.State.FAILED, error_code=problem.message_code, error_text=problem.sentence())
        return
    wait = min(900.0, max(1.0, getattr(problem, "retry_after_s", None) or WAIT_FOR_CRM_S))
    at = timezone.now() + timedelta(seconds=wait)
    mine.update(
        state=Job.State.WAITING,
        lease="",
        lease_until=None,
        not_before=at,
        rung_at=None,
        note=f"Waiting for Zoho until {at:%H:%M:%S} UTC ({problem.message_code})",
    )


def _finish(mine: Any, state: Job.State, **values: str) -> None:
    mine.update(state=state, lease="", lease_until=None, finished_at=timezone.now(), note="", **values)
