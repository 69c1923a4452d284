"""Signed-in browsers: seen, recognised, and over at once when ended (AC-58, T16)."""

import html
import re
import time
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.audit.models import Entry
from console.connections import browsers, gate
from console.connections.models import SignedInBrowser
from console.connections.user_agents import in_words
from console.jobs.housekeeping import clean_up
from crm_client.standin import StandIn
from tests.cast import Person
from tests.connections.at_zoho import sign_in

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1"


def _browser(someone: Person, agent: str, address: str) -> Client:
    """Another browser that is signed in as this person, and has opened a page."""
    other = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    other.force_login(someone.user)
    _forget(other)  # the test's own sign-in names no browser
    assert other.get("/connections/").status_code == 200
    return other


def _forget(browser: Client) -> None:
    SignedInBrowser.objects.filter(session=browser.session.session_key).delete()
    browsers._seen.clear()


def _list(browser: Client) -> str:
    return html.unescape(browser.get("/browsers/").content.decode())


def _ids(someone: Person) -> dict[str, str]:
    return {browser.words: str(browser.pk) for browser in SignedInBrowser.objects.filter(user=someone.user)}


def test_alice_sees_where_she_is_signed_in_and_which_is_this(alice: Person) -> None:
    laptop = _browser(alice, FIREFOX, "203.0.113.9")
    _browser(alice, IPHONE, "2001:db8::7")
    page = _list(laptop)
    rows = re.findall(r"<tr( data-this)?><th scope=\"row\">([^<]*?)(?: <span|<)", page)
    assert (" data-this", "Firefox on Windows") in rows
    assert ("", "Safari on iPhone") in rows
    assert "203.0.113.9" in page
    assert "2001:db8::7" in page
    assert str(laptop.session.session_key) not in page


def test_signing_in_is_remembered_from_the_first_page_on(standin: StandIn) -> None:
    browser = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="203.0.113.9")
    sign_in(browser, standin, "alice", "demo")
    one = SignedInBrowser.objects.get()
    assert (one.words, one.address, one.session_id) == (
        "Firefox on Windows",
        "203.0.113.9",
        browser.session.session_key,
    )
    assert Entry.objects.get(action="sign_in").address == "203.0.113.9"


def test_the_address_behind_a_trusted_proxy_is_the_persons_own(alice: Person, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    client = Client(headers={"User-Agent": FIREFOX, "X-Forwarded-For": "198.51.100.4"}, REMOTE_ADDR="10.0.0.1")
    client.force_login(alice.user)
    _forget(client)
    client.get("/connections/")
    assert SignedInBrowser.objects.get(session=client.session.session_key).address == "198.51.100.4"


def test_a_browser_that_alice_ends_is_over_at_once(alice: Person) -> None:
    thief = _browser(alice, FIREFOX, "203.0.113.66")
    answer = alice.client.post(f"/browsers/{_ids(alice)['Firefox on Windows']}/end/", follow=True)
    assert "That browser is signed out" in html.unescape(answer.content.decode())
    assert thief.get("/connections/").headers["Location"].startswith("/sign-in/")
    assert alice.get("/").status == 200
    entry = Entry.objects.get(action="browser.ended")
    assert entry.detail == {"browser": "Firefox on Windows", "seen_from": "203.0.113.66"}


def test_ending_this_one_is_signing_out(alice: Person) -> None:
    mine = str(SignedInBrowser.objects.get(user=alice.user).pk)
    answer = alice.client.post(f"/browsers/{mine}/end/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert alice.get("/").status == 302


def test_alice_signs_out_everywhere_else(alice: Person) -> None:
    others = [_browser(alice, FIREFOX, "203.0.113.1"), _browser(alice, IPHONE, "203.0.113.2")]
    answer = alice.client.post("/browsers/end/", {"which": "others"}, follow=True)
    assert "2 other browsers are signed in no more." in html.unescape(answer.content.decode())
    assert [other.get("/connections/").status_code for other in others] == [302, 302]
    assert alice.get("/").status == 200
    assert Entry.objects.get(action="browser.ended_everywhere").detail == {"browsers": 2}


def test_alice_signs_out_everywhere(alice: Person, bob: Person) -> None:
    other = _browser(alice, FIREFOX, "203.0.113.1")
    answer = alice.client.post("/browsers/end/", {"which": "all"})
    assert answer.headers["Location"] == "/sign-in/"
    assert [client.get("/connections/").status_code for client in (other, alice.client)] == [302, 302]
    assert bob.get("/").status == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_bob_cannot_end_alices_browser_nor_tell_it_from_one_that_is_not_there(
    alice: Person, bob: Person, method: str
) -> None:
    hers = str(SignedInBrowser.objects.get(user=alice.user).pk)
    answers = [
        getattr(bob.client, method)(f"/browsers/{pk}/end/") for pk in (hers, "00000000-0000-0000-0000-000000000000")
    ]
    assert {answer.status_code for answer in answers} == ({404} if method == "post" else {405})
    assert answers[0].content == answers[1].content
    assert alice.get("/").status == 200
    assert hers not in _list(bob.client)


def test_most_pages_ask_the_database_nothing_for_it(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def queries() -> int:
        with CaptureQueriesContext(database) as captured:
            assert alice.client.get("/connections/").status_code == 200
        return sum("signedinbrowser" in query["sql"] for query in captured.captured_queries)

    assert queries() == 0
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + browsers.SEEN_EVERY_S + 1)
    before = SignedInBrowser.objects.get(user=alice.user)
    SignedInBrowser.objects.update(seen_at=timezone.now() - timedelta(minutes=6), address="203.0.113.5")
    assert queries() == 1
    after = SignedInBrowser.objects.get(user=alice.user)
    assert after.seen_at >= before.seen_at
    assert after.address == "127.0.0.1"
    assert queries() == 0


def test_another_process_wrote_it_a_moment_ago(alice: Person) -> None:
    """What this process does not know yet it does not write again."""
    browsers._seen.clear()
    stamp = SignedInBrowser.objects.get(user=alice.user).seen_at
    alice.client.get("/connections/")
    assert SignedInBrowser.objects.get(user=alice.user).seen_at == stamp


def test_what_ran_out_is_neither_listed_nor_kept(alice: Person) -> None:
    _browser(alice, FIREFOX, "203.0.113.1")
    Session.objects.filter(browser__words="Firefox on Windows").update(expire_date=timezone.now() - timedelta(1))
    assert "Firefox on Windows" not in _list(alice.client)
    clean_up()
    assert "Firefox on Windows" not in _ids(alice)


def test_a_session_ended_while_its_page_was_made_is_not_remembered_again(alice: Person) -> None:
    key = alice.client.session.session_key
    browsers._seen.clear()
    request = alice.client.get("/connections/").wsgi_request
    Session.objects.all().delete()
    browsers._seen.clear()
    browsers.seen(request, alice.user)
    assert not SignedInBrowser.objects.filter(session=key).exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on macOS"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("", "An unknown browser"),
        ("<script>alert(1)</script>" * 1000, "An unknown browser"),
    ],
)
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert in_words(agent) == words


def test_who_is_signed_out_elsewhere_while_a_page_is_made_gets_it_and_then_the_sign_in(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a 400: a form that was sent meanwhile may have made its record."""
    monkeypatch.setattr(gate, "listeners", [lambda *told: Session.objects.all().delete()])
    page = alice.get("/modules/")
    assert (page.status, "Leads" in page.text) == (200, True)
    assert alice.client.cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert alice.client.get(alice.at("/modules/")).url.startswith("/sign-in/")
