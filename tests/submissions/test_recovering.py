"""How soon what was left lying is found: after a worker's death, a lost bell, a broker that was away (reliability.md).

Worker back to first send 30 s; orphaned claim found 90 s; unknown looked up 2 min; broker back 60 s.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from console.jobs import services as jobs
from console.jobs.models import Job
from console.submissions import bell, leases, looking, services, slots, sweeping
from console.submissions.models import Call, Lease, Row, Submission
from crm_client.standin import StandIn
from tests.cast import Person
from tests.submissions.clockwork import Clockwork
from tests.submissions.conftest import Submit, leads, now, states

LEADS = {"method": "POST", "path": "/crm/v8/Leads"}
WHEN_SWEPT = (1, 14, 29)  # seconds after the mishap


@pytest.fixture
def clockwork(monkeypatch: pytest.MonkeyPatch, standin: StandIn) -> Clockwork:
    return Clockwork(monkeypatch, standin)


def _swept(clockwork: Clockwork, after: int) -> None:
    clockwork.swept_at = (clockwork.second + after) % 30


def _are(submission: Submission, *wanted: str) -> Callable[[], bool]:
    return lambda: set(states(submission)) <= set(wanted)


def _is_in(submission: Submission, state: str) -> Callable[[], bool]:
    return lambda: now(submission).state == state


def _wait(clockwork: Clockwork, seconds: int) -> None:
    end = clockwork.second + seconds
    clockwork.turn(lambda: clockwork.second == end, seconds)


@pytest.mark.parametrize("rows", [1, 25])
def test_a_bell_that_a_dying_worker_took_with_it_is_rung_again_within_half_a_minute(
    rows: int, submit: Submit, clockwork: Clockwork, by_tens: None
) -> None:
    for after in WHEN_SWEPT:
        submission = submit(leads(rows, f"mark-{after}-"))
        clockwork.is_heard = False
        services.send(submission, ends_by=0)  # no time is left, so that one row, too, needs a worker
        clockwork.is_heard = True
        _swept(clockwork, after)
        assert clockwork.turn(_is_in(submission, "done"), 30) > 0


def test_whoever_died_on_its_way_is_found_and_its_rows_are_settled_within_two_minutes(
    submit: Submit, clockwork: Clockwork, standin: StandIn
) -> None:
    """AC-30: it had said "sent", held its slot, and nothing was written: a person is asked, not for four minutes."""
    for after in WHEN_SWEPT:
        submission = submit(leads(1, f"mark-{after}-"))
        _die_after_saying_sent(submission)
        _swept(clockwork, after)
        found = clockwork.turn(_are(submission, "unknown"), 90)
        clockwork.turn(_is_in(submission, "asking"), 122 - found)
    assert not [call for call in standin.ledger() if call["method"] == "POST"]


def test_a_console_of_ones_own_takes_over_at_once_what_it_had_in_its_hands(
    submit: Submit, clockwork: Clockwork
) -> None:
    """AC-30, of `demo` and `start`: killed and started again 5 s later."""
    dying, waiting = submit(leads(1, "dying")), submit(leads(25, "waiting"))
    _die_after_saying_sent(dying)
    bell.ring(Call.objects.filter(submission=waiting).values_list("pk", flat=True))
    clockwork.messages.clear()
    for _ in range(slots.FOR_WORKERS):
        slots.take(dying.connection, slots.WORKER)
    with leases.held("submissions.sweep", 25):
        dead = Lease.objects.values("name", "holder", "until").get()
    Lease.objects.filter(name=dead["name"]).update(**dead)
    _wait(clockwork, 5)
    sweeping.after_a_restart()
    sweeping.sweep()
    clockwork.turn(_is_in(waiting, "done"), 1)
    assert Call.objects.get(submission=dying).state == "unknown"
    clockwork.turn(_is_in(dying, "asking"), 116)


def test_work_of_a_console_of_ones_own_goes_on_at_once_too(submit: Submit, writer: Person) -> None:
    lease = {"lease": "dead", "lease_until": timezone.now() + timedelta(seconds=90), "rung_at": timezone.now()}
    Job.objects.create(connection=writer.connection, person=writer.user, kind="x", title="x", state="running", **lease)
    assert jobs.sweep() == 0
    jobs.after_a_restart()
    assert jobs.sweep() == 1


def _die_after_saying_sent(submission: Submission) -> None:
    began = timezone.now()
    sent = {"state": "sent", "claim": "dead", "claim_until": began + timedelta(seconds=50), "sent_at": began}
    Call.objects.filter(submission=submission).update(**sent)
    Row.objects.filter(submission=submission).update(state="sent")
    slots.take(submission.connection, slots.WORKER)


def test_an_answer_that_was_lost_is_looked_up_within_two_minutes_whatever_is_lost_beside_it(
    submit: Submit, clockwork: Clockwork, standin: StandIn
) -> None:
    for after in WHEN_SWEPT:
        submission = submit(leads(1, f"mark-{after}-"))
        standin.fault("commit_then_drop", match=LEADS, count=1)
        clockwork.is_heard = False
        services.send(submission)
        assert states(submission) == ["unknown"]
        _swept(clockwork, after)
        _wait(clockwork, 30)
        where = submission.connection  # whoever looked first died as it began
        with leases.held(f"look:{where.dc}:{where.zgid}", looking.LEASE_S):
            dead = Lease.objects.values("name", "holder", "until").get(name__startswith="look:")
        Lease.objects.filter(name=dead["name"]).update(**dead)
        _wait(clockwork, 29)  # and the sweeper's next bell is lost
        clockwork.is_heard = True
        clockwork.turn(_are(submission, "succeeded"), 120 - 59)


def test_an_answer_that_was_lost_is_looked_up_on_time_without_the_sweeper(
    submit: Submit, clockwork: Clockwork, standin: StandIn
) -> None:
    """Each look is rung for when it is due, so that it does not wait for the sweeper's next round."""
    submission = submit(1)
    standin.fault("drop_before_commit", match=LEADS, count=1)
    clockwork.swept_at = None
    services.send(submission)
    assert clockwork.turn(_is_in(submission, "asking"), 122) > 100


def test_when_the_broker_is_back_what_waited_is_sent_within_a_minute(submit: Submit, clockwork: Clockwork) -> None:
    """AC-32"""
    clockwork.is_away = True
    submission = submit(250)
    services.send(submission)
    _swept(clockwork, 7)
    with pytest.raises(AssertionError):
        clockwork.turn(_is_in(submission, "done"), 200)
    clockwork.is_away = False
    clockwork.turn(_are(submission, "succeeded"), 60)
