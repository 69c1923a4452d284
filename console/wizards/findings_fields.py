"""Findings about fields: deleted, hidden, read-only, asked twice, required and never asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from console.diagrams.walks import Graph
from console.wizards.facts import Facts
from console.wizards.finding import Finding
from console.wizards.graph import WizardGraph
from crm_client.fields import Field
from crm_client.wizards import Wizard

# filled in by the CRM itself, whatever the metadata says about them being mandatory
_FILLED_BY_THE_CRM = frozenset({
    "Owner", "Layout", "Wizard", "Created_By", "Modified_By", "Created_Time", "Modified_Time",
})
_WRITTEN_OTHERWISE = frozenset({"subform", "profileimage"})  # their own flags say nothing about writing them


def find(wizard: Wizard, graph: WizardGraph, facts: Facts) -> Iterator[Finding]:
    """Every finding about fields."""
    if facts.fields is not None:
        yield from _each(wizard, graph, facts, facts.fields)
    yield from _twice(graph, facts)
    if facts.layout is not None:
        yield from _never_asked(graph, facts)


def _each(wizard: Wizard, graph: WizardGraph, facts: Facts, fields: dict[str, Field]) -> Iterator[Finding]:
    mine = {ref.id for ref in wizard.profiles or []}
    for place in graph.places.values():
        for name in dict.fromkeys(place.screen.field_names):
            found = fields.get(name)
            if found is None:
                yield Finding(
                    "field-deleted", "error",
                    f"The field {name} on “{place.label}” no longer exists in {wizard.module_name}.",
                    "The screen shows nothing in its place, and a value sent for it is ignored or refused.",
                    f"Take {name} off the screen, or make the field again.", place.key, place.label,
                )  # fmt: skip
                continue
            permissions = {item.id: item for item in found.profiles or [] if item.id in mine}
            hidden = [item.name for item in permissions.values() if item.permission_type == "hidden"]
            if hidden:
                yield Finding(
                    "field-hidden", "warning",
                    f"{found.label} on “{place.label}” is hidden from {_listed(hidden)}.",
                    "Users of this profile do not see the field, so they cannot fill it in.",
                    f"Give {'it' if len(hidden) == 1 else 'them'} access to the field, or take it off the screen.",
                    place.key, place.label,
                )  # fmt: skip
            reading = [item.name for item in permissions.values() if item.permission_type == "read_only"]
            if found.data_type not in _WRITTEN_OTHERWISE and (found.field_read_only or reading):
                whom = f" for {_listed(reading)}" if reading and len(reading) < len(mine) else ""
                yield Finding(
                    "field-read-only", "warning", f"{found.label} on “{place.label}” is read-only{whom}.",
                    "It can be looked at, but not filled in.",
                    "Use it as information only, or give write access to the field.", place.key, place.label,
                )  # fmt: skip


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _twice(graph: WizardGraph, facts: Facts) -> Iterator[Finding]:
    """Fields that one way asks for more than once. Loops are not gone round: a Back button is no second asking."""
    onward, order = graph.forward()
    number = {key: place for place, key in enumerate(order)}
    after: list[int] = []  # for each screen in `order`, the set of those behind it, as bits
    for key in order:
        bits = 0
        for there in onward[key]:
            bits |= 1 << number[there] | after[number[there]]
        after.append(bits)
    screens: dict[str, list[str]] = {}
    for key, place in graph.places.items():
        names = place.screen.field_names
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                yield _again(graph, facts, name, key, key)
            screens.setdefault(name, []).append(key)
    for name, keys in screens.items():
        reached = sorted((key for key in keys if key in number), key=lambda key: -number[key])
        for first in reached:
            # the nearest one behind it has the highest number among those behind
            later = next((key for key in reached if after[number[first]] >> number[key] & 1), None)
            if later is not None:
                yield _again(graph, facts, name, first, later)
                break


def _again(graph: WizardGraph, facts: Facts, name: str, first: str, later: str) -> Finding:
    label = graph.label(later)
    where = f"“{label}” asks for {facts.label(name)} twice" if first == later else (
        f"“{label}” asks for {facts.label(name)} again, after “{graph.label(first)}” has"
    )  # fmt: skip
    way = graph.walk.shortest([first], later) or []
    steps = [graph.by_step[step] for step in way]
    path = [graph.label(step.source) for step in steps] + [label] if steps else []
    return Finding(
        "field-twice", "note", f"{where}.",
        "The second answer silently replaces the first.",
        "Keep the field on one of the screens, or make the second one read-only.", later, label, way, path,
    )  # fmt: skip


def _never_asked(graph: WizardGraph, facts: Facts) -> Iterator[Finding]:
    """Fields the layout requires for which some way from a start to a save neither asks nor sets a value."""
    asked: dict[str, set[str]] = {}
    for key, place in graph.places.items():
        names = set(place.screen.field_names)
        for rule in place.screen.conditional_rules:
            for action in rule.actions:
                if action.type == "set_values":
                    names.update(action.field_names)
        for name in names:
            asked.setdefault(name, set()).add(key)
    if len(graph.starts) != 1 or not graph.saves:  # with several starts, nobody knows where a path begins
        return
    for name, on_layout in (facts.layout or {}).items():
        field_ = on_layout.field
        given = on_layout.default_value not in (None, "")
        unwritable = name in _FILLED_BY_THE_CRM or field_.operation_type.api_create is False
        if not on_layout.is_required or given or unwritable:
            continue
        way = _way_around(graph, asked.get(name, set()))
        if way is None:
            continue
        end, steps = way
        label = graph.label(end)
        path = [graph.label(graph.by_step[step].source) for step in steps] + [label]
        yield Finding(
            "required-missing", "error",
            f"{field_.label} is required on the layout “{graph.container.label}”, "
            f"but the path {' → '.join(path)} never asks for it.",
            "Saving at the end of this path is refused (MANDATORY_NOT_FOUND), after everything was typed.",
            f"Put {field_.label} on a screen that every path passes, or set it with a rule.",
            end, label, steps, path,
        )  # fmt: skip


def _way_around(graph: WizardGraph, asked: set[str]) -> tuple[str, list[str]] | None:
    """A shortest way from a start to a save that passes none of `asked`: (last screen, ids of steps); None: none."""
    starts = [key for key in graph.starts if key not in asked]
    if not starts:
        return None
    walk = graph.walk if not asked else Graph((key for key in graph.places if key not in asked), graph.walk.arrows)
    distances = walk.distances(starts)
    ends = [key for key in graph.saves if key in distances]
    if not ends:
        return None
    end = min(ends, key=distances.__getitem__)
    return end, walk.shortest(starts, end) or []
