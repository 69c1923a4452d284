"""The audit's page: who sees what, what is found, and what is taken away (D20, D22)."""

import csv
import html
import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.audit import trail
from console.audit.models import Entry
from console.audit.words import ACTIONS, action_words, detail_words
from console.metadata.models import Answer
from crm_client.standin import StandIn
from tests.cast import Page, Person

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def acts(alice: Person, bob: Person, charlie: Person) -> None:
    trail.record("connection.added", who=alice.user, where=alice.connection, environment="production")
    trail.record("job.started", who=bob.user, where=bob.connection, kind="fetch everything of Bob")
    trail.record("job.started", who=charlie.user, where=charlie.connection, kind="of Charlie")
    trail.record("sign_out", who=alice.user)
    trail.record("sign_in.foreign_server", server="https://evil.test")


def _rows(page: Page) -> str:
    assert page.status == 200
    return html.unescape(page.text).partition("<tbody>")[2].partition("</tbody>")[0]


def test_alice_who_administers_sees_everybody_of_her_organisation(alice: Person) -> None:
    rows = _rows(alice.get("/audit/"))
    assert "Connected an organisation" in rows
    assert "fetch everything of Bob" in rows
    assert "Signed out" in rows
    assert "of Charlie" not in rows
    assert "evil.test" not in rows


def test_bob_who_does_not_sees_his_own_alone(bob: Person) -> None:
    page = bob.get("/audit/")
    assert _rows(page).count("<tr") == 1
    assert "fetch everything of Bob" in _rows(page)
    assert "What you did in this console" in page.text
    assert "Alice Moreau" not in _rows(page)


def test_a_colleague_cannot_choose_a_person_to_look_at(bob: Person) -> None:
    assert "No entry matches" in bob.get("/audit/", person="Alice Moreau").text


def test_outside_an_organisation_one_sees_ones_own(alice: Person, standin: StandIn) -> None:
    calls = len(standin.ledger())
    page = Page(alice.client.get("/audit/"))
    assert _rows(page).count("<tr") == 2
    assert "fetch everything of Bob" not in page.text
    assert len(standin.ledger()) == calls


def test_who_is_no_administrator_any_more_sees_no_more_than_their_own_within_a_day(
    alice: Person, standin: StandIn
) -> None:
    assert "of Bob" in _rows(alice.get("/audit/"))
    profile = standin.organisation("demo").user("alice")["profile"]
    standin.organisation("demo").user("alice")["profile"] = {**profile, "name": "Standard"}
    Answer.objects.update(fetched_at=timezone.now() - timedelta(hours=25))
    assert "of Bob" not in _rows(alice.get("/audit/"))


def test_while_the_crm_does_not_say_it_nobody_is_an_administrator(alice: Person, standin: StandIn) -> None:
    standin.fault("status", {"status": 503})
    assert "of Bob" not in _rows(alice.get("/audit/"))
    standin.clear_faults()
    assert "of Bob" in _rows(alice.get("/audit/"))
    standin.fault("status", {"status": 503})
    Answer.objects.update(fetched_at=timezone.now() - timedelta(hours=25))
    assert "of Bob" not in _rows(alice.get("/audit/"))


def test_the_page_asks_the_crm_once_a_day_at_most(alice: Person, standin: StandIn) -> None:
    alice.get("/audit/")
    calls = len(standin.ledger())
    alice.get("/audit/")
    alice.get("/audit/entries.csv")
    assert len(standin.ledger()) == calls


def test_alice_finds(alice: Person) -> None:
    everything = 3
    for query, found in (
        ({"q": "fetch BOB"}, 1), ({"q": "fetch nothing"}, 0), ({"q": "%"}, 0), ({"action": "sign_out"}, 1),
        ({"person": "Bob Okafor"}, 1), ({"where": "nowhere:1"}, 0), ({"since": "2999-01-01"}, 0),
        ({"until": "2000-01-01"}, 0), ({"since": "nonsense", "until": "2024-13-77"}, everything),
        ({"page": "99"}, everything), ({"q": "\x00"}, everything), ({"where": "' or 1=1"}, 0),
    ):  # fmt: skip
        assert (query, _rows(alice.get("/audit/", **query)).count("<tr")) == (query, found)


def test_an_organisation_can_be_chosen(alice: Person) -> None:
    where = f"{alice.connection.dc}:{alice.connection.zgid}"
    rows = _rows(alice.get("/audit/", where=where))
    assert "Signed out" not in rows
    assert rows.count("<tr") == 2


def test_words_in_other_letters_are_found_in_the_particulars(alice: Person) -> None:
    """SQLite keeps JSON in ASCII."""
    trail.record("job.started", who=alice.user, where=alice.connection, kind="Sørensen’s wizards")
    assert "Sørensen" in _rows(alice.get("/audit/", q="Sørensen’s"))


def test_days_are_whole_and_both_ends_belong(alice: Person) -> None:
    """Days of the clock that the entries show: hers is New York's."""
    for hour in (0, 12, 23):
        at = datetime(2024, 2, 29, hour, 59, tzinfo=ZoneInfo("America/New_York"))
        Entry.objects.create(action="job.started", identity=alice.user.identity, at=at)
    assert _rows(alice.get("/audit/", since="2024-02-29", until="2024-02-29")).count("<tr") == 3
    assert _rows(alice.get("/audit/", since="2024-03-01", until="2024-03-01")).count("<tr") == 0


def test_a_hundred_entries_are_two_pages_in_few_queries(alice: Person) -> None:
    Entry.objects.bulk_create([Entry(action=f"act.{n}", identity=alice.user.identity) for n in range(100)])
    first = alice.get("/audit/", q="act.")
    assert _rows(first).count("<tr") == 50
    assert "Page 1 of 2" in first.text
    assert "page=2" in first.text
    with CaptureQueriesContext(database) as captured:
        second = alice.get_partial("/audit/", q="act.", page="2")
    assert second.text.startswith('<section id="entries"') or '<section id="entries"' in second.text[:200]
    assert "<html" not in second.text
    assert len(captured) <= 8


def test_a_download_holds_what_was_found_and_no_formula(alice: Person) -> None:
    trail.record("=cmd|' /C calc'!A0", who=alice.user, where=alice.connection, kind="=1+1")
    page = alice.get("/audit/entries.csv", q="cmd")
    assert "attachment" in page.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(page.text.lstrip("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][4].startswith("'=")
    found = json.loads(alice.get("/audit/entries.json", action="connection.added").text)
    assert [(one["person"], one["action"]) for one in found] == [("Alice Moreau", "connection.added")]
    assert json.loads(found[0]["detail"]) == {"environment": "production"}
    assert alice.get("/audit/entries.exe").status == 404


def test_bobs_download_holds_his_own_alone(bob: Person) -> None:
    assert [one["person"] for one in json.loads(bob.get("/audit/entries.json").text)] == ["Bob Okafor"]


def test_hostile_text_is_shown_as_text(alice: Person) -> None:
    hostile = "<script>alert(1)</script>"
    trail.record("job.started", who=alice.user, where=alice.connection, **{"kind": hostile, hostile: [hostile] * 5})
    page = alice.get("/audit/")
    assert hostile not in page.text
    assert hostile in html.unescape(page.text)


@pytest.mark.parametrize("odd", [{}, {"a": None}, {"a": {"b": [1, True]}}, {"a": "x" * 300}, {"a": [1] * 500}])
def test_any_particulars_can_be_read(odd: dict[str, Any]) -> None:
    assert all(isinstance(text, str) and len(text) < 400 for _, text in detail_words(odd))


def test_every_action_has_words() -> None:
    assert action_words("records.moved_on") == "Records: moved on"
    assert action_words("odd") == "Odd"
    recorded = {
        action
        for hall in ("connections", "jobs")
        for file in (ROOT / "console" / hall).glob("*.py")
        for action in re.findall(r'trail\.record\(\s*"([a-z_.]+)"', file.read_text("utf-8"))
    }
    assert "sign_in.foreign_server" in recorded
    assert recorded - set(ACTIONS) == set()
