"""The crowd on the real processes: who comes, what they do, and what is true afterwards."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from console.connections.models import Connection
from console.jobs.models import Job
from console.submissions.models import Row, Submission
from crm_client.standin import StandIn
from tests.crowd.browser import Browser
from tests.crowd.companies import Someone
from tests.crowd.processes import Processes
from tests.crowd.visitor import Tally, Visitor, is_signed_out
from tests.crowd.weather import Weather
from tests.routes import Route, all_routes, sample_values
from tests.submissions import checker

LEAVES = {"connections:sign_out", "connections:callback"}
MOST_GROWTH_MB = 10
_PATIENCE_S = 900  # who is throttled waits ten minutes


@dataclass(slots=True)
class Report:
    """What was found; every list is to be empty. `memory` is {process: (MB after the warm-up, at the end)}."""

    foreign: list[str]
    wrong: list[str]
    slow: list[str]
    complaints: list[str]
    refreshes: list[str]
    untrue: list[str]
    stuck: list[str]
    blind: list[str]  # what shows that the crowd did not see what it looks for
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def findings(self) -> dict[str, list[str]]:
        grown = [
            f"{who}: {first:.0f} to {last:.0f} MB"
            for who, (first, last) in self.memory.items()
            if last - first > MOST_GROWTH_MB
        ]
        return {
            "foreign marks": self.foreign,
            "errors": self.wrong,
            "answers over 15 s": self.slow,
            "tracebacks and errors in logs": self.complaints,
            "refreshes beyond one per expiry": self.refreshes,
            "lost, doubled, lies": self.untrue,
            "stuck": self.stuck,
            "not seen at all": self.blind,
            "memory that grew": grown,
        }


def crowd(
    standin: StandIn, people: list[Someone], sessions: int, seconds: float, directory: Path, *, patient: bool = True
) -> Report:
    """Brings them in, lets them work in bad weather, waits for quiet if there is patience, and tells the truth.

    standin  serves the companies of `people`, and is the one in the console's table of data centres
    """
    tally = Tally()
    processes = Processes(standin, directory)
    for company in {one.company for one in people}:
        allowance = standin.world.limits.of(standin.world.organisations[company])
        allowance.credits = None
    with processes.running():
        visitors = _come_in(standin, processes.url, people, sessions, tally)
        values = {one.number: sample_values(_connection(one)) for one in people}
        made_up = set(Submission.objects.values_list("pk", flat=True))
        weather = Weather(standin, processes, lambda: [one.end_every_session() for one in visitors[::5]] and None)
        _visit(visitors, values, seconds, weather)
        stuck = _quiet(made_up) if patient else []
        stuck += _does_not_recover(visitors, standin)
        complaints = processes.complaints()
    figures = {
        "pages": tally.pages.total(),
        "addresses": len(tally.pages),
        "statuses": dict(sorted(tally.statuses.items())),
        "slowest_s": round(tally.slowest_s, 1),
        "rows_written": len(tally.written),
        "rows_accepted": len(tally.accepted),
        "rows": dict(Counter(Row.objects.exclude(submission__in=made_up).values_list("state", flat=True))),
        "jobs": dict(Counter(Job.objects.exclude(kind="nothing").values_list("kind", "state", "error_code"))),
        "calls": len(standin.ledger()),
        "expiries": len(weather.expired_at),
        "killed": processes.killed,
        "happened": weather.happened,
        "memory_mb": processes.course(),
    }
    return Report(
        tally.foreign,
        tally.wrong,
        tally.slow,
        complaints,
        _refreshes(standin, weather),
        _untrue(standin, tally, made_up),
        [*stuck, *_job_ends()],
        _blind(people, tally),
        processes.memory() if patient else {},
        figures,
    )


def _come_in(standin: StandIn, console: str, people: list[Someone], sessions: int, tally: Tally) -> list[Visitor]:
    """Signs everybody in through the pages, as often as there are sessions; the first time for changes, too."""
    visitors = [
        Visitor(number, Browser(console, people[number % len(people)]), standin, tally) for number in range(sessions)
    ]

    def enter(visitor: Visitor, *, first: bool) -> None:
        back = visitor.browser.sign_in(standin)
        if first:
            back = visitor.browser.allow_changes(standin)
        assert back.status_code == 302, f"person {visitor.who.number} could not sign in: {back.text[-2000:]}"

    with ThreadPoolExecutor(8) as door:
        for first in (True, False):
            coming = visitors[: len(people)] if first else visitors[len(people) :]
            for one in [door.submit(enter, visitor, first=first) for visitor in coming]:
                one.result()
    return visitors


def _connection(someone: Someone) -> Connection:
    return next(one for one in Connection.objects.all() if one.slug == someone.slug)


def _visit(visitors: list[Visitor], values: dict[int, dict[str, str]], seconds: float, weather: Weather) -> None:
    routes: list[Route] = [one for one in all_routes() if one.name not in LEAVES]
    begin, stop = time.monotonic(), threading.Event()
    with ThreadPoolExecutor(len(visitors) + 2) as pool:
        watching = pool.submit(weather.watch, stop, max(1.0, seconds / 100))
        blowing = pool.submit(weather.blow, begin, seconds)
        visits = [pool.submit(one.visit, routes, values[one.who.number], begin + seconds) for one in visitors]
        try:
            for one in [blowing, *visits]:
                one.result()
        finally:
            stop.set()
        watching.result()


def _quiet(made_up: set[Any]) -> list[str]:
    """Waits until nothing is left but what a person decides; what does not end in time."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        open_rows = Row.objects.exclude(submission__in=made_up).exclude(submission__state="paused")
        waiting = open_rows.filter(state__in=["pending", "sent"]) | open_rows.filter(
            state="unknown", needs_person=False
        )
        jobs = Job.objects.exclude(kind="nothing").filter(state__in=["waiting", "running"])
        if not waiting.exists() and not jobs.exists():
            return []
        if time.monotonic() > until:
            rows = [f"row {one.pk} is {one.state}" for one in waiting[:20]]
            return rows + [f"job {one.kind} is {one.state}: {one.note}" for one in jobs[:20]]
        time.sleep(1)


def _does_not_recover(visitors: Iterable[Visitor], standin: StandIn) -> list[str]:
    """Everybody opens a page under a clear sky."""
    found = []
    for one in visitors:
        answer = one.browser.get(one.at("/modules/"))
        if is_signed_out(answer):
            one.browser.sign_in(standin)
            answer = one.browser.get(one.at("/modules/"))
        if answer.status_code != 200:
            found.append(f"person {one.who.number} gets {answer.status_code} {answer.leads_to} afterwards")
    return found


def _job_ends() -> Iterable[str]:
    """Work that a fault of the console itself ended."""
    faults = Job.objects.filter(error_code="CONSOLE-FAULT")
    return [f"job {one.kind} ended by a fault of the console" for one in faults]


def _refreshes(standin: StandIn, weather: Weather) -> list[str]:
    """Refresh calls of one connection between two expiries: one that was answered, and one a minute that was not."""
    moments = [*weather.expired_at, float("inf")]
    asked: defaultdict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    early = []
    for call in standin.ledger():
        if call["grant"] == "refresh_token":
            expiry = sum(call["t"] >= moment for moment in moments) - 1
            asked[str(call["token"]), expiry].append(call)
            if expiry < 0:
                early.append(f"{call['token']}: a refresh before anything expired")
    found = early
    for (token, expiry), calls in asked.items():
        good = [call for call in calls if call["fault"] is None]
        bad = [call["t"] for call in calls if call["fault"] is not None]
        if len(good) > 1:
            found.append(f"{token}: {len(good)} refreshes after expiry {expiry + 1}")
        if any(later - sooner < 59 for sooner, later in pairwise(bad)):
            found.append(f"{token}: throttled, and asked again within a minute")
    return found


def _untrue(standin: StandIn, tally: Tally, made_up: set[Any]) -> list[str]:
    """Rows and records joined on their markers (tests.submissions.checker), and what was committed by the ledger."""
    found = []
    for submission in Submission.objects.exclude(pk__in=made_up).filter(operation="insert", module="Leads"):
        company = next(one for one in standin.world.organisations.values() if one.org["zgid"] == submission.zgid)
        truth = checker.check(submission, company.records["Leads"])
        if not truth.is_whole:
            found.append(str(truth))
    commits = Counter(
        mark
        for commit in standin.world.ledger.show()["commits"]
        for mark in {commit["data"].get("Description"), commit["data"].get("Note_Content")}
        if mark in tally.written
    )
    found += [f"{mark} was committed {times} times" for mark, times in commits.items() if times > 1]
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in Row.objects.exclude(submission__in=made_up):
        payload = row.payload or {}
        rows[str(payload.get("Description") or payload.get("Note_Content"))].append(row)
    for mark in tally.accepted - set(rows):
        found.append(f"{mark} was taken and has no row")
    for mark in set(commits) - set(rows):
        found.append(f"{mark} was committed and has no row")
    for mark, its in rows.items():
        if len(its) > 1:
            found.append(f"{mark} has {len(its)} rows")
        for row in its:
            if row.state == Row.State.SUCCEEDED and mark in tally.written and not commits[mark]:
                found.append(f"{mark} succeeded and was never committed")
            if row.state in (Row.State.FAILED, Row.State.PENDING, Row.State.CANCELLED) and commits[mark]:
                found.append(f"{mark} is {row.state} and was committed")
    return found


def _blind(people: Iterable[Someone], tally: Tally) -> list[str]:
    """Own marks that nobody saw, forms that nobody sent: then the absence of foreign ones says nothing."""
    found = [f"person {one.number} never saw {sorted(one.marks - one.seen)}" for one in people if one.marks - one.seen]
    return found + ([] if tally.accepted else ["no form was accepted"])
