"""What single modules need beside the general filling: amounts that add up, dates that follow, names that agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from crm_client.standin.organisations.made.identity import Identity, phrases
from crm_client.standin.organisations.made.layouts import layout_id, probability
from crm_client.standin.organisations.made.spec import ModuleSpec
from crm_client.standin.organisations.made.world import JSON, NOW, World

Special = Callable[[World, JSON, Identity, Random, dict[str, list[Identity]]], None]


def line_items(world: World, module: ModuleSpec, who: Identity, rng: Random, products: list[Identity]) -> list[JSON]:
    """One to four line items of an order, with totals that add up."""
    rows = []
    for n in range(rng.randint(1, 4)):
        product = rng.choice(products)
        quantity = float(rng.choice((1, 1, 2, 3, 5, 10)))
        price = round(rng.uniform(20, 2500), 2)
        total = round(quantity * price, 2)
        discount = round(total * rng.choice((0, 0, 0.05, 0.1)), 2)
        rate = 0.19 if world.company.currency[1] == "EUR" else 0.0625
        tax = round((total - discount) * rate, 2)
        rows.append(
            {
                "id": world.record_id(module.api, who.number * 40 + n),
                "Product_Name": product.ref,
                "Quantity": quantity,
                "List_Price": price,
                "Total": total,
                "Discount": discount,
                "Total_After_Discount": round(total - discount, 2),
                "Tax": tax,
                "Line_Tax": [{"name": "Vat" if rate == 0.19 else "Sales Tax", "percentage": rate * 100, "value": tax}],
                "Net_Total": round(total - discount + tax, 2),
                "Description": None,
                "Price_Book_Name": None,
                "Sequence_Number": n + 1,
                "Parent_Id": who.ref,
            }
        )
    return rows


def price_ranges(world: World, module: ModuleSpec, who: Identity) -> list[JSON]:
    """What a price book takes off, by quantity."""
    steps = ((1, 10, 0), (11, 50, 5), (51, 1000, 8))
    return [
        {
            "id": world.record_id(module.api, who.number * 40 + n),
            "from_range": low,
            "to_range": high,
            "discount": off,
            "Parent_Id": who.ref,
        }
        for n, (low, high, off) in enumerate(steps)
    ]


def rollups(world: World, module: ModuleSpec, made: list[JSON], filled: Callable[[ModuleSpec], list[JSON]]) -> None:
    """Writes the module's roll-up summaries from the records that look it up."""
    for field in module.fields:
        if field.kind != "rollup":
            continue
        other_api, name, function = field.rollup.split(".")
        other = world.specs[other_api]
        lookup = next(spec for spec in other.fields if spec.kind == "lookup" and spec.to == module.api)
        totals: dict[str, float] = {}
        for record in filled(other):
            target = record.get(lookup.api_name)
            if target:
                worth = 1 if function == "COUNT" else record.get(name) or 0
                totals[target["id"]] = totals.get(target["id"], 0) + worth
        for record in made:
            total = totals.get(record["id"], 0)
            record[field.api_name] = int(total) if function == "COUNT" else round(total, 2)


def _lead(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    record |= {"First_Name": who.first, "Last_Name": who.last, "Company": who.company}
    if who.number % 15 == 0:  # every fifteenth was converted
        contact = identities["Contacts"][who.number % len(identities["Contacts"])]
        deal = identities["Deals"][who.number % len(identities["Deals"])]
        record |= {"First_Name": contact.first, "Last_Name": contact.last, "Full_Name": contact.name}
        record |= {"Company": contact.company, "Converted__s": True, "Converted_Contact": contact.ref}
        record["Converted_Deal"] = deal.ref
        if contact.account is not None:
            record["Converted_Account"] = identities["Accounts"][contact.account].ref
        record["Lead_Conversion_Time"] = rng.randint(1, 90)
        record["Lead_Status"] = "Pre-Qualified"


def _contact(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    record |= {"First_Name": who.first, "Last_Name": who.last}


def _account(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    revenue, employees = record.get("Annual_Revenue"), record.get("Employees")
    record["Revenue_per_Employee"] = round(revenue / employees, 2) if revenue and employees else None


def _deal(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    module = world.specs["Deals"]
    number = rng.choice((0, 0, 0, 1))
    layout = module.layouts[number]
    record["Layout"] = {"name": layout.name, "id": layout_id(world, module, number)}
    name, _, stages = rng.choice(layout.pipelines.split("|")).partition(":")
    listed = stages.split(",")
    past = NOW.date().isoformat() > (record["Closing_Date"] or "")
    stage = rng.choice([stage for stage in listed if stage.startswith("Closed")] if past else listed)
    record |= {"Pipeline": name, "Stage": stage, "Probability": probability(stage)}
    amount = record.get("Amount")
    record["Expected_Revenue"] = round(amount * probability(stage) / 100, 2) if amount else None
    record["Commission"] = round(amount * 0.0125, 2) if amount else None
    lost = stage.startswith("Closed Lost")
    record["Reason_For_Loss__s"] = rng.choice(("Price", "Competition", "Lack of response")) if lost else None


def _order(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    rows: list[JSON] = next((value for key, value in record.items() if key.endswith("_Items")), [])
    before = round(sum(row["Net_Total"] for row in rows), 2)
    adjustment = rng.choice((0, 0, 0, -5.0))
    record |= {"Sub_Total": before, "Discount": 0, "Tax": 0, "Adjustment": adjustment}
    record["Grand_Total"] = round(before + adjustment, 2)


def _activity(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    what = record.get("What_Id")
    record["$se_module"] = what["module"]["api_name"] if what else "Contacts" if record.get("Who_Id") else None
    if what:
        del what["module"]  # activities name the module in $se_module
    if who.module == "Events":
        start = NOW + timedelta(days=rng.uniform(-20, 20), hours=rng.randint(-6, 6))
        start = start.replace(minute=rng.choice((0, 15, 30, 45)), second=0, microsecond=0)
        record["Start_DateTime"] = world.time(start)
        record["End_DateTime"] = world.time(start + timedelta(minutes=rng.choice((30, 45, 60, 90))))
        record["Remind_At"] = [{"unit": 15, "period": "minutes"}]
        contact = record.get("Who_Id")
        record["Participants"] = [{"type": "contact", "participant": contact["id"], "name": contact["name"],
                                   "invited": False, "status": "not_known"}] if contact else []  # fmt: skip
    elif who.module == "Calls":
        seconds = 0 if record["Call_Type"] == "Missed" else rng.randint(20, 1900)
        record["Call_Duration"] = f"{seconds // 60:02d}:{seconds % 60:02d}"
        record["Call_Duration_in_seconds"] = seconds
        record["Outbound_Call_Status"] = "Completed" if record["Call_Type"] == "Outbound" else None


def _case(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    record["Reported_By"] = f"{who.first} {who.last}"[:50]


def _appointment(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    start = NOW + timedelta(days=rng.uniform(-30, 30))
    start = start.replace(minute=0, second=0, microsecond=0)
    record["Appointment_Start_Time"] = world.time(start)
    record["Appointment_End_Time"] = world.time(start + timedelta(minutes=60))


def _note(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    record["Note_Content"] = who.name
    record["Note_Title"] = who.name.split(".")[0][:40] if rng.random() < 0.6 else None


def _loan(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    amount, months, rate = record["Loan_Amount"], record.get("Term_Months"), record.get("Interest_Rate")
    record["Monthly_Instalment"] = None
    if amount and months and rate:
        month = rate / 1200
        record["Monthly_Instalment"] = round(amount * month / (1 - (1 + month) ** -months), 2)  # annuity


def _vehicle(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    make = next(make for make in phrases()["en"]["models"] if who.name.startswith(make))
    record |= {"Make": make, "Model": who.name.removeprefix(make).strip()}
    if record.get("Market_Value") and record.get("List_Price"):
        record["Market_Value"] = min(record["Market_Value"], record["List_Price"])
        record["Depreciation"] = round(record["List_Price"] - record["Market_Value"], 2)


def _property(world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]) -> None:
    area, worth = record.get("Living_Area_m2"), record.get("Appraised_Value")
    record["Value_per_m2"] = round(worth / area, 2) if area and worth else None


def _installation(
    world: World, record: JSON, who: Identity, rng: Random, identities: dict[str, list[Identity]]
) -> None:
    power, worth = record["Leistung_kWp"], record["Auftragswert"]
    record["Preis_je_kWp"] = round(worth / power, 2)


SPECIAL: dict[str, Special] = {
    "Leads": _lead,
    "Contacts": _contact,
    "Accounts": _account,
    "Deals": _deal,
    "Quotes": _order,
    "Sales_Orders": _order,
    "Invoices": _order,
    "Purchase_Orders": _order,
    "Tasks": _activity,
    "Events": _activity,
    "Calls": _activity,
    "Cases": _case,
    "Appointments__s": _appointment,
    "Notes": _note,
    "Loans": _loan,
    "Vehicles": _vehicle,
    "Properties": _property,
    "Installations": _installation,
}
