"""Ringing for a worker. A bell that is not heard loses nothing: the sweeper rings again."""

import logging
from collections.abc import Iterable

from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError

from console.submissions.models import Call

SEND_CALL = "console.submissions.send_call"
LOOK_UP = "console.submissions.look_up"
SOON_S = 60.0  # a wait that is longer is left to the sweeper

log = logging.getLogger(__name__)


def ring(calls: Iterable[int], in_s: float = 0.0) -> bool:
    """Publishes each call's id; False when the broker could not be reached, which is noted and not raised."""
    return _ring(SEND_CALL, list(calls), in_s)


def ring_for_looking(calls: Iterable[int], in_s: float = 0.0) -> bool:
    return _ring(LOOK_UP, list(calls), in_s)


def _ring(task: str, calls: list[int], in_s: float) -> bool:
    if in_s > SOON_S:
        return True
    try:
        for call in calls:
            wait = {"countdown": in_s} if in_s > 0 else {}
            current_app.send_task(task, (call,), queue="jobs", retry=False, **wait)
    except (OperationalError, OSError) as exc:
        log.warning("the broker could not be reached", extra={"reason": type(exc).__name__})
        return False
    Call.objects.filter(pk__in=calls).update(rung_at=timezone.now())
    return True
