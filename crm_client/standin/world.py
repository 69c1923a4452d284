"""Everything that the six addresses share, and the way of a request through it."""

from __future__ import annotations

import secrets
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from crm_client.standin import accounts, api, control
from crm_client.standin.bulk_jobs import BulkJobs
from crm_client.standin.calls import Call
from crm_client.standin.clock import Clock
from crm_client.standin.errors import ApiError
from crm_client.standin.faults import Faults, Strike
from crm_client.standin.indexing import Indexing
from crm_client.standin.ledger import Entry, Ledger
from crm_client.standin.limits import Limits
from crm_client.standin.messages import Answer, Host, Request
from crm_client.standin.organisation import JSON, Organisation
from crm_client.standin.paging import PageTokens
from crm_client.standin.store import RecordStore
from crm_client.standin.tokens import Tokens
from crm_client.standin.uploads import Uploads
from crm_client.standin.viewer import Viewer

DATA_CENTRES = ("standin-us", "standin-eu")
MAX_KEPT_BYTES = 16 * 1024 * 1024
KINDS = ("accounts", "production", "sandbox")


@dataclass(frozen=True, slots=True)
class Client:
    """The one registered OAuth client; switched on in both data centres with the same secret."""

    id: str
    secret: str

    @classmethod
    def new(cls) -> Client:
        """A client with a fresh id and secret."""
        return cls(f"1000.{secrets.token_hex(15).upper()}", secrets.token_hex(21))


class World:
    """The state behind all addresses."""

    def __init__(self, organisations: Iterable[Organisation], seed: int, client: Client | None = None) -> None:
        self.organisations: dict[str, Organisation] = {}
        for organisation in organisations:
            if organisation.key in self.organisations:
                raise ValueError(f"two organisations are called {organisation.key!r}")
            self.organisations[organisation.key] = organisation
        self.seed = seed
        self.table = api.TABLE
        self.client = client or Client.new()
        self.clock = Clock()
        self.save: Callable[[], None] = lambda: None  # replaced where a state file is kept
        self.tokens = Tokens(self.clock, lambda: self.save())
        self.ledger = Ledger()
        self.limits = Limits(self.clock)
        self.faults = Faults(Random(seed), self.tokens)
        self.page_tokens = PageTokens(self.clock)
        self.indexing = Indexing(self.clock)
        self.uploads = Uploads()
        self._stores = {key: RecordStore(one) for key, one in self.organisations.items()}
        self.hosts: dict[tuple[str, str], Host] = {}
        self.stopping = threading.Event()
        self.jobs = BulkJobs(self.clock, lambda seconds: self.stopping.wait(seconds))
        self._bytes: dict[tuple[Any, ...], bytes] = {}
        self._kept_size = 0
        self._changeable: set[str] = set()  # organisations that somebody outside holds and may change at any time

    def place(self, ports: Iterable[int]) -> list[Host]:
        """Gives the six hosts their ports, in the order of contract.md."""
        wanted = [(dc, kind) for dc in DATA_CENTRES for kind in KINDS]
        for (dc, kind), port in zip(wanted, ports, strict=True):
            self.hosts[dc, kind] = Host(dc, kind, f"http://127.0.0.1:{port}")
        return list(self.hosts.values())

    def url(self, dc: str, kind: str) -> str:
        """The address of one host."""
        return self.hosts[dc, kind].url

    def data_centres(self) -> JSON:
        """The table of data centres in the form of CRM_DC_TABLE; uploads and downloads go to the production host."""
        return {
            dc: {
                "accounts": self.url(dc, "accounts"),
                "api": {kind: self.url(dc, kind) for kind in KINDS[1:]},
                "upload": self.url(dc, "production"),
                "download": self.url(dc, "production"),
            }
            for dc in DATA_CENTRES
        }

    def answer(self, request: Request) -> Answer:
        """The answer to a request at any of the six addresses."""
        if request.path.startswith("/__standin/"):
            return control.answer(self, request)
        entry = self.ledger.arrived(request)
        strike = self.faults.strike(request)
        entry.fault = strike.names
        answer = strike.instead()
        if answer is None:
            answer = self._own_answer(request, entry, strike)
        elif strike.latency_s:
            self.stopping.wait(strike.latency_s)
        answer = strike.changed(answer)
        answer.at = self.clock.now()
        entry.status = 0 if answer.drop else answer.status
        return answer

    def _own_answer(self, request: Request, entry: Entry, strike: Strike) -> Answer:
        def wait() -> None:
            if strike.latency_s:
                self.stopping.wait(strike.latency_s)

        try:
            if request.host.kind == "accounts":
                wait()
                return accounts.answer(self, request)
            return api.answer(self, request, entry, wait)
        except Exception:  # noqa: BLE001  a hostile organisation must not end the connection without a word
            traceback.print_exc()
            entry.code = "INTERNAL_ERROR"
            return ApiError("INTERNAL_ERROR").answer()

    def organisation(self, key: str) -> Organisation:
        """An organisation to change; from now on nothing of it is answered from kept bytes.

        Raises LookupError, which names the organisations there are.
        """
        if key not in self.organisations:
            raise LookupError(f"no organisation {key!r}; there are {', '.join(self.organisations)}")
        self._changeable.add(key)
        self._stores[key].forget()
        return self.organisations[key]

    def store(self, key: str) -> RecordStore:
        """The records of an organisation, to find and to change them."""
        return self._stores[key]

    def viewer(self, org: str, user_id: str) -> Viewer | None:
        """A user of an organisation; None when either is gone."""
        organisation = self.organisations.get(org)
        if organisation is None:
            return None
        user = next((user for user in organisation.users if user.get("id") == user_id), None)
        return None if user is None else Viewer.of(organisation, user)

    def spend(self, call: Call, credits_: int) -> None:
        """Books credits of a call. Raises ApiError (429) when the budget is used up."""
        left = self.limits.spend(call.organisation, credits_)
        self.ledger.charge(call.entry, call.organisation.key, credits_)
        if left is not None:
            call.credits_left = left

    def advance(self, seconds: float) -> None:
        """Moves the clock of the stand-in."""
        self.clock.advance(seconds)
        self.save()

    def kept_bytes(self, key: tuple[Any, ...]) -> bytes | None:
        """A serialised answer made before; None when there is none, or when the organisation may have changed."""
        return None if key[0] in self._changeable else self._bytes.get(key)

    def forget_bytes(self, org: str) -> None:
        """Drops the serialised answers of an organisation: a record that was written has changed its settings."""
        self._bytes = {key: body for key, body in self._bytes.items() if key[0] != org}
        self._kept_size = sum(map(len, self._bytes.values()))

    def keep_bytes(self, key: tuple[Any, ...], body: bytes) -> None:
        """Keeps a serialised answer while the organisation does not change; too many, and all are dropped."""
        if key[0] in self._changeable:
            return
        if self._kept_size > MAX_KEPT_BYTES:
            self._bytes.clear()
            self._kept_size = 0
        self._bytes[key] = body
        self._kept_size += len(body)
