"""Broken wizards: what can be shown is shown, what cannot be read is named; never an exception, never silence."""

import copy
import random
from typing import Any

import pytest

from console.diagrams import draw, outline, svg_text
from console.wizards.document import Chapter, markdown
from console.wizards.findings import Report, check
from console.wizards.graph import Viewer, WizardGraph
from console.wizards.picture import Lit, picture
from console.wizards.screen_card import screen_card
from console.wizards.search import search
from crm_client.wizards import Container, Wizard
from tests.wizards.samples import demo_wizard, documented, facts, made, screen_id

ODD: list[Any] = [
    None, True, 0, -1, 1.5, 10**40, "", "x", "\x00", "\ud800", "</svg><script>alert(1)</script>", "${EMPTY}", [], {},
    [None],
    [[[]]], {"id": "x"}, {"id": 5}, "a" * 5000, "#zzz", "javascript:alert(1)", [1, "two", {}], "4876876000000999001",
]  # fmt: skip


def everything(raw: Any) -> tuple[Wizard, Report, str]:
    """What every page of the room does with a wizard, without the pages."""
    wizard = Wizard.from_api(raw)
    container = wizard.containers[0] if wizard.containers else Container.from_api({})
    known = facts("Leads", container.layout_id)
    report = check(wizard, container, known)
    graph = WizardGraph.of(container, Viewer(profile="1"))
    image = picture(graph, known, report.findings, Lit(), lambda key: f"/screens/{key}/")
    outline(image.nodes, image.arrows, image.starts)
    shown = svg_text(draw(image.layout(automatic=False), wizard.label))
    draw(image.layout(automatic=True), wizard.label)
    for place in graph.places.values():
        screen_card(graph, place, known, report.findings)
    search(graph, known, "a b")
    graph.ways_to_save()
    markdown("All", [Chapter(wizard, container, known, report.findings, report.not_checked)])
    return wizard, report, shown


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += paths(item, (*here, key))
    return found


def put(raw: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        raw = raw[key]
    raw[path[-1]] = value


@pytest.mark.parametrize("name", ["wizard-detail", "wizard-detail-v8-conditional"])
def test_every_value_of_a_documented_wizard_may_be_anything(name: str) -> None:
    raw = documented(name)
    rng = random.Random(name)
    for number, path in enumerate(paths(raw)):
        damaged = copy.deepcopy(raw)
        put(damaged, path, ODD[(number + rng.randrange(3)) % len(ODD)])
        everything(damaged)


def test_a_hundred_wizards_damaged_in_ten_places_each() -> None:
    rng = random.Random(5)
    wizard, _ = demo_wizard("Company check")
    for _ in range(100):
        damaged = copy.deepcopy(wizard.raw)
        for _ in range(10):
            places = paths(damaged)
            put(damaged, rng.choice(places), rng.choice(ODD))
        everything(damaged)


@pytest.mark.parametrize("raw", ODD, ids=[repr(value)[:20] for value in ODD])
def test_what_is_no_wizard_at_all_is_an_empty_one_and_says_so(raw: Any) -> None:
    wizard, report, _ = everything(raw)
    assert wizard.label
    assert "no-screens" in [item.code for item in report.findings]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("screens",), "none", "the screens are a text instead of a list and could not be read"),
        (("screens", 0, "segments", 0, "type"), "hologram", "the segment type “hologram” is not known here"),
        (("screens", 0, "segments", 0, "elements"), [1, 2], "2 of the elements are no objects and could not be read"),
        (("screens", 0, "segments", 1, "buttons", 0, "type"), "fly", "the button type “fly” is not known here"),
        (("screens", 0, "segments", 1, "buttons", 0, "color"), "red", "the colour “red” is none"),
        (("screens", 0, "id"), None, "it has no id that could be read"),
        (("screens", 0, "conditional_rules"), [{"actions": [{"type": "sing"}]}], "the action “sing” is not known here"),
        (("screens", 0, "conditional_rules"), [{"criteria": {"comparator": "rhymes"}}], "a condition names no field"),
        (("chart_data",), 7, "the chart is no object and could not be read"),
        (("chart_data", "connections", 0, "id"), "abc", "an arrow has the id “abc”, which is none"),
        (("chart_data", "nodes", 0, "screen"), None, "a node of the chart names no screen"),
    ],
)
def test_alice_is_told_what_could_not_be_read(path: tuple[Any, ...], value: Any, told: str) -> None:
    raw = made({"A": ["B"], "B": ["save"]}, fields={"A": ["Email"]})
    put(raw, ("containers", 0, *path), value)
    wizard, _, _ = everything(raw)
    assert any(told in line for line in wizard.unread), wizard.unread


def test_a_sound_wizard_leaves_nothing_unread() -> None:
    for name in ("wizard-detail", "wizard-detail-v8-conditional"):
        assert Wizard.from_api(documented(name)).unread == []


def test_ids_that_point_nowhere_are_findings() -> None:
    raw = made({"A": ["B"], "B": ["save"]})
    chart = raw["containers"][0]["chart_data"]
    chart["connections"].append({"id": "777", "source_screen": {"id": "1"}, "target_screen": {"id": screen_id("A")}})
    button = raw["containers"][0]["screens"][1]["segments"][1]["buttons"][0]
    button |= {"type": "transition", "target_screen": {"id": "4", "name": "Gone"}}
    _, report, _ = everything(raw)
    assert {"lost-arrow", "no-target"} <= {item.code for item in report.findings}


def test_screens_that_share_an_id_are_both_shown() -> None:
    raw = made({"A": ["B"], "B": ["save"], "C": ["save"]})
    raw["containers"][0]["screens"][2]["id"] = screen_id("B")
    wizard, report, shown = everything(raw)
    assert "doubled-screen" in [item.code for item in report.findings]
    assert all(f">{label}<" in shown for label in ("A", "B", "C"))
    assert len(WizardGraph.of(wizard.containers[0]).places) == 3


def test_hostile_labels_are_text_in_the_drawing() -> None:
    hostile = "<script>alert(1)</script>"
    raw = made({"A": ["B"], "B": ["save"]})
    raw["containers"][0]["screens"][0]["display_label"] = hostile
    raw["containers"][0]["screens"][0]["segments"][1]["buttons"][0]["display_label"] = hostile
    _, _, shown = everything(raw)
    assert "<script" not in shown
    assert "&lt;script" in shown


def test_criteria_nested_a_hundred_deep_are_cut_and_named() -> None:
    criteria: Any = {"comparator": "equal", "field": {"api_name": "Email", "id": "1"}, "value": "x"}
    for _ in range(100):
        criteria = {"group_operator": "and", "group": [criteria, criteria][:1]}
    raw = made({"A": ["save"]}, fields={"A": ["Email"]}, rules={"A": [{"criteria": criteria, "actions": []}]})
    wizard, _, _ = everything(raw)
    assert any("nested more than" in line for line in wizard.unread)
