"""The lag of the search index: what was written a moment ago is not found yet.

unverified: how long the CRM's index takes, and whether a changed record is found by its old values meanwhile; here it
is not found at all, so that nobody comes to rely on search to see what has just been written.
"""

from __future__ import annotations

import threading

from crm_client.standin.clock import Clock

LAG_S = 3.0


class Indexing:
    """When each record was last written, by the stand-in's clock, for as long as search lags behind it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._written: dict[tuple[str, str], float] = {}
        self._tidy_at = 1000  # how many entries are kept before those that do not matter any more are dropped

    def wrote(self, org: str, record_id: str) -> None:
        """A record of an organisation was created or changed just now."""
        now = self._clock.now()
        with self._lock:
            if len(self._written) > self._tidy_at:
                self._written = {key: at for key, at in self._written.items() if now - at < LAG_S}
                self._tidy_at = max(1000, 2 * len(self._written))
            self._written[org, record_id] = now

    def lags(self, org: str, record_id: str) -> bool:
        """Whether search does not know yet what was written to the record. A clock moved back does not hold it."""
        at = self._written.get((org, record_id))
        return at is not None and 0 <= self._clock.now() - at < LAG_S
