"""What the console remembers of a person's work with records: columns, queries. Never a record, never a value."""

from django.db import models
from django.utils import timezone

from console.connections.models import Connection, User

MOST_PAST = 100  # queries of one connection that are kept


class OwnQuerySet(models.QuerySet):
    def for_user(self, user: User) -> "OwnQuerySet":
        """Only this person's; anything else is as if absent (D20)."""
        return self.filter(connection__user=user)


class ColumnMemory(models.Model):
    """The columns that a person wants to see when the address names none, for a module and one of its views."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    module = models.CharField(max_length=120)
    view = models.CharField(max_length=32, blank=True)  # id of the custom view; "" without one
    columns = models.JSONField(default=list)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "module", "view"], name="records_one_memory_per_view")
        ]

    def __str__(self) -> str:
        return f"columns of {self.module}"


class PastQuery(models.Model):
    """A query that was run; the last hundred of a connection are kept."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    ran_at = models.DateTimeField(default=timezone.now)

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["-ran_at", "-pk"]
        indexes = [models.Index(fields=["connection", "-ran_at"], name="records_past_queries")]

    def __str__(self) -> str:
        return f"query of {self.ran_at:%Y-%m-%d %H:%M}"


class SavedQuery(models.Model):
    """A query kept under a name of its own."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    text = models.TextField()
    saved_at = models.DateTimeField(default=timezone.now)

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["connection", "name"], name="records_one_query_per_name")]

    def __str__(self) -> str:
        return self.name
