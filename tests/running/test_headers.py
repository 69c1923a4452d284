"""The headers that protect an answer stand on every answer, also on those given before a page is asked (AC-56)."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

PROTECTING = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _missing(answer: Any, wanted: dict[str, str]) -> list[str]:
    return [name for name, part in wanted.items() if part not in answer.headers.get(name, "")]


def test_answers_that_come_before_any_page_are_protected_and_never_stored() -> None:
    browser, foreign = Client(), {"Sec-Fetch-Site": "cross-site"}
    answers = {
        "a wrong host": (400, browser.get("/sign-in/", headers={"Host": "evil.test"})),
        "a missing slash": (301, browser.get("/sign-in")),
        "another site's form": (403, browser.post("/sign-in/", headers=foreign)),
        "another site's fragment": (403, browser.post("/jobs/", headers={**foreign, "HX-Request": "true"})),
        "a form without its token": (403, Client(enforce_csrf_checks=True).post("/sign-in/", {"dc": "standin-us"})),
        "too much": (413, browser.post("/sign-in/", {"next": "a" * 70_000})),
        "too many names": (413, browser.get("/sign-in/callback/?" + "&".join(f"n{n}=1" for n in range(20_000)))),
        "nothing there": (404, browser.get("/nowhere/<script>/")),
        "a stranger": (302, browser.get("/connections/")),
        "a verb": (405, browser.options("/sign-in/")),
        "a callback of nobody": (400, browser.get("/sign-in/callback/")),
    }
    for what, (status, answer) in answers.items():
        assert answer.status_code == status, what
        assert _missing(answer, {**PROTECTING, "Cache-Control": "no-store"}) == [], what
        assert b"<script>" not in answer.content, what


def test_a_wrong_host_over_http_gets_them_where_the_console_is_at_https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/sign-in/", headers={"Host": "evil.test"})
    wanted = ("Content-Security-Policy", "X-Frame-Options")
    assert answer.status_code == 400
    assert _missing(answer, {**{name: PROTECTING[name] for name in wanted}, "Cache-Control": "no-store"}) == []


def test_a_static_file_is_protected_and_may_be_kept() -> None:
    answer = Client().get("/static/img/mark.svg")
    assert answer.status_code == 200
    assert _missing(answer, PROTECTING) == []
    assert "no-store" not in answer.headers["Cache-Control"]
    answer.close()
