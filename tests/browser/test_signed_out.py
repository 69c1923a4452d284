"""A sign-in that ends while somebody is typing: nothing is sent, nothing typed is lost, and one can go on (AC-59)."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from console.connections.scopes import READ_SCOPES, WRITE_SCOPES
from console.submissions.models import Row, Submission
from crm_client.standin import StandIn
from tests.browser.conftest import Visitor
from tests.cast import Person, person
from tests.submissions.written import in_every_state

TELL_THE_TABS = "new BroadcastChannel('console-sign-in').postMessage('signed in')"


@pytest.fixture
def writer(standin: StandIn, live_server: Any) -> Person:
    return person(standin, "demo", "alice", scopes=[*READ_SCOPES, *WRITE_SCOPES])


def _sign_in_in(tab: Page, visitor: Visitor) -> None:
    """From the sign-in page that the new tab shows, through Zoho's, to the page that says one may close it."""
    tab.get_by_role("button", name="Sign in with Zoho CRM").click()
    tab.wait_for_url("**/oauth/v2/auth?**")
    first, visitor.page = visitor.page, tab
    visitor.choose("Alice Moreau", "Halden & Moreau Lending")
    if "/oauth/" in tab.url:
        tab.get_by_role("button", name="Accept").click()
    tab.wait_for_url("**/sign-in/done/")
    visitor.page = first
    expect(tab.get_by_role("status").first).to_contain_text("You may close this tab")


def _made(standin: StandIn, module: str, last_name: str) -> int:
    return sum(one["Last_Name"] == last_name for one in standin.organisation("demo").records[module])


def test_a_form_stays_and_works_again_after_signing_in_in_another_tab(
    visitor: Visitor, writer: Person, bob: Person, standin: StandIn
) -> None:
    visitor.enter(writer.user)
    page, note = visitor.go("/records/Contacts/new/"), visitor.page.locator("#signed-out > *")
    page.get_by_label(re.compile("^Last Name")).fill("Quibble")
    page.get_by_label(re.compile("^Email required")).fill("quibble@example.com")
    Session.objects.all().delete()
    calls = len(standin.ledger())

    # Typing into a look-up asks by htmx: told beside the form, and the keys stay where they are.
    company = page.locator("[data-lookup-field='Account_Name'] input[type=text]")
    company.press_sequentially("Bo")
    expect(note.get_by_role("heading")).to_have_text("You were signed out")
    expect(company).to_be_focused()
    assert company.input_value() == "Bo"
    assert page.locator("form", has=page.get_by_role("button", name="Sign in with Zoho CRM")).count() == 0
    assert len(standin.ledger()) == calls
    assert Axe().run(page).response["violations"] == []

    # Somebody else signs in: what Alice typed is not sent under that name.
    visitor.enter(bob.user)
    page.evaluate(TELL_THE_TABS)
    expect(note.get_by_role("heading")).to_have_text("Somebody else is signed in now")
    expect(note.get_by_text("Bob Okafor").last).to_be_visible()
    Session.objects.all().delete()
    note.get_by_role("button", name="Close this note").focus()
    page.keyboard.press("Escape")
    expect(note).to_have_count(0)
    expect(company).to_be_focused()
    page.wait_for_timeout(200)  # a look-up rests for a moment after it was left
    company.press_sequentially("b")
    with page.expect_popup() as opened:
        note.get_by_role("link", name="Sign in again").press("Enter")
    _sign_in_in(opened.value, visitor)
    opened.value.close()
    expect(note.get_by_role("heading")).to_have_text("You are signed in again")
    expect(note.get_by_text(re.compile("^As Alice Moreau"))).to_be_visible()
    assert not Submission.objects.exists()

    company.fill("")
    page.get_by_role("button", name="Insert 1 contact").click()
    page.wait_for_url(re.compile(r"/records/Contacts/\d+/"))
    assert _made(standin, "Contacts", "Quibble") == 1


def test_a_page_that_follows_something_asks_no_more_until_one_is_back(
    visitor: Visitor, writer: Person, standin: StandIn
) -> None:
    visitor.enter(writer.user)
    submission = in_every_state(writer.connection)
    Submission.objects.update(state="sending", reason="", reason_code="")
    page = visitor.go(f"/submissions/{submission.pk}/")
    page.locator("#crm-id-5").fill("57257670000005241")
    Session.objects.all().delete()
    expect(page.locator("#signed-out").get_by_role("heading")).to_have_text("You were signed out")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1200)
    assert asked == []
    Row.objects.filter(n=7).update(state="succeeded", crm_id="5725767000000524159")
    visitor.enter(writer.user)
    page.evaluate(TELL_THE_TABS)
    expect(page.locator("#row-7")).to_have_attribute("data-state", "succeeded")
    assert page.locator("#crm-id-5").input_value() == "57257670000005241"


def test_a_form_sent_signed_out_is_sent_on_by_hand_without_a_script(
    visitor_without_script: Visitor, writer: Person, standin: StandIn
) -> None:
    visitor = visitor_without_script
    visitor.enter(writer.user)
    page = visitor.go("/records/Leads/new/")
    page.get_by_label(re.compile("^Last Name")).fill('Quibble "><b>')
    page.get_by_label(re.compile("^Company")).fill("Roofing")
    page.get_by_label(re.compile("^Description")).fill("two\n\nlines")
    Session.objects.all().delete()
    page.get_by_role("button", name="Insert 1 lead").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You were signed out. Nothing was sent.")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in again").click()
    _sign_in_in(opened.value, visitor)
    page.get_by_role("button", name="go on").click()
    expect(page.get_by_role("definition").first).to_have_text("Alice Moreau")
    assert not Submission.objects.exists()
    page.get_by_role("button", name="Send it now").click()
    page.wait_for_url(re.compile(r"/records/Leads/\d+/"))
    made = next(one for one in standin.organisation("demo").records["Leads"] if one["Last_Name"] == 'Quibble "><b>')
    assert made["Description"].split() == ["two", "lines"]
    assert _made(standin, "Leads", 'Quibble "><b>') == 1
