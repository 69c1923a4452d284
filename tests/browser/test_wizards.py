"""Wizards as a new user meets them: from the list to a finding, to its place on the graph, to the screen, and back."""

import re

import pytest
from playwright.sync_api import expect

from console.jobs import services
from console.jobs.models import Job
from tests.browser.conftest import Visitor


def test_from_the_list_to_a_finding_to_its_screen_and_back(signed_in: Visitor) -> None:
    page = signed_in.go("/wizards/")
    page.get_by_role("link", name="Dealership").first.click()
    page.get_by_role("link", name=re.compile(r"^Findings")).click()
    expect(page.get_by_text("Tax Number is required on the layout “Dealership”").first).to_be_visible()
    page.get_by_role("link", name="Show it on the graph").click()
    panel = page.locator("#screen-panel")
    expect(panel.get_by_role("heading", name="Place", level=2)).to_be_visible()
    expect(page.locator("g.is-current[data-arrow]")).to_have_count(1)
    panel.get_by_role("link", name="Company").click()
    expect(panel.get_by_role("heading", name="Company", level=2)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/screens/\d+/\?finding=1"))
    page.go_back()
    expect(page.locator("#screen-panel").get_by_role("heading", name="Place", level=2)).to_be_visible()


def test_a_click_on_a_card_opens_the_screen_beside_the_graph(signed_in: Visitor) -> None:
    page = signed_in.go("/wizards/")
    page.get_by_role("link", name="Contact onboarding").click()
    page.locator("a[data-node]", has_text="Reach").click()
    expect(page.locator("#screen-panel").get_by_role("heading", name="Reach", level=2)).to_be_visible()
    expect(page.locator(".diagram")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/screens/\d+/"))
    page.reload()
    expect(page.locator("#screen-panel").get_by_role("heading", name="Reach", level=2)).to_be_visible()


def test_the_whole_way_works_without_script(visitor_without_script: Visitor) -> None:
    visitor_without_script.sign_in()
    page = visitor_without_script.go("/wizards/?q=dealership")
    page.get_by_role("link", name="Dealership").first.click()
    page.locator("a[data-node]", has_text="Place").click()
    expect(page.locator("#screen-panel").get_by_role("heading", name="Place", level=2)).to_be_visible()
    page.get_by_label("Find a field, button or screen").fill("tax")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("for “tax”")).to_be_visible()
    page.get_by_role("link", name="Tax Number", exact=True).click()
    expect(page.locator("#screen-panel").get_by_role("heading", name="Tax", level=2)).to_be_visible()


def test_alice_walks_the_graph_with_the_keyboard_alone(signed_in: Visitor) -> None:
    page = signed_in.go("/wizards/")
    page.get_by_role("link", name="New lead").press("Enter")
    page.locator(".diagram-stage").focus()
    first = page.locator("a[data-node]").first
    for _ in range(2):  # Chromium stops at the picture itself on the way
        page.keyboard.press("Tab")
        if first.evaluate("card => card === document.activeElement"):
            break
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#screen-panel").get_by_role("heading", name="Where from", level=2)).to_be_visible()
    expect(page.locator("#screen-panel")).to_be_focused()


def test_the_outline_says_the_same_and_leads_to_the_screens(signed_in: Visitor) -> None:
    signed_in.page.set_viewport_size({"width": 390, "height": 800})
    page = signed_in.go("/wizards/")
    page.get_by_role("link", name="Loan application").click()
    entries = page.locator(".outline-entry")
    expect(entries).to_have_count(30)
    page.locator(".outline-name").get_by_role("link", name="Valuation", exact=True).click()
    expect(page.locator("#screen-panel").get_by_role("heading", name="Valuation", level=2)).to_be_visible()


def test_checking_all_shows_its_progress_and_then_the_findings(signed_in: Visitor) -> None:
    page = signed_in.go("/wizards/")
    page.get_by_role("button", name="Check all").click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    services.run(Job.objects.get(kind="check_wizards").pk)
    page.get_by_role("link", name="To the findings").click()
    expect(page.get_by_text("24 findings")).to_be_visible()
    expect(page.locator("[data-finding=unreachable]")).to_contain_text("Old survey")


@pytest.mark.parametrize("name", ["Loan application", "Deal desk", "Vehicle intake"])
def test_no_card_lies_on_another_and_none_is_cut_off(signed_in: Visitor, name: str) -> None:
    page = signed_in.go("/wizards/")
    page.get_by_role("link", name=name).click()
    boxes = page.eval_on_selector_all(
        "[data-node] .sheet", "cards => cards.map(card => { const b = card.getBoundingClientRect(); "
        "return [b.left, b.top, b.right, b.bottom]; })"
    )  # fmt: skip
    overlapping = [
        (one, other) for place, one in enumerate(boxes) for other in boxes[place + 1 :]
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]  # fmt: skip
    assert overlapping == []
