"""What the engine of processes refuses, who enters a process, its clock, and what stays over a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from crm_client.standin import StandIn
from tests.standin.desk import DAY, DONE, PARTLY, SCOPES, Desk, Json


@pytest.fixture(scope="module")
def whole() -> Iterator[StandIn]:
    with StandIn(seed=1) as running:
        running.allowance("demo").credits = None
        yield running


@pytest.fixture
def alice(whole: StandIn) -> Desk:
    return Desk(whole)


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
