"""What is thrown away once a day."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from console.connections import connecting
from console.connections.models import Connection, SignIn
from console.costs import ledger

UNCONFIRMED = timedelta(days=1)


def clean_up() -> None:
    """Sessions and sign-ins that are over, organisations nobody confirmed, calls long past."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    ledger.forget(now)
    SignIn.objects.filter(started_at__lt=now - timedelta(hours=1)).delete()
    pending = Connection.objects.filter(state=Connection.State.PENDING, connected_at__lt=now - UNCONFIRMED)
    for connection in pending.select_related("user"):
        connecting.disconnect(None, connection, connection.user)  # its tokens are given back
