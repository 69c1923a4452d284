"""As a new user would: each demo person signs in, in both data centres, and sees whose data they look at."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

EVERYBODY = [
    ("Alice Moreau", "Halden & Moreau Lending", False, "Production"),
    ("Bob Okafor", "Halden & Moreau Lending", False, "Production"),
    ("Dora Lindqvist", "Halden & Moreau Lending", False, "Production"),
    ("Alice Moreau", "Halden & Moreau Lending (Sandbox)", False, "Sandbox"),
    ("Charlie", "Nordlicht Solar Europe GmbH", True, "Production"),
    ("Charlie", "Nordlicht Solar Europe GmbH (Sandbox)", True, "Sandbox"),
]


@pytest.mark.parametrize(("who", "organisation", "europe", "environment"), EVERYBODY)
def test_everybody_signs_in_and_sees_which_organisation_it_is(
    visitor: Visitor, who: str, organisation: str, europe: bool, environment: str
) -> None:
    visitor.sign_in(who, organisation, europe=europe)
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(organisation)
    visitor.page.get_by_role("link", name="Go to this organisation").click()
    header = visitor.page.get_by_role("banner")
    expect(header).to_contain_text(organisation)
    expect(header).to_contain_text(environment)
    visitor.go("/modules/")
    expect(visitor.page.get_by_role("link", name="Leads", exact=True).first).to_be_visible()


def test_erik_who_may_not_use_the_api_is_told_whom_to_ask(visitor: Visitor) -> None:
    visitor.sign_in("Erik Sørensen")
    expect(visitor.page.get_by_role("alert")).to_contain_text("Crm_Implied_Api_Access")


def test_signing_in_works_without_script(visitor_without_script: Visitor) -> None:
    visitor_without_script.sign_in()
    expect(visitor_without_script.page.get_by_role("heading", level=1)).to_contain_text("Halden & Moreau Lending")


def test_two_organisations_in_two_tabs_stay_apart(signed_in: Visitor) -> None:
    signed_in.page.goto(f"{signed_in.console}/connections/")
    signed_in.page.get_by_role("button", name="Add with Zoho CRM").click()
    signed_in.page.wait_for_url("**/oauth/v2/auth?**")
    signed_in.choose("Alice Moreau", "Halden & Moreau Lending (Sandbox)")
    signed_in.page.get_by_role("button", name="Accept").click()
    signed_in.page.get_by_role("button", name="Add this organisation").click()
    signed_in.page.get_by_role("link", name="Go to this organisation").click()
    other = signed_in.context.new_page()
    other.goto(f"{signed_in.console}/connections/")
    other.get_by_role("link", name="Halden & Moreau Lending", exact=True).click()
    expect(other.get_by_role("banner")).to_contain_text("Production")
    signed_in.page.reload()
    expect(signed_in.page.get_by_role("banner")).to_contain_text("Sandbox")
