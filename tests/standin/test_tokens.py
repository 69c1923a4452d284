"""Access and refresh tokens: lives, caps, throttles, revoking, and what outlives a restart."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import requests

from crm_client.standin import StandIn
from tests.standin.conftest import App, Somebody
from tests.standin.town import town

THROTTLED = "You have made too many requests continuously. Please try again after some time."


def test_an_access_token_lives_an_hour(anna: Somebody, standin: StandIn) -> None:
    standin.advance(3599)
    assert anna.get("/org").status_code == 200
    standin.advance(2)
    assert anna.refusal("/org") == (401, "INVALID_TOKEN", {})


def test_refreshing_gives_another_access_token_and_keeps_the_first(anna: Somebody, app: App) -> None:
    body = app.refresh(anna.tokens["refresh_token"]).json()
    assert "refresh_token" not in body
    assert body["access_token"] != anna.token
    assert anna.get("/org").status_code == 200
    anna.tokens["access_token"] = body["access_token"]
    assert anna.get("/org").status_code == 200


def test_the_eleventh_refresh_in_ten_minutes_is_throttled_and_harms_nothing(
    anna: Somebody, app: App, standin: StandIn
) -> None:
    refresh = anna.tokens["refresh_token"]
    for _ in range(10):
        assert "access_token" in app.refresh(refresh).json()
    answer = app.refresh(refresh)
    assert answer.status_code == 400
    assert answer.json() == {"error_description": THROTTLED, "error": "Access Denied", "status": "failure"}
    assert anna.get("/org").status_code == 200
    standin.advance(601)
    assert "access_token" in app.refresh(refresh).json()


def test_the_sixteenth_access_token_ends_the_oldest(anna: Somebody, app: App, standin: StandIn) -> None:
    for _ in range(2):
        for _ in range(7):
            app.refresh(anna.tokens["refresh_token"])
        standin.advance(601)
    assert anna.get("/org").status_code == 200
    app.refresh(anna.tokens["refresh_token"])
    assert anna.refusal("/org")[1] == "INVALID_TOKEN"
    assert standin.living_tokens("town", "anna") == {"refresh": 1, "access": 15}


def test_the_twenty_first_refresh_token_ends_the_oldest_and_its_access_tokens(
    anna: Somebody, app: App, standin: StandIn
) -> None:
    for _ in range(19):
        standin.token("town", "anna", "ZohoCRM.org.READ")
    assert anna.get("/org").status_code == 200
    standin.token("town", "anna", "ZohoCRM.org.READ")
    assert anna.refusal("/org")[1] == "INVALID_TOKEN"
    assert app.refresh(anna.tokens["refresh_token"]).json() == {"error": "invalid_code"}
    assert standin.living_tokens("town", "anna")["refresh"] == 20


def test_the_eleventh_refresh_token_in_ten_minutes_is_throttled_and_the_code_stays_good(
    app: App, standin: StandIn
) -> None:
    codes = [app.callback(app.url())["code"] for _ in range(10)]
    standin.advance(100)
    assert all("refresh_token" in app.exchange(code).json() for code in codes)
    standin.advance(505)  # the ten codes are forgotten, the ten refresh tokens are not
    code = app.callback(app.url())["code"]
    assert app.exchange(code).status_code == 400
    standin.advance(100)
    assert "refresh_token" in app.exchange(code).json()


def test_revoking_a_refresh_token_ends_its_access_tokens_and_no_others(
    anna: Somebody, app: App, standin: StandIn
) -> None:
    other = Somebody(standin, "anna")
    answer = app.post("/oauth/v2/token/revoke", token=anna.tokens["refresh_token"])
    assert (answer.status_code, answer.json()) == (200, {"status": "success"})
    assert anna.refusal("/org")[1] == "INVALID_TOKEN"
    assert app.refresh(anna.tokens["refresh_token"]).json() == {"error": "invalid_code"}
    assert other.get("/org").status_code == 200


def test_revoking_an_access_token_leaves_the_refresh_token(anna: Somebody, app: App) -> None:
    assert app.post("/oauth/v2/token/revoke", token=anna.token).status_code == 200
    assert anna.refusal("/org")[1] == "INVALID_TOKEN"
    assert "access_token" in app.refresh(anna.tokens["refresh_token"]).json()


def test_a_token_is_revoked_where_it_was_issued_and_once(anna: Somebody, app: App) -> None:
    assert app.post("/oauth/v2/token/revoke", dc="standin-eu", token=anna.token).status_code == 400
    assert anna.get("/org").status_code == 200
    assert app.post("/oauth/v2/token/revoke", token=anna.token).status_code == 200
    assert app.post("/oauth/v2/token/revoke", token=anna.token).status_code == 400


def test_the_newer_revoke_call_wants_the_client_and_the_kind(anna: Somebody, app: App, standin: StandIn) -> None:
    url = standin.accounts() + "/oauth/v2/revoke/token"
    pair = (standin.client_id, standin.client_secret)
    form = {"token": anna.token, "token_type": "access_token"}
    assert requests.post(url, data=form, timeout=20).status_code == 400
    assert requests.post(url, data=form | {"token_type": "x"}, auth=pair, timeout=20).status_code == 400
    assert anna.get("/org").status_code == 200
    assert requests.post(url, data=form, auth=pair, timeout=20).json() == {"status": "success"}
    assert anna.refusal("/org")[1] == "INVALID_TOKEN"


def test_wrong_verb_missing_grant_type_and_unknown_address(app: App, standin: StandIn) -> None:
    assert requests.get(standin.accounts() + "/oauth/v2/token", timeout=20).status_code == 400
    assert app.post("/oauth/v2/token").status_code == 400
    assert requests.get(standin.accounts() + "/crm/v8/org", timeout=20).status_code == 404


def test_the_accounts_server_names_the_data_centres_and_who_signed_in(app: App, standin: StandIn) -> None:
    info = requests.get(standin.accounts() + "/oauth/serverinfo", timeout=20).json()
    assert info["locations"] == {dc: standin.accounts(dc) for dc in ("standin-us", "standin-eu")}
    with_scope = standin.token("town", "anna", "AaaServer.profile.READ")["access_token"]
    without = standin.token("town", "anna", "ZohoCRM.org.READ")["access_token"]

    def who(token: str, dc: str = "standin-us") -> requests.Response:
        headers = {"Authorization": f"Zoho-oauthtoken {token}"}
        return requests.get(standin.accounts(dc) + "/oauth/user/info", headers=headers, timeout=20)

    assert who(with_scope).json()["Email"] == "anna@town.example"
    assert who(with_scope).json()["ZUID"] == 700000001
    assert who(without).status_code == 401
    assert who(with_scope, "standin-eu").status_code == 401


def test_tokens_consents_clock_and_client_outlive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with StandIn(organisations=[town()], state=file) as first:
        app = App(first)
        tokens = app.exchange(app.callback(app.url(prompt=None))["code"]).json()
        first.advance(100)
        client = first.client_id, first.client_secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with StandIn(organisations=[town()], state=file) as second:
        assert (second.client_id, second.client_secret) == client
        assert second.world.clock.offset_s == 100
        app = App(second)
        assert "access_token" in app.refresh(tokens["refresh_token"]).json()
        headers = {"Authorization": f"Zoho-oauthtoken {tokens['access_token']}"}
        assert requests.get(second.api() + "/crm/v8/org", headers=headers, timeout=20).status_code == 200
        assert "refresh_token" not in app.exchange(app.callback(app.url(prompt=None))["code"]).json()


def test_a_token_kept_for_an_organisation_that_is_gone_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with StandIn(organisations=[town()], state=file) as first:
        refresh = first.token("town", "anna")["refresh_token"]
    with StandIn(organisations=[town("other")], state=file) as second:
        assert App(second).refresh(refresh).json() == {"error": "invalid_code"}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 99}', '{"version": 1, "client": {"id": 1}}'])
def test_a_broken_state_file_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(content)
    with pytest.raises(ValueError, match=r"state\.json cannot be used"):
        StandIn(organisations=[town()], state=file)
    assert file.read_text() == content
