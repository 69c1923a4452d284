"""Signing in through the whole authorization-code flow, over real HTTP, and what must not get through."""

import base64
import html
import json
import os
import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from console.audit.models import Entry
from console.connections.models import Connection, SignIn, User
from console.connections.scopes import READ_SCOPES
from crm_client.standin import StandIn
from tests.cast import Person

pytestmark = pytest.mark.django_db


def _begin(browser: Client, dc: str = "standin-us", return_to: str = "/") -> str:
    """Presses "Sign in"; gives the address at the accounts server that the page leads to."""
    page = browser.post("/sign-in/", {"dc": dc, "next": return_to})
    assert page.status_code == 200  # never a redirect, D2
    found = re.search(r'href="(http[^"]+/oauth/v2/auth[^"]*)"', page.content.decode())
    assert found, page.content.decode()
    return html.unescape(found[1])


def _local(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def _sign_in(browser: Client, standin: StandIn, user: str, org: str, dc: str = "standin-us", **how: Any) -> Any:
    back = standin.sign_in(_begin(browser, dc), user=user, org=org, **how)
    return browser.get(_local(back), follow=True)


def _changed(url: str, **changes: str | None) -> str:
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), **changes}
    return f"{parts.path}?{urlencode({key: value for key, value in query.items() if value is not None})}"


@pytest.mark.parametrize(
    ("user", "org", "dc", "environment"),
    [
        ("alice", "demo", "standin-us", "production"),
        ("bob", "demo-sandbox", "standin-us", "sandbox"),
        ("charlie", "europe", "standin-eu", "production"),
        ("charlie", "europe-sandbox", "standin-us", "sandbox"),  # starts at the wrong one, and is led to the right one
    ],
)
def test_signing_in_says_what_was_connected(standin: StandIn, user: str, org: str, dc: str, environment: str) -> None:
    browser = Client()
    page = _sign_in(browser, standin, user, org, dc)
    place = standin.organisation(org)
    text = html.unescape(page.content.decode())
    assert page.status_code == 200
    assert place.org["company_name"] in text
    assert place.user(user)["full_name"] in text
    assert environment in text.lower()
    connection = Connection.objects.get()
    assert (connection.dc, connection.environment, connection.zgid) == (place.dc, environment, place.org["zgid"])
    assert set(connection.scope_list) == set(READ_SCOPES)
    assert Entry.objects.filter(action="connection.added", zgid=connection.zgid).count() == 1
    assert browser.get("/").headers["Location"] == f"/c/{connection.slug}/"


def test_only_the_persons_own_data_centre_sees_code_and_secret(standin: StandIn) -> None:
    _sign_in(Client(), standin, "charlie", "europe", "standin-us")
    asked = [call["host"] for call in standin.ledger() if call["path"] == "/oauth/v2/token"]
    assert asked == [urlsplit(standin.accounts("standin-eu")).netloc]


def test_alice_refuses_and_is_told_what_to_do(standin: StandIn) -> None:
    page = _sign_in(Client(), standin, "alice", "demo", accept=False)
    assert page.status_code == 400
    assert "Zoho did not give access" in page.content.decode()
    assert not Connection.objects.exists()


def test_alice_grants_less_and_the_page_says_what_is_missing(standin: StandIn) -> None:
    page = _sign_in(Client(), standin, "alice", "demo", scopes=READ_SCOPES[:3])
    assert page.status_code == 200
    assert set(Connection.objects.get().scope_list) == set(READ_SCOPES[:3])
    assert page.content.decode().count("not granted</span>") == len(READ_SCOPES) - 3


@pytest.mark.parametrize(
    "server",
    [
        "https://evil.test", "https://accounts.zoho.com.evil.test", "https://zoho@evil.test", "http://127.0.0.1:1",
        "https://127.0.0.1", "", "not an address", "//127.0.0.1", "http://127.0.0.1:99999", "http://[::1",
    ],
)  # fmt: skip
def test_a_foreign_accounts_server_is_never_spoken_to(standin: StandIn, server: str) -> None:
    browser = Client()
    back = standin.sign_in(_begin(browser), user="alice", org="demo")
    before = len(standin.ledger())
    page = browser.get(_changed(back, **{"accounts-server": server or "https://evil.test"}))
    assert page.status_code == 400
    assert 'data-error-code="SIGNIN-REFUSED"' in page.content.decode()
    assert len(standin.ledger()) == before
    assert Entry.objects.filter(action="sign_in.foreign_server").count() == 1
    assert not Connection.objects.exists()


def test_a_location_that_contradicts_the_server_is_refused(standin: StandIn) -> None:
    browser = Client()
    back = standin.sign_in(_begin(browser), user="alice", org="demo")
    assert browser.get(_changed(back, location="eu")).status_code == 400
    assert not Connection.objects.exists()


def test_a_callback_opened_twice_connects_once(standin: StandIn) -> None:
    browser = Client()
    back = _local(standin.sign_in(_begin(browser), user="alice", org="demo"))
    browser.get(back)
    again = browser.get(back)
    assert "already used" in again.content.decode()
    assert Connection.objects.get().state == Connection.State.ACTIVE


@pytest.mark.parametrize("change", [{"state": None}, {"state": "made up"}, {"state": ""}])
def test_a_callback_nobody_asked_for_is_not_used(standin: StandIn, change: dict[str, str | None]) -> None:
    browser = Client()
    back = standin.sign_in(_begin(browser), user="alice", org="demo")
    before = len(standin.ledger())
    page = browser.get(_changed(back, **change))
    assert "did not start here" in page.content.decode()
    assert len(standin.ledger()) == before


def test_a_sign_in_cannot_be_finished_in_another_browser(standin: StandIn) -> None:
    back = _local(standin.sign_in(_begin(Client()), user="alice", org="demo"))
    victim = Client()
    _begin(victim)  # has a sign-in of its own under way
    before = len(standin.ledger())
    assert "did not start here" in victim.get(back).content.decode()
    assert len(standin.ledger()) == before
    assert not Connection.objects.exists()


def test_a_sign_in_cannot_be_finished_after_ten_minutes(standin: StandIn) -> None:
    browser = Client()
    back = _local(standin.sign_in(_begin(browser), user="alice", org="demo"))
    SignIn.objects.update(started_at=timezone.now() - timedelta(minutes=11))
    assert "took too long" in browser.get(back).content.decode()
    assert not Connection.objects.exists()


def test_a_sign_in_started_by_alice_cannot_be_finished_as_somebody_else(standin: StandIn, alice: Person) -> None:
    back = _local(standin.sign_in(_begin(alice.client), user="alice", org="demo-sandbox"))
    other = User.objects.create(identity="standin-us:1:2", full_name="Somebody else")
    browser = alice.client.session["sign_in_browser"]
    alice.client.force_login(other)
    session = alice.client.session  # a new one; as if it were not, that the browser is another is not what refuses
    session["sign_in_browser"] = browser
    session.save()
    calls = len(standin.ledger())
    assert "did not start here" in alice.client.get(back).content.decode()
    assert len(standin.ledger()) == calls
    assert not Connection.objects.filter(user=other).exists()


def test_a_further_organisation_is_used_only_after_alice_confirms_it(standin: StandIn, alice: Person) -> None:
    page = _sign_in(alice.client, standin, "alice", "demo-sandbox")
    assert "Add" in page.content.decode()
    sandbox = Connection.objects.get(environment="sandbox")
    assert sandbox.user == alice.user
    assert alice.client.get(f"/c/{sandbox.slug}/").status_code == 404
    alice.client.post(f"/connections/{sandbox.slug}/confirm/", {"confirm": "1"})
    assert alice.client.get(f"/c/{sandbox.slug}/").status_code == 200


def test_an_organisation_alice_does_not_confirm_is_given_back(standin: StandIn, alice: Person) -> None:
    _sign_in(alice.client, standin, "alice", "demo-sandbox")
    sandbox = Connection.objects.get(environment="sandbox")
    token = sandbox.refresh_token
    alice.client.post(f"/connections/{sandbox.slug}/confirm/", {"refuse": "1"})
    sandbox.refresh_from_db()
    assert (sandbox.state, sandbox.refresh_token) == (Connection.State.DISCONNECTED, "")
    assert token
    assert standin.living_tokens("demo-sandbox", "alice")["refresh"] == 0


def test_reconnecting_renews_the_connection_and_ends_the_old_token(standin: StandIn, alice: Person) -> None:
    _sign_in(alice.client, standin, "alice", "demo")
    renewed = Connection.objects.get()
    assert renewed.pk == alice.connection.pk
    assert renewed.refresh_token != alice.connection.refresh_token
    assert standin.living_tokens("demo", "alice")["refresh"] == 1


def test_a_known_person_keeps_the_refresh_token_without_a_new_consent(standin: StandIn) -> None:
    browser = Client()
    _sign_in(browser, standin, "alice", "demo")
    stored = Connection.objects.get().refresh_token
    browser.post("/sign-out/")
    _sign_in(browser, standin, "alice", "demo")
    assert Connection.objects.get().refresh_token == stored
    assert "prompt=consent" not in _begin_after_sign_out(browser)


def _begin_after_sign_out(browser: Client) -> str:
    browser.post("/sign-out/")
    return _begin(browser)


def test_without_any_refresh_token_consent_is_asked_for_again(standin: StandIn) -> None:
    browser = Client()
    _sign_in(browser, standin, "alice", "demo")
    Connection.objects.all().delete()
    browser.post("/sign-out/")
    page = _sign_in(browser, standin, "alice", "demo")
    assert "prompt=consent" in html.unescape(page.content.decode())
    assert not Connection.objects.exists()


def test_consent_is_not_asked_for_in_an_endless_circle(standin: StandIn) -> None:
    """However often Zoho leaves the refresh token out, the second time is told in words."""
    browser = Client()
    standin.fault(
        "status", {"status": 200, "body": _answer_without_refresh(standin)}, match={"path": "/oauth/v2/token"}
    )
    page = _sign_in(browser, standin, "alice", "demo")
    assert "Zoho gave no lasting access" in page.content.decode()


def _answer_without_refresh(standin: StandIn) -> str:
    token = standin.token(org="demo", user="alice", scopes=",".join(READ_SCOPES))["access_token"]
    return json.dumps({"access_token": token, "api_domain": standin.api(), "token_type": "Bearer", "expires_in": 3600})


@pytest.mark.parametrize("state", [Connection.State.ACTIVE, Connection.State.NEEDS_SIGN_IN])
def test_a_refresh_token_that_is_dead_or_too_narrow_is_not_gone_on_with(
    standin: StandIn, state: Connection.State
) -> None:
    browser = Client()
    is_narrow = state == Connection.State.ACTIVE
    _sign_in(browser, standin, "alice", "demo", scopes=READ_SCOPES[:3] if is_narrow else READ_SCOPES)
    Connection.objects.update(state=state)
    browser.post("/sign-out/")
    page = _sign_in(browser, standin, "alice", "demo")
    assert "prompt=consent" in html.unescape(page.content.decode())


def test_a_closed_account_stays_closed(standin: StandIn) -> None:
    browser = Client()
    _sign_in(browser, standin, "alice", "demo")
    browser.post("/sign-out/")
    User.objects.update(is_active=False)
    page = _sign_in(browser, standin, "alice", "demo")
    assert "This account is closed" in page.content.decode()
    assert browser.get("/").status_code == 302


def test_an_organisation_that_is_not_on_the_list_stays_outside(standin: StandIn, settings: Any) -> None:
    settings.CONSOLE_ORGS = ["standin-us:1"]
    page = _sign_in(Client(), standin, "alice", "demo")
    assert "may not use this console" in page.content.decode()
    assert not Connection.objects.exists()
    assert standin.living_tokens("demo", "alice")["refresh"] == 0


def test_an_api_host_outside_the_table_is_not_believed(standin: StandIn) -> None:
    standin.fault("change_api_domain", {"to": "http://127.0.0.1:1"})
    page = _sign_in(Client(), standin, "alice", "demo")
    assert page.status_code == 400
    assert not Connection.objects.exists()
    assert standin.living_tokens("demo", "alice")["refresh"] == 0  # given back, or it would push a working one out


def test_a_name_too_long_for_any_column_still_connects(standin: StandIn) -> None:
    place = standin.organisation("demo")
    place.org["company_name"] = place.user("alice")["full_name"] = "x" * 5000
    assert _sign_in(Client(), standin, "alice", "demo").status_code == 200


def test_odd_text_in_the_callback_reaches_the_audit_as_text(standin: StandIn) -> None:
    browser = Client()
    back = standin.sign_in(_begin(browser), user="alice", org="demo")
    assert browser.get(_changed(back, **{"accounts-server": "https://evil.test/\x00" + "y" * 9000})).status_code == 400
    assert "\x00" not in Entry.objects.get(action="sign_in.foreign_server").detail["server"]


def test_a_sign_in_begun_under_a_key_that_is_gone_starts_again(standin: StandIn, settings: Any) -> None:
    browser = Client()
    back = _local(standin.sign_in(_begin(browser), user="alice", org="demo"))
    settings.TOKEN_KEYS = [base64.urlsafe_b64encode(os.urandom(32)).decode()]
    assert "cannot be finished" in browser.get(back).content.decode()


def test_all_calls_of_the_callback_together_end_in_time(standin: StandIn, settings: Any) -> None:
    settings.CRM_WEB_DEADLINE_S = 1
    standin.fault("latency", {"ms": 700}, match={"path": "/crm/v8/"})
    begin = time.monotonic()
    page = _sign_in(Client(), standin, "alice", "demo")
    assert page.status_code == 400
    assert "CRM-SLOW" in page.content.decode()
    assert time.monotonic() - begin < 4


def test_choosing_another_organisation_than_the_one_to_reconnect_is_said(standin: StandIn, alice: Person) -> None:
    page = alice.client.post(f"/connections/{alice.connection.slug}/reconnect/", {"next": alice.at("/modules/")})
    url = html.unescape(re.search(r'href="(http[^"]+/oauth/v2/auth[^"]*)"', page.content.decode())[1])  # type: ignore[index]
    back = standin.sign_in(url, user="alice", org="demo-sandbox")
    answer = alice.client.get(_local(back), follow=True)
    assert "still waits for you" in answer.content.decode()
    assert answer.redirect_chain[-1][0].endswith("/confirm/")


def test_erik_whose_profile_may_not_use_the_api_is_told_so(standin: StandIn) -> None:
    page = _sign_in(Client(), standin, "erik", "demo")
    assert page.status_code == 400
    assert "Crm_Implied_Api_Access" in page.content.decode()
    assert not Connection.objects.exists()


def test_signing_in_changes_the_session(standin: StandIn) -> None:
    browser = Client()
    back = _local(standin.sign_in(_begin(browser), user="alice", org="demo"))
    before = browser.session.session_key
    browser.get(back)
    assert browser.session.session_key != before


def test_signing_out_ends_the_session(alice: Person) -> None:
    page = alice.client.post("/sign-out/")
    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert alice.get("/").status == 302


def test_every_page_asks_a_stranger_to_sign_in(alice: Person) -> None:
    stranger = Client()
    assert stranger.get(alice.at("/modules/")).headers["Location"].startswith("/sign-in/?next=")
    fragment = stranger.get(alice.at("/modules/"), headers={"HX-Request": "true"})
    assert fragment.status_code == 401
    assert "Sign in again" in fragment.content.decode()


def test_charlie_sees_alices_organisation_as_absent(alice: Person, charlie: Person) -> None:
    theirs = charlie.client.get(alice.at("/modules/"))
    absent = charlie.client.get("/c/nosuchslug/modules/")
    assert theirs.status_code == absent.status_code == 404
    assert theirs.content.replace(alice.connection.slug.encode(), b"") == absent.content.replace(b"nosuchslug", b"")


def test_disconnecting_destroys_the_tokens_even_when_zoho_cannot_be_told(alice: Person, standin: StandIn) -> None:
    standin.fault("status", {"status": 500}, match={"path": "/oauth/v2/token/revoke"})
    page = alice.client.post(f"/connections/{alice.connection.slug}/disconnect/")
    assert "Also remove this console" in page.content.decode()
    alice.connection.refresh_from_db()
    assert (alice.connection.refresh_token, alice.connection.access_token) == ("", "")
    assert alice.get("/").status == 404
