"""Search: the language of criteria, operators by type, the other three ways, limits, the lag of the index, counts."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from crm_client.standin import StandIn, search_criteria
from crm_client.standin.messages import Request
from crm_client.standin.search_criteria import BadCriteriaError
from tests.standin.conftest import Somebody
from tests.standin.town import field, lead

MORE = [
    field(20, "Email", data_type="email"),
    field(21, "Phone", data_type="phone", searchable=True),
    field(22, "Tags", data_type="multiselectpicklist"),
    field(23, "Age", data_type="integer"),
    field(24, "Born", data_type="date"),
    field(25, "Seen", data_type="datetime"),
    field(26, "Vip", data_type="boolean"),
    field(27, "Boss", data_type="lookup"),
    field(28, "Secret", crypt={"mode": "x", "status": 1}),
    field(29, "Old", searchable=False),
    field(30, "Story", data_type="textarea", textarea={"type": "small"}),
]
PEOPLE = [
    lead(
        1, Last_Name="Burns, B", Status="Open", Email="Burns@Mail.example", Phone="+1 (617) 555-0101",
        Tags=["Red", "Blue"], Age=9, Born="2000-01-01", Seen="2026-01-01T10:00:00+00:00", Vip=True,
        Boss={"id": "900000000000000002"},
        Secret="abc", Story="Once upon a time",
    ),
    lead(
        2, Last_Name="Burnside (old)", Status="Lost", Email="side@mail.example", Phone="617555", Tags=["Red"], Age=10,
        Born="2001-01-01", Seen="2026-01-01T12:00:00+02:00", Vip=False, Secret="abcd",
    ),
    lead(3, Last_Name="O\\Hara", Status="Open", Age=-1),
    lead(4, Last_Name="Converted", Converted__s=True),
    lead(5, Last_Name="Waiting", **{"$approval_state": "approval_process_pending"}),
]  # fmt: skip


@pytest.fixture
def anna(standin: StandIn) -> Somebody:
    """Administers a town whose five leads the tests know."""
    organisation = standin.organisation("town")
    organisation.fields["Leads"] = [*organisation.fields["Leads"], *MORE]
    organisation.records["Leads"] = [dict(person) for person in PEOPLE]
    return Somebody(standin, "anna")


def found(person: Somebody, query: str) -> list[int]:
    answer = person.get(f"/Leads/search?{query}")
    return [] if answer.status_code == 204 else [int(one["id"][-4:]) for one in answer.json()["data"]]


@pytest.mark.parametrize(
    ("criteria", "numbers"),
    [
        (r"(Last_Name:equals:Burns\, B)", [1]),
        ("(Last_Name:equals:burns)", [2, 1]),  # contains, without regard to case
        ("(Last_Name:not_equal:burns)", [3]),
        ("(Last_Name:starts_with:o)", [3]),
        (r"(Last_Name:equals:O\\H)", [3]),
        (r"(Last_Name:equals:\(old\))", [2]),
        (r"(Last_Name:in:Burns\,,Hara)", [3, 1]),
        ("(Story:starts_with:once)", [1]),
        ("(Status:equals:Open)", [3, 1]),
        ("(Status:equals:Ope)", []),  # picklists compare whole
        ("(Status:in:Open,Lost)", [3, 2, 1]),
        ("(Tags:equals:red)", [2, 1]),
        ("(Tags:starts_with:bl)", [1]),
        ("(Age:greater_than:9)", [2]),  # as numbers: "10" comes before "9"
        ("(Age:between:-1,9)", [3, 1]),
        ("(Age:less_equal:-1)", [3]),
        ("(Born:greater_equal:2001-01-01)", [2]),
        ("(Seen:equals:2026-01-01T11:00:00+01:00)", [2, 1]),  # the same moment in three places
        ("(Vip:equals:true)", [1]),
        ("(Boss:equals:900000000000000002)", [1]),
        ("(Boss:equals:${EMPTY})", [3, 2]),
        ("(Secret:equals:abc)", [1]),  # encrypted: whole
        ("(id:in:900000000000000002,900000000000000003)", [3, 2]),
        ("((Status:equals:Open)and(Vip:equals:true))", [1]),
        ("((Status:equals:Lost)or(Age:equals:-1))", [3, 2]),
        ("((Status:equals:Lost)or(Status:equals:Open)and(Vip:equals:true))", [2, 1]),  # `and` binds more tightly
        ("(((Status:equals:Lost)or(Status:equals:Open))and(Vip:equals:true))", [1]),
        ("(Status:equals:Lost)or(Age:equals:-1)", [3, 2]),
    ],
)
def test_what_criteria_find(anna: Somebody, criteria: str, numbers: list[int]) -> None:
    assert found(anna, f"criteria={quote(criteria)}") == numbers


@pytest.mark.parametrize(
    ("criteria", "details"),
    [
        ("Last_Name:equals:x", {"param_name": "criteria"}),
        ("(Last_Name:equals:x", {"param_name": "criteria"}),
        ("(Last_Name:equals:x))", {"param_name": "criteria"}),
        ("(Last_Name:equals:a,b)", {"param_name": "criteria"}),
        ("(Last_Name:equals:a(b)", {"param_name": "criteria"}),
        ("((Last_Name:equals:a)(Age:equals:1))", {"param_name": "criteria"}),
        ("(Age:between:1)", {"param_name": "criteria"}),
        ("(Nope:equals:x)", {"api_name": "Nope", "reason": "invalid api name"}),
        ("(Old:equals:x)", {"api_name": "Old", "reason": "the field is not searchable"}),
        ("(Rows:equals:x)", {"api_name": "Rows", "reason": "the field is not searchable"}),
        ("(Story:in:x,y)", {"api_name": "Story", "reason": "invalid operator", "operator": "in"}),
        ("(Vip:greater_than:true)", {"api_name": "Vip", "reason": "invalid operator", "operator": "greater_than"}),
        ("(Secret:starts_with:a)", {"api_name": "Secret", "reason": "invalid operator", "operator": "starts_with"}),
        (
            "(Age:equals:many)",
            {"api_name": "Age", "reason": "invalid value", "value": "many", "expected_data_type": "number"},
        ),
        (f"(Status:in:{','.join('x' * 101)})", {"api_name": "Status"}),
    ],
)
def test_criteria_that_are_none(anna: Somebody, criteria: str, details: dict[str, str]) -> None:
    assert anna.refusal(f"/Leads/search?criteria={quote(criteria)}") == (400, "INVALID_QUERY", details)


def test_ten_conditions_and_no_more(anna: Somebody) -> None:
    ten = "and".join(["(Age:greater_than:0)"] * 10)
    assert found(anna, f"criteria=({ten})") == [2, 1]
    assert anna.refusal(f"/Leads/search?criteria=({ten}and(Age:equals:1))")[1] == "CRITERIA_LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("email=burns@mail.EXAMPLE", [1]),
        ("email=mail.example", []),
        ("phone=555-0101", [1]),
        ("word=burns", [2, 1]),
        ("word=upon", [1]),
        ("word=Converted&converted=both", [4]),
        ("word=Converted&converted=true", [4]),
        ("word=Converted", []),
        ("word=Waiting", []),
        ("word=Waiting&approved=false", [5]),
        ("criteria=(Status:equals:Lost)&word=Hara", [2]),  # the first of them wins
    ],
)
def test_the_other_ways_to_search(anna: Somebody, query: str, numbers: list[int]) -> None:
    assert found(anna, query) == numbers


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("", (400, "EXPECTED_PARAM_MISSING", {"param_names": ["criteria", "email", "phone", "word"]})),
        ("word=x", (400, "INVALID_DATA", {"param_name": "word", "minimum_length": 2})),
        ("word=%25%26%24", (400, "INVALID_DATA", {"param_name": "word", "minimum_length": 2})),
        ("word=ab&page=11", (400, "LIMIT_REACHED", {"limit": "2000"})),
        ("word=ab&per_page=201", (400, "INVALID_DATA", {"param_name": "per_page", "limit": 200})),
    ],
)
def test_searches_that_are_refused(anna: Somebody, query: str, refusal: tuple[int, str, dict[str, Any]]) -> None:
    assert anna.refusal(f"/Leads/search?{query}") == refusal


def test_the_page_of_a_search_and_its_fields(anna: Somebody) -> None:
    answer = anna.get("/Leads/search?word=burns&fields=Age&per_page=1").json()
    assert answer == {
        "data": [{"Age": 10, "id": "900000000000000002"}],
        "info": {"per_page": 1, "count": 1, "sort_by": "id", "page": 1, "sort_order": "desc", "more_records": True},
    }
    whole = anna.get("/Leads/search?word=burns").json()["data"][0]
    assert "$process_flow" in whole
    assert "Rows" not in whole  # subforms never come in lists
    assert len(whole["Notes"]) == 500  # rich text is cut


def test_sam_neither_finds_by_what_is_hidden_from_him_nor_sees_it(anna: Somebody, sam: Somebody) -> None:
    assert found(anna, "criteria=(Salary:equals:101)") == [1]
    details = {"api_name": "Salary", "reason": "invalid api name"}
    assert sam.refusal("/Leads/search?criteria=(Salary:equals:101)") == (400, "INVALID_QUERY", details)
    assert "Salary" not in sam.get("/Leads/search?word=burns").json()["data"][0]


def test_a_search_needs_both_scopes(anna: Somebody, standin: StandIn) -> None:
    for scopes in ("ZohoCRM.modules.READ", "ZohoSearch.securesearch.READ"):
        person = Somebody(standin, "anna", scopes=scopes)
        assert person.refusal("/Leads/search?word=burns")[:2] == (401, "OAUTH_SCOPE_MISMATCH")
    both = Somebody(standin, "anna", scopes="ZohoCRM.modules.READ,ZohoSearch.securesearch.READ")
    assert found(both, "word=burns") == [2, 1]
    assert both.refusal("/Leads/actions/count?word=burns")[:2] == (401, "OAUTH_SCOPE_MISMATCH")


def test_what_was_written_a_moment_ago_is_not_found_yet(anna: Somebody, standin: StandIn) -> None:
    standin.world.indexing.wrote("town", "900000000000000001")
    assert found(anna, "word=burns") == [2]
    standin.advance(4)
    assert found(anna, "word=burns") == [2, 1]


def test_counts_are_those_of_the_search_and_cost_fifty(anna: Somebody, standin: StandIn) -> None:
    assert anna.get("/Leads/actions/count?criteria=(Status:equals:Open)").json() == {"count": 2}
    assert anna.get("/Leads/actions/count?word=nobody").json() == {"count": 0}
    assert anna.get("/Leads/actions/count").json() == {"count": 4}
    assert [request["credits"] for request in standin.ledger()] == [50, 50, 50]


def test_search_and_queries_are_heavy_and_single_records_are_not(standin: StandIn) -> None:
    request = Request(standin.world.hosts["standin-us", "production"], "GET", "/", "", {})
    heavy = {
        path: standin.world.table.find(method, path, 8)[0].heavy(request)
        for method, path in [("GET", "/Leads/search"), ("POST", "/coql"), ("GET", "/Leads/1"), ("GET", "/Leads")]
    }
    assert heavy == {"/Leads/search": True, "/coql": True, "/Leads/1": False, "/Leads": False}


def test_brackets_cannot_be_nested_without_end() -> None:
    with pytest.raises(BadCriteriaError):
        search_criteria.read("(" * 5000 + "(a:equals:b)" + ")" * 5000)
