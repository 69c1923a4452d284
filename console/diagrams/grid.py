"""Layers of vertices with arrows only between neighbouring layers: what ordering and placing work on. Pure.

Vertices 0 to cards - 1 are the cards; those after are bends, one for each layer that a long arrow passes.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

BEND = 10
"""Pixels that a passing arrow takes across its layer."""


@dataclass(slots=True)
class Strand:
    """An arrow in the grid.

    arrow     its place in the list of arrows
    chain     vertices from its end in the earlier layer to its end in the later one; both in one layer: just the two
    is_back   True when it points from the later layer to the earlier one
    """

    arrow: int
    chain: list[int]
    is_back: bool


@dataclass(slots=True)
class Grid:
    """Layers in order; `before` and `after` are the neighbours in the layers beside, one entry for each strand.

    size   pixels across the layer: the height of a card when arrows lead to the right
    flat   strands whose ends stand in one layer, loops among them
    ties   {vertex: strand} of flat ones between neighbours: the vertex stands between the two in their layer
    """

    cards: int
    layer: list[int]
    layers: list[list[int]]
    before: list[list[int]]
    after: list[list[int]]
    size: list[int]
    strands: list[Strand] = field(default_factory=list)
    flat: list[Strand] = field(default_factory=list)
    ties: dict[int, Strand] = field(default_factory=dict)

    def is_bend(self, vertex: int) -> bool:
        return vertex >= self.cards


def build(layer: Sequence[int], edges: Sequence[tuple[int, int]], size: Sequence[int]) -> Grid:
    """The grid of cards in their layers; edges are (source, target), one for each arrow.

    Vertices stand in their layers as they were made: cards in the given order, then bends.
    """
    count = len(layer)
    grid = Grid(
        cards=count,
        layer=list(layer),
        layers=[[] for _ in range(max(layer, default=-1) + 1)],
        before=[[] for _ in range(count)],
        after=[[] for _ in range(count)],
        size=list(size),
    )
    for vertex in range(count):
        grid.layers[layer[vertex]].append(vertex)
    for arrow, (source, target) in enumerate(edges):
        if layer[source] == layer[target]:
            grid.flat.append(Strand(arrow, [source, target], is_back=False))
            continue
        is_back = layer[source] > layer[target]
        first, last = (target, source) if is_back else (source, target)
        chain = [first]
        for passed in range(layer[first] + 1, layer[last]):
            chain.append(add_vertex(grid, passed, BEND))
        chain.append(last)
        for left, right in itertools.pairwise(chain):
            grid.after[left].append(right)
            grid.before[right].append(left)
        grid.strands.append(Strand(arrow, chain, is_back))
    return grid


def add_vertex(grid: Grid, layer: int, size: int) -> int:
    """A vertex that is no card, at the end of its layer."""
    vertex = len(grid.layer)
    grid.layer.append(layer)
    grid.layers[layer].append(vertex)
    grid.before.append([])
    grid.after.append([])
    grid.size.append(size)
    return vertex
