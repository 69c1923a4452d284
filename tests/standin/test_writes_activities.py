"""Rules of calls, meetings and tasks: what each kind wants, what recurs, what reminds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crm_client.standin import StandIn
from crm_client.standin.items import ItemError, Place
from crm_client.standin.recurring import days
from tests.standin.writing import Clerk, codes

CALL = {
    "Subject": "Talk",
    "Call_Type": "Outbound",
    "Call_Start_Time": "2021-02-23T13:30:00+05:30",
    "Call_Duration": "10:05",
}
SOON = "2099-01-01T10:00:00+00:00"


@pytest.fixture(scope="module")
def alice() -> Iterator[Clerk]:
    """One organisation for all of them: the records do not disturb each other."""
    with StandIn() as running:
        yield Clerk(running)


@pytest.mark.parametrize(
    ("values", "code", "name"),
    [
        ({"Call_Type": "Video"}, "INVALID_DATA", "Call_Type"),
        ({"Call_Start_Time": None}, "MANDATORY_NOT_FOUND", "Call_Start_Time"),
        ({"Call_Duration": None}, "MANDATORY_NOT_FOUND", "Call_Duration"),
        ({"Call_Duration": "00:00"}, "DEPENDENT_MISMATCH", "Call_Duration"),
        ({"Call_Duration": "ten"}, "INVALID_DATA", "Call_Duration"),
        ({"Outbound_Call_Status": "Scheduled"}, "DEPENDENT_MISMATCH", "Call_Start_Time"),
        ({"Outbound_Call_Status": "Scheduled", "Call_Start_Time": SOON}, "MANDATORY_NOT_FOUND", "Who_Id"),
    ],
)
def test_calls_want_what_their_kind_wants(alice: Clerk, values: Any, code: str, name: str) -> None:
    found, details = alice.why("Calls", CALL | values)
    assert (found, details["api_name"]) == (code, name)


def test_calls_that_were_made_missed_and_planned(alice: Clerk) -> None:
    assert alice.read("Calls", alice.new("Calls", **CALL))["Call_Duration_in_seconds"] == 605
    assert alice.new("Calls", Subject="Nobody there", Call_Type="Missed")
    planned = CALL | {"Outbound_Call_Status": "Scheduled", "Call_Start_Time": SOON, "Call_Duration": None}
    assert alice.new("Calls", **planned, Who_Id=alice.first("Contacts"))
    soon = datetime.fromtimestamp(alice.standin.world.clock.now() + 60, UTC).isoformat(timespec="seconds")
    id_ = alice.new("Calls", **(planned | {"Call_Start_Time": soon}), Who_Id=alice.first("Contacts"))
    alice.standin.advance(120)
    assert codes(alice.update("Calls", {"id": id_, "Description": "Nobody called"})) == ["SUCCESS"]
    assert codes(alice.update("Calls", {"id": id_, "Call_Start_Time": soon})) == ["DEPENDENT_MISMATCH"]
    zero = alice.insert("Calls", CALL | {"Call_Duration": "00:00"}).json()["data"][0]
    assert zero["message"] == "Call Duration can not be zero."
    assert zero["details"]["dependee"]["api_name"] == "Call_Type"


def test_related_records_are_named_with_their_module(alice: Clerk) -> None:
    deal = alice.first("Deals")
    id_ = alice.new("Tasks", Subject="X", What_Id=deal, **{"$se_module": "Deals"})
    record = alice.read("Tasks", id_)
    assert (record["What_Id"]["id"], record["$se_module"], "module" in record["What_Id"]) == (
        deal["id"],
        "Deals",
        False,
    )
    code, details = alice.why("Tasks", {"Subject": "X", "What_Id": deal})
    assert (code, details["api_name"]) == ("DEPENDENT_FIELD_MISSING", "$se_module")
    assert details["dependee"] == {"api_name": "What_Id", "json_path": "$.data[0].What_Id"}
    assert alice.why("Tasks", {"Subject": "X", "What_Id": deal, "$se_module": "Leads"})[0] == "INVALID_DATA"
    assert alice.why("Events", EVENT | {"What_Id": deal, "$se_module": "Leads"})[1]["supported_values"]


EVENT = {
    "Event_Title": "Talk",
    "Start_DateTime": "2023-05-20T09:00:00+05:30",
    "End_DateTime": "2023-05-20T10:00:00+05:30",
    "Remind_At": [{"unit": 15, "period": "minutes"}],
}


@pytest.mark.parametrize(
    ("values", "code", "path"),
    [
        ({"End_DateTime": "2023-05-20T08:00:00+05:30"}, "DEPENDENT_MISMATCH", "End_DateTime"),
        ({"Remind_At": [{"unit": 61, "period": "minutes"}]}, "INVALID_DATA", "Remind_At[0].unit"),
        ({"Remind_At": [{"unit": 1, "period": "moons"}]}, "INVALID_DATA", "Remind_At[0].period"),
        ({"Remind_At": "15 mins"}, "INVALID_DATA", "Remind_At"),
        ({"Participants": [{"type": {}}]}, "INVALID_DATA", "Participants[0].type"),
        ({"Participants": [{"type": "robot"}]}, "INVALID_DATA", "Participants[0].type"),
        ({"Participants": [{"type": "contact", "participant": "1"}]}, "INVALID_DATA", "Participants[0].participant"),
        ({"Participants": [{"type": "email", "Email": "x"}]}, "INVALID_DATA", "Participants[0].Email"),
        ({"Participants": [{"type": "email"}]}, "MANDATORY_NOT_FOUND", "Participants[0].Email"),
        ({"Participants": [{"type": "email", "Email": "a@b.co"}] * 51}, "LIMIT_EXCEEDED", "Participants"),
        ({"Recurring_Activity": {}}, "MANDATORY_NOT_FOUND", "Recurring_Activity.RRULE"),
        ({"Recurring_Activity": {"RRULE": "FREQ=HOURLY;DTSTART=2023-05-20;UNTIL=2023-05-21"}}, "INVALID_DATA",
         "Recurring_Activity.RRULE"),
    ],
)  # fmt: skip
def test_meetings_that_cannot_be(alice: Clerk, values: Any, code: str, path: str) -> None:
    found, details = alice.why("Events", EVENT | values)
    assert (found, details["json_path"]) == (code, f"$.data[0].{path}")


def test_what_recurs_is_answered_with_one_item_per_occurrence(alice: Clerk) -> None:
    rule = {"RRULE": "FREQ=DAILY;INTERVAL=3;DTSTART=2023-05-20;UNTIL=2023-05-28"}
    answer = alice.insert("Events", EVENT | {"Recurring_Activity": rule}, EVENT)
    assert codes(answer) == ["SUCCESS"] * 4
    ids = [item["details"]["id"] for item in answer.json()["data"]]
    starts = [alice.read("Events", id_)["Start_DateTime"][:10] for id_ in ids]
    assert (len(set(ids)), starts) == (4, ["2023-05-19", "2023-05-22", "2023-05-25", "2023-05-19"])  # in Boston's zone
    task = {
        "Subject": "Pay",
        "Recurring_Activity": {"RRULE": "FREQ=DAILY;INTERVAL=1;DTSTART=2022-04-06;UNTIL=2022-04-12"},
    }
    items = alice.insert("Tasks", task).json()["data"]
    due = [alice.read("Tasks", item["details"]["id"])["Due_Date"] for item in items]
    assert due == [f"2022-04-{day:02}" for day in range(6, 13)]


@pytest.mark.parametrize(
    ("alarm", "right"),
    [
        ("ACTION=EMAIL;TRIGGER=-P1D;TRIGGER_TIME=22:52", True),
        ("ACTION=POPUP;TRIGGER=-P3W;TRIGGER_TIME=08:00", True),
        ("ACTION=EMAIL;TRIGGER=2025-01-01T10:00:00+00:00", True),
        ("ACTION=EMAIL;TRIGGER=-P7D;TRIGGER_TIME=22:52", False),
        ("ACTION=EMAIL;TRIGGER=-P1D", False),
        ("ACTION=LETTER;TRIGGER=-P1D;TRIGGER_TIME=22:52", False),
        ("TRIGGER=-P1D;TRIGGER_TIME=22:52", False),
    ],
)
def test_reminders_of_tasks(alice: Clerk, alarm: str, right: bool) -> None:
    rule = {"RRULE": "FREQ=DAILY;COUNT=1;DTSTART=2022-04-06"}
    answer = alice.insert("Tasks", {"Subject": "X", "Recurring_Activity": rule, "Remind_At": {"ALARM": alarm}})
    assert (answer.status_code == 201) is right
    single = alice.insert("Tasks", {"Subject": "X", "Remind_At": {"ALARM": alarm}})
    assert (single.status_code == 201) is (right and "-P" not in alarm)  # so many days before: only what recurs


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;DTSTART=2025-01-01;COUNT=3", ["2025-01-01", "2025-01-15", "2025-01-29"]),
        ("FREQ=WEEKLY;BYDAY=MO,FR;DTSTART=2025-01-01;UNTIL=2025-01-10", ["2025-01-03", "2025-01-06", "2025-01-10"]),
        ("FREQ=MONTHLY;DTSTART=2025-01-31;COUNT=3", ["2025-01-31", "2025-02-28", "2025-03-31"]),
        ("FREQ=YEARLY;DTSTART=2024-02-29;COUNT=2", ["2024-02-29", "2025-02-28"]),
        ("FREQ=DAILY;DTSTART=2025-01-01;UNTIL=2025-01-01", ["2025-01-01"]),
    ],
)
def test_days_of_a_rule(rule: str, expected: list[str]) -> None:
    assert days({"RRULE": rule}, Place("x", "$")) == [date.fromisoformat(day) for day in expected]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;DTSTART=2025-01-01",
        "FREQ=DAILY;UNTIL=2025-01-01",
        "FREQ=DAILY;DTSTART=2025-01-02;UNTIL=2025-01-01",
        "FREQ=DAILY;INTERVAL=0;DTSTART=2025-01-01;COUNT=2",
        "FREQ=DAILY;DTSTART=2025-01-01;COUNT=0",
        "FREQ=DAILY;DTSTART=2025-01-01;COUNT=101",
        "FREQ=WEEKLY;BYDAY=MO;DTSTART=2025-01-01;UNTIL=2025-01-02",
        "daily",
        5,
    ],
)
def test_rules_that_name_no_days(rule: Any) -> None:
    with pytest.raises(ItemError):
        days({"RRULE": rule}, Place("x", "$"))
