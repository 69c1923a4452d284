"""Fields of a module: type, length, who may see and write them, what a picklist offers.

source  GET /settings/fields?module=, GET /settings/fields/{id}?module=
        zoho.com/crm/developer/docs/api/v8/field-meta.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeAlias

import msgspec

from crm_client.field_parts import (
    AutoNumber,
    ConvertMapping,
    Currency,
    FieldProfile,
    Formula,
    LinkingLookup,
    Lookup,
    MultiModuleLookup,
    OperationType,
    PermissionsToUpdate,
    PickListValue,
    RollupSummary,
    Tooltip,
    ViewType,
)
from crm_client.names import checked_id, checked_name
from crm_client.typed import Listed, Thing
from crm_client.values import (
    JsonObject,
    Ref,
    as_api_ref,
    as_api_refs,
    as_list,
    as_objects,
    as_text,
    as_whole,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport


if TYPE_CHECKING:
    Text: TypeAlias = str
    Whole: TypeAlias = int | None
    Objects: TypeAlias = list[JsonObject]
    NamedRef: TypeAlias = Ref | None
    NamedRefs: TypeAlias = list[Ref]
    OneTooltip: TypeAlias = Tooltip | None
    Mapped: TypeAlias = ConvertMapping | None
    OneLookup: TypeAlias = Lookup | None
    OneMultiModuleLookup: TypeAlias = MultiModuleLookup | None
    OneLinkingLookup: TypeAlias = LinkingLookup | None
    OneFormula: TypeAlias = Formula | None
    OneRollupSummary: TypeAlias = RollupSummary | None
    OneCurrency: TypeAlias = Currency | None
    OneAutoNumber: TypeAlias = AutoNumber | None
    Allowed: TypeAlias = PermissionsToUpdate | None
else:  # read as they come, and made into the above by __post_init__
    Text = Whole = Objects = NamedRef = NamedRefs = OneTooltip = Mapped = OneLookup = OneMultiModuleLookup = Any
    OneLinkingLookup = OneFormula = OneRollupSummary = OneCurrency = OneAutoNumber = Allowed = Any


class Field(Thing):
    """One field. A flag that is None: the CRM did not say (keys differ between v7, v8 and the layouts call).

    Whether it must be filled in is a matter of the layout: see LayoutField.required.
    """

    field_label: str = ""  # in the user's language
    display_label: str = ""  # untranslated
    data_type: str = ""  # the CRM's type, such as picklist; an unknown one is shown by json_type
    json_type: str = ""  # string, integer, long, double, boolean, jsonobject, jsonarray
    ui_type: int | None = None  # the CRM's code of the input
    length: int | None = None  # characters or digits; for uploads the number of files
    decimal_place: int | None = None
    system_mandatory: bool | None = None  # mandatory for every record, on every layout
    read_only: bool | None = None  # for this user
    field_read_only: bool | None = None  # for everybody
    visible: bool | None = None  # to this user
    profiles: list[FieldProfile] | None = None  # None: not told without the Module Customization permission
    view_type: ViewType = msgspec.field(default_factory=ViewType)
    operation_type: OperationType = msgspec.field(default_factory=OperationType)
    virtual_field: bool | None = None  # holds no value of its own
    custom_field: bool | None = None
    type: str = ""  # used or unused
    created_source: str = ""  # default, extension, integration
    display_type: int | None = None  # -1 normal, 2 select-only
    unique: JsonObject | None = None  # {"case_sensitive": …}; None: values may repeat. See is_unique
    external: JsonObject | None = None  # external id: {"type": user or org, "show"}
    tooltip: OneTooltip = None
    pick_list_values: list[PickListValue] = []
    pick_list_values_sorted_lexically: bool | None = None
    enable_colour_code: bool | None = None
    colour_code_enabled_by_system: bool | None = None
    global_picklist: NamedRef = None  # the shared set of values; .name is its API name
    history_tracking: JsonObject | None = None
    history_tracking_enabled: bool | None = None
    private: JsonObject | None = None  # personal data: {"restricted", "export", "type": Low or High}
    crypt: JsonObject | None = None  # {"mode", "status": 1 encrypted, 2 in progress}
    hipaa_compliance: JsonObject | None = None
    hipaa_compliance_enabled: bool | None = None
    searchable: bool | None = None
    sortable: bool | None = None
    filterable: bool | None = None
    mass_update: bool | None = None
    webhook: bool | None = None
    businesscard_supported: bool | None = None
    blueprint_supported: bool | None = None
    separator: bool | None = None  # shown with thousands separators
    display_field: bool | None = None  # the record's name
    quick_sequence_number: Whole = None  # place in quick create
    layout_associations: list[Ref] | None = None
    associated_module: NamedRef = None  # behind a subform or upload; .name is the API name
    association_details: JsonObject | None = None
    convert_mapping: Mapped = None
    customizable_properties: list[str] | None = None
    created_time: str | None = None  # the CRM's own ISO text; None on standard fields
    modified_time: str | None = None
    email_parser: JsonObject | None = None
    lookup: OneLookup = None
    multi_module_lookup: OneMultiModuleLookup = None
    multiselectlookup: OneLinkingLookup = None
    multiuserlookup: OneLinkingLookup = None
    subform: JsonObject | None = None
    formula: OneFormula = None
    rollup_summary: OneRollupSummary = None
    currency: OneCurrency = None
    auto_number: OneAutoNumber = None
    textarea: JsonObject | None = None  # {"type": small, large or rich_text}. See textarea_type
    sharing_properties: JsonObject | None = None
    range: JsonObject | None = None  # {"from", "to"}; v8, as all that follow
    public: bool | None = None
    display_format: Text = ""
    display_format_properties: Objects = []
    parent_field: NamedRef = None  # the compound address this belongs to; .name is the API name
    child_fields: NamedRefs = []
    address: JsonObject | None = None  # {"type"}
    additional_column: Text = ""
    static_field: bool | None = None
    mask_details: JsonObject | None = None
    element_type: str = ""  # layouts: field or mirror_field
    allowed_permissions_to_update: Allowed = None

    @property
    def label(self) -> str:
        """The label to show; falls back to the API name."""
        return self.field_label or self.display_label or self.api_name

    @property
    def is_unique(self) -> bool:
        return self.unique is not None

    @property
    def textarea_type(self) -> str:
        """small, large, rich_text, or "" for a field that is no text area."""
        return as_text((self.textarea or {}).get("type"))

    @property
    def link_key(self) -> str:
        """The key inside each item of a multi-select or multi-user lookup when writing; "" for other fields."""
        linking = self.multiselectlookup or self.multiuserlookup
        return linking.connected_field if linking else ""

    @classmethod
    def ids_in(cls, things: list[Self]) -> list[str]:
        profiles = [profile.id for thing in things for profile in thing.profiles or ()]
        layouts = [ref.id for thing in things for ref in thing.layout_associations or ()]
        values = [value for thing in things for value in thing.pick_list_values]
        more = [ref.id for value in values for ref in value.layout_associations]
        return [thing.id for thing in things] + profiles + layouts + [value.id for value in values] + more

    def __post_init__(self) -> None:
        # What differs between calls and versions, made into one; the CRM's empty {} is None. Spelled out, because a
        # loop over names takes three times as long, and there are hundreds of fields.
        if self.unique is not None:
            self.unique = self.unique or None
        if self.external is not None:
            self.external = self.external or None
        if self.history_tracking is not None:
            self.history_tracking = self.history_tracking or None
        if self.private is not None:
            self.private = self.private or None
        if self.crypt is not None:
            self.crypt = self.crypt or None
        if self.hipaa_compliance is not None:
            self.hipaa_compliance = self.hipaa_compliance or None
        if self.association_details is not None:
            self.association_details = self.association_details or None
        if self.email_parser is not None:
            self.email_parser = self.email_parser or None
        if self.subform is not None:
            self.subform = self.subform or None
        if self.textarea is not None:
            self.textarea = self.textarea or None
        if self.sharing_properties is not None:
            self.sharing_properties = self.sharing_properties or None
        if self.range is not None:
            self.range = self.range or None
        if self.address is not None:
            self.address = self.address or None
        if self.mask_details is not None:
            self.mask_details = self.mask_details or None
        if self.tooltip is not None:
            self.tooltip = Tooltip.from_api(self.tooltip) if self.tooltip else None
        if self.convert_mapping is not None:
            self.convert_mapping = ConvertMapping.from_api(self.convert_mapping) if self.convert_mapping else None
        if self.lookup is not None:
            self.lookup = Lookup.from_api(self.lookup) if self.lookup else None
        if self.multi_module_lookup is not None:
            self.multi_module_lookup = (
                MultiModuleLookup.from_api(self.multi_module_lookup) if self.multi_module_lookup else None
            )
        if self.multiselectlookup is not None:
            self.multiselectlookup = LinkingLookup.from_api(self.multiselectlookup) if self.multiselectlookup else None
        if self.multiuserlookup is not None:
            self.multiuserlookup = LinkingLookup.from_api(self.multiuserlookup) if self.multiuserlookup else None
        if self.formula is not None:
            self.formula = Formula.from_api(self.formula) if self.formula else None
        if self.rollup_summary is not None:
            self.rollup_summary = RollupSummary.from_api(self.rollup_summary) if self.rollup_summary else None
        if self.currency is not None:
            self.currency = Currency.from_api(self.currency) if self.currency else None
        if self.auto_number is not None:
            self.auto_number = AutoNumber.from_api(self.auto_number) if self.auto_number else None
        if self.allowed_permissions_to_update is not None:
            self.allowed_permissions_to_update = (
                PermissionsToUpdate.from_api(self.allowed_permissions_to_update)
                if self.allowed_permissions_to_update
                else None
            )
        if self.global_picklist is not None:
            self.global_picklist = as_api_ref(self.global_picklist)
        if self.associated_module is not None:
            self.associated_module = as_api_ref(self.associated_module)
        if self.parent_field is not None:
            self.parent_field = as_api_ref(self.parent_field)
        if self.quick_sequence_number is not None:
            self.quick_sequence_number = as_whole(self.quick_sequence_number)
        if self.child_fields != []:
            self.child_fields = as_api_refs(self.child_fields)
        if self.display_format_properties != []:
            self.display_format_properties = as_objects(self.display_format_properties)
        if self.display_format != "":
            self.display_format = as_text(self.display_format)
        if self.additional_column != "":
            self.additional_column = as_text(self.additional_column)


_LISTED = Listed("fields", Field)


class Fields:
    """`CrmClient.fields`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self, module: str, type: str = "all") -> list[Field]:
        """Every field of a module over all its layouts, in the CRM's order; those the profile may not see too.

        module   api_name such as "Leads"; not the label, which users can rename
        type     all, used (on some layout) or unused
        returns  [Field]; empty when the CRM answers 204
        raises   NotFound if there is no such module, NotAllowed if the profile may not see it, ScopeMissing without
                 ZohoCRM.settings.fields.READ, TooManyRequests (see .retry_after_s), any NoAnswer
        source   GET /settings/fields?module=
        """
        params = {"module": checked_name(module, "the fields of"), "type": type}
        return self._transport.things("/settings/fields", _LISTED, params, what=f"the fields of {module}")

    def get(self, id: str, module: str) -> Field | None:
        """One field by its id; None when the CRM answers 204.

        raises   InvalidRequest (INVALID_DATA) for an unknown id, else as `all`
        source   GET /settings/fields/{id}?module=
        """
        path = f"/settings/fields/{checked_id(id, 'the field')}"
        params = {"module": checked_name(module, "a field of")}
        fields = self._transport.things(path, _LISTED, params, what=f"a field of {module}")
        return fields[0] if fields else None

    def pick_list_values(self, id: str, module: str) -> list[PickListValue]:
        """The values of one picklist with the layouts that use each; empty when the CRM answers 204.

        raises   InvalidRequest (INVALID_DATA) when the field is no picklist, else as `all`
        source   GET /settings/fields/{id}/pick_list_values?module=
        """
        path = f"/settings/fields/{checked_id(id, 'the field')}/pick_list_values"
        params = {"module": checked_name(module, "a picklist of")}
        body = self._transport.get(path, params, what=f"the values of a picklist of {module}")
        return as_list(body.get("pick_list_values"), PickListValue.from_api)
