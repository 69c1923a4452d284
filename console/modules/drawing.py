"""A layout as its page draws it: sections in order, fields as arranged, what must be filled in. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.modules.browse_fields import is_read_only, target
from console.modules.words import TYPE_WORDS
from crm_client.fields import Field
from crm_client.layouts import Layout, LayoutField, Section


@dataclass(slots=True)
class Place:
    """A field where it stands. `notes`: what the marks do not say, such as a default value."""

    id: str
    label: str
    api_name: str
    type: str
    details: str
    is_required: bool
    is_always: bool
    is_read_only: bool
    is_hidden: bool
    is_unused: bool
    notes: list[str]


@dataclass(slots=True)
class Drawn:
    """A section. `flow`: "rows" (left to right) or "columns" (top to bottom); `columns` 1 or 2."""

    label: str
    api_name: str
    columns: int
    flow: str
    mode: str
    notes: list[str]
    places: list[Place]


def sections(layout: Layout) -> tuple[list[Drawn], list[str]]:
    """The sections in use, in order, and the labels of those that the CRM keeps but does not draw."""
    used = [drawn(section) for section in layout.sections if section.type != "unused"]
    return used, [section.label or "(no name)" for section in layout.sections if section.type == "unused"]


def drawn(section: Section) -> Drawn:
    notes = []
    if section.is_subform_section:
        notes.append("subform")
        if section.properties and section.properties.maximum_rows is not None:
            notes.append(f"at most {section.properties.maximum_rows} rows")
    if section.generated_type and section.generated_type not in ("default", "system"):
        notes.append(section.generated_type)
    return Drawn(
        section.label or "(no name)",
        section.api_name,
        2 if section.column_count == 2 else 1,
        "columns" if section.tab_traversal == "top_to_bottom" else "rows",
        section.mode.replace("_", " "),
        notes,
        [place(item) for item in section.fields],
    )


def place(item: LayoutField) -> Place:
    it = item.field
    notes = []
    if item.default_value not in (None, "", "-None-", [], {}):
        notes.append(f"starts as {_short(item.default_value)}")
    if item.validation_rule_id:
        notes.append("has a validation rule")
    if any(value.maps for value in it.pick_list_values):
        names = dict.fromkeys(mapped.api_name for value in it.pick_list_values for mapped in value.maps)
        notes.append("decides the values of " + ", ".join(name for name in names if name))
    return Place(
        it.id,
        it.label or "(no name)",
        it.api_name,
        TYPE_WORDS.get(it.data_type, it.data_type),
        target(it),
        item.is_required,
        bool(it.system_mandatory),
        bool(is_read_only(it)),
        it.visible is False,
        it.type == "unused",
        notes,
    )


def _short(value: object) -> str:
    if isinstance(value, bool):
        return "ticked" if value else "not ticked"
    text = str(value) if isinstance(value, str | int | float) else "a value of its own"
    return text if len(text) <= 60 else text[:59] + "…"


def on_no_layout(fields: Sequence[Field], layouts: Sequence[Layout]) -> list[Field]:
    """Fields that stand on no layout of the module, in the CRM's order."""
    standing = {
        item.field.api_name for layout in layouts for section in layout.sections for item in section.fields
        if section.type != "unused"
    }  # fmt: skip
    return [item for item in fields if item.api_name not in standing]
