"""COQL: the grammar, look-ups, conditions by type, groups, limits, prices, rights."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from crm_client.standin import StandIn
from tests.standin.conftest import EVERYTHING, Somebody
from tests.standin.town import field, lead

MORE = [
    field(23, "Age", data_type="integer"),
    field(24, "Born", data_type="date"),
    field(26, "Vip", data_type="boolean"),
    field(27, "Boss", data_type="lookup", lookup={"module": {"api_name": "Leads", "id": "1"}}),
    field(28, "Owner", data_type="ownerlookup"),
    field(29, "Tags", data_type="multiselectpicklist"),
    field(30, "External"),
    field(31, "Grade", data_type="formula", formula={"return_type": "double"}),
]
ONE, TWO, THREE = (f"90000000000000000{n}" for n in (1, 2, 3))
ANNA = {"id": "400000000000000001", "name": "Anna Miller"}
PEOPLE = [
    lead(1, Last_Name="O'Brien", Age=9, Born="2000-01-01", Vip=True, Boss={"id": TWO, "name": "Zoe"}, Owner=ANNA),
    lead(2, Last_Name="Zoe", Age=10, Born="2001-01-01", Vip=False, Boss={"id": THREE}, Tags=["Red"], External="x"),
    lead(3, Last_Name='50% "off" \\', Age=None, Grade=1.5, Converted__s=True),
]


@pytest.fixture
def anna(standin: StandIn) -> Somebody:
    """Administers a town whose three leads the tests know."""
    organisation = standin.organisation("town")
    organisation.fields["Leads"] = [*organisation.fields["Leads"], *MORE]
    organisation.records["Leads"] = [dict(person) for person in PEOPLE]
    return Somebody(standin, "anna", scopes=f"{EVERYTHING},ZohoCRM.coql.READ")


def ask(person: Somebody, query: str) -> requests.Response:
    return person.call("POST", "/coql", json={"select_query": query})


def rows(person: Somebody, query: str) -> list[dict[str, Any]]:
    answer = ask(person, query)
    assert answer.status_code in (200, 204), answer.text
    return list(answer.json()["data"]) if answer.status_code == 200 else []


def refusal(person: Somebody, query: str) -> tuple[int, str, dict[str, Any]]:
    answer = ask(person, query)
    body = answer.json()
    return answer.status_code, body["code"], body["details"]


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ("Last_Name = 'o''brien'", [1]),
        ('Last_Name = "50% ""off"" \\"', [3]),
        ("Last_Name != 'Zoe'", [1, 3]),
        ("Last_Name like '50%'", [3]),
        ("Last_Name like '%e'", [2]),
        ("Last_Name like '%brie%'", [1]),
        ("Last_Name not like '%e%'", [3]),
        ("Last_Name in ('Zoe', 'nobody')", [2]),
        ("Last_Name not in ('Zoe')", [1, 3]),
        ("Age > 9", [2]),
        ("Age between 9 and 9.5", [1]),
        ("Age not between '9' and '9.5'", [2]),
        ("Age is null", [3]),
        ("Age IS NOT NULL", [1, 2]),
        ("Grade >= 1.5", [3]),
        ("Born < '2001-01-01'", [1]),
        ("Vip = true", [1]),
        ("Vip = 'false'", [2]),
        (f"Boss = '{TWO}'", [1]),
        ("Boss.Last_Name = 'Zoe'", [1]),
        ("Boss.Boss.Last_Name like '50%'", [1]),
        ("Owner.email = 'ANNA@town.example'", [1]),
        ("Tags = 'red'", [2]),
        ("'External' = 'x'", [2]),
        ("'Boss->Leads.Age' = 10", [1]),
        (f"id > '{ONE}'", [2, 3]),
        (f"id in ({ONE}, {THREE})", [1, 3]),
        ("Age = 9 or Age = 10", [1, 2]),
        ("((Age = 9 or Age = 10) and Vip = true)", [1]),
        ("(Age = 9 or (Age = 10 and Vip = true))", [1]),
    ],
)
def test_what_conditions_find(anna: Somebody, where: str, numbers: list[int]) -> None:
    assert [int(row["id"][-1]) for row in rows(anna, f"select id from Leads where {where}")] == numbers


def test_rows_have_the_columns_as_written_and_the_id(anna: Somebody) -> None:
    query = "select Last_Name as who, Boss, Boss.Last_Name, Owner.full_name, 'External' from Leads where Age = 9"
    assert rows(anna, query) == [
        {
            "who": "O'Brien",
            "Boss": {"id": TWO},
            "Boss.Last_Name": "Zoe",
            "Owner.full_name": "Anna Miller",
            "External": None,
            "id": ONE,
        }
    ]


def test_order_and_pages(anna: Somebody) -> None:
    order = "select Age as a from Leads where id is not null order by a desc, id asc"
    assert [row["a"] for row in rows(anna, order)] == [10, 9, None]
    page = ask(anna, f"{order} limit 1, 1").json()
    assert (page["data"][0]["a"], page["info"]) == (9, {"count": 1, "more_records": True})
    assert rows(anna, f"{order} limit 1 offset 1") == page["data"]
    last = ask(anna, f"{order} limit 2, 5").json()["info"]
    assert last == {"count": 1, "more_records": False}
    assert ask(anna, f"{order} limit 3, 5").status_code == 204


def test_counts_and_sums(anna: Somebody) -> None:
    everything = "from Leads where id is not null"
    assert rows(anna, f"select COUNT(id), sum(Age) as total, AVG(Age), MIN(Born), max(Age) {everything}") == [
        {"COUNT(id)": 3, "total": 19.0, "AVG(Age)": 9.5, "MIN(Born)": "2000-01-01", "MAX(Age)": 10}
    ]
    by_status = f"select COUNT(id) as n, Status {everything} group by Status order by n desc"
    assert rows(anna, by_status) == [{"n": 2, "Status": "Open"}, {"n": 1, "Status": "Lost"}]
    assert rows(anna, "select COUNT(id) as n from Leads where Age > 99") == [{"n": 0}]
    assert rows(anna, "select COUNT(id) as n, Status from Leads where Age > 99 group by Status") == []
    assert rows(anna, f"select Boss, COUNT(id) as n {everything} group by Boss order by n") == [
        {"Boss": {"id": TWO}, "n": 1},
        {"Boss": {"id": THREE}, "n": 1},
        {"Boss": None, "n": 1},
    ]


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("select id from Leads", {"clause": "where"}),
        ("select id where id is null", {"clause": "from"}),
        ("update Leads", {"line": 1, "column": 1, "near": "update"}),
        ("select id from Leads\nwhere Age ~ 1", {"line": 2, "column": 11, "near": "~"}),
        ("select id from Leads where Age = 1 and Age = 2 and Age = 3", {"line": 1, "column": 48, "near": "and"}),
        ("select id from Leads where Last_Name = 'O'Brien'", {"line": 1, "column": 48, "near": "'"}),
        ("select id from Leads where Last_Name = 'x' or id is null) order by id", None),
        ("select id from Leads where Last_Name = name", None),
        ("select * from Leads where id is null", None),
        ("select id from Leads where id is null limit -1", None),
        ("select id from Leads where id is null limit 1; drop", None),
        ("select id from Leads where Last_Name like 'a%b'", {"operator": "like"}),
    ],
)
def test_queries_that_are_none(anna: Somebody, query: str, details: dict[str, Any] | None) -> None:
    status, code, told = refusal(anna, query)
    assert (status, code) == (400, "SYNTAX_ERROR")
    assert details is None or told == details


@pytest.mark.parametrize(
    ("query", "code", "details"),
    [
        ("select Nope from Leads where id is null", "INVALID_QUERY", {"column_name": "Nope", "module": "Leads"}),
        ("select id from Leads where A.B.C.D = 1", "INVALID_QUERY", {"column_name": "A.B.C.D", "module": "Leads"}),
        ("select id from leads where id is null", "INVALID_QUERY", {"module": "leads"}),
        ("select Rows from Leads where id is null", "INVALID_QUERY", {"column_name": "Rows", "data_type": "subform"}),
        (
            "select id from Leads where Notes = 'x'",
            "INVALID_QUERY",
            {"column_name": "Notes", "data_type": "textarea"},
        ),
        (
            "select id from Leads where Vip != true",
            "INVALID_QUERY",
            {"column_name": "Vip", "operator": "!=", "data_type": "boolean"},
        ),
        (
            "select id from Leads where Age = 'many'",
            "INVALID_QUERY",
            {"column_name": "Age", "expected_data_type": "number"},
        ),
        (
            "select SUM(Last_Name) from Leads where id is null",
            "INVALID_QUERY",
            {"column_name": "Last_Name", "data_type": "text"},
        ),
        (
            "select COUNT(id), Status from Leads where id is null",
            "INVALID_QUERY",
            {"column_name": "Status", "clause": "group by", "reason": "not grouped"},
        ),
        ("select id from Leads where id is null limit 2001", "LIMIT_EXCEEDED", {"clause": "limit", "limit": 2000}),
        (
            "select id from Leads where id is null limit 99999, 2",
            "LIMIT_EXCEEDED",
            {"clause": "offset", "limit": 100_000},
        ),
        (
            f"select {','.join(['id'] * 51)} from Leads where id is null",
            "LIMIT_EXCEEDED",
            {"clause": "select", "limit": 50},
        ),
        (
            f"select id from Leads where id in ({','.join('1' * 51)})",
            "LIMIT_EXCEEDED",
            {"clause": "in", "limit": 50},
        ),
        ("select id from Leads where id is null order by id, id", "DUPLICATE_DATA", {"column_name": "id"}),
        ("select Age as a, Born as a from Leads where id is null", "DUPLICATE_ALIAS", {"alias": "a"}),
        ("select Age as 'a b' from Leads where id is null", "INVALID_ALIAS", {"alias": "a b"}),
    ],
)
def test_queries_that_are_refused(anna: Somebody, query: str, code: str, details: dict[str, Any]) -> None:
    assert refusal(anna, query) == (400, code, details)


def test_twenty_five_conditions_and_no_more(anna: Somebody) -> None:
    where = "Age = 1"
    for number in range(24):
        where = f"({where} or Age = {number})"
    assert len(rows(anna, f"select id from Leads where {where}")) == 2
    assert refusal(anna, f"select id from Leads where ({where} or Age = 1)")[1] == "LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    ("body", "code"), [(b"", "INVALID_DATA"), (b"[]", "INVALID_DATA"), (b"{}", "MANDATORY_NOT_FOUND")]
)
def test_a_body_without_a_query(anna: Somebody, body: bytes, code: str) -> None:
    answer = anna.call("POST", "/coql", data=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_the_price_is_that_of_the_limit(anna: Somebody, standin: StandIn) -> None:
    for limit in ("", "limit 200", "limit 201", "limit 5, 1000", "limit 1001", "limit 2000 offset 3"):
        ask(anna, f"select id from Leads where id is not null {limit}")
    assert [request["credits"] for request in standin.ledger()] == [1, 1, 2, 2, 3, 3]


def test_what_a_person_may_not_see_is_no_column(anna: Somebody, standin: StandIn) -> None:
    sam = Somebody(standin, "sam", scopes=anna.scopes)
    salary = "select Salary from Leads where Salary is not null"
    assert len(rows(anna, salary)) == 3
    assert refusal(sam, salary)[:2] == (400, "INVALID_QUERY")
    assert refusal(sam, "select id from Leads where Boss.Salary = 101")[:2] == (400, "INVALID_QUERY")
    assert refusal(sam, "select id from Secrets where id is null")[:2] == (400, "INVALID_QUERY")
    assert refusal(sam, "select id from Deals where id is null")[:2] == (403, "NO_PERMISSION")


def test_a_query_needs_both_scopes(anna: Somebody, standin: StandIn) -> None:
    query = "select id from Leads where Age = 9"
    for scopes in ("ZohoCRM.modules.READ", "ZohoCRM.coql.READ", "ZohoCRM.coql.READ,ZohoCRM.modules.deals.READ"):
        assert refusal(Somebody(standin, "anna", scopes=scopes), query)[:2] == (401, "OAUTH_SCOPE_MISMATCH")
    both = Somebody(standin, "anna", scopes="ZohoCRM.coql.READ,ZohoCRM.modules.leads.READ")
    assert len(rows(both, query)) == 1


def test_the_metadata_of_the_columns_comes_along_for_whoever_may_read_fields(anna: Somebody, standin: StandIn) -> None:
    query = "select Last_Name as name, Age, id from Leads where Age = 9"

    def asked(somebody: Somebody, meta: Any) -> requests.Response:
        return somebody.call("POST", "/coql", json={"select_query": query, "include_meta": meta})

    both = Somebody(standin, "anna", scopes=f"{anna.scopes},ZohoCRM.settings.fields.READ")
    answer = asked(both, ["fields"]).json()
    assert {key: field["api_name"] for key, field in answer["fields"].items()} == {
        "name": "Last_Name", "Age": "Age", "id": "id",
    }  # fmt: skip
    assert answer["fields"]["Age"]["data_type"] == "integer"
    assert "fields" not in asked(both, []).json()
    assert asked(both, ["rows"]).json()["details"]["supported_values"] == ["fields"]
    without = Somebody(standin, "anna", scopes="ZohoCRM.coql.READ,ZohoCRM.modules.READ")
    assert (asked(without, ["fields"]).status_code, asked(without, []).status_code) == (401, 200)


def test_a_view_can_be_the_source(anna: Somebody) -> None:
    query = "select id from Leads#120000000000000002 where id is not null"
    assert [row["id"] for row in rows(anna, query)] == [TWO]
    assert refusal(anna, "select id from Leads#1 where id is not null")[1] == "INVALID_QUERY"
