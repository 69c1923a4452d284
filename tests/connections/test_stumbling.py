"""The accounts server throttles, revokes or answers oddly, or the clock jumps: people and work go on (AC-14 to 17)."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.audit.models import Entry
from console.connections.models import Connection
from console.connections.tokens import ConnectionTokens
from console.jobs import registry, services
from console.jobs.handle import JobHandle
from console.jobs.models import Job
from crm_client.standin import StandIn
from tests.cast import Person
from tests.connections.browsers import sign_in_again
from tests.crm_client.wire import answers, reply

pytestmark = pytest.mark.django_db

STEPS = 20
TOKEN_URL = {"path": "/oauth/v2/token"}


class Reading:
    """Work of 20 calls to the CRM, one a step; `before[n]` happens before step n."""

    def __init__(self) -> None:
        self.before: dict[int, Any] = {}

    def __call__(self, handle: JobHandle) -> None:
        for step in range(handle.job.done + 1, STEPS + 1):
            if happening := self.before.pop(step, None):
                happening()
            handle.crm.org.get()
            handle.progress(step, STEPS)


@pytest.fixture
def reading() -> Iterator[Reading]:
    work = Reading()
    registry.register("read_a_lot", work)
    yield work
    registry.unregister("read_a_lot")


def _start(person: Person) -> Job:
    return services.start(person.connection, person.user, "read_a_lot", "Read a lot")


def _now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def _expire(person: Person) -> None:
    Connection.objects.filter(pk=person.connection.pk).update(access_expires_at=timezone.now())


def _refreshes(standin: StandIn) -> int:
    return sum(call["path"] == "/oauth/v2/token" for call in standin.ledger())


class Clock:
    """The console's clock, which a test moves; the stand-in keeps its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = timedelta(0)
        real = timezone.now
        monkeypatch.setattr(timezone, "now", lambda: real() + self.ahead)

    def jump(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


# AC-15: revoked in use


def test_work_whose_sign_in_is_revoked_waits_and_goes_on_after_reconnecting(
    alice: Person, standin: StandIn, reading: Reading
) -> None:
    reading.before[13] = lambda: standin.fault("revoke")
    job = _start(alice)
    services.run(job.pk)
    waiting = _now(job)
    assert (waiting.state, waiting.done) == (Job.State.WAITING, 12)
    page = alice.get(f"/jobs/{job.pk}/").text
    assert 'data-error-code="SIGNIN-AGAIN"' in page
    assert "12 done, 8 waiting" in page
    assert f"/connections/{alice.connection.slug}/reconnect/" in page
    calls = len(standin.ledger())
    assert services.sweep() == 0
    services.run(job.pk)  # a message that was under way
    assert (_now(job).state, len(standin.ledger())) == (Job.State.WAITING, calls)

    sign_in_again(alice, standin)
    assert services.sweep() == 1
    services.run(job.pk)
    assert (_now(job).state, _now(job).done) == (Job.State.DONE, STEPS)
    assert sum(call["path"] == "/crm/v8/org" and call["status"] == 200 for call in standin.ledger(calls)) >= 8


def test_every_page_says_that_the_sign_in_is_over_and_how_to_go_on(alice: Person, standin: StandIn) -> None:
    standin.fault("revoke")
    first = alice.get("/modules/")
    for page in (first, alice.get("/modules/"), alice.get_partial("/modules/Leads/fields/")):
        assert (page.status, 'data-error-code="SIGNIN-AGAIN"' in page.text) == (403, True)
        assert "Sign in again to this organisation" in page.text
    assert _refreshes(standin) == 1
    sign_in_again(alice, standin)
    assert alice.get("/modules/").status == 200


def test_work_can_be_stopped_while_it_waits_for_the_sign_in(alice: Person, standin: StandIn, reading: Reading) -> None:
    reading.before[2] = lambda: standin.fault("revoke")
    job = _start(alice)
    services.run(job.pk)
    alice.post(f"/jobs/{job.pk}/cancel/")
    assert _now(job).state == Job.State.CANCELLED


# AC-14: throttled

THROTTLED = json.dumps({"error_description": "太频繁", "error": "访问被拒绝", "status": "failure"})


@pytest.mark.parametrize(("fault", "args"), [("access_denied200", {}), ("status", {"status": 400, "body": THROTTLED})])
def test_a_throttled_sign_in_makes_work_wait_and_recovers_unaided(
    alice: Person, standin: StandIn, reading: Reading, clock: Clock, fault: str, args: dict[str, Any]
) -> None:
    standin.fault(fault, args, match=TOKEN_URL, count=3)
    reading.before[5] = lambda: _expire(alice)
    job = _start(alice)
    services.run(job.pk)
    assert (_now(job).state, _now(job).done) == (Job.State.WAITING, 4)
    assert "SIGNIN-LIMIT" in _now(job).note
    page = alice.get("/modules/")
    assert (page.status, 'data-error-code="SIGNIN-LIMIT"' in page.text) == (503, True)
    assert "The next try can succeed after <time" in page.text
    assert int(page.headers["Retry-After"]) > 300
    assert _refreshes(standin) == 1
    for _ in range(30):  # half an hour, a page every minute
        clock.jump(minutes=1)
        alice.get("/modules/Leads/layouts/")
        services.sweep()
        services.run(job.pk)
    assert (_now(job).state, _now(job).done) == (Job.State.DONE, STEPS)
    assert alice.get("/modules/").status == 200
    assert _refreshes(standin) == 4
    assert Connection.objects.get().state == Connection.State.ACTIVE


# AC-16: odd answers

GOOD = {"access_token": "1000.new.token", "expires_in": 3600, "token_type": "Bearer"}
ODD_LIVES: list[Any] = [0, -5, "soon", None, 10**12, 3600.5, [], {}, True, "3600"]
NO_TOKEN: list[Any] = [
    "<html>maintenance</html>", "", "[]", "null", "{}", '{"access_token": null}', '{"access_token": 7}', "{" * 5000,
    '{"access_token": "a b"}', '{"access_token": "x\\r\\ny"}', '{"error": ["invalid_code"]}', '{"expires_in": 3600}',
]  # fmt: skip


@pytest.mark.parametrize("life", ODD_LIVES, ids=repr)
def test_an_odd_time_to_live_is_one_refresh_and_no_storm(alice: Person, standin: StandIn, life: Any) -> None:
    body = json.dumps({**GOOD, "expires_in": life, "access_token": alice.connection.access_token})
    standin.fault("status", {"status": 200, "body": body}, match=TOKEN_URL)
    _expire(alice)
    assert [alice.get(path).status for path in ("/modules/", "/modules/Leads/", "/wizards/")] == [200, 200, 200]
    assert _refreshes(standin) == 1


def test_a_time_to_live_may_be_missing(alice: Person, standin: StandIn) -> None:
    body = json.dumps({"access_token": alice.connection.access_token})
    standin.fault("status", {"status": 200, "body": body}, match=TOKEN_URL)
    _expire(alice)
    assert alice.get("/modules/").status == 200
    assert Connection.objects.get().access_expires_at > timezone.now() + timedelta(minutes=50)


@pytest.mark.parametrize("body", NO_TOKEN, ids=range(len(NO_TOKEN)))
def test_an_answer_without_a_token_is_told_in_words_and_asked_again_after_a_minute(
    alice: Person, standin: StandIn, clock: Clock, body: str
) -> None:
    standin.fault("status", {"status": 200, "body": body}, match=TOKEN_URL, count=1)
    _expire(alice)
    for _ in range(4):
        page = alice.get("/modules/")
        assert (page.status, "data-error-code=" in page.text) == (502, True)
        clock.jump(seconds=10)
    assert _refreshes(standin) == 1
    clock.jump(seconds=25)
    assert alice.get("/modules/").status == 200
    assert _refreshes(standin) == 2


def test_nothing_at_all_is_as_good_as_a_dead_accounts_server(alice: Person, standin: StandIn) -> None:
    standin.fault("empty204", match=TOKEN_URL)
    _expire(alice)
    assert alice.get("/modules/").status == 502
    assert Connection.objects.get().state == Connection.State.ACTIVE


# AC-17: the clock jumps


@pytest.mark.parametrize("hours", [2, -2])
def test_a_clock_that_jumps_during_work_makes_at_most_one_refresh_each_way(
    alice: Person, standin: StandIn, reading: Reading, clock: Clock, hours: float
) -> None:
    reading.before[7] = lambda: clock.jump(hours=hours)
    reading.before[14] = lambda: clock.jump(hours=-hours)
    job = _start(alice)
    services.run(job.pk)
    assert (_now(job).state, _now(job).done) == (Job.State.DONE, STEPS)
    assert _refreshes(standin) <= 1
    assert Connection.objects.get().state == Connection.State.ACTIVE


@pytest.mark.parametrize("hours", [2, -2])
def test_a_token_that_ends_after_the_clock_jumped_is_refreshed_once_and_the_call_repeated(
    alice: Person, standin: StandIn, reading: Reading, clock: Clock, hours: float
) -> None:
    def jump_and_expire() -> None:
        clock.jump(hours=hours)
        standin.fault("expire_now")

    reading.before[7] = jump_and_expire
    job = _start(alice)
    services.run(job.pk)
    assert (_now(job).state, _now(job).done) == (Job.State.DONE, STEPS)
    assert _refreshes(standin) == 1
    refused = [call for call in standin.ledger() if call["status"] == 401]
    assert len(refused) <= 1


def test_a_cool_down_from_before_a_jump_holds_nobody_up(alice: Person, standin: StandIn, clock: Clock) -> None:
    standin.fault("access_denied200", count=1)
    _expire(alice)
    assert alice.get("/modules/").status == 503
    clock.jump(hours=-2)
    _expire(alice)
    assert alice.get("/modules/").status == 200
    assert _refreshes(standin) == 2


def test_the_token_is_not_thought_good_for_ever_when_the_clock_went_back(
    alice: Person, standin: StandIn, clock: Clock
) -> None:
    clock.jump(hours=2)
    ConnectionTokens(alice.connection.pk).token()
    clock.jump(hours=-2)
    standin.advance(4000)  # its hour is over, and the console does not know
    assert alice.get("/modules/").status == 200
    assert _refreshes(standin) == 2
    good_for = Connection.objects.get().access_expires_at - datetime.now(tz=timezone.get_current_timezone())
    assert good_for < timedelta(hours=1, minutes=1)


# AC-04: an answer names a host


def test_a_refresh_that_names_another_host_is_not_believed(alice: Person, standin: StandIn) -> None:
    """The stored host stays, the audit says so, and the other one hears nothing."""
    with answers(reply({"modules": []})) as elsewhere:
        standin.fault("change_api_domain", {"to": elsewhere.url})
        _expire(alice)
        assert alice.get("/modules/").status == 200
        assert elsewhere.requests == []
    assert Entry.objects.filter(action="connection.foreign_host").count() == 1
    assert Connection.objects.get().environment == "production"
