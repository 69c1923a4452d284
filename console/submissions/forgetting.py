"""What is not kept for ever: the values of rows, CONSOLE_KEEP_DAYS after their submission ended (D29)."""

from datetime import datetime, timedelta

from django.conf import settings

from console.submissions import settling
from console.submissions.models import Row, Submission


def forget_payloads(now: datetime) -> None:
    """Deletes payloads, the name of a record and the CRM's details; ids, outcomes, codes and hashes stay."""
    until = now - timedelta(days=settings.CONSOLE_KEEP_DAYS)
    over = Submission.objects.filter(state=Submission.State.DONE, finished_at__lt=until, forgotten_at=None)
    for pk in list(over.values_list("pk", flat=True)):
        with settling.locked(pk) as held:  # somebody may just be sending its refused rows again
            if held.state == Submission.State.DONE:
                Row.objects.filter(submission=held).update(payload=None, details={}, message="")
                Submission.objects.filter(pk=pk).update(forgotten_at=now, subject="")
