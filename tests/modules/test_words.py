"""Attributes in words, drawings of layouts, links and criteria: what the pages say about whatever the CRM sends."""

from typing import Any

import pytest

from console.modules import attributes, drawing, relations
from console.modules.field_page import page_of
from console.modules.words import FIELD_WORDS, MODULE_WORDS, UNKNOWN
from console.zoho_links import zoho_links
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.modules import Module
from tests.crm_client.attributes import attributes_of


def test_an_attribute_nobody_has_heard_of_is_shown_under_a_heading_of_its_own() -> None:
    groups = attributes.groups({"api_name": "Leads", "quantum": {"a": [1]}}, MODULE_WORDS)
    assert [group.name for group in groups] == ["Names", UNKNOWN]
    assert (groups[1].rows[0].key, groups[1].rows[0].form) == ("quantum", "json")


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (True, "yes", ""),
        (False, "no", ""),
        (None, "nothing", ""),
        ({}, "nothing", ""),
        ("user_hidden", "code", "user_hidden"),
        ("https://example.com/x", "link", "https://example.com/x"),
        ("javascript:alert(1)", "text", "javascript:alert(1)"),
        (7, "text", "7"),
        ({"id": "1", "name": "Alice"}, "text", "Alice"),
        ("a\x00b\ud800", "text", "a\ufffdb\ufffd"),
        ([{"id": "1"}], "json", '[\n  {\n    "id": "1"\n  }\n]'),
    ],
)
def test_any_value_has_a_form(value: Any, form: str, text: str) -> None:
    row = attributes.shown("x", value, "", "")
    assert (row.form, row.text) == (form, text)


def test_a_number_beyond_printing_and_a_depth_beyond_walking_are_said_in_words() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert "too" in attributes.shown("x", deep, "", "").text
    assert "too long" in attributes.shown("x", 10**5000, "", "").text
    while deep:  # taken apart by hand: Python's own clean-up would recurse
        deep = deep.pop()


def test_every_attribute_of_a_module_and_a_field_has_words() -> None:
    inner = {"raw"}
    for made, words in ((Module.from_api({}), MODULE_WORDS), (Field.from_api({}), FIELD_WORDS)):
        known = {key.removeprefix("$").lower().replace("_", "") for key in words}
        names = {name.replace("_", "") for name in attributes_of(type(made))} - inner
        assert names - known <= {"emailtemplatesupport"} | {"properties", "ondemandproperties", "fieldstates"}


def _section(**raw: Any) -> dict[str, Any]:
    return {"id": "1", "display_label": "Main", "type": "used", "column_count": 2, **raw}


def test_a_layout_is_drawn_in_its_order_without_the_sections_not_in_use() -> None:
    fields = [
        {"id": "2", "api_name": "B", "field_label": "B", "sequence_number": 2, "required": True},
        {"id": "1", "api_name": "A", "field_label": "A", "sequence_number": 1, "read_only": True},
    ]
    layout = Layout.from_api(
        {
            "sections": [
                _section(sequence_number=2, display_label="Second", fields=fields, tab_traversal="top_to_bottom"),
                _section(sequence_number=1, display_label="First", column_count=1),
                _section(sequence_number=3, display_label="Old", type="unused"),
            ]
        }
    )
    sections, unused = drawing.sections(layout)
    assert [section.label for section in sections] == ["First", "Second"]
    assert unused == ["Old"]
    assert [(place.label, place.is_required, place.is_read_only) for place in sections[1].places] == [
        ("A", False, True),
        ("B", True, False),
    ]
    assert (sections[1].columns, sections[1].flow) == (2, "columns")


def test_a_field_on_no_layout_is_found() -> None:
    layout = Layout.from_api(
        {"sections": [_section(fields=[{"api_name": "A"}]), _section(type="unused", fields=[{"api_name": "B"}])]}
    )
    fields = [Field.from_api({"api_name": name}) for name in "ABC"]
    assert [field.api_name for field in drawing.on_no_layout(fields, [layout])] == ["B", "C"]


def test_a_colour_that_is_none_gives_no_chip() -> None:
    values = [{"display_value": "x", "actual_value": "y", "colour_code": colour} for colour in ("#F00", "red;}", None)]
    page = page_of(Field.from_api({"pick_list_values": values}), None)
    assert [value.colour for value in page.values] == ["#ff0000", "", ""]
    assert page.differs


@pytest.mark.parametrize(
    ("dc", "environment", "domain", "link"),
    [
        ("us", "production", "org1", "https://crm.zoho.com/crm/org1/tab/CustomModule4"),
        ("eu", "production", "org1", "https://crm.zoho.eu/crm/org1/tab/CustomModule4"),
        ("standin-us", "production", "org1", ""),
        ("us", "sandbox", "org1", ""),
        ("us", "production", "org1/../..", ""),
        ("us", "production", "", ""),
        ("mars", "production", "org1", ""),
    ],
)
def test_a_link_leads_to_zoho_or_says_why_there_is_none(dc: str, environment: str, domain: str, link: str) -> None:
    links = zoho_links(dc, environment, domain)
    assert links.module("CustomModule4") == link
    assert bool(links.why_not) is (link == "")


def test_a_layouts_link_takes_an_id_and_nothing_else() -> None:
    links = zoho_links("us", "production", "org1")
    assert links.layout("Leads", "77") == "https://crm.zoho.com/crm/org1/settings/modules/Leads/layouts/77"
    assert links.layout("Leads", "77/../x") == ""
    assert links.custom_view("Leads", "9") == "https://crm.zoho.com/crm/org1/tab/Leads/custom-view/9/list"
    assert links.record("Leads", "9") == "https://crm.zoho.com/crm/org1/tab/Leads/9"
    assert links.record("Leads", "9/x") == links.record("", "9") == ""
    assert links.custom_view("Leads", "all") == links.custom_view("", "9") == ""


def test_criteria_are_told_in_words() -> None:
    one = {"comparator": "equal", "field": {"api_name": "Stage"}, "value": "New"}
    two = {"comparator": "between", "field": {"api_name": "Amount"}, "value": ["1", "5"]}
    both = {"group_operator": "OR", "group": [one, {"group_operator": "AND", "group": [one, two]}]}
    assert relations.criteria(both) == "Stage is “New” or (Stage is “New” and Amount is between “1”, “5”)"
    mine = {"field": {"api_name": "Owner"}, "comparator": "equal", "value": "${CURRENTUSER}"}
    assert relations.criteria(mine) == "Owner is the user who looks"
    assert relations.criteria({**mine, "value": "${TODAY}-7"}) == "Owner is today-7"
    assert relations.criteria(None) == relations.criteria("x") == relations.criteria({"group": "x"}) == ""


def test_neighbours_are_parents_children_and_what_fields_point_to() -> None:
    def made(name: str, **raw: Any) -> Module:
        return Module.from_api({"api_name": name, "plural_label": name, **raw})

    leads, items = (
        made("Leads"),
        made("Items", generated_type="subform", parent_module={"api_name": "Leads", "id": "1"}),
    )
    accounts = made("Accounts")
    fields = [
        Field.from_api({"field_label": "Firm", "lookup": {"module": {"api_name": "Accounts", "id": "2"}}}),
        Field.from_api({"field_label": "Lost", "lookup": {"module": {"api_name": "Gone", "id": "3"}}}),
    ]
    found = relations.neighbours(leads, [leads, items, accounts], fields)
    assert [(one.api_name, one.how) for one in found] == [("Items", "subform"), ("Accounts", "lookup Firm")]
    assert relations.neighbours(items, [leads, items], [])[0].how == "parent"
    assert [one and one.api_name for one in relations.around(items, [leads, items, accounts])] == ["Leads", "Accounts"]
