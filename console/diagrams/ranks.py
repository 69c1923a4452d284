"""In which layer each vertex stands, so that arrows lead on and are short in all. Pure.

Longest paths give a first answer; the network simplex of Gansner, Koutsofios, North and Vo ("A technique for drawing
directed graphs", 1993) then shortens the arrows. Its pivots are bounded, so a large graph stays fast and merely has
arrows a little longer than need be.
"""

from collections.abc import Sequence

PIVOT_WORK = 120_000
"""Vertices and edges looked at by all pivots together: about 20 ms."""


def layers_of(count: int, edges: Sequence[tuple[int, int]], order: Sequence[int], starts: Sequence[int]) -> list[int]:
    """The layer of each vertex, from 0. Every edge leads from a lower place in `order` to a higher one, and so to a
    higher layer; the first start stands in layer 0. The graph is one island."""
    weights: dict[tuple[int, int], int] = {}
    for edge in edges:
        weights[edge] = weights.get(edge, 0) + 1
    tails = [source for source, _ in weights]
    heads = [target for _, target in weights]
    rank = _longest_paths(count, tails, heads, order)
    if count > 2:
        _Simplex(rank, tails, heads, list(weights.values())).run()
    lowest = min(rank, default=0)
    rank = [value - lowest for value in rank]
    entered = set(heads)
    for vertex in starts:  # nothing stands before where one begins
        if vertex not in entered:
            rank[vertex] = 0
    return rank


def _longest_paths(count: int, tails: Sequence[int], heads: Sequence[int], order: Sequence[int]) -> list[int]:
    out: list[list[int]] = [[] for _ in range(count)]
    for edge, tail in enumerate(tails):
        out[tail].append(edge)
    rank = [0] * count
    for vertex in order:
        for edge in out[vertex]:
            rank[heads[edge]] = max(rank[heads[edge]], rank[vertex] + 1)
    return rank


class _Simplex:
    """A spanning tree of edges at their shortest; an edge whose cut value is negative is exchanged for another."""

    def __init__(self, rank: list[int], tails: list[int], heads: list[int], weight: list[int]) -> None:
        self.rank, self.tails, self.heads = rank, tails, heads
        self.count = len(rank)
        self.at: list[list[int]] = [[] for _ in range(self.count)]
        self.balance = [0] * self.count  # weight of edges out, less that of edges in
        for edge, (tail, head) in enumerate(zip(tails, heads, strict=True)):
            self.at[tail].append(edge)
            self.at[head].append(edge)
            self.balance[tail] += weight[edge]
            self.balance[head] -= weight[edge]
        self.tree: set[int] = set()

    def slack(self, edge: int) -> int:
        return self.rank[self.heads[edge]] - self.rank[self.tails[edge]] - 1

    def run(self) -> None:
        if not self.grow():
            return
        budget = PIVOT_WORK // (self.count + len(self.tails))
        for _ in range(max(8, budget)):
            if not self.pivot():
                return

    def grow(self) -> bool:
        """A tight tree over all vertices; False when the graph is not one island."""
        rank, tails, heads = self.rank, self.tails, self.heads
        inside = {0}
        fresh = [0]
        while True:
            while fresh:
                vertex = fresh.pop()
                for edge in self.at[vertex]:
                    other = heads[edge] if tails[edge] == vertex else tails[edge]
                    if other not in inside and self.slack(edge) == 0:
                        self.tree.add(edge)
                        inside.add(other)
                        fresh.append(other)
            if len(inside) == self.count:
                return True
            bridges = [edge for edge in range(len(tails)) if (tails[edge] in inside) != (heads[edge] in inside)]
            if not bridges:
                return False
            edge = min(bridges, key=self.slack)
            shift = self.slack(edge) if tails[edge] in inside else -self.slack(edge)
            for vertex in inside:
                rank[vertex] += shift
            fresh = [tails[edge] if tails[edge] in inside else heads[edge]]

    def pivot(self) -> bool:
        """Exchange the tree edge with the most negative cut value; False when there is none."""
        tails, heads = self.tails, self.heads
        order, above = self.walk()
        total = self.balance.copy()
        worst, leaving, below = 0, -1, -1
        for vertex in reversed(order):
            edge = above[vertex]
            if edge < 0:
                continue
            # The weight that leaves the part below the edge, less what enters it.
            value = total[vertex] if tails[edge] == vertex else -total[vertex]
            if value < worst:
                worst, leaving, below = value, edge, vertex
            total[heads[edge] if tails[edge] == vertex else tails[edge]] += total[vertex]
        if leaving < 0:
            return False
        part = self.part(below, leaving)
        is_tail_below = tails[leaving] == below
        entering, least = -1, 1 << 30
        for edge in range(len(tails)):
            tail_in, head_in = tails[edge] in part, heads[edge] in part
            if tail_in != head_in and head_in == is_tail_below and edge not in self.tree:
                slack = self.slack(edge)
                if slack < least:
                    entering, least = edge, slack
        if entering < 0:
            return False
        shift = -least if is_tail_below else least
        for vertex in part:
            self.rank[vertex] += shift
        self.tree.remove(leaving)
        self.tree.add(entering)
        return True

    def walk(self) -> tuple[list[int], list[int]]:
        """Vertices from the root down, and the tree edge above each (-1 for the root)."""
        above = [-2] * self.count
        above[0] = -1
        order = [0]
        for vertex in order:
            for edge in self.at[vertex]:
                if edge in self.tree:
                    other = self.heads[edge] if self.tails[edge] == vertex else self.tails[edge]
                    if above[other] == -2:
                        above[other] = edge
                        order.append(other)
        return order, above

    def part(self, below: int, cut: int) -> set[int]:
        """The vertices on the far side of a tree edge."""
        found = {below}
        fresh = [below]
        while fresh:
            vertex = fresh.pop()
            for edge in self.at[vertex]:
                if edge in self.tree and edge != cut:
                    other = self.heads[edge] if self.tails[edge] == vertex else self.tails[edge]
                    if other not in found:
                        found.add(other)
                        fresh.append(other)
        return found
