"""The stand-in's engine of processes over HTTP: every kind of transition and input, what it refuses, its clock."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from crm_client.standin import StandIn

Json = dict[str, Any]
SCOPES = "ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.settings.blueprint.ALL,ZohoCRM.coql.READ"
SAMPLE = Path(__file__).parents[2] / "crm_client/standin/organisations/samples/data/blueprint-lead.json"
DONE, PARTLY = "transition updated successfully", "transition saved partially"
DAY = 86_400


class Desk:
    """Somebody of the demo at work on one record, which the tests put into any state they like."""

    def __init__(self, standin: StandIn, user: str = "alice", scopes: str = SCOPES, version: int = 8) -> None:
        self.standin, self.user, self.scopes, self.version = standin, user, scopes, version
        self.demo = standin.organisation("demo")

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        token = self.standin.token("demo", self.user, self.scopes)["access_token"]  # a fresh one: clocks are moved
        headers = {"Authorization": f"Zoho-oauthtoken {token}"}
        url = f"{self.standin.api()}/crm/v{self.version}{path}"
        return requests.request(method, url, headers=headers, timeout=20, **options)

    def at(self, module: str, state: str, days: float = 1, **values: Any) -> str:
        """A running record of the module, put into a state some days ago; its id."""
        places = self.demo.process_places[module]
        record = next(
            one for one in self.demo.records[module] if one["id"] in places and one.get("Locked__s") is not True
        )
        process = next(
            one for one in self.demo.blueprint_settings.values()
            if one["status"] == "active" and one["module"]["api_name"] == module
        )  # fmt: skip
        record.update({process["field"]["api_name"]: state, **values})
        since = time.time() - days * DAY
        places[record["id"]] = {"process": process["id"], "state": state, "since": since, "done": [], "partial": {},
                                "values": {}}  # fmt: skip
        return f"/{module}/{record['id']}"

    def place(self, path: str) -> Json:
        answer = self.call("GET", f"{path}/actions/blueprint")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()["blueprint"]
        return found

    def offered(self, path: str) -> dict[str, Json]:
        return {one["name"]: one for one in self.place(path)["transitions"]}

    def run(self, path: str, name: str, data: Json | None = None) -> Json:
        """The answer to a transition, run by the name that it is offered under."""
        item = {"transition_id": self.offered(path)[name]["id"], "data": data or {}}
        return self.send(path, {"blueprint": [item]}).json()

    def send(self, path: str, body: Any) -> requests.Response:
        return self.call("PUT", f"{path}/actions/blueprint", json=body)

    def record(self, path: str) -> Json:
        found: Json = self.call("GET", path).json()["data"][0]
        return found


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


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"blueprint": {"transition_id": "1", "data": {}}}, "MANDATORY_NOT_FOUND", "mandatory param missing"),
        ({"blueprint": []}, "MANDATORY_NOT_FOUND", "mandatory param missing"),
        ({"blueprint": [{"data": {}}]}, "MANDATORY_NOT_FOUND", "mandatory param missing"),
        ({"blueprint": [{"transition_id": "1"}]}, "MANDATORY_NOT_FOUND", "mandatory param missing"),
        ({"blueprint": [{"transition_id": "1", "data": []}]}, "INVALID_DATA", "invalid data"),
        ({"blueprint": [{"transition_id": "1", "data": {}}]}, "INVALID_DATA", "invalid transition"),
        ([], "MANDATORY_NOT_FOUND", "mandatory param missing"),
    ],
)
def test_what_is_no_transition_is_refused(alice: Desk, body: Any, code: str, message: str) -> None:
    refused = alice.send(alice.at("Deals", "Qualification"), body)
    assert (refused.status_code, refused.json()["code"], refused.json()["message"]) == (400, code, message)


def test_ids_modules_scopes_and_verbs_are_checked(whole: StandIn, alice: Desk) -> None:
    path = alice.at("Deals", "Qualification")
    for wrong, code in (("/Deals/17", "INVALID_DATA"), ("/Nowhere/1", "INVALID_MODULE"),
                        ("/Leads_Insights__s/1", "INVALID_MODULE")):  # fmt: skip
        assert alice.call("GET", f"{wrong}/actions/blueprint").json()["code"] == code
    assert alice.call("DELETE", f"{path}/actions/blueprint").json()["code"] == "INVALID_REQUEST_METHOD"
    reader = Desk(whole, scopes="ZohoCRM.modules.deals.READ", version=7)
    assert reader.place(path)["process_info"]["field_value"] == "Qualification"
    assert reader.send(path, {}).json()["code"] == "OAUTH_SCOPE_MISMATCH"


def test_the_state_field_cannot_be_changed_around_the_process(alice: Desk) -> None:
    path = alice.at("Leads", "Contacted")
    change = {"data": [{"Lead_Status": "Lost Lead"}]}
    item = alice.call("PUT", path, json=change).json()["data"][0]
    assert (item["code"], item["message"]) == ("RECORD_IN_BLUEPRINT", "The record is in blue print")
    assert alice.record(path)["Lead_Status"] == "Contacted"
    other = alice.call("PUT", path, json={"data": [{"Description": "Met at the fair"}]}).json()["data"][0]
    assert other["code"] == "SUCCESS"


@pytest.mark.parametrize(("trigger", "enters"), [(None, True), (["blueprint"], True), ([], False)])
def test_a_new_record_enters_its_process_unless_told_not_to(
    alice: Desk, trigger: list[str] | None, enters: bool
) -> None:
    body: Json = {"data": [{"Last_Name": "Newcomer", "Company": "Fresh", "Lead_Status": "Not Contacted"}]}
    if trigger is not None:
        body["trigger"] = trigger
    made = alice.call("POST", "/Leads", json=body).json()["data"][0]
    assert made["code"] == "SUCCESS", made
    path = f"/Leads/{made['details']['id']}"
    assert alice.record(path)["$process_flow"] is enters
    assert (alice.call("GET", f"{path}/actions/blueprint").status_code == 200) is enters
    assert alice.call("DELETE", path).json()["data"][0]["code"] == "SUCCESS"
    assert path.rpartition("/")[2] not in alice.demo.process_places["Leads"]


def test_the_documented_record_is_served_and_can_be_moved(whole: StandIn) -> None:
    token = whole.token("samples", "patricia", SCOPES)["access_token"]
    headers = {"Authorization": f"Zoho-oauthtoken {token}"}
    samples = whole.organisation("samples")
    ((module, id_), place) = next(iter(samples.record_blueprints.items()))
    url = f"{whole.api()}/crm/v8/{module}/{id_}/actions/blueprint"
    assert requests.get(url, headers=headers, timeout=20).json() == {"blueprint": place}
    contact, silence = place["transitions"]

    def send(transition: Json, data: Json) -> str:
        body = {"blueprint": [{"transition_id": transition["id"], "data": data}], "process_info": {}}
        return str(requests.put(url, json=body, headers=headers, timeout=20).json()["message"])

    assert send(silence, {}) == PARTLY
    assert send({"id": "1"}, {}) == "invalid transition"
    assert send(contact, {}) == DONE
    assert requests.get(url, headers=headers, timeout=20).json()["blueprint"]["transitions"] == []
    assert next(one for one in samples.records[module] if one["id"] == id_)["Lead_Status"] == "Contacted"


def test_a_saved_blueprint_goes_over_to_the_engine_where_its_process_was_saved_too(alice: Desk) -> None:
    path = alice.at("Deals", "Qualification")
    id_ = path.rpartition("/")[2]
    alice.demo.record_blueprints["Deals", id_] = alice.place(path)
    assert alice.run(path, "Start the analysis")["message"] == DONE
    assert alice.place(path)["process_info"]["field_value"] == "Needs Analysis"
    assert set(alice.offered(path)) == {"Propose value", "Lose"}


def test_automatic_transitions_follow_the_clock() -> None:
    with StandIn(seed=1) as standin:
        alice = Desk(standin)
        path = alice.at("Loans", "Cooling-off", days=2)
        waiting = alice.offered(path)["Cooling-off over"]
        assert (waiting["type"], waiting["fields"]) == ("automatic", [])
        assert waiting["execution_time"] is not None
        refused = alice.run(path, "Cooling-off over")
        assert refused["message"] == "invalid transition"
        standin.advance(11 * DAY)
        assert alice.place(path)["process_info"]["field_value"] == "Cooling-off"
        standin.advance(2 * DAY)
        query = {"select_query": f"select Processing_Step from Loans where id = '{path.rpartition('/')[2]}'"}
        assert alice.call("POST", "/coql", json=query).json()["data"][0]["Processing_Step"] == "Ready for payout"
        event = alice.call("GET", f"{path}/__timeline").json()["__timeline"][0]
        assert event["automation_details"]["transition"]["name"] == "Cooling-off over"


def test_two_automatic_transitions_that_lead_to_each_other_come_to_a_rest() -> None:
    with StandIn(seed=1) as standin:
        alice = Desk(standin)
        path = alice.at("Deals", "Qualification")
        trial = next(one for one in alice.demo.blueprint_settings.values() if one["status"] == "draft")
        trial["status"] = "active"
        for one in trial["transitions"]:
            one["timebox"] = {"period": "days", "value": 0}
        alice.demo.process_places["Deals"][path.rpartition("/")[2]]["process"] = trial["id"]
        assert alice.place(path)["process_info"]["field_value"] in ("Qualification", "Needs Analysis")


def test_where_records_stand_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with StandIn(seed=1, state=state) as standin:
        alice = Desk(standin)
        in_process = {one: alice.demo.process_places[one] for one in ("Loans", "Deals")}
        loan = next(
            f"/Loans/{one['id']}" for one in alice.demo.records["Loans"]
            if one["Processing_Step"] == "Documents requested" and one["id"] in in_process["Loans"]
            and one["Down_Payment"] is None
        )  # fmt: skip
        deal = next(
            f"/Deals/{one['id']}" for one in alice.demo.records["Deals"]
            if one["Stage"] == "Negotiation/Review" and one["id"] in in_process["Deals"] and one["Amount"]
            and one["Amount"] < 500_000
        )  # fmt: skip
        assert alice.run(loan, "Documents arrived", {"Documents_Received": ["Tax return"]})["message"] == PARTLY
        assert alice.run(loan, "Documents arrived", {"Documents_Received": ["Payslips"]})["message"] == PARTLY
        assert alice.run(deal, "Win")["message"] == DONE
    with StandIn(seed=1, state=state) as standin:
        alice = Desk(standin)
        assert alice.offered(loan)["Documents arrived"]["percent_partial_save"] == 50
        assert alice.offered(loan)["Documents arrived"]["data"]["Documents_Received"] == ["Payslips"]
        assert alice.call("GET", f"{deal}/actions/blueprint").json()["code"] == "RECORD_NOT_IN_PROCESS"
        assert alice.record(deal)["Stage"] == "Closed Won"
        # of what was kept about the loan twice, the first went when the stand-in started again
        kept = [line for file in tmp_path.iterdir() for line in file.read_text().splitlines() if '"op":"place"' in line]
        assert sum(f'"id":"{loan.rpartition("/")[2]}"' in line for line in kept) == 1
