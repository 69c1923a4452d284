"""The OAuth authorization-code flow of one person: start, come back (design D1–D3).

The order in `finish` is the protection: state first, then `error`, then the table, and only then the network. What
comes of it is stored by `connecting.py`.
"""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from console.audit import trail
from console.connections import connecting, gate, often, table
from console.connections.connecting import Finished, Seen, SignInAnswerError
from console.connections.crypto import SecretUnreadable
from console.connections.models import SIGN_IN_MINUTES, Connection, SignIn
from crm_client import StaticToken, auth
from crm_client.datacentres import DataCentre, environment_of, match_callback
from crm_client.errors import CrmError, ForeignServer, TokenRefused

_BROWSER = "sign_in_browser"
_ERROR_LENGTH = 80
_SIGNING_IN = gate.Purpose(page="connections:callback")


@dataclass(slots=True)
class Start:
    """A sign-in that waits at the accounts server: the address to send the browser to."""

    url: str
    dc: DataCentre


def start(
    request: HttpRequest,
    dc: DataCentre,
    scopes: list[str],
    return_to: str = "",
    *,
    force_consent: bool = True,
    target: Connection | None = None,
) -> Start:
    """Stores a single-use state for this browser and gives the address of the consent page.

    force_consent  False for a person who is known here: the accounts server then asks for the choice only
    target         the connection that is to be renewed, where it is one

    Raises TooOften when this browser or address began too many.
    """
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    browser = request.session.get(_BROWSER) or secrets.token_urlsafe(24)
    often.begins(request, browser)
    request.session[_BROWSER] = browser
    user = request.user if request.user.is_authenticated else None
    SignIn.objects.filter(started_at__lt=timezone.now() - timedelta(hours=1)).delete()
    SignIn.objects.create(
        state_hash=_hash(state),
        browser_hash=_hash(browser),
        user=user,
        purpose=SignIn.Purpose.ADD if user else SignIn.Purpose.ENTER,
        dc=dc.key,
        scopes=" ".join(scopes),
        verifier=verifier,
        force_consent=force_consent,
        target=target,
        return_to=return_to,
    )
    url = auth.authorization_url(
        table.app_for(dc), dc, scopes, state=state, verifier=verifier, force_consent=force_consent
    )
    return Start(url, dc)


def finish(request: HttpRequest, answer: QueryDict) -> Finished:
    """Handles the browser's return; raises SignInError with the sentence for the page.

    Nothing leaves this machine before the state, the `error` and the named servers have been judged. All calls
    together end within the time of one page. What fails after the tokens were given gives them back.
    """
    often.comes_back(request, request.session.get(_BROWSER, ""))
    sign_in = _claim(request, answer.get("state", ""))
    if "error" in answer:
        _raise_refused(request, str(answer["error"]))
    try:
        dc = match_callback(
            table.believed(), answer.get("location"), answer.get("accounts-server"), settings.CRM_HOME_DC
        )
    except ForeignServer:
        trail.record("sign_in.foreign_server", request=request, server=answer.get("accounts-server", ""))
        raise
    code, verifier = answer.get("code", ""), _verifier(sign_in)
    if not code:
        raise SignInAnswerError(
            "That sign-in is incomplete", "Zoho's answer carries no code, so nothing was connected.", "Start again."
        )
    deadline_s = gate.page_deadline_s()
    ends_by = time.monotonic() + deadline_s
    tokens = auth.exchange(gate.http(), table.app_for(dc), dc, code, verifier, deadline_s=deadline_s)
    try:
        scopes = sorted(tokens.scopes) if tokens.scopes is not None else sign_in.scopes.split()
        seen = _look_where_it_is(dc, tokens, ends_by)
        caller = seen.caller
        try:
            _check_allowed(request, dc, seen)
            done = connecting.store(request, sign_in, scopes, tokens, seen)
            caller = done.connection
        finally:
            for event in seen.calls:
                gate.tell(caller, _SIGNING_IN, event)
    except BaseException:
        connecting.give_back(dc, tokens.refresh_token or tokens.access_token)
        raise
    connecting.enter(request, done)
    return done


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _claim(request: HttpRequest, state: str) -> SignIn:
    """The sign-in that this state belongs to, marked as used; refused when it is not this browser's, or too old."""
    browser = request.session.get(_BROWSER, "")
    sign_in = SignIn.objects.filter(state_hash=_hash(state)).first() if state else None
    user = request.user if request.user.is_authenticated else None
    is_ours = (
        sign_in is not None
        and hmac.compare_digest(sign_in.browser_hash, _hash(browser))
        and (sign_in.user_id is None or (user is not None and sign_in.user_id == user.pk))
    )
    if sign_in is None or not is_ours:
        trail.record("sign_in.not_ours", request=request, known=sign_in is not None)
        raise SignInAnswerError(
            "This sign-in did not start here",
            "The link that led here does not belong to a sign-in that was started in this browser, "
            "so it was not used and nothing was connected.",
            "Start again from this console.",
        )
    now = timezone.now()
    if sign_in.is_too_old(now):
        raise SignInAnswerError(
            "This sign-in took too long",
            f"A sign-in has to be finished within {SIGN_IN_MINUTES} minutes; nothing was connected.",
            "Start again.",
        )
    if not SignIn.objects.filter(pk=sign_in.pk, used_at=None).update(used_at=now):
        raise SignInAnswerError(
            "This sign-in was already used",
            "The page was opened a second time; the first time counts and its connection is unharmed.",
            "Go to the console, or start again.",
        )
    return sign_in


def _raise_refused(request: HttpRequest, error: str) -> None:
    error = error[:_ERROR_LENGTH]
    trail.record("sign_in.refused", request=request, error=error)
    if error == "access_denied":
        again = timezone.now() + timedelta(minutes=10)
        raise SignInAnswerError(
            "Zoho did not give access",
            "Either the request was declined on Zoho's page, or there were more than ten sign-ins within ten minutes. "
            "Nothing was connected.",
            f"Start again; if you did not decline, try again after {again:%H:%M} UTC.",
        )
    raise SignInAnswerError(
        "Zoho did not accept the request",
        f"Zoho answered “{error}”. Nothing was connected.",
        "Start again; if it happens again, show this to whoever runs the console.",
    )


def _verifier(sign_in: SignIn) -> str:
    try:
        return sign_in.verifier
    except SecretUnreadable as exc:
        raise SignInAnswerError(
            "This sign-in cannot be finished",
            "It was begun under an encryption key that is no longer in use; nothing was connected.",
            "Start again.",
        ) from exc


def _look_where_it_is(dc: DataCentre, tokens: auth.TokenAnswer, ends_by: float) -> Seen:
    """`_look` at the environment that the token answer names.

    The token is bound to one organisation, of one environment, and every other host refuses it. An answer that names no
    host is therefore tried at each of this data centre's, from our own table.
    """
    if tokens.api_domain:
        return _look(dc, environment_of(dc, tokens.api_domain), tokens.access_token, ends_by)
    *others, last = dc.api
    for environment in others:
        try:
            return _look(dc, environment, tokens.access_token, ends_by)
        except TokenRefused:
            continue
    return _look(dc, last, tokens.access_token, ends_by)


def _look(dc: DataCentre, environment: str, access_token: str, ends_by: float) -> Seen:
    """Who and which organisation the token speaks for."""
    probe = Connection(dc=dc.key, environment=environment, api_version=settings.CRM_API_VERSION)
    seen = Seen(dc, environment, caller=probe)
    crm = gate.client_for(probe, StaticToken(access_token), gate.page_deadline_s(), on_call=seen.calls.append)
    crm.transport.ends_by = ends_by
    try:
        org = crm.org.get()
        probe.zgid = org.zgid
        user = crm.users.current()
    except CrmError:
        for event in seen.calls:
            gate.tell(probe, _SIGNING_IN, event)
        raise
    if not org.zgid or not user.id:
        raise SignInAnswerError(
            "Zoho CRM did not say who signed in",
            "The organisation or the user in Zoho CRM's answer has no id, so nothing was connected.",
            "Start again in a few minutes.",
        )
    seen.tell(org.zgid, org.company_name or org.zgid, user.id, user.full_name or user.email or user.id, user.email)
    return seen


def _check_allowed(request: HttpRequest, dc: DataCentre, seen: Seen) -> None:
    if table.may_enter(dc.key, seen.zgid):
        return
    trail.record("sign_in.organisation_not_allowed", request=request, dc=dc.key, zgid=seen.zgid)
    raise SignInAnswerError(
        "This organisation may not use this console",
        f"Whoever runs this console allows only certain organisations, and {seen.org_name} is not among them. "
        "Nothing was connected.",
        f"Ask them to add {dc.key}:{seen.zgid} to CONSOLE_ORGS.",
    )
