"""The map of 50 states and 200 transitions, and a record’s place in its process beside its two calls of the CRM."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from console.blueprints.facts import Facts
from console.blueprints.findings import check
from console.blueprints.graph import ProcessGraph
from console.blueprints.picture import STATES, picture
from console.diagrams import draw, outline
from crm_client.blueprints import Blueprint
from crm_client.standin import StandIn
from crm_client.transport import Transport
from tests.bench.measure import Line, medians
from tests.bench.stage import stage, use
from tests.cast import Person, person


def blueprints() -> Iterator[Line]:
    """Milliseconds of the whole map page, of its drawing alone, and of the console's share of a record's page."""
    raw = big(50, 200)
    (drawn,) = medians(lambda: _draw(raw), rounds=10)
    yield Line("blueprint map, 50 states and 200 transitions, drawing ms", drawn, 150, {})
    with stage(), StandIn(seed=1) as standin:
        use(standin)
        demo = standin.organisation("demo")
        demo.blueprint_settings["77"] = raw
        alice = person(standin, "demo", "alice")
        (page,) = medians(lambda: _ok(alice, "/blueprints/77/"), rounds=10)
        yield Line("blueprint map page, 50 states and 200 transitions, ms", page, 150, {})
        record = next(one for one in demo.records["Loans"] if one["$process_flow"])
        path = f"/blueprints/record/Loans/{record['id']}/"
        _ok(alice, path)
        shares, calls = [], 0
        for _ in range(20):
            with _calls_timed() as spent:
                begin = time.perf_counter()
                _ok(alice, path)
                shares.append((time.perf_counter() - begin - sum(spent)) * 1000)
                calls = len(spent)
        yield Line("blueprint of a record, console's share, ms", sorted(shares)[len(shares) // 2], 80, {"calls": calls})
        yield Line("blueprint of a record, CRM calls", calls, 2, {})


@contextmanager
def _calls_timed() -> Iterator[list[float]]:
    """Seconds that each call of the CRM takes, waiting for the stand-in included."""
    spent: list[float] = []
    get = Transport.get

    def timed(self: Transport, *args: Any, **kwargs: Any) -> Any:
        begin = time.perf_counter()
        try:
            return get(self, *args, **kwargs)
        finally:
            spent.append(time.perf_counter() - begin)

    Transport.get = timed  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        Transport.get = get  # type: ignore[method-assign]


def _draw(raw: dict[str, Any]) -> None:
    graph = ProcessGraph(Blueprint.from_api(raw))
    image = picture(graph, Facts(), check(graph, Facts()).findings)
    draw(image.layout(automatic=False), "States", nouns=STATES)
    outline(image.nodes, image.arrows, image.starts)


def _ok(who: Person, path: str) -> None:
    page = who.get(path)
    assert page.status == 200, page.status


def big(states: int, transitions: int, seed: int = 1) -> dict[str, Any]:
    """A process as the API gives it: a random tree from the start on, and further transitions anywhere."""
    rng = random.Random(seed)
    pairs = [(rng.randrange(max(0, n - 4), n), n) for n in range(1, states)]
    while len(pairs) < transitions:
        pairs.append((rng.randrange(states), rng.randrange(states)))
    return {
        "id": "77", "name": "Big", "status": "active", "module": {"api_name": "Leads", "id": "2"},
        "field": {"api_name": "Lead_Status", "id": "4", "field_label": "Lead Status"},
        "states": [
            {"id": str(10**18 + n), "name": f"State number {n}", "api_name": f"S{n}",
             "pick_list_value": {"actual_value": f"State number {n}"}}
            for n in range(states)
        ],
        "transitions": [
            {"id": str(2 * 10**18 + n), "name": f"Go {n}", "api_name": f"T{n}", "trigger_type": "manual",
             "transition_type": "standalone_transition", "color_code": "#C4F0B3" if n % 2 else None,
             "during_inputs": [{"type": "field", "field": {"api_name": "Phone"}, "optional": False}],
             "owners": [{"type": "record_owner", "resources": None}]}
            for n in range(len(pairs))
        ],
        "connections": [
            {"source": {"state": {"api_name": f"S{source}"}}, "target": {"state": {"api_name": f"S{target}"}},
             "transition": {"api_name": f"T{n}", "name": f"Go {n}", "id": str(2 * 10**18 + n)}}
            for n, (source, target) in enumerate(pairs)
        ],
        "chart_data": {"nodes": [
            {"x": n % 8 * 300, "y": n // 8 * 160, "state": {"api_name": f"S{n}"}} for n in range(states)
        ]},
    }  # fmt: skip
