"""Signing in at the accounts servers, and what their answers mean."""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crm_client import CrmClient, Http
from crm_client.answers import Answer
from crm_client.auth import (
    OAuthApp,
    RefreshingToken,
    TokenAnswer,
    authorization_url,
    exchange,
    judged,
    refresh,
    revoke,
)
from crm_client.datacentres import DataCentre
from crm_client.errors import (
    ForeignServer,
    ReauthRequired,
    SignInError,
    SignInRefused,
    SignInThrottled,
    SignInUnavailable,
    TokenRefused,
)
from crm_client.standin import StandIn
from tests.crm_client.wire import Wire, answers, reply, wire

VERIFIER = "canary-verifier-" + "v" * 40
SCOPES = ["ZohoCRM.settings.ALL", "ZohoCRM.users.READ", "ZohoCRM.org.READ"]
GOOD: dict[str, Any] = {"access_token": "A", "expires_in": 3600}


def app_of(standin: StandIn) -> OAuthApp:
    return OAuthApp(standin.client_id, standin.client_secret, "http://localhost:8000/sign-in/callback/")


def centre(standin: StandIn, key: str = "standin-us") -> DataCentre:
    row = standin.table[key]
    return DataCentre(key, key, row["accounts"], row["api"], row["upload"], row["download"])


def at(url: str) -> DataCentre:
    return DataCentre("standin-us", "Test", url, {"production": url}, url, url)


def callback(standin: StandIn, user: str = "alice", verifier: str = VERIFIER, org: str = "demo") -> dict[str, str]:
    """What the browser brings back after consent."""
    url = authorization_url(app_of(standin), centre(standin), SCOPES, state="S", verifier=verifier)
    return {key: value[0] for key, value in parse_qs(urlsplit(standin.sign_in(url, user, org)).query).items()}


def test_the_consent_address_asks_for_offline_access_with_a_hashed_verifier(standin: StandIn) -> None:
    url = authorization_url(app_of(standin), centre(standin), SCOPES, state="S", verifier=VERIFIER)
    parts, query = urlsplit(url), parse_qs(urlsplit(url).query)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{standin.accounts()}/oauth/v2/auth"
    assert query.pop("code_challenge")[0] != VERIFIER
    assert {key: value[0] for key, value in query.items()} == {
        "response_type": "code",
        "client_id": standin.client_id,
        "state": "S",
        "scope": ",".join(SCOPES),
        "redirect_uri": "http://localhost:8000/sign-in/callback/",
        "access_type": "offline",
        "prompt": "consent",
        "code_challenge_method": "S256",
    }
    again = authorization_url(
        app_of(standin), centre(standin), SCOPES, state="S", verifier=VERIFIER, force_consent=False
    )
    assert "prompt" not in parse_qs(urlsplit(again).query)
    assert standin.client_secret not in url


def test_alice_signs_in_refreshes_and_signs_out(standin: StandIn, http: Http) -> None:
    app, dc = app_of(standin), centre(standin)
    first = exchange(http, app, dc, callback(standin)["code"], VERIFIER)
    assert first.refresh_token
    assert (first.scopes, first.api_domain, first.expires_in_s) == (frozenset(SCOPES), standin.api(), 3600)
    assert CrmClient.with_token(standin.api(), first.access_token).users.current().first_name == "Alice"
    second = refresh(http, app, dc, first.refresh_token)
    assert second.refresh_token is None
    assert second.access_token != first.access_token
    revoke(http, app, dc, first.refresh_token)
    with pytest.raises(ReauthRequired):
        refresh(http, app, dc, first.refresh_token)
    with pytest.raises(ReauthRequired):
        revoke(http, app, dc, first.refresh_token)
    with pytest.raises(TokenRefused):
        CrmClient.with_token(standin.api(), second.access_token).org.get()


def test_a_code_counts_once_at_its_own_data_centre_with_its_own_verifier(standin: StandIn, http: Http) -> None:
    app, us = app_of(standin), centre(standin)
    code = callback(standin)["code"]
    exchange(http, app, us, code, VERIFIER)
    with pytest.raises(ReauthRequired) as caught:
        exchange(http, app, us, code, VERIFIER)
    assert caught.value.code == "invalid_code"
    with pytest.raises(SignInError):
        exchange(http, app, centre(standin, "standin-eu"), callback(standin)["code"], VERIFIER)
    with pytest.raises(ReauthRequired):
        exchange(http, app, us, callback(standin)["code"], "w" * 43)


def test_a_wrong_secret_is_the_consoles_own_fault(standin: StandIn, http: Http) -> None:
    app = OAuthApp(standin.client_id, "canary-secret", "http://localhost:8000/sign-in/callback/")
    with pytest.raises(SignInRefused) as caught:
        exchange(http, app, centre(standin), callback(standin)["code"], VERIFIER)
    assert caught.value.code == "invalid_client_secret"
    assert "canary" not in str(caught.value) + repr(app)


@pytest.mark.parametrize("status", [200, 400, 401, 500])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": "invalid_client"}, SignInRefused),
        ({"error": "invalid_client_secret"}, SignInRefused),
        ({"error": "invalid_redirect_uri"}, SignInRefused),
        ({"error": "missing_org_info"}, SignInRefused),
        ({"error": "invalid_code"}, ReauthRequired),
        ({"error": "invalid_grant"}, ReauthRequired),
        ({"error": "Access Denied", "status": "failure", "error_description": "too many"}, SignInThrottled),
        ({"error": "拒绝访问", "status": "failure", "error_description": "请求过多"}, SignInThrottled),
        ({"error": "access_denied"}, SignInThrottled),
        ({"error": "unheard of"}, SignInUnavailable),
        ({}, SignInUnavailable),
        ({"access_token": None}, SignInUnavailable),
        ({"access_token": ""}, SignInUnavailable),
        ({"access_token": "a b"}, SignInUnavailable),
        ({"access_token": "a\r\nX: 1"}, SignInUnavailable),
        ({"error": {"a": 1}}, SignInUnavailable),
        ([], SignInUnavailable),
        (None, SignInUnavailable),
        ("token", SignInUnavailable),
    ],
)
def test_the_body_tells_what_went_wrong_under_any_status(status: int, body: Any, kind: type[SignInError]) -> None:
    with pytest.raises(SignInError) as caught:
        judged(Answer(status, {}, json.dumps(body).encode()))
    assert type(caught.value) is kind


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_access_token_is_success_under_any_status(status: int) -> None:
    assert judged(Answer(status, {}, json.dumps(GOOD).encode())).access_token == "A"


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": "3600"}, 3600),
        ({"expires_in": 1800.7}, 1800),
        ({}, 3600),
        ({"expires_in": 3600000, "expires_in_sec": 3600}, 3600),
        ({"expires_in": 3600000, "expires_in_sec": 1200}, 1200),
        *[({"expires_in": odd}, 3600) for odd in (0, -5, "soon", None, 1e12, 10**12, True, [], float("inf"), "")],
        ({"expires_in": 5}, 60),
        ({"expires_in": 100000}, 3600),
    ],
)
def test_an_odd_lifetime_becomes_a_sensible_one(told: dict[str, Any], seconds: int) -> None:
    body = json.dumps({"access_token": "A", **told}).replace("Infinity", "1e999").encode()
    try:
        assert judged(Answer(200, {}, body)).expires_in_s == seconds
    except SignInUnavailable:  # a number beyond every computer's is no JSON to some readers
        assert b"1e999" in body


@pytest.mark.parametrize(
    ("scope", "scopes"),
    [
        ("a b", {"a", "b"}),
        ("a,b", {"a", "b"}),
        (" a, b ,", {"a", "b"}),
        ("", None),
        (None, None),
        (["a"], None),
    ],
)
def test_granted_scopes_come_with_blanks_or_commas(scope: Any, scopes: set[str] | None) -> None:
    found = judged(Answer(200, {}, json.dumps({**GOOD, "scope": scope}).encode())).scopes
    assert found == (None if scopes is None else frozenset(scopes))


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"<html>maintenance</html>"),
        reply(b"<html>", "400 x"),
        reply(b"<html>", "502 x"),
        reply(b"", "204 No Content"),
        reply(GOOD, "302 x", Location="https://evil.test/token"),
        reply(b"", "307 x", Location="/elsewhere"),
        reply([]),
        reply(b'{"access_token": "A"'),
        reply(b"x" * (11 * 1024 * 1024)),
    ],
)
def test_an_odd_accounts_server_is_unavailable_and_never_followed(answer: bytes, http: Http) -> None:
    with answers(answer) as server:
        app = OAuthApp("id", "secret", "http://localhost/cb/")
        for ask in (
            lambda: exchange(http, app, at(server.url), "code", VERIFIER),
            lambda: refresh(http, app, at(server.url), "token"),
            lambda: revoke(http, app, at(server.url), "token"),
        ):
            with pytest.raises(SignInUnavailable) as caught:
                ask()
            assert "evil" not in str(caught.value)
    assert len(server.requests) == 3


def test_an_accounts_server_that_is_down_or_drips_is_unavailable_in_time(http: Http) -> None:
    def silence(server: Wire, connection: Any) -> None:
        server.read_request(connection)
        server.stopping.wait(5)

    app = OAuthApp("id", "secret", "http://localhost/cb/")
    with wire(silence) as server, pytest.raises(SignInUnavailable):
        refresh(http, app, at(server.url), "token", deadline_s=0.3)
    with pytest.raises(SignInUnavailable):
        refresh(http, app, at("http://127.0.0.1:9"), "token")


def test_a_throttled_refresh_says_wait_and_a_short_wait_is_honoured(http: Http) -> None:
    body = {"error": "Access Denied", "status": "failure", "error_description": "too many requests"}
    app = OAuthApp("id", "secret", "http://localhost/cb/")
    with answers(reply(body, "400 x", Retry_After="30"), reply(body)) as server:
        waits = []
        for _ in range(2):
            with pytest.raises(SignInThrottled) as caught:
                refresh(http, app, at(server.url), "token")
            waits.append(caught.value.retry_after_s)
    assert waits == [30.0, 600.0]
    assert caught.value.message_code == "SIGNIN-LIMIT"


def test_secrets_travel_in_the_body_only_and_turn_up_in_no_log_or_error(
    http: Http, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    app = OAuthApp("id", "canary-secret", "http://localhost/cb/")
    shown = ""
    with answers(reply({"error": "invalid_code"})) as server:
        for ask in (
            lambda: exchange(http, app, at(server.url), "canary-code", VERIFIER),
            lambda: refresh(http, app, at(server.url), "canary-refresh"),
        ):
            with pytest.raises(ReauthRequired) as caught:
                ask()
            shown += str(caught.value) + repr(caught.value.__cause__)
    heads = [request.partition("\r\n\r\n")[0] for request in server.requests]
    bodies = [parse_qs(request.partition("\r\n\r\n")[2]) for request in server.requests]
    assert bodies[0] == {
        "grant_type": ["authorization_code"],
        "code": ["canary-code"],
        "code_verifier": [VERIFIER],
        "redirect_uri": ["http://localhost/cb/"],
        "client_id": ["id"],
        "client_secret": ["canary-secret"],
    }
    assert bodies[1] == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["canary-refresh"],
        "client_id": ["id"],
        "client_secret": ["canary-secret"],
    }
    assert "canary" not in "".join(heads) + caplog.text + shown + repr(app)
    assert "canary" not in repr(TokenAnswer("canary-a", "canary-r", None, None, 3600))


def test_a_scripts_token_refreshes_itself_once_for_all_threads(standin: StandIn, http: Http) -> None:
    source = RefreshingToken(http, app_of(standin), centre(standin), standin.token()["refresh_token"])
    crm = CrmClient(standin.api(), source, http=http)
    barrier = threading.Barrier(8)

    def call(_: int) -> str:
        barrier.wait()
        return crm.org.get().company_name

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(call, range(8)))) == 1
        assert token_calls(standin) == 1
        standin.fault("expire_now", count=1)
        assert len(set(pool.map(call, range(8)))) == 1
    assert token_calls(standin) == 2
    assert "1000." not in repr(source)


def token_calls(standin: StandIn) -> int:
    return sum(request["path"] == "/oauth/v2/token" for request in standin.ledger())


def test_a_script_that_is_throttled_does_not_ask_again_at_once(http: Http) -> None:
    body = {"error": "Access Denied", "status": "failure", "error_description": "too many requests"}
    with answers(reply(body, "400 x")) as server:
        source = RefreshingToken(http, OAuthApp("id", "secret", "http://localhost/cb/"), at(server.url), "token")
        for _ in range(3):
            with pytest.raises(SignInThrottled):
                source.token()
    assert len(server.requests) == 1


def test_a_refresh_that_names_another_host_is_not_believed(http: Http) -> None:
    with answers(reply({**GOOD, "api_domain": "https://evil.test"})) as server:
        source = RefreshingToken(http, OAuthApp("id", "secret", "http://localhost/cb/"), at(server.url), "token")
        with pytest.raises(ForeignServer):
            source.token()
