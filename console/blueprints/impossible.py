"""Criteria that no record can meet: conditions on one field that exclude each other. Pure.

Only what is certain counts: a comparison that is not understood here excludes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from itertools import product

from crm_client.values import JSON
from crm_client.wizard_rules import EMPTY, Criteria

MOST_CASES = 256
"""How many ways of meeting criteria are tried; with more of them nothing is said."""
_EQUAL, _UNEQUAL = frozenset({"equal", "is", "in"}), frozenset({"not_equal", "isn't", "not_in"})
_ORDERED = frozenset({"greater_than", "greater_equal", "less_than", "less_equal", "between"})

Choices = Callable[[str], set[str] | None]
"""API name of a field -> the values that it can hold; None: any."""


def why_never(criteria: Criteria | None, choices: Choices) -> str | None:
    """The API name of a field on which criteria contradict themselves; None when a record could meet them."""
    cases = _cases(criteria) if criteria is not None else None
    if not cases:
        return None
    blamed = [_contradiction(case, choices) for case in cases]
    return next(iter(blamed)) if all(blamed) else None


def _cases(criteria: Criteria) -> list[list[Criteria]] | None:
    """The ways to meet criteria, each as conditions that must all hold; None: too many, or not to be understood."""
    if not criteria.group:
        return [[criteria]]
    parts = [_cases(part) for part in criteria.group]
    told = [part for part in parts if part is not None]
    if len(told) < len(parts) or criteria.group_operator not in ("and", "or"):
        return None
    if criteria.group_operator == "or":
        found = [case for part in told for case in part]
        return found if len(found) <= MOST_CASES else None
    size = 1
    for part in told:
        size *= len(part)
    if size > MOST_CASES:
        return None
    return [[leaf for case in chosen for leaf in case] for chosen in product(*told)]


def _contradiction(case: Sequence[Criteria], choices: Choices) -> str:
    """The field on which conditions that must all hold exclude each other; "" when they do not."""
    by_field: dict[str, list[Criteria]] = {}
    for leaf in case:
        if leaf.field and leaf.field.name:
            by_field.setdefault(leaf.field.name, []).append(leaf)
    return next((name for name, leaves in by_field.items() if _excluded(leaves, choices(name))), "")


def _excluded(leaves: Sequence[Criteria], offered: set[str] | None) -> bool:
    must_be_empty = any(_is_empty(leaf) and leaf.comparator in _EQUAL for leaf in leaves)
    told = [leaf for leaf in leaves if not _is_empty(leaf)]
    filled = any(_is_empty(leaf) and leaf.comparator in _UNEQUAL for leaf in leaves) or any(
        leaf.comparator in _EQUAL | _ORDERED or leaf.comparator in ("contains", "starts_with", "ends_with")
        for leaf in told
    )
    if must_be_empty and filled:
        return True
    possible: set[str] | None = set(offered) if offered is not None else None
    for leaf in told:
        if leaf.comparator in _EQUAL:
            values = _texts(leaf.value)
            possible = values if possible is None else possible & values
    if possible is not None:
        for leaf in told:
            if leaf.comparator in _UNEQUAL:
                possible = possible - _texts(leaf.value)
        if not possible and any(leaf.comparator in _EQUAL | _UNEQUAL for leaf in told):
            return True
    return _out_of_range(told, possible if offered is None else None)


def _out_of_range(leaves: Sequence[Criteria], exactly: set[str] | None) -> bool:
    """Whether no number lies within all of them."""
    low, high, low_in, high_in = Decimal("-Infinity"), Decimal("Infinity"), True, True
    for leaf in leaves:
        bounds = _bounds(leaf)
        if bounds is None:
            continue
        least, least_in, most, most_in = bounds
        if least is not None and (least > low or (least == low and not least_in)):
            low, low_in = least, least_in
        if most is not None and (most < high or (most == high and not most_in)):
            high, high_in = most, most_in
    if low > high or (low == high and not (low_in and high_in)):
        return True
    numbers = [_number(text) for text in exactly or ()]
    if not numbers or any(number is None for number in numbers):
        return False
    return not any(number is not None and _within(number, low, low_in, high, high_in) for number in numbers)


def _within(number: Decimal, low: Decimal, low_in: bool, high: Decimal, high_in: bool) -> bool:
    return (number > low or (low_in and number == low)) and (number < high or (high_in and number == high))


def _bounds(leaf: Criteria) -> tuple[Decimal | None, bool, Decimal | None, bool] | None:
    """(least, is it included, most, is it included) of a comparison of numbers; None for any other."""
    if leaf.comparator == "between" and isinstance(leaf.value, list) and len(leaf.value) == 2:
        return _number(leaf.value[0]), True, _number(leaf.value[1]), True
    number = _number(leaf.value)
    if number is None:
        return None
    if leaf.comparator in ("greater_than", "greater_equal"):
        return number, leaf.comparator == "greater_equal", None, True
    if leaf.comparator in ("less_than", "less_equal"):
        return None, True, number, leaf.comparator == "less_equal"
    return None


def _number(value: JSON) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _texts(value: JSON) -> set[str]:
    return {str(item) for item in (value if isinstance(value, list) else [value])}


def _is_empty(leaf: Criteria) -> bool:
    return leaf.value is None or leaf.value == EMPTY
