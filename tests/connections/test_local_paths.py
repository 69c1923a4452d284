"""After signing in one lands in this console, whatever the address said (AC-57)."""

import html
import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from console.connections.local_paths import local_path
from crm_client.standin import StandIn
from tests.cast import Person
from tests.connections.browsers import address_in, local

ELSEWHERE = [
        "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "https:evil.test", "https://evil.test/",
        "http:/evil.test", "javascript:alert(1)", "data:text/html,x", "/\t/evil.test", "\n//evil.test", "/\r\n/evil",
        "evil.test", "", "/a\x00b", "//user@evil.test", "/" + "a" * 600, "ftp://evil.test", "/%5c\\evil",
        "?next=//evil",
]  # fmt: skip


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_an_address_elsewhere_becomes_the_front_page(wanted: str) -> None:
    assert local_path(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/c/abc/modules/", "/c/abc/modules/?q=a%20b&sort=-name"])
def test_a_path_of_this_console_is_kept(wanted: str) -> None:
    assert local_path(wanted) == wanted


def test_a_fragment_is_dropped() -> None:
    assert local_path("/c/abc/#evil") == "/c/abc/"


@pytest.mark.django_db
def test_whatever_next_says_every_way_of_signing_in_ends_here(standin: StandIn, alice: Person) -> None:
    """The sign-in page's field, reconnecting, and the link in the note for htmx when a session has ended."""
    wrong = []
    for wanted in ELSEWHERE:
        standin.advance(100)  # ten sign-ins in ten minutes are enough for Zoho
        page = alice.client.post(f"/connections/{alice.connection.slug}/reconnect/", {"next": wanted})
        back = local(standin.sign_in(address_in(page), user="alice", org="demo"))
        where = alice.client.get(back).headers["Location"]
        note = Client().get(
            alice.at("/modules/"), headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{wanted}"}
        )
        fragment = html.unescape(re.findall(r'href="(/sign-in/\?[^"]*)"', note.content.decode())[0])
        sign_in_page = Client().get("/sign-in/", {"next": wanted}).content.decode()
        for told in (where, fragment):
            if urlsplit(urljoin("http://testserver/", told)).netloc != "testserver" or "evil" in urlsplit(told).path:
                wrong.append((wanted, told))
        if "evil" in sign_in_page or "javascript:" in sign_in_page:
            wrong.append((wanted, "the sign-in page's form"))
    assert wrong == []
