"""A process put together from what records showed, where its settings are refused: "seen, not configured". Pure.

Each look at a record gives its state and the transitions that leave it; the union over records in different states is
the map. What was never seen is missing from it, so it is never examined for what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from crm_client.blueprints import Blueprint
from crm_client.record_blueprints import OpenTransition, RecordBlueprint
from crm_client.values import JsonObject


@dataclass(slots=True)
class Sighting:
    """What one process showed: plain values, as a job keeps them.

    states  {value: number of records looked at in it}; 0: only as the target of a transition
    moves   {transition id: {name, trigger, colour, parent, inputs, ways [[state, state]]}}
    """

    id: str
    name: str
    module: str
    field_name: str
    field_label: str
    is_continuous: bool | None = None
    states: dict[str, int] = field(default_factory=dict)
    moves: dict[str, JsonObject] = field(default_factory=dict)

    def add(self, place: RecordBlueprint) -> None:
        """One more record."""
        here = place.field_value
        self.name, self.field_name = place.process_name or self.name, place.field_name or self.field_name
        self.field_label = place.field_label or self.field_label
        self.is_continuous = place.is_continuous if self.is_continuous is None else self.is_continuous
        self.states[here] = self.states.get(here, 0) + 1
        for one in place.transitions:
            self._move(one, here)
            if one.next_field_value:
                self.states.setdefault(one.next_field_value, 0)

    def _move(self, one: OpenTransition, here: str) -> None:
        key = one.id or one.name
        known = self.moves.setdefault(key, {"ways": []})
        known.update({
            "name": one.name, "trigger": one.type, "colour": one.colour,
            "parent": {"id": one.parent.id, "name": one.parent.name} if one.parent else None,
            "inputs": [
                {"type": item.kind or item.type, "optional": not item.is_mandatory, "name": item.label,
                 "field": {"api_name": item.api_name} if item.api_name else None}
                for item in one.fields
            ],
        })  # fmt: skip
        way = [here, one.next_field_value]
        if way[1] and way not in known["ways"]:
            known["ways"].append(way)

    @property
    def looked_at(self) -> int:
        return sum(self.states.values())

    @property
    def unseen(self) -> list[str]:
        """States that only transitions named: no record of them was looked at."""
        return [value for value, count in self.states.items() if not count]

    def as_json(self) -> JsonObject:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of_json(cls, raw: JsonObject) -> Sighting:
        return cls(**{name: raw[name] for name in cls.__slots__ if name in raw})

    @classmethod
    def of(cls, module: str, place: RecordBlueprint) -> Sighting:
        """The first record of a process."""
        made = cls(place.process_id, place.process_name, module, place.field_name, place.field_label)
        made.add(place)
        return made


@dataclass(slots=True)
class Seen:
    """A process as records showed it, in the shape of a configured one; its status is "seen"."""

    process: Blueprint
    looked_at: int
    unseen: list[str]


def process_of(sighting: Sighting) -> Seen:
    """The sighting as a process that the map can draw."""
    parents = {move["parent"]["id"] for move in sighting.moves.values() if move.get("parent")}
    raw = {
        "id": sighting.id, "name": sighting.name, "status": "seen", "continuous": sighting.is_continuous,
        "module": {"api_name": sighting.module},
        "field": {"api_name": sighting.field_name, "field_label": sighting.field_label},
        "states": [{"name": value, "api_name": value, "pick_list_value": {"actual_value": value}}
                   for value in sighting.states],
        "transitions": [_transition(id_, move, parents) for id_, move in sighting.moves.items()],
        "connections": [
            {"source": {"state": {"api_name": source}}, "target": {"state": {"api_name": target}},
             "transition": {"api_name": id_, "name": move["name"], "id": id_}}
            for id_, move in sighting.moves.items() if not move.get("parent")
            for source, target in move["ways"]
        ],
    }  # fmt: skip
    return Seen(Blueprint.from_api(raw), sighting.looked_at, sighting.unseen)


def _transition(id_: str, move: JsonObject, parents: Iterable[str]) -> JsonObject:
    kind = "child" if move.get("parent") else "parallel" if id_ in parents else "standalone"
    return {
        "id": id_, "name": move["name"], "api_name": id_, "trigger_type": move["trigger"],
        "transition_type": f"{kind}_transition", "color_code": move["colour"], "during_inputs": move["inputs"],
        "parent_transition": move["parent"],
    }  # fmt: skip
