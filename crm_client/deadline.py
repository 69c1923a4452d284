"""Connections that obey one deadline per call, whatever the server does.

The timeout of requests and urllib3 starts anew with every byte, so a server that drips holds a call for ever. Here each
read from the socket waits at most for what is left of the call's own deadline, headers included. Only transport.py
uses this.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

CONNECT_S = 5.0  # the most that finding the host, or connecting to one address, may take


class _Call(threading.local):
    """The call that this thread is in: when it must end (monotonic seconds), and whether a byte has left."""

    ends: float | None = None
    sent = False


_call = _Call()


@contextmanager
def until(ends: float) -> Iterator[None]:
    """Every read of this thread's connections ends by then (monotonic seconds)."""
    _call.ends, _call.sent = ends, False
    try:
        yield
    finally:
        _call.ends = None


def was_sent() -> bool:
    """Whether this thread's last call got as far as sending its request."""
    return _call.sent


def _left() -> float:
    """Seconds left for this thread's call; raises TimeoutError when there are none."""
    if _call.ends is None:
        return CONNECT_S
    left = _call.ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline of the call has passed")
    return left


class _BoundedReader(io.RawIOBase):
    """A socket's file whose every read waits no longer than the call may last."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._file = sock.makefile("rb").detach()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_left())
        return self._file.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class _BoundedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_BoundedReader(sock), 65536)


class _BoundedConnection(HTTPConnection):
    response_class = _BoundedResponse

    def _new_conn(self) -> socket.socket:
        """A connected socket; tries the host's addresses in turn while there is time."""
        error: OSError = OSError("the name has no address")
        for family, kind, protocol, address in _addresses(self):
            sock = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(min(CONNECT_S, _left()))
                sock.connect(address)
                return sock
            except OSError as exc:
                sock.close()
                error = exc
        if isinstance(error, TimeoutError):
            raise ConnectTimeoutError(self, f"connecting to {self.host} took too long") from error
        raise NewConnectionError(self, f"cannot connect to {self.host}: {error}") from error

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        _call.sent = True  # from here on, the server may have got it
        super().request(*args, **kwargs)


class _BoundedSecureConnection(_BoundedConnection, HTTPSConnection):
    pass


def _addresses(connection: HTTPConnection) -> list[tuple[int, int, int, Any]]:
    """The host's addresses, looked up in a thread of its own, because getaddrinfo knows no timeout."""
    host, port = connection.host.strip("[]"), connection.port
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as exc:
            found.append(exc)

    if host.replace(".", "").isdigit() or ":" in host:
        look_up()
    else:
        thread = threading.Thread(target=look_up, name="look up a host", daemon=True)
        thread.start()
        thread.join(min(CONNECT_S, _left()))
    if not found:
        raise ConnectTimeoutError(connection, f"finding {host} took too long")
    if isinstance(found[0], Exception):
        error = found[0] if isinstance(found[0], socket.gaierror) else socket.gaierror(str(found[0]))
        raise NameResolutionError(host, connection, error)
    return [(family, kind, protocol, address) for family, kind, protocol, _, address in found]


class _Pool(HTTPConnectionPool):
    ConnectionCls = _BoundedConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _BoundedSecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class BoundedAdapter(HTTPAdapter):
    """An adapter of requests whose connections, also those through a proxy, obey `until`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> PoolManager:
        manager: PoolManager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager
