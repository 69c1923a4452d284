"""From a module's description to the object of GET /settings/modules, with its related lists and custom views."""

from __future__ import annotations

from crm_client.standin.organisations.made.fields import all_specs, name_field
from crm_client.standin.organisations.made.layouts import layout_id
from crm_client.standin.organisations.made.spec import NONE, FieldSpec, ModuleSpec, values_of
from crm_client.standin.organisations.made.world import JSON, World


def modules(world: World) -> list[JSON]:
    """Every module, in the order of the tabs, then what is no tab."""
    listed = []
    for number, spec in enumerate(world.company.modules, 1):
        data = _module(world, spec)
        if spec.sequence:
            data["sequence_number"] = number
        listed.append(data)
    return listed


def _module(world: World, spec: ModuleSpec) -> JSON:
    profiles = world.profile_refs(spec.hidden_from)
    records = spec.api_supported and spec.owned
    return {
        "id": world.of_module(spec.api, 1),
        "api_name": spec.api,
        "module_name": spec.name or spec.api,
        "singular_label": spec.singular,
        "plural_label": spec.plural,
        "actual_singular_label": spec.actual[0] or spec.singular,
        "actual_plural_label": spec.actual[1] or spec.plural,
        "description": spec.description,
        "generated_type": spec.generated,
        "status": spec.status,
        "visibility": spec.visibility,
        "visible": spec.status == "visible",
        "viewable": spec.viewable,
        "creatable": spec.creatable,
        "editable": spec.creatable,
        "deletable": spec.creatable,
        "convertable": spec.convertable,
        "quick_create": spec.quick_create,
        "api_supported": spec.api_supported,
        "show_as_tab": spec.tab,
        "presence_sub_menu": records and spec.tab,
        "sub_menu_available": records and spec.tab,
        "lookupable": spec.lookupable,
        "isBlueprintSupported": spec.blueprint,
        "global_search_supported": spec.searchable,
        "recycle_bin_on_delete": records,
        "feeds_required": spec.feeds,
        "public_fields_configured": spec.public_fields,
        "access_type": "team_based" if spec.team else "org_based",
        "private_profile": None,
        "profiles": profiles,
        "profile_count": len(profiles),
        "has_more_profiles": False,
        "modified_time": world.ago(40) if spec.changed else None,
        "modified_by": world.user_ref(0) if spec.changed else None,
        "web_link": spec.web_link,
        "arguments": [{"name": name, "value": value} for name, value in spec.arguments],
        "business_card_field_limit": 5,
        "parent_module": world.module_ref(spec.parent) if spec.parent else {},
        **({"track_current_data": True} if spec.tracks_current else {}),
    }


def detail(world: World, spec: ModuleSpec) -> JSON:
    """The keys that only the single-module answer has."""
    shown = [name_field(spec), "Owner", "Created_Time"] if spec.fields else []
    return {
        "triggers_supported": spec.blueprint,
        "scoring_supported": spec.wizards,
        "webform_supported": spec.generated in ("default", "custom") and spec.creatable,
        "emailTemplate_support": spec.blueprint,
        "inventory_template_supported": any(field.kind == "subform" and field.mandatory for field in spec.fields),
        "filter_supported": spec.blueprint,
        "email_parser_supported": spec.blueprint,
        "kanban_view": False,
        "kanban_view_supported": spec.blueprint,
        "chart_view": False,
        "chart_view_supported": spec.blueprint,
        "activity_badge": "Enabled" if spec.wizards else "Not_Supported",
        "territory": None,
        "per_page": 10,
        "display_field": name_field(spec) if spec.fields else None,
        "search_layout_fields": shown,
        "lookup_field_properties": {
            "fields": [{"sequence_number": n, "api_name": name} for n, name in enumerate(shown)]
        },
        "related_list_properties": {"sort_by": None, "fields": shown, "sort_order": None},
        "$properties": ["$approval_state", "$editable", "$locked_for_me", "$process_flow", "$wizard_connection_path"],
        "$on_demand_properties": ["$client_portal_invited"] if spec.api == "Contacts" else [],
        "$field_states": ["$visible", "$read_only"],
    }


def pointing_here(world: World, target: str) -> list[tuple[ModuleSpec, FieldSpec, int]]:
    """The lookups of other modules that point at this one: (module, field, its place there)."""
    found = []
    for module in world.company.modules:
        if module.generated in ("default", "custom"):
            for place, field in enumerate(all_specs(module)):
                if field.kind in ("lookup", "multiselectlookup") and field.to == target and not field.unused:
                    found.append((module, field, place))
    return found


def related_lists(world: World, module: ModuleSpec) -> list[JSON]:
    """What hangs on a record of the module: notes, attachments, activities, and every module that looks it up."""
    if not module.owned or not module.api_supported or module.generated not in ("default", "custom"):
        return []
    listed: list[JSON] = []

    def add(
        api_name: str, name: str, label: str, of: str | None, kind: str = "default", status: str = "visible"
    ) -> None:
        listed.append(
            {
                "id": world.of_module(module.api, 9001 + len(listed)),
                "api_name": api_name,
                "name": name,
                "display_label": label,
                "module": world.module_ref(of) if of else None,
                "type": kind,
                "status": status,
                "sequence_number": str(len(listed) + 1),
                "href": f"{module.api}/{{ENTITYID}}/{api_name}",
                "action": None,
                "customize_sort": True,
                "customize_fields": True,
                "customize_display_label": kind != "default",
            }
        )

    add("Notes", "Notes", "Notes", "Notes")
    add("Attachments", "Attachments", "Attachments", "Attachments")
    if module.generated == "custom" or module.wizards:
        for api, label in (("Tasks", "Open Tasks"), ("Events", "Open Meetings"), ("Calls", "Open Calls")):
            add(api, api, label, api)
        add("Emails", "Emails", "Emails", None)
    seen: set[str] = {item["api_name"] for item in listed}
    for other, field, _ in pointing_here(world, module.api):
        title = field.related or other.plural
        api_name = title.replace(" ", "_")
        if api_name in seen:
            title, api_name = f"{title} ({field.label})", f"{api_name}_{field.api_name}"
        seen.add(api_name)
        kind = (
            "multiselectlookup" if field.kind == "multiselectlookup" else "custom_lookup" if field.custom else "default"
        )
        add(api_name, title, title, other.api, kind, "visible" if other.status == "visible" else "hidden")
    return listed


def custom_views(world: World, module: ModuleSpec) -> list[JSON]:
    """All records, mine, recent ones, and one per value of the first tracked or coloured picklist."""
    if not module.owned or not module.api_supported or not module.fields:
        return []
    numbers = {
        field.api_name: world.of_module(module.api, 101 + place) for place, field in enumerate(all_specs(module))
    }
    name = name_field(module)
    shown = [name, *(field.api_name for field in module.fields if field.card and field.api_name != name), "Owner"]
    listed: list[JSON] = []

    def add(label: str, criteria: JSON | None, category: str = "public_views", system: str | None = None) -> None:
        mine = category == "created_by_me"
        listed.append(
            {
                "id": world.of_module(module.api, 9501 + len(listed)),
                "name": label,
                "display_value": label,
                "system_name": system,
                "system_defined": system is not None,
                "category": category,
                "default": not listed,
                "favorite": 1 if mine else None,
                "locked": False,
                "offline": True,
                "access_type": "only_to_me" if mine else "public",
                "shared_to": None,
                "module": world.module_ref(module.api),
                "criteria": criteria,
                "fields": [{"api_name": field, "id": numbers[field], "_pin": field == name} for field in shown],
                "sort_by": {"api_name": "Modified_Time", "id": numbers["Modified_Time"]} if mine else None,
                "sort_order": "desc" if mine else None,
                "created_by": world.user_ref(0) if mine else None,
                "created_time": world.ago(200) if mine else None,
                "modified_by": world.user_ref(0) if mine else None,
                "modified_time": world.ago(100) if mine else None,
                "last_accessed_time": world.ago(1 + len(listed)),
            }
        )

    def where(field: str, comparator: str, value: str) -> JSON:
        return {
            "comparator": comparator,
            "field": {"api_name": field, "id": numbers[field]},
            "type": "value",
            "value": value,
        }

    add(f"All {module.plural}", None, system="ALLVIEWS")
    add(f"My {module.plural}", where("Owner", "equal", "${CURRENTUSER}"), system="MYVIEWS")
    add(f"Recently Created {module.plural}", where("Created_Time", "equal", "${TODAY}-7"), system="RECENTLYCREATED")
    chosen = next(
        (field for field in module.fields if field.kind == "picklist" and (field.tracked or field.coloured)), None
    )
    if chosen:
        for value in [value for value in values_of(chosen.values) if value.actual != NONE][:3]:
            criteria = where(chosen.api_name, "equal", value.actual)
            add(f"{chosen.label}: {value.display}", criteria, "created_by_me")
    return listed


def layout_refs(world: World, module: ModuleSpec) -> list[JSON]:
    """`[{id, name}]` of the module's layouts, as records name them."""
    return [{"name": spec.name, "id": layout_id(world, module, n)} for n, spec in enumerate(module.layouts)]
