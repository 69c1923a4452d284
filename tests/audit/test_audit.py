"""Audit rows are only ever added: the database itself refuses the rest (D22)."""

import pytest
from django.db import DatabaseError, transaction
from django.db import connection as database

from console.audit import trail
from console.audit.models import Entry

pytestmark = pytest.mark.django_db


def _refused(statement: str) -> None:
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), database.cursor() as cursor:
        cursor.execute(statement)


def test_an_entry_cannot_be_changed_or_deleted() -> None:
    trail.record("connection.added", dc="us")
    _refused("UPDATE audit_entry SET action = 'nothing'")
    _refused("DELETE FROM audit_entry")
    assert Entry.objects.get().action == "connection.added"


def test_the_table_cannot_be_emptied() -> None:
    trail.record("connection.added", dc="us")
    _refused("TRUNCATE audit_entry" if database.vendor == "postgresql" else "DELETE FROM audit_entry WHERE 1")
    assert Entry.objects.count() == 1


def test_an_entry_cannot_be_replaced_by_inserting_it_again() -> None:
    """SQLite's REPLACE deletes silently unless told otherwise; PostgreSQL's ON CONFLICT updates."""
    trail.record("connection.added", dc="us")
    columns = ", ".join(f'"{field.column}"' for field in Entry._meta.concrete_fields if field.column != "action")
    again = f"INTO audit_entry ({columns}, action) SELECT {columns}, 'nothing' FROM audit_entry"
    if database.vendor == "postgresql":
        _refused(f"INSERT {again} ON CONFLICT (id) DO UPDATE SET action = excluded.action")
    else:
        _refused(f"REPLACE {again}")
    assert Entry.objects.get().action == "connection.added"
