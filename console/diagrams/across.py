"""Where vertices stand across their layers: near their neighbours, apart from each other, long arrows straight. Pure.

With arrows to the right, "across" is down the page. All places are those of middles, in pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.diagrams.grid import Grid

CARD_GAP, PASS_GAP, BEND_GAP = 28, 14, 4
"""Pixels kept free between two cards, a card and a passing arrow, two passing arrows."""
ANCHORED = 400.0
"""Weight of a card at the place that an admin gave it; a long arrow has 16."""
NEARLY = 16
"""By how many pixels an arrow may miss being straight for its card to be moved."""
ROUNDS = 5
WORK = 45_000
"""Pieces looked at by all rounds together."""


@dataclass(slots=True)
class Piece:
    """A part of a strand between two neighbouring layers, with the places of its ports from the middles of its ends."""

    left: int
    right: int
    strand: int  # its place in grid.strands
    number: int  # its place in the strand, from 0
    left_port: int = 0
    right_port: int = 0


def separate(wanted: Sequence[float], weights: Sequence[float], steps: Sequence[float]) -> list[float]:
    """The places nearest to the wanted ones, by weighted squares, in which each follows the one before by its step.

    steps[i] is the least distance of i from i - 1; steps[0] is not used. Pool adjacent violators: linear.
    """
    sums: list[float] = []
    masses: list[float] = []
    sizes: list[int] = []
    offset = 0.0
    offsets: list[float] = []
    for number, place in enumerate(wanted):
        if number:
            offset += steps[number]
        offsets.append(offset)
        mass = weights[number]
        total = (place - offset) * mass
        size = 1
        while sums and sums[-1] * mass >= total * masses[-1]:
            total += sums.pop()
            mass += masses.pop()
            size += sizes.pop()
        sums.append(total)
        masses.append(mass)
        sizes.append(size)
    found: list[float] = []
    for total, mass, size in zip(sums, masses, sizes, strict=True):
        mean = total / mass
        start = len(found)
        found.extend([mean + offsets[number] for number in range(start, start + size)])
    return found


class Placing:
    """Places of all vertices of a grid.

    room     what a vertex takes across its layer, at least its size
    anchors  where cards shall stand as nearly as their neighbours allow; {} lets all find their places
    """

    def __init__(
        self, grid: Grid, pieces: Sequence[Piece], room: Sequence[int], anchors: Mapping[int, float] | None = None
    ) -> None:
        self.grid, self.room = grid, room
        self.anchors = anchors or {}
        self.place = [0.0] * len(grid.layer)
        # For each vertex: (neighbour, what to add to the neighbour's place, weight of the piece).
        self.before: list[list[tuple[int, int, int]]] = [[] for _ in grid.layer]
        self.after: list[list[tuple[int, int, int]]] = [[] for _ in grid.layer]
        for piece in pieces:
            shift = piece.left_port - piece.right_port
            weight = (1, 3, 8)[grid.is_bend(piece.left) + grid.is_bend(piece.right)]
            self.before[piece.right].append((piece.left, shift, weight))
            self.after[piece.left].append((piece.right, -shift, weight))
        self.steps = [self._steps(layer) for layer in grid.layers]
        self.pieces = len(pieces)

    def _steps(self, layer: Sequence[int]) -> list[float]:
        cards, room = self.grid.cards, self.room
        steps: list[float] = []
        last = -1
        for vertex in layer:
            if last >= 0:
                bends = (vertex >= cards) + (last >= cards)
                gap = (CARD_GAP, PASS_GAP, BEND_GAP)[bends]
                steps.append((room[last] + room[vertex]) / 2 + gap)
            else:
                steps.append(0.0)
            last = vertex
        return steps

    def settle(self) -> list[int]:
        """Whole pixels, in the order of the layers and with the gaps kept."""
        layers = self.grid.layers
        for number, layer in enumerate(layers):
            self._stack(layer, self.steps[number])
        rounds = max(2, min(ROUNDS, WORK // (self.pieces + 1)))
        for _ in range(rounds):
            for number in range(1, len(layers)):
                self._pull(number, is_before=True, is_after=False)
            for number in range(len(layers) - 2, -1, -1):
                self._pull(number, is_before=False, is_after=True)
        for _ in range(rounds):
            for number in range(len(layers)):
                self._pull(number, is_before=True, is_after=True)
        self._straighten()
        for _ in range(2):
            for number in range(len(layers)):
                self._pull(number, is_before=True, is_after=True, keeps_bends=True)
        # Steps are whole, since sizes are even: rounding down keeps every gap.
        self.place = [float(value // 1) for value in self.place]
        self._align()
        self._straighten()
        return [int(value) for value in self.place]

    def _stack(self, layer: Sequence[int], steps: Sequence[float]) -> None:
        at = 0.0
        for vertex, step in zip(layer, steps, strict=True):
            at += step
            self.place[vertex] = at
        for vertex in layer:
            self.place[vertex] -= at / 2

    def _pull(self, number: int, *, is_before: bool, is_after: bool, keeps_bends: bool = False) -> None:
        """Move a layer towards its neighbours in the layers beside."""
        place, before, after = self.place, self.before, self.after
        anchors, cards, ties = self.anchors, self.grid.cards, self.grid.ties
        layer = self.grid.layers[number]
        wanted: list[float] = []
        weights: list[float] = []
        for vertex in layer:
            if vertex in anchors:
                wanted.append(anchors[vertex])
                weights.append(ANCHORED)
                continue
            if keeps_bends and vertex >= cards:
                wanted.append(place[vertex])
                weights.append(1000.0)
                continue
            if vertex in ties:
                wanted.append(sum([place[end] for end in ties[vertex].chain]) / 2)
                weights.append(0.5)
                continue
            total = 0.0
            mass = 0
            if is_before:
                for other, shift, weight in before[vertex]:
                    total += (place[other] + shift) * weight
                    mass += weight
            if is_after:
                for other, shift, weight in after[vertex]:
                    total += (place[other] + shift) * weight
                    mass += weight
            if mass:
                wanted.append(total / mass)
                weights.append(mass)
            else:
                wanted.append(place[vertex])
                weights.append(0.1)
        for vertex, value in zip(layer, separate(wanted, weights, self.steps[number]), strict=True):
            place[vertex] = value

    def _align(self) -> None:
        """Move cards a little where that makes arrows straight that are nearly so, from the first layer to the last."""
        place, cards = self.place, self.grid.cards
        for layer, steps in zip(self.grid.layers, self.steps, strict=True):
            for number, vertex in enumerate(layer):
                if vertex >= cards:
                    continue
                around = self.before[vertex] or self.after[vertex]
                shifts = [int(place[other]) + shift - int(place[vertex]) for other, shift, _ in around if other < cards]
                low = place[layer[number - 1]] + steps[number] - place[vertex] if number else -NEARLY
                more = number + 1 < len(layer)
                high = place[layer[number + 1]] - steps[number + 1] - place[vertex] if more else NEARLY
                fitting = [shift for shift in shifts if max(low, -NEARLY) <= shift <= min(high, NEARLY)]
                if fitting:
                    place[vertex] += max(fitting, key=lambda shift: (fitting.count(shift), -abs(shift)))

    def _straighten(self) -> None:
        """Draw each long arrow straight where the gaps between its neighbours allow it, the longest first."""
        place, layer_of, layers = self.place, self.grid.layer, self.grid.layers
        number_in = [0] * len(place)
        for layer in layers:
            for number, vertex in enumerate(layer):
                number_in[vertex] = number
        for strand in sorted(self.grid.strands, key=lambda strand: -len(strand.chain)):
            bends = strand.chain[1:-1]
            if not bends:
                continue
            run: list[int] = []
            low = high = 0.0
            for vertex in bends:
                layer, steps, number = layers[layer_of[vertex]], self.steps[layer_of[vertex]], number_in[vertex]
                least = place[layer[number - 1]] + steps[number] if number else -1e9
                most = place[layer[number + 1]] - steps[number + 1] if number + 1 < len(layer) else 1e9
                if least > most:  # by a rounding error: there is exactly no room
                    least = most = place[vertex]
                if run and max(low, least) <= min(high, most):
                    low, high = max(low, least), min(high, most)
                    run.append(vertex)
                    continue
                if run:
                    self._level(run, low, high)
                low, high, run = least, most, [vertex]
            self._level(run, low, high)

    def _level(self, run: Sequence[int], low: float, high: float) -> None:
        """Put a run of bends at one place: that of the port it leads to if possible, else nearest to where they are."""
        place = self.place
        ends = [place[other] + shift for other, shift, _ in (*self.before[run[0]], *self.after[run[-1]])]
        middle = sum([place[vertex] for vertex in run]) / len(run)
        fitting = [end for end in ends if low <= end <= high]
        value = min(fitting, key=lambda end: abs(end - middle)) if fitting else min(max(middle // 1, low), high)
        for vertex in run:
            place[vertex] = value
