"""What the CRM told about itself, as pages ask for it: from the kept copy, or from the CRM when there is none.

Keyed by connection (design D16). A page opened twice costs no second call; a copy is refreshed on request only.
"""

import json
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Generic, TypeVar

import orjson
from django.db import transaction
from django.utils import timezone

from console.connections.models import Connection
from console.metadata.models import Answer
from crm_client import CrmClient
from crm_client.apis import Api
from crm_client.assignment_rules import AssignmentRule
from crm_client.blueprints import Blueprint
from crm_client.custom_views import CustomView
from crm_client.errors import CrmError
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.map_dependencies import MapDependency
from crm_client.modules import Module
from crm_client.org import Organisation
from crm_client.pipelines import Pipeline
from crm_client.profiles import Profile
from crm_client.related_lists import RelatedList
from crm_client.roles import Role
from crm_client.typed import Listed
from crm_client.users import User
from crm_client.wizards import Wizard

T = TypeVar("T")
LONGEST_KEY = 120  # characters; what a module with a longer name told is not kept, only shown


@dataclass(slots=True)
class Kept(Generic[T]):
    """A value and its age. `problem`: why it could not be refreshed just now; `value` is then the older copy."""

    value: T
    fetched_at: datetime
    problem: CrmError | None = None


@dataclass(frozen=True, slots=True)
class _Kind(Generic[T]):
    """How one kind of answer is fetched and built again from what was kept."""

    name: str
    fetch: Callable[[CrmClient, str], list[T]]
    build: Callable[[dict[str, Any]], T]
    listed: Listed[Any] | None = None  # how to read many at once

    def built(self, body: bytes) -> list[T]:
        """The values of what was kept, a JSON list."""
        found = self.listed.read(b'{"kept": %b}' % body) if self.listed else None
        return found if found is not None else [self.build(raw) for raw in orjson.loads(body)]


ORG = _Kind("org", lambda crm, key: [crm.org.get()], Organisation.from_api)
CURRENT_USER = _Kind("current_user", lambda crm, key: [crm.users.current()], User.from_api)
MODULES = _Kind("modules", lambda crm, key: crm.modules.all(), Module.from_api, Listed("kept", Module))
MODULE = _Kind("module", lambda crm, key: _one(crm.modules.get(key)), Module.from_api)
FIELDS = _Kind("fields", lambda crm, key: crm.fields.all(key), Field.from_api, Listed("kept", Field))
LAYOUTS = _Kind("layouts", lambda crm, key: crm.layouts.all(key), Layout.from_api)
RELATED_LISTS = _Kind("related_lists", lambda crm, key: crm.related_lists.all(key), RelatedList.from_api)
CUSTOM_VIEWS = _Kind("custom_views", lambda crm, key: crm.custom_views.all(key), CustomView.from_api)
PIPELINES = _Kind("pipelines", lambda crm, key: crm.pipelines.all(key), Pipeline.from_api)
DEPENDENCIES = _Kind(
    "dependencies", lambda crm, key: crm.map_dependencies.whole(*key.split("/", 1)), MapDependency.from_api
)
ASSIGNMENT_RULES = _Kind("assignment_rules", lambda crm, key: crm.assignment_rules.all(key), AssignmentRule.from_api)
PROFILES = _Kind("profiles", lambda crm, key: crm.profiles.all(), Profile.from_api)
ROLES = _Kind("roles", lambda crm, key: crm.roles.all(), Role.from_api)
APIS = _Kind("apis", lambda crm, key: crm.at_version(int(key)).apis.all(), Api.from_api)
USERS = _Kind("users", lambda crm, key: list(crm.users.all()), User.from_api)
WIZARDS = _Kind("wizards", lambda crm, key: crm.wizards.all(), Wizard.from_api)
WIZARD = _Kind("wizard", lambda crm, key: _one(crm.wizards.get(*key.split("/", 1))), Wizard.from_api)
BLUEPRINTS = _Kind("blueprints", lambda crm, key: crm.blueprints.all(), Blueprint.from_api)
BLUEPRINT = _Kind("blueprint", lambda crm, key: _one(crm.blueprints.get(key)), Blueprint.from_api)

KINDS: dict[str, _Kind[Any]] = {
    kind.name: kind
    for kind in (
        *(ORG, CURRENT_USER, PROFILES, ROLES, USERS, APIS),
        *(MODULES, MODULE, FIELDS, LAYOUTS, RELATED_LISTS, CUSTOM_VIEWS),
        *(PIPELINES, DEPENDENCIES, ASSIGNMENT_RULES),
        *(WIZARDS, WIZARD, BLUEPRINTS, BLUEPRINT),
    )
}


def _one(found: T | None) -> list[T]:
    return [found] if found is not None else []


class _Built:
    """Answers that this process has built already: by row and time of fetching, bounded by their size in bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._lock = Lock()
        self._values: OrderedDict[tuple[int, datetime], tuple[int, list[Any]]] = OrderedDict()

    def get(self, row: int, fetched_at: datetime) -> list[Any] | None:
        with self._lock:
            found = self._values.get((row, fetched_at))
            if found is None:
                return None
            self._values.move_to_end((row, fetched_at))
            return found[1]

    def put(self, row: int, fetched_at: datetime, size: int, value: list[Any]) -> None:
        if size > self._most // 4:
            return
        with self._lock:
            if (row, fetched_at) in self._values:
                return
            self._values[(row, fetched_at)] = (size, value)
            self._held += size
            while self._held > self._most:
                self._held -= self._values.popitem(last=False)[1][0]


_built = _Built(most_bytes=12 * 1024 * 1024)  # of JSON; the objects built from it take four times as much


class KeptMetadata:
    """The kept answers of one connection. Each method: `Kept`, or a CrmError when nothing is kept and the CRM fails.

    refresh=True asks the CRM again; when that fails and an older copy exists, the copy comes with `problem` set.
    The lists are shared within the process: read them, never change them.
    """

    def __init__(self, connection: Connection, crm: CrmClient) -> None:
        self._connection = connection
        self._crm = crm
        self._seen: dict[tuple[str, str], Kept[list[Any]]] = {}

    def org(self, *, refresh: bool = False) -> Kept[Organisation]:
        return _first(self._get(ORG, "", refresh))

    def current_user(self, *, refresh: bool = False) -> Kept[User]:
        return _first(self._get(CURRENT_USER, "", refresh))

    def modules(self, *, refresh: bool = False) -> Kept[list[Module]]:
        return self._get(MODULES, "", refresh)

    def module(self, api_name: str, *, refresh: bool = False) -> Kept[Module | None]:
        """One module with the keys that only its own call has; None where the CRM shows no detail (204)."""
        found = self._get(MODULE, api_name, refresh)
        return Kept(found.value[0] if found.value else None, found.fetched_at, found.problem)

    def fields(self, module: str, *, refresh: bool = False) -> Kept[list[Field]]:
        return self._get(FIELDS, module, refresh)

    def layouts(self, module: str, *, refresh: bool = False) -> Kept[list[Layout]]:
        return self._get(LAYOUTS, module, refresh)

    def related_lists(self, module: str, *, refresh: bool = False) -> Kept[list[RelatedList]]:
        return self._get(RELATED_LISTS, module, refresh)

    def custom_views(self, module: str, *, refresh: bool = False) -> Kept[list[CustomView]]:
        return self._get(CUSTOM_VIEWS, module, refresh)

    def pipelines(self, layout_id: str, *, refresh: bool = False) -> Kept[list[Pipeline]]:
        """Of a layout of Deals."""
        return self._get(PIPELINES, layout_id, refresh)

    def dependencies(self, module: str, layout_id: str, *, refresh: bool = False) -> Kept[list[MapDependency]]:
        """The dependent picklists of a layout with their values; one call, and one more for each."""
        return self._get(DEPENDENCIES, f"{module}/{layout_id}", refresh)

    def assignment_rules(self, module: str, *, refresh: bool = False) -> Kept[list[AssignmentRule]]:
        return self._get(ASSIGNMENT_RULES, module, refresh)

    def profiles(self, *, refresh: bool = False) -> Kept[list[Profile]]:
        return self._get(PROFILES, "", refresh)

    def roles(self, *, refresh: bool = False) -> Kept[list[Role]]:
        return self._get(ROLES, "", refresh)

    def users(self, *, refresh: bool = False) -> Kept[list[User]]:
        return self._get(USERS, "", refresh)

    def apis(self, version: int, *, refresh: bool = False) -> Kept[list[Api]]:
        """The CRM's list of its own APIs, of one version of it."""
        return self._get(APIS, str(version), refresh)

    def wizards(self, *, refresh: bool = False) -> Kept[list[Wizard]]:
        """Every wizard in short form."""
        return self._get(WIZARDS, "", refresh)

    def wizard(self, id: str, layout_id: str, *, refresh: bool = False) -> Kept[Wizard | None]:
        """One wizard in full for one layout; None where the CRM shows none (204)."""
        found = self._get(WIZARD, f"{id}/{layout_id}", refresh)
        return Kept(found.value[0] if found.value else None, found.fetched_at, found.problem)

    def blueprints(self, *, refresh: bool = False) -> Kept[list[Blueprint]]:
        """The head of every process, without states."""
        return self._get(BLUEPRINTS, "", refresh)

    def blueprint(self, id: str, *, refresh: bool = False) -> Kept[Blueprint | None]:
        """One process in full; None where the CRM shows none (204)."""
        found = self._get(BLUEPRINT, id, refresh)
        return Kept(found.value[0] if found.value else None, found.fetched_at, found.problem)

    def known(self, kind: str, key: str = "") -> Kept[list[Any]] | None:
        """The kept copy, or None; never asks the CRM."""
        return self._load(KINDS[kind], key)

    def fetch(self, kind: str, key: str = "") -> Kept[list[Any]]:
        """Asks the CRM and keeps the answer; raises CrmError when it fails (the older copy stays)."""
        return self._fetch(KINDS[kind], key)

    def ages(self, kind: str) -> dict[str, datetime]:
        """When each key of a kind was fetched: {module api_name: moment}. One query, no bodies."""
        rows = Answer.objects.filter(connection=self._connection, kind=kind)
        return dict(rows.values_list("key", "fetched_at"))

    def _get(self, kind: _Kind[T], key: str, refresh: bool) -> Kept[list[T]]:
        if not refresh:
            found = self._load(kind, key)
            return found if found is not None else self._fetch(kind, key)
        try:
            return self._fetch(kind, key)
        except CrmError as exc:
            found = self._load(kind, key)
            if found is None:
                raise
            return Kept(found.value, found.fetched_at, exc)

    def _load(self, kind: _Kind[T], key: str) -> Kept[list[T]] | None:
        seen = self._seen.get((kind.name, key))
        if seen is not None:
            return seen
        kept = _load(self._connection, kind, key)
        if kept is not None:
            self._seen[(kind.name, key)] = kept
        return kept

    def _fetch(self, kind: _Kind[T], key: str) -> Kept[list[T]]:
        value = kind.fetch(self._crm, key)
        now = timezone.now()
        body = _packed([item.raw for item in value])  # type: ignore[attr-defined]
        with transaction.atomic():
            # Locked, so that an answer under way is not kept after the organisation was disconnected and forgotten.
            in_use = Connection.objects.select_for_update().exclude(state=Connection.State.DISCONNECTED)
            if len(key) <= LONGEST_KEY and in_use.filter(pk=self._connection.pk).exists():
                Answer.objects.update_or_create(
                    connection=self._connection, kind=kind.name, key=key, defaults={"body": body, "fetched_at": now}
                )
        kept = self._seen[(kind.name, key)] = Kept(value, now)
        return kept


def kept_apis(connection: Connection, version: int) -> Kept[list[Api]] | None:
    """The kept list of APIs for who has a connection but no client; None when there is none."""
    return _load(connection, APIS, str(version))


def kept_org(connection: Connection) -> Organisation | None:
    """The kept facts of the organisation, for who has no client; None when they were never asked for."""
    kept = _load(connection, ORG, "")
    return kept.value[0] if kept and kept.value else None


def kept_fields(connection: Connection, module: str) -> list[Field]:
    """The kept fields of a module, for who has no client; [] when they were never asked for."""
    kept = _load(connection, FIELDS, module)
    return kept.value if kept else []


def _load(connection: Connection, kind: _Kind[T], key: str) -> Kept[list[T]] | None:
    rows = Answer.objects.filter(connection=connection, kind=kind.name, key=key)
    row = rows.values_list("pk", "fetched_at").first()
    if row is None:
        return None
    value = _built.get(*row)
    if value is None:
        stored = rows.values_list("pk", "fetched_at", "body").first()
        if stored is None:
            return None
        row, body = stored[:2], zlib.decompress(stored[2])
        value = kind.built(body)
        _built.put(*row, len(body), value)
    return Kept(value, row[1])


def _packed(raw: list[Any]) -> bytes:
    try:
        text = orjson.dumps(raw)
    except TypeError:  # an integer beyond 64 bits, which the standard library writes
        text = json.dumps(raw).encode()
    return zlib.compress(text, 1)


def _first(kept: Kept[list[T]]) -> Kept[T]:
    return Kept(kept.value[0], kept.fetched_at, kept.problem)
