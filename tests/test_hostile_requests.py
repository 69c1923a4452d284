"""Whatever a browser sends, no page fails over it: paths, queries, forms, headers and bodies made to break one (AC-66).

HOSTILE_REQUESTS=5000 tries as many; the seed is fixed, so a failing request can be repeated by its number.
"""

import os
import re
import time
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, quote_from_bytes

import pytest
from django.test import Client

import console
from crm_client.standin import StandIn
from tests.cast import Person
from tests.routes import Route, all_routes, sample_values

pytestmark = pytest.mark.django_db

COUNT = int(os.environ.get("HOSTILE_REQUESTS", "200"))
SEED = 1
LONGEST_S = 15
ENDS_THE_VISIT = {"connections:sign_out", "connections:end_everywhere", "connections:disconnect"}
ROUTES = [route for route in all_routes() if route.name not in ENDS_THE_VISIT]
METHODS = ["GET"] * 6 + ["POST"] * 5 + ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
VALUES = [
    b"",
    b"0",
    b"-1",
    b"1",
    b"999999999999999999999999",
    b"1e9",
    b"NaN",
    b"0x10",
    b"\xd9\xa3",
    b"true",
    b"null",
    b"[]",
    b"{}",
    b"../users",
    b"..%2f..%2fetc",
    b"1 or 1",
    b"') or (id:equals:1",
    b"Robert'); DROP TABLE x;--",
    b"%",
    b"%%",
    b"_",
    b"\\",
    b"\x00",
    b"a\x00b",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x92\xa9",
    b"\xe2\x80\xae",
    b"\r\nSet-Cookie: x=1",
    b"a" * 20_000,
    b"<script>alert(1)</script>",
    b"{{7*7}}",
    b"{% debug %}",
    b"javascript:alert(1)",
    b"//evil.test",
    b"https://evil.test/",
    b"api_name",
    b"-api_name",
    b"?",
    b"password",
    b"user__password",
    b"id__in",
    b"__class__",
    b"all",
    b"json",
    b"csv",
    b"xlsx",
    b"00000000-0000-0000-0000-000000000000",
    b"5725767000000524157",
    b"9" * 19,
    b"2026-13-45",
    b"2026-11-21T25:61:61",
    b"Leads",
]
NAMES = ["q", "page", "sort", "columns", "next", "__proto__", "a[b][c]", "a.b", "_form_key", "", "x" * 300]
READ = re.compile(r"""(?:GET|POST|query|posted|data|params)(?:\.get|\.getlist|\.pop)?[\[(]["']([\w-]+)["']""")
HEADERS = [
    *("HX-Request", "HX-Current-URL", "HX-Target", "HX-Boosted", "HX-History-Restore-Request", "Referer", "Origin"),
    *("Accept-Language", "If-None-Match", "If-Modified-Since", "Range", "X-Forwarded-For", "X-Forwarded-Host"),
    *("X-HTTP-Method-Override", "Accept", "Accept-Encoding", "Cookie"),
]
FORM, BROKEN_FORM = "application/x-www-form-urlencoded", b"--x\r\nContent-Disposition: form-data"
TYPES = [
    *(FORM, "multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 300),
    *("application/json", "text/plain", "application/xml", ""),
]


def _names_read() -> list[str]:
    """The names of parameters that the console's own code reads, so that values reach it."""
    code = "".join(path.read_text() for path in sorted(Path(console.__path__[0]).rglob("*.py")))
    return sorted({*NAMES, *READ.findall(code)})


def _path(draw: Random, route: Route, values: dict[str, str]) -> str:
    """The route's address; every third time one of its arguments is a hostile one, as a browser would encode it."""
    path = route.path(values)
    if route.arguments and draw.random() < 0.33:
        name = draw.choice(route.arguments)
        hostile = quote_from_bytes(draw.choice(VALUES)[:300], safe=draw.choice(["", "/", "/?"]))
        path = path.replace(f"/{values[name]}", f"/{hostile}", 1)
    return path if draw.random() < 0.97 else path.rstrip("/") + draw.choice(["", "//", "/%2e%2e/", "/.", ";x=1"])


def _pairs(draw: Random, names: list[str]) -> str:
    chosen = [(draw.choice(names), draw.choice(VALUES)) for _ in range(draw.choice([0, 1, 1, 2, 3, 8]))]
    return "&".join(f"{quote(name)}={quote_from_bytes(value[:3000])}" for name, value in chosen)


def _request(draw: Random, values: dict[str, str], names: list[str]) -> tuple[str, str, dict[str, Any]]:
    """Method, address and how it is sent."""
    method, address = draw.choice(METHODS), _path(draw, draw.choice(ROUTES), values)
    if query := _pairs(draw, names):
        address += f"?{query}"
    headers = {
        name: draw.choice(["true", draw.choice(VALUES)[:500].decode("latin-1")])
        for name in draw.sample(HEADERS, draw.choice([0, 0, 1, 3]))
    }
    how: dict[str, Any] = {"headers": headers}
    if method in ("POST", "PUT", "PATCH"):
        is_form = draw.random() < 0.7
        how["content_type"] = FORM if is_form else draw.choice(TYPES)
        how["data"] = _pairs(draw, names) if is_form else draw.choice([*VALUES, BROKEN_FORM])
    return method, address, how


def test_no_request_makes_a_page_fail(alice: Person, standin: StandIn) -> None:
    names, values = _names_read(), sample_values(alice.connection)
    assert len(names) > 30
    browser = Client(raise_request_exception=True)
    browser.force_login(alice.user)
    session = browser.cookies.output(header="")
    wrong, seen = [], set()
    for number in range(COUNT):
        draw = Random(f"{SEED}:{number}")
        method, address, how = _request(draw, values, names)
        begin = time.monotonic()
        calls = len(standin.ledger())
        try:
            answer = browser.generic(method, address, **how)
        except Exception as exc:  # noqa: BLE001  what a person would see as a page 500
            wrong.append((number, method, address[:200], repr(exc)[:300]))
            continue
        seen.add(answer.status_code)
        asked = {call["method"] for call in standin.ledger(calls)}
        if answer.status_code >= 500 and b"data-error-code=" not in answer.content and "healthz" not in address:
            wrong.append((number, method, address[:200], str(answer.status_code)))
        if method in ("GET", "HEAD") and asked - {"GET"}:
            wrong.append((number, method, address[:200], f"asked the CRM {asked}"))
        for header in ("Location", "HX-Redirect", "HX-Location"):
            if not re.match(r"(/(?![/\\\\])|\?|$)", answer.headers.get(header, "")):
                wrong.append((number, method, address[:200], f"leads to {answer.headers[header]}"))
        if time.monotonic() - begin > LONGEST_S:
            wrong.append((number, method, address[:200], "took too long"))
        if browser.cookies.output(header="") != session:
            browser.force_login(alice.user)
            session = browser.cookies.output(header="")
    assert wrong == []
    assert {200, 302, 403, 404, 405} - {403} <= seen
