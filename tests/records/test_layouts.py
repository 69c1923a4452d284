"""A new record whose layout is changed half-way: nothing that was typed is lost, and nothing is sent out of place."""

from typing import Any

import pytest

from console.fieldforms import RecordForm, carried, without_place
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.standin import StandIn
from tests.cast import Person
from tests.records.paper import Paper

pytestmark = pytest.mark.django_db


def _layout(standin: StandIn, module: str, name: str) -> str:
    return next(str(one["id"]) for one in standin.organisation("demo").layouts[module] if one["name"] == name)


def test_what_was_typed_goes_along_and_what_has_no_place_comes_back(writer: Person, standin: StandIn) -> None:
    supplier, standard = (_layout(standin, "Contacts", name) for name in ("Supplier contact", "Standard"))
    paper = Paper(writer, "/records/Contacts/new/")
    assert paper.values["_layout"] == [standard]
    paper.press("_add_row", "Languages")
    row = next(name for name in paper.values if name.startswith("Languages-0-") and not name.endswith("-id"))
    paper.fill({"Last_Name": "Quill", "Email": "quill@example.com", "Household_Income": "<b>81000"})
    paper.fill({row: [*paper.values[row][:-1], "Basque"], "_run": "none"})
    page = paper.press("_to_layout", supplier)
    assert (page.status, paper.values["_layout"], paper.values["Layout"]) == (200, [supplier], [supplier])
    assert (paper.values["Last_Name"], paper.values["_run"]) == (["Quill"], ["none"])
    assert "Household_Income" not in paper.values
    assert "has no place for what you typed into 2 fields" in page.text
    assert "<bdi>Household Income</bdi>: <bdi>&lt;b&gt;81000</bdi>" in page.text
    assert "<bdi>Languages</bdi>: <bdi>1 row</bdi>" in page.text
    assert "has no place for what you typed into 2 fields" in paper.check().text  # other buttons keep it as well
    paper.press("_to_layout", standard)
    assert (paper.values["Household_Income"], paper.values[row][-1]) == (["<b>81000"], "Basque")
    assert "has no place" not in paper.page.text
    assert not any(name.startswith("_held-") for name in paper.values)
    paper.press("_to_layout", supplier)
    account = standin.organisation("demo").records["Accounts"][0]
    assert paper.fill({"Account_Name": account["id"]}).send().status == 302
    made = next(one for one in standin.organisation("demo").records["Contacts"] if one["Last_Name"] == "Quill")
    assert made["Layout"]["id"] == supplier
    assert not made.get("Household_Income")
    assert not made.get("Languages")


def test_names_brought_back_that_are_no_field_are_forgotten(writer: Person, standin: StandIn) -> None:
    paper = Paper(writer, f"/records/Contacts/new/?layout={_layout(standin, 'Contacts', 'Supplier contact')}")
    paper.fill({"_held-Household_Income": "7", "_held-Nonsense": "x", "_held-": "y", "_held-_form_key": "z"})
    paper.press("_to_layout", _layout(standin, "Contacts", "Supplier contact"))
    assert {name for name in paper.values if name.startswith("_held")} == {"_held-Household_Income"}


def test_a_default_that_nobody_touched_is_the_new_layouts_own() -> None:
    fields = [
        Field.from_api({"api_name": name, "field_label": name, "data_type": kind})
        for name, kind in (("A", "text"), ("B", "text"), ("C", "boolean"), ("D", "text"))
    ]

    def form(id_: str, defaults: dict[str, Any]) -> RecordForm:
        placed = [{"api_name": key, "data_type": "text", "default_value": value} for key, value in defaults.items()]
        sections = [{"display_label": "One", "fields": placed}]
        return RecordForm.of("Leads", fields, Layout.from_api({"id": id_, "status": "active", "sections": sections}))

    one = form("1", {"A": "a1", "B": "b1", "D": "d1"})
    two = form("2", {"A": "a2", "B": "b2", "C": None})
    posted = {"A": ["a1"], "B": ["mine"], "D": ["d1"]}
    assert carried(one, two, posted, {}) == {"A": ["a2"], "B": ["mine"], "C": [""]}
    assert without_place(one, two, posted, {}) == {}  # the old layout's default was nobody's wish
    assert without_place(one, two, {**posted, "D": ["mine"]}, {}) == {"D": ["mine"]}
