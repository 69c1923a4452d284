"""Rows in a storm (tests/submissions/storm.py): lost 0, doubled 0, lies 0 on every seed."""

import os
from collections.abc import Iterator

from django.db import connection as database

from crm_client.standin import StandIn
from tests.bench.measure import Line
from tests.bench.stage import stage, use
from tests.cast import person
from tests.submissions.conftest import unique_field
from tests.submissions.storm import storm

ROWS = int(os.environ.get("WRITES_ROWS", "2000"))
SEEDS = int(os.environ.get("WRITES_SEEDS", "5"))
KILLS = 3
SCOPES = ["ZohoCRM.modules.ALL", "ZohoCRM.coql.READ", "ZohoCRM.org.READ", "ZohoCRM.settings.ALL"]


def writes() -> Iterator[Line]:
    """Five seeds; the first without a unique reference field, the others in turn with one and without."""
    for seed in range(1, SEEDS + 1):
        with stage(), StandIn(seed=1) as standin:
            use(standin)
            with_reference = seed % 2 == 0
            alice = person(standin, "demo", "alice", SCOPES)
            report = storm(
                standin,
                alice,
                rows=ROWS,
                seed=seed,
                kills=KILLS,
                reference_field=unique_field(standin, alice) if with_reference else "",
            )
        truth = report.truth
        wrong = len(truth.lost) + len(truth.doubled) + len(truth.lies) + len(truth.unsettled)
        details = {
            "seed": seed,
            "rows": ROWS,
            "lost": len(truth.lost),
            "doubled": len(truth.doubled),
            "lies": len(truth.lies),
            "unsettled": len(truth.unsettled),
            "with_reference": with_reference,
            "asked_a_person": report.asked,
            "calls": report.calls,
            "killed": report.killed,
            "messages_lost": report.unheard,
            "database_restarted": report.restarted,
            "quiet_after_s": round(report.by_itself, 1),
            "database": database.vendor,
        }
        yield Line(f"writes-{seed}", wrong, 0, details)
        if with_reference:
            yield Line(f"writes-{seed}-asked", report.asked, 0, {})
