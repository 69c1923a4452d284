"""What an answer means: bytes into JSON, and status and body into one of our errors. Pure: no HTTP.

source  zoho.com/crm/developer/docs/api/v8/status-codes.html and the error tables of each page
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import accumulate

import orjson

from crm_client.bodies import Download
from crm_client.errors import (
    BadAnswer,
    CrmError,
    InvalidRequest,
    NotAllowed,
    NotFound,
    RecordLocked,
    Refused,
    ScopeMissing,
    ServerFault,
    TokenRefused,
    TooManyRequests,
)
from crm_client.values import JSON, JsonObject, as_object, as_text

DEEPEST = 64  # levels of nesting; the deepest known answer has 9
SHORTEST_WAIT_S, LONGEST_WAIT_S = 1.0, 900.0

# codes after which another access token may help, once
REFRESHABLE = frozenset({"INVALID_TOKEN", "AUTHENTICATION_FAILURE", "INVALID_OAUTHTOKEN"})
_THROTTLED = frozenset({"TOO_MANY_REQUESTS", "RATE_LIMIT_EXCEEDED"})
_UNKNOWN_THERE = frozenset({"INVALID_MODULE", "INVALID_URL_PATTERN", "RESOURCE_NOT_FOUND", "NOT_FOUND"})
_FORBIDDEN = frozenset(
    {
        "NO_PERMISSION",
        "AUTHORIZATION_FAILED",
        "NOT_ALLOWED",
        "CANNOT_PERFORM_ACTION",
        "FEATURE_NOT_ENABLED",
    }
)
_REASONS = {
    "INVALID_TOKEN": "it no longer accepts this sign-in",
    "AUTHENTICATION_FAILURE": "it does not accept this sign-in",
    "INVALID_OAUTHTOKEN": "it no longer accepts this sign-in",
    "OAUTH_SCOPE_MISMATCH": "this connection was not granted access to it",
    "NO_PERMISSION": "your profile lacks the permission",
    "AUTHORIZATION_FAILED": "your profile lacks the privilege",
    "FEATURE_NOT_ENABLED": "the organisation's edition does not include it",
    "INVALID_MODULE": "there is no such module, or your profile does not see it",
    "INVALID_URL_PATTERN": "there is no such address",
    "RECORD_LOCKED": "the record is locked",
    "RECORD_NOT_IN_PROCESS": "the record is in no blueprint, or has left it",
    "RECORD_IN_BLUEPRINT": "the record is in a blueprint, so this value changes through its transitions only",
    "MANDATORY_NOT_FOUND": "a value that must be there is missing",
    "INVALID_REQUEST_METHOD": "this address does not take such a call",
    "NOT_SUPPORTED": "it is not available through the API",
    "API_NOT_SUPPORTED": "it is newer than the API version in use",
    "INVALID_DATA": "it does not accept one of the values asked with",
    "REQUIRED_PARAM_MISSING": "a parameter is missing",
    "INVALID_HOST": "this organisation lives in another data centre",
    "EXPIRED_VALUE": "the mark to go on from has expired; start the list again",
    "TOKEN_BOUND_DATA_MISMATCH": "the mark to go on from belongs to another list; start the list again",
}

_TO_BRACKETS = bytes.maketrans(b"[{]}", b"(())")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))
_STEP = {ord("("): 1, ord(")"): -1}
# One that never ends goes to the end: else a body of such quotes, which is no JSON, would be read to its end from each.
_JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
# a valid pair of surrogates, an escape that stands for nothing storable, any other escape
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2}))|\\.",
    re.DOTALL,
)


@dataclass(slots=True)
class Answer:
    """One HTTP answer, read whole: headers by lower-case name, body unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def parsed(body: bytes, *, what: str, status: int | None = None) -> JsonObject:
    """The JSON object of an answer.

    Texts that cannot be stored (NUL, half a surrogate pair) come out with U+FFFD in their place.
    raises  BadAnswer for anything else: HTML, cut or invalid JSON, another top-level type, nesting beyond DEEPEST
    """
    body = storable(body)
    try:
        value = orjson.loads(body)
    except ValueError:
        raise BadAnswer(_why_unreadable(body), what=what, status=status) from None
    if type(value) is not dict:
        raise BadAnswer("it holds no JSON object", what=what, status=status)
    if is_too_deep(body):
        raise BadAnswer(f"it is nested more than {DEEPEST} levels deep", what=what, status=status)
    return value


def storable(body: bytes) -> bytes:
    """JSON text with U+FFFD in place of what cannot be stored; the very same bytes where nothing is in the way."""
    # looking for one byte is much quicker than for two, and most answers hold no escape at all
    if b"\\" in body and _UNSTORABLE.search(body):
        return _ESCAPE.sub(_storable, body)
    return body


def _storable(escape: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if escape[1] else escape[0]


def _why_unreadable(body: bytes) -> str:
    """Why a body is no JSON, without repeating any of it."""
    start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "it is empty"
    if start.startswith(b"<"):
        return "it is a web page instead of data"
    return "it is broken off or no valid JSON"


def is_too_deep(body: bytes) -> bool:
    """Whether objects and lists are nested deeper than DEEPEST.

    First takes away matching brackets level by level, which is quick and enough for nearly every answer. Brackets
    inside texts can disturb that; then the texts are taken out and the levels counted one by one.
    """
    rest = body.translate(_TO_BRACKETS, _NO_BRACKETS)
    for _ in range(DEEPEST):
        shorter = rest.replace(b"()", b"")
        if not shorter:
            return False
        if len(shorter) == len(rest):
            break
        rest = shorter
    brackets = _JSON_STRING.sub(b"", body).translate(_TO_BRACKETS, _NO_BRACKETS)
    return any(depth > DEEPEST for depth in accumulate(map(_STEP.__getitem__, brackets)))


def error_of(answer: Answer, *, what: str, path: str, now: datetime | None = None) -> CrmError | None:
    """The error that an answer means; None for a good one (2xx, 304)."""
    status = answer.status
    if 200 <= status < 300 or status == 304:
        return None
    if 300 <= status < 400:
        return BadAnswer("it points to another address, which is not followed", what=what, status=status)
    try:
        found = _error_object(parsed(answer.body, what=what, status=status))
    except BadAnswer as unreadable:
        found, problem = {}, unreadable
    else:
        problem = BadAnswer("it says no reason", what=what, status=status)
    if status >= 500:
        return ServerFault(what=what, code=as_text(found.get("code")), status=status)
    if status == 429 or found.get("code") in _THROTTLED:
        return TooManyRequests(
            "too many requests in a short time",
            what=what,
            code=as_text(found.get("code")),
            status=status,
            retry_after_s=retry_after_s(answer.headers, now),
        )
    return refusal(found, status, what=what, path=path) if found else problem


def refusal(found: JsonObject, status: int | None, *, what: str, path: str) -> Refused:
    """The CRM's error object {"code", "details", "message", "status"} as the narrowest Refused."""
    code, details = as_text(found.get("code")), as_object(found.get("details"))
    message = as_text(found.get("message"))
    reason = _REASONS.get(code, "")
    if code == "OAUTH_SCOPE_MISMATCH":
        scope = needed_scope(path)
        return ScopeMissing(
            f"{reason}, it needs {scope}" if scope else reason,
            what=what,
            code=code,
            status=status,
            details=details,
            message=message,
            scope=scope,
        )
    kind: type[Refused] = InvalidRequest
    if code in REFRESHABLE or status == 401:
        kind = TokenRefused
    elif code in _FORBIDDEN or status == 403:
        kind = NotAllowed
    elif code in _UNKNOWN_THERE or status == 404:
        kind = NotFound
    elif code == "RECORD_LOCKED":
        kind = RecordLocked
    return kind(reason, what=what, code=code, status=status, details=details, message=message)


def _error_object(body: JsonObject) -> JsonObject:
    """The first {"code", …, "status": "error"} at the top, in a list or in an object under a key; {} if none."""
    for candidate in (body, *_inside(body)):
        if type(candidate) is dict and type(candidate.get("code")) is str and candidate.get("status") != "success":
            return candidate
    return {}


def _inside(body: JsonObject) -> list[JSON]:
    found: list[JSON] = []
    for value in body.values():
        found.extend(value if type(value) is list else [value])
    return found


def says_error(body: JsonObject) -> bool:
    """Whether a body is the CRM's request-level error, which some calls send under a good status."""
    return body.get("status") == "error" and type(body.get("code")) is str


def object_of(answer: Answer, what: str, path: str) -> JsonObject:
    """The JSON object of a good answer, {} for 204 and 304; raises what a bad one means."""
    error = error_of(answer, what=what, path=path)
    if error is not None:
        raise error
    if answer.status in (204, 304):
        return {}
    body = parsed(answer.body, what=what, status=answer.status)
    if says_error(body):
        raise refusal(body, answer.status, what=what, path=path)
    return body


def file_of(answer: Answer, what: str, path: str) -> Download | None:
    """The file of a good answer, None for 204 and 304; raises what a bad one means."""
    error = error_of(answer, what=what, path=path)
    if error is not None:
        raise error
    return None if answer.status in (204, 304) else Download.of(answer.body, answer.headers)


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that the server asks us to wait, within SHORTEST_WAIT_S and LONGEST_WAIT_S; None if it does not say.

    A moment is taken by the server's own clock where the answer tells it: ours may be wrong by minutes.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        moment = _moment(text)
        if moment is None:
            return None
        seconds = (moment - (now or said_at(headers) or datetime.now(UTC))).total_seconds()
    return min(max(seconds, SHORTEST_WAIT_S), LONGEST_WAIT_S)


def said_at(headers: Mapping[str, str]) -> datetime | None:
    """When the server answered, by its own clock (`Date`); None when it does not say, or says nonsense."""
    return _moment(headers.get("date", ""))


def _moment(text: str) -> datetime | None:
    """The moment that an HTTP date names; None for anything else."""
    try:
        moment = parsedate_to_datetime(text[:64])
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def credits_left(headers: Mapping[str, str]) -> int | None:
    """Credits left, which the CRM tells only once about half are used; None otherwise."""
    text = headers.get("x-api-credits-remaining", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


_SETTINGS_SCOPES = {
    "modules": "modules",
    "fields": "fields",
    "layouts": "layouts",
    "related_lists": "related_lists",
    "custom_views": "custom_views",
    "profiles": "profiles",
    "roles": "roles",
    "wizards": "wizards",
    "pipeline": "pipeline",
    "automation": "assignment_rules",
    "blueprint": "blueprint",
    "blueprints": "blueprint",
}

_SCOPES_ALONE = {
    "__apis": "ZohoCRM.apis.READ",
    "coql": "ZohoCRM.coql.READ",
    "files": "ZohoCRM.Files.READ",
    "upload": "ZohoFiles.files.ALL",
    "v2": "ZohoFiles.files.ALL",  # results of bulk writes
}


def needed_scope(path: str) -> str:
    """The scope that reading `path` (after the version) needs; "" where the client does not know."""
    first, _, rest = path.strip("/").partition("/")
    if first == "settings":
        item = "map_dependency" if "/map_dependency" in rest else _SETTINGS_SCOPES.get(rest.partition("/")[0], "")
        return f"ZohoCRM.settings.{item}.READ" if item else ""
    if first == "bulk":
        return f"ZohoCRM.bulk.{'CREATE' if rest.startswith('write') else 'READ'}"
    if first in ("org", "users"):
        return f"ZohoCRM.{first}.READ"
    if first in _SCOPES_ALONE:
        return _SCOPES_ALONE[first]
    if rest in ("search", "actions/count"):
        return "ZohoSearch.securesearch.READ"  # and the module's, which whoever looks at records has
    # modules stand in scopes in lower case without underscores; custom ones share a word, so they cannot be told apart
    return "ZohoCRM.modules.READ" if first else ""
