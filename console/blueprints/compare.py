"""What differs between two processes (production and sandbox, or two of one module): in sentences and on one map. Pure.

Ids differ between organisations, so states are matched by the value they stand for, transitions by their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from console.blueprints import words
from console.blueprints.facts import Facts
from console.blueprints.graph import Move, Place, ProcessGraph
from console.conditions import criteria
from console.diagrams import Arrow, Badge, Comparison, Label, Node, Picture


@dataclass(slots=True)
class Change:
    """One difference, seen from the first process to the second. `what`: process, state, transition, input, arrow …"""

    kind: str
    what: str
    sentence: str


@dataclass(slots=True)
class Side:
    """One of the two, with what is known around it."""

    graph: ProcessGraph
    facts: Facts


@dataclass(slots=True)
class Pair:
    """A state in the first process, in the second, or in both; at least one of the two is there."""

    one: Place | None
    other: Place | None
    changes: list[Change] = field(default_factory=list)

    @property
    def place(self) -> Place:
        found = self.other or self.one
        if found is None:
            raise ValueError("a pair of nothing")
        return found

    @property
    def value(self) -> str:
        return self.place.state.actual_value or self.place.key

    @property
    def kind(self) -> str:
        if self.one is None or self.other is None:
            return "added" if self.one is None else "removed"
        return "changed" if self.changes else ""


def compare(one: Side, other: Side) -> Comparison[Change]:
    """The way from the first to the second: what was removed, added, changed."""
    changes = list(_heads(one, other))
    pairs = _paired(one.graph, other.graph)
    for pair in pairs.values():
        pair.changes = list(_states(pair))
        changes += pair.changes
    before, after = _by_name(one.graph), _by_name(other.graph)
    changed: set[str] = set()
    for name in dict.fromkeys([*before, *after]):
        about = list(_moves(name, before.get(name), after.get(name), one.facts, other.facts))
        changes += about
        if about:
            changed.add(name)
    arrows, about_arrows = _arrows(one.graph, other.graph, before, after, changed)
    nodes = [_node(value, pair) for value, pair in pairs.items()]
    starts = [value for value, pair in pairs.items() if pair.place.is_start]
    return Comparison([*changes, *about_arrows], Picture(nodes, arrows, starts[:1]))


def _paired(one: ProcessGraph, other: ProcessGraph) -> dict[str, Pair]:
    pairs: dict[str, Pair] = {}
    for place in one.places.values():
        pairs.setdefault(place.state.actual_value or place.key, Pair(place, None))
    for place in other.places.values():
        pairs.setdefault(place.state.actual_value or place.key, Pair(None, place)).other = place
    return pairs


def _by_name(graph: ProcessGraph) -> dict[str, Move]:
    found: dict[str, Move] = {}
    for move in graph.moves.values():
        found.setdefault(move.label, move)
    return found


def _heads(one: Side, other: Side) -> Iterator[Change]:
    before, after = one.graph.process, other.graph.process
    told = [
        ("is called", before.label, after.label),
        ("is", words.STATUSES.get(before.status, before.status), words.STATUSES.get(after.status, after.status)),
        ("runs for the layout", _name(before.layout), _name(after.layout)),
        ("runs for the pipeline", _name(before.pipeline), _name(after.pipeline)),
        ("runs on the field", before.field_label or before.field_name, after.field_label or after.field_name),
        ("is led by", words.owners(before.owners, one.facts.people), words.owners(after.owners, other.facts.people)),
        ("lets records enter when", criteria(before.entry_criteria, one.facts.label) or "they are made",
         criteria(after.entry_criteria, other.facts.label) or "they are made"),
    ]  # fmt: skip
    for verb, was, now in told:
        if was != now:
            yield Change("changed", "process", f"The process {verb} {now or 'none'}, where it was {was or 'none'}.")


def _name(ref: object) -> str:
    return str(getattr(ref, "name", "") or "")


def _states(pair: Pair) -> Iterator[Change]:
    one, other = pair.one, pair.other
    if one is None or other is None:
        yield Change(pair.kind, "state", f"The state “{pair.place.label}” was {pair.kind}.")
        return
    if one.label != other.label:
        yield Change("changed", "state", f"The state “{one.label}” is called “{other.label}”.")
    before, after = (
        " ".join(words.escalation(place.state.escalation)) if place.state.escalation else "" for place in (one, other)
    )
    if before != after:
        was, now = (text.rstrip(".") or "none" for text in (before, after))
        yield Change("changed", "escalation", f"The escalation of “{other.label}” is now: {now}. It was: {was}.")


def _moves(name: str, one: Move | None, other: Move | None, known: Facts, there: Facts) -> Iterator[Change]:
    if one is None or other is None:
        kind = "added" if one is None else "removed"
        yield Change(kind, "transition", f"The transition “{name}” was {kind}.")
        return
    before, after = one.transition, other.transition
    runs = [words.waits(item) or "by hand" for item in (before, after)]
    if runs[0] != runs[1]:
        yield Change("changed", "transition", f"“{name}” runs {runs[1]}, where it ran {runs[0]}.")
    if before.transition_type != after.transition_type:
        kinds = [item.transition_type.replace("_", " ") or "of no kind" for item in (before, after)]
        yield Change("changed", "transition", f"“{name}” is a {kinds[1]}, where it was a {kinds[0]}.")
    whose = [words.owners(before.owners, known.people), words.owners(after.owners, there.people)]
    if whose[0] != whose[1]:
        yield Change("changed", "owner", f"“{name}” may be run by {whose[1]}, where it was {whose[0]}.")
    when = [criteria(before.criteria, known.label), criteria(after.criteria, there.label)]
    if when[0] != when[1]:
        kind = "added" if not when[0] else "removed" if not when[1] else "changed"
        now, was = when[1] or "always", when[0] or "always"
        yield Change(kind, "criteria", f"“{name}” is open {_when(now)}, where it was open {_when(was)}.")
    yield from _inputs(name, one, other, known, there)
    done = [[words.action(item) for item in transition.actions] for transition in (before, after)]
    yield from _lists(name, "action", done[0], done[1], "“{}” no longer {}.", "“{}” also {}.")


def _when(told: str) -> str:
    return told if told == "always" else f"when {told}"


def _inputs(name: str, one: Move, other: Move, known: Facts, there: Facts) -> Iterator[Change]:
    before = {words.input_label(item, known): item.is_mandatory for item in one.transition.during_inputs}
    after = {words.input_label(item, there): item.is_mandatory for item in other.transition.during_inputs}
    yield from _lists(
        name, "input", list(before), list(after), "“{}” no longer asks for {}.", "“{}” asks for {} in addition."
    )
    for label in before:
        if label in after and before[label] is not after[label]:
            must = "requires" if after[label] else "no longer requires"
            yield Change("changed", "input", f"“{name}” {must} {label}.")


def _lists(name: str, what: str, one: Sequence[str], other: Sequence[str], gone: str, new: str) -> Iterator[Change]:
    before, after = Counter(one), Counter(other)
    for text in before - after:
        yield Change("removed", what, gone.format(name, text))
    for text in after - before:
        yield Change("added", what, new.format(name, text))


def _ways(graph: ProcessGraph) -> dict[tuple[str, str, str], Move | None]:
    """{(value it leaves, value it leads to, transition): the transition}"""
    value = {key: place.state.actual_value or key for key, place in graph.places.items()}
    return {
        (value[step.source], value[step.target], step.move.label if step.move else step.name): step.move
        for step in graph.steps
    }


def _arrows(
    one: ProcessGraph, other: ProcessGraph, before: dict[str, Move], after: dict[str, Move], changed: set[str]
) -> tuple[list[Arrow], list[Change]]:
    was, now = _ways(one), _ways(other)
    arrows, changes = [], []
    for number, way in enumerate(dict.fromkeys([*was, *now]), 1):
        source, target, name = way
        kind = "" if way in was and way in now else "removed" if way in was else "added"
        if kind and name in before and name in after:  # else the transition itself was added or removed
            text = f"“{name}” {'leads' if kind == 'added' else 'no longer leads'} from “{source}” to “{target}”."
            changes.append(Change(kind, "arrow", text))
        kind = kind or ("changed" if name in changed else "")
        move = now.get(way) or was.get(way)
        css = f"{kind} automatic".strip() if move and move.transition.is_automatic else kind
        arrows.append(Arrow(f"way-{number}", source, target, [Label(name or "(no transition)", kind)], css))
    return arrows, changes


def _node(value: str, pair: Pair) -> Node:
    place, count = pair.place, len(pair.changes)
    badges = [Badge(pair.kind, pair.kind)] if pair.kind in ("added", "removed") else []
    if pair.kind == "changed":
        text = "1 change" if count == 1 else f"{count} changes"
        badges = [Badge(text, "changed", " ".join(change.sentence for change in pair.changes))]
    marks = ["start"] if place.is_start else ["end"] if place.is_end and not pair.kind else []
    return Node(value, place.label, "", badges, " ".join([*marks, pair.kind]).strip(), position=place.position)
