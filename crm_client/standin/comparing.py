"""Values of records and values of queries in forms that can be compared, by the kind of a field. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_client.standin.organisation import JSON

TEXT, AREA, PICKLIST, MULTI = "text", "textarea", "picklist", "multiselectpicklist"
BOOLEAN, NUMBER, DATE, DATETIME, REFERENCE = "boolean", "number", "date", "datetime", "reference"

_KINDS = {
    "text": TEXT,
    "email": TEXT,
    "phone": TEXT,
    "website": TEXT,
    "textarea": AREA,
    "picklist": PICKLIST,
    "autonumber": PICKLIST,
    "multiselectpicklist": MULTI,
    "boolean": BOOLEAN,
    "integer": NUMBER,
    "long": NUMBER,
    "bigint": NUMBER,
    "double": NUMBER,
    "decimal": NUMBER,
    "currency": NUMBER,
    "percent": NUMBER,
    "date": DATE,
    "datetime": DATETIME,
    "lookup": REFERENCE,
    "ownerlookup": REFERENCE,
    "userlookup": REFERENCE,
    "multi_module_lookup": REFERENCE,
    "layout": REFERENCE,
}


def kind_of(field: JSON) -> str | None:
    """How the values of a field compare; None for what no condition can be about (files, subforms …)."""
    data_type = str(field.get("data_type") or "text")
    if data_type in ("formula", "rollup_summary"):
        made_of = field.get(data_type)
        data_type = str(made_of.get("return_type")) if isinstance(made_of, dict) else "text"
        return _KINDS.get({"string": "text"}.get(data_type, data_type))
    return _KINDS.get(data_type)


def stored(kind: str, value: Any) -> Any:
    """A record's value: text folded, numbers exact, times as moments, references by id, empty as None."""
    if value is None or value == "" or value == []:
        return None
    if kind == MULTI:
        return [str(one).casefold() for one in value] if isinstance(value, list) else [str(value).casefold()]
    if kind == REFERENCE:
        return str(value.get("id") or "") or None if isinstance(value, dict) else str(value)
    try:
        return wanted(kind, value if isinstance(value, str) else str(value))
    except ValueError:
        return None  # a damaged record has no value that compares


def wanted(kind: str, text: str) -> Any:
    """A query's value. Raises ValueError for one that is none of the kind."""
    if kind == BOOLEAN:
        return _BOOLEANS[text.casefold()] if text.casefold() in _BOOLEANS else _refuse(text)
    if kind == NUMBER:
        return _number(text)
    if kind == DATE:
        return date.fromisoformat(text[:10]) if len(text) == 10 else _refuse(text)
    if kind == DATETIME:
        return _moment(text)
    if kind == REFERENCE:
        return text if text.isascii() and text.isdigit() else _refuse(text)
    return text.casefold()


_BOOLEANS = {"true": True, "false": False}


def _refuse(text: str) -> Any:
    raise ValueError(text[:40])


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError(text[:40]) from None
    if not found.is_finite():
        raise ValueError(text[:40])
    return found


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or "T" not in text:
        raise ValueError(text[:40])
    return found


ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "greater_than": lambda have, want: have > want,
    "greater_equal": lambda have, want: have >= want,
    "less_than": lambda have, want: have < want,
    "less_equal": lambda have, want: have <= want,
}
