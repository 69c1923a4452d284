"""What is not kept for ever: the values of rows, CONSOLE_KEEP_DAYS after their submission ended (D29)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from console.submissions.models import Row, Submission

_AT_ONCE = 100


def forget_payloads(now: datetime) -> None:
    """Deletes payloads and the CRM's details; ids, outcomes, codes and hashes stay."""
    until = now - timedelta(days=settings.CONSOLE_KEEP_DAYS)
    over = Submission.objects.filter(state=Submission.State.DONE, finished_at__lt=until, forgotten_at=None)
    while keys := list(over.values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction.atomic():
            Row.objects.filter(submission__in=keys).update(payload=None, details={}, message="")
            Submission.objects.filter(pk__in=keys).update(forgotten_at=now)
