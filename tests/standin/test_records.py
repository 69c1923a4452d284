"""Reading records: fields, paging by number and by token, views, single records, counts, related records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from crm_client.standin import StandIn
from crm_client.standin.criteria import matches
from tests.standin.conftest import Somebody
from tests.standin.town import field, lead, module, town


@pytest.fixture
def crowded() -> Iterator[StandIn]:
    """A town with 2,150 leads."""
    with StandIn(organisations=[town(leads=2150)]) as running:
        yield running


def ids(answer: Any) -> list[int]:
    return [int(record["id"][-4:]) for record in answer.json()["data"]]


def test_a_list_needs_its_fields_and_takes_fifty(anna: Somebody) -> None:
    assert anna.refusal("/Leads") == (400, "REQUIRED_PARAM_MISSING", {"param_name": "fields"})
    many = ",".join(f"Field_{number}" for number in range(51))
    assert anna.refusal(f"/Leads?fields={many}") == (400, "LIMIT_EXCEEDED", {"param_name": "fields", "limit": 50})


def test_a_list_has_the_asked_fields_the_id_and_nothing_else(anna: Somebody) -> None:
    answer = anna.get("/Leads?fields=Last_Name,Notes,Rows,Nonsense,$process_flow&per_page=1").json()
    assert answer["data"] == [
        {"Last_Name": "Lead 0010", "Notes": "n" * 500, "$process_flow": False, "id": "900000000000000010"}
    ]


def test_only_rich_text_is_cut(anna: Somebody, standin: StandIn) -> None:
    standin.organisation("town").records["Leads"][0]["Last_Name"] = "l" * 600
    (record,) = anna.get("/Leads?fields=Last_Name,Notes&ids=900000000000000001").json()["data"]
    assert (len(record["Last_Name"]), len(record["Notes"])) == (600, 500)


def test_sam_does_not_get_what_is_hidden_from_him(anna: Somebody, sam: Somebody) -> None:
    assert anna.get("/Leads?fields=Salary&per_page=1").json()["data"][0]["Salary"] == 110
    assert "Salary" not in sam.get("/Leads?fields=Salary&per_page=1").json()["data"][0]
    single = "/Leads/900000000000000001"
    assert anna.get(single).json()["data"][0]["Salary"] == 101
    assert "Salary" not in sam.get(single).json()["data"][0]
    assert sam.get(single).json()["data"][0]["Rows"] == [{"id": "1"}]
    assert len(sam.get(single).json()["data"][0]["Notes"]) == 600


@pytest.mark.parametrize("path", ["/Nonsense?fields=Name", "/leads?fields=Name", "/Reports?fields=Name"])
def test_modules_without_records(anna: Somebody, path: str) -> None:
    assert anna.refusal(path) == (400, "INVALID_MODULE", {"resource_path_index": 0})


def test_modules_that_sam_may_not_read(sam: Somebody) -> None:
    assert sam.refusal("/Secrets?fields=Name")[:2] == (400, "INVALID_MODULE")
    assert sam.refusal("/Deals?fields=Name")[:2] == (403, "NO_PERMISSION")


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", 10, 1),
        ("&sort_order=asc", 1, 10),
        ("&sort_by=Modified_Time", 10, 1),
        ("&sort_by=Modified_Time&sort_order=asc", 1, 10),
        ("&sort_by=Created_Time&sort_order=asc", 1, 10),
    ],
)
def test_the_order_of_a_list(anna: Somebody, query: str, first: int, last: int) -> None:
    found = ids(anna.get(f"/Leads?fields=Last_Name{query}"))
    assert (found[0], found[-1]) == (first, last)


@pytest.mark.parametrize("query", ["sort_by=Last_Name", "sort_order=up", "converted=maybe", "cvid=1", "per_page=201"])
def test_parameters_that_are_not_taken(anna: Somebody, query: str) -> None:
    status, code, details = anna.refusal(f"/Leads?fields=Last_Name&{query}")
    assert (status, code, details["param_name"]) == (400, "INVALID_DATA", query.partition("=")[0])


def test_pages_by_number_end_at_two_thousand(crowded: StandIn) -> None:
    anna = Somebody(crowded, "anna")
    info = anna.get("/Leads?fields=Last_Name&page=10").json()["info"]
    assert (info["page"], info["count"], info["more_records"], info["per_page"]) == (10, 200, True, 200)
    assert anna.refusal("/Leads?fields=Last_Name&page=11")[:2] == (400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED")
    assert len(ids(anna.get("/Leads?fields=Last_Name&page=14&per_page=150"))) == 50
    assert anna.refusal("/Leads?fields=Last_Name&page=15&per_page=150")[1] == "DISCRETE_PAGINATION_LIMIT_EXCEEDED"


def test_page_tokens_lead_through_everything(crowded: StandIn) -> None:
    anna = Somebody(crowded, "anna")
    seen: list[int] = []
    answer = anna.get("/Leads?fields=Last_Name")
    while True:
        seen += ids(answer)
        info = answer.json()["info"]
        if not info["more_records"]:
            break
        answer = anna.get(f"/Leads?fields=Last_Name&page_token={info['next_page_token']}")
    assert seen == list(range(2150, 0, -1))
    assert info["next_page_token"] is None
    back = anna.get(f"/Leads?fields=Last_Name&page_token={info['previous_page_token']}")
    assert ids(back)[-1] == 151


def test_tokens_end_too(crowded: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_client.standin.token_pages.BY_TOKEN", 400)
    anna = Somebody(crowded, "anna")
    first = anna.get("/Leads?fields=Last_Name").json()["info"]["next_page_token"]
    second = anna.get(f"/Leads?fields=Last_Name&page_token={first}").json()["info"]["next_page_token"]
    refusal = (400, "PAGINATION_LIMIT_EXCEEDED", {"limit": 400})
    assert anna.refusal(f"/Leads?fields=Last_Name&page_token={second}") == refusal


def test_new_and_deleted_records_do_not_shift_the_pages_of_a_token(crowded: StandIn) -> None:
    anna = Somebody(crowded, "anna")
    leads = crowded.organisation("town").records["Leads"]
    token = anna.get("/Leads?fields=Last_Name").json()["info"]["next_page_token"]
    leads.append(lead(9999))
    del leads[1948]
    found = ids(anna.get(f"/Leads?fields=Last_Name&page_token={token}"))
    assert (found[0], found[1], len(found)) == (1950, 1948, 199)


def test_a_page_token_belongs_to_one_person_one_question_and_one_day(crowded: StandIn) -> None:
    anna, sam = Somebody(crowded, "anna"), Somebody(crowded, "sam")
    token = anna.get("/Leads?fields=Last_Name").json()["info"]["next_page_token"]
    assert sam.refusal(f"/Leads?fields=Last_Name&page_token={token}")[1] == "INVALID_DATA"
    assert anna.refusal("/Leads?fields=Last_Name&page_token=abc")[1] == "INVALID_DATA"
    mismatch = (400, "TOKEN_BOUND_DATA_MISMATCH", {"param_name": "page_token"})
    assert anna.refusal(f"/Leads?fields=Status&page_token={token}") == mismatch
    assert anna.refusal(f"/Leads?fields=Last_Name&per_page=10&page_token={token}") == mismatch
    assert anna.refusal(f"/Leads?fields=Last_Name&page=2&page_token={token}")[1] == "AMBIGUITY_DURING_PROCESSING"
    crowded.advance(24 * 3600 + 1)
    anna.tokens = crowded.token("town", "anna", anna.scopes)
    assert anna.refusal(f"/Leads?fields=Last_Name&page_token={token}")[1] == "EXPIRED_VALUE"


def test_a_list_past_its_end_is_204(anna: Somebody) -> None:
    answer = anna.get("/Leads?fields=Last_Name&page=2")
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_list_that_ends_with_its_page_has_no_next_token(anna: Somebody) -> None:
    info = anna.get("/Leads?fields=Last_Name&per_page=10").json()["info"]
    assert (info["more_records"], info["next_page_token"], info["page_token_expiry"]) == (False, None, None)


def test_only_administrators_list_notes(anna: Somebody, sam: Somebody, standin: StandIn) -> None:
    place = standin.organisation("town")
    place.modules.append(module("200000000000000009", "Notes"))
    place.records["Notes"] = [{"id": "140000000000000001", "Note_Title": "Hello"}]
    assert anna.get("/Notes?fields=Note_Title").json()["data"][0]["Note_Title"] == "Hello"
    assert sam.refusal("/Notes?fields=Note_Title") == (403, "NOT_SUPPORTED", {"resource_path_index": 0})
    assert sam.get("/Notes/140000000000000001").status_code == 200


def test_records_by_id_and_since_a_time(anna: Somebody) -> None:
    assert ids(anna.get("/Leads?fields=Last_Name&ids=900000000000000003,900000000000000001")) == [3, 1]
    header = {"If-Modified-Since": "2026-02-09T10:00:00+00:00"}
    assert ids(anna.get("/Leads?fields=Last_Name", headers=header)) == [10, 9]
    later = {"If-Modified-Since": "2027-01-01T00:00:00+00:00"}
    assert anna.get("/Leads?fields=Last_Name", headers=later).status_code == 304
    assert anna.get("/Leads/900000000000000001", headers=later).status_code == 304


def test_converted_leads_are_out_of_sight_unless_asked_for(anna: Somebody, standin: StandIn) -> None:
    standin.organisation("town").records["Leads"][0]["Converted__s"] = True
    assert 1 not in ids(anna.get("/Leads?fields=Last_Name"))
    assert ids(anna.get("/Leads?fields=Last_Name&converted=true")) == [1]
    assert len(ids(anna.get("/Leads?fields=Last_Name&converted=both"))) == 10
    assert anna.get("/Leads/actions/count").json() == {"count": 9}


def test_a_custom_view_chooses_and_sorts(anna: Somebody) -> None:
    answer = anna.get("/Leads?fields=Status&cvid=120000000000000002&sort_order=asc")
    assert ids(answer) == [2, 4, 6, 8, 10]
    assert answer.json()["info"]["sort_by"] == "Last_Name"
    assert anna.get("/Leads/actions/count?cvid=120000000000000002").json() == {"count": 5}
    both = "/Leads?fields=Status&cvid=120000000000000002&sort_by=id"
    assert anna.refusal(both)[1] == "AMBIGUITY_DURING_PROCESSING"
    assert anna.refusal("/Leads/actions/count?cvid=1&word=x")[1] == "AMBIGUITY_DURING_PROCESSING"
    assert anna.refusal("/Leads/actions/count?word=x")[1] == "INVALID_DATA"


def test_numbers_sort_by_size_text_without_case_and_empty_first(anna: Somebody, standin: StandIn) -> None:
    place = standin.organisation("town")
    view = place.custom_views["Leads"][1] | {"criteria": None, "sort_order": "asc"}
    place.custom_views["Leads"][1] = view

    def sorted_by(name: str, *values: Any) -> list[Any]:
        view["sort_by"] = {"api_name": name}
        place.records["Leads"] = [lead(number) | {name: value} for number, value in enumerate(values)]
        answer = anna.get(f"/Leads?fields={name}&cvid=120000000000000002").json()
        return [record[name] for record in answer["data"]]

    assert sorted_by("Salary", 20, -300, None, 3.5, -4, 100) == [None, -300, -4, 3.5, 20, 100]
    assert sorted_by("Status", "beta", "Alpha", None, "Gamma") == [None, "Alpha", "beta", "Gamma"]
    times = ["2026-01-01T12:00:00+02:00", "2026-01-01T11:00:00+00:00", "2026-01-01T09:00:00+00:00"]
    assert sorted_by("Status", *times) == [times[2], times[0], times[1]]


def test_one_record(anna: Somebody) -> None:
    (record,) = anna.get("/Leads/900000000000000001?fields=Last_Name").json()["data"]
    assert record == {"Last_Name": "Lead 0001", "id": "900000000000000001"}
    assert anna.get("/Leads/900000000000009999").status_code == 204
    assert anna.refusal("/Leads/1%20or%201") == (400, "INVALID_DATA", {"resource_path_index": 1})


def test_related_records(anna: Somebody, sam: Somebody, standin: StandIn) -> None:
    path = "/Leads/900000000000000001/Deals"
    answer = anna.get(f"{path}?fields=Deal_Name").json()
    assert answer["data"] == [{"Deal_Name": "Big", "id": "130000000000000001"}]
    assert answer["info"] == {
        "per_page": 200, "count": 1, "page": 1, "more_records": False, "next_page_token": None,
        "previous_page_token": None, "page_token_expiry": None,
    }  # fmt: skip
    assert anna.get("/Leads/900000000000000002/Deals?fields=Deal_Name").status_code == 204
    standin.organisation("town").fields["Deals"] = [field(60, "Deal_Name"), field(61, "Lines", data_type="subform")]
    assert "Lines" not in anna.get(f"{path}?fields=Deal_Name,Lines").json()["data"][0]
    assert anna.refusal(path)[1] == "REQUIRED_PARAM_MISSING"
    assert anna.refusal("/Leads/900000000000000001/Nonsense?fields=x")[1] == "INVALID_DATA"
    assert sam.refusal(f"{path}?fields=Deal_Name")[:2] == (403, "NO_PERMISSION")


def test_related_records_have_tokens_and_tell_what_is_new(anna: Somebody, standin: StandIn) -> None:
    lead = {"id": "900000000000000001", "name": "Lead 0001"}
    times = {1: "2026-01-01T00:00:00+00:00", 2: "2026-02-01T00:00:00+00:00", 3: "2026-03-01T00:00:00+00:00"}
    standin.organisation("town").records["Deals"] = [
        {"id": f"13000000000000000{n}", "Deal_Name": f"Deal {n}", "Lead": lead, "Modified_Time": time}
        for n, time in times.items()
    ]
    path = "/Leads/900000000000000001/Deals?fields=Deal_Name"

    def names(answer: requests.Response) -> list[str]:
        return [one["Deal_Name"] for one in answer.json()["data"]]

    first = anna.get(f"{path}&per_page=2")
    token = first.json()["info"]["next_page_token"]
    assert names(first) == ["Deal 3", "Deal 2"]
    assert names(anna.get(f"{path}&per_page=2&page_token={token}")) == ["Deal 1"]
    assert anna.refusal(f"{path}&per_page=1&page_token={token}")[1] == "TOKEN_BOUND_DATA_MISMATCH"
    assert anna.refusal(f"/Leads?fields=Deal_Name&per_page=2&page_token={token}")[1] == "TOKEN_BOUND_DATA_MISMATCH"
    assert anna.refusal(f"{path}&per_page=2&page=1&page_token={token}")[1] == "AMBIGUITY_DURING_PROCESSING"

    def since(time: str) -> requests.Response:
        return anna.get(path, headers={"If-Modified-Since": time})

    assert names(since(times[2])) == ["Deal 3"]
    assert (since(times[3]).status_code, since(times[3]).content) == (304, b"")


def test_territories_are_not_asked_for_where_there_are_none(anna: Somebody) -> None:
    assert anna.refusal("/Leads?fields=Last_Name&territory_id=1")[:2] == (400, "INVALID_MODULE")


def test_a_locked_record_says_so(anna: Somebody, standin: StandIn) -> None:
    standin.fault("lock", {"record": "900000000000000001"})
    assert anna.get("/Leads/900000000000000001").json()["data"][0]["$locked_for_me"] is True
    asked = anna.get("/Leads?fields=$locked_for_me,$process_flow&sort_order=asc&per_page=2").json()["data"]
    assert [(one["$locked_for_me"], one["$process_flow"]) for one in asked] == [(True, False), (False, False)]
    assert anna.get("/Leads/900000000000000002").json()["data"][0]["$locked_for_me"] is False
    standin.clear_faults()
    assert anna.get("/Leads/900000000000000001").json()["data"][0]["$locked_for_me"] is False


def test_a_record_read_whole_has_every_key_of_the_system(anna: Somebody, standin: StandIn) -> None:
    (record,) = anna.get("/Leads/900000000000000001").json()["data"]
    assert {key for key in record if key.startswith("$")} == {
        "$approval", "$approval_state", "$converted_detail", "$currency_symbol", "$editable", "$field_states",
        "$has_more", "$in_merge", "$locked_for_me", "$orchestration", "$pathfinder", "$process_flow", "$review",
        "$review_process", "$sharing_permission", "$wizard_connection_path", "$zia_owner_assignment", "$zia_visions",
    }  # fmt: skip
    assert record["$has_more"] == {"Rows": False}
    assert (record["$wizard_connection_path"], record["$process_flow"]) == (None, False)
    standin.organisation("town").records["Leads"][0]["$wizard_connection_path"] = ["1"]
    (record,) = anna.get("/Leads/900000000000000001").json()["data"]
    assert record["$wizard_connection_path"] == ["1"]


@pytest.mark.parametrize(
    ("comparator", "value", "matching"),
    [
        ("equal", "Anna", True),
        ("equal", "anna", True),
        ("equal", ["Bea", "Anna"], True),
        ("not_equal", "Anna", False),
        ("contains", "nn", True),
        ("not_contains", "nn", False),
        ("starts_with", "an", True),
        ("ends_with", "x", False),
        ("greater_than", "Ann", True),
        ("less_than", "Ann", False),
        ("between", ["A", "B"], True),
        ("equal", "${EMPTY}", False),
        ("a new comparator", "x", True),
    ],
)
def test_conditions_of_views(comparator: str, value: Any, matching: bool) -> None:
    criteria = {"field": {"api_name": "Name"}, "comparator": comparator, "value": value}
    assert matches({"Name": "Anna"}, criteria) is matching


def test_conditions_in_groups_and_of_other_kinds() -> None:
    def condition(name: str, value: Any, comparator: str = "equal") -> dict[str, Any]:
        return {"field": {"api_name": name}, "comparator": comparator, "value": value}

    record = {"A": 5, "B": {"id": "7"}, "C": ["x"], "D": None, "E": True}
    both = {"group_operator": "and", "group": [condition("A", 5), condition("B", "7")]}
    assert matches(record, both)
    assert not matches(record, both | {"group": [condition("A", 5), condition("B", "8")]})
    assert matches(record, {"group_operator": "or", "group": [condition("A", 6), condition("C", "X")]})
    assert matches(record, condition("D", "${EMPTY}"))
    assert matches(record, condition("E", "true"))
    assert matches(record, condition("A", "4", "greater_than"))
    assert not matches(record, condition("D", "4", "greater_than"))
    assert matches(record, None)
