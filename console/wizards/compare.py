"""What differs between two wizards (or two layouts, or production and sandbox): in sentences and on one graph. Pure.

Ids differ between organisations, so screens are matched by API name, then by label; buttons and fields by their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from console.diagrams import Arrow, Badge, Comparison, Label, Node, Picture
from console.wizards import rules_in_words as words
from console.wizards.graph import Place, Step, WizardGraph
from console.wizards.picture import DEFAULT_FILLS
from crm_client.values import Ref
from crm_client.wizard_screens import Button
from crm_client.wizards import Container, Wizard


@dataclass(slots=True)
class Change:
    """One difference. `kind` is one of console.diagrams.KINDS, seen from the first wizard to the second."""

    kind: str
    what: str          # wizard, screen, field, button, rule, arrow
    screen: str        # label of the screen it is on; "" for the wizard as a whole
    sentence: str


@dataclass(slots=True)
class Pair:
    """A screen in the first wizard, in the second, or in both."""

    one: Place | None
    other: Place | None
    changes: list[Change] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"one-{self.one.key}" if self.one else f"other-{self.other.key}" if self.other else ""

    @property
    def label(self) -> str:
        place = self.other or self.one
        return place.label if place else ""

    @property
    def is_start(self) -> bool:
        place = self.other or self.one
        return bool(place and place.is_start)

    @property
    def kind(self) -> str:
        if self.one is None:
            return "added"
        if self.other is None:
            return "removed"
        return "changed" if self.changes else ""


def compare(one: tuple[Wizard, Container], other: tuple[Wizard, Container]) -> Comparison[Change]:
    """The way from the first to the second: what was removed, added, changed."""
    graphs = WizardGraph.of(one[1]), WizardGraph.of(other[1])
    pairs = _paired(*graphs)
    changes = list(_about_wizards(one[0], other[0]))
    for pair in pairs:
        pair.changes = list(_about_screens(pair))
        changes += pair.changes
    arrows, about_arrows = _arrows(pairs, *graphs)
    changes += about_arrows
    nodes = [_node(pair) for pair in pairs]
    starts = [pair.key for pair in pairs if pair.is_start]
    return Comparison(changes, Picture(nodes, arrows, starts))


def _paired(one: WizardGraph, other: WizardGraph) -> list[Pair]:
    left = list(other.places.values())
    pairs = []
    for place in one.places.values():
        name = place.screen.api_name
        alike = [item for item in left if name and item.screen.api_name == name]
        match = next(iter(alike or [item for item in left if item.label == place.label]), None)
        if match is not None:
            left.remove(match)
        pairs.append(Pair(place, match))
    return pairs + [Pair(None, place) for place in left]


def _about_wizards(one: Wizard, other: Wizard) -> Iterator[Change]:
    if one.label != other.label:
        yield Change("changed", "wizard", "", f"The wizard “{one.label}” is called “{other.label}”.")
    if one.active is not other.active:
        yield Change("changed", "wizard", "", "It is switched on." if other.active else "It is switched off.")
    yield from _names("wizard", "", "profile", one.profiles, other.profiles)
    yield from _names("wizard", "", "portal user type", one.portal_user_types, other.portal_user_types)


def _names(what: str, screen: str, thing: str, one: list[Ref] | None, other: list[Ref] | None) -> Iterator[Change]:
    before, after = words.names_of(one), words.names_of(other)
    for name in before:
        if name not in after:
            yield Change("removed", what, screen, f"It is no longer for the {thing} {name}.")
    for name in after:
        if name not in before:
            yield Change("added", what, screen, f"It is also for the {thing} {name}.")


def _about_screens(pair: Pair) -> Iterator[Change]:
    one, other = pair.one, pair.other
    if one is None or other is None:
        verb = "was added" if one is None else "was removed"
        yield Change(pair.kind, "screen", pair.label, f"The screen “{pair.label}” {verb}.")
        return
    if one.label != other.label:
        yield Change("changed", "screen", pair.label, f"The screen “{one.label}” is called “{other.label}”.")
    if one.is_start is not other.is_start:
        what = "is the start now" if other.is_start else "is no longer the start"
        yield Change("changed", "screen", pair.label, f"The screen “{pair.label}” {what}.")
    yield from _lists("field", pair.label, one.screen.field_names, other.screen.field_names, "the field {}")
    said = [[words.rule(rule) for rule in place.screen.conditional_rules] for place in (one, other)]
    yield from _lists("rule", pair.label, said[0], said[1], "the rule “{}”")
    yield from _buttons(pair.label, one.screen.buttons, other.screen.buttons)


def _lists(what: str, screen: str, one: list[str], other: list[str], form: str) -> Iterator[Change]:
    before, after = Counter(one), Counter(other)
    for name in before - after:
        yield Change("removed", what, screen, f"“{screen}” no longer has {form.format(name)}.")
    for name in after - before:
        yield Change("added", what, screen, f"“{screen}” has {form.format(name)} in addition.")


def _buttons(screen: str, one: list[Button], other: list[Button]) -> Iterator[Change]:
    left = list(other)
    for button in one:
        match = next((item for item in left if item.label == button.label), None) or next(
            (item for item in left if item.name == button.name and button.name), None
        )
        if match is None:
            yield Change("removed", "button", screen, f"“{screen}” no longer has the button “{button.label}”.")
            continue
        left.remove(match)
        before, after = _told(button), _told(match)
        if before != after:
            yield Change("changed", "button", screen, f"On “{screen}” the button {before} is now {after}.")
    for button in left:
        yield Change("added", "button", screen, f"“{screen}” has the button {_told(button)} in addition.")


def _told(button: Button) -> str:
    is_plain = button.background_colour is None or button.background_colour in DEFAULT_FILLS
    colour = "" if is_plain else f", coloured {button.background_colour}"
    return f"“{button.label}” ({'; '.join([words.effect(button), *words.conditions(button)])}{colour})"


def _arrows(pairs: list[Pair], one: WizardGraph, other: WizardGraph) -> tuple[list[Arrow], list[Change]]:
    keys_one = {pair.one.key: pair for pair in pairs if pair.one}
    keys_other = {pair.other.key: pair for pair in pairs if pair.other}
    before = {(keys_one[step.source].key, keys_one[step.target].key): step for step in one.steps}
    after = {(keys_other[step.source].key, keys_other[step.target].key): step for step in other.steps}
    label = {pair.key: pair.label for pair in pairs}
    arrows, changes = [], []
    for ends in dict.fromkeys([*before, *after]):
        kind = "" if ends in before and ends in after else "removed" if ends in before else "added"
        step = after.get(ends) or before[ends]
        arrows.append(_arrow(step, ends, kind))
        if kind:
            text = f"The arrow from “{label[ends[0]]}” to “{label[ends[1]]}” was {kind}."
            changes.append(Change(kind, "arrow", label[ends[0]], text))
    return arrows, changes


def _arrow(step: Step, ends: tuple[str, str], kind: str) -> Arrow:
    labels = [Label(button.label or "(no label)", kind) for button in step.buttons]
    return Arrow(f"{ends[0]}-{ends[1]}", *ends, labels, kind)


def _node(pair: Pair) -> Node:
    place = pair.other or pair.one
    node = place.node if place else None
    position = None
    if node and node.pos_x is not None and node.pos_y is not None:
        position = (float(node.pos_x), float(node.pos_y))
    count = len(pair.changes)
    badges = [Badge(pair.kind, pair.kind)] if pair.kind in ("added", "removed") else []
    if pair.kind == "changed":
        text = "1 change" if count == 1 else f"{count} changes"
        badges = [Badge(text, "changed", " ".join(change.sentence for change in pair.changes))]
    start = "start" if place and place.is_start else ""
    api_name = place.screen.api_name if place else ""
    return Node(pair.key, pair.label, api_name, badges, f"{start} {pair.kind}".strip(), position=position)
