"""Who may see which entries of the audit, and finding some of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.dateparse import parse_date

from console import clock
from console.audit.models import Entry
from console.audit.trail import Who
from console.paging import page_number

LONGEST = 200
_MOST_WORDS = 10
_MOST_OFFERED = 300


class Organisation(Protocol):
    """A connection, as far as its organisation is meant."""

    dc: str
    zgid: str


def visible_to(person: Who, administers: Organisation | None = None) -> "QuerySet[Entry]":
    """One's own acts, wherever; and everybody's in the organisation that one administers in the CRM.

    Acts of nobody known (refused sign-ins) are for operators alone.
    """
    seen = Q(identity=person.identity)
    if administers is not None:
        seen |= Q(dc=administers.dc, zgid=administers.zgid)
    return Entry.objects.filter(seen)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `where` is "<dc>:<zgid>"; days are whole and the reader's; both ends belong to the span."""

    words: str = ""
    person: str = ""
    action: str = ""
    where: str = ""
    since: date | None = None
    until: date | None = None
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, Sequence[str]]) -> "Wanted":
        """From an address; what is unknown or makes no sense is left out. Never raises."""

        def text(name: str) -> str:
            return " ".join((query.get(name) or [""])[-1].replace("\x00", "").split())[:LONGEST]

        return cls(
            words=text("q"),
            person=text("person"),
            action=text("action"),
            where=text("where"),
            since=_day(text("since")),
            until=_day(text("until")),
            page=page_number(text("page")),
        )

    @property
    def is_narrow(self) -> bool:
        return replace(self, page=1) != Wanted()

    def query(self, page: int = 1) -> str:
        """As the query of an address, with nothing in it that says nothing."""
        pairs = {
            "q": self.words,
            "person": self.person,
            "action": self.action,
            "where": self.where,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "page": str(page) if page > 1 else "",
        }
        return urlencode({name: value for name, value in pairs.items() if value})

    def found_in(self, entries: "QuerySet[Entry]") -> "QuerySet[Entry]":
        if self.person:
            entries = entries.filter(person=self.person)
        if self.action:
            entries = entries.filter(action=self.action)
        if self.where:
            dc, _, zgid = self.where.rpartition(":")
            entries = entries.filter(dc=dc, zgid=zgid)
        if self.since:
            entries = entries.filter(at__gte=_midnight(self.since))
        if self.until:
            entries = entries.filter(at__lt=_midnight(self.until) + timedelta(days=1))
        for word in self.words.split()[:_MOST_WORDS]:
            entries = entries.annotate(particulars=Cast("detail", TextField())).filter(_has(word))
        return entries


def offered(entries: "QuerySet[Entry]", column: str) -> list[str]:
    """The values of a column to choose from, in order."""
    values = entries.exclude(**{column: ""}).order_by(column).values_list(column, flat=True)
    return list(values.distinct()[:_MOST_OFFERED])


def _has(word: str) -> Q:
    """The word stands somewhere in the entry. SQLite keeps JSON in ASCII, where "ø" is written \\u00f8."""
    found = Q(particulars__icontains=word) | Q(particulars__icontains=json.dumps(word)[1:-1])
    for column in ("person", "action", "address", "connection", "zgid"):
        found |= Q(**{f"{column}__icontains": word})
    return found


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.zone())  # the days of the clock that entries show
