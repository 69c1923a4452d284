"""A small HTTP/1.1 server: one thread per connection, keep-alive, the whole answer in one send.

Written by hand because the answers must leave at once and whole (the client's figures are measured against it), and
because faults need what no library offers: half an answer, a dripping one, none at all.
"""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable, Sequence
from urllib.parse import unquote

from crm_client.standin.messages import Answer, Host, Request

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 210 * 1024 * 1024  # ten files of 20 MB and what stands around them
READ_BYTES = 64 * 1024

Answerer = Callable[[Request], Answer]


class BadRequestError(Exception):
    """The bytes are no HTTP request that this server reads; the text says why."""

    status = 400


class TooLargeError(BadRequestError):
    """The body is larger than anything that the CRM takes."""

    status = 413


class Reader:
    """Reads requests from one connection."""

    __slots__ = ("_buffer", "_sock")

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""

    def request(self, host: Host, peer: str) -> Request | None:
        """The next request; None when the other side has closed. Raises BadRequestError, OSError."""
        head = self._until(b"\r\n\r\n", MAX_HEAD_BYTES)
        if head is None:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        parts = first.split(" ")
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise BadRequestError("the first line is no HTTP/1.1 request line")
        headers: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon or name != name.strip():
                raise BadRequestError("a header line without a colon, or with a space before it")
            headers[name.lower()] = value.strip()
        if parts[2] == "HTTP/1.0":
            headers.setdefault("connection", "close")
        path, _, query = parts[1].partition("?")
        body = self._body(headers)
        return Request(host, parts[0], unquote(path), query, headers, body, peer)

    def _body(self, headers: dict[str, str]) -> bytes:
        chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        length_text = headers.get("content-length", "0")
        if not length_text.isdigit():
            raise BadRequestError("Content-Length is not a number")
        length = int(length_text)
        if length > MAX_BODY_BYTES:
            raise TooLargeError(f"a body of more than {MAX_BODY_BYTES} bytes")
        if not chunked and not length:
            return b""
        if headers.get("expect", "").lower() == "100-continue":
            self._sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._chunks() if chunked else self._exactly(length)

    def _chunks(self) -> bytes:
        pieces: list[bytes] = []
        total = 0
        while True:
            line = self._until(b"\r\n", 1024)
            try:
                size = int((line or b"").split(b";")[0], 16)
            except ValueError:
                raise BadRequestError("a chunk without its size") from None
            total += size
            if size < 0 or total > MAX_BODY_BYTES:
                raise TooLargeError(f"a body of more than {MAX_BODY_BYTES} bytes")
            if not size:
                while self._until(b"\r\n", MAX_HEAD_BYTES):
                    pass  # trailers say nothing that anybody here reads
                return b"".join(pieces)
            pieces.append(self._exactly(size))
            self._until(b"\r\n", 2)

    def _until(self, mark: bytes, limit: int) -> bytes | None:
        while mark not in self._buffer:
            if len(self._buffer) > limit:
                raise BadRequestError("the head is too long")
            more = self._sock.recv(READ_BYTES)
            if not more:
                return None
            self._buffer += more
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    def _exactly(self, length: int) -> bytes:
        pieces = [self._buffer]
        have = len(self._buffer)
        while have < length:
            more = self._sock.recv(min(READ_BYTES, length - have))
            if not more:
                raise BadRequestError("the body ended early")
            pieces.append(more)
            have += len(more)
        whole = b"".join(pieces)
        self._buffer = whole[length:]
        return whole[:length]


class Server:
    """Listens on several loopback ports and answers each request through one function."""

    def __init__(self, ports: Sequence[int]) -> None:
        """Opens the ports (0 picks one). Raises OSError when a port is taken."""
        self.stopping = threading.Event()
        self._listeners: list[socket.socket] = []
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._gone = threading.Condition(self._lock)
        self._wake, self._alarm = socket.socketpair()
        self._thread: threading.Thread | None = None
        try:
            for port in ports:
                self._listeners.append(socket.create_server(("127.0.0.1", port), backlog=512))
        except OSError:
            self.stop()
            raise
        self.ports = [listener.getsockname()[1] for listener in self._listeners]

    def start(self, hosts: Sequence[Host], answer: Answerer) -> None:
        """Begins to answer; `hosts` in the order of the ports."""
        self._thread = threading.Thread(target=self._accept, args=(list(hosts), answer), name="standin", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends at once: nothing is listening, nothing is open, nobody waits any longer."""
        self.stopping.set()
        self._alarm.close()
        if self._thread is not None:
            self._thread.join(timeout=5)
        for listener in self._listeners:
            listener.close()
        with self._lock:
            for sock in self._connections:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster
            self._gone.wait_for(lambda: not self._connections, timeout=2)
        self._wake.close()

    def _accept(self, hosts: list[Host], answer: Answerer) -> None:
        with selectors.DefaultSelector() as selector:
            for listener, host in zip(self._listeners, hosts, strict=True):
                listener.setblocking(False)
                selector.register(listener, selectors.EVENT_READ, host)
            selector.register(self._wake, selectors.EVENT_READ)
            while not self.stopping.is_set():
                for key, _ in selector.select():
                    if key.data is not None and isinstance(key.fileobj, socket.socket):
                        self._welcome(key.fileobj, key.data, answer)

    def _welcome(self, listener: socket.socket, host: Host, answer: Answerer) -> None:
        try:
            sock, address = listener.accept()
        except OSError:
            return  # gone before we looked
        sock.setblocking(True)
        with self._lock:
            self._connections.add(sock)
        threading.Thread(target=self._serve, args=(sock, address[0], host, answer), daemon=True).start()

    def _serve(self, sock: socket.socket, peer: str, host: Host, answer: Answerer) -> None:
        reader = Reader(sock)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while not self.stopping.is_set():
                request = reader.request(host, peer)
                if request is None or not self._send(sock, answer(request), request):
                    break
        except BadRequestError as exc:
            refusal = Answer(exc.status, f"Bad request: {exc}.".encode(), "text/plain", bare_close=True)
            try:
                sock.sendall(refusal.head() + refusal.body)
            except OSError:
                pass  # whoever sent nonsense need not listen
        except OSError:
            pass  # the other side is gone; there is nobody to tell
        finally:
            with self._lock:
                sock.close()
                self._connections.discard(sock)
                self._gone.notify()

    def _send(self, sock: socket.socket, answer: Answer, request: Request) -> bool:
        """Sends the answer; False when the connection ends with it."""
        if answer.drop:
            return False
        body = b"" if request.method == "HEAD" or answer.status in (204, 304) else answer.body
        if answer.cut_after is not None:
            body = body[: answer.cut_after]
        head = answer.head()
        if answer.drip is None:
            sock.sendall(head + body)
        elif not self._drip(sock, head, body, answer):
            return False
        closing = answer.bare_close or answer.cut_after is not None
        return not closing and request.headers.get("connection", "").lower() != "close"

    def _drip(self, sock: socket.socket, head: bytes, body: bytes, answer: Answer) -> bool:
        rate = max(answer.drip or 0.0, 0.001)
        rest = head + body
        if not answer.drip_head:
            sock.sendall(head)
            rest = body
        step = max(1, int(rate / 10))  # ten pieces a second, or single bytes
        for start in range(0, len(rest), step):
            sock.sendall(rest[start : start + step])
            if self.stopping.wait(step / rate):
                return False
        return True
