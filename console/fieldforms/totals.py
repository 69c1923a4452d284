"""What the line items of an order come to, as far as prices are typed; the CRM works out the final figures. Pure.

A row is quantity × list price, less its discount, and its taxes on that; the order is the sum of its rows, less its own
discount, its own taxes on that, and the adjustment. Where no taxes are typed as shares, an amount of tax counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from console.fieldforms import composites, scalars

_ZERO, _CENT, _HUNDRED = Decimal(0), Decimal("0.01"), Decimal(100)


@dataclass(frozen=True, slots=True)
class Totals:
    """`rows`: the net total of each row, by key, "" where no price is typed; the others are amounts such as "12.50"."""

    rows: dict[str, str]
    items: str
    tax: str
    grand: str
    unpriced: int  # rows without a price: the CRM takes the product's own


def totals(name: str, keys: Sequence[str], typed: Mapping[str, Sequence[str]]) -> Totals:
    """The totals of the rows `keys` of the line items called `name`, by what is typed in their inputs."""

    def text(input_name: str) -> str:
        return (list(typed.get(input_name, ())) or [""])[-1]

    rows: dict[str, str] = {}
    items = _ZERO
    for key in keys:
        start = f"{name}-{key}"
        quantity, price = _number(text(f"{start}-Quantity")), _number(text(f"{start}-List_Price"))
        rows[key] = ""
        if quantity is None or price is None or text(f"{start}-_delete") in scalars.YES:
            continue
        after = quantity * price - (_number(text(f"{start}-Discount")) or _ZERO)
        net = after + _tax(after, text(f"{start}-Line_Tax"), text(f"{start}-Tax"))
        rows[key] = _amount(net)
        items += net
    after = items - (_number(text("Discount")) or _ZERO)
    tax = _tax(after, text("$line_tax"), text("Tax"))
    grand = after + tax + (_number(text("Adjustment")) or _ZERO)
    return Totals(rows, _amount(items), _amount(tax), _amount(grand), sum(1 for net in rows.values() if not net))


def _number(text: str) -> Decimal | None:
    """A typed number of a size that prices have; None for anything else."""
    try:
        value = Decimal(str(scalars.number(text.strip())))
    except scalars.Wrong:
        return None
    return value if abs(value) < 10**18 else None


def _tax(of: Decimal, shares: str, amount: str) -> Decimal:
    return of * _percent(shares) / _HUNDRED if shares.strip() else _number(amount) or _ZERO


def _percent(text: str) -> Decimal:
    try:
        return sum((Decimal(str(tax["percentage"])) for tax in composites.taxes(text)), _ZERO)
    except scalars.Wrong:
        return _ZERO


def _amount(value: Decimal) -> str:
    return format(value.quantize(_CENT, ROUND_HALF_UP), "f") if abs(value) < 10**24 else "too large to show"
