"""One call of the API on its way through: who asks for what, in which version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from crm_client.standin.clock import iso, zone_of
from crm_client.standin.errors import ApiError, bad_param, missing_param
from crm_client.standin.messages import Answer, Request, dumps
from crm_client.standin.organisation import JSON, Organisation
from crm_client.standin.scopes import covers
from crm_client.standin.viewer import Viewer

if TYPE_CHECKING:
    from crm_client.standin.ledger import Entry
    from crm_client.standin.store import RecordStore
    from crm_client.standin.world import World

MAX_PER_PAGE = 200
TRIGGERS = frozenset(("workflow", "approval", "blueprint", "pathfinder", "orchestration"))


@dataclass(slots=True)
class Call:
    """What a handler needs to answer."""

    world: World
    request: Request
    viewer: Viewer
    version: int  # 7 or 8
    parts: dict[str, str]  # what stands for the braces of the route's path
    entry: Entry  # the call's row in the ledger
    scopes: tuple[str, ...]  # what the token was granted
    credits_left: int | None = None  # told in a header once half of the budget is used
    triggers: frozenset[str] = TRIGGERS  # the automations that a writing call runs

    @property
    def organisation(self) -> Organisation:
        """The organisation that the token is bound to."""
        return self.viewer.organisation

    @property
    def store(self) -> RecordStore:
        """The organisation's records, to find and to change them."""
        return self.world.store(self.organisation.key)

    def now(self) -> str:
        """This moment as the organisation writes it."""
        return iso(self.world.clock.now(), zone_of(self.organisation.org))

    def is_locked(self, module: str, id_: str) -> bool:
        """Whether a record is locked: by a fault, or because it says so itself."""
        record = self.store.record(module, id_) or {}
        locked = record.get("Locked__s") is True or record.get("$locked_for_me") is True
        return locked or id_ in self.world.faults.locked()

    def commit(self, module: str, id_: str, op: str, data: JSON) -> None:
        """Tells the ledger what was done to a record; search finds it a moment later."""
        self.world.ledger.committed(self.entry.n, module, id_, op, data)
        if op != "delete":
            self.world.indexing.wrote(self.organisation.key, id_)

    def json_object(self, said: str = "") -> JSON:
        """unverified: the code for a body that is no JSON object.

        said  the message of the ApiError that is raised then
        """
        try:
            body = orjson.loads(self.request.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise ApiError("INVALID_DATA", {"expected_data_type": "jsonobject"}, said)
        return body

    def param(self, name: str) -> str:
        """A query parameter; "" when it is not there."""
        return self.request.query.get(name, "")

    def needed(self, name: str) -> str:
        """A mandatory query parameter. Raises ApiError when it is missing or empty."""
        value = self.param(name)
        if not value:
            raise missing_param(name)
        return value

    def number(self, name: str, default: int, highest: int | None = None) -> int:
        """A whole number from 1 up. Raises ApiError for anything else.

        unverified: a per_page above 200 is refused, not cut.
        """
        text = self.param(name)
        if not text:
            return default
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        if number < 1:
            raise bad_param(name, expected_data_type="integer")
        if highest is not None and number > highest:
            raise bad_param(name, limit=highest)
        return number

    def module_param(self) -> JSON:
        """The module that the parameter `module` names, where this profile may look at its settings.

        Raises ApiError. unverified: the name is case-sensitive; a module whose tab the profile does not see gives
        NO_PERMISSION here, and INVALID_MODULE for its records.
        """
        name = self.needed("module")
        module = self.organisation.module(name)
        if module is None or module.get("api_name") != name or module.get("api_supported") is False:
            raise ApiError("INVALID_MODULE", {"param_name": "module"})
        self.check_view(module)
        return module

    def check_scope(self, needed: str) -> None:
        """Raises ApiError (401) when the token lacks a scope that only the body of the call tells."""
        if not covers(self.scopes, needed):
            raise ApiError("OAUTH_SCOPE_MISMATCH")

    def check_view(self, module: JSON) -> None:
        """Raises ApiError (403) when the profile may not look into the module."""
        name = str(module.get("api_name"))
        if not self.viewer.sees_tab(module) or not self.viewer.may_do("View", name):
            raise ApiError("NO_PERMISSION", {"permissions": [f"Crm_Implied_View_{name}"]}, "Permission denied to read")

    def charge(self, credits_: int) -> None:
        """Books credits: the route's lowest price, and what a handler adds to it. Raises ApiError (429)."""
        self.world.spend(self, credits_)

    def cached(self, key: tuple[Any, ...], make: Callable[[], JSON | None]) -> Answer:
        """An answer that depends on organisation, profile, version and key only; its bytes are kept.

        `make` gives the body, or None for 204.
        """
        full = (self.organisation.key, self.viewer.profile_id, self.version, *key)
        body = self.world.kept_bytes(full)
        if body is None:
            made = make()
            body = b"" if made is None else dumps(made)
            self.world.keep_bytes(full, body)
        return Answer(200, body) if body else Answer(204)


def some(root: str, items: list[JSON], info: JSON | None = None) -> JSON | None:
    """The body of a list answer; None, which becomes 204, when there is nothing in it."""
    if not items:
        return None
    return {root: items} if info is None else {root: items, "info": info}


def paged(items: list[JSON], page: int, per_page: int) -> tuple[list[JSON], JSON]:
    """One page of a list and its `info`."""
    start = (page - 1) * per_page
    shown = items[start : start + per_page]
    more = start + per_page < len(items)
    return shown, {"per_page": per_page, "count": len(shown), "page": page, "more_records": more}
