"""Conditions of custom views: which records they let through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_client.standin.organisation import JSON


def matches(record: JSON, criteria: Any) -> bool:
    """Whether a record fulfils the criteria of a custom view.

    A group, or one condition {"field": {"api_name"}, "comparator", "value"}. Text compares without regard to case;
    empty text is null.
    unverified: a comparator that is not known here lets every record through.
    """
    if not isinstance(criteria, dict) or not criteria:
        return True
    group = criteria.get("group")
    if isinstance(group, list) and group:
        results = (matches(record, part) for part in group)
        return any(results) if str(criteria.get("group_operator")).lower() == "or" else all(results)
    field = criteria.get("field")
    name = str(field.get("api_name")) if isinstance(field, dict) else ""
    compare = COMPARATORS.get(str(criteria.get("comparator")).lower().replace(" ", "_"))
    return True if compare is None else compare(comparable(record.get(name)), _wanted(criteria.get("value")))


def comparable(value: Any) -> Any:
    """A record's value in a form that can be compared: references by id, text folded, empty as None."""
    if isinstance(value, dict):
        return str(value.get("id") or value.get("name") or "").casefold() or None
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, str):
        return value.casefold() or None
    return value


def _wanted(value: Any) -> Any:
    if value in ("${EMPTY}", ["${EMPTY}"], ""):
        return None
    return comparable(value)


def _equal(have: Any, want: Any) -> bool:
    if isinstance(want, list):
        return any(_equal(have, one) for one in want)
    if isinstance(have, list):
        return want in have
    if isinstance(have, bool) and isinstance(want, str):
        return str(have).casefold() == want
    return bool(have == want)


def _text(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    def compare(have: Any, want: Any) -> bool:
        wants = want if isinstance(want, list) else [want]
        return isinstance(have, str) and any(test(have, str(one)) for one in wants)

    return compare


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(have: Any, want: Any) -> bool:
        try:
            return bool(test(have, type(have)(want)))
        except (TypeError, ValueError):
            return False  # null, or a number against a word

    return compare


COMPARATORS: dict[str, Callable[[Any, Any], bool]] = {
    "equal": _equal,
    "equals": _equal,
    "in": _equal,
    "not_equal": lambda have, want: not _equal(have, want),
    "contains": _text(lambda have, want: want in have),
    "not_contains": lambda have, want: not _text(lambda text, part: part in text)(have, want),
    "starts_with": _text(str.startswith),
    "ends_with": _text(str.endswith),
    "greater_than": _ordered(lambda have, want: have > want),
    "greater_equal": _ordered(lambda have, want: have >= want),
    "less_than": _ordered(lambda have, want: have < want),
    "less_equal": _ordered(lambda have, want: have <= want),
    "between": lambda have, want: (
        isinstance(want, list)
        and len(want) == 2
        and COMPARATORS["greater_equal"](have, want[0])
        and COMPARATORS["less_equal"](have, want[1])
    ),
}
