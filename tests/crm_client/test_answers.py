"""Bytes into JSON: what is read, mended or refused."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_client.answers import DEEPEST, credits_left, is_too_deep, needed_scope, parsed, retry_after_s
from crm_client.errors import BadAnswer


def nested(levels: int, opening: str = "[", closing: str = "]") -> bytes:
    """An object with `levels` of nesting in all."""
    return ('{"a":' + opening * (levels - 1) + closing * (levels - 1) + "}").encode()


@pytest.mark.parametrize("piece", [b'\\"', b'"', b"[", b")(", b'"[', b'[\\"'])
def test_how_deep_a_body_is_that_is_no_json_is_found_in_time_by_its_length(piece: bytes) -> None:
    """It is asked before the body is read as JSON, so any bytes come here."""
    started = time.process_time()
    is_too_deep(b'{"fields":[' + piece * 400_000)
    assert time.process_time() - started < 2


def test_an_answer_as_deep_as_allowed_is_read() -> None:
    assert parsed(nested(DEEPEST), what="x") != {}
    assert parsed(nested(DEEPEST, '{"b":', "}").replace(b":}", b":1}"), what="x") != {}


@pytest.mark.parametrize("levels", [DEEPEST + 1, 500, 100_000])
def test_an_answer_deeper_than_that_is_refused(levels: int) -> None:
    with pytest.raises(BadAnswer):
        parsed(nested(levels), what="x")


def test_brackets_in_texts_do_not_count() -> None:
    texts = ["[" * 100, "{" * 100, "]}" * 50, '"[', "\\[", '\\"[[', "[{]}"]
    for deep, refused in ((DEEPEST, False), (DEEPEST + 1, True)):
        inner = "[" * (deep - 1) + json.dumps(texts)[1:-1] + "]" * (deep - 1)
        body = ('{"a":' + inner + "}").encode()
        if refused:
            with pytest.raises(BadAnswer):
                parsed(body, what="x")
        else:
            assert parsed(body, what="x") == json.loads(body)


@given(st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=20)))
def test_any_object_comes_out_as_it_went_in(value: dict[str, object]) -> None:
    expected = json.loads(json.dumps(value).replace("\\u0000", "\\ufffd"))
    assert parsed(json.dumps(value).encode(), what="x") == expected


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (rb'"a\u0000b"', "a\ufffdb"),
        (rb'"\ud800"', "\ufffd"),
        (rb'"\uDC00\ud83d"', "\ufffd\ufffd"),
        (rb'"\ud83d\ude00"', "😀"),
        (rb'"\\u0000"', "\\u0000"),
        (rb'"\\\u0000"', "\\\ufffd"),
        (rb'"\\\\ud800"', "\\\\ud800"),
        (rb'"\ud800\ud83d\ude00"', "\ufffd😀"),
        (rb'"\ud83d\u0041"', "\ufffdA"),
        (rb'"\u00e4\n\/"', "ä\n/"),
    ],
)
def test_what_cannot_be_stored_is_replaced_and_nothing_else(sent: bytes, read: str) -> None:
    assert parsed(b'{"x": ' + sent + b"}", what="x") == {"x": read}


def test_a_number_of_five_thousand_digits_ends_as_an_answer_or_an_error_of_ours() -> None:
    try:
        assert "x" in parsed(b'{"x": ' + b"7" * 5000 + b"}", what="x")
    except BadAnswer:
        pass


def test_a_key_that_comes_twice_counts_once() -> None:
    assert parsed(b'{"x": 1, "x": 2}', what="x") == {"x": 2}


def test_the_reason_repeats_nothing_of_the_answer() -> None:
    for body in (b"<html>canary</html>", b"canary", b'{"x": "canary', b'["canary"]', b"\xef\xbb\xbf<canary>"):
        with pytest.raises(BadAnswer) as caught:
            parsed(body, what="the modules", status=200)
        assert "canary" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_a_date_to_wait_for_becomes_seconds_within_bounds() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for text, seconds in (
        ("Thu, 01 Jan 2026 00:01:00 GMT", 60.0),
        ("Thu, 01 Jan 2026 00:01:00", 60.0),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 1.0),
        ("Fri, 01 Jan 2027 00:00:00 GMT", 900.0),
        ("Thu, 99 Jan 2026 00:01:00 GMT", None),
        ("-5", None),
        ("", None),
    ):
        assert retry_after_s({"retry-after": text}, now) == seconds, text
    by_the_server = {"retry-after": "Thu, 01 Jan 2026 00:01:00 GMT", "date": "Thu, 01 Jan 2026 00:00:00 GMT"}
    assert retry_after_s(by_the_server) == 60.0  # whatever our own clock says


def test_credits_are_told_only_when_the_crm_tells_them() -> None:
    answers = [{}, {"x-api-credits-remaining": "12"}, {"x-api-credits-remaining": "many"}]
    assert [credits_left(headers) for headers in answers] == [None, 12, None]


def test_each_address_names_the_scope_it_needs() -> None:
    scopes = [
        needed_scope(path)
        for path in (
            "/settings/modules/Leads",
            "/settings/blueprints/5",
            "/settings/unheard_of",
            "/org",
            "/users",
            "/__apis",
            "/Leads/1",
            "/bulk/read/1",
            "/bulk/write",
            "/upload",
        )
    ]
    assert scopes == [
        "ZohoCRM.settings.modules.READ",
        "ZohoCRM.settings.blueprint.READ",
        "",
        "ZohoCRM.org.READ",
        "ZohoCRM.users.READ",
        "ZohoCRM.apis.READ",
        "ZohoCRM.modules.READ",
        "ZohoCRM.bulk.READ",
        "ZohoCRM.bulk.CREATE",
        "ZohoFiles.files.ALL",
    ]
