"""The form stands as the admin arranged the layout; what is shown but not offered says why."""

from typing import Any

import pytest

from console.fieldforms import RecordForm, subform_modules
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.values import JsonObject
from tests.fieldforms.making import field, form, raw_field, raw_layout


def section(number: int, *fields: JsonObject, **more: Any) -> JsonObject:
    placed = [{**one, "sequence_number": n} for n, one in enumerate(fields, 1)]
    return {
        "id": f"7{number}", "display_label": f"Part {number}", "sequence_number": number, "column_count": 2,
        "type": "used", "mode": "default_create", "fields": placed, **more,
    }  # fmt: skip


def arranged(sections: list[JsonObject], fields: list[JsonObject], **more: Any) -> list[tuple[str, list[str]]]:
    made = Layout.from_api({"id": "5", "name": "Standard", "sections": sections})
    whole = RecordForm.of("Leads", [Field.from_api(one) for one in fields], made, **more)
    return [(part.label, [slot.api_name for slot in part.slots]) for part in whole.sections]


A, B, C, D = (raw_field(name) for name in "ABCD")


def test_sections_and_fields_stand_in_the_layouts_order() -> None:
    late, early = section(2, B, A), section(1, D, C, column_count=1)
    late["fields"].reverse()
    assert arranged([late, early], [A, B, C, D]) == [("Part 1", ["D", "C"]), ("Part 2", ["B", "A"])]


def test_what_belongs_to_other_forms_is_left_out() -> None:
    sections = [
        section(1, A),
        section(2, B, type="unused"),
        section(3, A, B, mode="quick_create"),
        section(4, C, mode="business_card"),
        section(5, C, A, mode="create_edit"),
        section(6, B, mode="view"),
    ]
    assert arranged(sections, [A, B, C]) == [("Part 1", ["A"]), ("Part 5", ["C"])]


def test_columns_and_their_order_follow_the_layout() -> None:
    sections = [
        section(1, A, tab_traversal="top_to_bottom"),
        section(2, B, tab_traversal="left_to_right"),
        section(3, C, column_count=1, tab_traversal="top_to_bottom"),
        section(4, D, display_label=""),
    ]
    made = RecordForm.of("Leads", [], Layout.from_api({"id": "5", "sections": sections}))
    assert [(part.columns, part.flow) for part in made.sections] == [
        (2, "columns"),
        (2, "rows"),
        (1, "rows"),
        (2, "rows"),
    ]
    assert made.sections[3].label == "(no name)"


@pytest.mark.parametrize(
    "more",
    [
        {"visible": False},
        {"type": "unused"},
        {"api_name": "not a name"},
        {"data_type": "layout"},
        {"view_type": {"create": False, "edit": False, "view": False}},
    ],
)
def test_a_field_without_a_place_on_forms_is_not_drawn(more: JsonObject) -> None:
    odd = {**A, **more}
    assert arranged([section(1, odd, B)], [odd, B]) == [("Part 1", ["B"])]
    assert RecordForm.of("Leads", [Field.from_api(odd)]).slots == []


def test_what_is_needed_stands_on_the_form_though_the_layout_leaves_it_out() -> None:
    needed, rows = raw_field("Need", mandatory=True), raw_field("Pricing_Details", "subform", label="Prices")
    found = arranged([section(1, A)], [A, B, needed, rows, raw_field("Tag")])
    assert found == [("Part 1", ["A"]), ("More fields", ["Need", "Tag"]), ("Prices", ["Pricing_Details"])]
    made = RecordForm.of(
        "Leads", [Field.from_api(one) for one in (A, needed)], Layout.from_api({"sections": [section(1, A)]})
    )
    assert [part.note for part in made.blank().sections] == ["", "Not on the layout chosen."]


def test_without_a_layout_every_field_stands_on_the_form() -> None:
    fields = [Field.from_api(one) for one in (B, A, raw_field("Rows", "subform"), raw_field("Tag"))]
    made = RecordForm.of("Leads", fields)
    assert [[slot.api_name for slot in part.slots] for part in made.sections] == [["B", "A", "Tag"], ["Rows"]]
    assert (made.layout_id, made.blank().sections[0].note) == ("", "")


def test_a_subforms_limits_come_from_its_section() -> None:
    rows = raw_field("Rows", "subform")
    properties = {"maximum_rows": 25, "reorder_rows": False}
    layout = Layout.from_api({"sections": [section(1, rows, properties=properties)]})
    made = RecordForm.of("Leads", [], layout, subforms={"Rows": [field("Q")]})
    (slot,) = made.slots
    assert (slot.maximum_rows, slot.may_reorder) == (25, False)
    assert [one.rule for one in made.book.check({"Rows": [{"Q": "x"}] * 26})] == ["rows"]
    (without,) = form("Leads", rows, subforms={"Rows": [field("Q")]}).slots
    assert (without.maximum_rows, without.may_reorder) == (100, True)


def test_rows_show_what_can_be_filled_in_and_leave_out_what_the_system_keeps() -> None:
    columns = [
        field("Product", "lookup"), field("Total", "formula"), field("Parent_Id", "lookup"),
        field("Created_Time", "datetime"), field("Sequence_Number", "integer"), field("Number", "autonumber"),
        field("Locked", read_only=True),
    ]  # fmt: skip
    made = form("Leads", raw_field("Rows", "subform"), subforms={"Rows": columns})
    assert [column.api_name for column in made.slots[0].columns] == ["Product", "Total"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"data_type": "formula"}, "worked out by the CRM from its formula"),
        ({"data_type": "rollup_summary"}, "related records"),
        ({"data_type": "autonumber"}, "numbered by the CRM"),
        ({"data_type": "profileimage"}, "a call of its own"),
        ({"data_type": "territories"}, "territories are assigned"),
        ({"api_name": "Modified_Time", "data_type": "datetime"}, "kept by the CRM"),
        ({"api_name": "Full_Name"}, "first and last name"),
        ({"ui_type": 207, "data_type": "bigint"}, "through a wizard"),
        ({"field_read_only": True}, "read-only in the CRM"),
        ({"read_only": True}, "your profile may not change it"),
        ({"operation_type": {"api_create": False, "api_update": True}}, "the API does not take it"),
        ({"data_type": "telepathy"}, "no input for the type telepathy"),
        ({"data_type": "text", "json_type": "jsonobject"}, "no input for the type text"),
        ({"data_type": "subform"}, "did not tell which columns"),
    ],
)
def test_what_is_shown_but_not_offered_says_why(more: JsonObject, words: str) -> None:
    made = form("Leads", raw_field("F") | more)
    (slot,) = made.slots
    assert words in slot.why_not
    assert (slot.kind, slot.is_offered) == ("shown", False)
    name = more.get("api_name", "F")
    assert made.read({name: ["x"]}).values == {}


def test_creating_and_changing_may_be_allowed_apart() -> None:
    once = raw_field("F") | {"operation_type": {"api_create": True, "api_update": False}}
    assert form("Leads", once).slots[0].is_offered
    assert not form("Leads", once, is_update=True).slots[0].is_offered


def test_an_owner_may_be_chosen_though_its_field_calls_itself_read_only() -> None:
    assert form("Leads", raw_field("Owner", "ownerlookup", field_read_only=True)).slots[0].kind == "user"


@pytest.mark.parametrize(
    ("data_type", "kind"),
    [
        ("text", "text"), ("textarea", "area"), ("email", "email"), ("phone", "phone"), ("website", "website"),
        ("picklist", "pick"), ("multiselectpicklist", "many_pick"), ("date", "date"), ("datetime", "moment"),
        ("integer", "integer"), ("bigint", "big"), ("double", "decimal"), ("currency", "decimal"),
        ("percent", "percent"), ("boolean", "check"), ("lookup", "lookup"), ("ownerlookup", "user"),
        ("userlookup", "user"),
        ("multi_module_lookup", "any_lookup"), ("multiselectlookup", "many_lookup"), ("multiuserlookup", "many_users"),
        ("fileupload", "files"), ("imageupload", "images"), ("RRULE", "rule"), ("ALARM", "alarm"), ("linetax", "taxes"),
    ],
)  # fmt: skip
def test_each_data_type_has_its_input(data_type: str, kind: str) -> None:
    assert form("Leads", raw_field("F", data_type)).slots[0].kind == kind


def test_picklists_offer_what_the_layout_offers_once_and_never_the_empty_value() -> None:
    values = ["-None-", "Open", "Open", "", "Gone"]
    raw = raw_field("F", "picklist")
    raw["pick_list_values"] = [
        {"display_value": f"Shown {value}", "actual_value": value, "type": "unused" if value == "Gone" else "used"}
        for value in values
    ]
    raw["pick_list_values"][3]["display_value"] = ""
    options = form("Leads", raw).slots[0].options
    assert [(option.value, option.label) for option in options] == [("Open", "Shown Open")]


def test_the_modules_of_rows_are_named_for_whoever_fetches_them() -> None:
    rows = raw_field("Items", "subform", associated_module={"module": "Quoted_Items", "id": "1"})
    assert subform_modules([Field.from_api(one) for one in (A, rows, raw_field("Bare", "subform"))]) == {
        "Items": "Quoted_Items"
    }


def test_a_line_item_has_its_inputs_even_if_its_columns_cannot_be_read() -> None:
    quotes = form("Quotes", raw_field("Quoted_Items", "subform"))
    names = [column.api_name for column in quotes.slots[0].columns]
    assert names == ["Product_Name", "Quantity", "List_Price", "Discount", "Price_Book_Name", "Description", "Line_Tax"]
    assert [slot.api_name for slot in quotes.slots] == ["Quoted_Items", "$line_tax"]
    layout = Layout.from_api(raw_layout(raw_field("Quoted_Items", "subform")))
    assert [slot.api_name for slot in RecordForm.of("Leads", [], layout).slots] == ["Quoted_Items"]
