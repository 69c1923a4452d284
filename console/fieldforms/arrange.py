"""Which fields stand on a form, in which section, and with which columns in their rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.fieldforms import composites, kinds
from console.fieldforms.slots import Dependency, Slot, dependencies_of, slot_of
from crm_client.fields import Field
from crm_client.layouts import Layout, LayoutField, Section

_NOT_FORMS = frozenset({"quick_create", "business_card", "view", "quick_view", "detail_view"})
_WELCOME_ANYWHERE = frozenset({"Tag", "Pricing_Details", "Participants", "Remind_At", "Recurring_Activity"})


@dataclass(slots=True)
class FormSection:
    """A section with its slots in order. `flow`: rows (left to right) or columns (top to bottom). `note` may be ""."""

    label: str
    anchor: str
    columns: int
    flow: str
    slots: list[Slot]
    note: str = ""


def arranged(
    module: str,
    fields: Sequence[Field],
    layout: Layout | None,
    *,
    subforms: Mapping[str, Sequence[Field]],
    pipelines: Mapping[str, Sequence[str]],
    dependencies: Iterable[Dependency],
    users: Sequence[tuple[str, str]],
    is_update: bool,
) -> tuple[list[FormSection], list[Slot]]:
    """The sections of the form, and the slots of fields that stand on none of them. See `RecordForm.of`."""
    placed = _placed(fields, layout)
    here = [item.field for _, items in placed for item in items]
    followed = dependencies_of(here, dependencies)
    if pipelines:
        stages = {name: frozenset(values) for name, values in pipelines.items()}
        followed["Stage"] = Dependency("Pipeline", "Stage", stages)

    def slot(item: Field, place: LayoutField | None, section: Section | None) -> Slot:
        made = slot_of(item, module, placed=place, is_update=is_update, dependencies=followed, users=users)
        if made.kind == kinds.ROWS:
            _fill_columns(made, module, subforms.get(made.api_name, ()), section, is_update=is_update, users=users)
        return made

    sections = [
        _section(section, number, [slot(item.field, item, section) for item in items], has_layout=layout is not None)
        for number, (section, items) in enumerate(placed, 1)
    ]
    _add_ours(sections, module)
    seen = {item.api_name for item in here}
    elsewhere = [slot(item, None, None) for item in fields if item.api_name and item.api_name not in seen]
    return sections, elsewhere


def _placed(fields: Sequence[Field], layout: Layout | None) -> list[tuple[Section | None, list[LayoutField]]]:
    """Sections with their fields: the layout's, and after them what is needed but stands on none of its sections."""
    seen: set[str] = set()
    placed: list[tuple[Section | None, list[LayoutField]]] = []
    for section in layout.sections if layout else ():
        if section.type == "unused" or section.mode in _NOT_FORMS:
            continue
        items = [item for item in section.fields if _stands(item.field) and item.field.api_name not in seen]
        seen.update(item.field.api_name for item in items)
        if items:
            placed.append((section, list({item.field.api_name: item for item in items}.values())))
    rest = []
    for item in fields:
        if item.api_name in seen or not _stands(item):
            continue
        if layout is None or item.system_mandatory or item.api_name in _WELCOME_ANYWHERE:
            rest.append(LayoutField.from_api(item.raw))
            seen.add(item.api_name)
    plain = [item for item in rest if item.field.data_type != "subform"]
    if plain:
        placed.append((None, plain))
    placed += [(None, [item]) for item in rest if item.field.data_type == "subform"]
    return placed


def _stands(item: Field) -> bool:
    """Whether a field has a place on a form at all, offered or shown."""
    if not item.api_name or item.visible is False or item.type == "unused" or item.data_type == "layout":
        return False
    view = item.view_type
    is_elsewhere = view.create is False and view.edit is False and view.view is False
    return not is_elsewhere or bool(item.system_mandatory) or item.api_name in _WELCOME_ANYWHERE


def _section(section: Section | None, number: int, slots: list[Slot], *, has_layout: bool) -> FormSection:
    anchor = f"section-{number}"
    if section is None:
        is_rows = len(slots) == 1 and slots[0].kind == kinds.ROWS
        label = slots[0].label if is_rows else "More fields"
        note = "Not on the layout chosen." if has_layout else ""
        return FormSection(label, anchor, 1 if is_rows else 2, "rows", slots, note)
    columns = 2 if section.column_count == 2 else 1
    flow = "columns" if section.tab_traversal == "top_to_bottom" and columns == 2 else "rows"
    return FormSection(section.label or "(no name)", anchor, columns, flow, slots)


_COLUMNS_LEFT_OUT = frozenset(
    {"Parent_Id", "Created_Time", "Modified_Time", "Created_By", "Modified_By", "Owner", "Tag"}
)


def _fill_columns(
    slot: Slot,
    module: str,
    fields: Sequence[Field],
    section: Section | None,
    *,
    is_update: bool,
    users: Sequence[tuple[str, str]],
) -> None:
    if section is not None and section.properties is not None:
        if section.properties.maximum_rows is not None and section.properties.maximum_rows > 0:
            slot.maximum_rows = section.properties.maximum_rows
        slot.may_reorder = section.properties.reorder_rows is not False
    followed = dependencies_of(fields)
    made = [
        slot_of(item, "", is_update=is_update, dependencies=followed, users=users)
        for item in fields
        if item.api_name and item.api_name not in _COLUMNS_LEFT_OUT and _stands(item)
    ]
    if module in kinds.ORDERS and slot.api_name.endswith("_Items"):  # beside each row stands what it comes to
        made = [column for column in made if column.api_name not in kinds.ROW_SUMS]
    if "Sequence_Number" in {column.api_name for column in made}:  # the rows' order says it
        made = [column for column in made if column.api_name != "Sequence_Number"]
    slot.columns = [column for column in made if column.is_offered or column.data_type == "formula"]
    slot.columns = slot.columns or composites.columns(slot, module)
    if not slot.columns:
        slot.kind, slot.why_not = kinds.SHOWN, "the CRM did not tell which columns its rows have"


def _add_ours(sections: list[FormSection], module: str) -> None:
    """Inputs for keys of a record that are no fields."""
    orders = [part for part in sections for slot in part.slots if slot.kind == kinds.ROWS and module in kinds.ORDERS]
    items = [part for part in orders if any(slot.api_name.endswith("_Items") for slot in part.slots)]
    if items:
        tax = Slot("$line_tax", "Taxes on the whole", kinds.TAXES, help="one a line, such as “Common Tax: 1.5”")
        items[0].slots.append(tax)
    reminders = [part for part in sections for slot in part.slots if slot.kind == kinds.ALARM]
    if module == "Tasks" and reminders:
        flag = Slot("send_notification", "Send a notification", kinds.FLAG)
        flag.help = "the key send_notification, which the API’s sample has and no page explains"
        reminders[0].slots.append(flag)
