"""A transition that is open from a record's state, as its page shows it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.blueprints import words
from console.blueprints.stuck import Case, is_free, parents_of
from console.conditions import criteria
from crm_client.record_blueprints import NextTransition, OpenTransition, TransitionField


@dataclass(slots=True)
class Asked:
    """One input with its kind and its current value, both in words."""

    label: str
    name: str
    kind: str
    is_mandatory: bool
    value: str
    is_missing: bool


@dataclass(slots=True)
class Offered:
    """`kind`: run by hand, by itself, parallel, a part …; `criteria`: what the record must meet; `key`: on the map."""

    one: OpenTransition
    kind: str
    is_free: bool
    at: datetime | None
    criteria: str
    refused: str
    inputs: list[Asked]
    onward: list[NextTransition]
    key: str


def offered(one: OpenTransition, case: Case) -> Offered:
    """Everything about one open transition."""
    parents = parents_of(case.place)
    move = case.graph.move_of(one.id, one.name) if case.graph else None
    rule = move.transition.criteria if move else None
    kind = "Run by hand"
    if one.is_automatic:
        kind = "Runs by itself"
    elif one.id in parents:
        kind = "Parallel: closes by itself once its parts are done"
    elif one.parent is not None:
        parent = case.graph.move_of(one.parent.id) if case.graph else None
        kind = f"A part of “{parent.label if parent else one.parent.name or 'a parallel transition'}”"
    refused = one.criteria_message or "The record does not meet its criteria."
    missing = {id(asked) for asked in one.missing()}
    return Offered(
        one,
        kind,
        is_free(one, parents),
        words.moment(one.execution_time),
        criteria(rule, case.facts.label),
        refused if one.criteria_matched is False else "",
        [_asked(asked, one, is_missing=id(asked) in missing) for asked in one.fields],
        one.next_transitions,
        move.key if move else "",
    )


def _asked(asked: TransitionField, one: OpenTransition, *, is_missing: bool) -> Asked:
    kind = asked.kind.replace("_", " ") or f"{asked.type or 'none named'} (not known here)"
    if asked.field is not None:
        kind = asked.field.data_type.replace("_", " ") or "field"
    value = words.shown(one.data.get(asked.key)) if asked.key else ""
    return Asked(words.field_label(asked), asked.api_name, kind, asked.is_mandatory, value, is_missing)
