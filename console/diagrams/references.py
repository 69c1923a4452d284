"""Arrows too long to draw: each ends at a small card beside its source that names where it leads. Pure.

A chain of 2,000 screens with a button back to the first on each would need two million bends. Flowcharts know the
remedy as the off-page connector. Drawings of the CRM's own size never need it.
"""

from collections.abc import Sequence

from console.diagrams.model import Node
from console.diagrams.text import clean

MOST_BENDS = 20_000
"""Layers that all arrows of an island together may pass; about 1 s of layout."""

Edges = list[tuple[int, int]]


def cut_short(nodes: Sequence[Node], edges: Edges, layer: Sequence[int]) -> tuple[list[Node], Edges, list[int]]:
    """Nodes, edges and layers with the longest edges led to references, as few as keep the rest within the limit."""
    spans = sorted(
        ((abs(layer[one] - layer[two]) - 1, number) for number, (one, two) in enumerate(edges)), reverse=True
    )
    total = sum(span for span, _ in spans if span > 0)
    all_nodes, all_edges, all_layers = list(nodes), list(edges), list(layer)
    for span, number in spans:
        if total <= MOST_BENDS or span <= 0:
            break
        total -= span
        source, target = edges[number]
        aim = nodes[target]
        name = clean(aim.caption) or "(no name)"
        all_edges[number] = (source, len(all_nodes))
        all_layers.append(layer[source] + 1)
        all_nodes.append(
            Node(f"{aim.id} ({number})", f"→ {name}", kind="reference", shape="pill", href=aim.href, title=f"To {name}")
        )
    return all_nodes, all_edges, all_layers
