"""A process as cards and arrows for the hall that draws them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from console.blueprints import words
from console.blueprints.facts import Facts
from console.blueprints.finding import Finding
from console.blueprints.graph import Place, ProcessGraph, Step
from console.blueprints.numbers import Numbers, StateNumbers
from console.conditions import criteria
from console.diagrams import Arrow, Badge, Label, Node, Picture

STATES = ("state", "states")  # what a card of the drawing is
_PLAIN = frozenset({"#f27e22"})  # the colour that the CRM gives to transitions nobody has coloured
_TONES = {"error": "problem", "warning": "warning"}


@dataclass(slots=True)
class Lit:
    """What is lit on the picture, the rest being dimmed. Empty: nothing is dimmed.

    states   keys; steps: ids of arrows
    current  key of the state that is open beside the map, or in which a record is
    chosen   key of the transition that is open beside the map
    """

    states: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)
    current: str = ""
    chosen: str = ""

    @property
    def is_on(self) -> bool:
        return bool(self.states or self.steps)


@dataclass(slots=True)
class Addresses:
    """Where a state and a transition lead, by key; None: nowhere (exports)."""

    state: Callable[[str], str] | None = None
    transition: Callable[[str], str] | None = None


def picture(
    graph: ProcessGraph,
    facts: Facts,
    findings: Sequence[Finding] = (),
    lit: Lit | None = None,
    addresses: Addresses | None = None,
    numbers: Numbers | None = None,
) -> Picture:
    """Cards and arrows of a process; findings are marked, numbers stand on the cards as figures and as heat."""
    lit, addresses = lit or Lit(), addresses or Addresses()
    by_state: dict[str, list[Finding]] = {}
    for item in findings:
        if item.state:
            by_state.setdefault(item.state, []).append(item)
    bad = {item.transition for item in findings if item.transition and item.severity == "error"}
    nodes = [
        _node(place, by_state.get(place.key, []), lit, addresses, numbers.states.get(place.key) if numbers else None)
        for place in graph.places.values()
    ]
    arrows = [_arrow(step, graph, facts, bad, lit, addresses) for step in _in_reading_order(graph)]
    return Picture(nodes, arrows, [graph.start] if graph.start else [])


def _in_reading_order(graph: ProcessGraph) -> list[Step]:
    """The ways by the state they leave; the CRM's own order is that of their making."""
    number = {key: place.number for key, place in graph.places.items()}
    return sorted(graph.steps, key=lambda step: number[step.source])


def _node(place: Place, found: Sequence[Finding], lit: Lit, addresses: Addresses, counted: StateNumbers | None) -> Node:
    kinds = ["start"] if place.is_start else []
    if place.is_end:
        kinds.append("end")
    if place.key == lit.current:
        kinds.append("current")
    elif lit.is_on and place.key not in lit.states:
        kinds.append("muted")
    badges = []
    if counted is not None:
        kinds += [f"heat-{counted.heat}"] if counted.heat else []
        badges.append(Badge(f"{counted.count:,} {'record' if counted.count == 1 else 'records'}", "count"))
        if counted.median:
            badges.append(Badge(f"half leave in {counted.median}", "", f"Nine of ten leave in {counted.ninetieth}."))
        if counted.overdue:
            told = f"{counted.overdue} of {counted.waiting} overdue"
            badges.append(Badge(told, "problem", "Of the records of the sample that are in this state."))
    escalation = place.state.escalation
    if escalation is not None:
        after = words.span(escalation.span)
        badges.append(
            Badge(f"overdue after {after}" if after else "escalation", "", " ".join(words.escalation(escalation)))
        )
    if found:
        tone = next((_TONES[one.severity] for one in found if one.severity in _TONES), "")
        if tone:
            kinds.append(tone)
        count = len(found)
        text = "1 finding" if count == 1 else f"{count} findings"
        badges.append(Badge(text, tone, " ".join(item.sentence for item in found)))
    value = place.state.actual_value
    return Node(
        place.key,
        place.label,
        "" if value == place.label else value,
        badges,
        " ".join(kinds),
        position=place.position,
        href=addresses.state(place.key) if addresses.state else None,
        title=f"{place.label} ({value})" if value != place.label else place.label,
    )


def _arrow(step: Step, graph: ProcessGraph, facts: Facts, bad: set[str], lit: Lit, addresses: Addresses) -> Arrow:
    move = step.move
    kinds = ["automatic"] if step.is_automatic else []
    if move is not None and move.key in bad:
        kinds.append("problem")
    if lit.is_on:
        kinds.append("current" if step.id in lit.steps else "muted")
    elif move is not None and move.key == lit.chosen:
        kinds.append("current")
    ends = f"{graph.label(step.source)} → {graph.label(step.target)}"
    if move is None:
        name = step.name or "(no transition)"
        told = "This process has no such transition."
        return Arrow(
            step.id, step.source, step.target, [Label(name, "warning", None, told)], " ".join(kinds), title=ends
        )
    one = move.transition
    fill = None if one.colour in _PLAIN or lit.is_on else one.colour
    told = _told(move.label, step, facts)
    labels = [Label(move.label, "", fill, told)]
    if one.is_automatic:
        labels.append(Label(f"after {words.span(one.after)}" if one.after else "by itself", "muted", None, told))
    if move.children:
        names = ", ".join(child.label for child in move.children)
        labels.append(Label(f"after {len(move.children)} in parallel", "muted", None, names))
    if one.criteria is not None:
        labels.append(Label("with criteria", "muted", None, criteria(one.criteria, facts.label)))
    href = addresses.transition(move.key) if addresses.transition else None
    return Arrow(step.id, step.source, step.target, labels, " ".join(kinds), href=href, title=f"{ends}: {told}")


def _told(label: str, step: Step, facts: Facts) -> str:
    """The whole of a transition in a line."""
    if step.move is None:
        return label
    one = step.move.transition
    parts = [words.waits(one) if one.is_automatic else f"by {words.owners(one.owners, facts.people)}"]
    if one.criteria is not None:
        parts.append(f"when {criteria(one.criteria, facts.label)}")
    asked = words.inputs([item for item in one.during_inputs if item.is_mandatory], facts)
    if asked:
        parts.append(f"requires {asked}")
    return f"{label} ({'; '.join(parts)})"
