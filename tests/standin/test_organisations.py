"""The built-in organisations: rich, consistent, the same every time, and nobody's changes reach anybody else."""

from __future__ import annotations

import json
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from crm_client.standin.organisation import Organisation, Shelf, Source
from crm_client.standin.organisations import built_in
from crm_client.standin.organisations.made import companies, make

KEYS = ["demo", "demo-sandbox", "europe", "europe-sandbox", "samples"]
MADE = KEYS[:4]
# every data_type that fields-and-layouts.md lists
DATA_TYPES = frozenset(
    (
        "text", "textarea", "email", "phone", "website", "picklist", "multiselectpicklist", "integer", "bigint",
        "double", "currency", "percent", "boolean", "date", "datetime", "lookup", "ownerlookup", "userlookup",
        "multiselectlookup", "multiuserlookup", "multi_module_lookup", "subform", "fileupload", "imageupload",
        "profileimage", "autonumber", "formula", "rollup_summary", "layout", "territories", "multireminder",
    )
)  # fmt: skip


def org(key: str, seed: int = 1) -> Organisation:
    return next(organisation for organisation in built_in(seed) if organisation.key == key)


def sample_of(organisation: Organisation) -> str:
    """Something of every kind that is in it, as JSON text."""
    plain = ("org", "users", "profiles", "roles", "modules", "wizards", "apis")
    parts = {name: getattr(organisation, name) for name in plain}
    for name in ("module_details", "fields", "layouts", "related_lists", "custom_views"):
        parts[name] = getattr(organisation, name).get("Leads")
    parts["pipelines"] = dict(organisation.pipelines)
    parts["records"] = {
        name: organisation.records.get(name) for name in ("Leads", "Deals", "Languages", "Quoted_Items")
    }
    return json.dumps(parts, sort_keys=True)


@pytest.fixture(params=KEYS)
def organisation(request: pytest.FixtureRequest) -> Organisation:
    return org(request.param)


@pytest.fixture(params=MADE)
def made(request: pytest.FixtureRequest) -> Organisation:
    return org(request.param)


@pytest.fixture
def demo() -> Organisation:
    return org("demo")


def ids_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("id"), str):
            yield value["id"]
        for item in value.values():
            yield from ids_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from ids_of(item)


def everywhere(organisation: Organisation) -> Iterator[tuple[str, dict[str, Any]]]:
    for module, fields in organisation.fields.items():
        for field in fields:
            yield module, field


# the cast


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


# richness


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


# consistency


def test_ids_are_text_of_19_digits_and_neighbours_differ_in_the_last(made: Organisation) -> None:
    ids = set(ids_of({"fields": dict(made.fields), "records": dict(made.records), "modules": made.modules}))
    assert {len(each) for each in ids} == {19}
    assert all(each.isdigit() for each in ids)
    leads = [int(lead["id"]) for lead in made.records["Leads"]]
    assert leads == list(range(leads[0], leads[0] + len(leads)))


def test_no_two_things_of_an_organisation_share_an_id(organisation: Organisation) -> None:
    own = [
        each["id"] for each in organisation.modules + organisation.users + organisation.profiles + organisation.roles
    ]
    for listed in (organisation.fields, organisation.related_lists, organisation.custom_views, organisation.records):
        own += [item["id"] for items in listed.values() for item in items]
    own += [value["id"] for _, field in everywhere(organisation) for value in field["pick_list_values"]]
    for layouts in organisation.layouts.values():
        own += [layout["id"] for layout in layouts]
        own += [section["id"] for layout in layouts for section in layout["sections"]]
    assert [each for each, times in Counter(own).items() if times > 1] == []


def test_a_layout_holds_only_fields_of_its_module_and_says_so_on_both_sides(organisation: Organisation) -> None:
    for module, layouts in organisation.layouts.items():
        fields = {field["id"]: field for field in organisation.fields[module]}
        for layout in layouts:
            for section in layout["sections"]:
                assert [field["sequence_number"] for field in section["fields"]] == list(
                    range(1, len(section["fields"]) + 1)
                )
                for placed in section["fields"]:
                    field = fields.get(placed["id"])
                    if organisation.key == "samples" and placed["data_type"] == "profileimage":
                        continue  # the layouts page prints the image field of another organisation
                    assert field is not None, (module, placed["api_name"])
                    assert layout["id"] in {item["id"] for item in field["layout_associations"]}


def test_dependent_values_are_values_of_the_dependent_field(organisation: Organisation) -> None:
    for layouts in organisation.layouts.values():
        for layout in layouts:
            placed = {field["api_name"]: field for section in layout["sections"] for field in section["fields"]}
            for field in placed.values():
                for value in field["pick_list_values"]:
                    for mapped in value.get("maps", []):
                        known = {each["id"] for each in placed[mapped["api_name"]]["pick_list_values"]}
                        assert {each["id"] for each in mapped["pick_list_values"]} <= known


def test_modules_and_fields_that_are_named_exist(made: Organisation) -> None:
    modules = {module["api_name"]: module["id"] for module in made.modules}
    for module, field in everywhere(made):
        named = [field["lookup"].get("module")] if field["lookup"] else []
        named += field["multi_module_lookup"].get("modules", [])
        named += [
            (field["multiselectlookup"] or field["multiuserlookup"] or {}).get("linking_details", {}).get("module")
        ]
        for reference in filter(None, named):
            assert modules[reference["api_name"]] == reference["id"], (module, field["api_name"])
        if field["data_type"] in ("lookup", "multiselectlookup"):
            assert any(named), (module, field["api_name"])
        if field["associated_module"]:
            assert modules[field["associated_module"]["module"]] == field["associated_module"]["id"]
    for parent in filter(None, (module["parent_module"] for module in made.modules)):
        assert modules[parent["api_name"]] == parent["id"]
    for module, views in made.custom_views.items():
        ids = {field["id"] for field in made.fields[module]}
        assert {field["id"] for view in views for field in view["fields"]} <= ids


def test_records_fit_their_fields_and_each_other(made: Organisation) -> None:
    known = {module: {record["id"] for record in records} for module, records in made.records.items()}
    users = {user["id"] for user in made.users}
    for module, records in made.records.items():
        fields = {field["api_name"]: field for field in made.fields[module]}
        for record in records:
            strange = {key for key in record if key not in fields and not key.startswith("$")}
            assert (
                strange - {"Owner", "Created_By", "Created_Time", "Modified_By", "Modified_Time", "Parent_Id"} == set()
            )
            for name, field in fields.items():
                value = record.get(name)
                if value is None:
                    assert not field["system_mandatory"], (module, name)
                elif field["data_type"] == "picklist":
                    assert value in {each["actual_value"] for each in field["pick_list_values"]}, (module, name)
                elif field["data_type"] == "lookup":
                    assert value["id"] in known[field["lookup"]["module"]["api_name"]], (module, name)
                elif field["data_type"] in ("ownerlookup", "userlookup"):
                    assert value["id"] in users
                elif field["data_type"] == "text" and isinstance(value, str):
                    assert len(value) <= field["length"], (module, name, value)
                if value is not None and field["unique"]:
                    assert isinstance(value, str)
            assert record.get("Owner", {"id": made.users[0]["id"]})["id"] in users


@pytest.mark.parametrize("key", ["demo", "europe"])
def test_unique_fields_are_unique(key: str) -> None:
    organisation = org(key)
    for module, field in everywhere(organisation):
        if field["unique"] and module in organisation.records:
            values = [record[field["api_name"]] for record in organisation.records[module]]
            filled = [value for value in values if value is not None]
            assert len(set(filled)) == len(filled), (module, field["api_name"])


def test_line_items_add_up_and_are_a_module_of_their_own(demo: Organisation) -> None:
    rows = {row["id"]: row for row in demo.records["Quoted_Items"]}
    for quote in demo.records["Quotes"]:
        assert quote["Quoted_Items"]
        for row in quote["Quoted_Items"]:
            assert rows.pop(row["id"]) == row
            assert row["Parent_Id"]["id"] == quote["id"]
        assert quote["Sub_Total"] == pytest.approx(sum(row["Net_Total"] for row in quote["Quoted_Items"]))
    assert rows == {}


def test_roll_ups_count_what_there_is(demo: Organisation) -> None:
    deals = Counter(deal["Account_Name"]["id"] for deal in demo.records["Deals"])
    assert all(account["Open_Deals"] == deals[account["id"]] for account in demo.records["Accounts"])


# the sandbox


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


# the same every time, and never shared


def test_a_seed_gives_the_same_every_time_and_another_gives_another() -> None:
    first, again, other = (make.organisation(companies.demo(seed)) for seed in (3, 3, 4))
    assert sample_of(first) == sample_of(again)
    assert sample_of(first) != sample_of(other)
    assert {lead["Full_Name"] for lead in first.records["Leads"]} != {
        lead["Full_Name"] for lead in other.records["Leads"]
    }
    assert sample_of(built_in(1)[4]) == sample_of(built_in(2)[4])  # the documentation has no seed


def test_the_same_is_made_in_whatever_order_it_is_asked_for() -> None:
    forwards, backwards = (make.organisation(companies.demo(1)) for _ in range(2))
    for module in ("Loans_X_Users", "Languages", "Loans", "Deals", "Accounts", "Contacts"):
        assert backwards.records[module]
    for module in ("Contacts", "Deals", "Languages", "Loans_X_Users"):
        assert forwards.records[module] == backwards.records[module]


def test_what_one_test_changes_no_other_sees(organisation: Organisation) -> None:
    before = sample_of(org(organisation.key))
    copy = organisation.copy()
    organisation.modules.clear()
    organisation.fields["Leads"][0]["field_label"] = "changed"
    organisation.fields["Leads"][0]["profiles"].clear()
    organisation.records["Leads"].pop()
    del organisation.layouts["Leads"]
    organisation.records["New"] = [{"id": "1"}]
    organisation.users[0]["first_name"] = "Mallory"
    assert sample_of(copy) == sample_of(org(organisation.key)) == before


def test_a_copy_keeps_what_was_changed_before_it_and_nothing_after(demo: Organisation) -> None:
    demo.fields["Leads"][0]["field_label"] = "before"
    copy = demo.copy()
    demo.fields["Leads"][0]["field_label"] = "after"
    assert copy.fields["Leads"][0]["field_label"] == "before"
    assert "Leads" in copy.fields
    assert "Nothing" not in copy.fields


def test_fields_do_not_share_their_parts(demo: Organisation) -> None:
    first, second = demo.fields["Leads"][:2]
    assert first["profiles"] == second["profiles"]
    first["profiles"].clear()
    assert second["profiles"]


def test_a_value_is_made_when_it_is_first_read() -> None:
    made: list[str] = []

    def make() -> list[str]:
        made.append("once")
        return ["value"]

    shelf = Shelf({"a": Source(make)})
    twin = shelf.copy()
    assert (list(shelf), made) == (["a"], [])
    assert shelf["a"] == twin["a"] == ["value"]
    assert made == ["once"]
    shelf["a"].append("more")
    assert twin["a"] == ["value"]
    assert shelf["a"] is shelf["a"]


def test_starting_is_quick() -> None:
    built_in(1)
    started = time.perf_counter()
    for _ in range(5):
        built_in(1)
    per_organisation = (time.perf_counter() - started) / 25
    assert per_organisation < 0.05  # 5 ms where nothing else runs
