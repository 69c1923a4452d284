"""Where things stand in a JSON text, to name the line of what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_NOT_JSON = re.compile(r'"(?:\\.|[^"\\])*"|-?Infinity|NaN', re.S)


def line_column(text: str, offset: int) -> tuple[int, int]:
    """(line, column) of a place in a text, both counted from 1."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - text.rfind("\n", 0, offset)


def not_a_number(text: str) -> int:
    """The offset of the first NaN or Infinity, which Python reads and JSON does not have; -1 when there is none."""
    if "NaN" not in text and "Infinity" not in text:
        return -1
    return next((match.start() for match in _NOT_JSON.finditer(text) if not match[0].startswith('"')), -1)


def members(text: str) -> Iterator[tuple[str, int]]:
    """(key, offset of its value) of the object that a valid JSON text consists of."""
    offset = _after_blank(text, 0) + 1
    while True:
        offset = _after_blank(text, offset)
        if text[offset] == "}":
            return
        key, offset = _DECODER.raw_decode(text, offset)
        value = _after_blank(text, _after_blank(text, offset) + 1)
        yield key, value
        _, offset = _DECODER.raw_decode(text, value)
        offset = _after_blank(text, offset)
        offset += text[offset] == ","


def items(text: str, offset: int) -> Iterator[int]:
    """The offset of each item of the list that begins at an offset of a valid JSON text."""
    offset += 1
    while True:
        offset = _after_blank(text, offset)
        if text[offset] == "]":
            return
        yield offset
        _, offset = _DECODER.raw_decode(text, offset)
        offset = _after_blank(text, offset)
        offset += text[offset] == ","


def _after_blank(text: str, offset: int) -> int:
    match = _BLANK.match(text, offset)
    return match.end() if match else offset
