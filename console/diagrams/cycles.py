"""Which arrows to read backwards so that no loop is left: those that lead back to what came before. Pure.

Vertices are 0, 1, …; `edges` are pairs of them, never equal ends.
"""

from collections import deque
from collections.abc import Iterator, Sequence

Edges = Sequence[tuple[int, int]]


def reading_order(count: int, edges: Edges, starts: Sequence[int]) -> list[int]:
    """All vertices in an order that few arrows run against; the starts come first.

    Three walks are tried: depth first (what a reader follows), breadth first (nearest to the start first), and greedy
    (Eades, Lin and Smyth). That one wins whose backward arrows are few and lead to what is nearer to the start: a Back
    button should run against the order, and the button that it takes back should not. Where that leaves a doubt, the
    given order of the vertices decides.
    """
    out: list[list[int]] = [[] for _ in range(count)]
    into: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        out[source].append(target)
        into[target].append(source)
    is_root = [not sources for sources in into]
    roots = [*starts, *(v for v in range(count) if is_root[v]), *range(count)]
    distance = _distances(out, starts or roots[:1])
    best: list[int] = []
    least = 1 << 60
    for walk in (_depth_first, _breadth_first, _greedy):
        order = _starts_first(walk(out, into, roots), starts)
        place = places(order)
        cost = sum(
            _COSTS[(distance[target] > distance[source]) - (distance[target] < distance[source])]
            + 3 * (source < target)
            for source, target in edges
            if place[source] > place[target]
        )
        if cost < least:
            best, least = order, cost
        if not cost:
            break
    return best


# What it costs to read an arrow backwards that leads away from the start, neither way, towards it.
_COSTS = {1: 4, 0: 3, -1: 2}
_GIVEN = 3  # what it costs on top when it leads on in the given order


def _distances(out: list[list[int]], starts: Sequence[int]) -> list[int]:
    found = [-1] * len(out)
    queue = deque(starts)
    for vertex in starts:
        found[vertex] = 0
    while queue:
        vertex = queue.popleft()
        for target in out[vertex]:
            if found[target] < 0:
                found[target] = found[vertex] + 1
                queue.append(target)
    return found


def places(order: Sequence[int]) -> list[int]:
    """place[vertex] in an order of all vertices."""
    place = [0] * len(order)
    for number, vertex in enumerate(order):
        place[vertex] = number
    return place


def _starts_first(order: list[int], starts: Sequence[int]) -> list[int]:
    chosen = set(starts)
    return [*dict.fromkeys(starts), *(vertex for vertex in order if vertex not in chosen)]


def _depth_first(out: list[list[int]], into: list[list[int]], roots: Sequence[int]) -> list[int]:
    """Reverse postorder: only arrows to a vertex that the walk has not left yet run against it."""
    seen = [False] * len(out)
    finished: list[int] = []
    for root in roots:
        if seen[root]:
            continue
        seen[root] = True
        # Children are pushed last first, so that the first one ends up first in the reversed order.
        stack: list[tuple[int, Iterator[int]]] = [(root, reversed(out[root]))]
        while stack:
            vertex, rest = stack[-1]
            for target in rest:
                if not seen[target]:
                    seen[target] = True
                    stack.append((target, reversed(out[target])))
                    break
            else:
                stack.pop()
                finished.append(vertex)
    return finished[::-1]


def _breadth_first(out: list[list[int]], into: list[list[int]], roots: Sequence[int]) -> list[int]:
    seen = [False] * len(out)
    order: list[int] = []
    for root in roots:
        if seen[root]:
            continue
        seen[root] = True
        queue = deque([root])
        while queue:
            vertex = queue.popleft()
            order.append(vertex)
            for target in out[vertex]:
                if not seen[target]:
                    seen[target] = True
                    queue.append(target)
    return order


def _greedy(out: list[list[int]], into: list[list[int]], roots: Sequence[int]) -> list[int]:
    """Take sources to the front, sinks to the back, else the vertex with most arrows out over arrows in."""
    count = len(out)
    leaving = [len(targets) for targets in out]
    entering = [len(sources) for sources in into]
    is_left = [True] * count
    rank = places(list(dict.fromkeys(roots)))
    buckets: dict[int, set[int]] = {}
    sources = deque(v for v in range(count) if not entering[v])
    sinks = deque(v for v in range(count) if not leaving[v])
    for vertex in range(count):
        buckets.setdefault(leaving[vertex] - entering[vertex], set()).add(vertex)
    front: list[int] = []
    back: list[int] = []

    def take(vertex: int) -> None:
        is_left[vertex] = False
        buckets[leaving[vertex] - entering[vertex]].discard(vertex)
        for target in out[vertex]:
            if is_left[target]:
                buckets[leaving[target] - entering[target]].discard(target)
                entering[target] -= 1
                buckets.setdefault(leaving[target] - entering[target], set()).add(target)
                if not entering[target]:
                    sources.append(target)
        for source in into[vertex]:
            if is_left[source]:
                buckets[leaving[source] - entering[source]].discard(source)
                leaving[source] -= 1
                buckets.setdefault(leaving[source] - entering[source], set()).add(source)
                if not leaving[source]:
                    sinks.append(source)

    # The first root is taken first: the reader begins there.
    front.append(roots[0])
    take(roots[0])
    while len(front) + len(back) < count:
        if sinks:
            vertex = sinks.popleft()
            if is_left[vertex]:
                take(vertex)
                back.append(vertex)
        elif sources:
            vertex = sources.popleft()
            if is_left[vertex]:
                take(vertex)
                front.append(vertex)
        else:
            most = max(value for value, members in buckets.items() if members)
            vertex = min(buckets[most], key=rank.__getitem__)
            take(vertex)
            front.append(vertex)
    return front + back[::-1]
