"""A record's place in its process: the current state, the transitions open to this user, and what each asks for.

source  GET and PUT /{module}/{record_id}/actions/blueprint
        zoho.com/crm/developer/docs/api/v8/ (Get and Update Blueprint)
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field

from crm_client.blueprint_parts import one_or_more
from crm_client.fields import Field
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_api_name,
    as_api_ref,
    as_colour,
    as_flag,
    as_id,
    as_object,
    as_ref,
    as_text,
    as_text_or_none,
    as_whole,
)
from crm_client.wizard_notes import Notes, quoted

# `_type` and `data_type` of special inputs are documented for widgets only, so every likely spelling is taken
_KINDS = {
    "field": "field", "fields": "field", "widget": "widget", "widgets": "widget", "attachment": "attachment",
    "attachments": "attachment", "note": "notes", "notes": "notes", "tag": "tags", "tags": "tags",
    "checklist": "checklist", "checklists": "checklist", "check_lists": "checklist", "related_list": "related_list",
    "relatedlist": "related_list", "related_lists": "related_list", "info": "info", "message": "info",
    "kiosk": "kiosk",
}  # fmt: skip
_KEYS = {"widget": "widget", "attachment": "Attachments", "notes": "Notes", "tags": "Tag", "checklist": "CheckLists"}


@dataclass(slots=True)
class TransitionField:
    """One input of a transition on the record level."""

    kind: str                            # field, related_list, info, attachment, tags, notes, checklist, widget, kiosk
    type: str                            # `_type` as the CRM sent it; kind is "" when it is not known here
    id: str                              # "0" for a widget: never key anything on it
    api_name: str                        # of a field; a related list's name; "" otherwise
    label: str
    transition_sequence: int | None      # from 1, with gaps
    is_mandatory: bool                   # missing counts as optional
    content: JSON                        # text of an info, items of a checklist
    personality_name: str
    layout: Ref | None
    field: Field | None                  # metadata of a real field, in v7's shapes also in v8
    raw: JsonObject

    @property
    def key(self) -> str:
        """Under which name its value stands in `OpenTransition.data` and is sent; "" when it takes no value."""
        return self.api_name if self.kind in ("field", "related_list") else _KEYS.get(self.kind, "")

    @property
    def message(self) -> str:
        """Text of an info."""
        return as_text(self.content)

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> TransitionField:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        get = raw.get
        type_ = as_text(get("_type"))
        kind = _KINDS.get(type_.lower()) or _KINDS.get(as_text(get("data_type")).lower(), "")
        if not type_ and not kind and get("api_name"):
            kind = "field"
        if not kind:
            notes.add(place, f"the kind {quoted(get('_type'))} of an input is not known here; it is shown only")
        field = Field.from_api(raw) if kind == "field" else None
        api_name = as_api_name(get("api_name"))
        personality = as_text(get("personality_name"))
        if kind == "field" and not api_name:
            notes.add(place, "an input names no field")
        if kind == "related_list":
            api_name = api_name or as_api_name(personality) or as_api_name(get("display_label"))
        label = as_text(get("field_label")) or as_text(get("display_label")) or personality or api_name
        return cls(
            kind,
            type_,
            as_id(get("id")),
            api_name,
            label,
            as_whole(get("transition_sequence")),
            get("mandatory") is True,
            get("content"),
            personality,
            as_ref(get("layouts")),
            field,
            raw,
        )


@dataclass(slots=True)
class NextTransition:
    """What comes after a transition."""

    id: str
    name: str
    type: str                            # manual, automatic
    criteria_matched: bool | None

    @classmethod
    def from_api(cls, raw: JSON) -> NextTransition:
        raw = as_object(raw)
        return cls(as_id(raw.get("id")), as_text(raw.get("name")), as_text(raw.get("type")),
                   as_flag(raw.get("criteria_matched")))  # fmt: skip


@dataclass(slots=True)
class OpenTransition:
    """A transition that leaves the record's current state."""

    id: str
    name: str
    type: str                            # manual; automatic: it runs by itself, do not offer it
    next_field_value: str                # value of the state field afterwards
    criteria_matched: bool | None        # None: not told
    criteria_message: str                # why not
    fields: list[TransitionField]        # in their sequence
    data: JsonObject                     # current values, by TransitionField.key
    next_transitions: list[NextTransition]
    percent_partial_save: float          # 0 when nothing was saved yet
    execution_time: str | None           # ISO text: when an automatic one runs
    sequence: int | None
    colour: str | None                   # "#rrggbb" of the button
    text_colour: str | None
    parent: Ref | None                   # of a parallel child
    raw: JsonObject = dataclass_field(repr=False)

    @property
    def label(self) -> str:
        return self.name or self.id or "(no name)"

    @property
    def is_automatic(self) -> bool:
        return self.type == "automatic"

    def missing(self) -> list[TransitionField]:
        """Mandatory inputs that have no value yet: what must be filled in before the record can move."""
        return [one for one in self.fields if one.is_mandatory and one.key and not _filled(one, self.data.get(one.key))]

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> OpenTransition:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        get = raw.get
        where = f"transition “{as_text(get('name'))}”"
        if not as_id(get("id")):
            notes.add(where, f"its id is {quoted(get('id'))}, which is none")
        fields = [TransitionField.from_api(item, notes, where)
                  for item in one_or_more(get("fields"), notes, where, "inputs")]  # fmt: skip
        fields.sort(key=lambda one: (one.transition_sequence is None, one.transition_sequence or 0))
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_text(get("type")),
            as_text(get("next_field_value")),
            as_flag(get("criteria_matched")),
            as_text(get("criteria_message")),
            fields,
            as_object(get("data")),
            [NextTransition.from_api(item) for item in
             one_or_more(get("next_transitions"), notes, where, "next transitions")],
            _percent(get("percent_partial_save")),
            as_text_or_none(get("execution_time")),
            as_whole(get("sequence")),
            as_colour(get("color_code")),
            as_colour(get("text_color_code")),
            as_api_ref(get("parent_transition")),
            raw,
        )  # fmt: skip


@dataclass(slots=True)
class RecordBlueprint:
    """A record's place in its process, as it is open to this user now."""

    process_id: str
    process_name: str
    field_id: str                        # of the state field
    field_name: str                      # its API name
    field_label: str
    field_value: str                     # the current state
    is_continuous: bool | None           # the record is led through the transitions one after another
    escalation_days: int | None          # None: the state has no escalation
    escalation_status: str               # "overdue", …; "" without
    colour: str | None                   # "#rrggbb" of the current value
    transitions: list[OpenTransition]    # empty: none is open to this user
    unread: list[str]                    # sentences: what of the answer could not be read
    raw: JsonObject

    @property
    def is_overdue(self) -> bool:
        return self.escalation_status.lower() == "overdue"

    @classmethod
    def from_api(cls, raw: JSON) -> RecordBlueprint:
        raw, notes = as_object(raw), Notes()
        info = as_object(raw.get("process_info"))
        if not info:
            notes.add("the blueprint", "it does not say which process it is")
        get = info.get
        escalation = as_object(get("escalation"))
        continuous = as_flag(get("is_continuous"))
        transitions = one_or_more(raw.get("transitions"), notes, "the blueprint", "transitions")
        made = [OpenTransition.from_api(item, notes) for item in transitions]
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_id(get("field_id")),
            as_text(get("api_name")),
            as_text(get("field_label")) or as_text(get("field_name")),
            as_text(get("field_value")),
            as_flag(get("continuous")) if continuous is None else continuous,
            as_whole(escalation.get("days")),
            as_text(escalation.get("status")),
            as_colour(as_object(get("current_picklist")).get("colour_code")),
            made,
            notes.all,
            raw,
        )


@dataclass(slots=True)
class TransitionAnswer:
    """What the CRM says after a transition. It never lists what changed: read the record and its blueprint again."""

    code: str
    message: str
    details: JsonObject

    @property
    def is_partial(self) -> bool:
        """Fewer inputs than required were sent: the record stays in its state."""
        return "partially" in self.message.lower()

    @classmethod
    def from_api(cls, raw: JSON) -> TransitionAnswer:
        raw = as_object(raw)
        return cls(as_text(raw.get("code")), as_text(raw.get("message")), as_object(raw.get("details")))


def _filled(field: TransitionField, value: JSON) -> bool:
    """Whether a mandatory input has its value; every item of a checklist must be ticked."""
    if field.kind == "checklist" and type(value) is list:
        return bool(value) and all(type(item) is dict and all(mark is True for mark in item.values()) for item in value)
    return value is not None and value not in ("", [], {})


def _percent(value: JSON) -> float:
    """A share from 0 to 100."""
    if type(value) is float:
        return min(max(value, 0.0), 100.0) if value == value else 0.0
    return float(min(max(as_whole(value) or 0, 0), 100))
