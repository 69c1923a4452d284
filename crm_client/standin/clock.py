"""The stand-in's own clock: real time plus what tests have advanced it by."""

from __future__ import annotations

import time
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


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


def iso(seconds: float, zone: tzinfo = UTC) -> str:
    """The moment as the CRM writes it: ISO 8601 with offset, no fractions."""
    return datetime.fromtimestamp(seconds, zone).isoformat(timespec="seconds")


def zone_of(org: dict[str, Any]) -> tzinfo:
    """The time zone that an organisation's own object names; UTC where this machine does not know it."""
    try:
        return ZoneInfo(str(org.get("time_zone") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
