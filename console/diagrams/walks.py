"""Ways through a graph: what can be reached, shortest and all ways, loops, what no way avoids. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Arrowlike(Protocol):
    """Anything with these three: `Arrow` here, or a room's own arrow."""

    @property
    def id(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...


A = TypeVar("A", bound=Arrowlike)


@dataclass(frozen=True, slots=True)
class Paths:
    """Ways from the start to an end, as lists of arrow ids, shortest first; no way visits a node twice.

    count     how many ways were found; exact only if `is_all`
    is_all    False when the search was cut off: there are at least `count` ways
    """

    ways: list[list[str]]
    count: int
    is_all: bool


class Graph(Generic[A]):
    """Nodes by id and the arrows between them; arrows whose ends are unknown are ignored.

    Order is kept: everything below answers in the order in which nodes and arrows were given. No method recurses, so a
    chain of 100,000 nodes is no danger.
    """

    def __init__(self, ids: Iterable[str], arrows: Iterable[A]) -> None:
        self.ids: list[str] = list(dict.fromkeys(ids))
        self.out: dict[str, list[A]] = {key: [] for key in self.ids}
        self.into: dict[str, list[A]] = {key: [] for key in self.ids}
        self.arrows: list[A] = []
        for arrow in arrows:
            if arrow.source in self.out and arrow.target in self.out:
                self.arrows.append(arrow)
                self.out[arrow.source].append(arrow)
                self.into[arrow.target].append(arrow)

    def has(self, arrow: A) -> bool:
        """True when both ends of an arrow are known."""
        return arrow.source in self.out and arrow.target in self.out

    def reachable(self, starts: Iterable[str]) -> set[str]:
        """Every node that can be reached from `starts`, those included."""
        return set(self.distances(starts))

    def reaching(self, ends: Iterable[str]) -> set[str]:
        """Every node from which one of `ends` can be reached, those included."""
        seen = {key for key in ends if key in self.into}
        queue = deque(seen)
        while queue:
            for arrow in self.into[queue.popleft()]:
                if arrow.source not in seen:
                    seen.add(arrow.source)
                    queue.append(arrow.source)
        return seen

    def distances(self, starts: Iterable[str]) -> dict[str, int]:
        """Fewest arrows from `starts` to each node they reach: {id: count}, starts at 0. One breadth-first walk."""
        found = {key: 0 for key in starts if key in self.out}
        queue = deque(found)
        while queue:
            here = queue.popleft()
            for arrow in self.out[here]:
                if arrow.target not in found:
                    found[arrow.target] = found[here] + 1
                    queue.append(arrow.target)
        return found

    def shortest(self, starts: Iterable[str], target: str) -> list[str] | None:
        """Ids of the arrows of a shortest way from one of `starts` to `target`; [] when it is a start; None: no way."""
        came: dict[str, A | None] = {key: None for key in starts if key in self.out}
        queue = deque(came)
        while queue and target not in came:
            here = queue.popleft()
            for arrow in self.out[here]:
                if arrow.target not in came:
                    came[arrow.target] = arrow
                    queue.append(arrow.target)
        if target not in came:
            return None
        way: list[str] = []
        step = came[target]
        while step is not None:
            way.append(step.id)
            step = came[step.source]
        return way[::-1]

    def paths(self, start: str, ends: Iterable[str], *, most: int = 1000, effort: int = 200_000) -> Paths:
        """Ways from `start` to any of `ends` that visit no node twice; a way may pass one end on its way to another.

        most     how many ways are listed; they are counted further, until `effort` steps were taken
        effort   steps of the search, about 1 µs each; then the count is "at least"

        Only steps from which an end can still be reached are taken, so without loops no step is wasted.
        """
        goals = {key for key in ends if key in self.out}
        useful = self.reaching(goals)
        ways: list[list[str]] = []
        if start not in useful:
            return Paths(ways, 0, True)
        count = 1 if start in goals else 0
        if count:
            ways.append([])
        trail: list[str] = []
        on_trail = {start}
        stack: list[Iterator[A]] = [iter(self.out[start])]
        here = [start]
        steps = 0
        while stack:
            arrow = next(stack[-1], None)
            steps += 1
            if steps > effort:
                return Paths(sorted(ways, key=len), count, False)
            if arrow is None:
                stack.pop()
                on_trail.discard(here.pop())
                if trail:
                    trail.pop()
                continue
            if arrow.target in on_trail or arrow.target not in useful:
                continue
            trail.append(arrow.id)
            if arrow.target in goals:
                count += 1
                if len(ways) < most:
                    ways.append(trail.copy())
            on_trail.add(arrow.target)
            here.append(arrow.target)
            stack.append(iter(self.out[arrow.target]))
        return Paths(sorted(ways, key=len), count, True)

    def components(self) -> list[list[str]]:
        """Strongly connected components, nodes in the given order; a component comes after those it leads to."""
        index: dict[str, int] = {}
        low: dict[str, int] = {}
        kept: list[str] = []
        is_kept: set[str] = set()
        found: list[list[str]] = []
        place = {key: number for number, key in enumerate(self.ids)}
        for root in self.ids:
            if root in index:
                continue
            work: list[tuple[str, Iterator[A]]] = [(root, iter(self.out[root]))]
            index[root] = low[root] = len(index)
            kept.append(root)
            is_kept.add(root)
            while work:
                here, arrows = work[-1]
                for arrow in arrows:
                    there = arrow.target
                    if there not in index:
                        index[there] = low[there] = len(index)
                        kept.append(there)
                        is_kept.add(there)
                        work.append((there, iter(self.out[there])))
                        break
                    if there in is_kept:
                        low[here] = min(low[here], index[there])
                else:
                    work.pop()
                    if work:
                        above = work[-1][0]
                        low[above] = min(low[above], low[here])
                    if low[here] == index[here]:
                        part = [kept.pop()]
                        while part[-1] != here:
                            part.append(kept.pop())
                        is_kept.difference_update(part)
                        found.append(sorted(part, key=place.__getitem__))
        return found

    def loops(self) -> list[list[str]]:
        """Components one can go round in: two nodes or more, or one with an arrow to itself. In the order of nodes."""
        own = {arrow.source for arrow in self.arrows if arrow.source == arrow.target}
        place = {key: number for number, key in enumerate(self.ids)}
        round_trips = [part for part in self.components() if len(part) > 1 or part[0] in own]
        return sorted(round_trips, key=lambda part: place[part[0]])

    def dominators(self, start: str) -> dict[str, str | None]:
        """For each node that `start` reaches: the last node that every way to it passes; None for the start itself.

        Following the answer from a node back to the start names every node that no way can avoid.
        Cooper, Harvey, Kennedy, "A simple, fast dominance algorithm": at most a few rounds over the arrows.
        """
        if start not in self.out:
            return {}
        order = self._postorder(start)
        number = {key: place for place, key in enumerate(order)}
        above: dict[str, str] = {start: start}
        is_settled = False
        while not is_settled:
            is_settled = True
            for here in reversed(order[:-1]):
                best: str | None = None
                for arrow in self.into[here]:
                    if arrow.source in above:
                        best = arrow.source if best is None else _meet(best, arrow.source, above, number)
                if best is not None and above.get(here) != best:
                    above[here] = best
                    is_settled = False
        return {key: None if key == start else above[key] for key in reversed(order)}

    def _postorder(self, start: str) -> list[str]:
        order: list[str] = []
        seen = {start}
        work: list[tuple[str, Iterator[A]]] = [(start, iter(self.out[start]))]
        while work:
            here, arrows = work[-1]
            for arrow in arrows:
                if arrow.target not in seen:
                    seen.add(arrow.target)
                    work.append((arrow.target, iter(self.out[arrow.target])))
                    break
            else:
                work.pop()
                order.append(here)
        return order


def _meet(one: str, other: str, above: Mapping[str, str], number: Mapping[str, int]) -> str:
    """The nearest node above both."""
    while one != other:
        while number[one] < number[other]:
            one = above[one]
        while number[other] < number[one]:
            other = above[other]
    return one


def islands(ids: Sequence[str], arrows: Iterable[Arrowlike]) -> list[list[str]]:
    """Parts of the graph that no arrow joins, whichever way it points; in the order of nodes."""
    parent = {key: key for key in ids}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for arrow in arrows:
        if arrow.source in parent and arrow.target in parent:
            parent[root(arrow.target)] = root(arrow.source)
    parts: dict[str, list[str]] = {}
    for key in parent:
        parts.setdefault(root(key), []).append(key)
    return list(parts.values())
