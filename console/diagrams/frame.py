"""From a grid with places to cards and routes: layers side by side, channels between them. Pure.

All is computed along and across the reading direction; only at the end it becomes x and y. Arrows run level through
the layers, between the cards, and curve in the channels: so none runs through a card.
"""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from console.diagrams.across import Piece
from console.diagrams.channels import Channel, Slot, half_turn
from console.diagrams.grid import Grid, Strand
from console.diagrams.model import Arrow, Box, Card, Face, Node, Plate, Point, Route, Tag
from console.diagrams.ports import Turn, has_label
from console.diagrams.sizes import LABEL_HEIGHT, TAG_GAP

HEAD, HALF_HEAD = 9, 4
"""Length and half the width of an arrowhead."""


@dataclass(slots=True)
class Block:
    """An island of the graph, laid out from (0, 0)."""

    cards: list[Card] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    width: int = 0
    height: int = 0


@dataclass(slots=True)
class Frame:
    """What is known before there are pixels: nodes by vertex, arrows and the lines of their labels by number."""

    nodes: Sequence[Node]
    faces: Sequence[Face]
    arrows: Sequence[Arrow]
    tags: Sequence[Sequence[Tag]]
    is_down: bool
    returning: Collection[int]  # arrows that close a loop

    def point(self, along: int, across: int) -> Point:
        return (across, along) if self.is_down else (along, across)

    def label_size(self, arrow: int) -> tuple[int, int]:
        """What the label of an arrow takes (along, across); (0, 0) for none."""
        width, height = stack_size(self.tags[arrow])
        return (height, width) if self.is_down else (width, height)


def stack_size(tags: Sequence[Tag]) -> tuple[int, int]:
    """Width and height of the lines of a label; (0, 0) for none."""
    if not tags:
        return 0, 0
    return max(tag.width for tag in tags), len(tags) * (LABEL_HEIGHT + TAG_GAP) - TAG_GAP


Knots = list[tuple[int, int]]


class Assembly:
    """Puts an island together. `starts` are where the layers begin along the reading direction, `depths` how deep
    they are; `place` the middles of all vertices across it."""

    def __init__(
        self,
        frame: Frame,
        grid: Grid,
        place: Sequence[int],
        channels: Sequence[Channel],
        starts: Sequence[int],
        depths: Sequence[int],
    ) -> None:
        self.frame, self.grid, self.place, self.channels = frame, grid, place, channels
        self.starts, self.depths = starts, depths
        self.block = Block()
        self.slots: dict[tuple[int, int], tuple[Slot, Piece]] = {}
        self.turns: dict[int, tuple[Slot, Turn]] = {}
        for channel in channels:
            for slot in channel.slots:
                item = slot.item
                if isinstance(item, Piece):
                    self.slots[item.strand, item.number] = slot, item
                else:
                    self.turns[item.strand] = slot, item

    def build(self) -> Block:
        for layer in self.grid.layers:
            for vertex in layer:
                if vertex < self.grid.cards:
                    self.block.cards.append(self._card(vertex))
        routes = [self._strand(number, strand) for number, strand in enumerate(self.grid.strands)]
        routes += [self._turn(number, strand) for number, strand in enumerate(self.grid.flat)]
        routes += self._ties()
        self.block.routes = routes
        self._crop()
        return self.block

    def _card(self, vertex: int) -> Card:
        layer = self.grid.layer[vertex]
        size = self.grid.size[vertex]
        face = self.frame.faces[vertex]
        is_pill = self.frame.nodes[vertex].shape == "pill"
        own = face.height if self.frame.is_down else face.width
        depth = own if is_pill else self.depths[layer]
        x, y = self.frame.point(self.starts[layer], self.place[vertex] - size // 2)
        width, height = (size, depth) if self.frame.is_down else (depth, size)
        return Card(self.frame.nodes[vertex], Box(x, y, width, height), face)

    def _far_side(self, vertex: int) -> int:
        """Where a card ends along the reading direction; for a bend, its layer."""
        layer = self.grid.layer[vertex]
        depth = self.depths[layer]
        if vertex < self.grid.cards and self.frame.nodes[vertex].shape == "pill":
            face = self.frame.faces[vertex]
            depth = face.height if self.frame.is_down else face.width
        return self.starts[layer] + depth

    def _strand(self, number: int, strand: Strand) -> Route:
        knots: Knots = []
        plates: list[Plate] = []
        for at, (left, right) in enumerate(itertools.pairwise(strand.chain)):
            slot, piece = self.slots[number, at]
            layer = self.grid.layer[left]
            channel = self.channels[layer]
            end = self.starts[layer] + self.depths[layer]
            port = self.place[left] + piece.left_port
            fan = end + channel.lead + channel.fan
            next_start = self.starts[layer + 1]
            next_port = self.place[right] + piece.right_port
            if at == 0:
                knots.append((self._far_side(left), port))
            knots += [(end + channel.lead, port), (fan, slot.place), (fan + channel.label, slot.place)]
            knots += [(next_start - channel.approach, next_port), (next_start, next_port)]
            if slot.along and has_label(self.grid, piece):
                plates = self._plates(strand.arrow, fan + channel.label // 2, slot.place)
        if strand.is_back:
            knots.reverse()
        return self._route(strand.arrow, knots, plates)

    def _turn(self, number: int, strand: Strand) -> Route:
        slot, turn = self.turns[number]
        layer = self.grid.layer[turn.source]
        channel = self.channels[layer]
        end = self.starts[layer] + self.depths[layer] + channel.lead
        fan = end + channel.fan
        source = self.place[turn.source] + turn.source_port
        target = self.place[turn.target] + turn.target_port
        half = half_turn(turn, self.frame.label_size(strand.arrow)[1])
        side = half if source <= target else -half
        knots = [(self._far_side(turn.source), source), (end, source), (fan, slot.place - side)]
        back = [(fan, slot.place + side), (end, target), (self._far_side(turn.target), target)]
        plates: list[Plate] = []
        tags = self.frame.tags[strand.arrow]
        if tags:
            along, _ = self.frame.label_size(strand.arrow)
            plates = self._plates(strand.arrow, fan + 6 + along // 2, slot.place)
        return self._route(strand.arrow, knots, plates, back)

    def _ties(self) -> list[Route]:
        """Straight arrows between neighbours in a layer, side by side where there are two."""
        pairs: dict[tuple[int, int], list[int]] = {}
        for vertex, strand in self.grid.ties.items():
            pairs.setdefault((min(strand.chain), max(strand.chain)), []).append(vertex)
        return [
            self._tie(vertex, (2 * number + 1) / (2 * len(vertices)))
            for vertices in pairs.values()
            for number, vertex in enumerate(vertices)
        ]

    def _tie(self, vertex: int, share: float) -> Route:
        """`share` says how far into the two cards it runs, along the reading direction."""
        strand = self.grid.ties[vertex]
        source, target = strand.chain
        start = self.starts[self.grid.layer[vertex]]
        line = start + round((min(self._far_side(source), self._far_side(target)) - start) * share)
        sign = 1 if self.place[target] > self.place[source] else -1
        begin = self.place[source] + sign * (self.grid.size[source] // 2)
        tip = self.place[target] - sign * (self.grid.size[target] // 2)
        base = tip - sign * HEAD
        point = self.frame.point
        head = (point(line, tip), point(line - HALF_HEAD, base), point(line + HALF_HEAD, base))
        steps: list[tuple[str, Sequence[Point]]] = [("M", (point(line, begin),)), ("L", (point(line, base + sign),))]
        plates = self._plates(strand.arrow, line, self.place[vertex])
        return Route(self.frame.arrows[strand.arrow], steps, head, plates, strand.arrow in self.frame.returning)

    def _plates(self, arrow: int, along: int, across: int) -> list[Plate]:
        """The lines of a label, one above the other, around a middle."""
        x, y = self.frame.point(along, across)
        tags = self.frame.tags[arrow]
        y -= stack_size(tags)[1] // 2
        found: list[Plate] = []
        for tag in tags:
            found.append(Plate(tag, Box(x - tag.width // 2, y, tag.width, LABEL_HEIGHT)))
            y += LABEL_HEIGHT + TAG_GAP
        return found

    def _route(self, arrow: int, knots: Knots, plates: list[Plate], back: Knots | None = None) -> Route:
        """A route through knots; `back` are the knots after a half circle, in which the way turns round."""
        way = [*knots, *back] if back else knots
        tip_along, tip = way[-1]
        sign = 1 if way[-1][0] > way[-2][0] else -1
        way[-1] = (tip_along - sign * (HEAD - 1), tip)
        turn_at = len(knots) if back else -1
        steps: list[tuple[str, Sequence[Point]]] = [("M", (self.frame.point(*way[0]),))]
        for number in range(1, len(way)):
            (along, across), (next_along, next_across) = way[number - 1], way[number]
            if number == turn_at:
                bulge = along + 4 + abs(next_across - across) // 3
                steps.append(self._curve((bulge, across), (bulge, next_across), (next_along, next_across)))
            elif across == next_across:
                if along == next_along:
                    continue
                point = (self.frame.point(next_along, next_across),)
                if steps[-1][0] == "L":
                    steps[-1] = ("L", point)
                else:
                    steps.append(("L", point))
            else:
                middle = (along + next_along) // 2
                steps.append(self._curve((middle, across), (middle, next_across), (next_along, next_across)))
        base = tip_along - sign * HEAD
        head = (
            self.frame.point(tip_along, tip),
            self.frame.point(base, tip - HALF_HEAD),
            self.frame.point(base, tip + HALF_HEAD),
        )
        return Route(self.frame.arrows[arrow], steps, head, plates, arrow in self.frame.returning)

    def _curve(self, one: tuple[int, int], two: tuple[int, int], end: tuple[int, int]) -> tuple[str, Sequence[Point]]:
        point = self.frame.point
        return "C", (point(*one), point(*two), point(*end))

    def _crop(self) -> None:
        """Move everything so that it begins at (0, 0), and measure it."""
        block = self.block
        boxes = [card.box for card in block.cards] + [plate.box for route in block.routes for plate in route.plates]
        points = [point for route in block.routes for _, step in route.steps for point in step]
        left = min([box.x for box in boxes] + [x for x, _ in points])
        top = min([box.y for box in boxes] + [y for _, y in points])
        block.width = max([box.right for box in boxes] + [x for x, _ in points]) - left
        block.height = max([box.bottom for box in boxes] + [y for _, y in points]) - top
        move(block, -left, -top)


def move(block: Block, x: int, y: int) -> None:
    """Shift a block in place."""
    if not x and not y:
        return
    block.cards = [Card(card.node, shifted(card.box, x, y), card.face) for card in block.cards]
    for route in block.routes:
        route.steps = [(letter, [(a + x, b + y) for a, b in points]) for letter, points in route.steps]
        (a, b), (c, d), (e, f) = route.head
        route.head = ((a + x, b + y), (c + x, d + y), (e + x, f + y))
        route.plates = [Plate(plate.tag, shifted(plate.box, x, y)) for plate in route.plates]


def shifted(box: Box, x: int, y: int) -> Box:
    return Box(box.x + x, box.y + y, box.width, box.height)
