"""Calls of many threads share commits; none is lost, and a bad one spoils no other."""

import threading

import pytest
from django.db import Error, OperationalError, connections
from django.db.models.query import QuerySet

from console.costs.models import Call
from console.costs.together import Together


def call(number: int) -> Call:
    return Call(dc="standin-us", method="GET", endpoint=f"/{number}", credits=1, ms=1)


def write(together: Together, calls: list[Call]) -> dict[str, Error]:
    """Each call from a thread of its own; {endpoint: what was raised}."""
    raised: dict[str, Error] = {}

    def one(call: Call) -> None:
        try:
            together.write(call)
            assert Call.objects.filter(endpoint=call.endpoint).exists()
        except Error as exc:
            raised[call.endpoint] = exc
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each INSERT carried. The first one waits until the others stand behind it."""
    sizes: list[int] = []
    create = QuerySet.bulk_create

    def counted(self: "QuerySet[Call]", calls: list[Call]) -> list[Call]:
        sizes.append(len(calls))
        if len(sizes) == 1:
            threading.Event().wait(0.3)
        return create(self, calls)

    monkeypatch.setattr(QuerySet, "bulk_create", counted)
    return sizes


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_need_a_few_commits_and_each_finds_its_row(batches: list[int]) -> None:
    assert write(Together(), [call(number) for number in range(20)]) == {}
    assert Call.objects.count() == 20
    assert sum(batches) == 20
    assert len(batches) < 10


@pytest.mark.django_db(transaction=True)
def test_a_row_that_the_database_refuses_takes_no_other_with_it(batches: list[int]) -> None:
    calls = [call(number) for number in range(10)]
    calls[4].credits = None  # type: ignore[assignment]
    raised = write(Together(), calls)
    assert set(raised) == {"/4"}
    assert Call.objects.count() == 9


@pytest.mark.django_db(transaction=True)
def test_everybody_hears_that_the_database_is_away() -> None:
    def away(*_: object) -> None:
        raise OperationalError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "bulk_create", away)
        raised = write(Together(), [call(number) for number in range(5)])
    assert len(raised) == 5
    assert Call.objects.count() == 0
