"""Every reading of the client against a server that spoils its answers: only our own errors come out, in time.

The good answers are the stand-in's own, recorded once; tests/fuzz/server.py spoils them.
"""

import contextlib
import functools
import inspect
import io
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from crm_client import CrmClient, Http, StaticToken, auth
from crm_client.answers import Answer
from crm_client.bodies import LARGEST, FileToSend
from crm_client.bulk_parts import BulkWriteJob
from crm_client.datacentres import DataCentre
from crm_client.errors import CrmError
from crm_client.standin import StandIn
from tests.fuzz.damage import lots, mark, way_of

DEADLINE_S = 0.5
GRACE_S = 1.0  # for a machine that is busy with other things
SECRET = "1000.canary0000000000.canary0000000000"
MESSAGE_CODES = {
    "CRM-DOWN", "CRM-SLOW", "CRM-BAD", "CRM-LIMIT", "CRM-DENIED", "CRM-SCOPE", "CRM-LOCKED", "CRM-REFUSED", "TOO-BIG",
    "NOT-FOUND", "SIGNIN-AGAIN", "SIGNIN-LIMIT", "SIGNIN-REFUSED", "NO-SPACE",
}  # fmt: skip
_ITEMS = 3  # of each list of a good answer: its shape, without its length
_MOST = 400  # items taken from a list that may not end

Call = Callable[[], Any]


@dataclass(slots=True)
class Finding:
    """A case that went wrong: by its number it can be tried again alone."""

    case: int
    call: str
    ways: str  # of its first three requests, as far as there were so many
    what: str

    def __str__(self) -> str:
        return f"case {self.case}: {self.call} after {self.ways}: {self.what}"


@dataclass(slots=True)
class Outcome:
    """What became of all cases. `mb`: by how much the process grew at its largest."""

    cases: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    slowest_s: float = 0.0
    mb: float = 0.0
    took_s: float = 0.0


def run(count: int, seed: int = 1, only: int | None = None) -> Outcome:
    """Tries `count` cases, or the one numbered `only`; the same seed and number make the same case."""
    with StandIn(seed=1) as standin:
        good = _recorded(standin)
    outcome, begin = Outcome(), time.monotonic()
    with _serving(good, seed) as url, contextlib.closing(Http()) as http:
        marked = Marked()
        calls = _calls(_client(url, http, marked), SAMPLES) | _sign_in_calls(url, http, marked)
        names = sorted(calls)
        before = _peak_mb()
        for case in range(count) if only is None else [only]:
            marked.case = case
            name = random.Random(f"{seed}:{case}").choice(names)
            _one(case, seed, name, calls[name], outcome)
        outcome.mb = _peak_mb() - before
    outcome.took_s = time.monotonic() - begin
    return outcome


def _one(case: int, seed: int, name: str, call: Call, outcome: Outcome) -> None:
    begin, end, what = time.monotonic(), "good", ""
    took = 0.0
    try:
        made = call()
        took = time.monotonic() - begin  # looking at all of it is ours, not the client's
        looked_at(made)
    except CrmError as exc:
        end, what = type(exc).__name__, _wrong_in(exc)
    except Exception as exc:  # noqa: BLE001  this is what is looked for
        end, what = type(exc).__name__, f"{type(exc).__name__}: {str(exc)[:200]}"
    took = took or time.monotonic() - begin
    if took > DEADLINE_S + GRACE_S:
        what = what or f"took {took:.1f} s"
    if what:
        ways = ", ".join(way_of(lots(seed, case, nth)) for nth in range(3))
        outcome.findings.append(Finding(case, name, ways, what))
    outcome.cases += 1
    outcome.ends[end] += 1
    outcome.slowest_s = max(outcome.slowest_s, took)


def _wrong_in(error: CrmError) -> str:
    """What is wrong with an error of ours as a page would show it; "" if nothing."""
    sentence = error.sentence()
    if error.message_code not in MESSAGE_CODES or not error.safe or not error.next_step:
        return f"{type(error).__name__} tells no code, no safety or no next step"
    if SECRET in sentence + repr(error) + str(error.details) or "<" in sentence or len(sentence) > 1000:
        return f"{type(error).__name__} says {sentence[:200]!r}"
    wait = getattr(error, "retry_after_s", None)
    return "" if wait is None or 0 < wait <= 900 else f"asks to wait {wait} s"


def looked_at(thing: Any, depth: int = 0) -> None:
    """Reads every attribute of everything that an answer became: some of it is made only then."""
    if depth > 12:
        return
    if isinstance(thing, Iterator):
        thing = list(islice(thing, _MOST))
    if isinstance(thing, list | tuple):
        for one in thing[:20]:
            looked_at(one, depth + 1)
    elif isinstance(thing, dict):
        for one in islice(thing.values(), 50):
            looked_at(one, depth + 1)
    elif type(thing).__module__.startswith("crm_client."):
        for name in _attributes(type(thing)):
            looked_at(getattr(thing, name), depth + 1)


@functools.cache
def _attributes(kind: type) -> list[str]:
    found = inspect.getmembers(kind, inspect.isdatadescriptor)
    return [name for name, _ in found if not name.startswith("_")]


# what is called


SAMPLES: dict[str, Any] = {
    "layout_id": "5725767000000411002",
    "fields": ["Last_Name", "Company"],
    "related_list": "Notes",
    "file": FileToSend("a.txt", b"x"),
    "files": [FileToSend("a.txt", b"x"), FileToSend("b.png", b"y", "image/png")],
    "address": "https://example.org/offer",
    "operation": "insert",
    "into": io.BytesIO(),
    "job": BulkWriteJob.from_api({}),
}
# arguments that a call can leave out, but not all of them
NAMED: dict[str, dict[str, Any]] = {"records.search": {"word": "Moreau"}, "bulk.read_result": {"most": LARGEST}}
_ID = "5725767000000411001"
_ROW = {"id": _ID, "Last_Name": "Moreau"}


def _sample(parameter: inspect.Parameter, known: dict[str, Any]) -> Any:
    """An argument by its name, else by its type; raises LookupError where neither tells one, until SAMPLES does."""
    name, kind = parameter.name, str(parameter.annotation)
    if name in known:
        return known[name]
    if name == "id" or name.endswith("_id"):
        return _ID
    for begin, value in (
        ("str", "Leads"), ("int", 1), ("bytes", b"x"), ("list[JsonObject]", [_ROW]), ("JsonObject", {}),
        ("list[str]", [_ID]), ("Iterable[str]", [_ID]), ("Sequence[str]", [_ID]), ("Sequence[JsonObject]", [_ROW]),
    ):  # fmt: skip
        if kind.startswith(begin):
            return value
    raise LookupError(f"give tests/fuzz/answers.py a sample for the argument {name}: {kind}")


class Marked:
    """Tokens that carry the number of the case, by which the server knows what to answer."""

    case = 0

    def token(self) -> str:
        return SECRET + mark(self.case)

    def refused(self, token: str) -> str:
        return self.token()


def _client(url: str, http: Http, tokens: Marked) -> CrmClient:
    crm = CrmClient(url, tokens, http=http, deadline_s=DEADLINE_S)
    crm.transport._sleep = lambda seconds: None
    return crm


def _calls(crm: CrmClient, known: dict[str, Any]) -> dict[str, Call]:
    """Every public method of every part of the client, called with sample arguments."""
    found: dict[str, Call] = {}
    for part, things in vars(crm).items():
        if part.startswith("_") or part == "transport" or not type(things).__module__.startswith("crm_client."):
            continue
        for name, method in inspect.getmembers(things, inspect.ismethod):
            if not name.startswith("_"):
                parameters = inspect.signature(method).parameters.values()
                needed = [one for one in parameters if one.default is one.empty and one.kind is not one.VAR_KEYWORD]
                whole, arguments = f"{part}.{name}", [_sample(one, known) for one in needed]
                found[whole] = _within(crm, functools.partial(method, *arguments, **NAMED.get(whole, {})))
    return found


def _within(crm: CrmClient, method: Callable[[], Any]) -> Call:
    """The call with all its pages inside one deadline, as a page of the console makes it."""

    def call() -> Any:
        crm.transport.ends_by = time.monotonic() + DEADLINE_S
        made = method()
        return list(islice(made, _MOST)) if isinstance(made, Iterator) else made

    return call


def _sign_in_calls(url: str, http: Http, marked: Marked) -> dict[str, Call]:
    dc = DataCentre("standin-us", "Here", url, {"production": url}, url, url)
    app = auth.OAuthApp("1000.CLIENT", SECRET, "http://localhost/sign-in/callback/")
    return {
        "auth.exchange": lambda: auth.exchange(http, app, dc, marked.token(), SECRET, deadline_s=DEADLINE_S),
        "auth.refresh": lambda: auth.refresh(http, app, dc, marked.token(), deadline_s=DEADLINE_S),
        "auth.revoke": lambda: auth.revoke(http, app, dc, marked.token(), deadline_s=DEADLINE_S),
    }


# the good answers, and the server that spoils them


class _Recorder(Http):
    def __init__(self) -> None:
        super().__init__()
        self.bodies: dict[str, bytes] = {}

    def send(self, method: str, url: str, **how: Any) -> Answer:
        answer = super().send(method, url, **how)
        self.bodies.setdefault(urlsplit(url).path, answer.body)
        return answer


def _recorded(standin: StandIn) -> dict[str, bytes]:
    """{path: body} of the stand-in's answers to every call, their lists cut to a few items."""
    demo = standin.organisation("demo")
    wizard, layout = next(iter(demo.wizard_details))
    real = {"id": wizard, "layout_id": layout}
    recorder = _Recorder()
    token = StaticToken(standin.token()["access_token"])
    with contextlib.closing(recorder):
        crm = CrmClient(standin.api(), token, http=recorder)
        for known in (SAMPLES, SAMPLES | real):
            for call in _calls(crm, known).values():
                with contextlib.suppress(CrmError):
                    call()
    bodies = {path: _short(body) for path, body in recorder.bodies.items()}
    shapes = {path: body for path, body in bodies.items() if len(body) > 40}
    given = {"access_token": SECRET, "refresh_token": SECRET, "expires_in": 3600, "scope": "ZohoCRM.org.READ",
             "api_domain": "https://www.zohoapis.com", "token_type": "Bearer"}  # fmt: skip
    return {**shapes, "/oauth/v2/token": json.dumps(given).encode(), "/oauth/v2/token/revoke": b'{"status":"success"}'}


def _short(body: bytes) -> bytes:
    try:
        value = json.loads(body)
    except ValueError:
        return b"{}"
    if not isinstance(value, dict):
        return b"{}"
    for key, inner in value.items():
        if isinstance(inner, list):
            value[key] = inner[:_ITEMS]
    return json.dumps(value, ensure_ascii=False).encode()


@contextlib.contextmanager
def _serving(good: dict[str, bytes], seed: int) -> Iterator[str]:
    """The address of the spoiling server, which runs in a process of its own so that its memory is not ours."""
    command = [sys.executable, "-m", "tests.fuzz.server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        told = {"seed": seed, "good": {path: body.decode() for path, body in good.items()}}
        server.stdin.write(json.dumps(told) + "\n")
        server.stdin.flush()
        yield server.stdout.readline().strip()
        server.stdin.close()
        assert server.wait(10) == 0, "the server of the test failed"


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
