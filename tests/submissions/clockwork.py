"""A console whose time a test turns: a second passes at once, the sweeper comes every half minute, bells may be lost.

The CRM's clock goes with it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.celery import SWEEP_EVERY_S
from console.submissions import bell, looking, sending, sweeping
from crm_client.standin import StandIn


class Clockwork:
    """Seconds since it was made, with one worker and a sweeper.

    is_heard   what is rung reaches the worker; else it is lost on the way, as with a worker that was killed
    is_away    nothing can be rung: the broker is down
    swept_at   the second, 0 to 29, at which the sweeper comes by; None: never
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, standin: StandIn) -> None:
        self.second = 0
        self.is_heard, self.is_away = True, False
        self.swept_at: int | None = 0
        self.messages: list[tuple[float, str, int]] = []
        self._standin = standin
        real = timezone.now
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(seconds=self.second))
        monkeypatch.setattr(bell.current_app, "send_task", self._rung)

    def _rung(self, task: str, args: tuple[int], countdown: float = 0.0, **options: Any) -> None:
        if self.is_away:
            raise OSError("nobody listens")
        if self.is_heard:
            self.messages.append((self.second + countdown, task, args[0]))

    def turn(self, until: Callable[[], bool], at_most: int) -> int:
        """Lets seconds pass until something is so, `at_most` as many; how many it took."""
        begun = self.second
        while not until():
            assert self.second - begun < at_most, f"not within {at_most} s"
            self.second += 1
            self._standin.advance(1)
            if self.swept_at is not None and self.second % SWEEP_EVERY_S == self.swept_at:
                sweeping.sweep()
            due = [one for one in self.messages if one[0] <= self.second]
            self.messages = [one for one in self.messages if one[0] > self.second]
            for _, task, call in due:
                {bell.SEND_CALL: sending.in_the_background, bell.LOOK_UP: looking.look_up}[task](call)
        return self.second - begun
