"""Repetitions and reminders of calls, meetings and tasks in words. Pure; "" for whatever else a value is."""

import re

from console.records.values import day
from crm_client.values import JSON, as_text

_EVERY = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS = {"minutes", "hours", "days", "weeks"}
MOST = 20  # reminders of one record


def told(value: JSON) -> str:
    """`{"RRULE": "FREQ=DAILY;…"}` or `[{"unit": 15, "period": "minutes"}]` as people say it."""
    if isinstance(value, dict) and set(value) == {"RRULE"}:
        return _repetition(as_text(value["RRULE"]))
    if isinstance(value, list) and 0 < len(value) <= MOST:
        reminders = [_reminder(item) for item in value]
        return ", ".join(reminders) if all(reminders) else ""
    return ""


def _repetition(rule: str) -> str:
    """Parts that nobody here has a word for stand behind, as they came."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";") if part)
    word, times = _EVERY.get(parts.pop("FREQ", ""), ""), parts.pop("INTERVAL", "1")
    if not word or not re.fullmatch(r"[1-9]\d{0,3}", times):
        return ""
    said = f"every {word}" if times == "1" else f"every {times} {word}s"
    for key, before in (("DTSTART", "from"), ("UNTIL", "until")):
        if _DAY.fullmatch(parts.get(key, "")):
            said += f" {before} {day(parts.pop(key))}"
    rest = "; ".join(f"{key}={text}" for key, text in parts.items())
    return f"{said} ({rest})" if rest else said


def _reminder(item: JSON) -> str:
    if not isinstance(item, dict) or not set(item) <= {"unit", "period", "time"}:
        return ""
    unit, period, at = item.get("unit"), as_text(item.get("period")), as_text(item.get("time"))
    if period not in _UNITS or isinstance(unit, bool) or not isinstance(unit, int) or not 0 <= unit < 10_000:
        return ""
    return f"{unit} {period.removesuffix('s') if unit == 1 else period} before" + (f", at {at}" if at else "")
