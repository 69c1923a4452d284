"""Values made of several inputs: reminders, repetition, participants, prices, taxes, tags. Pure.

source  zoho.com/crm/developer/docs/api/v8/insert-records.html (Events, Tasks, Price Books, Quotes)
"""

from __future__ import annotations

import re
from datetime import tzinfo

from console.fieldforms import kinds, scalars
from console.fieldforms.problems import shown
from console.fieldforms.scalars import Wrong
from console.fieldforms.slots import Option, Slot
from crm_client.values import JSON, JsonObject, as_object, as_objects, as_text

PERIODS = ("minutes", "hours", "days", "weeks")
PARTICIPANT_TYPES = ("contact", "lead", "user", "email")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
ACTIONS = ("EMAIL", "POPUP")
TRIGGER_OPTIONS = [
    *(Option(f"-P{days}D", f"{days} day{'s' if days > 1 else ''} before") for days in range(1, 7)),
    *(Option(f"-P{weeks}W", f"{weeks} week{'s' if weeks > 1 else ''} before") for weeks in range(1, 4)),
]
TRIGGERS = frozenset(option.value for option in TRIGGER_OPTIONS)
RULE_PARTS = ("FREQ", "INTERVAL", "DTSTART", "UNTIL", "more")
ALARM_PARTS = ("ACTION", "TRIGGER", "at", "TRIGGER_TIME")

_TAX = re.compile(r"(.+?)\s*[:=]?\s*([+-]?\d{1,10}(?:\.\d{1,10})?)\s*%?", re.ASCII)
_MORE = re.compile(r"[A-Z-]{1,20}=[A-Za-z0-9,+:-]{1,200}", re.ASCII)
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::[0-5]\d)?", re.ASCII)


def columns(slot: Slot, module: str) -> list[Slot]:
    """The inputs of one row of participants, reminders or prices; [] for other slots."""
    if slot.api_name == "Participants":
        return [
            _pick("type", "Kind", PARTICIPANT_TYPES),
            Slot("participant", "Person", kinds.PERSON, targets=["Contacts", "Leads", "users"], help="unless by email"),
            Slot("Email", "Email", kinds.EMAIL, "email", length=100, help="for somebody who is in no module"),
        ]
    if slot.api_name == "Remind_At":
        time = Slot("time", "At", kinds.TEXT, length=5, help="such as 10.30, for days and weeks")
        unit = Slot(
            "unit", "How many", kinds.INTEGER, length=2, lowest=0, highest=60, required_by="system", is_closed=True
        )
        return [unit, _pick("period", "Of what before", PERIODS, required_by="system"), time]
    if slot.api_name == "Pricing_Details":
        return [
            Slot("from_range", "From", kinds.DECIMAL, length=16, required_by="system"),
            Slot("to_range", "To", kinds.DECIMAL, length=16, required_by="system"),
            Slot("discount", "Discount", kinds.DECIMAL, length=16, required_by="system"),
        ]
    if module in kinds.ORDERS and slot.api_name.endswith("_Items"):
        return [
            Slot("Product_Name", "Product", kinds.LOOKUP, "lookup", targets=["Products"], required_by="system"),
            Slot("Quantity", "Quantity", kinds.DECIMAL, "double", length=16, decimals=9),
            Slot("List_Price", "List price", kinds.DECIMAL, "currency", length=16, decimals=9),
            Slot("Discount", "Discount", kinds.DECIMAL, "currency", length=16, decimals=9),
            Slot("Price_Book_Name", "Price book", kinds.LOOKUP, "lookup", targets=["Price_Books"]),
            Slot("Description", "Description", kinds.AREA, "textarea", length=2000),
            Slot("Line_Tax", "Taxes", kinds.TAXES),
        ]
    return []


def _pick(api_name: str, label: str, values: tuple[str, ...], required_by: str = "") -> Slot:
    options = [Option(value, value) for value in values]
    return Slot(
        api_name, label, kinds.PICK, options=options, chosen=frozenset(values), required_by=required_by, is_closed=True
    )


def finished_row(slot: Slot, row: JsonObject) -> JsonObject:
    """A row of ours in the API's own shape, where that differs: people by id or email, times in four digits."""
    if slot.api_name == "Remind_At" and (found := _TIME.fullmatch(as_text(row.get("time")))):
        return row | {"time": f"{int(found[1]):02d}{as_text(row['time'])[len(found[1])]}{found[2]}"}
    if slot.api_name != "Participants":
        return row
    row = dict(row)
    person = as_object(row.get("participant"))
    if person:
        row["participant"] = person.get("id")
    if row.get("type") == "email":
        row.pop("participant", None)
    elif row.get("type"):
        row.pop("Email", None)
    return row


def opened_row(slot: Slot, row: JsonObject) -> JsonObject:
    """A row as the CRM holds it, in the shape that its inputs show."""
    if slot.api_name != "Participants":
        return row
    row = dict(row)
    if isinstance(row.get("participant"), str):
        row["participant"] = {"id": row["participant"], "name": row.get("name")}
        if row.get("type") == "email":
            row["Email"] = row.get("Email") or as_text(as_object(row["participant"]).get("id"))
            row["participant"] = None
    return row


# taxes: one a line, "Sales Tax: 10"


def taxes(text: str) -> list[JsonObject]:
    """[{"name", "percentage"}] of lines such as "Sales Tax: 10". Raises Wrong."""
    found: list[JsonObject] = []
    for line in text.replace("\r", "\n").split("\n"):
        if not (line := line.strip()):
            continue
        match = _TAX.fullmatch(line) if len(line) <= 300 else None
        name = match[1].rstrip(" :=") if match else ""
        if match is None or not name:
            raise Wrong("tax", f"takes one tax a line, name and percent, such as “Sales Tax: 10”, not {shown(line)}")
        found.append({"name": name, "percentage": scalars.number(match[2])})
    return found


def typed_taxes(value: JSON) -> str:
    lines = []
    for tax in as_objects(value):
        percentage = tax.get("percentage")
        if isinstance(percentage, int | float) and not isinstance(percentage, bool):
            shown_percentage = scalars.plain_number(float(percentage))
        else:
            shown_percentage = as_text(percentage)
        lines.append(f"{as_text(tax.get('name'))}: {shown_percentage}")
    return "\n".join(lines)


# tags: names between commas


def tags(text: str) -> list[JsonObject]:
    """[{"name"}], each once."""
    names = [name.strip() for name in text.replace("\n", ",").split(",")]
    return [{"name": name} for name in dict.fromkeys(names) if name]


def typed_tags(value: JSON) -> str:
    items = value if isinstance(value, list) else []
    names = [item if isinstance(item, str) else as_text(as_object(item).get("name")) for item in items]
    return ", ".join(name for name in names if name)


# repetition, as RRULE


def rule(parts: dict[str, str]) -> JsonObject | None:
    """The repetition of its parts; None when no frequency is chosen. Raises Wrong."""
    frequency = parts.get("FREQ", "").strip()
    rest = [name for name in ("INTERVAL", "DTSTART", "UNTIL", "more") if parts.get(name, "").strip()]
    if not frequency:
        if set(rest) - {"INTERVAL"}:
            raise Wrong("repetition", "needs to know how often: choose daily, weekly, monthly or yearly")
        return None
    if frequency not in FREQUENCIES:
        raise Wrong("repetition", f"repeats daily, weekly, monthly or yearly, not {shown(frequency)}")
    interval = parts.get("INTERVAL", "").strip() or "1"
    if not interval.isascii() or not interval.isdigit() or not 1 <= int(interval[:6]) <= 999:
        raise Wrong("repetition", f"repeats every 1 to 999 times, not {shown(interval)}")
    made = [f"FREQ={frequency}", f"INTERVAL={int(interval[:6])}"]
    days = {name: scalars.day(parts[name].strip()) for name in ("DTSTART", "UNTIL") if name in rest}
    if "DTSTART" in days and "UNTIL" in days and days["UNTIL"] < days["DTSTART"]:
        raise Wrong("repetition", f"ends on {days['UNTIL']}, before it starts on {days['DTSTART']}")
    made += [f"{name}={value}" for name, value in days.items()]
    for extra in parts.get("more", "").strip().strip(";").split(";"):
        if extra and not _MORE.fullmatch(extra.strip()):
            raise Wrong("repetition", f"takes further parts such as BYDAY=MO,WE, not {shown(extra)}")
        made += [extra.strip()] if extra else []
    return {"RRULE": ";".join(made)}


def typed_rule(value: JSON) -> dict[str, str]:
    parts = _pairs(as_object(value).get("RRULE"))
    more = ";".join(f"{name}={text}" for name, text in parts.items() if name not in RULE_PARTS)
    return {name: parts.get(name, "") for name in RULE_PARTS if name != "more"} | {"more": more}


# reminder of a task, as ALARM


def alarm(parts: dict[str, str], zone: tzinfo) -> JsonObject | None:
    """The reminder of its parts; None when none of them is filled in. Raises Wrong."""
    action, trigger, at, time = (parts.get(name, "").strip() for name in ALARM_PARTS)
    if not (action or trigger or at or time):
        return None
    if action not in ACTIONS:
        raise Wrong("reminder", "needs to know how to remind: by email or by a pop-up")
    if trigger and at:
        raise Wrong("reminder", "takes a number of days before, or a date and time, not both")
    if not trigger and not at:
        raise Wrong("reminder", "needs to know when: some days before, or a date and time")
    if at:  # unverified: older versions of the API wrote TRIGGER=DATE-TIME:…, which is read below
        return {"ALARM": f"ACTION={action};TRIGGER={scalars.moment(at, zone)}"}
    if trigger not in TRIGGERS:
        raise Wrong("reminder", f"reminds 1 to 6 days or 1 to 3 weeks before, not {shown(trigger)}")
    return {"ALARM": f"ACTION={action};TRIGGER={trigger};TRIGGER_TIME={clock(time)}"}


def is_time(text: str) -> bool:
    """Whether a text is a time of day as reminders have it: 10.30 or 10:30."""
    return len(text) == 5 and _TIME.fullmatch(text) is not None


def clock(text: str) -> str:
    """A time of day as HH:mm. Raises Wrong."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise Wrong("reminder", "needs the time of day, 00:00 to 23:59, beside the days before")
    return f"{int(found[1]):02d}:{found[2]}"


def typed_alarm(value: JSON, zone: tzinfo) -> dict[str, str]:
    parts = _pairs(as_object(value).get("ALARM"))
    trigger = parts.get("TRIGGER", "").removeprefix("DATE-TIME:")
    is_offset = trigger in TRIGGERS
    return {
        "ACTION": parts.get("ACTION", ""),
        "TRIGGER": trigger if is_offset else "",
        "at": "" if is_offset else scalars.local(trigger, zone),
        "TRIGGER_TIME": parts.get("TRIGGER_TIME", ""),
    }


def _pairs(text: JSON) -> dict[str, str]:
    """{"FREQ": "DAILY", …} of "FREQ=DAILY;…"."""
    pairs = [part.partition("=") for part in as_text(text)[:2000].split(";")]
    return {name.strip(): value.strip() for name, equals, value in pairs if equals and name.strip()}
