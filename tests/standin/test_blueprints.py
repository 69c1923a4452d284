"""The stand-in's engine of processes over HTTP: every kind of transition and input, what it refuses, its clock."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from crm_client.standin import StandIn
from tests.standin.desk import DONE, PARTLY, SAMPLE, Desk, Json


@pytest.fixture(scope="module")
def whole() -> Iterator[StandIn]:
    with StandIn(seed=1) as running:
        running.allowance("demo").credits = None
        yield running


@pytest.fixture
def alice(whole: StandIn) -> Desk:
    return Desk(whole)


def test_a_transition_moves_the_record_and_is_told_to_ledger_and_timeline(alice: Desk) -> None:
    path = alice.at("Deals", "Qualification")
    assert alice.run(path, "Start the analysis") == {
        "code": "SUCCESS", "details": {}, "message": DONE, "status": "success",
    }  # fmt: skip
    assert (alice.place(path)["process_info"]["field_value"], alice.record(path)["Stage"]) == (
        "Needs Analysis", "Needs Analysis",
    )  # fmt: skip
    commit = alice.standin.world.ledger.show()["commits"][-1]
    assert (commit["module"], commit["id"], commit["op"]) == ("Deals", path.rpartition("/")[2], "update")
    assert commit["data"] == {"Stage": "Needs Analysis"}
    event = alice.call("GET", f"{path}/__timeline").json()["__timeline"][0]
    assert event["field_history"][0]["_value"] == {"old": "Qualification", "new": "Needs Analysis"}
    assert event["automation_details"]["transition"]["name"] == "Start the analysis"


def test_a_common_transition_leaves_several_states(alice: Desk) -> None:
    for state in ("Attempted to Contact", "Contacted", "Contact in Future"):
        path = alice.at("Leads", state)
        assert alice.run(path, "Lose")["message"] == DONE
        assert alice.record(path)["Lead_Status"] == "Lost Lead"
        # an end: the record has left the process
        assert alice.record(path)["$process_flow"] is False
        refused = alice.call("GET", f"{path}/actions/blueprint")
        assert (refused.status_code, refused.json()["code"]) == (400, "RECORD_NOT_IN_PROCESS")
        alice.demo.records["Leads"][0]["$process_flow"] = True
        alice.demo.process_places["Leads"][path.rpartition("/")[2]] = {}


def test_what_comes_after_is_told(alice: Desk) -> None:
    offered = alice.offered(alice.at("Leads", "Not Contacted", Email=None))
    after = {one["name"]: (one["type"], one["criteria_matched"])
             for one in offered["Establish contact"]["next_transitions"]}  # fmt: skip
    assert after["Qualify"] == ("manual", False)
    assert after["Lose"] == ("manual", True)
    assert offered["Establish contact"]["next_field_value"] == "Contacted"


def test_criteria_that_do_not_match_are_said_in_words_and_cannot_be_run(alice: Desk) -> None:
    path = alice.at("Loans", "Decision", Loan_to_Value=85)
    offered = alice.offered(path)
    assert [offered[name]["criteria_matched"] for name in ("Approve", "To the committee", "Decline")] == [
        False, True, False,
    ]  # fmt: skip
    assert offered["Approve"]["criteria_message"].endswith("Loan to Value is less than 80.")
    assert offered["To the committee"]["criteria_message"] is None
    refused = alice.run(path, "Approve")
    assert (refused["code"], refused["message"]) == ("INVALID_DATA", "invalid transition")
    assert alice.run(path, "To the committee")["message"] == DONE


def test_fewer_inputs_than_needed_are_saved_in_part_and_the_rest_completes_it(alice: Desk) -> None:
    path = alice.at("Loans", "Documents requested", Documents_Received=[], Down_Payment=None)
    sent = alice.run(path, "Documents arrived", {"Down_Payment": 1500.5})
    assert (sent["code"], sent["message"]) == ("SUCCESS", PARTLY)
    offered = alice.offered(path)["Documents arrived"]
    assert offered["percent_partial_save"] == 50
    assert offered["data"] == {"Documents_Received": [], "Down_Payment": 1500.5}
    assert [one.get("mandatory") for one in offered["fields"]] == [True, True]
    assert alice.place(path)["process_info"]["field_value"] == "Documents requested"
    assert alice.run(path, "Documents arrived", {"Documents_Received": ["Payslips"]})["message"] == DONE
    assert alice.place(path)["process_info"]["field_value"] == "Completeness check"


def test_inputs_that_are_no_fields_have_the_short_form(alice: Desk) -> None:
    path = alice.at("Loans", "Completeness check")
    info, checklist, notes = alice.offered(path)["Request documents"]["fields"]
    assert (info["_type"], info["content"], info["id"]) == ("info", "Ask only for what is missing.", "0")
    assert "mandatory" not in notes
    assert checklist["data_type"] == "checklist"
    assert set(notes) == {"display_label", "data_type", "_type", "column_name", "personality_name", "id",
                          "transition_sequence", "layouts"}  # fmt: skip


def test_a_field_has_every_key_of_the_documented_one(alice: Desk) -> None:
    documented = json.loads(SAMPLE.read_text())["blueprint"]
    place = alice.place(alice.at("Loans", "Application received"))
    assert set(documented["process_info"]) <= set(place["process_info"])
    assert set(documented["transitions"][0]) <= set(place["transitions"][0])
    theirs, ours = documented["transitions"][0]["fields"][1], place["transitions"][0]["fields"][0]
    assert theirs["data_type"] == ours["data_type"] == "multiselectlookup"
    assert set(theirs) <= set(ours)
    named = {key: type(value) for key, value in theirs["multiselectlookup"].items()}
    assert {key: type(ours["multiselectlookup"][key]) for key in named} == named


def test_note_files_links_and_checklist_go_with_an_offer(alice: Desk, whole: StandIn) -> None:
    path = alice.at("Deals", "Id. Decision Makers", Amount=None)
    upload = whole.world.uploads.add("demo", "offer.pdf", b"%PDF", "application/pdf")
    assert alice.offered(path)["Send the offer"]["data"]["CheckLists"] == [
        {"Rate checked": False}, {"Manager informed": False},
    ]  # fmt: skip
    files = [{"$file_id": [upload]}, {"$link_url": "www.zoho.com"}]
    data = {"Amount": 5000, "Attachments": files, "CheckLists": [{"Rate checked": True}]}
    assert alice.run(path, "Send the offer", data)["message"] == PARTLY
    again = alice.offered(path)["Send the offer"]
    assert (again["percent_partial_save"], again["data"]["Attachments"]) == (75, files)
    ticked = {"CheckLists": [{"Rate checked": True}, {"Manager informed": True}]}
    assert alice.run(path, "Send the offer", ticked)["message"] == DONE
    hung = alice.call("GET", f"{path}/Attachments", params={"fields": "File_Name,Size"}).json()["data"]
    assert sorted((one["File_Name"], one["Size"]) for one in hung) == [("offer.pdf", "4"), ("www.zoho.com", "0")]


def test_a_note_and_a_related_task_are_made(alice: Desk) -> None:
    path = alice.at("Leads", "Contacted", Email="a@b.example", Consent_Date="2025-01-02")
    data = {"Requested_Amount": 700, "Tasks": {"Subject": "Welcome call"}}
    assert alice.run(path, "Qualify", data)["message"] == DONE
    ops = [(one["module"], one["op"], one["data"].get("Subject")) for one in
           alice.standin.world.ledger.show()["commits"]]  # fmt: skip
    assert ("Tasks", "insert", "Welcome call") in ops
    tasks = alice.call("GET", f"{path}/Tasks", params={"fields": "Subject,Created_Time"}).json()["data"]
    assert "Welcome call" in [one["Subject"] for one in tasks]
    path = alice.at("Loans", "Completeness check")
    assert alice.run(path, "Request documents", {"Notes": "Please send them"})["message"] == DONE
    notes = alice.call("GET", f"{path}/Notes", params={"fields": "Note_Content"}).json()["data"]
    assert "Please send them" in [one["Note_Content"] for one in notes]


def test_a_related_record_that_cannot_be_made_stops_the_transition(alice: Desk) -> None:
    path = alice.at("Leads", "Contacted", Email="a@b.example", Consent_Date="2025-01-02")
    refused = alice.run(path, "Qualify", {"Requested_Amount": 701, "Tasks": {"Due_Date": "soon"}})
    assert refused["status"] == "error"
    assert alice.record(path)["Lead_Status"] == "Contacted"
    assert alice.record(path)["Requested_Amount"] != 701


@pytest.mark.parametrize(
    ("data", "api_name"),
    [
        ({"Requested_Amount": "much", "Consent_Date": "2025-01-02"}, "Requested_Amount"),
        ({"Requested_Amount": -5, "Consent_Date": "2025-01-02"}, "Requested_Amount"),
        ({"Consent_Date": "yesterday"}, "Consent_Date"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_is_kept(alice: Desk, data: Json, api_name: str) -> None:
    path = alice.at("Leads", "Contacted", Email="a@b.example", Requested_Amount=None, Consent_Date=None)
    refused = alice.run(path, "Qualify", data)
    assert (refused["code"], refused["details"]["api_name"]) == ("INVALID_DATA", api_name)
    assert (alice.record(path)["Lead_Status"], alice.record(path)["Consent_Date"]) == ("Contacted", None)


def test_a_value_that_another_record_has_already_is_refused_where_it_must_be_unique(alice: Desk) -> None:
    path = alice.at("Leads", "Not Contacted")
    taken = next(one["Email"] for one in alice.demo.records["Leads"][5:] if one["Email"])
    wanted = {"id": "1", "type": "field", "optional": True, "sequence": 1, "field": {"api_name": "Email"}}
    process = alice.demo.blueprint_settings[alice.place(path)["process_info"]["id"]]
    transition = next(one for one in process["transitions"] if one["name"] == "No answer")
    transition["during_inputs"] = [wanted]
    refused = alice.run(path, "No answer", {"Email": taken})
    transition["during_inputs"] = []
    assert refused["code"] == "DUPLICATE_DATA"
    assert alice.record(path)["Lead_Status"] == "Not Contacted"


def test_the_message_of_a_validation_comes_with_its_refusal(alice: Desk) -> None:
    path = alice.at("Leads", "Contacted", Email="a@b.example")
    refused = alice.run(path, "Qualify", {"Requested_Amount": -5})
    assert refused["details"]["message"] == "The amount must be more than nothing"


def test_a_field_of_a_parent_record_is_written_through_its_lookup(alice: Desk) -> None:
    path = alice.at("Deals", "Value Proposition")
    contact = alice.demo.records["Contacts"][3]["id"]
    data = {"Contact_Name": {"id": contact, "phone": "123458939"}}
    assert alice.run(path, "Find the decision makers", data)["message"] == DONE
    assert alice.record(f"/Contacts/{contact}")["Phone"] == "123458939"
    assert alice.record(path)["Contact_Name"]["id"] == contact


def test_a_parallel_transition_closes_when_its_last_child_is_done(alice: Desk) -> None:
    path = alice.at("Loans", "Checks", Loan_to_Value=None)
    offered = alice.offered(path)
    parent = offered["All checks done"]["id"]
    children = [one["name"] for one in offered.values() if (one.get("parent_transition") or {}).get("id") == parent]
    assert len(children) == 4
    assert alice.run(path, "All checks done")["message"] == "invalid transition"
    ticks = [{"Photo compared": True}, {"Date of birth compared": True}]
    for name, data in (("Check the income", {}), ("Check the sanctions list", {}),
                       ("Check the identity", {"CheckLists": ticks})):  # fmt: skip
        assert alice.run(path, name, data)["message"] == DONE
        assert name not in alice.offered(path)
        assert alice.place(path)["process_info"]["field_value"] == "Checks"
    assert alice.run(path, "Check the collateral")["message"] == PARTLY
    assert alice.run(path, "Check the collateral", {"Loan_to_Value": 55})["message"] == DONE
    assert alice.place(path)["process_info"]["field_value"] == "Scoring"


def test_a_widget_is_named_by_the_data_and_sent_back(alice: Desk) -> None:
    path = alice.at("Loans", "Scoring")
    widget = alice.offered(path)["Score"]["data"]["widget"]
    assert widget["name"] == "Score card"
    wrong = alice.run(path, "Score", {"widget": {**widget, "id": "1"}})
    assert wrong["code"] == "INVALID_DATA"
    assert alice.run(path, "Score", {"widget": widget, "Fraud_Check_Passed": True})["message"] == DONE


def test_owners_decide_who_is_offered_what(whole: StandIn, alice: Desk) -> None:
    path = alice.at("Loans", "Committee", Owner={"id": alice.demo.user("alice")["id"]})
    assert set(alice.offered(path)) == {"Score again"}
    dora = Desk(whole, "dora")
    offered = dora.offered(path)
    assert set(offered) == {"Committee approves", "Committee declines"}
    # a field that is hidden from her profile is not asked of her
    assert offered["Committee approves"]["fields"] == []
    stolen = {"blueprint": [{"transition_id": offered["Committee approves"]["id"], "data": {}}]}
    assert alice.send(path, stolen).json()["message"] == "invalid transition"
    assert alice.send(path, stolen).status_code == 400


def test_who_may_not_edit_is_offered_nothing_and_refused(whole: StandIn, alice: Desk) -> None:
    path = alice.at("Leads", "Not Contacted")
    some_id = alice.offered(path)["No answer"]["id"]
    bob = Desk(whole, "bob")
    assert bob.place(path)["transitions"] == []
    refused = bob.send(path, {"blueprint": [{"transition_id": some_id, "data": {}}]})
    assert (refused.status_code, refused.json()["code"], refused.json()["message"]) == (
        403, "NO_PERMISSION", "Permission denied to update records",
    )  # fmt: skip


def test_a_continuous_process_says_so_and_lends_its_owners(whole: StandIn, alice: Desk) -> None:
    path = alice.at("Cases", "New")
    info = alice.place(path)["process_info"]
    assert info["is_continuous"] is info["continuous"] is True
    assert set(alice.offered(path)) == {"Put on hold", "Escalate", "Answer"}
    process = alice.demo.blueprint_settings[info["id"]]
    owners, process["owners"] = process["owners"], [{"type": "users", "resources": [{"id": "1"}]}]
    assert alice.offered(path) == {}
    process["owners"] = owners


def test_escalation_says_how_long_a_record_is_overdue(alice: Desk) -> None:
    late = alice.place(alice.at("Deals", "Qualification", days=10))["process_info"]["escalation"]
    assert late == {"days": 3, "status": "overdue"}
    early = alice.place(alice.at("Deals", "Qualification", days=1.5))["process_info"]["escalation"]
    assert early == {"days": 5, "status": "due"}
    assert alice.place(alice.at("Deals", "Value Proposition"))["process_info"]["escalation"] is None


def test_a_locked_record_gives_neither_its_blueprint_nor_a_transition(whole: StandIn, alice: Desk) -> None:
    path = alice.at("Deals", "Qualification")
    body = {"blueprint": [{"transition_id": alice.offered(path)["Start the analysis"]["id"], "data": {}}]}
    whole.fault("lock", {"record": path.rpartition("/")[2]})
    for answer in (alice.call("GET", f"{path}/actions/blueprint"), alice.send(path, body)):
        assert (answer.status_code, answer.json()["code"]) == (400, "RECORD_LOCKED")
    whole.clear_faults()
    assert alice.send(path, body).json()["message"] == DONE
