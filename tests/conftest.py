"""The cast and the stage: a stand-in CRM of one's own for each test, and the people who use the console."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management.commands import flush
from django.db import connection as database

from console.audit import triggers
from crm_client.standin import StandIn
from tests import canary
from tests.bite import protections, runs
from tests.cast import Person, person

NEITHER_DATABASE_NOR_BROKER = ("crm_client", "diagrams", "fieldforms", "standin")
ALWAYS_ON_THEIR_OWN = ("test_bootstrap.py", "test_demo.py", "test_bite.py", "test_house.py")
"""Files of tests that choose database and broker themselves, or need neither."""
START_PROCESSES = ("running", "connections", "submissions", "crowd")
"""Tests without a database of their own may start processes that take the one of the environment."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that another database cannot change are marked, so that CI's second run may do without them."""
    for item in items:
        folder, file = item.path.parent.name, item.path.name
        fixtures = set(getattr(item, "fixturenames", ()))
        has_database = bool(item.get_closest_marker("django_db") or fixtures & {"db", "live_server"})
        is_alone = folder in NEITHER_DATABASE_NOR_BROKER or file in ALWAYS_ON_THEIR_OWN
        if is_alone or not (has_database or folder in START_PROCESSES):
            item.add_marker("once")


@pytest.fixture
def standin(tmp_path: Path, settings: Any) -> Iterator[StandIn]:
    """A fresh CRM on loopback, which the console's table of data centres names."""
    with StandIn(seed=1) as running:
        table = tmp_path / "data-centres.json"
        running.write_table(table)
        settings.CRM_DC_TABLE = str(table)
        settings.CRM_CREDENTIALS = {"": (running.client_id, running.client_secret)}
        yield running


@pytest.fixture
def alice(standin: StandIn, db: None) -> Person:
    """Administers the demo organisation."""
    return person(standin, "demo", "alice")


@pytest.fixture
def bob(standin: StandIn, db: None) -> Person:
    """May only look."""
    return person(standin, "demo", "bob")


@pytest.fixture
def charlie(standin: StandIn, db: None) -> Person:
    """A stranger: administers another organisation, in another data centre."""
    return person(standin, "europe", "charlie")


@pytest.fixture(autouse=True, scope="session")
def _limits_are_for_people() -> None:
    """One test asks for more pages than a person, and all of them are one address; tests of limits set their own."""
    django_settings.LIMITS = {name: (1_000_000, span_s) for name, (_, span_s) in django_settings.LIMITS.items()}


@pytest.fixture(autouse=True, scope="session")
def _secrets_are_marked() -> Iterator[None]:
    """Every token, code, verifier and client secret carries a mark, which is watched for (tests/canary.py)."""
    with canary.watching():
        yield
        canary.search_files(django_settings.DATA_DIR)
    assert canary.taken() == []


@pytest.fixture(autouse=True)
def _no_secret_turned_up(_secrets_are_marked: None) -> Iterator[None]:
    yield
    assert canary.taken() == []


@pytest.fixture(autouse=True, scope="session")
def _without_a_protection() -> Iterator[None]:
    """Do the tests bite? `python -m tests.bite` runs them against the console with one protection removed."""
    removed = os.environ.get(runs.SWITCH)
    with protections.without(removed) if removed else contextlib.nullcontext():
        yield


@contextlib.contextmanager
def _audit_lifted() -> Iterator[None]:
    """The audit's triggers refuse DELETE and TRUNCATE, which is how Django empties tables between tests."""
    triggers.drop(database)
    try:
        yield
    finally:
        triggers.create(database)


@pytest.fixture(autouse=True, scope="session")
def _flush_empties_the_audit_too() -> Iterator[None]:
    empty = flush.Command.handle

    def lifted(self: flush.Command, **options: Any) -> None:
        with _audit_lifted():
            empty(self, **options)

    flush.Command.handle = lifted
    yield
    flush.Command.handle = empty
