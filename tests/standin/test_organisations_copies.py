"""The same every time; what somebody changes, nobody else sees; and starting is quick."""

from __future__ import annotations

import json
import time

import pytest

from crm_client.standin.organisation import Organisation, Shelf, Source, fresh
from crm_client.standin.organisations import built_in
from crm_client.standin.organisations.made import companies, make
from tests.standin.organisations import KEYS, org


def sample_of(organisation: Organisation) -> str:
    """Something of every kind that is in it, as JSON text."""
    plain = ("org", "users", "profiles", "roles", "modules", "wizards", "apis")
    parts = {name: getattr(organisation, name) for name in plain}
    for name in ("module_details", "fields", "layouts", "related_lists", "custom_views"):
        parts[name] = getattr(organisation, name).get("Leads")
    parts["pipelines"] = dict(organisation.pipelines)
    parts["records"] = {
        name: organisation.records.get(name) for name in ("Leads", "Deals", "Languages", "Quoted_Items")
    }
    return json.dumps(parts, sort_keys=True)


@pytest.fixture(params=KEYS)
def organisation(request: pytest.FixtureRequest) -> Organisation:
    return org(request.param)


@pytest.fixture
def demo() -> Organisation:
    return org("demo")


def test_a_seed_gives_the_same_every_time_and_another_gives_another() -> None:
    first, again, other = (make.organisation(companies.demo(seed)) for seed in (3, 3, 4))
    assert sample_of(first) == sample_of(again)
    assert sample_of(first) != sample_of(other)
    assert {module["id"] for module in first.modules} & {module["id"] for module in other.modules} == set()
    assert {lead["Full_Name"] for lead in first.records["Leads"]} != {
        lead["Full_Name"] for lead in other.records["Leads"]
    }
    assert sample_of(built_in(1)[4]) == sample_of(built_in(2)[4])  # the documentation has no seed


def test_the_same_is_made_in_whatever_order_it_is_asked_for() -> None:
    forwards, backwards = (make.organisation(companies.demo(1)) for _ in range(2))
    for module in ("Loans_X_Users", "Languages", "Loans", "Deals", "Accounts", "Contacts"):
        assert backwards.records[module]
    for module in ("Contacts", "Deals", "Languages", "Loans_X_Users"):
        assert forwards.records[module] == backwards.records[module]


def test_what_one_test_changes_no_other_sees(organisation: Organisation) -> None:
    before = sample_of(org(organisation.key))
    copy = organisation.copy()
    organisation.modules.clear()
    organisation.fields["Leads"][0]["field_label"] = "changed"
    organisation.fields["Leads"][0]["profiles"].clear()
    organisation.records["Leads"].pop()
    del organisation.layouts["Leads"]
    organisation.records["New"] = [{"id": "1"}]
    organisation.users[0]["first_name"] = "Mallory"
    assert sample_of(copy) == sample_of(org(organisation.key)) == before


def test_a_copy_keeps_what_was_changed_before_it_and_nothing_after(demo: Organisation) -> None:
    demo.fields["Leads"][0]["field_label"] = "before"
    copy = demo.copy()
    demo.fields["Leads"][0]["field_label"] = "after"
    assert copy.fields["Leads"][0]["field_label"] == "before"
    assert "Leads" in copy.fields
    assert "Nothing" not in copy.fields


def test_a_copy_shares_nothing_even_where_the_original_does() -> None:
    shared = [{"name": "Administrator"}]
    for copied in (fresh([shared, shared]), Source.of([shared, shared]).read()):
        assert copied == [shared, shared]
        copied[0].clear()
        assert copied[1] == shared == [{"name": "Administrator"}]


def test_a_value_is_made_when_it_is_first_read() -> None:
    made: list[str] = []

    def make() -> list[str]:
        made.append("once")
        return ["value"]

    shelf = Shelf({"a": Source(make)})
    twin = shelf.copy()
    assert (list(shelf), made) == (["a"], [])
    assert shelf["a"] == twin["a"] == ["value"]
    assert made == ["once"]
    shelf["a"].append("more")
    assert twin["a"] == ["value"]
    assert shelf["a"] is shelf["a"]


def test_starting_is_quick() -> None:
    built_in(1)
    started = time.perf_counter()
    for _ in range(5):
        built_in(1)
    per_organisation = (time.perf_counter() - started) / 25
    assert per_organisation < 0.05  # 5 ms where nothing else runs
