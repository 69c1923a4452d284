"""GET /healthz: whether this process, its database and its broker answer, and how fast. Anyone may ask."""

import threading
import time
from collections.abc import Callable
from typing import Any

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.running import threads

KEPT_S = 1.0  # asked more often than that, the last answer is given again
BROKER_DEADLINE_S = 2
DATABASE_DEADLINE_S = 2.0  # for a connection of the pool; pages wait longer for theirs

Answer = dict[str, Any]
_lock = threading.Lock()
_last: list[tuple[float, Answer]] = []  # at most one: when it was found, and what


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503: {"ok", "process": {"ok", "ms"}, "database": …, "broker": …}, nothing more."""
    answer = health()
    return JsonResponse(answer, status=200 if answer["ok"] else 503)


def health() -> Answer:
    """Asks everything, at most once a second; who comes meanwhile waits for that answer."""
    with _lock:
        if _last and 0 <= time.monotonic() - _last[0][0] < KEPT_S:
            return _last[0][1]
        found = {
            "process": _timed(_process),
            "database": _timed(_database),
            "broker": _timed(_broker),
        }
        answer = {"ok": all(part["ok"] for part in found.values()), **found}
        _last[:] = [(time.monotonic(), answer)]
        return answer


def _timed(check: Callable[[], None]) -> Answer:
    """{"ok": bool, "ms": milliseconds}; why it failed goes nowhere: an address could stand in it."""
    start = time.perf_counter()
    try:
        check()
        ok = True
    except Exception:  # noqa: BLE001  whatever keeps a part from answering, the answer is the same
        ok = False
    return {"ok": ok, "ms": round((time.perf_counter() - start) * 1000, 2)}


def _process() -> None:
    """The threads that an embedded console needs (worker, beat, sweeper); nothing to ask of a web process alone."""
    threads.check()


class NoWorker(Exception):
    """The broker in memory reaches no worker from here: this is no console in one process."""


def _database() -> None:
    pool = getattr(connection, "pool", None)  # PostgreSQL alone has one
    if pool is not None and connection.connection is None:
        pool.open()
        pool.putconn(pool.getconn(timeout=DATABASE_DEADLINE_S))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _broker() -> None:
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        if not threads.has("worker"):
            raise NoWorker
        return
    with current_app.connection_for_write(settings.CELERY_BROKER_URL) as broker:
        broker.ensure_connection(max_retries=0, timeout=BROKER_DEADLINE_S, reraise_as_library_errors=False)
