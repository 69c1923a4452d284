"""The audit trail: rows that are only ever inserted (design D22)."""

from django.db import models
from django.utils import timezone


class Entry(models.Model):
    """One act, by one person. Names no field values and no secrets; has no foreign keys, so nothing cascades into it.

    The database itself refuses UPDATE, DELETE and (on PostgreSQL) TRUNCATE by triggers of migration 0001.
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    identity = models.CharField(max_length=120, blank=True)  # User.identity; "" before anybody is known
    person = models.CharField(max_length=255, blank=True)  # the name as it was then
    connection = models.CharField(max_length=16, blank=True)  # Connection.slug
    dc = models.CharField(max_length=32, blank=True)  # together with zgid: the organisation
    zgid = models.CharField(max_length=32, blank=True)
    action = models.CharField(max_length=64)  # "connection.added"
    detail = models.JSONField(default=dict)
    address = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["identity", "at"], name="entries_of_person"),
            models.Index(fields=["dc", "zgid", "at"], name="entries_of_organisation"),
        ]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.person or 'somebody'}: {self.action}"


class Seal(models.Model):
    """One link of the chain over the entries (seals.py): insert-only as they are, by triggers of migration 0002.

    n      1, 2, 3, … without a gap, in the order of sealing
    entry  Entry.id; no foreign key
    key    which key it was made with: the first digits of its SHA-256
    """

    n = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    mac = models.CharField(max_length=64)
    key = models.CharField(max_length=16)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.n} of entry {self.entry}"
