"""A module of ten thousand records: each limit of the CRM is told where it is met, and costs nothing to meet."""

import re

import pytest

from console.records import listing, query
from console.records.choice import ListChoice
from console.records.models import PastQuery
from crm_client.paging import PageInfo
from crm_client.records import RecordPage
from crm_client.standin import StandIn
from tests.cast import Page, Person

pytestmark = pytest.mark.django_db


def _words(page: Page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_ten_thousand_records_are_listed_searched_and_queried_to_where_the_crm_ends(
    alice: Person, standin: StandIn
) -> None:
    leads = [
        {"id": str(5590641009000000000 + number), "Full_Name": f"Lead {number}", "Company": "Same"}
        for number in range(10_050)
    ]
    standin.organisation("demo").records["Leads"][:] = leads
    here = "/records/Leads/"
    last = _words(alice.get(here, per="200", page="10"))
    assert "1,801 to 2,000" in last
    calls = len(standin.ledger())
    jumped = alice.get(here, per="200", page="40")
    assert "leads on from page to page only, so nothing was asked for page 40" in _words(jumped)
    assert f'href="{alice.at(here)}?per=200&amp;page=10"' in jumped.text
    beyond = alice.get(here, per="200", page="11", f="Company", o="equals", v="Same")
    assert "A search of Zoho CRM ends at 2,000 records, and this page lies beyond" in _words(beyond)
    assert (jumped.status, beyond.status, len(standin.ledger())) == (200, 200, calls)
    found = alice.get(here, per="200", page="10", f="Company", o="equals", v="Same")
    assert "A search of Zoho CRM ends at 2,000 records. Make it narrower" in _words(found)

    run = PastQuery.objects.create(
        connection=alice.connection, text="select Company from Leads where id is not null"
    ).pk
    rows = alice.get("/records/coql/", run=run, page="51")
    assert "Rows 10,001 to 10,050" in _words(rows)
    assert 'rel="next"' not in rows.text
    assert 'rel="next"' in alice.get("/records/coql/", run=run, page="50").text
    calls = len(standin.ledger())
    beyond = alice.get("/records/coql/", run=run, page=str(query.last_page() + 1))
    assert "A query reaches 100,000 rows" in _words(beyond)
    assert (beyond.status, len(standin.ledger())) == (200, calls)


def test_a_list_says_that_it_ends_at_a_hundred_thousand() -> None:
    info = {"page": 500, "per_page": 200, "count": 200, "more_records": True, "next_page_token": "x"}
    page = RecordPage([None] * 200, PageInfo.from_api(info))  # type: ignore[list-item]
    choice = ListChoice(size=200, page=500, token="t")
    steps = listing.steps(listing.Listing(choice, [], None, None, found=page), "/here/")
    assert steps is not None
    assert (steps.next, "end at 100,000 records" in steps.note) == ("", True)
