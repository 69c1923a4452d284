"""Graphs as drawings: layout, arrows that never run through cards, whole-pixel primitives, outline, exports. Pure.

A room turns its own things into `Node`s and `Arrow`s and takes what it needs from here:

    nodes = [Node("s1", "Applicant", subtitle="Applicant_1", badges=[Badge("3 fields")], kind="start", href="/…"), …]
    arrows = [Arrow("c1", "s1", "s2", labels=[Label("Next")]), …]

    layout = placed(nodes, arrows, ["s1"])    # where an admin put them; .fallback_reason: why that was not possible
    layout = layered(nodes, arrows, ["s1"])   # automatic, from the start nodes on
    drawing = draw(layout, "Screens of Loan application")
        -> {% include "shared/_diagram.html" with drawing=drawing %}; the page loads css/diagram.css, js/diagram.js

    outline(nodes, arrows, ["s1"])            # the same content in reading order
        -> {% include "shared/_diagram_outline.html" with outline=… %}
    svg_text(drawing, LIGHT)  png(svg_text(…))  mermaid(nodes, arrows)  dot(nodes, arrows)  as_json(layout)

    ways = Graph((node.id for node in nodes), arrows)
    ways.reachable(…)  .reaching(…)  .distances(…)  .shortest(…)  .paths(…)  .loops()  .dominators(…)

Ids are any texts, unique among nodes and among arrows; an arrow whose ends are unknown is not drawn (`left_out`).
`kind` is one or more of our own CSS classes (start end muted problem warning added removed changed current), never
text of the CRM. Texts may be hostile or a megabyte long: they are cleaned, wrapped and shortened here; `title` holds
the whole, bounded.
"""

from console.diagrams.compared import KINDS, Comparison
from console.diagrams.drawing import Drawing, draw
from console.diagrams.exports import as_json, dot, mermaid
from console.diagrams.layered import layered
from console.diagrams.model import Arrow, Badge, Card, Label, Layout, Node, Route
from console.diagrams.outline import Outline, outline
from console.diagrams.pictures import GRAPH_FORMS, Picture, graph_file
from console.diagrams.placed import placed
from console.diagrams.svg import DARK, LIGHT, Palette, png, svg_text
from console.diagrams.walks import Graph

__all__ = [
    "DARK",
    "GRAPH_FORMS",
    "KINDS",
    "LIGHT",
    "Arrow",
    "Badge",
    "Card",
    "Comparison",
    "Drawing",
    "Graph",
    "Label",
    "Layout",
    "Node",
    "Outline",
    "Palette",
    "Picture",
    "Route",
    "as_json",
    "dot",
    "draw",
    "graph_file",
    "layered",
    "mermaid",
    "outline",
    "placed",
    "png",
    "svg_text",
]
