"""One operation as curl, as Python and as JSON. Pure."""

from __future__ import annotations

import json
import re
import shlex

from console.catalogue.lines import Line

_METHODS = {
    "/settings/modules": "crm.modules.all()",
    "/settings/modules/{{id}}": 'crm.modules.get("Leads")',
    "/settings/fields": 'crm.fields.all("Leads")',
    "/settings/fields/{{id}}": 'crm.fields.get("<id>", "Leads")',
    "/settings/layouts": 'crm.layouts.all("Leads")',
    "/settings/layouts/{{id}}": 'crm.layouts.get("<id>", "Leads")',
    "/settings/related_lists": 'crm.related_lists.all("Leads")',
    "/settings/custom_views": 'crm.custom_views.all("Leads")',
    "/settings/profiles": "crm.profiles.all()",
    "/settings/profiles/{{id}}": 'crm.profiles.get("<id>")',
    "/settings/roles": "crm.roles.all()",
    "/settings/wizards": "crm.wizards.all()",
    "/users": "crm.users.all()",
    "/org": "crm.org.get()",
    "/__apis": "crm.apis.all()",
}
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def address(line: Line, version: int) -> str:
    """The path with its version; bulk calls have their word in front of it."""
    if line.path.startswith("/bulk/"):
        return f"/crm/bulk/v{version}{line.path.removeprefix('/bulk')}"
    return f"/crm/v{version}{line.path}"


def curl(line: Line, version: int, api: str) -> str:
    """A command for a shell. What has to be filled in stands in angle brackets; no token is ever printed, and nothing
    of the CRM's list can end the quotes.

    api  origin of the API host, from the table of data centres
    """
    path = _filled(address(line, version))
    parts = ["curl"]
    if line.method != "GET":
        parts.append(f"--request {shlex.quote(line.method)}")
    parts.append('--header "Authorization: Zoho-oauthtoken $TOKEN"')
    if line.method in ("POST", "PUT", "PATCH"):
        parts.append('--header "Content-Type: application/json" --data @body.json')
    parts.append(shlex.quote(f"{api}{path}"))
    return " \\\n  ".join(parts)


def python(line: Line, version: int, api: str) -> str:
    """A script with crm_client: the method made for it, else a plain call of the path."""
    own = _METHODS.get(line.path) if line.method == "GET" else None
    if line.path.startswith("/bulk/"):
        return "# crm_client has no method for bulk calls; their address has its word before the version.\n"
    if own is None and line.method == "GET":
        own = f"crm.get({json.dumps(_filled(line.path))})"
    if own is None:
        body = ', body=b"<JSON>"' if line.method != "DELETE" else ""
        own = f"crm.transport.request({json.dumps(line.method)}, {json.dumps(_filled(line.path))}{body})"
    return (
        "import os\n\nfrom crm_client import CrmClient, StaticToken\n\n"
        f'crm = CrmClient("{api}", StaticToken(os.environ["TOKEN"]), version={version})\n'
        f"print({own})\n"
    )


def as_json(line: Line, version: int) -> str:
    """The operation as the CRM's own list has it."""
    operation = {
        "method": line.method, "oauth_scope": line.scope, "max_credits": line.highest, "min_credits": line.lowest,
    }  # fmt: skip
    return json.dumps({"path": address(line, version), "operation_types": [operation]}, indent=2, ensure_ascii=False)


def _filled(path: str) -> str:
    return _PLACEHOLDER.sub(lambda found: f"<{found[1]}>", path)
