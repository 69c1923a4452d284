"""A small storm; `python -m tests.bench writes` makes big ones."""

import pytest
from django.db import connection as database

from crm_client.standin import StandIn
from tests.cast import Person
from tests.submissions import storm


@pytest.mark.django_db(transaction=True)
def test_after_a_storm_nothing_is_lost_doubled_or_lied_about(
    writer: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storm, "WEATHER", [(name, args, 4 * chance) for name, args, chance in storm.WEATHER])
    report = storm.storm(standin, writer, rows=50, seed=3, kills=2, workers=2)
    assert report.truth.is_whole, report.truth
    assert report.truth.unsettled == []
    assert report.killed
    assert bool(report.restarted) is (database.vendor == "postgresql")
    assert report.states == {"succeeded": 50}
