"""What a module's settings say about writing its records, read once: fields, what is mandatory, what is unique."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crm_client.standin.calls import Call
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts

# Mandatory whatever the metadata says, where the module has the field (records.md). Calls follow the page's text, not
# its table: what a call needs beside these depends on its kind (activities.py).
MANDATORY = {
    "Leads": ("Last_Name",), "Contacts": ("Last_Name",), "Accounts": ("Account_Name",), "Deals": ("Deal_Name", "Stage"),
    "Tasks": ("Subject",), "Calls": ("Subject", "Call_Type"), "Products": ("Product_Name",),
    "Events": ("Event_Title", "Start_DateTime", "End_DateTime", "Remind_At"), "Campaigns": ("Campaign_Name",),
    "Vendors": ("Vendor_Name",), "Quotes": ("Subject", "Quoted_Items"), "Sales_Orders": ("Subject", "Ordered_Items"),
    "Invoices": ("Subject", "Invoiced_Items"), "Purchase_Orders": ("Subject", "Vendor_Name"),
    "Price_Books": ("Price_Book_Name", "Pricing_Details"), "Cases": ("Case_Origin", "Status", "Subject"),
    "Solutions": ("Solution_Title",),
}  # fmt: skip
BY_KIND = {"Calls": ("Call_Start_Time", "Call_Duration")}  # system-mandatory in metadata, but not for every record

# The field that upsert checks although it is not unique.
SYSTEM_FIELD = {
    "Leads": "Email", "Contacts": "Email", "Accounts": "Account_Name", "Deals": "Deal_Name",
    "Campaigns": "Campaign_Name", "Cases": "Subject", "Quotes": "Subject", "Sales_Orders": "Subject",
    "Purchase_Orders": "Subject", "Invoices": "Subject", "Solutions": "Solution_Title", "Products": "Product_Name",
    "Vendors": "Vendor_Name", "Price_Books": "Price_Book_Name",
}  # fmt: skip

NEVER_SENT = frozenset(("formula", "rollup_summary", "autonumber", "profileimage", "territories"))
VIRTUAL = frozenset(("subform", "multiselectlookup", "multiuserlookup"))
KEPT_BY_THE_CRM = frozenset(
    ("id", "Full_Name", "Created_Time", "Created_By", "Modified_Time", "Modified_By", "Last_Activity_Time")
)
ON_EVERY_LAYOUT = frozenset(("Owner", "Layout", "Tag", "Wizard"))
EMPTY_LISTS = frozenset(("multiselectpicklist", "fileupload", "imageupload", "participants", *VIRTUAL))


@dataclass(frozen=True, slots=True)
class LayoutRules:
    """One layout: which fields stand on it, which of them it wants."""

    id: str
    name: str
    on_it: frozenset[str]
    required: tuple[str, ...]
    rows: dict[str, int]  # subform → how many rows it may have


@dataclass(frozen=True, slots=True)
class ModuleRules:
    """What is known about a module's fields."""

    name: str
    fields: dict[str, JSON]  # by api_name; empty where the organisation does not tell
    mandatory: tuple[str, ...]
    unique: tuple[str, ...]
    title: str  # the field that names a record
    layouts: dict[str, LayoutRules]  # those that are active

    def first_layout(self) -> LayoutRules | None:
        """The layout of a record that names none."""
        return next(iter(self.layouts.values()), None)


def rules_of(call: Call, module: str) -> ModuleRules:
    """The rules of a module; read again after the organisation was changed by hand."""
    store = call.store
    found = store.kept.get(("rules", module))
    if not isinstance(found, ModuleRules):
        found = store.kept["rules", module] = _compiled(call, module)
    return found


def takes(call: Call, field: JSON, *, update: bool) -> bool:
    """Whether a value for the field is used at all.

    unverified: a value for a field that nobody may write, or that is hidden from or read-only for the caller's profile,
    is left out without a word, like a name that no field has.
    """
    name, kind = str(field.get("api_name")), str(field.get("data_type"))
    if kind in NEVER_SENT or name in KEPT_BY_THE_CRM:
        return False
    if call.viewer.field_permission(field) not in ("read_write", "") and kind != "subform":
        return False
    if name == "Owner" or kind in VIRTUAL:
        return call.viewer.field_permission(field) != "hidden"
    operations = field.get("operation_type")
    may = operations.get("api_update" if update else "api_create") if isinstance(operations, dict) else None
    return may is not False and field.get("field_read_only") is not True


def title_of(rules: ModuleRules, record: JSON) -> str:
    """How other records name this one."""
    mandatory = next((record[name] for name in rules.mandatory if isinstance(record.get(name), str)), None)
    return str(record.get(rules.title) or record.get("Name") or mandatory or record.get("id"))


def _compiled(call: Call, module: str) -> ModuleRules:
    organisation = call.organisation
    fields = {str(one.get("api_name")): one for one in dicts(organisation.fields.get(module))}
    by_kind = BY_KIND.get(module, ())
    told = [name for name, one in fields.items() if one.get("system_mandatory") is True and name not in by_kind]
    known = [name for name in MANDATORY.get(module, ()) if not fields or name in fields]
    unique = tuple(name for name, one in fields.items() if one.get("unique") and name != "id")
    layouts = [
        _layout(one) for one in dicts(organisation.layouts.get(module)) if one.get("status", "active") == "active"
    ]
    return ModuleRules(
        name=module,
        fields=fields,
        mandatory=tuple(dict.fromkeys([*known, *told])),
        unique=unique,
        title=_title(module, fields),
        layouts={layout.id: layout for layout in layouts},
    )


def _layout(layout: JSON) -> LayoutRules:
    placed = list(_placed(layout))
    rows: dict[str, int] = {}
    for section, field in placed:
        properties = section.get("properties")
        if field.get("data_type") == "subform" and isinstance(properties, dict):
            most = properties.get("maximum_rows")
            rows[str(field.get("api_name"))] = most if isinstance(most, int) else 100
    return LayoutRules(
        id=str(layout.get("id")),
        name=str(layout.get("name")),
        on_it=frozenset(str(field.get("api_name")) for _, field in placed),
        required=tuple(dict.fromkeys(str(field.get("api_name")) for _, field in placed if field.get("required"))),
        rows=rows,
    )


def _placed(layout: JSON) -> Iterator[tuple[JSON, JSON]]:
    """(section, field) of all that is drawn. unverified: what stands in an unused section is not on the layout."""
    for section in dicts(layout.get("sections")):
        if section.get("type", "used") == "used" and section.get("mode") not in ("quick_create", "business_card"):
            for field in dicts(section.get("fields")):
                yield section, field


def _title(module: str, fields: dict[str, JSON]) -> str:
    if "Full_Name" in fields or module in ("Leads", "Contacts"):
        return "Full_Name"
    shown = next((name for name, field in fields.items() if field.get("display_field") is True), "")
    named = MANDATORY.get(module, ("Name",))[0]
    return shown or ("Name" if "Name" in fields else named)
