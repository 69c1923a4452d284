"""Lists in pages: by number, by token, and lists that never end."""

from __future__ import annotations

from typing import Any

import pytest

from crm_client import CrmClient
from crm_client.errors import BadAnswer, InvalidName, InvalidRequest
from crm_client.standin import StandIn
from tests.crm_client.wire import Wire, answers, reply


def page(ids: range, *, more: bool, token: str | None = None) -> bytes:
    return reply(
        {
            "data": [{"id": str(id_)} for id_ in ids],
            "info": {"more_records": more, "next_page_token": token, "per_page": 2, "count": len(ids)},
        }
    )


def queries(server: Wire) -> list[str]:
    return [request.split(" ")[1].partition("?")[2] for request in server.requests]


def read_all(server: Wire, **options: Any) -> list[str]:
    with CrmClient.with_token(server.url, "t") as crm:
        return [record.id for record in crm.records.all("Leads", ["Last_Name"], **options)]


def test_a_script_reads_all_records_of_a_module_past_two_thousand(standin: StandIn) -> None:
    demo = standin.organisation("demo")
    pattern = demo.records["Leads"][0]
    demo.records["Leads"] = [{**pattern, "id": str(7_000_000_000_000_000_000 + n)} for n in range(2345)]
    with CrmClient.with_token(standin.api(), standin.token()["access_token"]) as crm:
        ids = [record.id for record in crm.records.all("Leads", ["Last_Name"], converted="both")]
    assert len(set(ids)) == len(ids) == 2345
    assert sum(request["path"].endswith("/Leads") for request in standin.ledger()) == 12


def test_tokens_are_followed_with_the_same_parameters_and_no_page_number() -> None:
    with answers(page(range(2), more=True, token="T1"), page(range(2, 3), more=False)) as server:
        assert read_all(server, per_page=2, sort_order="asc") == ["0", "1", "2"]
    assert queries(server) == [
        "fields=Last_Name&per_page=2&sort_order=asc",
        "fields=Last_Name&page_token=T1&per_page=2&sort_order=asc",
    ]


def test_a_token_that_comes_late_takes_the_place_of_the_page_number() -> None:
    replies = [page(range(2), more=True), page(range(2, 4), more=True, token="T1"), page(range(4, 5), more=False)]
    with answers(*replies) as server:
        assert read_all(server, per_page=2) == ["0", "1", "2", "3", "4"]
    assert [query.partition("&")[2] for query in queries(server)] == [
        "per_page=2",
        "page=2&per_page=2",
        "page_token=T1&per_page=2",
    ]


def test_without_tokens_pages_are_counted_up_to_record_two_thousand() -> None:
    with answers(page(range(1000), more=True)) as server, pytest.raises(BadAnswer, match="no token leads on"):
        read_all(server, per_page=1000)
    assert queries(server) == ["fields=Last_Name&per_page=1000", "fields=Last_Name&page=2&per_page=1000"]


def test_a_circle_of_tokens_is_left() -> None:
    replies = [page(range(2), more=True, token=token) for token in ("T1", "T2", "T1")]
    with answers(*replies) as server, pytest.raises(BadAnswer, match="circle"):
        read_all(server)
    assert len(server.requests) == 3


def test_an_empty_page_that_promises_more_ends_the_list() -> None:
    with answers(page(range(0), more=True, token="T1")) as server, pytest.raises(BadAnswer, match="empty"):
        read_all(server)
    for path in ("users", "custom_views"):
        with (
            answers(reply({path: [], "info": {"more_records": True}})) as other,
            CrmClient.with_token(other.url, "t") as crm,
            pytest.raises(BadAnswer, match="empty"),
        ):
            list(crm.users.all()) if path == "users" else crm.custom_views.all("Leads")


def test_an_empty_module_is_an_empty_list() -> None:
    with answers(b"HTTP/1.1 204 No Content\r\n\r\n") as server:
        assert read_all(server) == []
        with CrmClient.with_token(server.url, "t") as crm:
            found = crm.records.page("Leads", ["Last_Name"], 1)
            assert (found.records, found.info.more_records) == ([], False)
            assert list(crm.users.all()) == []
            assert crm.users.page().users == []


def test_users_come_page_by_page() -> None:
    first = reply({"users": [{"id": "1"}], "info": {"more_records": True}})
    second = reply({"users": [{"id": "2"}], "info": {"more_records": False}})
    with answers(first, second) as server, CrmClient.with_token(server.url, "t") as crm:
        assert [user.id for user in crm.users.all("ActiveUsers")] == ["1", "2"]
    assert queries(server) == ["type=ActiveUsers&page=1&per_page=200", "type=ActiveUsers&page=2&per_page=200"]


def test_a_record_hands_out_safe_values() -> None:
    body = {
        "data": [
            {
                "id": 5,
                "Name": "a\0b",
                "Owner": {"id": "1", "name": "Alice"},
                "Amount": 5.5,
                "Tags": ["x"],
                "Created_Time": "2026-01-01T00:00:00+01:00",
            }
        ]
    }
    with answers(reply(body)) as server, CrmClient.with_token(server.url, "t") as crm:
        record = crm.records.get("Leads", "5")
    assert record is not None
    assert (record.id, record.get("Name"), record.get("Amount"), record.get("None_There")) == (
        "5",
        "a\ufffdb",
        5.5,
        None,
    )
    assert record.owner is not None
    assert (record.owner.name, record.created_time, record.modified_time) == (
        "Alice",
        "2026-01-01T00:00:00+01:00",
        None,
    )


@pytest.mark.parametrize("fields", [[], ["A"] * 51, ["Last Name"], ["a,b"], ["$"]])
def test_fields_that_cannot_be_are_not_asked_for(fields: list[str]) -> None:
    with answers(page(range(1), more=False)) as server, CrmClient.with_token(server.url, "t") as crm:
        with pytest.raises(InvalidName):
            crm.records.page("Leads", fields)
        with pytest.raises(InvalidName):
            crm.records.page("Leads", ["Last_Name"], ids=["1", "2;3"])
        with pytest.raises(InvalidName):
            crm.records.get("Leads", "1/actions")
    assert server.requests == []


def test_the_crms_own_keys_can_be_asked_for(crm: CrmClient) -> None:
    assert "$process_flow" in crm.records.page("Leads", ["Last_Name", "$process_flow"], 1).records[0].raw


def test_a_foreign_page_token_is_refused_in_words(crm: CrmClient) -> None:
    with pytest.raises(InvalidRequest) as caught:
        crm.records.page("Leads", ["Last_Name"], page_token="made-up")
    assert caught.value.code == "INVALID_DATA"
    assert "made-up" not in str(caught.value)
