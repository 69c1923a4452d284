"""Findings about ways: starts, dead ends, loops, arrows and buttons that do not agree. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from console.wizards.finding import Finding
from console.wizards.graph import WizardGraph


def find(graph: WizardGraph) -> Iterator[Finding]:
    """Every finding about ways through the container."""
    if not graph.places:
        yield Finding(
            "no-screens", "error", f"The layout “{graph.container.label}” has no screens that could be read.",
            "Whoever opens the wizard with this layout finds nothing to fill in.",
            "Add screens in Zoho's wizard editor, or take the layout out of the wizard.",
        )  # fmt: skip
        return
    yield from _starts(graph)
    yield from _broken_ids(graph)
    yield from _buttons_and_arrows(graph)
    yield from _stuck(graph)


def _starts(graph: WizardGraph) -> Iterator[Finding]:
    if not graph.starts:
        yield Finding(
            "no-start", "error", f"No screen is marked as the start (layout “{graph.container.label}”).",
            "The CRM does not know which screen to open first.",
            "Open the wizard in Zoho's editor and mark the first screen as the start.",
        )  # fmt: skip
    elif len(graph.starts) > 1:
        names = " and ".join(f"“{graph.label(key)}”" for key in graph.starts[:5])
        yield Finding(
            "several-starts", "error",
            f"{len(graph.starts)} screens are marked as the start: {names} (layout “{graph.container.label}”).",
            "Which of them opens first is left to chance.",
            "Keep the start mark on one screen only.",
        )  # fmt: skip


def _broken_ids(graph: WizardGraph) -> Iterator[Finding]:
    for arrow in graph.lost:
        ends = f"“{arrow.source_label or arrow.source_id or '?'}” to “{arrow.target_label or arrow.target_id or '?'}”"
        yield Finding(
            "lost-arrow", "warning", f"An arrow from {ends} points to a screen that this wizard does not have.",
            "It is left over from a screen that was deleted, and cannot be drawn.",
            "Open the wizard in Zoho's editor and save it again, which drops such arrows.",
        )  # fmt: skip
    for label in graph.doubled:
        yield Finding(
            "doubled-screen", "warning", f"The screen “{label}” has the same id as another screen.",
            "Arrows and buttons that name this id mean one of the two; this page takes the first.",
            "Make the second screen again in Zoho's editor.",
        )  # fmt: skip


def _buttons_and_arrows(graph: WizardGraph) -> Iterator[Finding]:
    for key, button in graph.loose:
        aim = "a screen that no longer exists" if button.target_screen else "no screen"
        yield Finding(
            "no-target", "error", f"The button “{button.label}” on “{graph.label(key)}” leads to {aim}.",
            "Pressing it does nothing, or ends in an error.",
            "Give the button a target screen, or delete it.", key, graph.label(key),
        )  # fmt: skip
    for step in graph.steps:
        source, target = graph.label(step.source), graph.label(step.target)
        if not step.buttons:
            yield Finding(
                "unused-arrow", "warning", f"No button takes the arrow from “{source}” to “{target}”.",
                "The chart promises a way that users do not have.",
                f"Add a button on “{source}” that leads to “{target}”, or delete the arrow.",
                step.source, source, [step.id], [source, target],
            )  # fmt: skip
        elif not step.is_on_chart:
            names = " and ".join(f"“{button.label}”" for button in step.buttons)
            yield Finding(
                "missing-arrow", "error",
                f"The button {names} on “{source}” leads to “{target}”, but the chart has no such arrow.",
                "A record made this way has no valid path: the CRM would answer that the connections do not form one.",
                "Open the wizard in Zoho's editor and draw the arrow, or give the button another target.",
                step.source, source, [step.id], [source, target],
            )  # fmt: skip


def _stuck(graph: WizardGraph) -> Iterator[Finding]:
    """Unreachable screens; dead ends, endless loops, and the screens from which nothing else can be reached."""
    reached = graph.reached
    if graph.starts:
        for key in graph.places:
            if key not in reached:
                label = graph.label(key)
                yield Finding(
                    "unreachable", "warning", f"No button leads to the screen “{label}”.",
                    "Nobody ever sees it, and what it asks for is never asked.",
                    f"Add a button that leads to “{label}”, or delete the screen.", key, label,
                )  # fmt: skip
    looked_at = [key for key in graph.places if key in reached] if graph.starts else list(graph.places)
    inside = set(looked_at)
    saves = set(graph.saves)
    loose = {key for key, _ in graph.loose}
    ends = [key for key in looked_at if not graph.walk.out[key] and key not in saves]
    for key in ends:
        if key in loose:
            continue  # its button without a target is named already
        label = graph.label(key)
        yield Finding(
            "dead-end", "error", f"The screen “{label}” is a dead end: no button leads on or saves.",
            "Whoever gets here can only go back or lose what was typed.",
            "Add a button that saves, or one that leads to the next screen.",
            key, label, _way(graph, key), _labels(graph, key),
        )  # fmt: skip
    closed: set[str] = set(ends)
    for loop in graph.walk.loops():
        members = set(loop)
        leaves = any(arrow.target not in members for key in loop for arrow in graph.walk.out[key])
        if leaves or members & saves or not members & inside:
            continue
        closed |= members
        names = " → ".join(f"“{graph.label(key)}”" for key in loop[:6])
        inner = [arrow.id for key in loop for arrow in graph.walk.out[key] if arrow.target in members]
        yield Finding(
            "endless-loop", "error", f"These screens lead to each other only, and none of them saves: {names}.",
            "Whoever gets in goes round for ever and cannot save.",
            "Add a button that leads out of the loop, or one that saves.",
            loop[0], graph.label(loop[0]), inner, [graph.label(key) for key in loop],
        )  # fmt: skip
    can_save = graph.walk.reaching(saves)
    for key in looked_at:
        if key not in can_save and key not in closed:
            label = graph.label(key)
            yield Finding(
                "no-save", "error", f"From the screen “{label}” no button that saves can be reached.",
                "Everything typed from here on is lost.",
                "Give one of the screens that follow a button that saves.",
                key, label, _way(graph, key), _labels(graph, key),
            )  # fmt: skip


def _way(graph: WizardGraph, key: str) -> list[str]:
    return [step.id for step in graph.way_to(key) or []]


def _labels(graph: WizardGraph, key: str) -> list[str]:
    steps = graph.way_to(key)
    return [graph.label(step.source) for step in steps] + [graph.label(key)] if steps else []
