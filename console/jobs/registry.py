"""The kinds of background work; a room registers its own from `AppConfig.ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # rooms register while Django is still loading its models
    from console.jobs.handle import JobHandle


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work.

    run    does the whole work; may be called again after a crash, and goes on from what is stored
    after  template of what a job's page says and offers once the job is over; "" for nothing
    """

    run: "Callable[[JobHandle], None]"
    after: str


_kinds: dict[str, Kind] = {}


def register(kind: str, run: "Callable[[JobHandle], None]", after: str = "") -> None:
    if kind in _kinds:
        raise ValueError(f"the job kind {kind!r} is registered twice")
    _kinds[kind] = Kind(run, after)


def runner(kind: str) -> "Callable[[JobHandle], None] | None":
    return _kinds[kind].run if kind in _kinds else None


def after(kind: str) -> str:
    return _kinds[kind].after if kind in _kinds else ""


def unregister(kind: str) -> None:
    """Takes a kind away again; jobs of it then end as unknown work."""
    _kinds.pop(kind, None)
