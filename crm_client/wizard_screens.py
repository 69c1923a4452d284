"""What stands on a wizard's screen: segments, and in them elements (fields) or buttons.

v7 sends null where v8 leaves a key out, and before v5 `composite` was called `fields`; here there is one shape.
source  GET /settings/wizards/{id}?layout_id=  zoho.com/crm/developer/docs/api/v8/get-wizards.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_colour,
    as_id,
    as_object,
    as_object_or_none,
    as_ref,
    as_refs,
    as_text,
    as_whole,
)
from crm_client.wizard_notes import Notes, known, made, quoted
from crm_client.wizard_rules import ConditionalRule, Criteria, labelled

SEGMENT_TYPES = frozenset({"composite", "buttons", "text_label", "subforms", "widget"})
ELEMENT_TYPES = frozenset({"field", "query_component"})
BUTTON_TYPES = frozenset({"transition", "save"})
VISIBILITIES = frozenset({"show", "hide", "disable"})
SHAPES = frozenset({"square", "capsule", "round"})
CATEGORIES = frozenset({"wizard_button", "custom_button"})


@dataclass(slots=True)
class Element:
    """A place in a segment's grid: a field or a query component."""

    sequence_number: int | None          # may start at 0 and have gaps
    type: str                            # field, query_component, or what comes next
    name: str                            # a field's API name, or the component's name
    id: str

    @property
    def is_field(self) -> bool:
        return self.type == "field" and bool(self.name)

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> Element:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        resource = raw.get("resource")
        # before v5 the element was the field itself, without a type
        source = resource if type(resource) is dict else raw
        told = raw.get("type")
        type_ = "field" if told is None else known(told, ELEMENT_TYPES, notes, place, "the element type")
        name = as_text(source.get("api_name")) or as_text(source.get("name"))
        if not name:
            notes.add(place, "an element names no field")
        return cls(as_whole(raw.get("sequence_number")), type_, name, as_id(source.get("id")))


@dataclass(slots=True)
class Button:
    """A button of a screen. It carries no arrow: see WizardGraph for which arrow it takes."""

    id: str
    name: str                            # internal
    display_label: str
    sequence_number: int | None
    type: str                            # transition, save, "" for a custom button, or what comes next
    category: str                        # wizard_button, custom_button
    target_screen: Ref | None            # None: it saves, or is a custom one
    visibility: str                      # show, hide, disable: how it starts
    criteria: Criteria | None            # condition for the visibility
    profiles: list[Ref] | None           # None: everybody
    portal_user_types: list[Ref] | None  # None: everybody
    exempted_portal_user_types: list[Ref]
    message: tuple[str, str] | None      # (title, content) shown after saving
    transition: Ref | None               # blueprint transition that runs on save
    resource: JsonObject | None          # what a custom button opens
    show_summary_on: str                 # create, edit, create_and_edit, ""
    colour: str | None                   # of its text, "#rrggbb"
    background_colour: str | None
    shape: str                           # square, capsule, round
    raw: JsonObject

    @property
    def label(self) -> str:
        return self.display_label or self.name

    @property
    def saves(self) -> bool:
        return self.type == "save"

    @property
    def is_custom(self) -> bool:
        return self.category == "custom_button" or (not self.type and self.target_screen is None)

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> Button:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        get = raw.get
        where = f"{place}, button {quoted(get('display_label'))}".removeprefix(", ")
        for key in ("color", "background_color"):
            if get(key) not in (None, "") and as_colour(get(key)) is None:
                notes.add(where, f"the colour {quoted(get(key))} is none; a neutral one is shown")
        message = as_object_or_none(get("message"))
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_text(get("display_label")),
            as_whole(get("sequence_number")),
            known(get("type"), BUTTON_TYPES, notes, where, "the button type"),
            known(get("category"), CATEGORIES, notes, where, "the button category"),
            labelled(get("target_screen")),
            known(get("visibility"), VISIBILITIES, notes, where, "the visibility"),
            Criteria.from_api(get("criteria"), notes, where),
            _limits(get("profiles")),
            _limits(get("portal_user_types")),
            as_refs(get("exempted_portal_user_types")),
            (as_text(message.get("title")), as_text(message.get("content"))) if message else None,
            as_ref(get("transition")),
            as_object_or_none(get("resource")),
            as_text(get("show_summary_on")),
            as_colour(get("color")),
            as_colour(get("background_color")),
            known(get("shape"), SHAPES, notes, where, "the shape"),
            raw,
        )


@dataclass(slots=True)
class Segment:
    """A block of a screen. Its `type` decides which of `elements`, `buttons`, `content`, `widget` it has."""

    id: str
    type: str                            # one of SEGMENT_TYPES, or what comes next
    sequence_number: int | None
    display_label: str                   # a segment of buttons carries a filler such as "Dummy"
    name: str                            # text labels only
    column_count: int                    # 1 or 2
    tab_traversal: str                   # left_to_right, top_to_bottom, "" when the CRM did not say
    elements: list[Element]              # in the order of their sequence numbers
    buttons: list[Button]
    content: str                         # text labels: lines parted by \n, with merge tags ${!Contacts.Last_Name}
    widget: Ref | None
    raw: JsonObject

    @property
    def label(self) -> str:
        """Its title; "" for buttons, whose label is a filler."""
        return "" if self.type == "buttons" else self.display_label or self.name

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> Segment:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        get = raw.get
        type_ = "composite" if get("type") == "fields" else as_text(get("type"))
        where = f"{place}, segment {quoted(get('display_label'))}".removeprefix(", ")
        if type_ not in SEGMENT_TYPES:
            notes.add(where, f"the segment type {quoted(get('type'))} is not known here; it is shown as a block")
        listed = get("elements") if get("elements") is not None else get("fields")
        elements = made(listed, Element.from_api, notes, where, "elements")
        elements.sort(key=_place)
        buttons = made(get("buttons"), Button.from_api, notes, place, "buttons")
        buttons.sort(key=_place)
        columns = as_whole(get("column_count"))
        return cls(
            as_id(get("id")),
            type_,
            as_whole(get("sequence_number")),
            as_text(get("display_label")),
            as_text(get("name")),
            columns if columns in (1, 2) else 1,
            as_text(get("tab_traversal")),
            elements,
            buttons,
            as_text(get("content")),
            labelled(get("widget")),
            raw,
        )


@dataclass(slots=True)
class Screen:
    """One screen, its segments in order. In the list of wizards only id, API name and label are filled."""

    id: str
    api_name: str
    display_label: str
    conditional_rules: list[ConditionalRule]
    segments: list[Segment]
    raw: JsonObject

    @property
    def label(self) -> str:
        return self.display_label or self.api_name or self.id or "(no label)"

    @property
    def buttons(self) -> list[Button]:
        """Every button, in the order of the screen."""
        return [button for segment in self.segments for button in segment.buttons]

    def elements(self) -> Iterator[tuple[Segment, Element]]:
        """Every element with the segment it stands in, in the order of the screen."""
        for segment in self.segments:
            for element in segment.elements:
                yield segment, element

    @property
    def field_names(self) -> list[str]:
        """API names of its fields, in order; a field that stands there twice comes twice."""
        return [element.name for _, element in self.elements() if element.is_field]

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> Screen:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        get = raw.get
        where = f"screen {quoted(get('display_label') or get('api_name'))}"
        if not as_id(get("id")):
            notes.add(where, "it has no id that could be read")
        segments = made(get("segments"), Segment.from_api, notes, where, "segments")
        segments.sort(key=_place)
        return cls(
            as_id(get("id")),
            as_text(get("api_name")),
            as_text(get("display_label")),
            made(get("conditional_rules"), ConditionalRule.from_api, notes, where, "conditional rules"),
            segments,
            raw,
        )


def _limits(value: JSON) -> list[Ref] | None:
    """The profiles that something is limited to; None: no limit."""
    return as_refs(value) if type(value) is list else None


def _place(item: Element | Button | Segment) -> tuple[bool, int]:
    """Sort key: by sequence number, those without one last in the order they came."""
    return item.sequence_number is None, item.sequence_number or 0
