"""Whether one value fits its field: type, length, digits, form, membership. Pure.

Each check takes the slot and a JSON value that is not empty, and yields what is wrong with it.
source  zoho.com/crm/developer/docs/api/v8/field-meta.html, insert-records.html
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

from console.fieldforms import composites, kinds, patterns, scalars
from console.fieldforms.problems import shown
from console.fieldforms.slots import Slot
from crm_client.values import JSON, is_id

Complaint = tuple[str, str, bool]  # rule, what is wrong (goes on after the field's name), whether it is a warning
Check = Callable[[Slot, JSON], Iterator[Complaint]]

_LONGEST = {
    kinds.TEXT: 255, kinds.AREA: 32_000, kinds.RICH: 50_000, kinds.EMAIL: 100, kinds.PHONE: 30, kinds.WEBSITE: 450,
    kinds.PICK: 120, kinds.MANY_PICK: 1_000, kinds.DURATION: 20,
}  # fmt: skip
_DIGITS = {kinds.INTEGER: 9, kinds.BIG: 18, kinds.DECIMAL: 16, kinds.PERCENT: 5}
_MOST_DECIMALS = 9


def characters(text: str) -> int:
    """How long the CRM takes a text to be: letters beyond the basic plane (most emoji) count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _text(slot: Slot, value: JSON) -> Iterator[Complaint]:
    if type(value) is not str:
        yield "type", f"takes text, not {_kind_of(value)}", False
        return
    limit = slot.length or _LONGEST.get(slot.kind, 255)
    if len(value) * 2 > limit and (long := characters(value)) > limit:
        yield "length", f"is {long:,} characters long; it takes at most {limit:,}", False
    if "\0" in value:
        yield "characters", "holds an invisible character that cannot be stored", False


def _email(slot: Slot, value: JSON) -> Iterator[Complaint]:
    yield from _formed(slot, value, patterns.is_email, "does not look like an email address, such as name@example.com")


def _phone(slot: Slot, value: JSON) -> Iterator[Complaint]:
    form = "is not a phone number as the CRM takes it: digits, blanks, + - . and no brackets"
    yield from _formed(slot, value, patterns.is_phone, form)


def _website(slot: Slot, value: JSON) -> Iterator[Complaint]:
    yield from _formed(slot, value, patterns.is_website, "does not look like a web address, such as www.example.com")


def _formed(slot: Slot, value: JSON, is_formed: Callable[[str], bool], text: str) -> Iterator[Complaint]:
    wrong = list(_text(slot, value))
    yield from wrong
    if not wrong and not is_formed(value):
        yield "format", f"{text}; the CRM may refuse {shown(value)}", True


def _pick(slot: Slot, value: JSON) -> Iterator[Complaint]:
    wrong = list(_text(slot, value))
    yield from wrong
    if not wrong and slot.is_closed and value not in slot.chosen:
        yield "one_of", f"is one of {', '.join(option.value for option in slot.options)}, not {shown(value)}", False
    elif not wrong and value not in slot.chosen:
        yield "not_in_list", f"does not know {shown(value)}; the CRM would add this value to the list", True


def _many_pick(slot: Slot, value: JSON) -> Iterator[Complaint]:
    if type(value) is not list or not all(type(item) is str for item in value):
        yield "type", f"takes a list of values, not {_kind_of(value)}", False
        return
    long, limit = sum(map(characters, value)), slot.length or _LONGEST[kinds.MANY_PICK]
    if long > limit:
        yield "length", f"takes at most {limit:,} characters in all its values; these are {long:,}", False
    for item in value:
        if item not in slot.chosen:
            yield "not_in_list", f"does not know {shown(item)}; the CRM would add this value to the list", True


def _integer(slot: Slot, value: JSON) -> Iterator[Complaint]:
    if type(value) is not int:
        yield "type", f"takes a whole number, not {_kind_of(value)}", False
        return
    limit = slot.length or _DIGITS[kinds.INTEGER]
    if abs(value) >= 10**limit:
        yield "digits", f"takes a whole number of at most {limit} digits", False
    yield from _in_range(slot, value)


def _big(slot: Slot, value: JSON) -> Iterator[Complaint]:
    if type(value) is not str or not value.isascii() or not value.removeprefix("-").isdigit():
        yield "type", "takes digits, sent as text so that none is rounded away", False
        return
    limit = slot.length or _DIGITS[kinds.BIG]
    if len(value.removeprefix("-")) > limit:
        yield "digits", f"takes at most {limit} digits; these are {len(value.removeprefix('-'))}", False


def _decimal(slot: Slot, value: JSON) -> Iterator[Complaint]:
    if type(value) is int:
        whole, decimals = abs(value), 0
    elif type(value) is float and math.isfinite(value):
        whole, decimals = int(abs(value)), _decimals(value)
    else:
        yield "type", f"takes a number, not {_kind_of(value)}", False
        return
    limit = slot.length or _DIGITS[slot.kind]
    if whole >= 10**limit:
        yield "digits", f"takes at most {limit} digits before the point", False
    most = slot.decimals if slot.decimals is not None else _MOST_DECIMALS
    if decimals > most:
        places = f"{most} decimal" if most == 1 else f"{most} decimals" if most else "whole numbers, no decimals"
        yield "decimals", f"takes {'at most ' if most else ''}{places}; this has {decimals}", False
    yield from _in_range(slot, value)


def _decimals(value: float) -> int:
    text = repr(value)
    if "e" in text:
        exponent = Decimal(text).normalize().as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0
    fraction = text.partition(".")[2]
    return 0 if fraction == "0" else len(fraction)


def _in_range(slot: Slot, value: float) -> Iterator[Complaint]:
    """A range of the metadata is held only by calls that ask for range validation."""
    if slot.lowest is not None and value < slot.lowest:
        yield "range", f"takes at least {scalars.plain_number(slot.lowest)}", not slot.is_closed
    if slot.highest is not None and value > slot.highest:
        yield "range", f"takes at most {scalars.plain_number(slot.highest)}", not slot.is_closed


def _check(slot: Slot, value: JSON) -> Iterator[Complaint]:
    if type(value) is not bool:
        yield "type", f"takes true or false, not {_kind_of(value)}", False


def _date(slot: Slot, value: JSON) -> Iterator[Complaint]:
    try:
        if type(value) is str and scalars.day(value):
            return
    except scalars.Wrong:
        pass
    yield "type", "takes a date as year-month-day, such as 2026-08-16", False


def _moment(slot: Slot, value: JSON) -> Iterator[Complaint]:
    try:
        if type(value) is str and len(value) > 10 and datetime.fromisoformat(value).tzinfo is not None:
            return
    except ValueError:
        pass
    yield "type", "takes a date and time with its offset, such as 2026-08-16T14:30:00+02:00", False


def _reference(slot: Slot, value: JSON) -> Iterator[Complaint]:
    if type(value) is not dict or not is_id(value["id"] if type(value.get("id")) is str else ""):
        yield "type", "takes a record by its id", False


def _person(slot: Slot, value: JSON) -> Iterator[Complaint]:
    if type(value) is not str or not is_id(value):
        yield "type", "takes a person by the id of the record", False


def _links(slot: Slot, value: JSON) -> Iterator[Complaint]:
    if type(value) is not list or not all(type(item) is dict for item in value):
        yield "type", f"takes a list of records, not {_kind_of(value)}", False
        return
    seen: set[str] = set()
    for item in value:
        other = item.get(slot.link_key)
        id_ = other.get("id") if type(other) is dict else None
        if "_delete" in item:
            continue
        if type(id_) is not str or not is_id(id_):
            yield "type", f"takes each record as {slot.link_key or 'its lookup'} with an id", False
        elif id_ in seen:
            yield "twice", f"names the record {id_} twice; once is enough", False
        else:
            seen.add(id_)


def _files(slot: Slot, value: JSON) -> Iterator[Complaint]:
    if type(value) is not list or not all(type(item) is dict for item in value):
        yield "type", f"takes uploaded files, not {_kind_of(value)}", False
        return
    added = sum(1 for item in value if "_delete" not in item)
    if not all("_delete" in item or (type(item.get("File_Id__s")) is str and item["File_Id__s"]) for item in value):
        yield "type", "takes each file by the id that its upload gave (File_Id__s)", False
    if slot.length and added > slot.length:
        files = "one file" if slot.length == 1 else f"{slot.length} files"
        yield "many", f"takes at most {files}; these are {added}", False


def _taxes(slot: Slot, value: JSON) -> Iterator[Complaint]:
    is_list = type(value) is list and all(type(tax) is dict and type(tax.get("name")) is str for tax in value)
    if not is_list or not all(type(tax.get("percentage")) in (int, float) for tax in value):
        yield "type", "takes taxes with a name and a percentage each", False


def _tags(slot: Slot, value: JSON) -> Iterator[Complaint]:
    if type(value) is not list or not all(type(tag) is dict and type(tag.get("name")) is str for tag in value):
        yield "type", "takes tags with a name each", False


def _rule(slot: Slot, value: JSON) -> Iterator[Complaint]:
    text = value.get("RRULE") if type(value) is dict else None
    if type(text) is not str or "FREQ=" not in text:
        yield "type", "takes a repetition such as FREQ=DAILY;INTERVAL=1;DTSTART=2026-05-20;UNTIL=2026-05-28", False
        return
    try:
        composites.rule(composites.typed_rule(value))
    except scalars.Wrong as wrong:
        yield wrong.rule, wrong.text, False
    if "DTSTART=" not in text or ("UNTIL=" not in text and "COUNT=" not in text):
        yield "repetition", "names no first day, or no end; the CRM may refuse that", True


def _alarm(slot: Slot, value: JSON) -> Iterator[Complaint]:
    text = value.get("ALARM") if type(value) is dict else None
    if type(text) is not str or "ACTION=" not in text or "TRIGGER=" not in text:
        yield "type", "takes a reminder such as ACTION=EMAIL;TRIGGER=-P1D;TRIGGER_TIME=22:52", False
        return
    try:
        composites.alarm(composites.typed_alarm(value, UTC), UTC)
    except scalars.Wrong as wrong:
        yield wrong.rule, wrong.text, False


def _duration(slot: Slot, value: JSON) -> Iterator[Complaint]:
    wrong = list(_text(slot, value))
    yield from wrong
    if not wrong and duration(value) is None:
        yield "format", f"takes a length such as 10:00, not {shown(value)}", False


def duration(text: str) -> int | None:
    """The two numbers of "10:30" as one: 630; None for another text."""
    one, colon, two = text.partition(":")
    is_one = colon and one.isascii() and two.isascii() and one.isdigit() and two.isdigit() and len(one) <= 5
    return int(one) * 60 + int(two) if is_one and len(two) == 2 and int(two) < 60 else None


def _not_written(slot: Slot, value: JSON) -> Iterator[Complaint]:
    yield "read_only", f"cannot be filled in: {slot.why_not or 'the API does not take it'}", False


def _kind_of(value: JSON) -> str:
    names = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return (shown(value) if value else "an empty text") if type(value) is str else names.get(type(value), "nothing")


CHECKS: dict[str, Check] = {
    kinds.TEXT: _text,
    kinds.AREA: _text,
    kinds.RICH: _text,
    kinds.EMAIL: _email,
    kinds.PHONE: _phone,
    kinds.WEBSITE: _website,
    kinds.PICK: _pick,
    kinds.MANY_PICK: _many_pick,
    kinds.INTEGER: _integer,
    kinds.BIG: _big,
    kinds.DECIMAL: _decimal,
    kinds.PERCENT: _decimal,
    kinds.CHECK: _check,
    kinds.FLAG: _check,
    kinds.DATE: _date,
    kinds.MOMENT: _moment,
    kinds.LOOKUP: _reference,
    kinds.USER: _reference,
    kinds.ANY_LOOKUP: _reference,
    kinds.PERSON: _person,
    kinds.MANY_LOOKUP: _links,
    kinds.MANY_USERS: _links,
    kinds.FILES: _files,
    kinds.IMAGES: _files,
    kinds.TAXES: _taxes,
    kinds.TAGS: _tags,
    kinds.RULE: _rule,
    kinds.ALARM: _alarm,
    kinds.DURATION: _duration,
    kinds.SHOWN: _not_written,
}
