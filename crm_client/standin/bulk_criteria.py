"""Criteria of a Bulk Read: which comparator goes with which kind of field, and what it finds (bulk.md, section 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_client.standin.comparing import AREA, BOOLEAN, DATE, DATETIME, MULTI, NUMBER, ORDERED, REFERENCE, wanted
from crm_client.standin.coql_columns import Columns, Field
from crm_client.standin.errors import ApiError
from crm_client.standin.organisation import JSON

MOST_CONDITIONS = 25  # unverified: the number
MOST_VALUES = 100  # unverified: the number
EMPTY = "${EMPTY}"

_EQUAL = ("equal", "not_equal", "in", "not_in")
_TEXT = (*_EQUAL, "contains", "not_contains", "starts_with", "ends_with")
_SIZES = (*_EQUAL, "less_than", "less_equal", "greater_than", "greater_equal")
_TIMES = (*_SIZES, "between", "not_between")
COMPARATORS = {NUMBER: _SIZES, DATE: _TIMES, DATETIME: _TIMES, BOOLEAN: ("equal",), REFERENCE: _EQUAL}

Test = Callable[[JSON], bool]


def test_of(criteria: Any, columns: Columns, module: str) -> Test:
    """The test that a group or one condition makes. Raises ApiError."""
    counted: list[int] = []
    return _test(criteria, columns, module, counted, 0)


def _test(criteria: Any, columns: Columns, module: str, counted: list[int], depth: int) -> Test:
    if not isinstance(criteria, dict) or depth > 20:
        raise ApiError("INVALID_CRITERIA")
    group = criteria.get("group")
    if group is None:
        counted.append(1)
        if len(counted) > MOST_CONDITIONS:
            raise ApiError("CRITERIA_LIMIT_EXCEEDED", {"max_limit": MOST_CONDITIONS})
        return _condition(criteria, columns, module)
    if "field" in criteria:
        raise ApiError("AMBIGUOUS_CRITERIA")
    if not isinstance(group, list) or not group:
        raise ApiError("INVALID_CRITERIA")
    operator = str(criteria.get("group_operator")).lower()
    if operator not in ("and", "or"):
        raise ApiError("GROUP_OPERATOR_NOT_SUPPORTED")
    tests = [_test(part, columns, module, counted, depth + 1) for part in group]
    join = all if operator == "and" else any
    return lambda record: join(test(record) for test in tests)


def _condition(criteria: JSON, columns: Columns, module: str) -> Test:
    told = criteria.get("field")
    name = str(told.get("api_name") or "") if isinstance(told, dict) else str(criteria.get("api_name") or "")
    try:
        field = columns.field(name)
    except ApiError:
        raise ApiError("FIELD_IN_CRITERIA_NOT_AVAILABLE", {"api_name": name, "module": module}) from None
    comparator = str(criteria.get("comparator"))
    allowed = COMPARATORS.get(field.kind or "", _TEXT)
    if field.kind is None or field.kind == AREA or comparator not in allowed:
        details = {"comparator": comparator, "api_name": name, "supported": list(allowed)}
        raise ApiError("FIELD_AND_COMPARATOR_IN_CRITERIA_NOT_COMPATIBLE", details)
    value = criteria.get("value")
    several = comparator.removeprefix("not_") in ("in", "between")
    values: list[Any] = value if isinstance(value, list) else [value]
    if isinstance(value, list) is not several or (comparator.endswith("between") and len(values) != 2):
        details = {"comparator": comparator, "api_name": name}
        raise ApiError("COMPARATOR_AND_VALUE_IN_CRITERIA_NOT_COMPATIBLE", details)
    if len(values) > MOST_VALUES:
        raise ApiError("VALUE_LIMIT_EXCEEDED_IN_CRITERIA", {"max_limit": MOST_VALUES})
    return _compared(field, comparator, [_wanted(field, name, one) for one in values])


def _wanted(field: Field, name: str, value: Any) -> Any:
    if value == EMPTY or value is None:
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    try:
        return wanted(str(field.kind), text)
    except ValueError:
        raise ApiError("FIELD_AND_VALUE_IN_CRITERIA_NOT_COMPATIBLE", {"api_name": name}) from None


def _compared(field: Field, comparator: str, want: list[Any]) -> Test:
    """unverified: an empty field fulfils no comparator but `equal` and `in` with ${EMPTY}, and those that negate."""
    negated = comparator.startswith("not_")
    plain = comparator.removeprefix("not_")

    def fits(have: Any) -> bool:
        if plain in ("equal", "in"):
            return any(one in have if field.kind == MULTI and have is not None else have == one for one in want)
        if have is None or None in want:
            return False
        if plain == "between":
            return bool(want[0] <= have <= want[1])
        if plain in ORDERED:
            return ORDERED[plain](have, want[0])
        texts = have if isinstance(have, list) else [have]
        tests: dict[str, Callable[[str], bool]] = {
            "contains": lambda text: want[0] in text,
            "starts_with": lambda text: text.startswith(want[0]),
            "ends_with": lambda text: text.endswith(want[0]),
        }
        return any(map(tests[plain], texts))

    return lambda record: fits(field.value(record)) is not negated
