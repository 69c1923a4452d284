"""The lines of the catalogue, prepared once per list so that a keystroke only compares texts. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from crm_client.apis import METHODS, Api, Operation

GENERIC = "{{module}}"
_ORDER = {method: place for place, method in enumerate(METHODS)}
_ALONE = {
    "org": "Organisation", "users": "Users", "__apis": "The API itself", "coql": "Queries (COQL)", "files": "Files",
    "bulk": "Bulk jobs", "__features": "Features", "__composite_requests": "Composite requests",
    "actions": "Notifications", "Notes": "Notes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One operation as a line.

    path      without /crm and version: "/Leads/{{id}}/photo"
    area      its scope without service and operation: "settings.fields"; what the CRM's scope filter compares
    module    api_name of the system module, "custom" for paths of any custom module, "" for the rest
    group     the resource it belongs to, in words
    versions  the versions that have it, such as (7, 8); only those that were compared
    differs   what one version says that the other does not, in words; "" when alike
    """

    method: str
    path: str
    scope: str
    area: str
    module: str
    group: str
    lowest: int | None
    highest: int | None
    versions: tuple[int, ...]
    differs: str
    text: str

    @property
    def key(self) -> str:
        """Names the operation in an address: "GET /Leads"."""
        return f"{self.method} {self.path}"

    @property
    def credits(self) -> str:
        """ "1", "1 to 10", "not said"."""
        if self.lowest is None or self.highest is None:
            return "not said"
        return str(self.lowest) if self.lowest == self.highest else f"{self.lowest} to {self.highest}"


@dataclass(frozen=True, slots=True)
class Count:
    """A value that one may filter by and how many operations have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Lines:
    """All lines of a list, in order, with what they can be filtered by."""

    all: Sequence[Line]
    by_key: Mapping[str, Line]
    methods: Sequence[Count]
    areas: frozenset[str]
    area_counts: Sequence[Count]
    modules: Sequence[Count]
    paths: int


def area_of(scope: str) -> str:
    """The scope without service and operation: "ZohoCRM.settings.fields.READ" -> "settings.fields"."""
    return scope.partition(".")[2].rpartition(".")[0]


def is_in_area(area: str, wanted: str) -> bool:
    """As the CRM's own filter: the area itself or below it, without regard to case."""
    area, wanted = area.lower(), wanted.lower()
    return area == wanted or area.startswith(wanted + ".")


def lines_of(apis: Iterable[Api], version: int) -> Lines:
    """The lines of one version."""
    found = {}
    for api in apis:
        path = api.short_path
        for operation in api.operation_types:
            line = _line(path, operation, (version,))
            found[line.key] = line
    return _ordered(found.values())


def compared(older: Lines, newer: Lines) -> Lines:
    """Both versions side by side; each line says which have it and what differs."""
    found = {}
    for key in dict.fromkeys([*newer.by_key, *older.by_key]):
        old, new = older.by_key.get(key), newer.by_key.get(key)
        if old is None or new is None:
            line = new or old
            if line is None:
                continue
            found[key] = replace(line, differs=f"only v{line.versions[0]}")
        else:
            found[key] = replace(new, versions=old.versions + new.versions, differs=_difference(old, new))
    return _ordered(found.values())


def _difference(old: Line, new: Line) -> str:
    parts = []
    if old.scope != new.scope:
        parts.append(f"v{old.versions[0]} needs {old.scope}")
    if (old.lowest, old.highest) != (new.lowest, new.highest):
        parts.append(f"v{old.versions[0]} costs {old.credits}")
    return "; ".join(parts)


def _line(path: str, operation: Operation, versions: tuple[int, ...]) -> Line:
    group, module = _place(path, operation.oauth_scope)
    area = area_of(operation.oauth_scope)
    text = "\n".join((operation.method, path, operation.oauth_scope, group)).casefold()
    return Line(
        operation.method, path, operation.oauth_scope, area, module, group, operation.min_credits,
        operation.max_credits, versions, "", text,
    )  # fmt: skip


def _place(path: str, scope: str) -> tuple[str, str]:
    """The resource's name and the module: ("Records: Leads", "Leads"), ("Settings: fields", "")."""
    first, _, rest = path.strip("/").partition("/")
    if first == GENERIC:
        return "Records: custom modules", "custom"
    if first == "settings":
        return f"Settings: {rest.partition('/')[0].replace('_', ' ')}", ""
    if first in _ALONE:
        return _ALONE[first], ""
    if scope.lower().startswith("zohocrm.") and first[:1].isupper():
        return f"Records: {first.removesuffix('__s').replace('_', ' ')}", first
    return first or "Other", ""


def _choosable(area: str) -> list[str]:
    """What one may choose to find an area: its group, and for settings the area as well. Modules have their own."""
    group = area.partition(".")[0]
    return [group, area] if group == "settings" and area != group else [group]


def _ordered(found: Iterable[Line]) -> Lines:
    rows = sorted(found, key=lambda line: (line.group, line.path, _ORDER.get(line.method, 9), line.method))
    return Lines(
        rows,
        {line.key: line for line in rows},
        _counts((line.method for line in rows), _ORDER),
        frozenset(line.area for line in rows),
        _counts((name for line in rows for name in _choosable(line.area)), {}),
        _counts((line.module for line in rows if line.module), {}),
        len({line.path for line in rows}),
    )


def _counts(values: Iterable[str], order: Mapping[str, int]) -> list[Count]:
    found = Counter(value for value in values if value)
    return [Count(value, found[value]) for value in sorted(found, key=lambda value: (order.get(value, 9), value))]
