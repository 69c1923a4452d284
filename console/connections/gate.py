"""Clients of the CRM for the connections of this installation: one HTTP pool per process, one client per use."""

import functools
import logging
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from console.connections import table
from console.connections.models import Connection
from crm_client import CrmClient
from crm_client.transport import CallEvent, Http, TokenSource

log = logging.getLogger("console.crm")


@functools.cache
def http() -> Http:
    """The connection pool of this process, shared by all its threads and organisations."""
    return Http()


def client_for(connection: Connection, tokens: TokenSource, deadline_s: float) -> CrmClient:
    """A client that speaks to the connection's organisation as its person.

    deadline_s  seconds that one call may take in all: 15 for a page, 60 for a worker
    """
    dc = table.data_centres()[connection.dc]
    return CrmClient(
        dc.api[connection.environment],
        tokens,
        version=connection.api_version,
        http=http(),
        deadline_s=deadline_s,
        on_call=_listener(connection),
    )


def _listener(connection: Connection) -> Callable[[CallEvent], None]:
    def heard(event: CallEvent) -> None:
        """Logs the call, and keeps what the CRM says is left of the credits (it says so only past half the budget)."""
        log.info(
            "crm call",
            extra={
                "connection": connection.slug,
                "method": event.method,
                "path": event.path,
                "status": event.status,
                "code": event.code,
                "ms": round(event.ms),
                "credits": event.credits,
                "attempt": event.attempt,
            },
        )
        if event.credits_left is not None and event.credits_left != connection.credits_left:
            connection.credits_left, connection.credits_seen_at = event.credits_left, timezone.now()
            Connection.objects.filter(pk=connection.pk).update(
                credits_left=connection.credits_left, credits_seen_at=connection.credits_seen_at
            )

    return heard


def page_deadline_s() -> float:
    return float(settings.CRM_WEB_DEADLINE_S)


def worker_deadline_s() -> float:
    return float(settings.CRM_WORKER_DEADLINE_S)
