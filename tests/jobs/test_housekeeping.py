"""Once a day: what is over goes, what somebody uses stays."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from console.connections.models import Connection
from console.jobs import housekeeping
from console.jobs.housekeeping import clean_up
from crm_client.standin import StandIn
from tests.cast import Person, connect

pytestmark = pytest.mark.django_db


def test_an_organisation_nobody_confirmed_is_given_back_after_a_day(alice: Person, standin: StandIn) -> None:
    old = connect(standin, "demo-sandbox", "alice", user=alice.user)
    yesterday = timezone.now() - timedelta(days=1, minutes=1)
    Connection.objects.filter(pk=old.pk).update(state=Connection.State.PENDING, connected_at=yesterday)
    clean_up()
    old.refresh_from_db()
    assert (old.state, old.refresh_token) == (Connection.State.DISCONNECTED, "")
    assert standin.living_tokens("demo-sandbox", "alice")["refresh"] == 0
    alice.connection.refresh_from_db()
    assert alice.connection.state == Connection.State.ACTIVE


def test_chores_of_later_rooms_are_done_and_a_broken_one_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[datetime] = []

    def broken(now: datetime) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(housekeeping, "chores", [broken, done.append])
    clean_up()
    assert len(done) == 1
