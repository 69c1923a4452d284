"""What is thrown away once a day."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from console.connections import connecting
from console.connections.models import Connection, SignIn
from console.costs import ledger

log = logging.getLogger(__name__)

UNCONFIRMED = timedelta(days=1)

chores: list[Callable[[datetime], None]] = []
"""What later halls and rooms throw away once a day, told the time; they add theirs from AppConfig.ready()."""


def clean_up() -> None:
    """Sessions and sign-ins that are over, organisations nobody confirmed, calls long past."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    ledger.forget(now)
    SignIn.objects.filter(started_at__lt=now - timedelta(hours=1)).delete()
    pending = Connection.objects.filter(state=Connection.State.PENDING, connected_at__lt=now - UNCONFIRMED)
    for connection in pending.select_related("user"):
        connecting.disconnect(None, connection, connection.user)  # its tokens are given back
    for chore in chores:
        try:
            chore(now)
        except Exception:  # a chore is a guest: the others are done all the same
            log.exception("a chore failed")
