"""The space between two layers: a lane for each arrow and each label, and how wide all that is. Pure.

A channel has three parts. In the fan, arrows spread from the cards to their slots. In the slots, each has a lane of its
own, so none runs through another's label. In the bend, they curve to the next layer. Curves of one part share their
ends along the reading direction and their controls, so two of them cross at most once, and only if their order differs.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from console.diagrams.across import Piece, separate
from console.diagrams.grid import Grid
from console.diagrams.ports import LANE, SLOT_GAP, Item, Turn, has_label

LEAD, APPROACH = 14, 16
"""Straight pixels after a layer and before the next: room for an arrowhead."""
TURN = 14
"""What a turn without label takes along the slots."""


@dataclass(slots=True)
class Slot:
    """The lane of an arrow between two layers; `place` is its middle, `along` and `size` what its label takes."""

    item: Item
    along: int
    size: int
    place: int = 0


@dataclass(slots=True)
class Channel:
    """The space after a layer; all widths along the reading direction."""

    slots: list[Slot] = field(default_factory=list)
    lead: int = LEAD
    fan: int = 0
    label: int = 0
    bend: int = 0
    approach: int = APPROACH

    @property
    def width(self) -> int:
        return self.lead + self.fan + self.label + self.bend + self.approach


def slots_of(
    grid: Grid, listed: Sequence[Sequence[Item]], labels: Sequence[tuple[int, int]], number: int
) -> list[Slot]:
    """The slots after a layer, in order. `labels[arrow]` is what its label takes (along, across); (0, 0) for none."""
    found: list[Slot] = []
    for vertex in grid.layers[number]:
        for item in listed[vertex]:
            if isinstance(item, Piece):
                along, size = labels[grid.strands[item.strand].arrow] if has_label(grid, item) else (0, 0)
                found.append(Slot(item, along, max(LANE, size)))
            else:
                along, size = labels[grid.flat[item.strand].arrow]
                found.append(Slot(item, along + 6 if along else TURN, max(2 * half_turn(item, size), size)))
    return found


def half_turn(turn: Turn, size: int) -> int:
    """Half the distance of the two lines of a turn at its slot: as they leave the card, but inside the label."""
    half = abs(turn.source_port - turn.target_port) // 2 if turn.source == turn.target else 5
    return max(4, min(half, size // 2 - 3) if size else half)


def open_channel(grid: Grid, slots: list[Slot], place: Sequence[int], *, is_last: bool) -> Channel:
    """Places the slots near where their arrows leave, and measures the channel."""
    channel = Channel(slots)
    if is_last and not slots:
        return Channel(slots, 0, 0, 0, 0, 0)
    has_lanes = any(slot.along for slot in slots)
    wanted = [_wanted(slot.item, place) for slot in slots]
    if has_lanes:
        steps = [0.0]
        steps += [(one.size + two.size) / 2 + SLOT_GAP for one, two in itertools.pairwise(slots)]
        weights = [8.0 if _is_passing(grid, slot.item) else 1.0 for slot in slots]
        for slot, value in zip(slots, separate(wanted, weights, steps), strict=True):
            slot.place = int(value // 1)
        channel.label = max(slot.along for slot in slots) + 8
        spread = max(max(abs(end - slot.place) for end in _ends(slot.item, place)) for slot in slots)
        channel.fan = 0 if spread == 0 else min(90, 16 + spread // 3)
    else:
        for slot, value in zip(slots, wanted, strict=True):
            slot.place = int(value)
    if is_last:
        channel.approach = 0
        return channel
    climbs = [
        abs(slot.place - place[slot.item.right] - slot.item.right_port)
        for slot in slots
        if isinstance(slot.item, Piece)
    ]
    steepest = max(climbs, default=0)
    channel.bend = 20 if steepest == 0 else min(150, 40 + steepest // 4)
    return channel


def _wanted(item: Item, place: Sequence[int]) -> float:
    if isinstance(item, Turn):
        ends = _ends(item, place)
        return sum(ends) / 2
    return place[item.left] + item.left_port


def _ends(item: Item, place: Sequence[int]) -> tuple[int, ...]:
    """Where an item leaves the layer, across."""
    if isinstance(item, Turn):
        return place[item.source] + item.source_port, place[item.target] + item.target_port
    return (place[item.left] + item.left_port,)


def _is_passing(grid: Grid, item: Item) -> bool:
    return isinstance(item, Piece) and grid.is_bend(item.left) and grid.is_bend(item.right)
