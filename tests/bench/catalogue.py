"""The catalogue with more than 1,500 operations, in process, beside the empty signed-in view."""

import itertools
from collections.abc import Iterator
from typing import Any

from console.connections import gate
from console.connections.tokens import crm_for
from crm_client.standin import StandIn
from tests.bench.measure import Line, medians
from tests.bench.stage import stage, use
from tests.cast import Person, person

FIRST, KEYSTROKE = 8, 4  # times the empty view; 20 and 10 ms where that takes 2.5
_TYPED = ("l", "le", "lea", "leads", "settings fields", "xyzzy", "upsert")


def catalogue() -> Iterator[Line]:
    """First page, a keystroke in the filter, both versions side by side."""
    with stage(), StandIn(seed=1, catalogue="full") as standin:
        use(standin)
        alice = person(standin, "demo", "alice")
        _ok(alice, version="both")
        typed = itertools.cycle(_TYPED)
        empty, first, keystroke, both = medians(
            lambda: _empty(alice),
            lambda: _ok(alice),
            lambda: _partial(alice, q=next(typed)),
            lambda: _partial(alice, q=next(typed), version="both", access="no"),
        )
        apis = crm_for(alice.connection, gate.page_deadline_s()).apis.all()
        size = {"operations": sum(len(api.operation_types) for api in apis), "empty_view_ms": round(empty, 2)}
        size |= {"first_ms": round(first, 2), "keystroke_ms": round(keystroke, 2)}
        yield Line("catalogue-first-page", first / empty, FIRST, size)
        yield Line("catalogue-keystroke", keystroke / empty, KEYSTROKE, size)
        yield Line("catalogue-keystroke-both-versions", both / empty, KEYSTROKE, size)


def _empty(who: Person) -> None:
    page = who.get("/empty/")
    assert page.status == 200, page.status


def _ok(who: Person, **query: Any) -> None:
    page = who.get("/catalogue/", **query)
    assert page.status == 200, page.status


def _partial(who: Person, **query: Any) -> None:
    page = who.get_partial("/catalogue/", **query)
    assert page.status == 200, page.status
