"""A process as the graph it is: states, and the ways that its transitions make between them. Pure.

Arrows name their ends and their transition by API name, so both get keys of their own here: their ids, or a number
where an id is missing or stands twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from console.diagrams.walks import Graph
from crm_client.blueprint_parts import State, Transition
from crm_client.blueprints import Blueprint, ProcessArrow


@dataclass(slots=True)
class Place:
    """A state. `position` is its place on the canvas; `is_end`: records leave the process there."""

    key: str
    state: State
    number: int
    position: tuple[float, float] | None = None
    is_start: bool = False
    is_end: bool = False

    @property
    def label(self) -> str:
        return self.state.label


@dataclass(slots=True)
class Move:
    """A transition with the ways it makes; a child of a parallel one makes none of its own."""

    key: str
    transition: Transition
    number: int
    steps: list[Step] = field(default_factory=list)
    children: list[Move] = field(default_factory=list)
    parent: Move | None = None

    @property
    def label(self) -> str:
        return self.transition.label

    @property
    def is_common(self) -> bool:
        return self.transition.is_common or len({step.source for step in self.steps}) > 1


@dataclass(slots=True)
class Step:
    """One way from a state to another, or to itself. `move` None: the arrow names no transition of this process."""

    id: str
    source: str
    target: str
    name: str
    move: Move | None

    @property
    def is_automatic(self) -> bool:
        return self.move is not None and self.move.transition.is_automatic


class ProcessGraph:
    """The states and ways of one process.

    places  {key: Place} in the order of the answer; moves {key: Move} likewise
    steps   every arrow between two known states
    lost    arrows whose ends are no states here
    start   key of the state where records begin: the CRM marks none, so it is the first one, unless another without a
            way in leads to more states; "" without states
    """

    def __init__(self, process: Blueprint) -> None:
        self.process = process
        self.places: dict[str, Place] = {}
        self.moves: dict[str, Move] = {}
        self._by_name: dict[str, str] = {}
        self._place_states()
        self._add_transitions()
        self.steps: list[Step] = []
        self.lost: list[ProcessArrow] = []
        self._add_arrows()
        self.walk: Graph[Step] = Graph(self.places, self.steps)
        self.start = self._start()
        if self.start:
            self.places[self.start].is_start = True
        self.reached = self.walk.distances([self.start])
        for place in self.places.values():
            onward = any(step.target != place.key for step in self.walk.out[place.key])
            place.is_end = not onward and place.state.escalation is None
        self.by_step = {step.id: step for step in self.steps}

    def label(self, key: str) -> str:
        return self.places[key].label if key in self.places else key

    def place_of(self, field_value: str) -> Place | None:
        """The state of a record whose state field holds this value."""
        places = self.places.values()
        exact = (one for one in places if field_value and one.state.actual_value == field_value)
        return next(exact, None) or next((one for one in places if one.state.holds(field_value)), None)

    def move_of(self, transition_id: str, name: str = "") -> Move | None:
        """A transition by its id, else by its name."""
        for one in self.moves.values():
            if transition_id and one.transition.id == transition_id:
                return one
        return next((one for one in self.moves.values() if name and name == one.transition.name), None)

    def leaving(self, key: str) -> list[Move]:
        """The transitions out of a state, each once, without children of parallel ones."""
        found = {step.move.key: step.move for step in self.walk.out.get(key, ()) if step.move}
        return list(found.values())

    def sources(self, move: Move) -> list[Place]:
        """The states that a transition leaves; those of its parent for a child."""
        steps = move.steps or (move.parent.steps if move.parent else [])
        return [self.places[key] for key in dict.fromkeys(step.source for step in steps)]

    def _place_states(self) -> None:
        where = {place.state: (float(place.x), float(place.y)) for place in self.process.places}
        for number, state in enumerate(self.process.states, 1):
            key = state.id if state.id and state.id not in self.places else f"state-{number}"
            self.places[key] = Place(key, state, number, where.get(state.api_name))
            for name in (state.api_name, state.name, state.actual_value):
                if name:
                    self._by_name.setdefault(name, key)
        for key, place in self.places.items():  # an API name always means its own state
            if place.state.api_name:
                self._by_name[place.state.api_name] = key

    def _add_transitions(self) -> None:
        for number, one in enumerate(self.process.transitions, 1):
            key = one.id if one.id and one.id not in self.moves else f"transition-{number}"
            self.moves[key] = Move(key, one, number)
        for move in self.moves.values():
            ref = move.transition.parent
            if ref is None:
                continue
            same = (
                one for one in self.moves.values() if one is not move and _is_named(one.transition, ref.id, ref.name)
            )
            move.parent = next(same, None)
            if move.parent is not None:
                move.parent.children.append(move)

    def _add_arrows(self) -> None:
        by_id = {move.transition.id: move for move in self.moves.values() if move.transition.id}
        by_name: dict[str, Move] = {}
        for move in self.moves.values():
            by_name.setdefault(move.transition.api_name, move)
            by_name.setdefault(move.transition.name, move)
        for number, arrow in enumerate(self.process.arrows, 1):
            source, target = self._by_name.get(arrow.source), self._by_name.get(arrow.target)
            if source is None or target is None:
                self.lost.append(arrow)
                continue
            found = by_id.get(arrow.transition_id) if arrow.transition_id else None
            found = found or (by_name.get(arrow.transition) if arrow.transition else None)
            step = Step(f"arrow-{number}", source, target, arrow.name or arrow.transition, found)
            self.steps.append(step)
            if found is not None:
                found.steps.append(step)

    def _start(self) -> str:
        if not self.places:
            return ""
        first = next(iter(self.places))
        without_way_in = (key for key in self.places if not any(step.source != key for step in self.walk.into[key]))
        return max([first, *without_way_in], key=lambda key: len(self.walk.reachable([key])))


def _is_named(one: Transition, id_: str, name: str) -> bool:
    return bool(id_ and one.id == id_) or bool(not id_ and name and name in (one.api_name, one.name))
