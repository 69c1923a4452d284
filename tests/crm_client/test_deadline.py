"""No server, however slow, holds a call beyond its deadline; no answer, however big, fills the memory."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from crm_client import CrmClient
from crm_client.errors import BadAnswer, CrmError, NotSent, TooBig, TooSlow
from crm_client.standin import StandIn
from crm_client.transport import Transport
from tests.crm_client.wire import Wire, answers, reply, wire

DEADLINE_S = 0.5
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def drip(first: bytes, drop: bytes) -> Callable[[Wire, socket.socket], None]:
    """Sends `first`, then `drop` every 20 ms until the client or the test has gone."""

    def handle(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(first)
        while not server.stopping.wait(0.02):
            connection.sendall(drop)

    return handle


@pytest.mark.parametrize(
    "server_does",
    [
        drip(b"", b""),
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        drip(HEAD, b"X-Again: 1\r\n"),
        drip(HEAD + b"Content-Length: 100000\r\n\r\n{", b" "),
        drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        drip(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n" + gzip.compress(b"{}")[:10], b"\x00"),
    ],
    ids=["silence", "one header", "many headers", "body", "chunks", "packed body"],
)
def test_twenty_callers_of_a_dripping_server_all_end_in_time(
    server_does: Callable[[Wire, socket.socket], None], transport_to: Callable[..., Transport]
) -> None:
    def call(_: int) -> tuple[type[BaseException], float]:
        started = time.monotonic()
        with pytest.raises(CrmError) as caught:
            transport_to(server.url, deadline_s=DEADLINE_S).get("/settings/modules")
        return type(caught.value), time.monotonic() - started

    with wire(server_does) as server, ThreadPoolExecutor(20) as pool:
        ends = list(pool.map(call, range(20)))
    assert {kind for kind, _ in ends} <= {TooSlow, BadAnswer}
    assert max(seconds for _, seconds in ends) < DEADLINE_S + 1.0


def test_a_slow_server_is_called_slow_and_not_asked_again(transport_to: Callable[..., Transport]) -> None:
    with wire(drip(HEAD + b"Content-Length: 9\r\n\r\n", b"")) as server, pytest.raises(TooSlow) as caught:
        transport_to(server.url, deadline_s=0.2).get("/settings/modules", what="the modules")
    assert len(server.requests) == 1
    assert str(caught.value) == "Zoho CRM took too long to give the modules."


def test_a_host_that_cannot_be_found_in_time_was_sent_nothing(
    transport_to: Callable[..., Transport], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [found.wait(30)][1:])  # a name server that is silent
    started = time.monotonic()
    with pytest.raises(NotSent):
        transport_to("https://www.zohoapis.com", deadline_s=0.3).get("/org")
    found.set()
    assert time.monotonic() - started < 2.0


def test_each_try_gets_only_what_the_tries_before_left_of_the_deadline(transport_to: Callable[..., Transport]) -> None:
    def fail_slowly(server: Wire, connection: socket.socket) -> None:
        while server.read_request(connection):
            server.stopping.wait(0.9)
            connection.sendall(reply(b"", "502 x"))

    with wire(fail_slowly) as server, pytest.raises(TooSlow):
        transport_to(server.url, deadline_s=1.5).get("/org")
    assert len(server.requests) == 2


def test_a_bomb_of_a_gigabyte_is_refused_within_little_memory(transport_to: Callable[..., Transport]) -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024), 9) * 16
    assert len(bomb) < 1.1 * 1024 * 1024
    tracemalloc.start()
    with answers(reply(bomb, Content_Encoding="gzip")) as server, pytest.raises(TooBig) as caught:
        transport_to(server.url).get("/settings/modules")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 * 1024 * 1024
    assert caught.value.message_code == "TOO-BIG"


@pytest.mark.parametrize("size_told", [True, False])
def test_an_answer_over_ten_megabytes_is_refused(size_told: bool, transport_to: Callable[..., Transport]) -> None:
    body = b'{"modules": "' + b"x" * (10 * 1024 * 1024) + b'"}'
    if size_told:
        answer = reply(body)
    else:
        answer = HEAD + b"Connection: close\r\n\r\n" + body
    with answers(answer) as server, pytest.raises(TooBig):
        transport_to(server.url).get("/settings/modules")


def test_an_answer_just_under_ten_megabytes_is_read(transport_to: Callable[..., Transport]) -> None:
    body = b'{"modules": "' + b"x" * (10 * 1024 * 1024 - 15) + b'"}'
    with answers(reply(gzip.compress(body, 1), Content_Encoding="gzip")) as server:
        assert len(transport_to(server.url).get("/settings/modules")["modules"]) > 10_000_000


def test_a_packed_answer_in_two_members_is_read_whole(transport_to: Callable[..., Transport]) -> None:
    packed = gzip.compress(b'{"modules": ') + gzip.compress(b"[]}")
    with answers(reply(packed, Content_Encoding="gzip")) as server:
        assert transport_to(server.url).get("/settings/modules") == {"modules": []}


@pytest.mark.parametrize(
    "cut",
    [
        HEAD + b'Content-Length: 100\r\n\r\n{"modules": [',
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + gzip.compress(b'{"modules": []}' * 99)[:20],
        HEAD + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"mod',
    ],
)
def test_an_answer_that_breaks_off_is_no_answer(cut: bytes, transport_to: Callable[..., Transport]) -> None:
    def break_off(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(cut)

    with wire(break_off) as server, pytest.raises(BadAnswer):
        transport_to(server.url).get("/settings/modules")


def test_every_thread_reuses_a_warm_connection(transport_to: Callable[..., Transport]) -> None:
    all_at_once = threading.Barrier(8, timeout=10)

    def answer(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        all_at_once.wait()  # so that eight callers need eight connections
        connection.sendall(reply({}))
        while server.read_request(connection):
            connection.sendall(reply({}))

    def call(times: int) -> None:
        for _ in range(times):
            transport.get("/org")

    with wire(answer) as server, ThreadPoolExecutor(8) as pool:
        transport = transport_to(server.url)
        list(pool.map(call, [1] * 8))
        assert server.connections == 8
        list(pool.map(call, [20] * 8))
        assert (server.connections, len(server.requests)) == (8, 168)


def test_the_standins_own_faults_end_as_they_should(standin: StandIn) -> None:
    ends = {
        "html": ({"status": 200}, BadAnswer),
        "truncate": ({"bytes": 20}, BadAnswer),
        "deep": ({"n": 100000}, BadAnswer),
        "oversize": ({"mb": 11}, TooBig),
        "gzip_bomb": ({"mb": 64}, TooBig),
        "drip": ({"bytes_per_s": 50}, TooSlow),
    }
    crm = CrmClient.with_token(standin.api(), standin.token()["access_token"])
    for name, (args, kind) in ends.items():
        standin.clear_faults()
        standin.fault(name, args)
        crm.transport.deadline_s = 0.5 if name == "drip" else 15.0
        with pytest.raises(kind):
            crm.modules.all()
    crm.close()
