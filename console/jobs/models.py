"""A piece of background work as the database knows it: the truth that Celery only rings the bell for."""

import uuid

from django.db import models
from django.utils import timezone

from console.connections.models import Connection, User


class JobQuerySet(models.QuerySet["Job"]):
    def for_user(self, user: User) -> "JobQuerySet":
        """Only what this person started; anything else is as if absent (D20)."""
        return self.filter(person=user)


class Job(models.Model):
    """Work that outlives a request.

    `lease` and `lease_until` say which worker holds it; every change by the worker requires its own lease, so a
    worker that was thought dead cannot write over its successor. `rung_at` is when the bell was last rung.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="jobs")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=48)
    title = models.CharField(max_length=255)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)  # 0: not known yet
    note = models.CharField(max_length=255, blank=True)
    params = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error_code = models.CharField(max_length=32, blank=True)
    error_text = models.TextField(blank=True)
    cancel_asked = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)

    lease = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)  # waiting on purpose: the CRM asked for a pause

    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "rung_at"], name="jobs_open")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)

    @property
    def left(self) -> int:
        """Steps still to be done; 0 while the total is unknown."""
        return max(0, self.total - self.done)

    @property
    def percent(self) -> int:
        """Whole percent done, 0 to 100; 0 while the total is unknown."""
        return min(100, self.done * 100 // self.total) if self.total else 0
