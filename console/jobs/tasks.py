"""The doorbell: Celery tasks that carry ids only."""

from celery import shared_task

from console.jobs import services, sweeper
from console.jobs.bell import RUN_JOB
from console.jobs.housekeeping import clean_up


@shared_task(name=RUN_JOB)
def run_job(job_id: str) -> None:
    services.run(job_id)


@shared_task(name="console.jobs.sweep")
def sweep() -> None:
    sweeper.sweep()


@shared_task(name="console.jobs.housekeeping")
def housekeeping() -> None:
    clean_up()
