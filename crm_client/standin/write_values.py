"""One value of a record, by the data type of its field: what the CRM takes and how it keeps it (records.md)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from crm_client.standin.items import Place
from crm_client.standin.organisation import JSON

LENGTHS = {"textarea": 32_000, "email": 100, "phone": 30, "website": 450, "picklist": 120, "text": 255}
AREAS = {"small": 2_000, "large": 32_000, "rich_text": 50_000}
DIGITS = {"integer": 9, "bigint": 18, "double": 16, "currency": 16, "percent": 5}
MAX_DECIMALS = 9
MAX_MULTI_CHARACTERS = 1_000
NONE = "-None-"

# The published expressions (samples of the insert page), rewritten only where a quantifier within a quantifier could
# take for ever; what they accept is the same.
PHONE = re.compile(
    r"([+]?)(?![.-])(?>(?>[.-]?[ ]?[\da-zA-Z]+)+|([ ]?((?![.-])(?>[ .-]?[\da-zA-Z]+)+)(?![.])([ -]?[\da-zA-Z]+)?)+)+"
    r"(?>(?>([,]+)?[;]?[\da-zA-Z]+)+(([#][\da-zA-Z]+)+)?)?[#;]?",
    re.ASCII,
)
_HOST = r"[^\x00-\x19\x22-\x27\x2A-\x2C\x2E-\x2F\x3A-\x3F\x5B-\x5E\x60\x7B\x7D-\x7F]+"
_REST = r"(?:\.[^\x00-\x19\x22\x24-\x2C\x2E-\x2F\x3C\x3E\x40\x5B-\x5E\x60\x7B\x7D-\x7F]+)+"
WEBSITE = re.compile(rf"(?:https?://www.|ftp://www.|www.|https?://|ftp://|){_HOST}{_REST}(?:[/?].*)?")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}")
_LOCAL = frozenset("!#$%&'*+-/=?^_`{|}~.")

Keeper = Callable[[Any, JSON, Place], Any]


def is_email(text: str) -> bool:
    """Whether the published expression for addresses matches: it needs classes that `re` does not have."""
    local, found, domain = text.partition("@")
    if not found or not local or not 4 <= len(domain) <= 256:
        return False
    if not (_in(local[0], "LMN") or local[0] in "+-_"):
        return False
    if not all(_in(sign, "LMN") or sign in _LOCAL for sign in local[1:]):
        return False
    *labels, last = domain.split(".")
    if not labels or not 2 <= len(last) <= 22 or not all(_in(sign, "LM") for sign in last):
        return False
    return all(map(_is_label, labels))


def _is_label(label: str) -> bool:
    """Part of a host name: begins and ends with a letter or digit."""
    inner = all(_in(sign, "LMN") or sign in "-_" for sign in label)
    return bool(label) and inner and _in(label[0], "LMN") and _in(label[-1], "LMN")


def _in(sign: str, classes: str) -> bool:
    return unicodedata.category(sign)[0] in classes


def limit_of(field: JSON) -> int:
    """How many characters or digits the field takes."""
    kind = str(field.get("data_type"))
    area = field.get("textarea")
    usual = LENGTHS.get(kind) or DIGITS.get(kind) or 255
    if kind == "textarea" and isinstance(area, dict):
        usual = AREAS.get(str(area.get("type")), usual)
    length = field.get("length")
    return length if isinstance(length, int) and not isinstance(length, bool) and length > 0 else usual


def _text(value: Any, field: JSON, place: Place) -> str:
    kind = str(field.get("data_type"))
    if not isinstance(value, str):
        raise place.invalid(expected_data_type=kind)
    if len(value) > limit_of(field):
        raise place.invalid(maximum_length=limit_of(field))
    return value


def _email(value: Any, field: JSON, place: Place) -> str:
    text = _text(value, field, place)
    if text and not is_email(text):
        raise place.invalid(expected_data_type="email")
    return text


def _phone(value: Any, field: JSON, place: Place) -> str:
    text = _text(value, field, place)
    if text and not PHONE.fullmatch(text):
        raise place.invalid(expected_data_type="phone")
    return text


def _website(value: Any, field: JSON, place: Place) -> str:
    text = _text(value, field, place)
    if text and not WEBSITE.fullmatch(text):
        raise place.invalid(expected_data_type="website")
    return text


def _picklist(value: Any, field: JSON, place: Place) -> str | None:
    text = _text(value, field, place)
    return None if text in ("", NONE) else text


def _multi(value: Any, field: JSON, place: Place) -> list[str]:
    if not isinstance(value, list):
        raise place.invalid(expected_data_type="jsonarray")
    for number, one in enumerate(value):
        if not isinstance(one, str):
            raise place.inside(number).invalid(expected_data_type="text")
    if sum(map(len, value)) > MAX_MULTI_CHARACTERS:
        raise place.invalid(maximum_length=MAX_MULTI_CHARACTERS)
    return [one for one in dict.fromkeys(value) if one != NONE]


def _integer(value: Any, field: JSON, place: Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise place.invalid(expected_data_type="integer")
    if len(str(abs(value))) > limit_of(field):
        raise place.invalid(maximum_length=limit_of(field))
    return value


def _bigint(value: Any, field: JSON, place: Place) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+", value, re.ASCII):
        raise place.invalid(expected_data_type="bigint")
    if len(value.lstrip("-")) > limit_of(field):
        raise place.invalid(maximum_length=limit_of(field))
    return value


def _number(value: Any, field: JSON, place: Place) -> float:
    """A number with decimals.

    unverified: too many decimals are refused, not rounded, and the answer gives their highest number as `limit`.
    """
    kind = str(field.get("data_type"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise place.invalid(expected_data_type=kind)
    whole, _, rest = f"{abs(value):f}".partition(".") if isinstance(value, float) else (str(abs(value)), "", "")
    if len(whole) > limit_of(field):
        raise place.invalid(maximum_length=limit_of(field))
    told = field.get("decimal_place")
    most = told if isinstance(told, int) and not isinstance(told, bool) else MAX_DECIMALS
    if rest.strip("0") and round(float(value), most) != value:
        raise place.invalid(limit=most)
    return value


def _boolean(value: Any, _field: JSON, place: Place) -> bool:
    if not isinstance(value, bool):
        raise place.invalid(expected_data_type="boolean")
    return value


def _date(value: Any, _field: JSON, place: Place) -> str:
    try:
        if isinstance(value, str) and DATE.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass  # 30 February is said in the same words as what is no date at all
    raise place.invalid(expected_data_type="date")


def moment_of(value: Any, place: Place) -> datetime:
    """A date-time with its offset. Raises ItemError."""
    try:
        if isinstance(value, str) and DATE_TIME.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass  # as with dates
    raise place.invalid(expected_data_type="datetime")


KEEPERS: dict[str, Keeper] = {
    "text": _text,
    "textarea": _text,
    "email": _email,
    "phone": _phone,
    "website": _website,
    "picklist": _picklist,
    "multiselectpicklist": _multi,
    "integer": _integer,
    "bigint": _bigint,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "boolean": _boolean,
    "date": _date,
}
