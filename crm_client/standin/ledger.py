"""What the stand-in saw: every request and every committed change, out of the product's reach."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from crm_client.standin.messages import Request, fingerprint


@dataclass(slots=True)
class Entry:
    """One request."""

    n: int
    t: float  # arrival, seconds since the epoch by the real clock, so that pauses between calls can be measured
    host: str  # "127.0.0.1:8901"
    dc: str
    kind: str  # "accounts", "production" or "sandbox"
    method: str
    path: str  # without the query, which at an accounts server may hold secrets
    query: str  # of API calls only
    token: str | None  # fingerprint of the access token; at an accounts server of the code or token sent
    grant: str | None  # grant_type of a token call
    status: int = 0  # 0: no answer was sent, or not yet
    code: str = ""  # the error code inside the answer, where one is known
    fault: str | None = None  # names of the faults that struck, joined with "+"
    credits: int = 0
    org: str | None = None
    ignored: str = ""  # names in the records of a writing call that were left out without a word


class Ledger:
    """Requests in order of arrival, committed changes, credits used."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Entry] = []
        self._commits: list[dict[str, Any]] = []
        self.credits: defaultdict[str, int] = defaultdict(int)

    def arrived(self, request: Request) -> Entry:
        """Enters a request at its arrival."""
        host = request.host
        sent, grant, query = request.token(), None, request.query_text
        if host.kind == "accounts":
            form, query = request.form(), ""
            grant = form.get("grant_type")
            sent = form.get("refresh_token") or form.get("code") or form.get("token") or sent
        with self._lock:
            entry = Entry(
                n=len(self._requests) + 1,
                t=time.time(),
                host=host.url.rpartition("/")[2],
                dc=host.dc,
                kind=host.kind,
                method=request.method,
                path=request.path,
                query=query,
                token=fingerprint(sent),
                grant=grant,
            )
            self._requests.append(entry)
        return entry

    def charge(self, entry: Entry, org: str, credits_: int) -> None:
        """Books the credits of a call."""
        with self._lock:
            entry.org = org
            entry.credits += credits_
            self.credits[org] += credits_

    def committed(self, request: int, module: str, id_: str, op: str, data: dict[str, Any]) -> None:
        """Enters a change of a record: request number, module, record id, what was done, with which values."""
        with self._lock:
            n = len(self._commits) + 1
            self._commits.append({"n": n, "request": request, "module": module, "id": id_, "op": op, "data": data})

    def requests(self, after: int = 0) -> list[dict[str, Any]]:
        """Requests whose number is above `after`."""
        with self._lock:
            return [asdict(entry) for entry in self._requests[max(after, 0) :]]

    def show(self, after: int = 0) -> dict[str, Any]:
        """The answer of GET /__standin/ledger: requests after number `after`, what they committed, credits in all."""
        requests = self.requests(after)
        with self._lock:
            commits = [commit for commit in self._commits if commit["request"] > after]
            return {"requests": requests, "commits": commits, "credits": dict(self.credits)}
