"""What a finished sign-in becomes: an account, a connection with its tokens; and the end of one."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from console.audit import trail
from console.connections import gate, table
from console.connections.crypto import SecretUnreadable
from console.connections.models import Connection, SignIn, User
from console.connections.scopes import may_write
from console.connections.signals import disconnected
from crm_client import auth
from crm_client.calls import CallEvent
from crm_client.datacentres import DataCentre
from crm_client.errors import CrmError, SignInRefused
from crm_client.scopes import missing

_NAME_LENGTH = 255
_REVOKE_DEADLINE_S = 4.0


class SignInAnswerError(SignInRefused):
    """A sign-in that ends without a connection, told in our own words. `title` heads the page."""

    def __init__(self, title: str, reason: str, next_step: str) -> None:
        self.title = title
        super().__init__(reason)
        self.next_step = next_step  # type: ignore[misc]

    def sentence(self) -> str:
        return self.reason


class ConsentNeeded(Exception):
    """Zoho gave no refresh token and none that is stored will do: the consent page has to ask."""

    def __init__(self, sign_in: SignIn, dc: DataCentre) -> None:
        self.sign_in = sign_in
        self.dc = dc
        super().__init__("no refresh token")


@dataclass(slots=True)
class Seen:
    """Who and which organisation the new token speaks for, as the CRM itself says.

    caller  not stored; what is known of the organisation as long as there is no connection
    calls   what looking took, to be told once it is known who asked
    """

    dc: DataCentre
    environment: str
    caller: Connection
    calls: list[CallEvent] = field(default_factory=list)
    zgid: str = ""
    org_name: str = ""
    crm_user_id: str = ""
    name: str = ""
    email: str = ""

    def tell(self, zgid: str, org_name: str, crm_user_id: str, name: str, email: str) -> None:
        """Names are cut to what a column holds: PostgreSQL refuses longer ones, and no screen shows them."""
        self.zgid, self.crm_user_id = zgid, crm_user_id
        self.org_name, self.name, self.email = org_name[:_NAME_LENGTH], name[:_NAME_LENGTH], email[:_NAME_LENGTH]


@dataclass(slots=True)
class Finished:
    """A connection made or renewed.

    is_pending  the person has still to confirm it
    is_renewed  it was there before
    over        the refresh token that is not needed any more: the one it had until now, or the new one; or ""
    missed      the connection that was to be renewed, where another one came back
    could_write, asked_to_write   whether it could before, and whether this sign-in asked for it
    """

    user: User
    connection: Connection
    return_to: str
    is_pending: bool
    is_renewed: bool
    over: str
    missed: Connection | None
    could_write: bool
    asked_to_write: bool


def store(request: HttpRequest, sign_in: SignIn, scopes: list[str], tokens: auth.TokenAnswer, seen: Seen) -> Finished:
    """Makes or renews the connection of this CRM user; raises ConsentNeeded when no refresh token will do.

    A sign-in asks for reading only, whoever it is that comes back. Where that person has granted more before, the
    stored tokens stay: else every new browser would take the second consent away (D3).
    """
    with transaction.atomic():
        user = _account(request, seen)
        where = {"user": user, "dc": seen.dc.key, "zgid": seen.zgid, "crm_user_id": seen.crm_user_id}
        known = (
            Connection.objects.select_for_update().filter(**where).exclude(state=Connection.State.DISCONNECTED).first()
        )
        if not tokens.refresh_token and not _still_good(known, scopes):
            raise _no_lasting_access(sign_in, seen.dc)
        is_adding = request.user.is_authenticated
        is_pending = is_adding and (known is None or known.state == Connection.State.PENDING)
        connection, over = known or Connection(**where), ""
        could_write = connection.may_write
        if _is_wider(known, sign_in, scopes):
            over = tokens.refresh_token or ""
        else:
            if tokens.refresh_token:
                over = _stored_refresh_token(connection)
                connection.refresh_token = tokens.refresh_token
            connection.scopes = " ".join(scopes)
            connection.access_token = tokens.access_token
            connection.access_expires_at = timezone.now() + timedelta(seconds=tokens.expires_in_s)
            connection.generation += 1
            connection.refreshed_at = None
            connection.refresh_lease, connection.refresh_lease_until = "", None
            connection.refresh_not_before, connection.refresh_problem = None, ""
        connection.environment, connection.org_name = seen.environment, seen.org_name
        connection.crm_user_name, connection.crm_user_email = seen.name, seen.email
        connection.api_version = settings.CRM_API_VERSION
        connection.connected_at = timezone.now()
        if not is_pending:
            connection.state = Connection.State.ACTIVE
        connection.save()
        action = "connection.renewed" if known else "connection.asked" if is_pending else "connection.added"
        detail = {"dc": seen.dc.key, "environment": seen.environment, "scopes": connection.scope_list}
        trail.record(action, who=user, where=connection, request=request, **detail)
        if connection.may_write != could_write:
            turned = "connection.writing_allowed" if connection.may_write else "connection.writing_ended"
            trail.record(turned, who=user, where=connection, request=request)
    target = sign_in.target
    missed = target if target is not None and target.pk != connection.pk else None
    return Finished(
        user,
        connection,
        sign_in.return_to,
        is_pending=is_pending,
        is_renewed=known is not None,
        over=over,
        missed=missed,
        could_write=could_write,
        asked_to_write=may_write(sign_in.scopes.split()),
    )


def enter(request: HttpRequest, done: Finished) -> None:
    """Ends the token that is not needed, now that the other is stored, and signs the person in who was nobody yet."""
    if done.over and done.over != done.connection.refresh_token:
        give_back(table.of(done.connection.dc), done.over)
    if not request.user.is_authenticated:
        login(request, done.user)
        trail.record("sign_in", who=done.user, where=done.connection, request=request)


def give_back(dc: DataCentre, token: str) -> bool:
    """Asks the accounts server to end a token; False when it did not, which is never fatal."""
    try:
        auth.revoke(gate.http(), table.app_for(dc), dc, token, deadline_s=_REVOKE_DEADLINE_S)
    except CrmError:
        return False
    return True


def confirm(request: HttpRequest, connection: Connection, user: User) -> None:
    """The person has seen organisation and CRM user and wants this connection."""
    pending = Connection.objects.filter(pk=connection.pk, state=Connection.State.PENDING)
    if pending.update(state=Connection.State.ACTIVE):
        trail.record("connection.added", who=user, where=connection, request=request, scopes=connection.scope_list)


def disconnect(request: HttpRequest | None, connection: Connection, user: User) -> bool:
    """Destroys the tokens here, whatever the accounts server says; False when it could not be told to revoke."""
    dc = table.data_centres().get(connection.dc)
    over = {"refresh_token": "", "access_token": "", "access_expires_at": None, "refresh_lease": ""}
    with transaction.atomic():
        # As it is now: a sign-in that ended since the page read the row stored another token, which would live on.
        token = _stored_refresh_token(Connection.objects.select_for_update().get(pk=connection.pk))
        Connection.objects.filter(pk=connection.pk).update(state=Connection.State.DISCONNECTED, **over)
    disconnected.send(Connection, connection=connection)
    revoked = dc is not None and bool(token) and give_back(dc, token)
    trail.record("connection.ended", who=user, where=connection, request=request, revoked=revoked)
    return revoked


def _account(request: HttpRequest, seen: Seen) -> User:
    """Who is signed in here already, else the account of this CRM user, made at the first time.

    Its row stays locked until the connection is stored, so that two sign-ins at once make one connection.
    """
    locked = User.objects.select_for_update()
    if isinstance(request.user, User):
        return locked.get(pk=request.user.pk)
    identity = User.identity_of(seen.dc.key, seen.zgid, seen.crm_user_id)
    user, _ = locked.get_or_create(identity=identity, defaults={"full_name": seen.name})
    if not user.is_active:
        raise SignInAnswerError(
            "This account is closed", "An operator has closed your account here.", "Ask whoever runs the console."
        )
    user.full_name, user.email = seen.name, seen.email
    if not user.password:
        user.set_unusable_password()
    user.save()
    return user


def _no_lasting_access(sign_in: SignIn, dc: DataCentre) -> Exception:
    """Asking once more with the consent page helps, unless it was asked already."""
    if not sign_in.force_consent:
        return ConsentNeeded(sign_in, dc)
    return SignInAnswerError(
        "Zoho gave no lasting access",
        "You agreed, but Zoho's answer carries no refresh token, without which the console could read for an hour. "
        "Nothing was connected.",
        "Remove this console under Connected apps in your Zoho account, then sign in again.",
    )


def _still_good(known: Connection | None, scopes: list[str]) -> bool:
    """Whether the stored refresh token can go on: Zoho still takes it, and it carries every scope granted now."""
    if known is None or known.state != Connection.State.ACTIVE:
        return False
    return bool(_stored_refresh_token(known)) and set(scopes) <= set(known.scope_list)


def _is_wider(known: Connection | None, sign_in: SignIn, scopes: list[str]) -> bool:
    """Whether the stored grant goes on, because it allows all that was granted now and more.

    Only where nobody asked for less: a reconnection (which has a target) replaces, and so does a person who left
    something unticked at Zoho.
    """
    if known is None or sign_in.target is not None or missing(scopes, sign_in.scopes.split()):
        return False
    return _still_good(known, scopes) and bool(missing(scopes, known.scope_list))


def _stored_refresh_token(connection: Connection) -> str:
    """The refresh token, or "" when there is none or it does not open (then there is nothing to revoke)."""
    try:
        return connection.refresh_token
    except SecretUnreadable:
        return ""
