"""Browsing modules and fields as somebody does who has a keyboard, a hurry, or no script."""

import re

from playwright.sync_api import expect

from console.connections.models import Connection
from console.jobs import services
from console.jobs.models import Job
from crm_client.standin import StandIn
from tests.browser.conftest import Visitor


def test_the_list_follows_what_alice_types(signed_in: Visitor) -> None:
    page = signed_in.go("/modules/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("loan")
    expect(page).to_have_url(re.compile(r"q=loan"))
    rows = page.locator("table tbody tr")
    expect(rows.filter(has_text="Loans").first).to_be_visible()
    expect(rows.filter(has_text="Invoices")).to_have_count(0)


def test_back_after_a_search_is_the_whole_page(signed_in: Visitor) -> None:
    page = signed_in.go("/modules/")
    page.get_by_role("searchbox").fill("loan")
    expect(page).to_have_url(re.compile(r"q=loan"))
    page.locator("table tbody tr").filter(has_text="Loans").first.get_by_role("link").first.click()
    page.wait_for_url("**/modules/Loans/**")
    page.go_back()
    expect(page.get_by_role("banner")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("loan")


def test_by_keyboard_one_keeps_ones_place_and_each_change_is_one_step_back(signed_in: Visitor) -> None:
    page = signed_in.go("/modules/")
    steps = page.evaluate("history.length")
    page.get_by_role("searchbox").fill("loan")
    expect(page).to_have_url(re.compile(r"q=loan"))
    page.get_by_role("columnheader", name="API name").get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"sort=api_name"))
    expect(page.get_by_role("columnheader", name="API name").get_by_role("link")).to_be_focused()
    assert page.evaluate("history.length") - steps == 2
    page.set_viewport_size({"width": 390, "height": 800})
    page = signed_in.go("/audit/")
    expect(page.get_by_role("link", name="Audit", exact=True)).to_be_in_viewport()
    page = signed_in.go("/wizards/")
    heights = page.eval_on_selector_all("#wizards tbody tr", "rows => rows.map(row => row.offsetHeight)")
    assert max(heights) < 90  # three layouts below each other; columns out of sight do not make it taller


def test_nothing_found_says_so_and_offers_a_way_back(signed_in: Visitor) -> None:
    page = signed_in.go("/modules/?q=zzzzzz")
    expect(page.get_by_text("zzzzzz").first).to_be_visible()
    page.get_by_role("link", name=re.compile("Clear")).first.click()
    expect(page.get_by_role("link", name="Leads", exact=True).first).to_be_visible()


def test_a_field_opens_beside_the_list_and_escape_closes_it(signed_in: Visitor) -> None:
    page = signed_in.go("/modules/Leads/fields/")
    page.get_by_role("link", name="Lead Source", exact=True).click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Lead_Source")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_a_field_has_a_page_of_its_own_without_script(visitor_without_script: Visitor) -> None:
    visitor_without_script.sign_in()
    page = visitor_without_script.go("/modules/Leads/fields/")
    page.get_by_role("link", name="Lead Source", exact=True).click()
    expect(page.get_by_role("heading", name="Lead Source").first).to_be_visible()


def test_searching_works_without_script(visitor_without_script: Visitor) -> None:
    visitor_without_script.sign_in()
    page = visitor_without_script.go("/modules/")
    page.get_by_role("searchbox").fill("loan")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("table tbody tr").filter(has_text="Loans").first).to_be_visible()
    expect(page.locator("table tbody tr").filter(has_text="Invoices")).to_have_count(0)


def test_everything_is_fetched_with_progress(signed_in: Visitor) -> None:
    page = signed_in.go("/modules/field-workbook/")
    page.get_by_role("button", name=re.compile("Fetch everything")).click()
    page.wait_for_url("**/jobs/**")
    job = Job.objects.get()
    services.run(job.pk)
    expect(page.get_by_text("Done").first).to_be_visible()
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.DONE, job.total)
    assert job.total > 50


HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "{{7*7}}{% debug %}",
    "javascript:alert(1)",
    "\u202eright to left\u202c",
    "a" * 5000,
    "nul\x00 here",
    "' onmouseover='alert(1)",
]


def test_hostile_labels_are_shown_for_what_they_are(signed_in: Visitor, standin: StandIn) -> None:
    signed_in.go("/")
    demo = standin.organisation("demo")
    leads = next(module for module in demo.modules if module["api_name"] == "Leads")
    for number, text in enumerate(HOSTILE):
        field = demo.fields["Leads"][number + 5]
        field["field_label"] = field["display_label"] = text
        field["tooltip"] = {"name": "static_text", "value": text}
        demo.modules[number + 8]["plural_label"] = text
        demo.modules[number + 8]["description"] = text
        demo.layouts["Leads"][0]["sections"][0]["display_label"] = text
        demo.custom_views["Leads"][0]["display_value"] = text
        for value in demo.fields["Leads"][number + 5].get("pick_list_values") or []:
            value["display_value"] = text
            value["colour_code"] = "red;background:url(javascript:alert(1))"
    leads["web_link"] = "javascript:alert(1)"
    leads["description"] = HOSTILE[0]
    Connection.objects.get().answers.all().delete()
    ids = [demo.fields["Leads"][number + 5]["id"] for number in range(len(HOSTILE))]
    paths = ["/modules/", "/modules/Leads/", "/modules/Leads/fields/", "/modules/Leads/layouts/"]
    paths += ["/modules/Leads/custom-views/", *(f"/modules/Leads/fields/{one}/" for one in ids), "/modules/?q=<script>"]
    for path in paths:
        page = signed_in.go(path)
        expect(page.get_by_role("banner")).to_be_visible()
        assert page.locator("[onerror], [onmouseover], a[href^='javascript:'], [style*='javascript']").count() == 0
    page = signed_in.go("/modules/")
    expect(page.get_by_text(HOSTILE[0], exact=True).first).to_be_visible()
