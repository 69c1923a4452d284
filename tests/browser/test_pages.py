"""Every page there is, light and dark, wide and narrow: nothing the browser or axe complains about."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from console.connections.models import Connection
from crm_client.standin import StandIn
from tests.browser.conftest import Visitor
from tests.routes import all_routes, sample_values

SIZES = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
_ALL = {"resultTypes": ["violations"]}
AXE = {("light", 1280): _ALL, ("dark", 1280): _ALL | {"runOnly": ["color-contrast"]}, ("dark", 390): _ALL}
"""What axe looks for: everything once wide and once narrow; the other colours change contrasts alone."""
NOT_A_PAGE = {"connections:callback", "healthz"}
PARTS = 4  # of the pages, so that several processes share them


def _paths_of_pages(visitor: Visitor) -> list[str]:
    """Every address that answers a GET with a page, found in the URL configuration."""
    connection = Connection.objects.get()
    values = sample_values(connection)
    client = Client()
    client.force_login(connection.user)
    paths = []
    for route in all_routes():
        if route.name in NOT_A_PAGE:
            continue
        answer = client.get(route.path(values))
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            paths.append(route.path(values))
    return paths


def _spills(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_in_light_and_dark_wide_and_narrow(signed_in: Visitor, part: int) -> None:
    paths = _paths_of_pages(signed_in)
    assert len(paths) > 10 * PARTS
    page, wrong = signed_in.page, []
    for path in paths[part::PARTS]:
        page.goto(signed_in.console + path)
        for scheme, width in SIZES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 900})
            if _spills(page) > 0:
                wrong.append(f"{path} {scheme} {width}: {_spills(page)} px too wide")
            if (scheme, width) in AXE:
                found = Axe().run(page, options=AXE[scheme, width])
                wrong += [f"{path} {scheme} {width}: {one['id']}" for one in found.response["violations"]]
    assert wrong == []


@pytest.mark.parametrize("path", ["/modules/", "/modules/Leads/fields/", "/modules/Leads/layouts/", "/"])
def test_a_crm_that_is_down_is_told_in_words(signed_in: Visitor, standin: StandIn, path: str) -> None:
    signed_in.go("/")
    Connection.objects.get().answers.all().delete()
    standin.fault("status", {"status": 503})
    page = signed_in.go(path)
    expect(page.locator("[data-error-code]").first).to_be_visible()
    assert page.locator("[data-error-code]").first.get_attribute("data-error-code") == "CRM-DOWN"
    expect(page.get_by_role("navigation", name="Rooms")).to_be_visible()


def test_the_sign_in_page_has_no_violations(visitor: Visitor) -> None:
    visitor.page.goto(f"{visitor.console}/sign-in/")
    assert Axe().run(visitor.page).response["violations"] == []
