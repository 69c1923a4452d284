"""What comes in and what goes out: plain HTTP messages, without sockets."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

REASONS = {status.value: status.phrase for status in HTTPStatus}
JSON_TYPE = "application/json;charset=UTF-8"
HTML_TYPE = "text/html;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Host:
    """One of the six addresses of the stand-in."""

    dc: str  # "standin-us"
    kind: str  # "accounts", "production" or "sandbox"
    url: str  # "http://127.0.0.1:8899", without a slash at the end


@dataclass(slots=True)
class Request:
    """One request, read whole."""

    host: Host
    method: str
    path: str  # percent-decoded, without the query
    query_text: str  # as sent, without the question mark
    headers: dict[str, str]  # names in lower case; the last of several wins
    body: bytes = b""
    peer: str = "127.0.0.1"
    _query: dict[str, str] | None = None
    _rows: int | None = None

    @property
    def query(self) -> dict[str, str]:
        """Query parameters; the first of several with one name wins."""
        if self._query is None:
            self._query = _pairs(self.query_text)
        return self._query

    @property
    def rows(self) -> int:
        """How many records a JSON body brings in `data`; 0 where it brings none."""
        if self._rows is None:
            try:
                body = orjson.loads(self.body) if self.body else None
            except ValueError:
                body = None
            data = body.get("data") if isinstance(body, dict) else None
            self._rows = len(data) if isinstance(data, list) else 0
        return self._rows

    @property
    def named_loopback(self) -> bool:
        """Whether the Host header names this machine; a foreign page whose name was rebound to 127.0.0.1 does not."""
        host = self.headers.get("host", "127.0.0.1")
        try:
            return urlsplit("//" + host).hostname in ("127.0.0.1", "localhost", "::1")
        except ValueError:
            return False

    def form(self) -> dict[str, str]:
        """Parameters of an accounts server's call: query and form body together; the body wins."""
        return self.query | _pairs(self.body.decode("utf-8", "replace"))

    def token(self) -> str:
        """The access token of the Authorization header, whatever word stands before it; "" when there is none."""
        return self.headers.get("authorization", "").rpartition(" ")[2]


def _pairs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, value)
    return found


@dataclass(slots=True)
class Answer:
    """One answer, with what a fault does to the way it travels."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False  # close the connection instead of answering
    cut_after: int | None = None  # promise the whole body, send this many bytes of it, close
    drip: float | None = None  # bytes per second
    drip_head: bool = True  # the head drips too
    bare_close: bool = False  # close the connection after this answer
    at: float | None = None  # seconds since the epoch, for `Date`

    def head(self) -> bytes:
        """Status line and headers, up to and with the empty line."""
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Unknown')}"]
        if self.status not in (204, 304):
            lines.append(f"Content-Type: {self.content_type}")
            lines.append(f"Content-Length: {len(self.body)}")
        if self.at is not None and "Date" not in self.headers:
            lines.append(f"Date: {formatdate(self.at, usegmt=True)}")
        lines.extend(f"{name}: {value}" for name, value in self.headers.items())
        if self.bare_close:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def dumps(value: Any) -> bytes:
    """The value as JSON, whatever it holds: lone surrogates, numbers of any length and NaN go out as they are.

    orjson refuses those; the standard library writes them, several times as slowly.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def json_answer(value: Any, status: int = 200) -> Answer:
    """An answer whose body is the value as JSON."""
    return Answer(status, dumps(value))


def html_answer(page: str, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """An answer whose body is a page."""
    return Answer(status, page.encode("utf-8", "replace"), HTML_TYPE, dict(headers or {}))


def fingerprint(secret: str) -> str | None:
    """How ledgers and logs name a secret: the first 12 hexadecimal digits of its SHA-256; None for an empty one."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()[:12] if secret else None
