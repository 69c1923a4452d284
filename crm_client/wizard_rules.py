"""Conditional rules of a wizard's screen, and the criteria that rules and buttons share.

source  GET /settings/wizards/{id}?layout_id=  zoho.com/crm/developer/docs/api/v8/get-wizards.html
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from crm_client.values import JSON, JsonObject, Ref, as_api_ref, as_id, as_object, as_ref, as_refs, as_text
from crm_client.wizard_notes import Notes, known, made, objects

EMPTY = "${EMPTY}"  # the CRM's way of writing "no value" in a criterion
COMPARATORS = frozenset({
    "equal", "not_equal", "contains", "not_contains", "starts_with", "ends_with", "in", "not_in", "between",
    "not_between", "greater_than", "greater_equal", "less_than", "less_equal", "is", "isn't",
})
ACTION_TYPES = frozenset({
    "set_values", "set_lock", "show_component", "show_widget", "set_mandatory", "hide", "show", "make_read_only",
})
EXECUTE_ON = frozenset({"create", "edit", "create_edit"})
_GROUPS = frozenset({"and", "or"})
_DEEPEST = 12  # groups inside groups that are followed; the CRM's own editor makes two


@dataclass(slots=True)
class Criteria:
    """A condition: either a leaf (`field comparator value`) or a group of conditions joined by and/or."""

    comparator: str = ""                 # "" in a group
    field: Ref | None = None             # .name is the field's API name; None in a group, or when it names nothing
    type: str = ""                       # value, or what comes next
    value: JSON = None                   # EMPTY: no value
    group_operator: str = ""             # and, or; "" in a leaf
    group: list[Criteria] = dataclasses.field(default_factory=list)

    @property
    def is_group(self) -> bool:
        return bool(self.group)

    def leaves(self) -> Iterator[Criteria]:
        """Every `field comparator value` in it."""
        if not self.group:
            yield self
        for part in self.group:
            yield from part.leaves()

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "", depth: int = 0) -> Criteria | None:
        """None for null and for what is no condition at all."""
        notes = Notes() if notes is None else notes
        if raw is None or raw == {}:
            return None
        if type(raw) is not dict:
            notes.add(place, "the criteria are no object and could not be read")
            return None
        if "group" in raw or "group_operator" in raw:
            if depth >= _DEEPEST:
                notes.add(place, f"criteria nested more than {_DEEPEST} levels deep were left out")
                return None
            parts = objects(raw.get("group"), notes, place, "conditions of a group")
            inner = [cls.from_api(part, notes, place, depth + 1) for part in parts]
            group = [part for part in inner if part is not None]
            operator = known(raw.get("group_operator"), _GROUPS, notes, place, "the joining word")
            return cls(group_operator=operator, group=group) if group else None
        found = as_api_ref(raw.get("field"))
        if found is None:
            notes.add(place, "a condition names no field")
        comparator = known(raw.get("comparator"), COMPARATORS, notes, place, "the comparator")
        return cls(comparator, found, as_text(raw.get("type")), raw.get("value"))


@dataclass(slots=True)
class RuleAction:
    """What a rule does when its criteria hold."""

    id: str
    type: str                            # one of ACTION_TYPES, or what comes next
    field: Ref | None                    # .name is the API name
    fields: list[Ref]
    segment: Ref | None                  # .name is its label
    widget: Ref | None
    value: JSON                          # for set_values
    exempted_profiles: list[Ref]         # set_lock: these may still edit
    exempted_portal_user_types: list[Ref]

    @property
    def field_names(self) -> list[str]:
        """API names of every field that it acts on, each once."""
        refs = [*([self.field] if self.field else []), *self.fields]
        return list(dict.fromkeys(ref.name for ref in refs if ref.name))

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> RuleAction:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        get = raw.get
        fields = [ref for item in objects(get("fields"), notes, place, "fields of an action")
                  if (ref := as_api_ref(item)) is not None]
        return cls(
            as_id(get("id")),
            known(get("type"), ACTION_TYPES, notes, place, "the action"),
            as_api_ref(get("field")),
            fields,
            labelled(get("segment")),
            labelled(get("widget")),
            get("value"),
            as_refs(get("exempted_profiles")),
            as_refs(get("exempted_portal_user_types")),
        )


@dataclass(slots=True)
class ConditionalRule:
    """When something holds on a screen, do something on it."""

    query_id: str
    execute_on: str                      # create, edit, create_edit
    criteria: Criteria | None            # None: none, or none that could be read
    actions: list[RuleAction]
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> ConditionalRule:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        get = raw.get
        where = f"{place}, a conditional rule".removeprefix(", ")
        return cls(
            as_id(get("query_id")) or as_id(get("id")),
            known(get("execute_on"), EXECUTE_ON, notes, where, "the moment"),
            Criteria.from_api(get("criteria"), notes, where),
            made(get("actions"), RuleAction.from_api, notes, where, "actions"),
            raw,
        )


def labelled(value: JSON) -> Ref | None:
    """{"id", "display_label" or "name"} as a Ref; None when it names nothing."""
    if type(value) is not dict:
        return None
    ref = as_ref(value)
    label = as_text(value.get("display_label")) or (ref.name if ref else "")
    id_ = as_id(value.get("id"))
    return Ref(id_, label) if id_ or label else None
