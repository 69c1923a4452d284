"""Everything that waits for half a minute waits for a second: for storms, in each process of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from console.submissions import looking, operations, sending, settling, slots, sweeping

BY_TENS = "insert_by_tens"
_HURRIED: list[tuple[Any, str, Any]] = [
    (sending, "CLAIM_S", 6),
    (sending, "DEADLINE_S", 3.0),
    (sending, "TIDY_S", 0.5),
    (sending, "LONGEST_BACKOFF_S", 1.0),
    (sending, "ON_S", 3.0),
    (slots, "HELD_S", 8),
    (settling, "LOOK_AFTER_S", 1),
    (looking, "EVERY_S", 1),
    (looking, "MOST_LOOKS", 2),
    (sweeping, "RING_AGAIN", timedelta(seconds=1)),
]


@contextmanager
def hurried() -> Iterator[None]:
    """Short waits, and an operation that inserts by tens."""
    before = [(module, name, getattr(module, name)) for module, name, _ in _HURRIED]
    for module, name, value in _HURRIED:
        setattr(module, name, value)
    operations.register(replace(operations.of("insert"), name=BY_TENS, size=10))
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
        del operations._operations[BY_TENS]
