"""Everything that an organisation names is there, ids are its own, records fit their fields and each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from crm_client.standin.organisation import Organisation
from crm_client.standin.organisations.made import companies
from crm_client.standin.organisations.made.records import Records
from crm_client.standin.organisations.made.spec import FieldSpec
from crm_client.standin.organisations.made.values import maker
from crm_client.standin.organisations.made.world import World
from tests.standin.organisations import KEYS, MADE, everywhere, org


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


def test_a_unique_value_stays_unique_where_chance_would_repeat_it() -> None:
    spec = FieldSpec("Number", sample="A####", unique=True, filled=1)
    world = World(companies.demo(1))
    records = Records(world)
    make = maker(world, spec, records.identities)
    assert make is not None
    rng = Random(1)
    values = [make(rng, who, {}) for who in records.identities["Contacts"]]
    assert len(set(values)) == len(values) > 1000


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
