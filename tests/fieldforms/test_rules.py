"""The one validation engine: what the CRM would refuse, said before it is asked, naming field, row and rule."""

from typing import Any

import pytest

from console.fieldforms import Dependency, RuleBook
from console.fieldforms.rules_values import duration
from crm_client.fields import Field
from crm_client.values import JsonObject
from tests.fieldforms.making import book, field, raw_field

ID = {"id": "3652397000000416001"}
LATER, EARLIER = "2999-01-01T10:00:00+00:00", "2021-02-23T13:30:00+05:30"

# data type, more of the field, value, the rule that is broken ("" none; with "?" a warning)
VALUES: list[tuple[str, JsonObject, Any, str]] = [
    ("text", {"length": 5}, "abcde", ""),
    ("text", {"length": 5}, "abcdef", "length"),
    ("text", {"length": 4}, "😀😀", ""),
    ("text", {"length": 3}, "😀😀", "length"),
    ("text", {}, "x" * 255, ""),
    ("text", {}, "x" * 256, "length"),
    ("text", {}, 5, "type"),
    ("text", {}, "a\0b", "characters"),
    ("textarea", {"textarea": {"type": "small"}, "length": 2000}, "x" * 2001, "length"),
    ("textarea", {"textarea": {"type": "rich_text"}}, "x" * 50_000, ""),
    ("textarea", {"textarea": {"type": "rich_text"}}, "x" * 50_001, "length"),
    ("email", {}, "p.boyle@zylker.com", ""),
    ("email", {}, "p.boyle@zylker", "format?"),
    ("email", {"length": 100}, "a" * 100 + "@b.com", "length"),
    ("phone", {}, "+91 9900000000", ""),
    ("phone", {}, "(555) 555 5555", "format?"),
    ("website", {}, "zylker.com/path?x=1", ""),
    ("website", {}, "http://localhost", "format?"),
    ("picklist", {"values": "Open|Won"}, "Open", ""),
    ("picklist", {"values": "Open|Won"}, "Lost", "not_in_list?"),
    ("picklist", {}, "Lost", "not_in_list?"),
    ("picklist", {"values": "Open"}, ["Open"], "type"),
    ("picklist", {}, "x" * 121, "length"),
    ("multiselectpicklist", {"values": "A|B"}, ["A", "B"], ""),
    ("multiselectpicklist", {"values": "A|B"}, ["A", "C"], "not_in_list?"),
    ("multiselectpicklist", {"values": "A|B"}, "A;B", "type"),
    ("multiselectpicklist", {"values": "A|BB", "length": 3}, ["A", "BB"], ""),
    ("multiselectpicklist", {"values": "A", "length": 3}, ["A", "AAA"], "length not_in_list?"),
    ("integer", {"length": 9}, 999_999_999, ""),
    ("integer", {"length": 9}, -999_999_999, ""),
    ("integer", {}, 1_000_000_000, "digits"),
    ("integer", {"length": 2}, 100, "digits"),
    ("integer", {}, "250", "type"),
    ("integer", {}, True, "type"),
    ("integer", {}, 1.0, "type"),
    ("integer", {"range": {"from": 1, "to": 10}}, 11, "range?"),
    ("integer", {"range": {"from": "1", "to": "10"}}, 0, "range?"),
    ("bigint", {}, "001234567890123456", ""),
    ("bigint", {}, "1234567890123456789", "digits"),
    ("bigint", {}, 12345, "type"),
    ("bigint", {}, "12.5", "type"),
    ("double", {"length": 16, "decimal_place": 2}, 250000.9, ""),
    ("double", {"length": 16, "decimal_place": 2}, 0.125, "decimals"),
    ("double", {"length": 3, "decimal_place": 2}, 1000, "digits"),
    ("double", {"decimal_place": 0}, 1.5, "decimals"),
    ("double", {}, 1e-9, ""),
    ("double", {}, 1e-10, "decimals"),
    ("double", {}, 1e300, "digits"),
    ("double", {}, float("nan"), "type"),
    ("currency", {"length": 16, "decimal_place": 2}, "12", "type"),
    ("percent", {"length": 5, "decimal_place": 2}, 99999, ""),
    ("percent", {"length": 5, "decimal_place": 2}, 100000, "digits"),
    ("boolean", {}, False, ""),
    ("boolean", {}, "false", "type"),
    ("date", {}, "2024-02-29", ""),
    ("date", {}, "2023-02-29", "type"),
    ("date", {}, "16.08.2026", "type"),
    ("datetime", {}, "2017-08-16T14:32:23+05:30", ""),
    ("datetime", {}, "2017-08-16T14:32:23", "type"),
    ("datetime", {}, "2017-08-16", "type"),
    ("lookup", {}, ID, ""),
    ("lookup", {}, {"id": 3652397000000416001}, "type"),
    ("lookup", {}, "3652397000000416001", "type"),
    ("lookup", {}, {"name": "Acme"}, "type"),
    ("userlookup", {}, {"id": "1 or 1"}, "type"),
    ("multiselectlookup", {}, [{"F": ID}], ""),
    ("multiselectlookup", {}, [{"F": ID}, {"F": ID}], "twice"),
    ("multiselectlookup", {}, [{"F": ID}, {"id": "5", "_delete": None}], ""),
    ("multiselectlookup", {}, [{"Other": ID}], "type"),
    ("fileupload", {"length": 1}, [{"File_Id__s": "a"}], ""),
    ("fileupload", {"length": 1}, [{"File_Id__s": "a"}, {"id": "5", "_delete": None}], ""),
    ("fileupload", {"length": 1}, [{}], "type"),
    ("fileupload", {}, "2cxx2fa", "type"),
    ("multiselectlookup", {}, "3652397000000416001", "type"),
    ("multiuserlookup", {}, [[]], "type"),
    ("linetax", {}, "Vat: 10", "type"),
    ("linetax", {}, [{"name": "Vat", "percentage": "10"}], "type"),
    ("fileupload", {"length": 1}, [{"id": "5"}], "type"),
    ("integer", {}, "", "type"),
    ("lookup", {}, [], "type"),
    ("multiselectpicklist", {}, "", "type"),
    ("text", {}, [], "type"),
    ("text", {}, "", ""),
    ("subform", {}, [], ""),
    ("date", {}, None, ""),
    ("imageupload", {"length": 2}, [{"File_Id__s": "a"}, {"File_Id__s": "b"}, {"File_Id__s": "c"}], "many"),
    ("subform", {}, [{"Q": 1}], ""),
    ("subform", {}, [{"Q": "1"}], "type"),
    ("subform", {}, [{"Q": None}], "required"),
    ("subform", {}, [{"id": "7"}], "required"),
    ("subform", {}, [{"Q": 1}] * 101, "rows"),
    ("subform", {}, {"Q": 1}, "type"),
    ("RRULE", {}, {"RRULE": "FREQ=DAILY;DTSTART=2026-05-20;UNTIL=2026-05-28"}, ""),
    ("RRULE", {}, {"RRULE": "FREQ=DAILY;DTSTART=2026-05-20"}, "repetition?"),
    ("RRULE", {}, {"RRULE": "FREQ=DAILY;COUNT=2"}, "repetition?"),
    ("RRULE", {}, {"RRULE": "FREQ=SOMETIMES;DTSTART=2026-05-20;COUNT=2"}, "repetition"),
    ("ALARM", {}, {"ALARM": "ACTION=EMAIL;TRIGGER=2026-05-20T10:00:00+05:30"}, ""),
    ("ALARM", {}, {"ALARM": "ACTION=EMAIL;TRIGGER=DATE-TIME:2026-05-20T10:00:00+05:30"}, ""),
    ("ALARM", {}, {"ALARM": "ACTION=SHOUT;TRIGGER=-P1D;TRIGGER_TIME=10:00"}, "reminder"),
    ("ALARM", {}, {"ALARM": "ACTION=EMAIL;TRIGGER=-P9D;TRIGGER_TIME=10:00"}, "type"),
    ("RRULE", {}, "FREQ=DAILY", "type"),
    ("ALARM", {}, {"ALARM": "ACTION=EMAIL"}, "type"),
    ("linetax", {}, [{"name": "Vat", "percentage": 1}], ""),
    ("linetax", {}, [{"name": "Vat"}], "type"),
    ("formula", {}, 5, "read_only"),
    ("autonumber", {}, "L-1", "read_only"),
    ("from_another_planet", {}, "x", "read_only"),
]


@pytest.mark.parametrize(("data_type", "more", "value", "broken"), VALUES)
def test_each_type_has_its_limits(data_type: str, more: JsonObject, value: Any, broken: str) -> None:
    rules = book(
        "Leads",
        raw_field("F", data_type, label="The <b>field", **more),
        subforms={"F": [field("Q", "integer", mandatory=True)]},
    )
    found = rules.check({"F": value}, row=3)
    assert sorted(problem.rule + "?" * problem.is_warning for problem in found) == broken.split()
    for problem in found:
        assert problem.field == "F"
        assert problem.sentence.startswith("Row 3: “")
        assert "The <b>field" in problem.text


def test_required_by_the_system_and_by_the_layout_are_told_apart() -> None:
    fields = (raw_field("Last_Name", mandatory=True), raw_field("Company"), raw_field("City"))
    rules = book("Leads", *fields, required="Company")
    assert [problem.sentence for problem in rules.check({}, row=12)] == [
        "Row 12: “Last Name” must be filled in.",
        "Row 12: “Company” must be filled in on the layout “Standard”.",
    ]
    without = RuleBook.of("Leads", [Field.from_api(one) for one in fields])
    assert [problem.path for problem in without.check({"Last_Name": "", "Company": None})] == ["Last_Name"]
    for empty in (None, "", "-None-"):
        assert [problem.path for problem in rules.check({"Last_Name": empty, "Company": "x"})] == ["Last_Name"]


def test_an_update_is_held_to_what_it_sends() -> None:
    rules = book("Leads", raw_field("Last_Name", mandatory=True), raw_field("Company"), required="Company")
    assert rules.check({"id": "5"}, is_update=True) == []
    assert [problem.rule for problem in rules.check({"Company": None}, is_update=True)] == ["required"]


def test_a_meeting_needs_a_reminder_where_the_metadata_says_so() -> None:
    rules = book("Events", raw_field("Event_Title"), raw_field("Remind_At", "multireminder", mandatory=True))
    assert [problem.rule for problem in rules.check({"Event_Title": "x"})] == ["required"]


def test_rows_that_are_there_already_are_held_to_what_they_change() -> None:
    rules = book("Leads", raw_field("F", "subform"), subforms={"F": [field("Q", "integer", mandatory=True)]})
    assert rules.check({"F": [{"id": "7"}]}, is_update=True) == []
    stored = {"F": [{"id": str(number)} for number in range(100)]}
    assert rules.check({"F": [{"id": "7"}]}, is_update=True, before=stored) == []
    assert [one.rule for one in rules.check({"F": [{"Q": 1}]}, is_update=True, before=stored)] == ["rows"]
    gone = [{"Q": 1}, {"id": "7", "_delete": None}]
    assert rules.check({"F": gone}, is_update=True, before=stored) == []


def test_what_the_api_always_asks_for_is_required_even_if_metadata_forgets_it() -> None:
    assert [
        problem.path for problem in book("Cases", raw_field("Case_Origin", "picklist", values="Web")).check({})
    ] == ["Case_Origin"]


def test_a_field_that_the_module_does_not_have_is_named() -> None:
    found = book("Leads", raw_field("Company")).check({"Compnay": "x", "$approved": False, "Layout": ID, "id": "5"})
    assert [problem.text for problem in found] == ["The module has no field with the API name “Compnay”."]


def test_a_dependent_value_must_go_with_its_parent_whichever_is_sent() -> None:
    maps = [
        {"api_name": "Segment", "id": "1", "pick_list_values": [{"actual_value": "Car", "display_value": "Car loans"}]}
    ]
    industry = raw_field("Industry", "picklist", values="Vehicles|Houses")
    industry["pick_list_values"][0]["maps"] = maps
    rules = book("Leads", industry, raw_field("Segment", "picklist", values="Car|Flat"))
    assert rules.check({"Industry": "Vehicles", "Segment": "Car"}) == []
    assert rules.check({"Industry": "Houses", "Segment": "Flat"}) == []
    assert rules.check({"Segment": "Flat"}) == []
    (problem,) = rules.check({"Industry": "Vehicles", "Segment": "Flat"})
    assert (problem.rule, problem.path, problem.is_warning) == ("dependent", "Segment", True)
    assert problem.sentence == "“Segment” “Flat” does not go with “Industry” “Vehicles”. It allows Car."
    stored = {"Industry": "Houses", "Segment": "Flat"}
    assert [one.rule for one in rules.check({"Industry": "Vehicles"}, is_update=True, before=stored)] == ["dependent"]
    assert rules.check({"City": None}, is_update=True, before={"Industry": "Vehicles", "Segment": "Flat"})[0].rule == (
        "unknown_field"
    )


def test_dependencies_may_be_given_beside_the_layout() -> None:
    given = Dependency("Lead_Status", "Lead_Source", {"Contacted": frozenset({"Referral"})})
    fields = (
        raw_field("Lead_Status", "picklist", values="Contacted"),
        raw_field("Lead_Source", "picklist", values="Web"),
    )
    rules = book("Leads", *fields, dependencies=[given])
    assert [one.rule for one in rules.check({"Lead_Status": "Contacted", "Lead_Source": "Web"})] == ["dependent"]


DEALS = book(
    "Deals",
    raw_field("Deal_Name", mandatory=True),
    raw_field("Pipeline", "picklist", values="Standard|Fast"),
    raw_field("Stage", "picklist", values="Open|Won|Express", mandatory=True),
    raw_field("Probability", "percent"),
    pipelines={"Standard": ["Open", "Won"], "Fast": ["Express"]},
)
CALLS = book(
    "Calls",
    raw_field("Subject", mandatory=True),
    raw_field("Call_Type", "picklist", values="Inbound|Outbound|Missed", mandatory=True),
    raw_field("Call_Start_Time", "datetime", mandatory=True),
    raw_field("Call_Duration", mandatory=True),
    raw_field("Outbound_Call_Status", "picklist", values="Scheduled|Completed"),
    raw_field("Who_Id", "lookup"),
    raw_field("What_Id", "lookup"),
)
EVENTS = book(
    "Events",
    raw_field("Event_Title", mandatory=True),
    raw_field("Start_DateTime", "datetime"),
    raw_field("End_DateTime", "datetime"),
    raw_field("Remind_At", "multireminder"),
    raw_field("Recurring_Activity", "RRULE"),
    raw_field("Participants", "participants"),
    raw_field("What_Id", "lookup"),
)
TASKS = book(
    "Tasks", raw_field("Subject"), raw_field("Remind_At", "ALARM"), raw_field("Recurring_Activity", "RRULE"),
    raw_field("What_Id", "lookup"),
)  # fmt: skip
PRICES = book("Price_Books", raw_field("Price_Book_Name"), raw_field("Pricing_Details", "subform"))
QUOTES = book("Quotes", raw_field("Subject"), raw_field("Quoted_Items", "subform"))
DEAL = {"Deal_Name": "x", "Pipeline": "Standard", "Stage": "Open"}
CALL = {"Subject": "x", "Call_Type": "Outbound", "Call_Start_Time": EARLIER, "Call_Duration": "10:00"}
MEETING = {"Start_DateTime": EARLIER, "End_DateTime": EARLIER, "Event_Title": "x"}
REMINDER = [{"unit": 15, "period": "minutes"}]
DAILY = {"RRULE": "FREQ=DAILY;DTSTART=2026-05-20;COUNT=3"}
BEFORE, AT = {"ALARM": "ACTION=EMAIL;TRIGGER=-P1D;TRIGGER_TIME=10:00"}, {"ALARM": f"ACTION=POPUP;TRIGGER={LATER}"}

# rules, record, "path rule" of each problem, warnings with "?"
RECORDS: list[tuple[RuleBook, JsonObject, list[str]]] = [
    (DEALS, DEAL, []),
    (DEALS, {**DEAL, "Stage": "Express"}, ["Stage pipeline"]),
    (DEALS, {"Deal_Name": "x", "Stage": "Open"}, ["Pipeline required"]),
    (DEALS, {**DEAL, "Probability": 101}, ["Probability range"]),
    (DEALS, {**DEAL, "Probability": 100}, []),
    (DEALS, {**DEAL, "Pipeline": "Slow"}, ["Pipeline one_of"]),
    (CALLS, CALL, []),
    (CALLS, {**CALL, "Call_Duration": "00:00"}, ["Call_Duration call_duration"]),
    (CALLS, {**CALL, "Call_Duration": "ten"}, ["Call_Duration format"]),
    (CALLS, {**CALL, "Call_Duration": None}, ["Call_Duration required"]),
    (CALLS, {**CALL, "Call_Type": "Sideways"}, ["Call_Type one_of"]),
    (CALLS, {"Subject": "x", "Call_Type": "Missed"}, []),
    (CALLS, {"Subject": "x", "Call_Type": "Inbound"}, ["Call_Duration required", "Call_Start_Time required"]),
    (CALLS, {**CALL, "Outbound_Call_Status": "Scheduled", "Who_Id": ID}, ["Call_Start_Time scheduled"]),
    (CALLS, {**CALL, "Outbound_Call_Status": "Scheduled", "Call_Start_Time": LATER}, ["Who_Id scheduled?"]),
    (CALLS, {"Subject": "x", "Call_Type": "Outbound", "Outbound_Call_Status": "Scheduled", "Call_Start_Time": LATER,
             "Who_Id": ID}, []),
    (CALLS, {**CALL, "What_Id": ID}, ["What_Id module"]),
    (CALLS, {**CALL, "What_Id": ID, "$se_module": "Leads"}, []),
    (EVENTS, {**MEETING, "Remind_At": REMINDER}, []),
    (EVENTS, MEETING, ["Remind_At reminder?"]),
    (EVENTS, {**MEETING, "Recurring_Activity": DAILY}, ["Remind_At required"]),
    (EVENTS, {**MEETING, "Remind_At": REMINDER, "Start_DateTime": LATER}, ["End_DateTime order"]),
    (EVENTS, {**MEETING, "Remind_At": [{"unit": 1, "period": "days", "time": "10.30"}]}, []),
    (EVENTS, {**MEETING, "Remind_At": [{"unit": 1, "period": "days", "time": "25.30"}]},
     ["Remind_At[0].time reminder"]),
    (EVENTS, {**MEETING, "Remind_At": [{"unit": 61, "period": "minutes"}]}, ["Remind_At[0].unit range"]),
    (EVENTS, {**MEETING, "Remind_At": [{"unit": 6, "period": "moons"}]}, ["Remind_At[0].period one_of"]),
    (EVENTS, {**MEETING, "Remind_At": REMINDER, "What_Id": ID, "$se_module": "Leads"}, ["What_Id module"]),
    (EVENTS, {**MEETING, "Remind_At": REMINDER, "What_Id": ID, "$se_module": "Deals"}, []),
    (EVENTS, {**MEETING, "Remind_At": REMINDER, "Participants": [{"type": "email", "Email": "a@b.com"}] * 50}, []),
    (EVENTS, {**MEETING, "Remind_At": REMINDER, "Participants": [{"type": "email", "Email": "a@b.com"}] * 51},
     ["Participants many"]),
    (EVENTS, {**MEETING, "Remind_At": REMINDER, "Participants": [{"type": "email"}, {"type": "lead"}, {}]},
     ["Participants[0].Email participant", "Participants[1].participant participant",
      "Participants[2].type participant"]),
    (TASKS, {"Subject": "x", "Remind_At": BEFORE}, ["Remind_At reminder"]),
    (TASKS, {"Subject": "x", "Remind_At": BEFORE, "Recurring_Activity": DAILY}, []),
    (TASKS, {"Subject": "x", "Remind_At": AT}, []),
    (TASKS, {"Subject": "x", "What_Id": ID, "$se_module": "Leads"}, []),
    (PRICES, {"Price_Book_Name": "x", "Pricing_Details": [{"from_range": 1, "to_range": 10, "discount": 0}]}, []),
    (PRICES, {"Price_Book_Name": "x"}, ["Pricing_Details required"]),
    (PRICES, {"Price_Book_Name": "x", "Pricing_Details": [{"from_range": 10, "to_range": 1, "discount": 0}]},
     ["Pricing_Details[0].to_range order"]),
    (PRICES, {"Price_Book_Name": "x", "Pricing_Details": [{"from_range": 1, "to_range": 5, "discount": 0},
                                                          {"from_range": 5, "to_range": 9, "discount": 0}]},
     ["Pricing_Details[1].from_range overlap?"]),
    (QUOTES, {"Subject": "x"}, ["Quoted_Items required"]),
    (QUOTES, {"Subject": "x", "Quoted_Items": [{"Quantity": 0}]},
     ["Quoted_Items[0].Product_Name required", "Quoted_Items[0].Quantity quantity?"]),
    (QUOTES, {"Subject": "x", "Quoted_Items": [{"Product_Name": ID, "Quantity": 2}]}, []),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "record", "broken"), RECORDS)
def test_the_rules_between_fields_of_each_module(rules: RuleBook, record: JsonObject, broken: list[str]) -> None:
    found = rules.check(record)
    assert sorted(f"{one.path} {one.rule}{'?' * one.is_warning}" for one in found) == broken
    assert all(one.text.endswith(".") for one in found)


def test_an_edit_is_held_to_the_rules_between_fields_with_what_the_record_holds() -> None:
    assert DEALS.check({"Stage": "Express"}, is_update=True, before=DEAL)[0].rule == "pipeline"
    assert DEALS.check({"Deal_Name": "y"}, is_update=True, before=DEAL) == []
    assert DEALS.check({"Pipeline": "Standard"}, is_update=True, before=DEAL) == []
    without = DEALS.check({"Pipeline": "Standard"}, is_update=True, before={"Deal_Name": "x"})
    assert [(one.path, one.rule) for one in without] == [("Stage", "required")]
    assert CALLS.check({"Call_Type": "Missed"}, is_update=True, before=CALL) == []
    assert [one.rule for one in CALLS.check({"Call_Duration": "0:00"}, is_update=True, before=CALL)] == [
        "call_duration"
    ]
    old = {**CALL, "Outbound_Call_Status": "Scheduled", "Who_Id": ID}
    assert CALLS.check({"Subject": "only this"}, is_update=True, before=old) == []


def test_tags_have_names() -> None:
    rules = book("Leads", raw_field("Tag"))
    assert rules.check({"Tag": [{"name": "new"}]}) == []
    for wrong in ("new", ["new"], [{"id": "5"}]):
        assert [(one.rule, one.is_warning) for one in rules.check({"Tag": wrong})] == [("type", False)]


def test_unique_fields_are_named_for_whoever_asks_the_crm() -> None:
    rules = book(
        "Leads",
        raw_field("Email", "email", unique={"case_sensitive": False}),
        raw_field("Code", unique={"casesensitive": True}),
        raw_field("Number", "autonumber", unique={"case_sensitive": False}),
        raw_field("Company"),
    )
    assert [(slot.api_name, slot.is_case_sensitive) for slot in rules.unique_fields] == [
        ("Email", False),
        ("Code", True),
    ]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("10:00", 600), ("00:00", 0), ("1:05", 65), ("99999:59", 5_999_999), ("10", None), ("", None), (":10", None),
        ("10:", None), ("10:60", None), ("10:5", None), ("a:10", None), ("10:1a", None), ("١٠:00", None),
        ("10:٠٠", None), ("²:10", None), ("123456:00", None), ("10:00:00", None), ("-1:00", None),
    ],
)  # fmt: skip
def test_the_length_of_a_call_has_two_numbers(text: str, length: int | None) -> None:
    assert duration(text) == length
