"""`manage.py rotate_keys`: every token opens with the new key alone, and none is lost on the way (AC-18)."""

import base64
import contextlib
import itertools
import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import call_command
from django.db import connection as database
from django.utils import timezone

from console.connections import rotation
from console.connections.crypto import Ciphertext, EncryptedTextField
from console.connections.models import Connection, User
from console.connections.tokens import ConnectionTokens
from crm_client.standin import StandIn
from tests.cast import Person

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


def test_a_key_that_another_process_still_seals_with_may_not_go(
    rows: list[Connection], settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that was not restarted and has the older list stores a token between each of our readings and writings."""
    old = Fernet(settings.TOKEN_KEYS[0])
    settings.TOKEN_KEYS = [_key(), *settings.TOKEN_KEYS]
    field = Connection._meta.get_field("access_token")
    seal = type(field).seal

    def seal_late(self: Any, pk: object, plain: str) -> Any:
        if plain == "1000.access.7":
            again = Ciphertext(old.encrypt((self._context(pk) + plain).encode()).decode())
            Connection.objects.filter(pk=pk).update(access_token=again)
        return seal(self, pk, plain)

    monkeypatch.setattr(type(field), "seal", seal_late)
    with pytest.raises(SystemExit):
        call_command("rotate_keys")
    said = capsys.readouterr()
    assert "Still written under an older key: 1." in said.err
    assert "may be removed" not in said.out


def test_a_secret_without_its_key_is_counted_and_left(rows: list[Connection], settings: Any) -> None:
    settings.TOKEN_KEYS = [_key()]
    with pytest.raises(SystemExit):
        call_command("rotate_keys")
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM connections_connection WHERE refresh_token <> ''")
        assert cursor.fetchone()[0] == 25


def test_a_key_that_is_put_back_lets_alice_go_on_without_a_new_sign_in(
    alice: Person, standin: StandIn, settings: Any
) -> None:
    """It was taken away too early, and her token ran out meanwhile."""
    keys = settings.TOKEN_KEYS
    settings.TOKEN_KEYS = [_key()]
    standin.fault("expire_now", count=1)
    assert [alice.get("/modules/").status for _ in range(2)] == [403, 403]
    assert "cannot be opened with the keys in use" in alice.get("/modules/").text
    settings.TOKEN_KEYS = [*settings.TOKEN_KEYS, *keys]
    call_command("rotate_keys")
    assert alice.get("/modules/").status == 200


@pytest.mark.django_db(transaction=True)
def test_a_thousand_connections_are_sealed_anew_while_people_work(
    alice: Person, standin: StandIn, settings: Any
) -> None:
    """Stopped half-way and started again, with refreshes in between: no token is lost, and the old key can go."""
    where = {"user": alice.user, "dc": "us", "environment": "production"}
    Connection.objects.bulk_create(
        Connection(zgid=str(n), refresh_token=f"1000.refresh.{n}", access_token=f"1000.access.{n}", **where)
        for n in range(999)
    )
    old, new = settings.TOKEN_KEYS[0], _key()
    settings.TOKEN_KEYS = [new, old]
    is_over, problems, refreshed = threading.Event(), [], []

    def work() -> None:
        """What web and workers do meanwhile: expired tokens are refreshed and stored."""
        mine = Connection.objects.filter(pk=alice.connection.pk)
        while not is_over.is_set() and len(refreshed) < 8:  # the accounts server gives ten in ten minutes
            mine.update(access_expires_at=timezone.now())
            try:
                refreshed.append(ConnectionTokens(alice.connection.pk).token())
                assert mine.get().access_token == refreshed[-1]
            except Exception as exc:  # noqa: BLE001  told to the test, which runs in another thread
                problems.append(repr(exc))
            is_over.wait(0.1)
        database.close()

    people = threading.Thread(target=work)
    people.start()
    try:
        with pytest.raises(KeyboardInterrupt), _stopped_after(500):
            rotation.rotate()
        first = sum(_opens_with(new, row) for row in _ciphertexts())
        done = rotation.rotate()
    finally:
        is_over.set()
        people.join()
    assert problems == []
    assert len(refreshed) > 2
    assert 400 < first < 1600
    assert done.unreadable == 0
    assert done.sealed + done.fresh == 2000
    settings.TOKEN_KEYS = [new]
    assert Connection.objects.get(pk=alice.connection.pk).access_token == refreshed[-1]
    assert alice.get("/modules/").status == 200
    rest = Connection.objects.exclude(pk=alice.connection.pk)
    assert {(row.refresh_token, row.access_token) for row in rest} == {
        (f"1000.refresh.{n}", f"1000.access.{n}") for n in range(999)
    }


def _ciphertexts() -> list[str]:
    return [text for pair in Connection.objects.values_list("refresh_token", "access_token") for text in pair]


def _opens_with(key: str, ciphertext: str) -> bool:
    try:
        Fernet(key).decrypt(ciphertext.encode())
    except InvalidToken:
        return False
    return True


@contextlib.contextmanager
def _stopped_after(secrets: int) -> Iterator[None]:
    """As Ctrl-C in the middle of the command."""
    field, sealed = EncryptedTextField.seal, itertools.count()
    here = threading.get_ident()

    def seal(self: EncryptedTextField, pk: object, plain: str) -> Any:
        if threading.get_ident() == here and next(sealed) >= secrets:
            raise KeyboardInterrupt
        return field(self, pk, plain)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EncryptedTextField, "seal", seal)
        yield
