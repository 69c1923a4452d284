"""Modules: what kinds of records an organisation has, and what the connected user may do with them.

source  GET /settings/modules, GET /settings/modules/{api_name}
        zoho.com/crm/developer/docs/api/v8/modules-api.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from crm_client.names import checked_name
from crm_client.typed import Listed, Thing, renamed, renamed_list
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_api_ref,
    as_link,
    as_list,
    as_object,
    as_object_or_none,
    as_objects,
    as_text,
    as_texts,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport

STATUSES = ("visible", "user_hidden", "system_hidden", "scheduled_for_deletion")


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


if TYPE_CHECKING:
    Arguments: TypeAlias = list[Argument]
    Properties: TypeAlias = RelatedListProperties | None
    Parent: TypeAlias = Ref | None
    Objects: TypeAlias = list[JsonObject]
    FieldName: TypeAlias = str
else:  # read as they come, and made into the above by __post_init__
    Arguments = Properties = Parent = Objects = FieldName = Any


class Module(Thing):
    """One module. A flag that is None: the CRM did not say (v7 leaves some out); "": the text was missing.

    The attributes after `track_current_data` are filled only by `CrmClient.modules.get`; in a list they are empty.
    """

    module_name: str = ""  # display name; "SalesOrders" for Sales_Orders
    singular_label: str = ""  # in the user's language
    plural_label: str = ""
    actual_singular_label: str = ""  # as stored
    actual_plural_label: str = ""
    description: str | None = None
    generated_type: str = ""  # default, custom, linking, subform, web, field_tracker, … or what comes next
    status: str = ""  # one of STATUSES, or what comes next
    visibility: int | None = None  # bit flags; decide by status, viewable, api_supported, show_as_tab instead
    visible: bool | None = None
    viewable: bool | None = None
    creatable: bool | None = None
    editable: bool | None = None
    deletable: bool | None = None
    convertable: bool | None = None  # the CRM's spelling
    quick_create: bool | None = None
    api_supported: bool | None = None
    show_as_tab: bool | None = None
    sequence_number: int | None = None  # not unique, and missing on some hidden modules
    presence_sub_menu: bool | None = None
    sub_menu_available: bool | None = None
    lookupable: bool | None = None
    is_blueprint_supported: bool | None = renamed("isBlueprintSupported")  # None in v7: unknown, not no
    global_search_supported: bool | None = None
    recycle_bin_on_delete: bool | None = None
    feeds_required: bool | None = None
    public_fields_configured: bool | None = None
    access_type: str = ""  # org_based or team_based
    private_profile: JSON = None  # null in every known answer; kept as it comes
    profiles: list[Ref] = []  # at most 50; see has_more_profiles
    profile_count: int | None = None
    has_more_profiles: bool | None = None
    modified_time: str | None = None  # the CRM's own ISO text; None: never
    modified_by: Ref | None = None
    web_link: str | None = None  # https only; any other address is web_link_text
    arguments: Arguments = []
    business_card_field_limit: int | None = None
    parent_module: Parent = None  # .name is the parent's API name
    track_current_data: bool | None = None  # field trackers only

    triggers_supported: bool | None = None
    scoring_supported: bool | None = None
    webform_supported: bool | None = None
    email_template_support: bool | None = renamed("emailTemplate_support")
    inventory_template_supported: bool | None = None
    filter_supported: bool | None = None
    email_parser_supported: bool | None = None
    # the `$`-keys that its records have, such as "$wizard_connection_path"
    properties: list[str] = renamed_list("$properties")
    on_demand_properties: list[str] = renamed_list("$on_demand_properties")
    field_states: list[str] = renamed_list("$field_states")
    per_page: int | None = None
    display_field: FieldName = ""  # API name of the name field
    search_layout_fields: list[str] = []
    lookup_field_properties: Objects = []  # the columns of a lookup's search, as the CRM sends them
    related_list_properties: Properties = None
    kanban_view: JSON = None  # true/false or an object, by version
    kanban_view_supported: bool | None = None
    chart_view: bool | None = None
    chart_view_supported: bool | None = None
    activity_badge: str = ""  # Enabled, Disabled, Not_Supported
    territory: Ref | None = None
    custom_view: JsonObject | None = None  # the default view; typed by CustomView.from_api
    related_lists: list[JsonObject] = []
    layouts: list[JsonObject] = []
    fields: list[JsonObject] = []

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
    def ids_in(cls, things: list[Self]) -> list[str]:
        refs = [ref.id for thing in things for ref in thing.profiles]
        more = [ref.id for thing in things for ref in (thing.modified_by, thing.territory) if ref is not None]
        return [thing.id for thing in things] + refs + more

    def __post_init__(self) -> None:
        if self.web_link is not None:
            self.web_link = as_link(self.web_link)
        if self.arguments != []:
            self.arguments = as_list(self.arguments, Argument.from_api)
        if self.parent_module is not None:
            self.parent_module = as_api_ref(self.parent_module)
        if self.display_field != "":  # of one module alone, as the next three
            self.display_field = _field_name(self.display_field)
        if self.lookup_field_properties != []:
            self.lookup_field_properties = as_objects(as_object(self.lookup_field_properties).get("fields"))
        if self.related_list_properties is not None:
            self.related_list_properties = RelatedListProperties.from_api(self.related_list_properties)
        if self.custom_view is not None:
            self.custom_view = self.custom_view or None


def _field_name(value: JSON) -> str:
    """`display_field` is an API name on the page, an object in the OpenAPI file."""
    return as_text(value) or as_text(as_object(value).get("api_name"))


_LISTED = Listed("modules", Module)


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
        return self._transport.things("/settings/modules", _LISTED, {"status": wanted}, what="the modules")

    def get(self, api_name: str) -> Module | None:
        """One module with the attributes that the list leaves out.

        api_name  such as "Leads"; case counts
        returns   Module; None when it exists but this call does not expose it (204: web tabs, some system modules)
        raises    NotFound if there is none of that name or this profile does not see it; InvalidRequest with code
                  NOT_SUPPORTED if it has no API; InvalidName before anything is sent
        source    GET /settings/modules/{api_name}
        """
        path = f"/settings/modules/{checked_name(api_name, 'the module')}"
        modules = self._transport.things(path, _LISTED, what=f"the module {api_name}")
        return modules[0] if modules else None
