r"""Search criteria, built so that a value can never be taken for a part of the language. Pure.

    all_of(where("Last_Name", "equals", "Burns, B"), where("Annual_Revenue", "between", [1, 2]))
    → ((Last_Name:equals:Burns\, B)and(Annual_Revenue:between:1,2))

source  zoho.com/crm/developer/docs/api/v8/search-records.html ("criteria")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from crm_client.errors import InvalidName
from crm_client.names import checked_name

OPERATORS = (
    "equals", "not_equal", "starts_with", "in", "between", "greater_than", "greater_equal", "less_than", "less_equal",
)  # fmt: skip
MOST_CONDITIONS = 10
MOST_VALUES = 100  # of `in`
_ESCAPES = str.maketrans({letter: "\\" + letter for letter in "\\(),"})
_NEVER = ("${EMPTY}", "${NOTEMPTY}")  # said to mean "empty" and "not empty": never what somebody typed

Value: TypeAlias = str | bool | int | float | Decimal | date | datetime


@dataclass(frozen=True, slots=True)
class Criteria:
    """Conditions in the CRM's language, escaped; `str()` of it goes into the call, which percent-encodes it."""

    text: str
    count: int  # conditions

    def __str__(self) -> str:
        return self.text


def where(api_name: str, operator: str, value: Value | Sequence[Value]) -> Criteria:
    """One condition.

    operator  one of OPERATORS; which of them a field takes depends on its type. On text, `equals` finds every record
              that contains the value: look at what came (`Records.find` does)
    value     a list for `in` (up to 100) and `between` (two); date-times need an offset
    raises    InvalidName: no field name, no operator, a value that cannot be searched for (empty, NUL)
    """
    checked_name(api_name, "the field")
    if operator not in OPERATORS:
        raise InvalidName("the search has no such operator", what=f"records by {api_name}")
    if operator in ("in", "between"):
        values = list(value) if not isinstance(value, str) and isinstance(value, Sequence) else []
        most, least = (MOST_VALUES, 1) if operator == "in" else (2, 2)
        if not least <= len(values) <= most:
            raise InvalidName(f"“{operator}” takes {least} to {most} values", what=f"records by {api_name}")
        told = ",".join(_told(one, api_name) for one in values)
    elif isinstance(value, str) or not isinstance(value, Sequence):
        told = _told(value, api_name)
    else:
        raise InvalidName(f"“{operator}” takes one value", what=f"records by {api_name}")
    return Criteria(f"({api_name}:{operator}:{told})", 1)


def all_of(*parts: Criteria) -> Criteria:
    """All of them hold. Raises InvalidName beyond ten conditions in all."""
    return _joined("and", parts)


def any_of(*parts: Criteria) -> Criteria:
    """At least one of them holds. Raises InvalidName beyond ten conditions in all."""
    return _joined("or", parts)


def _joined(word: str, parts: tuple[Criteria, ...]) -> Criteria:
    count = sum(part.count for part in parts)
    if not 1 <= count <= MOST_CONDITIONS:
        raise InvalidName(f"a search takes 1 to {MOST_CONDITIONS} conditions, not {count}", what="records")
    if len(parts) == 1:
        return parts[0]
    return Criteria(f"({word.join(part.text for part in parts)})", count)


def _told(value: Value, api_name: str) -> str:
    if isinstance(value, str):
        if not value.strip() or "\0" in value or value in _NEVER:
            raise InvalidName("this value cannot be searched for", what=f"records by {api_name}")
        return value.translate(_ESCAPES)
    return plain(value, f"records by {api_name}")


def plain(value: Value, what: str) -> str:
    """A value that is no text, as queries write it: true, 12.5, 2026-01-31, 2026-01-31T10:00:00+00:00.

    raises   InvalidName for a number that is none (NaN) and for a date-time without an offset
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidName("a date-time needs its offset", what=what)
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if number.is_finite():
            return format(number, "f")
    raise InvalidName("this value cannot be searched for", what=what)
