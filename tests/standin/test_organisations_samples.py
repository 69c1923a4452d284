"""The organisation that serves the documentation's own answers, and what was mended in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from crm_client.standin.organisation import Organisation
from crm_client.standin.organisations import built_in
from crm_client.standin.organisations import samples as package

DATA = Path(package.__file__).parent / "data"
V8_ONLY = {"isBlueprintSupported", "public_fields_configured", "lookupable", "global_search_supported"}


def printed(name: str, root_key: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))[root_key]


@pytest.fixture
def samples() -> Organisation:
    return built_in()[4]


def placed(layout: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["api_name"]: field for section in layout["sections"] for field in section["fields"]}


def test_the_module_list_is_the_documentations_with_every_attribute(samples: Organisation) -> None:
    page = printed("modules-v7-full", "modules")
    assert len(samples.modules) == 68
    for served, module in zip(samples.modules, page, strict=True):
        assert {key: value for key, value in served.items() if key not in V8_ONLY} == module
        assert set(served) >= V8_ONLY
    newer = {module["api_name"]: module for module in printed("modules", "modules")}
    for name, module in newer.items():
        served = samples.module(name)
        assert served is not None
        assert {key: served[key] for key in V8_ONLY} == {key: module[key] for key in V8_ONLY}


def test_the_fields_of_leads_are_the_documentations_but_for_ids_and_three_mends(samples: Organisation) -> None:
    def comparable(field: dict[str, Any]) -> dict[str, Any]:
        text = re.sub(r'"\d{17,19}"', '"id"', json.dumps(field))
        return {**json.loads(text), "multiselectlookup": None}

    served, page = samples.fields["Leads"], printed("fields-leads", "fields")
    assert len(served) == 87
    for mine, theirs in zip(served, page, strict=True):
        if mine["api_name"] == "Lead_Source":
            assert [value["actual_value"] for value in mine["pick_list_values"]][: len(theirs["pick_list_values"])] == [
                value["actual_value"] for value in theirs["pick_list_values"]
            ]
            assert len(mine["pick_list_values"]) > len(theirs["pick_list_values"])
        else:
            assert comparable(mine) == comparable(theirs)
    products = next(field for field in served if field["api_name"] == "Products")["multiselectlookup"]
    assert products["linking_details"]["connected_lookup_field"]["api_name"] == "Products"
    linking = samples.module("LeadsXProducts")
    assert linking is not None
    assert products["linking_details"]["module"]["id"] == linking["id"]


def test_every_id_is_of_one_organisation(samples: Organisation) -> None:
    """The wizards are left out: their details keep the ids that the documentation prints, letter by letter."""
    everything = [
        samples.org, samples.users, samples.profiles, samples.roles, samples.modules,
        *(dict(each) for each in (samples.fields, samples.layouts, samples.related_lists, samples.pipelines)),
        list(samples.record_blueprints.values()), dict(samples.records),
    ]  # fmt: skip
    ids = re.findall(r'"(\d{17,19})"', json.dumps(everything))
    assert {each[:-12] for each in ids} == {"4876876"}


def test_layouts_that_are_named_are_there(samples: Organisation) -> None:
    names = {layout["id"]: layout["name"] for layout in samples.layouts["Leads"]}
    for field in samples.fields["Leads"]:
        for item in field["layout_associations"] or ():
            assert names[item["id"]] == item["name"]
    conversion = samples.layouts["Leads"][0]["convert_mapping"]
    for module in ("Contacts", "Deals", "Accounts"):
        assert conversion[module]["id"] == samples.layouts[module][0]["id"]
    deals = {field["id"]: field["api_name"] for field in samples.fields["Deals"]}
    assert [deals[field["id"]] for field in conversion["Deals"]["fields"]] == [
        "Amount", "Deal_Name", "Closing_Date", "Stage",
    ]  # fmt: skip
    image = samples.layouts["Leads"][0]["sections"][0]
    assert (image["name"], len(image["fields"])) == ("Record Image", 1)


def test_lead_status_decides_the_source_as_the_map_dependency_says(samples: Organisation) -> None:
    fields = placed(samples.layouts["Leads"][0])
    offered = {
        value["actual_value"]: [each["actual_value"] for each in value["maps"][0]["pick_list_values"]]
        for value in fields["Lead_Status"]["pick_list_values"]
    }
    assert offered["Attempted to Contact"] == ["Employee Referral", "OnlineStore"]
    assert offered["Junk Lead"] == []


def test_pipelines_are_the_documentations_and_belong_to_the_layout_of_deals(samples: Organisation) -> None:
    layout = samples.layouts["Deals"][0]
    pipelines = samples.pipelines[layout["id"]]
    assert [pipeline["actual_value"] for pipeline in pipelines] == ["Standard (Standard)", "Pipeline1"]
    stages = {value["id"] for value in placed(layout)["Stage"]["pick_list_values"]}
    assert {stage["id"] for pipeline in pipelines for stage in pipeline["maps"]} <= stages


def test_every_wizard_of_the_list_has_a_detail_and_every_detail_is_listed(samples: Organisation) -> None:
    listed = {
        (wizard["id"], container["layout"]["id"]) for wizard in samples.wizards for container in wizard["containers"]
    }
    assert len(samples.wizards) == 5
    assert listed == set(samples.wizard_details)
    assert not any("chart_data" in container for wizard in samples.wizards for container in wizard["containers"])
    profiles = {profile["id"]: profile["name"] for profile in samples.profiles}
    for (wizard_id, layout_id), wizard in samples.wizard_details.items():
        assert wizard["id"] == wizard_id
        module = wizard["module"]["api_name"]
        assert layout_id in {layout["id"] for layout in samples.layouts[module]}
        assert [profiles[each["id"]] for each in wizard["profiles"]] == [each["name"] for each in wizard["profiles"]]
        fields = {field["api_name"]: field["id"] for field in samples.fields[module]}
        screens = [screen for container in wizard["containers"] for screen in container["screens"]]
        elements = [
            element for screen in screens for segment in screen["segments"] for element in segment.get("elements", ())
        ]
        assert elements
        assert all(fields[each["resource"]["name"]] == each["resource"]["id"] for each in elements)


def test_the_blueprint_is_that_of_a_lead_which_is_in_it(samples: Organisation) -> None:
    (((module, record_id), blueprint),) = samples.record_blueprints.items()
    record = next(each for each in samples.records[module] if each["id"] == record_id)
    assert record["$process_flow"] is True
    assert record["Lead_Status"] == blueprint["process_info"]["field_value"]
    field = next(each for each in samples.fields["Leads"] if each["api_name"] == "Lead_Status")
    assert blueprint["process_info"]["field_id"] == field["id"]


def test_notes_hang_on_records_that_are_there(samples: Organisation) -> None:
    known = {module: {record["id"] for record in samples.records[module]} for module in ("Leads", "Contacts")}
    for note in samples.records["Notes"]:
        assert note["Parent_Id"]["id"] in known[note["Parent_Id"]["module"]["api_name"]]


def test_users_are_the_documentations_and_their_roles_and_profiles_are_listed(samples: Organisation) -> None:
    page = printed("users-list", "users")
    assert [user["full_name"] for user in samples.users] == [user["full_name"] for user in page]
    roles, profiles = ({item["id"] for item in each} for each in (samples.roles, samples.profiles))
    assert {user["role"]["id"] for user in samples.users} == roles
    assert {user["profile"]["id"] for user in samples.users} <= profiles


def test_each_path_of_the_catalogue_is_there_once(samples: Organisation) -> None:
    assert samples.apis is not None
    paths = [api["path"] for api in samples.apis]
    assert len(paths) == len(set(paths)) == 17
    mail = next(api for api in samples.apis if api["path"].endswith("Quotes/{{id}}/actions/send_mail"))
    assert [operation["method"] for operation in mail["operation_types"]] == ["POST", "PUT"]


def test_every_file_of_the_samples_has_its_source_in_the_readme() -> None:
    readme = (DATA.parent / "README.md").read_text("utf-8")
    for file in DATA.glob("*.json"):
        assert f"`{file.name}`" in readme or ("available-apis" in file.name and "`available-apis*.json`" in readme)
