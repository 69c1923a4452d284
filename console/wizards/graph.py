"""A wizard's container as the graph it is: screens, arrows between them, and the buttons that take each. Pure.

The chart's arrows carry the ids that records store; the buttons carry what people see. A button has no arrow id: it
takes the arrow from its screen to its target. Where the two disagree both are kept, so that the picture shows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from console.diagrams.walks import Graph, Paths
from crm_client.values import Ref
from crm_client.wizard_screens import Button, Screen
from crm_client.wizards import Arrow, Container, Node


@dataclass(slots=True)
class Place:
    """A screen in the graph.

    key   the screen's id; made up where it has none or shares it with another screen
    node  its place on the canvas; None when the chart leaves it out
    """

    key: str
    screen: Screen
    node: Node | None
    number: int                       # in the order of the answer, from 1
    is_start: bool = False

    @property
    def label(self) -> str:
        return self.screen.label


@dataclass(slots=True)
class Step:
    """A way from a screen to another (or to itself) with the buttons that take it.

    id             unique in the graph; equals connection_id where there is one
    connection_id  the id that a record's path holds; "" when the chart has no such arrow
    """

    id: str
    source: str
    target: str
    connection_id: str = ""
    buttons: list[Button] = field(default_factory=list)

    @property
    def is_on_chart(self) -> bool:
        return bool(self.connection_id)


@dataclass(slots=True)
class Viewer:
    """As whom the wizard is looked at: a profile or a portal user type by id; "" for an administrator who sees all."""

    profile: str = ""
    portal: str = ""

    def may_press(self, button: Button) -> bool:
        if self.profile:
            return is_for(self.profile, button.profiles)
        if self.portal:
            exempted = any(ref.id == self.portal for ref in button.exempted_portal_user_types)
            return exempted or is_for(self.portal, button.portal_user_types)
        return True


class WizardGraph:
    """The screens and ways of one container.

    places   {key: Place} in the order of the answer
    steps    every way that the chart or a button names
    loose    buttons that name a target which is no screen here, or none at all: (key of their screen, button)
    lost     arrows of the chart whose ends are no screens here
    reached  fewest button presses from a start to each screen: {key: count}; what cannot be reached is missing
    """

    def __init__(self, container: Container, viewer: Viewer | None = None) -> None:
        self.container = container
        self.viewer = viewer or Viewer()
        self.places: dict[str, Place] = {}
        self.loose: list[tuple[str, Button]] = []
        self.lost: list[Arrow] = []
        self.doubled: list[str] = []  # labels of screens that share their id with another
        self._place_screens()
        self.steps: list[Step] = []
        self.by_ends: dict[tuple[str, str], Step] = {}  # the arrow that a button between two screens takes
        self._add_arrows()
        self._add_buttons()
        self.starts = [key for key, place in self.places.items() if place.is_start]
        # people move by buttons only; an arrow that no button takes leads nobody anywhere
        self.walk = Graph(self.places, (step for step in self.steps if step.buttons))
        self.saves = [key for key, place in self.places.items() if any(b.saves for b in self.pressable(place.screen))]
        self.reached: dict[str, int] = self.walk.distances(self.starts)
        self.by_step = {step.id: step for step in self.steps}

    @classmethod
    def of(cls, container: Container, viewer: Viewer | None = None) -> WizardGraph:
        return cls(container, viewer)

    def pressable(self, screen: Screen) -> list[Button]:
        """The screen's buttons that the viewer may press."""
        return [button for button in screen.buttons if self.viewer.may_press(button)]

    def label(self, key: str) -> str:
        return self.places[key].label if key in self.places else key

    def way_to(self, key: str) -> list[Step] | None:
        """A shortest way from a start to a screen; [] for a start itself, None when there is none."""
        found = self.walk.shortest(self.starts, key)
        return None if found is None else [self.by_step[step] for step in found]

    def ways_to_save(self, most: int = 200) -> Paths:
        """Every way from the first start to a screen that saves, without going round in loops; counted with a limit."""
        if not self.starts:
            return Paths([], 0, True)
        return self.walk.paths(self.starts[0], self.saves, most=most)

    def forward(self) -> tuple[dict[str, list[str]], list[str]]:
        """The graph without the arrows that close a loop (a Back button), walked in depth from the starts.

        returns  ({key: keys it leads on to}, keys so that each stands after those it leads to); reached screens only
        """
        onward: dict[str, list[str]] = {}
        order: list[str] = []
        on_trail: set[str] = set()
        for start in self.starts:
            if start in onward:
                continue
            onward[start] = []
            on_trail.add(start)
            work = [(start, iter(self._onward_first(start)))]
            while work:
                here, targets = work[-1]
                for there in targets:
                    if there in on_trail:
                        continue
                    onward[here].append(there)
                    if there not in onward:
                        onward[there] = []
                        on_trail.add(there)
                        work.append((there, iter(self._onward_first(there))))
                        break
                else:
                    work.pop()
                    on_trail.discard(here)
                    order.append(here)
        return onward, order

    def _onward_first(self, key: str) -> list[str]:
        return list(dict.fromkeys(arrow.target for arrow in self.walk.out[key]))

    def _place_screens(self) -> None:
        nodes: dict[str, Node] = {}
        for node in self.container.nodes:
            nodes.setdefault(node.screen_id, node)
        for number, screen in enumerate(self.container.screens, 1):
            key = screen.id or f"screen-{number}"
            if key in self.places:
                self.doubled.append(screen.label)
                key = f"{key}-{number}"
            found = nodes.get(screen.id)
            self.places[key] = Place(key, screen, found, number, bool(found and found.start_node))

    def _add_arrows(self) -> None:
        taken: set[str] = set()
        for number, arrow in enumerate(self.container.arrows, 1):
            if arrow.source_id not in self.places or arrow.target_id not in self.places:
                self.lost.append(arrow)
                continue
            id_ = arrow.connection_id if arrow.connection_id and arrow.connection_id not in taken else f"arrow-{number}"
            taken.add(id_)
            self.steps.append(Step(id_, arrow.source_id, arrow.target_id, arrow.connection_id or id_))

    def _add_buttons(self) -> None:
        by_ends = self.by_ends
        for drawn in self.steps:
            by_ends.setdefault((drawn.source, drawn.target), drawn)
        for key, place in self.places.items():
            for button in place.screen.buttons:
                if button.saves or button.is_custom:
                    continue
                target = button.target_screen.id if button.target_screen else ""
                if target not in self.places:
                    self.loose.append((key, button))
                    continue
                if not self.viewer.may_press(button):
                    continue
                step = by_ends.get((key, target))
                if step is None:
                    step = by_ends[(key, target)] = Step(f"button-{key}-{target}", key, target)
                    self.steps.append(step)
                step.buttons.append(button)


def is_for(id_: str, listed: Iterable[Ref] | None) -> bool:
    """Whether somebody is among those that something is limited to; None: no limit."""
    return listed is None or any(ref.id == id_ for ref in listed)
