"""Celery is a doorbell: five rings make one call, a worker that dies is found, and a late answer undoes nothing."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import OperationalError

from console.audit.models import Entry
from console.celery import _transport_options, app
from console.submissions import bell, looking, operations, sending, services, settling, sweeping
from console.submissions.models import Call, Row
from crm_client.standin import StandIn
from tests.cast import Person
from tests.submissions.conftest import Submit, look, now, states


def _posts(standin: StandIn) -> int:
    return sum(call["method"] == "POST" and call["path"].endswith("/Leads") for call in standin.ledger())


class TestDelivery:
    """Celery is a doorbell: five rings make one call, and a worker that dies is found."""

    def test_five_deliveries_make_one_call(self, submit: Submit, standin: StandIn) -> None:
        submission = submit(3)
        call = Call.objects.get(submission=submission)
        for _ in range(5):
            sending.in_the_background(call.pk)
        assert _posts(standin) == 1

    def test_a_broker_that_is_down_keeps_nobody_waiting(self) -> None:
        """AC-32: Celery's own way, which tries again for two seconds unless it is told not to."""
        away = "redis://127.0.0.1:9/0"
        started = time.monotonic()
        broker = Connection(away, transport_options=_transport_options(away), connect_timeout=2)
        with broker, pytest.raises(OperationalError):
            app.send_task(bell.SEND_CALL, (1,), connection=broker, queue="jobs", retry=False)
        assert time.monotonic() - started < 1

    def test_a_claim_from_a_clock_that_jumped_is_over(self, submit: Submit) -> None:
        submission = submit(1)
        services.send(submission)
        Row.objects.update(state="sent")
        Call.objects.update(state=Call.State.SENT, claim_until=timezone.now() + timedelta(seconds=30))
        sweeping.sweep()
        assert states(submission) == ["sent"]
        Call.objects.update(claim_until=timezone.now() + timedelta(hours=2))
        sweeping.sweep()
        assert states(submission) == ["unknown"]

    def test_who_has_no_claim_gives_nothing_back(self, submit: Submit) -> None:
        """Somebody whose token failed meets a call that somebody else is just making."""
        submission = submit(1)
        stale = Call.objects.get()
        Row.objects.update(state="sent")
        Call.objects.update(state=Call.State.SENT, claim="theirs")
        with settling.locked(submission.pk) as held:
            settling.returned(held, stale)
        assert states(submission) == ["sent"]

    def test_a_worker_that_died_after_saying_sent_leaves_them_unknown(self, submit: Submit, standin: StandIn) -> None:
        submission = submit(3)
        Row.objects.update(state="sent")
        over = timezone.now() - timedelta(seconds=1)
        Call.objects.update(state=Call.State.SENT, claim="dead", claim_until=over, sent_at=over - timedelta(seconds=49))
        assert sweeping.sweep() == 1
        assert set(states(submission)) == {"unknown"}
        look(submission, looking.MOST_LOOKS)
        assert _posts(standin) == 0
        assert now(submission).state == "asking"

    def test_a_late_answer_settles_what_was_thought_unknown(
        self, submit: Submit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submission = submit(1)
        _answer_comes_late(monkeypatch, lambda row: None)
        services.send(submission)
        assert states(submission) == ["succeeded"]
        assert now(submission).state == "done"
        assert Entry.objects.filter(action="records.written").count() == 1

    @pytest.mark.parametrize("decision", [services.give_up, services.send_row_again])
    def test_a_late_answer_changes_nothing_that_was_decided(
        self, decision: Any, submit: Submit, writer: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submission = submit(1)

        def decide(row: Row) -> None:
            Row.objects.update(needs_person=True)
            monkeypatch.undo()
            decision(row, writer.user)
            decided.append(Row.objects.values("state", "crm_id").get())

        decided: list[Any] = []
        _answer_comes_late(monkeypatch, decide)
        services.send(submission)
        assert Row.objects.values("state", "crm_id").get() == decided[0]


def _answer_comes_late(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Row], None]) -> None:
    """Whoever sends is held up with the answer in its hands until its claim is over and the sweeper has come by."""
    insert = operations.of("insert")

    def slow(*args: Any) -> Any:
        answer = insert.send(*args)
        Call.objects.update(claim_until=timezone.now() - timedelta(seconds=1))
        sweeping.sweep()
        row = Row.objects.select_related("submission__connection", "call").get()
        assert row.state == "unknown"
        meanwhile(row)
        return answer

    monkeypatch.setitem(operations._operations, "insert", replace(insert, send=slow))
