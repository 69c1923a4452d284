"""Tables as spreadsheets (XLSX). Texts are written as texts whatever they begin with (design D19).

Written row after row in constant memory, so a table of any length needs no more than one of its rows.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import xlsxwriter

from console.exports import Cell, is_formula

LONGEST_CELL = 32_767  # what a cell of a spreadsheet may hold
MOST_ROWS = 1_048_575  # beside the titles
_EXACT_DIGITS = 10**15  # beyond, a spreadsheet rounds


class Book:
    """A spreadsheet file under way: `sheet(name, titles)`, then its rows.

    exact  leave out Excel's quote prefix before texts like a formula; they stay texts either way
    """

    def __init__(self, book: "xlsxwriter.Workbook", *, exact: bool) -> None:
        self._book = book
        self.bold = book.add_format({"bold": True, "bottom": 1})
        self._quoted = None if exact else book.add_format({"quote_prefix": True})
        self._sheets: list[Sheet] = []

    def sheet(self, name: str, titles: Sequence[str]) -> "Sheet":
        """A sheet with frozen titles."""
        made = Sheet(self._book.add_worksheet(name), titles, self.bold, self._quoted)
        self._sheets.append(made)
        return made

    def facts(self, name: str, lines: Sequence[tuple[str, str]]) -> None:
        """A sheet of names and what they are."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 90)
        for number, (title, text) in enumerate(lines):
            sheet.write_string(number, 0, title, self.bold)
            sheet.write_string(number, 1, _cut(text), self._quoted if is_formula(text) else None)

    def finish(self) -> None:
        for sheet in self._sheets:
            sheet.finish()


class Sheet:
    """A worksheet that is written row after row, as constant memory demands."""

    def __init__(
        self,
        sheet: "xlsxwriter.worksheet.Worksheet",
        titles: Sequence[str],
        bold: "xlsxwriter.format.Format",
        quoted: "xlsxwriter.format.Format | None",
    ) -> None:
        self._sheet, self._quoted, self._width, self._next = sheet, quoted, len(titles), 1
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(titles) - 1, 18)
        for place, title in enumerate(titles):
            sheet.write_string(0, place, _cut(title), bold)

    def write(self, row: Sequence[Cell]) -> None:
        for place, cell in enumerate(row):
            if isinstance(cell, bool):
                self._sheet.write_string(self._next, place, "yes" if cell else "no")
            elif isinstance(cell, int | float):
                if -_EXACT_DIGITS < cell < _EXACT_DIGITS:
                    self._sheet.write_number(self._next, place, cell)
                else:
                    self._sheet.write_string(self._next, place, str(cell))
            elif cell:
                self._sheet.write_string(self._next, place, _cut(cell), self._quoted if is_formula(cell) else None)
        self._next += 1

    def finish(self) -> None:
        self._sheet.autofilter(0, 0, max(1, self._next - 1), self._width - 1)


@contextlib.contextmanager
def book(out: BinaryIO, *, exact: bool = False) -> Iterator[Book]:
    """A spreadsheet written into `out`, finished when the block ends without an error."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as under_way:
        made = Book(under_way, exact=exact)
        yield made
        made.finish()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
