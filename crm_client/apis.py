"""The CRM's own list of its API: which paths there are, with which verbs, scopes and prices.

source  GET /__apis
        zoho.com/crm/developer/docs/api/v8/available-apis.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_client.errors import CrmError
from crm_client.values import JSON, JsonObject, as_list, as_object, as_text, as_whole

if TYPE_CHECKING:
    from crm_client.transport import Transport

SCOPE, METHOD, MODULE = "operation_types.oauth_scope", "operation_types.method", "module"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CUSTOM = "custom"  # stands for every custom module, in filters and in scopes

# the modules that the filter `module` takes; a custom module's own name is refused
MODULES = (
    "Leads", "Accounts", "Contacts", "Deals", "Campaigns", "Tasks", "Cases", "Events", "Calls", "Solutions", "Products",
    "Vendors", "Price_Books", "Quotes", "Sales_Orders", "Purchase_Orders", "Invoices", "Appointments__s",
    "Appointments_Rescheduled_History__s", "Services__s",
)

_VERSION = re.compile(r"/crm(/bulk)?/v[0-9.]+(?=/)", re.ASCII)


@dataclass(slots=True)
class Operation:
    """One verb of one path.

    oauth_scope  the one scope it needs; not always the verb's own: PUT …/actions/send_mail wants .CREATE
    min_credits, max_credits  price of one call; they differ where it grows with the records. None: not said
    """

    method: str
    oauth_scope: str
    min_credits: int | None
    max_credits: int | None
    raw: JsonObject = field(repr=False, compare=False)

    @classmethod
    def from_api(cls, raw: JSON) -> Operation:
        raw = as_object(raw)
        get = raw.get
        return cls(
            as_text(get("method")), as_text(get("oauth_scope")), as_whole(get("min_credits")),
            as_whole(get("max_credits")), raw,
        )


@dataclass(slots=True)
class Api:
    """One path with its verbs.

    path  with the version in front and placeholders in double braces: "/crm/v8/Leads/{{id}}/photo". Two placeholders
          of one path may have the same name.
    """

    path: str
    operation_types: list[Operation]
    raw: JsonObject = field(repr=False, compare=False)

    @property
    def short_path(self) -> str:
        """The path without /crm and version, the same for every version: "/Leads/{{id}}/photo", "/bulk/read"."""
        return _VERSION.sub(r"\1", self.path, count=1)

    @classmethod
    def from_api(cls, raw: JSON) -> Api:
        raw = as_object(raw)
        return cls(as_text(raw.get("path")), as_list(raw.get("operation_types"), Operation.from_api), raw)


@dataclass(frozen=True, slots=True)
class Filter:
    """The one criterion that the call takes. Made by `by_scope`, `by_method`, `by_module`; what the CRM would refuse
    is refused by the CRM, in its own words (`explained`)."""

    api_name: str
    value: str
    comparator: str = "equals"

    def __str__(self) -> str:
        """The JSON of the parameter `filters`."""
        criterion = {"field": {"api_name": self.api_name}, "comparator": self.comparator, "value": self.value}
        return json.dumps(criterion)


def by_scope(area: str) -> Filter:
    """Operations of a scope area: "send_mail", "settings.fields", "modules.leads" (no "ZohoCRM.", no operation)."""
    return Filter(SCOPE, area)


def by_method(method: str) -> Filter:
    """Operations with a verb, in capitals; each path comes with that verb only."""
    return Filter(METHOD, method)


def by_module(module: str) -> Filter:
    """Paths of a system-defined module by its API name, or CUSTOM for those of all custom modules."""
    return Filter(MODULE, module)


class Apis:
    """`CrmClient.apis`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self, filters: Filter | str | None = None) -> list[Api]:
        """The paths of the API version in use; the CRM defines no order. 1 credit.

        filters  one criterion, or the text of the parameter as it is to be sent; None: every path
        returns  [Api]; empty when nothing matches (the CRM answers 204)
        raises   ScopeMissing without ZohoCRM.apis.READ; InvalidRequest for a filter that the CRM does not take, with
                 code INVALID_DATA, MANDATORY_NOT_FOUND or DEPENDENT_FIELD_MISSING (see `explained`)
        source   GET /__apis?filters=
        """
        params = None if filters is None else {"filters": str(filters)}
        body = self._transport.get("/__apis", params, what="the list of its APIs")
        return as_list(body.get("__apis"), Api.from_api)


def explained(error: CrmError) -> str:
    """What is wrong with a filter, and what would be right, for an error that `Apis.all` raised; "" for any other."""
    details = error.details
    if error.code == "INVALID_REQUEST_METHOD":
        return "The list of APIs can only be read (GET)."
    if error.code == "MANDATORY_NOT_FOUND":
        return f"A mandatory key of the filter is missing{_named(details)}. {_SHAPE}"
    if error.code == "DEPENDENT_FIELD_MISSING":
        other = as_text(as_object(details.get("dependee")).get("api_name"))
        beside = f", which has to stand beside “{other}”" if other else ""
        return f"A part of the filter is missing{_named(details)}{beside}. {_SHAPE}"
    if error.code != "INVALID_DATA" or details.get("param_name") not in (None, "filters"):
        return ""
    if as_text(details.get("api_name")) in _WRONG:
        return _WRONG[as_text(details.get("api_name"))]
    return f"The filter is no valid JSON object. {_SHAPE}" if "expected_data_type" in details else _SHAPE


_SHAPE = 'It takes three keys: {"field": {"api_name": …}, "comparator": "equals", "value": …}.'
_WRONG = {
    "api_name": f"The API can be filtered by {SCOPE}, {METHOD} and {MODULE} only.",
    "comparator": "The only comparator is “equals”.",
    "value": (
        f"The value does not fit: {METHOD} takes {', '.join(METHODS)} in capitals; {SCOPE} takes a scope area such as "
        f"send_mail or settings.fields; {MODULE} takes a system-defined module such as Leads, or “{CUSTOM}” for "
        "custom modules."
    ),
}


def _named(details: JsonObject) -> str:
    name = as_text(details.get("api_name"))
    return f": “{name}”" if name else ""
