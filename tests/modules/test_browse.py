"""Filtering, sorting and choosing columns, without any CRM."""

from typing import Any

import pytest

from console.choices import Choice, read
from console.modules import browse, browse_fields
from console.paging import cut, page_number
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.modules import Module


def module(api_name: str, **raw: Any) -> Module:
    return Module.from_api({"api_name": api_name, "plural_label": api_name, "status": "visible", **raw})


LEADS = module("Leads", id="1", creatable=True, generated_type="default", sequence_number=2)
LOANS = module("Loans", id="22", plural_label="Kredite", generated_type="custom", status="user_hidden")
NOTES = module("Notes", id="3", creatable=False, generated_type="a_new_kind", sequence_number=1)
ALL = [LEADS, LOANS, NOTES]


def names(**query: list[str]) -> list[str]:
    return [found.api_name for found in browse.filtered(ALL, browse.read_choice(query))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Leads", "Loans", "Notes"]),
        ({"q": ["kred"]}, ["Loans"]),
        ({"q": ["LOANS"]}, ["Loans"]),
        ({"q": ["22"]}, ["Loans"]),
        ({"q": ["kred loan"]}, ["Loans"]),
        ({"q": ["kred notes"]}, []),
        ({"status": ["user_hidden"]}, ["Loans"]),
        ({"status": ["user_hidden", "visible"]}, ["Leads", "Loans", "Notes"]),
        ({"kind": ["a_new_kind"]}, ["Notes"]),
        ({"creatable": ["yes"]}, ["Leads"]),
        ({"creatable": ["no"]}, ["Notes"]),
        ({"creatable": ["unknown"]}, ["Loans"]),
        ({"creatable": ["perhaps"]}, ["Leads", "Loans", "Notes"]),
        ({"creatable": ["yes"], "kind": ["custom"]}, []),
        ({"sort": ["plural_label"]}, ["Loans", "Leads", "Notes"]),
        ({"sort": ["-plural_label"]}, ["Notes", "Leads", "Loans"]),
        ({"sort": ["no_such_column"]}, ["Leads", "Loans", "Notes"]),
    ],
)
def test_alice_finds_modules(query: dict[str, list[str]], expected: list[str]) -> None:
    assert names(**query) == expected


@pytest.mark.parametrize(
    ("order", "expected"), [("sequence_number", "Notes Leads Loans"), ("-sequence_number", "Leads Notes Loans")]
)
def test_what_has_no_value_comes_last_in_both_orders(order: str, expected: str) -> None:
    assert " ".join(names(sort=[order])) == expected


def test_yes_comes_before_no_and_no_before_not_said() -> None:
    assert names(sort=["creatable"]) == ["Leads", "Notes", "Loans"]


def test_the_options_hold_the_known_values_and_those_the_crm_made_up() -> None:
    statuses, kinds = browse.options(ALL, browse.read_choice({"kind": ["gone_by_now"]}))
    assert [(option.value, option.count) for option in statuses[:2]] == [("visible", 2), ("user_hidden", 1)]
    assert {option.value: option.count for option in kinds}["a_new_kind"] == 1
    assert [option.value for option in kinds if option.is_on] == ["gone_by_now"]


def test_an_address_says_only_what_was_chosen_and_reads_back_as_the_same() -> None:
    asked = {"q": ["a  b"], "status": ["visible", ""], "creatable": [""], "sort": ["-api_name"], "page": ["3"]}
    choice = browse.read_choice(asked)
    assert choice.query() == "q=a+b&status=visible&sort=-api_name&page=3"
    assert choice.query(page=1) == "q=a+b&status=visible&sort=-api_name"
    assert Choice().address("/x/") == "/x/"


def test_choosing_the_usual_columns_is_no_choice() -> None:
    usual = ",".join(reversed(browse.USUAL))
    assert browse.read_choice({"columns": [usual]}).columns == ()
    assert browse.read_choice({"columns": ["status", "id", "evil"]}).columns == ("status", "id")


def test_a_hostile_address_chooses_nothing() -> None:
    choice = read(
        {"q": ["x" * 10_000], "status": ["y" * 10_000] * 100, "page": ["٣"], "sort": ["--id"]},
        lists=["status"], flags=[], sorts=["id"], columns=[],
    )  # fmt: skip
    assert (len(choice.words), choice.picked, choice.page, choice.sort) == (200, {}, 1, "")


def test_a_columns_title_sorts_up_then_down() -> None:
    first = Choice(page=4).sorted_by("id")
    assert (first.sort, first.descending, first.page) == ("id", False, 1)
    assert first.sorted_by("id").descending
    assert not first.sorted_by("id").sorted_by("id").descending


@pytest.mark.parametrize(
    ("page", "shown", "previous", "following"),
    [(1, 50, "", "p2"), (3, 20, "p2", ""), (99, 20, "p2", ""), (0, 50, "", "p2")],
)
def test_pages_hold_fifty(page: int, shown: int, previous: str, following: str) -> None:
    rows, pages = cut(range(120), page, False, lambda number: f"p{number}", "rows", "rows")
    assert (len(rows), pages.previous, pages.next, pages.count) == (shown, previous, following, 3)


def test_all_on_one_page_leads_back_to_pages() -> None:
    rows, pages = cut(range(120), 1, True, lambda number: f"p{number}", "rows", "rows")
    assert (len(rows), pages.is_all, pages.paged) == (120, True, "p1")


@pytest.mark.parametrize("text", ["", "0", "-1", "1e3", "9999999", "x"])
def test_an_odd_page_number_is_the_first_page(text: str) -> None:
    assert page_number(text) == 1


def _field(api_name: str, **raw: Any) -> dict[str, Any]:
    return {"id": "7", "api_name": api_name, "field_label": api_name, "data_type": "text", **raw}


def _layout(name: str, **required: bool) -> Layout:
    fields = [{**_field(field), "required": must} for field, must in required.items()]
    return Layout.from_api({"id": "9", "name": name, "sections": [{"type": "used", "fields": fields}]})


def test_a_field_is_required_always_on_some_layouts_or_on_none() -> None:
    fields = [Field.from_api(_field("Last_Name", system_mandatory=True)), *map(Field.from_api, map(_field, ["A", "B"]))]
    among = browse_fields.fields_of(fields, [_layout("One", A=True, B=False), _layout("Two", A=True), _layout("Three")])
    assert [browse_fields.required(field, among) for field in fields] == ["always", "on 2 of 3 layouts", "no"]
    unknown = browse_fields.fields_of(fields, None)
    assert [browse_fields.required(field, unknown) for field in fields] == ["always", "", ""]


def test_a_section_not_in_use_requires_nothing() -> None:
    unused = {"type": "unused", "fields": [{**_field("A"), "required": True}]}
    among = browse_fields.fields_of(
        [Field.from_api(_field("A"))], [Layout.from_api({"name": "One", "sections": [unused]})]
    )
    assert browse_fields.required(among.fields[0], among) == "no"


def test_fields_are_filtered_by_type_and_by_what_they_demand() -> None:
    fields = [
        Field.from_api(_field("Plain")),
        Field.from_api(_field("Mine", custom_field=True, unique={"case_sensitive": False})),
        Field.from_api(_field("Sum", data_type="formula")),
        Field.from_api(_field("New", data_type="hologram", read_only=True)),
    ]
    among = browse_fields.fields_of(fields, [])

    def found(**query: list[str]) -> list[str]:
        return [field.api_name for field in browse_fields.filtered(among, browse_fields.read_choice(query))]

    assert found(type=["hologram"]) == ["New"]
    assert found(readonly=["yes"]) == ["Sum", "New"]
    assert found(unique=["yes"]) == ["Mine"]
    assert found(custom=["yes"], readonly=["no"]) == []
    assert found(q=["sum"]) == ["Sum"]
    assert found(sort=["-api_name"]) == ["Sum", "Plain", "New", "Mine"]
