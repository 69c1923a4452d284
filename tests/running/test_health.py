"""/healthz: three parts, each with its time, for anyone who asks, and no secret."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from console import health


@pytest.fixture(autouse=True)
def _asked_afresh() -> None:
    health._last.clear()


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
    def refuse(*args: Any) -> None:
        raise OperationalError("connection to server at 10.0.0.1 failed: password hush")

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
