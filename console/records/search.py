"""The conditions of a search: what each kind of field can be asked, and whether what was typed can be meant. Pure.

source  zoho.com/crm/developer/docs/api/v8/search-records.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from console.records.choice import MOST_CONDITIONS, Condition, ListChoice
from crm_client.criteria import Criteria, all_of, any_of, where
from crm_client.fields import Field

_TEXT = ("equals", "not_equal", "starts_with", "in")
_PICKED = ("equals", "not_equal", "in")
_SIZE = (
    "equals", "not_equal", "greater_than", "greater_equal", "less_than", "less_equal", "between", "in",
)  # fmt: skip
OPERATORS_OF = {
    "text": _TEXT, "email": _TEXT, "phone": _TEXT, "website": _TEXT,
    "textarea": ("equals", "not_equal", "starts_with"),
    "picklist": _PICKED, "autonumber": _PICKED, "ownerlookup": _PICKED, "userlookup": _PICKED, "lookup": _PICKED,
    "multiselectpicklist": ("equals", "not_equal", "starts_with", "in"),
    "boolean": ("equals", "not_equal"),
    "integer": _SIZE, "bigint": _SIZE, "double": _SIZE, "currency": _SIZE, "percent": _SIZE, "date": _SIZE,
    "datetime": _SIZE,
}  # fmt: skip
"""{data_type: operators}; a type that is not here cannot be searched by."""

OPERATOR_WORDS = {
    "equals": "is",
    "not_equal": "is not",
    "starts_with": "starts with",
    "in": "is one of",
    "greater_than": "is more than",
    "greater_equal": "is at least",
    "less_than": "is less than",
    "less_equal": "is at most",
    "between": "is between",
}
SEPARATOR = ";"
MOST_VALUES = 100
SHORTEST_WORD = 2
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,9})?", re.ASCII)
_YES, _NO = {"true", "yes", "1"}, {"false", "no", "0"}

Typed: TypeAlias = str | bool


class CannotMeanError(ValueError):
    """What was typed cannot be meant; the text is a sentence for the page. Nothing is asked of the CRM then."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of search, as the CRM takes it: exactly one of these is set."""

    criteria: Criteria | None = None
    email: str | None = None
    phone: str | None = None
    word: str | None = None


def searchable(fields: Iterable[Field]) -> list[Field]:
    """The fields that a condition may name."""
    return [
        field
        for field in fields
        if field.api_name and field.visible is not False and field.data_type in OPERATORS_OF
    ]  # fmt: skip


def asked(choice: ListChoice, fields: Sequence[Field], zone: ZoneInfo | None) -> Asked | None:
    """What the choice searches for; None when it searches for nothing.

    The CRM takes one kind of search; conditions come before words.
    raises  CannotMeanError
    """
    if choice.conditions:
        return Asked(criteria=_criteria(choice, {field.api_name: field for field in searchable(fields)}, zone))
    if not choice.words:
        return None
    if choice.look_in == "email":
        return Asked(email=choice.words)
    if choice.look_in == "phone":
        return Asked(phone=choice.words)
    if len(choice.words) < SHORTEST_WORD:
        raise CannotMeanError(f"Zoho CRM searches for words of at least {SHORTEST_WORD} letters.")
    return Asked(word=choice.words)


def _criteria(choice: ListChoice, fields: Mapping[str, Field], zone: ZoneInfo | None) -> Criteria:
    if len(choice.conditions) > MOST_CONDITIONS:
        raise CannotMeanError(f"Zoho CRM takes at most {MOST_CONDITIONS} conditions in one search.")
    made = []
    for number, row in enumerate(choice.conditions, 1):
        field = fields.get(row.field)
        if field is None:
            raise CannotMeanError(f"Condition {number}: this module has no field “{row.field[:60]}” to search by.")
        made.append(where(field.api_name, _operator(number, row, field), _value(number, row, field, zone)))
    return made[0] if len(made) == 1 else (any_of if choice.any_of else all_of)(*made)


def _operator(number: int, row: Condition, field: Field) -> str:
    possible = OPERATORS_OF[field.data_type]
    if row.operator not in possible:
        words = ", ".join(OPERATOR_WORDS[name] for name in possible)
        asked_for = OPERATOR_WORDS.get(row.operator, row.operator[:40])
        raise CannotMeanError(
            f"Condition {number}: {field.label} cannot be asked with “{asked_for}”, only with: {words}."
        )
    return row.operator


def _value(number: int, row: Condition, field: Field, zone: ZoneInfo | None) -> Typed | list[Typed]:
    if row.operator not in ("in", "between"):
        return _typed(number, row.value, field, zone)
    parts = [part.strip() for part in row.value.split(SEPARATOR) if part.strip()]
    if row.operator == "between" and len(parts) != 2:
        raise CannotMeanError(f"Condition {number}: “is between” takes two values with a semicolon between them.")
    if not 1 <= len(parts) <= MOST_VALUES:
        raise CannotMeanError(f"Condition {number}: “is one of” takes 1 to {MOST_VALUES} values.")
    return [_typed(number, part, field, zone) for part in parts]


def _typed(number: int, text: str, field: Field, zone: ZoneInfo | None) -> Typed:
    """The value as the CRM wants it, by the field's type."""
    if not text:
        raise CannotMeanError(f"Condition {number}: {field.label} needs a value.")
    kind = field.data_type
    if kind == "boolean":
        if text.lower() in _YES | _NO:
            return text.lower() in _YES
        raise CannotMeanError(f"Condition {number}: {field.label} is yes or no.")
    if kind in ("integer", "bigint", "double", "currency", "percent"):
        if _NUMBER.fullmatch(text):
            return text
        raise CannotMeanError(f"Condition {number}: “{text[:40]}” is no number; write it like 1250.50.")
    if kind == "date":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise CannotMeanError(f"Condition {number}: “{text[:40]}” is no date; write it like 2025-03-31.") from None
    if kind == "datetime":
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise CannotMeanError(
                f"Condition {number}: “{text[:40]}” is no moment; write it like 2025-03-31 or 2025-03-31 14:30."
            ) from None
        return (found if found.tzinfo else found.replace(tzinfo=zone or _UTC)).isoformat(timespec="seconds")
    return text


_UTC = ZoneInfo("UTC")
