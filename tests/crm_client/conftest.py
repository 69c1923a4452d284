"""A CRM of one's own, and clients that neither wait nor draw lots."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from crm_client import CallEvent, CrmClient, Http, StaticToken
from crm_client.standin import StandIn
from crm_client.transport import TokenSource, Transport


@pytest.fixture
def standin() -> Iterator[StandIn]:
    """A fresh CRM on loopback."""
    with StandIn(seed=1) as running:
        yield running


@pytest.fixture
def crm(standin: StandIn) -> Iterator[CrmClient]:
    """Alice's client of the demo organisation."""
    with CrmClient.with_token(standin.api(), standin.token()["access_token"]) as client:
        yield client


class Patience:
    """A clock that never waits: `waits` are the seconds that would have been slept."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class Tokens:
    """Tokens "first", "second", … and which of them were refused."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens) or ["first", "second"]
        self.refusals: list[str] = []

    def token(self) -> str:
        return self._tokens[0]

    def refused(self, token: str) -> str:
        self.refusals.append(token)
        return self._tokens[len(self.refusals)]


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture
def http() -> Iterator[Http]:
    pool = Http()
    yield pool
    pool.close()


@pytest.fixture
def transport_to(http: Http, patience: Patience) -> Callable[..., Transport]:
    """Makes a Transport to an address; it waits in `patience` and draws the highest lot each time."""

    def make(
        url: str,
        tokens: TokenSource | None = None,
        deadline_s: float = 15.0,
        on_call: Callable[[CallEvent], None] | None = None,
    ) -> Transport:
        return Transport(
            http,
            url,
            8,
            tokens or StaticToken("secret-token"),
            deadline_s=deadline_s,
            on_call=on_call,
            sleep=patience.sleep,
            draw=lambda: 1.0,
        )

    return make
