"""The value of a field as text for people and as a cell of a file, by the field's type. Pure.

Whatever a value holds, nothing here raises: what is not of its field's kind is shown as the JSON that it is.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from console.exports import Cell
from crm_client.fields import Field
from crm_client.values import JSON, as_id, as_object, as_text

Text: TypeAlias = Callable[[JSON], str]

MOST_DECIMALS = 9
LONGEST = 50_000  # characters of one value on a page
_TAG = re.compile(r"<[^<>]{0,20000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_NAMES = ("name", "File_Name__s", "file_Name", "display_name", "api_name", "Email", "participant")


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who reads. `zone` None: times stay in the zone that the CRM gives; `currency` is the organisation's sign."""

    zone: ZoneInfo | None = None
    currency: str = ""


def text_of(field: Field, eyes: Eyes) -> Text:
    """How a field's values read, prepared once per column."""
    kind = _result_type(field)
    if kind == "datetime":
        return lambda value: moment(value, eyes.zone)
    if kind == "date":
        return day
    if kind == "currency":
        places = _places(field)
        return lambda value: _money(value, eyes.currency, places)
    if kind == "percent":
        return lambda value: f"{number(value)} %" if _is_number(value) else plain(value)
    if kind in ("integer", "double", "bigint"):
        separator = "," if field.separator is True and kind != "bigint" else ""
        return lambda value: number(value, separator) if _is_number(value) else plain(value)
    if kind == "textarea" and field.textarea_type == "rich_text":
        return rich_text
    if kind in ("picklist", "multiselectpicklist"):
        shown = {value.actual_value: value.display_value for value in field.pick_list_values if value.display_value}
        return lambda value: _chosen(value, shown)
    if field.link_key:
        key = field.link_key
        return lambda value: ", ".join(plain(item.get(key) or item) for item in objects(value)) or plain(value)
    return plain


def cell_of(field: Field) -> Callable[[JSON], Cell]:
    """A field's values as a file holds them: numbers, yes and no as such, times as the CRM gave them, names for ids."""
    kind = _result_type(field)
    if kind in ("integer", "double", "currency", "percent", "boolean", "bigint", "datetime", "date"):
        return _own
    return text_of(field, Eyes())


def _own(value: JSON) -> Cell:
    if value is None or isinstance(value, bool):
        return value
    return value if _is_number(value) and value == value and abs(value) < 10**15 else plain(value)


def plain(value: JSON) -> str:
    """Any JSON as one text: names for references, a comma between items, JSON for what has no name."""
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, str):
        return as_text(value)[:LONGEST]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, dict):
        return name_of(value) or _as_json(value)
    return ", ".join(plain(item) for item in value[:1000])[:LONGEST]


def name_of(value: JSON) -> str:
    """What an object calls itself; its id when nothing else; "" for an object without either."""
    found = as_object(value)
    for key in _NAMES:
        if isinstance(found.get(key), str) and found[key]:
            return as_text(found[key])[:LONGEST]
    return as_id(found.get("id")) if set(found) <= {"id", "module", "name"} else ""


def objects(value: JSON) -> list[dict[str, JSON]]:
    """The objects of a list, or the one object; [] for anything else."""
    if isinstance(value, dict):
        return [value] if value else []
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def number(value: float, separator: str = "") -> str:
    """A number with all the digits it came with, and no ".0" behind a whole one."""
    try:
        if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
            value = int(value)
        return format(value, separator)
    except (ValueError, OverflowError):  # Python refuses to print an integer of more than 4,300 digits
        return "a number too long to be shown"


def moment(value: JSON, zone: ZoneInfo | None = None) -> str:
    """ "12 Jan 2025, 03:47" in the reader's zone; with its own zone behind it when there is no reader's."""
    found = as_moment(value)
    if found is None:
        return plain(value)
    if zone is None:
        offset = found.strftime("%z")
        return f"{found:%d %b %Y, %H:%M} " + ("UTC" if offset in ("+0000", "") else f"UTC{offset[:3]}:{offset[3:5]}")
    try:
        return f"{found.astimezone(zone):%d %b %Y, %H:%M}"
    except (OverflowError, ValueError):
        return plain(value)


def as_moment(value: JSON) -> datetime | None:
    """The CRM's ISO text as a moment; None when it is none. Without an offset it counts as UTC."""
    if not isinstance(value, str) or not 16 <= len(value) <= 40:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day(value: JSON) -> str:
    """ "12 Jan 2025"."""
    if isinstance(value, str) and len(value) == 10:
        try:
            return f"{date.fromisoformat(value):%d %b %Y}"
        except ValueError:
            pass
    return plain(value)


def rich_text(value: JSON) -> str:
    """The words of rich text, without its markup, one line per paragraph."""
    if not isinstance(value, str):
        return plain(value)
    text = _TAG.sub("", _BREAK.sub("\n", as_text(value)))
    return re.sub(r"[ \t]*\n\s*", "\n", html.unescape(text)).strip()[:LONGEST]


def _chosen(value: JSON, shown: dict[str, str]) -> str:
    if isinstance(value, list):
        return ", ".join(_chosen(item, shown) for item in value[:1000])
    if isinstance(value, str):
        return shown.get(value) or as_text(value)[:LONGEST]
    return plain(value)


def _money(value: JSON, currency: str, places: int) -> str:
    if not _is_number(value):
        return plain(value)
    try:
        figure = f"{abs(value):,.{places}f}"
    except (ValueError, OverflowError):
        return "a number too long to be shown"
    return f"{'−' if value < 0 else ''}{currency}{figure}"


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _places(field: Field) -> int:
    """Decimals to show; two where the CRM does not say."""
    places = field.decimal_place
    if places is None and field.currency:
        places = field.currency.precision
    return 2 if places is None else min(max(places, 0), MOST_DECIMALS)


def _result_type(field: Field) -> str:
    """The field's type; for a formula or roll-up that of its result."""
    made = field.formula or field.rollup_summary
    return made.return_type if made and made.return_type else field.data_type


def _as_json(value: JSON) -> str:
    try:
        return as_text(json.dumps(value, ensure_ascii=False))[:LONGEST]
    except (ValueError, RecursionError):
        return "(too deep or too long to be shown)"
