"""A row as a page shows it: its name, its state in words, its record, what to do next. Pure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.submissions import words
from crm_client.values import JsonObject, as_texts

if TYPE_CHECKING:
    from console.submissions.models import Row, Submission

_NAMES = ("Full_Name", "Last_Name", "Subject", "Event_Title", "Deal_Name", "Account_Name", "Name")
_LONGEST = 120
STATES = {
    "pending": "not sent yet",
    "sent": "being sent",
    "succeeded": "done",
    "failed": "refused",
    "unknown": "sent, outcome not known yet",
    "cancelled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class RowShown:
    """`name` is a value of the row, so hostile text; `record_id` only where there is a record to look at."""

    n: int
    state: str
    state_words: str
    name: str
    record_id: str
    code: str
    text: str
    needs_person: bool
    candidates: list[str]
    can_be_sent: bool


def shown(row: Row, submission: Submission, taken: Container[str] = ()) -> RowShown:
    """taken  ids of records that are other rows' already: nothing to choose"""
    is_there = row.state == "succeeded" or (row.state != "cancelled" and bool(row.crm_id))
    is_gone = row.state == "succeeded" and submission.operation == "delete"
    # The CRM refuses a change of a record that is no longer as it was opened.
    is_too_late = row.code == "MOVED-BY-OTHER" and bool(submission.write_options.if_unmodified_since)
    return RowShown(
        n=row.n,
        state=row.state,
        state_words="you decide" if row.needs_person else STATES[row.state],
        name=name_of(row.payload or {}, submission.module),
        record_id=row.crm_id if is_there and not is_gone else "",
        code=row.code,
        text=words.of_row(row),
        needs_person=row.needs_person,
        candidates=[id_ for id_ in candidates_of(row) if id_ not in taken],
        can_be_sent=row.payload is not None and not is_too_late,
    )


def candidates_of(row: Row) -> list[str]:
    """Ids of records that may be the row's; a person chooses."""
    return as_texts(row.details.get("candidates")) if row.needs_person else []


def name_of(payload: JsonObject, module: str) -> str:
    """What a person calls the row: the value of the field that names records, else its first text; "" when none."""
    first = next((v for k, v in payload.items() if isinstance(v, str) and v and k != "id"), "")
    return record_name(payload, module) or first[:_LONGEST]


def record_name(payload: JsonObject, module: str) -> str:
    """The value of the field that names the module's records, with the first name before a last one; "" when none."""
    names = (*_NAMES, f"{module.removesuffix('s')}_Name")
    name = next((one for one in names if isinstance(payload.get(one), str) and payload[one]), "")
    before = payload.get("First_Name") if name == "Last_Name" else ""
    both = [before, payload.get(name)] if isinstance(before, str) else [payload.get(name)]
    return " ".join(text for text in both if text)[:_LONGEST]
