"""Faults by name: what goes wrong on purpose, when, and how often (contract.md lists the names)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson

from crm_client.standin import damage
from crm_client.standin.errors import ApiError, no_permission
from crm_client.standin.messages import Answer, Request, html_answer, json_answer
from crm_client.standin.tokens import Tokens

# name: (arguments with their defaults, where it may strike: any address, "api" or "token" endpoint)
KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "latency": ({"ms": 100}, "any"),
    "status": ({"status": 500, "headers": {}, "body": None}, "any"),
    "html": ({"status": 200}, "any"),
    "empty204": ({}, "any"),
    "truncate": ({"bytes": 20}, "any"),
    "bad_json": ({"kind": "cut"}, "any"),
    "drip": ({"bytes_per_s": 1, "head": True}, "any"),
    "oversize": ({"mb": 11}, "any"),
    "gzip_bomb": ({"mb": 1024}, "any"),
    "deep": ({"n": 100_000}, "any"),
    "bigint": ({"n": 5_000, "key": "id"}, "any"),
    "numeric_ids": ({}, "api"),
    "drop_before_commit": ({}, "any"),
    "commit_then_drop": ({}, "any"),
    "commit_then_status": ({"status": 500}, "any"),
    "short_array": ({}, "api"),
    "long_array": ({}, "api"),
    "no_item_status": ({}, "api"),
    "expire_now": ({}, "api"),
    "revoke": ({"refresh": True}, "api"),
    "access_denied200": ({}, "token"),
    "scope_mismatch": ({}, "api"),
    "no_permission": ({"after": 0, "permission": "Crm_Implied_View_Records"}, "api"),
    "lock": ({"record": ""}, "api"),
    "change_api_domain": ({"to": "https://www.zohoapis.example"}, "token"),
}
# Answered without asking the stand-in: nothing is done, a write is not committed.
INSTEAD = frozenset(
    ("status", "html", "empty204", "drop_before_commit", "access_denied200", "scope_mismatch", "no_permission")
)
AT_ONCE = frozenset(("expire_now", "revoke"))  # done when they are ordered, unless they wait for a matching request
MATCH_KEYS = frozenset(("method", "path", "body", "host"))


class UnknownFaultError(ValueError):
    """The order for a fault names something that does not exist; the text says what there is."""


@dataclass(slots=True)
class Fault:
    """One fault in force."""

    id: int
    name: str
    args: dict[str, Any]
    match: dict[str, str] = field(default_factory=dict)
    probability: float = 1.0
    count: int | None = None  # how often it still strikes; None: without end
    passed: int = 0  # matching requests let through so far

    def concerns(self, request: Request) -> bool:
        """Whether the request is one that this fault waits for."""
        where = KINDS[self.name][1]
        if where == "api" and request.host.kind == "accounts":
            return False
        if where == "token" and (request.host.kind != "accounts" or request.path != "/oauth/v2/token"):
            return False
        target = f"{request.path}?{request.query_text}" if request.query_text else request.path
        return (
            self.match.get("method", request.method).upper() == request.method
            and target.startswith(self.match.get("path", ""))
            and self.match.get("body", "").encode() in request.body
            and request.host.url.endswith(self.match.get("host", ""))
        )

    def show(self) -> dict[str, Any]:
        """The fault as the list of faults prints it."""
        return {
            "id": self.id,
            "fault": self.name,
            "args": self.args,
            "match": self.match,
            "probability": self.probability,
            "count": self.count,
        }


@dataclass(slots=True)
class Strike:
    """The faults that strike one request."""

    faults: list[Fault]
    request: Request

    @property
    def names(self) -> str | None:
        """Their names for the ledger."""
        return "+".join(fault.name for fault in self.faults) or None

    @property
    def latency_s(self) -> float:
        """How long the answer waits."""
        return sum(float(fault.args["ms"]) for fault in self.faults if fault.name == "latency") / 1000

    def instead(self) -> Answer | None:
        """The answer in place of the stand-in's own; None when that one is wanted."""
        for fault in self.faults:
            if fault.name in INSTEAD:
                return _instead(fault)
        return None

    def changed(self, answer: Answer) -> Answer:
        """The answer after the faults that spoil it; a write behind it has happened."""
        for fault in self.faults:
            spoil = damage.SPOILERS.get(fault.name)
            if spoil is not None:
                answer = spoil(answer, fault.args)
        return answer


class Faults:
    """Faults in force, in the order in which they were given."""

    def __init__(self, random: Random, tokens: Tokens) -> None:
        self._random = random
        self._tokens = tokens
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._last_id = 0

    def add(
        self,
        name: str,
        args: dict[str, Any] | None = None,
        match: dict[str, str] | None = None,
        count: int | None = None,
        probability: float = 1.0,
    ) -> int:
        """Puts a fault in force and returns its id. Raises UnknownFaultError for a name or argument that is not one."""
        if name not in KINDS:
            raise UnknownFaultError(f"no fault is called {name!r}; there are {', '.join(KINDS)}")
        known = KINDS[name][0]
        for what, given, allowed in (("argument", args or {}, known), ("match", match or {}, MATCH_KEYS)):
            strange = [key for key in given if key not in allowed]
            if strange:
                there = ", ".join(allowed) or "none"
                raise UnknownFaultError(f"{name} has no {what} {strange[0]!r}; there are: {there}")
        complete = known | (args or {})
        damage.check(name, complete)
        with self._lock:
            self._last_id += 1
            fault = Fault(self._last_id, name, complete, dict(match or {}), probability, count)
            if name in AT_ONCE and not match:
                self._end_tokens(fault, None)
            else:
                self._faults.append(fault)
            return fault.id

    def clear(self) -> None:
        """Lets everything work again."""
        with self._lock:
            self._faults.clear()

    def show(self) -> list[dict[str, Any]]:
        """The faults in force."""
        with self._lock:
            return [fault.show() for fault in self._faults]

    def locked(self) -> set[str]:
        """Ids of the records that are locked."""
        with self._lock:
            return {str(fault.args["record"]) for fault in self._faults if fault.name == "lock"}

    def strike(self, request: Request) -> Strike:
        """Which faults strike this request; each counts down by one."""
        if not self._faults:
            return Strike([], request)
        with self._lock:
            struck = [fault for fault in self._faults if fault.name != "lock" and self._due(fault, request)]
            self._faults = [fault for fault in self._faults if fault.count != 0]
        for fault in struck:
            if fault.name in AT_ONCE:
                self._end_tokens(fault, request.token())
        return Strike(struck, request)

    def _due(self, fault: Fault, request: Request) -> bool:
        if fault.count == 0 or not fault.concerns(request):
            return False
        fault.passed += 1
        if fault.passed <= int(fault.args.get("after", 0)) or self._random.random() >= fault.probability:
            return False
        if fault.count is not None:
            fault.count -= 1
        return True

    def _end_tokens(self, fault: Fault, token: str | None) -> None:
        if fault.name == "expire_now":
            self._tokens.expire(token)
            return
        wanted = fault.args["refresh"]  # true, false, or one refresh token
        if isinstance(wanted, str):
            token, wanted = wanted, True
        self._tokens.end(token, with_refresh=bool(wanted))


THROTTLED = {
    "error_description": "You have made too many requests continuously. Please try again after some time.",
    "error": "Access Denied",
    "status": "failure",
}


def _instead(fault: Fault) -> Answer:
    made: dict[str, Callable[[], Answer]] = {
        "status": lambda: _plain(fault.args["status"], fault.args["headers"], fault.args["body"]),
        "html": lambda: html_answer(
            "<!doctype html><title>Bad gateway</title><h1>The server is having a rest</h1>", int(fault.args["status"])
        ),
        "empty204": lambda: Answer(204),
        "drop_before_commit": lambda: Answer(drop=True),
        "access_denied200": lambda: json_answer(THROTTLED),
        "scope_mismatch": lambda: ApiError("OAUTH_SCOPE_MISMATCH").answer(),
        "no_permission": lambda: no_permission(str(fault.args["permission"])).answer(),
    }
    return made[fault.name]()


def _plain(status: int, headers: dict[str, str], body: Any) -> Answer:
    """An answer with this status; without a body the CRM's own for that status, where it has one."""
    if body is None:
        usual = {429: "TOO_MANY_REQUESTS", 401: "INVALID_TOKEN", 403: "NO_PERMISSION", 404: "INVALID_URL_PATTERN"}
        answer = ApiError(usual.get(status, "INTERNAL_ERROR"), status=status).answer()
    else:
        answer = Answer(status, body.encode() if isinstance(body, str) else orjson.dumps(body))
    for name, value in headers.items():
        if name.lower() == "content-type":
            answer.content_type = str(value)
        else:
            answer.headers[name] = str(value)
    return answer
