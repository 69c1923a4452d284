"""Booking what each call to the CRM cost, and reading the book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncDay, TruncHour
from django.utils import timezone

from console.connections.gate import Purpose
from console.connections.models import Connection, User
from console.costs.endpoints import endpoint_of
from console.costs.models import Call, CallQuerySet
from console.costs.price_lists import price_list
from console.costs.together import Together
from crm_client.transport import CallEvent

KEPT_DAYS = 90
LIMIT_CODES = ("TOO_MANY_REQUESTS", "RATE_LIMIT_EXCEEDED")
_ROWS = 50
_together = Together()


def book(connection: Connection, purpose: Purpose, event: CallEvent) -> None:
    """Writes one row. Inside a transaction in a savepoint, so that a failure cannot spoil what is under way."""
    known = bool(connection.user_id)
    spent = event.credits
    if spent and known:
        spent = price_list(connection).bounded(event.method, event.path, spent).credits
    call = Call(
        dc=connection.dc,
        zgid=connection.zgid,
        person=connection.user.identity if known else "",
        person_name=connection.crm_user_name[:255],
        page=purpose.page[:80],
        job=purpose.job,
        method=event.method[:8],
        endpoint=endpoint_of(event.path),
        status=event.status,
        code=event.code[:80],
        credits=spent,
        ms=round(event.ms),
        attempt=event.attempt,
    )
    if database.in_atomic_block:
        with transaction.atomic():
            call.save(force_insert=True)
    else:
        _together.write(call)


def forget(now: datetime | None = None) -> int:
    """Deletes calls older than KEPT_DAYS; gives back how many."""
    return Call.objects.filter(at__lt=(now or timezone.now()) - timedelta(days=KEPT_DAYS)).delete()[0]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of the ledger. `key` is what it stands for: an identity, a page, a job's id, an endpoint."""

    key: str
    name: str
    calls: int
    credits: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time on the page: its name in the address, in words, its length and the width of its bars."""

    key: str
    words: str
    length: timedelta
    by_hour: bool


SPANS = (
    Span("day", "Last 24 hours", timedelta(hours=24), by_hour=True),
    Span("week", "Last 7 days", timedelta(days=7), by_hour=False),
    Span("month", "Last 30 days", timedelta(days=30), by_hour=False),
)


def span_of(key: str) -> Span:
    return next((span for span in SPANS if span.key == key), SPANS[0])


class Book:
    """What was spent in one organisation, as one person may see it, over a span that ends now."""

    def __init__(self, connection: Connection, user: User, span: Span, now: datetime | None = None) -> None:
        self.span = span
        self.now = now or timezone.now()
        since = self._start()
        self._all = Call.objects.of_organisation(connection).filter(at__gte=since)
        self._mine = Call.objects.for_user(user, connection).filter(at__gte=since)

    def _start(self) -> datetime:
        """The first bar's beginning: whole hours or days, so that no bar is cut."""
        first = self.now - self.span.length
        if self.span.by_hour:
            return first.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return first.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)

    def total(self) -> tuple[int, int]:
        """(credits, calls) of everybody."""
        found = self._all.aggregate(spent=Sum("credits"), calls=Count("pk"))
        return found["spent"] or 0, found["calls"]

    def over_time(self) -> list[tuple[datetime, int, int]]:
        """(beginning, credits, calls) of each hour or day of the span, empty ones too."""
        bucket = TruncHour("at") if self.span.by_hour else TruncDay("at")
        rows = self._all.annotate(bucket=bucket).values("bucket").annotate(spent=Sum("credits"), calls=Count("pk"))
        found = {row["bucket"]: (row["spent"] or 0, row["calls"]) for row in rows.order_by()}
        step = timedelta(hours=1) if self.span.by_hour else timedelta(days=1)
        bars, moment = [], self._start()
        while moment <= self.now:
            bars.append((moment, *found.get(moment, (0, 0))))
            moment += step
        return bars

    def by_person(self) -> list[Row]:
        return _rows(self._all, "person", "person_name")

    def by_page(self) -> list[Row]:
        """One's own, calls of jobs left out."""
        return _rows(self._mine.filter(job=None), "page")

    def by_job(self) -> list[Row]:
        return _rows(self._mine.exclude(job=None), "job")

    def by_endpoint(self) -> list[Row]:
        return _rows(self._mine, "method", "endpoint")

    def limits_hit(self) -> list[tuple[str, int, datetime]]:
        """(code, times, last time) of the CRM's refusals for too much at once or too many credits."""
        hit = self._all.filter(Q(status=429) | Q(code__in=LIMIT_CODES))
        rows = hit.values("code").annotate(times=Count("pk"), last=Max("at")).order_by("-times")
        return [(row["code"] or "HTTP 429", row["times"], row["last"]) for row in rows]


def _rows(calls: CallQuerySet, *keys: str) -> list[Row]:
    """The sums per value of `keys`, dearest first. The last key is the name to show."""
    found: Sequence[dict[str, object]] = list(
        calls.values(*keys)
        .annotate(calls=Count("pk"), spent=Sum("credits"), last=Max("at"))
        .order_by("-spent", *keys)[:_ROWS]
    )
    return [
        Row(str(row[keys[0]] or ""), str(row[keys[-1]] or ""), row["calls"], row["spent"] or 0, row["last"])  # type: ignore[arg-type]
        for row in found
    ]
