"""Servers that misbehave on the wire in ways the stand-in does not: each connection is handed to a function."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any


class Wire:
    """A server on loopback. `requests`: the head and body of each request that was read, as text."""

    def __init__(self, handle: Callable[[Wire, socket.socket], None]) -> None:
        self._handle = handle
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.requests: list[str] = []
        self.connections = 0
        self.stopping = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self._handle(self, connection)

    def read_request(self, connection: socket.socket) -> str:
        """One request, "" when the client has hung up."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return ""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        text = (head + b"\r\n\r\n" + body).decode("latin-1")
        self.requests.append(text)
        return text

    def stop(self) -> None:
        self.stopping.set()
        self._listener.close()


@contextlib.contextmanager
def wire(handle: Callable[[Wire, socket.socket], None]) -> Iterator[Wire]:
    """A server whose every connection is given to `handle`."""
    server = Wire(handle)
    try:
        yield server
    finally:
        server.stop()


def reply(body: bytes | dict[str, Any] | list[Any] = b"", status: str = "200 OK", **headers: str) -> bytes:
    """An HTTP answer; header names in Python's spelling: retry_after="3"."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def error(code: str, status: str, **details: Any) -> bytes:
    """The CRM's error object as an HTTP answer."""
    return reply({"code": code, "details": details, "message": "no", "status": "error"}, status)


@contextlib.contextmanager
def answers(*replies: bytes) -> Iterator[Wire]:
    """A server that gives these answers in turn, over any number of connections, and the last one ever after."""
    lock = threading.Lock()
    waiting = list(replies)

    def handle(server: Wire, connection: socket.socket) -> None:
        while server.read_request(connection):
            with lock:
                answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            connection.sendall(answer)
            if b"Connection: close" in answer:
                return

    with wire(handle) as server:
        yield server
