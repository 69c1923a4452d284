"""The one place that sends HTTP to the CRM (crm_client/auth.py sends its own to the accounts servers, through `Http`).

Holds the rules for every call: total deadline, size and shape of answers, no redirects, retries of reads, one refresh
of the token. Each answer is classified once; only errors of crm_client.errors come out.
"""

from __future__ import annotations

import logging
import os
import random
import re
import time
from collections.abc import Callable, Mapping
from copy import copy
from typing import BinaryIO, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies

import requests
import urllib3
from requests.utils import should_bypass_proxies

from crm_client.answers import REFRESHABLE, Answer, credits_left, file_of, is_too_deep, object_of, said_at
from crm_client.bodies import JSON_TYPE, LARGEST, LARGEST_FILE, Download, read_into, read_whole
from crm_client.calls import Call, CallEvent, CallListener, Param, StaticToken, TokenSource, address_of, root_of
from crm_client.credits import is_charged, price
from crm_client.deadline import CONNECT_S, BoundedAdapter, until, was_sent
from crm_client.errors import (
    BadAnswer,
    CrmError,
    FileTooBig,
    InvalidName,
    NoAnswer,
    NotSent,
    ReauthRequired,
    ServerFault,
    TokenRefused,
    TooBig,
    TooManyRequests,
    TooSlow,
    without_frames,
)
from crm_client.names import LOOPBACK, checked_origin
from crm_client.typed import Listed, Thing
from crm_client.values import JSON, JsonObject, as_list
from crm_client.write_answers import items_of

__all__ = ["CallEvent", "CallListener", "Http", "Param", "StaticToken", "TokenSource", "Transport"]

logger = logging.getLogger(__name__)

MOST_TRIES = 3
POOL = 64  # connections kept per host
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "crm-client"}
_PATH = re.compile(r"(?:/(?!\.+(?:/|$))[A-Za-z0-9_.\-]+)+", re.ASCII)
_TOKEN = re.compile(r"[\x21-\x7e]+", re.ASCII)

T = TypeVar("T")
Th = TypeVar("Th", bound=Thing)


class Http:
    """Connections to any number of hosts, to share between clients and threads.

    CA bundle (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE) and proxies are read from the environment once, here. It speaks to
    the adapter of requests rather than to a Session, which would look into .netrc, keep cookies, follow redirects and
    take twice the time.
    """

    def __init__(self) -> None:
        self._adapter = BoundedAdapter(pool_connections=POOL, pool_maxsize=POOL)
        self._verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        self._environment = getproxies()
        self._proxies: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        self._adapter.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str | bytes],
        deadline_s: float,
        what: str,
        params: Mapping[str, Param] | None = None,
        body: bytes | str | None = None,
        most: int = LARGEST,
        into: BinaryIO | None = None,
    ) -> Answer:
        """One request and its whole answer, whatever its status, within `deadline_s` seconds and `most` bytes.

        into    where the body of a good answer is written as it comes; that of the Answer is empty then
        raises  NotSent, TooSlow, TooBig, BadAnswer (cut, or packed in an unknown way), NoAnswer (connection broke),
                NotKept (`into` would not take it)
        """
        with until(time.monotonic() + deadline_s):
            try:
                request = requests.PreparedRequest()
                request.prepare(method, url, headers={**_HEADERS, **headers}, params=params, data=body)
                response = self._adapter.send(
                    request,
                    stream=True,
                    timeout=(min(CONNECT_S, deadline_s), deadline_s),
                    verify=self._verify,
                    proxies=self._proxies_for(url),
                )
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as exc:
                raise _connection_error(exc, what) from exc
            try:
                headers, status = _lowered(response), response.status_code
                if into is not None and status == 200:
                    read_into(response.raw, headers, into, what=what, status=status, most=most)
                    return Answer(status, headers, b"")
                return Answer(status, headers, read_whole(response.raw, headers, what=what, status=status, most=most))
            except (urllib3.exceptions.HTTPError, OSError, ValueError) as exc:  # ValueError: a chunk of -5 bytes
                raise _reading_error(exc, what) from exc
            finally:
                response.close()

    def _proxies_for(self, url: str) -> dict[str, str]:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._proxies:
            direct = (
                not self._environment
                or parts.hostname in LOOPBACK
                or should_bypass_proxies(url, no_proxy=self._environment.get("no"))
            )
            self._proxies[origin] = {} if direct else self._environment
        return self._proxies[origin]


def _lowered(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _connection_error(exc: Exception, what: str) -> CrmError:
    if not was_sent():
        return NotSent("the connection could not be made", what=what)
    if isinstance(exc, requests.Timeout | TimeoutError | urllib3.exceptions.TimeoutError):
        return TooSlow(what=what)
    return NoAnswer(what=what)


def _reading_error(exc: Exception, what: str) -> CrmError:
    if isinstance(exc, TimeoutError | urllib3.exceptions.TimeoutError):
        return TooSlow(what=what)
    return BadAnswer("it breaks off", what=what)


class Transport:
    """Calls of one organisation through one API version.

    sleep, draw   how to wait and how to draw a number from 0 to 1: tests give their own
    ends_by       set it (monotonic seconds) where several calls together must end by then, as those of one page
    """

    def __init__(
        self,
        http: Http,
        api: str,
        version: int,
        tokens: TokenSource,
        *,
        deadline_s: float = 15.0,
        on_call: CallListener | None = None,
        sleep: Callable[[float], None] = time.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.version = version
        self.deadline_s = deadline_s
        self.ends_by: float | None = None
        self._http = http
        self._root = root_of(checked_origin(api), version)
        self._tokens = tokens
        self._on_call = on_call
        self._sleep = sleep
        self._draw = draw

    def at_version(self, version: int) -> Transport:
        """The same connections, tokens and listener for another API version."""
        twin = self.at(root_of(self._root.partition("/crm/")[0], version))
        twin.version = version
        return twin

    def at(self, root: str) -> Transport:
        """The same connections, tokens and listener for another host of the table of data centres.

        root   an origin of the table, and what stands before the paths there, such as "https://…/crm/v8"
        """
        origin = checked_origin("/".join(root.split("/")[:3]))
        twin = copy(self)
        twin._root = origin + root[len(origin) :]
        return twin

    def get(self, path: str, params: Mapping[str, Param] | None = None, *, what: str = "") -> JsonObject:
        """The JSON object of a GET; {} when the CRM answers 204 or 304. Tried up to three times in all.

        path     after the version, such as "/settings/modules"
        params   query parameters; None leaves one out
        what     what is asked for, in words that finish "Zoho CRM would not give …"
        raises   InvalidName for a path that is none, else Refused, NotSent, NoAnswer, SignInError
        """
        return self.request("GET", path, params, what=what)

    def things(
        self, path: str, listed: Listed[Th], params: Mapping[str, Param] | None = None, *, what: str = ""
    ) -> list[Th]:
        """As `get`, but the things that the answer lists, read at once; [] when the CRM answers 204 or 304."""

        def read(answer: Answer, what: str, path: str) -> list[Th]:
            if answer.status == 200 and not is_too_deep(answer.body):
                found = listed.read(answer.body)
                if found is not None:
                    return found
            return as_list(object_of(answer, what, path).get(listed.key), listed.kind.from_api)

        return self._carried_out(self._call("GET", path, params, what, read, 1))

    def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, Param] | None = None,
        *,
        what: str = "",
        body: bytes | None = None,
        records: int = 1,
        content_type: str = JSON_TYPE,
        is_read: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> JsonObject:
        """One call, and for reads up to two more where another try may help.

        A write is never sent again here, whatever happened to it, except after a refused token: then the CRM has said
        that it did nothing.

        records  how many records the body carries, or the LIMIT of a query: the price may grow with them
        is_read  True for a call that only reads although its verb is not GET, such as a query
        """
        call = self._call(method, path, params, what, object_of, records)
        call.body, call.content_type, call.headers = body, content_type, headers
        call.is_read = is_read or method == "GET"
        return self._carried_out(call)

    def write(
        self,
        method: str,
        path: str,
        params: Mapping[str, Param] | None = None,
        *,
        what: str,
        body: bytes | None = None,
        records: int = 1,
        headers: Mapping[str, str] | None = None,
        content_type: str = JSON_TYPE,
    ) -> list[JSON]:
        """One call that changes records, and the items of its answer as they came (crm_client.write_answers).

        Sent once; only after a refused token a second time, because then the CRM has said that it did nothing.
        raises   NotSent, SignInError: nothing was sent. Refused: the CRM did nothing. NoAnswer: nobody knows.
        """

        def read(answer: Answer, what: str, path: str) -> list[JSON]:
            return items_of(answer, method=method, path=path, what=what, sent=records)

        call = self._call(method, path, params, what, read, records)
        call.body, call.headers, call.content_type, call.is_read = body, headers, content_type, False
        return self._carried_out(call)

    def download(
        self,
        path: str,
        params: Mapping[str, Param] | None = None,
        *,
        what: str = "",
        most: int = LARGEST_FILE,
        into: BinaryIO | None = None,
    ) -> Download | None:
        """A file; None when the CRM answers 204. Tried up to three times in all, like any read.

        most     bytes that are taken at most
        into     where the content is written as it comes, from the beginning; then that of the Download is empty
        raises   FileTooBig beyond them (TooBig with `into`), NotKept when `into` would not take it, else as `get`
        """
        call = self._call("GET", path, params, what, file_of, 1)
        call.accept, call.most, call.into = "*/*", most, into
        try:
            return self._carried_out(call)
        except TooBig:
            if into is not None:
                raise
            raise FileTooBig(what=call.what) from None

    def _call(
        self,
        method: str,
        path: str,
        params: Mapping[str, Param] | None,
        what: str,
        read: Callable[[Answer, str, str], T],
        records: int,
    ) -> Call[T]:
        if not _PATH.fullmatch(path):
            raise InvalidName("it is no address of the CRM", what="this address")
        return Call(method, path, params, what or path, price(method, path, params, records), read)

    def _carried_out(self, call: Call[T]) -> T:
        try:
            return self._tried(call)
        except CrmError as error:
            raise without_frames(error)  # noqa: B904  it is the same error, not another one because of it

    def _tried(self, call: Call[T]) -> T:
        ends = time.monotonic() + self.deadline_s
        if self.ends_by is not None:
            ends = min(ends, self.ends_by)
        token = self._tokens.token()
        tries, refreshed = 0, False
        while True:
            tries += 1
            try:
                return self._call_once(call, token, ends, tries)
            except TokenRefused as error:
                if refreshed or error.code not in REFRESHABLE:
                    raise
                refreshed = True
                tries -= 1
                token = self._tokens.refused(token)
            except (NotSent, NoAnswer, TooManyRequests) as error:
                wait_s = self._wait_before_next_try(error, tries)
                if not call.is_read or tries >= MOST_TRIES or wait_s is None:
                    raise
                if wait_s >= ends - time.monotonic():
                    raise
                self._sleep(wait_s)

    def _wait_before_next_try(self, error: CrmError, tries: int) -> float | None:
        """Seconds to wait, with full jitter so that many callers do not come back together; None: do not try again."""
        if isinstance(error, TooManyRequests):
            if error.retry_after_s is not None:
                return error.retry_after_s
            return float(2**tries * self._draw())
        if isinstance(error, NotSent | ServerFault) or type(error) is NoAnswer:
            return float(0.25 * 2**tries * self._draw())
        return None

    def _call_once(self, call: Call[T], token: str, ends: float, attempt: int) -> T:
        if not _TOKEN.fullmatch(token):
            raise ReauthRequired("the stored token is damaged")
        headers = {"Authorization": f"Zoho-oauthtoken {token}", "Accept": call.accept, **(call.headers or {})}
        if call.body is not None:
            headers["Content-Type"] = call.content_type
        started = time.monotonic()
        if ends <= started:  # nothing has left yet, which makes all the difference to a write
            raise TooSlow(what=call.what) if call.is_read else NotSent("there was no time left", what=call.what)
        answer: Answer | None = None
        error: CrmError | None = None
        try:
            answer = self._http.send(
                call.method,
                address_of(self._root, call.path),
                headers=headers,
                params=call.params,
                body=call.body,
                deadline_s=ends - started,
                what=call.what,
                most=call.most,
                into=call.into,
            )
            return call.read(answer, call.what, call.path)
        except CrmError as exc:
            error = exc
            raise
        finally:
            self._tell(call, answer, error, (time.monotonic() - started) * 1000, attempt)

    def _tell(self, call: Call[T], answer: Answer | None, error: CrmError | None, ms: float, attempt: int) -> None:
        if self._on_call is None:
            return
        status, code = (answer.status if answer else None), (error.code if error else "")
        is_free = isinstance(error, NotSent) or not is_charged(status, code)
        left = credits_left(answer.headers) if answer else None
        said = said_at(answer.headers) if answer else None
        event = CallEvent(call.method, call.path, status, code, ms, 0 if is_free else call.cost, attempt, left, said)
        try:
            self._on_call(event)
        except Exception:  # a listener is a guest; it must not break the call it is told about
            logger.exception("A listener failed on %s %s", call.method, call.path)
