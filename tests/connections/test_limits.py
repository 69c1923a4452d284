"""Limits: said in words with Retry-After, counted where it belongs, and never in the way of others (T19)."""

import html
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console import environment as env
from console import limits
from console.audit.models import Entry
from console.connections.models import SignIn
from crm_client.standin import StandIn
from tests.cast import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(settings: Any) -> Iterator[None]:
    """Small numbers over a span that no test outlives."""
    settings.LIMITS = {
        "sign_in_browser": (3, 1_000_000_000),
        "sign_in_address": (5, 1_000_000_000),
        "callback_address": (4, 1_000_000_000),
        "person": (6, 1_000_000_000),
    }
    cache.clear()
    yield
    cache.clear()


def _begin(browser: Client, **how: Any) -> Any:
    return browser.post("/sign-in/", {"dc": "standin-us"}, **how)


def _text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_a_browser_begins_so_many_sign_ins_and_is_then_told_when_to_go_on(standin: Any) -> None:
    browser = Client()
    assert [_begin(browser).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = _begin(browser)
    assert int(answer.headers["Retry-After"]) > 0
    assert 'data-error-code="SIGNIN-LIMIT"' in _text(answer)
    assert re.search(r"Try again after \d\d:\d\d:\d\d UTC", _text(answer))
    assert "Zoho asks to wait" not in _text(answer)
    assert SignIn.objects.count() == 3
    assert browser.get("/sign-in/").status_code == 200


def test_an_address_with_ever_new_browsers_is_held_too(standin: Any) -> None:
    assert [_begin(Client()).status_code for _ in range(6)] == [200] * 5 + [429]
    assert _begin(Client(), REMOTE_ADDR="203.0.113.9").status_code == 200


def test_the_addresses_of_one_ipv6_network_are_one(standin: Any) -> None:
    codes = [_begin(Client(), REMOTE_ADDR=f"2001:db8:1:2::{n}").status_code for n in range(6)]
    assert codes == [200] * 5 + [429]
    assert _begin(Client(), REMOTE_ADDR="2001:db8:1:3::1").status_code == 200


def test_reconnecting_counts_as_well(alice: Person) -> None:
    path = f"/connections/{alice.connection.slug}/reconnect/"
    assert [alice.client.post(path).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_forged_returns_do_not_fill_the_audit(standin: Any) -> None:
    answers = [Client().get("/sign-in/callback/?state=forged") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [400] * 4 + [429] * 3
    assert 'data-error-code="SIGNIN-LIMIT"' in _text(answers[-1])
    assert Entry.objects.filter(action="sign_in.not_ours").count() == 4


def test_forged_returns_keep_nobody_of_the_network_from_signing_in(standin: StandIn) -> None:
    for _ in range(7):
        Client().get("/sign-in/callback/?state=forged")  # pictures on a page of somebody else's
    browser = Client()
    back = urlsplit(standin.sign_in(_begin(browser).context["url"], "alice", "demo"))
    assert browser.get(f"{back.path}?{back.query}").status_code == 302
    forged = [browser.get("/sign-in/callback/?state=forged").status_code for _ in range(4)]
    assert forged == [400] * 3 + [429]  # one's own are counted, too


def test_one_person_who_asks_too_much_waits_and_nobody_else(alice: Person, bob: Person) -> None:
    assert [alice.get("/jobs/").status for _ in range(7)] == [200] * 6 + [429]
    page = alice.get("/jobs/")
    assert int(page.headers["Retry-After"]) > 0
    assert 'data-error-code="TOO-MANY"' in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert bob.get("/jobs/").status == 200


def test_a_fragment_is_refused_as_a_sentence(alice: Person) -> None:
    for _ in range(6):
        alice.get("/jobs/")
    page = alice.get_partial("/jobs/")
    assert (page.status, "<html" in page.text) == (429, False)
    assert 'data-error-code="TOO-MANY"' in page.text
    assert "seconds, then reload the page" in page.text


def test_what_was_refused_was_not_done(alice: Person) -> None:
    for _ in range(6):
        alice.get("/jobs/")
    assert alice.client.post(f"/connections/{alice.connection.slug}/disconnect/").status_code == 429
    alice.connection.refresh_from_db()
    assert alice.connection.state == "active"


def test_counting_asks_the_database_nothing(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    alice.get("/jobs/")

    def queries() -> int:
        with CaptureQueriesContext(database) as captured:
            alice.get("/jobs/")
        return len(captured)

    counting = queries()
    monkeypatch.setattr(limits, "count", lambda name, who: 0)
    assert counting == queries()


def test_a_shared_cache_that_is_away_locks_nobody_out_and_still_counts(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    class Away:
        def add(self, *args: Any, **options: Any) -> bool:
            asked.append(1)
            raise ConnectionError("redis is down")

    monkeypatch.setattr(limits, "cache", Away())
    monkeypatch.setattr(limits, "_shared_failed_at", [-limits.ASK_AGAIN_S])
    limits._own.clear()
    assert [alice.get("/jobs/").status for _ in range(7)] == [200] * 6 + [429]
    assert len(asked) == 1  # not asked again at once: each try may take a second


def test_the_wait_ends_with_the_span(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.LIMITS = {"person": (1, 60)}
    monkeypatch.setattr(time, "time", lambda: 1_200_000_015.5)
    assert [limits.count("person", "alice"), limits.count("person", "alice")] == [0, 45]
    assert limits.count("person", "bob") == 0
    monkeypatch.setattr(time, "time", lambda: 1_200_000_060.0)
    assert limits.count("person", "alice") == 0


@pytest.mark.parametrize("partial", [True, False])
def test_an_upload_that_is_too_big_is_refused_before_it_is_read(
    alice: Person, settings: Any, monkeypatch: pytest.MonkeyPatch, partial: bool
) -> None:
    settings.MOST_UPLOAD_BYTES = 1000
    read = []
    monkeypatch.setattr("django.http.HttpRequest._load_post_and_files", lambda self: read.append(1))
    body = {"file": SimpleUploadedFile("big.csv", b"x" * 2000)}
    answer = alice.client.post("/connections/", body, headers={"HX-Request": "true"} if partial else {})
    assert answer.status_code == 413
    assert 'data-error-code="TOO-BIG"' in _text(answer)
    assert ("<html" in _text(answer)) is not partial
    assert read == []


def test_who_is_not_signed_in_can_send_little() -> None:
    assert Client().post("/sign-in/", {"dc": "x" * 70_000}).status_code == 413


@pytest.mark.parametrize("length", ["-1", "many", "9" * 5000])
def test_a_length_that_is_none_is_refused(length: str) -> None:
    assert Client().post("/sign-in/", {"dc": "x"}, CONTENT_LENGTH=length).status_code == 413


@pytest.mark.parametrize("name", ["DATA_UPLOAD_MAX_MEMORY_SIZE", "DATA_UPLOAD_MAX_NUMBER_FIELDS"])
def test_djangos_own_limits_speak_the_same_words(alice: Person, settings: Any, name: str) -> None:
    setattr(settings, name, 20)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice.user)
    strict.get("/connections/")
    form = {f"field{n}": "x" for n in range(30)}
    answer = strict.post("/browsers/end/", form)
    assert answer.status_code == 413
    assert 'data-error-code="TOO-BIG"' in _text(answer)


def test_without_a_shared_cache_there_is_room_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CACHE_URL", raising=False)
    assert env.cache("CACHE_URL")["OPTIONS"]["MAX_ENTRIES"] >= 10_000
