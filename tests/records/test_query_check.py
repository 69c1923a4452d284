"""Mistakes that the CRM is certain to refuse are said before anything is asked, with the query as it was meant."""

import pytest

from console.records.models import PastQuery
from console.records.query_check import mistake
from crm_client.standin import StandIn, coql_grammar
from crm_client.standin.errors import ApiError
from tests.cast import Page, Person

MODULES = {"leads": "Leads", "lead": "Leads", "deals": "Deals", "loans": "Deals", "from": "X"}
MEANT = [
    ("select Last_Name from Leads", "no where", "select Last_Name from Leads\nwhere id is not null"),
    (
        "select Last_Name from Leads order by id asc limit 5",
        "no where",
        "select Last_Name from Leads\nwhere id is not null order by id asc limit 5",
    ),
    ("select A from Leads#5725767 limit 1", "no where", "select A from Leads#5725767\nwhere id is not null limit 1"),
    ("SELECT * FROM Leads", "no *", "select Last_Name, Email FROM Leads\nwhere id is not null"),
    ("select count(*) from Leads", "not *", "select count(id) from Leads\nwhere id is not null"),
    (
        "select * from loans",
        "is called Deals. COQL knows no *",
        "select Last_Name, Email from Deals\nwhere id is not null",
    ),
    ("select A from loans where A = 1", "“loans” is called Deals", "select A from Deals where A = 1"),
    ("select A from Leads where A <> 'a<>b'", "writes != where", "select A from Leads where A != 'a<>b'"),
    ("select A from Leads where A == 2", "writes = where", "select A from Leads where A = 2"),
    ("select A from Leads where A != NULL", "is not null", "select A from Leads where A is not null"),
    ("select A from Leads where (A = null) and B = 1", "is null", "select A from Leads where (A is null) and B = 1"),
    (
        "select A from Leads where A = 1 and B between 1 and 2 or C in ('x', 'y and z') limit 3",
        "in pairs",
        "select A from Leads where ((A = 1 and B between 1 and 2) or C in ('x', 'y and z')) limit 3",
    ),
    ("select A from Leads where A = 1 limit 5, 9000", "2,000 rows", "select A from Leads where A = 1 limit 5, 2000"),
]
UNCLEAR = [
    ("select A where A = 1", "which module"),
    ("select A from Leads where A = 'O'Brien'", "not closed"),
    ("select A from Leads where (A = 1 and B = 2 and C = 3)", "in pairs"),
    ("select A from Leads l join Accounts a on l.x = a.y", "no join"),
]
RIGHT = [
    "select A from Leads where A = 'no where, <> == * and and and' and B = 2",
    "select A from Leads where ((A = 1 and B = 2) and C between 3 and 4)",
    "select COUNT(id) as counted, Stage from Deals where id is not null group by Stage",
    "select A from Unknown_Module where A like '%x%' limit 0, 2000",
    "selec A from Leads where A = 1",  # the CRM says where
    "select A from Leads where A >",
]


@pytest.mark.parametrize(("text", "said", "meant"), MEANT)
def test_a_mistake_is_named_and_the_query_that_was_meant_can_be_read(text: str, said: str, meant: str) -> None:
    found = mistake(text, MODULES, ["Last_Name", "Email"])
    assert found is not None
    assert said in found.sentence
    assert found.meant == meant
    assert mistake(meant, MODULES) is None
    coql_grammar.read(meant)  # the stand-in's own grammar takes it
    if "loans" not in text and "limit 5, 9000" not in text:
        with pytest.raises(ApiError):
            coql_grammar.read(text)


@pytest.mark.parametrize(("text", "said"), UNCLEAR)
def test_what_nobody_can_guess_is_only_named(text: str, said: str) -> None:
    found = mistake(text, MODULES)
    assert found is not None
    assert said in found.sentence


@pytest.mark.parametrize("text", RIGHT)
def test_what_may_be_right_is_left_to_the_crm(text: str) -> None:
    assert mistake(text, MODULES) is None


@pytest.mark.django_db
def test_a_query_without_where_costs_nothing_and_one_press_puts_it_right(alice: Person, standin: StandIn) -> None:
    at, text = alice.at("/records/coql/run/"), "select Deal_Name, Amount\nfrom Deals\norder by id <script>"
    page = Page(alice.client.post(at, {"query": text, "name": "Mine", "do": "run"}))
    assert (page.status, standin.ledger(), PastQuery.objects.count()) == (400, [], 0)
    assert 'data-error-code="NOT-ASKED"' in page.text
    assert "no credit was spent" in page.text
    assert "order by id &lt;script&gt;</textarea>" in page.text  # what was typed is still in the box
    assert 'value="Mine"' in page.text
    assert "where id is not null\norder by id &lt;script&gt;</pre>" in page.text
    for empty in ("", " ;", "x" * 20_001, "select \0 from Leads"):
        assert alice.client.post(at, {"query": empty, "do": "run"}).status_code == 400
    assert standin.ledger() == []
    assert alice.client.post(at, {"query": "select Deal_Name\nfrom Deals\nwhere id is not null"}).status_code == 302
