"""What could not be read in a wizard: said in words beside what could, never an exception and never silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from crm_client.values import JSON, JsonObject, as_text

_T = TypeVar("_T")
MOST_NOTES = 200
_SHOWN = 60  # characters of an odd value that a note repeats
_TYPES = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}


@dataclass(slots=True)
class Notes:
    """Sentences on what could not be read; the first MOST_NOTES as text, the rest as a number."""

    lines: list[str] = field(default_factory=list)
    left_out: int = 0

    def add(self, place: str, what: str) -> None:
        """`place` says where ("screen “Income”"), `what` says what is wrong there."""
        if len(self.lines) < MOST_NOTES:
            self.lines.append(f"{place}: {what}." if place else f"{what}.")
        else:
            self.left_out += 1

    @property
    def all(self) -> list[str]:
        """The lines, and a last one with the number of those left out."""
        return [*self.lines, f"… and {self.left_out} more."] if self.left_out else list(self.lines)


def objects(value: JSON, notes: Notes, place: str, what: str) -> list[JsonObject]:
    """The objects of a JSON list; [] for null or a missing key, with a note for anything else that is no list."""
    if value is None:
        return []
    if type(value) is not list:
        notes.add(place, f"the {what} are {kind_of(value)} instead of a list and could not be read")
        return []
    found = [item for item in value if type(item) is dict]
    if len(found) != len(value):
        notes.add(place, f"{len(value) - len(found)} of the {what} are no objects and could not be read")
    return found


def made(value: JSON, make: Callable[[JsonObject, Notes, str], _T], notes: Notes, place: str, what: str) -> list[_T]:
    """Each object of a JSON list made into a thing of ours, with notes on the way."""
    return [make(item, notes, place) for item in objects(value, notes, place, what)]


def known(value: JSON, words: frozenset[str], notes: Notes, place: str, what: str) -> str:
    """A word of the CRM; one that this client does not know is kept as it is and noted."""
    text = as_text(value)
    if text not in words and (text or value is not None):
        notes.add(place, f"{what} {quoted(value)} is not known here; it is shown but not interpreted")
    return text


def quoted(value: JSON) -> str:
    """A value in a note: short text in quotes, anything else by its kind."""
    if type(value) is not str:
        return f"({kind_of(value)})"
    text = as_text(value)
    return f"“{text[:_SHOWN]}…”" if len(text) > _SHOWN else f"“{text}”"


def kind_of(value: JSON) -> str:
    return _TYPES.get(type(value), "nothing")
