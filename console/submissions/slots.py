"""How many calls may be under way in an organisation at once (D12): rows taken by a conditional UPDATE, with expiry.

Eight for workers, four kept for what a person waits for, within what the edition allows.
"""

import random
import secrets
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from console.connections.models import Connection
from console.costs.allowance import allowance
from console.metadata.kept import kept_org
from console.submissions.models import Slot
from crm_client.errors import TooManyRequests

FOR_WORKERS, FOR_PAGES = 8, 4
HELD_S = 60  # longer than a claim; what has not been given back by then was lost
LONGEST_WAIT = timedelta(minutes=15)
SLACK = timedelta(seconds=60)  # further ahead than this is from a clock that jumped

WORKER, PAGE = "worker", "page"


def take(connection: Connection, kind: str) -> Slot | None:
    """A slot of the connection's organisation, or None: all are taken, or the CRM asked to wait."""
    now = timezone.now()
    for _ in range(2):
        free = Slot.objects.filter(_free(now), dc=connection.dc, zgid=connection.zgid, kind=kind)
        candidates = list(free.filter(n__lt=_most(connection, kind)))
        random.shuffle(candidates)
        for slot in candidates:
            slot.holder, slot.until = secrets.token_hex(8), now + timedelta(seconds=HELD_S)
            if Slot.objects.filter(_free(now), pk=slot.pk).update(holder=slot.holder, until=slot.until):
                return slot
        if candidates or not _make(connection):
            return None
    return None


def keep(slot: Slot) -> bool:
    """Holds a slot for another while; False when it was lost meanwhile."""
    slot.until = timezone.now() + timedelta(seconds=HELD_S)
    return bool(Slot.objects.filter(pk=slot.pk, holder=slot.holder).update(until=slot.until))


def give_back(slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk, holder=slot.holder).update(holder="", until=None)


def wait_until(connection: Connection, moment: datetime) -> None:
    """No call of this organisation begins before then; a longer pause stays."""
    jumped = timezone.now() + LONGEST_WAIT + SLACK
    shorter = Q(not_before=None) | Q(not_before__lt=moment) | Q(not_before__gt=jumped)
    Slot.objects.filter(shorter, dc=connection.dc, zgid=connection.zgid).update(not_before=moment)


def heard(connection: Connection, error: TooManyRequests) -> None:
    """The CRM asked for a pause: as long as it said, where it did."""
    if error.retry_after_s is not None:
        seconds = min(error.retry_after_s, LONGEST_WAIT.total_seconds())
        wait_until(connection, timezone.now() + timedelta(seconds=seconds))


def paused_until(connection: Connection) -> datetime | None:
    """Until when the CRM asked everybody of the organisation to wait; None when it did not, or the time has come."""
    now = timezone.now()
    paused = Slot.objects.filter(
        dc=connection.dc, zgid=connection.zgid, not_before__gt=now, not_before__lte=now + LONGEST_WAIT + SLACK
    )
    return paused.values_list("not_before", flat=True).first()


def _free(now: datetime) -> Q:
    lost = Q(until__lte=now) | Q(until__gt=now + timedelta(seconds=HELD_S) + SLACK)
    due = Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=now + LONGEST_WAIT + SLACK)
    return (Q(holder="") | lost) & due


def _most(connection: Connection, kind: str) -> int:
    """How many of a kind the organisation's edition leaves; pages come first, a worker always has one."""
    if kind == PAGE:
        return FOR_PAGES
    org = kept_org(connection)
    allowed = allowance(org.license_details) if org else None
    return FOR_WORKERS if allowed is None else min(FOR_WORKERS, max(1, allowed.at_once - FOR_PAGES))


def _make(connection: Connection) -> bool:
    """Makes the organisation's slots at its first write; False when they were there."""
    where = {"dc": connection.dc, "zgid": connection.zgid}
    if Slot.objects.filter(**where).exists():
        return False
    kinds = [(WORKER, FOR_WORKERS), (PAGE, FOR_PAGES)]
    Slot.objects.bulk_create(
        [Slot(kind=kind, n=n, **where) for kind, count in kinds for n in range(count)], ignore_conflicts=True
    )
    return True
