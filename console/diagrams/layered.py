from collections.abc import Iterable, Sequence

from console.diagrams.model import Arrow, Box, Card, Layout, Node, Route
from console.diagrams.sizes import face, tags
from console.diagrams.walks import Graph


def layered(
    nodes: Sequence[Node],
    arrows: Iterable[Arrow],
    start_ids: Iterable[str] = (),
    *,
    direction: str = "right",
    reason: str = "",
) -> Layout:
    arrows = list(arrows)
    graph = Graph([n.id for n in nodes], arrows)
    distances = graph.distances(start_ids)
    rows: dict[int, int] = {}
    boxes: dict[str, Box] = {}
    cards = []
    for node in nodes:
        column = distances.get(node.id, 0)
        shown = face(node)
        boxes[node.id] = Box(column * 450 + 20, rows.get(column, 20), shown.width, shown.height)
        rows[column] = rows.get(column, 20) + shown.height + 40
        cards.append(Card(node, boxes[node.id]))
    routes = []
    for arrow in graph.arrows:
        a, b = boxes[arrow.source], boxes[arrow.target]
        x, y = b.x, b.y + b.height // 2
        labels = []
        for number, tag in enumerate(tags(arrow)):
            labels.append((tag.label, Box(a.right + 20, a.y + 20 * number, tag.width, 18)))
        routes.append(
            Route(
                arrow,
                [("M", [(a.right, a.y + a.height // 2)]), ("L", [(x, y)])],
                ((x, y), (x - 8, y - 4), (x - 8, y + 4)),
                labels,
            )
        )
    return Layout(
        cards,
        routes,
        max((b.right for b in boxes.values()), default=0) + 20,
        max((b.bottom for b in boxes.values()), default=0) + 20,
        direction,
        reason,
    )
