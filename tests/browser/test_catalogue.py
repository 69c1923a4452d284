"""The catalogue, the doctor and the credits in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visitor


def test_typing_narrows_the_list_and_the_address_keeps_it(signed_in: Visitor) -> None:
    page = signed_in.go("/catalogue/")
    page.keyboard.press("/")
    page.keyboard.type("settings fields pick")
    expect(page.locator("#operations [data-announce]")).to_have_text(re.compile(r"^1 of "))
    expect(page).to_have_url(re.compile(r"q=settings\+fields\+pick"))
    page.reload()
    expect(page.locator("#operations tbody tr:not(.group)")).to_have_count(1)


def test_ticks_stay_from_page_to_page_and_reach_the_doctor(signed_in: Visitor) -> None:
    page = signed_in.go("/catalogue/?q=leads&method=GET")
    page.get_by_label("Tick GET /Leads", exact=True).check()
    page.get_by_role("searchbox", name="Search").fill("deals")
    page.get_by_label("Tick GET /Deals", exact=True).check()
    expect(page.locator("[data-count]")).to_have_text("2 operations ticked.")
    page.get_by_role("button", name="Smallest set of scopes").click()
    expect(page.get_by_role("heading", name="Smallest set for 2 operations")).to_be_visible()
    expect(page.locator("main")).to_contain_text("ZohoCRM.modules.deals.READ,ZohoCRM.modules.leads.READ")


def test_with_too_little_granted_two_clicks_lead_to_a_page_that_works(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(f"{visitor.console}/sign-in/")
    page.get_by_role("button", name="Sign in with Zoho CRM").click()
    page.wait_for_url("**/oauth/v2/auth?**")
    visitor.choose("Alice Moreau", "Halden & Moreau Lending")
    page.locator('input[value="ZohoCRM.settings.layouts.READ"]').uncheck()
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url(f"{visitor.console}/**")

    visitor.go("/modules/Leads/layouts/")
    expect(page.locator('[data-error-code="CRM-SCOPE"]')).to_be_visible()
    page.get_by_role("link", name="Why, and how to get access").click()
    expect(page.locator(".wanted")).to_contain_text("ZohoCRM.settings.layouts.READ")
    page.get_by_role("button", name="Ask Zoho for 1 missing scope", exact=True).click()

    page.wait_for_url("**/oauth/v2/auth?**")  # at Zoho: who one is, and yes
    visitor.choose("Alice Moreau", "Halden & Moreau Lending")
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/modules/Leads/layouts/")
    expect(page.locator('[data-error-code="CRM-SCOPE"]')).to_have_count(0)


def test_without_script_the_filters_work(visitor_without_script: Visitor) -> None:
    visitor_without_script.sign_in()
    page = visitor_without_script.go("/catalogue/")
    page.get_by_role("searchbox", name="Search").fill("wizards")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#operations")).to_contain_text("/settings/wizards")
    page.get_by_label("Tick GET /settings/wizards", exact=True).check()
    page.get_by_role("button", name="Smallest set of scopes").click()
    expect(page.locator("main")).to_contain_text("ZohoCRM.settings.wizards.READ")


def test_what_was_spent_is_on_the_page_of_credits(signed_in: Visitor) -> None:
    signed_in.go("/modules/Leads/fields/")
    page = signed_in.go("/costs/")
    expect(page.locator("svg.chart")).to_be_visible()
    expect(page.get_by_role("region", name="Credits by page")).to_contain_text("Fields of a module")
