"""The list of APIs, `GET /__apis`, made from the routing table itself (available-apis.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson

from crm_client.standin.calls import Call
from crm_client.standin.errors import ApiError, bad_param
from crm_client.standin.messages import Answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.scopes import item_of
from crm_client.standin.viewer import dicts

SCOPE, METHOD, MODULE = "operation_types.oauth_scope", "operation_types.method", "module"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# System-defined modules: API name, and the label where it is another word.
MODULES = {
    "Leads": "", "Accounts": "", "Contacts": "", "Deals": "", "Campaigns": "", "Tasks": "", "Cases": "",
    "Events": "Meetings", "Calls": "", "Solutions": "", "Products": "", "Vendors": "", "Price_Books": "Price Books",
    "Quotes": "", "Sales_Orders": "Sales Orders", "Purchase_Orders": "Purchase Orders", "Invoices": "",
    "Appointments__s": "Appointments", "Appointments_Rescheduled_History__s": "Appointments Rescheduled History",
    "Services__s": "Services",
}  # fmt: skip
GENERIC = "{{module}}"  # stands for any custom module


def _list(call: Call) -> Answer:
    """GET /__apis: every API of the version in the address; 204 when the filter matches nothing."""
    filters = call.request.query.get("filters")
    criterion = _criterion(filters) if filters is not None else None

    def make() -> JSON | None:
        apis = _of_organisation(call) or made(call.world.table.routes, call.version)
        listed = [kept for api in apis if (kept := _filtered(api, criterion)) is not None]
        return {"__apis": listed} if listed else None

    return call.cached(("__apis", criterion), make)


def made(routes: Iterable[Route], version: int) -> list[JSON]:
    """The catalogue of a version, from the routing table."""
    operations: dict[str, list[JSON]] = {}
    for route in routes:
        if version not in route.versions or not route.is_listed:
            continue
        for module in [*MODULES, GENERIC] if "{module}" in route.path else [""]:
            path = _address(route.path.replace("{module}", module), version)
            path = re.sub(r"(?<!\{)\{\w+\}(?!\})", "{{id}}", path)
            item = "custom" if module == GENERIC else item_of(module)
            operations.setdefault(path, []).append(
                {
                    "method": route.method,
                    "oauth_scope": route.scopes[0].replace("{item}", item),
                    "max_credits": route.max_credits,
                    "min_credits": route.min_credits,
                }
            )
    return [{"path": path, "operation_types": types} for path, types in operations.items()]


def _address(path: str, version: int) -> str:
    """The bulk calls have their word before the version."""
    if path.startswith("/bulk/"):
        return f"/crm/bulk/v{version}{path.removeprefix('/bulk')}"
    return f"/crm/v{version}{path}"


def _of_organisation(call: Call) -> list[JSON]:
    """The catalogue that a saved organisation brought along, with the version of the address in its paths."""
    return [
        api | {"path": re.sub(r"^/crm/v[\d.]+/", f"/crm/v{call.version}/", str(api.get("path")))}
        for api in dicts(call.organisation.apis)
    ]


def _criterion(text: str) -> tuple[str, str]:
    """Field and value of the filter. Raises ApiError, in the order of the checks that available-apis.md gives."""
    try:
        filters: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise bad_param("filters", "Invalid JSON passed as parameter", expected_data_type="jsonobject") from None
    if not isinstance(filters, dict):
        raise bad_param("filters", "Invalid JSON passed as parameter", expected_data_type="jsonobject")
    field = filters.get("field")
    # unverified: which of the two codes a missing key gets
    if not isinstance(field, dict) or "api_name" not in field:
        raise ApiError("MANDATORY_NOT_FOUND", {"param_name": "filters", "api_name": "field", "json_path": "$.field"})
    for key in ("comparator", "value"):
        if key not in filters:
            dependee = {"api_name": "field", "json_path": "$.field"}
            details = {"param_name": "filters", "api_name": key, "json_path": f"$.{key}", "dependee": dependee}
            raise ApiError("DEPENDENT_FIELD_MISSING", details)
    name, value = field["api_name"], filters["value"]
    if name not in (SCOPE, METHOD, MODULE):
        raise _wrong("api_name", "$.field.api_name", "The given api_name seems to be invalid")
    if filters["comparator"] != "equals":
        raise _wrong("comparator", "$.comparator", "The given comparator is not supported")
    if name == METHOD and value not in METHODS:
        raise _wrong("value", "$.value", "The given method value is not supported")
    if name == MODULE:
        value = _module(value)
    elif name == SCOPE and (not isinstance(value, str) or not re.fullmatch(r"[A-Za-z_]+(\.[A-Za-z_]+)*", value)):
        raise _wrong("value", "$.value", "The given value is invalid")
    return str(name), str(value)


def _module(value: Any) -> str:
    """The API name of a system module. unverified: both the API name and the label are taken."""
    if value == "custom":
        return GENERIC
    for name, label in MODULES.items():
        if value and value in (name, label):
            return name
    raise _wrong("value", "$.value", "The given value is invalid")


def _wrong(key: str, path: str, message: str) -> ApiError:
    return bad_param("filters", message, api_name=key, json_path=path)


def _filtered(api: JSON, criterion: tuple[str, str] | None) -> JSON | None:
    """The path with the operations that fit; None when none does.

    unverified: the scope filter cuts the operations down as the method filter does; a full scope matches nothing.
    """
    if criterion is None:
        return api
    name, value = criterion
    if name == MODULE:
        parts = str(api.get("path")).split("/")
        return api if len(parts) > 3 and parts[3] == value else None
    types = dicts(api.get("operation_types"))
    if name == METHOD:
        kept = [one for one in types if one.get("method") == value]
    else:
        kept = [one for one in types if _in_area(str(one.get("oauth_scope")), value)]
    return api | {"operation_types": kept} if kept else None


def _in_area(scope: str, area: str) -> bool:
    inner = scope.lower().removeprefix("zohocrm.").rpartition(".")[0]
    return inner == area.lower() or inner.startswith(area.lower() + ".")


ROUTES = [Route("GET", "/__apis", ("ZohoCRM.apis.READ",), _list)]
