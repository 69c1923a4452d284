"""The built-in organisations: who is there, how rich they are, and how the sandbox has drifted."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Any

import pytest

from crm_client.standin.organisation import Organisation
from crm_client.standin.organisations import built_in
from tests.standin.organisations import everywhere, org

# every data_type that fields-and-layouts.md lists
DATA_TYPES = frozenset(
    (
        "text", "textarea", "email", "phone", "website", "picklist", "multiselectpicklist", "integer", "bigint",
        "double", "currency", "percent", "boolean", "date", "datetime", "lookup", "ownerlookup", "userlookup",
        "multiselectlookup", "multiuserlookup", "multi_module_lookup", "subform", "fileupload", "imageupload",
        "profileimage", "autonumber", "formula", "rollup_summary", "layout", "territories", "multireminder",
    )
)  # fmt: skip


@pytest.fixture
def demo() -> Organisation:
    return org("demo")


def test_the_five_organisations_and_where_they_live() -> None:
    places = [(each.key, each.dc, each.environment, each.org["type"]) for each in built_in()]
    assert places == [
        ("demo", "standin-us", "production", "production"),
        ("demo-sandbox", "standin-us", "sandbox", "sandbox"),
        ("europe", "standin-eu", "production", "production"),
        ("europe-sandbox", "standin-eu", "sandbox", "sandbox"),
        ("samples", "standin-us", "production", "production"),
    ]
    assert len({each.org["zgid"] for each in built_in()}) == len({each.org["id"] for each in built_in()}) == 5


@pytest.mark.parametrize(
    ("key", "who", "profile", "role"),
    [
        ("demo", "Alice", "Administrator", "CEO"),
        ("demo", "bob", "Read only", "Auditor"),
        ("demo", "dora@halden-lending.example", "Sales", "Sales Manager"),
        ("demo", "Erik Sørensen", "Back office", "Clerk"),
        ("europe", "charlie", "Administrator", "CEO"),
        ("samples", "Patricia", "Administrator", "CEO"),
    ],
)
def test_everybody_has_the_profile_and_role_that_are_listed(key: str, who: str, profile: str, role: str) -> None:
    organisation = org(key)
    user = organisation.user(who)
    assert organisation.user(user["id"]) is user
    found = organisation.profile_of(user)
    assert found is not None
    assert (found["name"], user["role"]["name"]) == (profile, role)
    assert user["role"]["id"] in {listed["id"] for listed in organisation.roles}


def test_asking_for_a_stranger_says_who_is_there(demo: Organisation) -> None:
    with pytest.raises(LookupError, match=r"demo has no user 'charlie'; it has Alice, Bob, Dora, Erik"):
        demo.user("charlie")


def test_profiles_differ_in_what_they_see_and_may_do(demo: Organisation) -> None:
    seen = {
        profile["name"]: frozenset(
            module["api_name"]
            for module in demo.modules
            if profile["id"] in {listed["id"] for listed in module["profiles"]}
        )
        for profile in demo.profiles
    }
    assert len(set(seen.values())) >= 3
    assert seen["Sales"] < seen["Administrator"]

    def allowed(name: str, permission: str) -> bool:
        profile = next(each for each in demo.profiles if each["name"] == name)
        return next(each["enabled"] for each in profile["permissions_details"] if each["name"] == permission)

    assert allowed("Sales", "Crm_Implied_Create_Leads")
    assert not allowed(
        "Administrator", "Crm_Implied_Create_Actions_Performed"
    )  # nobody may: the module is the system's
    assert not allowed("Read only", "Crm_Implied_Create_Leads")
    assert allowed("Read only", "Crm_Implied_View_Leads")
    assert not allowed("Sales", "Crm_Implied_Customize_Zoho_CRM")
    assert not allowed("Back office", "Crm_Implied_Api_Access")
    rights = {
        (profile["name"], profile["permission_type"])
        for _, field in everywhere(demo)
        for profile in field["profiles"]
        if field["api_name"] in ("Credit_Score", "Interest_Rate")
    }
    assert {("Sales", "hidden"), ("Sales", "read_only"), ("Administrator", "read_write")} <= rights


def test_the_demo_has_modules_of_every_kind_and_status(demo: Organisation) -> None:
    assert len(demo.modules) >= 35
    assert {module["generated_type"] for module in demo.modules} >= {
        "default", "custom", "subform", "linking", "web", "field_tracker",
    }  # fmt: skip
    assert {module["status"] for module in demo.modules} == {
        "visible", "user_hidden", "system_hidden", "scheduled_for_deletion",
    }  # fmt: skip
    events = demo.module("Events")
    assert events is not None
    assert (events["module_name"], events["plural_label"]) == ("Meetings", "Meetings")
    board = demo.module("Rate_Board")
    assert board is not None
    assert board["web_link"].startswith("https://")
    assert board["arguments"] == [
        {"name": "user", "value": "users.email"},
        {"name": "branch", "value": "users.city"},
    ]
    assert any("sequence_number" not in module for module in demo.modules)


@pytest.mark.parametrize("key", ["demo", "europe"])
def test_fields_of_every_type_and_many_in_the_main_modules(key: str) -> None:
    organisation = org(key)
    assert {field["data_type"] for _, field in everywhere(organisation)} >= DATA_TYPES
    for module in ("Leads", "Contacts", "Accounts", "Deals"):
        fields = organisation.fields[module]
        assert len(fields) >= 25
        assert {field["type"] for field in fields} == {"used", "unused"}
        assert any(not field["layout_associations"] and field["type"] == "used" for field in fields)


def test_layouts_differ_in_what_they_require_and_how_they_are_arranged(demo: Organisation) -> None:
    for module in ("Leads", "Contacts", "Deals", "Loans"):
        layouts = demo.layouts[module]
        required = {
            layout["name"]: frozenset(
                field["api_name"] for section in layout["sections"] for field in section["fields"] if field["required"]
            )
            for layout in layouts
        }
        assert len(layouts) >= 2
        assert len(set(required.values())) == len(layouts), module
    sections = [section for listed in demo.layouts.values() for layout in listed for section in layout["sections"]]
    assert {section["column_count"] for section in sections} == {1, 2}
    assert {section["type"] for section in sections} == {"used", "unused"}
    assert {section["mode"] for section in sections} == {"default_create", "quick_create", "business_card"}
    assert any(section["isSubformSection"] and section["properties"] for section in sections)
    assert {layout["status"] for listed in demo.layouts.values() for layout in listed} == {"active", "inactive"}


def test_picklists_global_coloured_and_dependent(demo: Organisation) -> None:
    picklists = [field for _, field in everywhere(demo) if field["data_type"] == "picklist"]
    shared = Counter(field["global_picklist"]["id"] for field in picklists if field["global_picklist"])
    assert max(shared.values()) >= 3
    coloured = [value for field in picklists if field["enable_colour_code"] for value in field["pick_list_values"]]
    assert sum(value["colour_code"] is not None for value in coloured) > 20
    values = [value for field in picklists for value in field["pick_list_values"]]
    assert any(value["display_value"] != value["actual_value"] for value in values)
    assert any(value["type"] == "unused" for value in values)
    industry = next(
        field
        for section in demo.layouts["Leads"][0]["sections"]
        for field in section["fields"]
        if field["api_name"] == "Industry"
    )
    offered = {value["actual_value"]: value["maps"][0]["pick_list_values"] for value in industry["pick_list_values"]}
    assert [value["actual_value"] for value in offered["Retail"]] == ["-None-", "Grocery", "Fashion", "Online only"]
    assert [value["actual_value"] for value in offered["Energy"]] == ["-None-"]


def test_stages_of_a_pipeline_are_stages_of_the_field(demo: Organisation) -> None:
    stages = {
        value["id"]: value["actual_value"]
        for field in demo.fields["Deals"]
        if field["api_name"] == "Stage"
        for value in field["pick_list_values"]
    }
    assert len(demo.pipelines) == 2
    for layout_id, pipelines in demo.pipelines.items():
        assert layout_id in {layout["id"] for layout in demo.layouts["Deals"]}
        assert sum(pipeline["default"] for pipeline in pipelines) == 1
        for pipeline in pipelines:
            assert {stages[stage["id"]] for stage in pipeline["maps"]} >= {"Closed Won", "Closed Lost"}


@pytest.mark.parametrize("key", ["demo", "europe"])
def test_five_thousand_records_in_many_scripts(key: str) -> None:
    organisation = org(key)
    parents = [
        module["api_name"] for module in organisation.modules if module["generated_type"] in ("default", "custom")
    ]
    assert sum(len(organisation.records[api]) for api in parents if api in organisation.records) >= 5_000
    names = [contact["Full_Name"] for contact in organisation.records["Contacts"]]
    scripts = {unicodedata.bidirectional(letter) for name in names for letter in name}
    assert {"L", "AL"} <= scripts
    assert max(map(len, names)) > 60
    assert any(letter > "\x7f" for name in names for letter in name)


def test_the_sandbox_has_drifted() -> None:
    demo, sandbox = org("demo"), org("demo-sandbox")
    mine, theirs = ({module["api_name"] for module in each.modules} for each in (demo, sandbox))
    assert mine - theirs == {"Inspections"}
    assert theirs - mine == {"Guarantees"}

    def fields(organisation: Organisation, module: str) -> dict[str, dict[str, Any]]:
        return {field["api_name"]: field for field in organisation.fields[module]}

    before, after = fields(demo, "Leads"), fields(sandbox, "Leads")
    assert set(after) - set(before) == {"Chatbot_Consent", "Preferred_Branch"}
    assert set(before) - set(after) == {"Skype_ID", "Twitter", "Broker_Code"}
    assert (before["Score"]["data_type"], after["Score"]["data_type"]) == ("integer", "double")
    assert (before["Designation"]["field_label"], after["Designation"]["field_label"]) == ("Title", "Job title")
    status = [{value["actual_value"] for value in each["Lead_Status"]["pick_list_values"]} for each in (before, after)]
    assert (status[0] - status[1], status[1] - status[0]) == ({"Contact in Future", "Junk Lead"}, {"Nurturing"})
    assert len(sandbox.layouts["Leads"]) < len(demo.layouts["Leads"])
    assert [user["email"] for user in sandbox.users] == [user["email"] for user in demo.users]
