"""Modules: what kinds of records an organisation has, and what the connected user may do with them.

source  GET /settings/modules, GET /settings/modules/{api_name}
        zoho.com/crm/developer/docs/api/v8/modules-api.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_client.names import checked_name
from crm_client.values import (
    JSON,
    JsonObject,
    ReadLater,
    Ref,
    as_api_name,
    as_api_ref,
    as_flag,
    as_id,
    as_link,
    as_list,
    as_object,
    as_object_or_none,
    as_objects,
    as_ref,
    as_refs,
    as_text,
    as_text_or_none,
    as_texts,
    as_whole,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport

STATUSES = ("visible", "user_hidden", "system_hidden", "scheduled_for_deletion")


# what only the answer about one module carries: lists of hundreds do without
_ALONE = frozenset(
    {
        "triggers_supported",
        "scoring_supported",
        "webform_supported",
        "email_template_support",
        "inventory_template_supported",
        "filter_supported",
        "email_parser_supported",
        "properties",
        "on_demand_properties",
        "field_states",
        "per_page",
        "display_field",
        "search_layout_fields",
        "lookup_field_properties",
        "related_list_properties",
        "kanban_view",
        "kanban_view_supported",
        "chart_view",
        "chart_view_supported",
        "activity_badge",
        "territory",
        "custom_view",
        "related_lists",
        "layouts",
        "fields",
    }
)


@dataclass(slots=True)
class Argument:
    """A parameter of a web tab's link: {"name", "value"}, the value such as "users.city"."""

    name: str
    value: str

    @classmethod
    def from_api(cls, raw: JSON) -> Argument:
        raw = as_object(raw)
        return cls(as_text(raw.get("name")), as_text(raw.get("value")))


@dataclass(slots=True)
class RelatedListProperties:
    """How the module's records are shown as a related list: sorted by which field, with which columns."""

    sort_by: str
    fields: list[str]
    sort_order: str

    @classmethod
    def from_api(cls, raw: JSON) -> RelatedListProperties | None:
        found = as_object_or_none(raw)
        if found is None:
            return None
        return cls(_field_name(found.get("sort_by")), as_texts(found.get("fields")), as_text(found.get("sort_order")))


@dataclass(slots=True)
class Module(ReadLater):
    """One module. A flag that is None: the CRM did not say (v7 leaves some out); "": the text was missing.

    The attributes after `track_current_data` are filled only by `CrmClient.modules.get`; in a list they are empty.
    """

    id: str
    api_name: str  # "" when it is no API name; such a module cannot be asked for
    module_name: str  # display name; "SalesOrders" for Sales_Orders
    singular_label: str  # in the user's language
    plural_label: str
    actual_singular_label: str  # as stored
    actual_plural_label: str
    description: str | None
    generated_type: str  # default, custom, linking, subform, web, field_tracker, … or what comes next
    status: str  # one of STATUSES, or what comes next
    visibility: int | None  # bit flags; decide by status, viewable, api_supported, show_as_tab instead
    visible: bool | None
    viewable: bool | None
    creatable: bool | None
    editable: bool | None
    deletable: bool | None
    convertable: bool | None  # the CRM's spelling
    quick_create: bool | None
    api_supported: bool | None
    show_as_tab: bool | None
    sequence_number: int | None  # not unique, and missing on some hidden modules
    presence_sub_menu: bool | None
    sub_menu_available: bool | None
    lookupable: bool | None
    is_blueprint_supported: bool | None  # None in v7: unknown, not no
    global_search_supported: bool | None
    recycle_bin_on_delete: bool | None
    feeds_required: bool | None
    public_fields_configured: bool | None
    access_type: str  # org_based or team_based
    private_profile: JSON  # null in every known answer; kept as it comes
    profiles: list[Ref]  # at most 50; see has_more_profiles
    profile_count: int | None
    has_more_profiles: bool | None
    modified_time: str | None  # the CRM's own ISO text; None: never
    modified_by: Ref | None
    web_link: str | None  # https only; any other address is web_link_text
    arguments: list[Argument]
    business_card_field_limit: int | None
    parent_module: Ref | None  # .name is the parent's API name
    track_current_data: bool | None  # field trackers only

    triggers_supported: bool | None
    scoring_supported: bool | None
    webform_supported: bool | None
    email_template_support: bool | None
    inventory_template_supported: bool | None
    filter_supported: bool | None
    email_parser_supported: bool | None
    properties: list[str]  # the `$`-keys that its records have, such as "$wizard_connection_path"
    on_demand_properties: list[str]
    field_states: list[str]
    per_page: int | None
    display_field: str  # API name of the name field
    search_layout_fields: list[str]
    lookup_field_properties: list[JsonObject]  # the columns of a lookup's search, as the CRM sends them
    related_list_properties: RelatedListProperties | None
    kanban_view: JSON  # true/false or an object, by version
    kanban_view_supported: bool | None
    chart_view: bool | None
    chart_view_supported: bool | None
    activity_badge: str  # Enabled, Disabled, Not_Supported
    territory: Ref | None
    custom_view: JsonObject | None  # the default view; typed by CustomView.from_api
    related_lists: list[JsonObject]
    layouts: list[JsonObject]
    fields: list[JsonObject]
    raw: JsonObject = field(repr=False)

    @property
    def web_link_text(self) -> str:
        """The web tab's address as text, whatever its scheme."""
        return as_text(self.raw.get("web_link"))

    @property
    def is_browsable(self) -> bool:
        """Whether its records can be listed by this user."""
        return bool(
            self.api_supported
            and self.viewable
            and self.status == "visible"
            and self.generated_type in ("default", "custom")
        )

    @classmethod
    def from_api(cls, raw: JSON) -> Module:
        new = cls.__new__(cls)
        new.raw = raw = raw if type(raw) is dict else {}
        new.id = as_id(raw.get("id"))
        new.api_name = as_api_name(raw.get("api_name"))
        return new

    def _read(self, name: str) -> None:
        if name in _ALONE:
            self._read_alone()
        else:
            self._read_listed()

    def _read_listed(self) -> None:
        get = self.raw.get
        self.module_name = as_text(get("module_name"))
        self.singular_label = as_text(get("singular_label"))
        self.plural_label = as_text(get("plural_label"))
        self.actual_singular_label = as_text(get("actual_singular_label"))
        self.actual_plural_label = as_text(get("actual_plural_label"))
        self.description = as_text_or_none(get("description"))
        self.generated_type = as_text(get("generated_type"))
        self.status = as_text(get("status"))
        self.visibility = as_whole(get("visibility"))
        self.visible = as_flag(get("visible"))
        self.viewable = as_flag(get("viewable"))
        self.creatable = as_flag(get("creatable"))
        self.editable = as_flag(get("editable"))
        self.deletable = as_flag(get("deletable"))
        self.convertable = as_flag(get("convertable"))
        self.quick_create = as_flag(get("quick_create"))
        self.api_supported = as_flag(get("api_supported"))
        self.show_as_tab = as_flag(get("show_as_tab"))
        self.sequence_number = as_whole(get("sequence_number"))
        self.presence_sub_menu = as_flag(get("presence_sub_menu"))
        self.sub_menu_available = as_flag(get("sub_menu_available"))
        self.lookupable = as_flag(get("lookupable"))
        self.is_blueprint_supported = as_flag(get("isBlueprintSupported"))
        self.global_search_supported = as_flag(get("global_search_supported"))
        self.recycle_bin_on_delete = as_flag(get("recycle_bin_on_delete"))
        self.feeds_required = as_flag(get("feeds_required"))
        self.public_fields_configured = as_flag(get("public_fields_configured"))
        self.access_type = as_text(get("access_type"))
        self.private_profile = get("private_profile")
        self.profiles = as_refs(get("profiles"))
        self.profile_count = as_whole(get("profile_count"))
        self.has_more_profiles = as_flag(get("has_more_profiles"))
        self.modified_time = as_text_or_none(get("modified_time"))
        self.modified_by = as_ref(get("modified_by"))
        self.web_link = as_link(get("web_link"))
        self.arguments = as_list(get("arguments"), Argument.from_api)
        self.business_card_field_limit = as_whole(get("business_card_field_limit"))
        self.parent_module = as_api_ref(get("parent_module"))
        self.track_current_data = as_flag(get("track_current_data"))

    def _read_alone(self) -> None:
        get = self.raw.get
        self.triggers_supported = as_flag(get("triggers_supported"))
        self.scoring_supported = as_flag(get("scoring_supported"))
        self.webform_supported = as_flag(get("webform_supported"))
        self.email_template_support = as_flag(get("emailTemplate_support"))
        self.inventory_template_supported = as_flag(get("inventory_template_supported"))
        self.filter_supported = as_flag(get("filter_supported"))
        self.email_parser_supported = as_flag(get("email_parser_supported"))
        self.properties = as_texts(get("$properties"))
        self.on_demand_properties = as_texts(get("$on_demand_properties"))
        self.field_states = as_texts(get("$field_states"))
        self.per_page = as_whole(get("per_page"))
        self.display_field = _field_name(get("display_field"))
        self.search_layout_fields = as_texts(get("search_layout_fields"))
        self.lookup_field_properties = as_objects(as_object(get("lookup_field_properties")).get("fields"))
        self.related_list_properties = RelatedListProperties.from_api(get("related_list_properties"))
        self.kanban_view = get("kanban_view")
        self.kanban_view_supported = as_flag(get("kanban_view_supported"))
        self.chart_view = as_flag(get("chart_view"))
        self.chart_view_supported = as_flag(get("chart_view_supported"))
        self.activity_badge = as_text(get("activity_badge"))
        self.territory = as_ref(get("territory"))
        self.custom_view = as_object_or_none(get("custom_view"))
        self.related_lists = as_objects(get("related_lists"))
        self.layouts = as_objects(get("layouts"))
        self.fields = as_objects(get("fields"))


def _field_name(value: JSON) -> str:
    """`display_field` is an API name on the page, an object in the OpenAPI file."""
    return as_text(value) or as_text(as_object(value).get("api_name"))


class Modules:
    """`CrmClient.modules`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self, status: Iterable[str] | None = None) -> list[Module]:
        """Every module of the organisation, in the CRM's order, hidden ones too.

        status   only modules with these statuses (see STATUSES); None: all
        returns  [Module]; empty when the CRM answers 204
        raises   ScopeMissing without ZohoCRM.settings.modules.READ, NotAllowed, TooManyRequests, any NoAnswer
        source   GET /settings/modules
        """
        wanted = None if status is None else ",".join(status)
        body = self._transport.get("/settings/modules", {"status": wanted}, what="the modules")
        return as_list(body.get("modules"), Module.from_api)

    def get(self, api_name: str) -> Module | None:
        """One module with the attributes that the list leaves out.

        api_name  such as "Leads"; case counts
        returns   Module; None when it exists but this call does not expose it (204: web tabs, some system modules)
        raises    NotFound if there is none of that name or this profile does not see it; InvalidRequest with code
                  NOT_SUPPORTED if it has no API; InvalidName before anything is sent
        source    GET /settings/modules/{api_name}
        """
        path = f"/settings/modules/{checked_name(api_name, 'the module')}"
        body = self._transport.get(path, what=f"the module {api_name}")
        modules = as_list(body.get("modules"), Module.from_api)
        return modules[0] if modules else None
