"""`manage.py rotate_keys`: every token opens with the new key alone, and none is lost on the way (AC-18)."""

import base64
import os
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection as database

from console.connections import rotation
from console.connections.models import Connection, User

pytestmark = pytest.mark.django_db


def _key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


@pytest.fixture
def rows() -> list[Connection]:
    user = User.objects.create(identity="us:1:1", full_name="Alice")
    where = {"user": user, "dc": "us", "environment": "production"}
    return [
        Connection.objects.create(
            zgid=str(n), refresh_token=f"1000.refresh.{n}", access_token=f"1000.access.{n}", **where
        )
        for n in range(25)
    ]


def test_after_the_rotation_the_old_key_can_go(rows: list[Connection], settings: Any) -> None:
    new = _key()
    settings.TOKEN_KEYS = [new, *settings.TOKEN_KEYS]
    call_command("rotate_keys")
    settings.TOKEN_KEYS = [new]
    assert [row.refresh_token for row in Connection.objects.order_by("zgid")] == sorted(
        f"1000.refresh.{n}" for n in range(25)
    )


def test_a_second_run_does_nothing(rows: list[Connection], settings: Any) -> None:
    settings.TOKEN_KEYS = [_key(), *settings.TOKEN_KEYS]
    assert rotation.rotate().sealed == 50
    again = rotation.rotate()
    assert (again.sealed, again.fresh) == (0, 50)


def test_a_token_refreshed_meanwhile_is_not_overwritten(
    rows: list[Connection], settings: Any, monkeypatch: Any
) -> None:
    settings.TOKEN_KEYS = [_key(), *settings.TOKEN_KEYS]
    field = Connection._meta.get_field("access_token")
    seal, busy = type(field).seal, []

    def seal_late(self: Any, pk: object, plain: str) -> Any:
        sealed = seal(self, pk, plain)
        if plain == "1000.access.7" and not busy:  # between our reading and our writing, a refresh stores another one
            busy.append(pk)
            Connection.objects.filter(pk=pk).update(access_token=seal(self, pk, "1000.newer"))
        return sealed

    monkeypatch.setattr(type(field), "seal", seal_late)
    rotation.rotate()
    assert Connection.objects.get(zgid="7").access_token == "1000.newer"


def test_a_secret_without_its_key_is_counted_and_left(rows: list[Connection], settings: Any) -> None:
    settings.TOKEN_KEYS = [_key()]
    with pytest.raises(SystemExit):
        call_command("rotate_keys")
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM connections_connection WHERE refresh_token <> ''")
        assert cursor.fetchone()[0] == 25
