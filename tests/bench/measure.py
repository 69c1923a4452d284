"""Timing, and the one line of JSON that each measurement prints."""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ROUNDS = 30


@dataclass(slots=True)
class Line:
    """One figure against its bar; `at_least` turns "at most" into "at least"."""

    name: str
    figure: float
    bar: float
    details: dict[str, Any]
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        return self.figure >= self.bar if self.at_least else self.figure <= self.bar

    def show(self) -> None:
        told = {"name": self.name, "figure": round(self.figure, 3), "bar": self.bar}
        told |= {"bar_is": "at least" if self.at_least else "at most", "ok": self.is_met, **self.details}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def medians(*works: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Median ms of each piece of work, taken in turns so that a slow moment of the machine hits all of them."""
    for work in works:
        work()
        work()
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, times in zip(works, taken, strict=True):
            gc.collect()
            begin = time.perf_counter()
            work()
            times.append((time.perf_counter() - begin) * 1000)
    return [statistics.median(times) for times in taken]
