"""Criteria in the words of `criteria_message`. unverified: the CRM's own wording."""

from __future__ import annotations

from typing import Any

_WORDS = {
    "equal": "is", "not_equal": "is not", "contains": "contains", "not_contains": "does not contain",
    "starts_with": "starts with", "ends_with": "ends with", "in": "is one of", "greater_than": "is greater than",
    "greater_equal": "is at least", "less_than": "is less than", "less_equal": "is at most", "between": "is between",
}  # fmt: skip


def in_words(criteria: Any) -> str:
    """What a record would have to fulfil, as one sentence."""
    return f"The record does not meet the criteria: {_text(criteria)}."


def _text(criteria: Any) -> str:
    if not isinstance(criteria, dict):
        return "unknown"
    group = criteria.get("group")
    if isinstance(group, list):
        return f" {criteria.get('group_operator')} ".join(_text(part) for part in group)
    field = criteria.get("field")
    name = str(field.get("api_name")).replace("_", " ") if isinstance(field, dict) else "?"
    value = criteria.get("value")
    if value == "${EMPTY}":
        return f"{name} {'is not empty' if criteria.get('comparator') == 'not_equal' else 'is empty'}"
    shown = " and ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{name} {_WORDS.get(str(criteria.get('comparator')), criteria.get('comparator'))} {shown}"
