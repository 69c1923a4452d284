"""The form as HTML: every input has its label, every problem its input, and nothing needs a script."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.template.loader import render_to_string

from console.fieldforms import Reading, RecordForm, Shown
from crm_client.values import JsonObject
from tests.fieldforms.making import field as field_of
from tests.fieldforms.making import form, raw_field

_VOID = {"input", "br", "hr", "img", "meta", "link", "path"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    above: list["Element"]
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")


class Page(HTMLParser):
    """The elements of a page in their order, each with those it stands in; complains about tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, list(self._open))
        self.elements.append(made)
        if tag not in _VOID:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, list(self._open)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            one
            for one in self.elements
            if (not tags or one.tag in tags)
            and all(one.attributes.get(name) == value for name, value in wanted.items())
        ]


PRODUCT = field_of("Product", "lookup", lookup={"module": {"api_name": "Products"}})
LINK = {"connectedlookup_apiname": "Other", "connected_module": {"api_name": "Listings"}}
KINDS = (
    raw_field(
        "Company", mandatory=True, label="Company <name>", tooltip={"name": "static_text", "value": "As registered"}
    ),
    raw_field("Note", "textarea"),
    raw_field("Rich", "textarea", textarea={"type": "rich_text"}),
    raw_field("Industry", "picklist", values="Cars|Houses"),
    raw_field("Segment", "picklist", values="New|Used"),
    raw_field("Channels", "multiselectpicklist", values="Mail|Phone"),
    raw_field("Born", "date"),
    raw_field("Called", "datetime"),
    raw_field("Size", "integer"),
    raw_field("Opt_Out", "boolean"),
    raw_field("Account", "lookup", lookup={"module": {"api_name": "Accounts"}}),
    raw_field("Collateral", "multi_module_lookup", multi_module_lookup={"modules": [{"api_name": "Cars"}]}),
    raw_field("Listings", "multiselectlookup", multiselectlookup=LINK),
    raw_field("Team", "multiuserlookup", multiuserlookup={"connectedlookup_apiname": "User"}),
    raw_field("Owner", "ownerlookup"),
    raw_field("Files", "fileupload", length=5),
    raw_field("Tag", "text"),
    raw_field("Score", "formula"),
    raw_field("Email", "email", unique={"case_sensitive": False}),
    raw_field("Remind_At", "ALARM"),
    raw_field("Recurring_Activity", "RRULE"),
    raw_field("Items", "subform"),
)
MAPS = [{"api_name": "Segment", "pick_list_values": [{"actual_value": "New", "display_value": "New"}]}]
KINDS[3]["pick_list_values"][0]["maps"] = MAPS
ROWS = {
    "Items": [PRODUCT, field_of("Kind", "picklist", values="A|B"), field_of("Gift", "boolean")]
}
STORED: JsonObject = {
    "Company": "Acme", "Channels": ["Mail", "Fax"], "Segment": "Antique", "Score": 5, "Opt_Out": True,
    "Listings": [{"id": "431581000000697244", "Other": {"id": "5", "name": "12 High Street"}}],
    "Files": [{"id": "738964000002363016", "File_Name__s": "front.png"}],
    "Items": [{"id": "900", "Kind": "A"}], "Called": "2026-01-05T09:00:00+05:30",
}  # fmt: skip


def all_kinds(**more: Any) -> RecordForm:
    return form("Tasks", *KINDS, required="Note Items", subforms=ROWS, zone="Asia/Kolkata", **more)


def page(shown: Shown) -> Page:
    return Page(render_to_string("shared/fieldforms/_form.html", {"form": shown, "lookup_url": "/lookup/"}))


def wrong() -> Shown:
    made = all_kinds(is_update=True)
    typed = made.typed_of(STORED) | {
        "Company": ["x" * 300], "Size": ["many"], "Born": ["2026-13-01"], "Channels": ["Fax"], "Account": ["Fairbanks"],
        "Items-order": ["0", "1"], "Items-1-Product": ["nobody"], "Recurring_Activity-UNTIL": ["soon"],
    }  # fmt: skip
    return made.answered(made.read(typed, before=STORED), before=STORED)


@pytest.mark.parametrize("shown", [all_kinds().blank(), all_kinds(is_update=True).filled(STORED), wrong()])
def test_every_input_has_a_label_and_every_id_is_one_of_its_kind(shown: Shown) -> None:
    made = page(shown)
    ids = Counter(one["id"] for one in made.elements if one["id"])
    assert [name for name, count in ids.items() if count > 1] == []
    labelled = {one["for"] for one in made.all("label")}
    for one in made.all("input", "select", "textarea"):
        is_inside = any(above.tag == "label" for above in one.above)
        assert one["type"] == "hidden" or one["id"] in labelled or is_inside or one["aria-label"], one.attributes
        assert one["type"] != "text" or one["autocomplete"] == "off"
    for one in made.elements:
        for name in one["aria-describedby"].split():
            assert name in ids, f"{name} describes {one['name'] or one['id']} and is not there"
    for one in made.all("label"):
        assert not one["for"] or one["for"] in ids
    for fieldset in made.all("fieldset"):
        assert any(one.tag == "legend" and one.above[-1] is fieldset for one in made.elements), fieldset.attributes


def test_each_problem_is_in_the_summary_and_at_its_input() -> None:
    shown = wrong()
    made = page(shown)
    assert len(shown.problems) >= 7
    links = [one["href"] for one in made.all("a")]
    assert len(links) == len(shown.problems)
    ids = {one["id"] for one in made.elements}
    assert {link.removeprefix("#") for link in links} <= ids
    told = [one.text for one in made.all("li") if "problems" in one.above[-1]["class"]]
    assert sorted(told) == sorted(problem.sentence for problem in shown.problems)
    (size,) = made.all("input", name="Size")
    assert (size["aria-invalid"], size["value"], size["aria-describedby"]) == ("true", "many", "f-Size-problems")
    (born,) = made.all("input", name="Born")  # a date input would show nothing at all
    assert (born["type"], born["value"]) == ("text", "2026-13-01")
    assert made.all("div", id="form-problems")[0]["role"] == "alert"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("Born", "", "date"), ("Born", "2026-01-05", "date"), ("Born", "2026-13-05", "text"),
        ("Born", "5.1.2026", "text"),
        ("Recurring_Activity-UNTIL", "soon", "text"), ("Recurring_Activity-DTSTART", "2026-01-05", "date"),
        ("Recurring_Activity-DTSTART", "20260105", "text"), ("Remind_At-at", "2026-01-05T09:00", "datetime-local"),
        ("Remind_At-at", "noon", "text"),
        ("Called", "", "datetime-local"), ("Called", "2026-01-05T09:00", "datetime-local"),
        ("Called", "2026-01-05T09:00:30", "datetime-local"), ("Called", "2026-01-05 09:00", "text"),
        ("Called", "2026-01-05T09:00Z", "text"), ("Called", "2026-01-05T25:00", "text"),
        ("Called", "tomorrow at noon", "text"),
    ],
)  # fmt: skip
def test_a_date_input_is_used_only_where_it_can_hold_what_was_typed(name: str, text: str, kind: str) -> None:
    made = page(all_kinds().answered(Reading.of_typed({name: [text]})))
    (found,) = made.all("input", name=name)
    assert (found["type"], found["value"]) == (kind, text)


def test_warnings_alone_do_not_say_that_something_must_be_put_right() -> None:
    made = form("Leads", raw_field("Email", "email"))
    shown = made.answered(made.read({"Email": ["nobody"]}))
    assert not shown.has_errors
    text = page(shown).all("div", id="form-problems")[0]
    assert text["role"] == "status"
    assert "Not saved" not in text.text
    assert "may stay" in text.text


def test_what_the_record_holds_stands_in_its_inputs() -> None:
    made = page(all_kinds(is_update=True).filled(STORED))
    assert made.all("input", name="Called")[0]["value"] == "2026-01-05T09:00"
    ticked = {one["value"] for one in made.all("input", name="Channels") if "checked" in one.attributes}
    assert ticked == {"Mail", "Fax"}
    chosen = [one for one in made.all("option") if "selected" in one.attributes and one.above[-1]["name"] == "Segment"]
    assert [one.text for one in chosen] == ["Antique (not in the list)"]
    assert "checked" in made.all("input", name="Opt_Out", type="checkbox")[0].attributes
    assert made.all("input", name="Listings-delete")[0]["value"] == "431581000000697244"
    assert made.all("input", name="Files-delete")[0]["value"] == "738964000002363016"
    assert made.all("input", name="Items-0-id")[0]["value"] == "900"
    assert made.all("p", id="f-Score")[0].text.startswith("5 worked out by the CRM")
    assert made.all("input", name="Score") == []


def test_the_form_says_what_is_required_unique_and_of_which_type() -> None:
    made = page(all_kinds().blank())
    required = {one["data-field"] for one in made.elements if "data-required" in one.attributes}
    assert required == {"Company", "Note", "Items"}
    assert "Required only (3)" in next(one.text for one in made.all("label") if "Required only" in one.text)
    assert made.all("code", class_="api-name")[0].text.split() == ["Company", "text"]
    (label,) = made.all("label", for_="f-Email")
    assert "unique" in label.text
    (label,) = made.all("label", for_="f-Company")
    assert label.text.startswith("Company <name>")


def test_a_dependent_picklist_carries_what_its_parents_allow() -> None:
    made = page(all_kinds().blank())
    (child,) = made.all("select", name="Segment")
    assert child["data-follows"] == "Industry"
    allowed = {one["value"]: one["data-parents"] for one in made.all("option") if "data-parents" in one.attributes}
    assert allowed == {"New": "Cars", "Used": ""}


def test_rows_can_be_added_moved_and_taken_away_by_plain_buttons() -> None:
    made = all_kinds()
    html = page(made.answered(Reading.of_typed({"Items-order": ["4", "2"]})))
    orders = [
        one["value"] for one in html.all("input", name="Items-order") if "template" not in {a.tag for a in one.above}
    ]
    assert orders == ["", "4", "2"]
    buttons = Counter(one["name"] for one in html.all("button") if "template" not in {above.tag for above in one.above})
    assert (buttons["_add_row"], buttons["_remove_row"], buttons["_move_up"], buttons["_move_down"]) == (1, 2, 2, 2)
    assert html.all("button")[0]["name"] == ""  # what Enter presses sends the form, whatever stands first in it
    copied = {one["name"] for one in html.elements if "template" in {above.tag for above in one.above} and one["name"]}
    assert {"Items-order", "Items-new-Product", "Items-new-Kind", "Items-new-Gift"} <= copied


def test_a_search_without_a_script_offers_what_was_found() -> None:
    made = all_kinds()
    shown = made.answered(made.read({"Account": ["Fairbanks"]}))
    shown.offer("Account", [("3652397000000416001", "Fairbanks Roofing")])
    (found,) = page(shown).all("select", name="Account")
    assert found["id"] == "f-Account"
    values = [one["value"] for one in page(shown).all("option") if one.above[-1]["name"] == "Account"]
    assert values == ["", "Fairbanks Roofing (3652397000000416001)"]


def test_people_are_a_choice_where_they_are_known() -> None:
    made = all_kinds(users=[("55", "Alice"), ("56", "Bob <b>")])
    html = page(made.answered(Reading.of_typed({"Owner": ["56"], "Team": ["55"]})))
    options = [one for one in html.all("option") if one.above[-1]["name"] == "Owner"]
    assert [(one["value"], one.text, "selected" in one.attributes) for one in options] == [
        ("", "–", False), ("55", "Alice", False), ("56", "Bob <b>", True),
    ]  # fmt: skip
    ticked = [one["value"] for one in html.all("input", name="Team") if "checked" in one.attributes]
    assert ticked == ["55"]
    assert made.read({"Company": ["x"], "Note": ["y"], "Owner": ["56"]}).values["Owner"] == {"id": "56"}


def test_what_was_posted_from_the_drawn_form_is_what_stands_in_it() -> None:
    """A browser that sends the blank form back untouched sends nothing but unticked boxes."""
    made = all_kinds()
    posted: dict[str, list[str]] = {}
    for one in page(made.blank()).all("input", "textarea"):
        is_copy = "template" in {above.tag for above in one.above}
        if one["name"] and not is_copy and (one["type"] != "checkbox" or "checked" in one.attributes):
            posted.setdefault(one["name"], []).append(one["value"])
    assert made.read(posted).values == {"Opt_Out": False, "Layout": {"id": made.layout_id}}
