"""The organisation that serves the answers of Zoho's API documentation; sources and mends are in the README.md here."""

from __future__ import annotations

import json
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from crm_client.standin.organisation import JSON, Organisation, Shelf, Source, fresh
from crm_client.standin.organisations.samples.mending import (
    ACCOUNTS_LAYOUT,
    ADMINISTRATOR,
    CONTACTS_LAYOUT,
    DEALS_LAYOUT,
    HOME,
    LEADS_LAYOUT,
    PATRICIA,
    STANDARD,
    Twins,
    at_home,
    nested_lookup,
    section,
    sections,
)

_DATA = Path(__file__).parent / "data"
_V8_MODULE_KEYS = ("global_search_supported", "isBlueprintSupported", "lookupable", "public_fields_configured")
_SOMETIME = "2023-10-24T15:32:55+05:30"  # when records were made whose samples do not say; the time of the first note
_CATALOGUE = ("", "-scope-send-mail", "-post", "-module-leads", "-custom")
_SYSTEM = ("Owner", "Created_By", "Created_Time", "Modified_By", "Modified_Time", "Layout", "Tag", "id")
_ASKED = {"Amount": "Annual_Revenue", "Stage": "Lead_Status", "Pipeline": "Lead_Status"}


def organisation() -> Organisation:
    """The documentation's organisation; what is large is read when it is first asked for."""
    org = _answer("org", "org")[0]
    modules = _modules()
    parts = _Parts({module["api_name"]: module["id"] for module in modules})
    profiles = _profiles()
    return Organisation(
        key="samples",
        name=str(org["company_name"]),
        dc="standin-us",
        environment="production",
        org=at_home(org, {}),
        users=at_home(_answer("users-list", "users"), {}),
        profiles=profiles,
        roles=_roles(),
        modules=modules,
        fields=Shelf({api: Source(partial(parts.fields, api)) for api in ("Leads", "Contacts", "Accounts", "Deals")}),
        layouts=Shelf({api: Source(partial(parts.layouts, api)) for api in ("Leads", "Contacts", "Accounts", "Deals")}),
        related_lists=Shelf({"Leads": Source(parts.related_lists)}),
        pipelines=Shelf({DEALS_LAYOUT: Source(parts.pipelines)}),
        wizards=[_short(wizard) for wizard in parts.wizards],
        wizard_details=Shelf(
            {
                (wizard["id"], container["layout"]["id"]): Source(partial(parts.wizard, wizard))
                for wizard in parts.wizards
                for container in wizard["containers"]
            }
        ),
        record_blueprints=Shelf({("Leads", parts.in_blueprint): Source(parts.blueprint)}),
        records=Shelf({api: Source(partial(parts.records, api)) for api in ("Leads", "Contacts", "Notes")}),
        assignment_rules=at_home(
            _answer("assignment-rules", "assignment_rules"), {m["api_name"]: m["id"] for m in modules}
        ),
        apis=_apis(),
    )


@cache
def _text(name: str) -> str:
    return (_DATA / f"{name}.json").read_text("utf-8")


def _answer(name: str, root_key: str) -> Any:
    return json.loads(_text(name))[root_key]


def _modules() -> list[JSON]:
    """The 68 modules of the v7 page, with the keys that only the v8 page has."""
    listed: list[JSON] = _answer("modules-v7-full", "modules")
    newer = {module["api_name"]: module for module in _answer("modules", "modules")}
    for module in listed:
        kind = module["generated_type"]
        guessed = module["api_supported"] and kind in ("default", "custom") and module["creatable"]
        for key in _V8_MODULE_KEYS:
            fallback = guessed if key != "public_fields_configured" else False
            module[key] = newer.get(module["api_name"], {}).get(key, fallback)
    return listed


def _profiles() -> list[JSON]:
    """The profiles that the samples name; none prints its permissions, so only the API access and setup are given."""
    named = {"Administrator": ADMINISTRATOR, "Standard": STANDARD}
    for field in _answer("fields-leads", "fields")[:1]:
        named |= {profile["name"]: at_home(profile["id"], {}) for profile in field["profiles"]}
    for wizard in _answer("wizards-list", "wizards"):
        named |= {profile["name"]: at_home(profile["id"], {}) for profile in wizard["profiles"]}
    permissions = (
        ("Crm_Implied_Api_Access", "Zoho CRM API Access"),
        ("Crm_Implied_Customize_Zoho_CRM", "Module Customization"),
    )
    return [
        {
            "id": profile_id,
            "name": name,
            "display_label": name,
            "description": None,
            "type": "normal_profile",
            "custom": name not in ("Administrator", "Standard"),
            "category": name not in ("Administrator", "Standard"),
            "created_by": None,
            "created_time": None,
            "modified_by": None,
            "modified_time": None,
            "permissions_details": [
                {"id": f"{HOME}7{number:03d}{profile_id[-8:]}", "name": permission, "display_label": label,
                 "module": "General", "customizable": name != "Administrator",
                 "enabled": number == 0 or name == "Administrator"}
                for number, (permission, label) in enumerate(permissions)
            ],
            "sections": [],
        }
        for name, profile_id in named.items()
    ]  # fmt: skip


def _roles() -> list[JSON]:
    """The roles that the users name; the first is made the head of the others."""
    named: dict[str, str] = {}
    for user in _answer("users-list", "users"):
        named.setdefault(user["role"]["name"], at_home(user["role"]["id"], {}))
    head = {"name": "CEO", "id": named["CEO"]}
    return [
        {"id": role_id, "name": name, "display_label": name, "description": None, "share_with_peers": name == "CEO",
         "reporting_to": None if name == "CEO" else dict(head), "forecast_manager": None, "admin_user": name == "CEO"}
        for name, role_id in named.items()
    ]  # fmt: skip


def _apis() -> list[JSON]:
    """The five excerpts of the catalogue, each path once with all its methods."""
    paths: dict[str, JSON] = {}
    for part in _CATALOGUE:
        for api in _answer(f"available-apis{part}", "__apis"):
            known = paths.setdefault(api["path"], {**api, "operation_types": []})
            methods = {operation["method"] for operation in known["operation_types"]}
            known["operation_types"] += [op for op in api["operation_types"] if op["method"] not in methods]
    return list(paths.values())


def _short(wizard: JSON) -> JSON:
    """A wizard as the list shows it."""
    containers = [{key: container[key] for key in ("layout", "id")} for container in wizard["containers"]]
    return {**wizard, "containers": containers}


class _Parts:
    """The answers that need each other."""

    def __init__(self, modules: dict[str, str]) -> None:
        self._modules = modules
        self.in_blueprint: str = self._home(_answer("records-list-leads", "data"))[0]["id"]

    def _home(self, value: Any) -> Any:
        return at_home(value, self._modules)

    def fields(self, module: str) -> list[JSON]:
        """The sample's fields of Leads; for three more modules, fields made after them."""
        leads: list[JSON] = self._home(_answer("fields-leads", "fields"))
        for field in leads:
            nested_lookup(field)
        self._complete_sources(leads)
        if module == "Leads":
            return leads
        layout_id = {"Contacts": CONTACTS_LAYOUT, "Accounts": ACCOUNTS_LAYOUT, "Deals": DEALS_LAYOUT}[module]
        layout = {"api_name": "Standard__s", "name": "Standard", "id": layout_id}
        twins = Twins(module, leads, self._modules)
        names = [*_SYSTEM, *self._named(module, leads)]
        asked = {*_ASKED, "Closing_Date", "Deal_Name"}
        made = [twins.field(layout, name) for name in dict.fromkeys(names) if name not in asked]
        return made + (self._deal_fields(twins, layout) if module == "Deals" else [])

    def _complete_sources(self, leads: list[JSON]) -> None:
        """Adds to Lead_Source the values that other samples name and the fields sample lacks."""
        field = next(field for field in leads if field["api_name"] == "Lead_Source")
        values = field["pick_list_values"]
        known = {value["actual_value"] for value in values}
        listed = self._home(_answer("pick-list-values-lead-source", "pick_list_values"))
        for parent in self._home(_answer("map-dependency-lead-status", "map_dependency"))[0]["pick_list_values"]:
            listed += parent["maps"]
        for value in listed:
            if value["actual_value"] not in known:
                known.add(value["actual_value"])
                plain = {key: value[key] for key in ("id", "display_value", "actual_value")}
                plain |= {"reference_value": value["actual_value"], "colour_code": None, "type": "used"}
                values.append({**plain, "sequence_number": len(values) + 1})

    def _named(self, module: str, leads: list[JSON]) -> list[str]:
        """Fields of a module that samples name: as target of a conversion, on a wizard's screen, in a record."""
        names = [(field["convert_mapping"] or {}).get(module) for field in leads]
        if module == "Contacts":
            for screen in _answer("wizard-detail-v8-conditional", "wizards")[0]["containers"][0]["screens"]:
                for segment in screen["segments"]:
                    names += [element["resource"]["name"] for element in segment.get("elements", [])]
            names += [key for key in _answer("record-contact-with-subform", "data")[0] if not key.startswith("$")]
        if module == "Deals":
            names += ["Account_Name", "Contact_Name"]
        return [name for name in names if name]

    def _deal_fields(self, twins: Twins, layout: JSON) -> list[JSON]:
        """The fields of a deal that the conversion asks for, and the two that pipelines live in."""
        pipelines = self._home(_answer("pipelines-deals", "pipeline"))
        asked = self._home(_answer("layouts-leads", "layouts"))[0]["convert_mapping"]["Deals"]["fields"]
        made = []
        for item in [*asked, {"api_name": "Pipeline", "field_label": "Pipeline", "id": twins.id(), "required": True}]:
            name = item["api_name"]
            field = twins.field(layout, _ASKED.get(name, name))
            field |= {"api_name": name, "field_label": item["field_label"], "display_label": item["field_label"]}
            field |= {"id": item["id"], "system_mandatory": item["required"], "custom_field": False}
            made.append(field)
            if name in ("Stage", "Pipeline"):
                values = pipelines[0]["maps"] if name == "Stage" else pipelines
                kept = [{key: value[key] for key in ("id", "display_value", "actual_value")} for value in values]
                more = {"colour_code": None, "type": "used"}
                field["pick_list_values"] = [
                    {**value, **more, "reference_value": value["actual_value"], "sequence_number": number}
                    for number, value in enumerate(kept, 1)
                ]
        return made

    def layouts(self, module: str) -> list[JSON]:
        """The sample's layout of Leads with the sections that the page leaves out, and those that are only named."""
        sample: JSON = self._home(_answer("layouts-leads", "layouts"))[0]
        fields = self.fields(module)
        if module != "Leads":
            layout_id = {"Contacts": CONTACTS_LAYOUT, "Accounts": ACCOUNTS_LAYOUT, "Deals": DEALS_LAYOUT}[module]
            made = self._layout(sample, {"id": layout_id, "name": "Standard", "api_name": "Standard__s"}, fields)
            made["convert_mapping"] = None
            if module == "Deals":
                self._map_stages(made)
            return [made]
        named = {item["id"]: item for field in fields for item in field["layout_associations"] or ()}
        listed: list[JSON] = []
        for layout_id, item in named.items():
            own = [field for field in fields if item in (field["layout_associations"] or ())]
            if layout_id == LEADS_LAYOUT:
                sample["sections"] += sections(layout_id, own, first=2)
                self._map_sources(sample)
                listed.insert(0, sample)
            else:
                listed.append(self._layout(sample, item, own))
        return listed

    def _layout(self, sample: JSON, item: JSON, fields: list[JSON]) -> JSON:
        """A layout that is named but printed nowhere, like the printed one."""
        made = fresh(sample) | {"id": item["id"], "name": item["name"], "display_label": item["name"]}
        made |= {"api_name": item["api_name"], "generated_type": "system" if item["name"] == "Standard" else "custom"}
        for profile in made["profiles"]:
            for key in ("_default_view", "_default_assignment_view"):
                profile[key] = {"name": item["name"], "id": item["id"], "type": "layout"}
        image = [field for field in fields if field["data_type"] == "profileimage"]
        first = [section(item["id"], 1, "Record Image", 1, image)] if image else []
        made["sections"] = first + sections(item["id"], fields, first=len(first) + 1)
        return made

    def _map_sources(self, layout: JSON) -> None:
        """Writes the sample's map dependency into the layout: Lead_Status decides which Lead_Source is offered."""
        dependency = self._home(_answer("map-dependency-lead-status", "map_dependency"))[0]
        by_name = {field["api_name"]: field for part in layout["sections"] for field in part["fields"]}
        child = by_name["Lead_Source"]
        known = {value["actual_value"]: value for value in child["pick_list_values"]}
        offered = {value["actual_value"]: value["maps"] for value in dependency["pick_list_values"]}
        for value in by_name["Lead_Status"]["pick_list_values"]:
            listed = [known[item["actual_value"]] for item in offered.get(value["actual_value"], ())]
            keys = ("id", "display_value", "actual_value", "colour_code")
            maps = [{key: item[key] for key in keys} for item in listed]
            value["maps"] = [{"api_name": "Lead_Source", "id": child["id"], "pick_list_values": maps}]

    def _map_stages(self, layout: JSON) -> None:
        """Writes the sample's pipelines into the layout of Deals: Pipeline decides which Stage is offered."""
        by_name = {field["api_name"]: field for part in layout["sections"] for field in part["fields"]}
        pipelines = {item["id"]: item for item in self._home(_answer("pipelines-deals", "pipeline"))}
        for value in by_name["Pipeline"]["pick_list_values"]:
            maps = pipelines[value["id"]]["maps"]
            value["maps"] = [{"api_name": "Stage", "id": by_name["Stage"]["id"], "pick_list_values": maps}]

    def pipelines(self) -> list[JSON]:
        """The sample's pipelines."""
        found: list[JSON] = self._home(_answer("pipelines-deals", "pipeline"))
        return found

    def related_lists(self) -> list[JSON]:
        """The sample's related lists of Leads."""
        found: list[JSON] = self._home(_answer("related-lists-leads", "related_lists"))
        return found

    @cached_property
    def wizards(self) -> list[JSON]:
        """The three of the list and the two details; the three show the screens of the detail of their module."""
        names = ("wizard-detail", "wizard-detail-v8-conditional")
        details: list[JSON] = [self._wizard_detail(name) for name in names]
        listed: list[JSON] = self._home(_answer("wizards-list", "wizards"))
        for wizard in listed:
            like = next(detail for detail in details if detail["module"]["api_name"] == wizard["module"]["api_name"])
            wizard["containers"] = [{**fresh(like["containers"][0]), **container} for container in wizard["containers"]]
        return listed + details

    def _wizard_detail(self, name: str) -> JSON:
        """A detail of the documentation: at home in this organisation, but screens, buttons, arrows keep their ids."""
        raw: JSON = _answer(name, "wizards")[0]
        made: JSON = self._home(raw)
        made["id"] = raw["id"]
        for container, own in zip(made["containers"], raw["containers"], strict=True):
            container |= {key: fresh(own[key]) for key in ("chart_data", "screens")}
        return made

    def wizard(self, wizard: JSON) -> JSON:
        """A wizard whose elements and rules point at the fields of this organisation, by their api_name."""
        ids = {field["api_name"]: field["id"] for field in self.fields(wizard["module"]["api_name"])}
        made: JSON = fresh(wizard)
        for screen in (screen for container in made["containers"] for screen in container["screens"]):
            for element in (element for segment in screen["segments"] for element in segment.get("elements") or ()):
                resource = element["resource"]
                resource["id"] = ids.get(resource["name"], resource["id"])
            for rule in screen.get("conditional_rules") or ():
                for named in (rule["criteria"]["field"], *(action["field"] for action in rule["actions"])):
                    named["id"] = ids.get(named["api_name"], named["id"])
        return made

    def blueprint(self) -> JSON:
        """The sample's blueprint of a lead, on this organisation's Lead_Status."""
        found: JSON = self._home(_answer("blueprint-lead", "blueprint"))
        fields = {field["api_name"]: field["id"] for field in self.fields("Leads")}
        found["process_info"]["field_id"] = fields[found["process_info"]["api_name"]]
        return found

    def records(self, module: str) -> list[JSON]:
        """The records that the samples print, with the fields that they leave out as null."""
        notes = self._home(_answer("notes-list", "data"))
        if module == "Notes":
            return list({note["id"]: note for note in notes}.values())
        names = ("records-list-leads", "record-search-leads") if module == "Leads" else ("record-contact-with-subform",)
        found = [record for name in names for record in self._home(_answer(name, "data"))]
        parents = [note["Parent_Id"] for note in notes if note["Parent_Id"]["module"]["api_name"] == module]
        found += [
            {"id": parent["id"], "Last_Name": parent["name"].strip(), "Full_Name": parent["name"]} for parent in parents
        ]
        owner = {"name": "Patricia Boyle", "id": PATRICIA, "email": "patricia.a+us@zohotest.com"}
        stamps = {"Owner": owner, "Created_By": owner, "Modified_By": owner, "Created_Time": _SOMETIME}
        empty = {field["api_name"]: None for field in self.fields(module)} | stamps | {"Modified_Time": _SOMETIME}
        whole = {record["id"]: {**empty, "$process_flow": False, **record} for record in found}
        if module == "Leads":
            state = _answer("blueprint-lead", "blueprint")["process_info"]["field_value"]
            whole[self.in_blueprint] |= {"Lead_Status": state, "$process_flow": True}
        return list(whole.values())
