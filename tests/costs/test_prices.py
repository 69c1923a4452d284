"""Prices: the catalogue bounds them, the published rules give the number within."""

from __future__ import annotations

import pytest

from console.costs.endpoints import endpoint_of
from console.costs.prices import MOST, Price, PriceList
from crm_client.apis import Api


def api(path: str, *operations: tuple[str, int | None, int | None]) -> Api:
    types = [
        {"method": method, "oauth_scope": "ZohoCRM.modules.ALL", "min_credits": low, "max_credits": high}
        for method, low, high in operations
    ]
    return Api.from_api({"path": path, "operation_types": types})


LIST = PriceList(
    [
        api("/crm/v8/Leads", ("POST", 1, 10), ("GET", 1, 3)),
        api("/crm/v8/{{module}}/upsert", ("POST", 2, 10)),
        api("/crm/v8/Leads/{{id}}/actions/merge", ("POST", 50, 50)),
        api("/crm/v8/Leads/actions/add_tags", ("POST", 1, 50)),
        api("/crm/v8/Odd", ("GET", None, 9), ("POST", -3, 10**30)),
    ]
)


def test_a_single_price_is_exact_and_says_so() -> None:
    assert LIST.price("POST", "/Leads/4150/actions/merge") == Price(50, 50, 50, is_estimated=False)
    assert LIST.price("POST", "/Leads/4150/actions/merge").words == "50 credits"


@pytest.mark.parametrize(("records", "credits"), [(1, 1), (10, 1), (11, 2), (100, 10), (5000, 10)])
def test_within_a_range_the_rules_decide_and_the_price_is_marked_estimated(records: int, credits: int) -> None:
    price = LIST.price("POST", "/Leads", records=records)
    assert (price.credits, price.is_estimated) == (credits, True)
    assert "estimated" in price.words
    assert "(1 to 10)" in price.words


def test_the_list_wins_over_the_rules() -> None:
    assert LIST.price("POST", "/Solar_Plants/upsert", records=1).credits == 2


def test_a_call_that_the_list_lacks_is_priced_by_the_rules_and_marked() -> None:
    assert LIST.price("GET", "/Leads/actions/count") == Price(50, 50, 50, is_estimated=True)
    assert PriceList().price("GET", "/org").words == "about 1 credit, estimated"


def test_prices_that_cannot_be_are_not_believed() -> None:
    assert LIST.price("GET", "/Odd").is_estimated
    assert LIST.price("POST", "/Odd", records=1).highest == MOST
    assert LIST.price("POST", "/Odd").lowest == 0


def test_a_hundred_calls_cost_a_hundred_times_as_much() -> None:
    assert LIST.price("POST", "/Leads", records=100).times(100) == Price(1000, 100, 1000, is_estimated=True)


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/Leads/4150868000000376008/photo", "/Leads/{{id}}/photo"),
        ("/settings/modules/Leads", "/settings/modules/Leads"),
        ("/Leads", "/Leads"),
        ("/files/" + "a1b2" * 20, "/files/{{id}}"),
    ],
)
def test_ids_are_left_out_of_the_ledger(path: str, endpoint: str) -> None:
    assert endpoint_of(path) == endpoint
