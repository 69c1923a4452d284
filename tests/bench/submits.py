"""One record through the door, from the click to its outcome: the console's own share beside the CRM's time."""

import statistics
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from console.connections import gate
from console.submissions import services
from console.submissions.services import Change
from crm_client.standin import StandIn
from tests.bench.measure import ROUNDS, Line
from tests.bench.stage import stage, use
from tests.bench.writes import SCOPES
from tests.cast import Person, person

BAR_MS = 60
MOST_QUERIES = 40


def submits() -> Iterator[Line]:
    """Stored, claimed, said to be sent, sent, settled, audited, booked; whatever the CRM took is taken off."""
    spent: list[float] = []

    def listen(connection: Any, purpose: Any, event: Any) -> None:
        spent.append(event.ms)

    with stage(), StandIn(seed=1) as standin:
        use(standin)
        alice = person(standin, "demo", "alice", SCOPES)
        gate.listeners.append(listen)
        try:
            own = []
            for number in range(ROUNDS + 3):
                spent.clear()
                begin = time.perf_counter()
                _submit(alice, number)
                own.append((time.perf_counter() - begin) * 1000 - sum(spent))
            with CaptureQueriesContext(database) as captured:
                _submit(alice, ROUNDS + 3)
        finally:
            gate.listeners.remove(listen)
        figure = statistics.median(own[3:])  # the first ones open connections and read code
        yield Line("records-submit-ms", figure, BAR_MS, {"database": database.vendor, "crm_ms": round(sum(spent), 1)})
        yield Line("records-submit-queries", len(captured), MOST_QUERIES, {})


def _submit(who: Person, number: int) -> None:
    change = Change("insert", "Leads", [{"Last_Name": f"Boyle {number}", "Company": "Zylker"}])
    key = services.new_form_key()
    submission = services.submit(who.connection, who.user, change, form_key=key, title="New lead")
    services.send(submission)
    assert submission.rows.get().state == "succeeded"
