"""A form that arrives signed out, or with an older token: nothing is sent, and nothing typed is lost (AC-59)."""

import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from console.connections.scopes import READ_SCOPES, WRITE_SCOPES
from console.submissions.models import Submission
from crm_client.standin import StandIn
from tests.cast import Person, person
from tests.records.paper import Paper

pytestmark = pytest.mark.django_db

OURS = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
FOREIGN = [
    {},  # nobody knows who sent it
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://other.testserver"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver:81"},
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
]
HOSTILE = [
    '"><script>alert(1)</script>',
    "'; onfocus=alert(1) x='",
    "two\r\n\r\nlines ",
    "{{ 7|add:7 }}",
    "",
    "é\u202e😀",
]


class _Form(HTMLParser):
    """The form of the page, as a browser would send it: hidden values, inputs for files, its address."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.files: list[str] = []
        self.action, self._inside = "", False
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {key: value or "" for key, value in attrs}
        if tag == "form" and at.get("class") == "again":
            self._inside, self.action = True, at["action"]
        elif tag == "input" and self._inside and at["type"] == "hidden":
            self.values.setdefault(at["name"], []).append(at["value"])
        elif tag == "input" and self._inside:
            self.files.append(at["name"])

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


def _browser(someone: Person | None = None) -> Client:
    """Checks form tokens as in life, and says of every POST that our own page sent it."""
    browser = Client(enforce_csrf_checks=True, headers=OURS)
    if someone is not None:
        browser.force_login(someone.user)
    return browser


def _words(page: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


@pytest.fixture
def writer(standin: StandIn, db: None) -> Person:
    return person(standin, "demo", "alice", scopes=[*READ_SCOPES, *WRITE_SCOPES])


def test_a_lead_typed_before_the_sign_in_ended_is_made_once_after_signing_in_again(
    writer: Person, standin: StandIn
) -> None:
    writer.client = _browser(writer)
    paper = Paper(writer, "/records/Leads/new/").fill({"Last_Name": "O'Zylker <b>", "Company": "A\r\nB"})
    Session.objects.all().delete()
    calls = len(standin.ledger())
    out = paper.send().response
    assert (out.status_code, out.headers["Cache-Control"]) == (401, "no-store")
    assert "You were signed out. Nothing was sent." in _words(out)
    form = _Form(out)
    del paper.values["csrfmiddlewaretoken"]  # without it a press of that page's button only asks again
    assert form.values == {**paper.values, "_do": ["send"]}

    still_out = writer.client.post(form.action, form.values)
    assert (still_out.status_code, _Form(still_out).values) == (401, form.values)

    writer.client.force_login(writer.user)
    again = writer.client.post(form.action, form.values)
    assert again.status_code == 403
    assert "As Alice Moreau" in _words(again)
    assert "Organisation Halden & Moreau Lending Production" in _words(again)
    assert len(standin.ledger()) == calls
    assert not Submission.objects.exists()

    form = _Form(again)
    first, second = (writer.client.post(form.action, form.values) for _ in range(2))
    assert (first.status_code, first.url) == (302, second.url)
    assert b'data-error-code="ALREADY-SENT"' in writer.client.get(second.url).content
    made = [one for one in standin.organisation("demo").records["Leads"] if one["Last_Name"] == "O'Zylker <b>"]
    assert len(made) == 1


@pytest.mark.parametrize("signed_in", [False, True], ids=["signed out", "an older token"])
@pytest.mark.parametrize("headers", FOREIGN)
def test_what_another_site_sends_is_never_shown_in_a_form_of_ours(
    alice: Person, headers: dict[str, str], signed_in: bool
) -> None:
    browser = Client(enforce_csrf_checks=True, headers=headers)
    if signed_in:
        browser.force_login(alice.user)
    answer = browser.post(alice.at("/records/Leads/new/"), {"Last_Name": "planted", "_do": "send"})
    assert answer.status_code == 403
    assert b"planted" not in answer.content
    assert b"Nothing was done" in answer.content


def test_a_signed_out_post_of_nobody_knows_whom_goes_to_the_sign_in(alice: Person) -> None:
    answer = Client().post(alice.at("/records/Leads/new/"), {"Last_Name": "planted"})
    assert (answer.status_code, answer.url) == (302, "/sign-in/?next=/")


def test_a_button_alone_has_nothing_to_keep_and_goes_back_to_its_page(alice: Person) -> None:
    referer = {"Referer": f"http://testserver{alice.at('/wizards/')}"}
    answer = Client(headers=OURS).post(alice.at("/wizards/check/start/"), headers=referer)
    assert answer.headers["Location"] == f"/sign-in/?next={alice.at('/wizards/')}"


def test_every_text_comes_back_letter_by_letter_and_none_of_it_is_markup(alice: Person) -> None:
    typed = {f'na"me<{number}>': HOSTILE[number:] + HOSTILE[:number] for number in range(len(HOSTILE))}
    typed["_hidden"] = ["1"]
    answer = Client(headers=OURS).post(alice.at("/records/coql/run/?a=1&b=<x>"), typed)
    assert answer.status_code == 401
    form = _Form(answer)
    assert form.values == typed
    assert form.action == alice.at("/records/coql/run/?a=1&b=%3Cx%3E")
    assert b"<script>alert" not in answer.content
    assert b"<b><x>" not in answer.content


def test_files_are_named_and_chosen_again_by_hand(alice: Person) -> None:
    browser = _browser()
    file = SimpleUploadedFile("deed <1>.pdf", b"%PDF-secret")
    out = Client(headers=OURS).post(alice.at("/records/Leads/new/"), {"Last_Name": "Boyle", "Deeds-new": file})
    assert "deed <1>.pdf must be chosen again" in _words(out)
    assert b"PDF-secret" not in out.content
    assert (_Form(out).files, _Form(out).values["_choose_again"]) == ([], ["Deeds-new\ndeed <1>.pdf"])
    browser.force_login(alice.user)
    again = _Form(browser.post(_Form(out).action, _Form(out).values))
    assert (again.files, sorted(again.values)) == (["Deeds-new"], ["Last_Name", "csrfmiddlewaretoken"])


def test_bob_is_told_that_what_alice_typed_cannot_be_sent_as_him(alice: Person, bob: Person, standin: StandIn) -> None:
    browser = _browser(bob)
    answers = []
    for slug in (alice.connection.slug, "nosuchslug"):
        answer = browser.post(f"/c/{slug}/records/Leads/new/", {"Last_Name": "Boyle", "_do": "send"})
        assert answer.status_code == 404
        assert "cannot be sent as Bob Okafor" in _words(answer)
        form = _Form(answer)
        assert (form.values, "csrfmiddlewaretoken" in form.values) == ({"Last_Name": ["Boyle"], "_do": ["send"]}, False)
        answers.append(re.sub(rb'value="\w{64}"', b"", answer.content.replace(slug.encode(), b"")))
    assert answers[0] == answers[1]  # not his is the same as absent
    assert standin.ledger() == []


def test_the_sign_in_pages_own_form_can_be_sent_again_too(standin: StandIn, db: None) -> None:
    browser = _browser()
    answer = browser.post("/sign-in/", {"dc": "standin-us", "next": "/c/x/", "csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    assert b"You were signed out" not in answer.content
    assert browser.post("/sign-in/", _Form(answer).values).status_code == 200


def test_more_than_a_form_may_hold_is_refused_and_not_held(alice: Person, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2000
    for browser in (Client(headers=OURS), _browser(alice)):
        answer = browser.post(alice.at("/records/Leads/new/"), {"Last_Name": "y" * 3000})
        assert (answer.status_code, b"yyy" in answer.content) == (413, False)


def test_two_hundred_of_many_values_are_listed_and_all_travel_on(alice: Person) -> None:
    answer = Client(headers=OURS).post(alice.at("/records/Leads/new/"), {f"f{n}": "x" for n in range(250)})
    assert len(_Form(answer).values) == 250
    assert "What you typed: 250 fields" in _words(answer)
    assert "50 more are kept and not shown." in _words(answer)


def test_htmx_is_told_beside_the_page_and_never_in_place_of_what_was_typed(alice: Person) -> None:
    """Signed out, and with an older token: a note of its own, whatever the request had aimed at."""
    fragment = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{alice.at('/records/Leads/?q=a%20b')}"}
    out = Client().get(alice.at("/modules/"), headers={**fragment, "HX-Boosted": "true"})
    old = _browser(alice).post(alice.at("/records/Leads/count/"), {"a": "planted"}, headers=fragment)
    for answer, status in ((out, 401), (old, 403)):
        assert answer.status_code == status
        told = {name: answer.headers[name] for name in ("HX-Retarget", "HX-Reswap", "HX-Reselect", "HX-Push-Url")}
        assert told == {
            "HX-Retarget": "#signed-out",
            "HX-Reswap": "innerHTML",
            "HX-Reselect": "unset",
            "HX-Push-Url": "false",
        }
        assert b"<form" not in answer.content
        assert b"planted" not in answer.content
    assert 'href="/sign-in/?next=%2Fc%2F' in out.content.decode()
    assert 'data-now="out"' in out.content.decode()
    assert 'data-now="back"' in old.content.decode()


def test_the_tab_in_which_alice_signed_in_again_may_be_closed(alice: Person) -> None:
    page = alice.client.get("/sign-in/done/")
    assert "You may close this tab" in _words(page)
    assert Client().get("/sign-in/done/").headers["Location"] == "/sign-in/?next=/sign-in/done/"
