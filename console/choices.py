"""What a person chose on a list's page: read from an address, written back into one. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar
from urllib.parse import urlencode

from console.paging import page_number

ANSWERS = ("yes", "no", "unknown")
LONGEST_SEARCH = 200
MOST_VALUES = 40

T = TypeVar("T")
Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Choice:
    """Search, filters, order and columns of a list.

    picked   {filter: the values any of which a row must have}, such as {"status": ("visible",)}
    flags    {flag: yes, no or unknown}
    columns  () means the usual ones
    """

    words: str = ""
    picked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    columns: tuple[str, ...] = ()
    page: int = 1
    everything: bool = False

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.picked or self.flags)

    def query(self, *, page: int | str | None = None) -> str:
        """The address's query with nothing in it that says nothing; a filter changes back to the first page."""
        pairs = [("q", self.words)] if self.words else []
        for name, values in self.picked.items():
            pairs += [(name, value) for value in values]
        pairs += list(self.flags.items())
        if self.sort:
            pairs.append(("sort", "-" + self.sort if self.descending else self.sort))
        if self.columns:
            pairs.append(("columns", ",".join(self.columns)))
        wanted = page if page is not None else ("all" if self.everything else self.page)
        if wanted != 1:
            pairs.append(("page", str(wanted)))
        return urlencode(pairs)

    def address(self, here: str, *, page: int | str | None = None) -> str:
        """`here` with this choice behind it."""
        query = self.query(page=page)
        return f"{here}?{query}" if query else here

    def sorted_by(self, column: str) -> "Choice":
        """The choice behind a column's title: ascending first, then descending."""
        return replace(self, sort=column, descending=self.sort == column and not self.descending, page=1)


def read(
    query: Mapping[str, Sequence[str]],
    *,
    lists: Iterable[str],
    flags: Iterable[str],
    sorts: Iterable[str],
    columns: Iterable[str],
) -> Choice:
    """The choice in an address; what is unknown, empty or too long is left out. Never raises.

    query  {name: [values]}
    """

    def last(name: str) -> str:
        values = query.get(name) or [""]
        return values[-1]

    picked = {}
    for name in lists:
        values = [value for value in query.get(name, ()) if value and len(value) <= LONGEST_SEARCH]
        if values:
            picked[name] = tuple(dict.fromkeys(values[:MOST_VALUES]))
    sort = last("sort")
    known = set(columns)
    wanted = [name for value in query.get("columns", ()) for name in value[:2000].split(",") if name in known]
    return Choice(
        words=" ".join(last("q").split())[:LONGEST_SEARCH],
        picked=picked,
        flags={name: last(name) for name in flags if last(name) in ANSWERS},
        sort=sort.removeprefix("-") if sort.removeprefix("-") in set(sorts) else "",
        descending=sort.startswith("-"),
        columns=tuple(dict.fromkeys(wanted)),
        page=page_number(last("page")),
        everything=last("page") == "all",
    )


def answer(flag: bool | None) -> str:
    """A flag as a filter's value: yes, no, or unknown where the CRM did not say."""
    return "unknown" if flag is None else "yes" if flag else "no"


def matches(words: Sequence[str], *texts: str) -> bool:
    """Whether every word (in lower case) stands somewhere in the texts."""
    whole = "\n".join(texts).casefold()
    return all(word in whole for word in words)


def ordered(rows: Iterable[T], value: Callable[[T], Value], *, descending: bool) -> list[T]:
    """The rows by one column: yes before no, text without regard to case; what has no value comes last either way."""
    keyed = [(value(row), row) for row in rows]
    there = [pair for pair in keyed if pair[0] is not None and pair[0] != ""]
    there.sort(key=lambda pair: _place(pair[0]), reverse=descending)
    return [row for _, row in there] + [row for found, row in keyed if found is None or found == ""]


def _place(value: Value) -> tuple[int, float, str]:
    if isinstance(value, bool):
        return (0, 0 if value else 1, "")
    if isinstance(value, int | float):
        return (0, value, "")
    return (1, 0, (value or "").casefold())
