"""The doorbell: Celery tasks that carry ids only."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from console.connections.models import SignIn
from console.costs import ledger
from console.jobs import services
from console.jobs.bell import RUN_JOB


@shared_task(name=RUN_JOB, queue="jobs")
def run_job(job_id: str) -> None:
    services.run(job_id)


@shared_task(name="console.jobs.sweep", queue="sweep")
def sweep() -> None:
    services.sweep()


@shared_task(name="console.jobs.housekeeping", queue="jobs")
def housekeeping() -> None:
    """Once a day: sessions and sign-ins that are over, calls long past."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    ledger.forget(now)
    SignIn.objects.filter(started_at__lt=now - timedelta(hours=1)).delete()
