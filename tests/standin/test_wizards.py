"""The stand-in's wizards over HTTP: shapes of both versions, parameters, permission, errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from crm_client.standin import StandIn

Json = dict[str, Any]


class Caller:
    """Somebody who calls one organisation's API."""

    def __init__(self, standin: StandIn, user: str, org: str = "demo") -> None:
        self.standin = standin
        self.headers = {"Authorization": f"Zoho-oauthtoken {standin.token(org=org, user=user)['access_token']}"}

    def get(self, path: str, version: int = 8, **query: str) -> requests.Response:
        address = f"{self.standin.api()}/crm/v{version}/settings/wizards{path}"
        return requests.get(address, query, headers=self.headers, timeout=10)


@pytest.fixture(name="whole")
def _whole() -> Iterator[StandIn]:
    with StandIn(seed=1) as running:
        yield running


@pytest.fixture(name="alice")
def _alice(whole: StandIn) -> Caller:
    return Caller(whole, "alice")


def first(alice: Caller, name: str, version: int = 8) -> Json:
    """The detail of a wizard for its first layout."""
    listed = alice.get("").json()["wizards"]
    short = next(wizard for wizard in listed if wizard["name"] == name)
    answer = alice.get(f"/{short['id']}", version, layout_id=short["containers"][0]["layout"]["id"])
    wizard: Json = answer.json()["wizards"][0]
    return wizard


def test_alice_lists_at_most_as_many_wizards_as_the_crm_gives(alice: Caller) -> None:
    wizards = alice.get("").json()["wizards"]
    assert 12 <= len(wizards) <= 25
    assert len({wizard["module"]["api_name"] for wizard in wizards}) >= 5
    assert all(len(wizard["containers"]) <= 7 and len(wizard["name"]) <= 30 for wizard in wizards)


def test_the_newer_list_has_screens_inside_containers_and_the_older_beside(alice: Caller) -> None:
    newer, older = (alice.get("", version).json()["wizards"][0] for version in (8, 7))
    assert newer["containers"][0]["screens"][0]["api_name"]
    assert newer["display_label"]
    assert "screens" not in older["containers"][0]
    assert older["screens"] == newer["containers"][0]["screens"]
    assert not {"display_label", "source", "portal_user_types"} & set(older)
    assert "display_label" not in older["containers"][0]["layout"]


def test_the_older_version_sends_nulls_that_the_newer_leaves_out(alice: Caller) -> None:
    newer, older = (first(alice, "New lead", version) for version in (8, 7))
    button = older["containers"][0]["screens"][0]["segments"][-1]["buttons"][0]
    assert {button[key] for key in ("resource", "criteria", "profiles", "transition")} == {None}
    button = newer["containers"][0]["screens"][0]["segments"][-1]["buttons"][0]
    assert not {"resource", "criteria", "profiles", "transition"} & set(button)
    assert older["portal_user_types"] is newer["portal_user_types"] is None
    assert older["containers"][0]["screens"][0]["conditional_rules"] is None
    assert "conditional_rules" not in newer["containers"][0]["screens"][0]
    assert "tab_traversal" in older["containers"][0]["screens"][0]["segments"][0]
    assert "tab_traversal" not in newer["containers"][0]["screens"][0]["segments"][0]


def test_a_detail_needs_the_layout(alice: Caller) -> None:
    wizard = alice.get("").json()["wizards"][0]["id"]
    for answer in (alice.get(f"/{wizard}"), alice.get(f"/{wizard}", 7)):
        assert (answer.status_code, answer.json()["code"]) == (400, "REQUIRED_PARAM_MISSING")
        assert answer.json()["details"] == {"param_name": "layout_id"}
        assert answer.json()["message"] == "You have not specified the layout ID in the request."


def test_an_unknown_wizard_is_invalid_data(alice: Caller) -> None:
    answer = alice.get("/4711", layout_id="4712")
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (
        400, "INVALID_DATA", "Invalid Wizard ID",
    )  # fmt: skip


def test_a_module_narrows_the_list_and_an_unknown_one_is_refused(alice: Caller) -> None:
    loans = alice.get("", module="Loans").json()["wizards"]
    assert {wizard["module"]["api_name"] for wizard in loans} == {"Loans"}
    assert alice.get("", module="Nonsense").json()["code"] == "INVALID_MODULE"
    assert alice.get("", module="Campaigns").status_code == 204


@pytest.mark.parametrize("path", ["", "/4711"])
def test_bob_has_no_permission_for_settings(whole: StandIn, path: str) -> None:
    answer = Caller(whole, "bob").get(path, layout_id="1")
    assert answer.status_code == 403
    assert answer.json() == {
        "code": "NO_PERMISSION",
        "details": {"permissions": ["Zoho CRM: Settings Permission"]},
        "message": "Permission denied to read wizards",
        "status": "error",
    }


def test_another_verb_is_refused(alice: Caller) -> None:
    answer = requests.post(f"{alice.standin.api()}/crm/v8/settings/wizards", headers=alice.headers, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST_METHOD")


def test_the_sandbox_has_drifted(whole: StandIn) -> None:
    production, sandbox = whole.organisation("demo"), whole.organisation("demo-sandbox")
    here, there = ({wizard["name"] for wizard in place.wizards} for place in (production, sandbox))
    assert here - there == {"Christmas campaign"}
    assert there - here == {"Guarantee trial"}


def test_the_demo_has_every_kind_of_thing_that_a_wizard_can_hold(whole: StandIn) -> None:
    demo = whole.organisation("demo")
    screens = [
        screen
        for wizard in demo.wizard_details.values()
        for container in wizard["containers"]
        for screen in container["screens"]
    ]
    segments = [segment for screen in screens for segment in screen["segments"]]
    buttons = [button for segment in segments for button in segment.get("buttons", [])]
    rules = [rule for screen in screens for rule in screen["conditional_rules"] or []]
    assert {segment["type"] for segment in segments} == {"composite", "buttons", "text_label", "subforms", "widget"}
    assert {button["type"] for button in buttons} == {"transition", "save", None}
    assert {button["visibility"] for button in buttons} == {"show", "hide", "disable"}
    assert {button["shape"] for button in buttons} == {"square", "capsule", "round"}
    assert {button["category"] for button in buttons} == {"wizard_button", "custom_button"}
    assert {rule["execute_on"] for rule in rules} == {"create", "edit", "create_edit"}
    assert {action["type"] for rule in rules for action in rule["actions"]} == {
        "set_values", "set_lock", "show_component", "show_widget", "set_mandatory", "hide", "show", "make_read_only",
    }  # fmt: skip
    assert max(len(wizard["containers"][0]["screens"]) for wizard in demo.wizard_details.values()) == 30
    for some in ("transition", "profiles", "portal_user_types", "message", "criteria"):
        assert any(button.get(some) for button in buttons), some
