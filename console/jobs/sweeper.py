"""What is done every 30 seconds, wherever the sweeper runs: each hall's part, one after the other.

Several may sweep at once (a thread, a queue, by hand): each part must bear that.
"""

import logging
from collections.abc import Callable

from console.audit import seals
from console.jobs import services

log = logging.getLogger(__name__)

PARTS: dict[str, Callable[[], int]] = {
    "jobs rung for": services.sweep,
    "audit entries sealed": seals.seal,
}
"""{what was done, after its number: the work, which gives back that number}; later halls add theirs in ready()."""


def sweep() -> dict[str, int]:
    """Does every part; one that fails is logged and does not keep the others. {what was done: how often}."""
    done = {}
    for words, work in PARTS.items():
        try:
            done[words] = work()
        except Exception:
            log.exception("a part of the sweeper failed; it is tried again in half a minute", extra={"part": words})
    return done
