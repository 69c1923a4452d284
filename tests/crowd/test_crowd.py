"""A small crowd for a few seconds; `python -m tests.crowd` brings the big one for ten minutes."""

from pathlib import Path
from typing import Any

import pytest

from crm_client.standin import StandIn
from tests.crowd.companies import companies
from tests.crowd.crowd import crowd


@pytest.mark.django_db(transaction=True)
def test_a_crowd_in_bad_weather_sees_its_own_and_loses_nothing(tmp_path: Path, settings: Any) -> None:
    served, people = companies(2, 6)
    with StandIn(organisations=served) as standin:
        standin.write_table(tmp_path / "data-centres.json")
        settings.CRM_DC_TABLE = str(tmp_path / "data-centres.json")
        settings.CRM_CREDENTIALS = {"": (standin.client_id, standin.client_secret)}
        report = crowd(standin, people, 8, 4, tmp_path, patient=False)
    assert {what: found for what, found in report.findings.items() if found} == {}
    assert report.figures["killed"] == 2
    assert report.figures["pages"] > 10
