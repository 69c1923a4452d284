"""What a reader sees in a layout: order, direction, the admin's places, arrows that can be told apart."""

import itertools
from collections.abc import Callable

import pytest

from console.diagrams import Arrow, Badge, Label, Layout, Node, draw, layered, placed
from tests.diagrams.geometry import faults, points
from tests.diagrams.graphs import Graph, screens, three_screens, wizard_edges


def _x(layout: Layout) -> dict[str, int]:
    return {card.node.id: card.box.x for card in layout.cards}


def _y(layout: Layout) -> dict[str, int]:
    return {card.node.id: card.box.y for card in layout.cards}


def _to_right(edges: list[tuple[int, int]], count: int) -> Layout:
    graph = screens(edges, count)
    return layered(graph.nodes, graph.arrows, graph.starts, direction="right")


def test_a_reader_of_a_small_wizard_goes_from_left_to_right() -> None:
    graph = three_screens()
    layout = layered(graph.nodes, graph.arrows, graph.starts)
    x = _x(layout)
    assert layout.direction == "right"
    assert x["709018"] < x["709020"] < x["709022"]
    assert {route.arrow.id for route in layout.routes} == {"709080", "709082"}


def test_a_reader_of_a_long_wizard_goes_downwards() -> None:
    layout = layered(*_parts(screens([(number, number + 1) for number in range(15)], 16)))
    y = _y(layout)
    assert layout.direction == "down"
    assert [y[str(number)] for number in range(16)] == sorted(y.values())


def _parts(graph: Graph) -> tuple[list[Node], list[Arrow], list[str]]:
    return graph.nodes, graph.arrows, graph.starts


def test_a_back_button_leads_against_the_reading_direction() -> None:
    layout = _to_right([(0, 1), (1, 2), (2, 1), (1, 0), (2, 0)], 3)
    x = _x(layout)
    assert x["0"] < x["1"] < x["2"]
    assert [route.is_back for route in layout.routes] == [False, False, True, True, True]


def test_back_buttons_stay_back_buttons_when_one_may_also_jump_ahead() -> None:
    onward = [(0, 1), (1, 2), (2, 3), (3, 4)]
    layout = _to_right([(0, 3), *onward, *((two, one) for one, two in onward)], 5)
    assert [route.arrow.id for route in layout.routes if route.is_back] == ["e5", "e6", "e7", "e8"]


def test_the_start_stands_first_even_when_something_leads_to_it() -> None:
    x = _x(_to_right([(0, 1), (2, 0), (3, 2), (2, 1)], 4))
    assert x["0"] == min(x.values())
    assert x["1"] > x["0"]


def test_what_nothing_joins_to_the_start_stands_below() -> None:
    layout = _to_right([(0, 1), (2, 3)], 5)
    y = _y(layout)
    assert max(y["0"], y["1"]) < min(y["2"], y["3"])
    assert len(layout.cards) == 5


def test_arrows_between_the_same_two_cards_are_told_apart() -> None:
    drawing = draw(_to_right([(0, 1), (0, 1), (1, 0), (0, 0), (0, 0), (1, 1)], 2), "twins")
    assert faults(drawing) == []
    ends = [(points(arrow.path)[0], points(arrow.path)[-1]) for arrow in drawing.arrows]
    assert len({end for pair in ends for end in pair}) == 12
    heads = {arrow.head for arrow in drawing.arrows}
    assert len(heads) == 6


def test_an_arrowhead_touches_the_card_it_leads_to() -> None:
    layout = layered(*_parts(screens(wizard_edges(20, 40, 3), 20)))
    boxes = {card.node.id: card.box for card in layout.cards}
    for route in layout.routes:
        (x, y), box = route.head[0], boxes[route.arrow.target]
        is_on_side = (x in (box.x, box.right) and box.y <= y <= box.bottom) or (
            y in (box.y, box.bottom) and box.x <= x <= box.right
        )
        assert is_on_side, route.arrow.id


def test_the_same_graph_gives_the_same_picture_each_time() -> None:
    graph = screens(wizard_edges(40, 70, 1), 40)
    one, two = (draw(layered(*_parts(graph)), "x") for _ in range(2))
    assert one == two


def test_an_arrow_to_nowhere_is_left_out_and_named() -> None:
    lost = Arrow("lost", "709018", "gone", [Label("Next")])
    graph = three_screens()
    for layout in (layered(graph.nodes, [*graph.arrows, lost], graph.starts), placed(graph.nodes, [lost])):
        assert layout.left_out == [lost]
        assert "lost" not in {route.arrow.id for route in layout.routes}


@pytest.mark.parametrize("lay", [layered, placed])
def test_nothing_to_draw_is_an_empty_sheet(lay: Callable[..., Layout]) -> None:
    layout = lay([], [])
    assert (layout.cards, layout.routes) == ([], [])
    assert layout.width > 0


def test_the_admin_finds_cards_where_they_were_put() -> None:
    graph = three_screens()
    layout = placed(graph.nodes, graph.arrows, graph.starts)
    x, y = _x(layout), _y(layout)
    assert layout.fallback_reason == ""
    assert x["709018"] < x["709020"] < x["709022"]
    assert y["709018"] < y["709022"] < y["709020"]


def test_a_grid_stays_a_grid() -> None:
    graph = screens([(0, 1), (1, 2), (2, 5), (5, 4), (4, 3), (3, 0), (0, 5)], 9)
    for number, node in enumerate(graph.nodes):
        node.position = (number % 3 * 300 + number * 3, number // 3 * 150 + number * 2)
    layout = placed(graph.nodes, graph.arrows, graph.starts)
    x, y = _x(layout), _y(layout)
    assert layout.fallback_reason == ""
    assert faults(draw(layout, "grid")) == []
    for row in range(3):
        assert x[str(3 * row)] < x[str(3 * row + 1)] < x[str(3 * row + 2)]
        assert y[str(row)] < y[str(row + 3)] < y[str(row + 6)]


def test_cards_an_admin_put_one_below_the_other_are_joined_straight() -> None:
    graph = screens([(0, 1), (1, 0)], 3)
    for node, position in zip(graph.nodes, [(0, 0), (10, 160), (400, 80)], strict=True):
        node.position = position
    graph.arrows.append(Arrow("side", "1", "2", [Label("Next")]))
    graph.arrows.append(Arrow("more", "2", "0", [Label("Next")]))
    layout = placed(graph.nodes, graph.arrows, graph.starts)
    assert layout.direction == "right"
    straight = [route for route in layout.routes if route.arrow.id in ("e0", "e1")]
    for route in straight:
        (_, (start,)), (_, (end,)) = route.steps
        assert start[0] == end[0]
    assert straight[0].steps[0] != straight[1].steps[0]


@pytest.mark.parametrize(
    ("positions", "reason"),
    [
        ([None, None, None], "No card has a position"),
        ([(0, 0), None, (500, 0)], "1 of 3 cards have no position"),
        ([(0, 0), (float("nan"), 3), (1e12, 0)], "2 of 3 cards have no position"),
        ([(5, 5), (5, 5), (5, 5)], "All cards have the same position"),
        ([(5, 5), (6, 5), (600, 5)], "1 of 3 cards lie on top of another"),
    ],
)
def test_positions_that_cannot_be_used_are_named(positions: list[tuple[float, float] | None], reason: str) -> None:
    graph = three_screens()
    for node, position in zip(graph.nodes, positions, strict=True):
        node.position = position
    layout = placed(graph.nodes, graph.arrows, graph.starts)
    assert layout.fallback_reason.startswith(reason)
    assert layout.fallback_reason.endswith("laid out automatically.")
    assert len(layout.cards) == 3


def test_arrows_of_a_huge_loop_end_at_a_card_that_names_their_target() -> None:
    count = 250
    edges = [(number, number + 1) for number in range(count - 1)] + [(number, 0) for number in range(1, count)]
    graph = screens(edges, count)
    for number, node in enumerate(graph.nodes):
        node.position = (number % 200 * 300, number // 200 * 150)
    for layout in (layered(*_parts(graph)), placed(*_parts(graph))):
        extra = [card.node for card in layout.cards if card.node.kind == "reference"]
        assert len(layout.routes) == len(edges)
        assert {node.caption for node in extra} <= {f"→ {node.caption}" for node in graph.nodes}
        assert faults(draw(layout, "huge")) == []
    assert extra == [] or len(extra) < count
    assert any(card.node.kind == "reference" for card in layered(*_parts(graph)).cards)


def test_cards_never_share_a_pixel_with_their_neighbours_in_a_full_column() -> None:
    layout = _to_right([(0, number) for number in range(1, 40)], 40)
    boxes = sorted((card.box for card in layout.cards), key=lambda box: (box.x, box.y))
    gaps = [two.y - one.bottom for one, two in itertools.pairwise(boxes) if one.x == two.x]
    assert min(gaps) >= 20


def test_choosing_another_product_is_a_way_back_and_choosing_one_is_not() -> None:
    start, choose, loan, mortgage, review, save = range(6)
    onward = [(start, choose), (choose, loan), (choose, mortgage), (loan, review), (mortgage, review), (review, save)]
    back = [(review, choose), (choose, start), (loan, choose), (mortgage, choose)]
    layout = _to_right([*back, *onward], 6)
    assert [route.arrow.id for route in layout.routes if route.is_back] == ["e0", "e1", "e2", "e3"]


def test_the_start_stands_first_even_beside_a_longer_way_that_nobody_can_take() -> None:
    x = _x(_to_right([(2, 3), (3, 4), (4, 1), (0, 1)], 5))
    assert x["0"] == min(x.values())


def test_long_arrows_past_other_screens_run_straight_where_they_can() -> None:
    """Six wizards of 40 screens: 542 curves; 734 when bends are left where their neighbours pull them."""
    curves = 0
    for seed in range(6):
        graph = screens(wizard_edges(40, 65, seed), 40)
        layout = layered(*_parts(graph), direction="right")
        curves += sum(letter == "C" for route in layout.routes for letter, _ in route.steps)
    assert curves < 600


def test_badges_beyond_the_sixth_are_counted() -> None:
    graph = three_screens()
    graph.nodes[0].badges = [Badge(f"badge {number}") for number in range(9)]
    card = draw(layered(*_parts(graph)), "x").cards[0]
    assert [chip.line.text for chip in card.chips][-2:] == ["badge 5", "+3"]
    assert "badge 8" in card.chips[-1].title
