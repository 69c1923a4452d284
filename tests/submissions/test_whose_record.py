"""Whose a record is: found for one row only where it can be no other's; else its person is asked, and never twice."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from console.submissions import looking, services, settling
from console.submissions.models import Made, Row, Submission
from console.submissions.outcomes import Outcome
from crm_client.records import Record, Records
from crm_client.standin import StandIn
from crm_client.values import JsonObject
from tests.cast import Person
from tests.submissions.conftest import Submit, look, states

LEADS = {"method": "POST", "path": "/crm/v8/Leads"}
TWIN = {"Last_Name": "Boyle", "Company": "Zylker"}


def _last(standin: StandIn) -> dict[str, Any]:
    return dict(standin.organisation().records["Leads"][-1])


def _lost(submit: Submit, standin: StandIn, rows: list[JsonObject], *, before: bool = False) -> Submission:
    """Sent, and the answer was lost after the commit, or before it."""
    standin.fault("drop_before_commit" if before else "commit_then_drop", match=LEADS, count=1)
    submission = submit(rows)
    services.send(submission)
    assert set(states(submission)) == {"unknown"}
    return submission


def test_a_row_whose_values_are_a_part_of_anothers_does_not_take_its_record(submit: Submit, standin: StandIn) -> None:
    less = _lost(submit, standin, [TWIN], before=True)
    more = _lost(submit, standin, [{**TWIN, "Phone": "123", "Description": "x"}])
    made = _last(standin)["id"]
    look(less)
    assert states(less) == ["unknown"]
    look(more)
    assert (states(more), more.rows.get().crm_id) == (["succeeded"], made)
    look(less, looking.MOST_LOOKS)
    row = less.rows.get()
    assert (row.state, row.code) == ("unknown", "NOT-FOUND-SEND-AGAIN")


def test_two_rows_that_one_record_would_satisfy_are_both_asked_about(submit: Submit, standin: StandIn) -> None:
    """A default of the organisation fills in what the other row said."""
    one = _lost(submit, standin, [{**TWIN, "Phone": "123"}], before=True)
    other = _lost(submit, standin, [{**TWIN, "Description": "x"}])
    standin.world.store("demo").put("Leads", {**_last(standin), "Phone": "123"})
    for submission in (one, other):
        look(submission, looking.MOST_LOOKS)
        row = submission.rows.get()
        assert (row.needs_person, row.details) == (True, {"candidates": [_last(standin)["id"]]})


def test_of_one_call_the_row_that_says_more_is_found_first(submit: Submit, standin: StandIn) -> None:
    both = _lost(submit, standin, [TWIN, {**TWIN, "Phone": "123"}])
    look(both)
    assert states(both) == ["succeeded", "succeeded"]
    ids = list(both.rows.order_by("n").values_list("crm_id", flat=True))
    by_id = {one["id"]: one for one in standin.organisation().records["Leads"]}
    assert [by_id[id_].get("Phone") for id_ in ids] == [None, "123"]


def test_a_record_that_a_rule_moved_on_is_shown(submit: Submit, standin: StandIn) -> None:
    """Not found would be one click away from a double."""
    lost = _lost(submit, standin, [{**TWIN, "Email": "m@example.com", "Lead_Status": "Contacted"}])
    standin.world.store("demo").put("Leads", {**_last(standin), "Lead_Status": "Lost Lead"})
    look(lost, looking.MOST_LOOKS)
    row = lost.rows.get()
    assert (row.code, row.details) == ("SENT-UNKNOWN", {"candidates": [_last(standin)["id"]]})


def test_one_record_is_decided_for_one_row_only(submit: Submit, writer: Person, standin: StandIn) -> None:
    absent = _lost(submit, standin, [TWIN], before=True)
    made = _lost(submit, standin, [TWIN])
    for submission in (absent, made):
        look(submission, looking.MOST_LOOKS)
    (candidate,) = made.rows.get().details["candidates"]
    for submission in (made, absent):
        writer.post(f"/submissions/{submission.pk}/decide/", row=1, decision="there", chosen=candidate)
    assert (states(made), states(absent)) == (["succeeded"], ["unknown"])
    page = writer.get(f"/submissions/{absent.pk}/").text
    assert "was made by another row" in page
    assert f'value="{candidate}"' not in page


def test_a_record_that_is_listed_twice_is_one(
    submit: Submit, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list moves on while it is paged, so that a record stands on two pages."""
    twins = _lost(submit, standin, [TWIN, TWIN], before=True)
    made = _lost(submit, standin, [{**TWIN, "Phone": "1"}])
    made.rows.update(state="cancelled")
    real = Records.all

    def twice(*args: Any, **named: Any) -> Iterator[Record]:
        for record in real(*args, **named):
            yield from (record, record)

    monkeypatch.setattr(Records, "all", twice)
    look(twins)
    assert states(twins) == ["unknown", "unknown"]


def test_a_record_that_became_anothers_while_it_was_looked_for_is_not_taken(
    submit: Submit, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = _lost(submit, standin, [TWIN])
    made = _last(standin)["id"]
    other = submit([{"Last_Name": "Other", "Company": "Else"}])
    real = looking._apply

    def apply(*args: Any) -> Any:
        other.rows.update(state="sent")
        _answered(other, made)
        return real(*args)

    monkeypatch.setattr(looking, "_apply", apply)
    look(lost)
    assert states(lost) == ["unknown"]


def _answered(submission: Submission, crm_id: str) -> None:
    """The CRM's answer to its one row names a record."""
    row = submission.rows.select_related("call").get()
    with settling.locked(submission.pk) as held:
        settling.settled(held, row.call, {row.pk: Outcome(Row.State.SUCCEEDED, crm_id)}, {})


@pytest.mark.django_db(transaction=True)
def test_of_two_rows_that_take_one_record_in_one_moment_one_gets_it(
    submit: Submit, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people decide, or two look-ups conclude: each has seen that the record was free."""
    rivals = [_lost(submit, standin, [TWIN], before=True) for _ in range(2)]
    Row.objects.update(needs_person=True)
    made, (real, barrier) = _last(standin)["id"], (settling.write, threading.Barrier(2))
    ended: list[str] = []

    def together(*args: Any, **named: Any) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(0.5)  # SQLite lets only one come so far at a time
        return real(*args, **named)

    def decide(submission: Submission) -> None:
        row = submission.rows.select_related("call", "submission__connection", "submission__person").get()
        try:
            services._decide(row, submission.person, Outcome(Row.State.SUCCEEDED, made), "found")
            ended.append("taken")
        except services.RecordTaken:
            ended.append("refused")
        finally:
            connections.close_all()

    monkeypatch.setattr(settling, "write", together)
    threads = [threading.Thread(target=decide, args=(one,)) for one in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["refused", "taken"]
    assert sorted(states(rivals[0]) + states(rivals[1])) == ["succeeded", "unknown"]


@pytest.mark.django_db(transaction=True)
def test_the_crms_own_answer_is_believed_before_what_was_concluded(submit: Submit, standin: StandIn) -> None:
    concluded, answered = _lost(submit, standin, [TWIN]), submit([{"Last_Name": "Other", "Company": "Else"}])
    look(concluded)
    made = concluded.rows.get().crm_id
    answered.rows.update(state="sent")
    _answered(answered, made)
    row, submission = concluded.rows.get(), Submission.objects.get(pk=concluded.pk)
    assert (row.state, row.needs_person, row.crm_id, submission.state) == ("unknown", True, "", "asking")
    assert answered.rows.get().crm_id == made
    assert list(Made.objects.filter(record__endswith=made).values_list("row", flat=True)) == [answered.rows.get().pk]
