"""Values of the CRM as a person reads them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from console.fieldforms import composites, kinds, scalars
from console.fieldforms.slots import NONE, Slot
from crm_client.values import JSON, as_object, as_text

NOTHING = "nothing"
_LONGEST = 200


def in_words(slot: Slot, value: JSON, zone: tzinfo) -> str:
    """The value in one line, bounded; "nothing" for an empty one."""
    text = _text(slot, value, zone)
    text = " ".join(text.split())
    return f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text or NOTHING


def _text(slot: Slot, value: JSON, zone: tzinfo) -> str:
    if value is None or value == NONE or value == []:
        return ""
    if slot.kind == kinds.ROWS and isinstance(value, list):
        kept = sum(1 for row in value if not (isinstance(row, dict) and "_delete" in row))
        return f"{kept} row" if kept == 1 else f"{kept} rows"
    if slot.link_key and isinstance(value, list):
        return ", ".join(plain(as_object(item).get(slot.link_key) or item) for item in value[:50])
    if slot.kind == kinds.MOMENT:
        return scalars.local(value, zone).replace("T", " ")
    if slot.kind == kinds.TAXES:
        return composites.typed_taxes(value).replace("\n", ", ")
    if slot.options and isinstance(value, str):
        return next((option.label for option in slot.options if option.value == value), value)
    if slot.kind == kinds.USER and slot.options:
        id_ = as_text(as_object(value).get("id"))
        return next((option.label for option in slot.options if option.value == id_), plain(value))
    return plain(value)


def plain(value: JSON, depth: int = 0) -> str:
    """Any JSON value in words, a few levels deep."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**40 else "a number too long to show"
    if isinstance(value, float):
        return scalars.plain_number(value)
    if isinstance(value, str):
        return as_text(value)
    if depth > 3:
        return "…"
    if isinstance(value, list):
        return ", ".join(text for item in value[:50] if (text := plain(item, depth + 1)))
    if isinstance(value, Mapping):
        if "_delete" in value:
            return f"without {as_text(value.get('id'))}"
        for key in ("name", "File_Name__s", "RRULE", "ALARM", "id", "File_Id__s"):
            if isinstance(value.get(key), str) and value[key]:
                return as_text(value[key])
        return ", ".join(text for item in list(value.values())[:20] if (text := plain(item, depth + 1)))
    return ""
