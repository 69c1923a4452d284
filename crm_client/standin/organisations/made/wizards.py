"""From the description of wizards to the objects that GET /settings/wizards gives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from itertools import count

from crm_client.standin.organisation import Shelf, Source
from crm_client.standin.organisations.made.criteria_text import criteria
from crm_client.standin.organisations.made.fields import all_specs
from crm_client.standin.organisations.made.layouts import layout_id
from crm_client.standin.organisations.made.wizard_spec import (
    ButtonSpec,
    ContainerSpec,
    RuleSpec,
    ScreenSpec,
    WizardSpec,
)
from crm_client.standin.organisations.made.world import JSON, World

PALETTE = ("#ADD9FF", "#C4F0B3", "#FFD6BC", "#F8E199", "#FFC6C6")
_ACTIONS = {"require": "set_mandatory", "lock": "set_lock", "set": "set_values", "hide": "hide", "show": "show",
            "read": "make_read_only", "widget": "show_widget"}  # fmt: skip
_SEGMENTS = {" ~ ": "text_label", " # ": "subforms", " % ": "widget", ": ": "composite"}
_FIRST_ID = 20_000_000  # wizards have 100,000 ids each from here


def details(world: World, specs: Iterable[WizardSpec]) -> Shelf[tuple[str, str], JSON]:
    """Every wizard in full, by (wizard id, layout id); containers whose layout the company lacks are left out."""
    sources = {}
    for number, spec in enumerate(specs):
        for place, (layout, container) in enumerate(_served(world, spec)):
            key = (_Ids(world, number).wizard, layout["id"])
            sources[key] = Source(partial(_detail, world, number, place, spec, layout, container))
    return Shelf(sources)


def short(world: World, specs: Iterable[WizardSpec]) -> list[JSON]:
    """The list of wizards: heads, layouts, and the names of the screens."""
    listed = []
    for number, spec in enumerate(specs):
        made = [_detail(world, number, place, spec, layout, container)["containers"][0]
                for place, (layout, container) in enumerate(_served(world, spec))]  # fmt: skip
        names = ("display_label", "api_name", "id")
        containers = [
            {"layout": item["layout"], "id": item["id"],
             "screens": [{name: screen[name] for name in names} for screen in item["screens"]]}
            for item in made
        ]  # fmt: skip
        if containers:
            listed.append({**_head(world, number, spec), "containers": containers})
    return listed


class _Ids:
    """Consecutive ids of one wizard; the wizard's own is the first."""

    def __init__(self, world: World, number: int, place: int = 0) -> None:
        self._world = world
        self.wizard = world.id(_FIRST_ID + number * 100_000)
        self._numbers = count(_FIRST_ID + number * 100_000 + 1 + place * 10_000)

    def next(self) -> str:
        return self._world.id(next(self._numbers))


def _served(world: World, spec: WizardSpec) -> list[tuple[JSON, ContainerSpec]]:
    module = world.specs.get(spec.module)
    found = []
    for container in spec.containers:
        for number, layout in enumerate(module.layouts if module else ()):
            if module is not None and layout.name == container.layout:
                reference = {"display_label": layout.name, "name": layout.name, "id": layout_id(world, module, number)}
                found.append((reference, container))
    return found


def _profiles(world: World, keys: str) -> list[JSON]:
    names = {profile.key: profile.name for profile in world.company.profiles}
    known = [key for key in keys.split() if key in names]
    return [{"display_label": names[key], "name": names[key], "id": world.profile_id(key)} for key in known]


def _portals(world: World, names: str) -> list[JSON] | None:
    listed = [(name, world.id(27_000 + sum(map(ord, name)) % 900)) for name in names.split("|") if name]
    return [{"display_label": name, "name": name, "id": id_} for name, id_ in listed] or None


def _head(world: World, number: int, spec: WizardSpec) -> JSON:
    return {
        "id": _Ids(world, number).wizard,
        "name": spec.name,
        "display_label": spec.name,
        "module": world.module_ref(spec.module),
        "active": spec.active,
        "source": "crm",
        "profiles": _profiles(world, spec.profiles),
        "portal_user_types": _portals(world, spec.portals),
        "created_time": world.ago(400 - number * 7),
        "created_by": world.user_ref(0),
        "modified_time": world.ago(45 - number),
        "modified_by": world.user_ref(0),
    }


def _detail(world: World, number: int, place: int, spec: WizardSpec, layout: JSON, container: ContainerSpec) -> JSON:
    ids = _Ids(world, number, place)
    module = world.specs[spec.module]
    field_ids = {field.api_name: world.of_module(module.api, 101 + n) for n, field in enumerate(all_specs(module))}
    maker = _Maker(world, ids, field_ids, container)
    screens = [maker.screen(screen) for screen in container.screens]
    chart: JSON = {"nodes": maker.nodes(), "connections": maker.arrows()}
    if any(button.colour for screen in container.screens for button in screen.buttons):
        chart["color_palette"] = {"button_background": list(PALETTE)}
    made = {"layout": layout, "chart_data": chart, "screens": screens, "id": layout["id"]}
    return {**_head(world, number, spec), "containers": [made]}


class _Maker:
    """Makes the parts of one container."""

    def __init__(self, world: World, ids: _Ids, field_ids: dict[str, str], container: ContainerSpec) -> None:
        self._world, self._ids, self._field_ids, self._container = world, ids, field_ids, container
        self._screens = {screen.label: ids.next() for screen in container.screens}
        self._names: dict[str, int] = {}

    def _field(self, name: str) -> JSON:
        # a field that the module lacks was deleted: its id names nothing any more
        return {"api_name": name, "id": self._field_ids.get(name) or self._ids.next()}

    def screen(self, spec: ScreenSpec) -> JSON:
        segments = [self._segment(part.strip()) for part in spec.parts.split(";") if part.strip()]
        if spec.buttons:
            segments.append({"display_label": "Dummy", "tab_traversal": "left_to_right", "column_count": 2,
                             "buttons": [self._button(button, n) for n, button in enumerate(spec.buttons, 1)],
                             "id": self._ids.next(), "type": "buttons"})  # fmt: skip
        segments = [{"sequence_number": n, **segment} for n, segment in enumerate(segments, 1)]
        rules = [self._rule(rule, segments) for rule in spec.rules]
        api_name = re.sub(r"\W+", "_", spec.label)
        return {"display_label": spec.label, "api_name": api_name, "id": self._screens[spec.label],
                "conditional_rules": rules or None, "segments": segments}  # fmt: skip

    def _segment(self, text: str) -> JSON:
        mark = next(mark for mark in _SEGMENTS if mark in text)
        kind = _SEGMENTS[mark]
        title, _, rest = text.partition(mark)
        title, one_column = title.strip().removesuffix("|1"), title.strip().endswith("|1")
        made: JSON = {
            "display_label": title,
            "column_count": 1 if one_column else 2,
            "id": self._ids.next(),
            "type": kind,
        }
        if kind == "text_label":
            return made | {"name": f"Text_{self._ids.next()[-3:]}", "content": rest.strip().replace("\\n", "\n")}
        if kind == "widget":
            return made | {"widget": {"id": self._ids.next(), "name": rest.strip()}}
        made["tab_traversal"] = "left_to_right"
        made["elements"] = [
            {"sequence_number": n, "type": "query_component" if name.startswith("?") else "field",
             "resource": {"name": name.lstrip("?"), "id": self._field(name)["id"]}}
            for n, name in enumerate(rest.split(), 1)
        ]  # fmt: skip
        return made

    def _button(self, spec: ButtonSpec, number: int) -> JSON:
        name = "WB_" + re.sub(r"\W+", "_", spec.label)
        seen = self._names[name] = self._names.get(name, -1) + 1
        custom = spec.type == "custom"
        target = {"name": spec.to, "id": self._screens.get(spec.to) or self._ids.next()} if spec.to else None
        made: JSON = {
            "color": "#1b1b1b" if spec.colour else "#fff",
            "shape": spec.shape,
            "visibility": spec.visibility,
            "resource": {"id": self._ids.next(), "name": spec.label, "type": "function"} if custom else None,
            "criteria": self._criteria(spec.when),
            "profiles": _profiles(self._world, spec.profiles) if spec.profiles else None,
            "portal_user_types": _portals(self._world, spec.portals),
            "target_screen": target,
            "type": None if custom else spec.type,
            "transition": {"id": self._ids.next(), "name": spec.transition} if spec.transition else None,
            "sequence_number": number,
            "display_label": spec.label,
            "background_color": spec.colour or ("#00A3F3" if spec.type != "save" else "#00796B"),
            "name": f"{name}_{seen}" if seen else name,
            "id": self._ids.next(),
            "category": "custom_button" if custom else "wizard_button",
        }
        if spec.summary:
            made["show_summary_on"] = spec.summary
        if spec.type == "save":
            made["message"] = dict(zip(("title", "content"), spec.message, strict=True)) if spec.message else None
        return made

    def _criteria(self, text: str) -> JSON | None:
        return criteria(text, self._field)

    def _rule(self, spec: RuleSpec, segments: list[JSON]) -> JSON:
        actions = [action for part in spec.do.split(";") for action in self._actions(part.strip(), segments)]
        return {"query_id": self._ids.next(), "execute_on": spec.on, "criteria": self._criteria(spec.when),
                "actions": actions}  # fmt: skip

    def _actions(self, text: str, segments: list[JSON]) -> list[JSON]:
        verb, _, rest = text.partition(" ")
        kind = _ACTIONS[verb]
        if rest.startswith("@"):
            label = rest[1:]
            known = next((segment["id"] for segment in segments if segment["display_label"] == label), None)
            segment = {"id": known or self._ids.next(), "display_label": label}
            return [{"id": self._ids.next(), "type": "show_component" if verb == "show" else kind, "segment": segment}]
        if verb == "widget":
            return [{"id": self._ids.next(), "type": kind, "widget": {"id": self._ids.next(), "name": rest}}]
        value = None
        if verb == "set":
            rest, _, value = rest.partition(" = ")
        rest, _, exempt = rest.partition(" unless ")
        made: list[JSON] = [
            {"id": self._ids.next(), "type": kind, "field": self._field(name)} for name in rest.split()
        ]
        for action in made:
            if value is not None:
                action["value"] = value
            if verb == "lock":
                action["exempted_profiles"] = _profiles(self._world, exempt)
        return made

    def _pairs(self) -> list[tuple[str, str]]:
        """(from, to) of each arrow, once, in an order that is not the flow's: the CRM gives none."""
        pairs = dict.fromkeys(
            (screen.label, button.to)
            for screen in self._container.screens
            for button in screen.buttons
            if button.type == "transition" and button.arrow and button.to in self._screens
        )
        return [*reversed(pairs), *self._container.extra_arrows]

    def arrows(self) -> list[JSON]:
        ends = {label: {"display_label": label, "id": id_} for label, id_ in self._screens.items()}
        return [{"source_screen": ends[a], "target_screen": ends[b], "id": self._ids.next()} for a, b in self._pairs()]

    def nodes(self) -> list[JSON]:
        labels = [screen.label for screen in self._container.screens]
        starts: tuple[str, ...] = tuple(labels[:1]) if self._container.starts is None else self._container.starts
        places = self._places(labels)
        return [
            {"pos_y": places[label][1], "pos_x": places[label][0], "start_node": label in starts,
             "screen": {"display_label": label, "id": self._screens[label]}}
            for label in labels
        ]  # fmt: skip

    def _places(self, labels: list[str]) -> dict[str, tuple[int, int]]:
        """Columns by distance from the first screen, as a careful admin would lay them out."""
        pairs = self._pairs()
        depth = dict.fromkeys(labels[:1], 0)
        waiting = list(depth)
        for label in waiting:
            for source, target in pairs[::-1]:
                if source == label and target not in depth:
                    depth[target] = depth[label] + 1
                    waiting.append(target)
        columns: dict[int, int] = {}
        places = {}
        for screen in self._container.screens:
            column = depth.get(screen.label, max(depth.values(), default=0) + 1)
            row = columns[column] = columns.get(column, -1) + 1
            places[screen.label] = screen.at or (120 + column * 420, 90 + row * 240 + (column % 2) * 40)
        return places
