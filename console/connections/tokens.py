"""Access tokens: who may use one, and exactly one refresh per expiry (design D6, D7).

Any number of web and worker processes share one refresh token per connection. The accounts server allows ten access
tokens per refresh token in ten minutes and silently ends the oldest beyond fifteen, so a stampede would end the
tokens of our own running jobs. Hence a lease and a generation number in the connection's row, taken with one
conditional UPDATE; no database lock is held while HTTP is under way.
"""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from console.audit import trail
from console.connections import gate, table
from console.connections.connecting import SignInAnswerError
from console.connections.crypto import SecretUnreadable
from console.connections.models import UNREADABLE, Connection
from crm_client import CrmClient, auth
from crm_client.datacentres import DataCentre, environment_of
from crm_client.errors import (
    ForeignServer,
    ReauthRequired,
    SignInError,
    SignInThrottled,
    SignInUnavailable,
    TokenRefused,
)

log = logging.getLogger(__name__)

LEASE_S = 20  # longer than the deadline of one refresh call
SLACK_S = 60  # that a caller's clock reading may be behind when its UPDATE runs
REFRESH_DEADLINE_S = 12.0
AHEAD_S = 300  # refresh this long before expiry
COOL_DOWN_S = 60  # after a refresh that failed: at most one try a minute
LONGEST_COOL_DOWN = timedelta(minutes=15)  # one that reaches further is from a clock that jumped
WAIT_STEP_S = 0.05
_UNREADABLE_WORDS = "the stored sign-in cannot be opened with the keys in use"


class ConnectionTokens:
    """The TokenSource of one connection, for `CrmClient`.

    ends_by  monotonic seconds by which a refresh must have ended too, where a page waits for it
    row      the connection, where it was read a moment ago: the first token comes without another look

    Raises ReauthRequired when the person has to sign in again, SignInThrottled or SignInUnavailable when waiting is
    enough; the stored tokens are kept in the last two cases.
    """

    def __init__(
        self,
        connection_id: UUID,
        pause: Callable[[float], None] = time.sleep,
        ends_by: float | None = None,
        row: Connection | None = None,
    ) -> None:
        self._id = connection_id
        self._row = row
        self._pause = pause
        self._ends_by = ends_by

    def token(self) -> str:
        """An access token that is good for at least a few minutes, or the last good one while a refresh fails."""
        row, self._row = self._row, None
        row = self._read() if row is None else _in_use(row)
        now = timezone.now()
        access = _opened(row)
        left = row.access_expires_at - now if row.access_expires_at and access else timedelta(0)
        if left > _ahead(row):
            return access
        still_good = left > timedelta(seconds=5)
        if still_good and row.refresh_not_before and row.refresh_not_before > now:
            return access
        try:
            return self._refreshed(row)
        except ReauthRequired:
            raise
        except SignInError:
            if still_good:
                return access
            raise

    def refused(self, token: str) -> str:
        """The CRM refused this token: another process's newer one, or a freshly made one."""
        row = self._read()
        access = _opened(row)
        if access and access != token:
            return access
        age = timezone.now() - row.refreshed_at if row.refreshed_at else None
        if access and age is not None and timedelta(0) <= age < timedelta(seconds=COOL_DOWN_S):
            # Another refresh would not help, and ten in ten minutes end everybody's work.
            raise TokenRefused("it refuses even a token that was made a moment ago", code="INVALID_TOKEN", status=401)
        return self._refreshed(row)

    def _read(self) -> Connection:
        return _in_use(Connection.objects.get(pk=self._id))

    def _refreshed(self, row: Connection) -> str:
        """The access token of the next generation, made here or by whoever holds the lease."""
        generation = row.generation
        give_up = time.monotonic() + self._time_left()
        while True:
            _respect_cool_down(row)
            lease = secrets.token_hex(8)
            if _take_lease(row.pk, generation, lease):
                return self._refresh(row.pk, generation, lease)
            self._pause(WAIT_STEP_S)
            row = self._read()
            if row.generation != generation:
                return _opened(row)
            if time.monotonic() > give_up:
                raise SignInUnavailable("another process is refreshing the sign-in and has not finished")

    def _refresh(self, pk: UUID, generation: int, lease: str) -> str:
        mine = Connection.objects.filter(pk=pk, generation=generation, refresh_lease=lease)
        row = Connection.objects.get(pk=pk)
        try:
            refresh_token = row.refresh_token
        except SecretUnreadable as exc:
            _tell_unreadable(row)
            _needs_sign_in(mine, UNREADABLE)
            raise ReauthRequired(_UNREADABLE_WORDS) from exc
        dc = table.of(row.dc)
        try:
            answer = auth.refresh(gate.http(), table.app_for(dc), dc, refresh_token, deadline_s=self._time_left())
        except ReauthRequired:
            _needs_sign_in(mine)
            raise
        except SignInError as exc:
            wait = max(COOL_DOWN_S, getattr(exc, "retry_after_s", None) or 0)
            mine.update(
                refresh_lease="",
                refresh_lease_until=None,
                refresh_not_before=timezone.now() + timedelta(seconds=wait),
                refresh_problem=exc.message_code,
            )
            raise
        _warn_of_foreign_host(row, dc, answer)
        field = Connection._meta.get_field("access_token")
        mine.update(
            access_token=field.seal(pk, answer.access_token),
            access_expires_at=timezone.now() + timedelta(seconds=answer.expires_in_s),
            generation=F("generation") + 1,
            refreshed_at=timezone.now(),
            refresh_lease="",
            refresh_lease_until=None,
            refresh_not_before=None,
            refresh_problem="",
        )
        return answer.access_token

    def _time_left(self) -> float:
        """Seconds a refresh may take: its own deadline, or what is left of the page's."""
        if self._ends_by is None:
            return REFRESH_DEADLINE_S
        return max(0.5, min(REFRESH_DEADLINE_S, self._ends_by - time.monotonic()))


def crm_for(
    connection: Connection, deadline_s: float, purpose: gate.Purpose = gate.UNSAID, ends_by: float | None = None
) -> CrmClient:
    """The client of a stored connection, with its tokens behind it.

    ends_by  monotonic seconds by which all its calls together, refreshing included, must have ended
    """
    client = gate.client_for(connection, ConnectionTokens(connection.pk, ends_by=ends_by), deadline_s, purpose)
    client.transport.ends_by = ends_by
    return client


def _in_use(row: Connection) -> Connection:
    if row.state == Connection.State.NEEDS_SIGN_IN:
        is_ours = row.refresh_problem == UNREADABLE
        raise ReauthRequired(_UNREADABLE_WORDS if is_ours else "the CRM no longer accepts the stored sign-in")
    if row.state == Connection.State.DISCONNECTED:
        raise ReauthRequired("this organisation was disconnected")
    if not table.may_enter(row.dc, row.zgid):
        raise SignInAnswerError(
            "This organisation may not use this console",
            "Whoever runs this console took this organisation off the list of those that may use it. Nothing was asked "
            "of Zoho CRM.",
            f"Ask them to add {row.dc}:{row.zgid} to CONSOLE_ORGS.",
        )
    return row


def _ahead(row: Connection) -> timedelta:
    """How long before its end a token is replaced: five minutes, or half its life where that is shorter."""
    ahead = timedelta(seconds=AHEAD_S)
    if row.refreshed_at and row.access_expires_at and row.access_expires_at > row.refreshed_at:
        ahead = min(ahead, (row.access_expires_at - row.refreshed_at) / 2)
    return ahead


def _opened(row: Connection) -> str:
    """The access token, or "" when it does not open: then a new one is made, and the audit knows."""
    try:
        return row.access_token
    except SecretUnreadable:
        _tell_unreadable(row)
        return ""


def _tell_unreadable(row: Connection) -> None:
    log.error("a stored token does not open", extra={"connection": row.slug})
    trail.record("connection.secret_unreadable", where=row)


def _take_lease(pk: UUID, generation: int, lease: str) -> bool:
    """One conditional UPDATE. A lease that reaches further than any taken just now is from a clock that jumped.

    Our own `now` may be some seconds old when the database lets us write, hence the slack: without it, a lease taken
    while we waited would look like one from the future, and two would refresh. A cool-down that began since our row was
    read counts too: whoever comes late must not ask again what has just been throttled.
    """
    now = timezone.now()
    until = now + timedelta(seconds=LEASE_S)
    jumped = Q(refresh_lease_until__gt=until + timedelta(seconds=SLACK_S))
    free = Q(refresh_lease_until=None) | Q(refresh_lease_until__lte=now) | jumped
    is_over = Q(refresh_not_before__lte=now) | Q(refresh_not_before__gt=now + LONGEST_COOL_DOWN)
    may_ask = Q(refresh_not_before=None) | is_over
    taken = Connection.objects.filter(free, may_ask, pk=pk, generation=generation).update(
        refresh_lease=lease, refresh_lease_until=until
    )
    return taken == 1


def _respect_cool_down(row: Connection) -> None:
    now = timezone.now()
    until = row.refresh_not_before
    if until is None or not now < until <= now + LONGEST_COOL_DOWN:
        return
    wait = (until - now).total_seconds()
    if row.refresh_problem == SignInThrottled.message_code:
        raise SignInThrottled("the accounts server asked us to wait", retry_after_s=wait)
    raise SignInUnavailable(f"the accounts server failed a moment ago; next try at {_clock(until)} UTC")


def _warn_of_foreign_host(row: Connection, dc: DataCentre, answer: auth.TokenAnswer) -> None:
    """The host stays the stored one whatever a refresh answers (D1); another one named there is worth an alert."""
    try:
        named = environment_of(dc, answer.api_domain) if answer.api_domain else row.environment
    except ForeignServer:
        named = "foreign"
    if named != row.environment:
        log.error("a refresh named another host; it was not used", extra={"connection": row.slug, "named": named})
        trail.record("connection.foreign_host", where=row, named=named)


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M:%S")


def _needs_sign_in(mine: "QuerySet[Connection]", problem: str = "") -> None:
    mine.update(
        state=Connection.State.NEEDS_SIGN_IN,
        refresh_problem=problem,
        access_token="",
        access_expires_at=None,
        refresh_lease="",
        refresh_lease_until=None,
    )
