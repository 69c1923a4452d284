"""The way to Zoho and back, as a browser without script goes it."""

import html
import re
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from console.connections.models import Connection, SignIn
from crm_client.standin import StandIn


def consent_address(page: Any) -> str:
    """Where a page leads that begins a sign-in."""
    found = re.search(r'href="(http[^"]+/oauth/v2/auth[^"]*)"', page.content.decode())
    assert page.status_code == 200  # never a redirect, D2
    assert found, page.content.decode()
    return html.unescape(found[1])


def asked() -> list[str]:
    """The scopes of the sign-in begun last."""
    return SignIn.objects.latest("started_at").scopes.split()


def come_back(browser: Client, standin: StandIn, page: Any, user: str, org: str, **how: Any) -> Any:
    """Agrees at Zoho and follows the browser home."""
    parts = urlsplit(standin.sign_in(consent_address(page), user=user, org=org, **how))
    return browser.get(f"{parts.path}?{parts.query}", follow=True)


def sign_in(browser: Client, standin: StandIn, user: str, org: str, dc: str = "standin-us", **how: Any) -> Any:
    return come_back(browser, standin, browser.post("/sign-in/", {"dc": dc}), user, org, **how)


def of(user: str, org: str, standin: StandIn) -> Connection:
    """The connection of somebody, as it is stored now."""
    place = standin.organisation(org)
    return Connection.objects.get(zgid=place.org["zgid"], crm_user_id=place.user(user)["id"])
