"""Logs: one JSON object a line, without secrets (threat T23).

Secrets are taken out of the finished line, so that it does not matter whether they came in the text, in an argument,
in an extra or in a traceback. Pure but for reading the clock that logging stamped.
"""

import json
import logging
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

HIDDEN = "[hidden]"
_LONGEST_TEXT = 10_000  # characters; a CRM's label may have a million
_SHORTEST_SECRET = 8  # a shorter "secret" would blank ordinary words

_NAMES = (
    r"access_token|refresh_token|token|client_secret|code_verifier|code_challenge|password"
    r"|authorization|session|csrf|cookie|set-cookie|x-csrftoken|csrfmiddlewaretoken|secret|secret_key"
)
# A stranger's address stands in our log, so no pattern may begin with an endless repetition: each place of a long run
# would be tried to its end. What may stand before a name (cookies: "console-8000-session") is bounded or left out.
_SCRUBBERS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Zoho's own shape of tokens, codes and client ids: 1000.<hex>.<hex>
    (re.compile(r"\b1000\.[A-Za-z0-9]{6,}(?:\.[A-Za-z0-9]{6,})?"), HIDDEN),
    (re.compile(r"(?i)\b(Zoho-oauthtoken|Bearer|Basic)\s+[^\s\"'\\,]+"), rf"\1 {HIDDEN}"),
    # name=value of query strings, forms and cookies
    (re.compile(rf"(?i)\b({_NAMES}|code|state)=[^\s&\"'\\;,)]+"), rf"\1={HIDDEN}"),
    # "name": "value" of JSON and Python, also inside a JSON string, where the quotes carry a backslash
    (re.compile(rf"""(?i)(["'][\w-]{{0,40}}?\b({_NAMES})\\?["']\s*:\s*\\?["'])[^"'\\]+"""), rf"\1{HIDDEN}"),
    # "code" and "state" are also what the CRM calls its errors and a job its progress: those are short or UPPER_CASE
    (re.compile(r"""(["'](code|state)\\?["']\s*:\s*\\?["'])(?![A-Z_]+\\?["'])[^"'\\]{16,}"""), rf"\1{HIDDEN}"),
    # user:password@host of a database or broker
    (re.compile(r"(://[^\s:/@\"']*):[^\s/@\"']+@"), rf"\1:{HIDDEN}@"),
    # the callback's query string carries code and state, whatever else it carries
    (re.compile(r"(/sign-in/callback/?)\?[^\s\"'\\]*"), rf"\1?{HIDDEN}"),
)
# What logging itself puts on a record; everything else came from `extra=`.
_STANDARD = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}
# These write requests, tokens or PKCE verifiers at DEBUG, whatever level was asked for.
_TALKATIVE = ("authlib", "urllib3", "requests", "kombu", "amqp", "django.db.backends", "celery.utils.functional")


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without tokens, codes, passwords and the given secrets."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    for pattern, replacement in _SCRUBBERS:
        text = pattern.sub(replacement, text)
    return text


class JsonLines(logging.Formatter):
    """A record as one line: time (UTC), level, logger, text, the extras by name, and the traceback if there is one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        long = [secret for secret in secrets if len(secret) >= _SHORTEST_SECRET]
        # In the finished line a quote or a backslash of a secret carries a backslash of its own.
        self._secrets = tuple({form for one in long for form in (one, json.dumps(one, ensure_ascii=False)[1:-1])})

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": record.getMessage()[:_LONGEST_TEXT],
        }
        line |= {key: value for key, value in record.__dict__.items() if key not in _STANDARD and key != "request"}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return scrub(json.dumps(line, ensure_ascii=False, default=str), self._secrets)


def configuration(file: str, level: str, secrets: Iterable[str]) -> dict[str, Any]:
    """Django's LOGGING: JSON lines to a file (10 MB, the last three kept) or, without one, to standard error.

    secrets   values that must not appear in any line, whatever their shape
    """
    to_file = {
        "class": "logging.handlers.RotatingFileHandler",
        "filename": file,
        "maxBytes": 10_000_000,
        "backupCount": 3,
        "encoding": "utf-8",
        "errors": "backslashreplace",  # lone surrogates of a CRM's text
    }
    to_stderr = {"class": "logging.StreamHandler"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "console.logs.JsonLines", "secrets": list(secrets)}},
        "handlers": {"lines": {**(to_file if file else to_stderr), "formatter": "json"}},
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # Whoever scans the internet for hosts gets a 400 and no traceback in our logs.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            **{name: {"level": "WARNING"} for name in _TALKATIVE},
        },
    }
