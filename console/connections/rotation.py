"""Sealing every stored secret anew with the newest key, while the console runs (D5).

Each row is one compare-and-set on the ciphertext that was read, so a token that a refresh writes meanwhile wins and is
looked at again. Stopped half-way, it goes on where it was: what the newest key opens already is left alone.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models

from console.connections.crypto import Ciphertext, EncryptedTextField, SecretUnreadable
from console.connections.models import UNREADABLE, Connection, SignIn

_TRIES = 5


@dataclass(slots=True)
class Rotation:
    """What was done, in secrets (a connection has two)."""

    sealed: int = 0  # with the newest key, just now
    fresh: int = 0  # were so already
    unreadable: int = 0  # open with no key in use; the person has to sign in again
    busy: int = 0  # were written under an older key again and again meanwhile: some process still has the older list


def rotate() -> Rotation:
    """Goes through every encrypted column of every row once."""
    done = Rotation()
    newest = Fernet(settings.TOKEN_KEYS[0])
    for model, field in _columns():
        # All ids at once: SQLite refuses to write under a reading that is still open once somebody else has written.
        for pk in list(model._default_manager.order_by("pk").values_list("pk", flat=True)):
            _rotate_one(model, field, pk, newest, done)
    _let_in_again()
    return done


def _let_in_again() -> None:
    """Connections that waited for a sign-in only because a key was missing, which is back now."""
    waiting = Connection.objects.filter(state=Connection.State.NEEDS_SIGN_IN, refresh_problem=UNREADABLE)
    for row in waiting:
        with contextlib.suppress(SecretUnreadable):
            if row.refresh_token:
                waiting.filter(pk=row.pk).update(state=Connection.State.ACTIVE, refresh_problem="")


def _columns() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    for model in (Connection, SignIn):
        for field in model._meta.get_fields():
            if isinstance(field, EncryptedTextField):
                yield model, field


def _rotate_one(
    model: type[models.Model], field: EncryptedTextField, pk: object, newest: Fernet, done: Rotation
) -> None:
    for _ in range(_TRIES):
        stored = model._default_manager.filter(pk=pk).values_list(field.attname, flat=True).first()
        if not stored:
            return
        if _opens(newest, stored):
            done.fresh += 1
            return
        try:
            sealed = field.seal(pk, field.open(pk, stored))
        except SecretUnreadable:
            done.unreadable += 1
            return
        same = {field.attname: Ciphertext(stored)}
        if model._default_manager.filter(pk=pk, **same).update(**{field.attname: sealed}):
            done.sealed += 1
            return
    done.busy += 1


def _opens(key: Fernet, stored: str) -> bool:
    try:
        key.decrypt(stored.encode())
    except InvalidToken:
        return False
    return True
