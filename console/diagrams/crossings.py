"""The order of vertices within their layers, with few crossings. Pure.

Several first orders are swept by barycentres, back and forth, and neighbours are exchanged where that helps; the best
order seen is kept. Everything is counted, nothing is timed, so the same graph always gives the same picture.
"""

import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

from console.diagrams.grid import Grid

WORK = 36_000
"""Strand pieces looked at by all sweeps of one drawing: about 40 ms."""
MOST_TRIES, MOST_SWEEPS = 10, 16

Layers = list[list[int]]


def untangle(grid: Grid, first: Sequence[int] = ()) -> int:
    """Orders `grid.layers` in place; answers the number of crossings left. `first` are vertices to begin reading at."""
    pieces = sum(map(len, grid.after)) + 1
    if len(grid.layers) < 2 or pieces < 3:
        return 0
    rounds = max(4, WORK // pieces)
    tries = max(1, min(MOST_TRIES, rounds // MOST_SWEEPS))
    sweeps = max(4, min(MOST_SWEEPS, rounds // tries))
    table = _Table(grid)
    best: Layers = [layer.copy() for layer in grid.layers]
    fewest = table.count(best)
    for number in range(tries):
        if not fewest:
            break
        layers = _first_order(grid, first, number)
        found, crossings = table.sweep(layers, sweeps, is_upward=number % 2 == 1)
        if crossings < fewest:
            best, fewest = found, crossings
    grid.layers = best
    return fewest


def _first_order(grid: Grid, first: Sequence[int], number: int) -> Layers:
    """Layers in the order in which a walk from the left meets the vertices; later numbers shuffle the walk."""
    generator = random.Random(number)  # noqa: S311  a fixed seed: the same picture each time
    roots = [*first, *(vertex for layer in grid.layers for vertex in layer)]
    if number > 2:
        generator.shuffle(roots)
    is_deep = number % 2 == 0
    seen = [False] * len(grid.layer)
    layers: Layers = [[] for _ in grid.layers]
    for root in roots:
        if seen[root]:
            continue
        seen[root] = True
        queue = [root]
        at = 0
        while at < len(queue) if not is_deep else queue:
            vertex = queue.pop() if is_deep else queue[at]
            at += 1
            layers[grid.layer[vertex]].append(vertex)
            around = [*grid.after[vertex], *grid.before[vertex]]
            if number > 1:
                generator.shuffle(around)
            elif is_deep:
                around.reverse()
            for other in around:
                if not seen[other]:
                    seen[other] = True
                    queue.append(other)
    return layers


class _Table:
    """Positions and neighbours as plain lists, for the loops below."""

    def __init__(self, grid: Grid) -> None:
        self.before, self.after = grid.before, grid.after
        self.position = [0] * len(grid.layer)

    def place(self, layers: Layers) -> None:
        position = self.position
        for layer in layers:
            for number, vertex in enumerate(layer):
                position[vertex] = number

    def count(self, layers: Layers) -> int:
        self.place(layers)
        return sum(self.between(layer) for layer in layers[:-1])

    def between(self, layer: list[int]) -> int:
        """Crossings between a layer and the next: pairs of pieces whose ends stand in opposite orders."""
        position, after = self.position, self.after
        seen: list[int] = []
        crossings = 0
        for vertex in layer:
            targets = after[vertex]
            if len(targets) == 1:
                place = position[targets[0]]
                crossings += len(seen) - bisect_right(seen, place)
                insort(seen, place)
            elif targets:
                ends = sorted([position[target] for target in targets])
                for place in ends:
                    crossings += len(seen) - bisect_right(seen, place)
                seen.extend(ends)
                seen.sort()
        return crossings

    def sweep(self, layers: Layers, sweeps: int, *, is_upward: bool) -> tuple[Layers, int]:
        self.place(layers)
        best = [layer.copy() for layer in layers]
        fewest = self.count(layers)
        idle = 0
        for number in range(sweeps):
            forward = (number % 2 == 0) != is_upward
            neighbours = self.before if forward else self.after
            for layer in layers[1:] if forward else layers[-2::-1]:
                self.arrange(layer, neighbours, is_reversed=number % 4 > 1)
            self.exchange(layers)
            crossings = self.count(layers)
            if crossings < fewest:
                fewest, best, idle = crossings, [layer.copy() for layer in layers], 0
            else:
                idle += 1
            if not fewest or idle > 3:
                break
        return best, fewest

    def arrange(self, layer: list[int], neighbours: Sequence[Sequence[int]], *, is_reversed: bool) -> None:
        """Sort a layer by the mean place of its neighbours; vertices without any keep their place."""
        position = self.position
        keyed: list[tuple[float, int]] = []
        fixed: list[tuple[int, int]] = []
        for number, vertex in enumerate(layer):
            around = neighbours[vertex]
            if len(around) == 1:
                keyed.append((position[around[0]], vertex))
            elif around:
                keyed.append((sum([position[other] for other in around]) / len(around), vertex))
            else:
                fixed.append((number, vertex))
        if is_reversed:
            keyed.reverse()
        keyed.sort(key=_first_of)
        layer[:] = [vertex for _, vertex in keyed]
        for number, vertex in fixed:
            layer.insert(number, vertex)
        for number, vertex in enumerate(layer):
            position[vertex] = number

    def exchange(self, layers: Layers) -> None:
        """Swap neighbours in a layer as long as that takes crossings away (at most a few rounds)."""
        position = self.position
        for _ in range(4):
            has_changed = False
            for layer in layers:
                for number in range(len(layer) - 1):
                    one, other = layer[number], layer[number + 1]
                    if self.gain(one, other) > 0:
                        layer[number], layer[number + 1] = other, one
                        position[one], position[other] = number + 1, number
                        has_changed = True
            if not has_changed:
                return

    def gain(self, one: int, other: int) -> int:
        """Crossings that swapping two neighbours would take away."""
        position = self.position
        total = 0
        for neighbours in (self.before, self.after):
            ones, others = neighbours[one], neighbours[other]
            if not ones or not others:
                continue
            if len(ones) == 1 and len(others) == 1:
                difference = position[ones[0]] - position[others[0]]
                total += 1 if difference > 0 else -1 if difference < 0 else 0
                continue
            places = sorted([position[vertex] for vertex in others])
            for vertex in ones:
                place = position[vertex]
                total += bisect_left(places, place) - (len(places) - bisect_right(places, place))
        return total


def _first_of(pair: tuple[float, int]) -> float:
    return pair[0]
