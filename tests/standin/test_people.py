"""Users, profiles, roles and the organisation."""

from __future__ import annotations

from typing import Any

import pytest

from crm_client.standin import StandIn
from tests.standin.conftest import Somebody
from tests.standin.town import ADMIN, user


def first_names(answer: Any) -> list[str]:
    return [person["first_name"] for person in answer.json()["users"]]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("", ["Anna", "Sam", "Clara", "Olaf"]),
        ("AllUsers", ["Anna", "Sam", "Clara", "Olaf"]),
        ("ActiveUsers", ["Anna", "Sam", "Clara"]),
        ("DeactiveUsers", ["Olaf"]),
        ("ConfirmedUsers", ["Anna", "Sam", "Clara"]),
        ("NotConfirmedUsers", ["Olaf"]),
        ("ActiveConfirmedUsers", ["Anna", "Sam", "Clara"]),
        ("AdminUsers", ["Anna"]),
        ("ActiveConfirmedAdmins", ["Anna"]),
        ("CurrentUser", ["Sam"]),
    ],
)
def test_users_by_type(sam: Somebody, kind: str, names: list[str]) -> None:
    assert first_names(sam.get(f"/users?type={kind}")) == names


def test_a_type_without_users_is_204_and_an_unknown_one_an_error(sam: Somebody) -> None:
    assert sam.get("/users?type=DeletedUsers").status_code == 204
    status, code, details = sam.refusal("/users?type=everybody")
    assert (status, code, details["param_name"]) == (400, "INVALID_DATA", "type")


def test_users_come_in_pages(anna: Somebody, standin: StandIn) -> None:
    standin.organisation("town").users.extend(user(100 + number, f"Extra{number}", ADMIN) for number in range(300))
    first = anna.get("/users").json()
    assert first["info"] == {"per_page": 200, "count": 200, "page": 1, "more_records": True}
    second = anna.get("/users?page=2").json()
    assert second["info"] == {"per_page": 200, "count": 104, "page": 2, "more_records": False}
    assert anna.get("/users?page=3").status_code == 204
    ids = [person["id"] for person in first["users"] + second["users"]]
    assert len(set(ids)) == 304


@pytest.mark.parametrize("query", ["per_page=201", "per_page=0", "per_page=x", "page=0", "page=-1", "page=²"])
def test_pages_that_do_not_exist(anna: Somebody, query: str) -> None:
    status, code, details = anna.refusal(f"/users?{query}")
    assert (status, code, details["param_name"]) == (400, "INVALID_DATA", query.partition("=")[0])


def test_users_by_id(anna: Somebody) -> None:
    assert first_names(anna.get("/users?ids=400000000000000002,400000000000000003,1")) == ["Sam", "Clara"]
    assert anna.refusal("/users?ids=" + ",".join(map(str, range(101))))[1] == "LIMIT_EXCEEDED"
    assert first_names(anna.get("/users/400000000000000002")) == ["Sam"]
    assert anna.refusal("/users/1") == (400, "INVALID_DATA", {"resource_path_index": 1})


def test_only_users_changed_since_a_time(anna: Somebody) -> None:
    def since(text: str, path: str = "/users") -> Any:
        return anna.get(path, headers={"If-Modified-Since": text})

    assert first_names(since("2026-01-02T10:00:00+00:00")) == ["Clara", "Olaf"]
    assert first_names(since("2026-01-03T09:59:59+00:00")) == ["Clara", "Olaf"]
    assert first_names(since("2026-01-03T11:00:00+02:00")) == ["Clara", "Olaf"]
    answer = since("2026-02-01T00:00:00+00:00")
    assert (answer.status_code, answer.content) == (304, b"")
    assert since("2026-02-01T00:00:00+00:00", "/users/400000000000000001").status_code == 304
    for odd in ("Wed, 21 Oct 2015 07:28:00 GMT", "2026-02-01", "2026-02-01T00:00:00"):
        assert since(odd).status_code == 400


def test_profiles_and_roles(anna: Somebody) -> None:
    profiles = anna.get("/settings/profiles").json()["profiles"]
    assert [profile["name"] for profile in profiles] == ["Administrator", "Seller", "Clerk"]
    assert "permissions_details" not in profiles[0]
    (one,) = anna.get(f"/settings/profiles/{ADMIN}").json()["profiles"]
    assert one["permissions_details"][0]["name"] == "Crm_Implied_Api_Access"
    assert anna.get("/settings/profiles/1").status_code == 204
    assert [role["name"] for role in anna.get("/settings/roles").json()["roles"]] == ["CEO"]
    assert anna.get("/settings/roles/500000000000000001").json()["roles"][0]["name"] == "CEO"
    assert anna.get("/settings/roles/1").status_code == 204


def test_each_environment_is_its_own_organisation(standin: StandIn) -> None:
    def organisation(org: str) -> dict[str, Any]:
        (one,) = Somebody(standin, "anna", org).get("/org").json()["org"]
        return dict(one)

    assert organisation("town")["type"] == "production"
    assert organisation("town-sandbox")["type"] == "sandbox"
    assert organisation("abroad")["company_name"] == "The town of abroad"
