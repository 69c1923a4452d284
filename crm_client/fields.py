"""Fields of a module: type, length, who may see and write them, what a picklist offers.

source  GET /settings/fields?module=, GET /settings/fields/{id}?module=
        zoho.com/crm/developer/docs/api/v8/field-meta.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
from crm_client.values import (
    JSON,
    JsonObject,
    ReadLater,
    Ref,
    as_api_name,
    as_api_ref,
    as_api_refs,
    as_flag,
    as_id,
    as_list,
    as_object_or_none,
    as_objects,
    as_refs,
    as_text,
    as_text_or_none,
    as_texts,
    as_whole,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport


@dataclass(slots=True)
class Field(ReadLater):
    """One field. A flag that is None: the CRM did not say (keys differ between v7, v8 and the layouts call).

    Whether it must be filled in is a matter of the layout: see LayoutField.required.
    """

    id: str
    api_name: str  # "" when it is no API name
    field_label: str  # in the user's language
    display_label: str  # untranslated
    data_type: str  # the CRM's type, such as picklist; an unknown one is shown by json_type
    json_type: str  # string, integer, long, double, boolean, jsonobject, jsonarray
    ui_type: int | None  # the CRM's code of the input
    length: int | None  # characters or digits; for uploads the number of files
    decimal_place: int | None
    system_mandatory: bool | None  # mandatory for every record, on every layout
    read_only: bool | None  # for this user
    field_read_only: bool | None  # for everybody
    visible: bool | None  # to this user
    profiles: list[FieldProfile] | None  # None: not told without the Module Customization permission
    view_type: ViewType
    operation_type: OperationType
    virtual_field: bool | None  # holds no value of its own
    custom_field: bool | None
    type: str  # used or unused
    created_source: str  # default, extension, integration
    display_type: int | None  # -1 normal, 2 select-only
    unique: JsonObject | None  # {"case_sensitive": …}; None: values may repeat. See is_unique
    external: JsonObject | None  # external id: {"type": user or org, "show"}
    tooltip: Tooltip | None
    pick_list_values: list[PickListValue]
    pick_list_values_sorted_lexically: bool | None
    enable_colour_code: bool | None
    colour_code_enabled_by_system: bool | None
    global_picklist: Ref | None  # the shared set of values; .name is its API name
    history_tracking: JsonObject | None
    history_tracking_enabled: bool | None
    private: JsonObject | None  # personal data: {"restricted", "export", "type": Low or High}
    crypt: JsonObject | None  # {"mode", "status": 1 encrypted, 2 in progress}
    hipaa_compliance: JsonObject | None
    hipaa_compliance_enabled: bool | None
    searchable: bool | None
    sortable: bool | None
    filterable: bool | None
    mass_update: bool | None
    webhook: bool | None
    businesscard_supported: bool | None
    blueprint_supported: bool | None
    separator: bool | None  # shown with thousands separators
    display_field: bool | None  # the record's name
    quick_sequence_number: int | None  # place in quick create
    layout_associations: list[Ref] | None
    associated_module: Ref | None  # behind a subform or upload; .name is the API name
    association_details: JsonObject | None
    convert_mapping: ConvertMapping | None
    customizable_properties: list[str] | None
    created_time: str | None  # the CRM's own ISO text; None on standard fields
    modified_time: str | None
    email_parser: JsonObject | None
    lookup: Lookup | None
    multi_module_lookup: MultiModuleLookup | None
    multiselectlookup: LinkingLookup | None
    multiuserlookup: LinkingLookup | None
    subform: JsonObject | None
    formula: Formula | None
    rollup_summary: RollupSummary | None
    currency: Currency | None
    auto_number: AutoNumber | None
    textarea: JsonObject | None  # {"type": small, large or rich_text}. See textarea_type
    sharing_properties: JsonObject | None
    range: JsonObject | None  # {"from", "to"}; v8, as all that follow
    public: bool | None
    display_format: str
    display_format_properties: list[JsonObject]
    parent_field: Ref | None  # the compound address this belongs to; .name is the API name
    child_fields: list[Ref]
    address: JsonObject | None  # {"type"}
    additional_column: str
    static_field: bool | None
    mask_details: JsonObject | None
    element_type: str  # layouts: field or mirror_field
    allowed_permissions_to_update: PermissionsToUpdate | None
    raw: JsonObject = field(repr=False)

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
    def from_api(cls, raw: JSON) -> Field:
        new = cls.__new__(cls)
        new.raw = raw = raw if type(raw) is dict else {}
        new.id = as_id(raw.get("id"))
        new.api_name = as_api_name(raw.get("api_name"))
        return new

    def _read(self, name: str) -> None:
        get = self.raw.get
        profiles, layouts, properties = get("profiles"), get("layout_associations"), get("customizable_properties")
        self.field_label = as_text(get("field_label"))
        self.display_label = as_text(get("display_label"))
        self.data_type = as_text(get("data_type"))
        self.json_type = as_text(get("json_type"))
        self.ui_type = as_whole(get("ui_type"))
        self.length = as_whole(get("length"))
        self.decimal_place = as_whole(get("decimal_place"))
        self.system_mandatory = as_flag(get("system_mandatory"))
        self.read_only = as_flag(get("read_only"))
        self.field_read_only = as_flag(get("field_read_only"))
        self.visible = as_flag(get("visible"))
        self.profiles = as_list(profiles, FieldProfile.from_api) if type(profiles) is list else None
        self.view_type = ViewType.from_api(get("view_type"))
        self.operation_type = OperationType.from_api(get("operation_type"))
        self.virtual_field = as_flag(get("virtual_field"))
        self.custom_field = as_flag(get("custom_field"))
        self.type = as_text(get("type"))
        self.created_source = as_text(get("created_source"))
        self.display_type = as_whole(get("display_type"))
        self.unique = as_object_or_none(get("unique"))
        self.external = as_object_or_none(get("external"))
        self.tooltip = Tooltip.from_api(part) if (part := get("tooltip")) else None
        self.pick_list_values = as_list(get("pick_list_values"), PickListValue.from_api)
        self.pick_list_values_sorted_lexically = as_flag(get("pick_list_values_sorted_lexically"))
        self.enable_colour_code = as_flag(get("enable_colour_code"))
        self.colour_code_enabled_by_system = as_flag(get("colour_code_enabled_by_system"))
        self.global_picklist = as_api_ref(get("global_picklist"))
        self.history_tracking = as_object_or_none(get("history_tracking"))
        self.history_tracking_enabled = as_flag(get("history_tracking_enabled"))
        self.private = as_object_or_none(get("private"))
        self.crypt = as_object_or_none(get("crypt"))
        self.hipaa_compliance = as_object_or_none(get("hipaa_compliance"))
        self.hipaa_compliance_enabled = as_flag(get("hipaa_compliance_enabled"))
        self.searchable = as_flag(get("searchable"))
        self.sortable = as_flag(get("sortable"))
        self.filterable = as_flag(get("filterable"))
        self.mass_update = as_flag(get("mass_update"))
        self.webhook = as_flag(get("webhook"))
        self.businesscard_supported = as_flag(get("businesscard_supported"))
        self.blueprint_supported = as_flag(get("blueprint_supported"))
        self.separator = as_flag(get("separator"))
        self.display_field = as_flag(get("display_field"))
        self.quick_sequence_number = as_whole(get("quick_sequence_number"))
        self.layout_associations = as_refs(layouts) if type(layouts) is list else None
        self.associated_module = as_api_ref(get("associated_module"))
        self.association_details = as_object_or_none(get("association_details"))
        self.convert_mapping = ConvertMapping.from_api(get("convert_mapping"))
        self.customizable_properties = as_texts(properties) if type(properties) is list else None
        self.created_time = as_text_or_none(get("created_time"))
        self.modified_time = as_text_or_none(get("modified_time"))
        self.email_parser = as_object_or_none(get("email_parser"))
        self.lookup = Lookup.from_api(part) if (part := get("lookup")) else None
        self.multi_module_lookup = MultiModuleLookup.from_api(part) if (part := get("multi_module_lookup")) else None
        self.multiselectlookup = LinkingLookup.from_api(part) if (part := get("multiselectlookup")) else None
        self.multiuserlookup = LinkingLookup.from_api(part) if (part := get("multiuserlookup")) else None
        self.subform = as_object_or_none(get("subform"))
        self.formula = Formula.from_api(part) if (part := get("formula")) else None
        self.rollup_summary = RollupSummary.from_api(part) if (part := get("rollup_summary")) else None
        self.currency = Currency.from_api(part) if (part := get("currency")) else None
        self.auto_number = AutoNumber.from_api(part) if (part := get("auto_number")) else None
        self.textarea = as_object_or_none(get("textarea"))
        self.sharing_properties = as_object_or_none(get("sharing_properties"))
        self.range = as_object_or_none(get("range"))
        self.public = as_flag(get("public"))
        self.display_format = as_text(get("display_format"))
        self.display_format_properties = as_objects(get("display_format_properties"))
        self.parent_field = as_api_ref(get("parent_field"))
        self.child_fields = as_api_refs(get("child_fields"))
        self.address = as_object_or_none(get("address"))
        self.additional_column = as_text(get("additional_column"))
        self.static_field = as_flag(get("static_field"))
        self.mask_details = as_object_or_none(get("mask_details"))
        self.element_type = as_text(get("element_type"))
        self.allowed_permissions_to_update = PermissionsToUpdate.from_api(get("allowed_permissions_to_update"))


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
        body = self._transport.get("/settings/fields", params, what=f"the fields of {module}")
        return as_list(body.get("fields"), Field.from_api)

    def get(self, id: str, module: str) -> Field | None:
        """One field by its id; None when the CRM answers 204.

        raises   InvalidRequest (INVALID_DATA) for an unknown id, else as `all`
        source   GET /settings/fields/{id}?module=
        """
        path = f"/settings/fields/{checked_id(id, 'the field')}"
        body = self._transport.get(path, {"module": checked_name(module, "a field of")}, what=f"a field of {module}")
        fields = as_list(body.get("fields"), Field.from_api)
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
