"""How wide a text will be, without a font: cleaned, measured, wrapped, shortened. Pure.

The reader's font is not known, so widths are those of the widest of the usual ones (Noto Sans, Arial's twin Liberation
Sans), with a little added. A text that turns out narrower leaves some air; none runs over its box.
"""

import functools
import math
import unicodedata
from bisect import bisect_right

LONGEST = 500
"""Characters of a whole text that a drawing carries (in `<title>`, in exports); the page beside it shows the rest."""


def _numbers(words: str) -> bytes:
    return bytes(int(word) for word in words.split())


# Advances of U+0020 to U+007E in hundredths of the font's size, the widest of the fonts named above.
_REGULAR = _numbers(
    "28 28 41 65 58 91 74 23 34 34 56 59 28 34 28 38 58 58 58 58 58 58 58 58 58 58 28 28 59 59 59 56 102 67 67 "
    "73 73 67 62 78 75 34 50 67 56 91 76 79 67 79 73 67 62 74 67 95 67 67 62 33 38 33 58 56 34 57 62 50 62 57 "
    "35 62 62 26 26 54 26 94 62 61 62 62 42 50 37 62 51 79 53 51 50 38 56 38 59"
)
_BOLD = _numbers(
    "28 34 48 65 58 91 75 27 34 34 55 59 29 34 29 42 58 58 58 58 58 58 58 58 58 58 34 34 59 59 59 62 98 73 73 "
    "73 74 67 62 78 77 39 56 73 62 95 82 80 67 80 73 67 62 76 67 97 67 67 62 34 42 34 59 56 37 61 64 56 64 60 "
    "39 64 66 31 31 62 31 99 66 62 64 64 46 56 44 66 57 86 58 57 50 40 56 40 59"
)
_SPARE = 1.04  # what hinting and the next font add

# First code point of a range, and the advance of its characters in hundredths: wide rather than right.
_RANGES = (
    (0x00, 0), (0xA0, 60), (0xC0, 76), (0x0370, 84), (0x0530, 80), (0x0590, 68), (0x0600, 82), (0x0900, 84),
    (0x0E00, 72), (0x0F00, 90), (0x10A0, 80), (0x1100, 104), (0x1200, 104), (0x1E00, 76), (0x2000, 100), (0x2010, 62),
    (0x2014, 104), (0x2018, 46), (0x2020, 104), (0x2026, 104), (0x2027, 60), (0x2030, 130), (0x2070, 90), (0x2190, 104),
    (0x2E80, 104), (0xA000, 104), (0xFB00, 90), (0xFE30, 104), (0xFF61, 60), (0xFFE0, 104), (0x1F000, 140),
    (0x20000, 104), (0xE0000, 0),
)  # fmt: skip
_STARTS = [start for start, _ in _RANGES]
_ADVANCES = [advance for _, advance in _RANGES]

# Embeddings, overrides and isolates: they would turn round what stands beside a text.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_JOINER = "\u200d"


def clean(text: str, longest: int = LONGEST) -> str:
    """One line without control characters, bidi overrides and lone surrogates, of at most `longest` characters."""
    raw = text[: 4 * longest]
    if not (raw.isascii() and raw.isprintable()):
        raw = raw.translate(_BIDI)
        raw = "".join(clusters("".join(_printable(character) for character in raw)))
    raw = " ".join(raw.split())
    if len(raw) > longest or len(text) > 4 * longest:
        return "".join(clusters(raw[:longest])[:-1]).rstrip() + "…"
    return raw


def _printable(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "\ufffd" if category == "Cs" else character


def clusters(text: str) -> list[str]:
    """The text in pieces that must not be cut: a letter with its marks, an emoji with its joiners, a flag.

    Hostile text piles thousands of marks on one letter: those after the first dozen are dropped. Clean text has none.
    """
    if text.isascii():
        return list(text)
    pieces: list[str] = []
    is_open = False  # the piece before ends in a joiner
    for character in text:
        is_mark = unicodedata.category(character) in {"Mn", "Me", "Mc"} or character == _JOINER
        is_modifier = 0x1F3FB <= ord(character) <= 0x1F3FF
        is_flag = 0x1F1E6 <= ord(character) <= 0x1F1FF
        half_flag = is_flag and bool(pieces) and len(pieces[-1]) == 1 and 0x1F1E6 <= ord(pieces[-1]) <= 0x1F1FF
        if pieces and (is_mark or is_modifier or is_open or half_flag) and len(pieces[-1]) < 12:
            pieces[-1] += character
        elif is_mark and pieces:
            continue
        else:
            pieces.append(character)
        is_open = character == _JOINER
    return pieces


@functools.lru_cache(maxsize=8192)
def width(text: str, size: int, *, is_bold: bool = False) -> int:
    """Whole pixels that `text` takes at most, at a font size of `size` pixels. `text` is clean and short."""
    return math.ceil(_hundredths(text, is_bold) * size * _SPARE / 100)


def _hundredths(text: str, is_bold: bool) -> int:
    table = _BOLD if is_bold else _REGULAR
    total = 0
    for character in text:
        code = ord(character)
        if 32 <= code < 127:
            total += table[code - 32]
        elif unicodedata.category(character) in {"Mn", "Me", "Cf"}:
            continue
        else:
            total += _ADVANCES[bisect_right(_STARTS, code) - 1] + (6 if is_bold else 0)
    return total


def shorten(text: str, widest: int, size: int, *, is_bold: bool = False) -> str:
    """The text itself if it fits into `widest` pixels, else as much of it as fits before "…"."""
    if width(text, size, is_bold=is_bold) <= widest:
        return text
    budget = widest * 100 / (size * _SPARE) - _hundredths("…", is_bold)
    kept: list[str] = []
    for piece in clusters(text):
        budget -= _hundredths(piece, is_bold)
        if budget < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + "…"


def wrap(text: str, widest: int, size: int, *, lines: int, is_bold: bool = False) -> list[str]:
    """At most `lines` lines of at most `widest` pixels; the last one is shortened. [] for no text.

    Breaks between words, and inside one only when it does not fit a line of its own.
    """
    rest = text
    found: list[str] = []
    while rest and len(found) < lines - 1 and width(rest, size, is_bold=is_bold) > widest:
        line = _first_line(rest, widest, size, is_bold)
        found.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    if rest:
        found.append(shorten(rest, widest, size, is_bold=is_bold))
    return found


def _first_line(text: str, widest: int, size: int, is_bold: bool) -> str:
    budget = widest * 100 / (size * _SPARE)
    used = ""
    last_break = 0
    for piece in clusters(text):
        budget -= _hundredths(piece, is_bold)
        if budget < 0 and used:
            break
        used += piece
        if piece in " -/_.,;:" or piece >= "\u2e80":  # CJK breaks anywhere; API names at their underscores
            last_break = len(used)
    # A break that leaves most of the line empty is worse than a cut word.
    return used[:last_break] if last_break >= len(used) * 0.4 else used


def is_right_to_left(text: str) -> bool:
    """True when the first letter that has a direction is Hebrew, Arabic or of another script written from the right."""
    if text.isascii():
        return False
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"R", "AL"}:
            return True
        if direction == "L":
            return False
    return False
