"""What somebody wants written: checked, hashed, cut into calls. Pure: no database, no HTTP."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from crm_client.values import JSON, JsonObject, as_text, is_api_name, is_id
from crm_client.writes import MOST_ROWS, WriteOptions, is_recurring

_KEY = re.compile(r"[A-Za-z0-9_\-]{16,64}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,9})?", re.ASCII)
# What the CRM sets, moves or stores in a form of its own, so that comparing it proves nothing.
_NEVER_COMPARED = frozenset(
    {"id", "Layout", "Owner", "Tag", "Wizard", "Recurring_Activity", "Remind_At", "Participants"}
)


class NotWritable(ValueError):
    """A change that cannot be sent at all; the text says why. A fault of the page that made it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written.

    operation        "insert", "update", "upsert", "delete", or one that a room has registered
    rows             values by API name; update and delete: each with the record's "id"
    layout_id        of the layout the form was made from, for the record
    reference_field  a unique text field that may carry each row's UUID, so that looking up is certain (D10)
    """

    operation: str
    module: str
    rows: Sequence[JsonObject]
    options: WriteOptions = field(default_factory=WriteOptions)
    layout_id: str = ""
    reference_field: str = ""


def checked(change: Change, *, with_id: bool) -> list[JsonObject]:
    """The rows as they may be stored and sent. Raises NotWritable."""
    if not is_api_name(change.module):
        raise NotWritable("the module's name is none")
    if not change.rows:
        raise NotWritable("there is nothing to write")
    if change.reference_field and not is_api_name(change.reference_field):
        raise NotWritable("the reference field's name is none")
    rows = []
    for row in change.rows:
        if with_id and not is_id(str(row.get("id", ""))):
            raise NotWritable("a row does not say which record it is about")
        rows.append(_storable(row))
    return rows


def _storable(value: JSON) -> JSON:
    """The value without what a database or JSON cannot hold: NUL, half surrogates, NaN."""
    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, dict):
        return {as_text(str(key)): _storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise NotWritable("a number is none")
    if value is None or isinstance(value, bool | int | float):
        return value
    raise NotWritable(f"a value is of a kind that cannot be sent: {type(value).__name__}")


def is_form_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def payload_hash(change: Change, rows: Sequence[JsonObject], where: str) -> str:
    """What a form key is kept with: the same for the same wish in the same place, whatever the order of keys."""
    wish = [
        where,
        change.operation,
        change.module,
        change.options.to_json(),
        change.layout_id,
        change.reference_field,
        rows,
    ]
    return hashlib.sha256(json.dumps(wish, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def chunks(rows: Sequence[JsonObject], size: int = MOST_ROWS, first: int | None = None) -> Iterator[range]:
    """Which rows go together into a call, by index: at most `size`, a recurring activity alone.

    first  how many the first call takes, where it is to try something out
    """
    start = 0
    for index, row in enumerate(rows):
        if is_recurring(row):
            if start < index:
                yield range(start, index)
            yield range(index, index + 1)
            start = index + 1
        elif index + 1 - start == (first if start == 0 and first else size):
            yield range(start, index + 1)
            start = index + 1
    if start < len(rows):
        yield range(start, len(rows))


def plain_values(payload: JsonObject) -> JsonObject:
    """The values that can be compared with what the CRM gives back: texts, numbers, flags, picked values, references.

    Each in a form that is equal for equal values: "  a " and "a", 5 and 5.0, one moment in two time zones.
    """
    found: JsonObject = {}
    for name, value in payload.items():
        if name.startswith("$") or name in _NEVER_COMPARED:
            continue
        comparable = comparable_value(value)
        if comparable is not None:
            found[name] = comparable
    return found


def comparable_value(value: JSON) -> JSON:
    """A value in its comparable form; None for what cannot be compared (rows of a subform, files).

    Nothing and an unticked box are "", a number is text to its last digit: a float would take neighbouring ids for one.
    """
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    if isinstance(value, int | float):
        return _number(str(value))
    if isinstance(value, str):
        text = _moment(value) if _MOMENT.fullmatch(value) else " ".join(value.split())
        return _number(text) if _NUMBER.fullmatch(text) else text
    if isinstance(value, dict):
        return str(value["id"]) if "id" in value else None
    if isinstance(value, list):
        if not value:
            return ""
        return "\0".join(sorted(value)) if all(isinstance(item, str) for item in value) else None
    return None


def fingerprint(payload: JsonObject) -> str:
    """32 hex digits of the plain values: rows that have the same cannot be told apart by looking."""
    text = json.dumps(plain_values(payload), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _number(text: str) -> str:
    return format(Decimal(text).normalize(), "f")


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):  # the year 1 east of Greenwich
        return text
