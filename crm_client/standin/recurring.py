"""Recurring tasks and meetings: on which days a rule such as FREQ=DAILY;INTERVAL=1;DTSTART=…;UNTIL=… falls."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from crm_client.standin.items import ItemError, Place
from crm_client.standin.organisation import JSON

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MAX_OCCURRENCES = 100  # unverified: more are refused


def occurrences(module: str, record: JSON, row: JSON, zone: tzinfo, place: Place) -> list[JSON]:
    """What differs between the records of a recurring task or meeting, one item per day; `[{}]` for a single one.

    unverified: the days of the rule are days in the zone in which the start was sent (`row`).
    Raises ItemError: a rule that is none, or without an end.
    """
    told = record.get("Recurring_Activity")
    if module not in ("Tasks", "Events") or told is None:
        return [{}]
    listed = days(told, place.inside("Recurring_Activity", "Recurring_Activity"))
    if module == "Tasks":
        return [{"Due_Date": day.isoformat()} for day in listed]
    sent = {name: datetime.fromisoformat(row.get(name) or record[name]) for name in ("Start_DateTime", "End_DateTime")}
    moved = []
    for day in listed:
        step = timedelta(days=(day - sent["Start_DateTime"].date()).days)
        times = {name: (time + step).astimezone(zone) for name, time in sent.items()}
        moved.append({name: time.isoformat(timespec="seconds") for name, time in times.items()})
    return moved


def days(value: Any, place: Place) -> list[date]:
    """The days of a rule, oldest first. Raises ItemError."""
    if not isinstance(value, dict):
        raise place.invalid(expected_data_type="jsonobject")
    text = value.get("RRULE")
    here = place.inside("RRULE")
    if text is None:
        raise here.missing()
    if not isinstance(text, str):
        raise here.invalid(expected_data_type="text")
    rule = dict(part.split("=", 1) for part in text.upper().split(";") if "=" in part)
    try:
        start = date.fromisoformat(rule["DTSTART"])
        until = date.fromisoformat(rule["UNTIL"]) if "UNTIL" in rule else date.max
        count = int(rule["COUNT"]) if "COUNT" in rule else None
        interval = int(rule.get("INTERVAL", "1"))
    except (KeyError, ValueError):
        raise here.invalid() from None
    endless = count is None and "UNTIL" not in rule
    if rule.get("FREQ") not in FREQUENCIES or interval < 1 or endless or until < start or (count or 1) < 1:
        raise here.invalid()
    found: list[date] = []
    for day in _candidates(rule, start, interval):
        if day > until or (count is not None and len(found) >= count):
            break
        if len(found) >= MAX_OCCURRENCES:
            details = here.details(maximum_length=MAX_OCCURRENCES)
            raise ItemError("LIMIT_EXCEEDED", details, "The limit is exceeded")
        found.append(day)
    if not found:
        raise here.invalid()
    return found


def _candidates(rule: dict[str, str], start: date, interval: int) -> Iterator[date]:
    """Every day that the rule names from its start on; ends with the calendar."""
    wanted = [WEEKDAYS.index(name) for name in rule.get("BYDAY", "").split(",") if name in WEEKDAYS]
    step = 0
    try:
        while True:
            if rule["FREQ"] == "DAILY":
                yield start + timedelta(days=step)
            elif rule["FREQ"] == "WEEKLY":
                monday = start - timedelta(days=start.weekday()) + timedelta(weeks=step)
                for weekday in sorted(wanted) or [start.weekday()]:
                    if monday + timedelta(days=weekday) >= start:
                        yield monday + timedelta(days=weekday)
            else:
                months = step if rule["FREQ"] == "MONTHLY" else step * 12
                year, month = divmod(start.month - 1 + months, 12)
                last = calendar.monthrange(start.year + year, month + 1)[1]
                yield date(start.year + year, month + 1, min(start.day, last))
            step += interval
    except (OverflowError, ValueError):
        return
