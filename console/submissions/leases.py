"""What only one may do at a time among any number of processes: a row taken by a conditional UPDATE, with expiry."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from console.submissions.models import Lease

_SLACK = timedelta(seconds=60)  # further ahead than this is from a clock that jumped


@contextmanager
def held(name: str, for_s: float) -> Iterator[bool]:
    """True for the one who got the lease, for at most that long; given back at the end."""
    holder = secrets.token_hex(8)
    is_mine = _take(name, holder, timedelta(seconds=for_s))
    try:
        yield is_mine
    finally:
        if is_mine:
            Lease.objects.filter(name=name, holder=holder).update(holder="", until=None)


def _take(name: str, holder: str, span: timedelta) -> bool:
    now = timezone.now()
    free = Q(holder="") | Q(until__lte=now) | Q(until__gt=now + span + _SLACK)
    if Lease.objects.filter(free, name=name).update(holder=holder, until=now + span):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    Lease.objects.bulk_create([Lease(name=name)], ignore_conflicts=True)
    return bool(Lease.objects.filter(free, name=name).update(holder=holder, until=now + span))
