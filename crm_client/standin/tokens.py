"""Codes and tokens of the accounts servers, with their caps (oauth.md, section 8).

Where sources differ the strictest figure of the CRM pages is taken. Everything follows the stand-in's clock.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from crm_client.standin.clock import Clock

CODE_LIFE_S = 120  # unverified: 2 minutes (Accounts pages); CRM pages say 3, some products 1
ACCESS_LIFE_S = 3600
WINDOW_S = 600
CODES_PER_WINDOW = 10  # per client
ACCESS_PER_WINDOW = 10  # per refresh token
REFRESH_PER_WINDOW = 10  # per user and client
LIVE_ACCESS = 15  # per refresh token; one more silently ends the oldest
LIVE_REFRESH = 20  # unverified: counted per user and client; one more silently ends the oldest and its access tokens


class ThrottledError(Exception):
    """Too many codes or tokens within ten minutes."""


class InvalidCodeError(Exception):
    """The code or token is unknown here, used, expired, or does not go with what was sent along."""


class WrongRedirectError(Exception):
    """The redirect URI is not the one that the code was made for."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody allowed a client: who, where, how much."""

    client_id: str
    dc: str
    org: str  # key of the organisation; production and sandbox are two
    user_id: str
    scopes: tuple[str, ...]

    def who(self) -> tuple[str, str, str]:
        """Client, organisation and user: the key of consents and caps."""
        return self.client_id, self.org, self.user_id


@dataclass(slots=True)
class Code:
    """An authorization code on its way."""

    grant: Grant
    redirect_uri: str
    with_refresh: bool
    challenge: str
    method: str  # "S256" or "plain"
    born: float


@dataclass(slots=True)
class Refresh:
    """A refresh token that lives until it is revoked or pushed out."""

    grant: Grant
    born: float


@dataclass(slots=True)
class Access:
    """An access token."""

    grant: Grant
    refresh: str | None  # the refresh token behind it
    until: float


@dataclass(frozen=True, slots=True)
class Issued:
    """What a token answer carries."""

    access: str
    refresh: str | None
    grant: Grant


class Tokens:
    """Every code, token and consent of both data centres."""

    def __init__(self, clock: Clock, changed: Callable[[], None] = lambda: None) -> None:
        self._clock = clock
        self._changed = changed
        self.lock = threading.RLock()  # held while a change is being saved
        self._codes: dict[str, Code] = {}
        self._refresh: dict[str, Refresh] = {}
        self._access: dict[str, Access] = {}
        self._consents: dict[tuple[str, str, str], set[str]] = {}
        self._recent: defaultdict[tuple[str, ...], deque[float]] = defaultdict(deque)
        self.secrets: set[str] = set()  # everything ever handed out, so that tests can look for leaks

    # consent

    def consented(self, grant: Grant) -> bool:
        """Whether this user has allowed this client at least these scopes before."""
        allowed = self._consents.get(grant.who())
        return allowed is not None and {scope.lower() for scope in grant.scopes} <= allowed

    def first_offline(self, grant: Grant) -> bool:
        """Whether this would be the user's first offline consent: that one gives a refresh token unasked."""
        return grant.who() not in self._consents

    def consent(self, grant: Grant) -> None:
        """Notes an offline consent; further scopes come on top.

        unverified: revoking a refresh token does not undo the consent, so it does not make the next one the first.
        """
        with self.lock:
            self._consents.setdefault(grant.who(), set()).update(scope.lower() for scope in grant.scopes)
            self._changed()

    # codes

    def new_code(self, grant: Grant, redirect_uri: str, with_refresh: bool, challenge: str, method: str) -> str:
        """A single-use code. Raises ThrottledError after ten in ten minutes for one client."""
        with self.lock:
            self._throttle(("codes", grant.client_id), CODES_PER_WINDOW)
            code = self._secret()
            self._codes[code] = Code(grant, redirect_uri, with_refresh, challenge, method, self._clock.now())
            self._changed()
            return code

    def exchange(self, code: str, *, dc: str, client_id: str, redirect_uri: str, verifier: str) -> Issued:
        """Turns a code into tokens. Raises InvalidCodeError, WrongRedirectError, ThrottledError.

        An attempt by the right client uses the code up, whatever its outcome, except a throttled one.
        unverified: a wrong or missing verifier is refused for a server-based client too.
        """
        with self.lock:
            found = self._codes.get(code)
            if found is None or found.grant.dc != dc or found.grant.client_id != client_id:
                raise InvalidCodeError
            if found.with_refresh:
                self._throttle(("refresh", *found.grant.who()), REFRESH_PER_WINDOW)
            del self._codes[code]
            self._changed()
            if self._clock.now() - found.born > CODE_LIFE_S or not _proves(found, verifier):
                raise InvalidCodeError
            if redirect_uri != found.redirect_uri:
                raise WrongRedirectError
            return self.issue(found.grant, found.with_refresh)

    # tokens

    def issue(self, grant: Grant, with_refresh: bool) -> Issued:
        """Makes an access token, and a refresh token where wanted, without asking any throttle."""
        with self.lock:
            refresh = None
            if with_refresh:
                refresh = self._secret()
                self._refresh[refresh] = Refresh(grant, self._clock.now())
                mine = [token for token, kept in self._refresh.items() if kept.grant.who() == grant.who()]
                for oldest in mine[:-LIVE_REFRESH]:
                    self._drop_refresh(oldest)
            return Issued(self._new_access(grant, refresh), refresh, grant)

    def refresh(self, token: str, *, dc: str, client_id: str) -> Issued:
        """A new access token; earlier ones stay. Raises InvalidCodeError, ThrottledError."""
        with self.lock:
            found = self._refresh.get(token)
            if found is None or found.grant.dc != dc or found.grant.client_id != client_id:
                raise InvalidCodeError
            self._throttle(("access", token), ACCESS_PER_WINDOW)
            return Issued(self._new_access(found.grant, token), None, found.grant)

    def grant_of(self, token: str) -> tuple[Grant, float] | None:
        """What a living access token allows and until when; None for any other."""
        found = self._access.get(token)
        if found is None or found.until <= self._clock.now():
            return None
        return found.grant, found.until

    def revoke(self, token: str, dc: str) -> bool:
        """Ends a token at its own data centre; False when it is not known there.

        unverified: the data centre that must hear of it is the one that issued the token.
        """
        with self.lock:
            refresh, access = self._refresh.get(token), self._access.get(token)
            if refresh is not None and refresh.grant.dc == dc:
                self._drop_refresh(token)
            elif access is not None and access.grant.dc == dc:
                del self._access[token]
            else:
                return False
            self._changed()
            return True

    # for faults

    def expire(self, token: str | None = None) -> None:
        """Lets one access token, or all of them, be over now."""
        with self.lock:
            for name, access in self._access.items():
                if token in (None, name):
                    access.until = self._clock.now()
            self._changed()

    def end(self, token: str | None, *, with_refresh: bool) -> None:
        """Ends one access or refresh token, or (None) all; `with_refresh` takes the refresh token behind it too."""
        with self.lock:
            if token is None:
                self._access.clear()
                if with_refresh:
                    self._refresh.clear()
            else:
                access = self._access.pop(token, None)
                behind = access.refresh if access is not None else token
                if with_refresh and behind is not None:
                    self._drop_refresh(behind)
            self._changed()

    def living(self, org: str, user_id: str) -> dict[str, int]:
        """How many tokens of a user work now: {"refresh": n, "access": n}."""
        with self.lock:
            now = self._clock.now()
            mine = (org, user_id)
            return {
                "refresh": sum((kept.grant.org, kept.grant.user_id) == mine for kept in self._refresh.values()),
                "access": sum((a.grant.org, a.grant.user_id) == mine and a.until > now for a in self._access.values()),
            }

    # over a restart

    def export(self) -> dict[str, Any]:
        """Everything that must outlive the process, as plain JSON data."""
        with self.lock:
            return {
                "codes": {code: asdict(kept) for code, kept in self._codes.items()},
                "refresh": {token: asdict(kept) for token, kept in self._refresh.items()},
                "access": {token: asdict(kept) for token, kept in self._access.items()},
                "consents": [[*who, sorted(scopes)] for who, scopes in self._consents.items()],
                "recent": [[*key, list(times)] for key, times in self._recent.items() if times],
            }

    def load(self, kept: dict[str, Any]) -> None:
        """Takes up what `export` gave. Raises KeyError, TypeError, ValueError on anything else."""
        with self.lock:
            self._codes = {code: Code(**value | {"grant": _grant(value)}) for code, value in kept["codes"].items()}
            refresh, access = kept["refresh"].items(), kept["access"].items()
            self._refresh = {name: Refresh(_grant(value), float(value["born"])) for name, value in refresh}
            self._access = {
                name: Access(_grant(value), value["refresh"], float(value["until"])) for name, value in access
            }
            self._consents = {(client, org, user): set(scopes) for client, org, user, scopes in kept["consents"]}
            for *key, times in kept["recent"]:
                self._recent[tuple(key)].extend(times)

    # inside

    def _secret(self) -> str:
        made = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        self.secrets.add(made)
        return made

    def _new_access(self, grant: Grant, refresh: str | None) -> str:
        now = self._clock.now()
        self._access = {name: kept for name, kept in self._access.items() if kept.until > now}
        token = self._secret()
        self._access[token] = Access(grant, refresh, now + ACCESS_LIFE_S)
        if refresh is not None:
            siblings = [name for name, kept in self._access.items() if kept.refresh == refresh]
            for oldest in siblings[:-LIVE_ACCESS]:
                del self._access[oldest]
        self._changed()
        return token

    def _drop_refresh(self, token: str) -> None:
        self._refresh.pop(token, None)
        self._access = {name: kept for name, kept in self._access.items() if kept.refresh != token}

    def _throttle(self, key: tuple[str, ...], limit: int) -> None:
        """Counts one more, or raises ThrottledError. A refused one does not prolong the window (unverified)."""
        now = self._clock.now()
        times = self._recent[key]
        while times and not now - WINDOW_S < times[0] <= now:
            times.popleft()
        if len(times) >= limit:
            raise ThrottledError
        times.append(now)


def _grant(value: dict[str, Any]) -> Grant:
    raw = value["grant"]
    return Grant(raw["client_id"], raw["dc"], raw["org"], raw["user_id"], tuple(raw["scopes"]))


def _proves(code: Code, verifier: str) -> bool:
    """Whether the verifier goes with the challenge; without a challenge there is nothing to prove."""
    if not code.challenge:
        return True
    shown = verifier
    if code.method == "S256":
        digest = hashlib.sha256(verifier.encode("utf-8", "replace")).digest()
        shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return bool(verifier) and hmac.compare_digest(shown.encode(), code.challenge.encode())
