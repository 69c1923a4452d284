"""From a layout's description to the object that GET /settings/layouts gives, and the pipelines of Deals."""

from __future__ import annotations

from crm_client.standin.organisation import fresh
from crm_client.standin.organisations.made.fields import all_specs, fields, on_layout
from crm_client.standin.organisations.made.spec import NONE, FieldSpec, LayoutSpec, ModuleSpec, SectionSpec
from crm_client.standin.organisations.made.standard import CLOSED
from crm_client.standin.organisations.made.world import JSON, World

# Keys of a field that only the fields call gives.
_NOT_HERE = ("layout_associations", "blueprint_supported", "hipaa_compliance", "hipaa_compliance_enabled")
_INFORMATION = (SectionSpec("", "Information"),)
_PROBABILITY = {"Qualification": 10, "Needs Analysis": 20, "Value Proposition": 40, "Id. Decision Makers": 60,
                "Proposal/Price Quote": 75, "Negotiation/Review": 85, "Credit Check": 90,
                "Closed Won": 100}  # fmt: skip


def probability(stage: str) -> int:
    """The chance of a deal in a stage, in percent."""
    return _PROBABILITY.get(stage, 0)


def layouts(world: World, module: ModuleSpec) -> list[JSON]:
    """Every layout of a module, with its sections and the fields as they stand there."""
    by_name = {data["api_name"]: data for data in fields(world, module)}
    return [_layout(world, module, number, spec, by_name) for number, spec in enumerate(module.layouts)]


def layout_id(world: World, module: ModuleSpec, number: int) -> str:
    """The id of the module's layout with this place in its description."""
    return world.of_module(module.api, 8001 + number)


def _layout(world: World, module: ModuleSpec, number: int, spec: LayoutSpec, by_name: dict[str, JSON]) -> JSON:
    first = number == 0
    view = {"id": layout_id(world, module, number), "name": spec.name, "type": "layout"}
    sections = _sections(world, module, number, spec, by_name)
    return {
        "id": view["id"],
        "name": spec.name,
        "display_label": spec.name,
        "api_name": spec.api_name,
        "status": spec.status,
        "visible": spec.status == "active",
        "source": "crm",
        "generated_type": "system" if first else "custom",
        "created_for": spec.created_for or None,
        "created_time": None if first else world.ago(500 - number),
        "created_by": None if first else world.user_ref(0),
        "modified_time": world.ago(60 + number),
        "modified_by": world.user_ref(0),
        "show_business_card": True,
        "has_more_profiles": False,
        "actions_allowed": {
            "edit": True,
            "rename": True,
            "clone": True,
            "downgrade": False,
            "delete": not first,
            "deactivate": not first,
            "set_layout_permissions": True,
        },
        "convert_mapping": _conversion(world) if module.convertable else None,
        "profiles": [
            {**profile, "default": first, "_default_view": dict(view), "_default_assignment_view": dict(view)}
            for profile in world.profile_refs(f"{module.hidden_from} {spec.hidden_from}")
        ],
        "sections": sections,
    }


def _sections(world: World, module: ModuleSpec, number: int, spec: LayoutSpec, by_name: dict[str, JSON]) -> list[JSON]:
    placed = [field for field in all_specs(module) if on_layout(field, spec)]
    made: list[JSON] = []

    def section(key: str, name: str, mode: str, columns: int, traversal: str, own: list[FieldSpec], used: bool) -> None:
        section_number = len(made) + 1
        subform = bool(own) and own[0].kind == "subform"
        made.append(
            {
                "id": world.of_module(module.api, 8101 + number * 40 + section_number),
                "name": name,
                "api_name": name,
                "display_label": name,
                "sequence_number": section_number,
                "column_count": columns,
                "tab_traversal": traversal,
                "mode": mode,
                "type": "used" if used else "unused",
                "generated_type": "default" if key in ("", "image", "address", "notes") else "custom",
                "isSubformSection": subform,
                "properties": _subform_properties(own[0]) if subform else None,
                "fields": [
                    _placed(module, by_name, field, spec, (place, section_number)) for place, field in enumerate(own, 1)
                ],
            }
        )

    for part in module.sections or _INFORMATION:
        own = [field for field in placed if field.section == part.key and field.kind != "subform"]
        if part.key in spec.without.split() or not own:
            continue
        name = f"{module.singular} {part.name}" if part.name in ("Information", "Image") else part.name
        columns = 1 if part.key and part.key in spec.one_column.split() else part.columns
        used = part.used and not (part.key and part.key in spec.unused.split())
        section(part.key, name, "default_create", columns, part.traversal, own, used)
    for field in placed:
        if field.kind == "subform":
            section("", field.label, "default_create", 1, "left_to_right", [field], True)
    for mode, name, chosen in (
        ("quick_create", "Quick Create", [field for field in placed if field.quick]),
        ("business_card", "Business Card", [field for field in placed if field.card][:5]),
    ):
        if chosen:
            section("", name, mode, 1, "left_to_right", chosen, True)
    return made


def _subform_properties(field: FieldSpec) -> JSON:
    rows = 100 if field.mandatory else 25
    return {"reorder_rows": True, "bulk_addition": field.mandatory, "maximum_rows": rows, "tooltip": None}


def _placed(
    module: ModuleSpec, by_name: dict[str, JSON], spec: FieldSpec, layout: LayoutSpec, place: tuple[int, int]
) -> JSON:
    """The field as it stands on a layout; `place` is its number in the section and the section's."""
    copy: JSON = fresh({key: value for key, value in by_name[spec.api_name].items() if key not in _NOT_HERE})
    copy["required"] = spec.mandatory or spec.api_name in layout.required.split()
    copy["sequence_number"], copy["section_id"] = place
    copy["default_value"] = spec.default
    copy["validation_rule"] = None
    copy["element_type"] = "field"
    copy["pick_list_values"] = [value for value in copy["pick_list_values"] if value["type"] == "used"]
    if layout.pipelines and spec.api_name in ("Pipeline", "Stage"):
        _restrict(copy, layout, spec.api_name)
    if spec.api_name == "Stage":
        for value in copy["pick_list_values"]:
            value |= _stage_facts(value["actual_value"])
    for child in module.fields:
        if child.parent == spec.api_name and on_layout(child, layout):
            _map_values(copy, by_name[child.api_name], child.maps)
    return copy


def _restrict(copy: JSON, layout: LayoutSpec, api_name: str) -> None:
    pipelines = [part.split(":") for part in layout.pipelines.split("|")]
    allowed = {name for name, _ in pipelines} if api_name == "Pipeline" else set()
    for _, stages in pipelines:
        allowed |= set(stages.split(",")) if api_name == "Stage" else set()
    copy["pick_list_values"] = [value for value in copy["pick_list_values"] if value["actual_value"] in allowed]


def _stage_facts(stage: str) -> JSON:
    category = {"Closed Won": "Closed", "Closed Lost": "Omitted", "Closed Lost to Competition": "Omitted"}
    return {
        "probability": probability(stage),
        "forecast_type": _forecast(stage),
        "forecast_category": {"name": category.get(stage, "Pipeline"), "id": None},
        "deal_category": _forecast(stage),
    }


def _forecast(stage: str) -> str:
    return "Open" if stage not in CLOSED else "Closed Won" if stage == "Closed Won" else "Closed Lost"


def _map_values(parent: JSON, child: JSON, maps: str) -> None:
    """Writes into the parent's values which values of the child they offer."""
    offered = {part.split(":")[0]: part.split(":")[1].split(",") for part in maps.split("|")}
    for value in parent["pick_list_values"]:
        wanted = (NONE, *offered.get(value["actual_value"], ()))
        keys = ("id", "display_value", "actual_value", "colour_code")
        listed = [
            {key: entry[key] for key in keys} for entry in child["pick_list_values"] if entry["actual_value"] in wanted
        ]
        value.setdefault("maps", []).append(
            {"api_name": child["api_name"], "id": child["id"], "pick_list_values": listed}
        )


def _conversion(world: World) -> JSON:
    """What a lead becomes: the layouts of the three modules, and which fields of the deal have to be asked for."""
    targets: JSON = {}
    for api in ("Contacts", "Deals", "Accounts"):
        module = world.specs[api]
        targets[api] = {"name": module.layouts[0].name, "id": layout_id(world, module, 0)}
    asked = ("Amount", "Deal_Name", "Closing_Date", "Stage")
    targets["Deals"]["fields"] = [
        {
            "api_name": spec.api_name,
            "field_label": spec.shown or spec.label,
            "id": world.of_module("Deals", 101 + place),
            "required": spec.mandatory,
        }
        for place, spec in enumerate(all_specs(world.specs["Deals"]))
        if spec.api_name in asked
    ]
    return targets


def pipelines(world: World, module: ModuleSpec, spec: LayoutSpec) -> list[JSON]:
    """The pipelines of one layout of Deals with their stages in order."""
    by_name = {data["api_name"]: data for data in fields(world, module)}
    own = {value["actual_value"]: value for value in by_name["Pipeline"]["pick_list_values"]}
    stages = {value["actual_value"]: value for value in by_name["Stage"]["pick_list_values"]}
    categories = {"Pipeline": 6787, "Closed": 6789, "Omitted": 6791}
    listed = []
    for number, part in enumerate(spec.pipelines.split("|")):
        name, _, names = part.partition(":")
        maps = []
        for sequence, stage in enumerate(names.split(","), 1):
            category = _stage_facts(stage)["forecast_category"]["name"]
            maps.append(
                {
                    "id": stages[stage]["id"],
                    "display_value": stages[stage]["display_value"],
                    "actual_value": stage,
                    "colour_code": stages[stage]["colour_code"],
                    "sequence_number": sequence,
                    "forecast_type": _forecast(stage),
                    "forecast_category": {"name": category, "id": world.id(categories[category])},
                }
            )
        value = own[name]
        listed.append({"id": value["id"], "display_value": value["display_value"], "actual_value": name,
                       "default": number == 0, "maps": maps})  # fmt: skip
    return listed
