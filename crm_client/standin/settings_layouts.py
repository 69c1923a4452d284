"""Layouts, pipelines, dependent picklists, related lists, custom views."""

from __future__ import annotations

from typing import Any

from crm_client.standin.calls import MAX_PER_PAGE, Call, paged, some
from crm_client.standin.errors import ApiError, bad_param, bad_path_part
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.settings_fields import UPDATES, fields_of
from crm_client.standin.settings_fields import shown as shown_field
from crm_client.standin.versions import layout_keys
from crm_client.standin.viewer import dicts, reference_id

MODES = ("all", "business_card", "quick_create")
INCLUDES = ("total_profiles", "portal_user_types")
INNER = f"fields.{UPDATES}"


def _layouts(call: Call) -> Answer:
    """GET /settings/layouts?module="""
    name = str(call.module_param()["api_name"])
    options = _options(call)
    layouts = call.organisation.layouts
    return call.cached(
        ("layouts", name, options),
        lambda: some("layouts", [_shown(call, layout, options) for layout in dicts(layouts.get(name))]),
    )


def _layout(call: Call) -> Answer:
    """GET /settings/layouts/{id}?module=: one layout, in a list."""
    name = str(call.module_param()["api_name"])
    options = _options(call)
    layout_id = call.parts["id"]
    layout = _layout_of(call, name, layout_id)
    return call.cached(("layout", name, layout_id, options), lambda: {"layouts": [_shown(call, layout, options)]})


def _options(call: Call) -> tuple[str, bool, tuple[str, ...]]:
    """The v8 parameters `mode`, `include_inner_details` and `include`; v7 does not look at them."""
    if call.version < 8:
        return "all", False, ()
    mode = call.param("mode") or "all"
    if mode not in MODES:
        raise bad_param("mode", supported_values=list(MODES))
    include = tuple(sorted({part for part in call.param("include").split(",") if part}))
    if set(include) - set(INCLUDES):
        raise bad_param("include", supported_values=list(INCLUDES))
    return mode, INNER in call.param("include_inner_details").split(","), include


def _shown(call: Call, layout: JSON, options: tuple[str, bool, tuple[str, ...]]) -> JSON:
    """The layout as this profile sees it in this version.

    unverified: what `include` adds: the number of profiles, and no portal's user types where none are kept.

    unverified: layouts that are not assigned to the profile are listed too, with `visible` false.
    unverified: `mode` quick_create keeps the fields that such a form shows, business_card the sections of that mode.
    """
    mode, updates, include = options
    made = layout_keys(layout, call.version)
    profiles = layout.get("profiles")
    if "total_profiles" in include:
        made.setdefault("total_profiles", len(dicts(profiles)))
    if "portal_user_types" in include:
        made.setdefault("portal_user_types", [])
    if isinstance(profiles, list) and profiles and call.viewer.profile_id not in map(reference_id, profiles):
        made["visible"] = False
    if not call.viewer.customizes and "profiles" in made:
        made["profiles"] = None
    sections = []
    for section in dicts(made.get("sections")):
        fields = [
            shown_field(field, call.viewer, call.version, updates=updates)
            for field in dicts(section.get("fields"))
            if mode != "quick_create" or _quick(field)
        ]
        if mode == "all" or (fields and mode in ("quick_create", section.get("mode"))):
            sections.append(section | {"fields": fields})
    if "sections" in made:
        made["sections"] = sections
    return made


def _quick(field: JSON) -> bool:
    shown_on = field.get("view_type")
    return isinstance(shown_on, dict) and shown_on.get("quick_create") is True


def _layout_of(call: Call, module: str, layout_id: str) -> JSON:
    for layout in dicts(call.organisation.layouts.get(module)):
        if str(layout.get("id")) == layout_id:
            return layout
    raise bad_path_part(2)


def _dependencies(call: Call) -> Answer:
    """GET /settings/layouts/{id}/map_dependency?module=, made from the dependent values in the layout itself."""
    if call.param("filters"):
        raise bad_param("filters", "the stand-in does not filter dependencies")
    page, per_page = call.number("page", 1), call.number("per_page", 20, MAX_PER_PAGE)
    listed = [{key: value for key, value in item.items() if key != "pick_list_values"} for item in _mapped(call)]
    shown, info = paged([item | {"sub_module": None} for item in listed], page, per_page)
    return json_answer({"map_dependency": shown, "info": info}) if shown else Answer(204)


def _dependency(call: Call) -> Answer:
    """GET /settings/layouts/{id}/map_dependency/{dependency}?module=: one with its values; 204 for an unknown id."""
    found = [item for item in _mapped(call) if item["id"] == call.parts["dependency"]]
    return json_answer({"map_dependency": found}) if found else Answer(204)


def _mapped(call: Call) -> list[JSON]:
    """Every pair of a picklist and the one that depends on it. Raises ApiError."""
    layout = _layout_of(call, str(call.module_param()["api_name"]), call.parts["id"])
    if layout.get("status", "active") != "active":
        raise bad_path_part(2)
    found: list[JSON] = []
    for parent in fields_of(layout):
        children: dict[str, JSON] = {}
        for value in dicts(parent.get("pick_list_values")):
            for child in dicts(value.get("maps")):
                entry = children.setdefault(str(child.get("id")), _pair(layout, parent, child))
                kept: list[JSON] = entry["pick_list_values"]
                keys = ("id", "display_value", "actual_value")
                maps = [{key: item.get(key) for key in keys} for item in dicts(child.get("pick_list_values"))]
                kept.append({key: value.get(key) for key in keys} | {"maps": maps})
        found.extend(children.values())
    return found


def _pair(layout: JSON, parent: JSON, child: JSON) -> JSON:
    digits = [str(item.get("id")) for item in (layout, parent, child)]
    number = sum(int(text) * factor for text, factor in zip(digits, (1, 3, 7), strict=True) if text.isdigit())
    return {
        "id": str(number)[:19],  # the layout has no id for the pair; this one is the same every time
        "active": True,
        "internal": False,
        "parent": {"api_name": parent.get("api_name"), "id": parent.get("id")},
        "child": {"api_name": child.get("api_name"), "id": child.get("id")},
        "category": 1 if parent.get("api_name") == "Pipeline" else 0,
        "source": 1,
        "pick_list_values": [],
    }


def _pipelines(call: Call) -> Answer:
    """GET /settings/pipeline?layout_id= (also /{id}): pipelines of a Deals layout; 204 when there are none."""
    layout_id = call.needed("layout_id")
    known = any(str(layout.get("id")) == layout_id for layout in dicts(call.organisation.layouts.get("Deals")))
    if not known and layout_id not in call.organisation.pipelines:
        raise bad_param("layout_id")
    wanted = call.parts.get("id")
    pipelines = [
        pipeline
        for pipeline in dicts(call.organisation.pipelines.get(layout_id))
        if wanted is None or str(pipeline.get("id")) == wanted
    ]
    return call.cached(("pipeline", layout_id, wanted), lambda: some("pipeline", pipelines))


def _related_lists(call: Call) -> Answer:
    """GET /settings/related_lists?module=; unverified: lists of modules that the profile does not see are left out."""
    name = str(call.module_param()["api_name"])

    def visible(related: JSON) -> bool:
        target = related.get("module")
        module = call.organisation.module(str(target.get("api_name"))) if isinstance(target, dict) else None
        return module is None or call.viewer.sees_tab(module)

    lists = call.organisation.related_lists
    return call.cached(
        ("related_lists", name), lambda: some("related_lists", [one for one in dicts(lists.get(name)) if visible(one)])
    )


def _custom_views(call: Call) -> Answer:
    """GET /settings/custom_views?module=, paged."""
    name = str(call.module_param()["api_name"])
    views = dicts(call.organisation.custom_views.get(name))
    shown, info = paged(views, call.number("page", 1), call.number("per_page", MAX_PER_PAGE, MAX_PER_PAGE))
    extra: dict[str, Any] = {
        "default": next((view.get("id") for view in views if view.get("default") is True), None),
        "translation": {
            "public_views": "Public Views",
            "other_users_views": "Other Users' Views",
            "shared_with_me": "Shared with Me",
            "created_by_me": "Created by Me",
        },
    }
    return json_answer({"custom_views": shown, "info": info | extra}) if shown else Answer(204)


def _custom_view(call: Call) -> Answer:
    """GET /settings/custom_views/{id}?module=: one view, in a list; 204 for an unknown id."""
    name = str(call.module_param()["api_name"])
    if not call.parts["id"].isdigit():
        raise ApiError("INVALID_DATA", {"resource_path_index": 2})
    listed = dicts(call.organisation.custom_views.get(name))
    views = [view for view in listed if str(view.get("id")) == call.parts["id"]]
    return json_answer({"custom_views": views}) if views else Answer(204)


_LAYOUTS = ("ZohoCRM.settings.layouts.READ",)
_DEPENDENCY = ("ZohoCRM.settings.map_dependency.READ",)
_PIPELINE = ("ZohoCRM.settings.pipeline.READ",)
_VIEWS = ("ZohoCRM.settings.custom_views.READ",)
ROUTES = [
    Route("GET", "/settings/layouts", _LAYOUTS, _layouts),
    Route("GET", "/settings/layouts/{id}", _LAYOUTS, _layout),
    Route("GET", "/settings/layouts/{id}/map_dependency", _DEPENDENCY, _dependencies),
    Route("GET", "/settings/layouts/{id}/map_dependency/{dependency}", _DEPENDENCY, _dependency),
    Route("GET", "/settings/pipeline", _PIPELINE, _pipelines),
    Route("GET", "/settings/pipeline/{id}", _PIPELINE, _pipelines),
    Route("GET", "/settings/related_lists", ("ZohoCRM.settings.related_lists.READ",), _related_lists),
    Route("GET", "/settings/custom_views", _VIEWS, _custom_views),
    Route("GET", "/settings/custom_views/{id}", _VIEWS, _custom_view),
]
