"""An edit sends what changed and nothing else, can be told in words, undone, and worked on without a script."""

from typing import Any

import pytest

from console.fieldforms import Reading, changes
from crm_client.values import JsonObject
from tests.fieldforms.making import field, form, raw_field

LISTINGS = {"connectedlookup_apiname": "Interested_Listings", "connected_module": {"api_name": "Listings"}}
DEALS = form(
    "Deals",
    raw_field("Deal_Name", mandatory=True, label="Deal"),
    raw_field("Stage", "picklist", values="Open|Won"),
    raw_field("Amount", "currency", decimal_place=2),
    raw_field("Number", "integer", length=2),
    raw_field("Closing", "datetime"),
    raw_field("Note", "textarea"),
    raw_field("Account", "lookup"),
    raw_field("Languages", "multiselectpicklist", values="Korean|Spanish|French"),
    raw_field("Hot", "boolean"),
    raw_field("Images", "imageupload", length=10),
    raw_field("Listings", "multiselectlookup", multiselectlookup=LISTINGS),
    raw_field("Users", "multiuserlookup", multiuserlookup={"connectedlookup_apiname": "User"}),
    raw_field("Items", "subform", label="Things"),
    subforms={"Items": [field("Product", "lookup"), field("Count", "integer", length=3), field("Gift", "boolean")]},
    zone="Europe/Berlin",
    is_update=True,
)
STORED: JsonObject = {
    "id": "3652397000003852095",
    "Deal_Name": "  v7 deal ",
    "Stage": "Lost long ago",
    "Amount": 1250.5,
    "Number": 12345,  # older than the limit of the field
    "Closing": "2026-01-05T09:30:00+05:30",
    "Note": "one\ntwo",
    "Account": {"id": "77", "name": "Acme (old)"},
    "Languages": ["Korean", "Latin"],
    "Hot": None,
    "Images": [{"id": "738964000002363016", "File_Name__s": "front.png"}],
    "Listings": [{"id": "431581000000697244", "Interested_Listings": {"id": "5", "name": "12 High Street"}}],
    "Users": None,
    "Items": [
        {"id": "900", "Product": {"id": "1", "name": "Bolt"}, "Count": 2, "Gift": True},
        {"id": "901", "Product": {"id": "2", "name": "Nut"}, "Count": 3, "Gift": False},
    ],
    "Modified_Time": "2026-01-01T00:00:00Z",
}


def edited(**typed: Any) -> Reading:
    """The record's own form with some inputs changed; `None` takes an input out of the post."""
    posted = DEALS.typed_of(STORED)
    for name, value in typed.items():
        name = name.replace("__", "-")
        if value is None:
            posted.pop(name)
        else:
            posted[name] = value if isinstance(value, list) else [value]
    return DEALS.read(posted, before=STORED)


def test_a_form_sent_back_untouched_sends_nothing_and_complains_about_nothing() -> None:
    reading = edited()
    assert reading.values == {}
    assert reading.problems == []
    assert changes(DEALS, STORED, reading) == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ({"Deal_Name": "v7 Update"}, {"Deal_Name": "v7 Update"}),
        ({"Deal_Name": "v7 deal  "}, {}),
        ({"Stage": "Won"}, {"Stage": "Won"}),
        ({"Stage": ""}, {"Stage": None}),
        ({"Amount": "1250.50"}, {}),
        ({"Amount": ""}, {"Amount": None}),
        ({"Closing": "2026-01-05T05:00:00"}, {}),
        ({"Closing": "2026-01-05T05:01"}, {"Closing": "2026-01-05T05:01:00+01:00"}),
        ({"Note": "one\r\ntwo"}, {}),
        ({"Account": "77"}, {}),
        ({"Account": "Other (78)"}, {"Account": {"id": "78"}}),
        ({"Languages": ["", "Korean", "Latin"]}, {}),
        ({"Languages": ["", "Spanish"]}, {"Languages": ["Spanish"]}),
        ({"Languages": [""]}, {"Languages": []}),
        ({"Hot": ["false", "true"]}, {"Hot": True}),
        ({"Images": "2cxx2fa new.png"}, {"Images": [{"File_Id__s": "2cxx2fa"}]}),
        ({"Images__delete": "738964000002363016"}, {"Images": [{"id": "738964000002363016", "_delete": None}]}),
        (
            {"Listings": ["3652397000001988001"], "Listings__delete": ["431581000000697244"]},
            {"Listings": [{"Interested_Listings": {"id": "3652397000001988001"}},
                          {"id": "431581000000697244", "_delete": None}]},
        ),
        ({"Users": "9"}, {"Users": [{"User": {"id": "9"}}]}),
        ({"Deal_Name": None, "Stage": None, "Items__order": None, "Items__0__Count": None}, {}),
    ],
)  # fmt: skip
def test_only_what_changed_is_sent(typed: JsonObject, sent: JsonObject) -> None:
    assert edited(**typed).values == sent


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ({"Items__0__Count": "5"}, [{"id": "900", "Count": 5}, {"id": "901"}]),
        ({"Items__1__Product": ""}, [{"id": "900"}, {"id": "901", "Product": None}]),
        ({"Items__0___delete": "true"}, [{"id": "900", "_delete": None}, {"id": "901"}]),
        (
            {"Items__order": ["", "0", "1", "2"], "Items__2__Product": "Screw (3)", "Items__2__Count": "",
             "Items__2__Gift": ["false"]},
            [{"id": "900"}, {"id": "901"}, {"Product": {"id": "3"}, "Gift": False}],
        ),
        ({"Items__order": ["1", "0"]}, [{"id": "901"}, {"id": "900"}]),
        ({"Items__order": ["0", "1", "2"], "Items__2__Product": "", "Items__2__Gift": ["false"]}, None),
    ],
)  # fmt: skip
def test_rows_keep_their_ids_and_only_changed_cells_are_sent(typed: JsonObject, sent: list[JsonObject] | None) -> None:
    values = edited(**typed).values
    assert values == ({"Items": sent} if sent is not None else {})


def test_the_options_own_order_is_no_change_of_what_is_picked() -> None:
    assert edited(Languages=["", "Latin", "Korean"]).values == {}
    assert edited(Languages=["", "Latin", "Korean", "French"]).values == {"Languages": ["Latin", "Korean", "French"]}


def test_a_row_taken_away_by_somebody_else_is_not_made_again() -> None:
    reading = edited(Items__0__id="999", Items__0__Count="5")
    assert reading.values["Items"][0]["id"] == "999"


def test_a_wrong_cell_stays_wrong_though_nothing_else_changed() -> None:
    reading = edited(Items__1__Count="many")
    assert [(problem.path, problem.rule) for problem in reading.problems] == [("Items[1].Count", "type")]
    assert DEALS.answered(reading, before=STORED).by_name["Items-1-Count"].problems == reading.problems


def test_what_the_record_holds_already_is_not_complained_about_until_it_is_touched() -> None:
    assert edited(Amount="7").problems == []
    assert [problem.path for problem in edited(Number="12346").problems] == ["Number"]
    assert [problem.rule for problem in edited(Deal_Name="").problems] == ["required"]


def test_a_change_is_told_field_by_field() -> None:
    reading = edited(
        Deal_Name="New", Stage="", Hot=["false", "true"], Closing="2026-02-01T10:00",
        Listings__delete="431581000000697244", Items__0__Count="5", Items__1___delete="true",
        Languages=["", "Spanish", "French"], Account="Other (78)",
    )  # fmt: skip
    told = {one.label: (one.before_text, one.after_text) for one in changes(DEALS, STORED, reading)}
    assert told == {
        "Deal": ("v7 deal", "New"),
        "Stage": ("Lost long ago", "nothing"),
        "Closing": ("2026-01-05 05:00", "2026-02-01 10:00"),
        "Account": ("Acme (old)", "Other (78)"),
        "Languages": ("Korean, Latin", "Spanish, French"),
        "Hot": ("nothing", "yes"),
        "Listings": ("12 High Street", "without 12 High Street"),
        "Things": ("2 rows", "1 changed, 1 removed"),
    }


def test_the_form_marks_what_changed_and_undoes_it() -> None:
    posted = DEALS.typed_of(STORED) | {"Deal_Name": ["New"], "Amount": ["wrong"], "Items-0-Count": ["9"]}
    shown = DEALS.answered(DEALS.read(posted, before=STORED), before=STORED)
    assert [one.name for one in shown.by_name.values() if one.is_changed] == ["Deal_Name", "Amount", "Items-0-Count"]
    assert shown.by_name["Deal_Name"].before_words == "v7 deal"
    assert shown.by_name["Items-0-Count"].before_words == "2"
    undone = DEALS.pressed(posted | {"_undo": ["Amount"]}, before=STORED)
    assert undone is not None
    assert (undone["Amount"], undone["Deal_Name"]) == (["1250.5"], ["New"])
    undone = DEALS.pressed(posted | {"_undo": ["Items-0-Count"]}, before=STORED)
    assert undone is not None
    assert (undone["Items-0-Count"], undone["Items-0-Product"]) == (["2"], ["Bolt (1)"])


@pytest.mark.parametrize(
    ("button", "value", "order"),
    [
        ("_add_row", "Items", ["0", "1", "2"]),
        ("_remove_row", "Items-0", ["1"]),
        ("_move_up", "Items-1", ["1", "0"]),
        ("_move_up", "Items-0", ["0", "1"]),
        ("_move_down", "Items-0", ["1", "0"]),
        ("_move_down", "Items-7", ["0", "1"]),
        ("_remove_row", "", ["0", "1"]),
        ("_add_row", "Deal_Name", ["0", "1"]),
        ("_again", "Account", ["0", "1"]),
    ],
)
def test_buttons_inside_the_form_work_without_a_script(button: str, value: str, order: list[str]) -> None:
    posted = DEALS.typed_of(STORED) | {"csrfmiddlewaretoken": ["secret"], "Items-order": ["", "0", "1"]}
    typed = DEALS.pressed(posted | {button: [value]}, before=STORED)
    assert typed is not None
    assert [key for key in typed["Items-order"] if key] == order
    assert typed["Deal_Name"] == ["  v7 deal "]
    assert "csrfmiddlewaretoken" not in typed
    rows = DEALS.answered(Reading.of_typed(typed), before=STORED).by_name["Items"].rows
    assert [row.key for row in rows] == order


def test_no_button_means_that_the_form_is_to_be_read() -> None:
    assert DEALS.pressed(DEALS.typed_of(STORED), before=STORED) is None


def test_rows_end_at_the_layouts_limit() -> None:
    posted = {"Items-order": [str(number) for number in range(100)], "_add_row": ["Items"]}
    typed = DEALS.pressed(posted)
    assert typed is not None
    assert len(typed["Items-order"]) == 100


def test_the_blank_form_holds_the_layouts_defaults() -> None:
    made = form("Leads", raw_field("Status", "picklist", values="New|Old", default_value="New"), raw_field("City"))
    assert made.blank().by_name["Status"].text == "New"
    assert made.blank().by_name["City"].text == ""
