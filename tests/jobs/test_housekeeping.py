"""Once a day: what is over goes, what somebody uses stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console.connections.models import Connection
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
