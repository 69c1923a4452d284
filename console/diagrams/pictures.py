"""Cards and arrows together, arranged on request, and as a file to take away. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.diagrams.drawing import draw
from console.diagrams.exports import dot, mermaid
from console.diagrams.layered import layered
from console.diagrams.model import Arrow, Layout, Node
from console.diagrams.placed import placed
from console.diagrams.svg import png, svg_text

GRAPH_FORMS = {"svg": "image/svg+xml", "png": "image/png", "mmd": "text/plain", "dot": "text/plain"}
"""{ending: content type} of what `graph_file` makes."""


@dataclass(slots=True)
class Picture:
    nodes: Sequence[Node]
    arrows: Sequence[Arrow]
    starts: Sequence[str]

    def layout(self, *, automatic: bool) -> Layout:
        """The admin's own positions, or the automatic layout where they are missing, equal or overlapping."""
        if automatic:
            return layered(self.nodes, self.arrows, self.starts)
        return placed(self.nodes, self.arrows, self.starts)


def graph_file(image: Picture, form: str, title: str, nouns: tuple[str, str], *, automatic: bool) -> bytes:
    """The graph in one of GRAPH_FORMS. Raises KeyError for any other."""
    if form in ("mmd", "dot"):
        text = mermaid(image.nodes, image.arrows) if form == "mmd" else dot(image.nodes, image.arrows, title=title)
        return text.encode()
    if form not in GRAPH_FORMS:
        raise KeyError(form)
    text = svg_text(draw(image.layout(automatic=automatic), title, nouns=nouns))
    return png(text) if form == "png" else text.encode()
