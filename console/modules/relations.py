"""How modules hang together, and custom views' criteria in words. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from console.modules.browse import label
from crm_client.fields import Field
from crm_client.modules import Module
from crm_client.values import JSON, as_object, as_objects, as_text

_COMPARATORS = {
    "equal": "is",
    "not_equal": "is not",
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "greater_than": "is more than",
    "less_than": "is less than",
    "greater_equal": "is at least",
    "less_equal": "is at most",
    "between": "is between",
    "not_between": "is not between",
    "in": "is one of",
    "not_in": "is none of",
}
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_]{1,60})\}")
_PLACEHOLDERS = {"CURRENTUSER": "the user who looks", "NOTEMPTY": "not empty"}
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another module and how it is related: "parent", "subform", "many to many with Products" …"""

    api_name: str
    label: str
    how: str


def neighbours(module: Module, modules: Sequence[Module], fields: Sequence[Field]) -> list[Neighbour]:
    """Parent, children, and what the module's own fields point to. A name that no module has is left out.

    fields  the module's fields as far as they are kept; [] when they are not
    """
    known = {other.api_name: other for other in modules if other.api_name}
    found: dict[tuple[str, str], Neighbour] = {}

    def add(name: str, how: str) -> None:
        other = known.get(name)
        if other is not None and name != module.api_name:
            found.setdefault((name, how), Neighbour(name, label(other), how))

    if module.parent_module:
        add(module.parent_module.name, "parent")
    for other in modules:
        if other.parent_module and other.parent_module.name == module.api_name:
            add(other.api_name, "subform" if other.generated_type == "subform" else "child")
    for item in fields:
        if item.lookup and item.lookup.module:
            add(item.lookup.module.name, f"lookup {item.label}")
        for target in item.multi_module_lookup.modules if item.multi_module_lookup else ():
            add(target.name, f"lookup {item.label}")
        linking = item.multiselectlookup or item.multiuserlookup
        if linking and linking.linking_module:
            add(linking.linking_module.name, f"linking module of {item.label}")
        if linking and linking.connected_module:
            add(linking.connected_module.name, f"many to many through {item.label}")
        if item.associated_module:
            add(item.associated_module.name, f"behind {item.label}")
    return list(found.values())


def around(module: Module, modules: Sequence[Module]) -> tuple[Module | None, Module | None]:
    """The module before and the one after it in the CRM's order; only those that have an API name."""
    named = [other for other in modules if other.api_name]
    place = next((n for n, other in enumerate(named) if other.api_name == module.api_name), None)
    if place is None:
        return None, None
    return (named[place - 1] if place else None), (named[place + 1] if place + 1 < len(named) else None)


def criteria(raw: JSON, depth: int = 0) -> str:
    """The criteria of a custom view in words: `Lead_Status is "New" and Amount is more than "5"`; "" without any."""
    found = as_object(raw)
    group = as_objects(found.get("group"))
    if group and depth < _DEEPEST:
        joint = f" {as_text(found.get('group_operator')).lower() or 'and'} "
        parts = [part for part in (criteria(item, depth + 1) for item in group[:20]) if part]
        text = joint.join(parts)
        return f"({text})" if depth and len(parts) > 1 else text
    if group:
        return "…"
    name = as_text(as_object(found.get("field")).get("api_name")) or as_text(found.get("field"))
    if not name:
        return ""
    comparator = as_text(found.get("comparator"))
    return f"{name} {_COMPARATORS.get(comparator, comparator)} {_value(found.get('value'))}".strip()


def _placeholder(found: re.Match[str]) -> str:
    name = found[1]
    return _PLACEHOLDERS.get(name) or name.replace("_", " ").lower()


def _value(value: JSON) -> str:
    if isinstance(value, str):
        text = as_text(value)
        return _PLACEHOLDER.sub(_placeholder, text) if text.startswith("${") else f"“{text}”"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return ", ".join(_value(item) for item in value[:20])
    if isinstance(value, dict):
        return f"“{as_text(value.get('name') or value.get('api_name'))}”"
    return "empty" if value is None else ""
