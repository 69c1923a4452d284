"""The console's clock is wrong, or jumps during the work: what was sent is judged by the CRM's own clock (AC-17)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from console.connections.tokens import crm_for
from console.submissions import clocks, sending, services
from console.submissions.models import Call
from console.submissions.services import Change
from crm_client.calls import CallEvent
from crm_client.standin import StandIn
from tests.cast import Person
from tests.submissions.checker import check
from tests.submissions.conftest import Submit, look, states

POST = {"method": "POST", "path": "/crm/v8/Leads"}
Move = Callable[[timedelta], None]


@pytest.fixture
def ours_is_ahead_by(monkeypatch: pytest.MonkeyPatch) -> Move:
    """Moves the console's clock alone."""
    real = timezone.now
    return lambda ahead: monkeypatch.setattr(timezone, "now", lambda: real() + ahead)


def _an_older_twin(standin: StandIn, age: timedelta) -> None:
    """A record of Alice's that says what the row will say, made a while before."""
    lead = next(one for one in standin.organisation().records["Leads"] if one["Description"] == "mark-1")
    made = (datetime.now(UTC) - age).isoformat(timespec="seconds")
    twin = {**lead, "id": "559064190000777001", "Created_Time": made, "Modified_Time": made}
    standin.world.store("demo").put("Leads", twin)


@pytest.mark.parametrize("ahead", [timedelta(minutes=10), timedelta(minutes=-10), timedelta(hours=2)])
@pytest.mark.parametrize("has_asked", [True, False])
def test_a_lost_record_is_found_by_a_console_whose_clock_is_wrong(
    ahead: timedelta, has_asked: bool, submit: Submit, writer: Person, standin: StandIn, ours_is_ahead_by: Move
) -> None:
    ours_is_ahead_by(ahead)
    if has_asked:
        crm_for(writer.connection, 15).modules.all()
    standin.fault("commit_then_drop", match=POST, count=1)
    submission = submit(1)
    services.send(submission)
    _an_older_twin(standin, timedelta(minutes=5))
    look(submission)
    row = submission.rows.get()
    assert (row.state, row.crm_id != "559064190000777001") == ("succeeded", True)


@pytest.mark.parametrize("hours", [2, -2])
def test_a_clock_that_jumps_for_a_while_loses_and_doubles_nothing(
    hours: int,
    submit: Submit,
    standin: StandIn,
    ours_is_ahead_by: Move,
    by_tens: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "ON_S", 0)  # each call alone
    submission = submit(30)
    standin.fault("commit_then_drop", match={**POST, "body": "mark-15"}, count=1)
    first, *others = Call.objects.order_by("pk").values_list("pk", flat=True)
    sending.in_the_background(first)
    ours_is_ahead_by(timedelta(hours=hours))
    for call in others:
        sending.in_the_background(call)
    ours_is_ahead_by(timedelta(0))
    look(submission)
    assert check(submission, standin.organisation().records["Leads"]).is_whole
    assert set(states(submission)) == {"succeeded"}


def test_an_update_that_came_through_is_not_made_twice_by_a_clock_that_is_fast(
    writer: Person, standin: StandIn, ours_is_ahead_by: Move
) -> None:
    """What each sending adds, such as a tag, would be added again."""
    lead = standin.organisation().records["Leads"][0]
    for has_asked in (False, True):
        ours_is_ahead_by(timedelta(minutes=10))
        if has_asked:
            crm_for(writer.connection, 15).modules.all()
        change = Change("update", "Leads", [{"id": lead["id"], "Company": f"New {has_asked}", "Tag": [{"name": "x"}]}])
        key = services.new_form_key()
        submission = services.submit(writer.connection, writer.user, change, form_key=key, title="Change a lead")
        standin.fault("commit_then_drop", match={"method": "PUT"}, count=1)
        services.send(submission)
        look(submission)
        row = submission.rows.get()
        assert (row.state, row.code) == ("unknown", "MOVED-BY-OTHER")
    assert sum(call["method"] == "PUT" for call in standin.ledger()) == 2


def test_only_a_time_that_can_be_is_believed(writer: Person) -> None:
    now = timezone.now()
    for said_at in (None, now - timedelta(days=365), now + timedelta(days=3)):
        clocks.heard(writer.connection, clocks.gate.UNSAID, _event(said_at, 10))
        assert clocks.now_at(writer.connection) is None
    clocks.heard(writer.connection, clocks.gate.UNSAID, _event(now + timedelta(hours=2), 10))
    clocks.heard(writer.connection, clocks.gate.UNSAID, _event(now - timedelta(hours=1), 20_000))  # it dripped
    there = clocks.now_at(writer.connection)
    assert there is not None
    assert timedelta(hours=2) <= there - now < timedelta(hours=2, minutes=1)


def _event(said_at: datetime | None, ms: float) -> CallEvent:
    return CallEvent("GET", "/org", 200, "", ms, 1, 1, None, said_at)
