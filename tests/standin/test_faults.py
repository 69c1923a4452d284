"""Faults by name over HTTP: what each does, to whom, how often."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from typing import Any

import orjson
import pytest
import requests

from crm_client.standin import StandIn, UnknownFaultError
from crm_client.standin.damage import BAD_JSON, bomb
from crm_client.standin.faults import KINDS
from tests.standin.conftest import App, Somebody


def order(standin: StandIn, body: dict[str, Any]) -> requests.Response:
    return requests.post(standin.accounts() + "/__standin/faults", json=body, timeout=20)


# ordering faults


def test_faults_are_ordered_listed_and_cleared_on_every_port(standin: StandIn, anna: Somebody) -> None:
    first = order(standin, {"fault": "status", "args": {"status": 503}, "match": {"path": "/crm/v8/org"}, "count": 5})
    assert first.json() == {"id": 1}
    for port in standin.ports:
        (listed,) = requests.get(f"http://127.0.0.1:{port}/__standin/faults", timeout=20).json()["faults"]
        assert (listed["id"], listed["fault"], listed["count"]) == (1, "status", 5)
    assert anna.get("/org").status_code == 503
    assert requests.delete(standin.api() + "/__standin/faults", timeout=20).status_code == 204
    assert anna.get("/org").status_code == 200


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"fault": "earthquake"}, "no fault is called 'earthquake'"),
        ({}, "no fault is called ''"),
        ({"fault": "latency", "args": {"seconds": 1}}, "latency has no argument 'seconds'"),
        ({"fault": "latency", "args": {"ms": "long"}}, "ms is to be a number"),
        ({"fault": "latency", "args": {"ms": -1}}, "ms is to be a number"),
        ({"fault": "bad_json", "args": {"kind": "odd"}}, "kind is one of"),
        ({"fault": "status", "args": {"headers": []}}, "headers are to be"),
        ({"fault": "status", "match": {"colour": "x"}}, "no match 'colour'"),
        ({"fault": "status", "match": "x"}, "match is to be an object"),
        ({"fault": "status", "probability": 2}, "probability"),
        ({"fault": "status", "count": 0}, "count"),
        ({"fault": "status", "often": 1}, "no 'often'"),
    ],
)
def test_a_wrong_order_says_what_is_wrong(standin: StandIn, body: dict[str, Any], sentence: str) -> None:
    answer = order(standin, body)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]
    assert standin.world.faults.show() == []


def test_the_harness_refuses_unknown_faults_too(standin: StandIn) -> None:
    with pytest.raises(UnknownFaultError, match="there are latency, status"):
        standin.fault("earthquake")


def test_every_name_of_the_contract_is_there() -> None:
    assert set(KINDS) == {
        "latency", "status", "html", "empty204", "truncate", "bad_json", "drip", "oversize", "gzip_bomb", "deep",
        "bigint", "numeric_ids", "drop_before_commit", "commit_then_drop", "commit_then_status", "short_array",
        "long_array", "no_item_status", "expire_now", "revoke", "access_denied200", "scope_mismatch", "no_permission",
        "lock", "change_api_domain",
    }  # fmt: skip


# whom a fault strikes


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({"path": "/crm/v8/settings"}, True),
        ({"path": "/crm/v8/settings/fields?module=Le"}, True),
        ({"path": "/crm/v8/users"}, False),
        ({"method": "get"}, True),
        ({"method": "POST"}, False),
        ({"body": "marker"}, True),
        ({"body": "other"}, False),
        ({"path": "/crm/v8/settings", "body": "other"}, False),
    ],
)
def test_a_fault_strikes_only_what_matches(
    standin: StandIn, anna: Somebody, match: dict[str, str], struck: bool
) -> None:
    standin.fault("status", {"status": 502}, match)
    answer = anna.get("/settings/fields?module=Leads", data="a marker in the body")
    assert (answer.status_code == 502) is struck


def test_a_fault_can_be_meant_for_one_host(standin: StandIn, anna: Somebody) -> None:
    standin.fault("status", {"status": 502}, {"host": standin.api("standin-us", "sandbox").partition("//")[2]})
    assert anna.get("/org").status_code == 200
    assert Somebody(standin, "anna", "town-sandbox").get("/org").status_code == 502


def test_a_fault_strikes_as_often_as_ordered(standin: StandIn, anna: Somebody) -> None:
    standin.fault("status", {"status": 503}, count=2)
    assert [anna.get("/org").status_code for _ in range(4)] == [503, 503, 200, 200]
    assert standin.world.faults.show() == []


def test_a_fault_with_a_probability_strikes_as_the_seed_says(standin: StandIn, anna: Somebody) -> None:
    standin.fault("status", {"status": 503}, probability=0.3)
    first = [anna.get("/org").status_code for _ in range(40)]
    assert 3 < first.count(503) < 25
    with StandIn(organisations=[standin.organisation("town").copy()]) as again:
        twin = Somebody(again, "anna")
        again.fault("status", {"status": 503}, probability=0.3)
        assert [twin.get("/org").status_code for _ in range(40)] == first


def test_two_faults_strike_together_and_the_ledger_names_both(standin: StandIn, anna: Somebody) -> None:
    standin.fault("latency", {"ms": 50})
    standin.fault("status", {"status": 429, "headers": {"Retry-After": "7"}})
    before = time.monotonic()
    answer = anna.get("/org")
    assert time.monotonic() - before >= 0.05
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["code"] == "TOO_MANY_REQUESTS"
    assert standin.ledger()[-1]["fault"] == "latency+status"


# what each fault does


def test_status_with_a_body_and_type_of_ones_own(standin: StandIn, anna: Somebody) -> None:
    standin.fault("status", {"status": 418, "body": "tea", "headers": {"Content-Type": "text/plain"}}, count=1)
    answer = anna.get("/org")
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (418, "tea", "text/plain")
    standin.fault("status", {"status": 400, "body": {"code": "X"}}, count=1)
    assert anna.get("/org").json() == {"code": "X"}


def test_html_and_nothing(standin: StandIn, anna: Somebody) -> None:
    standin.fault("html", {"status": 502}, count=1)
    answer = anna.get("/org")
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html;charset=UTF-8")
    standin.fault("empty204", count=1)
    answer = anna.get("/org")
    assert (answer.status_code, answer.content) == (204, b"")


def test_truncate_promises_more_than_comes(standin: StandIn, anna: Somebody) -> None:
    standin.fault("truncate", {"bytes": 10}, count=1)
    with pytest.raises(requests.exceptions.RequestException, match="IncompleteRead"):
        anna.get("/org")
    assert anna.get("/org").status_code == 200


@pytest.mark.parametrize("kind", BAD_JSON)
def test_every_kind_of_bad_json_is_whole_at_the_wire_and_bad_in_the_head(
    standin: StandIn, anna: Somebody, kind: str
) -> None:
    good = anna.get("/settings/modules").content
    standin.fault("bad_json", {"kind": kind})
    answer = anna.get("/settings/modules")
    assert answer.status_code == 200
    assert len(answer.content) == int(answer.headers["Content-Length"])
    assert answer.content != good
    if kind in ("double_keys", "nul", "surrogate", "bidi", "nan"):
        assert "modules" in json.loads(answer.content)


def test_drip_sends_byte_by_byte(standin: StandIn, anna: Somebody) -> None:
    standin.fault("drip", {"bytes_per_s": 10_000, "head": False}, count=1)
    before = time.monotonic()
    body = anna.get("/settings/fields?module=Leads").content
    assert time.monotonic() - before > len(body) / 10_000 * 0.8
    standin.fault("drip", {"bytes_per_s": 1})
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(
            standin.api() + "/crm/v8/org", headers={"Authorization": f"Zoho-oauthtoken {anna.token}"}, timeout=(1, 0.2)
        )


def test_oversize_deep_and_large_numbers(standin: StandIn, anna: Somebody) -> None:
    standin.fault("oversize", {"mb": 3}, count=1)
    answer = anna.get("/org")
    assert len(answer.content) > 3 * 1024 * 1024
    assert answer.json()["org"]
    standin.fault("deep", {"n": 2000}, count=1)
    assert b"[" * 2000 in anna.get("/org").content
    standin.fault("bigint", {"n": 50}, count=1)
    assert anna.get("/settings/modules").json()["modules"][0]["id"] == int("9" * 50)
    standin.fault("bigint", {"n": 30, "key": "x"}, count=1)
    assert anna.get("/settings/modules").json()["modules"][0]["x"] == int("9" * 30)


def test_a_gzip_bomb_unpacks_to_what_was_ordered(standin: StandIn, anna: Somebody) -> None:
    standin.fault("gzip_bomb", {"mb": 20}, count=1)
    headers = {"Authorization": f"Zoho-oauthtoken {anna.token}"}
    with requests.get(standin.api() + "/crm/v8/org", headers=headers, stream=True, timeout=20) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) < 100_000
        assert len(answer.content) > 20 * 1024 * 1024
    unpacked = gzip.decompress(bomb(3))
    assert orjson.loads(unpacked)["padding"] == "x" * (3 * 1024 * 1024)
    whole = zlib.decompressobj(31)
    assert len(whole.decompress(bomb(2))) + len(whole.flush()) > 2 * 1024 * 1024
    assert whole.eof


def test_numeric_ids(standin: StandIn, anna: Somebody) -> None:
    standin.fault("numeric_ids", count=1)
    module = anna.get("/settings/modules").json()["modules"][0]
    assert module["id"] == 200000000000000001
    assert module["profiles"][0]["id"] == 100000000000000001
    assert module["api_name"] == "Leads"


def test_lists_that_are_too_short_too_long_or_bare(standin: StandIn, anna: Somebody) -> None:
    def answered(name: str) -> list[dict[str, Any]]:
        standin.fault(name, count=1)
        return list(anna.get("/Leads?fields=Last_Name").json()["data"])

    assert len(answered("short_array")) == 9
    assert len(answered("long_array")) == 11
    assert answered("no_item_status")[0] == {"Last_Name": "Lead 0010"}


@pytest.mark.parametrize("name", ["drop_before_commit", "commit_then_drop"])
def test_a_dropped_connection(standin: StandIn, anna: Somebody, name: str) -> None:
    standin.fault(name, count=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        anna.get("/org")
    entry = standin.ledger()[-1]
    assert (entry["status"], entry["fault"]) == (0, name)
    assert entry["credits"] == (1 if name == "commit_then_drop" else 0)


def test_a_status_in_place_of_the_answer_to_what_was_done(standin: StandIn, anna: Somebody) -> None:
    standin.fault("commit_then_status", {"status": 504}, count=1)
    assert anna.refusal("/org") == (504, "INTERNAL_ERROR", {})
    assert standin.ledger()[-1]["credits"] == 1


def test_all_access_tokens_expire_at_once(standin: StandIn, anna: Somebody, sam: Somebody, app: App) -> None:
    standin.fault("expire_now")
    assert anna.refusal("/org")[1] == sam.refusal("/org")[1] == "INVALID_TOKEN"
    anna.tokens |= app.refresh(anna.tokens["refresh_token"]).json()
    assert anna.get("/org").status_code == 200


def test_a_token_expires_when_a_certain_request_comes(standin: StandIn, anna: Somebody, sam: Somebody) -> None:
    standin.fault("expire_now", match={"path": "/crm/v8/users"}, count=1)
    assert anna.get("/org").status_code == 200
    assert anna.refusal("/users")[1] == "INVALID_TOKEN"
    assert anna.refusal("/org")[1] == "INVALID_TOKEN"
    assert sam.get("/users").status_code == 200


def test_refresh_tokens_are_revoked_all_one_or_with_a_request(
    standin: StandIn, anna: Somebody, sam: Somebody, app: App
) -> None:
    def lost(person: Somebody) -> bool:
        return app.refresh(person.tokens["refresh_token"]).json() == {"error": "invalid_code"}

    standin.fault("revoke", {"refresh": anna.tokens["refresh_token"]})
    assert lost(anna)
    assert anna.refusal("/org")[1] == "INVALID_TOKEN"
    assert not lost(sam)
    standin.fault("revoke", {"refresh": False}, {"path": "/crm/v8/org"}, count=1)
    assert sam.refusal("/org")[1] == "INVALID_TOKEN"
    assert not lost(sam)
    other = Somebody(standin, "anna")
    standin.fault("revoke", match={"body": "row 3200"}, count=1)
    assert other.get("/org").status_code == 200
    assert other.get("/org", data="row 3200").status_code == 401
    assert lost(other)
    standin.fault("revoke")
    assert lost(sam)


def test_throttling_under_http_200_and_a_foreign_api_domain(standin: StandIn, anna: Somebody, app: App) -> None:
    refresh = anna.tokens["refresh_token"]
    standin.fault("access_denied200", count=1)
    assert anna.get("/org").status_code == 200
    answer = app.refresh(refresh)
    assert (answer.status_code, answer.json()["error"]) == (200, "Access Denied")
    standin.fault("change_api_domain", {"to": "https://evil.test"}, count=1)
    assert anna.get("/org").status_code == 200
    assert app.refresh(refresh).json()["api_domain"] == "https://evil.test"
    assert app.refresh(refresh).json()["api_domain"] == standin.api()


def test_scope_and_permission_can_be_missing_from_some_call_on(standin: StandIn, anna: Somebody) -> None:
    standin.fault("scope_mismatch", count=1)
    assert anna.refusal("/org") == (401, "OAUTH_SCOPE_MISMATCH", {})
    standin.fault("no_permission", {"after": 2, "permission": "Crm_Implied_Create_Leads"}, {"path": "/crm/v8/org"})
    assert [anna.get(path).status_code for path in ("/org", "/users", "/org", "/org", "/org")] == [
        200,
        200,
        200,
        403,
        403,
    ]
    assert anna.refusal("/org")[2] == {"permissions": ["Crm_Implied_Create_Leads"]}
