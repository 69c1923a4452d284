"""Processes for tests: the demo's with what was planted in them, and small ones made here."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from console.blueprints.facts import Facts, People, Value, values_of
from crm_client.blueprints import Blueprint
from crm_client.fields import Field
from crm_client.pipelines import Pipeline
from crm_client.profiles import Profile
from crm_client.roles import Role
from crm_client.standin import Organisation
from crm_client.standin.organisations import built_in
from crm_client.users import User


@cache
def organisation(key: str = "demo") -> Organisation:
    return next(place for place in built_in(1) if place.key == key)


def processes(key: str = "demo") -> list[Blueprint]:
    return [Blueprint.from_api(raw) for raw in organisation(key).blueprint_settings.values()]


def process(name: str, key: str = "demo") -> Blueprint:
    return next(one for one in processes(key) if one.name == name)


def facts(of: Blueprint, key: str = "demo") -> Facts:
    """What the demo says about a process, as the console gathers it."""
    place = organisation(key)
    fields = {raw["api_name"]: Field.from_api(raw) for raw in place.fields[of.module_name]}
    values = values_of(fields[of.field_name])
    if of.pipeline and of.layout:
        pipelines = [Pipeline.from_api(raw) for raw in place.pipelines[of.layout.id]]
        own = next(one for one in pipelines if one.id == of.pipeline.id)
        values = [Value(stage.actual_value, stage.display_value) for stage in own.stages]
    people = People(
        [User.from_api(raw) for raw in place.users],
        [Role.from_api(raw) for raw in place.roles],
        [Profile.from_api(raw) for raw in place.profiles],
    )
    return Facts(fields, values, people)


def made(
    states: Sequence[str],
    ways: Mapping[str, tuple[str, str]],
    transitions: Mapping[str, dict[str, Any]] | None = None,
    **head: Any,
) -> dict[str, Any]:
    """A process as the API gives it: {transition: (from, to)}; `transitions` adds keys to them."""
    names = list(ways)
    return {
        "id": "1", "name": "Made", "api_name": "Made", "status": "active", "module": {"api_name": "Leads", "id": "2"},
        "layout": {"id": "3", "name": "Standard"},
        "field": {"api_name": "Lead_Status", "field_label": "Lead Status", "id": "4"},
        "states": [
            {"id": str(100 + n), "name": name, "api_name": name, "pick_list_value": {"actual_value": name, "id": "5"},
             "state_escalation": None}
            for n, name in enumerate(states)
        ],
        "transitions": [
            {"id": str(200 + n), "name": name, "api_name": name, "trigger_type": "manual",
             "transition_type": "standalone_transition", "criteria": None, "during_inputs": [], "actions": [],
             "owners": []} | (transitions or {}).get(name, {})
            for n, name in enumerate(names)
        ],
        "connections": [
            {"source": {"state": {"api_name": source}}, "target": {"state": {"api_name": target}},
             "transition": {"api_name": name, "name": name, "id": str(200 + names.index(name))}}
            for name, (source, target) in ways.items()
        ],
    } | head  # fmt: skip
