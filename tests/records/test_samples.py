"""Every insert of the documentation can be made through the pages: the same values under the same keys arrive.

What the console always adds: each checkbox that stands on the form, ticked or not (the CRM's own form does so too); and
the form's `Layout`, unless that is switched off, as in most samples. Ids are the stand-in's, `name` inside references
is left out, times are on the clock of the person in front.
"""

import contextlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm_client.standin import StandIn
from tests.cast import Person
from tests.records.paper import Paper, heard

pytestmark = pytest.mark.django_db

ADVICE = "Design your own layouts that align your business processes precisely. Assign them to profiles appropriately."
TRIGGERS = ["workflow", "approval", "blueprint", "pathfinder", "orchestration"]


class Town:
    """Ids of the stand-in's own things, in place of the documentation's."""

    def __init__(self, standin: StandIn) -> None:
        self.demo = standin.organisation("demo")

    def id(self, module: str, number: int = 0) -> str:
        return str(self.demo.records[module][number]["id"])

    def user(self, who: str) -> str:
        return str(self.demo.user(who)["id"])

    def layout(self, module: str) -> str:
        return str(self.demo.layouts[module][0]["id"])


def _lead(town: Town, first: str, last: str, email: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    values = {"Lead_Source": "Employee Referral", "Company": "ABC", "Last_Name": last, "First_Name": first}
    values |= {"Email": email, "State": "Texas"}
    options: dict[str, Any] = {"Lead_Status": ""}  # the demo's layout fills it in
    options |= {"_layout_rules": "1", "_no_cadences": "1", "_run": "some", "_trigger": TRIGGERS}
    return "Leads", {**values, **options}, {**values, "Layout": {"id": town.layout("Leads")}}


def leads_first(town: Town) -> Any:
    return _lead(town, "Paul", "Daly", "p.daly@zylker.com")


def leads_second(town: Town) -> Any:
    return _lead(town, "Brian", "Dolan", "brian@villa.com")


def deal(town: Town) -> Any:
    typed = {
        "Deal_Name": "Insert", "Stage": "Qualification", "Pipeline": "Standard (Standard)",
        "Listings": [f"12 High Street ({town.id('Properties')})", town.id("Properties", 1)],
        "Multi_user": [town.user("alice"), town.user("bob")],
    }  # fmt: skip
    expected = {
        "Deal_Name": "Insert", "Stage": "Qualification", "Pipeline": "Standard (Standard)",
        "Image_Upload": [{"File_Id__s": "file"}, {"File_Id__s": "file"}],
        "File_Upload": [{"File_Id__s": "file"}, {"File_Id__s": "file"}],
        "Listings": [
            {"Interested_Listings": {"id": town.id("Properties")}},
            {"Interested_Listings": {"id": town.id("Properties", 1)}},
        ],
        "Multi_user": [{"Multi_user": {"id": town.user("alice")}}, {"Multi_user": {"id": town.user("bob")}}],
    }  # fmt: skip
    return "Deals", typed, expected


def quote(town: Town) -> Any:
    line = {
        "Product_Name": town.id("Products"), "Quantity": "100", "Discount": "0", "Description": "description",
        "Price_Book_Name": town.id("Price_Books"), "Line_Tax": "Sales Tax: 10\nVat: 1",
    }  # fmt: skip
    typed = {"Subject": "quote v6", "$line_tax": "Common Tax: 1.5"}
    typed |= {"Quoted_Items-order": ["0"], **{f"Quoted_Items-0-{key}": value for key, value in line.items()}}
    expected = {
        "Subject": "quote v6",
        "$line_tax": [{"percentage": 1.5, "name": "Common Tax"}],
        "Quoted_Items": [
            {
                "Product_Name": {"id": town.id("Products")}, "Quantity": 100, "Discount": 0,
                "Price_Book_Name": {"id": town.id("Price_Books")}, "Description": "description",
                "Line_Tax": [{"percentage": 10, "name": "Sales Tax"}, {"percentage": 1, "name": "Vat"}],
            }
        ],
    }  # fmt: skip
    return "Quotes", typed, expected


def call(town: Town) -> Any:
    typed = {
        "Who_Id": town.id("Contacts"), "Description": "Discussion ZCRM", "Call_Start_Time": "2021-02-23T13:30",
        "Subject": "Discussion", "Call_Type": "Outbound", "Outbound_Call_Status": "Completed",
        "Call_Duration": "10:00", "Call_Purpose": "Administrative",
    }  # fmt: skip
    # half past one on the clock of the person in front, who is in New York here
    expected = {**typed, "Who_Id": {"id": town.id("Contacts")}, "Call_Start_Time": "2021-02-23T13:30:00-05:00"}
    return "Calls", typed, expected


def event(town: Town) -> Any:
    typed = {
        "Event_Title": "New Meeting", "Start_DateTime": "2023-05-20T09:00", "End_DateTime": "2023-05-20T10:00",
        "Participants-order": ["0", "1"],
        "Participants-0-type": "contact", "Participants-0-participant": town.id("Contacts"),
        "Participants-1-type": "email", "Participants-1-Email": "patricia.boyle@zylker.com",
        "Who_Id": town.id("Contacts", 1), "What_Id-module": "Deals", "What_Id": town.id("Deals"),
        "Remind_At-order": ["0", "1", "2"],
        "Remind_At-0-unit": "15", "Remind_At-0-period": "minutes",
        "Remind_At-1-unit": "5", "Remind_At-1-period": "minutes",
        "Remind_At-2-unit": "1", "Remind_At-2-period": "days", "Remind_At-2-time": "10.30",
        "Recurring_Activity-FREQ": "DAILY", "Recurring_Activity-INTERVAL": "1",
        "Recurring_Activity-DTSTART": "2023-05-20", "Recurring_Activity-UNTIL": "2023-05-28",
    }  # fmt: skip
    expected = {
        "Event_Title": "New Meeting", "All_day": False,
        "Start_DateTime": "2023-05-20T09:00:00-04:00", "End_DateTime": "2023-05-20T10:00:00-04:00",
        "Participants": [
            {"type": "contact", "participant": town.id("Contacts")},
            {"type": "email", "Email": "patricia.boyle@zylker.com"},
        ],
        "Who_Id": {"id": town.id("Contacts", 1)}, "What_Id": {"id": town.id("Deals")}, "$se_module": "Deals",
        "Remind_At": [
            {"unit": 15, "period": "minutes"},
            {"unit": 5, "period": "minutes"},
            {"unit": 1, "period": "days", "time": "10.30"},
        ],
        "Recurring_Activity": {"RRULE": "FREQ=DAILY;INTERVAL=1;DTSTART=2023-05-20;UNTIL=2023-05-28"},
    }  # fmt: skip
    return "Events", typed, expected


def task(town: Town) -> Any:
    typed = {
        "What_Id-module": "Leads", "What_Id": town.id("Leads", 2), "Subject": "Subject",
        "Status": "In Progress", "Priority": "",
        "Send_Notification_Email": ["false", "true"], "send_notification": ["false", "true"], "Description": ADVICE,
        "Recurring_Activity-FREQ": "DAILY", "Recurring_Activity-INTERVAL": "1",
        "Recurring_Activity-DTSTART": "2022-04-06", "Recurring_Activity-UNTIL": "2022-04-12",
        "Remind_At-ACTION": "EMAIL", "Remind_At-TRIGGER": "-P1D", "Remind_At-TRIGGER_TIME": "22:52",
    }  # fmt: skip
    expected = {
        "What_Id": {"id": town.id("Leads", 2)}, "$se_module": "Leads", "Status": "In Progress",
        "Send_Notification_Email": True, "Description": ADVICE, "send_notification": True, "Subject": "Subject",
        "Recurring_Activity": {"RRULE": "FREQ=DAILY;INTERVAL=1;DTSTART=2022-04-06;UNTIL=2022-04-12"},
        "Remind_At": {"ALARM": "ACTION=EMAIL;TRIGGER=-P1D;TRIGGER_TIME=22:52"},
    }  # fmt: skip
    return "Tasks", typed, expected


def contact_with_a_subform(town: Town) -> Any:
    typed = {
        "Last_Name": "Contact_test", "Email": "contact_test@xyz.com", "Languages-order": ["0", "1"],
        "Languages-0-Language": "English", "Languages-0-Proficiency": "Native",
        "Languages-1-Language": "French", "Languages-1-Proficiency": "Fluent",
    }  # fmt: skip
    expected = {
        "Last_Name": "Contact_test", "Email": "contact_test@xyz.com",
        "Languages": [
            {"Language": "English", "Proficiency": "Native"},
            {"Language": "French", "Proficiency": "Fluent"},
        ],
    }  # fmt: skip
    return "Contacts", typed, expected


SAMPLES = [leads_first, leads_second, deal, quote, call, event, task, contact_with_a_subform]
FILES = {
    "Image_Upload-new": [("one.png", b"\x89PNG\r\n\x1a\n1"), ("two.png", b"\x89PNG\r\n\x1a\n2")],
    "File_Upload-new": [("plan.pdf", b"%PDF-1"), ("deed.pdf", b"%PDF-2")],
}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
def test_the_documentations_own_records_are_made_by_hand(
    writer: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch, sample: Any
) -> None:
    module, typed, expected = sample(Town(standin))
    paper = Paper(writer, f"/records/{module}/new/").fill(typed)
    if module != "Leads":  # the only sample that names its layout
        paper.fill({"_no_layout": "1"})
    files = (
        {name: [SimpleUploadedFile(*one) for one in chosen] for name, chosen in FILES.items()}
        if module == "Deals"
        else {}
    )
    with heard(monkeypatch) as told:
        answer = paper.send(**files)
        if answer.status == 200 and "_warned" in paper.values:
            answer = paper.send()
    assert answer.status == 302, _problems(paper)
    assert answer.headers["Location"].startswith(writer.at(f"/records/{module}/")), answer.headers["Location"]
    [body] = [sent for _, path, sent in told if path == f"/{module}"]
    [arrived] = body["data"]
    for one in (item for name in ("Image_Upload", "File_Upload") for item in arrived.get(name, [])):
        assert len(one["File_Id__s"]) > 8
        one["File_Id__s"] = "file"
    always = {name for name, value in arrived.items() if value is False} - set(expected)
    assert {name: value for name, value in arrived.items() if name not in always} == expected
    if module == "Leads":
        assert body["apply_feature_execution"] == [{"name": "layout_rules"}]
        assert body["skip_feature_execution"] == [{"name": "cadences"}]
        assert sorted(body["trigger"]) == sorted(TRIGGERS)
    else:
        assert set(body) == {"data"}  # the CRM runs what it always runs
    assert standin.world.ledger.show()["commits"][-1]["op"] == "insert"


def _problems(paper: Paper) -> str:
    text = paper.page.text
    with contextlib.suppress(IndexError):
        return text.split('id="form-problems"')[1].split("</div>")[0]
    return text[-3000:]
