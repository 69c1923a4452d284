"""Criteria of the CRM as sentences: "Lead Source is Referral", and lists of names. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from crm_client.values import JSON, Ref, as_text
from crm_client.wizard_rules import EMPTY, Criteria

Label = Callable[[str], str]
"""API name of a field -> what people call it."""

_COMPARISONS = {
    "equal": "is", "is": "is", "not_equal": "is not", "isn't": "is not", "contains": "contains",
    "not_contains": "does not contain", "starts_with": "begins with", "ends_with": "ends with", "in": "is one of",
    "not_in": "is none of", "between": "is between", "not_between": "is not between", "greater_than": "is more than",
    "greater_equal": "is at least", "less_than": "is less than", "less_equal": "is at most",
}  # fmt: skip


def same(name: str) -> str:
    """The label of a field whose label is not known: its API name."""
    return name


def criteria(found: Criteria | None, label: Label = same) -> str:
    """ "Purpose is Vehicle and (Region is North or Region is South)"; "" for no criteria."""
    if found is None:
        return ""
    if found.group:
        parts = [f"({criteria(part, label)})" if len(part.group) > 1 else criteria(part, label) for part in found.group]
        return f" {found.group_operator or 'and'} ".join(parts)
    name = label(found.field.name) if found.field and found.field.name else "a field that is not named"
    if found.value == EMPTY or found.value is None:
        return f"{name} is not empty" if found.comparator in ("not_equal", "isn't") else f"{name} is empty"
    comparison = _COMPARISONS.get(found.comparator, found.comparator or "is compared with")
    return f"{name} {comparison} {value(found.value)}"


def value(found: JSON) -> str:
    """A value of a condition or action."""
    if isinstance(found, list):
        return ", ".join(value(item) for item in found) or "nothing"
    if isinstance(found, dict):
        return as_text(found.get("name")) or as_text(found.get("display_value")) or "an object"
    if isinstance(found, bool):
        return "yes" if found else "no"
    if found is None or found == EMPTY:
        return "empty"
    return as_text(found) if isinstance(found, str) else str(found)[:60]


def names_of(refs: Iterable[Ref] | None) -> list[str]:
    """Each name once; the id where there is no name."""
    return list(dict.fromkeys(ref.name or ref.id for ref in refs or ()))


def listed(names: Sequence[str], word: str = "and") -> str:
    """ "A", "A and B", "A, B and C"; "" for none."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}" if names else ""
