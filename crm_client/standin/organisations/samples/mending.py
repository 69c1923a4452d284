"""What makes answers of different organisations fit into one: ids, references, fields and layouts that are named only.

The documentation's samples come from eight organisations. The one of the module list (4876876…) is kept; things of the
others that are the same thing (a user, a profile, a layout, a module, a field) get its id, all others an id of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crm_client.standin.organisation import JSON, fresh

HOME = "4876876"
PATRICIA = f"{HOME}000000327001"
ADMINISTRATOR, STANDARD = f"{HOME}000000026011", f"{HOME}000000026014"
LEADS_LAYOUT, CONTACTS_LAYOUT = f"{HOME}000000091055", f"{HOME}000000091033"
DEALS_LAYOUT, ACCOUNTS_LAYOUT = f"{HOME}000000091023", f"{HOME}000000091047"

# Where another organisation's id means a thing that the kept one has too.
_SAME = {
    "5725767000000411001": PATRICIA,
    "3652397000000186017": PATRICIA,
    "2423488000000483001": PATRICIA,
    "2276164000000471001": PATRICIA,
    "554023000000235011": PATRICIA,
    "2276164000000015972": ADMINISTRATOR,
    "2423488000000015972": ADMINISTRATOR,
    "3652397000000026011": ADMINISTRATOR,
    "111113000000000501": ADMINISTRATOR,
    "2276164000000015975": STANDARD,
    "2423488000000015975": STANDARD,
    "3652397000000026014": STANDARD,
    "2276164000000095055": LEADS_LAYOUT,
    "2423488000000095055": LEADS_LAYOUT,
    "3652397000000091055": LEADS_LAYOUT,
    "2276164000000095059": CONTACTS_LAYOUT,
    "3652397000000091033": CONTACTS_LAYOUT,
    "111113000000003656": CONTACTS_LAYOUT,
    "2276164000000095023": DEALS_LAYOUT,
    "2276164000000095047": ACCOUNTS_LAYOUT,
}
# The first digit of the last twelve tells the foreign organisations apart.
_DIGIT = {"5725767": "0", "2276164": "1", "2423488": "2", "3652397": "3", "554023": "4", "1065415": "5", "111113": "6"}
_MODULE_KEYS = ("module", "linking_module", "connected_module", "based_on_module")


def at_home(value: Any, modules: dict[str, str]) -> Any:
    """A copy of an answer with the ids of the kept organisation; `modules` is {api_name: id} of its modules."""
    if isinstance(value, dict):
        moved = {key: at_home(item, modules) for key, item in value.items()}
        for key in _MODULE_KEYS:
            reference = moved.get(key)
            if isinstance(reference, dict) and reference.get("api_name") in modules:
                reference["id"] = modules[reference["api_name"]]
        named = moved.get("module")
        if isinstance(named, str) and named in modules and "id" in moved:  # associated_module names it by a text
            moved["id"] = modules[named]
        return moved
    if isinstance(value, list):
        return [at_home(item, modules) for item in value]
    if isinstance(value, str) and value.isdigit() and len(value) > 16:
        digit = _DIGIT.get(value[:-12])
        return _SAME.get(value) or (f"{HOME}{digit}{value[-11:]}" if digit is not None else value)
    return value


def nested_lookup(field: JSON) -> None:
    """Gives a multi-select lookup of the v7 sample the shape of v8, from which the server makes v7's again."""
    old = field.get("multiselectlookup")
    if not old:
        return
    field["multiselectlookup"] = {
        "linking_details": {
            "module": old["linking_module"],
            "lookup_field": {"api_name": old["lookup_apiname"], "id": None},
            "connected_lookup_field": {"api_name": old["connectedlookup_apiname"], "id": None},
        },
        "connected_details": {
            "module": old["connected_module"],
            "field": {"api_name": old["connectedfield_apiname"], "id": None},
            "layouts": [],
        },
        "related_list": {key: old[key] for key in ("display_label", "api_name", "id")},
    }


class Twins:
    """Makes fields of modules for which there is no answer, after the fields of the Leads sample."""

    def __init__(self, module: str, leads: list[JSON], modules: dict[str, str]) -> None:
        self._singular = {"Contacts": "Contact", "Accounts": "Account", "Deals": "Deal"}[module]
        self._block = f"{HOME}9{modules[module][-4:]}"
        self._leads = {field["api_name"]: field for field in leads}
        self._modules = modules
        self._made = 0

    def id(self) -> str:
        """An id that no sample has."""
        self._made += 1
        return f"{self._block}{self._made:07d}"

    def field(self, layout: JSON, name: str) -> JSON:
        """A field of another module: like the Leads field of that name, or like the one that its name suggests."""
        if name in self._leads:
            twin = fresh(self._leads[name])
        else:
            twin = fresh(self._leads[_likeness(name)])
            twin["field_label"] = twin["display_label"] = name.replace("_", " ")
        if name in ("Date_of_Birth", "Date_created", "Closing_Date"):
            twin |= {"data_type": "date", "ui_type": 24, "length": 20}
        if name in ("Owner", "Record_Image"):
            twin["field_label"] = twin["field_label"].replace("Lead", self._singular)
        twin |= {"api_name": name, "id": self.id(), "layout_associations": [dict(layout)], "convert_mapping": None}
        for value in twin["pick_list_values"]:
            value["id"] = self.id()
        target = {
            "Account_Name": "Accounts",
            "Vendor_Name": "Vendors",
            "Reporting_To": "Contacts",
            "Contact_Name": "Contacts",
        }
        if name in target:
            reference = {"api_name": target[name], "id": self._modules[target[name]], "crypt": False}
            twin["lookup"] = {
                **twin["lookup"],
                "module": reference,
                "display_label": None,
                "api_name": None,
                "id": None,
            }
            twin |= {"custom_field": False, "tooltip": None}
        return twin


def _likeness(name: str) -> str:
    if name in ("Account_Name", "Vendor_Name", "Reporting_To", "Contact_Name"):
        return "Contact_Lookup"
    return "Phone" if name.endswith("_Phone") else "Project_Details" if name == "Languages" else "Company"


def section(layout_id: str, number: int, name: str, columns: int, fields: Iterable[JSON]) -> JSON:
    """A section like the one that the sample prints, with these fields in it."""
    made: JSON = {
        "isSubformSection": False,
        "type": "used",
        "display_label": name,
        "mode": "default_create",
        "sequence_number": number,
        "tab_traversal": "left_to_right",
        "api_name": name,
        "column_count": columns,
        "name": name,
        "generated_type": "default",
        "id": f"{HOME}8{layout_id[-8:]}{number:03d}",
        "fields": [],
        "properties": None,
    }
    for place, field in enumerate(fields, 1):
        gone = ("layout_associations", "hipaa_compliance", "hipaa_compliance_enabled", "blueprint_supported")
        copy = {key: value for key, value in fresh(field).items() if key not in gone}
        copy |= {"required": field["system_mandatory"], "sequence_number": place, "section_id": number}
        copy |= {"default_value": None, "validation_rule": None}
        made["fields"].append(copy)
        if field["data_type"] == "subform":
            made["isSubformSection"] = True
            made["properties"] = {"reorder_rows": False, "bulk_addition": False, "maximum_rows": 200, "tooltip": None}
    return made


def sections(layout_id: str, fields: list[JSON], first: int = 1) -> list[JSON]:
    """The fields of a layout that the samples do not print, in the sections that the CRM makes by itself."""
    shown = [field for field in fields if field["type"] == "used" and field["view_type"]["view"]]
    parts: dict[tuple[str, int], list[JSON]] = {}
    for field in shown:
        name = field["api_name"]
        if field["data_type"] == "profileimage":
            continue  # the sample prints this section
        if field["data_type"] == "subform":
            key = field["field_label"], 1
        elif name == "Description":
            key = "Description Information", 1
        elif name.rpartition("_")[2] in ("Street", "City", "State", "Zip", "Code", "Country"):
            key = "Address Information", 2
        else:
            key = "Information", 2
        parts.setdefault(key, []).append(field)
    return [
        section(layout_id, number, name, columns, listed)
        for number, ((name, columns), listed) in enumerate(parts.items(), first)
    ]
