"""How the made records came to the states they are in: their way through a process, with times.

The records stand still at `world.NOW`, but a process runs: ages count from the moment at which they are first asked
for, so that what waits in a process still waits when somebody looks. A record's way depends on seed and id alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from random import Random

from crm_client.standin.blueprint_engine import SYSTEM, new_place, timeline_event
from crm_client.standin.blueprint_process import Process, Way
from crm_client.standin.organisations.made import blueprints
from crm_client.standin.organisations.made.blueprint_spec import ProcessSpec, StateSpec, StuckSpec
from crm_client.standin.organisations.made.blueprints_of import blueprints_of
from crm_client.standin.organisations.made.blueprints_stuck import STUCK
from crm_client.standin.organisations.made.fields import all_specs
from crm_client.standin.organisations.made.identity import Identity
from crm_client.standin.organisations.made.layouts import probability
from crm_client.standin.organisations.made.world import JSON, World

_DAY_S = 86_400
_MOST_STEPS = 25
_FIRST_EVENT = 40_000_000_000  # numbers of events, 100 for each record, from here
_RESTS_HERE = 0.2  # how likely a record rests in a state that it comes to
_IN_PART = 50  # per cent of a transition that was saved in part


@dataclass(frozen=True, slots=True)
class Step:
    """A change of state: `age` is how many days ago."""

    way: Way
    source: str  # picklist values
    target: str
    age: float


@dataclass(frozen=True, slots=True)
class Journey:
    """A record's whole way so far."""

    spec: ProcessSpec
    process: Process
    state: StateSpec
    began: float  # days ago
    steps: tuple[Step, ...]
    since: float  # days ago: when it came into the state it is in
    stuck: StuckSpec | None

    @property
    def has_ended(self) -> bool:
        """Whether the record has left the process at an end."""
        return self.process.is_end(self.process.state_named(self.state.value))


class Journeys:
    """The ways of a company's records."""

    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def _processes(self) -> dict[str, tuple[ProcessSpec, Process]]:
        """Description and process by the process's name, those of modules that the company has."""
        fitting = blueprints.fitting(self._world, blueprints_of(self._world.company))
        return {
            spec.name: (spec, Process.of(blueprints.process(self._world, number, spec))) for number, spec in fitting
        }

    @cached_property
    def _running(self) -> dict[str, tuple[ProcessSpec, Process]]:
        """The active process of each module."""
        return {spec.module: (spec, one) for spec, one in self._processes.values() if spec.status == "active"}

    @property
    def modules(self) -> list[str]:
        """Modules whose records are in processes."""
        fitting = blueprints.fitting(self._world, blueprints_of(self._world.company))
        return [spec.module for _, spec in fitting if spec.status == "active"]

    def of(self, who: Identity) -> Journey | None:
        """A record's way; None for those that were never in a process: every fifth, and converted leads."""
        if who.module not in self._running or who.number % 5 == 4 or (who.module == "Leads" and who.number % 15 == 0):
            return None
        spec, process = self._running[who.module]
        stuck = self._stuck(who)
        if stuck is not None and stuck.process:
            spec, process = self._processes[stuck.process]
        rng = Random(f"{self._world.company.seed}/{self._world.company.salt}/{who.id}/process")
        ways = _path(process, spec, stuck.state) if stuck is not None else _walk(process, spec, rng)
        states = {state.value: state for state in spec.states}
        value = process.value(ways[-1][1].target) if ways else spec.states[0].value
        since = age = _rest(rng, process, states[value], stuck)
        steps = []
        for source, way in reversed(ways):
            steps.append(Step(way, process.value(source), process.value(way.target), age))
            stay = way.wait_s / _DAY_S if way.is_automatic else rng.expovariate(1 / states[process.value(source)].days)
            age += max(stay, 0.02)
        return Journey(spec, process, states[value], age, tuple(reversed(steps)), since, stuck)

    def _stuck(self, who: Identity) -> StuckSpec | None:
        if self._world.company.key != "demo":
            return None
        return next((one for one in STUCK.get(who.module, ()) if one.number == who.number), None)

    def settle(self, record: JSON, who: Identity) -> None:
        """Puts the state into a record, with what belongs to it."""
        journey = self.of(who)
        if journey is None:
            return
        spec, process, state, stuck = journey.spec, journey.process, journey.state, journey.stuck
        layout = process.raw["layout"]
        record["Layout"] = {"name": layout["name"], "id": layout["id"]}
        record[spec.field] = state.value
        record["$process_flow"] = not journey.has_ended
        if spec.pipeline:
            record["Pipeline"] = spec.pipeline
        if spec.module == "Deals":
            amount, lost = record.get("Amount"), state.value.startswith("Closed Lost")
            record["Probability"] = probability(state.value)
            record["Expected_Revenue"] = round(amount * probability(state.value) / 100, 2) if amount else None
            record["Reason_For_Loss__s"] = (record["Reason_For_Loss__s"] or "Price") if lost else None
        if stuck is None:
            record.update({key: value for key, value in state.fill.items() if record.get(key) in (None, [])})
        else:
            record.update(stuck.values)
            if stuck.owner is not None:
                record["Owner"] = self._world.owner_ref(stuck.owner)

    def places(self, identities: Iterable[Identity]) -> dict[str, JSON]:
        """Where the records of a module stand in their processes, by record id."""
        now = time.time()
        found = {}
        for who in identities:
            journey = self.of(who)
            if journey is None or journey.has_ended:
                continue
            place = new_place(journey.process, journey.state.value, now - journey.since * _DAY_S)
            if journey.stuck is not None:
                names = {way.transition["name"]: way.id for ways in journey.process.ways.values() for way in ways}
                place["done"] = [names[name] for name in journey.stuck.done]
                place["partial"] = {names[name]: _IN_PART for name in [journey.stuck.partial] if name}
            found[who.id] = place
        return found

    def timelines(self, identities: Iterable[Identity]) -> dict[str, list[JSON]]:
        """What happened to the records of a module on their way, newest first, by record id."""
        now = time.time()
        return {who.id: self._events(who, journey, now) for who in identities if (journey := self.of(who)) is not None}

    def _events(self, who: Identity, journey: Journey, now: float) -> list[JSON]:
        world = self._world
        spec = journey.spec
        module = {"api_name": spec.module, "id": world.of_module(spec.module, 1)}
        place, described = next(
            (place, one) for place, one in enumerate(all_specs(world.specs[spec.module])) if one.api_name == spec.field
        )
        field = {"api_name": spec.field, "field_label": described.shown or described.label, "data_type": "picklist",
                 "id": world.of_module(spec.module, 101 + place)}  # fmt: skip
        owner = world.user_ref(who.owner)
        named = {"id": who.id, "Name": who.name}
        first = _FIRST_EVENT + (int(who.id[-9:]) % 100_000_000) * 100

        def event(number: int, age: float, by: JSON, transition: JSON | None, old: str | None, new: str) -> JSON:
            when = world.time(datetime.fromtimestamp(now - age * _DAY_S, UTC))
            return timeline_event(world.id(first + number), when, by, module, named, transition, [(field, old, new)])

        start = journey.steps[0].source if journey.steps else journey.state.value
        made = [event(0, journey.began, owner, None, None, start) | {"action": "added"}]
        for number, step in enumerate(journey.steps, 1):
            transition = {"id": step.way.id, "name": step.way.transition["name"]}
            by = SYSTEM if step.way.is_automatic else owner
            made.append(event(number, step.age, by, transition, step.source, step.target))
        return made[::-1]


def _ways(process: Process, state: str) -> list[Way]:
    """What moves a record on: a parallel transition stands for its children."""
    return [way for way in process.ways.get(state, []) if not way.is_child]


def _walk(process: Process, spec: ProcessSpec, rng: Random) -> list[tuple[str, Way]]:
    """A way by chance to a state where records rest: (state, the way out of it) …"""
    rests = {state.value for state in spec.states if state.rests}
    state = process.state_named(spec.states[0].value)
    taken: list[tuple[str, Way]] = []
    while ways := _ways(process, state):
        tired = rng.random() < _RESTS_HERE or len(taken) >= _MOST_STEPS
        if tired and process.value(state) in rests:
            break
        taken.append((state, rng.choices(ways, [_weight(process, state, way) for way in ways])[0]))
        state = taken[-1][1].target
    return taken


def _weight(process: Process, state: str, way: Way) -> float:
    """How often a way is taken: most records go on, some go back, few give up."""
    order = list(process.states)
    if process.is_end(way.target):
        return 0.25
    return 3 if order.index(way.target) > order.index(state) else 0.8


def _path(process: Process, spec: ProcessSpec, value: str) -> list[tuple[str, Way]]:
    """The shortest way to a state."""
    start = process.state_named(spec.states[0].value)
    found: dict[str, list[tuple[str, Way]]] = {start: []}
    for state in (waiting := [start]):
        for way in _ways(process, state):
            if way.target not in found:
                found[way.target] = [*found[state], (state, way)]
                waiting.append(way.target)
    return found[process.state_named(value)]


def _rest(rng: Random, process: Process, state: StateSpec, stuck: StuckSpec | None) -> float:
    """Days for which a record has been where it is: never so long that an automatic transition would have run."""
    waits = [way.wait_s / _DAY_S for way in _ways(process, process.state_named(state.value)) if way.is_automatic]
    days = rng.uniform(2, 20) if stuck is not None else 0.02 + rng.expovariate(1 / state.days)
    return min(days, *(wait * rng.uniform(0.2, 0.9) for wait in waits)) if waits else days
