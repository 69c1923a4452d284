"""Rows of many threads in one commit.

A page asks the CRM, and each call is booked before the page goes on. On SQLite each commit waits for the disk, and who
finds the file locked sleeps up to a tenth of a second; thirty threads that book one by one stand in each other's way.
"""

import threading
from dataclasses import dataclass

from django.db import DatabaseError, DataError, Error, IntegrityError, transaction

from console.costs.models import Call


@dataclass(slots=True)
class _Ticket:
    call: Call
    is_over: bool = False
    error: Exception | None = None


class Together:
    """Writes calls, those that came meanwhile with the next. Nobody goes on before their own row is committed."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._list = threading.Lock()
        self._waiting: list[_Ticket] = []

    def write(self, call: Call) -> None:
        """Raises what the database raised when it took this row."""
        ticket = _Ticket(call)
        with self._list:
            self._waiting.append(ticket)
        with self._turn:
            if not ticket.is_over:
                with self._list:
                    batch, self._waiting = self._waiting, []
                _commit(batch)
        if ticket.error:
            raise ticket.error


def _commit(batch: list[_Ticket]) -> None:
    error: Exception | None = DatabaseError("Whoever wrote this row was ended before it was committed.")
    try:
        with transaction.atomic():
            Call.objects.bulk_create([ticket.call for ticket in batch])
        error = None
    except Error as exc:
        error = exc
    finally:
        for ticket in batch:
            ticket.error, ticket.is_over = error, True
    if isinstance(error, DataError | IntegrityError) and len(batch) > 1:  # one bad row takes no other with it
        for ticket in batch:
            _commit([ticket])
