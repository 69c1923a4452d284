"""Two wizards compared: production with its drifted sandbox, two layouts, a wizard with itself."""

from collections.abc import Callable
from functools import cache

import pytest

from console.diagrams import Comparison
from console.wizards.compare import Change, compare
from crm_client.standin import Organisation, StandIn
from crm_client.standin.organisations import built_in
from crm_client.wizards import Container, Wizard
from tests.cast import Person, connect
from tests.wizards.samples import made, screen_id

At = Callable[..., str]


@cache
def _sandbox() -> Organisation:
    return next(place for place in built_in(1) if place.key == "demo-sandbox")


def whole(place: Organisation, name: str, layout: str = "Standard") -> tuple[Wizard, Container]:
    short = next(wizard for wizard in place.wizards if wizard["name"] == name)
    part = next(one for one in short["containers"] if one["layout"]["name"] == layout)
    wizard = Wizard.from_api(place.wizard_details[(short["id"], part["layout"]["id"])])
    return wizard, wizard.containers[0]


def _demo() -> Organisation:
    return next(place for place in built_in(1) if place.key == "demo")


def _of(raw: dict) -> tuple[Wizard, Container]:  # type: ignore[type-arg]
    wizard = Wizard.from_api(raw)
    return wizard, wizard.containers[0]


def told(result: Comparison[Change]) -> list[tuple[str, str]]:
    return [(change.kind, change.sentence) for change in result.changes]


def test_the_sandboxs_new_lead_has_drifted_in_every_way() -> None:
    result = compare(whole(_demo(), "New lead"), whole(_sandbox(), "New lead"))
    said = told(result)
    assert ("removed", "It is no longer for the profile Standard.") in said
    assert ("added", "The screen “Consent” was added.") in said
    assert ("added", "“Who” has the field Phone in addition.") in said
    assert ("removed", "“Worth” no longer has the field Requested_Amount.") in said
    assert ("added", "The arrow from “Where from” to “Consent” was added.") in said
    assert ("removed", "The arrow from “Where from” to “Worth” was removed.") in said
    assert any(kind == "added" and "has the rule “When Lead_Source is Web Download" in text for kind, text in said)
    assert any(kind == "added" and "has the button “Ask for consent”" in text for kind, text in said)
    kinds = {node.caption: node.kind.replace("start", "").strip() for node in result.picture.nodes}
    assert kinds == {"Who": "changed", "Where from": "changed", "Worth": "changed", "Consent": "added"}


def test_a_wizard_does_not_differ_from_itself_whatever_its_ids() -> None:
    for name in ("Loan application", "Contact onboarding", "Deal desk"):
        assert told(compare(whole(_demo(), name), whole(_sandbox(), name))) == []


def test_changed_colours_and_rules_are_said() -> None:
    said = told(compare(whole(_demo(), "Vehicle intake"), whole(_sandbox(), "Vehicle intake")))
    assert any("coloured #c4f0b3" in text for _, text in said)
    said = told(compare(whole(_demo(), "Company check"), whole(_sandbox(), "Company check")))
    assert {"removed", "added"} == {kind for kind, _ in said}
    assert all("the rule “" in text for _, text in said)


def test_what_was_removed_one_way_was_added_the_other() -> None:
    one, other = whole(_demo(), "New lead"), whole(_sandbox(), "New lead")
    there, back = compare(one, other), compare(other, one)
    assert dict(there.counts)["added"] == dict(back.counts)["removed"]
    assert dict(there.counts)["removed"] == dict(back.counts)["added"]


def test_renamed_screens_are_matched_by_api_name() -> None:
    one, other = made({"A": ["B"], "B": ["save"]}), made({"A": ["B"], "B": ["save"]})
    other["containers"][0]["screens"][1]["display_label"] = "New name"
    assert told(compare(_of(one), _of(other))) == [("changed", "The screen “B” is called “New name”.")]
    assert screen_id("A") != screen_id("B")


@pytest.mark.django_db
def test_alice_compares_production_with_the_sandbox(alice: Person, standin: StandIn, at: At) -> None:
    sandbox = connect(standin, "demo-sandbox", "alice", user=alice.user)
    page = alice.get(at("New lead", rest="compare/"), **{"with": sandbox.slug})
    assert "The screen “Consent” was added." in page.text
    assert page.text.count("data-node=") == 4
    assert "There is no wizard" in alice.get(
        at("Christmas campaign", rest="compare/"), **{"with": sandbox.slug}
    ).text  # fmt: skip


@pytest.mark.django_db
def test_alice_compares_two_layouts(alice: Person, at: At) -> None:
    mortgage = at("Loan application", "Mortgage").removeprefix("/wizards/").removesuffix("/")
    page = alice.get(at("Loan application", "Vehicle loan", "compare/"), **{"with": mortgage})
    assert "The screen “Vehicle” was removed." in page.text
    assert "The screen “Property” was added." in page.text


@pytest.mark.django_db
def test_charlies_organisation_is_none_of_alices(alice: Person, charlie: Person, at: At) -> None:
    assert alice.get(at("New lead", rest="compare/"), **{"with": charlie.connection.slug}).status == 404
