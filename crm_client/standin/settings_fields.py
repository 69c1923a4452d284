"""Fields and picklist values (fields-and-layouts.md)."""

from __future__ import annotations

from crm_client.standin.calls import Call, some
from crm_client.standin.errors import bad_param, bad_path_part
from crm_client.standin.messages import Answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.versions import field_keys
from crm_client.standin.viewer import Viewer, dicts

TYPES = ("all", "used", "unused")
UPDATES = "allowed_permissions_to_update"
PICKLISTS = ("picklist", "multiselectpicklist")


def _list(call: Call) -> Answer:
    """GET /settings/fields?module=: the fields of a module over all its layouts, hidden ones included."""
    name = str(call.module_param()["api_name"])
    wanted = call.param("type") or "used"
    if wanted not in TYPES:
        raise bad_param("type", supported_values=list(TYPES))
    updates = _wants_updates(call)

    def make() -> JSON | None:
        fields = [
            shown(field, call.viewer, call.version, updates=updates)
            for field in dicts(call.organisation.fields.get(name))
            if wanted == "all" or field.get("type", "used") == wanted
        ]
        return some("fields", fields)

    return call.cached(("fields", name, wanted, updates), make)


def _single(call: Call) -> Answer:
    """GET /settings/fields/{id}?module=: one field, in a list."""
    name, field = _named(call)
    updates = _wants_updates(call)
    return call.cached(
        ("field", name, call.parts["id"], updates),
        lambda: {"fields": [shown(field, call.viewer, call.version, updates=updates)]},
    )


def _pick_list_values(call: Call) -> Answer:
    """GET /settings/fields/{id}/pick_list_values?module=: the values with the layouts that use them.

    unverified: a field that is no picklist gives INVALID_DATA (the page), not 204 (OpenAPI).
    """
    name, field = _named(call)
    if field.get("data_type") not in PICKLISTS:
        raise bad_path_part(2)
    values = []
    for value in dicts(field.get("pick_list_values")):
        kept = {key: item for key, item in value.items() if key != "maps"}
        kept.setdefault("layout_associations", _layouts_with(call, name, str(field.get("api_name")), value))
        values.append(kept)
    body = some("pick_list_values", values)
    return call.cached(("pick_list_values", name, call.parts["id"]), lambda: body)


def _layouts_with(call: Call, module: str, field: str, value: JSON) -> list[JSON]:
    """References to the layouts whose copy of the field has the value in use."""
    found = []
    for layout in dicts(call.organisation.layouts.get(module)):
        for placed in fields_of(layout):
            listed = dicts(placed.get("pick_list_values")) if placed.get("api_name") == field else []
            if any(one.get("id") == value.get("id") and one.get("type", "used") == "used" for one in listed):
                found.append({key: layout.get(key) for key in ("api_name", "name", "id")})
    return found


def _named(call: Call) -> tuple[str, JSON]:
    """The module's name and the field that the path names. Raises ApiError."""
    name = str(call.module_param()["api_name"])
    for field in dicts(call.organisation.fields.get(name)):
        if str(field.get("id")) == call.parts["id"]:
            return name, field
    raise bad_path_part(2)


def _wants_updates(call: Call) -> bool:
    wanted = [part for part in call.param("include").split(",") if part]
    if any(part != UPDATES for part in wanted):
        raise bad_param("include", supported_values=[UPDATES])
    return bool(wanted)


def fields_of(layout: JSON) -> list[JSON]:
    """The fields of a layout in all its sections."""
    return [field for section in dicts(layout.get("sections")) for field in dicts(section.get("fields"))]


def shown(field: JSON, viewer: Viewer, version: int, *, updates: bool = False) -> JSON:
    """The field as this profile sees it in this version.

    `updates` adds which permissions an administrator may give; unverified: writing unless the field is read-only for
    all, the others unless it is mandatory.
    """
    made = field_keys(field, version)
    permission = viewer.field_permission(field)
    if permission != "read_write":
        made["read_only"] = True
    if permission == "hidden":
        made["visible"] = False
    if not viewer.customizes and "profiles" in made:
        made["profiles"] = None
    if updates:
        writable = field.get("field_read_only") is not True
        mandatory = field.get("system_mandatory") is True
        made.setdefault(UPDATES, {"read_write": writable, "read_only": not mandatory, "hidden": not mandatory})
    else:
        made.pop(UPDATES, None)
    return made


_READ = ("ZohoCRM.settings.fields.READ",)
ROUTES = [
    Route("GET", "/settings/fields", _READ, _list),
    Route("GET", "/settings/fields/{id}", _READ, _single),
    Route("GET", "/settings/fields/{id}/pick_list_values", _READ, _pick_list_values),
]
