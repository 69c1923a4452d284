"""From the description of processes to the objects that GET /settings/blueprints/{id} gives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from crm_client.standin.organisation import Shelf, Source
from crm_client.standin.organisations.made.blueprint_spec import ProcessSpec, StateSpec, TransitionSpec
from crm_client.standin.organisations.made.criteria_text import criteria
from crm_client.standin.organisations.made.fields import all_specs
from crm_client.standin.organisations.made.layouts import layout_id
from crm_client.standin.organisations.made.spec import values_of
from crm_client.standin.organisations.made.world import JSON, World

_FIRST_ID = 30_000_000  # processes have 10,000 ids each from here
_GONE = 289_999  # number of a user who is no longer there
_ROW, _COLUMN = 150, 260  # pixels between the places of two states


def settings(world: World, specs: Iterable[ProcessSpec]) -> Shelf[str, JSON]:
    """Every process whose module and layout the company has, by its id."""
    return Shelf({process_id(world, number): Source(partial(process, world, number, spec)) for number, spec in
                  fitting(world, specs)})  # fmt: skip


def fitting(world: World, specs: Iterable[ProcessSpec]) -> list[tuple[int, ProcessSpec]]:
    """The descriptions whose module and layout the company has, each with its place."""
    return [(number, spec) for number, spec in enumerate(specs) if _layout(world, spec) is not None]


def process_id(world: World, number: int) -> str:
    """The id of the process with this place in the description."""
    return world.id(_FIRST_ID + number * 10_000)


def process(world: World, number: int, spec: ProcessSpec) -> JSON:
    """One process in full."""
    return _Maker(world, number, spec).process()


def _layout(world: World, spec: ProcessSpec) -> JSON | None:
    module = world.specs.get(spec.module)
    for number, layout in enumerate(module.layouts if module else ()):
        if module is not None and layout.name == spec.layout:
            return {"api_name": layout.api_name, "name": layout.name, "id": layout_id(world, module, number)}
    return None


def api_name(text: str) -> str:
    """What arrows call a state or transition of this name."""
    return re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")


class _Maker:
    """Makes the parts of one process."""

    def __init__(self, world: World, number: int, spec: ProcessSpec) -> None:
        self._world, self._number, self._spec = world, number, spec
        self._first = _FIRST_ID + number * 10_000
        module = world.specs[spec.module]
        self._fields = {field.api_name: (place, field) for place, field in enumerate(all_specs(module))}
        self._inputs = 0
        self._transitions: list[JSON] = []

    def process(self) -> JSON:
        world, spec = self._world, self._spec
        field = self._fields[spec.field][1]
        for one in spec.transitions:
            self._add(one, None)
        return {
            "id": world.id(self._first),
            "name": spec.name,
            "api_name": api_name(spec.name),
            "description": spec.description,
            "status": spec.status,
            "continuous": spec.continuous,
            "module": world.module_ref(spec.module),
            "layout": _layout(world, spec),
            "field": {**self._field(spec.field), "field_label": field.shown or field.label},
            "owners": self._owners(spec.owners),
            "entry_criteria": criteria(spec.entry, self._field),
            "states": [self._state(n, state) for n, state in enumerate(spec.states)],
            "transitions": self._transitions,
            "connections": self._connections(),
            "chart_data": self._chart(),
            "pipeline": self._pipeline(),
            "created_by": world.user_ref(0),
            "created_time": world.ago(300 - self._number * 11),
            "modified_by": world.user_ref(0),
            "modified_time": world.ago(30 - self._number),
        }

    def _field(self, name: str) -> JSON:
        place = self._fields[name][0]
        return {"api_name": name, "id": self._world.of_module(self._spec.module, 101 + place)}

    def _pipeline(self) -> JSON | None:
        if not self._spec.pipeline:
            return None
        name = self._spec.pipeline
        return {"id": self._value_id("Pipeline", name), "api_name": api_name(name), "display_value": name}

    def _value_id(self, field: str, value: str) -> str:
        """The id that the picklist's value has in the field's own metadata."""
        number = 2001
        for _, spec in self._fields.values():
            values = [one.actual for one in values_of(spec.values)] if spec.values else []
            if spec.api_name == field:
                return self._world.of_module(self._spec.module, number + values.index(value))
            number += len(values)
        raise LookupError(field)

    def _state(self, number: int, spec: StateSpec) -> JSON:
        listed = values_of(self._fields[self._spec.field][1].values)
        shown = next(one.display for one in listed if one.actual == spec.value)
        return {
            "id": self._world.id(self._first + 100 + number),
            "name": shown,
            "api_name": api_name(spec.value),
            "pick_list_value": {
                "actual_value": spec.value,
                "id": self._value_id(self._spec.field, spec.value),
            },
            "module": self._world.module_ref(self._spec.module),
            "state_escalation": self._escalation(spec.overdue),
        }

    def _escalation(self, text: str) -> JSON | None:
        span = _span(text)
        if span is None:
            return None
        after = {**span, "execute_type": "after", "actions": [{"type": "email_notifications", "details": None}]}
        return {**span, "trigger_details": [{"period": "hours", "value": 4, "execute_type": "before",
                                             "actions": [{"type": "sla", "details": None}]}, after]}  # fmt: skip

    def _add(self, spec: TransitionSpec, parent: JSON | None) -> None:
        """One transition, and behind it its children."""
        made = {
            "id": self._world.id(self._first + 1_000 + len(self._transitions)),
            "name": spec.name,
            "api_name": api_name(spec.name),
            "process_id": self._world.id(self._first),
            "module": self._world.module_ref(self._spec.module),
            "trigger_type": "automatic" if spec.after else "manual",
            "transition_type": "child_transition" if parent else "parallel_transition" if spec.children
            else "standalone_transition",
            "common_source": "|" in spec.source,
            "criteria": criteria(spec.when, self._field),
            "color_code": spec.colour,
            "owners": self._owners(spec.owners),
            "during_inputs": [self._input(text, n) for n, text in enumerate(_parts(spec.inputs), 1)],
            "actions": [self._action(text) for text in _parts(spec.actions)],
        }  # fmt: skip
        if spec.after:
            made["timebox"] = _span(spec.after)
        if parent:
            made["parent_transition"] = {key: parent[key] for key in ("api_name", "name", "id")}
        self._transitions.append(made)
        for child in spec.children:
            self._add(child, made)

    def _owners(self, text: str) -> list[JSON]:
        return [self._owner(*part.partition(":")[::2]) for part in _parts(text)]

    def _owner(self, kind: str, names: str) -> JSON:
        world = self._world
        if kind == "record_owner":
            return {"type": kind, "resources": None}
        resources = []
        for name in names.split(","):
            if kind == "roles":
                resources.append({"id": world.role_id(name), "name": name})
            elif kind == "profiles":
                full = next(profile.name for profile in world.company.profiles if profile.key == name)
                resources.append({"id": world.profile_id(name), "name": full})
            else:
                people = [person.first for person in world.company.people]
                resources.append(world.user_ref(people.index(name)) if name in people else {"id": world.id(_GONE)})
        return {"type": kind, "resources": resources}

    def _input(self, text: str, number: int) -> JSON:
        text, _, check = text.partition(" ? ")
        head, _, rest = text.partition(":")
        mandatory, name = head.endswith("!"), head.removesuffix("!")
        self._inputs += 1
        made: JSON = {"id": self._world.id(self._first + 2_000 + self._inputs), "type": name.removeprefix("~"),
                      "optional": not mandatory, "sequence": number}  # fmt: skip
        if not name.startswith("~"):
            made |= {"type": "field", "field": self._field(name)}
        elif name == "~checklist":
            made["items"] = rest.split("|")
        elif name == "~info":
            made["message"] = rest
        elif name == "~widget":
            made["widget"] = {"name": rest, "id": self._world.id(self._first + 4_000 + self._inputs)}
        elif name == "~related":
            made |= {"type": "related_list", "name": rest, "related_list": {"api_name": rest, "name": rest}}
        if check:
            condition, _, message = check.partition(" : ")
            made["validation_filter"] = {"validation_message": message, "criteria": criteria(condition, self._field)}
        return made

    def _action(self, text: str) -> JSON:
        kind, _, name = text.partition(":")
        self._inputs += 1
        return {"type": kind, "name": name, "id": self._world.id(self._first + 2_000 + self._inputs)}

    def _connections(self) -> list[JSON]:
        """One for each state that a transition leaves; children have none, they belong to their parent."""
        listed: list[JSON] = []
        for spec in self._spec.transitions:
            for source in spec.source.split("|"):
                listed.append({
                    "api_name": f"connection_{len(listed) + 1}",
                    "source": {"state": {"api_name": api_name(source)}},
                    "target": {"state": {"api_name": api_name(spec.target)}},
                    "transition": {"api_name": api_name(spec.name), "name": spec.name},
                })  # fmt: skip
        return listed

    def _chart(self) -> JSON:
        """Rows by distance from the first state, as a careful admin would lay them out."""
        names = [state.value for state in self._spec.states]
        depth = {names[0]: 0}
        waiting = [names[0]]
        for name in waiting:
            for spec in self._spec.transitions:
                if name in spec.source.split("|") and spec.target not in depth:
                    depth[spec.target] = depth[name] + 1
                    waiting.append(spec.target)
        columns: dict[int, int] = {}
        nodes: list[JSON] = []
        for name in names:
            row = depth.get(name, max(depth.values()) + 1)
            column = columns[row] = columns.get(row, -1) + 1
            nodes.append({"x": 120 + column * _COLUMN, "y": 80 + row * _ROW, "state": {"api_name": api_name(name)}})
        size = {"width": max(node["x"] for node in nodes) + 240, "height": max(node["y"] for node in nodes) + 160}
        return {"nodes": nodes, "canvas_size": size}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("; ") if part.strip()]


def _span(text: str) -> JSON | None:
    value, _, period = text.partition(" ")
    return {"period": period, "value": int(value)} if text else None
