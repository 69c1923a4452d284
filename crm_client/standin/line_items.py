"""Inventory modules: what the line items of an order come to, and what the order does (records.md).

unverified: the arithmetic. Total is quantity × list price; the discount is an amount; each tax is a share of what is
left after it; Sub_Total adds up the rows' Net_Total, Grand_Total takes the order's own discount, tax and adjustment in.
"""

from __future__ import annotations

from typing import Any

from crm_client.standin.calls import Call
from crm_client.standin.items import Place
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts, reference_id

ITEMS = ("Quoted_Items", "Ordered_Items", "Invoiced_Items", "Purchase_Items", "Purchased_Items")


def taxes(value: Any, place: Place) -> list[JSON]:
    """`[{name, percentage}]`. Raises ItemError."""
    if not isinstance(value, list):
        raise place.invalid(expected_data_type="jsonarray")
    made = []
    for number, tax in enumerate(value):
        here = place.inside(number)
        if not isinstance(tax, dict):
            raise here.invalid(expected_data_type="jsonobject")
        if not isinstance(tax.get("name"), str):
            raise here.inside("name").missing()
        share = tax.get("percentage")
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 100:
            raise here.inside("percentage").invalid(expected_data_type="double")
        made.append({"name": tax["name"], "percentage": share})
    return made


def add_up(call: Call, record: JSON, sent: JSON, place: Place) -> None:
    """Writes the sums of an order and of its rows into `record`, which nobody else has seen yet. Raises ItemError."""
    name = next((one for one in ITEMS if one in record), None)
    if name is None:
        return
    rows = [_row(call, row, number) for number, row in enumerate(dicts(record[name]), 1)]
    record[name] = rows
    before = round(sum(row["Net_Total"] for row in rows), 2)
    discount, adjustment = _amount(record.get("Discount")), _amount(record.get("Adjustment"))
    if "$line_tax" in sent:
        whole = taxes(sent["$line_tax"], place.inside("$line_tax", "$line_tax"))
        shares = [tax | {"value": _share(before - discount, tax)} for tax in whole]
        record["$line_tax"] = shares
        record["Tax"] = round(sum(tax["value"] for tax in shares), 2)
    record["Sub_Total"] = before
    record["Grand_Total"] = round(before - discount + _amount(record.get("Tax")) + adjustment, 2)


def _row(call: Call, row: JSON, number: int) -> JSON:
    quantity = row.get("Quantity")
    if quantity is None:
        quantity = 1
    price = row.get("List_Price")
    if price is None:
        price = _price(call, row, quantity)
    total = round(quantity * price, 2)
    discount = _amount(row.get("Discount"))
    after = round(total - discount, 2)
    shares = [tax | {"value": _share(after, tax)} for tax in dicts(row.get("Line_Tax"))]
    tax = round(sum(one["value"] for one in shares), 2) if shares else _amount(row.get("Tax"))
    return row | {
        "Quantity": quantity,
        "List_Price": price,
        "Total": total,
        "Discount": discount,
        "Total_After_Discount": after,
        "Line_Tax": shares,
        "Tax": tax,
        "Net_Total": round(after + tax, 2),
        "Sequence_Number": number,
    }


def _price(call: Call, row: JSON, quantity: float) -> float:
    """The product's price, less what the price book takes off for this quantity."""
    product = call.store.record("Products", reference_id(row.get("Product_Name"))) or {}
    price = _amount(product.get("Unit_Price"))
    book = call.store.record("Price_Books", reference_id(row.get("Price_Book_Name"))) or {}
    for step in dicts(book.get("Pricing_Details")):
        if _amount(step.get("from_range")) <= quantity <= _amount(step.get("to_range")):
            price = round(price * (1 - _amount(step.get("discount")) / 100), 2)
            break
    return price


def _share(amount: float, tax: JSON) -> float:
    return round(amount * _amount(tax.get("percentage")) / 100, 2)


def _amount(value: Any) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0
