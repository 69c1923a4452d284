"""What a reviewer found at the edges of the ledger, each as it should hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import connections
from django.utils import timezone

from console.connections.models import Connection
from console.connections.tokens import crm_for
from console.submissions import bell, operations, references, sending, services, settling, slots, sweeping
from console.submissions.forgetting import forget_payloads
from console.submissions.models import Call, Row, Submission
from console.submissions.settling import Outcome
from crm_client.errors import InvalidRequest
from crm_client.records import Records
from crm_client.standin import StandIn
from crm_client.writes import RowAnswer
from tests.cast import Person
from tests.submissions.conftest import Submit, leads, look, now, states

LEADS = {"method": "POST", "path": "/crm/v8/Leads"}


def _answering(monkeypatch: pytest.MonkeyPatch, answer: Callable[..., Any]) -> None:
    monkeypatch.setitem(operations._operations, "insert", replace(operations.of("insert"), send=answer))


def test_a_read_back_that_is_throttled_proves_nothing(submit: Submit, standin: StandIn, reference: str) -> None:
    standin.fault("status", {"status": 429, "headers": {"Retry-After": "60"}}, match={"method": "GET"})
    submission = submit(1, reference_field=reference)
    services.send(submission)
    assert (states(submission), now(submission).reference_state) == (["succeeded"], "unproven")


def test_ones_own_record_is_known_whichever_unique_field_is_named(
    submit: Submit, standin: StandIn, reference: str
) -> None:
    standin.fault("commit_then_drop", match=LEADS, count=1)
    submission = submit(1, reference_field=reference)
    services.send(submission)
    row, made = submission.rows.get(), standin.organisation().records["Leads"][-1]
    refused = Outcome(Row.State.FAILED, "", "DUPLICATE_DATA", "", {"api_name": "Email", "id": made["id"]})
    crm = crm_for(submission.connection, 15)
    found = references.own_duplicates(crm, submission, [row], {row.pk: refused})
    assert found[row.pk].crm_id == made["id"]


@pytest.mark.parametrize("told", ["INVALID_DATA", "nothing"])
def test_ones_own_record_that_one_may_not_read_is_asked_about_and_not_sent_for_ever(
    told: str, submit: Submit, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission, sent = submit(1, reference_field=reference), []

    def duplicate(*args: Any) -> list[RowAnswer]:
        sent.append(1)
        return [RowAnswer(False, "DUPLICATE_DATA", "", {"api_name": reference, "id": "5725767000000999999"})]

    def hidden(*args: Any) -> None:
        if told != "nothing":
            raise InvalidRequest(code=told)

    _answering(monkeypatch, duplicate)
    monkeypatch.setattr(Records, "get", hidden)
    services.send(submission)
    look(submission, 6)
    row = submission.rows.get()
    assert (row.needs_person, row.details, len(sent)) == (True, {"candidates": ["5725767000000999999"]}, 1)


def test_a_shorter_pause_does_not_shorten_a_longer_one(writer: Person) -> None:
    assert slots.take(writer.connection, slots.PAGE)
    slots.wait_until(writer.connection, timezone.now() + timedelta(seconds=600))
    slots.wait_until(writer.connection, timezone.now() + timedelta(seconds=2))
    until = slots.paused_until(writer.connection)
    assert until is not None
    assert (until - timezone.now()).total_seconds() > 500


def test_one_organisations_many_calls_hide_no_others(
    writer: Person, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "MOST", 3)
    rung: list[int] = []
    monkeypatch.setattr(bell, "ring", lambda calls, in_s=0.0: rung.extend(calls) or True)
    for number in range(12):
        submit(leads(1, str(number)))
    theirs = submit(leads(2, "theirs"))
    twin = Connection.objects.get(pk=writer.connection.pk)
    twin.pk, twin.slug, twin.zgid = None, "other", "999"
    twin._state.adding, twin.refresh_token, twin.access_token = True, "", ""
    twin.save()
    Submission.objects.filter(pk=theirs.pk).update(connection=twin, zgid="999")
    sweeping.sweep()
    assert Call.objects.get(submission=theirs).pk in rung
    assert len(rung) == slots.FOR_WORKERS + 1


@pytest.mark.parametrize(("after", "at_once"), [(timedelta(seconds=80), True), (timedelta(hours=2), False)])
def test_after_a_clock_that_jumped_nothing_is_looked_up_at_once(
    after: timedelta, at_once: bool, submit: Submit
) -> None:
    submission, sent_at = submit(1), timezone.now()
    Row.objects.update(state="sent")
    Call.objects.update(state="sent", claim="dead", sent_at=sent_at, claim_until=sent_at)
    with settling.locked(submission.pk) as held:
        settling.orphaned(held, Call.objects.get(), sent_at + after)
    look_at = Call.objects.get().look_at
    assert look_at is not None
    assert (look_at == sent_at + after) is at_once
    assert at_once or look_at >= sent_at + after + timedelta(seconds=sending.DEADLINE_S)


def test_a_row_whose_values_were_deleted_is_never_sent(submit: Submit, standin: StandIn) -> None:
    submission = submit(1)
    Row.objects.update(payload=None)
    services.send(submission)
    assert not [call for call in standin.ledger() if call["method"] == "POST"]
    assert states(submission) == ["failed"]


def test_what_is_being_sent_again_is_not_forgotten(submit: Submit) -> None:
    submission = submit([{"Company": "without a name"}])
    services.send(submission)
    Submission.objects.update(finished_at=timezone.now() - timedelta(days=40), state="sending")
    forget_payloads(timezone.now())
    assert submission.rows.get().payload is not None


def test_a_refusal_of_a_megabyte_is_kept_short(submit: Submit, writer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = submit(1)
    endless = RowAnswer(False, "INVALID_DATA", "x" * 10**6, {"api_name": "Company", "a": "y" * 10**6})
    _answering(monkeypatch, lambda *args: [endless])
    services.send(submission)
    assert submission.rows.get().details == {"api_name": "Company"}
    assert len(writer.get(f"/submissions/{submission.pk}/").text) < 50_000


@pytest.mark.django_db(transaction=True)
def test_whoever_cancels_and_whoever_sends_do_not_wait_for_each_other(submit: Submit) -> None:
    """Cancelling touches calls before rows, as sending does; PostgreSQL would end one of them otherwise."""
    submission, order = submit(2), []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        order.extend(name for name in ("submissions_call", "submissions_row") if sql.startswith(f'UPDATE "{name}"'))
        return execute(sql, params, many, context)

    with database.execute_wrapper(watch):
        services.cancel(submission, submission.person)
    assert order[:2] == ["submissions_call", "submissions_row"]
    order.clear()
    other = submit(leads(2, "other"))
    with database.execute_wrapper(watch):
        services.send(other)
    assert order[:2] == ["submissions_call", "submissions_row"]
    connections.close_all()
