"""What one call does with each answer, and when it asks again."""

from __future__ import annotations

import gzip
import logging
import socket
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from crm_client import CallEvent, CrmClient, Http, StaticToken
from crm_client.errors import (
    BadAnswer,
    CrmError,
    InvalidName,
    InvalidRequest,
    NoAnswer,
    NotAllowed,
    NotFound,
    NotSent,
    ReauthRequired,
    RecordLocked,
    ScopeMissing,
    ServerFault,
    TokenRefused,
    TooManyRequests,
)
from crm_client.transport import Transport
from tests.crm_client.conftest import Patience, Tokens
from tests.crm_client.wire import Wire, answers, error, reply, wire

GOOD = reply({"modules": []})


def test_a_script_reads_the_modules_with_one_request(transport_to: Callable[..., Transport]) -> None:
    with answers(GOOD) as server:
        assert transport_to(server.url).get("/settings/modules", {"status": None, "page": 2}) == {"modules": []}
    assert server.requests[0].startswith("GET /crm/v8/settings/modules?page=2 HTTP/1.1")
    assert "authorization: zoho-oauthtoken secret-token\r\n" in server.requests[0].lower()


@pytest.mark.parametrize(
    ("answer", "kind", "message_code"),
    [
        (error("OAUTH_SCOPE_MISMATCH", "401 x"), ScopeMissing, "CRM-SCOPE"),
        (error("NO_PERMISSION", "403 x"), NotAllowed, "CRM-DENIED"),
        (error("NOT_SUPPORTED", "403 x"), NotAllowed, "CRM-DENIED"),
        (error("AUTHORIZATION_FAILED", "400 x"), NotAllowed, "CRM-DENIED"),
        (error("INVALID_MODULE", "400 x"), NotFound, "NOT-FOUND"),
        (error("INVALID_URL_PATTERN", "404 x"), NotFound, "NOT-FOUND"),
        (error("RECORD_LOCKED", "400 x"), RecordLocked, "CRM-LOCKED"),
        (error("INVALID_DATA", "400 x"), InvalidRequest, "CRM-REFUSED"),
        (error("SOMETHING_NEW", "401 x"), TokenRefused, "SIGNIN-AGAIN"),
        (error("TOO_MANY_REQUESTS", "400 x"), TooManyRequests, "CRM-LIMIT"),
        (error("NO_PERMISSION", "200 OK"), NotAllowed, "CRM-DENIED"),
        (
            reply({"data": [{"code": "NO_PERMISSION", "details": {}, "status": "error"}]}, "403 x"),
            NotAllowed,
            "CRM-DENIED",
        ),
        (
            reply({"data": {"code": "INVALID_DATA", "details": {}, "status": "error"}}, "400 x"),
            InvalidRequest,
            "CRM-REFUSED",
        ),
        (reply({"modules": []}, "400 x"), BadAnswer, "CRM-BAD"),
        (reply(b"<html>proxy</html>", "403 x"), BadAnswer, "CRM-BAD"),
        (reply(b"<html>proxy</html>", "401 x"), BadAnswer, "CRM-BAD"),
        (reply(b"<html>proxy</html>", "404 x"), BadAnswer, "CRM-BAD"),
        (reply(b"<html>proxy</html>"), BadAnswer, "CRM-BAD"),
        (reply(b"", "302 Found", Location="https://evil.test/"), BadAnswer, "CRM-BAD"),
        (reply(b'{"modules": [{"id'), BadAnswer, "CRM-BAD"),
        (reply(b'\xef\xbb\xbf{"modules": []}'), BadAnswer, "CRM-BAD"),
        (reply('{"modules": ["Häuser"]}'.encode("latin-1")), BadAnswer, "CRM-BAD"),
        (reply(b'{"modules": NaN}'), BadAnswer, "CRM-BAD"),
        (reply([]), BadAnswer, "CRM-BAD"),
        (reply(b"null"), BadAnswer, "CRM-BAD"),
        (reply(b""), BadAnswer, "CRM-BAD"),
        (reply(b"packed", Content_Encoding="br"), BadAnswer, "CRM-BAD"),
        (reply(b"not packed", Content_Encoding="gzip"), BadAnswer, "CRM-BAD"),
    ],
)
def test_each_bad_answer_becomes_one_kind_of_error_and_is_asked_for_once(
    answer: bytes,
    kind: type[CrmError],
    message_code: str,
    transport_to: Callable[..., Transport],
    patience: Patience,
) -> None:
    patience.sleep = pytest.fail  # type: ignore[method-assign]
    with answers(answer) as server, pytest.raises(CrmError) as caught:
        transport_to(server.url, deadline_s=0.9).get("/settings/fields", what="the fields of Invoices")
    assert type(caught.value) is kind
    assert caught.value.message_code == message_code
    assert "the fields of Invoices" in caught.value.sentence()
    assert "evil" not in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["301 x", "302 x", "303 x", "307 x", "308 x"])
def test_a_redirect_is_not_followed(status: str, transport_to: Callable[..., Transport]) -> None:
    with answers(GOOD) as elsewhere, answers(reply(b"", status, Location=f"{elsewhere.url}/crm/v8/org")) as server:
        with pytest.raises(BadAnswer):
            transport_to(server.url).get("/org")
        with pytest.raises(BadAnswer):
            transport_to(server.url).request("POST", "/Leads", body=b"{}")
    assert elsewhere.requests == []


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_nothing_there_is_an_empty_object(status: str, transport_to: Callable[..., Transport]) -> None:
    with answers(f"HTTP/1.1 {status}\r\n\r\n".encode()) as server:
        assert transport_to(server.url).get("/settings/modules") == {}


def test_a_read_is_tried_three_times_after_server_faults(
    transport_to: Callable[..., Transport], patience: Patience
) -> None:
    with answers(reply(b"", "502 x"), error("INTERNAL_ERROR", "500 x"), GOOD) as server:
        assert transport_to(server.url).get("/settings/modules") == {"modules": []}
    assert patience.waits == [0.5, 1.0]


def test_a_read_gives_up_after_the_third_server_fault(transport_to: Callable[..., Transport]) -> None:
    with answers(error("INTERNAL_ERROR", "500 x")) as server, pytest.raises(ServerFault) as caught:
        transport_to(server.url).get("/settings/modules")
    assert len(server.requests) == 3
    assert (caught.value.status, caught.value.code) == (500, "INTERNAL_ERROR")


def test_a_read_is_tried_again_after_a_broken_connection(transport_to: Callable[..., Transport]) -> None:
    def hang_up_once(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        if server.connections > 1:
            connection.sendall(GOOD)

    with wire(hang_up_once) as server:
        assert transport_to(server.url).get("/settings/modules") == {"modules": []}


def test_a_write_is_never_sent_again(transport_to: Callable[..., Transport], patience: Patience) -> None:
    with answers(error("INTERNAL_ERROR", "500 x")) as server, pytest.raises(ServerFault):
        transport_to(server.url).request("POST", "/Leads", body=b"{}")
    with answers(error("TOO_MANY_REQUESTS", "429 x")) as throttled, pytest.raises(TooManyRequests):
        transport_to(throttled.url).request("POST", "/Leads", body=b"{}")

    def hang_up(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)

    with wire(hang_up) as broken, pytest.raises(NoAnswer):
        transport_to(broken.url).request("POST", "/Leads", body=b"{}")
    assert [len(each.requests) for each in (server, throttled, broken)] == [1, 1, 1]
    assert patience.waits == []


def test_no_connection_means_nothing_was_sent(transport_to: Callable[..., Transport], patience: Patience) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}", "https://no-such-host.invalid"):
        events: list[CallEvent] = []
        with pytest.raises(NotSent) as caught:
            transport_to(url, on_call=events.append).get("/org")
        assert caught.value.message_code == "CRM-DOWN"
        assert [event.attempt for event in events] == [1, 2, 3]
        assert {(event.status, event.credits) for event in events} == {(None, 0)}


def test_a_server_that_speaks_no_tls_was_sent_nothing(transport_to: Callable[..., Transport]) -> None:
    def babble(server: Wire, connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(b"this is no TLS\r\n\r\n")

    with wire(babble) as server, pytest.raises(NotSent):
        transport_to(server.url.replace("http:", "https:")).get("/org")


@pytest.mark.parametrize(
    ("header", "waits"), [("3", 3.0), ("0", 1.0), ("1.5", None), ("soon", None), ("9" * 40, 900.0)]
)
def test_a_throttled_read_waits_as_long_as_it_is_told(
    header: str, waits: float | None, transport_to: Callable[..., Transport], patience: Patience
) -> None:
    throttled = reply({"code": "TOO_MANY_REQUESTS", "details": {}, "status": "error"}, "429 x", Retry_After=header)
    with answers(throttled, GOOD) as server:
        transport_to(server.url, deadline_s=1000.0).get("/settings/modules")
    assert patience.waits == [2.0 if waits is None else waits]


def test_a_throttled_read_understands_a_date(transport_to: Callable[..., Transport], patience: Patience) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    with answers(reply(b"<html>", "429 x", Retry_After=moment), GOOD) as server:
        transport_to(server.url, deadline_s=1000.0).get("/settings/modules")
    assert 90 < patience.waits[0] <= 100


def test_a_wait_longer_than_the_deadline_is_told_instead_of_slept(
    transport_to: Callable[..., Transport], patience: Patience
) -> None:
    throttled = reply({"code": "TOO_MANY_REQUESTS", "details": {}, "status": "error"}, "429 x", Retry_After="60")
    with answers(throttled) as server, pytest.raises(TooManyRequests) as caught:
        transport_to(server.url).get("/settings/modules")
    assert caught.value.retry_after_s == 60.0
    assert (len(server.requests), patience.waits) == (1, [])


@pytest.mark.parametrize("code", ["INVALID_TOKEN", "AUTHENTICATION_FAILURE", "INVALID_OAUTHTOKEN"])
def test_a_refused_token_is_renewed_once_and_the_call_repeated(
    code: str, transport_to: Callable[..., Transport]
) -> None:
    tokens = Tokens()
    with answers(error(code, "401 x"), GOOD) as server:
        assert transport_to(server.url, tokens).get("/settings/modules") == {"modules": []}
    assert tokens.refusals == ["first"]
    assert ["second" in request for request in server.requests] == [False, True]


def test_a_token_refused_twice_is_given_up(transport_to: Callable[..., Transport]) -> None:
    tokens = Tokens()
    with answers(error("INVALID_TOKEN", "401 x")) as server, pytest.raises(TokenRefused):
        transport_to(server.url, tokens).get("/settings/modules")
    assert (len(server.requests), tokens.refusals) == (2, ["first"])


@pytest.mark.parametrize("answer", [error("OAUTH_SCOPE_MISMATCH", "401 x"), error("NO_PERMISSION", "403 x")])
def test_a_missing_scope_or_permission_never_renews_the_token(
    answer: bytes, transport_to: Callable[..., Transport]
) -> None:
    tokens = Tokens()
    with answers(answer) as server, pytest.raises((ScopeMissing, NotAllowed)):
        transport_to(server.url, tokens).get("/settings/modules")
    assert (tokens.refusals, len(server.requests)) == ([], 1)


def test_a_missing_scope_is_named(transport_to: Callable[..., Transport]) -> None:
    with answers(error("OAUTH_SCOPE_MISMATCH", "401 x")) as server, pytest.raises(ScopeMissing) as caught:
        transport_to(server.url).get("/settings/custom_views", what="the custom views of Leads")
    assert caught.value.scope == "ZohoCRM.settings.custom_views.READ"
    assert "it needs ZohoCRM.settings.custom_views.READ" in str(caught.value)


def test_missing_permissions_are_named_and_nothing_else_of_the_details(transport_to: Callable[..., Transport]) -> None:
    answer = error("NO_PERMISSION", "403 x", permissions=["Crm_Implied_Api_Access", "<b>"], secret="hunter2")
    with answers(answer) as server, pytest.raises(NotAllowed) as caught:
        transport_to(server.url).get("/org", what="the organisation")
    assert caught.value.permissions == ["Crm_Implied_Api_Access"]
    assert str(caught.value) == (
        "Zoho CRM would not give the organisation: your profile lacks the permission (NO_PERMISSION); "
        "missing permission: Crm_Implied_Api_Access."
    )


def test_a_listener_is_told_about_each_try(transport_to: Callable[..., Transport]) -> None:
    events: list[CallEvent] = []
    good = reply({"data": []}, X_API_CREDITS_REMAINING="4321")
    with answers(error("INTERNAL_ERROR", "500 x"), good) as server:
        transport_to(server.url, on_call=events.append).get("/Leads", {"cvid": "17", "fields": "Last_Name"})
    first, second = events
    assert (first.method, first.path, first.status, first.code, first.attempt) == (
        "GET",
        "/Leads",
        500,
        "INTERNAL_ERROR",
        1,
    )
    assert (second.status, second.code, second.credits, second.attempt, second.credits_left) == (200, "", 3, 2, 4321)
    assert 0 < second.ms < 15000
    assert "secret-token" not in repr(events)
    assert "Last_Name" not in repr(events)


def test_a_listener_that_fails_does_not_break_the_call(
    transport_to: Callable[..., Transport], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(event: CallEvent) -> None:
        raise RuntimeError("the listener is broken")

    with answers(GOOD) as server:
        assert transport_to(server.url, on_call=fail).get("/settings/modules") == {"modules": []}
    assert "A listener failed" in caplog.text


def test_neither_logs_nor_errors_hold_the_token(
    transport_to: Callable[..., Transport], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with answers(error("INVALID_TOKEN", "401 x")) as server, pytest.raises(TokenRefused) as caught:
        transport_to(server.url, Tokens("canary-1", "canary-2")).get("/org")
    assert "canary" not in caplog.text + str(caught.value) + repr(caught.value) + repr(StaticToken("canary-3"))


@pytest.mark.parametrize(
    "path", ["", "org", "/org?x=1", "/../org", "/Leads/..", "//evil.test/", "/a b", "/%2e%2e", "/Ä"]
)
def test_an_address_that_is_none_is_not_asked_for(path: str, transport_to: Callable[..., Transport]) -> None:
    with answers(GOOD) as server, pytest.raises(InvalidName):
        transport_to(server.url).get(path)
    assert server.requests == []


@pytest.mark.parametrize("name", ["", "../org", "Leads/1", "Leads?x", "1Leads", "Le ads", "Leads\n", "Lèads", "_x"])
def test_a_name_that_cannot_be_is_not_asked_for(name: str) -> None:
    crm = CrmClient.with_token("http://127.0.0.1:9", "t")
    for ask in (crm.fields.all, crm.layouts.all, crm.related_lists.all, crm.custom_views.all, crm.modules.get):
        with pytest.raises(InvalidName) as caught:
            ask(name)
        assert caught.value.message_code == "NOT-FOUND"
    for ask_one in (crm.fields.get, crm.layouts.get):
        with pytest.raises(InvalidName):
            ask_one(name, "Leads")


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX-Evil: 1", "ä"])
def test_a_damaged_token_is_never_sent(token: str, transport_to: Callable[..., Transport]) -> None:
    with answers(GOOD) as server, pytest.raises(ReauthRequired):
        transport_to(server.url, StaticToken(token)).get("/org")
    assert server.requests == []


def test_a_code_that_is_none_is_not_repeated(transport_to: Callable[..., Transport]) -> None:
    with answers(error("<script>", "400 x")) as server, pytest.raises(InvalidRequest) as caught:
        transport_to(server.url).get("/org")
    assert (caught.value.code, "script" in str(caught.value)) == ("", False)


def test_two_clients_share_one_pool_and_keep_their_own_tokens(http: Http) -> None:
    with answers(GOOD) as server:
        for name in ("anna", "bert"):
            CrmClient(server.url, StaticToken(name), http=http).modules.all()
    assert server.connections == 1
    assert ["anna" in request for request in server.requests] == [True, False]


def test_an_error_that_is_kept_holds_neither_the_token_nor_the_answer(transport_to: Callable[..., Transport]) -> None:
    """A page keeps ten errors of ten parts until it is written; ten answers of 10 MB would be too much."""
    packed = gzip.compress(b'{"modules": "' + b"x" * (20 * 1024 * 1024))
    kept = []
    with answers(reply(packed, Content_Encoding="gzip")) as bomb, answers(reply(b'{"a":' * 99)) as deep:
        for server in (bomb, deep):
            with pytest.raises(CrmError) as caught:
                transport_to(server.url).get("/settings/modules")
            kept.append(caught.value)
    for problem in kept:
        frames = [frame for frame, _ in traceback.walk_tb(problem.__traceback__)]
        assert {"secret-token"} & {str(value) for frame in frames for value in frame.f_locals.values()} == set()
        assert {"_call_once", "read_whole", "parsed", "send"} & {frame.f_code.co_name for frame in frames} == set()
