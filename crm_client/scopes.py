"""Which OAuth scope covers which (source: Zoho's scope pages; `ZohoCRM.<group>[.<item>].<OPERATION>`)."""

from collections.abc import Iterable

# Settings-level blueprint calls are named by their own scope only: the pages do not say that settings.ALL covers them.
NOT_IN_SETTINGS_ALL = ("zohocrm.settings.blueprint.",)


def covers(granted: Iterable[str], needed: str) -> bool:
    """Whether one of the granted scopes allows what `needed` allows.

    The operation ALL covers every operation of its group and, for `settings` and `modules`, of every item below it.
    WRITE covers CREATE and UPDATE. Compared without regard to case, because the CRM's own pages mix it.
    """
    wanted = needed.lower()
    group, _, operation = wanted.rpartition(".")
    for scope in granted:
        have = scope.lower()
        if have == wanted:
            return True
        have_group, _, have_operation = have.rpartition(".")
        inside = group == have_group or (
            group.startswith(have_group + ".")
            and have_group in ("zohocrm.settings", "zohocrm.modules")
            and not wanted.startswith(NOT_IN_SETTINGS_ALL)
        )
        writes = have_operation == "write" and operation in ("create", "update")
        if inside and (writes or have_operation in ("all", operation)):
            return True
    return False


def missing(granted: Iterable[str], needed: Iterable[str]) -> list[str]:
    """The needed scopes that nothing granted covers, in the order given."""
    have = list(granted)
    return [scope for scope in needed if not covers(have, scope)]


_ANY = ("ALL", "READ", "CREATE", "UPDATE", "DELETE", "WRITE")
_MODULE_ITEMS = (
    "leads", "accounts", "contacts", "deals", "campaigns", "tasks", "events", "calls", "cases", "solutions",
    "products", "vendors", "pricebooks", "quotes", "salesorders", "purchaseorders", "invoices", "appointments",
    "appointments_rescheduled_history", "services", "custom",
)  # fmt: skip
_SETTINGS_ITEMS = (
    "modules", "fields", "layouts", "related_lists", "custom_views", "wizards", "pipeline", "map_dependency",
    "assignment_rules", "blueprint", "transitions", "profiles", "roles", "recycle_bin", "territories", "tags",
    "tab_groups", "global_picklist", "variables", "email_templates", "inventory_templates", "business_hours",
    "currencies", "user_groups", "data_sharing", "custom_links", "custom_buttons", "blueprint.states",
    "blueprint.transitions",
)  # fmt: skip
_OF_EACH_MODULE = {
    "modules": _ANY, "share": _ANY, "send_mail": ("ALL", "CREATE"), "mass_update": ("ALL", "READ", "UPDATE"),
    "mass_delete": ("ALL", "READ", "DELETE"),
}  # fmt: skip
_ALONE = {
    "ZohoCRM.modules": _ANY, "ZohoCRM.settings": _ANY, "ZohoCRM.users": _ANY, "ZohoCRM.org": _ANY,
    "ZohoCRM.modules.notes": _ANY, "ZohoCRM.modules.attachments": _ANY, "ZohoCRM.modules.users": ("READ",),
    "ZohoCRM.apis": ("READ",), "ZohoCRM.features": ("READ",), "ZohoCRM.coql": ("READ",),
    "ZohoCRM.bulk": ("ALL", "READ", "CREATE"), "ZohoCRM.bulk.backup": ("ALL", "READ", "CREATE"),
    "ZohoCRM.mass_update": ("ALL", "READ", "UPDATE"), "ZohoCRM.mass_delete": ("ALL", "READ", "DELETE"),
    "ZohoCRM.mass_convert.leads": ("READ", "CREATE"), "ZohoCRM.change_owner": ("READ", "CREATE"),
    "ZohoCRM.composite_requests": ("CUSTOM",), "ZohoCRM.notifications": _ANY[:5], "ZohoCRM.Files": ("READ", "CREATE"),
    "ZohoCRM.share": _ANY, "ZohoCRM.send_mail": ("ALL", "CREATE"), "ZohoCRM.templates.email": ("READ",),
    "ZohoCRM.templates.inventory": ("READ",), "ZohoSearch.securesearch": ("READ",), "ZohoFiles.files": ("ALL",),
}  # fmt: skip
_GROUPS = {
    **_ALONE,
    **{f"ZohoCRM.settings.{item}": _ANY for item in _SETTINGS_ITEMS},
    **{f"ZohoCRM.{group}.{item}": kinds for group, kinds in _OF_EACH_MODULE.items() for item in _MODULE_ITEMS},
}
_KNOWN = {f"{group}.{kind}".lower(): f"{group}.{kind}" for group, kinds in _GROUPS.items() for kind in kinds}


def is_known(scope: str) -> bool:
    """Whether Zoho's pages name this scope. One that Zoho does not know makes a whole sign-in fail."""
    return scope.lower() in _KNOWN


def spelled(scope: str) -> str:
    """A scope as Zoho's pages spell it, whatever its case; "" when they do not name it."""
    return _KNOWN.get(scope.lower(), "")
