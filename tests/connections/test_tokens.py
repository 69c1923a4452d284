"""One refresh per expiry, and a person who stays signed in while the accounts server stumbles (D6, D7)."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection as database
from django.db.models import F
from django.utils import timezone

from console.audit.models import Entry
from console.connections.models import Connection
from console.connections.tokens import LEASE_S, ConnectionTokens
from crm_client.errors import ReauthRequired, SignInThrottled, SignInUnavailable
from crm_client.standin import StandIn
from tests.cast import Person

pytestmark = pytest.mark.django_db


def _expire(person: Person) -> None:
    Connection.objects.filter(pk=person.connection.pk).update(access_expires_at=timezone.now())


def _refreshes(standin: StandIn) -> int:
    return sum(1 for call in standin.ledger() if call["path"] == "/oauth/v2/token")


def test_alices_token_is_used_until_it_runs_out(alice: Person, standin: StandIn) -> None:
    tokens = ConnectionTokens(alice.connection.pk)
    assert tokens.token() == tokens.token() == alice.connection.access_token
    assert _refreshes(standin) == 0


def test_an_expired_token_is_refreshed_once_and_kept(alice: Person, standin: StandIn) -> None:
    _expire(alice)
    old = alice.connection.access_token
    tokens = ConnectionTokens(alice.connection.pk)
    new = tokens.token()
    assert new != old
    assert tokens.token() == new
    assert _refreshes(standin) == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_callers_of_one_expired_token_make_one_refresh(alice: Person, standin: StandIn) -> None:
    _expire(alice)
    together = threading.Barrier(16)
    got: list[str] = []

    def ask() -> None:
        together.wait()
        got.append(ConnectionTokens(alice.connection.pk).token())
        database.close()

    callers = [threading.Thread(target=ask) for _ in range(16)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(got) == 16
    assert len(set(got)) == 1
    assert _refreshes(standin) == 1


def test_a_token_the_crm_refuses_is_replaced_without_the_person_noticing(alice: Person, standin: StandIn) -> None:
    standin.fault("expire_now", count=1)
    assert alice.get("/modules/").status == 200
    assert _refreshes(standin) == 1


def test_a_newer_token_of_another_process_is_taken_instead_of_refreshing(alice: Person, standin: StandIn) -> None:
    assert ConnectionTokens(alice.connection.pk).refused("1000.an.older-one") == alice.connection.access_token
    assert _refreshes(standin) == 0


def test_a_revoked_sign_in_asks_alice_to_sign_in_again(alice: Person, standin: StandIn) -> None:
    standin.fault("revoke", {"refresh": alice.connection.refresh_token})
    _expire(alice)
    with pytest.raises(ReauthRequired):
        ConnectionTokens(alice.connection.pk).token()
    assert Connection.objects.get(pk=alice.connection.pk).state == Connection.State.NEEDS_SIGN_IN
    page = alice.get("/modules/")
    assert "SIGNIN-AGAIN" in page.text
    assert page.status == 403


def test_a_throttled_refresh_waits_and_is_not_tried_again_within_a_minute(alice: Person, standin: StandIn) -> None:
    standin.fault("access_denied200", count=1)
    _expire(alice)
    tokens = ConnectionTokens(alice.connection.pk)
    with pytest.raises(SignInThrottled):
        tokens.token()
    with pytest.raises(SignInThrottled):
        tokens.token()
    assert _refreshes(standin) == 1
    assert Connection.objects.get(pk=alice.connection.pk).state == Connection.State.ACTIVE


def test_a_token_that_still_holds_is_used_while_the_accounts_server_is_down(alice: Person, standin: StandIn) -> None:
    Connection.objects.filter(pk=alice.connection.pk).update(access_expires_at=timezone.now() + timedelta(seconds=120))
    standin.fault("status", {"status": 503}, match={"path": "/oauth/v2/token"})
    assert ConnectionTokens(alice.connection.pk).token() == alice.connection.access_token


def test_a_dead_accounts_server_is_not_a_reason_to_sign_out(alice: Person, standin: StandIn) -> None:
    standin.fault("html", {"status": 502}, match={"path": "/oauth/v2/token"})
    _expire(alice)
    with pytest.raises(SignInUnavailable):
        ConnectionTokens(alice.connection.pk).token()
    assert Connection.objects.get(pk=alice.connection.pk).state == Connection.State.ACTIVE


def test_a_lease_from_a_clock_that_jumped_does_not_hold_anybody_up(alice: Person, standin: StandIn) -> None:
    _expire(alice)
    Connection.objects.filter(pk=alice.connection.pk).update(
        refresh_lease="somebody", refresh_lease_until=timezone.now() + timedelta(hours=2)
    )
    assert ConnectionTokens(alice.connection.pk).token()
    assert _refreshes(standin) == 1


def test_a_short_lived_token_is_not_refreshed_at_every_call(alice: Person, standin: StandIn) -> None:
    answer = {"access_token": alice.connection.access_token, "expires_in": 200, "api_domain": standin.api()}
    standin.fault("status", {"status": 200, "body": json.dumps(answer)}, match={"path": "/oauth/v2/token"})
    _expire(alice)
    tokens = ConnectionTokens(alice.connection.pk)
    for _ in range(6):
        tokens.token()
    assert _refreshes(standin) == 1


def test_a_crm_that_refuses_every_token_is_not_answered_with_refreshes(alice: Person, standin: StandIn) -> None:
    body = json.dumps({"code": "INVALID_TOKEN", "details": {}, "message": "invalid oauth token", "status": "error"})
    standin.fault("status", {"status": 401, "body": body}, match={"path": "/crm/v8/"})
    for _ in range(3):
        assert "SIGNIN-AGAIN" in alice.get("/modules/").text
    assert _refreshes(standin) == 1


def test_a_swapped_access_token_is_replaced_and_told_to_the_audit(alice: Person, standin: StandIn) -> None:
    mine = Connection.objects.filter(pk=alice.connection.pk)
    stolen = Connection._meta.get_field("access_token").seal("another row", "1000.another")
    mine.update(access_token=stolen)
    assert alice.get("/modules/").status == 200
    assert Entry.objects.filter(action="connection.secret_unreadable").exists()
    assert _refreshes(standin) == 1


def test_a_lease_taken_while_we_waited_for_the_database_is_respected(alice: Person, standin: StandIn) -> None:
    """Its end lies further ahead than ours would, because our reading of the clock is the older one."""
    _expire(alice)
    mine = Connection.objects.filter(pk=alice.connection.pk)
    mine.update(refresh_lease="somebody", refresh_lease_until=timezone.now() + timedelta(seconds=LEASE_S + 5))

    def somebody_finishes(_: float) -> None:
        theirs = Connection._meta.get_field("access_token").seal(alice.connection.pk, "1000.theirs")
        later = timezone.now() + timedelta(hours=1)
        mine.update(access_token=theirs, access_expires_at=later, generation=F("generation") + 1, refresh_lease="")

    assert ConnectionTokens(alice.connection.pk, pause=somebody_finishes).token() == "1000.theirs"
    assert _refreshes(standin) == 0
