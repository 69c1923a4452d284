"""What is wrong in a process, as sentences with a place, a reason and a remedy. Pure.

`check` runs every examination; `Facts` is what the rest of the CRM's metadata says. Where a fact is missing, the
examinations that need it are left out and `not_checked` says so. A process that was only seen on records is not
examined: what it lacks may just not have been seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from console.blueprints import words
from console.blueprints.facts import Facts
from console.blueprints.finding import ORDER, Finding
from console.blueprints.graph import Move, ProcessGraph, Step
from console.blueprints.impossible import why_never
from console.conditions import criteria, listed
from console.diagrams.walks import Graph
from crm_client.users import User

CODES = {
    "unreachable": "States that no way leads to",
    "dead-end": "States without a way out that are no ends",
    "nobody": "Transitions that nobody may run",
    "hidden-input": "Required inputs that are hidden from who must fill them in",
    "automatic-loop": "Loops that run by themselves",
    "ignored-value": "Values of the state field that the process ignores",
    "never-matches": "Criteria that can never match",
    "lost-value": "States whose value the state field no longer has",
    "lost-arrow": "Arrows that point nowhere",
    "unused": "Transitions that no arrow takes",
    "no-states": "Processes without states",
}
"""Every code with its heading."""


@dataclass(slots=True)
class Report:
    """The findings of one process, worst first, and what could not be examined."""

    findings: list[Finding] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """(severity, how many) of those there are, worst first."""
        found = [(severity, sum(item.severity == severity for item in self.findings)) for severity in ORDER]
        return [(severity, count) for severity, count in found if count]


def check(graph: ProcessGraph, facts: Facts) -> Report:
    """Everything that is wrong in one process."""
    if graph.process.status == "seen":
        return Report([], ["It was put together from records, so it was not examined: what is missing may be unseen."])
    found = [*_ways(graph), *_transitions(graph, facts), *_values(graph, facts)]
    order = {severity: place for place, severity in enumerate(ORDER)}
    found.sort(key=lambda item: order[item.severity])
    return Report(found, facts.missing())


def _ways(graph: ProcessGraph) -> Iterator[Finding]:
    if not graph.places:
        yield Finding(
            "no-states", "error", f"The process “{graph.process.label}” has no states that could be read.",
            "No record can be in it.", "Add states in Zoho’s blueprint editor, or delete the process.",
        )  # fmt: skip
        return
    for arrow in graph.lost:
        ends = f"“{arrow.source or '?'}” to “{arrow.target or '?'}”"
        yield Finding(
            "lost-arrow", "warning", f"An arrow from {ends} points to a state that this process does not have.",
            "It is left over from a state that was deleted, and cannot be drawn.",
            "Open the blueprint in Zoho’s editor and save it again, which drops such arrows.", arrow.name,
        )  # fmt: skip
    for place in graph.places.values():
        if place.key not in graph.reached:
            yield Finding(
                "unreachable", "warning", f"No transition leads to the state “{place.label}” from the start.",
                "Records come here only when they enter the process in this state, never through it.",
                f"Draw a transition that leads to “{place.label}”, or take the state out.", place.label, place.key,
            )  # fmt: skip
        elif not place.is_end and not any(step.target != place.key for step in graph.walk.out[place.key]):
            yield Finding(
                "dead-end", "error",
                f"No transition leaves the state “{place.label}”, although it has an escalation.",
                "Records wait here, become overdue, and can never go on.",
                f"Draw a transition that leaves “{place.label}”, or remove its escalation if this is an end.",
                place.label, place.key,
            )  # fmt: skip
    yield from _automatic_loops(graph)


def _automatic_loops(graph: ProcessGraph) -> Iterator[Finding]:
    own: Graph[Step] = Graph(graph.places, (step for step in graph.steps if step.is_automatic))
    for loop in own.loops():
        members = set(loop)
        steps = [step for key in loop for step in own.out[key] if step.target in members]
        moves = {step.move.key: step.move for step in steps if step.move}
        first = min(moves.values(), key=lambda move: move.number)
        names = listed([f"“{move.label}”" for move in moves.values()])
        around = " → ".join(f"“{graph.label(key)}”" for key in [*loop[:6], loop[0]])
        yield Finding(
            "automatic-loop", "error", f"Automatic transitions go round without anybody: {names} ({around}).",
            "Records change their state again and again by themselves, and set off automation each time.",
            "Make one of these transitions manual, or lead it out of the loop.",
            first.label, transition=first.key, steps=[step.id for step in steps],
        )  # fmt: skip


def _transitions(graph: ProcessGraph, facts: Facts) -> Iterator[Finding]:
    people = facts.people
    for move in graph.moves.values():
        one = move.transition
        who = people.who(one.owners) if not one.is_automatic else None
        steps = [step.id for step in move.steps]
        if not move.steps and move.parent is None:
            yield Finding(
                "unused", "note", f"No arrow takes the transition “{move.label}”.",
                "It is never offered, from no state.",
                "Draw it in Zoho’s blueprint editor, or delete it.", move.label, transition=move.key,
            )  # fmt: skip
        if who is not None and not who:
            yield Finding(
                "nobody", "error",
                f"Nobody may run the transition “{move.label}”: it is for {words.owners(one.owners, people)}, "
                "and no active user is among them.",
                "It is never offered to anybody, so records do not get past it.",
                "Give it to somebody who works here, or to a role or profile that is in use.",
                move.label, transition=move.key, steps=steps,
            )  # fmt: skip
        yield from _hidden(move, who, facts)
        name = why_never(one.criteria, facts.choices)
        if name is not None:
            told = criteria(one.criteria, facts.label)
            yield Finding(
                "never-matches", "error",
                f"No record can ever meet the criteria of “{move.label}”: {told}.",
                f"The conditions on {facts.label(name)} exclude each other, so the transition is never open.",
                "Mend the criteria in Zoho’s blueprint editor.", move.label, transition=move.key, steps=steps,
            )  # fmt: skip
    name = why_never(graph.process.entry_criteria, facts.choices)
    if name is not None:
        yield Finding(
            "never-matches", "error",
            f"No record can ever enter: {criteria(graph.process.entry_criteria, facts.label)}.",
            f"The conditions on {facts.label(name)} exclude each other.",
            "Mend the entry criteria of the blueprint.", graph.process.label,
        )  # fmt: skip


def _hidden(move: Move, who: list[User] | None, facts: Facts) -> Iterator[Finding]:
    """Mandatory fields that who runs the transition does not see; where anybody may, all must be kept from it."""
    if move.transition.is_automatic or facts.fields is None:
        return
    everybody = [one for one in facts.people.users or () if one.is_active]
    runners = everybody if who is None else who
    profiles = {one.profile.id: one.profile.name for one in runners if one.profile}
    for asked in move.transition.during_inputs:
        if asked.type != "field" or not asked.is_mandatory or not profiles:
            continue
        hidden = facts.hidden_from(asked.name) & set(profiles)
        if not hidden or (who is None and hidden != set(profiles)):
            continue
        names = listed(sorted(profiles[id_] or id_ for id_ in hidden))
        yield Finding(
            "hidden-input", "error",
            f"“{move.label}” requires {facts.label(asked.name)}, which is hidden from the profile {names}.",
            "Who must run the transition cannot fill in what it asks for, so the record stays where it is.",
            "Give the profile access to the field, or make the input optional.",
            move.label, transition=move.key, steps=[step.id for step in move.steps],
        )  # fmt: skip


def _values(graph: ProcessGraph, facts: Facts) -> Iterator[Finding]:
    """Values of the picklist that no state stands for, and states that stand for none."""
    if facts.values is None or not graph.places:
        return
    states = [place.state for place in graph.places.values()]
    if graph.process.status != "inactive":  # what is switched off has a right to be behind the times
        for value in facts.values:
            if not any(state.holds(value.actual) or state.holds(value.shown) for state in states):
                yield Finding(
                    "ignored-value", "note",
                    f"The process ignores the value “{value.shown}” of {_field(graph)}.",
                    "A record that is given this value stands outside the process, and nobody is told.",
                    "Add it as a state, or take the value away where it is not used.", value.shown,
                )  # fmt: skip
    for place in graph.places.values():
        state = place.state
        if not any(state.holds(value.actual) or state.holds(value.shown) for value in facts.values):
            yield Finding(
                "lost-value", "error",
                f"The state “{place.label}” stands for a value that {_field(graph)} no longer has.",
                "No record can come into this state any more.",
                "Put the value back, or take the state out of the blueprint.", place.label, place.key,
            )  # fmt: skip


def _field(graph: ProcessGraph) -> str:
    return graph.process.field_label or graph.process.field_name or "the state field"
