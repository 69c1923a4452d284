"""The documentation's own requests, filled in by hand: the form gives the same `data`.

What a person types stands beside what the documentation prints. Names inside references are left out, as the pages
say that only ids count. The console adds nothing that the samples do not have, but a checkbox that stands on the form
is always sent, true or false.
source  zoho.com/crm/developer/docs/api/v7/insert-records.html, subforms-api.html
"""

from typing import Any

import pytest

from console.fieldforms import RecordForm
from crm_client.values import JsonObject
from tests.fieldforms.making import field, form, raw_field

LEADS = form(
    "Leads",
    raw_field("Lead_Source", "picklist", values="Employee Referral|Online Store"),
    raw_field("Company", length=200),
    raw_field("Last_Name", mandatory=True, length=80),
    raw_field("First_Name", length=40),
    raw_field("Email", "email", length=100),
    raw_field("State", length=100),
    required="Company",
)
LINK = {
    "linking_module": {"api_name": "DealsXListings", "id": "1"},
    "lookup_apiname": "Deals",
    "connected_module": {"api_name": "Listings", "id": "2"},
    "connectedlookup_apiname": "Interested_Listings",
}
DEALS = form(
    "Deals",
    raw_field("Deal_Name", mandatory=True, length=120),
    raw_field("Pipeline", "picklist", values="Standard (Standard)", mandatory=True),
    raw_field("Stage", "picklist", values="Qualification|Closed Won", mandatory=True),
    raw_field("Image_Upload", "imageupload", length=10),
    raw_field("File_Upload", "fileupload", length=5),
    raw_field("Listings", "multiselectlookup", multiselectlookup=LINK),
    raw_field("Multi_user", "multiuserlookup", multiuserlookup={"connectedlookup_apiname": "Multi_user"}),
    pipelines={"Standard (Standard)": ["Qualification", "Closed Won"]},
)
QUOTES = form(
    "Quotes",
    raw_field("Subject", mandatory=True),
    raw_field("Quoted_Items", "subform", mandatory=True),
)
CALLS = form(
    "Calls",
    raw_field("Who_Id", "lookup", lookup={"module": {"api_name": "Contacts", "id": "1"}}),
    raw_field("Description", "textarea", textarea={"type": "large"}, length=32000),
    raw_field("Call_Start_Time", "datetime", mandatory=True),
    raw_field("Subject", mandatory=True),
    raw_field("Call_Type", "picklist", values="Outbound|Inbound|Missed", mandatory=True),
    raw_field("Outbound_Call_Status", "picklist", values="Scheduled|Completed"),
    raw_field("Call_Duration", length=20),
    raw_field("Call_Purpose", "picklist", values="Prospecting|Administrative"),
    zone="Asia/Kolkata",
)
EVENTS = form(
    "Events",
    raw_field("Event_Title", mandatory=True),
    raw_field("All_day", "boolean"),
    raw_field("Start_DateTime", "datetime", mandatory=True),
    raw_field("End_DateTime", "datetime", mandatory=True),
    raw_field("Participants", "participants", json_type="jsonarray"),
    raw_field("Who_Id", "lookup", lookup={"module": {"api_name": "Contacts", "id": "1"}}),
    raw_field("What_Id", "multi_module_lookup"),
    raw_field("Remind_At", "multireminder", json_type="jsonarray", mandatory=True),
    raw_field("Recurring_Activity", "RRULE"),
    zone="Asia/Kolkata",
)
TASKS = form(
    "Tasks",
    raw_field("What_Id", "lookup"),
    raw_field("Status", "picklist", values="Not Started|In Progress"),
    raw_field("Send_Notification_Email", "boolean"),
    raw_field("Description", "textarea", textarea={"type": "large"}, length=32000),
    raw_field("Subject", mandatory=True),
    raw_field("Recurring_Activity", "RRULE"),
    raw_field("Remind_At", "ALARM", json_type="jsonobject"),
)
CONTACTS = form(
    "Contacts",
    raw_field("Last_Name", mandatory=True),
    raw_field("Email", "email"),
    raw_field("Languages", "subform"),
    raw_field("Availability", "subform"),
    subforms={
        "Languages": [
            field("Proficiency", "picklist", values="Native|Professional"),
            field("Languages_Known", "picklist", values="English|French"),
        ],
        "Availability": [field("Weekends", "boolean"), field("Weekdays", "boolean")],
    },
)
ADVICE = "Design your own layouts that align your business processes precisely. Assign them to profiles appropriately."


def lead(last: str, first: str, email: str) -> dict[str, str]:
    return {
        "Layout": "554023000002734009", "Lead_Source": "Employee Referral", "Company": "ABC", "Last_Name": last,
        "First_Name": first, "Email": email, "State": "Texas",
    }  # fmt: skip


def sent_lead(last: str, first: str, email: str) -> JsonObject:
    return {**lead(last, first, email), "Layout": {"id": "554023000002734009"}}


SAMPLES: dict[str, tuple[RecordForm, dict[str, Any], JsonObject]] = {
    "leads, first": (
        LEADS,
        lead("Daly", "Paul", "p.daly@zylker.com"),
        sent_lead("Daly", "Paul", "p.daly@zylker.com"),
    ),
    "leads, second": (
        LEADS,
        lead("Dolan", "Brian", "brian@villa.com"),
        sent_lead("Dolan", "Brian", "brian@villa.com"),
    ),
    "deal": (
        DEALS,
        {
            "Deal_Name": "Insert",
            "Stage": "Qualification",
            "Pipeline": "Standard (Standard)",
            "Image_Upload": ["2cxxxxxxxxxxxx2fa", "2cxxxxxxxxxxxx4fa front.png"],
            "File_Upload": ["2cxxxxxxxxxxxx4fc", "2cxxxxxxxxxxxx8gs plan of the house.pdf"],
            "Listings": ["12 High Street (3652397000001978005)", "3652397000001978016", ""],
            "Multi_user": ["3652397000000186017", "3652397000000281001"],
        },
        {
            "Deal_Name": "Insert",
            "Stage": "Qualification",
            "Pipeline": "Standard (Standard)",
            "Image_Upload": [{"File_Id__s": "2cxxxxxxxxxxxx2fa"}, {"File_Id__s": "2cxxxxxxxxxxxx4fa"}],
            "File_Upload": [{"File_Id__s": "2cxxxxxxxxxxxx4fc"}, {"File_Id__s": "2cxxxxxxxxxxxx8gs"}],
            "Listings": [
                {"Interested_Listings": {"id": "3652397000001978005"}},
                {"Interested_Listings": {"id": "3652397000001978016"}},
            ],
            "Multi_user": [
                {"Multi_user": {"id": "3652397000000186017"}},
                {"Multi_user": {"id": "3652397000000281001"}},
            ],
        },
    ),
    "quote": (
        QUOTES,
        {
            "Subject": "quote v6",
            "$line_tax": "Common Tax: 1.5",
            "Quoted_Items-order": ["", "0"],
            "Quoted_Items-0-Product_Name": "ZCRM_Product (3652397000000416001)",
            "Quoted_Items-0-Quantity": "100",
            "Quoted_Items-0-List_Price": "",
            "Quoted_Items-0-Discount": "0",
            "Quoted_Items-0-Price_Book_Name": "Price Book 1 (3652397000000491235)",
            "Quoted_Items-0-Description": "description",
            "Quoted_Items-0-Line_Tax": "Sales Tax: 10\r\nVat 1 %",
        },
        {
            "Subject": "quote v6",
            "$line_tax": [{"percentage": 1.5, "name": "Common Tax"}],
            "Quoted_Items": [
                {
                    "Product_Name": {"id": "3652397000000416001"},
                    "Quantity": 100,
                    "Discount": 0,
                    "Price_Book_Name": {"id": "3652397000000491235"},
                    "Description": "description",
                    "Line_Tax": [{"percentage": 10, "name": "Sales Tax"}, {"percentage": 1, "name": "Vat"}],
                }
            ],
        },
    ),
    "call": (
        CALLS,
        {
            "Who_Id": "Patricia Boyle (3652397000000649013)",
            "Description": "Discussion ZCRM",
            "Call_Start_Time": "2021-02-23T13:30",
            "Subject": "Discussion",
            "Call_Type": "Outbound",
            "Outbound_Call_Status": "Completed",
            "Call_Duration": "10:00",
            "Call_Purpose": "Administrative",
        },
        {
            "Who_Id": {"id": "3652397000000649013"},
            "Description": "Discussion ZCRM",
            "Call_Start_Time": "2021-02-23T13:30:00+05:30",
            "Subject": "Discussion",
            "Call_Type": "Outbound",
            "Outbound_Call_Status": "Completed",
            "Call_Duration": "10:00",
            "Call_Purpose": "Administrative",
        },
    ),
    "event": (
        EVENTS,
        {
            "Event_Title": "New Meeting",
            "All_day": ["false"],
            "Start_DateTime": "2023-05-20T09:00",
            "End_DateTime": "2023-05-20T10:00",
            "Participants-order": ["0", "1"],
            "Participants-0-type": "contact",
            "Participants-0-participant": "John (5545974000002858122)",
            "Participants-1-type": "email",
            "Participants-1-Email": "patricia.boyle@zylker.com",
            "Who_Id": "Christopher (5545974000002755004)",
            "What_Id": "Mega Deal (5545974000002755007)",
            "What_Id-module": "Deals",
            "Remind_At-order": ["0", "1", "2"],
            "Remind_At-0-unit": "15",
            "Remind_At-0-period": "minutes",
            "Remind_At-1-unit": "5",
            "Remind_At-1-period": "minutes",
            "Remind_At-2-unit": "1",
            "Remind_At-2-period": "days",
            "Remind_At-2-time": "10.30",
            "Recurring_Activity-FREQ": "DAILY",
            "Recurring_Activity-INTERVAL": "1",
            "Recurring_Activity-DTSTART": "2023-05-20",
            "Recurring_Activity-UNTIL": "2023-05-28",
            "Recurring_Activity-more": "",
        },
        {
            "Event_Title": "New Meeting",
            "All_day": False,
            "Start_DateTime": "2023-05-20T09:00:00+05:30",
            "End_DateTime": "2023-05-20T10:00:00+05:30",
            "Participants": [
                {"type": "contact", "participant": "5545974000002858122"},
                {"type": "email", "Email": "patricia.boyle@zylker.com"},
            ],
            "Who_Id": {"id": "5545974000002755004"},
            "What_Id": {"id": "5545974000002755007"},
            "$se_module": "Deals",
            "Remind_At": [
                {"unit": 15, "period": "minutes"},
                {"unit": 5, "period": "minutes"},
                {"unit": 1, "period": "days", "time": "10.30"},
            ],
            "Recurring_Activity": {"RRULE": "FREQ=DAILY;INTERVAL=1;DTSTART=2023-05-20;UNTIL=2023-05-28"},
        },
    ),
    "task": (
        TASKS,
        {
            "What_Id": "3652397000006067001",
            "What_Id-module": "Leads",
            "Status": "In Progress",
            "Send_Notification_Email": ["false", "true"],
            "Description": ADVICE,
            "send_notification": ["false", "true"],
            "Subject": "Subject",
            "Recurring_Activity-FREQ": "DAILY",
            "Recurring_Activity-DTSTART": "2022-04-06",
            "Recurring_Activity-UNTIL": "2022-04-12",
            "Remind_At-ACTION": "EMAIL",
            "Remind_At-TRIGGER": "-P1D",
            "Remind_At-TRIGGER_TIME": "22:52",
        },
        {
            "What_Id": {"id": "3652397000006067001"},
            "$se_module": "Leads",
            "Status": "In Progress",
            "Send_Notification_Email": True,
            "Description": ADVICE,
            "send_notification": True,
            "Subject": "Subject",
            "Recurring_Activity": {"RRULE": "FREQ=DAILY;INTERVAL=1;DTSTART=2022-04-06;UNTIL=2022-04-12"},
            "Remind_At": {"ALARM": "ACTION=EMAIL;TRIGGER=-P1D;TRIGGER_TIME=22:52"},
        },
    ),
    "contact with subforms": (
        CONTACTS,
        {
            "Last_Name": "Contact_test",
            "Email": "contact_test@xyz.com",
            "Languages-order": ["4", "2"],
            "Languages-4-Proficiency": "Native",
            "Languages-4-Languages_Known": "English",
            "Languages-2-Proficiency": "Professional",
            "Languages-2-Languages_Known": "French",
            "Availability-order": ["0", "1"],
            "Availability-0-Weekends": ["false"],
            "Availability-0-Weekdays": ["false", "true"],
            "Availability-1-Weekends": ["false"],
            "Availability-1-Weekdays": ["false"],
        },
        {
            "Last_Name": "Contact_test",
            "Email": "contact_test@xyz.com",
            "Languages": [
                {"Proficiency": "Native", "Languages_Known": "English"},
                {"Proficiency": "Professional", "Languages_Known": "French"},
            ],
            "Availability": [{"Weekends": False, "Weekdays": True}],
        },
    ),
}


@pytest.mark.parametrize("sample", SAMPLES)
def test_filling_in_the_form_gives_the_documentations_own_record(sample: str) -> None:
    made, typed, expected = SAMPLES[sample]
    posted = {name: texts if isinstance(texts, list) else [texts] for name, texts in typed.items()}
    reading = made.read({**posted, "Not_A_Field": ["x"], "csrfmiddlewaretoken": ["t"]})
    assert [problem.sentence for problem in reading.problems] == []
    assert _typed(reading.values) == _typed(expected)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_record_put_back_into_its_form_is_unchanged(sample: str) -> None:
    made, _, expected = SAMPLES[sample]
    stored = {name: _with_ids(value) if name in made.book.slots else value for name, value in expected.items()}
    again = made.read(made.typed_of(stored), before=stored)
    assert again.values == {}
    assert [problem.sentence for problem in again.problems] == []


def _with_ids(value: Any) -> Any:
    """Rows as the CRM gives them back: each with its id."""
    is_rows = isinstance(value, list) and all(isinstance(row, dict) for row in value)
    return [{"id": str(900 + number), **row} for number, row in enumerate(value)] if is_rows else value


def _typed(value: Any) -> Any:
    """Values with their types, so that 1, 1.0 and true are three."""
    if isinstance(value, dict):
        return {key: _typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_typed(inner) for inner in value]
    return type(value).__name__, value
