"""How large a card and a label are, and where their lines stand inside them. Pure; all numbers are pixels."""

from collections.abc import Sequence

from console.diagrams.model import Arrow, Badge, Chip, Face, Label, Line, Node, Tag
from console.diagrams.text import clean, is_right_to_left, shorten, width, wrap

CAPTION_SIZE, CAPTION_LINE = 14, 18
SUBTITLE_SIZE, SUBTITLE_LINE = 12, 16
BADGE_SIZE, BADGE_HEIGHT, BADGE_GAP = 11, 17, 4
LABEL_SIZE, LABEL_HEIGHT, LABEL_PAD = 12, 18, 7
PAD_LEFT, PAD_RIGHT, PAD_TOP = 16, 12, 9
NARROWEST, WIDEST = 132, 252
PILL_HEIGHT, PILL_PAD = 30, 16
WIDEST_LABEL = 150
TAG_GAP = 2
MOST_LABELS = 4
MOST_BADGES = 6


def face(node: Node) -> Face:
    """The card of a node: as wide as its longest line within limits, as high as its lines."""
    caption = clean(node.caption) or "(no name)"
    if node.shape == "pill":
        text = shorten(caption, WIDEST - 2 * PILL_PAD, CAPTION_SIZE - 1, is_bold=True)
        wide = _even(max(56, width(text, CAPTION_SIZE - 1, is_bold=True) + 2 * PILL_PAD))
        line = Line(text, wide // 2, 20, "caption", CAPTION_SIZE - 1, True, "middle", is_right_to_left(text))
        return Face(wide, PILL_HEIGHT, [line], [])
    inner = WIDEST - PAD_LEFT - PAD_RIGHT
    captions = wrap(caption, inner, CAPTION_SIZE, lines=2, is_bold=True)
    subtitle = shorten(clean(node.subtitle), inner, SUBTITLE_SIZE)
    rows = _badge_rows(node.badges, inner)
    widths = [width(text, CAPTION_SIZE, is_bold=True) for text in captions]
    widths += [width(subtitle, SUBTITLE_SIZE)]
    widths += [sum(wide for _, _, wide in row) + BADGE_GAP * (len(row) - 1) for row in rows]
    wide = _even(min(max(NARROWEST, max(widths) + PAD_LEFT + PAD_RIGHT), WIDEST))

    lines: list[Line] = []
    y = PAD_TOP
    for text in captions:
        lines.append(_line(text, wide, y + 13, "caption", CAPTION_SIZE, is_bold=True))
        y += CAPTION_LINE
    if subtitle:
        lines.append(_line(subtitle, wide, y + 11, "subtitle", SUBTITLE_SIZE))
        y += SUBTITLE_LINE
    chips: list[Chip] = []
    for row in rows:
        y += 3
        x = PAD_LEFT
        for badge, text, chip_wide in row:
            chips.append(Chip(badge, text, x, y, chip_wide))
            x += chip_wide + BADGE_GAP
        y += BADGE_HEIGHT
    return Face(wide, _even(y + PAD_TOP), lines, chips)


def _line(text: str, wide: int, y: int, css: str, size: int, *, is_bold: bool = False) -> Line:
    is_rtl = is_right_to_left(text)
    return Line(text, wide - PAD_RIGHT if is_rtl else PAD_LEFT, y, css, size, is_bold, "start", is_rtl)


def _badge_rows(badges: Sequence[Badge], inner: int) -> list[list[tuple[Badge, str, int]]]:
    """The badges in rows as wide as the card; those beyond the sixth are counted in a last chip."""
    shown = [badge for badge in badges if clean(badge.text, 60)]
    chips = [_chip(badge, inner) for badge in shown[:MOST_BADGES]]
    if len(shown) > MOST_BADGES:
        rest = ", ".join(clean(badge.title or badge.text, 60) for badge in shown[MOST_BADGES : MOST_BADGES + 20])
        chips.append(_chip(Badge(f"+{len(shown) - MOST_BADGES}", title=rest), inner))
    rows: list[list[tuple[Badge, str, int]]] = []
    left = 0
    for chip in chips:
        if not rows or left < chip[2] + BADGE_GAP:
            rows.append([])
            left = inner
        rows[-1].append(chip)
        left -= chip[2] + BADGE_GAP
    return rows


def _chip(badge: Badge, inner: int) -> tuple[Badge, str, int]:
    text = shorten(clean(badge.text, 60), inner - 12, BADGE_SIZE)
    return badge, text, width(text, BADGE_SIZE) + 12


def tags(arrow: Arrow) -> list[Tag]:
    """The lines of an arrow's label: one for each label that has a text, at most four; the rest are counted."""
    shown = [label for label in arrow.labels if clean(label.text, 200)]
    if len(shown) > MOST_LABELS:
        rest = ", ".join(clean(label.title or label.text, 60) for label in shown[MOST_LABELS - 1 : MOST_LABELS + 20])
        shown = [*shown[: MOST_LABELS - 1], Label(f"+ {len(shown) - MOST_LABELS + 1} more", "more", title=rest)]
    found: list[Tag] = []
    for label in shown:
        text = shorten(clean(label.text, 200), WIDEST_LABEL - 2 * LABEL_PAD, LABEL_SIZE)
        found.append(Tag(label, text, _even(width(text, LABEL_SIZE) + 2 * LABEL_PAD)))
    return found


def _even(value: int) -> int:
    """Halves stay whole pixels."""
    return value + value % 2
