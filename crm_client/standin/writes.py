"""Writing records: insert, update, upsert, delete, clone, and the list of what was deleted (records.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from crm_client.standin import guards, related_rows
from crm_client.standin.calls import MAX_PER_PAGE, Call, paged
from crm_client.standin.conditions import changed_since, moment
from crm_client.standin.errors import ApiError, bad_param
from crm_client.standin.items import ItemError, Place, answered, done
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.record_writer import RecordWriter
from crm_client.standin.records import module_of
from crm_client.standin.routing import Route
from crm_client.standin.viewer import dicts
from crm_client.standin.write_fields import SYSTEM_FIELD, rules_of, title_of
from crm_client.standin.write_references import me
from crm_client.standin.write_request import (
    MAX_ROWS,
    NO_UPSERT,
    RECORDS_PER_CREDIT,
    Order,
    check_verb,
    read,
    writable_module,
)

DAY_S = 24 * 3600
IN_THE_BIN_S, AFTER_THE_BIN_S = 60 * DAY_S, 120 * DAY_S
KINDS = ("all", "recycle", "permanent")


def _insert(call: Call) -> Answer:
    """POST /{module}"""
    module = writable_module(call, "Create")

    def work(order: Order) -> Iterable[list[JSON]]:
        writer = RecordWriter(call, module, order)
        return (_each(lambda row=row, n=n: writer.insert(row, n)) for n, row in enumerate(order.rows))  # type: ignore[misc]

    return _ordered(call, work, 201)


def _update(call: Call) -> Answer:
    """PUT /{module}, and PUT /{module}/{id}. unverified: the second takes one record only."""
    module = writable_module(call, "Edit")
    id_ = call.parts.get("id")

    def work(order: Order) -> Iterable[list[JSON]]:
        if id_ is not None and len(order.rows) > 1:
            place = Place("data", "$.data")
            raise ItemError("LIMIT_EXCEEDED", place.details(maximum_length=1), "The limit is exceeded")
        writer = RecordWriter(call, module, order)
        return (_each(lambda row=row, n=n: [writer.update(row, n, id_)]) for n, row in enumerate(order.rows))  # type: ignore[misc]

    return _ordered(call, work, 200)


def _upsert(call: Call) -> Answer:
    """POST /{module}/upsert. unverified: 200 also when every record was new."""
    module = writable_module(call, "Create")
    check_verb(call, "Edit", module)
    if module in NO_UPSERT:
        sentence = "The given module is not supported in API"
        raise ApiError("INVALID_MODULE", {"resource_path_index": 0}, sentence)

    def work(order: Order) -> Iterable[list[JSON]]:
        rules = rules_of(call, module)
        allowed = [SYSTEM_FIELD.get(module, "Name"), *rules.unique]
        for number, name in enumerate(order.check_fields or ()):
            if name not in allowed:
                place = Place("duplicate_check_fields", f"$.duplicate_check_fields[{number}]")
                raise place.invalid(supported_values=list(dict.fromkeys(allowed)))
        writer = RecordWriter(call, module, order)
        return (_each(lambda row=row, n=n: writer.upsert(row, n)) for n, row in enumerate(order.rows))  # type: ignore[misc]

    return _ordered(call, work, 200, upsert=True)


def _clone(call: Call) -> Answer:
    """POST /{module}/{id}/actions/clone"""
    module = writable_module(call, "Create")
    writer = RecordWriter(call, module, Order([], frozenset(), None, None))
    with call.store.lock:
        return answered(_each(lambda: [writer.clone(call.parts["id"])]), 201)


def _ordered(
    call: Call, work: Callable[[Order], Iterable[list[JSON]]], all_well: int, *, upsert: bool = False
) -> Answer:
    """Reads the order and does it record by record, while nobody else in this organisation writes."""
    try:
        order = read(call, upsert=upsert)
        with call.store.lock:
            items = [item for listed in work(order) for item in listed]
    except ItemError as error:  # wrong for all records alike: said once, and nothing is done
        items = [error.item()]
    call.entry.code = next((item["code"] for item in items if item["status"] != "success"), "")
    return answered(items, all_well)


def _each(write: Callable[[], list[JSON]]) -> list[JSON]:
    """The items of one record, or the reason why it was refused."""
    try:
        return write()
    except ItemError as error:
        return [error.item()]


def _delete(call: Call) -> Answer:
    """DELETE /{module}?ids= and DELETE /{module}/{id}.

    unverified: an id twice in one call is refused the second time, as one that is gone already.
    """
    module = writable_module(call, "Delete")
    ids = [call.parts["id"]] if "id" in call.parts else call.needed("ids").split(",")
    if not all(id_.isascii() and id_.isdigit() and len(id_) <= 19 for id_ in ids):
        raise ApiError("UNABLE_TO_PARSE_DATA_TYPE", {"param_name": "ids"})
    if len(ids) > MAX_ROWS:
        raise ApiError("LIMIT_EXCEEDED", {"param_name": "ids", "limit": MAX_ROWS})
    if call.param("wf_trigger") == "false":
        call.triggers = frozenset()
    with call.store.lock:
        found: dict[str, JSON] = {}
        items = [item for id_ in ids for item in _each(lambda id_=id_: [_gone(call, module, id_, found)])]  # type: ignore[misc]
        shown = [_binned(call, module, record) for record in found.values()]
        if found:
            related_rows.remove(call, rules_of(call, module), list(found.values()))
            call.store.remove(module, found, shown)
        for id_, record in found.items():
            call.commit(module, id_, "delete", {"id": id_})
            guards.committed(call, module, record, "delete")
    call.entry.code = next((item["code"] for item in items if item["status"] != "success"), "")
    return answered(items, 200)


def _gone(call: Call, module: str, id_: str, found: dict[str, JSON]) -> JSON:
    """The item of a record that is to go; it is put into `found`. Raises ItemError."""
    record = call.store.record(module, id_)
    if record is None or id_ in found:
        raise ItemError("INVALID_DATA", {"id": id_}, "record not deleted")
    if call.is_locked(module, id_):
        raise ItemError("RECORD_LOCKED", {"id": id_})
    if record.get("$approval_state", "approved") not in ("approved", None):
        raise ItemError("NOT_APPROVED", {"id": id_}, "Cannot delete record that is not approved yet")
    found[id_] = record
    return done({"id": id_}, "record deleted")


def _binned(call: Call, module: str, record: JSON) -> JSON:
    return {
        "deleted_by": me(call),
        "id": record["id"],
        "display_name": title_of(rules_of(call, module), record),
        "created_by": record.get("Created_By"),
        "deleted_time": call.now(),
    }


def _deleted(call: Call) -> Answer:
    """GET /{module}/deleted?type=: for 60 days in the recycle bin, then for 120 days among the permanently deleted.

    unverified: `type` is `all` where it is missing.
    """
    name = str(module_of(call)["api_name"])
    wanted = call.param("type") or "all"
    if wanted not in KINDS:
        raise bad_param("type", supported_values=list(KINDS))
    page, per_page = call.number("page", 1), call.number("per_page", MAX_PER_PAGE, MAX_PER_PAGE)
    now = call.world.clock.now()
    listed = []
    for row in reversed(dicts(call.store.deleted.get(name))):
        at = moment(row.get("deleted_time"))
        age = now - at.timestamp() if at is not None else 0.0
        kind = "recycle" if age < IN_THE_BIN_S else "permanent"
        if age < IN_THE_BIN_S + AFTER_THE_BIN_S and wanted in ("all", kind):
            listed.append(row | {"type": kind})
    fresh = changed_since(call, listed, "deleted_time")
    if fresh is None:
        return Answer(304)
    shown, info = paged(fresh, page, per_page)
    return json_answer({"data": shown, "info": info}) if shown else Answer(204)


def _scope(operation: str) -> tuple[str, ...]:
    return (f"ZohoCRM.modules.{{item}}.{operation}",)


_MOST = MAX_ROWS // RECORDS_PER_CREDIT
ROUTES = [
    Route("POST", "/{module}", _scope("CREATE"), _insert, 1, _MOST, heavy_rows=RECORDS_PER_CREDIT),
    Route("PUT", "/{module}", _scope("UPDATE"), _update, 1, _MOST, heavy_rows=RECORDS_PER_CREDIT),
    Route("PUT", "/{module}/{id}", _scope("UPDATE"), _update),
    Route("POST", "/{module}/upsert", _scope("CREATE"), _upsert, 1, _MOST, heavy_rows=RECORDS_PER_CREDIT),
    Route("DELETE", "/{module}", _scope("DELETE"), _delete),
    Route("DELETE", "/{module}/{id}", _scope("DELETE"), _delete),
    Route("POST", "/{module}/{id}/actions/clone", _scope("CREATE"), _clone),
    Route("GET", "/{module}/deleted", _scope("READ"), _deleted, 2, 2),
]
