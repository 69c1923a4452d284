"""Drawings in a real browser: texts in their boxes, zoom, light, keyboard, and a card that opens beside."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, expect

from console.diagrams import Arrow, Badge, Label, Node, draw, layered
from tests.browser.conftest import Visitor
from tests.diagrams.graphs import screens, wizard_edges

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    "Applicant details",
    "WWWWWWWW MMMMMM",
    "iiiiii llllll",
    "Kreditwürdigkeitsprüfung abgeschlossen",
    "漢字の画面名テスト長い",
    "التالي العنوان",
    "שלום עולם מסך",
    "Проверка данных клиента",
    "ขั้นตอนถัดไป",
    "नमस्ते दुनिया",
    "🎉 Party 👨‍👩‍👧",
    "Zażółć gęślą jaźń",
    "Annual_Revenue_Of_The_Company",
    "100 % – “quoted” … €",
    "한국어 화면",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789 0123456789",
]
OUTSIDE = """() => [...document.querySelectorAll(".diagram-svg text")].filter((text) => {
    const own = text.parentNode.querySelector(":scope > rect"), box = text.getBBox();
    const left = box.x - own.x.baseVal.value, right = own.width.baseVal.value - left - box.width;
    const rim = text.closest(".chip, .plate") ? 2 : 8;
    return left < rim || right < rim;
}).map((text) => text.textContent)"""


@pytest.fixture
def sheet(browser: Browser) -> Page:
    """A page of nothing but a drawing's stylesheets and script; `sheet.set_content` is given the drawing."""
    page: Page = browser.new_page(viewport={"width": 1200, "height": 800})
    return page


def show(page: Page, nodes: list[Node], arrows: list[Arrow], direction: str = "auto") -> None:
    drawing = draw(layered(nodes, arrows, [nodes[0].id], direction=direction), "Test")
    css = "".join((ROOT / f"static/css/{name}.css").read_text("utf-8") for name in ("tokens", "base", "diagram"))
    body = render_to_string("shared/_diagram.html", {"drawing": drawing})
    page.set_content(f"<!doctype html><html lang='en'><style>{css}</style><main>{body}</main></html>")
    page.add_script_tag(path=ROOT / "static/js/diagram.js")


def test_texts_of_every_script_stay_inside_their_boxes(sheet: Page) -> None:
    nodes = [Node(str(n), text, text, [Badge(text[:18])], href="#") for n, text in enumerate(TEXTS)]
    arrows = [Arrow(str(n), str(n), str((n + 1) % len(TEXTS)), [Label(text)]) for n, text in enumerate(TEXTS)]
    for direction in ("right", "down"):
        show(sheet, nodes, arrows, direction)
        assert sheet.locator(".diagram-svg text").count() > 60
        assert sheet.evaluate(OUTSIDE) == []


def test_a_reader_zooms_with_buttons_keys_and_wheel(sheet: Page) -> None:
    graph = screens(wizard_edges(40, 60, 1), 40)
    show(sheet, graph.nodes, graph.arrows)
    scale = sheet.locator(".diagram-scale")

    def percent() -> int:
        return int(scale.inner_text().rstrip(" %"))

    before = percent()
    sheet.get_by_role("button", name="Larger").click()
    assert percent() > before
    sheet.get_by_role("region").focus()
    sheet.keyboard.press("-")
    assert percent() == before
    sheet.keyboard.press("0")
    stage = sheet.locator(".diagram-stage").bounding_box()
    drawn = sheet.locator(".diagram-svg").bounding_box()
    assert stage
    assert drawn
    assert drawn["width"] <= stage["width"]
    assert drawn["height"] <= stage["height"]
    whole = percent()
    sheet.mouse.move(600, 300)
    sheet.keyboard.down("Control")
    sheet.mouse.wheel(0, -300)
    sheet.keyboard.up("Control")
    expect(scale).not_to_have_text(f"{whole} %")
    assert percent() > whole


def test_a_reader_drags_a_large_drawing_and_sees_where_on_the_map(sheet: Page) -> None:
    graph = screens(wizard_edges(40, 60, 1), 40)
    show(sheet, graph.nodes, graph.arrows)
    view = sheet.locator(".diagram-map .view")
    before = view.get_attribute("y")
    sheet.mouse.move(900, 600)
    sheet.mouse.down()
    sheet.mouse.move(900, 300, steps=4)
    sheet.mouse.up()
    expect(view).not_to_have_attribute("y", before or "")
    assert sheet.url == "about:blank"


def test_pointing_at_a_screen_lights_what_comes_before_and_after(sheet: Page) -> None:
    graph = screens([(0, 1), (1, 2), (0, 3), (3, 4)], 5)
    show(sheet, graph.nodes, graph.arrows)
    sheet.locator('[data-node="1"]').hover()
    expect(sheet.locator(".has-light")).to_have_count(1)
    lit = sheet.locator(".node.is-lit").evaluate_all("all => all.map((one) => one.dataset.node)")
    assert sorted(lit) == ["0", "1", "2"]
    assert sheet.locator(".arrow.is-lit").count() == 2
    sheet.mouse.move(2, 2)
    expect(sheet.locator(".has-light")).to_have_count(0)


def test_arrow_keys_go_from_screen_to_screen(sheet: Page) -> None:
    graph = screens([(0, 1), (1, 2)], 3)
    show(sheet, graph.nodes, graph.arrows, "right")
    sheet.locator('[data-node="0"]').focus()
    sheet.keyboard.press("ArrowRight")
    sheet.keyboard.press("ArrowRight")
    expect(sheet.locator('[data-node="2"]')).to_be_focused()


def test_alice_opens_a_screen_beside_the_graph_and_goes_back(signed_in: Visitor) -> None:
    page = signed_in.go("/wizards/")
    page.get_by_role("link", name="Contact onboarding").first.click()
    page.wait_for_load_state()
    graph = page.url
    link = page.locator("a.node").nth(1)
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#screen-panel")).to_be_focused()
    expect(page).to_have_url(re.compile("/screens/"))
    expect(page.locator("a.node.is-current")).to_have_count(1)
    page.go_back()
    expect(page).to_have_url(graph)
    expect(page.locator(".diagram.has-script")).to_have_count(1)


def test_without_script_a_card_is_a_link_and_the_drawing_scrolls(visitor_without_script: Visitor) -> None:
    visitor_without_script.sign_in()
    page = visitor_without_script.go("/wizards/")
    page.get_by_role("link", name="Contact onboarding").first.click()
    assert page.locator(".diagram-tools").is_hidden()
    page.locator("a.node").nth(1).click()
    expect(page).to_have_url(re.compile("/screens/"))
    assert page.locator("#screen-panel h2").count() == 1
