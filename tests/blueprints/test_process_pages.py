"""The list and the map of a process: states, transitions, findings, exports; who may see what; refused settings."""

import json
import re
from collections.abc import Callable

import pytest

from console.connections.scopes import READ_SCOPES
from crm_client.standin import StandIn
from tests.blueprints.samples import made
from tests.cast import Person, person

pytestmark = pytest.mark.django_db

At = Callable[..., str]


def _panel(text: str) -> str:
    return text.split('id="part-panel"')[1].split("</aside>")[0]


def test_the_list_says_everything_of_a_process_and_where_it_comes_from(alice: Person, standin: StandIn) -> None:
    raw = next(iter(standin.organisation("demo").blueprint_settings.values()))
    raw["entry_criteria"] = {"comparator": "equal", "field": {"api_name": "Lead_Source", "id": "1"}, "value": "Web"}
    text = alice.get("/blueprints/").text
    assert 'data-source="settings"' in text
    assert re.findall(r'<tr data-state="(\w+)">', text) == ["active"] * 4 + ["draft", "inactive"]
    assert "Standard (Standard)" in text
    assert text.count("not read yet") == 12
    alice.post("/blueprints/read/")
    before = len(standin.ledger())
    text = alice.get("/blueprints/").text
    assert "not read yet" not in text
    assert "the record’s owner" in text
    assert "the roles CEO, Sales Manager or Clerk" in text
    assert "Lead_Source is Web" in text
    assert len(standin.ledger()) == before


def test_the_map_shows_states_ways_times_and_parallel_parts(alice: Person, at: At, key: At) -> None:
    text = alice.get(at("Loan processing")).text
    assert len(re.findall(r'data-node="\d+"', text)) == 14
    assert len(re.findall(r'data-arrow="arrow-\d+"', text)) == 30
    assert text.count("is-automatic") == 3
    assert "after 14 days" in text
    assert "after 4 in parallel" in text
    assert "overdue after 2 business days" in text
    checks = _panel(alice.get(at("Loan processing", f"states/{key('Loan processing', 'states', 'Checks')}/")).text)
    assert "A record is overdue after 7 days here." in checks
    assert "All checks done" in checks
    page = alice.get_partial(at("Loan processing", f"transitions/{key('Loan processing', 'transitions', 'Pay out')}/"))
    assert page.text.lstrip().startswith('<aside id="part-panel"')
    assert "the profile Back office" in page.text
    assert "Disbursed At" in page.text
    assert "mandatory" in page.text
    assert "sends the e-mail “Paid”" in page.text
    win = alice.get_partial(at("Deal closing", f"transitions/{key('Deal closing', 'transitions', 'Win')}/")).text
    assert "Amount is less than 500000" in win
    withdraw = alice.get_partial(
        at("Loan processing", f"transitions/{key('Loan processing', 'transitions', 'Withdraw')}/")
    )
    assert "Common: it leaves 5 states." in withdraw.text


def test_alice_goes_from_a_finding_to_its_place(alice: Person, at: At) -> None:
    text = alice.get(at("Secured lending (trial)", "findings/")).text
    assert len(re.findall("data-finding=", text)) == 7
    link = re.findall(r'href="([^"]*transitions/\d+/\?finding=2)"', text)[0]
    page = alice.get(link.replace(alice.at(""), ""))
    assert "Automatic transitions go round without anybody" in _panel(page.text)
    assert alice.get(at("Secured lending (trial)", "states/999/")).status == 404
    assert alice.get(at("Secured lending (trial)") + "?finding=99").status == 200


def test_the_map_is_taken_away_in_every_form(alice: Person, at: At) -> None:
    names = {"svg": b"<svg", "png": b"\x89PNG", "mmd": b"flowchart", "dot": b"digraph", "json": b"{"}
    for form, begin in names.items():
        page = alice.get(at("Secured lending (trial)", f"map.{form}"))
        assert page.content.startswith(begin), form
        assert f'filename="Secured-lending-trial.{form}"' in page.headers["Content-Disposition"]
    told = json.loads(page.content)
    assert len(told["graph"]["nodes"]) == 5
    assert len(told["findings"]) == 7
    document = alice.get(at("Loan processing", "document.md")).text
    assert "# Blueprint Loan processing" in document
    assert "- In parallel: Check the identity" in document
    assert "- Requires Loan to Value" in document
    assert "Cooling-off over" in alice.get(at("Loan processing", "document.html")).text
    assert alice.get(at("Loan processing", "document.exe")).status == 404


def test_opening_a_map_again_asks_the_crm_nothing(alice: Person, standin: StandIn, at: At) -> None:
    alice.get(at("Deal closing"))
    before = len(standin.ledger())
    alice.get(at("Deal closing"))
    alice.get(at("Deal closing", "findings/"))
    assert len(standin.ledger()) == before


def test_charlie_sees_his_own_processes_only(charlie: Person, at: At) -> None:
    assert charlie.get(at("Deal closing")).status == 404
    assert "Loan processing" not in charlie.get("/blueprints/").text


@pytest.mark.parametrize("refusal", ["scope", "v7"])
def test_refused_settings_are_said_with_a_way_out(standin: StandIn, refusal: str, at: At) -> None:
    scopes = [scope for scope in READ_SCOPES if refusal == "v7" or "blueprint" not in scope]
    eve = person(standin, "demo", "alice", scopes)
    if refusal == "v7":
        eve.connection.api_version = 7
        eve.connection.save()
    text = eve.get("/blueprints/").text
    assert 'data-source="records"' in text
    assert "Look at records" in text
    assert ("exist in version 8 of the API only" in text) is (refusal == "v7")
    assert f'data-error-code="{"CRM-SCOPE" if refusal == "scope" else "CRM-REFUSED"}"' in text
    assert eve.get(at("Deal closing")).status == 404


def test_a_damaged_process_is_shown_for_what_it_is(alice: Person, standin: StandIn) -> None:
    evil = "<script>alert(1)</script>\u202e"
    raw = made(["A", evil], {"go": ("A", evil), "by itself": ("A", "A")}, id="77", name=evil)
    raw["states"][0] |= {"pick_list_value": "A", "state_escalation": [{"period": "moons", "value": "3"}]}
    raw["states"].append({"id": "0", "name": None})
    raw["states"] += ["nonsense", None]
    raw["transitions"][0] |= {
        "color_code": "red;background:url(x)", "owners": {"type": "aliens", "resources": {"id": "1"}},
        "during_inputs": [{"type": "hologram"}, {"type": "field"}, {"type": "checklist", "items": {"a": 1}}],
        "criteria": {"comparator": "near", "field": None, "value": {"x": 1}}, "parent_transition": "x",
    }  # fmt: skip
    raw["transitions"][1] |= {"trigger_type": "automatic", "transition_type": 7, "id": "200"}
    raw["connections"] += [{"source": None}, "x", {"source": {"state": {"api_name": "A"}}, "target": 5}]
    raw["chart_data"] = {"nodes": {"x": "here", "y": None}}
    raw["owners"] = "everyone"
    standin.organisation("demo").blueprint_settings["77"] = raw
    text = alice.get("/blueprints/77/").text
    assert "<script>alert" not in text
    assert "background:url" not in text
    assert "of this process could not be read" in text
    for place in re.findall(r'href="([^"]*/blueprints/77/(?:states|transitions)/[^"]*)"', text):
        assert alice.get(place.replace(alice.at(""), "")).status == 200
    for rest in ("findings/", "numbers/", "compare/", "map.svg", "map.json", "document.md", "document.html"):
        assert alice.get(f"/blueprints/77/{rest}").status == 200, rest
    standin.organisation("demo").blueprint_settings["77"] = {"id": "77", "states": {}, "transitions": None}
    alice.post("/blueprints/77/refresh/")
    assert "there is nothing to draw" in alice.get("/blueprints/77/").text
