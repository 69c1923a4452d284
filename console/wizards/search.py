"""Where words occur in a wizard: screens, fields, buttons, segments, rules. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from console.wizards import rules_in_words as words
from console.wizards.facts import Facts
from console.wizards.graph import Place, WizardGraph

MOST_HITS = 100


@dataclass(slots=True)
class Hit:
    """A place where the words occur. `what`: screen, field, button, segment, text or rule."""

    key: str
    screen: str
    what: str
    text: str


def search(graph: WizardGraph, facts: Facts, wanted: str) -> list[Hit]:
    """Every place that holds all of the words, in the order of the screens; at most MOST_HITS."""
    parts = wanted.casefold().split()
    if not parts:
        return []
    hits: list[Hit] = []
    for key, place in graph.places.items():
        for what, text, also in _texts(place, facts):
            whole = f"{text} {also}".casefold()
            if all(part in whole for part in parts):
                hits.append(Hit(key, place.label, what, text))
                if len(hits) == MOST_HITS:
                    return hits
    return hits


def _texts(place: Place, facts: Facts) -> list[tuple[str, str, str]]:
    """(what it is, what to show, what else to look in)."""
    screen = place.screen
    found = [("screen", screen.label, f"{screen.api_name} {screen.id}")]
    for segment in screen.segments:
        if segment.label:
            found.append(("segment", segment.label, segment.name))
        if segment.content:
            found.append(("text", segment.content[:120], segment.content))
        found += [("field", facts.label(item.name), f"{item.name} {item.id}") for item in segment.elements if item.name]
    found += [("button", button.label, f"{button.name} {button.id}") for button in screen.buttons]
    found += [("rule", words.rule(rule, facts.label), rule.query_id) for rule in screen.conditional_rules]
    return found
