"""COQL queries as text, built so that a value can never be taken for a part of the language. Pure.

    select(["Last_Name", "Account_Name.Account_Name"], "Contacts", compare("Email", "=", "o'brien@mail.example"))
    → select Last_Name, Account_Name.Account_Name from Contacts where Email = 'o''brien@mail.example' limit 0, 200

source  zoho.com/crm/developer/docs/api/v8/COQL-Overview.html, COQL-Limitations.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from crm_client.criteria import Value, plain
from crm_client.errors import InvalidName
from crm_client.names import checked_id, checked_name
from crm_client.values import is_api_name

DEFAULT_LIMIT = 200
MOST_ROWS = 2000  # of one call
REACHED = 100_000  # rows by offset; beyond, order by id and ask for id > the last
MOST_COLUMNS = 50
MOST_CONDITIONS = 25
MOST_VALUES = 50  # of `in`; one page of the documentation says 100
MOST_STEPS = 2  # look-ups that one column may follow
SIZES = ("=", "!=", "<", "<=", ">", ">=")
_LISTS = ("in", "not in")
_RANGES = ("between", "not between")
_LIMIT = re.compile(r"\blimit\s+(\d{1,9})(?:\s*,\s*(\d{1,9}))?(?:\s+offset\s+\d{1,9})?$", re.IGNORECASE)
# names of fields that are words of SQL stand in quotes
_WORDS = frozenset(
    (
        "select", "from", "where", "group", "order", "by", "limit", "offset", "and", "or", "not", "in", "is", "null",
        "like", "between", "as", "asc", "desc", "external", "count", "sum", "min", "max", "avg", "table", "column",
        "index", "key",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions of a query; `count` how many."""

    text: str
    count: int

    def __str__(self) -> str:
        return self.text


def column(name: str) -> str:
    """A column as a query writes it: "Last_Name", "Account_Name.Phone", "What_Id->Accounts.Account_Name" (in quotes).

    raises   InvalidName for anything that is no name, or follows more than two look-ups
    """
    parts = re.split(r"\.|->", name) if isinstance(name, str) else []
    if not parts or not all(map(is_api_name, parts)) or name.count(".") > MOST_STEPS or name.endswith("->"):
        raise InvalidName("a column is a field's API name, or two to three joined by dots", what="this column")
    return f"'{name}'" if "->" in name or name.lower() in _WORDS else name


def literal(value: Value) -> str:
    """A value as a query writes it; a quote in a text is doubled.

    raises   InvalidName for what cannot be written safely: a text with a backslash (the documentation does not say
             whether it escapes what follows), NUL, a number that is none. Search such texts with `Records.find`
    """
    if isinstance(value, str):
        if "\\" in value or "\0" in value:
            raise InvalidName("a query cannot hold a text with a backslash", what="these records")
        return "'" + value.replace("'", "''") + "'"
    told = plain(value, "these records")
    return f"'{told}'" if isinstance(value, date) else told


def compare(name: str, operator: str, value: Value | Sequence[Value]) -> Where:
    """One condition: = != < <= > >= with one value, `in` and `not in` with up to 50, `between` with two.

    raises   InvalidName
    """
    several = not isinstance(value, str) and isinstance(value, Sequence)
    values = list(value) if not isinstance(value, str) and isinstance(value, Sequence) else [value]
    if operator in SIZES and not several:
        told = literal(values[0])
    elif operator in _LISTS and several and 1 <= len(values) <= MOST_VALUES:
        told = f"({', '.join(map(literal, values))})"
    elif operator in _RANGES and several and len(values) == 2:
        told = f"{literal(values[0])} and {literal(values[1])}"
    else:
        raise InvalidName(f"“{operator}” does not go with these values", what=f"records by {column(name)}")
    return Where(f"{column(name)} {operator} {told}", 1)


def is_empty(name: str) -> Where:
    return Where(f"{column(name)} is null", 1)


def is_filled(name: str) -> Where:
    return Where(f"{column(name)} is not null", 1)


def starts_with(name: str, text: str) -> Where:
    return _like(name, text, "", "%")


def ends_with(name: str, text: str) -> Where:
    return _like(name, text, "%", "")


def contains(name: str, text: str) -> Where:
    return _like(name, text, "%", "%")


def _like(name: str, text: str, before: str, after: str) -> Where:
    if "%" in text or not text:
        raise InvalidName("a query cannot look for a text with %", what=f"records by {column(name)}")
    return Where(f"{column(name)} like {literal(before + text + after)}", 1)


def all_of(*parts: Where) -> Where:
    """All of them hold; bracketed in pairs, as the CRM wants it. Raises InvalidName beyond 25 conditions."""
    return _joined("and", parts)


def any_of(*parts: Where) -> Where:
    """At least one of them holds; else as `all_of`."""
    return _joined("or", parts)


def _joined(word: str, parts: tuple[Where, ...]) -> Where:
    count = sum(part.count for part in parts)
    if not 1 <= count <= MOST_CONDITIONS:
        raise InvalidName(f"a query takes 1 to {MOST_CONDITIONS} conditions, not {count}", what="these records")
    text = parts[0].text
    for part in parts[1:]:
        text = f"({text} {word} {part.text})"
    return Where(text, count)


def select(
    columns: Iterable[str],
    module: str,
    where: Where | None = None,
    *,
    cvid: str | None = None,
    order_by: str | None = None,
    descending: bool = False,
    offset: int = 0,
    limit: int = DEFAULT_LIMIT,
) -> str:
    """The text of a query for records.

    columns   API names, 1 to 50, over at most two look-ups; the id comes by itself
    where     None: every record (the clause is mandatory, so it says that the id is not empty)
    cvid      the view that is read instead of the whole module
    raises    InvalidName
    """
    names = [column(name) for name in columns]
    if not 1 <= len(names) <= MOST_COLUMNS:
        raise InvalidName(f"a query takes 1 to {MOST_COLUMNS} columns, not {len(names)}", what=f"records of {module}")
    if not (0 < limit <= MOST_ROWS and 0 <= offset <= REACHED - limit):
        raise InvalidName("a query gives at most 2,000 rows, up to row 100,000", what=f"records of {module}")
    source = checked_name(module, "the records of")
    if cvid is not None:
        source += f"#{checked_id(cvid, 'the custom view')}"
    text = f"select {', '.join(names)} from {source} where {where or is_filled('id')}"  # noqa: S608  every part is checked
    if order_by is not None:
        text += f" order by {column(order_by)} {'desc' if descending else 'asc'}"
    return f"{text} limit {offset}, {limit}"


def limit_of(text: str) -> int:
    """How many rows a query asks for at most, which is what it is priced by; 200 when it does not say."""
    found = _LIMIT.search(text.rstrip())
    return int(found[2] or found[1]) if found is not None else DEFAULT_LIMIT
