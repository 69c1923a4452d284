"""The door: what is submitted is stored first, sent once, and each row says what became of it."""

import threading

import pytest
from django.db import connection as database
from django.db import connections
from django.test.utils import CaptureQueriesContext

from console.audit.models import Entry
from console.submissions import sending, services, sweeping
from console.submissions.models import Call, Row, Submission
from console.submissions.services import BadForm, Change, FormChanged, NotWritable
from crm_client.standin import StandIn
from crm_client.writes import WriteOptions
from tests.cast import Person
from tests.submissions.conftest import Submit, leads, now, states, work


def _posts(standin: StandIn) -> int:
    return sum(call["method"] == "POST" and call["path"].endswith("/Leads") for call in standin.ledger())


def test_one_record_is_sent_in_the_request_and_named_on_its_page(
    submit: Submit, writer: Person, standin: StandIn
) -> None:
    submission = submit(1)
    assert states(submission) == ["pending"]
    services.send(submission)
    row = Row.objects.get()
    assert (row.state, now(submission).state) == ("succeeded", "done")
    page = writer.get(f"/submissions/{submission.pk}/")
    assert f'href="{writer.at(f"/records/Leads/{row.crm_id}/")}"' in page.text
    assert 'data-state="succeeded"' in page.text
    told = {"state": "done", "rows": [{"n": 1, "state": "succeeded", "crm_id": row.crm_id, "code": ""}]}
    assert writer.get(f"/submissions/{submission.pk}/status.json").response.json() == told
    assert writer.get_partial(f"/submissions/{submission.pk}/").status == 286
    assert "New leads" in writer.get("/submissions/").text
    stored = next(record for record in standin.organisation().records["Leads"] if record["id"] == row.crm_id)
    assert stored["Description"] == "mark-1"


def test_a_thousand_rows_go_in_chunks_of_a_hundred_and_a_refused_one_says_why(
    submit: Submit, writer: Person, standin: StandIn
) -> None:
    rows = leads(250)
    del rows[122]["Last_Name"]
    submission = submit(rows)
    services.send(submission)
    assert set(states(submission)) == {"pending"}
    work(submission)
    assert _posts(standin) == 3
    refused = Row.objects.get(submission=submission, state="failed")
    assert (refused.n, refused.code, refused.details["api_name"]) == (123, "MANDATORY_NOT_FOUND", "Last_Name")
    assert states(submission).count("succeeded") == 249
    page = writer.get(f"/submissions/{submission.pk}/", show="failed")
    assert "field Last_Name" in page.text
    assert "249 inserted" in page.text


def test_a_hundred_rows_take_no_more_statements_than_one(submit: Submit, writer: Person) -> None:
    taken = []
    for rows in (1, 1, 100):
        submission = submit(leads(rows, f"of-{rows}-"))
        with CaptureQueriesContext(database) as statements:
            work(submission)
        taken.append(len(statements))
        assert set(states(submission)) == {"succeeded"}
    assert taken[2] <= taken[1] + 2
    with CaptureQueriesContext(database) as statements:
        writer.get_partial(f"/submissions/{submission.pk}/")
    assert len(statements) <= 10


def test_only_the_refused_rows_are_sent_again(submit: Submit, writer: Person, standin: StandIn) -> None:
    rows = leads(3)
    del rows[1]["Last_Name"]
    submission = submit(rows)
    services.send(submission)
    writer.post(f"/submissions/{submission.pk}/again/")
    assert _posts(standin) == 2
    bodies = [commit["data"]["Description"] for commit in standin.world.ledger.show()["commits"]]
    assert sorted(bodies) == ["mark-1", "mark-3"]
    assert states(submission) == ["succeeded", "failed", "succeeded"]


def test_a_form_sent_twice_is_one_submission(submit: Submit, writer: Person, standin: StandIn) -> None:
    change, key = Change("insert", "Leads", leads(1)), services.new_form_key()
    first = services.submit(writer.connection, writer.user, change, form_key=key, title="One")
    second = services.submit(writer.connection, writer.user, change, form_key=key, title="One")
    assert (first.pk, first.is_repeat, second.is_repeat) == (second.pk, False, True)
    services.send(first)
    services.send(second)
    assert _posts(standin) == 1


@pytest.mark.parametrize(
    "other",
    [
        Change("insert", "Leads", leads(1, "other")),
        Change("insert", "Contacts", leads(1)),
        Change("upsert", "Leads", leads(1)),
        Change("insert", "Leads", leads(1), WriteOptions(trigger=[])),
    ],
)
def test_the_key_of_a_form_is_good_for_one_wish_alone(writer: Person, other: Change) -> None:
    key = services.new_form_key()
    services.submit(writer.connection, writer.user, Change("insert", "Leads", leads(1)), form_key=key, title="One")
    with pytest.raises(FormChanged):
        services.submit(writer.connection, writer.user, other, form_key=key, title="One")
    assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_are_one_record(writer: Person, standin: StandIn) -> None:
    """AC-22: each click is a request of its own, in a thread of its own."""
    change, key = Change("insert", "Leads", leads(1)), services.new_form_key()
    barrier, found, wrong = threading.Barrier(10), [], []

    def click() -> None:
        try:
            barrier.wait()
            submission = services.submit(writer.connection, writer.user, change, form_key=key, title="One")
            services.send(submission)
            found.append((submission.pk, submission.is_repeat))
        except Exception as exc:  # noqa: BLE001  whatever it is, it fails the test
            wrong.append(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len({pk for pk, _ in found}) == 1
    assert sorted(is_repeat for _, is_repeat in found) == [False] + [True] * 9
    assert _posts(standin) == 1
    assert Row.objects.get().state == "succeeded"


@pytest.mark.parametrize("key", ["", "short", "with spaces in it, and long", "x" * 65])
def test_a_form_without_its_key_is_refused(writer: Person, key: str) -> None:
    with pytest.raises(BadForm):
        services.submit(writer.connection, writer.user, Change("insert", "Leads", leads(1)), form_key=key, title="One")


@pytest.mark.parametrize(
    "change",
    [
        Change("insert", "../users", leads(1)),
        Change("insert", "Leads", []),
        Change("update", "Leads", leads(1)),
        Change("delete", "Leads", [{"id": "1 or 1"}]),
        Change("insert", "Leads", [{"Annual_Revenue": float("nan")}]),
        Change("insert", "Leads", leads(1), reference_field="a b"),
    ],
)
def test_what_cannot_be_written_is_not_stored(writer: Person, change: Change) -> None:
    with pytest.raises(NotWritable):
        services.submit(writer.connection, writer.user, change, form_key=services.new_form_key(), title="One")
    assert not Submission.objects.exists()


def test_texts_that_no_database_holds_are_stored_without_their_poison(submit: Submit) -> None:
    submission = submit([{"Last_Name": "a\x00b\ud800", "Tags": ["\x00"]}])
    assert submission.rows.get().payload == {"Last_Name": "a\ufffdb\ufffd", "Tags": ["\ufffd"]}


def test_what_will_happen_is_said_before(writer: Person, standin: StandIn) -> None:
    calls = len(standin.ledger())
    plan = services.plan(writer.connection, Change("insert", "Leads", leads(228), WriteOptions(trigger=["workflow"])))
    assert (plan.rows, plan.calls, plan.in_request, plan.is_production) == (228, 3, False, True)
    assert plan.credits.credits == 10 + 10 + 3
    assert plan.automation == "Only workflow rules run."
    assert plan.button("leads") == "Insert 228 leads into Halden & Moreau Lending"
    assert len(standin.ledger()) == calls


def test_the_audit_has_an_entry_for_each_call_that_reached_the_crm_and_no_values(
    submit: Submit, standin: StandIn, by_tens: None
) -> None:
    """One to one, whatever became of the call: done, refused as a whole, without an answer (AC-67)."""
    leads_only = {"method": "POST", "path": "/crm/v8/Leads"}
    standin.fault("commit_then_drop", match={**leads_only, "body": "mark-15"}, count=1)
    standin.fault("status", {"status": 403}, match={**leads_only, "body": "mark-25"}, count=1)
    submission = submit(25)
    services.send(submission)
    work(submission)
    entries = Entry.objects.filter(action="records.written")
    told = sorted((entry.detail["rows"], entry.detail.get("status") or 0) for entry in entries)
    assert told == [(5, 403), (10, 0), (10, 0)]
    assert _posts(standin) == 3
    assert "mark-" not in "".join(str(entry.detail) for entry in entries)


@pytest.mark.parametrize(("is_over", "told"), [(False, (None, 2)), (True, (401, 1))])
def test_the_audit_counts_a_call_that_was_refused_for_its_token(
    is_over: bool, told: tuple[int | None, int], submit: Submit, standin: StandIn
) -> None:
    """AC-67: such a call wrote nothing and is made again with a new token: one entry, and it says that it was two."""
    standin.fault("revoke" if is_over else "expire_now")
    submission = submit(1)
    services.send(submission)
    assert states(submission) == ["pending" if is_over else "succeeded"]
    entry = Entry.objects.get(action="records.written")
    assert (entry.detail.get("status"), entry.detail.get("calls", 1)) == told
    assert _posts(standin) == told[1]


def test_what_is_not_sent_yet_can_be_cancelled(submit: Submit, writer: Person, standin: StandIn) -> None:
    submission = submit(150)
    writer.post(f"/submissions/{submission.pk}/cancel/")
    work(submission)
    assert set(states(submission)) == {"cancelled"}
    assert (_posts(standin), now(submission).state) == (0, "done")


def test_what_its_person_pauses_waits_until_they_go_on(
    submit: Submit, writer: Person, standin: StandIn, by_tens: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "ON_S", 0)  # each call alone
    submission = submit(25)
    sending.in_the_background(Call.objects.earliest("pk").pk)
    assert ">Pause<" in writer.get(f"/submissions/{submission.pk}/").text
    writer.post(f"/submissions/{submission.pk}/pause/")
    sweeping.sweep()
    work(submission)
    assert (_posts(standin), now(submission).state) == (1, "paused")
    page = writer.get(f"/submissions/{submission.pk}/").text
    assert "You paused it" in page
    assert ">Pause<" not in page
    writer.post(f"/submissions/{submission.pk}/go-on/")
    work(submission)
    assert (set(states(submission)), _posts(standin)) == ({"succeeded"}, 3)
    writer.post(f"/submissions/{submission.pk}/pause/")
    assert now(submission).state == "done"


def test_a_recurring_activity_goes_alone_among_its_neighbours(writer: Person) -> None:
    recurring = {"Subject": "Weekly", "Recurring_Activity": {"RRULE": "FREQ=DAILY;INTERVAL=1;COUNT=3"}}
    rows = [{"Subject": "a"}, {"Subject": "b"}, recurring, {"Subject": "c"}]
    plan = services.plan(writer.connection, Change("insert", "Tasks", rows))
    assert plan.calls == 3
