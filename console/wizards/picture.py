"""A wizard's graph as cards and arrows for the hall that draws them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from console.diagrams import Arrow, Badge, Label, Node, Picture
from console.wizards import rules_in_words as words
from console.wizards.facts import Facts
from console.wizards.finding import Finding
from console.wizards.graph import Place, Step, WizardGraph
from crm_client.wizard_screens import Button

SCREENS = ("screen", "screens")  # what a card of the drawing is
DEFAULT_FILLS = frozenset({"#00a3f3", "#00796b"})  # the CRM's own colours of buttons nobody has coloured
_ABOUT_ARROWS = frozenset({"unused-arrow", "missing-arrow", "endless-loop"})
_STATES = {"hide": "hidden", "disable": "disabled"}


@dataclass(slots=True)
class Lit:
    """What is lit on the picture, the rest being dimmed. Empty: nothing is dimmed.

    screens  keys; steps: ids of arrows; current: the screen that is open beside the graph
    marked   keys of screens that are pointed out: what was searched for, where a path leads
    """

    screens: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)
    current: str = ""
    marked: set[str] = field(default_factory=set)

    @property
    def is_on(self) -> bool:
        return bool(self.screens or self.steps)


def picture(
    graph: WizardGraph,
    facts: Facts,
    findings: Sequence[Finding],
    lit: Lit | None = None,
    href: Callable[[str], str] | None = None,
) -> Picture:
    """Cards and arrows of a container.

    graph     with the viewer as whom one looks: what that viewer cannot press or reach is dimmed
    findings  of the container; screens and arrows they are about are marked
    href      the address of a screen by its key; None: cards lead nowhere (exports)
    """
    lit = lit or Lit()
    whole = graph if not _is_limited(graph) else WizardGraph.of(graph.container)
    reached = graph.reached if graph.starts else dict.fromkeys(graph.places, 0)
    seen = {step.id for step in graph.steps if step.buttons}
    by_screen: dict[str, list[Finding]] = {}
    for item in findings:
        by_screen.setdefault(item.screen, []).append(item)
    nodes = [
        _node(place, facts, by_screen.get(place.key, []), _screen_kind(place, reached, lit, graph), href)
        for place in whole.places.values()
    ]
    bad = {step for item in findings if item.code in _ABOUT_ARROWS for step in item.steps}
    arrows = []
    for step in in_reading_order(whole):
        kinds = []
        if step.id in bad:
            kinds.append("problem")
        if lit.is_on and step.id in lit.steps:
            kinds.append("current")
        elif lit.is_on or (whole is not graph and step.id not in seen):
            kinds.append("muted")
        arrows.append(_arrow(step, whole, facts, " ".join(kinds)))
    return Picture(nodes, arrows, list(whole.starts))


def in_reading_order(graph: WizardGraph) -> list[Step]:
    """The steps by screen and by the order of their buttons there; the CRM's own order is that of their making."""
    rank = {
        (key, button.id or button.name): place
        for key, part in graph.places.items()
        for place, button in enumerate(part.screen.buttons)
    }
    number = {key: place for place, key in enumerate(graph.places)}

    def place(step: Step) -> tuple[int, int]:
        first = min((rank.get((step.source, b.id or b.name), 0) for b in step.buttons), default=len(rank))
        return number[step.source], first

    return sorted(graph.steps, key=place)


def _is_limited(graph: WizardGraph) -> bool:
    return bool(graph.viewer.profile or graph.viewer.portal)


def _screen_kind(place: Place, reached: Mapping[str, int], lit: Lit, graph: WizardGraph) -> str:
    kinds = ["start"] if place.is_start else []
    if place.key in graph.saves:
        kinds.append("end")
    if place.key == lit.current or place.key in lit.marked:
        kinds.append("current")
    elif (lit.is_on and place.key not in lit.screens) or (_is_limited(graph) and place.key not in reached):
        kinds.append("muted")
    return " ".join(kinds)


def _node(place: Place, facts: Facts, found: Sequence[Finding], kind: str, href: Callable[[str], str] | None) -> Node:
    screen = place.screen
    names = screen.field_names
    required = sum(facts.is_required(name) for name in names)
    rules = len(screen.conditional_rules)
    badges = [Badge(_counted(len(names), "field"), "", ", ".join(facts.label(name) for name in names))] if names else []
    if any(segment.type == "text_label" for segment in screen.segments):
        badges.append(Badge("text"))
    if required:
        badges.append(Badge(f"{required} required", "required"))
    if rules:
        said = [words.rule(rule, facts.label) for rule in screen.conditional_rules]
        badges.append(Badge(_counted(rules, "rule"), "rule", " ".join(said)))
    for button in screen.buttons:
        if button.saves:
            badges.append(Badge(_marked(button), "end", _told(button, facts)))
        elif button.is_custom:
            badges.append(Badge(_marked(button), "custom", _told(button, facts)))
    severities = {item.severity for item in found}
    if found:
        worst = "problem" if "error" in severities else "warning" if "warning" in severities else "note"
        badges.append(Badge(_counted(len(found), "finding"), worst, " ".join(item.sentence for item in found)))
        kind = f"{kind} {worst}".strip() if worst != "note" else kind
    position = None
    if place.node and place.node.pos_x is not None and place.node.pos_y is not None:
        position = (float(place.node.pos_x), float(place.node.pos_y))
    return Node(
        place.key,
        screen.label,
        screen.api_name,
        badges,
        kind,
        position=position,
        href=href(place.key) if href else None,
        title=f"{screen.label} ({screen.api_name or place.key})",
    )


def _arrow(step: Step, graph: WizardGraph, facts: Facts, kind: str) -> Arrow:
    labels = []
    for button in step.buttons:
        told = _told(button, facts)
        labels.append(Label(button.label or "(no label)", "", _fill(button), told))
        if marks := _marks(button):
            labels.append(Label(f"({', '.join(marks)})", "muted", None, told))
    if not labels:
        labels = [Label("no button", "problem", None, "No button takes this arrow.")]
    ends = f"{graph.label(step.source)} → {graph.label(step.target)}"
    told = "; ".join(_told(button, facts) for button in step.buttons)
    id_ = f" (arrow {step.connection_id})" if step.is_on_chart else " (not on the chart)"
    return Arrow(step.id, step.source, step.target, labels, kind, title=f"{ends}{id_}: {told}" if told else ends + id_)


def _fill(button: Button) -> str | None:
    return None if button.background_colour in DEFAULT_FILLS else button.background_colour


def _marks(button: Button) -> list[str]:
    """What the button's label cannot say: it starts hidden, depends on a condition, is for some people only."""
    marks = []
    if button.visibility in _STATES:
        marks.append(_STATES[button.visibility])
    if button.criteria is not None:
        marks.append("conditional")
    if button.profiles is not None or button.portal_user_types is not None:
        marks.append("limited")
    return marks


def _marked(button: Button) -> str:
    label, marks = button.label or "(no label)", _marks(button)
    return f"{label} ({', '.join(marks)})" if marks else label


def _told(button: Button, facts: Facts) -> str:
    conditions = words.conditions(button, facts.label)
    said = f"{button.label or '(no label)'}: {words.effect(button)}"
    return f"{said}, {', '.join(conditions)}" if conditions else said


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
