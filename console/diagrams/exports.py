"""A graph in the words of other tools: Mermaid, Graphviz DOT, JSON. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from console.diagrams.contrast import colour, ink_on
from console.diagrams.model import Arrow, Layout, Node
from console.diagrams.text import clean

_MARKUP = re.compile(r"[^A-Za-z0-9 ,.\u0080-\U0010ffff-]")


def mermaid(nodes: Sequence[Node], arrows: Iterable[Arrow], *, direction: str = "right") -> str:
    """A Mermaid flowchart. Every text is quoted and each character that Mermaid could read as markup is an entity."""
    names = _names(nodes)
    lines = ["flowchart " + ("TD" if direction == "down" else "LR")]
    for node in nodes:
        text = _entities(clean(node.caption, 120) or "(no name)")
        subtitle = _entities(clean(node.subtitle, 120))
        whole = f'"{text}<br/>{subtitle}"' if subtitle else f'"{text}"'
        shape = f"([{whole}])" if node.shape == "pill" or "start" in node.kind.split() else f"[{whole}]"
        lines.append(f"  {names[node.id]}{shape}")
    for arrow in arrows:
        if arrow.source in names and arrow.target in names:
            labels = "<br/>".join(_entities(clean(label.text, 120)) for label in arrow.labels if clean(label.text))
            middle = f'-->|"{labels}"|' if labels else "-->"
            lines.append(f"  {names[arrow.source]} {middle} {names[arrow.target]}")
    for node in nodes:
        fill = colour(node.fill)
        if fill:
            lines.append(f"  style {names[node.id]} fill:{fill},color:{ink_on(fill)}")
    return "\n".join(lines) + "\n"


def _entities(text: str) -> str:
    """Mermaid's own escape `#code;` for all that is not plainly a letter, a figure or a harmless sign."""
    return _MARKUP.sub(lambda match: "".join(f"#{ord(character)};" for character in match.group()), text)


def dot(nodes: Sequence[Node], arrows: Iterable[Arrow], *, title: str = "", direction: str = "right") -> str:
    """A Graphviz digraph; texts are quoted strings, so no text can end them."""
    names = _names(nodes)
    lines = [
        f"digraph {_quoted(clean(title, 120))} {{",
        f"  rankdir={'TB' if direction == 'down' else 'LR'};",
        '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=11];',
    ]
    for node in nodes:
        caption, subtitle = clean(node.caption, 120) or "(no name)", clean(node.subtitle, 120)
        attributes = [f"label={_quoted(caption, subtitle)}"]
        fill = colour(node.fill)
        if fill:
            attributes.append(f'fillcolor="{fill}", fontcolor="{ink_on(fill)}"')
        lines.append(f"  {names[node.id]} [{', '.join(attributes)}];")
    for arrow in arrows:
        if arrow.source in names and arrow.target in names:
            texts = [clean(label.text, 120) for label in arrow.labels if clean(label.text)]
            label = f" [label={_quoted(*texts)}]" if texts else ""
            lines.append(f"  {names[arrow.source]} -> {names[arrow.target]}{label};")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(*texts: str) -> str:
    """Lines of text as one DOT string; a backslash would start an escape such as \\N."""
    escaped = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts if text]
    return '"' + "\\n".join(escaped) + '"'


def _names(nodes: Sequence[Node]) -> dict[str, str]:
    """Ids of ours, since those of the CRM may be any text: n1, n2, …"""
    return {node.id: f"n{number}" for number, node in enumerate(nodes, start=1)}


def as_json(layout: Layout) -> dict[str, Any]:
    """The graph with its places, as plain values for JSON; ids are the CRM's own, kept as text."""
    return {
        "width": layout.width,
        "height": layout.height,
        "direction": layout.direction,
        "nodes": [
            {
                "id": card.node.id,
                "caption": clean(card.node.caption),
                "subtitle": clean(card.node.subtitle),
                "badges": [clean(badge.text) for badge in card.node.badges],
                "kind": card.node.kind.split(),
                "fill": colour(card.node.fill),
                "title": clean(card.node.title),
                "x": card.box.x,
                "y": card.box.y,
                "width": card.box.width,
                "height": card.box.height,
            }
            for card in layout.cards
            if card.node.kind != "reference"
        ],
        "arrows": [
            {
                "id": route.arrow.id,
                "source": route.arrow.source,
                "target": route.arrow.target,
                "labels": [clean(label.text) for label in route.arrow.labels],
                "kind": route.arrow.kind.split(),
                "is_back": route.is_back,
            }
            for route in layout.routes
        ],
    }
