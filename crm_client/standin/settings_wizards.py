"""Wizards: the list, and one wizard for one layout (wizards.md)."""

from __future__ import annotations

from crm_client.standin.calls import Call, some
from crm_client.standin.errors import ApiError, no_permission
from crm_client.standin.messages import Answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.viewer import dicts
from crm_client.standin.wizard_versions import detail_keys, list_keys

# unverified: which permission the CRM looks at; the answer names the settings permission in words
PERMISSION = "Crm_Implied_Manage_Wizards"
IN_WORDS = "Zoho CRM: Settings Permission"


def _check(call: Call) -> None:
    if not call.viewer.may(PERMISSION):
        raise no_permission(IN_WORDS, "Permission denied to read wizards")


def _list(call: Call) -> Answer:
    """GET /settings/wizards: every wizard in short form; 204 without any. `module` narrows the list."""
    _check(call)
    module = call.param("module")
    if module and call.organisation.module(module) is None:
        raise ApiError("INVALID_MODULE")

    def make() -> JSON | None:
        wizards = [
            list_keys(wizard, call.version)
            for wizard in dicts(call.organisation.wizards)
            if not module or module in (_module(wizard).get("api_name"), _module(wizard).get("id"))
        ]
        return some("wizards", wizards)

    return call.cached(("wizards", module), make)


def _detail(call: Call) -> Answer:
    """GET /settings/wizards/{id}?layout_id=: one wizard in full, in a list.

    unverified: v8 misses the layout in the words of the page, too; one of its examples says EXPECTED_PARAM_MISSING.
    """
    _check(call)
    layout_id = call.param("layout_id")
    if not layout_id:
        message = "You have not specified the layout ID in the request."
        raise ApiError("REQUIRED_PARAM_MISSING", {"param_name": "layout_id"}, message)
    wizard_id = call.parts["id"]
    found = call.organisation.wizard_details.get((wizard_id, layout_id))
    if found is None:
        details = {"api_name": "id", "json_path": "$.id"}
        raise ApiError("INVALID_DATA", details, "Invalid Wizard ID")
    return call.cached(("wizard", wizard_id, layout_id), lambda: {"wizards": [detail_keys(found, call.version)]})


def _module(wizard: JSON) -> JSON:
    module = wizard.get("module")
    return module if isinstance(module, dict) else {}


_SCOPE = ("ZohoCRM.settings.wizards.READ",)
ROUTES = [
    Route("GET", "/settings/wizards", _SCOPE, _list),
    Route("GET", "/settings/wizards/{id}", _SCOPE, _detail),
]
