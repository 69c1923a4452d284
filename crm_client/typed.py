"""Objects of the CRM read straight from the bytes of an answer, with every attribute checked and set.

msgspec reads JSON into typed objects in less time than it takes to build dictionaries, but takes only what has exactly
the declared types. An item that has not (another type, an id that is none, a version that says it differently) is read
again key by key with the functions of crm_client.values, so that the same comes out either way, and nothing is lost.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

import msgspec
import orjson

from crm_client.answers import storable
from crm_client.errors import BadAnswer
from crm_client.values import (
    JSON,
    LONGEST_ID,
    JsonObject,
    Ref,
    as_api_name,
    as_flag,
    as_id,
    as_list,
    as_object,
    as_object_or_none,
    as_objects,
    as_ref,
    as_refs,
    as_text,
    as_text_or_none,
    as_texts,
    as_whole,
    is_api_name,
)

_P = TypeVar("_P", bound="Part")
_T = TypeVar("_T", bound="Thing")

_READERS: dict[Any, Callable[[JSON], Any]] = {
    Any: lambda value: value,
    str: as_text,
    str | None: as_text_or_none,
    bool | None: as_flag,
    int | None: as_whole,
    Ref | None: as_ref,
    list[Ref]: as_refs,
    list[str]: as_texts,
    dict[str, Any] | None: as_object_or_none,
    list[dict[str, Any]]: as_objects,
}


class Part(msgspec.Struct, gc=False):
    """An object of the CRM. `__post_init__` makes what came into what is declared, where that takes more than types."""

    @classmethod
    def from_api(cls, raw: JSON) -> Self:
        """Read key by key; a value of the wrong type becomes the empty one of its kind. Never raises."""
        raw = as_object(raw)
        return cls(**{name: read(raw[key]) for name, key, read in _plan(cls) if key in raw})


class Thing(Part, kw_only=True, eq=False):
    """An object of the CRM with an id and an API name; `raw` is what the CRM sent."""

    id: str = ""
    api_name: str = ""  # "" when it is no API name
    source: Any = None  # what this was read from: an object, or its place in an answer; set last of all

    @classmethod
    def from_api(cls, raw: JSON) -> Self:
        raw = raw if type(raw) is dict else {}
        made = super().from_api(raw)
        made.source = raw
        return made

    @classmethod
    def ids_in(cls, things: list[Self]) -> list[str]:
        """Every id in attributes that msgspec has read as text without a look at what it says."""
        raise NotImplementedError

    @property
    def raw(self) -> JsonObject:
        """What the CRM sent, as it sent it.

        raises   BadAnswer where a part that no attribute shows is no JSON after all, such as a number of 400 digits
        """
        if type(self.source) is tuple:
            answer, place = self.source
            try:
                self.source = orjson.loads(answer.items()[place])
            except ValueError:
                raise BadAnswer("it is no valid JSON", what=f"a {type(self).__name__.lower()}") from None
        found: JsonObject = self.source
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and type(other) is type(self) and other.raw == self.raw

    __hash__ = None  # type: ignore[assignment]  # it can change

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_api, (self.raw,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(id={self.id!r}, api_name={self.api_name!r})"


class Listed(Generic[_T]):
    """How one kind of thing is read from the answer that lists it under `key`."""

    def __init__(self, key: str, kind: type[_T]) -> None:
        self.key = key
        self.kind = kind
        self._things = _decoder(key, kind)
        self._items = _decoder(key, msgspec.Raw)

    def read(self, body: bytes) -> list[_T] | None:
        """The things of an answer; None when it is not one that lists them, or has something odd about it."""
        if not _is_plain(body):
            return None
        try:
            answer = self._things.decode(body)
        except msgspec.ValidationError:
            return self._one_by_one(body)
        except (ValueError, RecursionError):
            return None
        if answer.code is not None or answer.status is not None:
            return None
        found: list[_T] = getattr(answer, self.key)
        if found and not _are_ids(self.kind.ids_in(found)):
            return self._one_by_one(body)
        text = _Text(self, body)
        for place, thing in enumerate(found):
            thing.source = (text, place)
            if thing.api_name and not is_api_name(thing.api_name):
                thing.api_name = ""
        return found

    def _one_by_one(self, body: bytes) -> list[_T] | None:
        """Where one item is not of the declared types throughout."""
        try:
            answer = self._items.decode(body)
            raws = [orjson.loads(bytes(item)) for item in getattr(answer, self.key)]
        except (ValueError, RecursionError):
            return None
        if answer.code is not None or answer.status is not None:
            return None
        return as_list(raws, self.kind.from_api)

    def items(self, body: bytes) -> list[bytes]:
        """The JSON text of each item of an answer that was read."""
        return [bytes(item) for item in getattr(self._items.decode(body), self.key)]


class _Text:
    """The text of an answer, taken apart when somebody asks for what the CRM sent word by word."""

    __slots__ = ("_body", "_items", "_listed")

    def __init__(self, listed: Listed[Any], body: bytes) -> None:
        self._listed = listed
        self._body = body
        self._items: list[bytes] | None = None

    def items(self) -> list[bytes]:
        if self._items is None:
            self._items = self._listed.items(self._body)
        return self._items


def _decoder(key: str, kind: type) -> msgspec.json.Decoder[Any]:
    parts: list[Any] = [(key, list[kind]), ("code", Any, None), ("status", Any, None)]  # type: ignore[valid-type]
    return msgspec.json.Decoder(msgspec.defstruct("Answer", parts))


def renamed(key: str) -> Any:
    """An attribute that is None by default and whose key in the CRM's JSON is another name."""
    return msgspec.field(default=None, name=key)


def renamed_list(key: str) -> Any:
    """As `renamed`, but [] by default."""
    return msgspec.field(default_factory=list, name=key)


def _is_plain(text: bytes) -> bool:
    """Whether every text in it can be stored."""
    if storable(text) is not text:
        return False
    if not text.isascii():
        try:
            text.decode()
        except UnicodeDecodeError:
            return False
    return True


def _are_ids(ids: list[str]) -> bool:
    """Whether each is one: a few checks of all together, since there are thousands."""
    together = "".join(ids)
    return together.isascii() and together.isdigit() and "" not in ids and max(map(len, ids)) <= LONGEST_ID


@functools.cache
def _plan(kind: type[Part]) -> list[tuple[str, str, Callable[[JSON], Any]]]:
    """Attribute, key and reader of all that a kind holds."""
    return [
        (part.name, part.encode_name, _reader(kind, part.name, part.type))
        for part in msgspec.structs.fields(kind)
        if part.name != "source"
    ]


def _reader(kind: type[Part], name: str, hint: Any) -> Callable[[JSON], Any]:
    if name == "id":
        return as_id
    if name == "api_name" and issubclass(kind, Thing):
        return as_api_name
    known = _READERS.get(hint)
    if known is not None:
        return known
    choices = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    (inner,) = (choice for choice in choices if choice is not types.NoneType)
    if typing.get_origin(inner) is list:
        (item,) = typing.get_args(inner)
        make = _READERS.get(inner) or functools.partial(as_list, make=item.from_api)
        return make if len(choices) == 1 else _or_none(make, list)
    return inner.from_api if len(choices) == 1 else _or_none(inner.from_api, dict)


def _or_none(make: Callable[[JSON], Any], wanted: type) -> Callable[[JSON], Any]:
    return lambda value: make(value) if type(value) is wanted else None
