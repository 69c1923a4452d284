"""One refresh per expiry among processes: 16 callers of the web, 16 of the workers, all at once (AC-12, AC-14)."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection as database
from django.utils import timezone

from console.connections.models import Connection
from crm_client.standin import StandIn
from tests.cast import Person

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS = 32
REFRESHING_MS = 300  # long enough that all of them meet an expired token

Round = Callable[[], list[dict[str, Any]]]


def _address_of_the_database() -> str:
    """Where this test's own tables are, as DATABASE_URL takes it."""
    where = database.settings_dict
    if database.vendor == "sqlite":
        return f"sqlite:///{quote(str(where['NAME']))}"
    login = quote(where["USER"]) + (f":{quote(where['PASSWORD'])}" if where["PASSWORD"] else "")
    return f"postgres://{login}@{where['HOST']}:{where['PORT'] or 5432}/{quote(where['NAME'])}"


@pytest.fixture
def everybody_calls(alice: Person, standin: StandIn, tmp_path: Path) -> Iterator[Round]:
    """Alice's 32 callers; each call of it is one round."""
    environment = {
        **os.environ,
        "DATABASE_URL": _address_of_the_database(),
        "CRM_DC_TABLE": str(tmp_path / "data-centres.json"),
        "CRM_CLIENT_ID": standin.client_id,
        "CRM_CLIENT_SECRET": standin.client_secret,
        "CONSOLE_LOG_FILE": str(tmp_path / "callers.log"),
    }
    command = [sys.executable, "-m", "tests.connections.callers", str(alice.connection.pk)]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as callers:
        assert callers.stdin is not None
        assert callers.stdout is not None
        ask, answers = callers.stdin, callers.stdout
        assert answers.readline() == "ready\n"

        def call() -> list[dict[str, Any]]:
            ask.write("\n")
            ask.flush()
            found: list[dict[str, Any]] = json.loads(answers.readline())
            return found

        yield call
        ask.close()


def _refreshes(standin: StandIn, after: int = 0) -> int:
    return sum(call["path"] == "/oauth/v2/token" for call in standin.ledger(after))


def test_thirty_two_callers_in_eight_processes_make_one_refresh(
    alice: Person, standin: StandIn, everybody_calls: Round
) -> None:
    """First the console knows that the token is over; then only the CRM does; then the accounts server throttles."""
    mine = Connection.objects.filter(pk=alice.connection.pk)
    standin.fault("latency", {"ms": REFRESHING_MS}, match={"path": "/oauth/v2/token"})

    standin.fault("expire_now")
    mine.update(access_expires_at=timezone.now())
    _all_went_through(everybody_calls())
    assert _refreshes(standin) == 1

    standin.fault("expire_now")
    mine.update(refreshed_at=timezone.now() - timedelta(minutes=20))
    _all_went_through(everybody_calls())
    assert _refreshes(standin) == 2

    standin.fault("access_denied200")
    mine.update(access_expires_at=timezone.now(), refreshed_at=timezone.now() - timedelta(minutes=20))
    throttled = everybody_calls()
    assert [one["problem"] for one in throttled] == ["SIGNIN-LIMIT"] * CALLERS
    assert max(one["s"] for one in throttled) < 3
    assert _refreshes(standin) == 3
    assert mine.get().state == Connection.State.ACTIVE


def _all_went_through(round_: list[dict[str, Any]]) -> None:
    assert [one["where"] for one in round_].count("web") == len(round_) - 16 == 16
    assert [one["problem"] for one in round_] == [""] * CALLERS
    assert len({one["token"] for one in round_}) == 1
    assert max(one["s"] for one in round_) < 3
