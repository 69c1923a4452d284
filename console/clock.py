"""By whose clock times are shown: on every page of an organisation the CRM user's own, elsewhere UTC.

The zone is asked for when the first time of a page is printed, from the kept copy alone: it costs the CRM nothing.
"""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from console.metadata.kept import KeptMetadata


class _Reader:
    """Who reads the page; `zone` is looked up once."""

    def __init__(self, kept: "KeptMetadata") -> None:
        self._kept = kept
        self._zone: tzinfo | None = None

    @property
    def zone(self) -> tzinfo:
        if self._zone is None:
            self._zone = self._look()
        return self._zone

    def _look(self) -> tzinfo:
        try:
            known = self._kept.known("current_user")
            name = known.value[0].time_zone if known and known.value else ""
            return ZoneInfo(name) if name else UTC
        except (DatabaseError, ValueError, OSError, LookupError):  # an error page has to be shown without, too
            return UTC


_reader: ContextVar[_Reader | None] = ContextVar("reader", default=None)


class ReadersClock:
    """Remembers for one request who reads. Stands behind ConnectionInUse, which knows the organisation."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            _reader.set(None)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        kept = getattr(request, "kept", None)
        _reader.set(_Reader(kept) if kept is not None else None)


def zone() -> tzinfo:
    """The reader's zone; UTC where nobody reads, or the CRM has not told it yet."""
    reader = _reader.get()
    return reader.zone if reader else UTC


def local(moment: datetime) -> datetime:
    """The moment by the reader's clock; as it is for years that no clock shows."""
    try:
        return moment.astimezone(zone())
    except (OverflowError, ValueError):
        return moment


def zone_word(moment: datetime) -> str:
    """ "EST", "UTC", "UTC+05:30": the zone that a moment stands in."""
    name = moment.tzname() or "UTC"
    if name[:1] not in "+-" and not name.startswith("UTC"):
        return name
    offset = moment.strftime("%z")
    return "UTC" if offset in ("", "+0000") else f"UTC{offset[:3]}:{offset[3:5]}"
