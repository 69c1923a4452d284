"""What a v7 answer lacks, and what only v7 has (modules.md and fields-and-layouts.md, the sections on v7 and v8)."""

from __future__ import annotations

from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts

MODULE_V8_ONLY = frozenset(
    ("isBlueprintSupported", "public_fields_configured", "lookupable", "global_search_supported", "visible")
)
MODULE_V7_ONLY = frozenset(("track_current_data",))
FIELD_V8_ONLY = frozenset(
    (
        "range", "public", "display_format", "display_format_properties", "history_tracking_enabled", "parent_field",
        "child_fields", "address", "additional_column", "static_field", "mask_details", "element_type",
        "subform_properties", "static_values", "global_map_dependency", "file_upolad_optionlist",
    )
)  # fmt: skip
LAYOUT_V8_ONLY = frozenset(("element_type", "total_profiles", "portal_user_types"))
# unverified: what v7 calls the section modes that only v8 names
SECTION_MODES_V7 = {"create_edit": "default_create", "subform_default_create": "create"}


def module_keys(module: JSON, version: int) -> JSON:
    """A copy of the module with the keys of one version.

    unverified: `visible` is on the v8 page and not in its sample; it is sent in v8 and not in v7.
    """
    gone = MODULE_V8_ONLY if version < 8 else MODULE_V7_ONLY
    return {key: value for key, value in module.items() if key not in gone}


def field_keys(field: JSON, version: int) -> JSON:
    """A copy of the field with the keys and the lookup shapes of one version."""
    if version >= 8:
        return dict(field)
    old = {key: value for key, value in field.items() if key not in FIELD_V8_ONLY}
    for key in ("multiselectlookup", "multiuserlookup"):
        if isinstance(old.get(key), dict) and "linking_details" in old[key]:
            old[key] = flat_lookup(old[key])
    lookup = old.get("lookup")
    if isinstance(lookup, dict) and "system_query_id" in lookup:
        old["lookup"] = {key: value for key, value in lookup.items() if key != "system_query_id"}
    return old


def layout_keys(layout: JSON, version: int) -> JSON:
    """A copy of the layout with the keys of one version; its fields are left to `field_keys`."""
    if version >= 8:
        return dict(layout)
    old = {key: value for key, value in layout.items() if key not in LAYOUT_V8_ONLY}
    old["sections"] = [
        section | {"mode": SECTION_MODES_V7.get(section.get("mode", ""), section.get("mode"))}
        for section in dicts(layout.get("sections"))
    ]
    return old


def flat_lookup(lookup: JSON) -> JSON:
    """The v7 shape of a multi-select lookup: v8 nests what v7 has side by side."""
    linking, connected = _object(lookup, "linking_details"), _object(lookup, "connected_details")
    related = _object(lookup, "related_list")
    return {
        "display_label": related.get("display_label"),
        "linking_module": linking.get("module"),
        "lookup_apiname": _object(linking, "lookup_field").get("api_name"),
        "connected_module": connected.get("module"),
        "connectedlookup_apiname": _object(linking, "connected_lookup_field").get("api_name"),
        "connectedfield_apiname": _object(connected, "field").get("api_name"),
        "api_name": related.get("api_name"),
        "id": related.get("id"),
    }


def _object(value: JSON, key: str) -> JSON:
    found = value.get(key)
    return found if isinstance(found, dict) else {}
