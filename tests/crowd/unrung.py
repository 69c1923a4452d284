"""A worker without a broker: does what Celery would ring for, because it looks (`python -m tests.crowd.unrung`).

Each look is the sweeper's, whose bells are heard in this process at once.
"""

import signal
import time
from datetime import timedelta
from typing import Any

import django

django.setup()

from celery import current_app  # noqa: E402  models are there only now

from console.jobs import bell, services, sweeper  # noqa: E402
from console.submissions import bell as submissions_bell  # noqa: E402
from console.submissions import sweeping  # noqa: E402

EVERY_S = 0.5


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(SystemExit(0)))
    current_app.loader.import_default_modules()
    services.RING_AGAIN_S, sweeping.RING_AGAIN = 1, timedelta(seconds=1)
    rung: list[tuple[str, tuple[Any, ...]]] = []

    def hear(task: str, args: tuple[Any, ...], **options: Any) -> None:
        rung.append((task, args))

    bell.current_app.send_task = submissions_bell.current_app.send_task = hear
    while True:
        sweeper.sweep()
        while rung:
            task, args = rung.pop(0)
            current_app.tasks[task](*args)
        time.sleep(EVERY_S)


if __name__ == "__main__":
    main()
