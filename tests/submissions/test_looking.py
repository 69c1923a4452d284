"""Looking up as such: whose turn it is, when it waits, and that it ends, with a person if nothing else (rule 1)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.connections import connecting
from console.connections.models import Connection
from console.submissions import changes, leases, looking, services, slots, sweeping, traces
from console.submissions.models import Call, Row, Submission
from console.submissions.services import Change
from crm_client.errors import BadAnswer, CrmError, NotFound, TooManyRequests, TooSlow
from crm_client.records import Records
from crm_client.standin import StandIn
from tests.cast import Person, connect
from tests.submissions.conftest import ALL_SCOPES, Submit, leads, look, now, states, work

LEADS = {"method": "POST", "path": "/crm/v8/Leads"}


def _lost(submit: Submit, standin: StandIn, mark: str = "mark") -> Submission:
    standin.fault("commit_then_drop", match=LEADS, count=1)
    submission = submit(leads(1, mark))
    services.send(submission)
    assert states(submission) == ["unknown"]
    return submission


def _due() -> None:
    Call.objects.update(look_at=timezone.now() - timedelta(seconds=1))


def _raises(error: Exception) -> Any:
    def fail(*args: Any, **named: Any) -> Any:
        raise error

    return fail


def test_who_looks_goes_on_with_the_organisations_other_calls(submit: Submit, standin: StandIn) -> None:
    lost = [_lost(submit, standin, f"mark-{n}") for n in range(3)]
    _due()
    looking.look_up(Call.objects.get(submission=lost[0]).pk)
    assert [states(submission) for submission in lost] == [["succeeded"]] * 3


def test_who_does_not_get_to_look_may_be_rung_again_at_once(submit: Submit, standin: StandIn) -> None:
    submission = _lost(submit, standin)
    _due()
    Call.objects.update(rung_at=timezone.now())
    connection = submission.connection
    with leases.held(f"look:{connection.dc}:{connection.zgid}", looking.LEASE_S):
        looking.look_up(Call.objects.get().pk)
    assert states(submission) == ["unknown"]
    assert sweeping.sweep() == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound("hidden", code="INVALID_MODULE"), "CRM-DENIED"),
        (BadAnswer("more than 2,000 and no token leads on"), "SENT-UNKNOWN"),
        (OverflowError("date value out of range"), "SENT-UNKNOWN"),
    ],
)
def test_what_will_never_be_told_ends_with_the_person(
    error: Exception, code: str, submit: Submit, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = _lost(submit, standin)
    monkeypatch.setattr(traces, "compared", _raises(error))
    look(submission, looking.MOST_LOOKS)
    row = submission.rows.get()
    assert (row.needs_person, row.code, now(submission).state) == (True, code, "asking")


def test_a_crm_that_is_away_asks_nobody(submit: Submit, standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = _lost(submit, standin)
    with monkeypatch.context() as away:
        away.setattr(traces, "compared", _raises(TooSlow(what="leads")))
        look(submission, 2 * looking.MOST_LOOKS)
        assert not submission.rows.get().needs_person
    look(submission)
    assert states(submission) == ["succeeded"]


def test_a_date_time_of_the_year_one_is_compared_like_any_other() -> None:
    text = "0001-01-01T00:00:00+05:30"
    assert changes.plain_values({"When": text}) == {"When": text}


def test_a_look_up_keeps_the_pause_that_the_crm_asked_for(submit: Submit, writer: Person, standin: StandIn) -> None:
    """AC-37: one that a write heard of, and one that it hears of itself."""
    submission = _lost(submit, standin)
    slots.wait_until(writer.connection, timezone.now() + timedelta(seconds=300))
    calls = len(standin.ledger())
    look(submission)
    assert (len(standin.ledger()), states(submission)) == (calls, ["unknown"])
    look_at = Call.objects.get().look_at
    assert look_at is not None
    assert look_at > timezone.now() + timedelta(seconds=250)


def test_a_pause_that_a_look_up_hears_of_is_everybodys(
    submit: Submit, writer: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = _lost(submit, standin)
    monkeypatch.setattr(traces, "compared", _raises(TooManyRequests("slower", retry_after_s=120)))
    look(submission)
    until = slots.paused_until(writer.connection)
    assert until is not None
    assert 100 < (until - timezone.now()).total_seconds() <= 120
    assert slots.take(writer.connection, slots.PAGE) is None


class TestMany:
    """Of many records, what could be read is settled, whatever became of the others."""

    def _lost(self, writer: Person, standin: StandIn, operation: str, **values: Any) -> Submission:
        records = [one for one in standin.organisation().records["Leads"] if not one.get("Converted__s")]
        rows = [{"id": one["id"], **values} for one in records[:10]]  # converted ones are in no list
        key = services.new_form_key()
        change = Change(operation, "Leads", rows)
        submission = services.submit(writer.connection, writer.user, change, form_key=key, title="Ten")
        standin.fault("commit_then_drop", match={"path": "/crm/v8/Leads"}, count=1)
        services.send(submission)
        assert set(states(submission)) == {"unknown"}
        return submission

    def test_a_hundred_updated_records_are_read_with_one_call(self, writer: Person, standin: StandIn) -> None:
        submission = self._lost(writer, standin, "update", Company="Changed")
        calls = len(standin.ledger())
        look(submission)
        assert (set(states(submission)), len(standin.ledger()) - calls) == ({"succeeded"}, 1)

    @pytest.mark.parametrize("operation", ["update", "delete"])
    def test_one_bad_answer_leaves_the_others_settled(
        self, operation: str, writer: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submission = self._lost(writer, standin, operation, **({"Company": "C"} if operation == "update" else {}))
        monkeypatch.setattr(Records, "page", _raises(BadAnswer("no list")))
        read, tried = traces.read, []

        def flaky(*args: Any) -> Any:
            tried.append(args)
            if len(tried) == 4:
                raise TooSlow(what="a lead")
            return read(*args)

        monkeypatch.setattr(traces, "read", flaky)
        look(submission)
        assert sorted(states(submission)) == ["succeeded"] * 9 + ["unknown"]
        look(submission)
        assert set(states(submission)) == {"succeeded"}

    def test_a_record_that_is_never_read_is_asked_about_in_the_end(
        self, writer: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submission = self._lost(writer, standin, "delete")
        Row.objects.exclude(n=10).update(crm_id="1")  # gone, so that something is read each time
        monkeypatch.setattr(looking, "MOST_IN_VAIN", 2)
        read, last = traces.read, submission.rows.get(n=10).crm_id

        def flaky(crm: Any, module: str, id_: str) -> Any:
            if id_ == last:
                raise TooSlow(what="a lead")
            return read(crm, module, id_)

        monkeypatch.setattr(traces, "read", flaky)
        look(submission)
        assert not submission.rows.get(n=10).needs_person
        Call.objects.update(looks=looking.MOST_IN_VAIN - 1)
        Row.objects.filter(n=9).update(state="unknown")
        look(submission)
        assert submission.rows.get(n=10).needs_person


class TestConnectionOver:
    """A disconnected connection never comes back: nobody can look, so the person decides, and nothing is sent."""

    def test_rows_without_an_answer_ask_their_person(self, submit: Submit, writer: Person, standin: StandIn) -> None:
        submission = _lost(submit, standin)
        record = standin.organisation().records["Leads"][-1]["id"]
        connecting.disconnect(None, writer.connection, writer.user)
        row = submission.rows.get()
        assert (row.needs_person, row.code, now(submission).state) == (True, "CONNECTION-OVER", "asking")
        again = connect(standin, "demo", "alice", ALL_SCOPES, user=writer.user)
        page = f"/c/{again.slug}/submissions/{submission.pk}/"
        shown = writer.client.get(page).content.decode()
        assert "cannot look" in shown
        assert 'value="again"' not in shown
        writer.client.post(f"{page}decide/", {"row": 1, "decision": "there", "crm_id": record})
        assert (states(submission), submission.rows.get().crm_id) == (["succeeded"], record)

    def test_an_answer_lost_meanwhile_asks_too(self, submit: Submit, writer: Person, standin: StandIn) -> None:
        submission = _lost(submit, standin)
        Connection.objects.update(state=Connection.State.DISCONNECTED)
        look(submission)
        assert submission.rows.get().code == "CONNECTION-OVER"

    @pytest.mark.parametrize("why", ["disconnected", "of another organisation now"])
    def test_nothing_of_it_is_sent_again(self, why: str, submit: Submit, writer: Person, standin: StandIn) -> None:
        submission = _lost(submit, standin)
        if why == "disconnected":
            connecting.disconnect(None, writer.connection, writer.user)
        else:
            Connection.objects.update(zgid="999")
            look(submission)
        assert submission.rows.get().code == "CONNECTION-OVER"
        services.send_row_again(submission.rows.get(), writer.user)
        Row.objects.update(code="NOT-FOUND-SEND-AGAIN")
        services.send_missing_again(submission, writer.user)
        assert (states(submission), submission.rows.get().needs_person) == (["unknown"], True)
        Row.objects.update(state="failed", needs_person=False)
        assert services.send_failed_again(submission, writer.user) == 0
        work(submission)
        assert states(submission) == ["failed"]

    def test_a_sign_in_that_ended_is_said_with_the_way_back(
        self, submit: Submit, writer: Person, standin: StandIn
    ) -> None:
        submission = _lost(submit, standin)
        Connection.objects.update(state=Connection.State.NEEDS_SIGN_IN)
        look(submission, 2 * looking.MOST_LOOKS)
        assert not submission.rows.get().needs_person
        page = writer.get(f"/submissions/{submission.pk}/").text
        assert "cannot be looked up" in page
        assert f"/connections/{writer.connection.slug}/reconnect/" in page


def test_not_one_record_read_is_an_error(monkeypatch: pytest.MonkeyPatch, writer: Person, standin: StandIn) -> None:
    row = Row(crm_id="1", payload={"id": "1"})
    monkeypatch.setattr(traces, "read", _raises(TooSlow(what="a lead")))
    with pytest.raises(CrmError):
        traces.present(None, Submission(module="Leads", connection=writer.connection), [row])  # type: ignore[arg-type]
