"""A real Chromium in front of the real console in front of the stand-in CRM."""

import os
import re
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Sum
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from console.connections.models import User
from console.costs.models import Call
from crm_client.standin import StandIn

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
_FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


OF_SESSIONS_AND_WRITING = ("test_sign_in.py", "test_guard.py", "test_submissions.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a page looks like and does in a browser is the same on every database; sessions and writing may not be."""
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker("browser")
            if item.path.name not in OF_SESSIONS_AND_WRITING:
                item.add_marker("once")


@pytest.fixture(scope="session", autouse=True)
def _chromium_is_there() -> None:
    """In CI a missing browser is a failure; elsewhere it is said, and the tests are left out."""
    if not CHROMIUM:
        sentence = "Chromium is missing: apt install chromium, or set CHROMIUM to its path"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(sentence)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {"executable_path": CHROMIUM, "args": [*_FLAGS, *sandbox]}


@pytest.fixture
def console(standin: StandIn, live_server: Any, settings: Any) -> Iterator[str]:
    """The console's address, on another site than the stand-in as in life.

    After each test without faults the console's ledger has to agree with the stand-in's count of credits.
    """
    settings.CONSOLE_URL = live_server.url
    yield str(live_server.url)
    if not any(entry["fault"] for entry in standin.ledger()):
        until = time.monotonic() + 5  # a fragment may still be on its way when the test has seen enough
        while _booked() != sum(standin.world.ledger.credits.values()) and time.monotonic() < until:
            time.sleep(0.05)
        assert _booked() == sum(standin.world.ledger.credits.values())


def _booked() -> int:
    return Call.objects.aggregate(credits=Sum("credits"))["credits"] or 0


class Visitor:
    """A person in front of a browser; what the browser complains about is collected and must stay empty."""

    def __init__(self, context: BrowserContext, console: str) -> None:
        self.context = context
        self.console = console
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.complaints: list[str] = []
        self.home = ""
        self.page.on("response", self._answered)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._dialog)

    def _heard(self, message: ConsoleMessage) -> None:
        is_about_status = message.text.startswith("Failed to load resource: the server responded with a status")
        if message.type in ("error", "warning") and not is_about_status:
            self.complaints.append(message.text)

    def _answered(self, response: Response) -> None:
        if "/static/" in response.url and response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def _dialog(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def sign_in(
        self, who: str = "Alice Moreau", organisation: str = "Halden & Moreau Lending", *, europe: bool = False
    ) -> None:
        """Through the sign-in page, the stand-in's consent page and back."""
        page = self.page
        page.goto(f"{self.console}/sign-in/")
        if europe:
            page.get_by_label("EU").check()
        page.get_by_role("button", name="Sign in with Zoho CRM").click()
        page.wait_for_url("**/oauth/v2/auth?**")
        self.choose(who, organisation)
        if "/oauth/" in page.url:
            page.get_by_role("button", name="Accept").click()
        page.wait_for_url(f"{self.console}/**")

    def enter(self, user: User) -> None:
        """Signed in as somebody without the way through Zoho's pages, where that way is not what is tried."""
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.console}])

    def choose(self, who: str, organisation: str) -> None:
        """On the stand-in's page: one person of one organisation."""
        company = self.page.locator("h2 bdi", has_text=re.compile(rf"^{re.escape(organisation)}$"))
        self.page.locator("section").filter(has=company).get_by_role("button", name=who).click()
        self.page.wait_for_load_state()

    def go(self, path: str) -> Page:
        """A page of the organisation in use: `go("/modules/")`."""
        if not self.home:
            self.page.goto(f"{self.console}/")
            self.home = self.page.url.rstrip("/")
        self.page.goto(self.home + path)
        return self.page


@pytest.fixture
def visitor(browser: Browser, console: str) -> Iterator[Visitor]:
    """Somebody who has just opened a browser; whatever it complained about fails the test at the end."""
    context = browser.new_context(locale="de-DE")
    someone = Visitor(context, console)
    yield someone
    context.close()
    assert someone.complaints == []


@pytest.fixture
def visitor_without_script(browser: Browser, console: str) -> Iterator[Visitor]:
    context = browser.new_context(java_script_enabled=False)
    yield Visitor(context, console)
    context.close()


@pytest.fixture
def signed_in(visitor: Visitor) -> Visitor:
    """Alice, in the demo organisation."""
    visitor.sign_in()
    return visitor
