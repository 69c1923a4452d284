"""The script of forms made from layouts: picklists follow, rows move, lookups search, fields are found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page

from console.fieldforms import Shown
from tests.fieldforms.test_templates import all_kinds, wrong
from tests.fieldforms.test_totals import QUOTES

pytestmark = pytest.mark.browser

MATCHES = ".matches [role=option]"
STATIC = Path(__file__).resolve().parents[2] / "static"
# the room answers the search with its own fragment; here htmx is one function that puts it into the list
_HTMX = """
window.asked = [];
window.htmx = { ajax: (verb, url, { target }) => {
  window.asked.push(url);
  target.innerHTML = window.answer;
  return Promise.resolve();
} };
"""
# a search that is not answered until the test lets it fail
_SLOW = """() => {
  window.fast = window.htmx.ajax;
  window.htmx.ajax = () => new Promise((answered, fail) => { window.fail = fail; });
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may not complain."""
    context = browser.new_context()
    made = context.new_page()
    made.set_default_timeout(10_000)
    complaints: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()
    assert complaints == []


def opened(page: Page, shown: Shown) -> None:
    """The form on a bare page with the console's sheets and the form's script."""
    form = render_to_string("shared/fieldforms/_form.html", {"form": shown, "lookup_url": "/lookup/"})
    page.set_content(
        '<!doctype html><html lang="en" class="script-works"><head><title>Form</title></head>'
        f"<body><main><h1>Form</h1><form>{form}</form></main></body></html>"
    )
    for name in ("tokens", "base", "fieldforms"):
        page.add_style_tag(path=STATIC / "css" / f"{name}.css")
    page.evaluate(_HTMX)
    page.evaluate("html => { window.answer = html; }", _matches())
    page.add_script_tag(path=STATIC / "js" / "fieldforms.js")


def _matches() -> str:
    found = [
        ("3652397000000416001", "Fairbanks <b>Roofing</b>", "Accounts"),
        ("3652397000000416002", "Fairbanks Ltd", ""),
    ]
    return render_to_string("shared/fieldforms/_matches.html", {"matches": found})


def test_a_form_with_its_script(page: Page) -> None:
    opened(page, all_kinds().blank())

    segment = page.locator("#f-Segment")  # follows Industry: of its values only New goes with Cars
    assert segment.locator("option:not([disabled])").all_text_contents() == ["–", "New", "Used"]
    page.select_option("#f-Industry", "Cars")
    assert segment.locator("option:not([disabled])").all_text_contents() == ["–", "New"]
    page.select_option("#f-Industry", "Houses")
    assert segment.locator("option:not([disabled])").count() == 3

    for word in ("first", "second", "third"):
        page.get_by_role("button", name="Add a row").click()
        page.keyboard.type(word)  # the new row's first input has the focus
        page.keyboard.press("Escape")  # what it may find lies over the button
    rows = page.locator(".rows > .row")
    rows.nth(2).get_by_role("button", name="Move row up").click()
    rows.nth(0).get_by_role("button", name="Remove row").click()
    assert rows.locator("[data-number]").all_text_contents() == ["1", "2"]
    sent = page.evaluate(
        "[...new FormData(document.forms[0])].filter(([name]) => /^Items-/.test(name) && !/Gift|Kind/.test(name))"
    )
    assert sent == [
        ["Items-order", ""], ["Items-order", "2"], ["Items-2-Product", "third"], ["Items-order", "1"],
        ["Items-1-Product", "second"],
    ]  # fmt: skip

    page.locator("#f-Account").press_sequentially("Fairb")
    page.locator(MATCHES).first.wait_for()
    assert page.evaluate("window.asked")[-1] == "/lookup/?field=Account&module=Accounts&q=Fairb"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#f-Account").input_value() == "Fairbanks <b>Roofing</b> (3652397000000416001)"
    assert page.locator(MATCHES).count() == 0
    page.locator("#f-Items-2-Product").fill("Fairb")
    page.locator(MATCHES, has_text="Fairbanks Ltd").click()
    assert page.locator("#f-Items-2-Product").input_value() == "Fairbanks Ltd (3652397000000416002)"
    assert "field=Items.Product&" in page.evaluate("window.asked")[-1]
    page.locator("#f-Account").fill("Fairbanks")
    page.locator(MATCHES).first.wait_for()
    page.keyboard.press("Escape")
    assert page.locator(MATCHES).count() == 0
    said = page.locator(".matches:visible > p")
    asked = page.evaluate("window.asked.length")
    page.locator("#f-Account").fill("N")
    assert said.inner_text() == "Type 2 letters or more."  # at once, and nothing is asked
    page.keyboard.press("Enter")  # sends no form
    assert page.evaluate("window.asked.length") == asked
    page.evaluate(_SLOW)
    page.locator("#f-Account").fill("No")
    assert said.inner_text() == "Searching …"
    page.wait_for_function("() => Boolean(window.fail)")
    page.evaluate("() => { window.fail(); }")
    page.get_by_text("The console could not be reached").wait_for()
    assert page.locator("#f-Account").input_value() == "No"
    page.keyboard.press("Escape")
    assert said.count() == 0
    page.evaluate("() => { window.htmx.ajax = window.fast; }")
    page.locator("#f-Account").fill("Fairb")
    page.locator(MATCHES).first.wait_for()
    page.keyboard.press("Enter")  # two are found: Enter marks the first, and takes it when pressed again
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.locator("#f-Account").input_value() == "Fairbanks Ltd (3652397000000416002)"
    page.evaluate(
        "html => { window.answer = html; }", render_to_string("shared/fieldforms/_matches.html", {"matches": []})
    )
    page.locator("#f-Account").fill("Nobody")
    page.get_by_text("No record is called that.").click(force=True)
    assert page.locator("#f-Account").input_value() == "Nobody"
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()

    visible = ".form-fields > .field:visible"
    page.get_by_label("Find a field").fill("acc")
    assert page.locator(visible).evaluate_all("all => all.map(one => one.dataset.field)") == ["Account"]
    page.get_by_label("Find a field").fill("no such thing")
    assert page.get_by_text("No field is called that.").is_visible()
    page.get_by_label("Find a field").fill("")
    page.get_by_label("Required only").check()
    assert page.locator(visible).evaluate_all("all => all.map(one => one.dataset.field)") == [
        "Company",
        "Note",
        "Items",
    ]
    page.get_by_label("Required only").uncheck()
    assert not page.get_by_text("multiselectpicklist").is_visible()
    page.get_by_label("API names and types").check()
    assert page.get_by_text("multiselectpicklist").is_visible()

    page.get_by_role("button", name="One more").first.click()
    assert page.locator("[name=Listings]").count() == 2


def test_a_refused_form_leads_to_each_problem_and_fits_a_phone(page: Page) -> None:
    shown = wrong()
    page.set_viewport_size({"width": 390, "height": 800})
    opened(page, shown)
    assert page.evaluate("document.activeElement.id") == "form-problems"
    page.get_by_label("Required only").check()
    page.locator(".form-problems a", has_text="Size").click()
    assert page.evaluate("document.activeElement.id") == "f-Size"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()


def test_the_sums_of_an_order_follow_what_is_typed_and_agree_with_the_servers(page: Page) -> None:
    opened(page, QUOTES.blank())
    for quantity, price, discount, taxes in (("3", "19.99", "9.97", "Sales Tax: 10\nVat: 1"), ("0.5", "100", "", "")):
        page.get_by_role("button", name="Add a row").click()
        row = page.locator(".rows > .row").last
        for column, text in (
            ("Quantity", quantity),
            ("List_Price", price),
            ("Discount", discount),
            ("Line_Tax", taxes),
        ):
            row.locator(f"[name$='-{column}']").fill(text)
    for name, text in (("Discount", "5.5"), ("Adjustment", "-0.50"), ("$line_tax", "Common Tax: 1.5")):
        page.locator(f"[name='{name}']").fill(text)
    posted = page.evaluate("[...new FormData(document.forms[0])]")
    typed: dict[str, list[str]] = {}
    for name, text in posted:
        typed.setdefault(name, []).append(text)
    totals = QUOTES.answered(QUOTES.read(typed)).by_name["Quoted_Items"].totals
    assert totals is not None
    assert page.locator("[data-sum]").all_text_contents() == [totals.items, totals.tax, totals.grand]
    assert page.locator("[data-row-total]").all_text_contents() == list(totals.rows.values()) == ["55.50", "50.00"]
