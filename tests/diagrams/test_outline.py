"""The same graph for those who do not see the picture, and the rest of the furniture: colours, pictures, purity."""

import ast
import re
import sys
from dataclasses import asdict
from pathlib import Path

from django.template.loader import render_to_string

from console.diagrams import DARK, LIGHT, Arrow, Label, Node, draw, layered, outline, png, svg_text
from tests.diagrams.graphs import screens, three_screens

ROOT = Path(__file__).resolve().parents[2]


def test_a_listener_hears_every_screen_once_nearest_to_the_start_first() -> None:
    graph = screens([(0, 2), (2, 1), (1, 0), (0, 1), (3, 1)], 5)
    told = outline(graph.nodes, graph.arrows, graph.starts)
    assert [(entry.node.id, entry.number, entry.depth) for entry in told.entries] == [
        ("0", 1, 0), ("2", 2, 1), ("1", 3, 1), ("3", 4, None), ("4", 5, None),
    ]  # fmt: skip
    assert [entry.node.id for entry in told.unreached] == ["3", "4"]
    assert [(way.node.id, way.is_back) for way in told.entries[2].leads_to] == [("0", True)]
    assert [way.node.id for way in told.entries[2].comes_from] == ["2", "0", "3"]


def test_the_list_says_which_button_leads_where() -> None:
    graph = three_screens()
    graph.arrows.append(Arrow("back", "709020", "709018", [Label("Back"), Label("Start <again>")]))
    html = render_to_string(
        "shared/_diagram_outline.html", {"outline": outline(graph.nodes, graph.arrows, graph.starts)}
    )
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "Screen 1 Start Next → Screen 2" in text
    assert "Back, Start &lt;again&gt; → Screen 1 (back)" in text


def test_a_listener_is_told_when_there_is_nothing() -> None:
    html = render_to_string("shared/_diagram_outline.html", {"outline": outline([], [], [])})
    assert "There is nothing to draw." in html


def test_exported_colours_are_those_of_the_page() -> None:
    tokens = (ROOT / "static/css/tokens.css").read_text("utf-8")
    for role, light in asdict(LIGHT).items():
        found = re.search(rf"--{role.replace('_', '-')}: light-dark\((#\w+), (#\w+)\)", tokens)
        assert found, role
        assert (light, asdict(DARK)[role]) == found.groups(), role


def test_a_picture_is_a_png_and_a_huge_one_is_made_smaller() -> None:
    graph = three_screens()
    drawing = draw(layered(graph.nodes, graph.arrows, graph.starts), "x")
    picture = png(svg_text(drawing))
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 2 * int(drawing.width)
    column = draw(layered([Node(str(number), "x") for number in range(3000)], [], []), "x")
    tall = png(svg_text(column))
    wide, high = (int.from_bytes(tall[start : start + 4], "big") for start in (16, 20))
    assert wide * high <= 41_000_000


def test_the_hall_knows_neither_django_nor_http_nor_the_crm() -> None:
    allowed = {"console.diagrams", "vl_convert"}
    for path in sorted((ROOT / "console/diagrams").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                is_standard = name.split(".")[0] in sys.stdlib_module_names and name.split(".")[0] not in {
                    "http",
                    "urllib",
                }
                assert is_standard or any(name == one or name.startswith(one + ".") for one in allowed), (
                    path.name,
                    name,
                )
