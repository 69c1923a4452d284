"""A query in COQL as somebody wrote it, and its rows as a table. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from console.exports import Cell, Table
from console.records.values import plain
from crm_client.coql import LONGEST
from crm_client.coql_text import DEFAULT_LIMIT, REACHED
from crm_client.errors import InvalidRequest
from crm_client.records import Record
from crm_client.values import as_text, is_api_name

MOST_COLUMNS = 60  # columns that a page shows; the CRM gives at most 50
_LIMIT = re.compile(r"\blimit\s+\d", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+([A-Za-z][A-Za-z0-9_]*)", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_DETAILS = {
    "clause": "in the clause",
    "line": "line",
    "column": "column",
    "near": "near",
    "column_name": "the column",
    "module_name": "the module",
    "operator": "the operator",
    "reason": "because",
    "limit": "at most",
}


def tidy(text: str) -> str:
    """The query with ordinary line ends and no semicolon behind it; at most as long as the CRM takes."""
    return text.replace("\r\n", "\n").strip().rstrip(";").strip()[: LONGEST + 1]


def has_limit(text: str) -> bool:
    """Whether the query says itself how many rows it wants."""
    return _LIMIT.search(_QUOTED.sub("''", text)) is not None


def page_of(text: str, page: int) -> str:
    """The query for one page of 200 rows; as it stands when it has a limit of its own."""
    if has_limit(text):
        return text
    return f"{text}\nlimit {(page - 1) * DEFAULT_LIMIT}, {DEFAULT_LIMIT}"


def last_page() -> int:
    return REACHED // DEFAULT_LIMIT


def module_of(text: str) -> str:
    """The module that the query reads; "" when it names none."""
    found = _FROM.search(_QUOTED.sub("''", text))
    return found[1] if found and is_api_name(found[1]) else ""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query gave: the names of its columns in their order, and the records."""

    names: list[str]
    records: list[Record]

    @classmethod
    def of(cls, records: list[Record]) -> Rows:
        names: dict[str, None] = {}
        for record in records:
            names.update(dict.fromkeys(as_text(name) for name in record.raw))
        return cls(list(names)[:MOST_COLUMNS], records)

    def table(self, title: str) -> Table:
        """The rows for a download; ids stay text."""
        return Table(
            title, self.names, self.names, [[_cell(row.raw.get(name)) for name in self.names] for row in self.records]
        )


def _cell(value: object) -> Cell:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float) and value == value and abs(value) < 10**15:
        return value
    return plain(value)


def where_wrong(problem: InvalidRequest) -> str:
    """Where the CRM says the query is wrong: "line 1, column 8, near “Nmae”"; "" when it does not say."""
    told = []
    for key, words in _DETAILS.items():
        value = problem.details.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            shown = as_text(value)[:120] if isinstance(value, str) else str(value)[:20]
            told.append(f"{words} {shown}" if isinstance(value, int) else f"{words} “{shown}”")
    return ", ".join(told)


def shown_columns(names: Sequence[str]) -> list[str]:
    """The columns that a page shows: the id is the row's link."""
    return [name for name in names if name != "id"]
