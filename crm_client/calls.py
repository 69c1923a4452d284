"""What goes into a call and what is told about it: tokens, parameters, events. Pure: no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Generic, Protocol, TypeAlias, TypeVar

from crm_client.answers import Answer
from crm_client.bodies import JSON_TYPE, LARGEST
from crm_client.errors import InvalidName, TokenRefused

Param: TypeAlias = str | int | bool | None


class TokenSource(Protocol):
    """Where access tokens come from."""

    def token(self) -> str:
        """A token to send. Raises SignInError when there is none."""

    def refused(self, token: str) -> str:
        """Called once after the CRM refused `token`: another one, or a SignInError."""


class StaticToken:
    """One token that cannot be renewed, for scripts and tests."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def refused(self, token: str) -> str:
        raise TokenRefused("the token has expired or was withdrawn", what="this")

    def __repr__(self) -> str:
        return "StaticToken(…)"


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One HTTP call, told to whoever listens. Never holds a token, a parameter or a value.

    path          after the version, such as "/settings/modules"
    status, code  HTTP status (None: no answer) and the CRM's code ("" if none)
    ms            how long it took
    credits       what it cost by the published table (0: not sent, or refused at the door)
    attempt       1 for the first try
    credits_left  what the CRM says is left, None when it does not
    said_at       when it answered, by its own clock; None when it does not say
    """

    method: str
    path: str
    status: int | None
    code: str
    ms: float
    credits: int
    attempt: int
    credits_left: int | None
    said_at: datetime | None = None


CallListener: TypeAlias = Callable[[CallEvent], None]


T = TypeVar("T")


@dataclass(slots=True)
class Call(Generic[T]):
    """One call as it is carried out, all its tries together. `read` makes an answer into what the caller wants."""

    method: str
    path: str
    params: Mapping[str, Param] | None
    what: str
    cost: int  # credits
    read: Callable[[Answer, str, str], T]
    body: bytes | None = None
    content_type: str = JSON_TYPE
    accept: str = JSON_TYPE
    most: int = LARGEST
    is_read: bool = True
    headers: Mapping[str, str] | None = None
    into: BinaryIO | None = None


def root_of(origin: str, version: int) -> str:
    """What stands before the paths of an API version. Raises InvalidName for a version that is not supported."""
    if version not in (7, 8):
        raise InvalidName("versions 7 and 8 are supported", what=f"API version {version}")
    return f"{origin}/crm/v{version}"


def address_of(root: str, path: str) -> str:
    """The address of a path. Bulk calls have their word before the version: /crm/bulk/v8/read for "/bulk/read"."""
    if path.startswith("/bulk/"):
        return root.replace("/crm/", "/crm/bulk/", 1) + path.removeprefix("/bulk")
    return root + path
