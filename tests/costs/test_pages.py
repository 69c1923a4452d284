"""The pages of what was spent."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from console.connections import gate
from console.connections.tokens import crm_for
from console.costs.allowance import allowance
from console.costs.chart import HEIGHT, WIDTH, bars
from crm_client.org import LicenseDetails
from crm_client.standin import StandIn
from tests.cast import Person


def test_alice_sees_what_she_spent_on_which_page(alice: Person, standin: StandIn) -> None:
    alice.get("/")
    alice.get("/modules/Leads/fields/")
    alice.get("/catalogue/")

    page = alice.get("/costs/")

    assert page.status == 200
    assert f"<strong>{standin.world.ledger.credits['demo']}</strong>" in page.text
    assert "Fields of a module" in page.text
    assert "GET /settings/fields" in page.text
    assert "Prices come from Zoho’s own list" in page.text


def test_the_page_itself_asks_the_crm_nothing(alice: Person, standin: StandIn) -> None:
    assert alice.get("/costs/").status == 200
    assert alice.get("/costs/calls/").status == 200
    assert standin.ledger() == []


def test_before_the_first_call_it_says_so(alice: Person) -> None:
    assert "No call in this span." in alice.get("/costs/").text
    assert "You have made no call" in alice.get("/costs/calls/").text


def test_bob_sees_that_alice_spends_but_not_on_what(alice: Person, bob: Person) -> None:
    alice.get("/modules/Deals/layouts/")
    page = bob.get("/costs/").text
    assert alice.connection.crm_user_name in page
    assert "Layouts of a module" not in page
    assert "/settings/layouts" not in page
    assert "You have made no call" in bob.get("/costs/calls/").text


def test_charlie_of_another_organisation_sees_nothing(alice: Person, charlie: Person) -> None:
    alice.get("/modules/")
    assert alice.connection.crm_user_name not in charlie.get("/costs/").text


def test_what_is_left_is_shown_once_the_crm_says_it(alice: Person, standin: StandIn) -> None:
    assert "not said" in alice.get("/costs/").text
    standin.allowance("demo").credits = 10
    crm = crm_for(alice.connection, gate.page_deadline_s())
    for _ in range(6):
        crm.org.get()
    page = alice.get("/costs/").text
    assert re.search(r"<strong>4</strong><span>left", page)


@pytest.mark.parametrize("span", ["day", "week", "month", "century", "<script>"])
def test_every_span_has_its_chart(alice: Person, span: str) -> None:
    alice.get("/modules/")
    page = alice.get("/costs/", span=span)
    assert page.status == 200
    assert page.text.count('class="chart-bar"') in (24, 7, 30)
    assert "<script>" not in page.text.replace("<script src", "")


def test_calls_are_listed_one_by_one(alice: Person) -> None:
    alice.get("/modules/Leads/fields/")
    text = alice.get("/costs/calls/").text
    assert "GET /settings/fields" in text
    assert "Fields of a module" in text


def licence(kind: str, count: int | None) -> LicenseDetails:
    return LicenseDetails.from_api({"paid_type": kind, "users_license_purchased": count})


@pytest.mark.parametrize(
    ("kind", "licences", "credits", "at_once"),
    [
        ("enterprise", 5, 55_000, 20), ("free", 3, 5_000, 5), ("standard", 1000, 100_000, 10),
        ("professional", 2, 51_000, 15), ("ultimate", 10_000, 20_050_000, 25), ("Zoho One", None, 50_000, 20),
    ],
)  # fmt: skip
def test_the_allowance_follows_edition_and_licences(
    kind: str, licences: int | None, credits: int, at_once: int
) -> None:
    found = allowance(licence(kind, licences))
    assert found
    assert (found.credits, found.at_once) == (credits, at_once)


def test_an_unknown_edition_has_no_allowance() -> None:
    assert allowance(licence("bigin", 5)) is None


@pytest.mark.parametrize("highest", [0, 1, 3, 7, 999, 1_234_567])
def test_bars_are_whole_pixels_inside_the_drawing(highest: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    chart = bars([(start + timedelta(hours=n), highest * n // 23, n) for n in range(24)], by_hour=True)
    for bar in chart.bars:
        assert all(isinstance(value, int) for value in (bar.x, bar.y, bar.width, bar.height))
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT
    assert chart.bars[0].height == 0
    if highest:
        assert chart.bars[-1].height > HEIGHT // 4
