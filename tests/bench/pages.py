"""Pages from kept metadata, in process, beside the empty signed-in view behind the same middleware."""

from collections.abc import Iterator
from typing import Any

from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from crm_client.standin import StandIn
from tests.bench.big import FIELDS, MODULES, big_demo
from tests.bench.measure import Line, medians
from tests.bench.stage import stage, use
from tests.cast import Person, person

MOST_QUERIES = 10


def pages() -> Iterator[Line]:
    """Modules page with 400 modules and fields page with 300 fields."""
    with stage(), StandIn(organisations=[big_demo()]) as standin:
        use(standin)
        alice = _alice(standin)
        lists = (("modules-page", "/modules/", MODULES), ("fields-page", "/modules/Leads/fields/", FIELDS))
        for name, path, size in lists:
            alice.get(path)
            calls = len(standin.ledger())
            empty, frame, fifty, whole, keystroke = medians(
                lambda: _ok(alice, "/empty/"),
                lambda: _ok(alice, "/frame/"),
                lambda path=path: _ok(alice, path),  # type: ignore[misc]
                lambda path=path: _ok(alice, path, page="all"),  # type: ignore[misc]
                lambda path=path: _partial(alice, path),  # type: ignore[misc]
            )
            beside = {"empty_ms": round(empty, 2), "frame_ms": round(frame, 2), "of": size}
            yield Line(name, fifty / empty, 15, {"ms": round(fifty, 2), **beside})
            yield Line(f"{name}-all-on-one", whole / empty, 40, {"ms": round(whole, 2), **beside})
            yield Line(f"{name}-keystroke", keystroke / empty, 15, {"ms": round(keystroke, 2), **beside})
            yield Line(f"{name}-crm-calls", len(standin.ledger()) - calls, 0, {})
            yield Line(f"{name}-queries", _queries(alice, path), MOST_QUERIES, {})


def _alice(standin: StandIn) -> Person:
    return person(standin, "demo", "alice")


def _ok(who: Person, path: str, **query: Any) -> None:
    page = who.get(path, **query)
    assert page.status == 200, page.status


def _partial(who: Person, path: str) -> None:
    page = who.get_partial(path, q="na")
    assert page.status == 200, page.status


def _queries(who: Person, path: str) -> int:
    with CaptureQueriesContext(database) as captured:
        _ok(who, path)
    return len(captured)
