"""A browser without a script: cookies, forms, signing in at Zoho and back; each answer with its time."""

import html
import re
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from crm_client.standin import StandIn
from tests.crowd.companies import Someone

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_CONSENT = re.compile(r'href="(http[^"]+/oauth/v2/auth[^"]*)"')
_PATIENCE_S = 60


@dataclass(slots=True)
class Answer:
    """One answer as tests/cast.py's Page reads it; status 0: the connection broke."""

    status_code: int
    headers: dict[str, str]
    content: bytes
    took_s: float
    streaming: bool = False

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    @property
    def leads_to(self) -> str:
        """Path of a redirect; "" where it is none."""
        return urlsplit(self.headers.get("location", "")).path if self.status_code == 302 else ""


class Browser:
    """One session of somebody."""

    def __init__(self, console: str, who: Someone) -> None:
        self.who = who
        self._host = urlsplit(console).netloc
        self._cookies: dict[str, str] = {}

    def get(self, path: str, *, fragment: bool = False) -> Answer:
        return self._ask("GET", path, headers={"HX-Request": "true"} if fragment else {})

    def post(self, path: str, values: dict[str, Any]) -> Answer:
        """A form with the token that stands in it."""
        form = urlencode(values, doseq=True)
        return self._ask("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})

    def press(self, page: str, path: str, **values: str) -> Answer:
        """Opens a page for its token and posts to a button's address."""
        return self.post(path, {**values, "csrfmiddlewaretoken": self.page_token(page)})

    def page_token(self, page: str) -> str:
        """What a page's forms carry; "" where it has none."""
        found = _CSRF.search(self.get(page).text)
        return found[1] if found else ""

    def sign_in(self, standin: StandIn) -> Answer:
        """Start, the accounts server's pages, back; the person's connection is known afterwards."""
        self._cookies.clear()
        back = self._agree(standin, self.press("/sign-in/", "/sign-in/", dc=self.who.dc))
        if found := re.match(r"/(?:c|connections)/(\w+)/", back.leads_to):
            self.who.slug = found[1]
        return back

    def allow_changes(self, standin: StandIn) -> Answer:
        """The second consent."""
        page = f"/connections/{self.who.slug}/changes/"
        return self._agree(standin, self.press(page, page))

    def _agree(self, standin: StandIn, page: Answer) -> Answer:
        """Agrees at Zoho and comes back; what the page says instead where it leads nowhere."""
        found = _CONSENT.search(page.text)
        if not found:
            return page
        # Zoho lets ten people in within ten minutes; this crowd stands for one that came over the day.
        standin.world.tokens._recent.pop(("codes", standin.client_id), None)
        parts = urlsplit(standin.sign_in(html.unescape(found[1]), user=self.who.email, org=self.who.company))
        back = self.get(f"{parts.path}?{parts.query}")
        # Who is known is not asked for consent again; where Zoho then gives no refresh token, it is gone once more.
        return self._agree(standin, back) if _CONSENT.search(back.text) else back

    def _ask(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
        port = urlsplit(f"//{self._host}").port
        sent = {"Host": self._host, "X-Forwarded-For": f"203.0.113.{self.who.number + 1}", **(headers or {})}
        sent |= {"X-Forwarded-Proto": "http", "Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException):
            return Answer(0, {}, b"", time.monotonic() - began)
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        took = time.monotonic() - began
        return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, content, took)
