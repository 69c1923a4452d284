"""Writing at the wire: what each answer says about each row, and that no write is ever sent twice."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable
from typing import Any

import pytest

from crm_client import CrmClient, StaticToken
from crm_client.errors import (
    BadAnswer,
    CrmError,
    InvalidName,
    InvalidRequest,
    NoAnswer,
    NotAllowed,
    NotFound,
    NotSent,
    ScopeMissing,
    ServerFault,
    TokenRefused,
    TooManyRequests,
    TooSlow,
)
from crm_client.transport import Transport
from crm_client.writes import MOST_ROWS, RowAnswer, WriteOptions, WritesRecords
from tests.crm_client.conftest import Tokens
from tests.crm_client.wire import Wire, answers, error, reply, wire

MakeTransport = Callable[..., Transport]
TWO = [{"Last_Name": "Boyle"}, {"Last_Name": "Burns"}]


class _Writes(WritesRecords):
    def __init__(self, transport: Transport) -> None:
        self._transport = transport


def good(id_: str, **more: Any) -> dict[str, Any]:
    return {"code": "SUCCESS", "details": {"id": id_}, "message": "record added", "status": "success", **more}


def bad(code: str, **details: Any) -> dict[str, Any]:
    return {"code": code, "details": details, "message": "no", "status": "error"}


def data(*items: Any) -> dict[str, Any]:
    return {"data": list(items)}


def _create(transport_to: MakeTransport, answer: bytes, rows: list[dict[str, Any]] = TWO) -> list[RowAnswer | None]:
    with answers(answer) as server:
        told = _Writes(transport_to(server.url, deadline_s=2)).create("Leads", rows)
    assert len(server.requests) == 1
    return told


def _sent(server: Wire) -> tuple[str, dict[str, Any]]:
    """Request line and body of the only request."""
    (request,) = server.requests
    head, _, body = request.partition("\r\n\r\n")
    return head.split("\r\n")[0], json.loads(body) if body else {}


@pytest.mark.parametrize("status", ["401 x", "403 x", "404 x", "409 x", "429 x"])
def test_a_refusal_that_holds_a_success_does_not_say_that_nothing_was_done(
    status: str, transport_to: MakeTransport
) -> None:
    with pytest.raises(NoAnswer):
        _create(transport_to, reply(data(good("1"), bad("NO_PERMISSION")), status))


@pytest.mark.parametrize("status", ["201 Created", "200 OK", "202 Accepted", "207 Mixed", "400 x", "412 x"])
def test_each_row_has_its_own_answer_whatever_the_status(status: str, transport_to: MakeTransport) -> None:
    mixed = data(good("525508000005065003"), bad("INVALID_DATA", api_name="Last_Name"))
    first, second = _create(transport_to, reply(mixed, status))
    assert first is not None
    assert second is not None
    assert (first.is_success, first.id, first.message) == (True, "525508000005065003", "record added")
    assert (second.is_success, second.code, second.details, second.id) == (
        False,
        "INVALID_DATA",
        {"api_name": "Last_Name"},
        "",
    )


@pytest.mark.parametrize(
    "items",
    [
        [good("1")],
        [good("1"), good("2"), good("2")],
        [good("1"), good("1")],
        [],
        ["x", None],
        [{"details": {}, "message": "record added"}, {"details": {}, "message": "record added"}],
        [good(""), {**good("2"), "status": "perhaps"}],
        [{"code": "SUCCESS", "details": {"id": 1.5}, "status": "success"}, {"status": "error", "details": {}}],
    ],
)
def test_an_answer_that_does_not_say_which_row_says_nothing(items: list[Any], transport_to: MakeTransport) -> None:
    assert _create(transport_to, reply(data(*items), "201 Created")) == [None, None]


def test_one_item_without_a_status_leaves_the_others_certain(transport_to: MakeTransport) -> None:
    first, second = _create(transport_to, reply(data(good("1"), {"message": "record added"}), "201 Created"))
    assert first is not None
    assert first.id == "1"
    assert second is None


def test_ids_that_come_as_numbers_are_kept_to_the_digit(transport_to: MakeTransport) -> None:
    items = [{"code": "SUCCESS", "details": {"id": 5725767000000524157 + n}, "status": "success"} for n in (0, 1)]
    told = _create(transport_to, reply(data(*items), "201 Created"))
    assert [row.id for row in told if row] == ["5725767000000524157", "5725767000000524158"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error("INVALID_MODULE", "400 x"), NotFound),
        (error("INVALID_DATA", "400 x"), InvalidRequest),
        (error("NO_PERMISSION", "403 x", permissions=["Crm_Implied_Create_Leads"]), NotAllowed),
        (error("OAUTH_SCOPE_MISMATCH", "401 x"), ScopeMissing),
        (error("TOO_MANY_REQUESTS", "429 x"), TooManyRequests),
        (error("TOO_MANY_REQUESTS", "400 x"), TooManyRequests),
        (error("ALREADY_MODIFIED", "412 x"), InvalidRequest),
        (error("INVALID_DATA", "200 OK"), InvalidRequest),
        (reply({"data": bad("INVALID_DATA")}, "200 OK"), InvalidRequest),
        (reply(data(bad("INVALID_MODULE", resource_path_index=0)), "400 x"), NotFound),
        (reply(data(bad("AUTHORIZATION_FAILED")), "400 x"), NotAllowed),
        (reply(data(bad("NO_PERMISSION")), "403 x"), NotAllowed),
    ],
)
def test_a_call_refused_as_a_whole_has_done_nothing(
    answer: bytes, kind: type[CrmError], transport_to: MakeTransport
) -> None:
    with pytest.raises(CrmError) as caught:
        _create(transport_to, answer)
    assert type(caught.value) is kind


def test_a_missing_scope_is_the_one_for_writing(transport_to: MakeTransport) -> None:
    with answers(error("OAUTH_SCOPE_MISMATCH", "401 x")) as server, pytest.raises(ScopeMissing) as caught:
        _Writes(transport_to(server.url)).delete("Leads", ["1"])
    assert caught.value.scope == "ZohoCRM.modules.DELETE"
    assert "ZohoCRM.modules.DELETE" in caught.value.sentence()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error("INTERNAL_ERROR", "500 x"), ServerFault),
        (reply(data(good("1"), good("2")), "502 x"), ServerFault),
        (reply(b"", "204 No Content"), BadAnswer),
        (reply(b"", "304 Not Modified"), BadAnswer),
        (reply(b"", "302 Found", Location="https://evil.test/"), BadAnswer),
        (reply(b"<html>proxy</html>", "403 x"), BadAnswer),
        (reply(b"<html>proxy</html>", "400 x"), BadAnswer),
        (reply(b"<html>proxy</html>", "201 Created"), BadAnswer),
        (reply(b'{"data": [{"id', "201 Created"), BadAnswer),
        (reply({}, "201 Created"), BadAnswer),
        (reply({"data": None}, "201 Created"), BadAnswer),
        (reply({"data": {"id": "1"}}, "201 Created"), BadAnswer),
        (reply([good("1"), good("2")], "201 Created"), BadAnswer),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 900\r\nConnection: close\r\n\r\n{", BadAnswer),
        (b"Connection: close\r\n\r\n", NoAnswer),
    ],
)
def test_everything_else_is_unknown_and_never_sent_again(
    answer: bytes, kind: type[CrmError], transport_to: MakeTransport
) -> None:
    with pytest.raises(NoAnswer) as caught:
        _create(transport_to, answer)
    assert type(caught.value) is kind


def test_a_reset_in_the_middle_of_the_upload_is_unknown(transport_to: MakeTransport) -> None:
    def reset(server: Wire, connection: socket.socket) -> None:
        server.requests.append(connection.recv(4096).decode("latin-1"))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    rows = [{"Description": "x" * 32_000, "Last_Name": str(n)} for n in range(100)]
    with wire(reset) as server, pytest.raises(NoAnswer):
        _Writes(transport_to(server.url)).create("Leads", rows)
    assert len(server.requests) == 1


def test_an_answer_that_drips_past_the_deadline_is_unknown(transport_to: MakeTransport) -> None:
    def drip(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        while not server.stopping.wait(0.1):
            connection.sendall(b"H")

    with wire(drip) as server, pytest.raises(TooSlow):
        _Writes(transport_to(server.url, deadline_s=0.5)).create("Leads", TWO)
    assert len(server.requests) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "https://no-such-host.invalid", "https://127.0.0.1:{tls}"])
def test_without_a_connection_nothing_was_sent(url: str, transport_to: MakeTransport) -> None:
    with answers(reply(data())) as plain:
        with pytest.raises(NotSent):
            _Writes(transport_to(url.format(tls=plain.url.rpartition(":")[2]))).create("Leads", TWO)
        assert plain.requests == []


def test_a_write_without_time_left_was_not_sent(transport_to: MakeTransport) -> None:
    with answers(reply(data())) as server:
        transport = transport_to(server.url)
        transport.ends_by = 0.0
        with pytest.raises(NotSent):
            _Writes(transport).create("Leads", TWO)
        assert server.requests == []


def test_after_a_refused_token_the_call_is_made_once_more(transport_to: MakeTransport) -> None:
    tokens = Tokens("first", "second")
    done = reply(data(good("1"), good("2")), "201 Created")
    with answers(error("INVALID_TOKEN", "401 x"), done) as server:
        told = _Writes(transport_to(server.url, tokens)).create("Leads", TWO)
    assert [row.id for row in told if row] == ["1", "2"]
    assert len(server.requests) == 2
    with answers(error("INVALID_TOKEN", "401 x")) as server, pytest.raises(TokenRefused):
        _Writes(transport_to(server.url, Tokens("first", "second"))).create("Leads", TWO)
    assert len(server.requests) == 2


def test_an_insert_carries_its_options_and_nothing_it_was_not_given(transport_to: MakeTransport) -> None:
    with answers(reply(data(good("1"), good("2")), "201 Created")) as server:
        _Writes(transport_to(server.url)).create("Leads", TWO)
        assert _sent(server) == ("POST /crm/v8/Leads HTTP/1.1", {"data": TWO})
        server.requests.clear()
        options = WriteOptions(
            trigger=[], lar_id="7", apply_feature_execution=["layout_rules"], skip_feature_execution=["cadences"]
        )
        assert WriteOptions.from_json(json.loads(json.dumps(options.to_json()))) == options
        _Writes(transport_to(server.url)).create("Leads", TWO, options)
        assert _sent(server)[1] == {
            "data": TWO,
            "trigger": [],
            "lar_id": "7",
            "apply_feature_execution": [{"name": "layout_rules"}],
            "skip_feature_execution": [{"name": "cadences"}],
        }


def test_an_upsert_says_for_each_half_what_to_leave_out_and_may_find_one_record_twice(
    transport_to: MakeTransport,
) -> None:
    found = {"action": "update", "duplicate_field": "Email"}
    options = WriteOptions(skip_feature_execution=["cadences"], duplicate_check_fields=["Email", "Mobile"])
    with answers(reply(data(good("1", **found), good("1", **found)), "200 OK")) as server:
        told = _Writes(transport_to(server.url)).upsert("Leads", TWO, options)
        line, body = _sent(server)
    assert [(row.id, row.action, row.duplicate_field) for row in told if row] == [("1", "update", "Email")] * 2
    assert line == "POST /crm/v8/Leads/upsert HTTP/1.1"
    assert body["duplicate_check_fields"] == ["Email", "Mobile"]
    assert [item["action"] for item in body["skip_feature_execution"]] == ["insert", "update"]


def test_an_update_believes_only_an_answer_about_the_record_it_sent(transport_to: MakeTransport) -> None:
    rows = [{"id": "11", "Company": "Zylker"}, {"id": "12", "Company": "Zylker"}]
    options = WriteOptions(if_unmodified_since="2026-01-15T15:26:49+05:30")
    with answers(reply(data(good("11"), good("99")), "200 OK")) as server:
        first, second = _Writes(transport_to(server.url)).update("Leads", rows)
        assert first is not None
        assert (first.id, second) == ("11", None)
        assert _sent(server) == ("PUT /crm/v8/Leads HTTP/1.1", {"data": rows})
        with pytest.raises(InvalidName):
            _Writes(transport_to(server.url)).update("Leads", rows, options)
    with answers(reply(data(bad("ALREADY_MODIFIED")), "412 x")) as server:
        (told,) = _Writes(transport_to(server.url)).update("Leads", rows[:1], options)
        assert told is not None
        assert told.code == "ALREADY_MODIFIED"
        assert "if-unmodified-since: 2026-01-15t15:26:49+05:30\r\n" in server.requests[0].lower()


def test_a_deletion_names_the_records_and_may_run_no_workflow(transport_to: MakeTransport) -> None:
    with answers(reply(data(good("11"), bad("INVALID_DATA")), "207 x")) as server:
        told = _Writes(transport_to(server.url)).delete("Leads", ["11", "12"], WriteOptions(trigger=[]))
        assert [row and row.is_success for row in told] == [True, False]
        assert _sent(server)[0] == "DELETE /crm/v8/Leads?ids=11%2C12&wf_trigger=false HTTP/1.1"


def test_a_recurring_activity_is_sent_alone_and_has_all_its_occurrences(transport_to: MakeTransport) -> None:
    weekly = {"Subject": "Call back", "Recurring_Activity": {"RRULE": "FREQ=DAILY"}}
    with answers(reply(data(good("1"), good("2"), good("3")), "201 Created")) as server:
        writes = _Writes(transport_to(server.url))
        (told,) = writes.create("Tasks", [weekly])
        with pytest.raises(InvalidName):
            writes.create("Tasks", [weekly, {"Subject": "Once"}])
    assert told is not None
    assert (told.id, told.occurrence_ids) == ("1", ("1", "2", "3"))
    assert len(server.requests) == 1
    for items in ([good("1"), {"message": "?"}], [good("1"), good("1")], []):
        assert _create(transport_to, reply(data(*items), "201 Created"), [weekly]) == [None]


@pytest.mark.parametrize("rows", [[], [{"Last_Name": "x"}] * (MOST_ROWS + 1)])
def test_a_call_takes_one_to_a_hundred_records(rows: list[dict[str, Any]], transport_to: MakeTransport) -> None:
    with answers(reply(data())) as server:
        with pytest.raises(InvalidName):
            _Writes(transport_to(server.url)).create("Leads", rows)
        assert server.requests == []


@pytest.mark.parametrize(
    "write",
    [
        lambda records: records.create("../users", TWO),
        lambda records: records.update("Leads", [{"id": "1 or 1"}]),
        lambda records: records.delete("Leads", ["1,2"]),
        lambda records: records.create("Leads", TWO, WriteOptions(lar_id="x")),
        lambda records: records.upsert("Leads", TWO, WriteOptions(duplicate_check_fields=["a b"])),
        lambda records: records.update("Leads", [{"id": "1"}], WriteOptions(if_unmodified_since="a\r\nb: c")),
    ],
)
def test_names_and_ids_that_cannot_be_are_never_sent(write: Callable[[WritesRecords], Any]) -> None:
    with answers(reply(data())) as server:
        with CrmClient(server.url, StaticToken("t")) as crm, pytest.raises(InvalidName):
            write(crm.records)
        assert server.requests == []
