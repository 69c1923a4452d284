"""Sign-in at Zoho's accounts servers: authorization URL, code exchange, refresh, revoke.

Authlib's OAuth2Session makes the requests; they travel through `Http`, so they obey the same deadline and caps, follow
no redirect, and what comes back is judged here: the accounts servers send errors under HTTP 200.
source  zoho.com/accounts/protocol/oauth/web-apps.html, zoho.com/crm/developer/docs/api/v8/oauth-overview.html
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from requests.adapters import BaseAdapter

from crm_client.answers import Answer, parsed, retry_after_s
from crm_client.datacentres import DataCentre, environment_of
from crm_client.errors import (
    BadAnswer,
    CrmError,
    ReauthRequired,
    SignInError,
    SignInRefused,
    SignInThrottled,
    SignInUnavailable,
)
from crm_client.transport import Http
from crm_client.values import JSON, JsonObject, as_text, as_text_or_none, as_whole

TOKEN_LIVES_S = 3600  # what Zoho gives; taken when an answer names no sensible time
_SHORTEST_LIFE_S, _LONGEST_LIFE_S = 60, 86400
_COOL_DOWN_S = 600.0  # Zoho counts tokens by ten minutes
_TOKEN = re.compile(r"[\x21-\x7e]{1,2000}", re.ASCII)
_LOGIN_IS_OVER = frozenset({"invalid_code", "invalid_grant", "invalid_token"})
_REGISTRATION = {
    "invalid_client": "it does not know this console's client id here (wrong id, or this data centre is not switched "
    "on for the client)",
    "invalid_client_secret": "the client secret is wrong for this data centre",
    "invalid_redirect_uri": "the redirect address differs from the registered one",
    "missing_org_info": "the organisation to sign in to is missing",
    "invalid_scope": "it does not know one of the scopes",
    "unauthorized_client": "the client may not sign in this way",
    "unsupported_grant_type": "the client may not sign in this way",
}


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """This console's registration at Zoho; the redirect address must equal a registered one letter by letter."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What a token call gave.

    refresh_token  None: keep the stored one (Zoho gives it at the first consent only, and never at a refresh)
    scopes         None: the answer did not say
    api_domain     as answered and not yet trusted: pass it to datacentres.environment_of
    expires_in_s   60 s to a day; an hour when the answer names no sensible time
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    scopes: frozenset[str] | None
    api_domain: str | None
    expires_in_s: int


def authorization_url(
    app: OAuthApp, dc: DataCentre, scopes: Iterable[str], *, state: str, verifier: str, force_consent: bool = True
) -> str:
    """The address of the consent page, at the data centre where the client is registered or that the person chose.

    state          opaque, single use; it comes back in the callback
    verifier       43 to 128 letters for PKCE; only its SHA-256 travels now, the verifier itself with the exchange
    force_consent  ask even a person who consented before; only then a refresh token is sure to come
    """
    session = _session(app)
    extra = {"prompt": "consent"} if force_consent else {}
    url, _ = session.create_authorization_url(
        f"{dc.accounts}/oauth/v2/auth",
        state=state,
        code_verifier=verifier,
        scope=",".join(scopes),
        access_type="offline",
        **extra,
    )
    return str(url)


def exchange(
    http: Http, app: OAuthApp, dc: DataCentre, code: str, verifier: str, *, deadline_s: float = 15.0
) -> TokenAnswer:
    """The tokens for a code, asked of the person's own data centre.

    raises  ReauthRequired (the code is used, late or not for this data centre), SignInRefused (the registration is
            wrong), SignInThrottled, SignInUnavailable
    """
    sender = _Sender(http, deadline_s)
    session = _session(app, sender)
    return sender.tokens(
        lambda: session.fetch_token(
            f"{dc.accounts}/oauth/v2/token",
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier,
            redirect_uri=app.redirect_uri,
        )
    )


def refresh(http: Http, app: OAuthApp, dc: DataCentre, refresh_token: str, *, deadline_s: float = 15.0) -> TokenAnswer:
    """A new access token. Earlier ones stay valid; Zoho gives at most ten in ten minutes.

    raises  ReauthRequired (the refresh token was revoked or evicted), SignInThrottled and SignInUnavailable (keep the
            tokens), SignInRefused
    """
    sender = _Sender(http, deadline_s)
    session = _session(app, sender)
    return sender.tokens(lambda: session.refresh_token(f"{dc.accounts}/oauth/v2/token", refresh_token=refresh_token))


def revoke(http: Http, app: OAuthApp, dc: DataCentre, token: str, *, deadline_s: float = 15.0) -> None:
    """Ends a refresh token (and all access tokens made from it) or an access token.

    raises  ReauthRequired when Zoho does not know the token (any more), SignInUnavailable when it did not answer
    """
    sender = _Sender(http, deadline_s)
    answer = sender.post(f"{dc.accounts}/oauth/v2/token/revoke", {"token": token})
    body = _object(answer)
    if body.get("status") != "success":
        raise ReauthRequired(
            "the token to be ended is not known", code=as_text(body.get("error")), status=answer.status
        )


class RefreshingToken:
    """Access tokens for a script that holds a refresh token: refreshed before they end, once for all threads.

    raises  SignInError from `token` and `refused`; after SignInThrottled nothing is asked for ten minutes
    """

    def __init__(self, http: Http, app: OAuthApp, dc: DataCentre, refresh_token: str) -> None:
        self._ask = lambda: refresh(http, app, dc, refresh_token)
        self._dc = dc
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0  # monotonic seconds
        self._ask_after = 0.0

    def token(self) -> str:
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._refresh()
            return self._token

    def refused(self, token: str) -> str:
        with self._lock:
            if token == self._token:  # else another thread has refreshed since
                self._refresh()
            return self._token

    def _refresh(self) -> None:
        now = time.monotonic()
        if now < self._ask_after:
            raise SignInThrottled(retry_after_s=self._ask_after - now)
        try:
            answer = self._ask()
        except SignInThrottled as error:
            self._ask_after = now + (error.retry_after_s or _COOL_DOWN_S)
            raise
        environment_of(self._dc, answer.api_domain)  # ForeignServer: an answer that names another host is not believed
        self._token = answer.access_token
        self._good_until = now + 0.9 * answer.expires_in_s

    def __repr__(self) -> str:
        return "RefreshingToken(…)"


def _session(app: OAuthApp, sender: _Sender | None = None) -> Any:
    """Authlib's session; it can reach a network only through `sender`."""
    session = OAuth2Session(
        client_id=app.client_id,
        client_secret=app.client_secret,
        redirect_uri=app.redirect_uri,
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 a method's name
        code_challenge_method="S256",
    )
    session.trust_env = False
    session.adapters.clear()
    if sender is not None:
        session.mount("https://", sender)
        session.mount("http://", sender)
    return session


class _Sender(BaseAdapter):
    """Carries a prepared request of requests through `Http`, and keeps the answer to be judged here."""

    def __init__(self, http: Http, deadline_s: float) -> None:
        super().__init__()
        self._http = http
        self._deadline_s = deadline_s
        self._answer: Answer | None = None

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        body = request.body if isinstance(request.body, str | bytes) else b""
        # its other headers, such as packings that Http cannot unpack, are those of a session we do not use
        headers = {"Content-Type": request.headers["Content-Type"], "Accept": "application/json"}
        answer = self._send(str(request.url), headers, body)
        self._answer = answer
        response = requests.Response()
        response.status_code = answer.status
        response._content = answer.body
        response.request = request
        response.url = str(request.url)
        return response

    def close(self) -> None:
        """The connections belong to `Http`."""

    def post(self, url: str, form: Mapping[str, str]) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send(url, headers, urlencode(form))

    def _send(self, url: str, headers: Mapping[str, str | bytes], body: bytes | str) -> Answer:
        try:
            answer = self._http.send(
                "POST", url, headers=headers, body=body, deadline_s=self._deadline_s, what="a token"
            )
        except CrmError as error:
            raise SignInUnavailable(error.reason or "it took too long", status=error.status) from error
        if 300 <= answer.status < 400:
            raise SignInUnavailable("it points to another address, which is not followed", status=answer.status)
        return answer

    def tokens(self, ask: Any) -> TokenAnswer:
        """Runs Authlib's call and judges the answer; none of Authlib's own errors comes out."""
        try:
            ask()
        except SignInError:
            raise
        except (OAuthError, requests.RequestException, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            if self._answer is None:
                raise SignInUnavailable("the request could not be made") from None
        if self._answer is None:
            raise SignInUnavailable("there was no answer")
        return judged(self._answer)


def judged(answer: Answer) -> TokenAnswer:
    """The tokens of a token endpoint's answer. The HTTP status says nothing: an `access_token` is success.

    raises  ReauthRequired, SignInRefused, SignInThrottled, SignInUnavailable
    """
    body = _object(answer)
    access_token = body.get("access_token")
    if type(access_token) is str and _TOKEN.fullmatch(access_token):
        refresh_token = body.get("refresh_token")
        good = type(refresh_token) is str and _TOKEN.fullmatch(refresh_token)
        return TokenAnswer(
            access_token,
            refresh_token if good else None,
            _scopes(body.get("scope")),
            as_text_or_none(body.get("api_domain")),
            _life_s(body),
        )
    error = as_text(body.get("error"))
    # localised texts: "Access Denied" has been seen in Chinese, so the shape decides
    if (
        (body.get("status") == "failure" and "error_description" in body)
        or answer.status == 429
        or error.lower().replace("_", " ") == "access denied"
    ):
        raise SignInThrottled(status=answer.status, retry_after_s=retry_after_s(answer.headers) or _COOL_DOWN_S)
    if error in _LOGIN_IS_OVER:
        raise ReauthRequired(code=error, status=answer.status)
    if error in _REGISTRATION:
        raise SignInRefused(_REGISTRATION[error], code=error, status=answer.status)
    raise SignInUnavailable("its answer holds no token", code=error, status=answer.status)


def _object(answer: Answer) -> JsonObject:
    try:
        return parsed(answer.body, what="a token", status=answer.status)
    except BadAnswer as error:
        raise SignInUnavailable(error.reason, status=answer.status) from None


def _scopes(value: JSON) -> frozenset[str] | None:
    return frozenset(re.split(r"[\s,]+", value.strip())) - {""} if type(value) is str and value.strip() else None


def _life_s(body: JsonObject) -> int:
    """Seconds that an access token lives. Old answers give `expires_in` in milliseconds beside `expires_in_sec`."""
    value = body["expires_in_sec"] if "expires_in_sec" in body else body.get("expires_in")
    seconds = int(value) if type(value) is float and 0 < value <= _LONGEST_LIFE_S else as_whole(value)
    if seconds is None or not 0 < seconds <= _LONGEST_LIFE_S:
        return TOKEN_LIVES_S
    return max(seconds, _SHORTEST_LIFE_S)
