"""The CRM's own time, from the `Date` of its answers: ours may be minutes wrong, or jump while a job runs (AC-17).

Kept per process and address of the CRM, beside seconds that no clock's jump moves.
"""

import time
from datetime import datetime, timedelta

from django.utils import timezone

from console.connections import gate, table
from console.connections.models import Connection
from console.submissions.models import Call
from crm_client.calls import CallEvent
from crm_client.errors import SignInRefused

MOST_APART = timedelta(hours=26)  # between the two clocks; further apart is nonsense rather than a wrong clock
TIGHT_MS = 3_000  # an answer that took longer may have been said long before it was read
GOOD_FOR_S = 6 * 3600.0

_heard: dict[str, tuple[datetime, float]] = {}


def heard(connection: Connection, purpose: gate.Purpose, event: CallEvent) -> None:
    """Told about each call to the CRM: remembers what time it was there."""
    if event.said_at is None or abs(event.said_at - timezone.now()) > MOST_APART:
        return
    if event.ms <= TIGHT_MS or now_at(connection) is None:
        _heard[_address(connection)] = (event.said_at, time.monotonic())


def now_at(connection: Connection) -> datetime | None:
    """What time it is at the connection's CRM, at the earliest; None when it has not said so to this process lately."""
    said_at, then = _heard.get(_address(connection), (None, 0.0))
    since = time.monotonic() - then
    return said_at + timedelta(seconds=since) if said_at is not None and since <= GOOD_FOR_S else None


def sent_at(call: Call, connection: Connection) -> datetime:
    """When a call was sent, by the CRM's clock as well as it is known.

    Where the CRM had told nothing before, by ours, set right by what the CRM has told since.
    """
    if call.crm_sent_at is not None:
        return call.crm_sent_at
    now, there = timezone.now(), now_at(connection)
    return (call.sent_at or now) + (there - now if there is not None else timedelta(0))


def _address(connection: Connection) -> str:
    try:
        return table.of(connection.dc).api[connection.environment]
    except (SignInRefused, KeyError):
        return ""
