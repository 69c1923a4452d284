"""The stand-in's own clock: real time plus what tests have advanced it by."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Seconds since the epoch, movable. Codes, caps, throttles and page tokens follow it."""

    __slots__ = ("offset_s",)

    def __init__(self) -> None:
        self.offset_s = 0.0

    def now(self) -> float:
        """Seconds since the epoch, by this clock."""
        return time.time() + self.offset_s

    def advance(self, seconds: float) -> None:
        """Moves the clock; a negative number moves it back."""
        self.offset_s += seconds


def iso(seconds: float) -> str:
    """The moment as the CRM writes it: ISO 8601 with offset, no fractions."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
