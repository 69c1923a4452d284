"""What an order comes to while it is typed: the sums beside its line items."""

from typing import Any

from django.template.loader import render_to_string

from console.fieldforms import Reading
from tests.fieldforms.making import field as field_of
from tests.fieldforms.making import form, raw_field

QUOTES = form(
    "Quotes", raw_field("Subject"), raw_field("Discount", "currency"), raw_field("Adjustment", "currency"),
    raw_field("Quoted_Items", "subform"),
)  # fmt: skip


def sums(**typed: Any) -> tuple[dict[str, str], str, str, str]:
    """Net total of each row, items, tax, total."""
    posted = {name.replace("__", "-").replace("line_tax", "$line_tax"): [str(text)] for name, text in typed.items()}
    keys = dict.fromkeys(name.split("-")[1] for name in posted if name.startswith("Q-"))
    posted = {name.replace("Q-", "Quoted_Items-"): text for name, text in posted.items()}
    shown = QUOTES.answered(Reading.of_typed(posted | {"Quoted_Items-order": ["", *keys]}))
    found = shown.by_name["Quoted_Items"].totals
    assert found is not None
    html = render_to_string("shared/fieldforms/_form.html", {"form": shown})
    assert f'<strong data-sum="grand">{found.grand}</strong>' in html
    return found.rows, found.items, found.tax, found.grand


def test_rows_discounts_taxes_and_adjustment_add_up() -> None:
    rows = {
        "Q__0__Quantity": 3, "Q__0__List_Price": "19.99", "Q__0__Discount": "9.97",
        "Q__0__Line_Tax": "Sales Tax: 10\nVat: 1",
        "Q__1__Quantity": "0.5", "Q__1__List_Price": 100,
    }  # fmt: skip
    assert sums(**rows) == ({"0": "55.50", "1": "50.00"}, "105.50", "0.00", "105.50")
    assert sums(**rows, Discount="5.5", line_tax="Common Tax: 1.5", Adjustment="-0.50")[1:] == (
        "105.50",
        "1.50",
        "101.00",
    )


def test_what_the_crm_works_out_is_shown_with_a_preview_and_never_sent() -> None:
    computed = ("Sub_Total", "Grand_Total")
    columns = [field_of(name, "currency") for name in ("Quantity", "List_Price", "Tax", "Total", "Net_Total")]
    fields = [raw_field(name, "currency") for name in (*computed, "Tax", "Adjustment")]
    quotes = form("Quotes", *fields, raw_field("Quoted_Items", "subform"), subforms={"Quoted_Items": columns})
    row = {"Quantity": "2", "List_Price": "10.5", "Tax": "4", "Total": "7", "Net_Total": "7"}
    posted = {f"Quoted_Items-0-{name}": [text] for name, text in row.items()} | {"Quoted_Items-order": ["0"]}
    posted |= {"Grand_Total": ["9"], "Sub_Total": ["9"], "Tax": ["1.5"], "Adjustment": ["-1"]}
    reading = quotes.read(posted)
    assert reading.values["Quoted_Items"] == [{"Quantity": 2, "List_Price": 10.5, "Tax": 4}]
    assert not set(computed) & set(reading.values)
    shown = quotes.answered(reading)
    html = render_to_string("shared/fieldforms/_form.html", {"form": shown})
    assert '<strong data-sum="items">25.00</strong> <small>worked out by the CRM from the line items' in html
    assert '<strong data-sum="grand">25.50</strong> <small>worked out by the CRM from the line items' in html
    assert not any(f'name="{name}"' in html for name in computed)
    assert form("Deals", *fields).slot("Grand_Total").is_offered  # type: ignore[union-attr]


def test_a_row_without_a_price_or_taken_away_counts_for_nothing() -> None:
    rows = {
        "Q__0__Quantity": 3,
        "Q__1__Quantity": "x",
        "Q__1__List_Price": 5,
        "Q__2__Quantity": 1,
        "Q__2__List_Price": 7,
    }
    assert sums(**rows) == ({"0": "", "1": "", "2": "7.00"}, "7.00", "0.00", "7.00")
    assert sums(**rows, Q__2___delete="true")[1] == "0.00"


def test_absurd_numbers_do_not_break_the_page() -> None:
    rows = sums(Q__0__Quantity="9" * 17, Q__0__List_Price="9" * 17, Q__1__Quantity="9" * 5000, Q__1__List_Price="1")
    assert rows == ({"0": "too large to show", "1": ""}, "too large to show", "0.00", "too large to show")


def test_only_orders_have_sums() -> None:
    made = form("Leads", raw_field("Quoted_Items", "subform"))
    items = made.blank().by_name["Quoted_Items"]
    assert (items.totals, items.look) == (None, "shown")
    assert "did not tell which columns" in items.slot.why_not
