"""The rules between the fields of calls, meetings and tasks (records.md)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from crm_client.standin.calls import Call
from crm_client.standin.items import ItemError, Place
from crm_client.standin.organisation import JSON
from crm_client.standin.write_fields import rules_of, title_of
from crm_client.standin.write_references import BAD_ID
from crm_client.standin.write_references import user as user_reference
from crm_client.standin.write_values import DATE_TIME, is_email

CALL_TYPES = ("Inbound", "Outbound", "Missed")
DURATION = re.compile(r"(\d{1,4}):([0-5]\d)")
MAX_PARTICIPANTS = 50
PARTICIPANTS = {"lead": "Leads", "contact": "Contacts", "user": "", "email": ""}
PERIODS = ("minutes", "hours", "days", "weeks")
BEFORE = re.compile(r"-P([1-6]D|[1-3]W)")
CLOCK_TIME = re.compile(r"([01]\d|2[0-3])[:.][0-5]\d")


def check(call: Call, module: str, record: JSON, sent: JSON, place: Place) -> None:
    """What the fields of an activity demand of each other; `record` is as it will be. Raises ItemError."""
    if module not in ("Calls", "Events", "Tasks"):
        return
    if sent.get("What_Id") is not None and not sent.get("$se_module"):
        missing = place.inside("$se_module", "$se_module")
        dependee = place.inside("What_Id", "What_Id").details()
        raise ItemError("DEPENDENT_FIELD_MISSING", missing.details(dependee=dependee))
    if module == "Calls":
        _call(call, record, sent, place)
    elif module == "Events":
        _event(record, place)
    else:
        _task(record, place)


def finish(module: str, record: JSON, sent: JSON) -> None:
    """Writes what follows from the other values into a record that nobody else has seen yet."""
    what = record.get("What_Id")
    if module in ("Calls", "Events", "Tasks") and isinstance(what, dict) and "module" in what:
        record["$se_module"] = what["module"]["api_name"]  # activities name the module there
        record["What_Id"] = {key: value for key, value in what.items() if key != "module"}
    if module == "Calls" and "Call_Duration" in sent:
        found = DURATION.fullmatch(str(record.get("Call_Duration")))
        record["Call_Duration_in_seconds"] = int(found[1]) * 60 + int(found[2]) if found else None


def participants(call: Call, value: Any, place: Place) -> list[JSON]:
    """Who takes part in a meeting. unverified: for an address, `participant` is taken too where `Email` is missing."""
    if not isinstance(value, list):
        raise place.invalid(expected_data_type="jsonarray")
    if len(value) > MAX_PARTICIPANTS:
        sentence = f"Only {MAX_PARTICIPANTS} participants can be added to an event."
        raise ItemError("LIMIT_EXCEEDED", place.details(maximum_length=MAX_PARTICIPANTS), sentence)
    return [_participant(call, one, place.inside(number)) for number, one in enumerate(value)]


def _participant(call: Call, one: Any, place: Place) -> JSON:
    if not isinstance(one, dict):
        raise place.invalid(expected_data_type="jsonobject")
    kind = one.get("type")
    if kind is None:
        raise place.inside("type").missing()
    if not isinstance(kind, str) or kind not in PARTICIPANTS:
        raise place.inside("type").invalid(supported_values=list(PARTICIPANTS))
    made: JSON = {"type": kind, "invited": False, "status": "not_known"}
    if kind == "email":
        address = one.get("Email", one.get("participant"))
        if address is None:
            raise place.inside("Email").missing()
        if not isinstance(address, str) or not is_email(address):
            raise place.inside("Email").invalid(expected_data_type="email")
        return made | {"Email": address, "participant": address, "name": one.get("name")}
    id_ = one.get("participant")
    here = place.inside("participant")
    if id_ is None:
        raise here.missing()
    if not isinstance(id_, str):
        raise here.invalid(expected_data_type="bigint")
    if kind == "user":
        name = user_reference(call, {"id": id_}, here)["name"]
    else:
        record = call.store.record(PARTICIPANTS[kind], id_)
        if record is None:
            raise here.invalid(BAD_ID)
        name = title_of(rules_of(call, PARTICIPANTS[kind]), record)
    return made | {"participant": id_, "name": name}


def reminder(value: Any, place: Place) -> Any:
    """When to remind: a list for meetings, `{"ALARM": "ACTION=…;TRIGGER=…"}` for tasks. Raises ItemError."""
    if isinstance(value, dict):
        _alarm(value, place)
        return value
    if not isinstance(value, list):
        raise place.invalid(expected_data_type="jsonarray")
    for number, one in enumerate(value):
        here = place.inside(number)
        if not isinstance(one, dict):
            raise here.invalid(expected_data_type="jsonobject")
        unit = one.get("unit")
        if isinstance(unit, bool) or not isinstance(unit, int) or not 0 <= unit <= 60:
            raise here.inside("unit").invalid(range={"from": 0, "to": 60})
        if one.get("period") not in PERIODS:
            raise here.inside("period").invalid(supported_values=list(PERIODS))
        if "time" in one and not (isinstance(one["time"], str) and CLOCK_TIME.fullmatch(one["time"])):
            raise here.inside("time").invalid()
    return value


def _alarm(value: JSON, place: Place) -> None:
    here = place.inside("ALARM")
    text = value.get("ALARM")
    if text is None:
        raise here.missing()
    if not isinstance(text, str):
        raise here.invalid(expected_data_type="text")
    parts = _parts(text)
    if parts.get("ACTION") not in ("EMAIL", "POPUP"):
        raise here.invalid(supported_values=["ACTION=EMAIL", "ACTION=POPUP"])
    trigger = parts.get("TRIGGER", "")
    relative = BEFORE.fullmatch(trigger) is not None
    if not relative and not DATE_TIME.fullmatch(trigger):
        raise here.invalid()
    if relative and not CLOCK_TIME.fullmatch(parts.get("TRIGGER_TIME", "")):
        raise here.invalid()


def _parts(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(";") if "=" in part)


def _call(call: Call, record: JSON, sent: JSON, place: Place) -> None:
    """unverified: a scheduled call needs a contact or another record, and a start in the future."""
    kind, status = record.get("Call_Type"), record.get("Outbound_Call_Status")
    if kind not in CALL_TYPES:
        raise place.inside("Call_Type", "Call_Type").invalid(supported_values=list(CALL_TYPES))
    start, duration = record.get("Call_Start_Time"), record.get("Call_Duration")
    length = place.inside("Call_Duration", "Call_Duration")
    if duration is not None and not DURATION.fullmatch(str(duration)):
        raise length.invalid(expected_data_type="text")
    if kind == "Missed":
        return
    if start is None:
        raise place.inside("Call_Start_Time", "Call_Start_Time").missing()
    if status == "Scheduled":
        planned = {"Call_Start_Time", "Outbound_Call_Status"} & set(sent)
        if planned and datetime.fromisoformat(start).timestamp() <= call.world.clock.now():
            dependee = place.inside("Outbound_Call_Status", "Outbound_Call_Status").details()
            details = place.inside("Call_Start_Time", "Call_Start_Time").details(dependee=dependee)
            raise ItemError("DEPENDENT_MISMATCH", details, "A scheduled call starts in the future.")
        if record.get("Who_Id") is None and record.get("What_Id") is None:
            raise place.inside("Who_Id", "Who_Id").missing()
        return
    if duration is None:
        raise length.missing()
    if not any(sign in "123456789" for sign in str(duration)):
        dependee = place.inside("Call_Type", "Call_Type").details()
        raise ItemError("DEPENDENT_MISMATCH", length.details(dependee=dependee), "Call Duration can not be zero.")


def _event(record: JSON, place: Place) -> None:
    """unverified: the code for a meeting that ends before it starts."""
    start, end = record.get("Start_DateTime"), record.get("End_DateTime")
    if not start or not end:
        return  # said by the check of the mandatory fields
    if datetime.fromisoformat(end) <= datetime.fromisoformat(start):
        dependee = place.inside("Start_DateTime", "Start_DateTime").details()
        details = place.inside("End_DateTime", "End_DateTime").details(dependee=dependee)
        raise ItemError("DEPENDENT_MISMATCH", details, "End time must be greater than start time.")
    if record.get("Recurring_Activity") and not record.get("Remind_At"):
        raise place.inside("Remind_At", "Remind_At").missing()


def _task(record: JSON, place: Place) -> None:
    told = record.get("Remind_At")
    relative = isinstance(told, dict) and BEFORE.fullmatch(_parts(str(told.get("ALARM"))).get("TRIGGER", ""))
    if relative and not record.get("Recurring_Activity"):
        here = place.inside("Remind_At", "Remind_At")
        dependee = place.inside("Recurring_Activity", "Recurring_Activity").details()
        raise ItemError("DEPENDENT_FIELD_MISSING", here.details(dependee=dependee))
