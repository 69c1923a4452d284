"""Secrets at rest: a text column whose ciphertext only opens in the row it was written for (design D5)."""

import functools
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class SecretUnreadable(Exception):
    """A stored secret does not open: its key is gone, or the ciphertext belongs to another row."""


class Ciphertext(str):
    """Text that is encrypted already; anything else assigned to an EncryptedTextField is plain."""

    __slots__ = ()


@functools.cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as exc:
        raise ImproperlyConfigured(
            "CONSOLE_TOKEN_KEYS holds a key that is not 32 bytes of URL-safe base64. Make one with\n"
            "  python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"
        ) from exc


def fernet() -> MultiFernet:
    """Encrypts with the newest key, decrypts with any; raises ImproperlyConfigured for a malformed key."""
    return _fernet(tuple(settings.TOKEN_KEYS))


class _Opened:
    """The attribute on the model: plain text outside, ciphertext in the instance's own dictionary."""

    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:  # deferred by .only() or .defer()
            instance.refresh_from_db(fields=[self.field.attname])
        stored = instance.__dict__[self.field.attname]
        return self.field.open(instance.pk, stored) if isinstance(stored, Ciphertext) else stored

    def __set__(self, instance: models.Model, value: str) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text encrypted with MultiFernet; "" is stored as "" (no secret).

    The plaintext carries the column and the row's id, which are checked on reading, so that a ciphertext copied to
    another row or column is refused (Fernet itself has no such context).
    """

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opened(self))

    def _context(self, pk: object) -> str:
        return f"{self.model._meta.db_table}.{self.column}:{pk}:"

    def seal(self, pk: object, plain: str) -> Ciphertext:
        """The ciphertext for this row, for `save()` and for `QuerySet.update()`."""
        return Ciphertext(fernet().encrypt((self._context(pk) + plain).encode()).decode()) if plain else Ciphertext("")

    def open(self, pk: object, stored: str) -> str:
        """The plain text; raises SecretUnreadable when the key is gone or the row is not the one it was sealed for."""
        if not stored:
            return ""
        try:
            plain = fernet().decrypt(stored.encode()).decode()
        except (InvalidToken, UnicodeError) as exc:
            raise SecretUnreadable(f"{self.column} of row {pk} does not open with any key in use") from exc
        context = self._context(pk)
        if not plain.startswith(context):
            raise SecretUnreadable(f"{self.column} of row {pk} was sealed for another row")
        return plain.removeprefix(context)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Ciphertext:
        return Ciphertext(value or "")

    def pre_save(self, model_instance: models.Model, add: bool) -> Ciphertext:
        stored = model_instance.__dict__.get(self.attname) or Ciphertext("")
        if isinstance(stored, Ciphertext):
            return stored
        sealed = self.seal(model_instance.pk, stored)
        model_instance.__dict__[self.attname] = sealed
        return sealed

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, str) and value and not isinstance(value, Ciphertext):
            raise TypeError(f"{self.name}: seal(pk, text) before writing, or plain text would reach the database")
        return super().get_prep_value(value)
