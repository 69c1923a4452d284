"""Where arrows touch cards: an order for each side, and a place in it. Pure."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from console.diagrams.across import Piece
from console.diagrams.grid import Grid

APART, LEAST_APART, RIM = 14, 9, 8
"""Pixels between two arrows on a side of a card: where there is room, and at least; and from the corner."""
LANE, SLOT_GAP = 8, 5
"""What an arrow without label takes between two layers, and what is kept free beside an arrow or its label there."""
HIGHEST = 480
"""To which a card grows for its arrows; beyond it they move closer together."""


@dataclass(slots=True)
class Turn:
    """A strand within one layer: it leaves a card on its later side and comes back to one on the same side."""

    strand: int  # its place in grid.flat
    source: int
    target: int
    source_port: int = 0
    target_port: int = 0


Item = Piece | Turn


def grown(size: int, arrows: int) -> int:
    """The size of a card that `arrows` touch on one side."""
    return max(size, min(HIGHEST, 2 * RIM + LEAST_APART * (arrows - 1)) // 2 * 2)


def pieces_of(grid: Grid) -> list[Piece]:
    return [
        Piece(left, right, number, at)
        for number, strand in enumerate(grid.strands)
        for at, (left, right) in enumerate(itertools.pairwise(strand.chain))
    ]


def has_label(grid: Grid, piece: Piece) -> bool:
    """True for the one piece of each strand that carries its label: the one that leaves its source."""
    strand = grid.strands[piece.strand]
    return piece.number == (len(strand.chain) - 2 if strand.is_back else 0)


def dock(
    grid: Grid, pieces: Sequence[Piece], turns: Sequence[Turn], labels: Sequence[tuple[int, int]]
) -> list[list[Item]]:
    """Gives every piece and turn its ports; answers for each vertex what leaves it on its later side, in order.

    labels[arrow] is what its label takes (along, across): where a card is large enough, arrows leave it as far from
    each other as their labels lie, and so run straight through them.
    A turn is listed at the vertex that comes first in the layer. Arrows leave a side in the order in which they arrive
    at the next layer, so they do not cross on the way.
    """
    place = [0] * len(grid.layer)
    for layer in grid.layers:
        for number, vertex in enumerate(layer):
            place[vertex] = number
    leaving: list[list[Piece]] = [[] for _ in grid.layer]
    entering: list[list[Piece]] = [[] for _ in grid.layer]
    for piece in pieces:
        leaving[piece.left].append(piece)
        entering[piece.right].append(piece)
    above: list[list[Turn]] = [[] for _ in grid.layer]
    below: list[list[Turn]] = [[] for _ in grid.layer]
    loops: list[list[Turn]] = [[] for _ in grid.layer]
    for turn in turns:
        first, last = sorted((turn.source, turn.target), key=place.__getitem__)
        if first == last:
            loops[first].append(turn)
        else:
            below[first].append(turn)
            above[last].append(turn)
    listed: list[list[Item]] = []
    for vertex in range(len(grid.layer)):
        leaving[vertex].sort(key=lambda piece: (place[piece.right], piece.strand))
        entering[vertex].sort(key=lambda piece: (place[piece.left], piece.strand))
        below[vertex].sort(key=lambda turn: place[turn.source] + place[turn.target])
        above[vertex].sort(key=lambda turn: place[turn.source] + place[turn.target])
        listed.append([*leaving[vertex], *loops[vertex], *below[vertex]])
        if vertex < grid.cards:
            _give_ports(grid, labels, leaving[vertex], above[vertex], below[vertex], loops[vertex], vertex)
            widths = [_width(grid, labels, piece) for piece in entering[vertex]]
            for piece, port in zip(entering[vertex], _spread(grid.size[vertex], widths), strict=True):
                piece.right_port = port
    return listed


def _width(grid: Grid, labels: Sequence[tuple[int, int]], piece: Piece) -> int:
    """What a piece takes across its channel."""
    return max(LANE, labels[grid.strands[piece.strand].arrow][1]) if has_label(grid, piece) else LANE


def _give_ports(
    grid: Grid,
    labels: Sequence[tuple[int, int]],
    leaving: list[Piece],
    above: list[Turn],
    below: list[Turn],
    loops: list[Turn],
    vertex: int,
) -> None:
    widths = [LANE] * len(above) + [_width(grid, labels, piece) for piece in leaving]
    widths += [2 * LANE] * (2 * len(loops)) + [LANE] * len(below)
    ports = iter(_spread(grid.size[vertex], widths))
    for turn in above:
        _set_port(turn, vertex, next(ports))
    for piece in leaving:
        piece.left_port = next(ports)
    for turn in loops:
        turn.source_port, turn.target_port = next(ports), next(ports)
    for turn in below:
        _set_port(turn, vertex, next(ports))


def _set_port(turn: Turn, vertex: int, port: int) -> None:
    if turn.source == vertex:
        turn.source_port = port
    else:
        turn.target_port = port


def _spread(size: int, widths: Sequence[int]) -> list[int]:
    """Places of ports from the middle of a side, as far apart as `widths` lie beside each other if they fit."""
    if not widths:
        return []
    steps = [max(APART, (one + two) // 2 + SLOT_GAP) for one, two in itertools.pairwise(widths)]
    total = sum(steps)
    room = size - 2 * RIM
    share = min(1.0, room / total) if total else 1.0
    # Whole steps from one end: rounding each place by itself would make arrows miss their labels by a pixel.
    first = -round(total * share / 2)
    return [first + int(at * share) for at in itertools.accumulate(steps, initial=0)]
