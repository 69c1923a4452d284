"""The second consent, ended browsers and the operators' pages, as a person meets them."""

from django.core.management import call_command
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visitor


def test_alice_allows_changes_and_goes_back_to_reading(signed_in: Visitor) -> None:
    page = signed_in.page
    for button, ask, said, badge in (
        ("Allow changes …", "Ask Zoho to allow changes", "may now create, change and delete", "reads and changes"),
        ("Back to reading only …", "Sign in for reading only", "can only read in", "reads only"),
    ):
        page.goto(f"{signed_in.console}/connections/")
        page.get_by_role("link", name=button).click()
        page.get_by_role("button", name=ask).click()
        page.wait_for_url("**/oauth/v2/auth?**")
        signed_in.choose("Alice Moreau", "Halden & Moreau Lending")
        page.get_by_role("button", name="Accept").click()
        page.wait_for_url(f"{signed_in.console}/connections/")
        expect(page.locator(".messages")).to_contain_text(said)
        expect(page.locator("[data-writing]")).to_have_text(badge)


def test_alice_ends_her_other_browser_and_its_next_click_leads_to_the_sign_in(
    signed_in: Visitor, browser: Browser
) -> None:
    context = browser.new_context(user_agent="Mozilla/5.0 (iPhone) Version/18.0 Safari/604.1")
    phone = Visitor(context, signed_in.console)
    phone.sign_in()
    phone.go("/modules/")
    page = signed_in.page
    page.goto(f"{signed_in.console}/browsers/")
    page.get_by_role("row", name="Safari on iPhone").get_by_role("button").click()
    expect(page.locator(".messages")).to_contain_text("That browser is signed out")
    phone.page.get_by_role("searchbox").fill("lead")
    expect(phone.page.get_by_role("heading", name="You were signed out")).to_be_visible()
    assert phone.page.get_by_role("searchbox").input_value() == "lead"
    phone.page.get_by_role("link", name="Leave this page and sign in").click()
    expect(phone.page.get_by_role("button", name="Sign in with Zoho CRM")).to_be_visible()
    context.close()


def test_operators_pages_obey_the_content_policy(signed_in: Visitor) -> None:
    """What the browser complains about fails the test at its end."""
    call_command("make_operator", "Alice Moreau")
    page = signed_in.page
    for path in ("", "connections/connection/", "audit/entry/?q=sign", "jobs/job/", "costs/call/"):
        page.goto(f"{signed_in.console}/operators/{path}")
        expect(page.get_by_role("link", name="Back to the console")).to_be_visible()
    page.goto(f"{signed_in.console}/operators/connections/connection/")
    page.locator("#result_list tbody a").first.click()
    expect(page.get_by_text("Halden & Moreau Lending (production)").first).to_be_visible()
    assert "refresh token" not in page.content().lower()
