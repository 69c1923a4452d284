"""What is wrong with a value, in words a person can act on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordLink:
    """An existing record that a problem points at: the room makes the address."""

    module: str  # API name
    id: str


@dataclass(slots=True)
class Problem:
    """One thing that is wrong with one value, or with the record as a whole.

    row         number shown to a person, from 1; None on a form of one record
    api_name    of the field; "" when it concerns the whole record. In a subform the column's
    path        where the value stands: "Company", "Quoted_Items[0].Quantity"; "" for the whole record
    label       of the field, "" for the whole record
    rule        our name of the rule ("required", "digits"), or the CRM's code ("DUPLICATE_DATA")
    text        what is wrong, one sentence that names the field
    is_warning  the CRM would take it; a person may go on
    next_step   what to do, one sentence; "" when `text` says it already
    record      an existing record to look at, such as the holder of a unique value
    """

    row: int | None
    api_name: str
    path: str
    label: str
    rule: str
    text: str
    is_warning: bool = False
    next_step: str = ""
    record: RecordLink | None = None

    @property
    def sentence(self) -> str:
        """Row, what is wrong, what to do."""
        start = f"Row {self.row}: " if self.row is not None else ""
        return f"{start}{self.text} {self.next_step}".rstrip()

    @property
    def field(self) -> str:
        """The field at the top of `path`: "Quoted_Items" of "Quoted_Items[0].Quantity"."""
        return self.path.partition(".")[0].partition("[")[0]


def has_errors(problems: Sequence[Problem]) -> bool:
    """Whether anything among them keeps the CRM from taking the record; warnings do not."""
    return any(not problem.is_warning for problem in problems)


def shown(text: str, most: int = 60) -> str:
    """A value inside a sentence: in quotation marks, bounded, without line breaks or invisible letters."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[: most + 1])
    return f"“{line if len(text) <= most else line[:most] + '…'}”"
