"""Credits and concurrency per organisation (limits-and-errors.md, section 1)."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crm_client.standin.clock import Clock
from crm_client.standin.errors import ApiError
from crm_client.standin.organisation import Organisation

DAY_S = 24 * 3600
HEAVY_AT_ONCE = 10  # sub-concurrency: the same on every edition

# paid_type: (credits, credits per licence, cap or None, calls in flight)
EDITIONS: dict[str, tuple[int, int, int | None, int]] = {
    "free": (5_000, 0, 5_000, 5),
    "standard": (50_000, 250, 100_000, 10),
    "starter": (50_000, 250, 100_000, 10),
    "professional": (50_000, 500, 3_000_000, 15),
    "enterprise": (50_000, 1_000, 5_000_000, 20),
    "zohoone": (50_000, 1_000, 5_000_000, 20),
    "ultimate": (50_000, 2_000, None, 25),
    "crmplus": (50_000, 2_000, None, 25),
}


@dataclass(slots=True)
class Allowance:
    """What an organisation may use; None: no limit."""

    credits: int | None
    concurrency: int | None


def allowance_of(organisation: Organisation) -> Allowance:
    """The allowance that the organisation's edition and licences give; Enterprise where the edition is not known."""
    licence = organisation.org.get("license_details")
    licence = licence if isinstance(licence, dict) else {}
    base, each, cap, concurrency = EDITIONS.get(str(licence.get("paid_type")).lower(), EDITIONS["enterprise"])
    bought = licence.get("users_license_purchased")
    credits_ = base + each * (bought if isinstance(bought, int) else 0)
    return Allowance(min(credits_, cap) if cap is not None else credits_, concurrency)


class Limits:
    """Counts credits over rolling 24 hours and calls in flight."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._allowed: dict[str, Allowance] = {}
        self._spent: defaultdict[str, deque[tuple[float, int]]] = defaultdict(deque)
        self._sums: defaultdict[str, int] = defaultdict(int)
        self._flying: defaultdict[str, int] = defaultdict(int)

    def of(self, organisation: Organisation) -> Allowance:
        """The organisation's allowance; tests may change it in place."""
        if organisation.key not in self._allowed:
            self._allowed[organisation.key] = allowance_of(organisation)
        return self._allowed[organisation.key]

    @contextmanager
    def slot(self, organisation: Organisation, *, heavy: bool) -> Iterator[None]:
        """One call in flight. Raises ApiError (429) when the organisation has too many, or too many heavy ones."""
        limit = self.of(organisation).concurrency
        names = [organisation.key, organisation.key + " heavy"] if heavy else [organisation.key]
        with self._lock:
            if limit is not None:
                full = self._flying[names[0]] >= limit or (heavy and self._flying[names[1]] >= HEAVY_AT_ONCE)
                if full:
                    raise ApiError("TOO_MANY_REQUESTS")
            for name in names:
                self._flying[name] += 1
        try:
            yield
        finally:
            with self._lock:
                for name in names:
                    self._flying[name] -= 1

    def spend(self, organisation: Organisation, credits_: int) -> int | None:
        """Books credits. Raises ApiError (429) when they are used up.

        Returns what is left once half of the budget is used, None before (the header is sent only then).
        """
        budget = self.of(organisation).credits
        now = self._clock.now()
        key = organisation.key
        with self._lock:
            spent = self._spent[key]
            while spent and spent[0][0] <= now - DAY_S:
                self._sums[key] -= spent.popleft()[1]
            if budget is not None and self._sums[key] + credits_ > budget:
                raise ApiError("TOO_MANY_REQUESTS")
            spent.append((now, credits_))
            self._sums[key] += credits_
            if budget is None or self._sums[key] * 2 < budget:
                return None
            return budget - self._sums[key]
