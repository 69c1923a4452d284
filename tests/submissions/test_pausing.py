"""What cannot go on waits, in words, and goes on; who goes first, what never goes (AC-15, 20, 32, 37, 40, T4, D12)."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils import timezone

from console.connections.models import Connection, User
from console.jobs import housekeeping
from console.submissions import bell, leases, sending, services, slots, sweeping
from console.submissions.models import Call, Row, Slot, Submission
from crm_client.standin import StandIn
from tests.cast import Person, connect
from tests.submissions.checker import check
from tests.submissions.conftest import ALL_SCOPES, Submit, leads, now, states, work

pytestmark = pytest.mark.usefixtures("by_tens")
LEADS = {"method": "POST", "path": "/crm/v8/Leads"}


def _posts(standin: StandIn) -> int:
    return sum(call["method"] == "POST" and call["path"].endswith("/Leads") for call in standin.ledger())


def _is_whole(submission: Submission, standin: StandIn) -> bool:
    return check(submission, standin.organisation().records["Leads"]).is_whole


def _time_passes(submission: Submission) -> None:
    """The moment that it waits for has come."""
    past = timezone.now() - timedelta(seconds=1)
    Submission.objects.filter(pk=submission.pk).update(not_before=past)
    Slot.objects.update(not_before=past)


PAUSES = [
    ("120", 100, 121),
    (format_datetime(datetime.now(UTC) + timedelta(seconds=600)), 200, 601),
    ("7200", 880, 901),
    ("0", 0, 2),
    (None, 0, 5),
]


def test_a_pause_that_the_crm_asks_for_is_kept(submit: Submit, writer: Person, standin: StandIn) -> None:
    """AC-37: told in seconds, as a date, too long, none at all, not told."""
    for number, (header, least, most) in enumerate(PAUSES):
        before = _posts(standin)
        headers = {"Retry-After": header} if header else {}
        standin.fault("status", {"status": 429, "headers": headers}, match=LEADS, count=1)
        submission = submit(leads(1, f"pause-{number}"))
        services.send(submission)
        held = now(submission)
        assert (states(submission), held.state, held.reason_code) == (["pending"], "waiting", "CRM-LIMIT")
        assert held.not_before is not None
        assert least <= (held.not_before - timezone.now()).total_seconds() <= most, header
        page = writer.get(f"/submissions/{submission.pk}/")
        assert f"Waiting for Zoho until {held.not_before:%H:%M:%S}" in page.text
        if least:
            work(submission)
            other = submit(leads(1, f"other-{number}"))
            services.send(other)  # the limit is the organisation's, so nobody else's call goes either
            assert _posts(standin) == before + 1
            assert (now(other).state, now(other).reason_code) == ("waiting", "CRM-LIMIT")
        _time_passes(submission)
        work(submission)
        assert states(submission) == ["succeeded"]
        assert _is_whole(submission, standin)


def test_after_five_tries_a_person_is_asked(submit: Submit, writer: Person, standin: StandIn) -> None:
    standin.fault("status", {"status": 429}, match=LEADS)
    submission = submit(1)
    services.send(submission)
    for _ in range(10):
        _time_passes(submission)
        work(submission)
    paused = now(submission)
    assert (paused.state, paused.reason_code, _posts(standin)) == ("paused", "CRM-LIMIT", 5)
    standin.clear_faults()
    Slot.objects.update(not_before=None)
    writer.post(f"/submissions/{submission.pk}/go-on/")
    assert states(submission) == ["succeeded"]


def test_a_permission_taken_away_half_way_keeps_the_rest_until_it_is_back(
    submit: Submit, writer: Person, standin: StandIn
) -> None:
    """AC-40"""
    standin.fault("no_permission", {"after": 2, "permission": "Crm_Implied_Create_Leads"}, match=LEADS)
    submission = submit(40)
    work(submission)
    paused = now(submission)
    assert (states(submission).count("succeeded"), states(submission).count("pending")) == (20, 20)
    assert (paused.state, paused.reason_code) == ("paused", "CRM-DENIED")
    page = writer.get(f"/submissions/{submission.pk}/").text
    assert "Crm_Implied_Create_Leads" in page
    assert "20 inserted" in page
    assert "20 waiting" in page
    assert _posts(standin) == 3
    standin.clear_faults()
    writer.post(f"/submissions/{submission.pk}/go-on/")
    work(submission)
    assert set(states(submission)) == {"succeeded"}
    assert _is_whole(submission, standin)


def test_without_the_scope_nothing_is_written_and_no_token_renewed(alice: Person, standin: StandIn) -> None:
    """Alice has agreed to reading only. Once she has agreed to writing, what waits goes by itself."""
    change = services.Change("insert", "Leads", leads(1))
    key = services.new_form_key()
    submission = services.submit(alice.connection, alice.user, change, form_key=key, title="New lead")
    services.send(submission)
    paused = now(submission)
    assert (states(submission), paused.state, paused.reason_code) == (["pending"], "paused", "CRM-SCOPE")
    assert "ZohoCRM.modules.CREATE" in paused.reason
    assert "/catalogue/doctor/" in alice.get(f"/submissions/{submission.pk}/").text
    assert not [call for call in standin.ledger() if call["kind"] == "accounts" and call["grant"] == "refresh_token"]
    _reconnect(alice, standin)
    sweeping.sweep()
    work(submission)
    assert states(submission) == ["succeeded"]


def _reconnect(person: Person, standin: StandIn) -> None:
    """What signing in again leaves in the row, with the scopes for writing."""
    tokens = standin.token("demo", "alice", ",".join(ALL_SCOPES))
    connection = Connection.objects.get(pk=person.connection.pk)
    connection.refresh_token, connection.access_token = tokens["refresh_token"], tokens["access_token"]
    connection.access_expires_at = timezone.now() + timedelta(hours=1)
    connection.state, connection.connected_at = Connection.State.ACTIVE, timezone.now()
    connection.save()


def test_a_sign_in_that_ends_half_way_keeps_the_rest_until_it_is_renewed(
    submit: Submit, writer: Person, standin: StandIn
) -> None:
    """AC-15"""
    standin.fault("revoke", match={**LEADS, "body": "mark-25"}, count=1)
    submission = submit(40)
    work(submission)
    paused = now(submission)
    assert (states(submission).count("succeeded"), states(submission).count("pending")) == (20, 20)
    assert (paused.state, paused.reason_code) == ("paused", "SIGNIN-AGAIN")
    assert "Reconnect to go on." in writer.get(f"/submissions/{submission.pk}/").text
    sweeping.sweep()
    work(submission)
    assert states(submission).count("pending") == 20
    _reconnect(writer, standin)
    sweeping.sweep()
    work(submission)
    assert set(states(submission)) == {"succeeded"}
    assert _is_whole(submission, standin)


def test_a_throttled_accounts_server_delays_and_ends_nothing(submit: Submit, writer: Person, standin: StandIn) -> None:
    """AC-14"""
    Connection.objects.update(access_expires_at=timezone.now())
    standin.fault("access_denied200")
    submission = submit(1)
    services.send(submission)
    waiting = now(submission)
    assert (states(submission), waiting.state, waiting.reason_code) == (["pending"], "waiting", "SIGNIN-LIMIT")
    standin.clear_faults()
    Connection.objects.update(refresh_not_before=None)
    _time_passes(submission)
    work(submission)
    assert states(submission) == ["succeeded"]


def test_rows_for_one_organisation_are_never_sent_to_another(submit: Submit, writer: Person, standin: StandIn) -> None:
    """T4"""
    submission = submit(1)
    Submission.objects.update(zgid="1")
    services.send(submission)
    assert (now(submission).state, states(submission), _posts(standin)) == ("paused", ["pending"], 0)
    assert "another organisation" in now(submission).reason


def test_a_disconnected_organisation_keeps_what_waits_and_sends_nothing(
    submit: Submit, writer: Person, standin: StandIn
) -> None:
    """AC-20: it is listed under the connection that comes next, and stays where it is."""
    submission = submit(15)
    where = f"/connections/{writer.connection.slug}/disconnect/"
    assert "New leads (Leads): 15 waiting of 15 rows" in writer.client.get(where).content.decode()
    assert "New leads (Leads): 15 waiting of 15 rows" in writer.client.post(where).content.decode()
    for _ in range(2):
        sweeping.sweep()
        work(submission)
        services.go_on(submission, writer.user)
    assert (now(submission).state, set(states(submission)), _posts(standin)) == ("paused", {"pending"}, 0)
    again = connect(standin, "demo", "alice", ALL_SCOPES, user=writer.user)
    slug = f"/c/{again.slug}/submissions"
    assert "New leads" in writer.client.get(f"{slug}/").content.decode()
    page = writer.client.get(f"{slug}/{submission.pk}/").content.decode()
    assert "never sent" in page
    sweeping.sweep()
    work(submission)
    assert _posts(standin) == 0


def test_the_rows_of_a_closed_account_are_not_sent(submit: Submit, writer: Person, standin: StandIn) -> None:
    submission = submit(1)
    User.objects.filter(pk=writer.user.pk).update(is_active=False)
    services.send(submission)
    assert (now(submission).state, _posts(standin)) == ("paused", 0)


def test_without_a_broker_the_page_says_that_it_is_saved_and_the_sweeper_rings_later(
    submit: Submit, writer: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AC-32"""
    heard: list[Any] = []

    def away(*args: Any, **options: Any) -> None:
        raise OSError("nobody listens")

    monkeypatch.setattr(bell.current_app, "send_task", away)
    submission = submit(25)
    services.send(submission)
    page = writer.get(f"/submissions/{submission.pk}/")
    assert 'data-error-code="SAVED-WAITING"' in page.text
    assert "Being sent" not in page.text
    assert sweeping.sweep() == 0
    monkeypatch.setattr(bell.current_app, "send_task", lambda task, args, **options: heard.append(args[0]))
    assert sweeping.sweep() == 3
    assert sorted(heard) == list(Call.objects.order_by("pk").values_list("pk", flat=True))
    assert sweeping.sweep() == 1  # the others were rung for a moment ago
    Call.objects.update(rung_at=timezone.now() - timedelta(seconds=61))
    assert sweeping.sweep() == 3


def test_only_one_sweeps_at_a_time(submit: Submit) -> None:
    submit(25)
    with leases.held("submissions.sweep", 25) as is_mine:
        assert is_mine
        assert sweeping.sweep() == 0
    assert sweeping.sweep() == 3


def test_eight_workers_and_four_pages_may_call_at_once(writer: Person) -> None:
    workers = [slots.take(writer.connection, slots.WORKER) for _ in range(9)]
    pages = [slots.take(writer.connection, slots.PAGE) for _ in range(5)]
    assert [slot is not None for slot in workers] == [True] * 8 + [False]
    assert [slot is not None for slot in pages] == [True] * 4 + [False]
    assert workers[0] is not None
    slots.give_back(workers[0])
    assert slots.take(writer.connection, slots.WORKER) is not None
    Slot.objects.update(until=timezone.now() - timedelta(seconds=1))  # their holders have died
    assert slots.take(writer.connection, slots.WORKER) is not None


def test_a_small_edition_leaves_its_calls_to_pages(writer: Person, standin: StandIn) -> None:
    standin.organisation().org["license_details"]["paid_type"] = "free"
    writer.get("/")  # so that the edition is known
    assert slots.take(writer.connection, slots.WORKER) is not None
    assert slots.take(writer.connection, slots.WORKER) is None


def test_without_a_slot_nothing_is_sent_and_with_one_small_submissions_go_first(
    submit: Submit, writer: Person, standin: StandIn
) -> None:
    big = submit(25)
    submit(leads(11, "small"))
    taken = [slots.take(writer.connection, slots.WORKER) for _ in range(8)]
    work(big)
    assert _posts(standin) == 0
    assert taken[0] is not None
    slots.give_back(taken[0])
    sending.in_the_background(Call.objects.filter(submission=big).earliest("pk").pk)
    commits = [commit["data"]["Description"] for commit in standin.world.ledger.show()["commits"]]
    assert [commits[10], commits[21]] == ["small-1", "mark-11"]
    assert len(commits) == 36


def test_values_are_forgotten_after_a_month_and_outcomes_are_not(submit: Submit, writer: Person) -> None:
    """D29"""
    old, fresh = submit(1), submit(leads(1, "fresh"))
    services.send(old)
    services.send(fresh)
    Submission.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=31))
    housekeeping.clean_up()
    row = old.rows.get()
    assert (row.payload, row.state, bool(row.crm_id), bool(row.fingerprint)) == (None, "succeeded", True, True)
    assert fresh.rows.get().payload is not None
    page = writer.get(f"/submissions/{old.pk}/").text
    assert "were deleted" in page
    assert row.crm_id in page


def test_a_database_that_forgets_sent_sends_nothing(
    submit: Submit, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the commit of `sent` fails, nothing is sent."""
    submission = submit(1)

    def broken(rows: Any, **values: Any) -> int:
        if rows.model is Row and values.get("state") == Row.State.SENT:
            raise DatabaseError("disk full")
        return update(rows, **values)

    update = QuerySet.update
    monkeypatch.setattr(QuerySet, "update", broken)
    with pytest.raises(DatabaseError):
        services.send(submission)
    monkeypatch.undo()
    assert (states(submission), _posts(standin)) == (["pending"], 0)
    work(submission)
    assert states(submission) == ["succeeded"]
