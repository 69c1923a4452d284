"""A wizard as a document, for somebody who has never seen it: Markdown, and the parts of the printable page. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from console.conditions import names_of
from console.diagrams import mermaid
from console.wizards.facts import Facts
from console.wizards.finding import Finding
from console.wizards.graph import WizardGraph
from console.wizards.picture import picture
from console.wizards.screen_card import ScreenCard, screen_card
from crm_client.wizards import Container, Wizard

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")


@dataclass(slots=True)
class Chapter:
    """One wizard for one layout, as a document tells it."""

    wizard: Wizard
    container: Container
    facts: Facts
    findings: list[Finding]
    not_checked: list[str]

    def cards(self) -> list[ScreenCard]:
        """The screens in the order in which one comes to them, then those that cannot be reached."""
        graph = WizardGraph.of(self.container)
        order = [*graph.reached, *(key for key in graph.places if key not in graph.reached)]
        return [screen_card(graph, graph.places[key], self.facts, self.findings) for key in order]

    @property
    def place(self) -> str:
        """An id for the picture on a page of several."""
        return f"diagram-{self.wizard.id}-{self.container.layout_id}"

    @property
    def profiles(self) -> list[str]:
        return names_of(self.wizard.profiles)

    @property
    def graph_source(self) -> str:
        """The graph as Mermaid, which many Markdown readers draw."""
        graph = WizardGraph.of(self.container)
        image = picture(graph, self.facts, self.findings)
        return mermaid(image.nodes, image.arrows)


def markdown(title: str, chapters: Sequence[Chapter]) -> str:
    """The whole document."""
    lines = [f"# {said(title)}", ""]
    for chapter in chapters:
        lines += _chapter(chapter)
    return "\n".join(lines).rstrip() + "\n"


def said(text: str) -> str:
    """CRM text in Markdown: on one line, and no sign of it is markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _chapter(chapter: Chapter) -> Iterator[str]:
    wizard = chapter.wizard
    yield f"## {said(wizard.label)} – layout {said(chapter.container.label)}"
    yield ""
    yield f"Module {said(wizard.module_name)}, {'active' if wizard.active else 'not active'}. "
    yield f"For {said(', '.join(chapter.profiles)) or 'no profile'}. Wizard id {wizard.id}."
    yield ""
    for line in wizard.unread:
        yield f"- Could not be read: {said(line)}"
    yield "```mermaid"
    yield chapter.graph_source.rstrip()
    yield "```"
    yield ""
    yield "### Findings"
    yield ""
    if not chapter.findings:
        yield "None."
    for item in chapter.findings:
        yield f"- **{item.severity}**: {said(item.sentence)} {said(item.why)} {said(item.todo)}"
    for reason in chapter.not_checked:
        yield f"- Not examined: {said(reason)}"
    yield ""
    for card in chapter.cards():
        yield from _screen(card)


def _screen(card: ScreenCard) -> Iterator[str]:
    place = card.place
    how = "cannot be reached" if card.presses is None else f"{card.presses} presses from the start"
    how = "start" if place.is_start else how
    yield f"### {said(place.label)} ({said(place.screen.api_name)}, {how})"
    yield ""
    for block in card.blocks:
        yield f"**{said(block.title or 'Segment')}**{f' ({said(block.kind)})' if block.kind else ''}"
        yield ""
        if block.fields:
            yield "| Field | API name | Type | Required | Notes |"
            yield "|---|---|---|---|---|"
        for line in block.fields:
            cells = [said(line.label), said(line.name), said(line.type), "yes" if line.is_required else "",
                     said(", ".join(line.notes))]  # fmt: skip
            yield f"| {' | '.join(cells)} |"
        for text in block.lines:
            yield f"> {said(text)}"
        yield ""
    for rule in card.rules:
        yield f"- Rule: {said(rule)}"
    for button in card.buttons:
        told = "; ".join([button.effect, *button.conditions])
        arrow = f" (arrow {button.connection_id})" if button.connection_id else ""
        yield f"- Button **{said(button.label)}**: {said(told)}{arrow}"
    yield ""
