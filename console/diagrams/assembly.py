"""What both layouts do once cards have their layers: sizes, ports, places, channels, pixels. Pure."""

from collections.abc import Collection, Mapping, Sequence

from console.diagrams.across import Placing
from console.diagrams.channels import Slot, open_channel, slots_of
from console.diagrams.frame import Assembly, Block, Frame
from console.diagrams.grid import Grid
from console.diagrams.model import Arrow, Node
from console.diagrams.ports import RIM, SLOT_GAP, Turn, dock, grown, pieces_of
from console.diagrams.sizes import LABEL_HEIGHT, face, tags


def framed(nodes: Sequence[Node], arrows: Sequence[Arrow], direction: str, returning: Collection[int]) -> Frame:
    faces, labels = [face(node) for node in nodes], [tags(arrow) for arrow in arrows]
    return Frame(nodes, faces, arrows, labels, direction == "down", returning)


def sizes(frame: Frame, edges: Sequence[tuple[int, int]], layer: Sequence[int]) -> list[int]:
    """What each card takes across its layer, grown to hold the arrows at its sides."""
    before = [0] * len(layer)
    after = [0] * len(layer)
    for one, two in edges:
        first, last = (one, two) if layer[one] <= layer[two] else (two, one)
        after[first] += 1
        if layer[one] == layer[two]:
            after[last] += 1
        else:
            before[last] += 1
    own = [face.width if frame.is_down else face.height for face in frame.faces]
    found = [grown(size, max(before[number], after[number])) for number, size in enumerate(own)]
    if not frame.is_down:
        # A little higher, and the labels of all its arrows lie straight beside a card.
        for number, size in enumerate(found):
            straight = 2 * RIM + (LABEL_HEIGHT + SLOT_GAP) * (after[number] - 1)
            if size < straight <= 1.4 * size:
                found[number] = straight + straight % 2
    return found


def assemble(
    frame: Frame,
    grid: Grid,
    anchors: Mapping[int, float] | None = None,
    wished: Sequence[int] = (),
) -> Block:
    """Ports, places, channels, and all that in pixels.

    anchors  where cards shall stand across their layers; None lets them find their places
    wished   how wide the channels should be at least
    """
    pieces = pieces_of(grid)
    turns = [Turn(number, strand.chain[0], strand.chain[1]) for number, strand in enumerate(grid.flat)]
    labels = [frame.label_size(number) for number in range(len(frame.arrows))]
    listed = dock(grid, pieces, turns, labels)
    slots = [slots_of(grid, listed, labels, number) for number in range(len(grid.layers))]
    room = list(grid.size)
    if anchors is None:
        for layer_slots in slots:
            _make_room(room, layer_slots)
    place = Placing(grid, pieces, room, anchors).settle()
    last = len(grid.layers) - 1
    channels = [
        open_channel(grid, layer_slots, place, is_last=number == last) for number, layer_slots in enumerate(slots)
    ]
    for channel, width in zip(channels, wished, strict=False):
        channel.bend += max(0, width - channel.width)
    depths = [_depth(frame, grid, layer) for layer in grid.layers]
    starts: list[int] = []
    at = 0
    for depth, channel in zip(depths, channels, strict=True):
        starts.append(at)
        at += depth + channel.width
    return Assembly(frame, grid, place, channels, starts, depths).build()


def _make_room(room: list[int], slots: Sequence[Slot]) -> None:
    """A vertex takes as much as the labels that leave it, so that their arrows need not fan out."""
    needed: dict[int, int] = {}
    for slot in slots:
        if slot.along:
            vertex = slot.item.source if isinstance(slot.item, Turn) else slot.item.left
            needed[vertex] = needed.get(vertex, 0) + slot.size + SLOT_GAP
    for vertex, size in needed.items():
        room[vertex] = max(room[vertex], size + size % 2)


def _depth(frame: Frame, grid: Grid, layer: Sequence[int]) -> int:
    """What a layer takes along the reading direction: its cards are equally deep."""
    faces = [frame.faces[vertex] for vertex in layer if vertex < grid.cards]
    return max([face.height if frame.is_down else face.width for face in faces], default=0)
