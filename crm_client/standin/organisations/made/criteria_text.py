"""Criteria as one writes them down, "Purpose = Vehicle and Region in North,East", made into the CRM's objects."""

from __future__ import annotations

import re
from collections.abc import Callable

from crm_client.standin.organisations.made.world import JSON

_COMPARATORS = {
    "=": "equal", "!=": "not_equal", ">": "greater_than", "<": "less_than", ">=": "greater_equal", "<=": "less_equal",
    "in": "in", "has": "contains",
}  # fmt: skip
_LEAF = re.compile(r"(\w+) (!=|>=|<=|=|>|<|in|has) (.+)")


def criteria(text: str, field: Callable[[str], JSON]) -> JSON | None:
    """The object that a text describes; None for "". `field` gives the reference of a field by its api_name.

    "A = x", "A != EMPTY", "A > 5", "A in x,y", "A has x"; several joined by "and" or by "or".
    """
    if not text:
        return None
    for word in ("or", "and"):
        if f" {word} " in text:
            parts = text.split(f" {word} ")
            return {"group_operator": word, "group": [criteria(part, field) for part in parts]}
    found = _LEAF.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"no criteria: {text}")
    value: object = found[3].split(",") if found[2] == "in" else found[3].replace("EMPTY", "${EMPTY}")
    return {"comparator": _COMPARATORS[found[2]], "field": field(found[1]), "type": "value", "value": value}
