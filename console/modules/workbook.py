"""The field workbook: every module, field, layout and picklist value of an organisation in one file. Pure.

Written module by module, so that an organisation of any size needs the memory of its largest module.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import xlsxwriter

from console.exports import Cell, is_formula, markdown, markdown_table
from console.modules.browse import label
from console.modules.browse_fields import fields_of, is_read_only, size, target
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.modules import Module

LONGEST_CELL = 32_767  # what a cell of a spreadsheet may hold

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
    """Texts are written as texts whatever they begin with; those like a formula also carry Excel's quote prefix."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        quoted = book.add_format({"quote_prefix": True})
        first = book.add_worksheet("About")
        first.set_column(0, 0, 28)
        first.set_column(1, 1, 90)
        for number, (name, text) in enumerate(about.lines()):
            first.write_string(number, 0, name, bold)
            first.write_string(number, 1, _cut(text), quoted if is_formula(text) else None)
        sheets = [
            _Sheet(book.add_worksheet(name), titles, bold, quoted)
            for name, titles in (
                ("Modules", MODULE_TITLES),
                ("Fields", FIELD_TITLES),
                ("Layouts", LAYOUT_TITLES),
                ("Picklist values", VALUE_TITLES),
            )
        ]
        for entry in entries:
            sheets[0].write(module_row(entry))
            for sheet, rows in zip(sheets[1:], (field_rows(entry), layout_rows(entry), value_rows(entry)), strict=True):
                for row in rows:
                    sheet.write(row)
        for sheet in sheets:
            sheet.finish()


class _Sheet:
    """A worksheet that is written row after row, as constant memory demands."""

    def __init__(
        self,
        sheet: "xlsxwriter.worksheet.Worksheet",
        titles: Sequence[str],
        bold: "xlsxwriter.format.Format",
        quoted: "xlsxwriter.format.Format",
    ) -> None:
        self._sheet, self._quoted, self._width, self._next = sheet, quoted, len(titles), 1
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(titles) - 1, 18)
        for place, title in enumerate(titles):
            sheet.write_string(0, place, title, bold)

    def write(self, row: Sequence[Cell]) -> None:
        for place, cell in enumerate(row):
            if isinstance(cell, bool):
                self._sheet.write_string(self._next, place, "yes" if cell else "no")
            elif isinstance(cell, int):
                self._sheet.write_number(self._next, place, cell)
            elif cell:
                self._sheet.write_string(self._next, place, _cut(cell), self._quoted if is_formula(cell) else None)
        self._next += 1

    def finish(self) -> None:
        self._sheet.autofilter(0, 0, max(1, self._next - 1), self._width - 1)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


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
