"""Console, Celery worker, beat and sweeper as threads of one process, on SQLite and a broker in memory (D24, D26).

Learned the hard way (dependencies.md): one worker controller per process; the sweeper has a thread of its own, because
in the worker's pool a long job would keep it from running; the database's ledger decides, so the end may be abrupt.
"""

import logging
import os
import signal
import sys
import threading
from socket import socket
from types import FrameType
from typing import Any

import waitress.server
from celery import beat
from celery.worker import WorkController
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, close_old_connections
from django.db import connection as database

from console.celery import SWEEP_EVERY_S, app
from console.connections import table
from console.jobs import services, sweeper
from console.running import threads
from console.running.launch import Launch
from console.submissions import sending, sweeping
from console.wsgi import application

WEB_THREADS = 16
JOB_THREADS = 4
FINISH_S = 2.0  # how long requests and jobs may still take when the console is told to stop

log = logging.getLogger(__name__)


def run(launch: Launch) -> None:
    """Runs until a signal comes, or until the demo's CRM cannot be kept alive. Raises CommandError."""
    stop = threading.Event()
    stopped_by: list[int] = []

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stopped_by:
            os._exit(1)  # asked twice: the kernel frees lock and ports, and the stand-in ends with us
        stopped_by.append(number)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    _migrate(launch)
    if stop.is_set():
        return
    _take_over()
    worker = _worker()
    threads.start(threading.Thread(target=worker.start, name="worker", daemon=True))
    threads.start(threading.Thread(target=_beat, name="beat", daemon=True))
    threads.start(threading.Thread(target=_sweep, args=(stop,), name="sweeper", daemon=True))
    server = _web(launch.sockets)
    threads.start(threading.Thread(target=server.run, name="web", daemon=True))
    if launch.crm:
        launch.crm.watch(give_up=stop.set)
    _say(launch)
    stop.wait()
    print("Stopping ...", file=sys.stderr, flush=True)
    _finish(worker, server)
    launch.close()
    logging.shutdown()
    # Python would wait for a job that is still running; its lease ends, and the next start goes on with it.
    os._exit(0 if stopped_by else 1)


def _migrate(launch: Launch) -> None:
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as exc:
        raise CommandError(
            f"The database {launch.data.database} cannot be used: {exc}. Nothing was changed that a second start"
            " would not find; make room, restore a backup, or choose another directory: --data DIR."
        ) from exc
    try:
        table.refuse_foreign_connections()
    except ImproperlyConfigured as exc:
        raise CommandError(str(exc)) from exc


def _take_over() -> None:
    """On a database of one's own nobody else is at work: what an earlier start had in its hands is free at once."""
    if database.vendor == "sqlite":
        services.after_a_restart()
        sweeping.after_a_restart()


def _web(sockets: list[socket]) -> Any:
    # What a proxy says is judged in one place under every server: console.proxies.
    return waitress.server.create_server(
        application,
        sockets=sockets,
        threads=WEB_THREADS,
        ident=None,
        clear_untrusted_proxy_headers=False,
        # It reads a whole body before it calls us; up to this size we say in words that it is too big.
        max_request_body_size=2 * settings.MOST_UPLOAD_BYTES,
    )


def _worker() -> Any:
    return WorkController(
        app=app,
        pool="threads",
        concurrency=JOB_THREADS,
        queues=["jobs"],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )


def _beat() -> None:
    """Rings for what is due by the clock, and once now: a console of one's own is seldom up at night."""
    app.conf.beat_schedule.pop("sweep", None)  # our own thread sweeps; nobody listens to that queue here
    app.send_task("console.jobs.housekeeping", queue="jobs")
    beat.Service(app, scheduler_cls=app.conf.beat_scheduler).start()


def _sweep(stop: threading.Event) -> None:
    """Rings for the jobs that nobody works on: at once those of an earlier start, then every 30 s."""
    while True:
        try:
            sweeper.sweep()
        except Exception:
            log.exception("the sweeper failed; it tries again")
        finally:
            close_old_connections()
        if stop.wait(SWEEP_EVERY_S):
            return


def _say(launch: Launch) -> None:
    """The address on standard output, for people and scripts; the rest beside it."""
    what = "The console with its stand-in CRM" if launch.crm else "The console"
    print(f"{what} runs at {launch.url}", flush=True)
    print(f"Data and logs: {launch.data.path}. Ctrl-C stops it.", file=sys.stderr, flush=True)


def _finish(worker: Any, server: Any) -> None:
    """Lets what runs come to its end, both at once, for as long as FINISH_S; no further call to the CRM is begun."""
    sending.stopping.set()
    ending = [
        threading.Thread(target=worker.stop, daemon=True),
        threading.Thread(target=server.task_dispatcher.shutdown, kwargs={"timeout": FINISH_S}, daemon=True),
    ]
    for thread in ending:
        thread.start()
    for thread in ending:
        thread.join(FINISH_S)
