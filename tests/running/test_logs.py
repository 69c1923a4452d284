"""Logs: one JSON object a line, and never a secret."""

import json
import logging
import logging.config
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.logs import JsonLines, configuration, scrub

TOKEN = "1000.0123456789abcdef0123456789abcdef.fedcba9876543210fedcba9876543210"


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Zoho-oauthtoken secret-value-1",
        "authorization: Bearer secret-value-1",
        "POST /oauth/v2/token?grant_type=refresh_token&refresh_token=secret-value-1&client_id=x",
        "client_secret=secret-value-1",
        "code_verifier=secret-value-1&code=secret-value-1",
        "GET /sign-in/callback/?code=secret-value-1&state=secret-value-1&location=eu HTTP/1.1",
        "GET /sign-in/callback/?anything=secret-value-1",
        '{"access_token": "secret-value-1", "expires_in": 3600}',
        "{'refresh_token': 'secret-value-1'}",
        json.dumps({"text": json.dumps({"client_secret": "secret-value-1"})}),
        "{'code': 'secret-value-1-and-longer'}",
        "Cookie: console-8000-session=secret-value-1",
        "csrfmiddlewaretoken=secret-value-1",
        "postgres://console:secret-value-1@db:5432/console",
        "redis://:secret-value-1@cache:6379/0",
        "{'__Host-console-session': 'secret-value-1', 'console-8000-csrf': 'secret-value-1'}",
    ],
)
def test_a_secret_by_its_name_is_hidden(line: str) -> None:
    assert "secret-value-1" not in scrub(line)
    assert "[hidden]" in scrub(line)


@pytest.mark.parametrize("piece", ["a", "a-", "1000.", "://", "://a:", "\\'", "'token': '", "state=", "'a-", " "])
def test_a_strangers_endless_address_keeps_no_process_busy(piece: str) -> None:
    """Whatever is asked for and not found stands in the log; a long run of one thing costs no more than its length."""
    started = time.process_time()
    scrub(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 2


@pytest.mark.parametrize("secret", ['with"quotes"in-it', "with\\a-backslash", "with\ttab-in-it"])
def test_a_secret_is_hidden_also_as_json_spells_it(secret: str) -> None:
    record = logging.makeLogRecord({"msg": f"said {secret}", "extra": secret})
    line = JsonLines([secret]).format(record)
    assert json.loads(line)["text"] == "said [hidden]"
    assert json.loads(line)["extra"] == "[hidden]"


def test_a_token_by_its_shape_is_hidden_wherever_it_stands() -> None:
    assert scrub(f"the CRM said {TOKEN}, again") == "the CRM said [hidden], again"


@pytest.mark.parametrize(
    "line",
    [
        '{"code": "INVALID_TOKEN", "state": "running", "status": 401}',
        "{'code': 'MANDATORY_NOT_FOUND_IN_THIS_LAYOUT'}",
        "GET /crm/v8/settings/modules 200 12 ms",
        "postgres://db:5432/console",
    ],
)
def test_what_helps_the_reader_stays(line: str) -> None:
    assert scrub(line) == line


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Any]:
    """A logger set up as in production, to a file; gives a function that returns the lines so far."""
    file = tmp_path / "console.log"
    settings = configuration(str(file), "DEBUG", secrets=["the configured client secret"])
    handler = settings["handlers"]["lines"]
    made = logging.handlers.RotatingFileHandler(
        handler["filename"], encoding=handler["encoding"], errors=handler["errors"]
    )
    made.setFormatter(JsonLines(settings["formatters"]["json"]["secrets"]))
    logger = logging.getLogger("tests.logs")
    logger.addHandler(made)
    logger.setLevel(settings["root"]["level"])
    yield logger, lambda: [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    logger.removeHandler(made)
    made.close()


def test_a_line_is_json_with_its_extras(log: Any) -> None:
    logger, lines = log
    logger.info("called %s", "modules", extra={"ms": 12, "status": 200})
    (line,) = lines()
    assert line["level"] == "info"
    assert line["text"] == "called modules"
    assert (line["ms"], line["status"]) == (12, 200)
    assert line["time"].endswith("+00:00")


def test_secrets_do_not_get_out_by_argument_extra_or_traceback(log: Any) -> None:
    logger, lines = log
    try:
        raise ValueError(f"bad answer: access_token={TOKEN}")
    except ValueError:
        logger.exception("token %s", TOKEN, extra={"body": {"client_secret": "the configured client secret"}})
    (line,) = lines()
    assert "ValueError" in line["error"]
    assert TOKEN not in str(line)
    assert "configured client" not in str(line)


def test_odd_text_of_a_crm_is_one_line_all_the_same(log: Any) -> None:
    logger, lines = log
    logger.info("label %s", "a\nb\x00\ud800" + "x" * 1_000_000)
    (line,) = lines()
    assert line["text"].startswith("label a\nb\x00")
    assert len(line["text"]) == 10_000


def test_libraries_that_log_requests_are_kept_quiet_at_any_level() -> None:
    loggers = configuration("", "DEBUG", [])["loggers"]
    assert {loggers[name]["level"] for name in ("authlib", "urllib3", "kombu")} == {"WARNING"}
