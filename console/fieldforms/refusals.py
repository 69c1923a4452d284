"""What the CRM refused, as sentences on the field it names, with the next step. Pure.

Decides by code and details alone; the CRM's own message, which may change or be translated, is only quoted.
source  zoho.com/crm/developer/docs/api/v8/insert-records.html, update-records.html, status-codes.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.fieldforms.problems import Problem, RecordLink
from console.fieldforms.refusal_words import SENTENCES, Refusal, unknown
from crm_client.values import JsonObject, as_id, as_object, as_objects, as_text, is_api_name

if TYPE_CHECKING:
    from console.fieldforms.form import RecordForm
    from console.fieldforms.rules import RuleBook

_MOST_ERRORS = 100
_TO_RECORD = re.compile(r"\$?\.?(?:data(?:\[(\d{1,9})\])?)?\.?", re.ASCII)
_STEP = re.compile(r"([$A-Za-z_][\w$]{0,120})(\[\d{1,6}\])?(?:\.|$)", re.ASCII)


@dataclass(slots=True)
class _Place:
    """Where an error points: `path` within the record, "" for all of it; `api_name` of the innermost field."""

    path: str
    api_name: str
    label: str


def refusals(of: RecordForm | RuleBook, error: JsonObject, row: int | None = None) -> list[Problem]:
    """Every problem that an answer's error names; at least one.

    of     the form or the rules that the record was made with: they know the fields' labels
    error  {"code", "details", "message"}: an item of `data`, or the whole answer of a refused call
    row    number to show, from 1, where records come in numbers
    """
    code, details = as_text(error.get("code")), as_object(error.get("details"))
    inner = as_objects(details.get("errors"))[:_MOST_ERRORS]
    if code == "MULTIPLE_OR_MULTI_ERRORS" and inner:
        return [problem for one in inner for problem in _one_or_more(of, one, row)]
    return [refusal(of, code, as_text(error.get("message")), details, row)]


def _one_or_more(of: RecordForm | RuleBook, error: JsonObject, row: int | None) -> list[Problem]:
    """One level only: errors inside errors inside errors are no known answer."""
    return [
        refusal(of, as_text(error.get("code")), as_text(error.get("message")), as_object(error.get("details")), row)
    ]


def refusal(of: RecordForm | RuleBook, code: str, message: str, details: JsonObject, row: int | None = None) -> Problem:
    """One error as a problem; an unknown code is shown for what it is."""
    place = _place(of, details)
    told = Refusal(code, message, details, place.label, lambda found: _place(of, as_object(found)).label)
    sentence = next((made for make in SENTENCES.get(code, ()) if (made := make(told)) is not None), None)
    text, step = sentence or unknown(told)
    name = code if code and len(code) <= 80 and is_api_name(code) else "no code"
    return Problem(
        row,
        place.api_name,
        place.path,
        place.label,
        code[:80] or "UNKNOWN",
        f"{text} ({name})",
        next_step=step,
        record=_existing(of, details),
    )


def _place(of: RecordForm | RuleBook, details: JsonObject) -> _Place:
    """The field of `json_path`, else of `api_name`; what lies outside the record (options of the call) has no path."""
    api_name, json_path = as_text(details.get("api_name")), as_text(details.get("json_path"))[:1000]
    slots = of.slots if isinstance(of.slots, dict) else {slot.api_name: slot for slot in of.slots}
    found = _TO_RECORD.match(json_path)
    steps = _STEP.findall(json_path[found.end() :]) if found and json_path else []
    is_outside = bool(json_path) and ".data" not in json_path and steps and steps[0][0] not in slots
    if is_outside:
        return _Place("", "", steps[0][0])
    if not steps and not is_api_name(api_name.removeprefix("$")):
        return _Place("", "", "")
    if not steps:
        steps = [(api_name, "")]
    top, number = steps[0]
    slot = slots.get(top)
    if slot is not None and slot.columns and number:
        column = next((one for one in slot.columns if len(steps) > 1 and one.api_name == steps[1][0]), None)
        if column is not None:
            return _Place(f"{top}{number}.{column.api_name}", column.api_name, column.label)
        return _Place(f"{top}{number}", top, slot.label)
    if top in ("id", "data") and slot is None:
        return _Place("", "", "")
    return _Place(top, top, slot.label if slot else top)


def _existing(of: RecordForm | RuleBook, details: JsonObject) -> RecordLink | None:
    """The record that holds a unique value already."""
    held = as_object(details.get("duplicate_record"))
    id_ = as_id(held.get("id")) or (as_id(details.get("id")) if held else "")
    module = as_text(as_object(held.get("module")).get("api_name")) or of.module
    return RecordLink(module, id_) if id_ and is_api_name(module) else None
