"""A process as a document, for somebody who has never seen it: Markdown, and the parts of the printable page. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.blueprints import words
from console.blueprints.cards import StateCard, TransitionCard, state_card, transition_card
from console.blueprints.facts import Facts
from console.blueprints.findings import Report
from console.blueprints.graph import ProcessGraph
from console.blueprints.picture import picture
from console.conditions import criteria
from console.diagrams import mermaid
from console.exports import markdown


@dataclass(slots=True)
class Chapter:
    """One process, its states in the order in which one comes to them, then those that cannot be reached."""

    graph: ProcessGraph
    head: list[str]
    states: list[StateCard]
    transitions: list[TransitionCard]
    report: Report
    source: str

    @classmethod
    def of(cls, graph: ProcessGraph, facts: Facts, report: Report) -> Chapter:
        order = [*graph.reached, *(key for key in graph.places if key not in graph.reached)]
        image = picture(graph, facts, report.findings)
        return cls(
            graph,
            _head(graph, facts),
            [state_card(graph, graph.places[key], report.findings) for key in order],
            [transition_card(graph, move, facts, report.findings) for move in graph.moves.values()],
            report,
            mermaid(image.nodes, image.arrows),
        )


def _head(graph: ProcessGraph, facts: Facts) -> list[str]:
    """What is to be said of the process as a whole."""
    process = graph.process
    field = process.field_label or process.field_name
    status = words.STATUSES.get(process.status, process.status)
    said = [f"Module {process.module_name or 'not told'}, field {field or 'not told'}, {status}."]
    if process.layout:
        said.append(f"Layout {process.layout.name or process.layout.id}.")
    if process.pipeline:
        said.append(f"Pipeline {process.pipeline.name or process.pipeline.id}.")
    if process.description:
        said.append(process.description)
    if process.owners:
        said.append(f"Owners: {words.owners(process.owners, facts.people)}.")
    if process.entry_criteria is not None:
        said.append(f"A record enters when {criteria(process.entry_criteria, facts.label)}.")
    return said


def markdown_of(chapter: Chapter) -> str:
    """The whole document."""
    return "\n".join(_lines(chapter)).rstrip() + "\n"


def _lines(chapter: Chapter) -> Iterator[str]:
    process = chapter.graph.process
    yield f"# Blueprint {markdown(process.label)}"
    yield ""
    for line in chapter.head:
        yield f"{markdown(line)}  "
    yield f"Blueprint id {process.id}."
    yield ""
    for line in process.unread:
        yield f"- Could not be read: {markdown(line)}"
    yield from ["```mermaid", chapter.source.rstrip(), "```", "", "## Findings", ""]
    if not chapter.report.findings:
        yield "None."
    for item in chapter.report.findings:
        yield f"- **{item.severity}**: {markdown(item.sentence)} {markdown(item.why)} {markdown(item.todo)}"
    for reason in chapter.report.not_checked:
        yield f"- Not examined: {markdown(reason)}"
    yield from ["", "## States", ""]
    for state in chapter.states:
        yield from _state(state)
    yield from ["## Transitions", ""]
    for transition in chapter.transitions:
        yield from _transition(transition)


def _state(card: StateCard) -> Iterator[str]:
    marks = "".join([" (start)" if card.place.is_start else "", " (end)" if card.place.is_end else ""])
    yield f"### {markdown(card.place.label)}{marks}"
    yield ""
    for line in [*card.facts, *card.escalation]:
        yield f"- {markdown(line)}"
    for way in card.ways_out:
        waits = f" ({markdown(way.waits)})" if way.waits else ""
        yield f"- **{markdown(way.name)}**{waits} → {markdown(way.label)}"
    yield ""


def _transition(card: TransitionCard) -> Iterator[str]:
    yield f"### {markdown(card.move.label)}"
    yield ""
    yield f"- {markdown(card.kind)}"
    for source, target in card.ends:
        yield f"- From {markdown(source.label)} to {markdown(target.label)}"
    if not card.move.transition.is_automatic:
        yield f"- Run by {markdown(card.owners)}"
    if card.criteria:
        yield f"- Only when {markdown(card.criteria)}"
    for asked in card.inputs:
        must = "Requires" if asked.is_mandatory else "Asks for"
        notes = f" ({markdown('; '.join(asked.notes))})" if asked.notes else ""
        yield f"- {must} {markdown(asked.label)}{notes}"
    for told in card.actions:
        yield f"- Afterwards {markdown(told)}"
    for child in card.children:
        yield f"- In parallel: {markdown(child.label)}"
    yield ""
