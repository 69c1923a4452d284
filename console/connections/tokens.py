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
from console.connections.crypto import SecretUnreadable
from console.connections.models import Connection
from crm_client import CrmClient, auth
from crm_client.datacentres import DataCentre, environment_of
from crm_client.errors import ForeignServer, ReauthRequired, SignInError, SignInThrottled, SignInUnavailable

log = logging.getLogger(__name__)

LEASE_S = 20  # longer than the deadline of one refresh call
SLACK_S = 60  # that a caller's clock reading may be behind when its UPDATE runs
REFRESH_DEADLINE_S = 12.0
AHEAD_S = 300  # refresh this long before expiry
COOL_DOWN_S = 60  # after a refresh that failed: at most one try a minute
WAIT_STEP_S = 0.05


class ConnectionTokens:
    """The TokenSource of one connection, for `CrmClient`.

    Raises ReauthRequired when the person has to sign in again, SignInThrottled or SignInUnavailable when waiting is
    enough; the stored tokens are kept in the last two cases.
    """

    def __init__(self, connection_id: UUID, pause: Callable[[float], None] = time.sleep) -> None:
        self._id = connection_id
        self._pause = pause

    def token(self) -> str:
        """An access token that is good for at least a few minutes, or the last good one while a refresh fails."""
        row = self._read()
        now = timezone.now()
        if row.access_expires_at and row.access_expires_at - now > timedelta(seconds=AHEAD_S):
            return row.access_token
        still_good = bool(row.access_expires_at and row.access_expires_at - now > timedelta(seconds=5))
        if still_good and row.refresh_not_before and row.refresh_not_before > now:
            return row.access_token
        try:
            return self._refreshed(row)
        except (SignInThrottled, SignInUnavailable):
            if still_good:
                return row.access_token
            raise

    def refused(self, token: str) -> str:
        """The CRM refused this token: another process's newer one, or a freshly made one."""
        row = self._read()
        if row.access_token and row.access_token != token:
            return row.access_token
        return self._refreshed(row)

    def _read(self) -> Connection:
        row = Connection.objects.get(pk=self._id)
        if row.state == Connection.State.NEEDS_SIGN_IN:
            raise ReauthRequired("the CRM no longer accepts the stored sign-in")
        if row.state == Connection.State.DISCONNECTED:
            raise ReauthRequired("this organisation was disconnected")
        return row

    def _refreshed(self, row: Connection) -> str:
        """The access token of the next generation, made here or by whoever holds the lease."""
        generation = row.generation
        give_up = time.monotonic() + REFRESH_DEADLINE_S
        while True:
            _respect_cool_down(row)
            lease = secrets.token_hex(8)
            if _take_lease(row.pk, generation, lease):
                return self._refresh(row.pk, generation, lease)
            self._pause(WAIT_STEP_S)
            row = self._read()
            if row.generation != generation:
                return row.access_token
            if time.monotonic() > give_up:
                raise SignInUnavailable("another process is refreshing the sign-in and has not finished")

    def _refresh(self, pk: UUID, generation: int, lease: str) -> str:
        mine = Connection.objects.filter(pk=pk, generation=generation, refresh_lease=lease)
        row = Connection.objects.get(pk=pk)
        try:
            refresh_token = row.refresh_token
        except SecretUnreadable as exc:
            log.error("a stored token does not open", extra={"connection": row.slug})
            trail.record("connection.secret_unreadable", where=row)
            _needs_sign_in(mine)
            raise ReauthRequired("the stored sign-in cannot be opened with the keys in use") from exc
        dc = table.data_centres()[row.dc]
        try:
            answer = auth.refresh(gate.http(), table.app_for(dc), dc, refresh_token, deadline_s=REFRESH_DEADLINE_S)
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
            refresh_lease="",
            refresh_lease_until=None,
            refresh_not_before=None,
            refresh_problem="",
        )
        return answer.access_token


def crm_for(connection: Connection, deadline_s: float, purpose: gate.Purpose = gate.UNSAID) -> CrmClient:
    """The client of a stored connection, with its tokens behind it."""
    return gate.client_for(connection, ConnectionTokens(connection.pk), deadline_s, purpose)


def _take_lease(pk: UUID, generation: int, lease: str) -> bool:
    """One conditional UPDATE. A lease that reaches further than any taken just now is from a clock that jumped.

    Our own `now` may be some seconds old when the database lets us write, hence the slack: without it, a lease taken
    while we waited would look like one from the future, and two would refresh.
    """
    now = timezone.now()
    until = now + timedelta(seconds=LEASE_S)
    jumped = Q(refresh_lease_until__gt=until + timedelta(seconds=SLACK_S))
    free = Q(refresh_lease_until=None) | Q(refresh_lease_until__lte=now) | jumped
    taken = Connection.objects.filter(free, pk=pk, generation=generation).update(
        refresh_lease=lease, refresh_lease_until=until
    )
    return taken == 1


def _respect_cool_down(row: Connection) -> None:
    now = timezone.now()
    until = row.refresh_not_before
    if until is None or not now < until <= now + timedelta(minutes=15):
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


def _needs_sign_in(mine: "QuerySet[Connection]") -> None:
    mine.update(
        state=Connection.State.NEEDS_SIGN_IN,
        access_token="",
        access_expires_at=None,
        refresh_lease="",
        refresh_lease_until=None,
    )
