"""A worker killed at every point between the click and the answer: afterwards the rows tell the truth (AC-30)."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection as database
from django.utils import timezone

from console.submissions import looking, sweeping
from console.submissions.models import Call, Slot
from crm_client.standin import StandIn
from tests.submissions.checker import check
from tests.submissions.conftest import Submit, leads, look, now, states, work

Kill = Callable[[str, int], str]
BEFORE_SENT = ["before-the-slot", "before-the-claim", "after-the-claim", "before-saying-sent"]
WRITTEN = ["under-way", "after-the-answer", "while-saving", "after-saving"]


def address_of_the_database() -> str:
    """Where this test's own tables are, as DATABASE_URL takes it."""
    where = database.settings_dict
    if database.vendor == "sqlite":
        return f"sqlite:///{quote(str(where['NAME']))}"
    login = quote(where["USER"]) + (f":{quote(where['PASSWORD'])}" if where["PASSWORD"] else "")
    return f"postgres://{login}@{where['HOST']}:{where['PORT'] or 5432}/{quote(where['NAME'])}"


@pytest.fixture
def kill(transactional_db: None, standin: StandIn, tmp_path: Path) -> Iterator[Kill]:
    """Makes a worker die at a point with a call in its hands; says how it ended."""
    environment = {
        **os.environ,
        "DATABASE_URL": address_of_the_database(),
        "CRM_DC_TABLE": str(tmp_path / "data-centres.json"),
        "CRM_CLIENT_ID": standin.client_id,
        "CRM_CLIENT_SECRET": standin.client_secret,
        "CONSOLE_LOG_FILE": str(tmp_path / "mortals.log"),
    }
    command = [sys.executable, "-m", "tests.submissions.mortals"]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as mortals:
        assert mortals.stdin is not None
        assert mortals.stdout is not None
        ask, answers = mortals.stdin, mortals.stdout
        assert answers.readline() == "ready\n"

        def one(point: str, call: int) -> str:
            ask.write(f"{point} {call}\n")
            ask.flush()
            return answers.readline().strip()

        yield one
        ask.close()


def _the_dead_are_found() -> None:
    """A minute later: claims and slots of the dead have run out, and the sweeper comes by."""
    over = timezone.now() - timedelta(seconds=1)
    Slot.objects.update(until=over)
    Call.objects.exclude(claim_until=None).update(claim_until=over)
    sweeping.sweep()


def _marks(standin: StandIn, point: str) -> list[str]:
    """Of the records that the CRM has written for a point, each as often as it was written."""
    commits = standin.world.ledger.show()["commits"]
    return [mark for commit in commits if (mark := commit["data"]["Description"]).startswith(point)]


def _wait_for_marks(standin: StandIn, point: str) -> None:
    until = time.monotonic() + 10
    while len(_marks(standin, point)) < 3:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_whenever_a_worker_is_killed_the_rows_tell_the_truth(submit: Submit, standin: StandIn, kill: Kill) -> None:
    standin.fault("latency", {"ms": 400}, match={"method": "POST", "body": "under-way"})
    for point in [*BEFORE_SENT, "after-saying-sent", *WRITTEN]:
        submission = submit(leads(3, point))
        call = Call.objects.get(submission=submission)
        assert kill(point, call.pk) == "killed"
        if point == "under-way":
            _wait_for_marks(standin, point)
        _the_dead_are_found()
        expected = "unknown" if point in ("after-saying-sent", *WRITTEN[:3]) else None
        assert expected is None or set(states(submission)) == {expected}, point
        work(submission)
        look(submission, looking.MOST_LOOKS)
        truth = check(submission, standin.organisation().records["Leads"])
        assert truth.is_whole, f"{point}: {truth}"
        if point == "after-saying-sent":  # nothing tells it from a lost answer, so a person is asked
            assert (set(states(submission)), now(submission).state) == ({"unknown"}, "asking")
        else:
            assert (set(states(submission)), now(submission).state) == ({"succeeded"}, "done"), point
        marks = _marks(standin, point)
        assert len(marks) == len(set(marks)) == (0 if point == "after-saying-sent" else 3)
