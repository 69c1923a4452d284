"""The HTTP server itself, byte by byte."""

from __future__ import annotations

import http.client
import socket
import threading
from urllib.parse import urlsplit

import pytest
import requests

from crm_client.standin import StandIn
from tests.standin.conftest import Somebody
from tests.standin.town import town


def raw(standin: StandIn, *pieces: bytes) -> bytes:
    """What the production host sends back to these bytes until it closes."""
    parts = urlsplit(standin.api())
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as sock:
        for piece in pieces:
            sock.sendall(piece)
        received = b""
        while more := sock.recv(65536):
            received += more
    return received


def test_many_requests_share_one_connection(standin: StandIn, anna: Somebody) -> None:
    parts = urlsplit(standin.api())
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    connection.connect()
    sock = connection.sock
    for path in ("/org", "/settings/modules?status=scheduled_for_deletion", "/nonsense", "/users"):
        connection.request("GET", "/crm/v8" + path, headers={"Authorization": f"Zoho-oauthtoken {anna.token}"})
        connection.getresponse().read()
        assert connection.sock is sock
    connection.close()


def test_requests_in_one_packet_and_in_many_are_answered_in_order(standin: StandIn) -> None:
    one = b"GET /crm/v8/org HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    last = b"GET /crm/v8/org HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    assert raw(standin, one + one + last).count(b"HTTP/1.1 401 ") == 3
    assert raw(standin, *(last[n : n + 1] for n in range(len(last)))).count(b"HTTP/1.1 401 ") == 1


def test_bodies_by_length_in_chunks_and_after_a_question(standin: StandIn) -> None:
    head = b"POST /__standin/clock HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    body = b'{"advance_s": 5}'
    assert b'"offset_s":5' in raw(standin, head + b"Content-Length: 16\r\n\r\n" + body)
    chunks = b"4;x=y\r\n" + body[:4] + b"\r\nc\r\n" + body[4:] + b"\r\n0\r\nTrailer: x\r\n\r\n"
    assert b'"offset_s":10' in raw(standin, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    waiting = raw(standin, head + b"Expect: 100-continue\r\nContent-Length: 16\r\n\r\n", body)
    assert waiting.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert b'"offset_s":15' in waiting


@pytest.mark.parametrize(
    "nonsense",
    [
        b"HELLO\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000,
    ],
)
def test_nonsense_gets_a_400_and_the_end(standin: StandIn, anna: Somebody, nonsense: bytes) -> None:
    assert raw(standin, nonsense).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert anna.get("/org").status_code == 200


def test_a_body_larger_than_any_upload_is_refused_before_it_is_read(standin: StandIn) -> None:
    head = b"POST / HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n"
    assert raw(standin, head).startswith(b"HTTP/1.1 413 ")


def test_answers_without_a_body_have_no_length(standin: StandIn, anna: Somebody) -> None:
    answer = anna.get("/settings/modules?status=scheduled_for_deletion")
    assert "Content-Length" not in answer.headers
    assert "Content-Type" not in answer.headers


def test_http_1_0_closes(standin: StandIn) -> None:
    assert raw(standin, b"GET /crm/v8/org HTTP/1.0\r\nHost: localhost\r\n\r\n").startswith(b"HTTP/1.1 401 ")


def test_a_fault_of_the_stand_in_itself_is_a_500_and_not_silence(
    standin: StandIn, anna: Somebody, capsys: pytest.CaptureFixture[str]
) -> None:
    standin.organisation("town").users = [{"id": "400000000000000001", "profile": 7, "status": "active"}]
    standin.organisation("town").profiles = 7  # type: ignore[assignment]
    assert anna.refusal("/org") == (500, "INTERNAL_ERROR", {})
    assert "Traceback" in capsys.readouterr().err


def test_stopping_ends_waiting_answers_and_idle_connections_at_once(anna: Somebody, standin: StandIn) -> None:
    session = requests.Session()
    session.get(standin.api() + "/crm/v8/org", timeout=5)
    standin.fault("latency", {"ms": 60_000})
    ended = threading.Event()

    def wait() -> None:
        try:
            anna.get("/org")
        except requests.ConnectionError:
            pass
        ended.set()

    thread = threading.Thread(target=wait)
    thread.start()
    while len(standin.ledger()) < 2:
        ended.wait(0.01)
    standin.stop()
    thread.join(timeout=5)
    assert ended.is_set()
    session.close()
    with pytest.raises(requests.ConnectionError):
        requests.get(standin.api() + "/crm/v8/org", timeout=5)


def test_taken_ports_are_an_error_and_leave_nothing_open(standin: StandIn) -> None:
    with pytest.raises(OSError, match="in use"):
        StandIn(organisations=[town()], port=standin.ports[0] - 3)


def test_two_organisations_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two organisations are called 'town'"):
        StandIn(organisations=[town()], extra=[town()])
