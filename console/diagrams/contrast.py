"""Colours of the CRM: which text reads on them, and what is no colour at all. Pure."""

import functools
import re

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", re.ASCII)
INKS = ("#ffffff", "#15191b", "#000000")


def colour(value: str | None) -> str | None:
    """ "#rrggbb" in lower case, or None for anything that is not "#rgb" or "#rrggbb"."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        return None
    digits = value[1:].lower()
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


@functools.lru_cache(maxsize=1024)
def luminance(hexadecimal: str) -> float:
    """Relative luminance of "#rrggbb", 0 (black) to 1 (white); WCAG 2.2."""
    channels = []
    for start in (1, 3, 5):
        share = int(hexadecimal[start : start + 2], 16) / 255
        channels.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21; text needs 4.5."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@functools.lru_cache(maxsize=1024)
def ink_on(fill: str) -> str:
    """The first of white, ink and black that reads on `fill`: one of them always has a contrast of 4.5 or more."""
    return next((ink for ink in INKS if contrast(fill, ink) >= 4.5), INKS[-1])


def darker(hexadecimal: str, share: float = 0.28) -> str:
    """The colour with `share` of its light taken away: the rim of a card filled with it."""
    return "#" + "".join(f"{round(int(hexadecimal[start : start + 2], 16) * (1 - share)):02x}" for start in (1, 3, 5))
