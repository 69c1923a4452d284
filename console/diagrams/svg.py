"""A drawing as a stand-alone SVG file, its colours as attributes, and that as PNG. Pure."""

from dataclasses import dataclass
from html import escape

import vl_convert

from console.diagrams.drawing import Drawing, DrawnArrow, DrawnCard, DrawnChip, DrawnText

FONTS = "'Noto Sans', 'Liberation Sans', Arial, sans-serif"
MOST_PIXELS = 40_000_000
"""Of a PNG: beyond it the picture is made smaller, since four bytes a pixel are held in memory."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of static/css/tokens.css that drawings use, as literals; a test keeps the two the same."""

    paper: str
    sheet: str
    well: str
    ink: str
    ink_2: str
    ink_3: str
    rule: str
    rule_strong: str
    accent: str
    accent_soft: str
    good: str
    good_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    mark: str


LIGHT = Palette(
    paper="#faf8f3", sheet="#fffefb", well="#f2eee5", ink="#1d2326", ink_2="#495257", ink_3="#626b70", rule="#e0dbcf",
    rule_strong="#8d8877", accent="#0b5c63", accent_soft="#e0eeec", good="#1c6638", good_soft="#e3f0e4", warn="#7d5000",
    warn_soft="#f8edd2", bad="#9c2b1c", bad_soft="#f9e5df", mark="#fbe7a1",
)  # fmt: skip
DARK = Palette(
    paper="#15191b", sheet="#1b2023", well="#22282b", ink="#e9e6de", ink_2="#b8bbb7", ink_3="#979d9b", rule="#2f3639",
    rule_strong="#6f7778", accent="#7fcbcf", accent_soft="#1d3638", good="#83cf9c", good_soft="#1d3325", warn="#e9bd6a",
    warn_soft="#38301c", bad="#f2a294", bad_soft="#3c2521", mark="#5b4a14",
)  # fmt: skip

# Class of ours -> roles of its strong and its soft colour; diagram.css says the same for the page. What is wrong or has
# changed goes before what something is.
_TONES = {
    "is-problem": ("bad", "bad_soft"),
    "is-removed": ("bad", "bad_soft"),
    "is-warning": ("warn", "warn_soft"),
    "is-changed": ("warn", "warn_soft"),
    "is-added": ("good", "good_soft"),
    "is-current": ("accent", "accent_soft"),
    "is-start": ("accent", "accent_soft"),
    "is-end": ("good", "good_soft"),
}


def svg_text(drawing: Drawing, palette: Palette = LIGHT) -> str:
    """The drawing as one SVG document: no stylesheet, no script, no link; every text escaped."""
    size = f'width="{drawing.width}" height="{drawing.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {drawing.width} {drawing.height}" role="img">',
        f'<g font-family="{FONTS}">',
        f"<title>{escape(drawing.title)}</title><desc>{escape(drawing.summary)}</desc>",
        f'<rect {size} fill="{palette.paper}"/>',
    ]
    parts += [_card(card, palette) for card in drawing.cards]
    parts += [_arrow(arrow, palette) for arrow in drawing.arrows]
    return "\n".join([*parts, "</g></svg>"]) + "\n"


def png(svg: str, *, scale: float = 2.0) -> bytes:
    """The picture of an SVG made by `svg_text`, `scale` pixels to one of its own, fewer when it would be too large.

    Raises ValueError when the SVG cannot be read.
    """
    width, height = (int(svg.split(f' {side}="', 1)[1].split('"', 1)[0]) for side in ("width", "height"))
    most = (MOST_PIXELS / max(1, width * height)) ** 0.5
    return vl_convert.svg_to_png(svg, scale=min(scale, most))


def _tone(css: str, palette: Palette) -> tuple[str, str] | None:
    words = css.split()
    for word, (strong, soft) in _TONES.items():
        if word in words:
            return getattr(palette, strong), getattr(palette, soft)
    return None


def _card(card: DrawnCard, palette: Palette) -> str:
    tone = _tone(card.css, palette)
    words = card.css.split()
    is_muted, is_current = "is-muted" in words, "is-current" in words
    soft = tone[1] if tone and (card.shape == "pill" or is_current) else ""
    fill = card.fill or soft or (palette.paper if is_muted else palette.sheet)
    stroke = palette.rule_strong if is_muted else tone[0] if tone else card.stroke or palette.rule_strong
    rim = ' stroke-dasharray="4 3"' if is_muted else ' stroke-width="2.5"' if is_current else ""
    shape = f'width="{card.width}" height="{card.height}" rx="{card.radius}"'
    parts = [
        f'<g transform="translate({card.x} {card.y})"><title>{escape(card.title)}</title>',
        f'<rect {shape} fill="{fill}" stroke="{stroke}"{rim}/>',
    ]
    if tone and card.shape != "pill" and not is_muted:
        parts.append(f'<path d="{card.stripe}" fill="{tone[0]}"/>')
    parts += [_text(line, palette, palette.ink_3 if is_muted else "") for line in card.lines]
    parts += [_chip(chip, palette, palette.well) for chip in card.chips]
    return "".join([*parts, "</g>"])


def _arrow(arrow: DrawnArrow, palette: Palette) -> str:
    tone = _tone(arrow.css, palette)
    words = arrow.css.split()
    stroke = arrow.stroke or (tone[0] if tone else palette.rule_strong if "is-muted" in words else palette.ink_3)
    pattern = "2 4" if "is-automatic" in words else "6 4" if "is-back" in words else ""
    dashes = f' stroke-dasharray="{pattern}"' if pattern else ""
    width = "2.5" if "is-current" in words else "1.5"
    parts = [
        f"<g><title>{escape(arrow.title)}</title>",
        f'<path d="{arrow.path}" fill="none" stroke="{stroke}" stroke-width="{width}"{dashes}/>',
        f'<path d="{arrow.head}" fill="{stroke}"/>',
    ]
    parts += [_chip(plate, palette, palette.sheet) for plate in arrow.plates]
    return "".join([*parts, "</g>"])


def _chip(chip: DrawnChip, palette: Palette, fill: str) -> str:
    tone = _tone(chip.css, palette)
    inside = chip.fill or (tone[1] if tone else fill)
    rim = chip.stroke or (tone[0] if tone else palette.rule)
    return (
        f'<rect x="{chip.x}" y="{chip.y}" width="{chip.width}" height="{chip.height}" rx="{chip.radius}" '
        f'fill="{inside}" stroke="{rim}"/>'
    ) + _text(chip.line, palette, tone[0] if tone else "")


def _text(line: DrawnText, palette: Palette, ink: str = "") -> str:
    colour = line.ink or ink or (palette.ink if line.css.startswith("caption") else palette.ink_2)
    weight = ' font-weight="600"' if line.is_bold else ""
    anchor = f' text-anchor="{line.anchor}"' if line.anchor != "start" else ""
    direction = f' direction="{line.direction}"' if line.direction else ""
    return (
        f'<text x="{line.x}" y="{line.y}" font-size="{line.size}" fill="{colour}"{weight}{anchor}{direction}>'
        f"{escape(line.text)}</text>"
    )
