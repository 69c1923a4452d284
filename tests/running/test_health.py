"""/healthz: three parts, each with its time, for anyone who asks, and no secret."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from console import health
from console.running import threads
from tests.cast import Person


@pytest.fixture(autouse=True)
def _asked_afresh() -> None:
    health._last.clear()


@pytest.fixture(autouse=True)
def _worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The thread of an embedded console that works."""
    over = threading.Event()
    monkeypatch.setattr(threads, "_watched", [])
    thread = threads.start(threading.Thread(target=over.wait, name="worker"))
    yield
    over.set()
    thread.join()


def refuse(*args: Any) -> None:
    raise OperationalError("connection to server at 10.0.0.1 failed: password hush")


@pytest.mark.django_db
def test_a_load_balancer_sees_that_all_is_well() -> None:
    answer = Client().get("/healthz")
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"ok", "process", "database", "broker"}
    assert all(part["ok"] and part["ms"] >= 0 for part in (body["process"], body["database"], body["broker"]))
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_a_broker_that_is_down_is_told_without_its_address(settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://:hush@127.0.0.1:1/0"
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["broker"]["ok"] is False
    assert answer.json()["database"]["ok"] is True
    assert "hush" not in answer.content.decode()
    assert "127.0.0.1" not in answer.content.decode()


@pytest.mark.django_db
def test_a_database_that_is_down_is_told() -> None:
    with connection.execute_wrapper(refuse):
        answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"]["ok"] is False
    assert "hush" not in answer.content.decode()


@pytest.mark.django_db
def test_asking_often_costs_one_look_a_second(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        for _ in range(20):
            assert Client().get("/healthz").status_code == 200


@pytest.mark.django_db
def test_only_looking_is_allowed() -> None:
    assert Client().head("/healthz").status_code == 200
    assert Client().post("/healthz").status_code == 405


def test_a_database_that_is_down_is_told_to_a_signed_in_person_too(alice: Person) -> None:
    with connection.execute_wrapper(refuse):
        answer = alice.client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"]["ok"] is False


@pytest.mark.django_db
def test_a_broker_in_memory_without_a_worker_is_no_broker(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """gunicorn without CELERY_BROKER_URL: jobs would wait for ever."""
    settings.CELERY_BROKER_URL = "memory://localhost/"
    monkeypatch.setattr(threads, "_watched", [])
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["broker"]["ok"] is False
    assert answer.json()["process"]["ok"] is True


@pytest.mark.django_db
def test_a_load_balancer_asks_by_address() -> None:
    assert Client(headers={"host": "10.1.2.3:8000"}).get("/healthz").status_code == 200
    assert Client(headers={"host": "10.1.2.3:8000"}).get("/sign-in/").status_code == 400
