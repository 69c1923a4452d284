"""A layout as prepared primitives, which `shared/_diagram.html` and the exports print. Pure.

Our colours are classes, the CRM's are `fill` and `stroke` attributes with a text colour that reads on them.
Numbers are strings because a localized template prints 12.5 as "12,5" and takes a lock for every integer.
"""

import re
from dataclasses import dataclass

from console.diagrams.contrast import colour, darker, ink_on
from console.diagrams.model import Card, Chip, Layout, Line, Node, Plate, Route
from console.diagrams.sizes import BADGE_HEIGHT
from console.diagrams.text import clean, is_right_to_left

LARGE = 24
"""Cards from which on a drawing gets a minimap."""

_CSS = re.compile(r"[a-z][a-z0-9-]*", re.ASCII)


@dataclass(slots=True)
class DrawnText:
    """A line of text. `ink` is "" for the stylesheet's colour; `direction` is "rtl" or ""."""

    text: str
    x: str
    y: str
    css: str
    size: str
    is_bold: bool
    anchor: str
    direction: str
    ink: str


@dataclass(slots=True)
class DrawnChip:
    """A rounded rectangle with a line of text: a badge on a card, a label on an arrow; `fill` "": the sheet's."""

    x: str
    y: str
    width: str
    height: str
    radius: str
    css: str
    fill: str
    stroke: str
    title: str
    line: DrawnText


@dataclass(slots=True)
class DrawnCard:
    """A card; lines and chips are placed from its own corner (x, y)."""

    id: str
    css: str
    shape: str
    x: str
    y: str
    width: str
    height: str
    radius: str
    fill: str
    stroke: str
    stripe: str  # path data of the coloured edge at its left
    href: str
    title: str
    lines: list[DrawnText]
    chips: list[DrawnChip]


@dataclass(slots=True)
class DrawnArrow:
    """An arrow: `path` and `head` are SVG path data; `stroke` is "" for the stylesheet's colour."""

    id: str
    css: str
    source: str
    target: str
    path: str
    head: str
    stroke: str
    href: str
    title: str
    plates: list[DrawnChip]


@dataclass(slots=True)
class Drawing:
    """Everything the template prints. `title` names the picture, `summary` says what is on it in a sentence."""

    title: str
    summary: str
    width: str
    height: str
    cards: list[DrawnCard]
    arrows: list[DrawnArrow]
    direction: str
    is_large: bool
    fallback_reason: str


def draw(layout: Layout, title: str, nouns: tuple[str, str] = ("card", "cards")) -> Drawing:
    """The primitives of a layout.

    title  the accessible name of the picture: "Screens of Loan application"
    nouns  what one card and several are called in its summary: ("screen", "screens")
    """
    names = {card.node.id: clean(card.node.caption, 120) or "(no name)" for card in layout.cards}
    cards, arrows = len(layout.cards), len(layout.routes)
    back = "; dashed arrows lead back" if any(route.is_back for route in layout.routes) else ""
    return Drawing(
        title=clean(title, 200),
        summary=f"{cards:,} {nouns[cards != 1]}, {arrows:,} {'arrow' if arrows == 1 else 'arrows'}{back}.",
        width=str(layout.width),
        height=str(layout.height),
        cards=[_card(card) for card in layout.cards],
        arrows=[_arrow(route, names) for route in layout.routes],
        direction=layout.direction,
        is_large=cards >= LARGE,
        fallback_reason=layout.fallback_reason,
    )


def classes(kind: str) -> str:
    """Only what looks like a class of ours, each with its prefix: "start end" -> "is-start is-end"."""
    return " ".join(f"is-{word}" for word in kind.split() if _CSS.fullmatch(word))


def path_data(route: Route) -> str:
    """The way of an arrow as SVG path data: whole numbers, one letter per step."""
    return "".join(letter + " ".join(f"{x} {y}" for x, y in points) for letter, points in route.steps)


def _card(card: Card) -> DrawnCard:
    node, box = card.node, card.box
    shown = card.face
    fill = colour(node.fill) or ""
    stroke = colour(node.stroke) or (darker(fill) if fill else "")
    ink = ink_on(fill) if fill else ""
    # A card that grew to hold its arrows keeps its text in the middle of its height.
    drop = (box.height - shown.height) // 2
    css = f"node is-{node.shape} {classes(node.kind)}".strip()
    if fill:
        css += " is-filled"
    return DrawnCard(
        id=node.id,
        css=css,
        shape=node.shape,
        x=str(box.x),
        y=str(box.y),
        width=str(box.width),
        height=str(box.height),
        radius=str(box.height // 2 if node.shape == "pill" else 6),
        fill=fill,
        stroke=stroke,
        stripe=f"M6 0A6 6 0 0 0 0 6V{box.height - 6}A6 6 0 0 0 6 {box.height}Z",
        href=node.href or "",
        title=_whole(node),
        lines=[_text(line, ink, drop, box.width - shown.width) for line in shown.lines],
        chips=[_chip(chip, ink, drop) for chip in shown.chips],
    )


def _whole(node: Node) -> str:
    return clean(node.title) or ". ".join(filter(None, [clean(node.caption), clean(node.subtitle)])) or "(no name)"


def _text(line: Line, ink: str, drop: int, more_width: int) -> DrawnText:
    x = line.x
    if line.anchor == "middle":
        x += more_width // 2
    elif line.is_rtl:
        x += more_width
    css, direction = (f"{line.css} rtl", "rtl") if line.is_rtl else (line.css, "")
    return DrawnText(
        line.text, str(x), str(line.y + drop), css, str(line.size), line.is_bold, line.anchor, direction, ink
    )


def _chip(chip: Chip, ink: str, drop: int) -> DrawnChip:
    line = _middle(chip.text, chip.x + chip.width // 2, chip.y + drop + 12, "chip-text", 11, ink)
    return DrawnChip(
        str(chip.x), str(chip.y + drop), str(chip.width), str(BADGE_HEIGHT), "3",
        f"chip {classes(chip.badge.kind)}".strip(), "none" if ink else "", ink, clean(chip.badge.title), line,
    )  # fmt: skip


def _middle(text: str, x: int, y: int, css: str, size: int, ink: str) -> DrawnText:
    direction = "rtl" if is_right_to_left(text) else ""
    return DrawnText(text, str(x), str(y), f"{css} {direction}".strip(), str(size), False, "middle", direction, ink)


def _arrow(route: Route, names: dict[str, str]) -> DrawnArrow:
    arrow = route.arrow
    (tip_x, tip_y), *others = route.head
    head = f"M{tip_x} {tip_y}" + "".join(f"L{x} {y}" for x, y in others) + "Z"
    css = f"arrow {classes(arrow.kind)}".strip()
    if route.is_back:
        css += " is-back"
    return DrawnArrow(
        id=arrow.id,
        css=css,
        source=arrow.source,
        target=arrow.target,
        path=path_data(route),
        head=head,
        stroke=colour(arrow.stroke) or "",
        href=arrow.href or "",
        title=clean(arrow.title) or _sentence(route, names),
        plates=[_plate(plate) for plate in route.plates],
    )


def _sentence(route: Route, names: dict[str, str]) -> str:
    arrow = route.arrow
    labels = ", ".join(clean(label.title or label.text, 100) for label in arrow.labels if label.text)
    way = f"{names[arrow.source]} → {names[arrow.target]}"
    return clean(f"{way}: {labels}" if labels else way)


def _plate(plate: Plate) -> DrawnChip:
    label, box = plate.tag.label, plate.box
    fill = colour(label.fill) or ""
    line = _middle(plate.tag.text, box.x + box.width // 2, box.y + 13, "plate-text", 12, ink_on(fill) if fill else "")
    return DrawnChip(
        str(box.x), str(box.y), str(box.width), str(box.height), "9",
        f"plate {classes(label.kind)}".strip(), fill, darker(fill) if fill else "",
        clean(label.title) or clean(label.text), line,
    )  # fmt: skip
