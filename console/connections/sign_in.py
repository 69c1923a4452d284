"""The OAuth authorization-code flow of one person: start, come back, connect (design D1–D3).

The order in `finish` is the protection: state first, then `error`, then the table, and only then the network.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from console.audit import trail
from console.connections import gate, table
from console.connections.crypto import SecretUnreadable
from console.connections.models import SIGN_IN_MINUTES, Connection, SignIn, User
from console.connections.signals import disconnected
from crm_client import StaticToken, auth
from crm_client.datacentres import DataCentre, environment_of, match_callback
from crm_client.errors import CrmError, ForeignServer, SignInRefused
from crm_client.transport import CallEvent

_BROWSER = "sign_in_browser"
_ERROR_LENGTH = 80
_SIGNING_IN = gate.Purpose(page="connections:callback")


class SignInAnswerError(SignInRefused):
    """A callback that this console did not ask for, or that says no. `title` heads the page."""

    def __init__(self, title: str, reason: str, next_step: str) -> None:
        self.title = title
        super().__init__(reason)
        self.next_step = next_step  # type: ignore[misc]

    def sentence(self) -> str:
        return self.reason


class ConsentNeeded(Exception):
    """Zoho gave no refresh token and none that is stored will do: the consent page has to ask."""

    def __init__(self, dc: DataCentre, return_to: str) -> None:
        self.dc = dc
        self.return_to = return_to
        super().__init__("no refresh token")


@dataclass(slots=True)
class Start:
    """A sign-in that waits at the accounts server: the address to send the browser to."""

    url: str
    dc: DataCentre


@dataclass(slots=True)
class Finished:
    """A connection made or renewed. `is_pending`: the person has still to confirm it."""

    connection: Connection
    return_to: str
    is_pending: bool
    is_renewed: bool


def start(
    request: HttpRequest, dc: DataCentre, scopes: list[str], return_to: str = "", *, force_consent: bool = True
) -> Start:
    """Stores a single-use state for this browser and gives the address of the consent page.

    force_consent  False for a person who is known here: the accounts server then asks for the choice only
    """
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    browser = request.session.get(_BROWSER) or secrets.token_urlsafe(24)
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
        return_to=return_to,
    )
    url = auth.authorization_url(
        table.app_for(dc), dc, scopes, state=state, verifier=verifier, force_consent=force_consent
    )
    return Start(url, dc)


def finish(request: HttpRequest, answer: QueryDict) -> Finished:
    """Handles the browser's return; raises SignInError with the sentence for the page.

    Nothing leaves this machine before the state, the `error` and the named servers have been judged.
    """
    sign_in = _claim(request, answer.get("state", ""))
    if "error" in answer:
        _raise_refused(request, str(answer["error"]))
    try:
        dc = match_callback(
            table.data_centres(), answer.get("location"), answer.get("accounts-server"), settings.CRM_HOME_DC
        )
    except ForeignServer:
        trail.record("sign_in.foreign_server", request=request, server=answer.get("accounts-server", "")[:200])
        raise
    code = answer.get("code", "")
    if not code:
        raise SignInAnswerError(
            "That sign-in is incomplete", "Zoho's answer carries no code, so nothing was connected.", "Start again."
        )
    tokens = auth.exchange(gate.http(), table.app_for(dc), dc, code, sign_in.verifier)
    environment = environment_of(dc, tokens.api_domain)
    scopes = sorted(tokens.scopes) if tokens.scopes is not None else sign_in.scopes.split()
    seen = _look(dc, environment, tokens.access_token)
    caller = seen.caller
    try:
        _check_allowed(request, dc, seen, tokens)
        done = _connect(request, sign_in, dc, environment, scopes, tokens, seen)
        caller = done.connection
        return done
    finally:
        for event in seen.calls:
            gate.tell(caller, _SIGNING_IN, event)


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


@dataclass(slots=True)
class Seen:
    """Who and which organisation the new token speaks for, as the CRM itself says."""

    zgid: str
    org_name: str
    crm_user_id: str
    name: str
    email: str
    caller: Connection  # not stored; what is known of the organisation as long as there is no connection
    calls: list[CallEvent]  # what looking took, to be told once it is known who asked


def _look(dc: DataCentre, environment: str, access_token: str) -> Seen:
    probe = Connection(dc=dc.key, environment=environment, api_version=settings.CRM_API_VERSION)
    calls: list[CallEvent] = []
    crm = gate.client_for(probe, StaticToken(access_token), gate.page_deadline_s(), on_call=calls.append)
    try:
        org = crm.org.get()
        probe.zgid = org.zgid
        user = crm.users.current()
    except CrmError:
        for event in calls:
            gate.tell(probe, _SIGNING_IN, event)
        raise
    if not org.zgid or not user.id:
        raise SignInAnswerError(
            "Zoho CRM did not say who signed in",
            "The organisation or the user in Zoho CRM's answer has no id, so nothing was connected.",
            "Start again in a few minutes.",
        )
    name = user.full_name or user.email or user.id
    return Seen(org.zgid, org.company_name or org.zgid, user.id, name, user.email, probe, calls)


def _check_allowed(request: HttpRequest, dc: DataCentre, seen: Seen, tokens: auth.TokenAnswer) -> None:
    allowed = settings.CONSOLE_ORGS
    if not allowed or f"{dc.key}:{seen.zgid}" in allowed:
        return
    trail.record("sign_in.organisation_not_allowed", request=request, dc=dc.key, zgid=seen.zgid)
    _revoke(dc, tokens.refresh_token or tokens.access_token)
    raise SignInAnswerError(
        "This organisation may not use this console",
        f"Whoever runs this console allows only certain organisations, and {seen.org_name} is not among them. "
        "Nothing was connected.",
        f"Ask them to add {dc.key}:{seen.zgid} to CONSOLE_ORGS.",
    )


def _connect(
    request: HttpRequest,
    sign_in: SignIn,
    dc: DataCentre,
    environment: str,
    scopes: list[str],
    tokens: auth.TokenAnswer,
    seen: Seen,
) -> Finished:
    replaced = ""
    with transaction.atomic():
        user = _account(request, dc, seen)
        where = {"user": user, "dc": dc.key, "zgid": seen.zgid, "crm_user_id": seen.crm_user_id}
        known = (
            Connection.objects.select_for_update()
            .filter(**where)
            .exclude(state=Connection.State.DISCONNECTED)
            .order_by("connected_at")
            .first()
        )
        if not tokens.refresh_token and not _still_good(known, scopes):
            raise ConsentNeeded(dc, sign_in.return_to)
        is_adding = request.user.is_authenticated
        is_pending = is_adding and (known is None or known.state == Connection.State.PENDING)
        connection = known or Connection(**where)
        if tokens.refresh_token:
            replaced = _stored_refresh_token(connection)
            connection.refresh_token = tokens.refresh_token
        connection.environment, connection.org_name = environment, seen.org_name
        connection.crm_user_name, connection.crm_user_email = seen.name, seen.email
        connection.scopes, connection.api_version = " ".join(scopes), settings.CRM_API_VERSION
        connection.access_token = tokens.access_token
        connection.access_expires_at = timezone.now() + timedelta(seconds=tokens.expires_in_s)
        connection.generation += 1
        connection.refresh_lease, connection.refresh_lease_until = "", None
        connection.refresh_not_before, connection.refresh_problem = None, ""
        connection.connected_at = timezone.now()
        if not is_pending:
            connection.state = Connection.State.ACTIVE
        connection.save()
        action = "connection.renewed" if known else "connection.asked" if is_pending else "connection.added"
        trail.record(
            action, who=user, where=connection, request=request, dc=dc.key, environment=environment, scopes=scopes
        )
    if replaced and replaced != tokens.refresh_token:
        _revoke(dc, replaced)  # only after the new one is stored
    if not request.user.is_authenticated:
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return Finished(connection, sign_in.return_to, is_pending, known is not None)


def _account(request: HttpRequest, dc: DataCentre, seen: Seen) -> User:
    """Who is signed in here already, else the account of this CRM user, made at the first time."""
    if isinstance(request.user, User):
        return request.user
    identity = User.identity_of(dc.key, seen.zgid, seen.crm_user_id)
    user, _ = User.objects.get_or_create(identity=identity, defaults={"full_name": seen.name})
    if not user.is_active:
        raise SignInAnswerError(
            "This account is closed", "An operator has closed your account here.", "Ask whoever runs the console."
        )
    user.full_name, user.email = seen.name, seen.email
    if not user.password:
        user.set_unusable_password()
    user.save()
    return user


def _still_good(known: Connection | None, scopes: list[str]) -> bool:
    """Whether the stored refresh token can go on: Zoho still takes it, and it carries every scope granted now."""
    if known is None or known.state != Connection.State.ACTIVE:
        return False
    return bool(_stored_refresh_token(known)) and set(scopes) <= set(known.scope_list)


def _stored_refresh_token(connection: Connection) -> str:
    """The refresh token, or "" when there is none or it does not open (then there is nothing to revoke)."""
    try:
        return connection.refresh_token
    except SecretUnreadable:
        return ""


def _revoke(dc: DataCentre, token: str) -> bool:
    """Asks the accounts server to end a token; False when it did not, which is never fatal."""
    try:
        auth.revoke(gate.http(), table.app_for(dc), dc, token)
    except CrmError:
        return False
    return True


def confirm(request: HttpRequest, connection: Connection, user: User) -> None:
    """The person has seen organisation and CRM user and wants this connection."""
    Connection.objects.filter(pk=connection.pk, state=Connection.State.PENDING).update(state=Connection.State.ACTIVE)
    trail.record("connection.added", who=user, where=connection, request=request, scopes=connection.scope_list)


def disconnect(request: HttpRequest, connection: Connection, user: User) -> bool:
    """Destroys the tokens here, whatever the accounts server says; False when it could not be told to revoke."""
    dc = table.data_centres().get(connection.dc)
    token = _stored_refresh_token(connection)
    Connection.objects.filter(pk=connection.pk).update(
        state=Connection.State.DISCONNECTED, refresh_token="", access_token="", access_expires_at=None, refresh_lease=""
    )
    disconnected.send(Connection, connection=connection)
    revoked = dc is not None and bool(token) and _revoke(dc, token)
    trail.record("connection.ended", who=user, where=connection, request=request, revoked=revoked)
    return revoked
