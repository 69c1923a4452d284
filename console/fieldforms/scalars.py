"""One typed text into the exact JSON value that the API wants, and back. Pure.

source  zoho.com/crm/developer/docs/api/v8/insert-records.html
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation

from console.fieldforms import kinds
from console.fieldforms.problems import shown
from console.fieldforms.slots import NONE, Slot
from crm_client.values import JSON, as_object, as_text, is_id

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_WHOLE = re.compile(r"[+-]?\d{1,40}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_CHOSEN = re.compile(r"(?:.*\()?\s*(\d{1,30})\s*\)?", re.ASCII | re.DOTALL)
_HELD_EXACTLY = 15  # significant digits that a double keeps

YES = frozenset({"true", "on", "yes", "1"})


class Wrong(Exception):
    """A text that cannot become the value: `rule` names the rule, the message goes on after the field's name."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(text)
        self.rule = rule
        self.text = text


def read(slot: Slot, text: str, zone: tzinfo) -> JSON:
    """The value of one typed text; None when it is blank. Raises Wrong."""
    kind = slot.kind
    if kind in (kinds.AREA, kinds.RICH):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text if text.strip() else None
    text = text.strip()
    if not text or (text == NONE and kind == kinds.PICK):
        return None
    match kind:
        case kinds.INTEGER:
            return whole(text)
        case kinds.BIG:
            return digits(text)
        case kinds.DECIMAL | kinds.PERCENT:
            return number(text)
        case kinds.DATE:
            return day(text)
        case kinds.MOMENT:
            return moment(text, zone)
        case kinds.CHECK | kinds.FLAG:
            return text.lower() in YES
        case kinds.LOOKUP | kinds.USER | kinds.ANY_LOOKUP | kinds.PERSON:
            return {"id": chosen(text)}
    return text.replace("\r", " ").replace("\n", " ")


def check_storable(text: str) -> None:
    """Raises Wrong for NUL and halves of letters, which no database keeps."""
    if _UNSTORABLE.search(text):
        raise Wrong(
            "characters", "holds an invisible character that cannot be stored; delete the text and type it again"
        )


def whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise Wrong("type", f"takes a whole number in plain digits, such as 250, not {shown(text)}")
    return int(text)


def digits(text: str) -> str:
    """A long integer stays text: a browser would round it, and leading zeros count."""
    if not _WHOLE.fullmatch(text) or text[0] == "+":
        raise Wrong("type", f"takes digits only, such as 0012345600012, not {shown(text)}")
    return text


def number(text: str) -> int | float:
    """A number as JSON has it: whole ones exactly, others as the double that the CRM keeps too."""
    if not _NUMBER.fullmatch(text):
        raise Wrong("type", f"takes a number with a point before its decimals, such as 1250.75, not {shown(text)}")
    try:
        exact = Decimal(text)
    except InvalidOperation as error:
        raise Wrong("type", f"takes a number, not {shown(text)}") from error
    if exact == exact.to_integral_value():
        return int(exact)
    held = float(exact)
    if Decimal(repr(held)) != exact:
        raise Wrong("precision", f"has more digits than can be sent exactly: {text} would arrive as {held!r}")
    return held


def day(text: str) -> str:
    found = _DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else _no_day(text)
    except ValueError:
        return _no_day(text)


def _no_day(text: str) -> str:
    raise Wrong("type", f"takes a date as year-month-day, such as 2026-08-16, not {shown(text)}")


def moment(text: str, zone: tzinfo) -> str:
    """A date-time with its offset: as typed when it names one, else as the clock shows it in the user's zone."""
    try:
        found = datetime.fromisoformat(text.upper().replace(" ", "T", 1) if len(text) > 10 else f"{text}!")
    except (ValueError, OverflowError):
        raise Wrong("type", f"takes a date and a time, such as 2026-08-16 14:30, not {shown(text)}") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
        if _is_skipped(found):
            raise Wrong("type", f"names {text.replace('T', ' ')}, which the clocks skip that day; take another time")
    if found.utcoffset() is None:
        raise Wrong("type", f"takes a date and a time, not {shown(text)}")
    return found.isoformat(timespec="seconds")


def _is_skipped(found: datetime) -> bool:
    """Whether a local time does not exist, because clocks were put forward over it."""
    try:
        back = found.astimezone(UTC).astimezone(found.tzinfo)
    except OverflowError:
        return False
    return back.replace(tzinfo=None) != found.replace(tzinfo=None)


def chosen(text: str) -> str:
    """The id in "Acme (3652397000000416001)" or "3652397000000416001". Raises Wrong for a name alone."""
    found = _CHOSEN.fullmatch(text)
    if found is None or not is_id(found[1]) or (len(text) > len(found[1]) and not text.endswith(")")):
        raise Wrong("choose", f"needs a record from the list, or its id; {shown(text)} is neither")
    return found[1]


def typed(slot: Slot, value: JSON, zone: tzinfo) -> str:
    """What stands in the input for a value of the CRM; "" for nothing and for what does not fit the input."""
    kind = slot.kind
    if value is None or value == NONE:
        return ""
    if kind in (kinds.CHECK, kinds.FLAG):
        return "true" if value is True or value == "true" else "false"
    if kind in kinds.REFERENCES:
        return reference(value, with_name=not slot.options)
    if kind == kinds.MOMENT:
        return local(value, zone)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**40 else ""
    if isinstance(value, float):
        return plain_number(value)
    return as_text(value)


def local(value: JSON, zone: tzinfo) -> str:
    """The CRM's date-time as the clock in `zone` shows it, in the form of a datetime-local input."""
    try:
        found = datetime.fromisoformat(as_text(value))
        found = found if found.tzinfo is None else found.astimezone(zone)
    except (ValueError, OverflowError):
        return as_text(value)
    return found.replace(tzinfo=None).isoformat(timespec="seconds" if found.second else "minutes")


def reference(value: JSON, *, with_name: bool) -> str:
    """ "Acme (3652397000000416001)" for a reference of the CRM, or its id alone."""
    found = as_object(value)
    id_ = as_text(found.get("id"))
    name = as_text(found.get("name")).replace("\n", " ")
    return f"{name} ({id_})" if with_name and name and id_ else id_


def plain_number(value: float) -> str:
    """1e21 as digits, 3.0 as "3"; "" for what is no number."""
    if not math.isfinite(value):
        return ""
    if value == int(value) and abs(value) < 1e22:
        return str(int(value))
    return format(Decimal(repr(value)), "f")
