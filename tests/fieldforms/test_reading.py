"""What is typed becomes exactly what the API wants; what cannot is kept as it was typed, with a sentence."""

import math
from typing import Any

import pytest

from console.fieldforms import RecordForm
from crm_client.fields import Field
from crm_client.values import JsonObject
from tests.fieldforms.making import field, form, raw_field

# data type, more of the field, what is typed, what is sent; a missing value: nothing is sent; a rule: why not
NOTHING = object()
TYPED: list[tuple[str, JsonObject, str, Any]] = [
    ("text", {}, "  Mike O'Leary ", "Mike O'Leary"),
    ("text", {}, "   ", NOTHING),
    ("text", {}, "<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("textarea", {}, "line 1\r\nline 2\r", "line 1\nline 2\n"),
    ("textarea", {}, " \r\n ", NOTHING),
    ("email", {}, " p.boyle@zylker.com", "p.boyle@zylker.com"),
    ("picklist", {"values": "Open"}, "Open", "Open"),
    ("picklist", {"values": "Open"}, "-None-", NOTHING),
    ("picklist", {"values": "Open"}, "", NOTHING),
    ("integer", {}, "250", 250),
    ("integer", {}, "-007", -7),
    ("bigint", {}, "0012345600012", "0012345600012"),
    ("bigint", {}, "123456789012345678", "123456789012345678"),
    ("double", {"length": 16, "decimal_place": 9}, "250000.9", 250000.9),
    ("double", {"length": 16, "decimal_place": 9}, ".5", 0.5),
    ("double", {"length": 16, "decimal_place": 9}, "100.0", 100),
    ("currency", {"length": 16}, "9999999999999999", 9999999999999999),
    ("percent", {"length": 5}, "25", 25),
    ("boolean", {}, "true", True),
    ("boolean", {}, "false", False),
    ("date", {}, "2017-08-16", "2017-08-16"),
    ("datetime", {}, "2017-08-16T14:32", "2017-08-16T14:32:00+02:00"),
    ("datetime", {}, "2017-12-16 14:32:23", "2017-12-16T14:32:23+01:00"),
    ("datetime", {}, "2017-08-16T14:32:23+05:30", "2017-08-16T14:32:23+05:30"),
    ("datetime", {}, "2017-08-16T14:32:23Z", "2017-08-16T14:32:23+00:00"),
    ("lookup", {}, "Acme (GmbH) (3652397000000416001)", {"id": "3652397000000416001"}),
    ("lookup", {}, "3652397000000416001", {"id": "3652397000000416001"}),
    ("ownerlookup", {}, "Bob (5725767000000411001)", {"id": "5725767000000411001"}),
    (
        "linetax",
        {},
        "Sales Tax: 10\n\nVat 7.5%",
        [{"name": "Sales Tax", "percentage": 10}, {"name": "Vat", "percentage": 7.5}],
    ),
    ("text", {"api_name": "Tag"}, "new,  old , new", [{"name": "new"}, {"name": "old"}]),
]
WRONG: list[tuple[str, str, str]] = [  # data type, what is typed, the rule
    ("integer", "12a", "type"),
    ("integer", "1,000", "type"),
    ("integer", "1.5", "type"),
    ("integer", "٣", "type"),
    ("integer", "9" * 5000, "type"),
    ("integer", "9" * 30, "digits"),
    ("bigint", "12 34", "type"),
    ("bigint", "9" * 5000, "type"),
    ("double", "1,5", "type"),
    ("double", "1e5", "type"),
    ("double", "nan", "type"),
    ("double", "9" * 5000, "type"),
    ("double", "1234567890123.123456789", "precision"),
    ("date", "16.08.2017", "type"),
    ("date", "2017-02-30", "type"),
    ("date", "0000-00-00", "type"),
    ("datetime", "2017-08-16", "type"),
    ("datetime", "tomorrow", "type"),
    ("datetime", "2017-03-26T02:30", "type"),  # clocks went from 02:00 to 03:00 that night
    ("lookup", "Acme", "choose"),
    ("lookup", "Acme 3652397000000416001", "choose"),
    ("lookup", "(1 or 1)", "choose"),
    ("text", "a\0b", "characters"),
    ("text", "a\ud800b", "characters"),
    ("linetax", "Sales Tax", "tax"),
    ("multi_module_lookup", "3652397000000416001", "module"),
]


def one(data_type: str, **more: Any) -> RecordForm:
    name = more.pop("api_name", "F")
    return form("Leads", raw_field(name, data_type, **more), zone="Europe/Berlin")


@pytest.mark.parametrize(("data_type", "more", "typed", "sent"), TYPED)
def test_typed_text_becomes_the_apis_own_value(data_type: str, more: JsonObject, typed: str, sent: Any) -> None:
    made = one(data_type, **more)
    name = more.get("api_name", "F")
    reading = made.read({name: [typed]})
    assert [problem.sentence for problem in reading.problems] == []
    found = reading.values.get(name, NOTHING)
    assert found == sent or (found is sent)
    assert type(found) is type(sent)


@pytest.mark.parametrize(("data_type", "typed", "rule"), WRONG)
def test_what_cannot_be_sent_is_kept_as_typed_and_explained(data_type: str, typed: str, rule: str) -> None:
    made = one(data_type)
    reading = made.read({"F": [typed]})
    assert [problem.rule for problem in reading.problems] == [rule]
    assert reading.has_errors
    assert rule == "digits" or reading.values == {}
    shown = made.answered(reading)
    assert shown.by_name["F"].text == typed
    assert shown.by_name["F"].problems == reading.problems
    assert len(reading.problems[0].sentence) < 400


def test_names_that_are_no_fields_of_the_form_never_pass() -> None:
    made = form("Leads", raw_field("Company"), raw_field("Score", "formula"), raw_field("Locked", read_only=True))
    posted = {
        "Company": ["x"], "Score": ["5"], "Locked": ["y"], "Owner": ["5"], "id": ["5"], "$approved": ["false"],
        "_trigger": ["workflow"], "Company-0-x": ["5"], "__proto__": ["x"], "Layout": ["1"], "data[0]": ["x"],
    }  # fmt: skip
    reading = made.read(posted)
    assert reading.values == {"Company": "x"}
    assert set(reading.typed) == {"Company"}


def test_a_layout_is_sent_only_if_it_is_the_forms_own() -> None:
    made = form("Leads", raw_field("Company"))
    assert made.read({"Company": ["x"], "Layout": [made.layout_id]}).values["Layout"] == {"id": "554023000002734009"}
    assert "Layout" not in made.read({"Company": ["x"], "Layout": ["554023000002734010"]}).values


def test_nothing_posted_is_nothing_sent_and_what_is_required_is_named() -> None:
    made = form("Leads", raw_field("Last_Name", mandatory=True), raw_field("Opt_Out", "boolean"))
    reading = made.read({})
    assert reading.values == {}
    assert [problem.rule for problem in reading.problems] == ["required"]


def test_an_unreadable_value_is_complained_about_once() -> None:
    made = form("Leads", raw_field("Size", "integer", mandatory=True))
    assert [problem.rule for problem in made.read({"Size": ["many"]}).problems] == ["type"]


def test_a_name_typed_into_a_lookup_can_be_searched_and_chosen_without_a_script() -> None:
    made = form("Leads", raw_field("Account", "lookup", lookup={"module": {"api_name": "Accounts", "id": "1"}}))
    reading = made.read({"Account": ["Fairbanks"]})
    (wanted,) = reading.to_find
    assert (wanted.name, wanted.modules, wanted.text) == ("Account", ("Accounts",), "Fairbanks")
    shown = made.answered(reading)
    shown.offer("Account", [("3652397000000416001", "Fairbanks (Roofing)")])
    assert shown.by_name["Account"].offers == [("3652397000000416001", "Fairbanks (Roofing)")]
    assert made.read({"Account": ["Fairbanks (Roofing) (3652397000000416001)"]}).values["Account"] == {
        "id": "3652397000000416001"
    }


def test_a_lookup_into_several_modules_says_which_one() -> None:
    made = form(
        "Deals", raw_field("Collateral", "multi_module_lookup", multi_module_lookup={"modules": [{"api_name": "Cars"}]})
    )
    reading = made.read({"Collateral": ["VW (77)"], "Collateral-module": ["Cars"]})
    assert reading.values == {"Collateral": {"id": "77", "module": {"api_name": "Cars"}}}
    assert [one.rule for one in made.read({"Collateral": ["77"], "Collateral-module": ["Users"]}).problems] == [
        "module"
    ]


def test_the_module_of_a_related_record_is_found_wherever_the_crm_says_it() -> None:
    calls = form("Calls", raw_field("What_Id", "lookup"))
    assert calls.typed_of({"What_Id": {"id": "7", "name": "Deal"}, "$se_module": "Deals"}) == {
        "What_Id": ["Deal (7)"], "What_Id-module": ["Deals"],
    }  # fmt: skip
    beside = {"What_Id": {"id": "7", "name": "Deal", "module": {"api_name": "Leads"}}, "$se_module": "Deals"}
    assert calls.typed_of(beside)["What_Id-module"] == ["Leads"]
    assert calls.typed_of({"$se_module": "Contacts"})["What_Id-module"] == [""]


def test_times_are_in_the_users_zone_and_an_unknown_zone_is_said_to_be_utc() -> None:
    fields = [Field.from_api(raw_field("At", "datetime"))]
    for zone, offset in (("Asia/Kolkata", "+05:30"), ("America/New_York", "-05:00"), ("Not/A_Zone", "+00:00")):
        made = RecordForm.of("Leads", fields, zone=zone)
        assert made.read({"At": ["2026-01-05T09:00"]}).values["At"] == f"2026-01-05T09:00:00{offset}"
        assert made.zone_name == (zone if zone != "Not/A_Zone" else "UTC")
    for hostile in ("", "../../etc/passwd", "\0", "x" * 5000, "/etc/localtime"):
        assert RecordForm.of("Leads", fields, zone=hostile).zone_name == "UTC"


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        ({"INTERVAL": "2", "UNTIL": "2026-01-01"}, "repetition"),
        ({"FREQ": "HOURLY"}, "repetition"),
        ({"FREQ": "DAILY", "INTERVAL": "0"}, "repetition"),
        ({"FREQ": "DAILY", "INTERVAL": "9" * 5000}, "repetition"),
        ({"FREQ": "DAILY", "DTSTART": "2026-02-01", "UNTIL": "2026-01-01"}, "repetition"),
        ({"FREQ": "DAILY", "UNTIL": "soon"}, "type"),
        ({"FREQ": "DAILY", "more": "BYDAY=MO;evil stuff"}, "repetition"),
    ],
)
def test_a_repetition_that_makes_no_sense_is_refused(parts: dict[str, str], rule: str) -> None:
    made = form("Tasks", raw_field("Subject"), raw_field("Recurring_Activity", "RRULE"))
    posted = {"Subject": ["x"]} | {f"Recurring_Activity-{name}": [text] for name, text in parts.items()}
    assert [one.rule for one in made.read(posted).problems] == [rule]


def test_a_repetition_keeps_the_parts_that_have_no_input() -> None:
    made = form("Tasks", raw_field("Subject"), raw_field("Recurring_Activity", "RRULE"))
    stored = {"Recurring_Activity": {"RRULE": "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=4"}}
    typed = made.typed_of(stored)
    assert typed["Recurring_Activity-more"] == ["BYDAY=MO,WE;COUNT=4"]
    typed["Recurring_Activity-INTERVAL"] = ["3"]
    assert made.read(typed, before=stored).values["Recurring_Activity"] == {
        "RRULE": "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,WE;COUNT=4"
    }


@pytest.mark.parametrize(
    ("parts", "sent"),
    [
        ({"ACTION": "POPUP", "at": "2026-01-05T09:00"}, "ACTION=POPUP;TRIGGER=2026-01-05T09:00:00+00:00"),
        ({"ACTION": "EMAIL"}, None),
        ({"TRIGGER": "-P1D"}, None),
        ({"ACTION": "EMAIL", "TRIGGER": "-P1D"}, None),
        ({"ACTION": "EMAIL", "TRIGGER": "-P7D", "TRIGGER_TIME": "10:00"}, None),
        ({"ACTION": "EMAIL", "TRIGGER": "-P1D", "TRIGGER_TIME": "24:00"}, None),
        ({"ACTION": "EMAIL", "TRIGGER": "-P1D", "at": "2026-01-05T09:00"}, None),
    ],
)
def test_a_tasks_reminder_has_a_way_and_one_time(parts: dict[str, str], sent: str | None) -> None:
    made = form("Tasks", raw_field("Subject"), raw_field("Remind_At", "ALARM"))
    reading = made.read({"Subject": ["x"]} | {f"Remind_At-{name}": [text] for name, text in parts.items()})
    assert reading.values.get("Remind_At") == ({"ALARM": sent} if sent else None)
    assert [one.rule for one in reading.problems] == ([] if sent else ["reminder"])


def test_the_time_of_a_reminder_has_four_digits() -> None:
    made = form("Events", raw_field("Remind_At", "multireminder"))
    for typed, sent in (("9.30", "09.30"), ("09:05", "09:05"), ("noon", "noon")):
        posted = {"Remind_At-order": ["0"], "Remind_At-0-unit": ["1"], "Remind_At-0-period": ["days"]}
        reading = made.read(posted | {"Remind_At-0-time": [typed]})
        assert reading.values["Remind_At"] == [{"unit": 1, "period": "days", "time": sent}]
        assert ("reminder" in {problem.rule for problem in reading.problems}) is (typed == "noon")


def test_rows_without_their_order_stand_by_number() -> None:
    made = form("Leads", raw_field("Items", "subform"), subforms={"Items": [field("Q", "integer")]})
    posted = {
        "Items-10-Q": ["3"],
        "Items-9-Q": ["2"],
        "Items-x-Q": ["4"],
        "Other-1-Q": ["5"],
        "Items": ["6"],
        "1-Q": ["7"],
    }
    assert made.read(posted).values == {"Items": [{"Q": 2}, {"Q": 3}]}
    assert made.read({"Other-1-Q": ["5"]}).values == {}
    assert made.read(posted | {"Items-order": ["10", "", "x", "9", "10"]}).values == {"Items": [{"Q": 3}, {"Q": 2}]}


def test_numbers_arrive_as_they_were_typed() -> None:
    made = one("double", length=16, decimal_place=9)
    for text in ("0.1", "0.30000000000000004", "123456.789", "-0.000001", "1", "0"):
        value = made.read({"F": [text]}).taken.get("F")
        assert value is not None
        assert math.isclose(float(text), value, rel_tol=0, abs_tol=0)
