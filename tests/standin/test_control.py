"""The stand-in's own addresses: ledger, clock, tokens; and what keeps strangers out."""

from __future__ import annotations

import hashlib
import time

import pytest
import requests

from crm_client.standin import StandIn
from crm_client.standin.control import answer
from crm_client.standin.messages import Request
from tests.standin.conftest import App, Somebody


def test_the_ledger_has_every_request_in_order_with_token_status_and_credits(standin: StandIn, anna: Somebody) -> None:
    before = time.time()
    anna.get("/settings/fields?module=Leads")
    anna.refusal("/users/1")
    shown = requests.get(standin.api() + "/__standin/ledger?after=0", timeout=20).json()
    first, second = shown["requests"]
    assert (first["n"], second["n"]) == (1, 2)
    assert before <= first["t"] <= second["t"] <= time.time()
    assert (first["method"], first["path"], first["query"]) == ("GET", "/crm/v8/settings/fields", "module=Leads")
    assert first["host"] == standin.api().partition("//")[2]
    assert first["token"] == hashlib.sha256(anna.token.encode()).hexdigest()[:12]
    assert (first["status"], first["fault"], first["credits"]) == (200, None, 1)
    assert (second["status"], second["code"]) == (400, "INVALID_DATA")
    assert shown["credits"] == {"town": 2}
    assert shown["commits"] == []
    later = requests.get(standin.api() + "/__standin/ledger?after=1", timeout=20).json()
    assert [entry["n"] for entry in later["requests"]] == [2]


def test_the_ledger_knows_the_accounts_servers_requests_and_no_secret(standin: StandIn, app: App) -> None:
    code = app.callback(app.url())["code"]
    tokens = app.exchange(code).json()
    app.refresh(tokens["refresh_token"])
    entries = [entry for entry in standin.ledger() if entry["kind"] == "accounts"]
    assert [entry["grant"] for entry in entries][-2:] == ["authorization_code", "refresh_token"]
    assert entries[-1]["token"] == hashlib.sha256(tokens["refresh_token"].encode()).hexdigest()[:12]
    text = str(standin.ledger())
    assert {code, tokens["access_token"], tokens["refresh_token"], standin.client_secret} <= standin.secrets()
    assert not any(secret in text for secret in standin.secrets())


def test_the_clock_moves_and_the_real_one_does_not(standin: StandIn, anna: Somebody) -> None:
    moved = requests.post(standin.api() + "/__standin/clock", json={"advance_s": 3601}, timeout=20).json()
    assert moved["offset_s"] == 3601
    assert anna.refusal("/org")[1] == "INVALID_TOKEN"
    assert standin.ledger()[-1]["t"] <= time.time()
    assert requests.post(standin.api() + "/__standin/clock", json={"advance_s": "x"}, timeout=20).status_code == 400


def test_tokens_without_a_browser(standin: StandIn) -> None:
    url = standin.accounts() + "/__standin/token"
    tokens = requests.post(url, json={"org": "abroad", "user": "Sam", "scopes": "ZohoCRM.org.READ"}, timeout=20).json()
    assert tokens["api_domain"] == standin.api("standin-eu")
    headers = {"Authorization": f"Zoho-oauthtoken {tokens['access_token']}"}
    assert requests.get(tokens["api_domain"] + "/crm/v8/org", headers=headers, timeout=20).status_code == 200


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"org": "nowhere"}, "there are town, town-sandbox, abroad"),
        ({"org": "town", "user": "nobody"}, "no user 'nobody'"),
        ({"org": "town", "user": "anna", "scopes": "ZohoCRM.wishes.READ"}, "scope does not exist"),
        ({"org": "town", "user": "anna", "scopes": ""}, "no scope"),
        ([], "JSON object"),
    ],
)
def test_a_token_for_nobody_is_refused_with_a_sentence(standin: StandIn, body: object, sentence: str) -> None:
    answered = requests.post(standin.accounts() + "/__standin/token", json=body, timeout=20)
    assert answered.status_code == 400
    assert sentence in answered.json()["error"]


def test_strangers_are_kept_out(standin: StandIn) -> None:
    host = standin.world.hosts["standin-us", "production"]
    assert answer(standin.world, Request(host, "GET", "/__standin/faults", "", {})).status == 200
    assert answer(standin.world, Request(host, "GET", "/__standin/faults", "", {}, peer="10.0.0.7")).status == 403
    rebound = requests.get(standin.api() + "/__standin/faults", headers={"Host": "evil.test"}, timeout=20)
    assert rebound.status_code == 403


def test_an_unknown_address_lists_those_there_are(standin: StandIn) -> None:
    answered = requests.get(standin.api() + "/__standin/wishes", timeout=20)
    assert answered.status_code == 404
    assert "POST /__standin/faults" in answered.json()["error"]
    assert requests.post(standin.api() + "/__standin/faults", data="{", timeout=20).status_code == 400


def test_organisations_of_two_stand_ins_are_apart() -> None:
    with StandIn() as one, StandIn() as two:
        one.organisation("demo").modules[0]["plural_label"] = "Changed"
        one.organisation("demo").records["Leads"].clear()
        assert two.organisation("demo").modules[0]["plural_label"] != "Changed"
        assert two.organisation("demo").records["Leads"]
    with pytest.raises(LookupError, match="there are demo"):
        one.organisation("nowhere")
