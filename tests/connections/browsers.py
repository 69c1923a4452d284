"""Signing in as a browser does: start, the accounts server's pages, back."""

import html
import re
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from crm_client.standin import StandIn
from tests.cast import Person


def address_in(page: Any) -> str:
    """The address at the accounts server that a page leads to."""
    found = re.search(r'href="(http[^"]+/oauth/v2/auth[^"]*)"', page.content.decode())
    assert found, page.content.decode()
    return html.unescape(found[1])


def begin(browser: Client, dc: str = "standin-us") -> str:
    """Presses "Sign in"; gives the address that the page leads to."""
    return address_in(browser.post("/sign-in/", {"dc": dc, "next": "/"}))


def local(url: str) -> str:
    """Path and query of a callback's address."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def sign_in_again(person: Person, standin: StandIn) -> None:
    """Renews the connection of a person of the demo organisation who is signed in here."""
    page = person.client.post(f"/connections/{person.connection.slug}/reconnect/")
    back = standin.sign_in(address_in(page), user="alice", org="demo")
    assert person.client.get(local(back)).status_code == 302
