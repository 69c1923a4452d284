"""A record's place in its process: what is offered, why it is stuck, what the CRM refuses."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from console.blueprints.facts import Facts
from console.blueprints.graph import ProcessGraph
from console.blueprints.stuck import REASONS, Case, explain
from console.connections.scopes import READ_SCOPES
from crm_client import CrmClient
from crm_client.blueprints import Blueprint
from crm_client.record_blueprints import RecordBlueprint
from crm_client.standin import StandIn
from crm_client.standin.organisations.made.blueprints_stuck import stuck
from crm_client.users import User
from tests.blueprints.samples import facts, made
from tests.cast import Person, person

pytestmark = pytest.mark.django_db

At = Callable[..., str]
MODULES = ("Leads", "Deals", "Cases", "Loans")


def _records(standin: StandIn) -> dict[str, str]:
    demo = standin.organisation("demo")
    return {record["id"]: module for module in MODULES for record in demo.records[module]}


def _stuck(standin: StandIn, reason: str) -> str:
    """The address of the first record that is stuck for a reason."""
    id_ = next(one for one, why in stuck(standin.organisation("demo")).items() if why == reason)
    return f"/blueprints/record/{_records(standin)[id_]}/{id_}/"


def _verdict(text: str) -> str:
    return re.findall(r'data-verdict="(\w+)"', text)[0]


def test_every_stuck_record_of_the_demo_is_explained_rightly(alice: Person, standin: StandIn) -> None:
    modules = _records(standin)
    reasons = stuck(standin.organisation("demo"))
    assert set(reasons.values()) == set(REASONS)
    for id_, reason in reasons.items():
        text = alice.get(f"/blueprints/record/{modules[id_]}/{id_}/").text
        assert _verdict(text) == reason, id_
        assert re.findall(r'data-hindrance="(\w+)"', text)[0] == reason


def test_no_other_record_is_called_stuck(standin: StandIn) -> None:
    demo = standin.organisation("demo")
    standin.allowance("demo").credits = None
    reasons, alice = stuck(demo), User.from_api(demo.user("alice"))
    processes = {id_: Blueprint.from_api(raw) for id_, raw in demo.blueprint_settings.items()}
    known = {id_: (ProcessGraph(one), facts(one)) for id_, one in processes.items()}
    looked_at = 0
    token = standin.token("demo", "alice", ",".join(READ_SCOPES))["access_token"]
    with CrmClient.with_token(standin.api(), token) as crm:
        for module in MODULES:
            running = [one for one in demo.records[module] if one["$process_flow"] and one["id"] not in reasons]
            for record in running[::7]:
                place = crm.blueprints.of_record(module, record["id"])
                assert place is not None
                verdict = explain(Case(place, record, *known[place.process_id], alice))
                assert not verdict.is_stuck, (module, record["id"], verdict)
                assert verdict.waits
                looked_at += 1
    assert looked_at > 100


def test_each_thing_in_the_way_is_a_sentence_with_what_resolves_it(alice: Person, standin: StandIn) -> None:
    said = {reason: alice.get(_stuck(standin, reason)).text for reason in REASONS}
    assert "“Win” is open only when Amount is less than 500000; here Amount is empty." in said["criteria"]
    assert re.search(r'href="[^"]*/records/Deals/\d+/edit/"><bdi>Change the record', said["criteria"])
    assert "“Settle” requires Solution, which is empty (50 % of it is saved)." in said["inputs"]
    assert "“Pay out” waits for the profile Back office; your profile is Administrator." in said["profile"]
    assert re.search(r'href="[^"]*/transitions/\d+/"><bdi>Who may run it', said["profile"])
    assert "“Score again” waits for the record’s owner (Dora Lindqvist); you are Alice Moreau." in said["owner"]
    assert "The record is locked: no transition can be run" in said["locked"]
    assert re.search(r"“Cooling-off over” runs by itself on \d\d \w{3} \d{4} at", said["waiting"])
    assert "“All checks done” closes by itself once all its parts are done; 2 are still open" in said["parallel"]
    assert "Its part “Check the collateral” is still open. It requires Loan to Value." in said["parallel"]
    assert "is still in “Lead nurturing 2023”, which is switched off. The process in force is" in said["other_process"]
    assert re.search(r'href="[^"]*/records/Cases/\d+/edit/"><bdi>Change the record', said["inputs"])
    assert re.search(r'href="[^"]*/records/Leads/\d+/"><bdi>The record', said["locked"])
    for reason, text in said.items():
        listed = text.split('class="hindrances"')[1].split("</ol>")[0]
        assert listed.count("<a href=") == listed.count("<li "), reason
    for text in said.values():
        assert "is-current" in text  # its state is lit on the map


def _free(standin: StandIn, module: str, field: str, state: str) -> str:
    demo = standin.organisation("demo")
    avoided = stuck(demo)
    id_ = next(
        one["id"] for one in demo.records[module]
        if one["$process_flow"] and one[field] == state and one["id"] not in avoided
    )  # fmt: skip
    return f"/blueprints/record/{module}/{id_}/"


def test_a_free_record_says_which_transition_waits_for_whom_and_what_each_asks_for(
    alice: Person, standin: StandIn
) -> None:
    before = len(standin.ledger())
    text = alice.get(_free(standin, "Loans", "Processing_Step", "Scoring")).text
    asked = [entry["path"] for entry in standin.ledger()[before:] if re.search(r"/Loans/\d+", entry["path"])]
    assert len(asked) == 2
    assert _verdict(text) == "free"
    assert "“Score” waits for you, or for anybody else who may edit the record." in text
    assert "Leads to <strong><bdi>Decision</bdi></strong>" in text
    assert "Fraud Check Passed" in text
    assert "Score card" in text  # the widget, whose id is "0"
    assert "criteria not met" in text
    assert "After it: " in text
    assert "Running them is done in Zoho CRM for now" in text
    assert "<form" not in text.split('id="main"')[1]


def test_an_end_and_a_record_without_a_process_are_not_stuck(alice: Person, standin: StandIn) -> None:
    demo = standin.organisation("demo")
    ended = next(one for one in demo.records["Loans"] if one["Processing_Step"] == "Paid out")
    before = len(standin.ledger())
    text = alice.get(f"/blueprints/record/Loans/{ended['id']}/").text
    assert "It has left “Loan processing”: “Paid out” is an end of it." in text
    assert not any("actions/blueprint" in entry["path"] for entry in standin.ledger()[before:])
    contact = demo.records["Contacts"][0]["id"]
    assert "This record is in no blueprint." in alice.get(f"/blueprints/record/Contacts/{contact}/").text
    assert alice.get("/blueprints/record/Contacts/999/").status == 404
    assert alice.get("/blueprints/record/Nothing/999/").status == 404


def test_the_documentations_sample_shows_its_two_transitions_with_their_fields(standin: StandIn) -> None:
    patricia = person(standin, "samples", "patricia")
    samples = standin.organisation("samples")
    module, id_ = next(iter(samples.record_blueprints))
    text = patricia.get(f"/blueprints/record/{module}/{id_}/").text
    cards = text.split('<article class="card transition-card')[1:]
    assert len(cards) == len(samples.record_blueprints[module, id_]["transitions"]) == 2
    for card, raw in zip(cards, samples.record_blueprints[module, id_]["transitions"], strict=True):
        assert f"<bdi>{raw['name']}</bdi>" in card
        assert raw["next_field_value"] in card
        assert card.count('<th scope="row">') + card.count('<tr class="is-missing"><th') >= len(raw["fields"])
    assert "multiuserlookup" in text
    assert "widget" in text


DOCUMENTED = [
    (400, "INVALID_MODULE", "The given module is not supported in API", "No blueprint can be read in this module"),
    (400, "INVALID_MODULE", "The module name given seems to be invalid", "No blueprint can be read in this module"),
    (400, "INVALID_DATA", "the id given seems to be invalid", "knows no record of this id any more"),
    (400, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one", "did not take this way"),
    (400, "AUTHORIZATION_FAILED", "User does not have sufficient privilege", "Your profile may not read records"),
    (401, "OAUTH_SCOPE_MISMATCH", "Unauthorized", "was not given the scope that reading records takes"),
    (403, "NO_PERMISSION", "Permission denied to read records", "neither your role nor a sharing rule"),
    (404, "INVALID_URL_PATTERN", "Please check if the URL", "Zoho CRM has no such address"),
    (500, "INTERNAL_ERROR", "Internal Server Error", "had an internal error"),
    (400, "RECORD_LOCKED", "You cannot perform this operation as the record is locked.", "The record is locked"),
    (400, "RECORD_NOT_IN_PROCESS", "Record not in process", "This record is in no blueprint."),
]


def test_every_documented_error_has_its_sentence(alice: Person, standin: StandIn) -> None:
    address = _free(standin, "Leads", "Lead_Status", "Contacted")
    alice.get(address)
    path = f"/crm/v8/Leads/{address.split('/')[-2]}/actions/blueprint"
    for status, code, message, sentence in DOCUMENTED:
        body = {"code": code, "details": {}, "message": message, "status": "error"}
        standin.fault("status", {"status": status, "body": body}, {"path": path})
        page = alice.get(address)
        standin.clear_faults()
        assert page.status == 200
        assert sentence in page.text, code
    standin.fault("empty204", match={"path": path})
    assert "This record is in no blueprint." in alice.get(address).text


def _blueprint(**changes: Any) -> dict[str, Any]:
    transition = {"id": "5", "name": "Go", "type": "manual", "next_field_value": "B", "criteria_matched": True,
                  "fields": [], "data": {}} | changes  # fmt: skip
    info = {"id": "", "name": "Strange", "api_name": "Lead_Status", "field_value": "Elsewhere", "escalation": {}}
    return {"process_info": info, "transitions": [transition]}


@pytest.mark.parametrize(("changes", "shown"), [
    ({"fields": {"_type": "fields", "api_name": "Phone", "field_label": "Phone"}}, "Phone"),
    ({"fields": [{"_type": "widget", "id": "0", "data_type": "widget"}]}, "a widget"),
    ({"fields": [{"_type": "hologram", "id": "0"}, None, 7]}, "of a kind not known here (hologram)"),
    ({"fields": [{"_type": "fields", "api_name": "Phone", "mandatory": "yes"}]}, "optional"),
    ({"name": "<b>bold</b>", "color_code": "url(x)"}, "&lt;b&gt;bold&lt;/b&gt;"),
    ({"criteria_matched": False, "criteria_message": None}, "criteria not met"),
    ({"type": "automatic", "execution_time": "soon"}, "at a time that Zoho CRM does not tell"),
    ({"percent_partial_save": 1e999, "next_transitions": {"name": "Then"}}, "Then"),
    ({"parent_transition": {"id": "6", "name": "All"}}, "A part of “All”"),
    ({"parent_transition": {"id": "5"}}, "closes by itself once its parts are done"),
])  # fmt: skip
def test_damaged_answers_are_shown_for_what_they_are(
    standin: StandIn, db: None, changes: dict[str, Any], shown: str
) -> None:
    patricia = person(standin, "samples", "patricia")
    samples = standin.organisation("samples")
    module, id_ = next(iter(samples.record_blueprints))
    samples.record_blueprints[module, id_] = _blueprint(**changes)
    page = patricia.get(f"/blueprints/record/{module}/{id_}/")
    assert page.status == 200
    assert shown in page.text
    assert "url(x)" not in page.text
    for empty in ({}, {"process_info": [], "transitions": {}}, {"process_info": {"id": "0"}, "transitions": None}):
        samples.record_blueprints[module, id_] = empty
        assert patricia.get(f"/blueprints/record/{module}/{id_}/").status == 200


def test_without_the_settings_the_record_alone_shows_its_part_of_the_map(standin: StandIn) -> None:
    eve = person(standin, "demo", "alice", [scope for scope in READ_SCOPES if "blueprint" not in scope])
    address = _free(standin, "Loans", "Processing_Step", "Scoring")
    eve.get(address)
    before = len(standin.ledger())
    text = eve.get(address).text
    assert len(standin.ledger()) == before + 2
    assert "Seen, not configured." in text
    assert len(re.findall(r'data-node="state-\d+"', text)) == 5
    assert _verdict(text) == "free"
    text = eve.get(_stuck(standin, "profile")).text
    assert "which this connection may not read" in text
    assert "/catalogue/" in text.split('id="why"')[1]


def test_bob_sees_what_is_offered_to_him_and_charlie_nothing(bob: Person, charlie: Person, standin: StandIn) -> None:
    address = _stuck(standin, "profile")
    assert bob.get(address).status == 200
    assert charlie.get(address).status == 404


def test_a_profile_that_may_not_see_the_settings_is_not_asked_for_them_again(alice: Person, standin: StandIn) -> None:
    body = {"code": "NO_PERMISSION", "message": "permission denied", "status": "error", "details": {}}
    standin.fault("status", {"status": 403, "body": body}, {"path": "/crm/v8/settings/blueprints"})
    address = _free(standin, "Loans", "Processing_Step", "Scoring")
    assert "Seen, not configured." in alice.get(address).text
    before = len(standin.ledger())
    alice.get(address)
    assert len(standin.ledger()) == before + 2
    standin.clear_faults()
    alice.post("/blueprints/refresh/")
    assert "Seen, not configured." not in alice.get(address).text


def test_nobody_is_blamed_on_a_guess() -> None:
    def said(owners: list[dict[str, Any]], me: User | None) -> list[tuple[str, str]]:
        raw = made(["A", "B"], {"go": ("A", "B")}, {"go": {"owners": owners}})
        info = {"id": "1", "name": "Made", "api_name": "Lead_Status", "field_value": "A"}
        place = RecordBlueprint.from_api({"process_info": info, "transitions": []})
        record = {"Owner": {"id": "8", "name": "Dora"}}
        verdict = explain(Case(place, record, ProcessGraph(Blueprint.from_api(raw)), Facts(), me))
        return [(one.code, one.sentence) for one in verdict.hindrances]

    me = User.from_api({"id": "5", "full_name": "Me", "profile": {"id": "6", "name": "Sales"}})
    unknown = [("owner", "No transition out of “A” is offered to you.")]
    assert said([{"type": "profiles", "resources": [{"id": "6"}]}], me) == unknown
    assert said([{"type": "groups", "resources": [{"id": "9"}]}], me) == unknown
    assert said([{"type": "profiles", "resources": [{"id": "7", "name": "Other"}]}], None) == unknown
    assert said([], me) == unknown
    assert said([{"type": "record_owner"}], me) == [("owner", "“go” waits for the record’s owner (Dora); you are Me.")]
    other = [{"type": "profiles", "resources": [{"id": "7", "name": "Other"}]}]
    assert said(other, me) == [("profile", "“go” waits for the profile Other; your profile is Sales.")]
