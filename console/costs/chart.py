"""Bars over time as whole pixels. Pure: a template prints them as SVG, the stylesheet colours them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 720, 200
LEFT, BOTTOM, TOP = 56, 26, 12
_STEPS = (1, 2, 5)
_LABELS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in pixels, and what it says in words."""

    x: int
    y: int
    width: int
    height: int
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, and its text."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    bars: Sequence[Bar]
    rows: Sequence[Tick]  # lines across, at heights
    columns: Sequence[Tick]  # texts below, at places
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM


def bars(values: Sequence[tuple[datetime, int, int]], *, by_hour: bool) -> Chart:
    """A chart of (beginning, credits, calls); the axis ends at a round number above the highest bar."""
    top = _round_up(max((spent for _, spent, _ in values), default=0))
    space = HEIGHT - BOTTOM - TOP
    step = (WIDTH - LEFT) // max(len(values), 1)
    made, columns = [], []
    every = max(1, -(-len(values) // _LABELS))
    for place, (moment, spent, calls) in enumerate(values):
        height = max(spent * space // top, 2 if spent else 0)
        x = LEFT + place * step
        when = f"{moment:%d %b, %H:%M}" if by_hour else f"{moment:%d %b}"
        words = f"{when} UTC: {spent:,} credits, {calls:,} calls"
        made.append(Bar(x + 1, HEIGHT - BOTTOM - height, max(step - 2, 1), height, words))
        if place % every == 0:
            columns.append(Tick(x + step // 2, f"{moment:%H:%M}" if by_hour else f"{moment:%d %b}"))
    halves = (0, 1, 2) if top % 2 == 0 else (0, 2)
    rows = [Tick(HEIGHT - BOTTOM - half * space // 2, f"{top * half // 2:,}") for half in halves]
    return Chart(made, rows, columns)


def _round_up(value: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    size = 1
    while True:
        for step in _STEPS:
            if step * size >= value:
                return step * size
        size *= 10
