"""The layout that an admin knows: cards where they were put, straightened into columns or rows. Pure.

Each card keeps its place relative to the others. Along the reading direction cards are gathered into layers, so that
arrows find a way between them; across it they stay where they were, pushed apart where they would overlap.
"""

import itertools
import math
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.diagrams.across import CARD_GAP
from console.diagrams.assembly import assemble, framed, sizes
from console.diagrams.cycles import places, reading_order
from console.diagrams.frame import Frame
from console.diagrams.grid import BEND, Grid, Strand, add_vertex, build
from console.diagrams.layered import layered
from console.diagrams.model import Arrow, Layout, Node
from console.diagrams.packing import pack
from console.diagrams.ports import SLOT_GAP
from console.diagrams.references import cut_short
from console.diagrams.walks import Graph

CARD = (160, 60)
"""Width and height of a card on the CRM's canvas, about: tells cards beside each other from cards on each other."""
CHANNEL = {"right": 150, "down": 90}
"""Pixels that a channel with labels takes, about."""
LARGEST = 1_000_000
MOST_SCALE = 2.5
"""How far places are drawn apart; cards that still overlap are pushed apart one by one."""


def placed(nodes: Sequence[Node], arrows: Iterable[Arrow], start_ids: Iterable[str] = ()) -> Layout:
    """Cards where `Node.position` says, as nearly as readable arrows allow.

    Falls back to `layered`, and says why in `Layout.fallback_reason`, when positions are missing or lie on each other.
    """
    arrows = list(arrows)
    reason = why_not(nodes)
    if reason:
        layout = layered(nodes, arrows, start_ids)
        layout.fallback_reason = reason
        return layout
    graph = Graph([node.id for node in nodes], arrows)
    vertex = {key: number for number, key in enumerate(graph.ids)}
    unique = list({node.id: node for node in nodes}.values())
    drawn = graph.arrows
    edges = [(vertex[arrow.source], vertex[arrow.target]) for arrow in drawn]
    choices = [_gathered(unique, edges, direction) for direction in ("right", "down")]
    chosen = min(choices, key=lambda choice: choice.cost)
    left_out = [arrow for arrow in arrows if not graph.has(arrow)]
    if not unique:
        return pack([], chosen.direction, left_out=left_out)
    first = [vertex[key] for key in start_ids if key in vertex]
    order = places(reading_order(len(unique), [edge for edge in edges if edge[0] != edge[1]], first))
    returning = {number for number, (one, two) in enumerate(edges) if order[one] >= order[two]}
    cards, led, layer = cut_short(unique, edges, chosen.layer)
    # A reference stands beside the card that its arrow leaves.
    chosen.across += [chosen.across[one] for one, two in sorted(led, key=_target) if two >= len(unique)]
    frame = framed(cards, drawn, chosen.direction, returning)
    grid = build(layer, led, sizes(frame, led, layer))
    anchors = _anchors(grid, chosen, frame)
    _arrange(grid, anchors, frame)
    return pack([assemble(frame, grid, anchors, chosen.gaps)], chosen.direction, left_out=left_out)


def _target(edge: tuple[int, int]) -> int:
    return edge[1]


def why_not(nodes: Sequence[Node]) -> str:
    """Why the positions cannot be used, as a sentence; "" when they can."""
    count = len(nodes)
    missing = sum(not _is_usable(node.position) for node in nodes)
    if missing:
        what = "No card has a" if missing == count else f"{missing} of {count} cards have no"
        return f"{what} position; the cards are laid out automatically."
    points = sorted((node.position[0], node.position[1]) for node in nodes if node.position is not None)
    hidden = 0
    for number, (x, y) in enumerate(points):
        for other_x, other_y in points[number + 1 : number + 40]:
            if other_x - x >= CARD[0] / 4:
                break
            if abs(other_y - y) < CARD[1] / 4:
                hidden += 1
                break
    if hidden and (hidden > count // 5 or count < 5):
        if len(set(points)) == 1:
            return "All cards have the same position; they are laid out automatically."
        return f"{hidden} of {count} cards lie on top of another; the cards are laid out automatically."
    return ""


def _is_usable(position: tuple[float, float] | None) -> bool:
    return position is not None and all(math.isfinite(value) and abs(value) < LARGEST for value in position)


@dataclass(slots=True)
class _Gathered:
    """Layers made of positions, for one direction.

    across  where each card was put across its layer
    gaps    pixels that were left between a layer and the next
    cost    how much has to change for it, and how many arrows have to run within a layer
    """

    direction: str
    layer: list[int]
    across: list[float]
    gaps: list[int]
    cost: float


def _gathered(nodes: Sequence[Node], edges: Sequence[tuple[int, int]], direction: str) -> _Gathered:
    axis = 0 if direction == "right" else 1
    points = [node.position or (0.0, 0.0) for node in nodes]
    along = [point[axis] for point in points]
    across = [point[1 - axis] + CARD[1 - axis] / 2 for point in points]
    layer = [0] * len(nodes)
    firsts: list[float] = []
    for number in sorted(range(len(nodes)), key=along.__getitem__):
        # A layer is no deeper than most of a card, so that what was beside something does not end up below it.
        if not firsts or along[number] - firsts[-1] > CARD[axis] * 0.7:
            firsts.append(along[number])
        layer[number] = len(firsts) - 1
    gaps = [max(0, round(two - one - CARD[axis])) for one, two in itertools.pairwise(firsts)]
    channel = CHANNEL[direction]
    scarce = sum(max(0, channel - gap) for gap in gaps) / (channel * max(1, len(gaps)))
    # Neighbours in a layer are joined by a straight arrow; others need one that turns round beside the layer.
    stacked = sorted(range(len(nodes)), key=lambda number: (layer[number], across[number]))
    rank = places(stacked)
    tied = sum(layer[one] == layer[two] and abs(rank[one] - rank[two]) == 1 for one, two in edges)
    flat = sum(layer[one] == layer[two] and one != two for one, two in edges) - tied
    long = sum(abs(layer[one] - layer[two]) > 1 for one, two in edges)
    turned = (2.0 * flat + 0.4 * tied + 0.3 * long) / max(1, len(edges))
    cost = turned + 0.4 * scarce + (0.15 if direction == "down" else 0)
    return _Gathered(direction, layer, across, [min(gap, 3 * channel) for gap in gaps], cost)


def _anchors(grid: Grid, chosen: _Gathered, frame: Frame) -> dict[int, float]:
    """Where cards shall stand across their layers: their places, scaled so that most neighbours have room, and the
    labels between two layers too."""
    needed: list[float] = []
    for layer in grid.layers:
        cards = sorted((vertex for vertex in layer if vertex < grid.cards), key=chosen.across.__getitem__)
        for one, two in itertools.pairwise(cards):
            room = (grid.size[one] + grid.size[two]) / 2 + CARD_GAP
            distance = chosen.across[two] - chosen.across[one]
            needed.append(min(MOST_SCALE, room / distance) if distance > 0 else MOST_SCALE)
    needed.sort()
    scale = max(0.6, needed[(len(needed) * 4) // 5]) if needed else 1.0
    labels = [0] * (len(grid.layers) + 1)
    for strand in grid.strands:
        begins = grid.layer[strand.chain[-2 if strand.is_back else 0]]
        labels[begins] += frame.label_size(strand.arrow)[1] + SLOT_GAP
    extent = max(chosen.across) - min(chosen.across) + max(grid.size)
    scale = max(scale, min(MOST_SCALE, max(labels) / extent))
    return {vertex: chosen.across[vertex] * scale for vertex in range(grid.cards)}


def _arrange(grid: Grid, anchors: Mapping[int, float], frame: Frame) -> None:
    """Order the layers: cards as they stand, bends where a band between the ends of their arrow would pass."""
    place = [anchors.get(vertex, 0.0) for vertex in range(len(grid.layer))]
    for strand in grid.strands:
        first, last = strand.chain[0], strand.chain[-1]
        for number, vertex in enumerate(strand.chain[1:-1], start=1):
            place[vertex] = place[first] + (place[last] - place[first]) * number / (len(strand.chain) - 1)
    cards_of = [sorted((v for v in layer if v < grid.cards), key=place.__getitem__) for layer in grid.layers]
    for _ in range(3):
        for number, layer in enumerate(grid.layers):
            _beside(layer, cards_of[number], place, grid)
        for vertex in range(grid.cards, len(place)):
            around = [*grid.before[vertex], *grid.after[vertex]]
            place[vertex] = (place[vertex] + sum(place[other] for other in around)) / (1 + len(around))
    for number, layer in enumerate(grid.layers):
        _beside(layer, cards_of[number], place, grid)
        layer.sort(key=place.__getitem__)
    _tie(grid, cards_of, place, frame)


def _beside(layer: Sequence[int], cards: Sequence[int], place: list[float], grid: Grid) -> None:
    """Move bends that lie on a card to its nearer side. `cards` are those of the layer, in order."""
    middles = [place[card] for card in cards]
    for vertex in layer:
        if vertex < grid.cards:
            continue
        at = bisect(middles, place[vertex])
        for card in cards[max(0, at - 1) : at + 1]:
            reach = grid.size[card] / 2 + BEND
            if abs(place[vertex] - place[card]) < reach:
                place[vertex] = place[card] + (reach if place[vertex] >= place[card] else -reach)
                break


def _tie(grid: Grid, cards_of: Sequence[Sequence[int]], place: list[float], frame: Frame) -> None:
    """Flat arrows between neighbours run straight from one to the other; a vertex between the two holds their label."""
    beside = {pair for cards in cards_of for pair in itertools.pairwise(cards)}
    pairs: dict[tuple[int, int], list[Strand]] = {}
    for strand in grid.flat:
        one, two = strand.chain
        pair = (one, two) if (one, two) in beside else (two, one)
        if pair in beside:
            pairs.setdefault(pair, []).append(strand)
    for (one, two), strands in pairs.items():
        common = min(_depth(frame, one), _depth(frame, two))
        widest = max(frame.label_size(strand.arrow)[0] for strand in strands) / 2
        limit = common / 2 + 8 if len(strands) == 1 else min(common / 4 + 8, common / 2 - 6)
        if len(strands) > 2 or widest > limit:
            continue
        middle = (place[one] + place[two]) / 2
        for strand in strands:
            size = frame.label_size(strand.arrow)[1]
            vertex = add_vertex(grid, grid.layer[one], max(BEND, size + size % 2))
            place.append(middle)
            grid.ties[vertex] = strand
        grid.layers[grid.layer[one]].sort(key=place.__getitem__)
    tied = {strand.arrow for strand in grid.ties.values()}
    grid.flat = [strand for strand in grid.flat if strand.arrow not in tied]


def _depth(frame: Frame, vertex: int) -> int:
    face = frame.faces[vertex]
    return face.height if frame.is_down else face.width
