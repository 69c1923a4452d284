"""The kinds of background work; a room registers its own from `AppConfig.ready()`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # rooms register while Django is still loading its models
    from console.jobs.handle import JobHandle

_kinds: dict[str, "Callable[[JobHandle], None]"] = {}


def register(kind: str, run: "Callable[[JobHandle], None]") -> None:
    """`run(handle)` does the whole work and may be called again after a crash: it goes on from what is stored."""
    if kind in _kinds:
        raise ValueError(f"the job kind {kind!r} is registered twice")
    _kinds[kind] = run


def runner(kind: str) -> "Callable[[JobHandle], None] | None":
    return _kinds.get(kind)


def unregister(kind: str) -> None:
    """Takes a kind away again; jobs of it then end as unknown work."""
    _kinds.pop(kind, None)
