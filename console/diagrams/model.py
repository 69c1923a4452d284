"""What goes into a drawing (nodes and arrows) and what comes out of a layout (cards and routes, in whole pixels)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Badge:
    """A small figure or word at the foot of a card: "12 fields". `kind`: a class of ours; `title`: the whole text."""

    text: str
    kind: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on an arrow: the name of the button or transition that takes it.

    fill   "#rrggbb" of the CRM, or None for ours; the text on it is black or white, whichever reads better
    """

    text: str
    kind: str = ""
    fill: str | None = None
    title: str = ""


@dataclass(slots=True)
class Node:
    """One card. Its size is computed from its texts.

    caption   the name on the card: at most two lines, then shortened
    kind      our CSS classes, space separated: start, end, muted, problem, warning, added, removed, changed, current
    shape     "card", or "pill" for a small round-ended one that shows its caption only (a save, an end)
    fill      colour of the CRM "#rrggbb" or None for ours; stroke likewise
    position  left upper corner as an admin placed it, in any unit; None: not known
    href      where the card leads; None: it leads nowhere
    title     the whole text, shown on hover; "" takes caption and subtitle
    """

    id: str
    caption: str
    subtitle: str = ""
    badges: Sequence[Badge] = ()
    kind: str = ""
    shape: str = "card"
    fill: str | None = None
    stroke: str | None = None
    position: tuple[float, float] | None = None
    href: str | None = None
    title: str = ""


@dataclass(slots=True)
class Arrow:
    """One arrow from `source` to `target` (ids of nodes; they may be equal). Each label is a line of its label box.

    kind     our CSS classes: muted, problem, automatic, added, removed, changed, current
    stroke   colour of the CRM "#rrggbb", or None for ours
    href     where its label leads; None: nowhere
    """

    id: str
    source: str
    target: str
    labels: Sequence[Label] = ()
    kind: str = ""
    stroke: str | None = None
    href: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in whole pixels; x and y of its left upper corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def overlaps(self, other: "Box") -> bool:
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text at (x, y), y being its baseline; `anchor` says whether x is its left end, middle or right end."""

    text: str
    x: int
    y: int
    css: str
    size: int
    is_bold: bool = False
    anchor: str = "start"
    is_rtl: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A badge: its rectangle (x, y, width) and the text inside."""

    badge: Badge
    text: str
    x: int
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class Face:
    """What a card shows, placed from its own left upper corner."""

    width: int
    height: int
    lines: Sequence[Line]
    chips: Sequence[Chip]


@dataclass(frozen=True, slots=True)
class Tag:
    """One line of an arrow's label: the label it stands for, its shortened text, its width."""

    label: Label
    text: str
    width: int


@dataclass(frozen=True, slots=True)
class Card:
    """A node with its place; `face` is what it shows."""

    node: Node
    box: Box
    face: Face


@dataclass(frozen=True, slots=True)
class Plate:
    """One line of an arrow's label with its place."""

    tag: Tag
    box: Box


@dataclass(slots=True)
class Route:
    """An arrow with its way: from the side of one card to the side of another.

    steps    ("M" | "L", (point,)) or ("C", (control, control, point)), in whole pixels, as in an SVG path
    head     the three corners of its arrowhead, the tip first
    plates   one for each line of its label, in order; the last may say "+ 3 more"
    is_back  True when it leads against the direction of reading (it closes a loop)
    """

    arrow: Arrow
    steps: Sequence[tuple[str, Sequence[Point]]]
    head: tuple[Point, Point, Point]
    plates: Sequence[Plate] = ()
    is_back: bool = False


@dataclass(slots=True)
class Layout:
    """Cards and routes, with nothing on top of anything else, inside (0, 0, width, height).

    fallback_reason   why the admin's positions were not used, as a sentence; "" when they were, or were not asked for
    direction         "right" or "down": where arrows lead that lead on
    """

    cards: list[Card]
    routes: list[Route]
    width: int
    height: int
    direction: str = "right"
    fallback_reason: str = ""
    left_out: list[Arrow] = field(default_factory=list)  # arrows whose ends are not among the nodes
