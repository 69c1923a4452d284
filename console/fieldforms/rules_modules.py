"""What the API's documentation says about fields of one module together: calls, meetings, tasks, deals, prices. Pure.

source  zoho.com/crm/developer/docs/api/v8/insert-records.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from console.fieldforms import composites
from console.fieldforms.problems import Problem, shown
from console.fieldforms.rules_values import duration
from console.fieldforms.slots import NONE, RELATED, Slot
from crm_client.values import JSON, JsonObject, as_object, as_objects, as_text, is_id

_MOST_PARTICIPANTS = 50
_RELATED_TO_EVENTS = frozenset(RELATED)


@dataclass(slots=True)
class Facts:
    """One record under its module's rules; problems gather in `problems`."""

    slots: Mapping[str, Slot]
    values: JsonObject
    before: JsonObject
    row: int | None
    is_update: bool
    problems: list[Problem] = field(default_factory=list)

    def value(self, name: str) -> JSON:
        """What will stand in the field: what is sent, else what stands there already; None for nothing."""
        found = self.values[name] if name in self.values else self.before.get(name)
        return None if found in ("", NONE, []) else found

    def is_sent(self, *names: str) -> bool:
        """Whether any of them is sent; a new record is looked at as a whole."""
        return not self.is_update or any(name in self.values for name in names)

    def label(self, name: str) -> str:
        return self.slots[name].label if name in self.slots else name

    def complain(self, name: str, rule: str, text: str, step: str = "", *, path: str = "", warns: bool = False) -> None:
        self.problems.append(Problem(self.row, name, path or name, self.label(name), rule, text, warns, step))


def _calls(facts: Facts) -> None:
    kind, status = facts.value("Call_Type"), facts.value("Outbound_Call_Status")
    start, length = facts.value("Call_Start_Time"), facts.value("Call_Duration")
    is_scheduled = status == "Scheduled"
    if kind == "Missed":
        _related(facts)
        return
    if start is None and facts.is_sent("Call_Start_Time", "Call_Type", "Outbound_Call_Status"):
        state = "scheduled" if is_scheduled else "completed"
        text = f"“{facts.label('Call_Start_Time')}” must be filled in for a {state} call."
        facts.complain("Call_Start_Time", "required", text)
    if is_scheduled:
        if _is_past(start) and facts.is_sent("Call_Start_Time", "Outbound_Call_Status"):
            text = f"A scheduled call starts in the future, and “{facts.label('Call_Start_Time')}” has passed."
            facts.complain("Call_Start_Time", "scheduled", text, "Take a later time, or make the call completed.")
        if facts.value("Who_Id") is None and facts.value("What_Id") is None and facts.is_sent("Who_Id", "What_Id"):
            text = "A scheduled call belongs to a contact or another record, and none is chosen."
            facts.complain("Who_Id", "scheduled", text, "Choose one, or the CRM may refuse it.", warns=True)
    elif length is None:
        if facts.is_sent("Call_Duration", "Call_Type", "Outbound_Call_Status"):
            text = f"“{facts.label('Call_Duration')}” must be filled in for a completed call."
            facts.complain("Call_Duration", "required", text)
    elif duration(as_text(length)) == 0 and facts.is_sent("Call_Duration", "Call_Type"):
        text = f"“{facts.label('Call_Duration')}” cannot be zero for an inbound or outbound call."
        facts.complain("Call_Duration", "call_duration", text, "Say how long it took, or make it a missed call.")
    _related(facts)


def _events(facts: Facts) -> None:
    start, end = _moment(facts.value("Start_DateTime")), _moment(facts.value("End_DateTime"))
    if start and end and end < start and facts.is_sent("Start_DateTime", "End_DateTime"):
        text = f"“{facts.label('End_DateTime')}” lies before “{facts.label('Start_DateTime')}”."
        facts.complain("End_DateTime", "order", text)
    if facts.value("Recurring_Activity") is not None and facts.value("Remind_At") is None:
        if facts.is_sent("Recurring_Activity", "Remind_At"):
            text = f"“{facts.label('Remind_At')}” must be filled in for a meeting that repeats."
            facts.complain("Remind_At", "required", text)
    elif (
        facts.value("Remind_At") is None
        and not facts.is_update
        and "Remind_At" in facts.slots
        and not facts.slots["Remind_At"].is_required
    ):
        text = f"“{facts.label('Remind_At')}” is empty; some organisations’ meetings must have a reminder."
        facts.complain("Remind_At", "reminder", text, warns=True)
    for number, reminder in enumerate(as_objects(facts.values.get("Remind_At"))):
        if "time" in reminder and not composites.is_time(as_text(reminder["time"])):
            text = f"“At” is a time of day such as 10.30, in reminder {number + 1}."
            facts.complain("time", "reminder", text, path=f"Remind_At[{number}].time")
    _participants(facts)
    _related(facts, _RELATED_TO_EVENTS)


def _participants(facts: Facts) -> None:
    people = as_objects(facts.values.get("Participants"))
    if len(people) > _MOST_PARTICIPANTS:
        text = f"A meeting takes at most {_MOST_PARTICIPANTS} participants; these are {len(people)}."
        facts.complain("Participants", "many", text)
    for number, person in enumerate(people):
        kind, path, where = person.get("type"), f"Participants[{number}]", f"participant {number + 1}"
        if kind not in composites.PARTICIPANT_TYPES:
            text = f"Choose whether {where} is a contact, a lead, a user or somebody by email."
            facts.complain("type", "participant", text, path=f"{path}.type")
        elif kind == "email" and not as_text(person.get("Email")):
            facts.complain("Email", "participant", f"The email of {where} must be filled in.", path=f"{path}.Email")
        elif kind != "email" and not is_id(as_text(person.get("participant"))):
            text = f"Choose the {kind} for {where}."
            facts.complain("participant", "participant", text, path=f"{path}.participant")


def _tasks(facts: Facts) -> None:
    alarm = as_text(as_object(facts.value("Remind_At")).get("ALARM"))
    repeats = facts.value("Recurring_Activity") is not None
    if "TRIGGER=-P" in alarm and not repeats and facts.is_sent("Remind_At", "Recurring_Activity"):
        text = f"“{facts.label('Remind_At')}” may count days before only for a task that repeats."
        facts.complain("Remind_At", "reminder", text, "Give a date and time, or let the task repeat.")
    _related(facts)


def _related(facts: Facts, modules: frozenset[str] | None = None) -> None:
    """A related record is named by id and module together."""
    module = as_text(facts.value("$se_module"))
    if facts.value("What_Id") is None or not facts.is_sent("What_Id", "$se_module"):
        return
    if not module:
        text = f"“{facts.label('What_Id')}” needs the module of the record ($se_module)."
        facts.complain("What_Id", "module", text, "Choose the module beside it.")
    elif modules is not None and module not in modules:
        text = f"“{facts.label('What_Id')}” cannot point to {shown(module)}."
        facts.complain("What_Id", "module", text, f"It may be one of {', '.join(sorted(modules))}.")


def _deals(facts: Facts) -> None:
    pipeline = facts.slots.get("Pipeline")
    if pipeline is not None and pipeline.is_offered and facts.value("Pipeline") is None:
        stage = facts.slots.get("Stage")
        has_pipelines = bool(stage and stage.follows and stage.follows.parent == "Pipeline")
        if has_pipelines and facts.is_sent("Pipeline") and not pipeline.required_by:
            facts.complain("Pipeline", "required", f"“{pipeline.label}” must be filled in: this module has pipelines.")
    if facts.is_update and "Pipeline" in facts.values and facts.value("Stage") is None:
        facts.complain("Stage", "required", f"“{facts.label('Stage')}” must be given with a pipeline.")
    chance = _number(facts.values.get("Probability"))
    if chance is not None and not 0 <= chance <= 100:
        facts.complain("Probability", "range", f"“{facts.label('Probability')}” is 0 to 100.")


def _price_books(facts: Facts) -> None:
    steps = as_objects(facts.values.get("Pricing_Details"))
    last: float | None = None
    for number, step in enumerate(steps):
        low, high = _number(step.get("from_range")), _number(step.get("to_range"))
        path = f"Pricing_Details[{number}]"
        if low is not None and high is not None:
            if low > high:
                text = f"“To” is less than “From” in row {number + 1} of “{facts.label('Pricing_Details')}”."
                facts.complain("to_range", "order", text, path=f"{path}.to_range")
            elif last is not None and low <= last:
                text = f"Row {number + 1} of “{facts.label('Pricing_Details')}” overlaps the row before it."
                facts.complain("from_range", "overlap", text, path=f"{path}.from_range", warns=True)
            last = high


def _orders(facts: Facts) -> None:
    for name, slot in facts.slots.items():
        if not name.endswith("_Items") or not slot.columns:
            continue
        for number, item in enumerate(as_objects(facts.values.get(name))):
            if "_delete" in item or "id" in item:
                continue
            if not is_id(as_text(as_object(item.get("Product_Name")).get("id"))) and "Product_Name" not in {
                column.api_name for column in slot.columns if column.required_by
            }:
                text = f"Choose a product in row {number + 1} of “{slot.label}”."
                facts.complain("Product_Name", "required", text, path=f"{name}[{number}].Product_Name")
            quantity = _number(item.get("Quantity"))
            if quantity is not None and quantity <= 0:
                text = f"The quantity is not more than zero in row {number + 1} of “{slot.label}”."
                facts.complain("Quantity", "quantity", text, path=f"{name}[{number}].Quantity", warns=True)


def _number(value: JSON) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _moment(value: JSON) -> datetime | None:
    try:
        found = datetime.fromisoformat(as_text(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _is_past(value: JSON) -> bool:
    found = _moment(value)
    return found is not None and found < datetime.now(UTC)


MODULE_RULES: dict[str, Callable[[Facts], None]] = {
    "Calls": _calls,
    "Events": _events,
    "Tasks": _tasks,
    "Deals": _deals,
    "Price_Books": _price_books,
    "Quotes": _orders,
    "Sales_Orders": _orders,
    "Invoices": _orders,
    "Purchase_Orders": _orders,
}
