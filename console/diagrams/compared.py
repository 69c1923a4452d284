"""Two graphs on one picture, and how many differences of each kind there are. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from console.diagrams.pictures import Picture

KINDS = ("removed", "added", "changed")
"""Kinds of differences, seen from the first graph to the second; as classes they colour cards and arrows."""


class Difference(Protocol):
    """A room's own sentence about what differs."""

    @property
    def kind(self) -> str: ...


D = TypeVar("D", bound=Difference)


@dataclass(slots=True)
class Comparison(Generic[D]):
    """All differences; `picture` shows both graphs on one."""

    changes: Sequence[D]
    picture: Picture

    @property
    def counts(self) -> list[tuple[str, int]]:
        """(kind, how many) of those there are."""
        found = Counter(change.kind for change in self.changes)
        return [(kind, found[kind]) for kind in KINDS if found[kind]]
