"""What a drawing must hold, measured on the text that a browser gets: path data and rectangles, nothing else."""

import re
from collections.abc import Iterator
from itertools import pairwise

from console.diagrams import Drawing

Place = tuple[float, float]
Rectangle = tuple[int, int, int, int]  # left, top, right, bottom
_STEP = re.compile(r"([MLC])([^MLC]*)")
_WHOLE = re.compile(r"-?\d+")


def points(path: str, parts: int = 12) -> list[Place]:
    """A path as a polyline; each curve becomes `parts` lines. Numbers that are not whole raise."""
    found: list[Place] = []
    for letter, numbers in _STEP.findall(path):
        values = [int(number) for number in numbers.split()]
        places = list(zip(values[::2], values[1::2], strict=True))
        if letter == "C":
            found += bezier(found[-1], *places, parts=parts)
        else:
            found += places
    return found


def bezier(a: Place, b: Place, c: Place, d: Place, *, parts: int) -> list[Place]:
    """A cubic curve as `parts` lines; their ends without the first."""
    found: list[Place] = []
    for number in range(1, parts + 1):
        t = number / parts
        u = 1 - t
        weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
        x = sum(weight * place[0] for weight, place in zip(weights, (a, b, c, d), strict=True))
        y = sum(weight * place[1] for weight, place in zip(weights, (a, b, c, d), strict=True))
        found.append((x, y))
    return found


def cards(drawing: Drawing) -> list[tuple[str, Rectangle]]:
    return [(card.id, _rectangle(card.x, card.y, card.width, card.height)) for card in drawing.cards]


def labels(drawing: Drawing) -> list[tuple[str, Rectangle]]:
    plates = [(arrow.id, plate) for arrow in drawing.arrows for plate in arrow.plates]
    return [(name, _rectangle(plate.x, plate.y, plate.width, plate.height)) for name, plate in plates]


def _rectangle(x: str, y: str, width: str, height: str) -> Rectangle:
    assert all(_WHOLE.fullmatch(value) for value in (x, y, width, height))
    return int(x), int(y), int(x) + int(width), int(y) + int(height)


def overlapping(one: list[tuple[str, Rectangle]], other: list[tuple[str, Rectangle]] | None = None) -> list[str]:
    """Pairs of rectangles that share a pixel: within one list, or between two."""
    found: list[str] = []
    ordered = sorted([(box, name, 0) for name, box in one] + [(box, name, 1) for name, box in other or []])
    active: list[tuple[Rectangle, str, int]] = []
    for box, name, kind in ordered:
        active = [item for item in active if item[0][2] > box[0]]
        for rival, rival_name, rival_kind in active:
            if (other is None or kind != rival_kind) and rival[1] < box[3] and box[1] < rival[3]:
                found.append(f"{rival_name} on {name}")
        active.append((box, name, kind))
    return found


def segments(drawing: Drawing) -> Iterator[tuple[str, Place, Place]]:
    for arrow in drawing.arrows:
        for one, two in pairwise(points(arrow.path)):
            yield arrow.id, one, two


def through(drawing: Drawing, rectangles: list[tuple[str, Rectangle]], *, shrink: float, skip_own: bool) -> list[str]:
    """Arrows that run through a rectangle, made `shrink` pixels smaller on each side (arrows may touch a rim)."""
    found: set[str] = set()
    bins: dict[tuple[int, int], list[tuple[str, Rectangle]]] = {}
    for name, box in rectangles:
        for cell in _cells(box[0], box[1], box[2], box[3]):
            bins.setdefault(cell, []).append((name, box))
    for arrow, (ax, ay), (bx, by) in segments(drawing):
        for cell in _cells(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)):
            for name, (left, top, right, bottom) in bins.get(cell, ()):
                if skip_own and name == arrow:
                    continue
                if _cuts(ax, ay, bx, by, left + shrink, top + shrink, right - shrink, bottom - shrink):
                    found.add(f"{arrow} through {name}")
    return sorted(found)


def _cells(left: float, top: float, right: float, bottom: float) -> Iterator[tuple[int, int]]:
    for column in range(int(left) // 200, int(right) // 200 + 1):
        for row in range(int(top) // 200, int(bottom) // 200 + 1):
            yield column, row


def _cuts(ax: float, ay: float, bx: float, by: float, left: float, top: float, right: float, bottom: float) -> bool:
    """Liang and Barsky: does the line from a to b have a part inside the rectangle?"""
    if left >= right or top >= bottom:
        return False
    low, high = 0.0, 1.0
    for delta, start, least, most in ((bx - ax, ax, left, right), (by - ay, ay, top, bottom)):
        if delta == 0:
            if not least < start < most:
                return False
            continue
        one, two = (least - start) / delta, (most - start) / delta
        low, high = max(low, min(one, two)), min(high, max(one, two))
        if low >= high:
            return False
    return True


def crossings(lines: list[list[Place]]) -> int:
    """Pairs of segments of different polylines that cross in their inside."""
    pieces = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1]), a, b, number)
        for number, line in enumerate(lines)
        for a, b in pairwise(line)
        if a != b
    )
    count = 0
    active: list[tuple[float, float, float, float, Place, Place, int]] = []
    for piece in pieces:
        active = [rival for rival in active if rival[1] >= piece[0]]
        for rival in active:
            if rival[6] != piece[6] and rival[2] <= piece[3] and piece[2] <= rival[3]:
                count += _cross(rival[4], rival[5], piece[4], piece[5])
        active.append(piece)
    return count


def _cross(a: Place, b: Place, c: Place, d: Place) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Place, b: Place, c: Place) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def faults(drawing: Drawing) -> list[str]:
    """Everything that must not be: cards on cards, arrows through cards, labels on cards or labels or other arrows,
    anything outside the sheet."""
    boxes, plates = cards(drawing), labels(drawing)
    found = [f"card {pair}" for pair in overlapping(boxes)]
    found += [f"label {pair}" for pair in overlapping(plates)]
    found += [f"label and card {pair}" for pair in overlapping(plates, boxes)]
    found += [f"arrow {pair}" for pair in through(drawing, boxes, shrink=1, skip_own=False)]
    found += [f"arrow {pair} (label)" for pair in through(drawing, plates, shrink=1, skip_own=True)]
    width, height = int(drawing.width), int(drawing.height)
    for name, (left, top, right, bottom) in [*boxes, *plates]:
        if left < 0 or top < 0 or right > width or bottom > height:
            found.append(f"{name} is outside the sheet")
    for arrow, *ends in segments(drawing):
        if any(not (0 <= x <= width and 0 <= y <= height) for x, y in ends):
            found.append(f"arrow {arrow} leaves the sheet")
    return found
