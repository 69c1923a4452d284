"""A list of 200 records with 20 columns: what the console itself takes, beside its one call to the CRM."""

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from crm_client.standin import StandIn
from crm_client.transport import Http
from tests.bench.measure import Line
from tests.bench.stage import stage, use
from tests.cast import person

ROUNDS = 25
MOST_MS = 30
_KINDS = (
    "text",
    "picklist",
    "datetime",
    "date",
    "currency",
    "lookup",
    "ownerlookup",
    "boolean",
    "email",
    "phone",
    "integer",
)


def records() -> Iterator[Line]:
    """The list as people open it again: its metadata is kept, so there is one call."""
    with stage(), StandIn() as standin:
        use(standin)
        alice = person(standin, "demo", "alice")
        fields = [one for one in standin.organisation("demo").fields["Leads"] if one["data_type"] in _KINDS]
        names = ",".join(one["api_name"] for one in fields[:20])
        alice.get("/records/Leads/", columns=names, per="200")
        inside: list[tuple[float, float]] = []  # seconds of the call: by the clock, and of this thread's work
        real = Http.send

        def timed(self: Http, *args: Any, **rest: Any) -> Any:
            begun = time.perf_counter(), time.thread_time()
            try:
                return real(self, *args, **rest)
            finally:
                inside.append((time.perf_counter() - begun[0], time.thread_time() - begun[1]))

        Http.send = timed  # type: ignore[method-assign]
        own, work, calls = [], [], []
        try:
            for _ in range(ROUNDS):
                inside.clear()
                begun = time.perf_counter(), time.thread_time()
                page = alice.get("/records/Leads/", columns=names, per="200")
                own.append((time.perf_counter() - begun[0] - sum(one for one, _ in inside)) * 1000)
                work.append((time.thread_time() - begun[1] - sum(one for _, one in inside)) * 1000)
                calls.append(len(inside))
                assert page.text.count("<tr>") == 201
        finally:
            Http.send = real  # type: ignore[method-assign]
        yield Line("records-list-200x20-ms", median(own), MOST_MS, {"work_ms": round(median(work), 1)})
        yield Line("records-list-crm-calls", max(calls), 1, {})
