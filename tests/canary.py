"""Secrets that carry a mark, and watchers wherever one could turn up (AC-19): logs, answers, messages, database, files.

While `watching`, every token, code, verifier and client secret that is made holds MARK. Whatever leaves the console or
is stored by it is searched for the mark and for the keys of this console; what is encrypted does not show it. Tests end
with `taken()`, which must be empty.
"""

import contextlib
import io
import logging
import secrets
import traceback
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from celery import signals
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.db.backends.signals import connection_created

from console.connections import sign_in
from crm_client.standin import world
from crm_client.standin.tokens import Tokens

MARK = "5ec7e7ca9a4b"  # hexadecimal, so that a marked token keeps the shape of one
_found: list[str] = []


def taken() -> list[str]:
    """Where a secret turned up since the last call, in words and without the secret."""
    found = _found.copy()
    _found.clear()
    return found


@contextlib.contextmanager
def watching() -> Iterator[None]:
    """Marks every secret and watches every way out of this process."""
    handler = _Records()
    root = logging.getLogger()
    level = root.level
    with contextlib.ExitStack() as stack:
        for owner, name, wrapped in _wrappers():
            stack.enter_context(patch.object(owner, name, wrapped))
        connection_created.connect(_watch_database, dispatch_uid="canary")
        signals.before_task_publish.connect(_message, weak=False, dispatch_uid="canary")
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        yield
        root.removeHandler(handler)
        root.setLevel(level)
        connection_created.disconnect(dispatch_uid="canary")
        signals.before_task_publish.disconnect(_message, dispatch_uid="canary")


def search_files(directory: Path) -> None:
    """Looks into every file below a directory: exports, logs, and the database's own file with its free pages."""
    for path in directory.rglob("*"):
        if path.is_file():
            _search(f"the file {path.name}", path.read_bytes())


def _search(where: str, what: str | bytes) -> None:
    for needle in (MARK, settings.SECRET_KEY, *settings.TOKEN_KEYS):
        if (needle if isinstance(what, str) else needle.encode()) in what:  # type: ignore[operator]
            _found.append(f"a secret turned up in {where}")


def _wrappers() -> Iterator[tuple[Any, str, Any]]:
    """(owner, name, replacement): the makers of secrets, and the ways out that have no signal of their own."""
    yield Tokens, "_secret", _marked_secret
    yield sign_in, "secrets", SimpleNamespace(**{**vars(secrets), "token_urlsafe": _marked_urlsafe})
    yield world.Client, "new", staticmethod(_marked_client(world.Client.new))
    yield BaseHandler, "get_response", _searched(BaseHandler.get_response)
    yield SessionStore, "encode", _session(SessionStore.encode)
    kind = type(cache._connections[cache._alias]) if hasattr(cache, "_connections") else type(cache)
    for name in ("set", "add"):
        yield kind, name, _cached(getattr(kind, name))


def _marked_secret(self: Tokens) -> str:
    made = f"1000.{MARK}{secrets.token_hex(10)}.{MARK}{secrets.token_hex(10)}"
    self.secrets.add(made)
    return made


def _marked_urlsafe(nbytes: int | None = None) -> str:
    """A verifier is the one of 64 bytes; state and browser, which may be seen, are shorter."""
    made = secrets.token_urlsafe(nbytes)
    return MARK + made if nbytes == 64 else made


def _marked_client(make: Callable[[], Any]) -> Callable[[], Any]:
    def new() -> Any:
        client = make()
        return type(client)(client.id, MARK + client.secret)

    return new


class _Records(logging.Handler):
    """Every record of every logger, with its extras and its traceback, before anything is taken out of it."""

    def emit(self, record: logging.LogRecord) -> None:
        extras = [value for key, value in record.__dict__.items() if key not in ("request", "exc_info", "args")]
        error = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        _search(f"a log record of {record.name}", f"{record.getMessage()} {record.args!r} {extras!r} {error}")


def _searched(get_response: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def searched(self: Any, request: Any) -> Any:
        response = get_response(self, request)
        where = f"the answer to {request.method} {request.path}"
        _search(f"the headers of {where}", f"{response.headers} {response.cookies}")
        if response.streaming:
            pieces = response.streaming_content
            response.streaming_content = _each_searched(where, pieces)
        else:
            _search(where, response.content)
            if response.content[:4] == b"PK\x03\x04":
                with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
                    for name in archive.namelist():
                        _search(f"{name} inside {where}", archive.read(name))
        return response

    return searched


def _each_searched(where: str, pieces: Any) -> Iterator[bytes]:
    before = b""
    for piece in pieces:
        _search(where, before + piece)
        before = piece[-100:]
        yield piece


def _session(encode: Callable[[Any, Any], str]) -> Callable[[Any, Any], str]:
    def searched(self: Any, session_dict: Any) -> str:
        _search("a session", repr(session_dict))
        return encode(self, session_dict)

    return searched


def _cached(store: Callable[..., Any]) -> Callable[..., Any]:
    def searched(self: Any, key: Any, value: Any, *how: Any, **more: Any) -> Any:
        _search("the cache", f"{key} {value!r}")
        return store(self, key, value, *how, **more)

    return searched


def _message(sender: object = None, body: object = None, headers: object = None, **more: object) -> None:
    _search("a message for the workers", f"{body!r} {headers!r}")


def _watch_database(connection: Any, **more: object) -> None:
    if _parameters not in connection.execute_wrappers:
        connection.execute_wrappers.append(_parameters)


def _parameters(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Whatever is written or asked for passes here; a secret in an encrypted column is encrypted by now."""
    for row in params or () if many else [params or ()]:
        for value in row.values() if isinstance(row, dict) else row:
            if isinstance(value, bytes | memoryview):
                _search("a statement for the database", _unpacked(bytes(value)))
            elif isinstance(value, str):
                _search("a statement for the database", value)
            elif value is not None and type(value) not in (int, bool, float):
                _search("a statement for the database", str(getattr(value, "obj", value)))
    return execute(sql, params, many, context)


def _unpacked(value: bytes) -> bytes:
    """What the console packs before it stores it."""
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value
