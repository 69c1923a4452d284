"""Tables as files: CSV, JSON and Markdown. Pure.

CRM text may begin with "=" and become a formula in somebody's spreadsheet, so CSV is guarded unless the exact form is
asked for (design D19).
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO, TypeAlias

Cell: TypeAlias = str | int | float | bool | None

# Spreadsheets take the wide forms of the signs as well, and skip blanks before them.
_FORMULA = re.compile(r"[\s\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
# A telephone number in groups: no spreadsheet reads it as a formula or a number, as long as its groups are not those
# of thousands. "+33123456789" would lose its plus, "+1-617-555" would be worked out: they are guarded.
_PHONE = re.compile(r"\+\d{1,3}(?: \d{1,6}){2,6}", re.ASCII)
_THOUSANDS = re.compile(r"\+\d{1,3}(?: \d{3})+", re.ASCII)
_MARKDOWN = re.compile(r"([\\`*\[\]<>|~#])|(?<![^\W_])(_)|(_)(?![^\W_])")
_CELL_WORDS = {True: "yes", False: "no", None: ""}


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is about to leave. `keys` are the CRM's names of the columns, `titles` ours for people."""

    title: str
    keys: Sequence[str]
    titles: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula. A control character in front counts too."""
    return text[:1] in ("\t", "\r", "\n") or _FORMULA.match(text) is not None


def guarded(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet could take it for a formula, or work it out."""
    return "'" + text if is_formula(text) and not _is_phone(text) else text


def _is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None and _THOUSANDS.fullmatch(text) is None


def as_csv(table: Table, *, exact: bool = False) -> str:
    """Lines with CRLF as RFC 4180 has them.

    guarded  for spreadsheets: a byte order mark, so that Excel reads UTF-8, and an apostrophe before formulas
    exact    for programs: neither
    """
    out = io.StringIO()
    write_csv(out, table.titles, table.rows, exact=exact)
    return out.getvalue()


def write_csv(out: TextIO, titles: Sequence[str], rows: Iterable[Sequence[Cell]], *, exact: bool = False) -> None:
    """The same, row by row, into a file opened with newline=""."""
    if not exact:
        out.write("\ufeff")
    write = csv.writer(out)
    write.writerow([_csv_cell(title, exact) for title in titles])
    for row in rows:
        write.writerow([_csv_cell(cell, exact) for cell in row])


def _csv_cell(cell: Cell, exact: bool) -> str | float:
    if isinstance(cell, str):
        return cell if exact else guarded(cell)
    return _CELL_WORDS[cell] if cell is None or isinstance(cell, bool) else cell


def as_json(table: Table) -> str:
    """A list of objects with the CRM's own keys; true, false and null stay what they are."""
    objects = [dict(zip(table.keys, row, strict=True)) for row in table.rows]
    return json.dumps(objects, ensure_ascii=False, indent=2) + "\n"


def as_markdown(table: Table) -> str:
    """A heading and one table in GitHub's flavour."""
    lines = [f"# {markdown(table.title)}", ""]
    lines += markdown_table(table.titles, table.rows)
    return "\n".join(lines) + "\n"


def markdown_table(titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[str]:
    """The lines of one table."""
    lines = ["| " + " | ".join(map(markdown, titles)) + " |", "|" + " --- |" * len(titles)]
    lines += ["| " + " | ".join(map(_markdown_cell, row)) + " |" for row in rows]
    return lines


def markdown(text: str) -> str:
    """Text that Markdown shows as it is: markup escaped, one line."""
    return _MARKDOWN.sub(lambda found: "\\" + found[0], " ".join(text.split()))


def _markdown_cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return markdown(cell)
    return _CELL_WORDS[cell] if cell is None or isinstance(cell, bool) else str(cell)


def file_name(*parts: str) -> str:
    """A plain name for a download: letters, digits, dot, dash and underscore of ASCII, at most 120 of them."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(part for part in parts if part)).strip("-.")[:120] or "download"
