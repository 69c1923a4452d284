"""Queries in COQL: written, run, kept for whoever wrote them."""

import csv
import io
import re

import pytest

from console.records.models import MOST_PAST, PastQuery, SavedQuery
from crm_client.standin import StandIn
from tests.cast import Page, Person, person

pytestmark = pytest.mark.django_db

QUERY = "select Deal_Name, Amount, Account_Name.Account_Name from Deals where Amount > 1000"


def _run(who: Person, text: str) -> Page:
    answer = who.client.post(who.at("/records/coql/run/"), {"query": text, "do": "run"})
    assert answer.status_code == 302
    return Page(who.client.get(answer.url))


def _rows(page: Page) -> list[str]:
    return re.findall(r'<tr><th scope="row"><a href="[^"]*/records/Deals/(\d+)/"', page.text)


def test_a_query_is_run_page_by_page_with_links_to_its_records(alice: Person, standin: StandIn) -> None:
    deals = [one for one in standin.organisation("demo").records["Deals"] if (one["Amount"] or 0) > 1000]
    page = _run(alice, f"{QUERY} order by id asc;")
    found = _rows(page)
    while following := re.search(r'<a rel="next" href="([^"]*)"', page.text):
        page = Page(alice.client.get(alice.at("/records/coql/") + following[1].replace("&amp;", "&").split("#")[0]))
        found += _rows(page)
    assert found == sorted((one["id"] for one in deals), key=int)
    assert "Account_Name.Account_Name" in page.text
    assert {call["credits"] for call in standin.ledger() if call["path"].endswith("/coql")} == {1}


def test_a_limit_of_ones_own_is_kept_and_priced(alice: Person, standin: StandIn) -> None:
    page = _run(alice, f"{QUERY} limit 0, 500")
    assert "2 credits" in page.text
    assert "limit 0, 200" not in page.text
    assert [call["credits"] for call in standin.ledger() if call["path"].endswith("/coql")] == [2]


def test_a_query_that_is_wrong_says_where_and_stays_in_the_box(alice: Person) -> None:
    for text, said in (
        ("select Nonsense from Deals where Amount > 1", "Nonsense"),
        ("selec Deal_Name from Deals where Amount > 1", "line 1"),
        ("select Deal_Name from Deals where Amount >", "near"),
    ):
        page = _run(alice, text)
        assert page.status == 400
        told = page.text.split('data-error-code="CRM-REFUSED"')[1].split("</section>")[0]
        assert said in told, text
        assert text.replace(">", "&gt;") in page.text.split("<textarea")[1].split("</textarea>")[0]


def test_counts_have_no_record_and_no_link(alice: Person) -> None:
    page = _run(alice, "select COUNT(id) as counted, Stage from Deals where id is not null group by Stage")
    assert "Qualification" in page.text
    assert _rows(page) == []


def test_the_history_and_what_is_saved_belong_to_one_person(alice: Person, bob: Person, standin: StandIn) -> None:
    _run(alice, QUERY)
    _run(alice, QUERY)
    run = PastQuery.objects.get()  # run again it moves to the front
    alice.client.post(alice.at("/records/coql/run/"), {"query": QUERY, "do": "save", "name": " Large   deals "})
    saved = SavedQuery.objects.get()
    assert saved.name == "Large deals"
    assert "Large deals" in alice.get("/records/coql/", saved=saved.pk).text
    sandbox = person(standin, "demo-sandbox", "alice")
    for other in (bob, sandbox):
        assert "Large deals" not in other.get("/records/coql/").text
        assert other.get("/records/coql/", run=run.pk).status == 404
        assert other.get("/records/coql/", saved=saved.pk).status == 404
        assert other.get("/records/coql/rows.csv", run=run.pk).status == 404
        assert other.post("/records/coql/forget/", saved=saved.pk).status == 404
    SavedQuery.objects.update(id=1)
    for nonsense in ("", "x", "0", "99999999", "1.5", "²"):
        assert alice.post("/records/coql/forget/", saved=nonsense).status == 404
    assert SavedQuery.objects.exists()
    alice.post("/records/coql/forget/", saved=1)
    alice.post("/records/coql/forget/", do="history")
    assert not SavedQuery.objects.exists()
    assert not PastQuery.objects.exists()


def test_the_history_has_an_end(alice: Person) -> None:
    PastQuery.objects.bulk_create(PastQuery(connection=alice.connection, text=str(n)) for n in range(MOST_PAST + 5))
    _run(alice, QUERY)
    assert PastQuery.objects.count() == MOST_PAST
    assert PastQuery.objects.first().text == QUERY  # type: ignore[union-attr]


def test_rows_are_taken_away_with_formulas_disarmed(alice: Person, standin: StandIn) -> None:
    deal = standin.organisation("demo").records["Deals"][0]
    deal.update(Deal_Name="=HYPERLINK(1)", Amount=987654321.5)
    text = "select Deal_Name, Amount from Deals where Amount = 987654321.5"
    _run(alice, text)
    run = PastQuery.objects.get().pk
    guarded = alice.get("/records/coql/rows.csv", run=run).text.removeprefix("\ufeff")
    row = next(csv.DictReader(io.StringIO(guarded)))
    assert (row["Deal_Name"], row["Amount"], row["id"]) == ("'=HYPERLINK(1)", "987654321.5", deal["id"])
    assert "'=HYPER" not in alice.get("/records/coql/rows.csv", run=run, exact="1").text


def test_nothing_is_asked_for_an_empty_or_endless_query(alice: Person, standin: StandIn) -> None:
    for text in ("", " ;", "x" * 20_001, "select \0 from Leads"):
        alice.client.post(alice.at("/records/coql/run/"), {"query": text, "do": "run"})
    assert not PastQuery.objects.exists()
    assert standin.ledger() == []


def test_a_query_never_writes_and_never_stands_in_an_address(alice: Person) -> None:
    answer = alice.client.post(alice.at("/records/coql/run/"), {"query": QUERY, "do": "run"})
    assert re.fullmatch(r"/c/\w+/records/coql/\?run=\d+", answer.url)
    assert alice.get("/records/coql/run/").status == 405
