"""The smaller objects inside a field: who may write it, where it points, what its picklist holds.

v7 and v8 shape some of them differently; here there is one shape.
source  GET /settings/fields, GET /settings/layouts  zoho.com/crm/developer/docs/api/v8/field-meta.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from crm_client.typed import Part
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_api_ref,
    as_api_refs,
    as_colour,
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


class FieldProfile(Part):
    """What one profile may do with a field: permission_type read_write, read_only or hidden."""

    id: str = ""
    name: str = ""
    permission_type: str = ""


class ViewType(Part):
    """On which forms the field stands. None: the CRM did not say."""

    view: bool | None = None
    edit: bool | None = None
    create: bool | None = None
    quick_create: bool | None = None


class OperationType(Part):
    """Who may write the field: people on the web, programs through the API. None: the CRM did not say."""

    web_create: bool | None = None
    web_update: bool | None = None
    api_create: bool | None = None
    api_update: bool | None = None


@dataclass(slots=True)
class PermissionsToUpdate:
    """What an administrator may set as permission (only with include=allowed_permissions_to_update)."""

    read_only: bool | None
    read_write: bool | None
    hidden: bool | None

    @classmethod
    def from_api(cls, raw: JSON) -> PermissionsToUpdate | None:
        found = as_object_or_none(raw)
        if found is None:
            return None
        return cls(as_flag(found.get("read_only")), as_flag(found.get("read_write")), as_flag(found.get("hidden")))


@dataclass(slots=True)
class DependentValues:
    """What one picklist value allows in another picklist: {"api_name", "id", "pick_list_values"}."""

    api_name: str
    id: str
    pick_list_values: list[PickListValue]

    @classmethod
    def from_api(cls, raw: JSON) -> DependentValues:
        raw = as_object(raw)
        # one level only: a map inside a map is no known answer, and following it would follow any depth
        values = [PickListValue.from_api({**item, "maps": None}) for item in as_objects(raw.get("pick_list_values"))]
        return cls(as_text(raw.get("api_name")), as_id(raw.get("id")), values)


if TYPE_CHECKING:
    Maps: TypeAlias = list[DependentValues]
    Category: TypeAlias = Ref | None
else:  # read as they come, and made into the above by __post_init__
    Maps = Category = Any


class PickListValue(Part):
    """One value of a picklist: show `display_value`, send and compare `actual_value`."""

    id: str = ""
    display_value: str = ""
    actual_value: str = ""
    reference_value: str = ""
    colour_code: str | None = None  # "#rrggbb"; None: no colour, or none that is one
    sequence_number: int | None = None
    type: str = ""  # used or unused
    maps: Maps = []  # layouts only
    probability: int | None = None  # stages of deals only, as the next three
    forecast_category: Category = None
    forecast_type: str = ""
    deal_category: str = ""
    layout_associations: list[Ref] = []  # the values endpoint only

    def __post_init__(self) -> None:
        if self.colour_code is not None:
            self.colour_code = as_colour(self.colour_code)
        if self.maps != []:
            self.maps = as_list(self.maps, DependentValues.from_api)
        if self.forecast_category is not None:
            self.forecast_category = as_ref(self.forecast_category)


@dataclass(slots=True)
class Lookup:
    """Where a lookup field points. `related_list_…` name the list that appears on the other side."""

    module: Ref | None  # .name is the API name of the module pointed to
    related_list_api_name: str
    related_list_label: str
    related_list_id: str
    revalidate_filter_during_edit: bool | None
    query_details: JsonObject | None  # the filter: {"query_id", "criteria"}; v8 also system_query_id

    @classmethod
    def from_api(cls, raw: JSON) -> Lookup | None:
        found = as_object_or_none(raw)
        if found is None:
            return None
        get = found.get
        return cls(
            as_api_ref(get("module")),
            as_text(get("api_name")),
            as_text(get("display_label")),
            as_id(get("id")),
            as_flag(get("revalidate_filter_during_edit")),
            as_object_or_none(get("query_details")),
        )


@dataclass(slots=True)
class LinkingLookup:
    """A multi-select lookup or multi-user lookup: records joined through a linking module.

    v7 says it flat (`linking_module`, `lookup_apiname`, …), v8 in `linking_details`, `connected_details`,
    `related_list`; blueprint answers name the modules by text. All become this.
    """

    linking_module: Ref | None  # .name is the API name
    linking_field: str  # field of the linking module that points back to this module
    connected_field: str  # field of the linking module that points to the other side: the key to write with
    connected_module: Ref | None  # None for users
    connected_module_field: str  # field of the other side that shows this one
    related_list_api_name: str
    related_list_label: str
    related_list_id: str
    record_access: bool | None  # multi-user lookups of v8: the users gain access to the record

    @classmethod
    def from_api(cls, raw: JSON) -> LinkingLookup | None:
        found = as_object_or_none(raw)
        if found is None:
            return None
        get = found.get
        if "linking_details" in found or "connected_details" in found:
            linking, connected = as_object(get("linking_details")), as_object(get("connected_details"))
            related = as_object(get("related_list"))
            return cls(
                as_api_ref(linking.get("module")),
                _name_of(linking.get("lookup_field")),
                _name_of(linking.get("connected_lookup_field")),
                as_api_ref(connected.get("module")),
                _name_of(connected.get("field")),
                as_text(related.get("api_name")),
                as_text(related.get("display_label")),
                as_id(related.get("id")),
                as_flag(get("record_access")),
            )
        return cls(
            as_api_ref(get("linking_module")),
            as_text(get("lookup_apiname")),
            as_text(get("connectedlookup_apiname")),
            as_api_ref(get("connected_module")),
            as_text(get("connectedfield_apiname")),
            as_text(get("api_name")),
            as_text(get("display_label")),
            as_id(get("id")),
            as_flag(get("record_access")),
        )


def _name_of(value: JSON) -> str:
    return as_text(value) or as_text(as_object(value).get("api_name"))


@dataclass(slots=True)
class MultiModuleLookup:
    """A lookup into one of several modules."""

    display_label: str
    api_name: str
    modules: list[Ref]

    @classmethod
    def from_api(cls, raw: JSON) -> MultiModuleLookup | None:
        found = as_object_or_none(raw)
        if found is None:
            return None
        get = found.get
        return cls(as_text(get("display_label")), as_text(get("api_name")), as_api_refs(get("modules")))


@dataclass(slots=True)
class Formula:
    """What a formula field returns. `expression` only where the CRM shows it."""

    return_type: str
    assume_default: bool | None
    expression: str | None

    @classmethod
    def from_api(cls, raw: JSON) -> Formula | None:
        found = as_object_or_none(raw)
        if found is None:
            return None
        return cls(
            as_text(found.get("return_type")),
            as_flag(found.get("assume_default")),
            as_text_or_none(found.get("expression")),
        )


@dataclass(slots=True)
class RollupSummary:
    """A figure over related records: `expression` holds function, its fields and criteria."""

    return_type: str
    expression: JsonObject | None
    based_on_module: Ref | None
    related_list: Ref | None
    rollup_based_on: str

    @classmethod
    def from_api(cls, raw: JSON) -> RollupSummary | None:
        found = as_object_or_none(raw)
        if found is None:
            return None
        get = found.get
        return cls(
            as_text(get("return_type")),
            as_object_or_none(get("expression")),
            as_api_ref(get("based_on_module")),
            as_api_ref(get("related_list")),
            as_text(get("rollup_based_on")),
        )


@dataclass(slots=True)
class AutoNumber:
    prefix: str | None
    suffix: str | None
    start_number: int | None
    starting_number_length: int | None

    @classmethod
    def from_api(cls, raw: JSON) -> AutoNumber | None:
        found = as_object_or_none(raw)
        if found is None:
            return None
        get = found.get
        return cls(
            as_text_or_none(get("prefix")),
            as_text_or_none(get("suffix")),
            as_whole(get("start_number")),
            as_whole(get("starting_number_length")),
        )


@dataclass(slots=True)
class Currency:
    rounding_option: str
    precision: int | None  # decimals after rounding

    @classmethod
    def from_api(cls, raw: JSON) -> Currency | None:
        found = as_object_or_none(raw)
        return None if found is None else cls(as_text(found.get("rounding_option")), as_whole(found.get("precision")))


@dataclass(slots=True)
class Tooltip:
    """Help beside the field: name static_text (shown) or info_icon (on hover), and the text."""

    name: str
    value: str

    @classmethod
    def from_api(cls, raw: JSON) -> Tooltip | None:
        found = as_object_or_none(raw)
        return None if found is None else cls(as_text(found.get("name")), as_text(found.get("value")))


@dataclass(slots=True)
class ConvertMapping:
    """Where a lead's field goes at conversion: an API name, or None."""

    contacts: str | None
    deals: str | None
    accounts: str | None

    @classmethod
    def from_api(cls, raw: JSON) -> ConvertMapping | None:
        found = as_object_or_none(raw)
        if found is None:
            return None
        return cls(_target(found.get("Contacts")), _target(found.get("Deals")), _target(found.get("Accounts")))


def _target(value: JSON) -> str | None:
    return _name_of(value) or None
