"""Any graph at all gives a picture in which nothing lies on anything else.

DIAGRAM_GRAPHS=2000 draws as many made graphs, three ways each (about two minutes); 60 otherwise.
"""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.diagrams import Layout, draw, layered, placed
from tests.diagrams.geometry import cards, faults, labels, overlapping
from tests.diagrams.graphs import Graph, any_graph, screens, wizard_edges

GRAPHS = int(os.environ.get("DIAGRAM_GRAPHS", "60"))
PART = 20


def layouts(graph: Graph) -> dict[str, Layout]:
    return {
        "right": layered(graph.nodes, graph.arrows, graph.starts, direction="right"),
        "down": layered(graph.nodes, graph.arrows, graph.starts, direction="down"),
        "placed": placed(graph.nodes, graph.arrows, graph.starts),
    }


@pytest.mark.parametrize("first", range(0, GRAPHS, PART))
def test_nothing_overlaps_whatever_the_graph(first: int) -> None:
    for seed in range(first, min(first + PART, GRAPHS)):
        graph = any_graph(seed)
        for name, layout in layouts(graph).items():
            drawing = draw(layout, "any")
            assert faults(drawing) == [], (seed, name)
            assert len(drawing.cards) == len(graph.nodes), (seed, name)
            assert len(drawing.arrows) == len(graph.arrows), (seed, name)


edges = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(edges, st.integers(1, 10), st.booleans())
def test_nothing_overlaps_in_graphs_looked_for_by_hypothesis(
    pairs: list[tuple[int, int]], count: int, is_labelled: bool
) -> None:
    graph = screens([(one % count, two % count) for one, two in pairs], count, labelled=float(is_labelled))
    for number, node in enumerate(graph.nodes):
        node.position = (number % 3 * 250, number // 3 * 120)
    for name, layout in layouts(graph).items():
        assert faults(draw(layout, "any")) == [], name


def test_the_measure_itself_sees_what_is_wrong() -> None:
    graph = screens(wizard_edges(12, 20, 1), 12)
    drawing = draw(layered(graph.nodes, graph.arrows, graph.starts, direction="right"), "moved")
    assert faults(drawing) == []
    card = drawing.cards[5]
    place = card.x, card.y
    card.x, card.y = drawing.cards[4].x, drawing.cards[4].y
    assert overlapping(cards(drawing))
    card.x, card.y = place
    arrow = drawing.arrows[0]
    (_, box) = labels(drawing)[0]
    arrow.path += f"L{box[0] + 400} {box[1] + 5}"
    arrow.plates[0].x = str(int(drawing.cards[0].x) + 5)
    arrow.plates[0].y = str(int(drawing.cards[0].y) + 5)
    assert {fault.split()[0] for fault in faults(drawing)} >= {"arrow", "label"}
