"""One record and what lies around it, whatever the CRM says about it."""

import html
import re
from typing import Any

import pytest

from console.records.walk import Walk
from crm_client.standin import StandIn
from tests.cast import Page, Person

pytestmark = pytest.mark.django_db


def _value(page: Page, api_name: str) -> str:
    """What a page shows for a field, without markup."""
    found = re.search(rf"<code>{api_name}</code></dt><dd>(.*?)</dd>", page.text, re.DOTALL)
    assert found, f"{api_name} is not shown"
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip()


def _of(standin: StandIn, module: str, number: int = 3) -> dict[str, Any]:
    return standin.organisation("demo").records[module][number]


def test_fields_stand_in_the_order_of_the_records_own_layout(alice: Person, standin: StandIn) -> None:
    demo = standin.organisation("demo")
    contact = demo.records["Contacts"][0]
    layout = next(one for one in demo.layouts["Contacts"] if one["id"] == contact["Layout"]["id"])
    page = alice.get(f"/records/Contacts/{contact['id']}/")
    sections = [
        one
        for one in sorted(layout["sections"], key=lambda one: one["sequence_number"])
        if one["type"] == "used"
        and one["mode"] not in ("quick_create", "business_card", "quick_view")
        and one["fields"]
    ]
    shown = re.findall(r'<section class="record-block">\s*<h2><bdi>([^<]*)</bdi>', page.text)
    assert shown[: len(sections)] == [one["display_label"] for one in sections]
    assert f"<h1><bdi>{html.escape(contact['Full_Name'])}</bdi></h1>" in page.text
    assert contact["id"] in page.text


def test_the_parts_of_an_address_follow_each_other_down_the_columns(alice: Person, standin: StandIn) -> None:
    organisation = standin.organisation("demo")
    contact = next(one for one in organisation.records["Contacts"] if one.get("Mailing_City"))
    page = alice.get(f"/records/Contacts/{contact['id']}/", empty="hide").text
    address = page.split("<h2><bdi>Address Information</bdi></h2>")[1].split("</section>")[0]
    assert address.lstrip().startswith('<dl class="values down">')
    parts = re.findall(r"<code>(Mailing_\w+)</code>", address)
    assert parts == [f"Mailing_{part}" for part in ("Street", "City", "State", "Zip", "Country")]
    assert '<dl class="values two">' in page  # sections that run across stay as they are


def test_values_read_as_their_kind_and_times_in_the_persons_zone(alice: Person, standin: StandIn) -> None:
    loan = _of(standin, "Loans")
    loan.update(
        Loan_Amount=203948.42, Interest_Rate=6.807, Fraud_Check_Passed=False, First_Instalment="2026-01-31",
        Disbursed_At="2026-01-31T23:30:00+01:00", Documents_Received=["Payslips", "Identity card"],
    )  # fmt: skip
    page = alice.get(f"/records/Loans/{loan['id']}/")
    assert _value(page, "Loan_Amount") == "$203,948.42"
    assert _value(page, "Interest_Rate") == "6.807"
    assert _value(page, "Fraud_Check_Passed").endswith("no")
    assert _value(page, "First_Instalment") == "31 Jan 2026"
    assert _value(page, "Disbursed_At") == "31 Jan 2026, 17:30"
    assert "Times in America/New_York" in page.text
    assert re.findall(r"Payslips|Identity card", _value(page, "Documents_Received")) == ["Payslips", "Identity card"]
    assert "Alice Moreau" in _value(page, "Credit_Officers")


def test_every_reference_leads_on_and_the_way_leads_back(alice: Person, standin: StandIn) -> None:
    loan = _of(standin, "Loans")
    borrower, vehicle = loan["Borrower"]["id"], loan["Security"]["id"]
    guarantor = loan["Guarantors"][0]["Contacts"]["id"]
    page = alice.get(f"/records/Loans/{loan['id']}/")
    onward = f"?from=Loans.{loan['id']}"
    for module, id_ in (("Contacts", borrower), ("Vehicles", vehicle), ("Contacts", guarantor)):
        assert f'href="{alice.at(f"/records/{module}/{id_}/")}{onward}"' in page.text
    there = Page(alice.client.get(alice.at(f"/records/Contacts/{borrower}/") + onward))
    back = alice.at(f"/records/Loans/{loan['id']}/")
    assert f'<a href="{back}">' in there.text.split('class="crumbs"')[1].split("</p>")[0]
    event = next(one for one in standin.organisation("demo").records["Events"] if one["What_Id"])
    page = alice.get(f"/records/Events/{event['id']}/")
    assert f"/records/{event['$se_module']}/{event['What_Id']['id']}/" in page.text


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Leads.1~Contacts.2", ["Leads.1", "Contacts.2"]),
        ("../users.1~Leads.1 or 1~Leads.<b>~Leads.3", ["Leads.3"]),
        ("~".join(f"Leads.{n}" for n in range(20)), [f"Leads.{n}" for n in range(14, 20)]),
        ("x" * 9000, []),
    ],
)
def test_a_way_in_an_address_holds_records_and_nothing_else(text: str, steps: list[str]) -> None:
    assert [f"{step.module}.{step.id}" for step in Walk.read(text).steps] == steps


def test_going_back_to_a_record_shortens_the_way() -> None:
    walk = Walk.read("Leads.1~Contacts.2~Deals.3")
    assert walk.then("Contacts", "2").query() == "?from=Leads.1~Contacts.2"
    assert walk.before("Contacts", "2").query() == "?from=Leads.1"


def test_subforms_are_tables_with_links(alice: Person, standin: StandIn) -> None:
    quote = _of(standin, "Quotes")
    page = alice.get(f"/records/Quotes/{quote['id']}/")
    rows = page.text.split('aria-label="Quoted Items"')[1].split("</table>")[0]
    assert rows.count("<tr>") == 1 + len(quote["Quoted_Items"])
    product = quote["Quoted_Items"][0]["Product_Name"]
    assert f'/records/Products/{product["id"]}/?from=Quotes.{quote["id"]}"' in rows


def test_empty_fields_can_be_hidden_and_counted(alice: Person, standin: StandIn) -> None:
    lead = _of(standin, "Leads")
    page = alice.get(f"/records/Leads/{lead['id']}/")
    count = int(re.findall(r"Hide (\d+) empty fields", page.text)[0])
    assert page.text.count('<span class="no">–<span class="visually-hidden"> empty</span>') == count > 0
    hidden = alice.get(f"/records/Leads/{lead['id']}/", empty="hide")
    assert 'visually-hidden"> empty<' not in hidden.text
    assert f"Show {count} empty fields" in hidden.text


def test_the_record_as_json_keeps_its_ids_as_text(alice: Person, standin: StandIn) -> None:
    lead = _of(standin, "Leads")
    raw = alice.get(f"/records/Leads/{lead['id']}/").text.split('<pre id="raw"')[1]
    assert f"&quot;id&quot;: &quot;{lead['id']}&quot;" in raw


FAULTS: list[tuple[str, dict[str, Any], str, int]] = [
    ("empty204", {}, "NOT-FOUND", 404),
    (
        "status",
        {"status": 400, "body": {"code": "INVALID_DATA", "status": "error", "message": "x"}},
        "NOT-FOUND",
        404,
    ),
    ("no_permission", {}, "CRM-DENIED", 403),
    ("bad_json", {"kind": "list"}, "CRM-BAD", 502),
    ("deep", {}, "CRM-BAD", 502),
]


def test_a_record_that_is_not_given_is_told_in_words(alice: Person, standin: StandIn) -> None:
    lead = _of(standin, "Leads")
    for fault, args, code, status in FAULTS:
        standin.clear_faults()
        standin.fault(fault, args, match={"path": f"/crm/v8/Leads/{lead['id']}"})
        page = alice.get(f"/records/Leads/{lead['id']}/")
        assert (page.status, f'data-error-code="{code}"' in page.text) == (status, True), fault


def test_a_record_without_layouts_and_lists_is_still_shown(alice: Person, standin: StandIn) -> None:
    lead = _of(standin, "Leads")
    for path in ("fields", "layouts", "related_lists"):
        standin.fault("no_permission", match={"path": f"/crm/v8/settings/{path}"})
    page = alice.get(f"/records/Leads/{lead['id']}/")
    assert page.status == 200
    assert html.escape(lead["Company"]) in page.text
    assert page.text.count('data-error-code="CRM-DENIED"') == 3


def test_related_lists_notes_attachments_and_timeline_are_read_when_they_are_opened(
    alice: Person, standin: StandIn
) -> None:
    demo = standin.organisation("demo")
    note = next(one for one in demo.records["Notes"] if one["Parent_Id"]["module"]["api_name"] == "Accounts")
    account = f"/records/Accounts/{note['Parent_Id']['id']}/"
    page = alice.get(account)
    lazy = re.findall(r'<a href="([^"]+)" hx-get="\1" hx-trigger="toggle from:closest details once"', page.text)
    parts = [address.split("?")[0].removeprefix(alice.at(account)) for address in lazy]
    assert parts[:3] == ["notes/", "attachments/", "timeline/"]
    assert "related/Contacts/" in parts
    assert "related/Notes/" not in parts
    before = len(standin.ledger())
    assert html.escape(note["Note_Content"]) in alice.get_partial(account + "notes/").text
    assert [call["path"].rsplit("/", 1)[-1] for call in standin.ledger()[before:]] == ["Notes"]
    assert "None." in alice.get_partial(account + "attachments/").text
    assert "<html" in alice.get(account + "timeline/").text
    contacts = [one for one in demo.records["Contacts"] if (one["Account_Name"] or {}).get("id", "-") in account]
    shown = re.findall(r'/records/Contacts/(\d+)/"', alice.get_partial(account + "related/Contacts/").text)
    assert {one["id"] for one in contacts} <= set(shown)
    assert alice.get(account + "related/Nothing/").status == 404


def test_files_are_saved_by_the_browser_and_never_shown(alice: Person, standin: StandIn) -> None:
    loan = next(one for one in standin.organisation("demo").records["Loans"] if one["Signed_Contract"])
    page = alice.get(f"/records/Loans/{loan['id']}/")
    answer = alice.client.get(re.findall(r'href="([^"]*/files/\d+/)"', page.text)[0])
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page_of_theirs = {"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<script>alert(1)</script>"}
    standin.fault("status", page_of_theirs, match={"path": f"/crm/v8/Loans/{loan['id']}/actions/"})
    answer = alice.client.get(re.findall(r'href="([^"]*/files/\d+/)"', page.text)[0])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    standin.clear_faults()
    assert alice.get(f"/records/Loans/{loan['id']}/attachments/1/").status == 404


EVIL = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", "\u202eevil\u202c"]


def test_no_value_of_a_record_becomes_markup(alice: Person, standin: StandIn) -> None:
    for text in EVIL:
        _poisoned(alice, standin, text)


def _poisoned(alice: Person, standin: StandIn, text: str) -> None:
    demo = standin.organisation("demo")
    lead = next(one for one in demo.records["Leads"] if not one["Converted__s"])
    for key, value in list(lead.items()):
        if isinstance(value, str) and key not in ("id", "Created_Time", "Modified_Time"):
            lead[key] = text
    lead["Products_of_Interest"] = [text]
    lead["Owner"] = {"id": lead["Owner"]["id"], "name": text, "email": text}
    lead["Converted_Account"] = {"id": "12", "name": text}
    lead["Tag"] = [{"name": text, "id": "1", "color_code": f"#12345{text}"}]
    lead["Website"] = "javascript:alert(1)"
    lead["Meeting_Protocol"] = f"<p>{text}</p><a href='javascript:alert(1)'>x</a>"
    names = ",".join(one["api_name"] for one in demo.fields["Leads"][5:45])
    pages = [
        alice.get(f"/records/Leads/{lead['id']}/"),
        alice.get("/records/Leads/", columns=names, per="200", sort="id"),
        alice.get("/records/Leads/", q=text),
        alice.get("/records/Leads/search/", f="Last_Name", o="equals", v=text),
        alice.get(f"/records/Leads/{lead['id']}/edit/"),
    ]
    assert f'/records/Leads/{lead["id"]}/"' in pages[1].text
    for page in pages:
        assert page.status == 200
        for live in ("<script>alert", "<img src=x", "' onmouseover='", 'href="javascript', "href='javascript"):
            assert live not in page.text


ODD: list[Any] = [None, 1e300, True, {}, ["x", 7, None, []], {"id": 7, "name": None}, {"a": {"b": [1]}}]


@pytest.mark.parametrize("module", ["Loans", "Quotes"])
def test_a_value_of_another_kind_than_its_field_breaks_no_page(alice: Person, standin: StandIn, module: str) -> None:
    demo = standin.organisation("demo")
    record, names = demo.records[module][3], ",".join(one["api_name"] for one in demo.fields[module])
    for shift in range(3):
        for number, key in enumerate(list(record)):
            if key not in ("id", "Layout"):
                record[key] = ODD[(number + shift) % len(ODD)]
        for path in (f"/records/{module}/{record['id']}/", f"/records/{module}/{record['id']}/edit/"):
            assert alice.get(path).status == 200, path
        assert alice.get(f"/records/{module}/", columns=names, per="200").status == 200
        assert alice.get(f"/records/{module}/records.csv", columns=names, per="200").status == 200
