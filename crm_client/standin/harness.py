"""The stand-in in a thread: `with StandIn() as standin:` for tests, and the body of `python -m crm_client.standin`."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from crm_client.standin import catalogue_facts
from crm_client.standin.control import make_token
from crm_client.standin.limits import Allowance
from crm_client.standin.organisation import JSON, Organisation
from crm_client.standin.organisations import built_in
from crm_client.standin.server import Server
from crm_client.standin.state import StateFile
from crm_client.standin.world import Client, World

READ_SCOPES = (
    "ZohoCRM.settings.ALL,ZohoCRM.users.READ,ZohoCRM.org.READ,ZohoCRM.modules.READ,ZohoCRM.apis.READ,"
    "ZohoSearch.securesearch.READ"
)
PORTS = 6


class StandIn:
    """A local CRM: two accounts servers and four API hosts, on loopback, with organisations of its own.

    seed           makes the built-in organisations; the same seed, the same content
    organisations  served instead of the built-in ones (the stand-in takes them over; pass copies)
    extra          served beside them
    port           first of six consecutive ports; 0 picks any six
    client_id, client_secret  of the registered client; made up when left out
    catalogue      "served": GET /__apis lists what is served; "full": the rest of the documented API too
    state          a file in which tokens, consents and the clock survive a restart
    Raises OSError when a port is taken, ValueError when the state file is broken or two organisations share a key.
    """

    def __init__(
        self,
        seed: int = 1,
        *,
        organisations: Iterable[Organisation] | None = None,
        extra: Iterable[Organisation] = (),
        port: int = 0,
        client_id: str | None = None,
        client_secret: str | None = None,
        state: Path | None = None,
        catalogue: str = "served",
    ) -> None:
        served = built_in(seed) if organisations is None else organisations
        made = Client.new()
        client = Client(client_id or made.id, client_secret or made.secret)
        self.world = World([*served, *extra], seed, client)
        if catalogue == "full":
            self.world.table = self.world.table.with_rest(catalogue_facts.documented())
        if state is not None:
            StateFile(state).attach(self.world)
        self._server = Server([port + n for n in range(PORTS)] if port else [0] * PORTS)
        self.world.stopping = self._server.stopping
        self._server.start(self.world.place(self._server.ports), self.world.answer)

    def __enter__(self) -> StandIn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends at once; calling it again does nothing."""
        self._server.stop()
        self.world.save()

    # addresses

    @property
    def table(self) -> JSON:
        """The table of data centres, as CRM_DC_TABLE wants it."""
        return self.world.data_centres()

    def write_table(self, path: Path | str) -> None:
        """Writes the table to a file."""
        Path(path).write_text(json.dumps(self.table, indent=2) + "\n", encoding="utf-8")

    @property
    def client_id(self) -> str:
        """Of the registered OAuth client."""
        return self.world.client.id

    @property
    def client_secret(self) -> str:
        """Of the registered OAuth client."""
        return self.world.client.secret

    @property
    def ports(self) -> list[int]:
        """The six ports, in the order of contract.md."""
        return self._server.ports

    def accounts(self, dc: str = "standin-us") -> str:
        """Address of a data centre's accounts server."""
        return self.world.url(dc, "accounts")

    def api(self, dc: str = "standin-us", environment: str = "production") -> str:
        """Address of an API host."""
        return self.world.url(dc, environment)

    # what tests do to it

    def token(self, org: str = "demo", user: str = "alice", scopes: str = READ_SCOPES) -> dict[str, Any]:
        """Access and refresh token without the browser, as the token endpoint would answer.

        Raises LookupError (organisation or user), ValueError (scope).
        """
        return make_token(self.world, org, user, scopes)

    def sign_in(
        self,
        url: str,
        user: str = "alice",
        org: str = "demo",
        *,
        scopes: Iterable[str] | None = None,
        accept: bool = True,
    ) -> str:
        """What a person does with an authorization URL, over HTTP; returns the URL that the browser is sent back to.

        scopes  those to leave checked; None leaves all. Goes to the organisation's own data centre, as a browser would.
        Raises ValueError with the accounts server's page when that shows an error.
        """
        organisation = self.world.organisations[org]
        accounts, query = self.accounts(organisation.dc), urlsplit(url).query
        status, location, page = _visit("GET", f"{accounts}/oauth/v2/auth?{query}")
        if status != 200:
            raise ValueError(page)
        who = f"{org}:{organisation.user(user)['id']}"
        status, location, page = _visit("POST", f"{accounts}/oauth/v2/auth/who", [("request", query), ("who", who)])
        if status == 200:
            asked = dict(parse_qsl(query)).get("scope", "").replace(",", " ").split()
            kept = [scope for scope in asked if scopes is None or scope in set(scopes)]
            form = [("request", query), ("who", who), ("decision", "accept" if accept else "reject")]
            form += [("scope", scope) for scope in kept]
            status, location, page = _visit("POST", f"{accounts}/oauth/v2/auth/consent", form)
        if status != 302:
            raise ValueError(page)
        return location

    def fault(
        self,
        name: str,
        args: dict[str, Any] | None = None,
        match: dict[str, str] | None = None,
        count: int | None = None,
        probability: float = 1.0,
    ) -> int:
        """Puts a fault in force and returns its id. Raises UnknownFaultError, ValueError."""
        return self.world.faults.add(name, args, match, count, probability)

    def clear_faults(self) -> None:
        """Lets everything work again."""
        self.world.faults.clear()

    def ledger(self, after: int = 0) -> list[dict[str, Any]]:
        """The requests seen after number `after`, oldest first; without the stand-in's own addresses."""
        return self.world.ledger.requests(after)

    def advance(self, seconds: float) -> None:
        """Moves the stand-in's clock."""
        self.world.advance(seconds)

    def organisation(self, key: str = "demo") -> Organisation:
        """An organisation to change at will: this stand-in's own copy. Raises LookupError."""
        return self.world.organisation(key)

    def allowance(self, key: str = "demo") -> Allowance:
        """What an organisation may use; change `credits` and `concurrency` in place, None lifts a limit."""
        return self.world.limits.of(self.world.organisations[key])

    def living_tokens(self, org: str = "demo", user: str = "alice") -> dict[str, int]:
        """How many refresh and access tokens of a user work now."""
        return self.world.tokens.living(org, str(self.world.organisations[org].user(user)["id"]))

    def secrets(self) -> set[str]:
        """Every code and token handed out so far, and the client secret: what must turn up nowhere else."""
        return self.world.tokens.secrets | {self.client_secret}

    def ready_line(self) -> str:
        """What the command prints when it is ready: addresses and client, as one line of JSON."""
        line = {
            "accounts": {dc: row["accounts"] for dc, row in self.table.items()},
            "table": self.table,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "organisations": list(self.world.organisations),
            "pid": os.getpid(),
        }
        return json.dumps(line)


def _visit(method: str, url: str, form: list[tuple[str, str]] | None = None) -> tuple[int, str, str]:
    """Status, Location and body of one request, following nothing."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        connection.request(method, target, urlencode(form) if form else None, headers)
        response = connection.getresponse()
        return response.status, response.headers.get("Location", ""), response.read().decode("utf-8", "replace")
    finally:
        connection.close()
