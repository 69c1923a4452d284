"""Layouts: how a module's fields are arranged into sections, and which of them must be filled in there.

source  GET /settings/layouts?module=, GET /settings/layouts/{id}?module=
        zoho.com/crm/developer/docs/api/v8/layouts-meta.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.fields import Field
from crm_client.names import checked_id, checked_name
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_flag,
    as_id,
    as_list,
    as_object,
    as_object_or_none,
    as_objects,
    as_ref,
    as_text,
    as_text_or_none,
    as_whole,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport


@dataclass(slots=True)
class LayoutField:
    """A field where it stands on a layout."""

    field: Field
    required: bool | None  # mandatory on this layout
    sequence_number: int | None
    section_id: int | None  # a small number, not the section's id
    default_value: JSON  # text, true/false, a number or None
    validation_rule_id: str  # "" without a rule
    subform_properties: JsonObject | None  # v8, as the next three
    static_values: JSON
    global_map_dependency_id: str
    file_upload_options: list[JsonObject]  # the CRM's key is misspelled: file_upolad_optionlist
    raw: JsonObject

    @property
    def is_required(self) -> bool:
        """Must be filled in when a record is made with this layout."""
        return bool(self.required or self.field.system_mandatory)

    @classmethod
    def from_api(cls, raw: JSON) -> LayoutField:
        raw = as_object(raw)
        get = raw.get
        default = get("default_value")
        return cls(
            Field.from_api(raw),
            as_flag(get("required")),
            as_whole(get("sequence_number")),
            as_whole(get("section_id")),
            as_text(default) if type(default) is str else default,
            as_id(as_object(get("validation_rule")).get("id")),
            as_object_or_none(get("subform_properties")),
            get("static_values"),
            as_id(as_object(get("global_map_dependency")).get("id")),
            as_objects(get("file_upolad_optionlist")),
            raw,
        )


@dataclass(slots=True)
class SubformProperties:
    """What a subform section allows."""

    reorder_rows: bool | None
    bulk_addition: bool | None
    maximum_rows: int | None
    tooltip: JSON

    @classmethod
    def from_api(cls, raw: JSON) -> SubformProperties | None:
        found = as_object_or_none(raw)
        if found is None:
            return None
        get = found.get
        return cls(
            as_flag(get("reorder_rows")), as_flag(get("bulk_addition")), as_whole(get("maximum_rows")), get("tooltip")
        )


@dataclass(slots=True)
class Section:
    """A section of a layout; its fields in the order in which they are shown."""

    id: str
    api_name: str  # may hold blanks ("Lead Image")
    name: str
    display_label: str
    sequence_number: int | None
    column_count: int | None  # 1 or 2
    tab_traversal: str  # left_to_right or top_to_bottom
    mode: str
    type: str  # used or unused; unused ones are not drawn
    generated_type: str
    is_subform_section: bool | None
    properties: SubformProperties | None
    fields: list[LayoutField]
    raw: JsonObject

    @property
    def label(self) -> str:
        return self.display_label or self.name or self.api_name

    @classmethod
    def from_api(cls, raw: JSON) -> Section:
        raw = as_object(raw)
        get = raw.get
        fields = as_list(get("fields"), LayoutField.from_api)
        fields.sort(key=_place)
        return cls(
            as_id(get("id")),
            as_text(get("api_name")),
            as_text(get("name")),
            as_text(get("display_label")),
            as_whole(get("sequence_number")),
            as_whole(get("column_count")),
            as_text(get("tab_traversal")),
            as_text(get("mode")),
            as_text(get("type")),
            as_text(get("generated_type")),
            as_flag(get("isSubformSection")),
            SubformProperties.from_api(get("properties")),
            fields,
            raw,
        )


def _place(item: LayoutField | Section) -> tuple[bool, int]:
    """Sort key: by sequence number, those without one last in the order they came."""
    return item.sequence_number is None, item.sequence_number or 0


@dataclass(slots=True)
class DefaultView:
    """What a profile sees first with this layout: type layout, wizard or canvas."""

    id: str
    name: str
    type: str

    @classmethod
    def from_api(cls, raw: JSON) -> DefaultView | None:
        found = as_object_or_none(raw)
        if found is None:
            return None
        return cls(as_id(found.get("id")), as_text(found.get("name")), as_text(found.get("type")))


@dataclass(slots=True)
class LayoutProfile:
    """A profile that uses the layout. `default`: it is the profile's default layout."""

    id: str
    name: str
    default: bool | None
    default_view: DefaultView | None
    default_assignment_view: DefaultView | None

    @classmethod
    def from_api(cls, raw: JSON) -> LayoutProfile:
        get = as_object(raw).get
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_flag(get("default")),
            DefaultView.from_api(get("_default_view")),
            DefaultView.from_api(get("_default_assignment_view")),
        )


@dataclass(slots=True)
class ActionsAllowed:
    """What this user may do with the layout itself."""

    edit: bool | None
    rename: bool | None
    clone: bool | None
    downgrade: bool | None
    delete: bool | None
    deactivate: bool | None
    set_layout_permissions: bool | None

    @classmethod
    def from_api(cls, raw: JSON) -> ActionsAllowed:
        get = as_object(raw).get
        return cls(
            as_flag(get("edit")),
            as_flag(get("rename")),
            as_flag(get("clone")),
            as_flag(get("downgrade")),
            as_flag(get("delete")),
            as_flag(get("deactivate")),
            as_flag(get("set_layout_permissions")),
        )


@dataclass(slots=True)
class Layout:
    """One layout of a module; its sections in the order in which they are shown."""

    id: str
    name: str
    display_label: str
    api_name: str
    status: str  # active, inactive, downgrade, hidden
    visible: bool | None
    source: str  # crm, platform_plugin, marketplace_plugin, campaign_integration
    generated_type: str
    created_for: Ref | None
    created_time: str | None
    created_by: Ref | None
    modified_time: str | None
    modified_by: Ref | None
    show_business_card: bool | None
    has_more_profiles: bool | None
    actions_allowed: ActionsAllowed
    convert_mapping: JsonObject | None  # {"Deals": {"id", "name", "fields": [{"required", …}]}, …}
    profiles: list[LayoutProfile] | None  # None: not told without the Module Customization permission
    sections: list[Section]
    display_type: int | None  # newer v8, as the next
    mode: str
    raw: JsonObject

    @property
    def label(self) -> str:
        return self.display_label or self.name or self.api_name

    @classmethod
    def from_api(cls, raw: JSON) -> Layout:
        raw = as_object(raw)
        get = raw.get
        profiles = get("profiles")
        sections = as_list(get("sections"), Section.from_api)
        sections.sort(key=_place)
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_text(get("display_label")),
            as_text(get("api_name")),
            as_text(get("status")),
            as_flag(get("visible")),
            as_text(get("source")),
            as_text(get("generated_type")),
            as_ref(get("created_for")),
            as_text_or_none(get("created_time")),
            as_ref(get("created_by")),
            as_text_or_none(get("modified_time")),
            as_ref(get("modified_by")),
            as_flag(get("show_business_card")),
            as_flag(get("has_more_profiles")),
            ActionsAllowed.from_api(get("actions_allowed")),
            as_object_or_none(get("convert_mapping")),
            as_list(profiles, LayoutProfile.from_api) if type(profiles) is list else None,
            sections,
            as_whole(get("display_type")),
            as_text(get("mode")),
            raw,
        )


class Layouts:
    """`CrmClient.layouts`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self, module: str) -> list[Layout]:
        """Every layout of a module with its sections and their fields.

        module   api_name such as "Leads"
        returns  [Layout]; empty when the CRM answers 204
        raises   NotFound if there is no such module, NotAllowed if the profile may not see it, ScopeMissing without
                 ZohoCRM.settings.layouts.READ, TooManyRequests (see .retry_after_s), any NoAnswer
        source   GET /settings/layouts?module=
        """
        params = {"module": checked_name(module, "the layouts of")}
        body = self._transport.get("/settings/layouts", params, what=f"the layouts of {module}")
        return as_list(body.get("layouts"), Layout.from_api)

    def get(self, id: str, module: str) -> Layout | None:
        """One layout by its id; None when the CRM answers 204.

        raises   InvalidRequest (INVALID_DATA) for an unknown id, else as `all`
        source   GET /settings/layouts/{id}?module=
        """
        path = f"/settings/layouts/{checked_id(id, 'the layout')}"
        body = self._transport.get(path, {"module": checked_name(module, "a layout of")}, what=f"a layout of {module}")
        layouts = as_list(body.get("layouts"), Layout.from_api)
        return layouts[0] if layouts else None
