"""The table of what the API can do. Each row: verb, path, scopes, price, who answers. A new call is a new row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_client.standin.errors import ApiError
from crm_client.standin.messages import Answer, Request

if TYPE_CHECKING:
    from crm_client.standin.calls import Call

Handler = Callable[["Call"], Answer]

# First path parts that are no modules.
RESERVED = frozenset(
    (
        "settings", "users", "org", "__apis", "coql", "files", "upload", "bulk", "actions", "__composite_requests",
        "__features",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the API."""

    method: str
    path: str  # after /crm/v8; "/settings/fields/{id}", or "/{module}/{id}" for records of any module
    scopes: tuple[str, ...]  # all are needed; "{item}" stands for the module's spelling in scopes
    handler: Handler
    min_credits: int = 1
    max_credits: int = 1
    versions: tuple[int, ...] = (7, 8)
    heavy_params: tuple[str, ...] = ()  # with one of these the call counts for the sub-concurrency
    is_heavy: bool = False  # counts for the sub-concurrency whatever its parameters
    heavy_rows: int | None = None  # with more records than this in the body, too
    or_scope: str = ""  # one that is enough instead of all those
    is_served: bool = True  # False: only listed in the catalogue
    is_listed: bool = True  # False: served at another host, and so not in the catalogue
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)
        object.__setattr__(self, "_pattern", re.compile(expression))

    def match(self, path: str) -> dict[str, str] | None:
        """What stands for the parts in braces; None when the path is another one."""
        found = self._pattern.fullmatch(path)
        if found is None or found.groupdict().get("module") in RESERVED:
            return None
        return found.groupdict()

    def heavy(self, request: Request) -> bool:
        """Whether this call is one of the heavy ones, of which only ten may be in flight."""
        if self.heavy_rows is not None and request.rows > self.heavy_rows:
            return True
        return self.is_heavy or any(name in request.query for name in self.heavy_params)


class Table:
    """All routes, found by verb and path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = list(routes)
        self._by_length: dict[int, list[Route]] = {}
        for route in self.routes:
            self._by_length.setdefault(route.path.count("/"), []).append(route)

    def with_rest(self, rest: Iterable[Route]) -> Table:
        """A table with these routes too, in their order; those that are here already take the place of theirs."""
        own = {(route.method, _shape(route.path)): route for route in self.routes}
        listed = [own.pop((route.method, _shape(route.path)), route) for route in rest]
        return Table([*own.values(), *listed])

    def find(self, method: str, path: str, version: int) -> tuple[Route, dict[str, str]]:
        """The route and its parts. Raises ApiError: unknown path, wrong verb, call of another version.

        A path without braces wins over one with them, so rows may stand in any order.
        """
        here: list[tuple[Route, dict[str, str]]] = []
        for route in self._by_length.get(path.count("/"), []):
            parts = route.match(path)
            if parts is not None:
                here.append((route, parts))
        if not here:
            raise ApiError("INVALID_URL_PATTERN")
        fewest = min(len(parts) for _, parts in here)
        here = [(route, parts) for route, parts in here if len(parts) == fewest]
        right_verb = [found for found in here if found[0].method == method]
        if not any(route.is_served for route, _ in right_verb or here):
            raise ApiError("INVALID_URL_PATTERN")
        if not right_verb:
            raise ApiError("INVALID_REQUEST_METHOD")
        for found in right_verb:
            if version in found[0].versions:
                return found
        raise ApiError("API_NOT_SUPPORTED", {"supported_version": min(right_verb[0][0].versions)})


def _shape(path: str) -> str:
    """The path with every name in braces alike."""
    return re.sub(r"\{(?!module\})\w+\}", "{}", path)
