"""The parts of a blueprint in the settings: states with their escalation, transitions with owners, inputs and actions.

Only the outermost keys of these answers are documented; everything below is read defensively, and what could not be
read is said in `Blueprint.unread`.
source  GET /settings/blueprints/{id}?include=state,transition, …/states, /settings/blueprints/transitions?ids=
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_api_ref,
    as_colour,
    as_flag,
    as_id,
    as_object,
    as_text,
    as_text_or_none,
    as_whole,
)
from crm_client.wizard_notes import Notes, kind_of, known, objects
from crm_client.wizard_rules import Criteria

PERIODS = {
    "minutes": 60, "hours": 3600, "days": 86_400, "business_hours": 3600, "business_days": 86_400,
    "b_hours": 3600, "b_days": 86_400,
}  # fmt: skip
"""Seconds of one; a business hour or day is counted as an ordinary one, the least it can take."""
TRIGGER_TYPES = frozenset({"manual", "automatic"})
TRANSITION_TYPES = frozenset({"standalone_transition", "parallel_transition", "child_transition"})
INPUT_TYPES = frozenset({
    "field", "related_list", "info", "attachment", "tags", "notes", "checklist", "widget", "kiosk",
})  # fmt: skip
EXECUTE_TYPES = frozenset({"before", "on", "after"})


@dataclass(slots=True)
class Span:
    """A stretch of time in the CRM's own words."""

    value: int
    period: str                          # one of PERIODS, or what comes next

    @property
    def seconds(self) -> int | None:
        """None: a period that is not known here."""
        unit = PERIODS.get(self.period)
        return None if unit is None else unit * self.value

    @classmethod
    def from_api(cls, raw: JSON) -> Span | None:
        """{"period", "value"}; None when it holds no number."""
        raw = as_object(raw)
        value = as_whole(raw.get("value"))
        return None if value is None else cls(value, as_text(raw.get("period")))


@dataclass(slots=True)
class Owner:
    """Who may run a transition or lead a process."""

    type: str                            # record_owner, users, roles, groups, profiles, …: whatever the CRM says
    resources: list[Ref]                 # the users, roles … ; empty for record_owner

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> Owner:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        type_ = as_text(raw.get("type"))
        if not type_:
            notes.add(place, "an owner says no type")
        found = (as_api_ref(item) for item in one_or_more(raw.get("resources"), notes, place, "resources of an owner"))
        return cls(type_, [ref for ref in found if ref is not None])


@dataclass(slots=True)
class EscalationTrigger:
    """When an escalation does something, and what."""

    execute_type: str                    # before, on, after
    span: Span | None                    # how long before or after
    actions: list[str]                   # sla, email_notifications, …

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes, place: str) -> EscalationTrigger:
        raw = as_object(raw)
        type_ = known(raw.get("execute_type"), EXECUTE_TYPES, notes, place, "the moment of an escalation")
        actions = one_or_more(raw.get("actions"), notes, place, "actions of an escalation")
        return cls(type_, Span.from_api(raw), [text for item in actions if (text := as_text(item.get("type")))])


@dataclass(slots=True)
class Escalation:
    """After how long in a state a record is overdue, and what happens then."""

    span: Span | None                    # None: not told, or no number
    triggers: list[EscalationTrigger]

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> Escalation | None:
        """None where a state has no escalation."""
        notes = Notes() if notes is None else notes
        if not raw:
            return None
        if type(raw) is list:
            raw = next(iter(objects(raw, notes, place, "escalations")), None)
        if type(raw) is not dict:
            notes.add(place, "the escalation is no object and could not be read")
            return None
        details = one_or_more(raw.get("trigger_details"), notes, place, "trigger details")
        return cls(Span.from_api(raw), [EscalationTrigger.from_api(item, notes, place) for item in details])


@dataclass(slots=True)
class State:
    """One state of a process: a value of the picklist it runs on."""

    id: str
    name: str
    api_name: str                        # what arrows and places of the canvas name it by
    actual_value: str                    # what the state field of a record holds
    value_id: str                        # of the picklist value
    colour: str | None                   # "#rrggbb"; the CRM does not always send one
    escalation: Escalation | None
    raw: JsonObject

    @property
    def label(self) -> str:
        return self.name or self.actual_value or self.api_name or self.id or "(no name)"

    def holds(self, field_value: str) -> bool:
        """Whether a record with this value of the state field is in this state.

        The documentation does not say whether records hold the actual or the displayed value, so both count.
        """
        return bool(field_value) and field_value in (self.actual_value, self.name)

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> State:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        value = raw.get("pick_list_value")
        told = as_object(value)
        name = as_text(raw.get("name"))
        actual = value if type(value) is str else told.get("actual_value") or told.get("display_value")
        where = f"state “{name or as_text(raw.get('api_name'))}”"
        if not as_text(actual) and not name:
            notes.add(place, "a state names no value of the picklist")
        return cls(
            as_id(raw.get("id")),
            name,
            as_text(raw.get("api_name")),
            as_text(actual) or name,
            as_id(told.get("id")),
            as_colour(told.get("colour_code")) or as_colour(raw.get("color_code")),
            Escalation.from_api(raw.get("state_escalation"), notes, where),
            raw,
        )


@dataclass(slots=True)
class DuringInput:
    """What a transition asks for while it runs."""

    id: str
    type: str                            # one of INPUT_TYPES, or what comes next
    is_mandatory: bool                   # the CRM says `optional`; missing counts as optional
    sequence: int | None
    field: Ref | None                    # .name is the API name; of a field, a related list
    label: str                           # what it is called, where it is no field
    message: str                         # of an info
    items: list[str]                     # of a checklist
    validation: Criteria | None          # what the value must fulfil
    validation_message: str
    raw: JsonObject

    @property
    def name(self) -> str:
        """The field's API name, or what else names it."""
        return (self.field.name if self.field else "") or self.label or self.type

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> DuringInput:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        type_ = known(raw.get("type"), INPUT_TYPES, notes, place, "the kind of an input")
        named = as_api_ref(raw.get("field")) or as_api_ref(raw.get("related_list"))
        if type_ == "field" and (named is None or not named.name):
            notes.add(place, "an input names no field")
        checks = as_object(raw.get("validation_filter"))
        widget = as_api_ref(raw.get("widget")) or as_api_ref(raw.get("kiosk"))
        return cls(
            as_id(raw.get("id")),
            type_,
            as_flag(raw.get("optional")) is False,
            as_whole(raw.get("sequence")),
            named,
            as_text(raw.get("name")) or (widget.name if widget else ""),
            as_text(raw.get("message")),
            _items(raw.get("items"), notes, place),
            Criteria.from_api(checks.get("criteria"), notes, place),
            as_text(checks.get("validation_message")),
            raw,
        )


@dataclass(slots=True)
class TransitionAction:
    """What the CRM does by itself after a transition."""

    type: str                            # email_notifications, field_updates, tasks, webhooks, functions, …
    name: str
    id: str

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> TransitionAction:
        raw = as_object(raw)
        return cls(as_text(raw.get("type")), as_text(raw.get("name")), as_id(raw.get("id")))


@dataclass(slots=True)
class Transition:
    """A way from state to state. Between which, the arrows of the blueprint say: a common one has several."""

    id: str
    name: str
    api_name: str                        # what arrows name it by
    trigger_type: str                    # manual, automatic
    transition_type: str                 # standalone_transition, parallel_transition, child_transition
    criteria: Criteria | None            # which records may take it; None: all
    owners: list[Owner]                  # who may run it; empty: whoever may edit the record
    during_inputs: list[DuringInput]     # in their sequence
    actions: list[TransitionAction]
    after: Span | None                   # how long an automatic one waits; None: not told, or at once
    parent: Ref | None                   # of a child: the parallel transition; .name is its API name
    is_common: bool                      # drawn once, from several states
    colour: str | None                   # "#rrggbb"
    raw: JsonObject

    @property
    def label(self) -> str:
        return self.name or self.api_name or self.id or "(no name)"

    @property
    def is_automatic(self) -> bool:
        return self.trigger_type == "automatic"

    @property
    def is_parallel(self) -> bool:
        return self.transition_type == "parallel_transition"

    @property
    def is_child(self) -> bool:
        return self.transition_type == "child_transition"

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> Transition:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        where = f"transition “{as_text(raw.get('name')) or as_text(raw.get('api_name'))}”"
        inputs = one_or_more(raw.get("during_inputs"), notes, where, "inputs")
        actions = one_or_more(raw.get("actions"), notes, where, "actions")
        wait = next((raw[key] for key in ("timebox", "time_box", "schedule") if raw.get(key)), None)
        return cls(
            as_id(raw.get("id")),
            as_text(raw.get("name")),
            as_text(raw.get("api_name")),
            known(raw.get("trigger_type"), TRIGGER_TYPES, notes, where, "the trigger"),
            known(raw.get("transition_type"), TRANSITION_TYPES, notes, where, "the kind"),
            Criteria.from_api(raw.get("criteria"), notes, where),
            [Owner.from_api(item, notes, where) for item in one_or_more(raw.get("owners"), notes, where, "owners")],
            in_sequence([DuringInput.from_api(item, notes, where) for item in inputs]),
            [TransitionAction.from_api(item) for item in actions],
            Span.from_api(wait),
            as_api_ref(raw.get("parent_transition")),
            raw.get("common_source") is True,
            as_colour(raw.get("color_code")),
            raw,
        )


def in_sequence(inputs: list[DuringInput]) -> list[DuringInput]:
    """By their numbers; those without one last, in the order they came."""
    return sorted(inputs, key=lambda one: (one.sequence is None, one.sequence or 0))


def one_or_more(value: JSON, notes: Notes, place: str, what: str) -> list[JsonObject]:
    """The objects of a list; a single object where a list should be counts as a list of one, with a note."""
    if type(value) is dict:
        if not value:
            return []
        notes.add(place, f"the {what} are one object instead of a list")
        return [value]
    return objects(value, notes, place, what)


def _items(value: JSON, notes: Notes, place: str) -> list[str]:
    """The items of a checklist: texts, or objects that name one."""
    if value is None:
        return []
    if type(value) is not list:
        notes.add(place, f"the items of a checklist are {kind_of(value)} instead of a list and could not be read")
        return []
    found = [as_text_or_none(item) if type(item) is str else _named(item) for item in value]
    return [text for text in found if text]


def _named(item: JSON) -> str:
    item = as_object(item)
    return next((text for key in ("name", "item", "display_label", "value") if (text := as_text(item.get(key)))), "")
