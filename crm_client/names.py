"""Names and ids that come from callers and become parts of an address: checked before anything is sent.

A module name from a page's address must not be able to bend a CRM address ("../org", "Leads?x=", "Leads/1").
"""

from __future__ import annotations

from urllib.parse import urlsplit

from crm_client.errors import InvalidName
from crm_client.values import is_api_name, is_id

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SHOWN = 40  # characters of a wrong name that the message repeats


def checked_name(name: str, kind: str) -> str:
    """The API name, or InvalidName. `kind` says what it is for the message: "the module", "the field"."""
    if isinstance(name, str) and is_api_name(name):
        return name
    raise InvalidName(
        "an API name has letters, digits and underscores and begins with a letter", what=f"{kind} {_shown(name)}"
    )


def checked_id(id_: str, kind: str) -> str:
    """The id, or InvalidName. `kind` as for `checked_name`."""
    if isinstance(id_, str) and is_id(id_):
        return id_
    raise InvalidName("an id has digits only", what=f"{kind} {_shown(id_)}")


def checked_origin(api: str) -> str:
    """The origin of an API host: https, or http on this machine only, so that no token travels in the clear."""
    try:
        parts = urlsplit(api)
        good = (
            parts.hostname
            and not parts.username
            and not parts.query
            and not parts.fragment
            and parts.path in ("", "/")
            and (parts.port is None or parts.port > 0)
            and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
        )
    except ValueError:
        good = False
    if not good:
        raise InvalidName("the address of an API host is https:// and a host name", what="this API host")
    return f"{parts.scheme}://{parts.netloc}"


def _shown(name: object) -> str:
    text = name if isinstance(name, str) else type(name).__name__
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:_SHOWN])
    return f"“{text}”"
