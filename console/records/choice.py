"""What a person chose on a list of records: read from an address, written back into one. Pure.

The address is the truth: a list can be bookmarked, sent to a colleague, and gone back to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from console.paging import page_number
from console.records.columns import MOST_COLUMNS
from crm_client.paging import REACHED_BY_NUMBER
from crm_client.values import is_api_name, is_id

SORTS = {"id": "Id", "Created_Time": "Created", "Modified_Time": "Changed"}
"""What the API sorts by, nothing else."""
SIZES = (20, 50, 100, 200)
USUAL_SIZE = 100
CONVERTED = ("false", "true", "both")
LOOK_IN = ("word", "email", "phone")
LONGEST_WORDS = 200
LONGEST_VALUE = 500
LONGEST_TOKEN = 2000
MOST_CONDITIONS = 10


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of the search: as typed, unchecked."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class ListChoice:
    """A list of records as the address asks for it.

    columns     () means the usual ones
    sort        one of SORTS, "" for the CRM's own order (newest id first)
    page        from 1; beyond record 2,000 `token` leads on and `page` only counts
    words       what to search for anywhere, in email addresses or in phone numbers (`look_in`)
    conditions  searched for in place of the words
    """

    view: str = ""
    columns: tuple[str, ...] = ()
    sort: str = ""
    descending: bool = True
    size: int = USUAL_SIZE
    page: int = 1
    token: str = ""
    converted: str = "false"
    words: str = ""
    look_in: str = "word"
    conditions: tuple[Condition, ...] = ()
    any_of: bool = False

    @property
    def is_search(self) -> bool:
        return bool(self.words or self.conditions)

    @property
    def first(self) -> int:
        """The number of the page's first record, from 1."""
        return (self.page - 1) * self.size + 1

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the address's query, with nothing in it that says nothing."""
        pairs: list[tuple[str, str]] = []
        if self.view:
            pairs.append(("view", self.view))
        if self.columns:
            pairs.append(("columns", ",".join(self.columns)))
        if self.sort:
            pairs.append(("sort", ("-" if self.descending else "") + self.sort))
        if self.size != USUAL_SIZE:
            pairs.append(("per", str(self.size)))
        if self.converted != "false":
            pairs.append(("converted", self.converted))
        if self.words:
            pairs.append(("q", self.words))
            if self.look_in != "word":
                pairs.append(("in", self.look_in))
        for row in self.conditions:
            pairs += [("f", row.field), ("o", row.operator), ("v", row.value)]
        if self.any_of and self.conditions:
            pairs.append(("match", "any"))
        if self.page != 1:
            pairs.append(("page", str(self.page)))
        if self.token:
            pairs.append(("token", self.token))
        return pairs

    def query(self) -> str:
        return urlencode(self.pairs())

    def address(self, here: str) -> str:
        query = self.query()
        return f"{here}?{query}" if query else here

    def at(self, page: int, token: str = "") -> ListChoice:
        """The same list at another page."""
        return replace(self, page=max(page, 1), token=token)

    def sorted_by(self, name: str) -> ListChoice:
        """The choice behind a column's title: newest first, then oldest first; sorting leaves the view (the API
        sorts no view) and begins at the first page."""
        descending = not (self.sort == name and self.descending)
        return replace(self, sort=name, descending=descending, view="", page=1, token="")

    @property
    def last_by_number(self) -> int:
        """The last page that a number reaches."""
        return REACHED_BY_NUMBER // self.size


def read_choice(query: Mapping[str, Sequence[str]]) -> ListChoice:
    """The choice in an address; what is unknown, empty or too long is left out, conditions excepted: a condition
    that cannot be meant has to be seen, or the list would show more than was asked for. Never raises.

    query  {name: [values]}
    """

    def last(name: str) -> str:
        values = query.get(name) or [""]
        return values[-1]

    names = [name for value in query.get("columns", ()) for name in value[:8000].split(",") if is_api_name(name)]
    sort = last("sort")
    fields, operators, values = (query.get(name, ()) for name in ("f", "o", "v"))
    rows = [
        Condition(field[:LONGEST_VALUE], operator[:40], value[: LONGEST_VALUE * 20].strip())
        for field, operator, value in zip(fields, operators, values, strict=False)
        if field
    ]
    size = last("per")
    return ListChoice(
        view=last("view") if is_id(last("view")) else "",
        columns=tuple(dict.fromkeys(names))[:MOST_COLUMNS],
        sort=sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "",
        descending=sort.startswith("-") or not sort,
        size=int(size) if size in map(str, SIZES) else USUAL_SIZE,
        page=page_number(last("page")),
        token=last("token") if len(last("token")) <= LONGEST_TOKEN else "",
        converted=last("converted") if last("converted") in CONVERTED else "false",
        words=" ".join(last("q").split())[:LONGEST_WORDS],
        look_in=last("in") if last("in") in LOOK_IN else "word",
        conditions=tuple(rows[: MOST_CONDITIONS + 1]),
        any_of=last("match") == "any",
    )
