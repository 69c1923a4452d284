"""Where a thing stands in Zoho CRM's own pages. Pure.

The hosts are a table of ours: none comes from the CRM's answers (design D1). The paths are those that Zoho's help and
its users' links show: /crm/<domain>/tab/<module_name>, …/tab/<module_name>/<record id>,
…/tab/<module_name>/custom-view/<view id>/list and /crm/<domain>/settings/modules/<api_name>/layouts/<layout id>.
"""

from dataclasses import dataclass
from urllib.parse import quote

_HOSTS = {
    "us": "crm.zoho.com",
    "eu": "crm.zoho.eu",
    "in": "crm.zoho.in",
    "au": "crm.zoho.com.au",
    "jp": "crm.zoho.jp",
    "cn": "crm.zoho.com.cn",
    "ca": "crm.zohocloud.ca",
    "sa": "crm.zoho.sa",
    "uk": "crm.zoho.uk",
    "ae": "crm.zoho.ae",
}


@dataclass(frozen=True, slots=True)
class ZohoLinks:
    """Links into one organisation. `base` is "" where there is none; `why_not` then says why."""

    base: str
    why_not: str = ""

    def module(self, module_name: str) -> str:
        """The module's tab; "" when there is no address."""
        return f"{self.base}/tab/{quote(module_name, safe='')}" if self.base and module_name else ""

    def record(self, module_name: str, record_id: str) -> str:
        """One record in the module's tab."""
        tab = self.module(module_name)
        return f"{tab}/{record_id}" if tab and record_id.isdigit() else ""

    def custom_view(self, module_name: str, view_id: str) -> str:
        """The module's records through one custom view."""
        tab = self.module(module_name)
        return f"{tab}/custom-view/{view_id}/list" if tab and view_id.isdigit() else ""

    def layouts(self, api_name: str) -> str:
        """The module's layouts in the set-up."""
        return f"{self.base}/settings/modules/{quote(api_name, safe='')}/layouts" if self.base and api_name else ""

    def layout(self, api_name: str, layout_id: str) -> str:
        """One layout in the editor; a field is changed there too."""
        return f"{self.layouts(api_name)}/{layout_id}" if self.layouts(api_name) and layout_id.isdigit() else ""


def zoho_links(dc: str, environment: str, domain_name: str) -> ZohoLinks:
    """Links for an organisation.

    dc           key of the data centre; those of the stand-in begin with "standin-"
    environment  production, sandbox or developer
    domain_name  the organisation's name in addresses, such as "org808232144"
    """
    if dc.startswith("standin-"):
        return ZohoLinks("", "This organisation lives in the local stand-in, which has no pages of its own.")
    host = _HOSTS.get(dc)
    if host is None:
        return ZohoLinks("", "The address of Zoho CRM’s pages in this data centre is not known here.")
    if environment != "production":
        return ZohoLinks("", "Zoho publishes no lasting addresses for the pages of a sandbox; open it from Setup.")
    if not domain_name or not domain_name.isascii() or not domain_name.replace("-", "").replace("_", "").isalnum():
        return ZohoLinks("", "Zoho CRM did not say under which name this organisation has its pages.")
    return ZohoLinks(f"https://{host}/crm/{domain_name}")
