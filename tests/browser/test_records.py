"""Finding, reading and making records as somebody does who has a mouse, only a keyboard, a phone, or no script."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from crm_client.standin import StandIn
from tests.browser.conftest import Visitor


def _allow_changes(visitor: Visitor) -> None:
    """The second consent, from a form that asks for it."""
    page = visitor.go("/records/Leads/new/")
    page.get_by_role("link", name=re.compile("Allow changes")).click()
    page.get_by_role("button", name="Ask Zoho to allow changes").click()
    page.wait_for_url(re.compile("/oauth/|/c/"))
    if "/oauth/" in page.url:
        visitor.choose("Alice Moreau", "Halden & Moreau Lending")
    if "/oauth/" in page.url:
        page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/records/Leads/new/")


def _records(standin: StandIn, module: str, **wanted: Any) -> list[dict[str, Any]]:
    return [
        one
        for one in standin.organisation("demo").records[module]
        if all(one.get(key) == value for key, value in wanted.items())
    ]


def _choose(page: Page, field: str, typed: str, wanted: str) -> None:
    """Types into a look-up and takes what it offers, by keyboard."""
    page.get_by_label(field, exact=True).press_sequentially(typed)
    expect(page.get_by_role("option", name=re.compile(wanted)).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_a_record_is_searched_for_read_and_walked_from(signed_in: Visitor, standin: StandIn) -> None:
    contact = next(one for one in _records(standin, "Contacts") if one["Account_Name"])
    contact["Last_Name"], contact["Full_Name"] = "Quibblesworth", "Ann Quibblesworth"
    account = contact["Account_Name"]
    page = signed_in.go("/records/Contacts/")
    page.keyboard.press("/")
    page.keyboard.type("Quibblesworth")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=Quibblesworth"))
    expect(page.locator("table tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Ann Quibblesworth").click()
    expect(page.get_by_role("heading", name="Ann Quibblesworth")).to_be_visible()
    page.get_by_role("link", name=account["name"], exact=True).first.click()
    expect(page.get_by_role("heading", name=account["name"])).to_be_visible()
    page.locator("summary", has_text=re.compile(r"^Contacts")).first.click()
    expect(page.get_by_role("link", name="Ann Quibblesworth")).to_be_visible()
    page.locator(".crumbs a").last.click()
    expect(page.get_by_role("heading", name="Ann Quibblesworth")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=account["name"])).to_be_visible()


def test_conditions_and_columns_open_beside_the_list_and_escape_closes_them(signed_in: Visitor) -> None:
    page = signed_in.go("/records/Leads/")
    page.get_by_role("link", name="Conditions").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_be_focused()
    drawer.get_by_label("Field").first.select_option("Annual_Revenue")
    how = drawer.get_by_label("How").first
    expect(how.locator("option[value=greater_than]")).not_to_have_attribute("hidden", "")
    expect(how.locator("option[value=starts_with]")).to_have_attribute("hidden", "")
    how.select_option("greater_than")
    drawer.get_by_label("Value").first.fill("50000000")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?f=Annual_Revenue&o=greater_than&v=50000000$"))
    expect(page.locator(".conditions")).to_contain_text("is more than")
    page.get_by_role("link", name="Columns").click()
    expect(page.get_by_role("dialog")).to_contain_text("Annual_Revenue")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="How many in all?").click()
    expect(page.locator("#count")).to_contain_text("in all")


def test_a_deal_is_made_by_hand_and_said_before(signed_in: Visitor, standin: StandIn) -> None:
    account = _records(standin, "Accounts")[4]
    account["Account_Name"] = "Quibble Roofing"
    _allow_changes(signed_in)
    page = signed_in.go("/records/Deals/new/")
    page.get_by_label("Deal Name", exact=False).first.fill("A new roof")
    page.get_by_label("Next Step").fill("Call her")
    page.keyboard.press("Enter")  # checks, and changes no layout
    standard = page.get_by_role("button", name="Standard")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    expect(standard).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Secured lending").press("Enter")
    expect(page.get_by_text("has no place for what you typed into 1 field")).to_be_visible()
    expect(page.get_by_role("button", name="Secured lending")).to_be_focused()
    standard.press("Enter")
    expect(page.get_by_label("Next Step")).to_have_value("Call her")
    expect(page.get_by_label("Deal Name", exact=False).first).to_have_value("A new roof")
    _choose(page, "Company Name required", "Quib", "Quibble Roofing")
    page.get_by_label(re.compile("^Pipeline")).select_option(index=1)
    stages = page.get_by_label(re.compile("^Stage"))
    stages.select_option("Qualification")
    page.get_by_label(re.compile("^Closing Date")).fill("2026-12-24")
    button = page.get_by_role("button", name="Insert 1 deal into Halden & Moreau Lending")
    page.get_by_role("button", name="Check first, send nothing").click()
    expect(page.get_by_text("Nothing speaks against it")).to_be_visible()
    assert not _records(standin, "Deals", Deal_Name="A new roof")
    button.click()
    expect(page.get_by_role("heading", name="A new roof")).to_be_visible()
    [deal] = _records(standin, "Deals", Deal_Name="A new roof")
    assert (deal["Account_Name"]["id"], deal["Stage"]) == (account["id"], "Qualification")
    expect(page.get_by_text("is made in Zoho CRM")).to_be_visible()
    assert deal["Next_Step"] == "Call her"
    page.locator("summary", has_text="Attachments").click()
    page.set_input_files("input[name=file]", {"name": "Roof.txt", "mimeType": "text/plain", "buffer": b"slate"})
    page.get_by_role("button", name="Attach 1 file").click()
    expect(page.get_by_role("link", name="Roof.txt")).to_be_visible()


def test_a_quote_with_two_lines_is_made_without_script(visitor_without_script: Visitor, standin: StandIn) -> None:
    first, second = _records(standin, "Products")[:2]
    first["Product_Name"], account = "Quibble shingle", _records(standin, "Accounts")[4]
    visitor_without_script.sign_in()
    _allow_changes(visitor_without_script)
    page = visitor_without_script.go("/records/Quotes/new/")
    page.locator('[name="Subject"]').fill("Roof, by paper")
    page.locator('[name="Account_Name"]').fill(account["id"])
    add = page.locator('button[name="_add_row"][value="Quoted_Items"]')
    while page.locator('[name$="-Quantity"]').count() < 2:
        add.click()
    page.locator('[name="Quoted_Items-0-Product_Name"]').fill("Quibble")
    page.locator('[name="Quoted_Items-0-Quantity"]').fill("3")
    page.locator('[name="Quoted_Items-1-Product_Name"]').fill(second["id"])
    page.locator('[name="Quoted_Items-1-Quantity"]').fill("4")
    page.get_by_role("button", name="Check first, send nothing").click()
    found = page.locator('[name="Quoted_Items-0-Product_Name"]')  # what was typed has become what was found
    found.select_option(found.locator("option", has_text="Quibble shingle").get_attribute("value"))
    page.get_by_role("button", name=re.compile("^Insert 1 quote into")).click()
    expect(page.get_by_role("heading", name="Roof, by paper")).to_be_visible()
    [quote] = _records(standin, "Quotes", Subject="Roof, by paper")
    lines = [(line["Product_Name"]["id"], line["Quantity"]) for line in quote["Quoted_Items"]]
    assert lines == [(first["id"], 3), (second["id"], 4)]


def test_a_lead_is_changed_on_a_phone_by_keyboard_alone(signed_in: Visitor, standin: StandIn) -> None:
    lead = next(one for one in _records(standin, "Leads", Converted__s=False) if one["City"])
    _allow_changes(signed_in)
    signed_in.page.set_viewport_size({"width": 390, "height": 800})
    page = signed_in.go(f"/records/Leads/{lead['id']}/")
    page.get_by_role("link", name="Change", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("City", exact=True).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("Tromsø")
    page.keyboard.press("Enter")  # checks, and sends nothing
    expect(page.locator("#changed")).to_contain_text("Tromsø")
    assert not _records(standin, "Leads", City="Tromsø")
    page.get_by_role("button", name=re.compile("^Update 1 lead in")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("is changed in Zoho CRM")).to_be_visible()
    assert [one["id"] for one in _records(standin, "Leads", City="Tromsø")] == [lead["id"]]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_query_is_run_by_keyboard(signed_in: Visitor) -> None:
    page = signed_in.go("/records/coql/")
    page.get_by_label("Query", exact=True).fill("select Deal_Name, Stage from Deals where Amount > 1000 limit 5")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#rows tbody tr")).to_have_count(5)
