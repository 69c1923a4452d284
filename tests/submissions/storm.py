"""A storm: many rows, answers lost before and after the commit, faults, limits, bad lists, workers killed, messages
lost, the database restarted; and after it the truth (reliability.md, "Figures to hold").

The stand-in, the bell and the sweeper live in this process, the workers in processes of their own that are killed for
real. WRITES_RESTART is a command that restarts the database; without it all connections are cut as a restart would
(PostgreSQL), and SQLite has nothing to restart.
"""

from __future__ import annotations

import os
import queue
import random
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db import connection as database

from console.submissions import bell, services, sweeping
from console.submissions.models import Row, Submission
from console.submissions.services import Change
from crm_client.standin import StandIn
from tests.cast import Person
from tests.submissions.checker import Truth, check
from tests.submissions.hurry import BY_TENS, hurried

LEADS = {"method": "POST", "path": "/crm/v8/Leads"}
WEATHER: list[tuple[str, dict[str, Any], float]] = [
    ("commit_then_drop", {}, 0.05),
    ("drop_before_commit", {}, 0.05),
    ("commit_then_status", {"status": 502}, 0.05),
    ("status", {"status": 429, "headers": {"Retry-After": "1"}}, 0.05),
    ("short_array", {}, 0.01),
    ("long_array", {}, 0.01),
]
RESTART = os.environ.get("WRITES_RESTART", "")
KILLED_AT = ["after-the-token", "after-saying-sent", "under-way", "after-the-answer", "while-saving", "after-saving"]


@dataclass(slots=True)
class Report:
    """What a storm left.

    by_itself  seconds from the end of the faults until nothing was left but what a person decides
    asked      rows that a person had to decide about
    calls      POST requests that reached the CRM
    unheard    messages that were lost when the broker was emptied
    restarted  how the database was restarted: "by command", "connections cut", or "" where there is no server
    """

    truth: Truth
    by_itself: float
    asked: int
    calls: int
    killed: int
    unheard: int
    restarted: str
    states: dict[str, int] = field(default_factory=dict)


def address_of_the_database() -> str:
    """Where this process's own tables are, as DATABASE_URL takes it."""
    where = database.settings_dict
    if database.vendor == "sqlite":
        return f"sqlite:///{quote(str(where['NAME']))}"
    login = quote(where["USER"]) + (f":{quote(where['PASSWORD'])}" if where["PASSWORD"] else "")
    return f"postgres://{login}@{where['HOST']}:{where['PORT'] or 5432}/{quote(where['NAME'])}"


class Mortals:
    """A process that makes workers, each forked anew, and tells how they ended (tests.submissions.mortals)."""

    def __init__(self, standin: StandIn, *, hurried: bool) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": address_of_the_database(),
            "CRM_DC_TABLE": settings.CRM_DC_TABLE,
            "CRM_CLIENT_ID": standin.client_id,
            "CRM_CLIENT_SECRET": standin.client_secret,
            "CONSOLE_LOG_FILE": os.devnull,
        }
        command = [sys.executable, "-m", "tests.submissions.mortals", *(["hurried"] if hurried else [])]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._heard() == "ready"

    def _heard(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def one(self, point: str, task: str, call: int) -> str:
        """A worker with a call in its hands that dies at a point ("never": does not); "killed", or how it ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{point} {task} {call}\n")
        self._process.stdin.flush()
        return self._heard()

    def stop(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)


def storm(
    standin: StandIn,
    person: Person,
    *,
    rows: int,
    seed: int,
    kills: int = 0,
    workers: int = 4,
    reference_field: str = "",
    patience_s: float = 600,
) -> Report:
    """Submits rows in a storm, waits for quiet, decides what is left as a person would, and tells the truth."""
    lots = random.Random(seed)
    for fault, args, chance in WEATHER:
        standin.fault(fault, args, match=LEADS, probability=chance)
    wishes = [{"Last_Name": f"Boyle {n}", "Company": "Zylker", "Description": f"s{seed}-{n}"} for n in range(rows)]
    change = Change(BY_TENS, "Leads", wishes, reference_field=reference_field)
    key = services.new_form_key()
    until = time.monotonic() + patience_s
    restarted: list[str] = []
    with hurried(), _crew(standin, workers, _deaths(lots, kills)) as crew:
        submission = services.submit(person.connection, person.user, change, form_key=key, title="A storm")
        services.send(submission)
        _wait(lambda: _begun(submission) > rows // 4 or _now(submission) == "paused", until)
        crew.lose_every_message()
        _wait(lambda: _begun(submission) > rows // 2 or _now(submission) == "paused", until)
        restarted.append(restart_the_database())
        _wait(lambda: not _are(submission, "pending", "sent") or _now(submission) == "paused", until)
        standin.clear_faults()
        calm = time.monotonic()
        _wait(lambda: _is_quiet(submission, person), until)
        by_itself = time.monotonic() - calm
        asked = Row.objects.filter(submission=submission, needs_person=True).count()
        if asked:
            services.send_missing_again(submission, person.user)
            _wait(lambda: _is_quiet(submission, person), until)
    truth = check(submission, standin.organisation().records["Leads"])
    posts = sum(call["method"] == "POST" and call["path"] == "/crm/v8/Leads" for call in standin.ledger())
    states = dict(truth.states)
    return Report(truth, by_itself, asked, posts, crew.dead, crew.unheard, restarted[0], states)


def restart_the_database() -> str:
    """Hard, as somebody would who did not know that anybody works; gives back how."""
    if RESTART:
        subprocess.run(shlex.split(RESTART), check=True, capture_output=True)
        return "by command"
    if database.vendor != "postgresql":
        return ""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    return "connections cut"


def _deaths(lots: random.Random, kills: int) -> list[str]:
    """What happens to the workers in their order: now and then one dies somewhere on its way."""
    deaths = [lots.choice(KILLED_AT) for _ in range(kills)]
    for point in deaths.copy():
        deaths[deaths.index(point) + 1 : deaths.index(point) + 1] = ["never"] * lots.randrange(3)
    return deaths


class Crew:
    """Workers that hear the bell of this process, and a sweeper."""

    def __init__(self, deaths: list[str]) -> None:
        self.dead = self.unheard = 0
        self.stop = threading.Event()
        self._deaths = deaths
        self._bells: queue.Queue[tuple[str, int] | None] = queue.Queue()
        self._rung: set[tuple[str, int]] = set()  # in a hurry the sweeper rings faster than a busy machine hears
        self._lock = threading.Lock()

    def hear(self, task: str, args: tuple[int], **options: Any) -> None:
        one = ("look" if task == bell.LOOK_UP else "send", args[0])
        with self._lock:
            if one not in self._rung:
                self._rung.add(one)
                self._bells.put(one)

    def lose_every_message(self) -> None:
        """What an emptied broker does."""
        with self._lock, suppress(queue.Empty):
            while True:
                self._rung.discard(self._bells.get_nowait() or ("", 0))
                self.unheard += 1

    def work(self, mortals: Mortals) -> None:
        while (one := self._bells.get()) is not None:
            with self._lock:
                self._rung.discard(one)
                point = self._deaths.pop(0) if self._deaths and one[0] == "send" else "never"
            ended = mortals.one(point, *one)
            with self._lock:
                self.dead += ended == "killed"
                if point != "never" and ended != "killed":  # there was nothing to do: the next one dies in its place
                    self._deaths.insert(0, point)
        mortals.stop()

    def sweep(self) -> None:
        while not self.stop.wait(0.5):
            try:
                sweeping.sweep()
            except DatabaseError:
                continue  # as console.jobs.sweeper: it is tried again
            finally:
                close_old_connections()
        database.close()

    def go_home(self, workers: int) -> None:
        self.stop.set()
        for _ in range(workers):
            self._bells.put(None)


@contextmanager
def _crew(standin: StandIn, workers: int, deaths: list[str]) -> Iterator[Crew]:
    crew, real = Crew(deaths), bell.current_app.send_task
    bell.current_app.send_task = crew.hear
    made = [Mortals(standin, hurried=True) for _ in range(workers)]
    threads = [threading.Thread(target=crew.work, args=(mortals,)) for mortals in made]
    threads.append(threading.Thread(target=crew.sweep))
    for thread in threads:
        thread.start()
    try:
        yield crew
    finally:
        crew.go_home(workers)
        for thread in threads:
            thread.join()
        bell.current_app.send_task = real


def _begun(submission: Submission) -> int:
    """How many of its rows are no longer waiting for the first time."""
    return Row.objects.filter(submission=submission).exclude(state="pending").count()


def _now(submission: Submission) -> str:
    return str(Submission.objects.values_list("state", flat=True).get(pk=submission.pk))


def _are(submission: Submission, *states: str) -> bool:
    return Row.objects.filter(submission=submission, state__in=states).exists()


def _is_quiet(submission: Submission, person: Person) -> bool:
    """Whether nothing is left but what a person decides; one who sees that it is paused lets it go on."""
    if _now(submission) == "paused":
        services.go_on(submission, person.user)
    unknown = Row.objects.filter(submission=submission, state="unknown", needs_person=False)
    return not _are(submission, "pending", "sent") and not unknown.exists()


def _wait(is_so: Callable[[], bool], until: float) -> None:
    while time.monotonic() < until:
        try:
            if is_so():
                return
        except DatabaseError:  # it is being restarted
            close_old_connections()
        time.sleep(0.2)
    raise TimeoutError("the storm does not end")
