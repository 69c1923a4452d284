"""Page tokens of record lists: bound to a user and a query, good for 24 hours by the stand-in's clock."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass

from crm_client.standin.clock import Clock
from crm_client.standin.errors import ApiError, bad_param

TOKEN_LIFE_S = 24 * 3600
MANY = 5_000  # from here on those that expired are forgotten


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins in a list whose order is settled by the first page."""

    user: tuple[str, str]  # organisation and user id
    query: tuple[tuple[str, str], ...]  # every parameter but the token
    ids: tuple[str, ...]  # the whole list, so that writes in between do not shift pages
    start: int
    born: float


class PageTokens:
    """Page tokens handed out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._positions: dict[str, Position] = {}

    def new(
        self, user: tuple[str, str], query: tuple[tuple[str, str], ...], ids: tuple[str, ...], start: int
    ) -> tuple[str, float]:
        """A token for the page that begins at `start`, and the moment until which it is good."""
        now = self._clock.now()
        token = secrets.token_hex(32)
        with self._lock:
            if len(self._positions) >= MANY:
                # an hour more, so that a token that has just expired is still told from one that never was
                self._positions = {
                    name: kept for name, kept in self._positions.items() if now - kept.born <= TOKEN_LIFE_S + 3600
                }
            self._positions[token] = Position(user, query, ids, start, now)
        return token, now + TOKEN_LIFE_S

    def use(self, token: str, user: tuple[str, str], query: tuple[tuple[str, str], ...]) -> Position:
        """The position behind a token. Raises ApiError: unknown or someone else's, other parameters, too old."""
        found = self._positions.get(token)
        if found is None or found.user != user:
            raise bad_param("page_token")
        if found.query != query:
            raise ApiError("TOKEN_BOUND_DATA_MISMATCH", {"param_name": "page_token"})
        if self._clock.now() - found.born > TOKEN_LIFE_S:
            raise ApiError("EXPIRED_VALUE", {"api_name": "page_token", "json_path": "$.query.page_token"})
        return found
