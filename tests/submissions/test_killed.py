"""A worker killed at every point between the click and the answer: afterwards the rows tell the truth (AC-30)."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from console.submissions import looking, sweeping
from console.submissions.models import Call, Slot
from crm_client.standin import StandIn
from tests.submissions.checker import check
from tests.submissions.conftest import Submit, leads, look, now, states, work
from tests.submissions.storm import Mortals

BEFORE_SENT = ["before-the-slot", "before-the-token", "after-the-token", "before-saying-sent"]
WRITTEN = ["under-way", "after-the-answer", "while-saving", "after-saving"]


@pytest.fixture
def mortals(transactional_db: None, standin: StandIn) -> Iterator[Mortals]:
    """Makes workers that die when they are told to."""
    made = Mortals(standin, hurried=False)
    yield made
    made.stop()


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


@pytest.mark.django_db(transaction=True)
def test_whenever_a_worker_is_killed_the_rows_tell_the_truth(
    submit: Submit, standin: StandIn, mortals: Mortals
) -> None:
    standin.fault("latency", {"ms": 400}, match={"method": "POST", "body": "under-way"})
    for point in [*BEFORE_SENT, "after-saying-sent", *WRITTEN]:
        submission = submit(leads(3, point))
        call = Call.objects.get(submission=submission)
        assert mortals.one(point, "send", call.pk) == "killed"
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
