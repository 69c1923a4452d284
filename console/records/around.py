"""What every page of this room needs around its records: the module, its fields, and who reads."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.urls import reverse

from console.http import CrmRequest
from console.parts import Part, part
from console.records.values import Eyes
from console.zoho_links import ZohoLinks, zoho_links
from crm_client.errors import NotFound
from crm_client.fields import Field
from crm_client.modules import Module

READ = "ZohoCRM.modules.READ"
MODULES = "ZohoCRM.settings.modules.READ"
FIELDS = "ZohoCRM.settings.fields.READ"
LAYOUTS = "ZohoCRM.settings.layouts.READ"
VIEWS = "ZohoCRM.settings.custom_views.READ"
LISTS = "ZohoCRM.settings.related_lists.READ"
CREATE, UPDATE, DELETE = "ZohoCRM.modules.CREATE", "ZohoCRM.modules.UPDATE", "ZohoCRM.modules.DELETE"

OWN_PAGES = frozenset({"Notes", "Attachments"})  # they belong to a record, and have no list for everybody


@dataclass(slots=True)
class Around:
    """A module as a page of its records needs it.

    here      address of the module's list
    records   address of the room
    fields    the module's fields, or why they could not be read
    """

    module: Module
    here: str
    records: str
    fields: Part[list[Field]]
    eyes: Eyes

    @property
    def label(self) -> str:
        return label(self.module)

    @property
    def singular(self) -> str:
        """One record of it, in the CRM's word: "Lead"."""
        return self.module.singular_label or self.module.api_name

    @property
    def known_fields(self) -> list[Field]:
        return self.fields.kept.value if self.fields.kept else []


def label(module: Module) -> str:
    """What people call the module."""
    return module.plural_label or module.singular_label or module.module_name or module.api_name


def module_of(request: CrmRequest, api_name: str) -> Module:
    """The module of the address. Raises NotFound when the kept list does not have it."""
    found = next((module for module in request.kept.modules().value if module.api_name == api_name), None)
    if found is None:
        raise NotFound("the kept list of modules does not have it", what=f"the module {api_name}")
    if found.api_supported is False:
        raise NotFound("its records cannot be read through the API", what=f"the records of {label(found)}")
    return found


def around(request: CrmRequest, api_name: str) -> Around:
    """The module with its fields; raises NotFound, and whatever else keeps the list of modules from being read."""
    module = module_of(request, api_name)
    slug = request.connection.slug
    return Around(
        module,
        reverse("records:list", args=[slug, api_name]),
        reverse("records:chooser", args=[slug]),
        part(lambda: request.kept.fields(api_name)),
        eyes_of(request),
    )


def eyes_of(request: CrmRequest) -> Eyes:
    """The zone of the person and the currency of the organisation, as far as the CRM tells."""
    person, org = part(request.kept.current_user), part(request.kept.org)
    zone = _zone(person.kept.value.time_zone) if person.kept else None
    return Eyes(zone, org.kept.value.currency_symbol if org.kept else "")


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def links_of(request: CrmRequest) -> ZohoLinks:
    """Links into Zoho CRM's own pages."""
    org = request.kept.known("org")
    domain = org.value[0].domain_name if org and org.value else ""
    return zoho_links(request.connection.dc, request.connection.environment, domain)
