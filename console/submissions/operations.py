"""What can be done to records through this hall; rooms add theirs from `AppConfig.ready()` (transitions, notes).

An operation says how its rows are sent and how rows whose answer did not arrive are looked up. It does not decide when:
claims, slots, pauses and outcomes are the hall's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from crm_client import CrmClient
from crm_client.writes import MOST_ROWS, RowAnswer

if TYPE_CHECKING:  # rooms register while Django is still loading its models
    from console.submissions.models import Row, Submission


@dataclass(frozen=True, slots=True)
class Found:
    """The row's work is done; `crm_id` of its record."""

    crm_id: str


@dataclass(frozen=True, slots=True)
class Absent:
    """It was certainly not done, and sending it again is safe."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nobody can tell yet. On the last look a person is asked, with these records to choose from."""

    candidates: Sequence[str] = ()
    code: str = "SENT-UNKNOWN"  # what the row says when a person is asked
    ask_now: bool = False  # another look will not help


Verdict: TypeAlias = Found | Absent | Unsure
Send: TypeAlias = "Callable[[CrmClient, Submission, Sequence[Row]], list[RowAnswer | None]]"
LookUp: TypeAlias = "Callable[[CrmClient, Submission, Sequence[Row]], Mapping[int, Verdict]]"


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of change.

    verb, done     "insert", "inserted"
    with_id        whether each row names a record that exists
    makes_records  whether each row becomes a record of its own, which may carry the row's reference
    method, path   for the price list; {module} is filled in
    send           one call for these rows, one answer per row by position; raises as crm_client.writes does. What it
                   has to read first and cannot, it raises as NotSent: only a write may leave an unknown outcome
    look_up        what became of rows without an answer (each with its `.call`), by primary key; one left out is
                   Unsure; raises CrmError when the CRM cannot be asked now
    size           rows in one call at most
    """

    name: str
    verb: str
    done: str
    method: str
    path: str
    send: Send
    look_up: LookUp
    with_id: bool = False
    makes_records: bool = False
    size: int = MOST_ROWS


_operations: dict[str, Operation] = {}


def register(operation: Operation) -> None:
    if operation.name in _operations:
        raise ValueError(f"the operation {operation.name!r} is registered twice")
    _operations[operation.name] = operation


def is_known(name: str) -> bool:
    return name in _operations


def of(name: str) -> Operation:
    """Raises LookupError for one that nobody registered."""
    return _operations[name]


def making() -> list[str]:
    """Names of the operations whose rows may become new records."""
    return [operation.name for operation in _operations.values() if not operation.with_id]
