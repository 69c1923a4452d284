"""Graphs to draw: small ones by name, and any number of made ones, each from its seed."""

import random
from dataclasses import dataclass

from console.diagrams import Arrow, Badge, Label, Node

Edges = list[tuple[int, int]]
NAMES = [
    "Applicant",
    "Income",
    "Employment",
    "Documents",
    "Review",
    "Contact",
    "Address",
    "Company",
    "Loan",
    "Insurance",
]
BUTTONS = [
    "Next",
    "Back",
    "Skip",
    "Save draft",
    "Add another",
    "Self-employed",
    "Continue to the next step",
    "次へ",
    "التالي",
]


@dataclass(slots=True)
class Graph:
    nodes: list[Node]
    arrows: list[Arrow]
    starts: list[str]


def screens(edges: Edges, count: int, *, seed: int = 1, labelled: float = 1.0) -> Graph:
    """Cards as a wizard has them, an arrow for each edge; `labelled` is the share of arrows with a label."""
    made = random.Random(seed)
    nodes = [
        Node(
            str(number),
            f"{NAMES[number % len(NAMES)]} {number}",
            f"Screen_{number}",
            [Badge(f"{made.randrange(1, 30)} fields")],
            kind="start" if number == 0 else "",
            href=f"/screens/{number}",
        )
        for number in range(count)
    ]
    arrows = [
        Arrow(f"e{number}", str(one), str(two), [Label(made.choice(BUTTONS))] if made.random() < labelled else [])
        for number, (one, two) in enumerate(edges)
    ]
    return Graph(nodes, arrows, ["0"])


def three_screens() -> Graph:
    """The wizard of the documentation: Screen 1 to Screen 2 to Screen 3, where it was put on the canvas."""
    nodes = [
        Node("709018", "Screen 1", position=(618, 300), kind="start", href="/1"),
        Node("709020", "Screen 2", position=(998, 480), href="/2"),
        Node("709022", "Screen 3", position=(1498, 440), href="/3"),
    ]
    arrows = [
        Arrow("709080", "709018", "709020", [Label("Next")]),
        Arrow("709082", "709020", "709022", [Label("Next")]),
    ]
    return Graph(nodes, arrows, ["709018"])


def wizard_edges(count: int, arrows: int, seed: int) -> Edges:
    """Mostly onward in small steps, with branches, skips and ways back: what wizards look like."""
    made = random.Random(seed)
    edges = [(max(0, number - 1 - int(made.expovariate(0.5))), number) for number in range(1, count)]
    while len(edges) < arrows:
        source, step = made.randrange(count), int(made.expovariate(1 / (count * 0.08))) + 1
        target = source + step if made.random() < 0.65 else source - step
        if 0 <= target < count:
            edges.append((source, target))
    return edges


def tree_edges(count: int, arrows: int, seed: int) -> Edges:
    """A random tree and random arrows on top: harder to draw than a wizard."""
    made = random.Random(seed)
    edges = [(made.randrange(number), number) for number in range(1, count)]
    while len(edges) < arrows:
        one, two = made.randrange(count), made.randrange(count)
        if one != two:
            edges.append((min(one, two), max(one, two)) if made.random() < 0.8 else (max(one, two), min(one, two)))
    return edges


def any_graph(seed: int) -> Graph:
    """Anything: loops, arrows to oneself, parallel and opposite ones, islands, long names, pills, odd positions."""
    made = random.Random(seed)
    count = made.choice([1, 2, 3, 5, 8, 12, 20, 35])
    edges = [
        (made.randrange(count), made.randrange(count))
        for _ in range(made.randrange(int(count * made.choice([0.5, 1, 1.5, 3])) + 2))
    ]
    if edges and made.random() < 0.5:
        edges += [made.choice(edges) for _ in range(3)]
    if made.random() < 0.5:
        edges += [(two, one) for one, two in edges[:4]]
    graph = screens(edges, count, seed=seed, labelled=made.choice([0, 0.5, 1]))
    for arrow in graph.arrows:
        if made.random() < 0.15:
            arrow.labels = [Label("W" * made.randrange(1, 40)) for _ in range(made.randrange(7))]
    for node in graph.nodes:
        if made.random() < 0.15:
            node.shape = "pill"
        if made.random() < 0.1:
            node.caption = "A rather long name of a screen that has to be wrapped and shortened too"
        if made.random() < 0.1:
            node.badges = [Badge(f"{number} of something") for number in range(made.randrange(9))]
    _place(graph.nodes, made)
    return graph


def _place(nodes: list[Node], made: random.Random) -> None:
    """Scattered, on a grid, on a diagonal, in one column, or nearly on each other."""
    way = made.randrange(5)
    step_x, step_y = made.randrange(0, 400), made.randrange(0, 200)
    for number, node in enumerate(nodes):
        if way == 0:
            node.position = (made.randrange(1500), made.randrange(1000))
        elif way == 1:
            node.position = (number % 5 * step_x, number // 5 * step_y)
        elif way == 2:
            node.position = (number * step_x / 3, number * step_y / 2)
        elif way == 3:
            node.position = (100 + made.randrange(30), number * 120)
        else:
            node.position = (made.randrange(300), made.randrange(200))
