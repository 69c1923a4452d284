"""One screen as its panel shows it: segments with columns as on the real screen, buttons, rules in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from console.wizards import rules_in_words as words
from console.wizards.facts import Facts
from console.wizards.finding import Finding
from console.wizards.graph import Place, WizardGraph
from crm_client.wizard_screens import Button, Segment

_SEGMENT_WORDS = {"text_label": "Text", "subforms": "Subform", "widget": "Widget", "composite": "", "buttons": ""}


@dataclass(slots=True)
class FieldLine:
    """A field on the screen. `notes`: deleted, hidden from the profile one looks as, read-only …"""

    name: str
    label: str
    type: str
    is_required: bool
    notes: list[str]


@dataclass(slots=True)
class Block:
    """A segment. `kind` is "" for plain fields; `lines` the paragraphs of a text label."""

    title: str
    kind: str
    columns: int
    fields: list[FieldLine] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    is_empty: bool = False


@dataclass(slots=True)
class ButtonLine:
    label: str
    effect: str
    conditions: list[str]
    fill: str
    ink: str
    shape: str
    target: str       # key of the screen it leads to; "" for none
    connection_id: str
    is_barred: bool   # not for whom one looks as


@dataclass(slots=True)
class Way:
    """A way in: the buttons that lead here from a screen."""

    key: str
    label: str
    buttons: str


@dataclass(slots=True)
class ScreenCard:
    place: Place
    blocks: list[Block]
    buttons: list[ButtonLine]
    rules: list[str]
    ways_in: list[Way]
    findings: list[Finding]
    presses: int | None    # fewest button presses from the start; None: it cannot be reached


def screen_card(graph: WizardGraph, place: Place, facts: Facts, findings: Sequence[Finding]) -> ScreenCard:
    """Everything about one screen, as the graph's viewer sees it."""
    return ScreenCard(
        place,
        [_block(part, facts, graph.viewer.profile) for part in place.screen.segments if part.type != "buttons"],
        [_button(button, place.key, graph, facts) for button in place.screen.buttons],
        [words.rule(rule, facts.label) for rule in place.screen.conditional_rules],
        [
            Way(arrow.source, graph.label(arrow.source), ", ".join(b.label for b in graph.by_step[arrow.id].buttons))
            for arrow in graph.walk.into[place.key]
        ],
        [item for item in findings if item.screen == place.key],
        graph.reached.get(place.key),
    )


def _block(segment: Segment, facts: Facts, profile: str) -> Block:
    kind = _SEGMENT_WORDS.get(segment.type, f"Segment of a kind not known here ({segment.type or 'none named'})")
    fields = [
        _field(element.name, element.is_field, facts, profile) for element in segment.elements if element.name
    ]
    lines = segment.content.split("\n") if segment.content else []
    if segment.widget:
        lines.append(segment.widget.name or segment.widget.id)
    return Block(segment.label, kind, segment.column_count, fields, lines, not fields and not lines)


def _field(name: str, is_field: bool, facts: Facts, profile: str) -> FieldLine:
    if not is_field:
        return FieldLine(name, name, "query component", False, [])
    found = facts.find(name)
    if found is None:
        notes = ["no such field in this module"] if facts.fields is not None else []
        return FieldLine(name, name, "", False, notes)
    notes = []
    permission = next((item.permission_type for item in found.profiles or [] if item.id == profile), "")
    if permission == "hidden":
        notes.append("hidden from this profile")
    elif found.field_read_only or permission == "read_only":
        notes.append("read-only")
    if facts.layout is not None and name not in facts.layout:
        notes.append("not on this layout")
    return FieldLine(name, found.label, found.data_type.replace("_", " "), facts.is_required(name), notes)


def _button(button: Button, key: str, graph: WizardGraph, facts: Facts) -> ButtonLine:
    target = button.target_screen.id if button.target_screen else ""
    step = graph.by_ends.get((key, target))
    return ButtonLine(
        button.label or "(no label)",
        words.effect(button),
        words.conditions(button, facts.label),
        button.background_colour or "",
        button.colour or "",
        button.shape,
        target if target in graph.places else "",
        step.connection_id if step else "",
        not graph.viewer.may_press(button),
    )
