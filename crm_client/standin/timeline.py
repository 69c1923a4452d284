"""GET /{module}/{id}/__timeline: what happened to a record, newest first.

unverified: everything but names and types of the answer's keys, which the OpenAPI file of v8 tells: the words of
`action` and `source`, pages of 200, and that a record without any history shows when it was added.
"""

from __future__ import annotations

from typing import Any

from crm_client.standin import guards
from crm_client.standin.calls import MAX_PER_PAGE, Call
from crm_client.standin.errors import ApiError, bad_param, bad_path_part
from crm_client.standin.files import NO_RECORD
from crm_client.standin.items import ItemError
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.records import module_of, record_of
from crm_client.standin.routing import Route
from crm_client.standin.viewer import dicts
from crm_client.standin.write_fields import rules_of, title_of

INNER = {"field_history.data_type": "data_type", "field_history.field_label": "field_label",
         "field_history.enable_colour_code": "enable_colour_code",
         "field_history.pick_list_values": "pick_list_values"}  # fmt: skip
_CHANGES = "timeline"


def _timeline(call: Call) -> Answer:
    module = module_of(call)
    name = str(module["api_name"])
    record = record_of(call, name)
    if record is None:
        raise bad_path_part(1, NO_RECORD)
    asked = [part for part in call.param("include_inner_details").split(",") if part]
    if any(part not in INNER for part in asked):
        raise bad_param("include_inner_details", supported_values=list(INNER))
    if call.param("filters"):
        raise bad_param("filters", "the stand-in does not filter timelines")
    order = call.param("sort_order") or "desc"
    if order not in ("asc", "desc"):
        raise bad_param("sort_order", supported_values=["asc", "desc"])
    kept = call.organisation.timelines.get(name, {}).get(str(record["id"]))
    events = list(kept or [_added(call, name, record)])
    if order == "asc":
        events.reverse()
    return _page(call, name, str(record["id"]), events, [INNER[part] for part in asked])


def _page(call: Call, module: str, record_id: str, events: list[JSON], inner: list[str]) -> Answer:
    """One page; a token leads on, bound like those of record lists."""
    by_id = {str(event.get("id")): event for event in events}
    user = (call.organisation.key, call.viewer.id)
    query = (("timeline", record_id), ("order", call.param("sort_order")))
    tokens, token = call.world.page_tokens, call.param("page_token")
    if token and call.param("per_page"):
        both = [{"param_name": "page_token"}, {"param_name": "per_page"}]
        raise ApiError("AMBIGUITY_DURING_PROCESSING", {"ambiguity_due_to": both})
    per_page = call.number("per_page", MAX_PER_PAGE, MAX_PER_PAGE)
    if token:
        position = tokens.use(token, user, query)
        ids, start = position.ids, position.start
    else:
        ids, start = tuple(by_id), (call.number("page", 1) - 1) * per_page
    shown = [by_id[id_] for id_ in ids[start : start + per_page] if id_ in by_id]
    if not shown:
        return Answer(204)
    info: JSON = {
        "per_page": per_page,
        "page": start // per_page + 1,
        "count": len(shown),
        "more_records": len(ids) > start + per_page,
        "next_page_token": None,
        "previous_page_token": None,
    }
    if info["more_records"]:
        info["next_page_token"], _ = tokens.new(user, query, ids, start + per_page)
    fields = {
        str(field.get("api_name")): field
        for field in dicts(call.organisation.fields.get(module))
        if call.viewer.field_permission(field) != "hidden"
    }
    return json_answer({"__timeline": [_shown(event, fields, inner) for event in shown], "info": info})


def _shown(event: JSON, fields: dict[str, JSON], inner: list[str]) -> JSON:
    """The event without what is hidden from the profile, with the details asked for."""
    history = event.get("field_history")
    if not isinstance(history, list):
        return event
    kept = []
    for change in dicts(history):
        field = fields.get(str(change.get("api_name")))
        if field is not None:
            kept.append(change | {key: field.get(key) for key in inner})
    return event | {"field_history": kept or None}


def _added(call: Call, module: str, record: JSON) -> JSON:
    return _event(call, module, record, "added", record.get("Created_Time"), record.get("Created_By"), None)


def _event(call: Call, module: str, record: JSON, action: str, when: Any, who: Any, history: list[JSON] | None) -> JSON:
    found = call.organisation.module(module) or {}
    return {
        "id": call.store.new_id() if action != "added" else str(record["id"]),
        "audited_time": when,
        "action": action,
        "source": "crm_api" if action == "updated" else "crm_ui",
        "extension": None,
        "type": None,
        "done_by": {key: who.get(key) for key in ("name", "id")} if isinstance(who, dict) else None,
        "related_record": None,
        "automation_details": None,
        "record": {
            "name": title_of(rules_of(call, module), record),
            "id": record["id"],
            "module": {"api_name": module, "id": found.get("id")},
        },
        "field_history": history,
    }


# what ordinary changes leave; the store's lock is held from the one to the other


def _remember(call: Call, module: str, record: JSON, changes: JSON) -> ItemError | None:
    """Never refuses: keeps what a record was before a change."""
    before = {name: (record.get(name), changes[name]) for name in changes}
    call.store.kept[_CHANGES, module, str(record.get("id"))] = (call.entry.n, before)
    return None


def _tell(call: Call, module: str, record: JSON, op: str) -> None:
    """Enters a change that was made."""
    id_ = str(record.get("id"))
    request, changes = call.store.kept.pop((_CHANGES, module, id_), (0, {}))
    if op != "update" or request != call.entry.n:  # another request's, which was refused in the end
        return
    types = {str(field.get("api_name")): field for field in dicts(call.organisation.fields.get(module))}
    history = [
        {"api_name": name, "id": types[name].get("id"), "_value": {"old": _word(old), "new": _word(new)}}
        for name, (old, new) in changes.items()
        if name in types and old != new
    ]
    timelines = call.organisation.timelines
    if module not in timelines:
        timelines[module] = {}
    events = timelines[module].setdefault(id_, [])
    if not events:
        events.append(_added(call, module, record))
    event = _event(call, module, record, "updated", record.get("Modified_Time"), record.get("Modified_By"), history)
    events.insert(0, event)


def _word(value: Any) -> str | None:
    """A value as the timeline tells it: text."""
    if value is None or value == []:
        return None
    if isinstance(value, dict):
        return str(value.get("name") or value.get("id") or "")
    if isinstance(value, list):
        return ", ".join(str(_word(one)) for one in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


if _remember not in guards.UPDATE_GUARDS:
    guards.UPDATE_GUARDS.append(_remember)
    guards.AFTER_COMMIT.append(_tell)

ROUTES = [Route("GET", "/{module}/{id}/__timeline", ("ZohoCRM.modules.{item}.READ",), _timeline)]
