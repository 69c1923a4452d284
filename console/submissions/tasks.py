"""The doorbell: Celery tasks that carry ids only."""

from celery import shared_task

from console.submissions import looking, sending
from console.submissions.bell import LOOK_UP, SEND_CALL


@shared_task(name=SEND_CALL)
def send_call(call: int) -> None:
    sending.in_the_background(call)


@shared_task(name=LOOK_UP)
def look_up(call: int) -> None:
    looking.look_up(call)
