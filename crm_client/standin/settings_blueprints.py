"""Processes in the settings, v8 alone: list, whole graph, states, transitions, limits (blueprint.md, part 2)."""

from __future__ import annotations

from crm_client.standin.calls import MAX_PER_PAGE, Call, paged, some
from crm_client.standin.errors import ApiError, bad_param, no_permission
from crm_client.standin.messages import Answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.viewer import dicts, reference_id

# unverified: which permission the CRM looks at
PERMISSION = "Crm_Implied_Manage_Blueprint"
STATUSES = ("active", "draft", "inactive")
MOST_IDS = 50
MAXIMUM = 50  # processes of an organisation. unverified: the number of the edition
INCLUDES = {"state": "states", "transition": "transitions"}
_HEAD = (
    "id", "name", "api_name", "status", "module", "layout", "field", "continuous", "pipeline", "created_by",
    "created_time", "modified_by", "modified_time",
)  # fmt: skip
_SHORT = {"states": ("id", "name", "api_name"), "transitions": ("id", "name", "api_name")}


def check_rights(call: Call) -> None:
    """Raises ApiError (403) when the profile may not manage processes."""
    if not call.viewer.may(PERMISSION):
        raise no_permission(PERMISSION, "permission denied")


def _list(call: Call) -> Answer:
    """GET /settings/blueprints: heads of the processes, a page of them."""
    check_rights(call)
    module, status, layout = call.param("module"), call.param("status"), call.param("layout_id")
    by, order = call.param("sort_by") or "modified_time", call.param("sort_order") or "desc"
    page, per_page = call.number("page", 1), call.number("per_page", MAX_PER_PAGE, MAX_PER_PAGE)
    if module and call.organisation.module(module) is None:
        raise ApiError("INVALID_MODULE", {"param_name": "module"})
    if status and status not in STATUSES:
        raise bad_param("status", supported_values=list(STATUSES))
    if by != "modified_time":
        raise bad_param("sort_by", supported_values=["modified_time"])
    if order not in ("asc", "desc"):
        raise bad_param("sort_order", supported_values=["asc", "desc"])

    def make() -> JSON | None:
        found = [
            {key: raw.get(key) for key in _HEAD}
            for raw in call.organisation.blueprint_settings.values()
            if (not module or module in _module(raw))
            and (not status or raw.get("status") == status)
            and (not layout or reference_id(raw.get("layout")) == layout)
        ]
        found.sort(key=lambda raw: str(raw.get("modified_time")), reverse=order == "desc")
        shown, info = paged(found, page, per_page)
        return some("blueprints", shown, info)

    return call.cached(("blueprints", module, status, layout, order, page, per_page), make)


def _detail(call: Call) -> Answer:
    """GET /settings/blueprints/{id}?include=state,transition: one process with its graph, in a list.

    unverified: without `include` states and transitions have id and names only.
    """
    check_rights(call)
    process_id = call.parts["id"]
    raw = process_of(call, process_id)
    asked = tuple(sorted({part for part in call.param("include").split(",") if part}))
    if set(asked) - set(INCLUDES):
        raise bad_param("include", supported_values=list(INCLUDES))

    def make() -> JSON:
        made = dict(raw)
        for word, key in INCLUDES.items():
            if word not in asked and isinstance(made.get(key), list):
                made[key] = [{name: one.get(name) for name in _SHORT[key]} for one in dicts(made[key])]
        return {"blueprints": [made]}

    return call.cached(("blueprint", process_id, asked), make)


def _states(call: Call) -> Answer:
    """GET /settings/blueprints/{id}/states[?ids=]."""
    check_rights(call)
    states = dicts(process_of(call, call.parts["id"]).get("states"))
    if call.param("ids"):
        states = _chosen(call, states)
    return call.cached(("states", call.parts["id"], call.param("ids")), lambda: some("states", states))


def _state(call: Call) -> Answer:
    """GET /settings/blueprints/{id}/states/{state}: one state, in a list."""
    check_rights(call)
    states = dicts(process_of(call, call.parts["id"]).get("states"))
    found = next((one for one in states if str(one.get("id")) == call.parts["state"]), None)
    if found is None:
        raise ApiError("INVALID_DATA", {"resource_path_index": 4}, "The state ID given seems to be invalid.")
    return call.cached(("state", call.parts["id"], call.parts["state"]), lambda: {"states": [found]})


def _transitions(call: Call) -> Answer:
    """GET /settings/blueprints/transitions?ids=: there is no call that lists them all."""
    check_rights(call)
    call.needed("ids")
    chosen = _chosen(call, _all_transitions(call))
    return call.cached(("transitions", call.param("ids")), lambda: some("transitions", chosen))


def _transition(call: Call) -> Answer:
    """GET /settings/blueprints/transitions/{id}: one transition, in a list."""
    check_rights(call)
    found = next((one for one in _all_transitions(call) if str(one.get("id")) == call.parts["id"]), None)
    if found is None:
        raise ApiError("INVALID_DATA", {"resource_path_index": 3}, "The transition ID given seems to be invalid.")
    return call.cached(("transition", call.parts["id"]), lambda: {"transitions": [found]})


def _process_configurations(call: Call) -> Answer:
    """GET /settings/blueprints/process_configurations. unverified: everything below the keys."""
    check_rights(call)
    every = list(call.organisation.blueprint_settings.values())
    made = {
        "maximum_allowed_blueprints": MAXIMUM,
        "total_blueprint_configured": len(every),
        "active_blueprint_configured": sum(raw.get("status") == "active" for raw in every),
        "common_transitions_per_blueprint": 10,
        "supported_features": ["continuous", "parallel_transition", "automatic_transition", "escalation"],
        "last_seen_module": next((raw.get("module") for raw in every), None),
    }
    return call.cached(("process_configurations",), lambda: {"blueprints": [made]})


def _usage_configurations(call: Call) -> Answer:
    """GET /settings/blueprints/usage_configurations?module=&layout_id=. unverified: everything below the keys."""
    check_rights(call)
    module = str(call.module_param()["api_name"])
    layout = call.param("layout_id")
    layouts = dicts(call.organisation.layouts.get(module))
    if layout and not any(str(one.get("id")) == layout for one in layouts):
        raise bad_param("layout_id")
    made = {
        "process": {"name": {"max_length": 50}, "description": {"max_length": 1000}, "type": ["normal", "continuous"]},
        "owners": {"types": ["users", "roles", "groups", "profiles", "record_owner"], "limit": 100},
        "timebox": {"periods": ["hours", "minutes", "days", "b_hours", "b_days"], "minimum": 15},
        "transitions": {"trigger_type": ["manual", "automatic"]},
    }
    return call.cached(("usage_configurations", module, layout), lambda: {"blueprints": [made]})


def process_of(call: Call, id_: str) -> JSON:
    """The process with this id, as the settings keep it. Raises ApiError."""
    raw = call.organisation.blueprint_settings.get(id_)
    if raw is None:
        raise ApiError("INVALID_DATA", {"resource_path_index": 2}, "The blueprint ID given seems to be invalid.")
    return raw


def _all_transitions(call: Call) -> list[JSON]:
    return [one for raw in call.organisation.blueprint_settings.values() for one in dicts(raw.get("transitions"))]


def _chosen(call: Call, items: list[JSON]) -> list[JSON]:
    """The items that `ids` names, in its order. Raises ApiError: too many, or one that is none of them."""
    wanted = [part for part in call.param("ids").split(",") if part]
    if len(wanted) > MOST_IDS:
        raise ApiError("LIMIT_EXCEEDED", {"param_name": "ids", "limit": MOST_IDS})
    by_id = {str(item.get("id")): item for item in items}
    if any(one not in by_id for one in wanted):
        raise bad_param("ids")
    return [by_id[one] for one in wanted]


def _module(raw: JSON) -> tuple[str, str]:
    module = raw.get("module")
    return (str(module.get("api_name")), str(module.get("id"))) if isinstance(module, dict) else ("", "")


_READ = ("ZohoCRM.settings.blueprint.READ",)
_OF_STATES = ("ZohoCRM.settings.blueprint.states.READ",)
_OF_TRANSITIONS = ("ZohoCRM.settings.transitions.READ",)
_NEWER = (8,)
_ROOT = "/settings/blueprints"
ROUTES = [
    Route("GET", _ROOT, _READ, _list, versions=_NEWER),
    Route("GET", f"{_ROOT}/{{id}}", _READ, _detail, versions=_NEWER),
    Route("GET", f"{_ROOT}/{{id}}/states", _OF_STATES, _states, versions=_NEWER),
    Route("GET", f"{_ROOT}/{{id}}/states/{{state}}", _OF_STATES, _state, versions=_NEWER),
    Route("GET", f"{_ROOT}/transitions", _OF_TRANSITIONS, _transitions, versions=_NEWER),
    Route("GET", f"{_ROOT}/transitions/{{id}}", _OF_TRANSITIONS, _transition, versions=_NEWER),
    Route("GET", f"{_ROOT}/process_configurations", _READ, _process_configurations, versions=_NEWER),
    Route("GET", f"{_ROOT}/usage_configurations", _READ, _usage_configurations, versions=_NEWER),
]
