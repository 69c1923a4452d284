"""Values at the boundary: what the CRM sent, made safe to hold, compare and show.

Everything the CRM says is hostile input: any key may be missing, null or of another type, any text may hold markup or
control characters. The functions below never raise; a value of the wrong kind becomes the empty one of its kind
("" for ids and labels, None for optional things, [] for lists), and the object's `.raw` still holds what came.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

import msgspec

JSON: TypeAlias = Any  # any JSON value, checked before it is used
JsonObject: TypeAlias = dict[str, Any]

_T = TypeVar("_T")

# NUL cannot be stored by PostgreSQL, half a surrogate pair cannot be encoded as UTF-8
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE | re.ASCII)
_NOT_IN_A_LINK = re.compile(r"[\x00-\x20\x7f-\xa0\"'<>\\^`{|}]")
_LONGEST_NAME = 120  # letters of an API name; addresses and columns hold no longer one
LONGEST_ID = 30  # digits; the CRM says 19, a few more do no harm


def as_id(value: JSON) -> str:
    """An id as text of digits, "" when it is none.

    Whole numbers are taken too, because some answers carry them; a float is not, because it has already lost digits.
    """
    if type(value) is str:
        return value if value.isdigit() and value.isascii() and len(value) <= LONGEST_ID else ""
    if type(value) is int and 0 <= value < 10**LONGEST_ID:
        return str(value)
    return ""


def as_text(value: JSON) -> str:
    """A text, "" when it is none; what cannot be stored (NUL, half a surrogate pair) becomes U+FFFD."""
    if type(value) is not str:
        return ""
    if value.isascii() and "\0" not in value:
        return value
    return _UNSTORABLE.sub("\ufffd", value)


def as_text_or_none(value: JSON) -> str | None:
    """As `as_text`, but None when the CRM sent no text."""
    return as_text(value) if type(value) is str else None


def as_flag(value: JSON) -> bool | None:
    """True, False, or None: the CRM did not say."""
    return value if value is True or value is False else None


def as_whole(value: JSON) -> int | None:
    """A whole number, also when it comes as text ("3" in `quick_sequence_number`); None when it is none."""
    if type(value) is int:
        return value
    if type(value) is str and len(value) <= 19 and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    return None


def as_object(value: JSON) -> JsonObject:
    """A JSON object; {} when it is none."""
    return value if type(value) is dict else {}


def as_object_or_none(value: JSON) -> JsonObject | None:
    """A JSON object; None for null, for another type and for the CRM's empty {}."""
    return value if type(value) is dict and value else None


def as_objects(value: JSON) -> list[JsonObject]:
    """The objects of a JSON list; [] when it is none."""
    return [item for item in value if type(item) is dict] if type(value) is list else []


def as_texts(value: JSON) -> list[str]:
    """The texts of a JSON list; [] when it is none."""
    return [as_text(item) for item in value if type(item) is str] if type(value) is list else []


def as_list(value: JSON, make: Callable[[JsonObject], _T]) -> list[_T]:
    """Each object of a JSON list made into a thing of ours; [] when it is no list."""
    return [make(item) for item in value if type(item) is dict] if type(value) is list else []


def as_api_name(value: JSON) -> str:
    """An API name (letters, digits, underscore, a letter first); "" when it is none, so it can never bend a URL."""
    return value if type(value) is str and is_api_name(value) else ""


def is_api_name(value: str) -> bool:
    # the ASCII identifiers of Python are exactly these, but for a leading underscore; three times as quick as a pattern
    return len(value) <= _LONGEST_NAME and value.isascii() and value.isidentifier() and value[0] != "_"


def is_id(value: str) -> bool:
    return 0 < len(value) <= LONGEST_ID and value.isascii() and value.isdigit()


def as_colour(value: JSON) -> str | None:
    """A colour as "#rrggbb" in lower case; None for anything but #rgb and #rrggbb."""
    if type(value) is not str or not _COLOUR.fullmatch(value):
        return None
    value = value.lower()
    return value if len(value) == 7 else "#" + "".join(digit * 2 for digit in value[1:])


def as_link(value: JSON) -> str | None:
    """An https address that may stand in an `href`; None for every other scheme, userinfo, blanks and quotes."""
    if type(value) is not str or len(value) > 2000 or _NOT_IN_A_LINK.search(value):
        return None
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        return None
    return _UNSTORABLE.sub("\ufffd", value)


class Ref(msgspec.Struct, gc=False):
    """A thing the CRM names by id: {"id", "name"}; either may be "". For modules and fields `name` is the API name."""

    id: str
    name: str


def as_ref(value: JSON) -> Ref | None:
    """{"id", "name"} as a Ref, named by its API name where it has no other; None when it names nothing."""
    if type(value) is not dict:
        return None
    id_ = as_id(value.get("id"))
    name = as_text(value.get("name")) or as_text(value.get("api_name"))
    return Ref(id_, name) if id_ or name else None


def as_api_ref(value: JSON) -> Ref | None:
    """A module, field or list named by {"api_name", "id"}, {"module", "id"} or plain text: `.name` is the API name."""
    if type(value) is str:
        return Ref("", as_text(value)) if value else None
    if type(value) is not dict:
        return None
    id_ = as_id(value.get("id"))
    name = as_text(value.get("api_name")) or as_text(value.get("module")) or as_text(value.get("name"))
    return Ref(id_, name) if id_ or name else None


def as_api_refs(value: JSON) -> list[Ref]:
    """The references of a JSON list by API name, in its order; items that name nothing are left out."""
    if type(value) is not list:
        return []
    return [ref for item in value if (ref := as_api_ref(item)) is not None]


def as_refs(value: JSON) -> list[Ref]:
    """The references of a JSON list, in its order; items that name nothing are left out."""
    if type(value) is not list:
        return []
    return [ref for item in value if (ref := as_ref(item)) is not None]
