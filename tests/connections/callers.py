"""Callers of one connection's token in processes of their own (AC-12): 4 web and 4 worker processes of 4 threads each.

A line on standard input starts a round: `python -m tests.connections.callers CONNECTION`; the answer is a line of JSON,
`[{"where": "web", "token": …, "problem": "", "s": 0.31}, …]`. Each round forks anew from one process that has loaded
Django and opened nothing, as gunicorn and Celery do.
"""

import hashlib
import json
import multiprocessing
import sys
import threading
import time
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connection as database  # noqa: E402  models are there only now

from console.connections import gate  # noqa: E402
from console.connections.models import Connection  # noqa: E402
from console.connections.tokens import crm_for  # noqa: E402
from crm_client.errors import CrmError  # noqa: E402

PROCESSES = ["web"] * 4 + ["worker"] * 4
THREADS = 4
_fork = multiprocessing.get_context("fork")


def main() -> None:
    _say("ready")
    for _ in sys.stdin:
        barrier, results = _fork.Barrier(len(PROCESSES) * THREADS), _fork.SimpleQueue()
        processes = [_fork.Process(target=_process, args=(where, barrier, results)) for where in PROCESSES]
        for process in processes:
            process.start()
        answer = [results.get() for _ in range(len(PROCESSES) * THREADS)]
        for process in processes:
            process.join()
        _say(json.dumps(answer))


def _process(where: str, barrier: Any, results: Any) -> None:
    threads = [threading.Thread(target=_thread, args=(where, barrier, results)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _thread(where: str, barrier: Any, results: Any) -> None:
    """One call to the CRM as a page or a job makes it; how long it took and what became of it."""
    mine = Connection.objects.get(pk=UUID(sys.argv[1]))
    deadline_s = gate.page_deadline_s() if where == "web" else gate.worker_deadline_s()
    barrier.wait(30)
    begin = time.monotonic()
    problem, ends_by = "", begin + deadline_s if where == "web" else None
    try:
        crm_for(mine, deadline_s, ends_by=ends_by).org.get()
    except CrmError as exc:
        problem = exc.message_code
    took = time.monotonic() - begin
    mine.refresh_from_db()
    token = hashlib.sha256(mine.access_token.encode()).hexdigest()[:12]
    database.close()
    results.put({"where": where, "token": token, "problem": problem, "s": round(took, 3)})


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
