"""What was typed into the form of one layout, taken over into the form of another. Pure.

What has no place on the new layout is held back, by the names of its inputs, and comes back with a layout that has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.fieldforms.form import RecordForm
from console.fieldforms.reading import Posted, Typed

_BEHIND = ("order", "id", "module", "INTERVAL")  # parts of an input that say nothing by themselves
_LONGEST = 60  # characters of one value in the sentence about it


@dataclass(frozen=True, slots=True)
class Held:
    """A field that has no place on the layout: `typed` by input name, and `words` for a person."""

    api_name: str
    words: str
    typed: Typed


def carried(old: RecordForm, new: RecordForm, posted: Posted, held: Typed) -> Typed:
    """What stands in the inputs of `new`: everything typed that has a place there, its own defaults for the rest.

    held  what had no place on `old`, and was held back
    """
    before, defaults = old.initial(), new.initial()
    typed: Typed = {}
    here = {slot.api_name for slot in old.slots}
    for slot in new.slots:
        mine = _under(slot.api_name, posted)
        if slot.api_name not in here:
            mine = _under(slot.api_name, held)
        elif _says(mine) == _says(_under(slot.api_name, before)):  # nobody touched it: the new layout's own default
            mine = {}
        typed |= mine or _under(slot.api_name, defaults)
    return typed


def without_place(old: RecordForm, new: RecordForm, posted: Posted, held: Typed) -> Typed:
    """What was typed, or held back before, and has no place on `new`; what nobody typed is not among it."""
    before = old.initial()
    there, here = {slot.api_name for slot in new.slots}, {slot.api_name for slot in old.slots}
    left = {name: texts for name, texts in held.items() if _top(name) not in there and _top(name) not in here}
    for slot in old.slots:
        mine = _under(slot.api_name, posted)
        if slot.api_name in there or not slot.is_offered or not _says(mine):
            continue
        if _says(mine) != _says(_under(slot.api_name, before)):
            left |= mine
    return left


def in_words(held: Typed) -> list[Held]:
    """One for each field, in the order in which they were typed."""
    found = []
    for top in dict.fromkeys(_top(name) for name in held):
        mine = _under(top, held)
        rows = [key for key in mine.get(f"{top}-order", []) if key]
        if rows:
            words = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
        else:
            words = ", ".join(_short(text) for texts in _says(mine).values() for text in texts)
        found.append(Held(top, words, mine))
    return found


def _under(name: str, typed: Mapping[str, Iterable[str]]) -> Typed:
    """What belongs to one field: its input, and the parts and rows of it."""
    return {
        key: [texts] if isinstance(texts, str) else list(texts)
        for key, texts in typed.items()
        if key == name or key.startswith(f"{name}-")
    }


def _top(name: str) -> str:
    return name.partition("-")[0]


def _says(typed: Typed) -> dict[str, list[str]]:
    """What somebody would miss: texts that are not blank, an unticked box being blank."""
    found = {}
    for name, texts in typed.items():
        said = [text for text in texts if text.strip() and text != "false"]
        if said and name.rpartition("-")[2] not in _BEHIND:
            found[name] = said
    return found


def _short(text: str) -> str:
    line = "yes" if text == "true" else " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
