"""Modules metadata: the list and single modules (modules.md)."""

from __future__ import annotations

from crm_client.standin.calls import Call
from crm_client.standin.errors import ApiError
from crm_client.standin.messages import Answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.versions import module_keys
from crm_client.standin.viewer import Viewer

STATUSES = ("visible", "scheduled_for_deletion", "user_hidden", "system_hidden")
RIGHTS = {"viewable": "View", "creatable": "Create", "editable": "Edit", "deletable": "Delete"}
MAX_PROFILES = 50


def _list(call: Call) -> Answer:
    """GET /settings/modules: every module, also those that this profile does not see."""
    wanted = call.param("status")
    statuses = wanted.split(",") if wanted else []
    for index, status in enumerate(statuses):
        if status not in STATUSES:
            details = {"param_name": "status", "index": index, "supported_values": list(STATUSES)}
            raise ApiError("INVALID_DATA", details)

    def make() -> JSON | None:
        modules = [
            shown(module, call.viewer, call.version)
            for module in call.organisation.modules
            if not statuses or module.get("status") in statuses
        ]
        # unverified: an organisation without any module answers an empty list; 204 is for a filter that matches nothing
        return {"modules": modules} if modules or not statuses else None

    return call.cached(("modules", *statuses), make)


def _single(call: Call) -> Answer:
    """GET /settings/modules/{name or id}: one module with more keys, in a list.

    unverified: a module that the profile does not see gives NO_PERMISSION, a web tab 204, no API NOT_SUPPORTED.
    """
    name = call.parts["module_name"]
    module = call.organisation.module(name)
    if module is None:
        raise ApiError("INVALID_MODULE", {"resource_path_index": 2})
    if module.get("generated_type") in ("web", "webtab_link"):
        return Answer(204)
    if module.get("api_supported") is False:
        raise ApiError("NOT_SUPPORTED", {"resource_path_index": 2})
    call.check_view(module)
    details = call.organisation.module_details.get(str(module.get("api_name")), {})
    return call.cached(("module", name), lambda: {"modules": [shown(details | module, call.viewer, call.version)]})


def shown(module: JSON, viewer: Viewer, version: int) -> JSON:
    """The module as this profile sees it in this version."""
    made = module_keys(module, version)
    sees = viewer.sees_tab(module)
    if version >= 8 and "visible" not in made:
        made["visible"] = sees and module.get("status") == "visible"
    elif "visible" in made:
        made["visible"] = made["visible"] is True and sees
    name = str(module.get("api_name"))
    for key, verb in RIGHTS.items():
        if made.get(key) is True:
            made[key] = sees and viewer.may_do(verb, name)
    profiles = made.get("profiles")
    if isinstance(profiles, list) and len(profiles) > MAX_PROFILES:
        made |= {"profiles": profiles[:MAX_PROFILES], "has_more_profiles": True, "profile_count": len(profiles)}
    return made


ROUTES = [
    Route("GET", "/settings/modules", ("ZohoCRM.settings.modules.READ",), _list),
    Route("GET", "/settings/modules/{module_name}", ("ZohoCRM.settings.modules.READ",), _single),
]
