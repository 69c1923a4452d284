"""One organisation of the stand-in CRM: everything that its API can answer, as the API's own objects.

Every value has the shape of the newest answer (v8, plus the few keys that only v7 knows, such as `track_current_data`);
the server takes away what the asked version does not have. Nothing here is validated: a hostile or damaged organisation
is served as it is, because that is what the console must withstand.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

JSON = dict[str, Any]

K = TypeVar("K")
V = TypeVar("V")


def fresh(value: V) -> V:
    """A deep copy of plain JSON data that shares nothing with the original.

    marshal is about ten times as fast as copy.deepcopy; format 2 writes shared objects out once per use, so two fields
    that were built around one list of profiles do not share it any more.
    """
    copied: V = _thawed(_frozen(value))
    return copied


def _frozen(value: object) -> bytes:
    return marshal.dumps(value, 2)  # type: ignore[arg-type]  # JSON data is always marshallable


def _thawed(frozen: bytes) -> Any:
    return marshal.loads(frozen)  # noqa: S302  what this process froze itself, never bytes from outside


class Source(Generic[V]):
    """A value that is made when it is first asked for and kept frozen; every reader gets a copy of its own."""

    __slots__ = ("_bytes", "_make")

    def __init__(self, make: Callable[[], V]) -> None:
        self._make: Callable[[], V] | None = make
        self._bytes = b""

    @classmethod
    def of(cls, value: V) -> Source[V]:
        """Freezes a value that exists already."""
        source = cls(lambda: value)
        source.read()
        return source

    def read(self) -> V:
        """A fresh copy of the value; makes it first where nobody asked before."""
        make = self._make
        if make is not None:
            self._bytes = _frozen(make())
            self._make = None  # last, so that another thread either makes it too or finds it made
        value: V = _thawed(self._bytes)
        return value


class Shelf(MutableMapping[K, V]):
    """A dictionary whose values are made late and copied late.

    Reading a key takes the value out of its source for good: from then on the shelf owns it, and changes to it stay.
    `copy()` shares the sources that nobody has read yet and freezes what this shelf owns, so it costs little.
    """

    __slots__ = ("_owned", "_sources")

    def __init__(self, sources: Mapping[K, Source[V]] | None = None) -> None:
        self._sources: dict[K, Source[V] | None] = dict(sources or {})  # None: owned from the start
        self._owned: dict[K, V] = {}

    @classmethod
    def of(cls, values: Mapping[K, V] | Iterable[tuple[K, V]]) -> Shelf[K, V]:
        """A shelf of values that exist already."""
        shelf: Shelf[K, V] = cls()
        shelf._owned.update(values)
        shelf._sources.update(dict.fromkeys(shelf._owned))
        return shelf

    def __getitem__(self, key: K) -> V:
        if key in self._owned:
            return self._owned[key]
        source = self._sources[key]
        if source is None:  # another thread took it out between the two lines above
            return self._owned[key]
        return self._owned.setdefault(key, source.read())

    def __setitem__(self, key: K, value: V) -> None:
        self._owned[key] = value
        self._sources.setdefault(key, None)

    def __delitem__(self, key: K) -> None:
        del self._sources[key]
        self._owned.pop(key, None)

    def __iter__(self) -> Iterator[K]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __contains__(self, key: object) -> bool:
        return key in self._sources

    def __repr__(self) -> str:
        return f"Shelf({list(self._sources)!r})"

    def copy(self) -> Shelf[K, V]:
        """A shelf with the same values that shares no changeable one with this."""
        twin: Shelf[K, V] = Shelf()
        for key, source in self._sources.items():
            owned = key in self._owned or source is None
            twin._sources[key] = Source.of(self._owned[key]) if owned else source
        return twin


@dataclass(slots=True)
class Organisation:
    """An organisation as its own API shows it to an administrator.

    Where an answer depends on who asks (a field's `visible` and `read_only`, a module's `viewable` …), the value here
    is the Administrator's; the server derives the others from `profiles` of the module or field and from the profile's
    `permissions_details`.
    """

    key: str  # how tests, tokens and the consent page name it: "demo", "demo-sandbox" …
    name: str  # company_name
    dc: str  # "standin-us" or "standin-eu"
    environment: str  # "production" or "sandbox"
    org: JSON
    users: list[JSON] = field(default_factory=list)
    profiles: list[JSON] = field(default_factory=list)  # each with permissions_details and sections
    roles: list[JSON] = field(default_factory=list)
    modules: list[JSON] = field(default_factory=list)
    module_details: MutableMapping[str, JSON] = field(default_factory=Shelf)  # keys that only GET …/modules/{name} has
    fields: MutableMapping[str, list[JSON]] = field(default_factory=Shelf)  # by the module's api_name
    layouts: MutableMapping[str, list[JSON]] = field(default_factory=Shelf)
    related_lists: MutableMapping[str, list[JSON]] = field(default_factory=Shelf)
    custom_views: MutableMapping[str, list[JSON]] = field(default_factory=Shelf)
    pipelines: MutableMapping[str, list[JSON]] = field(default_factory=Shelf)  # by the layout's id
    wizards: list[JSON] = field(default_factory=list)
    # the one wizard of an answer, by (wizard id, layout id)
    wizard_details: MutableMapping[tuple[str, str], JSON] = field(default_factory=Shelf)
    # the one blueprint of an answer, by its id
    blueprint_settings: MutableMapping[str, JSON] = field(default_factory=Shelf)
    # what stands under "blueprint" (process_info, transitions), by (module, record id)
    record_blueprints: MutableMapping[tuple[str, str], JSON] = field(default_factory=Shelf)
    # where records stand in the processes of blueprint_settings, by module, then by record id (see blueprint_engine.py)
    process_places: MutableMapping[str, dict[str, JSON]] = field(default_factory=Shelf)
    # what happened to records, newest first, as …/__timeline gives it, by module, then by record id
    timelines: MutableMapping[str, dict[str, list[JSON]]] = field(default_factory=Shelf)
    records: MutableMapping[str, list[JSON]] = field(default_factory=Shelf)  # whole records, subform rows included
    assignment_rules: list[JSON] = field(default_factory=list)
    # by module: {id, name, layout (id or None), criteria as of a view, mandatory [api names]}; no call reads them
    layout_rules: MutableMapping[str, list[JSON]] = field(default_factory=Shelf)
    apis: list[JSON] | None = None  # what GET /__apis lists; None: the server's own catalogue

    def user(self, who: str) -> JSON:
        """The user with this id, email address, full or first name (names without regard to case).

        Raises LookupError, which names whom there is to choose from.
        """
        wanted = who.casefold()
        for keys in (("id", "zuid"), ("email",), ("full_name", "name"), ("first_name",)):
            for user in self.users:
                if any(str(user.get(key) or "").casefold() == wanted for key in keys):
                    return user
        known = ", ".join(str(user.get("first_name") or user.get("full_name") or user.get("id")) for user in self.users)
        raise LookupError(f"organisation {self.key} has no user {who!r}; it has {known or 'nobody'}")

    def profile_of(self, user: JSON) -> JSON | None:
        """The profile that a user's `profile` names, with its permissions; None when the organisation lacks it."""
        named = user.get("profile")
        profile_id = str(named.get("id")) if isinstance(named, dict) else ""
        return next((profile for profile in self.profiles if str(profile.get("id")) == profile_id), None)

    def module(self, name: str) -> JSON | None:
        """The module with this api_name (exact case) or id."""
        return next((m for m in self.modules if m.get("api_name") == name or str(m.get("id")) == name), None)

    def copy(self) -> Organisation:
        """The same organisation to change freely: nothing done to the copy is seen in this one, nor the other way."""
        return Organisation(
            key=self.key,
            name=self.name,
            dc=self.dc,
            environment=self.environment,
            org=fresh(self.org),
            users=fresh(self.users),
            profiles=fresh(self.profiles),
            roles=fresh(self.roles),
            modules=fresh(self.modules),
            module_details=_copied(self.module_details),
            fields=_copied(self.fields),
            layouts=_copied(self.layouts),
            related_lists=_copied(self.related_lists),
            custom_views=_copied(self.custom_views),
            pipelines=_copied(self.pipelines),
            wizards=fresh(self.wizards),
            wizard_details=_copied(self.wizard_details),
            blueprint_settings=_copied(self.blueprint_settings),
            record_blueprints=_copied(self.record_blueprints),
            process_places=_copied(self.process_places),
            timelines=_copied(self.timelines),
            records=_copied(self.records),
            assignment_rules=fresh(self.assignment_rules),
            layout_rules=_copied(self.layout_rules),
            apis=fresh(self.apis),
        )


def _copied(values: MutableMapping[K, V]) -> MutableMapping[K, V]:
    return values.copy() if isinstance(values, Shelf) else Shelf.of(values).copy()
