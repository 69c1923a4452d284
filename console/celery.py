"""The Celery application: a doorbell for work that the database already knows of (design §4).

celery -A console.celery worker -Q jobs       celery -A console.celery worker -Q sweep -c 1
celery -A console.celery beat
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from django.conf import settings
from kombu.entity import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

SWEEP_EVERY_S = 30
# A worker that died keeps its messages until this is over; the sweeper rings again long before that.
VISIBILITY_S = 300


class ConsoleCelery(Celery):
    """A Celery whose workers do not talk to each other: nothing here needs it, and it costs idle time and start-up."""

    def Worker(self, **options: Any) -> Any:  # noqa: N802  Celery's own name; its command line calls it
        quiet = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
        return super().Worker(**{**options, **quiet})


def _transport_options(url: str) -> dict[str, Any]:
    if url.startswith("memory:"):
        return {"polling_interval": 0.05}  # a message waits half of that; 1 s by default
    if url.startswith(("redis:", "rediss:", "sentinel:")):
        return {
            "visibility_timeout": VISIBILITY_S,
            # A page does not wait for a broker that is down (AC-32); workers come back to it by a loop of their own.
            "max_retries": 0,
            "socket_connect_timeout": 1,
            "socket_timeout": 5,
            "health_check_interval": 30,
        }
    return {}


app = ConsoleCelery("console")
app.conf.update(
    # Not `broker_url`, before which Celery takes the environment's CELERY_BROKER_URL and knows of no `…_FILE`.
    broker_read_url=settings.CELERY_BROKER_URL,
    broker_write_url=settings.CELERY_BROKER_URL,
    broker_transport_options=_transport_options(settings.CELERY_BROKER_URL),
    broker_connection_timeout=2,
    broker_connection_retry_on_startup=True,
    # Each with its own exchange and key: by default they would share both, and every message would go to all of them.
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in ("jobs", "sweep")],
    task_default_queue="jobs",
    task_routes={"console.jobs.sweep": {"queue": "sweep"}},
    task_acks_late=True,
    task_ignore_result=True,
    task_publish_retry=False,  # a page does not wait for a broker that is down: the sweeper rings later
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_redirect_stdouts=False,
    timezone="UTC",
    # In memory: what is due is asked of the database, so beat needs to remember nothing.
    beat_scheduler="celery.beat:Scheduler",
    beat_schedule={
        "sweep": {
            "task": "console.jobs.sweep",
            "schedule": SWEEP_EVERY_S,
            "options": {"queue": "sweep", "expires": SWEEP_EVERY_S},
        },
        "housekeeping": {
            "task": "console.jobs.housekeeping",
            "schedule": crontab(hour="3", minute="17"),
            "options": {"queue": "jobs"},
        },
    },
)
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Celery leaves logging alone where somebody listens here; Django has set it up already (console.logs)."""
