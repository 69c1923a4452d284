"""A CRM that lists the whole documented API, and Alice with little granted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_client.standin import StandIn
from tests.cast import Person, person


@pytest.fixture
def standin(tmp_path: Path, settings: Any) -> Iterator[StandIn]:
    """As everywhere, but with the full catalogue: 1,700 operations."""
    with StandIn(seed=1, catalogue="full") as running:
        table = tmp_path / "data-centres.json"
        running.write_table(table)
        settings.CRM_DC_TABLE = str(table)
        settings.CRM_CREDENTIALS = {"": (running.client_id, running.client_secret)}
        yield running


@pytest.fixture
def patricia(standin: StandIn, db: None) -> Person:
    """Of the organisation that holds the documentation's samples, on the version of the samples."""
    found = person(standin, "samples", "patricia")
    found.connection.api_version = 7
    found.connection.save(update_fields=["api_version"])
    return found
