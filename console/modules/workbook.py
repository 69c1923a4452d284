"""The field workbook: every module, field, layout and picklist value of an organisation in one file. Pure.

Written module by module, so that an organisation of any size needs the memory of its largest module.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from console.exports import Cell, markdown, markdown_table
from console.modules.browse import label
from console.modules.browse_fields import fields_of, is_read_only, size, target
from console.spreadsheets import book
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.modules import Module

MODULE_TITLES = ("Module", "API name", "Kind", "Status", "API", "View", "Create", "Edit", "Delete", "Fields", "Layouts")
FIELD_TITLES = (
    "Module", "Field", "API name", "Type", "Details", "Length", "Required always", "Required on layouts",
    "Stands on layouts", "Unique", "Custom", "Read-only", "In use", "Help text", "Id",
)  # fmt: skip
LAYOUT_TITLES = ("Module", "Layout", "Section", "Field", "API name", "Required", "Read-only", "Starts as")
VALUE_TITLES = ("Module", "Field", "Shown", "Actual value", "Colour", "Order", "In use")


@dataclass(frozen=True, slots=True)
class Entry:
    """A module with what is kept of it; `fields` or `layouts` None: not fetched yet."""

    module: Module
    fields: Sequence[Field] | None
    layouts: Sequence[Layout] | None


@dataclass(frozen=True, slots=True)
class About:
    """What the first sheet says. `missing`: API names of modules whose fields or layouts are not kept."""

    organisation: str
    environment: str
    person: str
    made: str
    missing: Sequence[str]

    def lines(self) -> list[tuple[str, str]]:
        return [
            ("Organisation", self.organisation),
            ("Environment", self.environment),
            ("As seen by", self.person),
            ("Made", self.made),
            ("Not fetched, so not in here", ", ".join(self.missing) or "nothing"),
        ]


def module_row(entry: Entry) -> list[Cell]:
    it = entry.module
    counts = [None if part is None else len(part) for part in (entry.fields, entry.layouts)]
    return [
        label(it), it.api_name, it.generated_type, it.status,
        it.api_supported, it.viewable, it.creatable, it.editable, it.deletable, *counts,
    ]  # fmt: skip


def field_rows(entry: Entry) -> Iterator[list[Cell]]:
    among = fields_of(entry.fields or (), entry.layouts)
    for item in among.fields:
        standing = among.standing.get(item.api_name)
        yield [
            entry.module.api_name, item.label, item.api_name, item.data_type, target(item), size(item),
            item.system_mandatory,
            ", ".join(standing.required_on) if standing else "",
            ", ".join(standing.on) if standing else "",
            item.is_unique, item.custom_field, is_read_only(item), item.type,
            item.tooltip.value if item.tooltip else "", item.id,
        ]  # fmt: skip


def layout_rows(entry: Entry) -> Iterator[list[Cell]]:
    for layout in entry.layouts or ():
        for section in layout.sections:
            if section.type == "unused":
                continue
            for item in section.fields:
                default = item.default_value
                yield [
                    entry.module.api_name, layout.label, section.label, item.field.label, item.field.api_name,
                    item.is_required, is_read_only(item.field),
                    default if isinstance(default, str | bool) else None,
                ]  # fmt: skip


def value_rows(entry: Entry) -> Iterator[list[Cell]]:
    for item in entry.fields or ():
        for value in item.pick_list_values:
            yield [
                entry.module.api_name, item.api_name, value.display_value, value.actual_value, value.colour_code,
                value.sequence_number, value.type != "unused",
            ]  # fmt: skip


def write_xlsx(out: BinaryIO, about: About, entries: Iterable[Entry]) -> None:
    """The workbook: what it is, then modules, fields, layouts and values, each on a sheet."""
    with book(out) as made:
        made.facts("About", about.lines())
        modules = made.sheet("Modules", MODULE_TITLES)
        others = (
            (made.sheet("Fields", FIELD_TITLES), field_rows),
            (made.sheet("Layouts", LAYOUT_TITLES), layout_rows),
            (made.sheet("Picklist values", VALUE_TITLES), value_rows),
        )
        for entry in entries:
            modules.write(module_row(entry))
            for sheet, rows in others:
                for row in rows(entry):
                    sheet.write(row)


def markdown_lines(about: About, entries: Iterable[Entry]) -> Iterator[str]:
    """The same as text, a chapter for each module."""
    yield f"# Fields of {markdown(about.organisation)}"
    yield ""
    for name, text in about.lines()[1:]:
        yield f"- {name}: {markdown(text)}"
    for entry in entries:
        yield ""
        yield f"## {markdown(label(entry.module))} ({markdown(entry.module.api_name)})"
        yield ""
        if entry.fields is None:
            yield "Its fields have not been fetched."
            continue
        titles = FIELD_TITLES[1:9]
        yield from markdown_table(titles, [row[1:9] for row in field_rows(entry)])
        for item in entry.fields:
            if item.pick_list_values:
                yield ""
                yield f"### Values of {markdown(item.label)} ({markdown(item.api_name)})"
                yield ""
                rows: list[list[Cell]] = [
                    [value.display_value, value.actual_value, value.colour_code] for value in item.pick_list_values
                ]
                yield from markdown_table(("Shown", "Actual value", "Colour"), rows)
