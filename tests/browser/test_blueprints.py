"""Blueprints as a new user meets them: map, transition, numbers, a stuck record, refused settings, no script."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from console.connections.models import Connection
from console.jobs import services
from console.jobs.models import Job
from crm_client.standin import StandIn
from crm_client.standin.organisations.made.blueprints_stuck import stuck
from tests.browser.conftest import Visitor


def test_from_the_list_over_the_map_to_a_transition_and_back_by_mouse_and_keyboard(signed_in: Visitor) -> None:
    page = signed_in.go("/blueprints/")
    page.get_by_role("link", name="Loan processing").click()
    panel = page.locator("#part-panel")
    page.locator("a[data-node]", has_text="Checks").click()
    expect(panel.get_by_role("heading", name="Checks", level=2)).to_be_visible()
    panel.get_by_role("link", name="All checks done").click()
    expect(panel.get_by_role("link", name="Check the collateral")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/transitions/\d+/"))
    page.go_back()
    expect(panel.get_by_role("heading", name="Checks", level=2)).to_be_visible()
    page.locator(".arrow a", has_text="Register").first.press("Enter")
    expect(page.locator("#part-panel").get_by_role("heading", name="Register", level=2)).to_be_visible()
    expect(page.locator("g.is-current[data-arrow]")).to_have_count(1)
    page.locator(".tabs").get_by_role("link", name=re.compile("^Findings")).press("Enter")
    expect(page.get_by_text("Nothing is wrong in this process")).to_be_visible()


def test_counting_shows_its_price_its_progress_and_heat_on_the_map(signed_in: Visitor) -> None:
    page = signed_in.go("/blueprints/")
    page.get_by_role("link", name="Case handling").click()
    page.get_by_role("link", name="Count the records in each state").click()
    page.get_by_label("Records per state, and times in state from the timelines of 25 records").check()
    page.get_by_role("button", name="Count", exact=True).click()
    expect(page.locator("#progress")).to_be_visible()
    services.run(Job.objects.get().pk)
    page.get_by_role("link", name="To the numbers").click()
    expect(page.locator("#numbers tbody tr")).to_have_count(4)
    page.get_by_role("link", name="See them on the map").click()
    expect(page.locator(".is-heat-5")).to_have_count(1)
    expect(page.locator("a[data-node]", has_text="half leave in")).not_to_have_count(0)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert Axe().run(page).response["violations"] == []


def test_a_stuck_record_on_a_phone_without_script_says_why(visitor_without_script: Visitor, standin: StandIn) -> None:
    visitor_without_script.page.set_viewport_size({"width": 390, "height": 800})
    visitor_without_script.sign_in()
    id_ = next(one for one, why in stuck(standin.organisation("demo")).items() if why == "criteria")
    page = visitor_without_script.go(f"/blueprints/record/Deals/{id_}/")
    expect(page.get_by_role("heading", name="Why is it stuck?")).to_be_visible()
    expect(page.get_by_text("“Win” is open only when Amount is less than 500000")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Deal closing").click()
    page.locator("a[data-node]", has_text="Negotiation/Review").click()
    expect(page.locator("#part-panel").get_by_role("heading", name="Negotiation/Review", level=2)).to_be_visible()


def test_where_the_settings_are_refused_records_show_the_process(signed_in: Visitor) -> None:
    connection = Connection.objects.get()
    connection.api_version = 7  # which has no settings of blueprints
    connection.save()
    page = signed_in.go("/blueprints/")
    expect(page.get_by_text("were seen on records, not configured")).to_be_visible()
    page.get_by_label("Module").select_option("Cases")
    page.get_by_role("button", name="Look at records").click()
    expect(page.locator("#progress")).to_be_visible()
    services.run(Job.objects.get().pk)
    page.get_by_role("link", name="To the processes").click()
    page.get_by_role("link", name="Case handling").click()
    expect(page.get_by_text("Seen, not configured.")).to_be_visible()
    expect(page.locator("a[data-node]")).to_have_count(4)


def test_axe_has_nothing_to_say_of_what_has_content(signed_in: Visitor, standin: StandIn) -> None:
    settings = standin.organisation("demo").blueprint_settings
    draft = next(id_ for id_, raw in settings.items() if raw["status"] == "draft")
    loans = next(id_ for id_, raw in settings.items() if raw["name"] == "Loan processing")
    parallel = next(one for one, why in stuck(standin.organisation("demo")).items() if why == "parallel")
    for path in (
        f"/blueprints/{draft}/?finding=2",
        f"/blueprints/{draft}/compare/?with={loans}",
        f"/blueprints/record/Loans/{parallel}/",
    ):
        page = signed_in.go(path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = Axe().run(page).response["violations"]
            assert found == [], [(one["id"], one["nodes"][0]["html"][:200]) for one in found]
