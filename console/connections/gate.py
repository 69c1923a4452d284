"""Clients of the CRM for the connections of this installation: one HTTP pool per process, one client per use."""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from console.connections import table
from console.connections.models import Connection
from crm_client import CrmClient
from crm_client.transport import CallEvent, Http, TokenSource

log = logging.getLogger("console.crm")


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a call is made for: a page (the name of its address, "modules:list") or a job."""

    page: str = ""
    job: UUID | None = None


UNSAID = Purpose()

Listener: TypeAlias = Callable[[Connection, Purpose, CallEvent], None]
listeners: list[Listener] = []
"""Told about each call to the CRM; later halls add theirs from AppConfig.ready(). One must be quick and may fail."""


@functools.cache
def http() -> Http:
    """The connection pool of this process, shared by all its threads and organisations."""
    return Http()


def client_for(
    connection: Connection,
    tokens: TokenSource,
    deadline_s: float,
    purpose: Purpose = UNSAID,
    on_call: Callable[[CallEvent], None] | None = None,
) -> CrmClient:
    """A client that speaks to the connection's organisation as its person.

    deadline_s  seconds that one call may take in all: 15 for a page, 60 for a worker
    on_call     told about each call in place of `tell`
    """
    return CrmClient(
        table.api_of(connection.dc, connection.environment),
        tokens,
        version=connection.api_version,
        http=http(),
        deadline_s=deadline_s,
        on_call=on_call or functools.partial(tell, connection, purpose),
    )


def tell(connection: Connection, purpose: Purpose, event: CallEvent) -> None:
    """Logs a call, tells the listeners, keeps what the CRM says is left of the credits (only past half the budget)."""
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
    for listener in listeners:
        try:
            listener(connection, purpose, event)
        except Exception:  # a listener is a guest: neither the call nor the others suffer
            log.exception("a listener failed")
    if event.credits_left is not None and event.credits_left != connection.credits_left:
        connection.credits_left, connection.credits_seen_at = event.credits_left, timezone.now()
        Connection.objects.filter(pk=connection.pk).update(
            credits_left=connection.credits_left, credits_seen_at=connection.credits_seen_at
        )


def page_deadline_s() -> float:
    return float(settings.CRM_WEB_DEADLINE_S)


def worker_deadline_s() -> float:
    return float(settings.CRM_WORKER_DEADLINE_S)
