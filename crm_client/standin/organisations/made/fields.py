"""From a field's description to the object that GET /settings/fields gives for it."""

from __future__ import annotations

from crm_client.standin.organisations.made.kinds import KINDS, RETURN_JSON, Kind
from crm_client.standin.organisations.made.spec import FieldSpec, LayoutSpec, ModuleSpec, Value, values_of
from crm_client.standin.organisations.made.world import JSON, World

# What the system adds to every module with records of its own, before and after the fields of the description.
_BEFORE = (FieldSpec("Owner", "owner", filled=0, card=True),)
_AFTER = (
    FieldSpec("Created By", "author", filled=1),
    FieldSpec("Created Time", "created_time", section="-", filled=1),
    FieldSpec("Modified By", "author", filled=1),
    FieldSpec("Modified Time", "created_time", section="-", filled=1),
    FieldSpec("Last Activity Time", "visit_time", section="-", filled=0.6),
    FieldSpec("Layout", "layout", section="-", filled=1),
    FieldSpec("Tag", "tag", filled=0.1),
    FieldSpec("Record Id", "record_id", api="id", section="-", filled=1),
    FieldSpec("Change Log Time", "system_time", api="Change_Log_Time__s", section="-", filled=0),
    FieldSpec("Locked", "boolean", api="Locked__s", section="-", default=False, filled=0),
    FieldSpec(
        "Record Status", "picklist", api="Record_Status__s", values="Available|Draft|Trash", section="-", filled=0
    ),
)
_IMAGE = FieldSpec("Record Image", "profileimage", section="image", filled=0)
_WIZARD = FieldSpec("Wizard", "wizard", filled=0)
_SALE = ("Accounts", "Contacts", "Deals", "Leads")
_TERRITORIES = FieldSpec("Territories", "territories", section="-", filled=0)
_COMMON_IDS = (FieldSpec("Record Id", "record_id", api="id", section="-", filled=1),)


def all_specs(module: ModuleSpec) -> list[FieldSpec]:
    """The module's described fields with those that the system adds."""
    if not module.fields:
        return []
    if not module.owned:
        return [*module.fields, *_COMMON_IDS]
    return [
        *((_IMAGE,) if module.image else ()),
        *_BEFORE,
        *module.fields,
        *_AFTER,
        *((_WIZARD,) if module.wizards else ()),
        *((_TERRITORIES,) if module.api in _SALE else ()),
    ]


def fields(world: World, module: ModuleSpec) -> list[JSON]:
    """Every field of a module, in the CRM's order, with the values of every layout."""
    listed, value_number = [], 2001
    for place, spec in enumerate(all_specs(module)):
        values = values_of(spec.values) if spec.values else []
        listed.append(_field(world, module, spec, place, values, value_number))
        value_number += len(values)
    _add_v8_families(module, listed)
    return listed


def on_layout(spec: FieldSpec, layout: LayoutSpec) -> bool:
    """Whether a field stands on a layout."""
    without = layout.without.split()
    return not spec.unused and spec.section != "-" and spec.api_name not in without and spec.section not in without


def name_field(module: ModuleSpec) -> str:
    """The api_name of the field that names a record of the module."""
    names = {spec.api_name for spec in module.fields}
    for name in ("Full_Name", "Name"):
        if name in names:
            return name
    return next((spec.api_name for spec in module.fields if spec.mandatory), module.fields[0].api_name)


def longest(spec: FieldSpec) -> int | None:
    """How many characters a text of the field may have; None for what is no text."""
    kind = KINDS[spec.kind]
    return (spec.length or kind.length) if kind.data_type in ("text", "textarea", "email", "website", "phone") else None


def _field(
    world: World, module: ModuleSpec, spec: FieldSpec, place: int, values: list[Value], value_number: int
) -> JSON:
    kind = KINDS[spec.kind]
    listable = "l" in kind.traits
    system_only = not set("wf") & set(kind.traits) or spec.api_name in ("Converted__s", "Locked__s", "Record_Status__s")
    written = "w" in kind.traits and not system_only and not spec.api_name.startswith("Converted_")
    changed = world.ago(30 + (place * 37 + len(spec.label) * 11) % 600) if spec.custom else None
    data: JSON = {
        "id": world.of_module(module.api, 101 + place),
        "api_name": spec.api_name,
        "field_label": spec.shown or spec.label,
        "display_label": spec.label,
        "data_type": kind.data_type,
        "json_type": RETURN_JSON.get(spec.returns, kind.json_type),
        "ui_type": kind.ui_type,
        "length": spec.length or kind.length,
        "decimal_place": kind.decimals if spec.decimals is None else spec.decimals,
        "system_mandatory": spec.mandatory,
        "read_only": not written,
        "field_read_only": spec.api_name == "Owner" or (not written and not spec.custom),
        "visible": not spec.unused,
        "profiles": _permissions(world, spec, written),
        "view_type": {"view": True, "edit": written, "create": written, "quick_create": spec.quick},
        "operation_type": {
            "web_create": written,
            "web_update": written or "f" in kind.traits,
            "api_create": written,
            "api_update": written,
        },
        "virtual_field": kind.data_type in ("subform", "multiselectlookup", "multiuserlookup"),
        "custom_field": spec.custom,
        "type": "unused" if spec.unused else "used",
        "created_source": "default",
        "display_type": -1,
        "unique": {"case_sensitive": False} if spec.unique else {},
        "external": {"type": "org", "show": True} if spec.external else None,
        "tooltip": _tooltip(spec.tooltip),
        "pick_list_values": [
            picklist_value(world, module.api, value_number + n, n + 1, value) for n, value in enumerate(values)
        ],
        "pick_list_values_sorted_lexically": False,
        "enable_colour_code": spec.coloured,
        "colour_code_enabled_by_system": spec.coloured and not spec.custom,
        "global_picklist": _global_set(world, spec),
        "history_tracking": _tracking(world, spec),
        "history_tracking_enabled": bool(spec.tracked),
        "private": {"restricted": True, "export": False, "type": "High"} if spec.private else None,
        "crypt": {"mode": "encryption", "status": 1, "column": None, "table": None} if spec.encrypted else None,
        "hipaa_compliance": None,
        "hipaa_compliance_enabled": False,
        "searchable": listable,
        "sortable": listable and "m" in kind.traits,
        "filterable": listable,
        "mass_update": "m" in kind.traits and written and not spec.unique,
        "webhook": written and spec.kind != "profileimage",
        "businesscard_supported": listable,
        "blueprint_supported": spec.kind == "picklist" and bool(spec.custom or spec.tracked),
        "separator": spec.kind in ("integer", "double", "currency"),
        "number_separator": spec.kind in ("integer", "double", "currency"),
        "display_field": spec.api_name == name_field(module),
        "layout_associations": _associations(world, module, spec),
        "associated_module": None,
        "association_details": None,
        "convert_mapping": _convert_mapping(spec.convert) if module.convertable else None,
        "customizable_properties": kind.properties.split() or None,
        "created_time": changed,
        "modified_time": changed,
        "email_parser": {
            "fields_update_supported": "p" in kind.traits,
            "record_operations_supported": "p" in kind.traits,
        },
        "public": module.public_fields and spec.kind in ("email", "phone"),
        "static_field": False,
        "additional_column": None,
        "mask_details": {"mask_character": "X", "visible_digits": 4} if spec.encrypted else None,
        "display_format": None,
        "display_format_properties": None,
        "range": {"from": spec.between[0], "to": spec.between[1]} if spec.kind == "percent" and spec.between else None,
        "parent_field": None,
        "child_fields": [],
        "address": {},
        "sharing_properties": {},
        "textarea": {"type": {"small": "small", "large": "large", "rich": "rich_text"}.get(spec.kind)},
    }
    data |= _by_type(world, module, spec, place, kind)
    if kind.length is None:
        del data["length"]
    if kind.data_type != "textarea":
        del data["textarea"]
    if spec.quick:
        data["quick_sequence_number"] = str(1 + sum(other.quick for other in all_specs(module)[:place]))
    return data


def picklist_value(world: World, module: str, number: int, sequence: int, value: Value) -> JSON:
    """One entry of `pick_list_values`."""
    return {
        "id": world.of_module(module, number),
        "display_value": value.display,
        "actual_value": value.actual,
        "reference_value": value.actual,
        "sequence_number": sequence,
        "colour_code": value.colour,
        "type": "used" if value.used else "unused",
    }


def _permissions(world: World, spec: FieldSpec, written: bool) -> list[JSON]:
    hidden, reading = spec.hidden_from.split(), spec.read_only_for.split()
    listed = []
    for profile in world.company.profiles:
        right = "read_write" if written and profile.writes and profile.key not in reading else "read_only"
        right = "hidden" if profile.key in hidden else right
        listed.append({"permission_type": right, "name": profile.name, "id": world.profile_id(profile.key)})
    return listed


def _tooltip(text: str) -> JSON | None:
    name, found, value = text.partition("=")
    return {"name": name, "value": value} if found else None


def _global_set(world: World, spec: FieldSpec) -> JSON | None:
    if not spec.global_set:
        return None
    number = 40_001 + sum(map(ord, spec.global_set)) % 900  # the same for every field of the set
    return {"api_name": spec.global_set, "id": world.id(number)}


def _tracking(world: World, spec: FieldSpec) -> JSON | None:
    if not spec.tracked or spec.tracked not in world.specs:
        return None
    return {"module": world.module_ref(spec.tracked), "duration_configured_field": None, "followed_fields": []}


def _associations(world: World, module: ModuleSpec, spec: FieldSpec) -> list[JSON]:
    return [
        {"api_name": layout.api_name, "name": layout.name, "id": world.of_module(module.api, 8001 + number)}
        for number, layout in enumerate(module.layouts)
        if on_layout(spec, layout)
    ]


def _convert_mapping(text: str) -> JSON:
    targets = dict(part.split("=") for part in text.split())
    return {module: targets.get(module) for module in ("Contacts", "Deals", "Accounts")}


def _by_type(world: World, module: ModuleSpec, spec: FieldSpec, place: int, kind: Kind) -> JSON:
    """The objects that only one type fills; `{}` for the others, as the CRM does."""
    data: JSON = {
        "lookup": {},
        "multi_module_lookup": {},
        "multiselectlookup": {},
        "multiuserlookup": {},
        "subform": {},
        "formula": {},
        "rollup_summary": {},
        "currency": {"rounding_option": "normal", "precision": 2} if spec.kind == "currency" else {},
        "auto_number": {},
    }
    brought = world.of_module(module.api, 7001 + place)
    targets = [target for target in spec.to.split() if target in world.specs]
    title = spec.related or module.plural
    if kind.data_type in ("subform", "fileupload", "imageupload") and targets:
        data["associated_module"] = {"module": targets[0], "id": world.of_module(targets[0], 1)}
        if kind.data_type == "subform":
            data["subform"] = {"module": targets[0], "id": world.of_module(targets[0], 1)}
    elif kind.data_type == "lookup" and targets:
        related = spec.custom or spec.related
        data["lookup"] = {
            "display_label": title if related else None,
            "api_name": f"{title.replace(' ', '_')}" if related else None,
            "module": {**world.module_ref(targets[0]), "crypt": False},
            "id": brought if related else None,
            "revalidate_filter_during_edit": False,
            "query_details": {},
            "system_query_id": None,
        }
    elif kind.data_type == "multi_module_lookup":
        listed = [world.module_ref(target) for target in targets]
        data["multi_module_lookup"] = {"display_label": spec.label, "api_name": spec.api_name, "modules": listed}
    elif kind.data_type in ("multiselectlookup", "multiuserlookup") and spec.via in world.specs:
        data[kind.data_type] = _many_to_many(world, module, spec, brought)
    elif kind.data_type == "autonumber":
        data["auto_number"] = {"prefix": spec.prefix, "suffix": "", "start_number": 1, "starting_number_length": 5}
    elif kind.data_type == "formula":
        data["formula"] = {"return_type": spec.returns, "assume_default": False, "expression": None}
    elif kind.data_type == "rollup_summary":
        data["rollup_summary"] = _rollup(world, spec, brought)
    return data


def _many_to_many(world: World, module: ModuleSpec, spec: FieldSpec, brought: str) -> JSON:
    """The shape of v8, from which the server makes the flat one of v7."""
    linking = world.specs[spec.via]
    sides = [field for field in linking.fields if field.kind in ("lookup", "userlookup")]
    mine = next((side for side in sides if side.to == module.api), sides[0])
    other = next(side for side in sides if side is not mine)
    ids = {field.api_name: world.of_module(linking.api, 101 + place) for place, field in enumerate(all_specs(linking))}
    title = spec.related or module.plural
    return {
        "record_access": False,
        "linking_details": {
            "module": {
                **world.module_ref(linking.api),
                "plural_label": linking.plural,
                "visibility": linking.visibility,
            },
            "lookup_field": {"api_name": mine.api_name, "id": ids[mine.api_name]},
            "connected_lookup_field": {"api_name": other.api_name, "id": ids[other.api_name]},
        },
        "connected_details": {
            "module": world.module_ref(other.to) if other.to else None,
            "field": {"api_name": mine.api_name, "id": brought},
            "layouts": [],
        },
        "related_list": {"display_label": title, "api_name": title.replace(" ", "_"), "id": brought},
    }


def _rollup(world: World, spec: FieldSpec, brought: str) -> JSON:
    module, name, function = spec.rollup.split(".")
    return {
        "return_type": spec.returns,
        "expression": {"function_parameters": [{"api_name": name}], "criteria": None, "function": function},
        "based_on_module": world.module_ref(module) if module in world.specs else None,
        "related_list": {"api_name": module, "id": brought},
        "rollup_based_on": "related_list",
    }


def _add_v8_families(module: ModuleSpec, listed: list[JSON]) -> None:
    """Parent and child picklists name each other in v8."""
    by_name = {data["api_name"]: data for data in listed}
    for spec in module.fields:
        parent = by_name.get(spec.parent)
        if parent is not None:
            child = by_name[spec.api_name]
            child["parent_field"] = {"api_name": parent["api_name"], "id": parent["id"]}
            parent["child_fields"].append({"api_name": child["api_name"], "id": child["id"]})
