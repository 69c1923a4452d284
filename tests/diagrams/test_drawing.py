"""What reaches the browser: whole pixels, escaped texts, readable colours, nothing that a strict CSP forbids."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from console.diagrams import (
    DARK,
    LIGHT,
    Arrow,
    Badge,
    Drawing,
    Label,
    Node,
    as_json,
    dot,
    draw,
    layered,
    mermaid,
    svg_text,
)
from console.diagrams.contrast import colour, contrast, darker, ink_on
from tests.diagrams.geometry import faults
from tests.diagrams.graphs import any_graph, three_screens

HOSTILE = [
    "</text></svg><script>alert(1)</script>",
    "\"' onload='alert(1)",
    "]]><!--",
    "{{ 7|add:7 }}{% debug %}",
    "\u202edrow\u202c",
    "&lt;b&gt;",
    "\x00\x1b[31m\ud800",
    "a" + "\u0301" * 3000,
    "W" * 1_000_000,
    "",
    "   ",
    "ﷺ" * 200,
    '\\N" ]; evil -> node [label="',
]


def hostile() -> Drawing:
    nodes = [
        Node(text[:200] + str(number), text, text, [Badge(text, "bad\"><script>", text)], "start\"><b> ok", fill=text,
             stroke=text, href="/safe", title=text)
        for number, text in enumerate(HOSTILE)
    ]  # fmt: skip
    arrows = [
        Arrow(
            f"{number}{text[:50]}",
            nodes[number].id,
            nodes[number - 1].id,
            [Label(text, text, text, text)] * 3,
            text,
            text,
        )
        for number, text in enumerate(HOSTILE)
    ]
    return draw(layered(nodes, arrows, [nodes[0].id]), HOSTILE[0])


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """Every element with its attributes, as a browser reads them."""
    parser = _Elements()
    parser.feed(html)
    return parser.found


def page(drawing: Drawing) -> str:
    return render_to_string("shared/_diagram.html", {"drawing": drawing, "panel": "panel"})


def test_hostile_labels_stay_text_in_the_page() -> None:
    html = page(hostile())
    assert "<script" not in html
    assert "style=" not in html
    assert not {name for _, attributes in elements(html) for name in attributes if name.startswith("on")}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "14" not in re.findall(r"<title>(.*?)</title>", html)
    assert len(html) < 120_000


def test_hostile_labels_leave_the_drawing_in_order() -> None:
    assert faults(hostile()) == []


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_an_exported_drawing_is_well_formed_and_holds_nothing_active(palette: object) -> None:
    text = svg_text(hostile(), LIGHT if palette is LIGHT else DARK)
    tree = ElementTree.fromstring(text)
    names = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert names <= {"svg", "g", "title", "desc", "rect", "path", "text"}
    attributes = {name for element in tree.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or name in {"style", "href", "class"}}


def test_every_number_of_a_drawing_is_whole() -> None:
    for seed in range(12):
        graph = any_graph(seed)
        html = page(draw(layered(graph.nodes, graph.arrows, graph.starts), "any"))
        figure = html[html.index('class="diagram-svg"') :]
        numbers = re.findall(r'\s(?:x|y|width|height|rx|d|transform|viewBox)="([^"]*)"', figure)
        assert numbers
        assert [value for value in numbers if not re.fullmatch(r"(translate\()?[-MLCAVZ0-9 ]+\)?", value)] == []


def test_a_card_is_a_link_with_its_whole_text() -> None:
    graph = three_screens()
    graph.nodes[0].caption = "Application of a customer who has a very long story to tell about every field"
    html = page(draw(layered(graph.nodes, graph.arrows, graph.starts), "Screens of Loan"))
    link = re.search(r'<a href="/1" class="node is-card is-start"[^>]*><title>([^<]*)</title>', html)
    assert link
    assert link[1] == graph.nodes[0].caption
    assert 'role="group"' in html
    assert "Screens of Loan" in html
    assert "3 cards, 2 arrows." in html


def test_a_reader_is_told_that_dashed_arrows_lead_back() -> None:
    graph = three_screens()
    graph.arrows.append(Arrow("back", "709020", "709018", [Label("Back")]))
    drawing = draw(layered(graph.nodes, graph.arrows, graph.starts), "x", ("screen", "screens"))
    assert drawing.summary == "3 screens, 3 arrows; dashed arrows lead back."
    assert [arrow.css for arrow in drawing.arrows] == ["arrow", "arrow", "arrow is-back"]


def test_only_classes_of_ours_get_through() -> None:
    drawing = hostile()
    assert {card.css for card in drawing.cards} == {"node is-card is-ok"}
    for arrow in drawing.arrows:
        assert re.fullmatch(r"[a-z0-9 -]+", arrow.css)


def test_text_on_any_colour_of_the_crm_can_be_read() -> None:
    for red in range(0, 256, 15):
        for green in range(0, 256, 15):
            for blue in (0, 90, 170, 255):
                fill = f"#{red:02x}{green:02x}{blue:02x}"
                assert contrast(fill, ink_on(fill)) >= 4.5


def test_what_is_no_colour_is_ours() -> None:
    assert colour("#FfF") == "#ffffff"
    assert colour("#12ab9F") == "#12ab9f"
    for odd in (None, "", "red", "#12", "#12345", "url(#x)", "#ggg", "#123456;", "#１２３"):
        assert colour(odd) is None
    assert darker("#ffffff", 0.5) == "#808080"


def test_exports_of_hostile_graphs_keep_their_form() -> None:
    nodes = [Node(text[:200] + str(number), text) for number, text in enumerate(HOSTILE)]
    arrows = [
        Arrow(f"{number}", nodes[number].id, nodes[number - 1].id, [Label(t)]) for number, t in enumerate(HOSTILE)
    ]
    drawn = dot(nodes, arrows, title=HOSTILE[-1])
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", drawn)
    assert '"' not in outside
    assert "evil" not in outside
    assert len(outside.splitlines()) == len(drawn.splitlines()) == 4 + len(nodes) + len(arrows) + 1
    chart = mermaid(nodes, arrows).splitlines()
    assert len(chart) == 1 + len(nodes) + len(arrows)
    for line in chart[1:]:
        assert re.fullmatch(r'  n\d+(\["[^"<>]*"\]| -->(\|"[^"<>]*"\|)? n\d+)', line), line


def test_json_names_nodes_and_arrows_by_the_ids_of_the_crm() -> None:
    graph = three_screens()
    told = as_json(layered(graph.nodes, graph.arrows, graph.starts))
    assert [node["id"] for node in told["nodes"]] == ["709018", "709020", "709022"]
    assert [(arrow["id"], arrow["source"], arrow["target"]) for arrow in told["arrows"]] == [
        ("709080", "709018", "709020"),
        ("709082", "709020", "709022"),
    ]
