"""Ringing for a worker. A bell that is not heard loses nothing: the sweeper rings again."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

RUN_JOB = "console.jobs.run_job"

log = logging.getLogger(__name__)


def ring(job_id: object) -> None:
    """Publishes the job's id; a broker that is down is noted, not raised."""
    try:
        current_app.send_task(RUN_JOB, (str(job_id),), queue="jobs", retry=False)
    except (OperationalError, OSError) as exc:
        log.warning("the broker could not be reached", extra={"job": str(job_id), "reason": type(exc).__name__})
