"""What stands beside the map: everything about one state, or about one transition. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.blueprints import words
from console.blueprints.facts import Facts
from console.blueprints.finding import Finding
from console.blueprints.graph import Move, Place, ProcessGraph, Step
from console.blueprints.numbers import Numbers, StateNumbers
from console.conditions import criteria
from crm_client.blueprint_parts import DuringInput


@dataclass(slots=True)
class InputLine:
    """An input. `notes`: what its value must fulfil, from whom it is hidden."""

    label: str
    name: str
    is_mandatory: bool
    notes: list[str]


@dataclass(slots=True)
class WayLine:
    """A way in or out: the state at its other end, and the transition that makes it (None: none is known)."""

    key: str
    label: str
    move: Move | None
    name: str
    waits: str


@dataclass(slots=True)
class StateCard:
    place: Place
    facts: list[str]
    escalation: list[str]
    ways_out: list[WayLine]
    ways_in: list[WayLine]
    findings: list[Finding]
    numbers: StateNumbers | None


@dataclass(slots=True)
class TransitionCard:
    """A transition. `kind`: manual, automatic with its time, parallel, child … in words."""

    move: Move
    kind: str
    ends: list[tuple[Place, Place]]
    owners: str
    criteria: str
    inputs: list[InputLine]
    actions: list[str]
    children: list[Move]
    parent: Move | None
    findings: list[Finding]


def state_card(
    graph: ProcessGraph, place: Place, findings: Sequence[Finding], numbers: Numbers | None = None
) -> StateCard:
    """Everything about one state."""
    escalation = place.state.escalation
    told = [f"Holds the value “{place.state.actual_value}”."] if place.state.actual_value != place.label else []
    presses = graph.reached.get(place.key)
    if presses is None:
        told.append("No way leads here from the start.")
    elif presses:
        told.append(f"{presses} {'transition' if presses == 1 else 'transitions'} from the start.")
    return StateCard(
        place,
        told,
        words.escalation(escalation) if escalation else [],
        [_way(step, step.target, graph) for step in graph.walk.out[place.key]],
        [_way(step, step.source, graph) for step in graph.walk.into[place.key]],
        [item for item in findings if item.state == place.key],
        numbers.states.get(place.key) if numbers else None,
    )


def _way(step: Step, other: str, graph: ProcessGraph) -> WayLine:
    move = step.move
    name = move.label if move else step.name or "(no transition)"
    return WayLine(other, graph.label(other), move, name, words.waits(move.transition) if move else "")


def transition_card(graph: ProcessGraph, move: Move, facts: Facts, findings: Sequence[Finding]) -> TransitionCard:
    """Everything about one transition."""
    one = move.transition
    kind = f"Runs {words.waits(one)}." if one.is_automatic else "Run by hand."
    if one.is_parallel or move.children:
        kind = "Parallel: it closes by itself when all its parts are done."
    elif one.is_child or move.parent:
        kind = f"A part of “{move.parent.label}”." if move.parent else "A part of a parallel transition."
    if move.is_common:
        kind += f" Common: it leaves {len({step.source for step in move.steps})} states."
    return TransitionCard(
        move,
        kind,
        [(graph.places[step.source], graph.places[step.target]) for step in move.steps],
        words.owners(one.owners, facts.people),
        criteria(one.criteria, facts.label),
        [_input(item, facts) for item in one.during_inputs],
        [words.action(item) for item in one.actions],
        move.children,
        move.parent,
        [item for item in findings if item.transition == move.key],
    )


def _input(asked: DuringInput, facts: Facts) -> InputLine:
    notes = []
    if asked.validation is not None:
        notes.append(f"must fulfil: {criteria(asked.validation, facts.label)}")
    if asked.validation_message:
        notes.append(f"else it says “{asked.validation_message}”")
    name = asked.name if asked.type == "field" else ""
    if name and facts.fields is not None and name not in facts.fields:
        notes.append("no such field in this module")
    return InputLine(words.input_label(asked, facts), name, asked.is_mandatory, notes)
