"""Which scopes exist, and which scope covers which.

Written from the scope pages independently of `crm_client.scopes`, so that a mistake in one is not hidden by the other.
"""

from __future__ import annotations

from collections.abc import Iterable

CRUD = "ALL READ CREATE UPDATE DELETE WRITE"

# Scope spelling of the modules whose records have an API: lower case, no underscore, with one exception.
MODULE_ITEMS = (
    "leads", "accounts", "contacts", "deals", "campaigns", "tasks", "events", "calls", "cases", "solutions", "products",
    "vendors", "pricebooks", "quotes", "salesorders", "purchaseorders", "invoices", "appointments",
    "appointments_rescheduled_history", "services", "notes", "attachments", "users", "custom",
)  # fmt: skip

SETTINGS_ITEMS = (
    "modules", "fields", "layouts", "related_lists", "custom_views", "wizards", "pipeline", "map_dependency",
    "assignment_rules", "blueprint", "transitions", "profiles", "roles", "recycle_bin", "territories", "tags",
    "tab_groups", "global_picklist", "variables", "email_templates", "inventory_templates", "business_hours",
    "currencies", "user_groups", "data_sharing", "custom_links", "custom_buttons",
)  # fmt: skip

# Which operations each group has.
_GROUPS: dict[str, str] = {
    "ZohoCRM.modules": CRUD,
    "ZohoCRM.settings": CRUD,
    "ZohoCRM.users": CRUD,
    "ZohoCRM.org": CRUD,
    "ZohoCRM.apis": "READ ALL",
    "ZohoCRM.features": "READ ALL",
    "ZohoCRM.coql": "READ",
    "ZohoCRM.bulk": "ALL READ CREATE",
    "ZohoCRM.bulk.backup": "ALL READ CREATE",
    "ZohoCRM.mass_update": "ALL READ UPDATE",
    "ZohoCRM.mass_delete": "ALL READ DELETE",
    "ZohoCRM.mass_convert.leads": "ALL READ CREATE",
    "ZohoCRM.change_owner": "ALL READ CREATE",
    "ZohoCRM.composite_requests": "CUSTOM",
    "ZohoCRM.notifications": CRUD,
    "ZohoCRM.Files": "ALL READ CREATE",
    "ZohoCRM.send_mail": "ALL CREATE",
    "ZohoCRM.templates": CRUD,
    "ZohoCRM.share": CRUD,
    "ZohoSearch.securesearch": "READ",
    "ZohoFiles.files": "ALL READ CREATE",
    "AaaServer.profile": "READ",
}
_GROUPS |= {f"ZohoCRM.modules.{item}": CRUD for item in MODULE_ITEMS}
_GROUPS |= {f"ZohoCRM.settings.{item}": CRUD for item in SETTINGS_ITEMS}
_GROUPS |= {f"ZohoCRM.settings.blueprint.{item}": CRUD for item in ("transitions", "states")}
_GROUPS |= {f"ZohoCRM.send_mail.{item}": "ALL CREATE" for item in MODULE_ITEMS}
_GROUPS |= {f"ZohoCRM.share.{item}": CRUD for item in MODULE_ITEMS}
_GROUPS |= {f"ZohoCRM.mass_update.{item}": "ALL READ UPDATE" for item in MODULE_ITEMS}
_GROUPS |= {f"ZohoCRM.mass_delete.{item}": "ALL READ DELETE" for item in MODULE_ITEMS}
_GROUPS |= {f"ZohoCRM.templates.{item}": CRUD for item in ("email", "inventory")}

KNOWN = frozenset(
    [f"{group}.{operation}".lower() for group, operations in _GROUPS.items() for operation in operations.split()]
    + ["openid", "email", "profile"]
)


def listed(text: str) -> list[str]:
    """The scopes of a `scope` parameter: separated by commas or spaces, in order, without repeats."""
    return list(dict.fromkeys(text.replace(",", " ").split()))


def unknown(scopes: Iterable[str]) -> list[str]:
    """Those that the accounts server has never heard of. Compared without regard to case."""
    return [scope for scope in scopes if scope.lower() not in KNOWN]


def covers(granted: Iterable[str], needed: str) -> bool:
    """Whether one granted scope allows what `needed` names.

    unverified: upper and lower case are the same; settings.ALL does not reach the settings-level blueprint; WRITE means
    create and update, not delete.
    """
    needed_group, _, needed_op = needed.lower().rpartition(".")
    blueprint = needed_group.startswith("zohocrm.settings.blueprint")
    for scope in granted:
        group, _, operation = scope.lower().rpartition(".")
        if operation not in ("all", needed_op) and not (operation == "write" and needed_op in ("create", "update")):
            continue
        if group == needed_group:
            return True
        if needed_group.startswith(group + ".") and not (blueprint and group == "zohocrm.settings"):
            return True
    return False


def item_of(module: str) -> str:
    """The scope spelling of a module's API name: "Sales_Orders" is "salesorders", any custom module is "custom"."""
    if module == "Appointments_Rescheduled_History__s":
        return "appointments_rescheduled_history"
    compact = module.removesuffix("__s").replace("_", "").lower()
    return compact if compact in MODULE_ITEMS else "custom"
