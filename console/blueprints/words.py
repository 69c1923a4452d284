"""Owners, inputs, times and actions of a process in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from console.blueprints.facts import Facts, People
from console.conditions import listed
from crm_client.blueprint_parts import DuringInput, Escalation, Owner, Span, Transition, TransitionAction
from crm_client.record_blueprints import TransitionField
from crm_client.values import JSON

_PERIODS = {
    "minutes": "minute", "hours": "hour", "days": "day", "business_hours": "business hour",
    "business_days": "business day", "b_hours": "business hour", "b_days": "business day",
}  # fmt: skip
_OWNERS = {"users": "user", "roles": "role", "groups": "group", "profiles": "profile"}
_KINDS = {
    "related_list": "a new record", "info": "a text to read", "attachment": "an attachment", "tags": "tags",
    "notes": "a note", "checklist": "a checklist", "widget": "a widget", "kiosk": "a kiosk",
}  # fmt: skip
_ACTIONS = {
    "email_notifications": "sends the e-mail", "field_updates": "updates fields", "tasks": "makes the task",
    "webhooks": "calls the webhook", "functions": "runs the function", "sla": "raises the alarm",
    "add_tags": "adds tags", "create_record": "makes a record",
}  # fmt: skip
ANYBODY = "everybody who may edit the record"
STATUSES = {"active": "active", "draft": "draft", "inactive": "switched off", "seen": "seen, not configured"}


def span(found: Span | None) -> str:
    """ "30 days", "1 business day"; "" when it is not told."""
    if found is None:
        return ""
    period = _PERIODS.get(found.period, found.period.replace("_", " ") or "of an unknown period")
    return f"{found.value:,} {period}{'' if found.value == 1 or found.period not in _PERIODS else 's'}"


def stretch(seconds: float) -> str:
    """A stretch of time as people say it: "3 days 4 hours", "25 minutes"."""
    minutes = max(0, round(seconds / 60))
    if minutes < 1:
        return "less than a minute"
    days, hours, left = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [(days, "day"), (hours, "hour"), (left, "minute")]
    first = next(place for place, (count, _) in enumerate(parts) if count)
    shown = parts[first : first + 1] if parts[first][0] >= 10 or first == 2 else parts[first : first + 2]
    return " ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in shown if count)


def waits(transition: Transition) -> str:
    """When an automatic transition runs: "by itself after 30 days"; "" for a manual one."""
    if not transition.is_automatic:
        return ""
    told = span(transition.after)
    return f"by itself after {told}" if told else "by itself"


def owner(found: Owner, people: People) -> str:
    """ "the role Sales Manager", "Alice Moreau", "the record’s owner"."""
    if found.type == "record_owner":
        return "the record’s owner"
    word = _OWNERS.get(found.type)
    kind = word or "somebody"
    names = [
        ref.name or people.name(found.type, ref.id) or f"a {kind} that is not known (id {ref.id})"
        for ref in found.resources
    ]
    if word is None:
        told = found.type.replace("_", " ") or "somebody of a kind that is not told"
        return f"{told}: {listed(names)}" if names else told
    if not names:
        return f"no {word}"
    if found.type == "users":
        return listed(names, "or")
    return f"the {word}{'' if len(names) == 1 else 's'} {listed(names, 'or')}"


def owners(found: Sequence[Owner], people: People) -> str:
    """Who may run something; ANYBODY without owners."""
    return listed([owner(one, people) for one in found], "or") or ANYBODY


def input_label(found: DuringInput, facts: Facts) -> str:
    """What a transition asks for: a field's label, or its kind with its name."""
    if found.type == "field":
        return facts.label(found.name)
    kind = _KINDS.get(found.type, f"something of a kind not known here ({found.type or 'none named'})")
    name = found.field.name if found.field else found.label
    if found.type == "checklist":
        return f"{kind}: {listed(found.items)}" if found.items else kind
    if found.type == "info":
        return f"{kind}: “{found.message}”" if found.message else kind
    return f"{kind} ({name})" if name else kind


def field_label(found: TransitionField) -> str:
    """The same for an input of a record's transition."""
    if found.kind == "field":
        return found.label or found.api_name or "a field that is not named"
    kind = _KINDS.get(found.kind, f"something of a kind not known here ({found.type or 'none named'})")
    if found.kind == "info":
        return f"{kind}: “{found.message}”" if found.message else kind
    return f"{kind} ({found.label})" if found.label else kind


def inputs(found: Iterable[DuringInput], facts: Facts) -> str:
    """ "Amount, Closing Date and a checklist"; "" for none."""
    return listed([input_label(one, facts) for one in found])


def action(found: TransitionAction) -> str:
    """What the CRM does after a transition."""
    told = _ACTIONS.get(found.type, f"does “{found.type or 'something that is not named'}”")
    return f"{told} “{found.name}”" if found.name else told


def escalation(found: Escalation) -> list[str]:
    """After how long a record is overdue in a state, and what happens before and then."""
    told = span(found.span)
    said = [f"A record is overdue after {told} here." if told else "It has an escalation, whose time is not told."]
    for trigger in found.triggers:
        when = {"before": f"{span(trigger.span)} before that", "on": "at that moment"}.get(trigger.execute_type)
        deeds = listed([_ACTIONS.get(one, one).replace("the ", "an ") for one in trigger.actions])
        said.append(f"{(when or 'Then').capitalize()}, it {deeds or 'does nothing that is told'}.")
    return said


def shown(value: JSON) -> str:
    """The current value of an input; "empty" for none."""
    if value is None or value in ("", [], {}):
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        named = next((value[key] for key in ("name", "display_value", "id") if isinstance(value.get(key), str)), "")
        if named:
            return str(named)
        marks = [f"{key}: {'done' if mark is True else 'open' if mark is False else shown(mark)}"
                 for key, mark in value.items()]  # fmt: skip
        return ", ".join(marks)
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value[:20]) + (f" and {len(value) - 20} more" * (len(value) > 20))
    return str(value)


def moment(text: str | None) -> datetime | None:
    """An ISO text of the CRM as a moment; None for what is none."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found
