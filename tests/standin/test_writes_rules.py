"""Rules beyond one value: mandatory fields, layouts, deals, calls, meetings, tasks, wizards, the keys beside `data`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from crm_client.standin import StandIn
from tests.standin.writing import Clerk, codes

DEAL = {"Deal_Name": "X", "Pipeline": "Standard (Standard)", "Stage": "Qualification"}


@pytest.fixture(scope="module")
def alice() -> Iterator[Clerk]:
    """One organisation for all of them: the records do not disturb each other."""
    with StandIn() as running:
        yield Clerk(running)


MANDATORY = {
    "Leads": {"Last_Name"}, "Contacts": {"Last_Name"}, "Accounts": {"Account_Name"}, "Tasks": {"Subject"},
    "Deals": {"Deal_Name", "Stage", "Pipeline"}, "Calls": {"Subject", "Call_Type"}, "Products": {"Product_Name"},
    "Events": {"Event_Title", "Start_DateTime", "End_DateTime", "Remind_At"}, "Campaigns": {"Campaign_Name"},
    "Vendors": {"Vendor_Name"}, "Quotes": {"Subject", "Quoted_Items"}, "Sales_Orders": {"Subject", "Ordered_Items"},
    "Invoices": {"Subject", "Invoiced_Items"}, "Purchase_Orders": {"Subject", "Vendor_Name", "Purchase_Items"},
    "Price_Books": {"Price_Book_Name", "Pricing_Details"}, "Cases": {"Case_Origin", "Status", "Subject"},
    "Solutions": {"Solution_Title"}, "Loans": {"Name"},
}  # fmt: skip


@pytest.mark.parametrize("module", MANDATORY)
def test_the_fields_that_a_module_cannot_do_without(alice: Clerk, module: str) -> None:
    missing: set[str] = set()
    sent: dict[str, Any] = {"Nothing": "x"}
    for _ in range(5):
        answer = alice.insert(module, sent)
        (item,) = answer.json()["data"]
        name = item["details"].get("api_name", "")
        if item["code"] != "MANDATORY_NOT_FOUND" or name in missing:
            break
        missing.add(name)
        values = {"Stage": "Qualification", "Pipeline": "Standard (Standard)", "Call_Type": "Missed"}
        sent[name] = values.get(name, "text")
        if name in ("Start_DateTime", "End_DateTime"):
            sent[name] = f"2025-01-01T{10 + len(missing)}:00:00+00:00"
        elif name.endswith(("_Items", "_Details")) or name == "Vendor_Name":
            if module in ("Vendors",):
                continue
            sent[name] = _reference_or_rows(alice, name)
        elif name == "Remind_At":
            sent[name] = [{"unit": 15, "period": "minutes"}]
    assert missing == MANDATORY[module]
    assert answer.status_code == 201, answer.text


def _reference_or_rows(alice: Clerk, name: str) -> Any:
    if name == "Vendor_Name":
        return alice.first("Vendors")
    if name == "Pricing_Details":
        return [{"from_range": 1, "to_range": 5, "discount": 1}]
    return [{"Product_Name": alice.first("Products"), "Quantity": 1}]


def test_a_layout_wants_its_fields_only_when_the_record_names_it(alice: Clerk) -> None:
    assert alice.insert("Leads", {"Last_Name": "X"}).status_code == 201
    for name, wanted in (("Standard", "Company"), ("Private customer", "Email")):
        code, details = alice.why("Leads", {"Last_Name": "X", "Layout": alice.layout("Leads", name)})
        assert (code, details["api_name"]) == ("MANDATORY_NOT_FOUND", wanted)
    assert alice.why("Leads", {"Last_Name": "X", "Layout": {"id": "1"}})[1]["api_name"] == "Layout"
    inactive = alice.layout("Leads", "Trade fair 2019")
    assert alice.why("Leads", {"Last_Name": "X", "Layout": inactive})[0] == "INVALID_DATA"


def test_fields_that_are_not_on_the_named_layout_are_left_out_without_a_word(alice: Clerk) -> None:
    layout = alice.layout("Leads", "Private customer")
    values = {"Last_Name": "X", "Email": "layout@x.de", "Consent_Date": "2025-01-30", "Company": "ABC"}
    record = alice.read("Leads", alice.new("Leads", **values, Layout=layout))
    assert (record["Company"], record["Email"], record["Layout"]) == (
        None,
        "layout@x.de",
        {"name": "Private customer", **layout},
    )
    visits = {
        "Last_Name": "X",
        "Company": "ABC",
        "Days_Visited": 3,
    }  # in a section that the layout Standard does not use
    assert alice.read("Leads", alice.new("Leads", **visits))["Days_Visited"] == 3
    standard = visits | {"Layout": alice.layout("Leads")}
    assert alice.read("Leads", alice.new("Leads", **standard))["Days_Visited"] is None
    kept = alice.read("Leads", alice.new("Leads", Last_Name="X", Company="ABC", Import_Batch="on no layout"))
    assert (kept["Company"], kept["Import_Batch"]) == ("ABC", "on no layout")


def test_layout_rules_and_ranges_hold_where_they_are_asked_for(alice: Clerk) -> None:
    called = {"Last_Name": "X", "Callback_Requested": True}
    assert alice.insert("Leads", called).status_code == 201
    code, details = alice.why("Leads", called, apply_feature_execution=[{"name": "layout_rules"}])
    assert (code, details["api_name"]) == ("MANDATORY_NOT_FOUND", "Phone")
    assert details["layout_rule"]["name"] == "Callback needs a telephone number"
    assert set(details["layout_rule"]) == {"name", "id"}
    rules = [{"name": "layout_rules"}]
    assert alice.insert("Leads", called | {"Phone": "555"}, apply_feature_execution=rules).status_code == 201
    deal = DEAL | {"Margin": 99}
    assert alice.insert("Deals", deal).status_code == 201
    code, details = alice.why("Deals", deal, apply_feature_execution=[{"name": "range_validation"}])
    assert (code, details["range"]) == ("INVALID_DATA", {"from": 0, "to": 8})


def test_dependent_picklists_hold_where_they_are_asked_for(alice: Clerk) -> None:
    applied = [{"name": "global_map_dependency"}]
    car = {"Last_Name": "X", "Industry": "Automotive", "Segment": "Grocery"}
    assert alice.insert("Leads", car).status_code == 201
    code, details = alice.why("Leads", car, apply_feature_execution=applied)
    assert (code, details["api_name"], details["dependee"]["api_name"]) == ("DEPENDENT_MISMATCH", "Segment", "Industry")
    alone = {"Last_Name": "X", "Segment": "Grocery"}
    assert alice.why("Leads", alone, apply_feature_execution=applied)[0] == "DEPENDENT_FIELD_MISSING"
    right = car | {"Segment": "Dealership"}
    assert alice.insert("Leads", right, apply_feature_execution=applied).status_code == 201


@pytest.mark.parametrize(
    ("beside", "code", "path"),
    [
        ({"trigger": ["workflow", "cadences"]}, "INVALID_DATA", "$.trigger[1]"),
        ({"trigger": "workflow"}, "INVALID_DATA", "$.trigger"),
        ({"trigger": [{}]}, "INVALID_DATA", "$.trigger[0]"),
        ({"apply_feature_execution": [{"name": "cadences"}]}, "INVALID_DATA", "$.apply_feature_execution[0].name"),
        ({"skip_feature_execution": [{"name": "layout_rules"}]}, "INVALID_DATA", "$.skip_feature_execution[0].name"),
        ({"skip_feature_execution": [{}]}, "MANDATORY_NOT_FOUND", "$.skip_feature_execution[0].name"),
        ({"lar_id": "1"}, "INVALID_DATA", "$.lar_id"),
        ({"lar_id": 1}, "INVALID_DATA", "$.lar_id"),
    ],
)
def test_wrong_keys_beside_the_records_stop_all_of_them(alice: Clerk, beside: Any, code: str, path: str) -> None:
    answer = alice.insert("Leads", {"Last_Name": "Stopped"}, {"Last_Name": "Stopped"}, **beside)
    (item,) = answer.json()["data"]
    assert (answer.status_code, item["code"], item["details"]["json_path"]) == (400, code, path)
    assert not any(lead["Last_Name"] == "Stopped" for lead in alice.organisation.records["Leads"])


@pytest.mark.parametrize("body", ["", "nonsense", "[]", "{}", '{"data": {}}', '{"data": []}', '{"data": [5]}'])
def test_bodies_that_are_no_order(alice: Clerk, body: str) -> None:
    answer = alice.call("POST", "/Leads", data=body)
    item = answer.json()
    item = item["data"][0] if "data" in item else item
    assert answer.status_code == 400
    assert item["code"] in ("INVALID_DATA", "MANDATORY_NOT_FOUND")


def test_an_assignment_rule_that_exists_is_taken(alice: Clerk) -> None:
    alice.organisation.assignment_rules.append({"id": "4876876000000998001", "name": "By region"})
    assert alice.insert("Leads", {"Last_Name": "X"}, lar_id="4876876000000998001").status_code == 201


@pytest.mark.parametrize(
    ("values", "code", "name", "mapped"),
    [
        ({"Pipeline": "Secured"}, "MAPPING_MISMATCH", "Pipeline", "Layout"),
        ({"Stage": "Credit Check"}, "MAPPING_MISMATCH", "Stage", "Pipeline"),
        ({"Pipeline": "Fast track", "Stage": "Needs Analysis"}, "MAPPING_MISMATCH", "Stage", "Pipeline"),
        ({"Probability": 101}, "INVALID_DATA", "Probability", None),
        ({"Probability": -1}, "INVALID_DATA", "Probability", None),
    ],
)
def test_layout_pipeline_stage_and_probability_go_together(
    alice: Clerk, values: Any, code: str, name: str, mapped: str | None
) -> None:
    found, details = alice.why("Deals", DEAL | values)
    assert (found, details["api_name"], details.get("mapped_field", {}).get("api_name")) == (code, name, mapped)
    made = alice.insert("Deals", DEAL, trigger=[]).json()["data"][0]  # without a blueprint, which guards the stage
    id_ = made["details"]["id"]
    assert codes(alice.update("Deals", {"id": id_, **values})) == [code]
    assert codes(alice.update("Deals", {"id": id_, "Stage": "Closed Won", "Probability": 100})) == ["SUCCESS"]


def test_a_deal_of_another_layout_has_that_layout_s_pipelines(alice: Clerk) -> None:
    secured = {"Layout": alice.layout("Deals", "Secured lending"), "Pipeline": "Secured", "Stage": "Credit Check"}
    needed = {"Closing_Date": "2025-01-01", "Account_Name": alice.first("Accounts"), "Amount": 1}
    assert alice.new("Deals", **(DEAL | secured | needed), Property=alice.first("Properties"))


def _wizard(alice: Clerk) -> tuple[dict[str, Any], str, list[str], str]:
    """A lead wizard of the demo: its entry in the list, a layout, a way, and a connection that does not start one."""
    for wizard in alice.organisation.wizards:
        if wizard["module"]["api_name"] != "Leads":
            continue
        layout = wizard["containers"][0]["layout"]["id"]
        detail = alice.organisation.wizard_details[wizard["id"], layout]
        chart = detail["containers"][0]["chart_data"]
        here = next(node["screen"]["id"] for node in chart["nodes"] if node["start_node"])
        arrows, way = chart.get("connections") or [], []
        for _ in range(2):
            arrow = next((one for one in arrows if one["source_screen"]["id"] == here), None)
            if arrow is not None:
                way.append(arrow["id"])
                here = arrow["target_screen"]["id"]
        if len(way) == 2:
            return wizard, layout, way, way[1]
    raise AssertionError("the demo has no such wizard")


def test_the_way_through_a_wizard_is_checked(alice: Clerk) -> None:
    wizard, layout, way, second = _wizard(alice)
    needed = {"Last_Name": "X", "Company": "ABC", "Phone": "1", "Broker_Code": "B", "Consent_Date": "2025-01-01",
              "Layout": {"id": layout}}  # fmt: skip
    path = "$wizard_connection_path"
    id_ = alice.new("Leads", **needed, Wizard={"id": wizard["id"]}, **{path: way})
    record = alice.read("Leads", id_)
    assert (record["Wizard"], record[path]) == ({"name": wizard["name"], "id": wizard["id"]}, way)
    assert alice.new("Leads", **needed, Wizard=wizard["id"], **{path: way[:1]})
    code, details = alice.why("Leads", needed | {"Wizard": {"id": wizard["id"]}})
    assert (code, details["api_name"], details["dependee"]["api_name"]) == ("DEPENDENT_FIELD_MISSING", path, "Wizard")

    def said(wizard_id: str, steps: list[Any]) -> str:
        row = needed | {"Wizard": {"id": wizard_id}, path: steps}
        (item,) = alice.insert("Leads", row).json()["data"]
        assert item["code"] == "INVALID_DATA"
        return str(item["message"])

    assert said(wizard["id"], [{}]) == said(wizard["id"], ["1"]) == "Wizard connection id is invalid"
    assert said(wizard["id"], [second]) == "Wizard connections supplied do not form a valid path"
    assert said("1", way) == "the id given seems to be invalid"
    other = next(one for one in alice.organisation.wizards if one["module"]["api_name"] != "Leads")
    assert said(other["id"], way) == "the id given seems to be invalid"


SAMPLES = json.loads("""{
  "Leads": {"data": [
    {"Layout": {"id": "554023000002734009"}, "Lead_Source": "Employee Referral", "Company": "ABC", "Last_Name": "Daly",
     "First_Name": "Paul", "Email": "p.daly@zylker.com", "State": "Texas"},
    {"Layout": {"id": "554023000002734009"}, "Lead_Source": "Employee Referral", "Company": "ABC",
     "Last_Name": "Dolan", "First_Name": "Brian", "Email": "brian@villa.com", "State": "Texas"}],
    "apply_feature_execution": [{"name": "layout_rules"}], "skip_feature_execution": [{"name": "cadences"}],
    "trigger": ["approval", "workflow", "blueprint", "pathfinder", "orchestration"]},
  "Calls": {"data": [
    {"Who_Id": {"name": "Patricia Boyle", "id": "3652397000000649013"}, "Description": "Discussion ZCRM",
     "Call_Start_Time": "2021-02-23T13:30:00+05:30", "Subject": "Discussion", "Call_Type": "Outbound",
     "Outbound_Call_Status": "Completed", "Call_Duration": "10:00", "Call_Purpose": "Administrative"}]},
  "Deals": {"data": [
    {"Deal_Name": "Insert", "Stage": "Qualification", "Pipeline": "Standard (Standard)",
     "Image_Upload": [{"File_Id__s": "2cxxxxxxxxxxxx2fa"}, {"File_Id__s": "2cxxxxxxxxxxxx4fa"}],
     "File_Upload": [{"File_Id__s": "2cxxxxxxxxxxxx4fc"}, {"File_Id__s": "2cxxxxxxxxxxxx8gs"}],
     "Listings": [{"Interested_Listings": {"id": "3652397000001978005"}},
                  {"Interested_Listings": {"id": "3652397000001978016"}}],
     "Multi_user": [{"Multi_user": {"name": "Patricia Boyle", "id": "3652397000000186017"}},
                    {"Multi_user": {"name": "J Smith", "id": "3652397000000281001"}}]}]},
  "Events": {"data": [
    {"Event_Title": "New Meeting", "All_day": false, "Start_DateTime": "2023-05-20T09:00:00+05:30",
     "End_DateTime": "2023-05-20T10:00:00+05:30",
     "Participants": [{"name": "John", "type": "contact", "participant": "5545974000002858122"},
                      {"type": "email", "Email": "patricia.boyle@zylker.com"}],
     "Who_Id": {"name": "Christopher", "id": "5545974000002755004"},
     "What_Id": {"name": "Mega Deal", "id": "5545974000002755007"}, "$se_module": "Deals",
     "Remind_At": [{"unit": 15, "period": "minutes"}, {"unit": 5, "period": "minutes"},
                   {"unit": 1, "period": "days", "time": "10.30"}],
     "Recurring_Activity": {"RRULE": "FREQ=DAILY;INTERVAL=1;DTSTART=2023-05-20;UNTIL=2023-05-28"}}]},
  "Quotes": {"data": [
    {"Subject": "quote v6", "$line_tax": [{"percentage": 1.5, "name": "Common Tax"}], "Quoted_Items": [
      {"Product_Name": {"name": "ZCRM_Product", "id": "3652397000000416001"}, "Quantity": 100, "Discount": 0,
       "Price_Book_Name": {"id": "3652397000000491235", "name": "Price Book 1"}, "Description": "description",
       "Line_Tax": [{"percentage": 10, "name": "Sales Tax"}, {"percentage": 1, "name": "Vat"}]}]}]},
  "Tasks": {"data": [
    {"What_Id": {"id": "3652397000006067001"}, "$se_module": "Leads", "Status": "In Progress",
     "Send_Notification_Email": true, "Description": "Design your own layouts that align your business processes.",
     "send_notification": true, "Subject": "Subject",
     "Recurring_Activity": {"RRULE": "FREQ=DAILY;INTERVAL=1;DTSTART=2022-04-06;UNTIL=2022-04-12"},
     "Remind_At": {"ALARM": "ACTION=EMAIL;TRIGGER=-P1D;TRIGGER_TIME=22:52"}}]}
}""")


def test_the_state_of_a_record_in_a_blueprint_is_not_changed_directly(alice: Clerk) -> None:
    patricia = Clerk(alice.standin, "Patricia", "samples")
    ((module, id_),) = patricia.organisation.record_blueprints
    (item,) = patricia.update(module, {"id": id_, "Lead_Status": "Contacted"}).json()["data"]
    place = {"api_name": "Lead_Status", "json_path": "$.data[0].Lead_Status"}
    assert (item["code"], item["details"]) == ("RECORD_IN_BLUEPRINT", place)
    assert item["message"] == "The record is in blue print"
    same = patricia.read(module, id_)["Lead_Status"]
    assert codes(patricia.update(module, {"id": id_, "Lead_Status": same, "Company": "ABC"})) == ["SUCCESS"]


def test_the_documentation_s_organisation_takes_its_leads_and_deals(alice: Clerk) -> None:
    patricia = Clerk(alice.standin, "Patricia", "samples")
    layout = patricia.layout("Leads")
    rows = [row | {"Layout": layout} for row in SAMPLES["Leads"]["data"]]
    assert codes(patricia.insert("Leads", *rows)) == ["SUCCESS", "SUCCESS"]
    deal = {key: value for key, value in SAMPLES["Deals"]["data"][0].items() if isinstance(value, str)}
    assert patricia.insert("Deals", deal).status_code == 201


@pytest.mark.parametrize("module", SAMPLES)
def test_the_documentation_s_own_inserts_are_taken(alice: Clerk, module: str) -> None:
    place, uploads = alice.organisation, alice.standin.world.uploads
    records = {
        name: place.records[name] for name in ("Contacts", "Deals", "Leads", "Products", "Price_Books", "Properties")
    }
    body = json.dumps(SAMPLES[module])
    ids = {
        "554023000002734009": alice.layout("Leads")["id"],
        "3652397000000649013": records["Contacts"][0]["id"],
        "5545974000002858122": records["Contacts"][1]["id"],
        "5545974000002755004": records["Contacts"][2]["id"],
        "5545974000002755007": records["Deals"][0]["id"],
        "3652397000006067001": records["Leads"][0]["id"],
        "3652397000000416001": records["Products"][0]["id"],
        "3652397000000491235": records["Price_Books"][0]["id"],
        "3652397000001978005": records["Properties"][0]["id"],
        "3652397000001978016": records["Properties"][1]["id"],
        "3652397000000186017": place.users[0]["id"],
        "3652397000000281001": place.users[1]["id"],
    }
    for file_id in ("2cxxxxxxxxxxxx2fa", "2cxxxxxxxxxxxx4fa", "2cxxxxxxxxxxxx4fc", "2cxxxxxxxxxxxx8gs"):
        ids[file_id] = uploads.add("demo", "a.png", b"x")
    for old, new in ids.items():
        body = body.replace(old, new)
    answer = alice.call("POST", f"/{module}", data=body)
    assert answer.status_code == 201, answer.text
    assert len(codes(answer)) == {"Leads": 2, "Events": 9, "Tasks": 7}.get(module, 1)
    record = alice.read(module, answer.json()["data"][0]["details"]["id"])
    for name, value in json.loads(body)["data"][0].items():
        if isinstance(value, str | bool) and name != "send_notification" and not name.endswith(("Time", "DateTime")):
            assert record[name] == value, name
