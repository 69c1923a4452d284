"""What only one may do at a time among any number of processes: a row taken by a conditional UPDATE, with expiry."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from console.submissions.models import Lease

_SLACK = timedelta(seconds=60)  # further ahead than this is from a clock that jumped


@dataclass(frozen=True, slots=True)
class Held:
    """A lease in one's hands; it ends by itself when its holder dies."""

    name: str
    holder: str
    span: timedelta

    def keep(self) -> None:
        """Holds it for another while, unless it was lost meanwhile."""
        Lease.objects.filter(name=self.name, holder=self.holder).update(until=timezone.now() + self.span)


@contextmanager
def held(name: str, for_s: float) -> Iterator[Held | None]:
    """The lease, for the one who got it, for that long unless it is kept; None for others. Given back at the end."""
    lease = Held(name, secrets.token_hex(8), timedelta(seconds=for_s))
    is_mine = _take(name, lease.holder, lease.span)
    try:
        yield lease if is_mine else None
    finally:
        if is_mine:
            Lease.objects.filter(name=name, holder=lease.holder).update(holder="", until=None)


def _take(name: str, holder: str, span: timedelta) -> bool:
    now = timezone.now()
    free = Q(holder="") | Q(until__lte=now) | Q(until__gt=now + span + _SLACK)
    if Lease.objects.filter(free, name=name).update(holder=holder, until=now + span):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    Lease.objects.bulk_create([Lease(name=name)], ignore_conflicts=True)
    return bool(Lease.objects.filter(free, name=name).update(holder=holder, until=now + span))
