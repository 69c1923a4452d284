"""How often somebody may do something in a span of time: sign in, come back from Zoho, ask for pages.

Counted in Django's cache: with CACHE_URL one count for all processes, without it one for each, so that N web processes
allow up to N times as much. While the shared cache does not answer, each process counts by itself and nobody is locked
out. The database is asked nothing. Spans begin by the clock, so at the turn of one twice the number may pass.
"""

import hashlib
import logging
import math
import time

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

log = logging.getLogger(__name__)

ASK_AGAIN_S = 10.0  # how long a shared cache that failed is left alone: waiting for it would slow every page
_own = LocMemCache("limits", {"OPTIONS": {"MAX_ENTRIES": 20_000}})
_shared_failed_at = [-ASK_AGAIN_S]  # monotonic seconds


def count(name: str, who: str) -> int:
    """Counts one more; 0 when it may go on, else the whole seconds to wait.

    name  one of settings.LIMITS: {name: (how often, in how many seconds)}
    who   what is counted by: an address, a browser, a person; kept as a hash
    """
    most, span_s = settings.LIMITS[name]
    now = time.time()
    span = int(now // span_s)
    key = f"limit-{name}-{span}-{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    if _counted(key, span_s) <= most:
        return 0
    return max(1, math.ceil((span + 1) * span_s - now))


def _counted(key: str, span_s: int) -> int:
    if time.monotonic() - _shared_failed_at[0] >= ASK_AGAIN_S:
        try:
            return _one_more(cache, key, span_s)
        except Exception:  # whatever keeps the cache from answering, pages are still given
            log.exception("the cache does not answer; this process counts by itself")
            _shared_failed_at[0] = time.monotonic()
    return _one_more(_own, key, span_s)


def _one_more(where: BaseCache, key: str, span_s: int) -> int:
    if where.add(key, 1, timeout=span_s + 1):
        return 1
    try:
        return where.incr(key)
    except ValueError:  # it ran out, or made room for others, between the two
        return 1
