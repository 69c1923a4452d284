"""Records searched, counted and queried: values never become a part of the language, and reads by POST are reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_client import CrmClient, StaticToken, coql_text
from crm_client.coql_text import compare, literal
from crm_client.criteria import Criteria, all_of, any_of, where
from crm_client.errors import BadAnswer, InvalidName, InvalidRequest, NotFound, ScopeMissing, ServerFault
from crm_client.standin import StandIn, coql_grammar, search_criteria
from crm_client.transport import Transport
from tests.crm_client.conftest import Patience
from tests.crm_client.wire import answers, reply

SCOPES = "ZohoCRM.modules.READ ZohoCRM.coql.READ ZohoSearch.securesearch.READ ZohoCRM.settings.layouts.READ"
NAMES = [
    "Smith",
    "Smith) or (id:equals:5590641001002000001",
    "Smith)or(Last_Name:starts_with:A",
    "Smith' or id is not null or Last_Name = '",
    "Smith''s",
    'Smith "the" Great',
    "Smith \\",
    "Smith \\' or id is not null --",
    "Smith\\,",
    "Smith, Jones",
    "Smith%",
    "(Smith:equals:x)",
    "Smith and Smith",
    "100 % & more + ?=#/",
    "Šmíth 东方 🙂",
]


@pytest.fixture
def reader(standin: StandIn) -> Iterator[CrmClient]:
    """Alice's client of the demo organisation, which may search and query."""
    with CrmClient.with_token(standin.api(), standin.token(scopes=SCOPES)["access_token"]) as client:
        yield client


@pytest.fixture
def smiths(standin: StandIn) -> list[str]:
    """Leads whose names look like pieces of a query; their ids in the order of NAMES."""
    leads = standin.organisation().records["Leads"]
    for number, name in enumerate(NAMES):
        leads[number] = {**leads[number], "Last_Name": name, "Converted__s": False}
    return [str(lead["id"]) for lead in leads[: len(NAMES)]]


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_a_look_up_finds_its_own_record_and_no_other(reader: CrmClient, smiths: list[str], number: int) -> None:
    name = NAMES[number]
    assert [lead.id for lead in reader.records.find("Leads", "Last_Name", name)] == [smiths[number]]
    if "\\" in name:
        with pytest.raises(InvalidName):
            compare("Last_Name", "=", name)
    else:
        rows = reader.coql.select(["Last_Name"], "Leads", compare("Last_Name", "=", name)).records
        assert [row.id for row in rows] == [smiths[number]]


_HOSTILE = st.text(st.sampled_from(list("ab'\"\\(),:%&+ =#$\n\u00e9\u6771orandequals")), min_size=1, max_size=30)


@given(_HOSTILE, _HOSTILE)
def test_any_text_comes_out_of_criteria_as_it_went_in(first: str, second: str) -> None:
    if not first.strip() or not second.strip():
        return
    made = any_of(all_of(where("A", "equals", first), where("B", "in", [first, second])), where("C", "equals", second))
    read = list(search_criteria.conditions(search_criteria.read(str(made))))
    assert [(one.api_name, one.operator, one.values) for one in read] == [
        ("A", "equals", (first,)),
        ("B", "in", (first, second)),
        ("C", "equals", (second,)),
    ]


@given(_HOSTILE, _HOSTILE)
def test_any_text_comes_out_of_a_query_as_it_went_in_or_does_not_go_in(first: str, second: str) -> None:
    if "\\" in first + second:
        with pytest.raises(InvalidName):
            compare("A", "in", [first, second])
        return
    text = coql_text.select(
        ["A"], "Leads", coql_text.all_of(compare("A", "=", first), compare("B", "in", [first, second]))
    )
    query = coql_grammar.read(text)
    assert [one.values for one in coql_grammar.comparisons(query.where)] == [(first,), (first, second)]
    assert (query.module, query.limit, query.order_by) == ("Leads", 200, [])


def test_many_conditions_are_bracketed_in_pairs() -> None:
    random = Random(7)
    for _ in range(200):
        parts = [compare(f"F{number}", "=", number) for number in range(random.randint(1, 25))]
        joined = random.choice([coql_text.all_of, coql_text.any_of])(*parts)
        found = list(coql_grammar.comparisons(coql_grammar.read(f"select id from Leads where {joined}").where))
        assert [one.name for one in found] == [f"F{number}" for number in range(len(parts))]
    with pytest.raises(InvalidName):
        coql_text.all_of(*[compare("F", "=", 1)] * 26)


BERLIN = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "searched", "queried"),
    [
        (True, "true", "true"),
        (7, "7", "7"),
        (1e21, "1000000000000000000000", "1000000000000000000000"),
        (0.1, "0.1", "0.1"),
        (Decimal("-12.50"), "-12.50", "-12.50"),
        (date(2026, 1, 31), "2026-01-31", "'2026-01-31'"),
        (datetime(2026, 1, 31, 9, tzinfo=BERLIN), "2026-01-31T09:00:00+02:00", "'2026-01-31T09:00:00+02:00'"),
        ("5590641001002000001", "5590641001002000001", "'5590641001002000001'"),
    ],
)
def test_values_that_are_no_text(value: Any, searched: str, queried: str) -> None:
    assert where("A", "equals", value).text == f"(A:equals:{searched})"
    assert literal(value) == queried


@pytest.mark.parametrize(
    "make",
    [
        lambda: where("A)or(B", "equals", "x"),
        lambda: where("A", "like", "x"),
        lambda: where("A", "equals", ""),
        lambda: where("A", "equals", "${EMPTY}"),
        lambda: where("A", "equals", "x\0"),
        lambda: where("A", "equals", ["x"]),
        lambda: where("A", "in", "x"),
        lambda: where("A", "in", ["x"] * 101),
        lambda: where("A", "between", [1]),
        lambda: where("A", "equals", float("nan")),
        lambda: where("A", "equals", datetime(2026, 1, 1)),  # noqa: DTZ001  that it lacks an offset is the point
        lambda: all_of(*[where("A", "equals", "x")] * 11),
        lambda: compare("A", "in", []),
        lambda: compare("A", "=", ["x"]),
        lambda: compare("A or B", "=", "x"),
        lambda: compare("A.B.C.D", "=", "x"),
        lambda: coql_text.contains("A", "50%"),
        lambda: coql_text.select([], "Leads"),
        lambda: coql_text.select(["A"], "Leads where id is null"),
        lambda: coql_text.select(["A"], "Leads", limit=2001),
        lambda: coql_text.select(["A"], "Leads", offset=100_000),
    ],
)
def test_what_cannot_be_asked_is_refused_before_it_is_sent(make: Callable[[], Any]) -> None:
    with pytest.raises(InvalidName):
        make()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Last_Name", "Last_Name"),
        ("Account_Name.Phone", "Account_Name.Phone"),
        ("What_Id->Accounts.Account_Name", "'What_Id->Accounts.Account_Name'"),
        ("External", "'External'"),
    ],
)
def test_columns(name: str, written: str) -> None:
    assert coql_text.column(name) == written


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("select id from A where id is null", 200),
        ("… LIMIT 7", 7),
        ("… limit 5, 900 ", 900),
        ("… limit 900 offset 5", 900),
        ("… where Name = 'limit 3'", 200),
        ("limit 1" + " " * 20_000 + "x", 200),  # at once: nothing in it grows with the square of the blanks
    ],
)
def test_the_price_of_a_query_is_read_from_its_limit(text: str, limit: int) -> None:
    assert coql_text.limit_of(text) == limit


def test_a_search_takes_one_condition(reader: CrmClient, standin: StandIn) -> None:
    for conditions in ({}, {"word": "ab", "email": "x@y.example"}, {"word": " "}):
        with pytest.raises(InvalidName):
            reader.records.search("Leads", **conditions)
    assert standin.ledger() == []


def test_a_search_comes_in_pages(reader: CrmClient) -> None:
    criteria = where("Last_Name", "starts_with", "A")
    first = reader.records.search("Leads", criteria=criteria, fields=["Last_Name"], per_page=10)
    second = reader.records.search("Leads", criteria=criteria, fields=["Last_Name"], per_page=10, page=2)
    assert (len(first.records), first.info.more_records, second.info.more_records) == (10, True, False)
    assert not {one.id for one in first.records} & {one.id for one in second.records}
    assert reader.records.search("Leads", word="nobody at all").records == []


def test_counts_say_the_same(reader: CrmClient, standin: StandIn) -> None:
    stages = dict(reader.coql.counts("Deals", "Stage"))
    won = compare("Stage", "=", "Closed Won")
    assert stages["Closed Won"] == reader.coql.count("Deals", won) > 0
    assert reader.coql.count("Deals", compare("Stage", "=", "nothing")) == 0
    assert sum(stages.values()) == reader.coql.count("Deals") == reader.records.count("Deals")
    assert reader.records.count("Deals", criteria=where("Stage", "equals", "Closed Won")) == stages["Closed Won"]
    with pytest.raises(InvalidName):
        reader.records.count("Deals", cvid="1", word="ab")


def test_what_the_crm_refuses_is_told_with_its_details(reader: CrmClient, standin: StandIn) -> None:
    with pytest.raises(InvalidRequest) as wrong:
        reader.coql.query("select Nope from Leads where id is null")
    assert (wrong.value.code, wrong.value.details["column_name"]) == ("INVALID_QUERY", "Nope")
    with pytest.raises(NotFound):
        reader.records.search("Nothing_Here", word="ab")
    with CrmClient.with_token(standin.api(), standin.token(scopes="ZohoCRM.modules.READ")["access_token"]) as poor:
        with pytest.raises(ScopeMissing) as missing:
            poor.coql.query("select id from Leads where id is null")
        assert missing.value.scope == "ZohoCRM.coql.READ"
        with pytest.raises(ScopeMissing) as missing:
            poor.records.search("Leads", word="ab")
        assert missing.value.scope == "ZohoSearch.securesearch.READ"


def test_a_query_is_tried_again_like_any_read_and_a_write_is_not(
    transport_to: Callable[..., Transport], patience: Patience
) -> None:
    fault = reply(b"", "503 Service Unavailable")
    with answers(fault, fault, reply({"data": [{"id": "1"}]})) as server:
        found = transport_to(server.url).request("POST", "/coql", body=b"{}", is_read=True)
        assert found == {"data": [{"id": "1"}]}
        assert len(server.requests) == 3
    with answers(fault, reply({"data": []})) as server:
        with pytest.raises(ServerFault):
            transport_to(server.url).request("POST", "/Leads", body=b"{}")
        assert len(server.requests) == 1


def test_a_count_without_a_number_is_no_answer() -> None:
    with (
        answers(reply({"count": "many"})) as server,
        CrmClient.with_token(server.url, "token") as crm,
        pytest.raises(BadAnswer),
    ):
        crm.records.count("Leads")


def test_a_query_is_priced_by_what_it_asks_for(standin: StandIn) -> None:
    spent: list[int] = []
    token = standin.token(scopes=SCOPES)["access_token"]
    with CrmClient(standin.api(), StaticToken(token), on_call=lambda event: spent.append(event.credits)) as crm:
        crm.coql.query("select id from Leads where id is not null limit 0, 1500")
        crm.coql.select(["Last_Name"], "Leads", limit=300)
        crm.records.count("Leads", word="Smith")
    assert spent == [request["credits"] for request in standin.ledger()] == [3, 2, 50]


def test_criteria_are_plain_text_to_look_at() -> None:
    made = all_of(where("Last_Name", "equals", "Burns, B"), where("Age", "between", [1, 2]))
    assert str(made) == r"((Last_Name:equals:Burns\, B)and(Age:between:1,2))"
    assert made == Criteria(made.text, 2)
