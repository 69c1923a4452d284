"""What every API call passes before its handler: token, address, verb, version, scope, limits, API access."""

from __future__ import annotations

import threading

import pytest
import requests

from crm_client.standin import StandIn
from crm_client.standin.limits import Allowance, allowance_of
from crm_client.standin.scopes import covers, item_of
from tests.standin.conftest import App, Somebody
from tests.standin.town import town


def test_without_a_token_nobody_gets_in(standin: StandIn) -> None:
    answer = requests.get(standin.api() + "/crm/v8/org", timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTHENTICATION_FAILURE")


@pytest.mark.parametrize(
    "header", ["Zoho-oauthtoken 1000.a.b", "Bearer {}", "{}", "zoho-oauthtoken {}", "Zoho-oauthtoken "]
)
def test_only_a_good_token_after_the_right_word_counts(anna: Somebody, header: str) -> None:
    answer = anna.get("/org", headers={"Authorization": header.format(anna.token)})
    assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_TOKEN")


@pytest.mark.parametrize(("dc", "environment"), [("standin-us", "sandbox"), ("standin-eu", "production")])
def test_a_token_is_foreign_at_other_data_centres_and_environments(
    anna: Somebody, standin: StandIn, dc: str, environment: str
) -> None:
    anna.tokens["api_domain"] = standin.api(dc, environment)
    assert anna.refusal("/org") == (401, "INVALID_TOKEN", {})


def test_tokens_of_somebody_who_was_deactivated_stop_working(sam: Somebody, standin: StandIn) -> None:
    assert sam.get("/org").status_code == 200
    standin.organisation("town").user("sam")["status"] = "disabled"
    assert sam.refusal("/org")[1] == "INVALID_TOKEN"


@pytest.mark.parametrize(
    "path",
    [
        "/settings",
        "/settings/wishes",
        "/settings/fields/1/2/3",
        "/users/1/2",
        "/a/b/c/d/e",
        "/Leads/1/actions/fly/x",
        "/__features",
        "/actions/watch",
        "/__composite_requests",
        "/bulk/read",
    ],
)
def test_an_unknown_address_is_a_404(anna: Somebody, path: str) -> None:
    assert anna.refusal(path) == (404, "INVALID_URL_PATTERN", {})


@pytest.mark.parametrize("prefix", ["/crm/v9", "/crm/v1", "/crm/v2", "/api", ""])
def test_only_versions_seven_and_eight_are_there(anna: Somebody, standin: StandIn, prefix: str) -> None:
    headers = {"Authorization": f"Zoho-oauthtoken {anna.token}"}
    answer = requests.get(f"{standin.api()}{prefix}/org", headers=headers, timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (404, "INVALID_URL_PATTERN")


@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH"])
def test_a_wrong_verb_is_a_400(anna: Somebody, method: str) -> None:
    answer = anna.call(method, "/settings/modules")
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST_METHOD")


def test_the_host_must_be_the_crms_own(anna: Somebody) -> None:
    assert anna.refusal("/org", headers={"Host": "evil.test"})[:2] == (400, "INVALID_HOST")


@pytest.mark.parametrize(
    ("scope", "path", "allowed"),
    [
        ("ZohoCRM.settings.modules.READ", "/settings/modules", True),
        ("zohocrm.SETTINGS.modules.all", "/settings/modules", True),
        ("ZohoCRM.settings.ALL", "/settings/modules", True),
        ("ZohoCRM.settings.fields.READ", "/settings/modules", False),
        ("ZohoCRM.settings.modules.UPDATE", "/settings/modules", False),
        ("ZohoCRM.modules.leads.READ", "/Leads?fields=Last_Name", True),
        ("ZohoCRM.modules.READ", "/Leads?fields=Last_Name", True),
        ("ZohoCRM.modules.deals.READ", "/Leads?fields=Last_Name", False),
        ("ZohoCRM.modules.custom.READ", "/Secrets?fields=Name", True),
        ("ZohoCRM.modules.leads.READ", "/Nonsense?fields=Name", False),
        ("ZohoCRM.modules.ALL", "/Leads/actions/count", False),
        (
            "ZohoCRM.modules.ALL,ZohoSearch.securesearch.READ,ZohoCRM.settings.layouts.READ",
            "/Leads/actions/count",
            True,
        ),
    ],
)
def test_each_call_needs_its_scope(standin: StandIn, scope: str, path: str, allowed: bool) -> None:
    answer = Somebody(standin, "anna", scopes=scope).get(path)
    if allowed:
        assert answer.status_code in (200, 204)
    else:
        assert (answer.status_code, answer.json()["code"]) == (401, "OAUTH_SCOPE_MISMATCH")


def test_settings_all_does_not_reach_the_blueprint_settings_and_write_does_not_delete() -> None:
    assert covers(["ZohoCRM.settings.ALL"], "ZohoCRM.settings.wizards.READ")
    assert not covers(["ZohoCRM.settings.ALL"], "ZohoCRM.settings.blueprint.READ")
    assert covers(["ZohoCRM.settings.blueprint.ALL"], "ZohoCRM.settings.blueprint.READ")
    assert covers(["ZohoCRM.modules.leads.WRITE"], "ZohoCRM.modules.leads.UPDATE")
    assert not covers(["ZohoCRM.modules.leads.WRITE"], "ZohoCRM.modules.leads.DELETE")
    assert not covers(["ZohoCRM.modules.leads.ALL"], "ZohoCRM.modules.READ")


@pytest.mark.parametrize(
    ("module", "item"),
    [
        ("Sales_Orders", "salesorders"),
        ("Appointments__s", "appointments"),
        ("Appointments_Rescheduled_History__s", "appointments_rescheduled_history"),
        ("Custom", "custom"),
        ("Properties", "custom"),
    ],
)
def test_modules_have_another_spelling_in_scopes(module: str, item: str) -> None:
    assert item_of(module) == item


def test_clara_whose_profile_may_not_use_the_api_is_told_which_permission_she_lacks(standin: StandIn) -> None:
    clara = Somebody(standin, "clara")
    for path in ("/users?type=CurrentUser", "/settings/modules"):
        assert clara.refusal(path) == (403, "NO_PERMISSION", {"permissions": ["Crm_Implied_Api_Access"]})


def test_answers_tell_until_when_the_token_is_good(anna: Somebody) -> None:
    answer = anna.get("/org")
    assert answer.headers["X-ACCESSTOKEN-RESET"].endswith("+00:00")
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=response.json"


def test_credits_left_are_told_once_half_are_used(anna: Somebody, standin: StandIn) -> None:
    standin.allowance("town").credits = 10
    seen = [anna.get("/org").headers.get("X-API-CREDITS-REMAINING") for _ in range(10)]
    assert seen == [None, None, None, None, "5", "4", "3", "2", "1", "0"]
    assert anna.refusal("/org") == (429, "TOO_MANY_REQUESTS", {})
    standin.advance(3000)
    assert anna.refusal("/org")[0] == 429
    standin.advance(24 * 3600)
    anna.tokens = standin.token("town", "anna", anna.scopes)
    assert anna.get("/org").status_code == 200


def test_credits_come_from_edition_and_licences(standin: StandIn) -> None:
    assert standin.allowance("town").credits == 5000
    assert standin.allowance("town").concurrency == 5
    licence = standin.organisation("abroad").org["license_details"]
    licence |= {"paid_type": "enterprise", "users_license_purchased": 10}
    assert standin.allowance("abroad").credits == 60_000


@pytest.mark.parametrize(
    ("edition", "licences", "credits", "at_once"),
    [
        ("free", 3, 5_000, 5),
        ("standard", 10, 52_500, 10),
        ("starter", 1_000, 100_000, 10),
        ("professional", 10, 55_000, 15),
        ("enterprise", 10_000, 5_000_000, 20),
        ("zohoone", 10, 60_000, 20),
        ("ultimate", 10_000, 20_050_000, 25),
        ("crmplus", 10, 70_000, 25),
    ],
)
def test_each_edition_has_its_limits(edition: str, licences: int, credits: int, at_once: int) -> None:
    place = town()
    place.org["license_details"] = {"paid_type": edition, "users_license_purchased": licences}
    assert allowance_of(place) == Allowance(credits, at_once)


@pytest.mark.parametrize(
    ("path", "price"),
    [
        ("/settings/modules", 1),
        ("/Leads?fields=Last_Name", 1),
        ("/Leads?fields=Last_Name&cvid=120000000000000002", 3),
        ("/Leads/actions/count", 50),
        ("/Leads", 1),
    ],
)
def test_each_call_has_its_price_also_when_it_is_refused(
    anna: Somebody, standin: StandIn, path: str, price: int
) -> None:
    anna.get(path)
    assert standin.ledger()[-1]["credits"] == price
    assert standin.world.ledger.show()["credits"] == {"town": price}


@pytest.mark.parametrize(("path", "limit"), [("/org", 5), ("/Leads?fields=Last_Name&sort_by=id", 3)])
def test_too_many_calls_in_flight_are_refused(
    anna: Somebody, standin: StandIn, monkeypatch: pytest.MonkeyPatch, path: str, limit: int
) -> None:
    standin.allowance("town").concurrency = 5 if limit == 5 else 100
    monkeypatch.setattr("crm_client.standin.limits.HEAVY_AT_ONCE", 3)
    standin.fault("latency", {"ms": 60_000}, {"path": "/crm/v8" + path})
    statuses: list[int] = []

    def call() -> None:
        try:
            statuses.append(anna.get(path).status_code)
        except requests.ConnectionError:
            statuses.append(0)

    waiting = [threading.Thread(target=call) for _ in range(limit)]
    for thread in waiting:
        thread.start()
    arrived = threading.Event()
    while standin.world.limits._flying["town"] < limit:
        arrived.wait(0.01)
    assert anna.refusal(path) == (429, "TOO_MANY_REQUESTS", {})
    standin.stop()
    for thread in waiting:
        thread.join(timeout=5)
    assert len(statuses) == limit


def test_v7_does_not_have_what_came_with_v8(standin: StandIn, app: App) -> None:
    anna = Somebody(standin, "anna", version=7)
    module = anna.get("/settings/modules/Leads").json()["modules"][0]
    assert not {"isBlueprintSupported", "lookupable", "global_search_supported", "public_fields_configured"} & set(
        module
    )
    assert module["track_current_data"] is True
    newer = Somebody(standin, "anna").get("/settings/modules/Leads").json()["modules"][0]
    assert newer["isBlueprintSupported"] is True
    assert "track_current_data" not in newer
