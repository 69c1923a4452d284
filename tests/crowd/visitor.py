"""What one session does: looks at every page there is, fills in forms, starts work; and what is wrong with answers."""

import io
import random
import re
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crm_client.standin import StandIn
from tests.crowd.browser import Answer, Browser
from tests.crowd.companies import MARK
from tests.records.paper import Paper
from tests.routes import Route

LONGEST_S = 15.0
FORMS = ("csv", "xlsx", "json", "svg", "html")  # what a download may be called; what a page does not have is a 404
_POSTED_ALONE = {405}
_FINE = {200, 204, 286, 302, 304}
_JOBS = ("/modules/fetch-everything/", "/wizards/check/start/", "/blueprints/look/")


@dataclass(slots=True)
class Tally:
    """What all sessions together saw. `accepted`: markers of rows that a page said it has taken."""

    pages: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    foreign: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    written: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    posts_only: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Visitor:
    """One session; also the `person` of a Paper: `get`, `at`, `client.post`."""

    def __init__(self, number: int, browser: Browser, standin: StandIn, tally: Tally) -> None:
        self.browser, self.who, self.tally = browser, browser.who, tally
        self.client = self
        self._number, self._standin = number, standin
        self._lots = random.Random(f"visitor {number}")
        self._rows = 0

    def visit(self, routes: list[Route], values: dict[str, str], until: float) -> None:
        """Every page once in an order of its own, again and again, with forms and work in between."""
        turns: list[tuple[int, Callable[[], object]]] = [
            (6, self._new_lead), (4, self._edit), (3, self._note), (3, self._query), (1, self._work),
        ]  # fmt: skip
        left: list[Route] = []
        begin = set(range(len(turns)))  # each kind of form once soon, then as it comes
        self._query()
        while self.who.own_mark.encode() not in self.who.seen and time.monotonic() < until:
            self._query()
        while time.monotonic() < until:
            if not left:
                left = [one for one in routes if one.name not in self.tally.posts_only]
                self._lots.shuffle(left)
            chance = self._lots.random() * 100
            for kind, (weight, turn) in enumerate(turns):
                if chance < weight or (kind in begin and self._lots.random() < 0.1):
                    begin.discard(kind)
                    turn()
                    break
                chance -= weight
            else:
                self._look(left.pop(), values)

    def _look(self, route: Route, values: dict[str, str]) -> None:
        form = {"form": self._lots.choice(FORMS)} if "form" in route.arguments else {}
        path = route.path({**values, **form, "record": self._lots.choice(self.who.lead_ids)})
        answer = self.browser.get(path, fragment=self._lots.random() < 0.25)
        if answer.status_code in _POSTED_ALONE:
            self.tally.posts_only.add(route.name)
            return
        self._judge(route.name, path, answer)

    # forms

    def get(self, path: str) -> Any:
        answer = self.browser.get(self.at(path))
        self._judge(path, path, answer)
        return _Opened(answer)

    def at(self, path: str) -> str:
        return f"/c/{self.who.slug}{path}"

    def post(self, path: str, values: dict[str, Any]) -> Answer:
        answer = self.browser.post(path, values)
        self._judge(f"POST {path}", path, answer)
        return answer

    def _paper(self, path: str, css_class: str = "record-form") -> Paper | None:
        """The form, where the page came: in this weather it may say instead why not."""
        try:
            paper = Paper(self, path, css_class)  # type: ignore[arg-type]
        except _NotNow:
            return None
        return paper if paper.values else None

    def _mark(self) -> str:
        """A marker of a row: colleagues may see it, other companies may not."""
        self._rows += 1
        mark = f"zqo{self.who.company[-2:]}z s{self._number}-{self._rows}"
        with self.tally.lock:
            self.tally.written.add(mark)
        return mark

    def _new_lead(self) -> None:
        paper = self._paper("/records/Leads/new/")
        if paper is None or "Description" not in paper.values:
            return
        mark = self._mark()
        paper.fill({"Last_Name": f"Boyle {mark}", "Company": "Zylker", "Description": mark})
        self._sent(paper, mark, "send", twice=self._lots.random() < 0.2)

    def _edit(self) -> None:
        paper = self._paper(f"/records/Leads/{self._lots.choice(self.who.lead_ids)}/edit/")
        if paper is not None and "Description" in paper.values:
            mark = self._mark()
            self._sent(paper.fill({"Description": mark}), mark, "send")

    def _note(self) -> None:
        notes = f"/records/Leads/{self._lots.choice(self.who.lead_ids)}/notes/"
        paper = self._paper(notes, "note-form")
        if paper is not None and "content" in paper.values:
            mark = self._mark()
            answer = self.post(self.at(f"{notes}add/"), {**paper.values, "title": "Note", "content": mark})
            self._note_accepted(answer, mark)

    def _sent(self, paper: Paper, mark: str, button: str, *, twice: bool = False) -> None:
        """Pressed once, or impatiently twice."""
        form = dict(paper.values)
        for _ in range(1 + twice):
            answer = self.post(self.at(paper.path), {**form, "_do": button})
            self._note_accepted(answer, mark)

    def _note_accepted(self, answer: Answer, mark: str) -> None:
        if answer.status_code == 302 and "/sign-in/" not in answer.leads_to:
            with self.tally.lock:
                self.tally.accepted.add(mark)

    def _query(self) -> None:
        """A query with a mark of this person's own in it, which stands in nobody else's history."""
        page = self.at("/records/coql/")
        text = f"select Last_Name from Leads where Company = '{self.who.own_mark} {self._number}' limit 5"
        answer = self.browser.press(page, f"{page}run/", query=text)
        self._judge("POST query", page, answer)
        if answer.leads_to == page:
            self._judge("query", page, self.browser.get(answer.headers["location"]))

    def _work(self) -> None:
        """Something for the workers: the page that follows is the job's."""
        start = self.at(self._lots.choice(_JOBS))
        answer = self.browser.press(self.at("/modules/field-workbook/"), start)
        self._judge(f"POST {start}", start, answer)
        if "/jobs/" in answer.leads_to:
            self._judge("jobs:detail", answer.leads_to, self.browser.get(answer.leads_to, fragment=True))

    def end_every_session(self) -> None:
        """As somebody does who left a browser open elsewhere: all sessions of this person end, this one too."""
        self.browser.press("/browsers/", "/browsers/end/", which="all")

    # what is looked at in every answer

    def _judge(self, name: str, path: str, answer: Answer) -> None:
        problem = self._wrong_with(answer)
        found = set(MARK.findall(_unpacked(answer.content)))
        foreign = found - self.who.marks
        with self.tally.lock:
            self.tally.pages[name if name.count("/") < 2 else "forms"] += 1
            self.tally.statuses[answer.status_code] += 1
            self.who.seen.update(found & self.who.marks)
            if foreign:
                self.tally.foreign.append(f"person {self.who.number} at {path}: {sorted(foreign)[:5]}")
            if problem:
                self.tally.wrong.append(f"{path}: {problem}")
            if answer.took_s > LONGEST_S:
                self.tally.slow.append(f"{path}: {answer.took_s:.1f} s")
            self.tally.slowest_s = max(self.tally.slowest_s, answer.took_s)
        if is_signed_out(answer):
            self._sign_in_again()

    def _wrong_with(self, answer: Answer) -> str:
        """As tests/test_gate.py has it: a page, or an error in words with its code."""
        if answer.status_code in _FINE:
            return ""
        if answer.status_code == 422 and b'role="alert"' in answer.content:
            return ""
        if answer.status_code not in (400, 401, 403, 404, 409, 422, 502, 503, 504):
            return f"status {answer.status_code}"
        if answer.status_code == 503 and answer.headers.get("Content-Type") == "application/json":
            return ""  # /healthz, where a part is away, as the broker is that was never started
        if not re.search(rb'data-error-code="[A-Z][A-Z-]+"', answer.content):
            return f"{answer.status_code} without a code"
        return ""

    def _sign_in_again(self) -> None:
        try:
            self.browser.sign_in(self._standin)
        except ValueError:
            pass  # the accounts server is throttled; the next page leads here again


def is_signed_out(answer: Answer) -> bool:
    """Whether the session is over: a page leads to the sign-in, a form or a fragment says so in its place."""
    return answer.status_code == 401 or answer.leads_to.startswith("/sign-in/")


class _NotNow(Exception):
    """The page with the form did not come."""


class _Opened:
    """A page for Paper, which takes one that is there."""

    def __init__(self, answer: Answer) -> None:
        if answer.status_code != 200:
            raise _NotNow
        self.status, self.text = answer.status_code, answer.text


def _unpacked(content: bytes) -> bytes:
    if content[:4] != b"PK\x03\x04":
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
