"""One submission of 10,000 rows: what each step of it takes, in statements and seconds. Not in CI.

`python -m tests.bench.many`, with DATABASE_URL as wished; one line of JSON per step.
"""

import json
import os
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

from django.db import connection, reset_queries
from django.utils import timezone

from console.submissions import bell, forgetting, looking, sending, services, sweeping
from console.submissions.models import Call, Row, Submission
from console.submissions.services import Change
from crm_client.standin import StandIn
from tests.bench.stage import stage, use
from tests.cast import Person, person

ROWS = int(os.environ.get("MANY_ROWS", "10000"))
SCOPES = ["ZohoCRM.modules.ALL", "ZohoCRM.coql.READ", "ZohoCRM.org.READ", "ZohoCRM.settings.ALL", "ZohoCRM.users.READ"]


@contextmanager
def _step(name: str, memory: bool = False) -> Iterator[None]:
    connection.force_debug_cursor = True
    reset_queries()
    if memory:
        tracemalloc.start()
    started = time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    told: dict[str, Any] = {"step": name, "s": round(seconds, 2), "statements": len(connection.queries_log)}
    if memory:
        told["peak_mb"] = round(tracemalloc.get_traced_memory()[1] / 1e6, 1)
        tracemalloc.stop()
    slow = sorted(connection.queries_log, key=lambda one: -float(one["time"]))[:1]
    told["slowest_ms"] = [round(float(one["time"]) * 1000) for one in slow]
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()


def _measured(standin: StandIn, alice: Person) -> None:
    def rows() -> list[dict[str, Any]]:
        return [
            {"Last_Name": f"Boyle {n}", "Company": "Zylker", "Description": f"mark-{n}", "Phone": f"+44 {n}",
             "Email": f"boyle{n}@zylker.example", "City": "Leeds", "Country": "United Kingdom"}
            for n in range(ROWS)
        ]  # fmt: skip

    alice.get("/records/Leads/")
    with _step("rows in memory", memory=True):
        wishes = rows()
    change = Change("insert", "Leads", wishes)
    with _step("plan"):
        services.plan(alice.connection, change)
    with _step("plan, memory", memory=True):
        services.plan(alice.connection, change)
    key = services.new_form_key()
    away = mock.patch.object(bell.current_app, "send_task", side_effect=OSError)
    with away:
        with _step("submit and send, broker down"):
            submission = services.submit(alice.connection, alice.user, change, form_key=key, title="Many leads")
            services.send(submission)
        with _step("its page, saved and waiting"):
            assert "SAVED-WAITING" in alice.get(f"/submissions/{submission.pk}/").text
    with _step("the same form again"):
        assert services.submit(alice.connection, alice.user, change, form_key=key, title="Many leads").is_repeat
    silent = mock.patch.object(bell.current_app, "send_task")
    silent.start()
    with _step("one sweep"):
        sweeping.sweep()
    calls = list(Call.objects.filter(submission=submission).order_by("pk").values_list("pk", flat=True))
    sending.ON_S = 0
    with _step("one call of 100"):
        sending.in_the_background(calls[0])
    posts = {"method": "POST", "path": "/crm/v8/Leads"}
    standin.fault("commit_then_drop", match=posts, count=2)
    refusal = {"code": "INVALID_DATA", "details": {"api_name": "Phone"}, "message": "invalid data", "status": "error"}
    standin.fault("status", {"status": 400, "body": refusal}, match={**posts, "body": '"mark-3'}, count=10)
    with _step("50 calls"):
        for pk in calls[1:51]:
            sending.in_the_background(pk)
    with _step("its page, half way"):
        alice.get(f"/submissions/{submission.pk}/")
    with _step("its live part"):
        alice.get_partial(f"/submissions/{submission.pk}/")
    with _step("its page, refused rows"):
        alice.get(f"/submissions/{submission.pk}/", show="failed", page="3")
    with _step("the list"):
        alice.get("/submissions/")
    with _step("status.json"):
        alice.get(f"/submissions/{submission.pk}/status.json")
    Call.objects.filter(state="unknown").update(look_at=timezone.now() - timedelta(seconds=1))
    with _step("looking up 200 rows"):
        for pk in Call.objects.filter(state="unknown").values_list("pk", flat=True):
            looking.look_up(pk)
    count = Row.objects.filter(submission=submission, state="failed").count()
    with _step(f"send the {count} failed again", memory=True):
        services.send_failed_again(submission, alice.user)
    with _step("cancel the rest"):
        services.cancel(submission, alice.user)
    Row.objects.filter(submission=submission).update(state="failed", code="INVALID_DATA")
    with _step("send all of them again", memory=True):
        services.send_failed_again(submission, alice.user)
    Submission.objects.update(state="done", finished_at=timezone.now() - timedelta(days=31))
    with _step("forget its values"):
        forgetting.forget_payloads(timezone.now())
    silent.stop()


def main() -> None:
    with stage(), StandIn(seed=1) as standin:
        use(standin)
        _measured(standin, person(standin, "demo", "alice", SCOPES))


if __name__ == "__main__":
    main()
