"""The automatic layout: arrows lead on from the start nodes, layer by layer. Pure."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.diagrams.assembly import assemble, framed, sizes
from console.diagrams.crossings import untangle
from console.diagrams.cycles import places, reading_order
from console.diagrams.frame import Block
from console.diagrams.grid import build
from console.diagrams.model import Arrow, Layout, Node
from console.diagrams.packing import pack
from console.diagrams.ranks import layers_of
from console.diagrams.references import cut_short
from console.diagrams.walks import Graph, islands

SHEET = (1400, 760)
"""Pixels of a usual window: the direction that lets more of the drawing be read in it is chosen."""


def layered(
    nodes: Sequence[Node],
    arrows: Iterable[Arrow],
    start_ids: Iterable[str] = (),
    *,
    direction: str = "auto",
) -> Layout:
    """Every node in a layer after those that lead to it, with few crossings; loops lead back.

    start_ids  where reading begins; unknown ids are ignored. Parts that no arrow joins to the rest stand below.
    direction  "right", "down", or "auto" for the one that fits a window better
    """
    arrows = list(arrows)
    by_id = {node.id: node for node in nodes}
    graph = Graph(by_id, arrows)
    starts = [key for key in start_ids if key in by_id]
    parts = islands(graph.ids, graph.arrows)
    if starts:
        parts.sort(key=lambda part: starts[0] not in part)
    of_part = {key: number for number, part in enumerate(parts) for key in part}
    arrows_of: list[list[Arrow]] = [[] for _ in parts]
    for arrow in graph.arrows:
        arrows_of[of_part[arrow.source]].append(arrow)
    plans = [
        _plan([by_id[key] for key in part], own, [key for key in starts if of_part[key] == number])
        for number, (part, own) in enumerate(zip(parts, arrows_of, strict=True))
    ]
    if direction == "auto":
        direction = _direction(max(plans, key=lambda plan: len(plan.nodes), default=None))
    blocks = [_draw_up(plan, direction) for plan in plans]
    return pack(blocks, direction, left_out=[arrow for arrow in arrows if not graph.has(arrow)])


@dataclass(slots=True)
class _Plan:
    """An island with the layers of its nodes; edges are pairs of places in `nodes`, `order` is that of reading."""

    nodes: Sequence[Node]
    arrows: Sequence[Arrow]
    edges: list[tuple[int, int]]
    first: list[int]
    order: list[int]
    layer: list[int]


def _plan(nodes: Sequence[Node], arrows: Sequence[Arrow], starts: Sequence[str]) -> _Plan:
    vertex = {node.id: number for number, node in enumerate(nodes)}
    edges = [(vertex[arrow.source], vertex[arrow.target]) for arrow in arrows]
    proper = [edge for edge in edges if edge[0] != edge[1]]
    first = [vertex[key] for key in starts]
    order = reading_order(len(nodes), proper, first)
    place = places(order)
    onward = [(one, two) if place[one] < place[two] else (two, one) for one, two in proper]
    return _Plan(nodes, arrows, edges, first, order, layers_of(len(nodes), onward, order, first))


def _direction(plan: _Plan | None) -> str:
    """Which way the drawing would be larger when fitted into a window; to the right unless down is clearly better."""
    if plan is None:
        return "right"
    layers = max(plan.layer) + 1
    leaving = [0] * len(plan.nodes)
    passing = [0] * (layers + 1)  # what begins and ends to pass at a layer
    for one, two in plan.edges:
        first, last = sorted((one, two), key=plan.layer.__getitem__)
        leaving[first] += 1
        passing[plan.layer[first] + 1] += 1
        passing[plan.layer[last]] -= 1
    passes = list(itertools.accumulate(passing))
    heights, widths = [14 * count for count in passes], [14 * count for count in passes]
    for vertex, layer in enumerate(plan.layer):
        heights[layer] += max(100, 23 * leaving[vertex])
        widths[layer] += max(220, 85 * leaving[vertex])
    right = min(SHEET[0] / (layers * 430), SHEET[1] / max(heights))
    down = min(SHEET[0] / max(widths), SHEET[1] / (layers * 180))
    return "down" if min(down, 1) > 1.15 * min(right, 1) else "right"


def _draw_up(plan: _Plan, direction: str) -> Block:
    place = places(plan.order)
    returning = {number for number, (one, two) in enumerate(plan.edges) if place[one] >= place[two]}
    nodes, edges, layer = cut_short(plan.nodes, plan.edges, plan.layer)
    frame = framed(nodes, plan.arrows, direction, returning)
    grid = build(layer, edges, sizes(frame, edges, layer))
    untangle(grid, plan.first or plan.order[:1])
    return assemble(frame, grid)
