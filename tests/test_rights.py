"""Who may see what: every route of the console × everybody it does not belong to (AC-55, 56, 62).

The routes are read from the URL configuration; one that takes an argument nobody has given a value fails here.
"""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client

from console.connections.models import Connection, User
from console.jobs.models import Job
from console.submissions.models import Row
from crm_client.standin import StandIn
from tests.cast import Person, connect
from tests.routes import Route, all_routes, sample_values
from tests.submissions.written import in_every_state

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {"healthz", "connections:sign_in", "connections:callback"}
OF_A_PERSON = {
    *("connections:front_door", "connections:sign_out", "connections:list", "connections:signed_in"),
    *("connections:browsers", "connections:end_browser", "connections:end_everywhere"),
    *("own_audit:list", "own_audit:download"),
}
FRAGMENT = {"HX-Request": "true"}
WAYS: list[tuple[str, dict[str, str]]] = [
    *(("get", {}), ("get", FRAGMENT), ("post", {}), ("post", FRAGMENT), ("head", {}), ("delete", {})),
]
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ROUTES = all_routes()
OF_A_CONNECTION = [route for route in ROUTES if "connection" in route.arguments]


def _values(person: Person) -> dict[str, str]:
    return sample_values(person.connection)


def _seen(answer: Any, slug: str) -> tuple[int, bytes, list[tuple[str, str]]]:
    """What a stranger can tell apart: status, body and headers, without the address itself and what is random."""
    body = re.sub(rb'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"', rb"\1", answer.content)
    headers = sorted((name, value) for name, value in answer.headers.items() if name not in ("Date", "Content-Length"))
    return answer.status_code, body.replace(slug.encode(), b"SLUG"), headers


def test_every_route_is_of_a_connection_of_a_person_or_open() -> None:
    told = OPEN_TO_ALL | OF_A_PERSON | {route.name for route in OF_A_CONNECTION}
    assert [route.name for route in ROUTES if route.name not in told] == []


def _nobody(alice: Person, settings: Any) -> Client:
    return Client()


def _closed(alice: Person, settings: Any) -> Client:
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    return alice.client


def _off_the_list(alice: Person, settings: Any) -> Client:
    settings.CONSOLE_ORGS = ["standin-us:1"]
    return alice.client


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("removed", [_nobody, _closed, _off_the_list])
def test_nobody_who_is_not_signed_in_any_more_gets_past_the_door(
    alice: Person, settings: Any, standin: StandIn, method: str, removed: Any
) -> None:
    values, wrong = _values(alice), []
    stranger, before = removed(alice, settings), _rows(alice)
    for route in ROUTES:
        if route.name not in OPEN_TO_ALL:
            answer = getattr(stranger, method)(route.path(values))
            if answer.status_code != 302 or not answer.headers["Location"].startswith("/sign-in/"):
                wrong.append((route.name, answer.status_code))
    assert wrong == []
    assert standin.ledger() == []
    assert _rows(alice) == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_sign_in_form_ever_stands_in_a_fragment(alice: Person, method: str, standin: StandIn) -> None:
    """A session that ended while a page was open: htmx gets a note to put beside the page (AC-59)."""
    stranger, wrong, values = Client(), [], _values(alice)
    before = _everything()
    for route in ROUTES:
        if route.name not in OPEN_TO_ALL:
            answer = getattr(stranger, method)(route.path(values), headers={"HX-Request": "true"})
            told = (answer.status_code, answer.headers.get("HX-Retarget"), b"Sign in again" in answer.content)
            if told != (401, "#signed-out", True) or b"<form" in answer.content:
                wrong.append((route.name, *told))
    assert wrong == []
    assert standin.ledger() == []
    assert _everything() == before


def test_what_was_typed_before_the_sign_in_ended_is_given_back_by_every_page(alice: Person, standin: StandIn) -> None:
    """Nothing of it is stored or sent (AC-59; tests/connections/test_send_again.py has the way on)."""
    browser, values, wrong = Client(headers={"Sec-Fetch-Site": "same-origin"}), _values(alice), []
    before = _everything()
    for route in ROUTES:
        if route.name not in OPEN_TO_ALL:
            answer = browser.post(route.path(values), {"Last_Name": "typed <before>"})
            if answer.status_code != 401 or b'value="typed &lt;before&gt;"' not in answer.content:
                wrong.append((route.name, answer.status_code))
    assert wrong == []
    assert standin.ledger() == []
    assert _everything() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_alice_disconnected_is_absent_for_herself(alice: Person, method: str, standin: StandIn) -> None:
    values, wrong = _values(alice), []
    Connection.objects.filter(pk=alice.connection.pk).update(state=Connection.State.DISCONNECTED)
    for route in OF_A_CONNECTION:
        answer = getattr(alice.client, method)(route.path(values))
        if answer.status_code not in (404, 405):
            wrong.append((route.name, answer.status_code))
    assert wrong == []
    assert standin.ledger() == []


@pytest.fixture
def patient(settings: Any) -> None:
    """A console that lets one person ask for every page in every way within a minute."""
    settings.LIMITS = settings.LIMITS | {"person": (1_000_000, 60)}


def _told_apart(browser: Client, path: str, thing: str, absent_path: str, absent: str) -> list[tuple[Any, ...]]:
    """The ways of asking in which what is somebody else's does not look like what does not exist."""
    wrong: list[tuple[Any, ...]] = []
    for method, headers in WAYS:
        theirs = getattr(browser, method)(path, headers=headers)
        if theirs.status_code not in (404, 405):
            wrong.append((method, headers, theirs.status_code))
        elif _seen(theirs, thing) != _seen(getattr(browser, method)(absent_path, headers=headers), absent):
            wrong.append((method, headers, "can be told apart from what does not exist"))
    return wrong


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("where", ["a colleague", "her own sandbox"])
def test_what_alice_made_is_absent_inside_every_other_connection(
    alice: Person, bob: Person, standin: StandIn, where: str
) -> None:
    """Jobs, submissions and whatever else has an id of ours: the same 404 as an id that nobody has."""
    other = (
        bob
        if where == "a colleague"
        else Person(alice.user, connect(standin, "demo-sandbox", "alice", user=alice.user))
    )
    values, wrong, tried = _values(alice), [], 0
    nobodys = {name: value for name, value in values.items() if UUID_TEXT.fullmatch(value)}
    before = _rows(alice)
    for route in ROUTES:
        ours = [name for name in route.arguments if name in nobodys]
        if ours:
            tried += 1
            mine = values | {"connection": other.connection.slug}
            absent = mine | {name: str(uuid4()) for name in ours}
            paths = (route.path(mine), values[ours[0]], route.path(absent), absent[ours[0]])
            wrong += [(route.name, *how) for how in _told_apart(other.client, *paths)]
    assert wrong == []
    assert tried > 5
    assert _rows(alice) == before


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_what_is_alices_is_absent_for_everybody_else(
    alice: Person, who: str, standin: StandIn, request: pytest.FixtureRequest
) -> None:
    """Bob is of the same organisation, Charlie of another; to both it is the same 404 as a name nobody has."""
    other: Person = request.getfixturevalue(who)
    values, calls, wrong = _values(alice), len(standin.ledger()), []
    before = _rows(alice)
    for route in OF_A_CONNECTION:
        absent = route.path({**values, "connection": "nosuchslug"})
        ways = _told_apart(other.client, route.path(values), alice.connection.slug, absent, "nosuchslug")
        wrong += [(route.name, *how) for how in ways]
    assert wrong == []
    assert len(standin.ledger()) == calls
    assert _rows(alice) == before


def _rows(person: Person) -> list[tuple[Any, ...]]:
    jobs = Job.objects.filter(connection=person.connection).values_list("pk", "state", "cancel_asked")
    connections = Connection.objects.filter(pk=person.connection.pk).values_list("state", "refresh_token")
    rows = (
        Row.objects.filter(submission__connection=person.connection).order_by("pk").values_list("state", "needs_person")
    )
    return [*jobs, *connections, *rows]


def test_a_job_of_alices_other_colleague_is_absent_inside_ones_own_connection(alice: Person, bob: Person) -> None:
    job = _values(alice)["job"]
    for path in (f"/jobs/{job}/", f"/jobs/{job}/cancel/"):
        assert bob.get(path).status in (404, 405)
        assert bob.post(path).status in (404, 405)


def test_a_submission_of_a_colleague_is_absent_inside_ones_own_connection(alice: Person, bob: Person) -> None:
    submission = in_every_state(alice.connection)
    before = _rows(alice)
    for path in ("", "status.json", "cancel/", "pause/", "go-on/", "again/", "missing/", "decide/"):
        assert bob.get(f"/submissions/{submission.pk}/{path}").status in (404, 405)
        assert bob.post(f"/submissions/{submission.pk}/{path}", row=5, decision="give_up").status in (404, 405)
    assert _rows(alice) == before


def _readable(alice: Person) -> list[tuple[Route, Any]]:
    values = _values(alice)
    return [(route, alice.client.get(route.path(values))) for route in ROUTES if route.name != "connections:callback"]


# What looking may change: kept answers, sessions and when a browser was seen, the log of calls and what they taught.
CHANGED_BY_LOOKING = {"metadata.answer", "sessions.session", "connections.signedinbrowser", "costs.call"}
TOKEN_COLUMNS = re.compile("access_|refresh|generation|credits_")


def _everything() -> dict[str, list[str]]:
    """Every row of every table, without what looking may change."""
    return {
        model._meta.label_lower: sorted(
            repr({name: value for name, value in row.items() if not TOKEN_COLUMNS.match(name)})
            for row in model._default_manager.values()
        )
        for model in apps.get_models()
        if model._meta.label_lower not in CHANGED_BY_LOOKING
    }


def test_looking_at_every_page_changes_nothing_here_and_nothing_in_the_crm(alice: Person, standin: StandIn) -> None:
    values = _values(alice)
    before = _everything()
    for route in ROUTES:
        if route.name != "connections:callback":
            answer = alice.client.get(route.path(values))
            # The health page says 503 where no worker hears the broker, as in a test; tests/running looks at that.
            assert answer.status_code < 500 or route.name == "healthz", route.name
    assert {call["method"] for call in standin.ledger()} <= {"GET"}
    after = _everything()
    assert {label for label in before if before[label] != after[label]} == set()


@pytest.mark.parametrize("fragment", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_what_another_sites_page_sends_is_refused_in_words(
    alice: Person, standin: StandIn, fragment: dict[str, str]
) -> None:
    """Even with the form's token in it, which that page cannot know."""
    values, wrong = _values(alice), []
    before = _everything()
    for route in ROUTES:
        answer = alice.client.post(route.path(values), headers={"Sec-Fetch-Site": "cross-site", **fragment})
        if answer.status_code != 403 or b"othing was done" not in answer.content:
            wrong.append((route.name, answer.status_code))
        if fragment and b"<html" in answer.content:
            wrong.append((route.name, "a page in the page"))
    assert wrong == []
    assert _everything() == before
    assert standin.ledger() == []


def test_every_answer_carries_the_headers_that_protect_it(alice: Person) -> None:
    wrong = []
    for route, answer in _readable(alice):
        policy = answer.headers.get("Content-Security-Policy", "")
        is_strict = "frame-ancestors 'none'" in policy and "unsafe" not in policy and "default-src 'none'" in policy
        wanted = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if not is_strict or any(answer.headers.get(name) != value for name, value in wanted.items()):
            wrong.append(route.name)
        if "no-store" not in answer.headers.get("Cache-Control", ""):
            wrong.append(f"{route.name}: may be stored")
    assert wrong == []


def test_a_form_without_its_token_is_refused_in_words(alice: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice.user)
    values, wrong = _values(alice), []
    for route in ROUTES:
        answer = strict.post(route.path(values))
        if answer.status_code not in (403, 405):
            wrong.append((route.name, answer.status_code))
        elif answer.status_code == 403 and not answer.content:
            wrong.append((route.name, "silence"))
    assert wrong == []


def test_a_fragment_that_is_not_there_is_a_sentence_and_no_page_in_the_page(alice: Person) -> None:
    page = alice.get_partial("/jobs/00000000-0000-0000-0000-000000000000/")
    assert page.status == 404
    assert 'data-error-code="NOT-FOUND"' in page.text
    assert "<html" not in page.text


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/records/Leads/5590641001002009999/", "/records/Leads/"),
        ("/records/Leads/5590641001002009999/edit/", "/records/Leads/"),
        ("/records/Nowhere/", "/records/"),
    ],
)
def test_what_is_gone_leads_to_the_list_it_was_in(alice: Person, path: str, above: str) -> None:
    page = alice.get(path)
    assert (page.status, 'data-error-code="NOT-FOUND"' in page.text) == (404, True)
    assert f'href="/c/{alice.connection.slug}{above}">Back to the list</a>' in page.text


def test_after_a_form_of_an_ended_session_one_comes_back_to_its_page(alice: Person) -> None:
    answer = Client().post(
        alice.at("/modules/refresh-list/"), headers={"Referer": f"http://testserver{alice.at('/modules/')}"}
    )
    assert answer.headers["Location"] == f"/sign-in/?next={alice.at('/modules/')}"
