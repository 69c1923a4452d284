"""Drawings: layout and SVG of the largest wizard and of far larger ones; crossings beside those of Graphviz `dot`."""

import functools
import shutil
import subprocess
from collections.abc import Iterator

from django.template.loader import render_to_string

from console.diagrams import draw, layered, placed
from tests.bench.measure import Line, medians
from tests.diagrams.geometry import Place, bezier, crossings, points
from tests.diagrams.graphs import Edges, Graph, screens, tree_edges, wizard_edges

LARGEST, HUGE = 150, 3000  # ms
LINEAR = 2  # how much dearer a node of 1,000 may be than one of 250
CROSSINGS = 1.4


def diagrams() -> Iterator[Line]:
    """75 nodes with 300 arrows and 1,000 with 1,500, automatic and as placed; 20 graphs of 100 nodes against dot."""
    full = _placed(screens(wizard_edges(75, 300, 1), 75), 8)
    automatic, as_put = medians(lambda: _page(full), lambda: _page(full, is_placed=True), rounds=10)
    yield Line("diagram-75-nodes-300-arrows", automatic, LARGEST, {"kB": len(_page(full)) // 1000})
    yield Line("diagram-75-nodes-300-arrows-placed", as_put, LARGEST, {})
    small = _placed(screens(_local_edges(250), 250), 10)
    huge = _placed(screens(_local_edges(1000), 1000), 10)
    for name, page in (("", _page), ("-placed", functools.partial(_page, is_placed=True))):
        quarter, whole = medians(functools.partial(page, small), functools.partial(page, huge), rounds=3)
        yield Line(f"diagram-1000-nodes{name}", whole, HUGE, {"of_250_ms": round(quarter)})
        yield Line(f"diagram-grows-about-linearly{name}", whole / quarter / 4, LINEAR, {})
    if shutil.which("dot"):
        ours = theirs = 0
        for make in (wizard_edges, tree_edges):
            for seed in range(5):
                for arrows in (130, 160):
                    edges = [edge for edge in make(100, arrows, seed) if edge[0] != edge[1]]
                    ours += _crossings(screens(edges, 100))
                    theirs += _crossings_of_dot(edges)
        yield Line("diagram-crossings-beside-dot", ours / theirs, CROSSINGS, {"ours": ours, "dot": theirs})


def _page(graph: Graph, *, is_placed: bool = False) -> str:
    if is_placed:
        layout = placed(graph.nodes, graph.arrows, graph.starts)
    else:
        layout = layered(graph.nodes, graph.arrows, graph.starts)
    return render_to_string("shared/_diagram.html", {"drawing": draw(layout, "Bench")})


def _placed(graph: Graph, per_column: int) -> Graph:
    for number, node in enumerate(graph.nodes):
        node.position = (number // per_column * 320 + number % 3 * 20, number % per_column * 150)
    return graph


def _local_edges(count: int) -> Edges:
    """Arrows whose length does not grow with the graph: a wizard of 1,000 screens has no button past 500 of them."""
    return [
        (start + one, start + two)
        for start in range(0, count - 50, 50)
        for one, two in [*wizard_edges(50, 74, start), (49, 50)]
    ]


def _crossings(graph: Graph) -> int:
    drawing = draw(layered(graph.nodes, graph.arrows, graph.starts), "Bench")
    return crossings([points(arrow.path) for arrow in drawing.arrows])


def _crossings_of_dot(edges: Edges) -> int:
    """Crossings of the same graph drawn by dot, without labels, which it is slow with."""
    lines = "".join(f"n{one} -> n{two};" for one, two in edges)
    text = f"digraph {{ rankdir=LR; node [shape=box, fixedsize=true, width=2.2, height=0.8]; {lines} }}"
    answer = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, text=True, check=True)
    return crossings([_spline(line.split()) for line in answer.stdout.splitlines() if line.startswith("edge")])


def _spline(words: list[str]) -> list[Place]:
    """`edge tail head n x1 y1 … xn yn …`: a chain of Bézier curves."""
    numbers = [float(word) for word in words[4 : 4 + 2 * int(words[3])]]
    controls = list(zip(numbers[::2], numbers[1::2], strict=True))
    line = controls[:1]
    for start in range(0, len(controls) - 1, 3):
        line += bezier(*controls[start : start + 4], parts=8)
    return line
