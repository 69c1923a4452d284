"""Secrets at rest: unreadable in the database, and readable in their own row only."""

import base64
import os
from typing import Any

import pytest
from django.db import connection as database

from console.connections.crypto import SecretUnreadable
from console.connections.models import Connection, User

pytestmark = pytest.mark.django_db


def _connection(name: str, refresh_token: str) -> Connection:
    user = User.objects.create(identity=f"us:1:{name}", full_name=name)
    where = {"dc": "us", "environment": "production", "zgid": "1"}
    return Connection.objects.create(user=user, refresh_token=refresh_token, **where)


def _stored(row: Connection) -> str:
    with database.cursor() as cursor:
        # Django writes UUIDs without dashes on SQLite and as a uuid on PostgreSQL; the slug reads the same on both.
        cursor.execute("SELECT refresh_token FROM connections_connection WHERE slug = %s", [row.slug])
        return str(cursor.fetchone()[0])


def test_a_token_is_not_in_the_database_as_text() -> None:
    row = _connection("alice", "1000.secret")
    assert "1000.secret" not in _stored(row)
    assert Connection.objects.get(pk=row.pk).refresh_token == "1000.secret"


def test_a_ciphertext_copied_to_another_row_is_refused() -> None:
    alice, bob = _connection("alice", "1000.alice"), _connection("bob", "1000.bob")
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE connections_connection SET refresh_token = %s WHERE slug = %s", [_stored(alice), bob.slug]
        )
    with pytest.raises(SecretUnreadable):
        _ = Connection.objects.get(pk=bob.pk).refresh_token


def test_a_ciphertext_copied_to_another_column_is_refused() -> None:
    row = _connection("alice", "1000.alice")
    with database.cursor() as cursor:
        cursor.execute("UPDATE connections_connection SET access_token = refresh_token WHERE slug = %s", [row.slug])
    with pytest.raises(SecretUnreadable):
        _ = Connection.objects.get(pk=row.pk).access_token


def test_an_older_key_still_opens_what_it_sealed(settings: Any) -> None:
    row = _connection("alice", "1000.alice")
    new = base64.urlsafe_b64encode(os.urandom(32)).decode()
    settings.TOKEN_KEYS = [new, *settings.TOKEN_KEYS]
    assert Connection.objects.get(pk=row.pk).refresh_token == "1000.alice"
    settings.TOKEN_KEYS = [new]
    with pytest.raises(SecretUnreadable):
        _ = Connection.objects.get(pk=row.pk).refresh_token


def test_plain_text_cannot_reach_the_column_by_an_update() -> None:
    row = _connection("alice", "")
    with pytest.raises(TypeError, match="plain text"):
        Connection.objects.filter(pk=row.pk).update(refresh_token="1000.alice")
