"""Reading records: lists with both kinds of paging, single records, related records (records.md)."""

from __future__ import annotations

from collections.abc import Callable

from crm_client.standin import system_keys
from crm_client.standin.calls import MAX_PER_PAGE, Call
from crm_client.standin.conditions import changed_since, moment
from crm_client.standin.criteria import matches
from crm_client.standin.errors import ApiError, bad_param, bad_path_part, missing_param
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.token_pages import page_of
from crm_client.standin.viewer import dicts, reference_id

MAX_FIELDS = 50
CUT_RICH_TEXT = 500  # characters of rich text in lists
ONLY_SINGLE = ("subform", "multiselectlookup", "multiuserlookup")  # data types that lists leave out
SORTS = ("id", "Created_Time", "Modified_Time")
CVID_CREDITS = 3
ACTIVITIES = ("Tasks", "Events", "Calls")
ACTIVITY_LISTS = "Activities"  # how the names of related lists begin that hold all of them

SortKey = Callable[[JSON], tuple[int, float, str, int]]


def module_of(call: Call) -> JSON:
    """The module whose records the path asks for. Raises ApiError: unknown, without API, not this profile's."""
    name = call.parts["module"]
    module = call.organisation.module(name)
    if module is None or module.get("api_name") != name or not call.viewer.sees_tab(module):
        raise ApiError("INVALID_MODULE", {"resource_path_index": 0}, "The module name given seems to be invalid")
    if module.get("api_supported") is False:
        raise ApiError("INVALID_MODULE", {"resource_path_index": 0}, "The given module is not supported in API")
    call.check_view(module)
    if name == "Notes" and "id" not in call.parts and not call.viewer.customizes:
        raise ApiError("NOT_SUPPORTED", {"resource_path_index": 0}, status=403)
    return module


def listed(call: Call) -> Answer:
    """GET /{module}?fields=

    unverified: names in `fields` that the module does not have are left out without a word.
    """
    name = str(module_of(call)["api_name"])
    if call.param("territory_id"):
        # unverified: the words; none of the organisations here has territories
        raise ApiError("INVALID_MODULE", {"resource_path_index": 0}, "Territory is not supported for the given module")
    names = field_names(call)
    view = view_of(call, name)
    if view is not None:
        call.charge(CVID_CREDITS - 1)
    sort_by, sort_order = _sorting(call, view)
    per_page = call.number("per_page", MAX_PER_PAGE, MAX_PER_PAGE)
    by_id = {str(record.get("id")): record for record in dicts(call.organisation.records.get(name))}

    def in_order() -> list[str] | None:
        fresh = changed_since(call, _selected(call, list(by_id.values()), view), "Modified_Time")
        return None if fresh is None else _ids(sorted(fresh, key=sort_key(sort_by), reverse=sort_order == "desc"))

    found = page_of(call, per_page, in_order)
    if found is None:
        return Answer(304)
    ids, info = found
    shown = [by_id[id_] for id_ in ids if id_ in by_id]  # deleted ones have gone
    if not shown:
        return Answer(204)
    keep = visible_fields(call, name, lists=True)
    info |= {"count": len(shown), "call": False, "sort_by": sort_by, "sort_order": sort_order, "email": False}
    return json_answer({"data": [picked_values(call, record, names, keep) for record in shown], "info": info})


def _ids(records: list[JSON]) -> list[str]:
    return [str(record.get("id")) for record in records]


def field_names(call: Call) -> list[str]:
    """The names of the mandatory parameter `fields`."""
    names = [name for name in call.param("fields").split(",") if name]
    if not names:
        raise missing_param("fields")
    if len(names) > MAX_FIELDS:
        raise ApiError("LIMIT_EXCEEDED", {"param_name": "fields", "limit": MAX_FIELDS})
    return names


def view_of(call: Call, module: str) -> JSON | None:
    wanted = call.param("cvid")
    if not wanted:
        return None
    if call.param("sort_by"):
        both = [{"param_name": "cvid"}, {"param_name": "sort_by"}]
        raise ApiError("AMBIGUITY_DURING_PROCESSING", {"ambiguity_due_to": both})
    for view in dicts(call.organisation.custom_views.get(module)):
        if view.get("id") == wanted:
            return view
    raise bad_param("cvid")


def _sorting(call: Call, view: JSON | None) -> tuple[str, str]:
    """Field and direction: those of the view, or of the parameters."""
    order = call.param("sort_order") or "desc"
    if order not in ("asc", "desc"):
        raise bad_param("sort_order", supported_values=["asc", "desc"])
    if view is not None:
        field = view.get("sort_by")
        by = field.get("api_name") if isinstance(field, dict) else None
        return str(by or "id"), call.param("sort_order") or str(view.get("sort_order") or "desc")
    by = call.param("sort_by") or "id"
    if by not in SORTS:
        raise bad_param("sort_by", supported_values=list(SORTS))
    return by, order


def sort_key(name: str) -> SortKey:
    """Orders by a field: empty first, then numbers and times by size, then text; equals by id."""

    def key(record: JSON) -> tuple[int, float, str, int]:
        value = record.get(name)
        id_ = int(record["id"]) if str(record.get("id", "")).isdigit() else 0
        if name == "id" or value is None:
            return 0, 0.0, "", id_
        if isinstance(value, int | float):
            return 1, float(value), "", id_
        at = moment(value)
        if at is not None:
            return 1, at.timestamp(), "", id_
        return 2, 0.0, str(value).casefold(), id_

    return key


def _selected(call: Call, records: list[JSON], view: JSON | None) -> list[JSON]:
    """The records that `ids`, `converted` and `cvid` ask for."""
    converted = call.param("converted") or "false"
    if converted not in ("true", "false", "both"):
        raise bad_param("converted", supported_values=["true", "false", "both"])
    ids = [part for part in call.param("ids").split(",") if part]
    criteria = view.get("criteria") if view is not None else None
    return [
        record
        for record in records
        if (not ids or record.get("id") in ids)
        and (converted == "both" or (record.get("Converted__s") is True) == (converted == "true"))
        and matches(record, criteria)
    ]


def visible_fields(call: Call, module: str, *, lists: bool) -> dict[str, bool] | None:
    """Fields whose values may go out, and whether each is rich text; None when the module's fields are not known."""
    fields = dicts(call.organisation.fields.get(module))
    if not fields:
        return None
    kept: dict[str, bool] = {}
    for field in fields:
        if call.viewer.field_permission(field) == "hidden" or (lists and field.get("data_type") in ONLY_SINGLE):
            continue
        area = field.get("textarea")
        kept[str(field.get("api_name"))] = isinstance(area, dict) and area.get("type") == "rich_text"
    return kept


def picked_values(call: Call, record: JSON, names: list[str], keep: dict[str, bool] | None) -> JSON:
    picked: JSON = {}
    for name in names:
        if name.startswith("$"):
            picked[name] = system_keys.value_of(call, record, name)
        elif keep is None or name in keep:
            value = record.get(name)
            cut = keep is not None and keep[name] and isinstance(value, str)
            picked[name] = value[:CUT_RICH_TEXT] if cut and isinstance(value, str) else value
    picked["id"] = record.get("id")
    return picked


def whole_record(call: Call, module: JSON, record: JSON, keep: dict[str, bool] | None) -> JSON:
    """A single record: everything that the profile may see, system keys included."""
    seen = {key: value for key, value in record.items() if keep is None or key in keep or key == "id"}
    return seen | system_keys.of_record(call, module, record, seen)


def record_of(call: Call, module: str, index: int = 1) -> JSON | None:
    """The record that the path names; None for an id that no record has. Raises ApiError for what is no id."""
    wanted = call.parts["id"]
    if not wanted.isascii() or not wanted.isdigit():
        raise bad_path_part(index)
    return call.store.record(module, wanted)


def single(call: Call) -> Answer:
    """GET /{module}/{id}. unverified: an id that no record has gives 204, what is no id gives INVALID_DATA."""
    module = module_of(call)
    name = str(module["api_name"])
    record = record_of(call, name)
    if record is None:
        return Answer(204)
    if changed_since(call, [record], "Modified_Time") is None:
        return Answer(304)
    keep = visible_fields(call, name, lists=False)
    names = [part for part in call.param("fields").split(",") if part]
    return json_answer(
        {"data": [picked_values(call, record, names, keep) if names else whole_record(call, module, record, keep)]}
    )


def _related(call: Call) -> Answer:
    """GET /{module}/{id}/{related list}?fields=: records of the list's module that refer to this one."""
    name = str(module_of(call)["api_name"])
    record = record_of(call, name)
    if record is None:
        raise bad_path_part(1)
    lists = dicts(call.organisation.related_lists.get(name))
    related = next((one for one in lists if one.get("api_name") == call.parts["related_list"]), None)
    target = related.get("module") if related is not None else None
    module = call.organisation.module(str(target.get("api_name"))) if isinstance(target, dict) else None
    id_ = str(record.get("id"))
    if module is None and related is not None and str(related.get("api_name")).startswith(ACTIVITY_LISTS):
        kinds = [kind for other in ACTIVITIES if (kind := call.organisation.module(other)) is not None]
        shown = [kind for kind in kinds if call.viewer.sees_tab(kind) and call.viewer.may_do("View", kind["api_name"])]
        # unverified: which module an activity is of is told in $activity_type
        activities = [
            one | {"$activity_type": str(kind["api_name"])} for kind in shown for one in referring(call, kind, id_)
        ]
        return related_answer(call, "Tasks", activities)
    if module is None or not call.viewer.sees_tab(module):
        raise ApiError("INVALID_DATA", {"resource_path_index": 2}, "the related list given seems to be invalid")
    call.check_view(module)
    return related_answer(call, str(module["api_name"]), referring(call, module, id_))


def referring(call: Call, module: JSON, id_: str) -> list[JSON]:
    """The records of a module that refer to a record in any of their fields."""
    return [one for one in dicts(call.store.all(str(module["api_name"]))) if _refers(one, id_)]


def related_answer(call: Call, module: str, related: list[JSON]) -> Answer:
    """One page of the records that belong to another one, newest first; 204 without any, 304 when none is new."""
    names = field_names(call)
    per_page = call.number("per_page", MAX_PER_PAGE, MAX_PER_PAGE)
    by_id = {str(one.get("id")): one for one in related}

    def in_order() -> list[str] | None:
        fresh = changed_since(call, related, "Modified_Time") if related else []
        return None if fresh is None else _ids(sorted(fresh, key=sort_key("id"), reverse=True))

    found = page_of(call, per_page, in_order)
    if found is None:
        return Answer(304)
    ids, info = found
    keep = visible_fields(call, module, lists=True)
    data = [picked_values(call, by_id[id_], names, keep) for id_ in ids if id_ in by_id]
    return json_answer({"data": data, "info": info | {"count": len(data)}}) if data else Answer(204)


def _full_text(call: Call) -> Answer:
    """GET /{module}/{id}/actions/fetch_full_data?fields=: rich texts in full, where lists cut them.

    unverified: names of other fields are left out.
    """
    name = str(module_of(call)["api_name"])
    names = field_names(call)
    record = record_of(call, name)
    if record is None:
        return Answer(204)
    keep = visible_fields(call, name, lists=True)
    rich = [one for one in names if keep is None or keep.get(one)]
    return json_answer({"data": [{**{one: record.get(one) for one in rich}, "id": record.get("id")}]})


def _refers(record: JSON, id_: str) -> bool:
    return any(reference_id(value) == id_ for value in record.values())


_READ = ("ZohoCRM.modules.{item}.READ",)
ROUTES = [
    Route("GET", "/{module}", _READ, listed, 1, CVID_CREDITS, heavy_params=("cvid", "sort_by")),
    Route("GET", "/{module}/{id}", _READ, single),
    Route("GET", "/{module}/{id}/{related_list}", _READ, _related),
    Route("GET", "/{module}/{id}/actions/fetch_full_data", _READ, _full_text),
]
