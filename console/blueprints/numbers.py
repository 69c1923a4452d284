"""Numbers on the map: records per state, how long they stay, how many are overdue. Pure; times in seconds."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from console.blueprints import words
from console.blueprints.graph import Place, ProcessGraph
from crm_client.timeline import TimelineEvent
from crm_client.values import JsonObject

HEAT = 5
"""Degrees of heat: 1 for few records, HEAT for the state that holds most."""


@dataclass(slots=True)
class StateNumbers:
    """One state. `stays` and `waiting` are of the sample; None where it says nothing.

    overdue  of the records of the sample that are in the state now, those past its escalation; None without one
    """

    label: str
    key: str
    count: int
    share: float
    heat: int
    stays: int
    median: str
    ninetieth: str
    waiting: int
    overdue: int | None


@dataclass(slots=True)
class Numbers:
    """All states in the order of the process, and what was counted beside them.

    sample   number of records whose history was read
    outside  [(value, count)]: values of the state field that are no state
    """

    states: dict[str, StateNumbers]
    total: int
    sample: int
    outside: list[tuple[str, int]]
    notes: list[str]


@dataclass(slots=True)
class History:
    """How long records stayed in states (left again), and how long those that are there wait already."""

    stays: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, events: Iterable[TimelineEvent], field_name: str, now: datetime) -> None:
        """One record's timeline, in any order; what came before its first event is not known."""
        moves = []
        for event in events:
            at = words.moment(event.audited_time)
            for change in event.changes:
                if at is not None and change.api_name == field_name and change.new:
                    moves.append((at, change.new))
        moves.sort(key=lambda move: move[0])
        for (came, value), (left, _) in pairwise(moves):
            self.stays[value].append(int((left - came).total_seconds()))
        if moves:
            came, value = moves[-1]
            self.waiting[value].append(max(0, int((now - came).total_seconds())))

    def as_json(self) -> JsonObject:
        return {"stays": dict(self.stays), "waiting": dict(self.waiting)}

    @classmethod
    def of_json(cls, raw: JsonObject) -> History:
        return cls(defaultdict(list, raw.get("stays", {})), defaultdict(list, raw.get("waiting", {})))


def percentile(values: Sequence[int], share: float) -> int:
    """The nearest-rank percentile: the smallest value that `share` of all do not exceed. Needs one value at least."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(by_state: Mapping[str, Sequence[str]], most: int) -> list[str]:
    """Up to `most` ids, taken from the states in turn, so that rare states are looked at too."""
    found: list[str] = []
    depth = 0
    while len(found) < most and any(len(ids) > depth for ids in by_state.values()):
        found += [ids[depth] for ids in by_state.values() if len(ids) > depth]
        depth += 1
    return found[:most]


def numbers(graph: ProcessGraph, result: JsonObject) -> Numbers:
    """What a finished job counted, on the states of the process as it is now."""
    counts: dict[str, int] = Counter(result.get("counts", {}))
    history = History.of_json(result)
    by_key: dict[str, list[str]] = defaultdict(list)
    outside = []
    for value, count in counts.items():
        place = graph.place_of(value)
        if place is None:
            outside.append((value, count))
        else:
            by_key[place.key].append(value)
    total = sum(counts[value] for values in by_key.values() for value in values)
    most = max((sum(counts[value] for value in values) for values in by_key.values()), default=0)
    states = {
        place.key: _state(place, sum(counts[value] for value in by_key[place.key]), total, most, history)
        for place in graph.places.values()
    }
    return Numbers(states, total, int(result.get("sample", 0)), outside, list(result.get("notes", [])))


def _state(place: Place, count: int, total: int, most: int, history: History) -> StateNumbers:
    values = {place.state.actual_value, place.state.name}
    stays = [one for value in values for one in history.stays.get(value, ())]
    waiting = [one for value in values for one in history.waiting.get(value, ())]
    escalation = place.state.escalation
    after = escalation.span.seconds if escalation and escalation.span else None
    return StateNumbers(
        place.label,
        place.key,
        count,
        100 * count / total if total else 0.0,
        0 if not count else min(HEAT, 1 + int(HEAT * count / most)) if most else 0,
        len(stays),
        words.stretch(percentile(stays, 0.5)) if stays else "",
        words.stretch(percentile(stays, 0.9)) if stays else "",
        len(waiting),
        None if after is None else sum(one > after for one in waiting),
    )
