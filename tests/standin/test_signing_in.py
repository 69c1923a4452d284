"""Authorization codes: who may ask, who consents, what comes back, and what a code is good for."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import urlsplit

import pytest
import requests

from crm_client.standin import StandIn
from tests.standin.conftest import CALLBACK, EVERYTHING, App

VERIFIER = "a-verifier-that-is-long-enough-for-anybody-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def test_anna_comes_back_with_code_state_and_her_data_centre(app: App, standin: StandIn) -> None:
    callback = app.callback(app.url())
    assert callback.keys() == {"state", "code", "location", "accounts-server"}
    assert callback["state"] == "a state & more"
    assert callback["location"] == "standin-us"
    assert callback["accounts-server"] == standin.accounts("standin-us")


def test_the_code_becomes_tokens_for_the_organisation_she_chose(app: App, standin: StandIn) -> None:
    for org, environment in (("town", "production"), ("town-sandbox", "sandbox")):
        answer = app.exchange(app.callback(app.url(), org=org)["code"])
        assert answer.status_code == 200
        body = answer.json()
        assert body.keys() == {"access_token", "refresh_token", "scope", "api_domain", "token_type", "expires_in"}
        assert body["scope"] == "ZohoCRM.users.READ ZohoCRM.org.READ"
        assert body["api_domain"] == standin.api("standin-us", environment)
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)


def test_a_code_is_good_once(app: App) -> None:
    code = app.callback(app.url())["code"]
    assert "access_token" in app.exchange(code).json()
    answer = app.exchange(code)
    assert (answer.status_code, answer.json()) == (200, {"error": "invalid_code"})


@pytest.mark.parametrize(("seconds", "good"), [(119, True), (121, False)])
def test_a_code_lives_two_minutes_by_the_clock_of_the_stand_in(
    app: App, standin: StandIn, seconds: int, good: bool
) -> None:
    code = app.callback(app.url())["code"]
    standin.advance(seconds)
    assert ("access_token" in app.exchange(code).json()) is good


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_id": "1000.OTHER"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client_secret"),
        ({"redirect_uri": "http://localhost:9000/sign-in/callback/"}, "invalid_redirect_uri"),
        ({"code": "1000.a.b"}, "invalid_code"),
        ({"grant_type": "password"}, "invalid_client"),
    ],
)
def test_errors_come_under_http_200(app: App, form: dict[str, str], error: str) -> None:
    code = app.callback(app.url())["code"]
    answer = app.exchange(**({"code": code} | form))
    assert (answer.status_code, answer.json()) == (200, {"error": error})


def test_the_client_may_show_its_secret_by_http_basic_or_in_the_query(app: App, standin: StandIn) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    pair = (standin.client_id, standin.client_secret)
    url = standin.accounts() + "/oauth/v2/token"
    basic = requests.post(url, data=form | {"code": app.callback(app.url())["code"]}, auth=pair, timeout=20)
    assert "access_token" in basic.json()
    query = form | {"code": app.callback(app.url())["code"], "client_id": pair[0], "client_secret": pair[1]}
    assert "access_token" in requests.post(url, params=query, timeout=20).json()


@pytest.mark.parametrize(
    ("method", "challenge", "verifier", "good"),
    [
        ("S256", CHALLENGE, VERIFIER, True),
        ("S256", CHALLENGE, VERIFIER + "x", False),
        ("S256", CHALLENGE, "", False),
        ("S256", CHALLENGE, CHALLENGE, False),
        ("plain", VERIFIER, VERIFIER, True),
        (None, VERIFIER, VERIFIER, True),
        (None, VERIFIER, "another", False),
    ],
)
def test_a_challenge_needs_its_verifier(
    app: App, method: str | None, challenge: str, verifier: str, good: bool
) -> None:
    callback = app.callback(app.url(code_challenge=challenge, code_challenge_method=method))
    body = app.exchange(callback["code"], code_verifier=verifier).json()
    assert ("access_token" in body) is good
    assert good or body == {"error": "invalid_code"}


def test_a_code_or_refresh_token_is_worth_nothing_in_the_other_data_centre(app: App, standin: StandIn) -> None:
    callback = app.callback(app.url(), org="abroad")
    assert callback["location"] == "standin-eu"
    assert callback["accounts-server"] == standin.accounts("standin-eu")
    assert app.exchange(callback["code"], dc="standin-us").json() == {"error": "invalid_code"}
    tokens = app.exchange(callback["code"], dc="standin-eu").json()
    assert app.refresh(tokens["refresh_token"], dc="standin-us").json() == {"error": "invalid_code"}
    assert "access_token" in app.refresh(tokens["refresh_token"], dc="standin-eu").json()


def test_the_page_leads_to_the_other_data_centre_with_the_same_request(app: App, standin: StandIn) -> None:
    url = app.url()
    page = requests.get(url, timeout=20).text
    link = re.search(r'href="([^"]+)"', page)
    assert link is not None
    assert link[1].replace("&amp;", "&") == f"{standin.accounts('standin-eu')}/oauth/v2/auth?{urlsplit(url).query}"


def test_anna_can_refuse(app: App) -> None:
    assert app.callback(app.url(), accept=False) == {"state": "a state & more", "error": "access_denied"}


def test_anna_can_keep_a_scope_back(app: App) -> None:
    callback = app.callback(app.url(), scopes=["ZohoCRM.org.READ"])
    assert app.exchange(callback["code"]).json()["scope"] == "ZohoCRM.org.READ"


def test_accepting_nothing_is_asked_again(app: App) -> None:
    with pytest.raises(ValueError, match="at least one scope"):
        app.callback(app.url(), scopes=[])


def test_nobody_signs_in_as_somebody_who_has_left_or_lives_elsewhere(app: App, standin: StandIn) -> None:
    with pytest.raises(ValueError, match="deactivated"):
        app.callback(app.url(), user="olaf")
    query = urlsplit(app.url()).query
    form = {"request": query, "who": f"abroad:{standin.organisation('abroad').user('anna')['id']}"}
    answer = requests.post(standin.accounts("standin-us") + "/oauth/v2/auth/who", data=form, timeout=20)
    assert answer.status_code == 400
    assert "account in this data centre" in answer.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"client_id": "1000.OTHER"}, "Invalid client"),
        ({"redirect_uri": "https://evil.test/sign-in/callback/"}, "Invalid redirect URI"),
        ({"redirect_uri": "http://localhost:8000/elsewhere/"}, "Invalid redirect URI"),
        ({"redirect_uri": "http://localhost:8000/sign-in/callback"}, "Invalid redirect URI"),
        ({"redirect_uri": "http://a@localhost:8000/sign-in/callback/"}, "Invalid redirect URI"),
        ({"redirect_uri": "http://localhost:8000/sign-in/callback/?x=1"}, "Invalid redirect URI"),
        ({"redirect_uri": "http://localhost:99999/sign-in/callback/"}, "Invalid redirect URI"),
        ({"response_type": "token"}, "Invalid response type"),
        ({"scope": "ZohoCRM.users.READ,ZohoCRM.wishes.READ"}, "scope does not exist: ZohoCRM.wishes.READ"),
        ({"scope": ""}, "Invalid scope"),
        ({"code_challenge": "x", "code_challenge_method": "S512"}, "code challenge method"),
    ],
)
def test_a_wrong_request_ends_on_the_accounts_servers_own_page(app: App, change: dict[str, str], sentence: str) -> None:
    answer = requests.get(app.url(**change), allow_redirects=False, timeout=20)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_a_forged_consent_is_checked_like_the_first_page(app: App, standin: StandIn) -> None:
    query = urlsplit(app.url(redirect_uri="https://evil.test/sign-in/callback/")).query
    form = {"request": query, "who": "town:400000000000000001", "decision": "accept", "scope": "ZohoCRM.users.READ"}
    answer = requests.post(standin.accounts() + "/oauth/v2/auth/consent", data=form, allow_redirects=False, timeout=20)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_scope_that_was_not_asked_for_is_not_given(app: App, standin: StandIn) -> None:
    form = {
        "request": urlsplit(app.url()).query,
        "who": "town:400000000000000001",
        "decision": "accept",
        "scope": ["ZohoCRM.users.READ", "ZohoCRM.modules.ALL"],
    }
    answer = requests.post(standin.accounts() + "/oauth/v2/auth/consent", data=form, allow_redirects=False, timeout=20)
    code = answer.headers["Location"].partition("code=")[2].partition("&")[0]
    assert app.exchange(code).json()["scope"] == "ZohoCRM.users.READ"


def test_only_the_first_consent_gives_a_refresh_token_unless_consent_is_asked_for(app: App) -> None:
    def given(**change: str | None) -> bool:
        return "refresh_token" in app.exchange(app.callback(app.url(**change))["code"]).json()

    assert not given(access_type=None, prompt=None)
    assert given(prompt=None)
    assert not given(prompt=None)
    assert given()
    assert not given(prompt=None)


def test_somebody_who_consented_before_is_not_asked_again(app: App, standin: StandIn) -> None:
    def steps() -> list[str]:
        return [entry["path"] for entry in standin.ledger(seen)]

    app.callback(app.url(prompt=None))
    seen = len(standin.ledger())
    app.callback(app.url(prompt=None, scope="ZohoCRM.org.READ"))
    assert steps() == ["/oauth/v2/auth", "/oauth/v2/auth/who"]
    seen = len(standin.ledger())
    app.callback(app.url(prompt=None, scope="ZohoCRM.org.READ,ZohoCRM.apis.READ"))
    assert steps() == ["/oauth/v2/auth", "/oauth/v2/auth/who", "/oauth/v2/auth/consent"]


def test_the_eleventh_code_in_ten_minutes_looks_like_a_refusal(app: App, standin: StandIn) -> None:
    for _ in range(10):
        app.callback(app.url())
    assert app.callback(app.url())["error"] == "access_denied"
    standin.advance(601)
    assert "code" in app.callback(app.url())


def test_the_pages_need_no_script_and_forbid_it(app: App) -> None:
    answer = requests.get(app.url(scope=EVERYTHING), timeout=20)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://localhost:8000;" in policy
    assert "unsafe" not in policy
    assert "<script" not in answer.text
    assert 'lang="en"' in answer.text


def test_somebody_who_was_deleted_is_not_on_the_page_and_who_has_left_cannot_be_chosen(
    app: App, standin: StandIn
) -> None:
    standin.organisation("town").user("clara")["status"] = "deleted"
    page = requests.get(app.url(), timeout=20).text
    button = re.search(r"<button[^>]*><bdi>Olaf Miller", page)
    assert button is not None
    assert "disabled" in button[0]
    assert page.count("Anna Miller") == page.count("Clara Miller") + 1


def test_labels_are_shown_as_text(app: App, standin: StandIn) -> None:
    standin.organisation("town").name = "<script>alert(1)</script>"
    standin.organisation("town").users[0]["full_name"] = '"><img src=x onerror=alert(1)>'
    page = requests.get(app.url(), timeout=20).text
    assert "<script" not in page
    assert "<img" not in page
