"""Publishing and stopping a process (blueprint.md, part 2): the two calls that change what records are in.

unverified: a state that vanishes has to be replaced where records are moved and sit in it, or the call is refused.
"""

from __future__ import annotations

from typing import Any

from crm_client.standin.blueprint_engine import Engine, new_place
from crm_client.standin.blueprint_process import Process
from crm_client.standin.calls import Call
from crm_client.standin.errors import ApiError
from crm_client.standin.items import Place, done
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.settings_blueprints import check_rights, process_of
from crm_client.standin.viewer import dicts, reference_id

ROOT = "$.blueprints[0]"


def _activate(call: Call) -> Answer:
    """POST /settings/blueprints/{id}/actions/activate: the process takes the place of the one in force, if any.

    `move_records` true takes the records over that are in it, false lets them leave in the state they have.
    """
    check_rights(call)
    raw, body = process_of(call, call.parts["id"]), _body(call)
    moves = _flag(body, "move_records")
    with call.store.lock:
        engine, new = Engine(call), Process.of(raw | {"status": "active"})
        old = [one for one in engine.processes() if one.is_active and one.id != new.id and _where(one) == _where(new)]
        replaced = _replaced(body)
        goes_on = [
            (id_, _value(process, new, place, replaced) if moves else "")
            for process in old
            for id_, place in _places(call, process)
        ]
        for id_, value in goes_on:  # only after every one of them has been found a place
            _put(call, engine, new, id_, value)
        for process in old:
            process.raw["status"] = "inactive"
        raw["status"] = "active"
        _changed(call)
    return _done(call, "Blueprint successfully published")


def _deactivate(call: Call) -> Answer:
    """POST /settings/blueprints/{id}/actions/deactivate; `exit_records` false leaves the records where they are."""
    check_rights(call)
    raw, body = process_of(call, call.parts["id"]), _body(call)
    leaves = _flag(body, "exit_records")
    with call.store.lock:
        process = Process.of(raw)
        if leaves:
            for id_, _ in _places(call, process):
                _put(call, Engine(call), process, id_, "")
        raw["status"] = "inactive"
        _changed(call)
    return _done(call, "Blueprint successfully deactivated")


def _body(call: Call) -> JSON:
    """What stands in the body, wrapped in `blueprints` or not. Raises ApiError."""
    body = call.json_object()
    wrapped = body.get("blueprints")
    return wrapped[0] if isinstance(wrapped, list) and wrapped and isinstance(wrapped[0], dict) else body


def _flag(body: JSON, name: str) -> bool:
    details = Place(name, f"{ROOT}.{name}").details()
    if name not in body:
        raise ApiError("MANDATORY_NOT_FOUND", details, "required field not found")
    if not isinstance(body[name], bool):
        raise ApiError("INVALID_DATA", {**details, "expected_data_type": "boolean"})
    return bool(body[name])


def _replaced(body: JSON) -> dict[str, str]:
    """`map_states`: which state takes the place of which, by their ids."""
    return {
        reference_id(one.get("existing_state")): reference_id(one.get("replacing_state"))
        for one in dicts(body.get("map_states"))
    }


def _where(process: Process) -> tuple[str, str, str]:
    """Module, layout and pipeline: only one process is in force there."""
    return process.module, process.layout_id, reference_id(process.raw.get("pipeline"))


def _places(call: Call, process: Process) -> list[tuple[str, JSON]]:
    places = call.organisation.process_places.get(process.module, {})
    return [(id_, place) for id_, place in places.items() if place.get("process") == process.id]


def _value(old: Process, new: Process, place: JSON, replaced: dict[str, str]) -> str:
    """The picklist value with which a record goes on in the new process. Raises ApiError: its state has vanished."""
    value = str(place.get("state"))
    if new.state_named(value):
        return value
    here: dict[str, Any] = old.states.get(old.state_named(value), {})
    wanted = replaced.get(str(here.get("id")), "")
    for api_name, state in new.states.items():
        if wanted and str(state.get("id")) == wanted:
            return new.value(api_name)
    details = Place("map_states", f"{ROOT}.map_states").details()
    raise ApiError("MANDATORY_NOT_FOUND", details, "required field not found")


def _put(call: Call, engine: Engine, process: Process, id_: str, value: str) -> None:
    """Puts a record into a state of a process; "" takes it out of any."""
    record = call.store.record(process.module, id_) or {"id": id_}
    engine.keep(process.module, id_, new_place(process, value, engine.now) if value else None)
    changes = {process.field: value} if value else {"$process_flow": False}
    call.store.put(process.module, record | changes)


def _changed(call: Call) -> None:
    """The settings have changed: nothing compiled or serialised from them counts any longer."""
    call.store.kept.pop(("processes",), None)
    call.world.forget_bytes(call.organisation.key)


def _done(call: Call, message: str) -> Answer:
    return json_answer({"blueprints": [done({"id": call.parts["id"]}, message)]})


_SCOPES = ("ZohoCRM.settings.blueprint.UPDATE",)
_PATH = "/settings/blueprints/{id}/actions"
# the pages name settings.ALL for these two calls alone
ROUTES = [
    Route("POST", f"{_PATH}/activate", _SCOPES, _activate, versions=(8,), or_scope="ZohoCRM.settings.ALL"),
    Route("POST", f"{_PATH}/deactivate", _SCOPES, _deactivate, versions=(8,), or_scope="ZohoCRM.settings.ALL"),
]
