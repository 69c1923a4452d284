"""Findings of wizards: four times the API's limit of arrows, and a graph that no editor could hold."""

import random
import time
from collections.abc import Iterator
from typing import Any

from console.wizards.facts import Facts
from console.wizards.findings import check
from console.wizards.graph import WizardGraph
from console.wizards.picture import picture
from crm_client.wizards import Wizard
from tests.bench.measure import Line, medians

_FIELDS = ("Borrower", "Loan_Amount", "Purpose", "Region", "Term_Months", "Company", "Remarks", "Name")


def findings() -> Iterator[Line]:
    """Milliseconds for everything that is examined in one container."""
    whole, wide = Wizard.from_api(big(75, 300)), Wizard.from_api(big(1000, 4000))
    (usual,) = medians(lambda: check(whole, whole.containers[0], Facts()), rounds=10)
    (huge,) = medians(lambda: check(wide, wide.containers[0], Facts()), rounds=3)
    yield Line("wizard findings, 75 screens and 300 arrows, ms", usual, 100, {})
    yield Line("wizard findings, 1,000 screens and 4,000 arrows, ms", huge, 3000, {})
    begin = time.perf_counter()
    graph = WizardGraph.of(wide.containers[0])
    picture(graph, Facts(), [])
    yield Line("wizard cards and arrows of 1,000 screens, s", time.perf_counter() - begin, 1, {})


def big(screens: int, arrows: int, seed: int = 1) -> dict[str, Any]:
    """A wizard as the API gives it: a random tree from the start on, and further arrows anywhere."""
    rng = random.Random(seed)
    pairs = {(rng.randrange(max(0, n - 4), n), n) for n in range(1, screens)}
    while len(pairs) < arrows:
        pairs.add((rng.randrange(screens), rng.randrange(screens)))
    leaving: dict[int, list[int]] = {}
    for source, target in sorted(pairs):
        leaving.setdefault(source, []).append(target)
    container = {
        "id": "9", "layout": {"id": "9", "name": "Standard"},
        "chart_data": {
            "nodes": [
                {"pos_x": n % 10 * 400, "pos_y": n // 10 * 300, "start_node": n == 0, "screen": {"id": str(10**18 + n)}}
                for n in range(screens)
            ],
            "connections": [
                {"id": str(5 * 10**18 + place), "source_screen": {"id": str(10**18 + source)},
                 "target_screen": {"id": str(10**18 + target)}}
                for place, (source, target) in enumerate(sorted(pairs))
            ],
        },
        "screens": [_screen(n, leaving.get(n, []), rng) for n in range(screens)],
    }  # fmt: skip
    return {"id": "1", "name": "Big", "module": {"api_name": "Loans", "id": "2"}, "active": True,
            "profiles": [{"id": "3", "name": "Administrator"}], "containers": [container]}  # fmt: skip


def _screen(number: int, targets: list[int], rng: random.Random) -> dict[str, Any]:
    buttons: list[dict[str, Any]] = [
        {"id": str(8 * 10**17 + number * 1000 + target), "display_label": f"Go {target}", "type": "transition",
         "category": "wizard_button", "visibility": "show", "shape": "square",
         "target_screen": {"id": str(10**18 + target), "name": f"Screen {target}"}}
        for target in targets
    ]  # fmt: skip
    if number % 9 == 0:
        buttons.append({"id": str(9 * 10**17 + number), "display_label": "Save", "type": "save"})
    fields = [
        {"sequence_number": place, "type": "field", "resource": {"name": name, "id": "77"}}
        for place, name in enumerate(rng.sample(_FIELDS, 4))
    ]
    return {
        "id": str(10**18 + number), "display_label": f"Screen {number}", "api_name": f"Screen_{number}",
        "segments": [
            {"id": "1", "type": "composite", "sequence_number": 1, "display_label": "Part", "elements": fields},
            {"id": "2", "type": "buttons", "sequence_number": 2, "buttons": buttons},
        ],
    }  # fmt: skip
