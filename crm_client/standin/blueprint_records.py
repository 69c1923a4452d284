"""A record's blueprint: which transitions are open to it now, and running one (blueprint.md, part 1)."""

from __future__ import annotations

import json
from typing import Any

from crm_client.standin import duplicates, records
from crm_client.standin.blueprint_engine import Engine, new_place
from crm_client.standin.blueprint_inputs import Taken, as_api_error, shown, taken
from crm_client.standin.blueprint_leavings import leave, write_parents
from crm_client.standin.blueprint_process import Process, Way
from crm_client.standin.blueprint_words import in_words
from crm_client.standin.calls import Call
from crm_client.standin.clock import iso, zone_of
from crm_client.standin.criteria import matches
from crm_client.standin.errors import ApiError
from crm_client.standin.items import ItemError, Place
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.viewer import dicts
from crm_client.standin.write_fields import rules_of
from crm_client.standin.write_references import me

BAD_ID = "the id given seems to be invalid"
NOT_OPEN = "invalid transition"
_DAY_S = 86_400


def _get(call: Call) -> Answer:
    """GET /{module}/{id}/actions/blueprint: one object, not a list."""
    module, record = _record(call)
    fixed = call.organisation.record_blueprints.get((module, str(record["id"])))
    if fixed is not None:
        return json_answer({"blueprint": fixed})
    engine = Engine(call)
    found = engine.place(module, record)
    if found is None:
        raise ApiError("RECORD_NOT_IN_PROCESS")
    process, place = found
    ways = engine.open_ways(call.viewer, process, place, record)
    transitions = [_transition(call, engine, process, way, place, record, n) for n, way in enumerate(ways, 1)]
    return json_answer({"blueprint": {"process_info": _info(call, engine, process, place), "transitions": transitions}})


def _record(call: Call) -> tuple[str, JSON]:
    """Module and record of the path. Raises ApiError: module, id, lock."""
    module = records.module_of(call)
    name = str(module["api_name"])
    if module.get("isBlueprintSupported") is False:
        raise ApiError("INVALID_MODULE", {"resource_path_index": 0}, "The given module is not supported in API")
    record = call.store.record(name, call.parts["id"])
    if record is None:
        raise ApiError("INVALID_DATA", {"resource_path_index": 1}, BAD_ID)
    if call.is_locked(name, call.parts["id"]):
        raise ApiError("RECORD_LOCKED")
    return name, record


def _info(call: Call, engine: Engine, process: Process, place: JSON) -> JSON:
    field = process.raw.get("field")
    field = field if isinstance(field, dict) else {}
    value = place.get("state")
    meta = next(
        (one for one in dicts(call.organisation.fields.get(process.module)) if one.get("api_name") == process.field), {}
    )
    shown_value = next((one for one in dicts(meta.get("pick_list_values")) if one.get("actual_value") == value), None)
    info = {
        "field_id": field.get("id"),
        "escalation": _escalation(engine, process, place),
        "is_continuous": process.is_continuous,
        "api_name": process.field,
        "continuous": process.is_continuous,
        "field_label": field.get("field_label"),
        "name": process.name,
        "column_name": process.field.upper().replace("_", ""),
        "field_value": value,
        "id": process.id,
        "field_name": field.get("field_label"),
    }
    if shown_value is not None:
        colour, id_ = shown_value.get("colour_code"), shown_value.get("id")
        info["current_picklist"] = {"colour_code": colour, "id": id_, "value": value}
    return info


def _escalation(engine: Engine, process: Process, place: JSON) -> JSON | None:
    """Whole days overdue, or until then. unverified: the status of a record whose time has not run out."""
    after = process.overdue_after_s(process.state_named(place.get("state")))
    if after is None:
        return None
    left = float(place.get("since") or 0) + after - engine.now
    return {"days": int(abs(left) // _DAY_S), "status": "overdue" if left < 0 else "due"}


def _transition(
    call: Call, engine: Engine, process: Process, way: Way, place: JSON, record: JSON, number: int
) -> JSON:
    criteria = way.transition.get("criteria")
    matched = matches(record, criteria)
    fields, data = ([], {}) if way.is_automatic else shown(call, process.module, way, place, record)
    zone = zone_of(call.organisation.org)
    colour = way.transition.get("color_code")
    made: JSON = {
        "next_transitions": [] if way.is_child else [
            {"name": after.transition.get("name"), "id": after.id, "type": after.transition.get("trigger_type"),
             "criteria_matched": matches(record, after.transition.get("criteria"))}
            for after in process.leaving(way.target) if not after.is_child
        ],
        "data": data,
        "next_field_value": process.value(way.target),
        "name": way.transition.get("name"),
        "criteria_matched": matched,
        "id": way.id,
        "fields": fields,
        "type": "automatic" if way.is_automatic else "manual",
        "criteria_message": None if matched else in_words(criteria),
        "percent_partial_save": (place.get("partial") or {}).get(way.id, 0),
        "execution_time": iso(engine.due_at(way, place), zone) if way.is_automatic else None,
        "sequence": number,
        "color_code": colour,
        "text_color_code": "#FFFFFF" if colour else None,
    }  # fmt: skip
    if way.is_child:
        made["parent_transition"] = way.transition.get("parent_transition")
    return made


def _put(call: Call) -> Answer:
    """PUT /{module}/{id}/actions/blueprint: runs one transition; its answer is one object."""
    with call.store.lock:
        module, record = _record(call)
        if not call.viewer.may_do("Edit", module):
            permission = {"permissions": [f"Crm_Implied_Edit_{module}"]}
            raise ApiError("NO_PERMISSION", permission, "Permission denied to update records")
        wanted, data = _sent(call)
        if (module, str(record["id"])) in call.organisation.record_blueprints:
            return _run_fixed(call, module, record, wanted, data)
        engine = Engine(call)
        found = engine.place(module, record)
        if found is None:
            raise ApiError("RECORD_NOT_IN_PROCESS", message="record not in process")
        process, place = found
        way = next((one for one in engine.open_ways(call.viewer, process, place, record) if one.id == wanted), None)
        # unverified: an automatic one, a parallel parent and one whose criteria do not match are refused alike
        if way is None or way.is_automatic or way.is_parallel or not matches(record, way.transition.get("criteria")):
            raise ApiError("INVALID_DATA", {"api_name": "transition_id"}, NOT_OPEN)
        sent = taken(call, module, way, place, record, data)
        return _run(call, engine, process, way, place, record, sent)


def _run(
    call: Call, engine: Engine, process: Process, way: Way, place: JSON, record: JSON, sent: Taken
) -> Answer:
    module, by = process.module, me(call)
    try:
        where = Place("data", "$.blueprint[0].data")
        duplicates.check(call, rules_of(call, module), sent.values, str(record["id"]), where)
        if sent.is_complete:
            leave(call, module, way, record, sent)
    except ItemError as refused:
        raise as_api_error(refused) from refused
    write_parents(call, sent)
    if not sent.is_complete:
        engine.write(module, record, sent.values, at=engine.now, by=by, way=way)
        partial = (place.get("partial") or {}) | {way.id: sent.percent}
        kept = (place.get("values") or {}) | {way.id: sent.others}
        engine.keep(module, str(record["id"]), place | {"partial": partial, "values": kept})
        return _done("transition saved partially")
    values = dict(sent.values)
    if "Tag" in sent.others:
        values["Tag"] = sent.others["Tag"]
    engine.move(module, record, process, way, values, at=engine.now, by=by)
    return _done("transition updated successfully")


def _sent(call: Call) -> tuple[str, JSON]:
    """(transition id, data) of the body; what else it holds is not looked at. Raises ApiError."""
    try:
        body: Any = json.loads(call.request.body or b"null")
    except ValueError:
        raise ApiError("INVALID_DATA", {"expected_data_type": "jsonobject"}) from None
    listed = body.get("blueprint") if isinstance(body, dict) else None
    item = listed[0] if isinstance(listed, list) and listed else None
    if not isinstance(item, dict):
        raise ApiError("MANDATORY_NOT_FOUND", {"api_name": "blueprint"}, "mandatory param missing")
    for key in ("transition_id", "data"):
        if key not in item:
            raise ApiError("MANDATORY_NOT_FOUND", {"api_name": key}, "mandatory param missing")
    if not isinstance(item["data"], dict):
        raise ApiError("INVALID_DATA", {"api_name": "data", "expected_data_type": "jsonobject"})
    return str(item["transition_id"]), item["data"]


def _run_fixed(call: Call, module: str, record: JSON, wanted: str, data: JSON) -> Answer:
    """A record whose blueprint was saved from elsewhere.

    It can be moved once; then the engine goes on where the process was saved too, and else nobody knows its ways.
    """
    place = call.organisation.record_blueprints[module, str(record["id"])]
    chosen = next((one for one in dicts(place.get("transitions")) if str(one.get("id")) == wanted), None)
    if chosen is None or chosen.get("type") == "automatic" or chosen.get("criteria_matched") is False:
        raise ApiError("INVALID_DATA", {"api_name": "transition_id"}, NOT_OPEN)
    needed = [one for one in dicts(chosen.get("fields")) if one.get("mandatory") is True]
    keys = [str(one.get("api_name") or one.get("data_type")) for one in needed]
    given = sum(bool(data.get(key)) for key in keys)
    if given < len(keys):
        chosen["percent_partial_save"] = 100 * given // len(keys)
        return _done("transition saved partially")
    info = place.get("process_info")
    name = str(info.get("api_name")) if isinstance(info, dict) else ""
    known = {str(one.get("api_name")) for one in dicts(call.organisation.fields.get(module))}
    values = {key: value for key, value in data.items() if key in known} | {name: chosen.get("next_field_value")}
    call.store.put(module, record | values | {"Modified_Time": call.now(), "Modified_By": me(call)})
    call.commit(module, str(record["id"]), "update", values)
    engine = Engine(call)
    process = engine.process(str(info.get("id"))) if isinstance(info, dict) else None
    if process is not None:
        del call.organisation.record_blueprints[module, str(record["id"])]
        ended = process.is_end(process.state_named(values[name]))
        engine.keep(module, str(record["id"]), None if ended else new_place(process, values[name], engine.now))
    elif isinstance(info, dict):
        info["field_value"] = chosen.get("next_field_value")
        place["transitions"] = []
    return _done("transition updated successfully")


def _done(message: str) -> Answer:
    return json_answer({"code": "SUCCESS", "details": {}, "message": message, "status": "success"})


_PATH = "/{module}/{id}/actions/blueprint"
ROUTES = [
    Route("GET", _PATH, ("ZohoCRM.modules.{item}.READ",), _get),
    Route("PUT", _PATH, ("ZohoCRM.modules.{item}.UPDATE",), _put),
]
