"""A running job in the hands of its worker: progress, cancelling, and the lease that makes it the only one."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from console.connections import gate
from console.connections.tokens import crm_for
from console.jobs.models import Job
from console.metadata.kept import KeptMetadata
from crm_client import CrmClient

LEASE_S = 90  # longer than the 60 s that one CRM call of a worker may take


class JobCancelled(Exception):
    """The person asked the job to stop."""


class LeaseLost(Exception):
    """Another worker took the job over, because this one was silent for too long; it must write nothing more."""


class JobFailed(Exception):
    """The work cannot be done, for a reason that is no error of the CRM: a message code, and what to do in words."""

    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text
        super().__init__(text)


class JobHandle:
    """What a runner may do with its job. Every write requires the lease."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.crm: CrmClient = crm_for(job.connection, gate.worker_deadline_s(), gate.Purpose(job=job.pk))
        self.kept = KeptMetadata(job.connection, self.crm)

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Stores how far the work is and renews the lease.

        Call it at least once per CRM call. Raises JobCancelled when the person asked to stop, LeaseLost when another
        worker has the job.
        """
        until = timezone.now() + timedelta(seconds=LEASE_S)
        further = {"attempts": 0} if done > self.job.done else {}
        self._write(done=done, total=total, note=note[:255], lease_until=until, **further)
        self.job.done = done
        self.job.refresh_from_db(fields=["cancel_asked"])
        if self.job.cancel_asked:
            raise JobCancelled

    def result(self, **values: Any) -> None:
        """Adds plain JSON values to the job's result, kept from run to run."""
        self.job.result = {**self.job.result, **values}
        self._write(result=self.job.result)

    def _write(self, **values: Any) -> None:
        mine = Job.objects.filter(pk=self.job.pk, lease=self.job.lease, state=Job.State.RUNNING)
        if not mine.update(**values):
            raise LeaseLost
