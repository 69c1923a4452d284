"""A graph in reading order, for those who do not see the picture: one flat, numbered list. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from console.diagrams.model import Arrow, Node
from console.diagrams.text import clean
from console.diagrams.walks import Graph


@dataclass(slots=True)
class Way:
    """An arrow as seen from one of its ends; `node` is the other end: its caption, its place in the list."""

    arrow: Arrow
    node: Node
    name: str
    number: int
    labels: str  # "Next, Skip"; "" for an arrow without labels
    is_back: bool  # it leads to a node that was listed before, or to itself


@dataclass(slots=True)
class Entry:
    """A node in the outline.

    number   its place in the list, from 1: what links and sentences call it
    depth    fewest arrows from a start; None when no start reaches it
    """

    node: Node
    name: str
    number: int
    depth: int | None
    is_start: bool
    leads_to: list[Way] = field(default_factory=list)
    comes_from: list[Way] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """`reached` in the order of walking from the start, then `unreached` in the given order."""

    reached: list[Entry]
    unreached: list[Entry]

    @property
    def entries(self) -> list[Entry]:
        return [*self.reached, *self.unreached]


def outline(nodes: Sequence[Node], arrows: Iterable[Arrow], start_ids: Iterable[str]) -> Outline:
    """Every node once with where it leads and where it comes from, nearest to the start first."""
    by_id = {node.id: node for node in nodes}
    graph = Graph(by_id, arrows)
    starts = [key for key in dict.fromkeys(start_ids) if key in by_id]
    distances = graph.distances(starts)
    order = [*distances, *(key for key in by_id if key not in distances)]
    entries = {
        key: Entry(by_id[key], clean(by_id[key].caption) or "(no name)", number, distances.get(key), key in starts)
        for number, key in enumerate(order, start=1)
    }
    for arrow in graph.arrows:
        source, target = entries[arrow.source], entries[arrow.target]
        labels = ", ".join(clean(label.text, 120) for label in arrow.labels if label.text)
        is_back = target.number <= source.number
        source.leads_to.append(Way(arrow, target.node, target.name, target.number, labels, is_back))
        target.comes_from.append(Way(arrow, source.node, source.name, source.number, labels, is_back))
    listed = list(entries.values())
    return Outline(listed[: len(distances)], listed[len(distances) :])
