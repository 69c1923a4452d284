"""Notes of records (records.md, "Notes")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec

import orjson

from crm_client.standin import records
from crm_client.standin.calls import Call
from crm_client.standin.errors import ApiError, bad_path_part, missing_param, no_permission
from crm_client.standin.files import NO_RECORD, stamped
from crm_client.standin.items import ItemError, Place, answered, done, record_place
from crm_client.standin.messages import Answer
from crm_client.standin.organisation import JSON
from crm_client.standin.records import module_of, record_of
from crm_client.standin.routing import Route
from crm_client.standin.viewer import dicts, reference_id
from crm_client.standin.write_fields import rules_of, title_of

NOTES = "Notes"
MOST_NOTES = 100
P = ParamSpec("P")
LONGEST = {"Note_Title": 120, "Note_Content": 32_000}  # unverified: where the fields' metadata does not say


def _list(call: Call) -> Answer:
    """GET /Notes: for administrators only."""
    call.parts["module"] = NOTES
    return records.listed(call)


def _single(call: Call) -> Answer:
    """GET /Notes/{id}"""
    call.parts["module"] = NOTES
    return records.single(call)


def _of_record(call: Call) -> Answer:
    """GET /{module}/{id}/Notes?fields="""
    id_ = _parent_of_path(call)["id"]
    found = [one for one in dicts(call.store.all(NOTES)) if reference_id(one.get("Parent_Id")) == id_]
    return records.related_answer(call, NOTES, found)


def _create(call: Call) -> Answer:
    """POST /Notes, and POST /{module}/{id}/Notes, where the address names the record."""
    rows = _rows(call)
    _check(call, "Create")
    parent = _parent_of_path(call) if "module" in call.parts else None
    with call.store.lock:
        items = [_item(_created, call, row, record_place(n), parent) for n, row in enumerate(rows)]
    return answered(items, 201)


def _update(call: Call) -> Answer:
    """PUT /Notes with ids in the body, and PUT /Notes/{id}."""
    rows = _rows(call)
    _check(call, "Edit")
    alone = call.parts.get("id")
    if alone is not None:
        rows = [rows[0] | {"id": alone}] if isinstance(rows[0], dict) else rows[:1]
    with call.store.lock:
        items = [_item(_updated, call, row, record_place(n)) for n, row in enumerate(rows)]
    return answered(items, 200)


def _delete(call: Call) -> Answer:
    """DELETE /Notes?ids=, and DELETE /Notes/{id}."""
    _check(call, "Delete")
    alone = call.parts.get("id")
    ids = [alone] if alone else [part for part in call.param("ids").split(",") if part]
    if not ids:
        raise missing_param("ids")
    if len(ids) > MOST_NOTES:
        raise ApiError("LIMIT_EXCEEDED", {"param_name": "ids", "limit": MOST_NOTES})
    with call.store.lock:
        items = [_item(_deleted, call, id_) for id_ in ids]
    return answered(items, 200)


def _rows(call: Call) -> list[Any]:
    """What stands under `data`. Raises ApiError."""
    try:
        body = orjson.loads(call.request.body)
    except ValueError:
        body = None
    rows = body.get("data") if isinstance(body, dict) else None
    if rows is None:
        raise ApiError("MANDATORY_NOT_FOUND", {"api_name": "data", "json_path": "$.data"}, "required field not found")
    if not isinstance(rows, list) or not rows:
        details: JSON = {"api_name": "data", "json_path": "$.data", "expected_data_type": "jsonarray"}
        raise ApiError("INVALID_DATA", details)
    if len(rows) > MOST_NOTES:
        details = {"api_name": "data", "json_path": "$.data", "maximum_length": MOST_NOTES}
        raise ApiError("LIMIT_EXCEEDED", details, "count of records in your request exceeds the limit")
    return rows


def _check(call: Call, verb: str) -> None:
    if not call.viewer.may_do(verb, NOTES):
        raise no_permission(f"Crm_Implied_{verb}_{NOTES}")


def _item(act: Callable[P, JSON], *args: P.args, **more: P.kwargs) -> JSON:
    try:
        return act(*args, **more)
    except ItemError as error:
        return error.item()


def _parent_of_path(call: Call) -> JSON:
    module = module_of(call)
    record = record_of(call, str(module["api_name"]))
    if record is None:
        raise bad_path_part(1, NO_RECORD)
    return _reference(call, module, record)


def _reference(call: Call, module: JSON, record: JSON) -> JSON:
    name = str(module["api_name"])
    title = title_of(rules_of(call, name), record)
    return {"module": {"api_name": name, "id": module.get("id")}, "name": title, "id": record["id"]}


def _parent_in(call: Call, value: Any, place: Place) -> JSON:
    """The record that `Parent_Id` of a note names. Raises ItemError."""
    if value is None:
        raise place.missing()
    if not isinstance(value, dict):
        raise place.invalid(expected_data_type="jsonobject")
    named = value.get("module")
    if not isinstance(named, dict) or not (named.get("api_name") or named.get("id")):
        raise place.inside("module", "module").missing()
    module = call.organisation.module(str(named.get("api_name") or named.get("id")))
    if module is None or not call.viewer.sees_tab(module):
        raise place.inside("module", "module").invalid("the module name given seems to be invalid")
    record = call.store.record(str(module["api_name"]), str(value.get("id")))
    if record is None:
        raise place.inside("id", "id").invalid(NO_RECORD)
    return _reference(call, module, record)


def _texts(call: Call, row: JSON, place: Place) -> JSON:
    """Title and content of a note. Raises ItemError."""
    lengths: dict[str, int] = {
        str(field.get("api_name")): field["length"]
        for field in dicts(call.organisation.fields.get(NOTES))
        if isinstance(field.get("length"), int)
    }
    values: JSON = {}
    for name, longest in LONGEST.items():
        if name not in row:
            continue
        here, text = place.inside(name, name), row[name]
        if text is not None and not isinstance(text, str):
            raise here.invalid(expected_data_type="string")
        most = lengths.get(name, longest)
        if text is not None and len(text) > most:
            raise here.invalid(maximum_length=most)
        values[name] = text
    if "Note_Content" in values and not values["Note_Content"]:
        raise place.inside("Note_Content", "Note_Content").missing()
    return values


def _created(call: Call, row: Any, place: Place, parent: JSON | None) -> JSON:
    if not isinstance(row, dict):
        raise place.invalid(expected_data_type="jsonobject")
    values = _texts(call, row, place)
    if "Note_Content" not in values:
        raise place.inside("Note_Content", "Note_Content").missing()
    parent = parent or _parent_in(call, row.get("Parent_Id"), place.inside("Parent_Id", "Parent_Id"))
    stamps = stamped(call)
    id_ = call.store.new_id(NOTES)
    owner = {"Owner": stamps["Created_By"]}
    empty = {"Note_Title": None, "$editable": True, "$voice_note": False, "$attachments": None}
    call.store.put(NOTES, {"id": id_, **empty, **values, "Parent_Id": parent, **owner, **stamps})
    call.commit(NOTES, id_, "insert", {**values, "Parent_Id": parent["id"]})
    return done({**stamps, "id": id_}, "record added")


def _updated(call: Call, row: Any, place: Place) -> JSON:
    if not isinstance(row, dict):
        raise place.invalid(expected_data_type="jsonobject")
    if row.get("id") is None:
        raise place.inside("id", "id").missing()
    note = call.store.record(NOTES, str(row["id"]))
    if note is None:
        raise place.inside("id", "id").invalid("the id given seems to be invalid")
    values = _texts(call, row, place)
    now = stamped(call)
    changed = {**values, "Modified_By": now["Modified_By"], "Modified_Time": now["Modified_Time"]}
    call.store.put(NOTES, note | changed)
    call.commit(NOTES, str(note["id"]), "update", values)
    told = {key: (note | changed).get(key) for key in now}
    return done({**told, "id": note["id"]}, "record updated")


def _deleted(call: Call, id_: str) -> JSON:
    if call.store.record(NOTES, id_) is None:
        raise ItemError("INVALID_DATA", {"id": id_}, "record not deleted")
    call.store.remove(NOTES, [id_])
    call.commit(NOTES, id_, "delete", {})
    return done({"id": id_}, "record deleted")


def _scopes(operation: str) -> tuple[str, ...]:
    return (f"ZohoCRM.modules.notes.{operation}",)


_OF_RECORD = "/{module}/{id}/Notes"
ROUTES = [
    Route("GET", "/Notes", _scopes("READ"), _list, 1, records.CVID_CREDITS),
    Route("POST", "/Notes", _scopes("CREATE"), _create),
    Route("PUT", "/Notes", _scopes("UPDATE"), _update),
    Route("DELETE", "/Notes", _scopes("DELETE"), _delete),
    Route("GET", "/Notes/{id}", _scopes("READ"), _single),
    Route("PUT", "/Notes/{id}", _scopes("UPDATE"), _update),
    Route("DELETE", "/Notes/{id}", _scopes("DELETE"), _delete),
    Route("GET", _OF_RECORD, ("ZohoCRM.modules.{item}.READ", *_scopes("READ")), _of_record),
    Route("POST", _OF_RECORD, ("ZohoCRM.modules.{item}.READ", *_scopes("CREATE")), _create),
]
