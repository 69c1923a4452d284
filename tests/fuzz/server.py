"""A server on loopback that spoils good answers, case by case; tests/fuzz/answers.py starts it.

One line of JSON comes in, `{"seed": 1, "good": {"/crm/v8/org": "{…}"}}`; one goes out, its address. It ends with its
standard input. The token of a request says which case it belongs to.
"""

import contextlib
import json
import os
import re
import socket
import struct
import sys
import threading
import time
import traceback
from collections import Counter

from tests.fuzz.damage import Wire, lots, spoilt

_CASE = re.compile(rb"-case(\d+)end")


class Server:
    def __init__(self, good: dict[str, bytes], seed: int) -> None:
        self._good = good
        self._any = [good[path] for path in sorted(good)]
        self._seed = seed
        self._asked: Counter[int] = Counter()  # requests of each case so far
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def accept(self) -> None:
        while True:
            sock, _ = self.listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            while request := _request(sock):
                if not _sent(sock, self._answer(request)):
                    break

    def _answer(self, request: bytes) -> Wire:
        """The good answer to the path, else any, spoilt as the case wants it."""
        found = _CASE.search(request)
        case = int(found[1]) if found else 0
        nth, self._asked[case] = self._asked[case], self._asked[case] + 1
        random = lots(self._seed, case, nth)
        path = request.split(b" ")[1].partition(b"?")[0].decode()
        try:
            return spoilt(random, self._good.get(path) or self._any[case % len(self._any)])
        except Exception:  # noqa: BLE001  a fault of ours must not pass for one of the CRM's
            traceback.print_exc()
            os._exit(1)


def _request(sock: socket.socket) -> bytes:
    """The next request with its body; b"" when nobody asks any more."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        body += sock.recv(65536)
    return head + b"\r\n\r\n" + body


def _sent(sock: socket.socket, wire: Wire) -> bool:
    """Sends what there is; False when the connection ends with it."""
    for number, piece in enumerate(wire.pieces):
        if number and wire.pause_s:
            time.sleep(wire.pause_s)
        sock.sendall(piece)
    if wire.resets:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return not wire.closes and not wire.resets


def main() -> None:
    told = json.loads(sys.stdin.readline())
    server = Server({path: body.encode() for path, body in told["good"].items()}, told["seed"])
    sys.stdout.write(f"http://127.0.0.1:{server.listener.getsockname()[1]}\n")
    sys.stdout.flush()
    threading.Thread(target=server.accept, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
