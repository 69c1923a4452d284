"""The ledger of writes: what was asked for, each row of it, each call that carried rows, and how many may be under way.

Every row ends in one visible state, and the database knows that it was sent before the first byte leaves (D8).
Rows change only under a lock of their submission (`settling.locked`), and only from the states named there.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from console.connections.models import Connection, User
from crm_client.writes import WriteOptions


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def for_user(self, user: User) -> "SubmissionQuerySet":
        """Only what this person submitted; anything else is as if absent (D20)."""
        return self.filter(person=user)

    def of_organisation(self, connection: Connection) -> "SubmissionQuerySet":
        """Of this organisation, through whichever of one's connections: a disconnected one's rows stay visible."""
        return self.filter(
            connection__dc=connection.dc, zgid=connection.zgid, connection__environment=connection.environment
        )


class Submission(models.Model):
    """What a person asked to be written, bound to the connection and organisation it was asked for.

    subject          the name of its one record, or its id; a value like the payloads', and deleted with them (D29)
    zgid             the organisation at that time: rows are never sent to another one
    form_key         the one-time key of the form, unique per person; payload_hash what came with it
    reason           why it waits or is paused, in a sentence; reason_code its message code
    reference_field  field that carries each row's UUID; reference_state whether the CRM has been seen to keep it
    tries            waits in a row without getting further
    """

    class State(models.TextChoices):
        SENDING = "sending"
        WAITING = "waiting"  # until not_before, then it goes on by itself
        PAUSED = "paused"  # until a person does something
        CHECKING = "checking"  # everything is sent, and what became of some rows is being looked up
        ASKING = "asking"  # only rows are left that a person has to decide about
        DONE = "done"

    class Reference(models.TextChoices):
        UNPROVEN = "unproven"
        PROVEN = "proven"
        REFUTED = "refuted"

    is_repeat = False  # set on the object that `submit` gives for a form key that was used before
    fresh_calls: list[int] = []  # on the object that `submit` has just made: the calls that nobody has begun

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="submissions")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="submissions")
    zgid = models.CharField(max_length=32)
    operation = models.CharField(max_length=32)
    module = models.CharField(max_length=120)
    title = models.CharField(max_length=255)
    subject = models.CharField(max_length=120, blank=True)
    total = models.PositiveIntegerField()
    form_key = models.CharField(max_length=64)
    payload_hash = models.CharField(max_length=64)
    options = models.JSONField(default=dict)
    layout_id = models.CharField(max_length=32, blank=True)
    reference_field = models.CharField(max_length=120, blank=True)
    reference_state = models.CharField(max_length=12, choices=Reference.choices, default=Reference.UNPROVEN)

    state = models.CharField(max_length=12, choices=State.choices, default=State.SENDING)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    not_before = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)  # when its payloads were deleted (D29)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["person", "form_key"], name="one_submission_per_form_key")]
        indexes = [models.Index(fields=["state", "not_before"], name="submissions_open")]

    def __str__(self) -> str:
        return self.title

    @property
    def full_title(self) -> str:
        """By which its person knows it again: "New Lead: Ana Silva"; once the values are deleted "New Lead"."""
        return f"{self.title}: {self.subject}" if self.subject else self.title

    @property
    def is_over(self) -> bool:
        return self.state == self.State.DONE

    @property
    def write_options(self) -> WriteOptions:
        return WriteOptions.from_json(self.options)

    @property
    def can_use_reference(self) -> bool:
        """Whether the reference tells what is ours: the CRM has been seen to keep it (D10)."""
        return bool(self.reference_field) and self.reference_state == self.Reference.PROVEN


class Call(models.Model):
    """A write call to be made, under way or over, with the rows that point at it.

    claim, claim_until  whose it is since it is `sent`, so that one POST is made whoever rings; over: its maker has died
    crm_sent_at         when it was sent by the CRM's own clock; None where that was not known
    look_at, looks      when its unknown rows are looked up next, and how often that was done
    """

    class State(models.TextChoices):
        READY = "ready"
        SENT = "sent"
        UNKNOWN = "unknown"  # some of its rows may or may not have been written
        SETTLED = "settled"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="calls")
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    claim = models.CharField(max_length=32, blank=True)
    claim_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    crm_sent_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    looks = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["state", "claim_until"], name="calls_open")]

    def __str__(self) -> str:
        return f"call {self.pk} ({self.state})"


class Row(models.Model):
    """One record to be written, and what became of it.

    crm_id       of the record: to be changed or deleted, or that was made
    code         the CRM's code of a refusal, or our message code
    details      of a refusal, as the CRM sent them; for rows a person decides about {"candidates": [ids]}
    payload      the values as they are sent; None once they were deleted (D29)
    fingerprint  of the payload's plain values: equal for rows that nobody could tell apart
    reference    the row's own UUID
    """

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        UNKNOWN = "unknown"
        CANCELLED = "cancelled"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="rows")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="rows")
    n = models.PositiveIntegerField()  # from 1
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    needs_person = models.BooleanField(default=False)
    crm_id = models.CharField(max_length=32, blank=True)
    code = models.CharField(max_length=80, blank=True)
    message = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    payload = models.JSONField(null=True)
    fingerprint = models.CharField(max_length=32)
    reference = models.UUIDField(default=uuid.uuid4)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["n"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "n"], name="one_row_per_number"),
            models.CheckConstraint(
                condition=Q(needs_person=False) | Q(state="unknown"), name="only_unknown_needs_person"
            ),
        ]
        indexes = [
            models.Index(fields=["submission", "state"], name="rows_by_state"),
            models.Index(fields=["crm_id"], name="rows_by_record", condition=~Q(crm_id="")),
            models.Index(fields=["fingerprint"], name="rows_alike", condition=Q(state__in=["sent", "unknown"])),
        ]

    def __str__(self) -> str:
        return f"row {self.n} ({self.state})"


class Made(models.Model):
    """The record that a row has made. Unique, so that no two rows can take one record for theirs.

    record      "<data centre>:<zgid>:<module>:<id>"
    is_certain  the CRM named it in its answer to the row; else it was concluded, or a person said so
    """

    record = models.CharField(max_length=255, unique=True)
    row = models.ForeignKey(Row, on_delete=models.CASCADE, related_name="made")
    is_certain = models.BooleanField()

    def __str__(self) -> str:
        return self.record


class Slot(models.Model):
    """One call that may be under way in an organisation (D12). Taken by a conditional UPDATE, free again at `until`.

    kind  "worker" for background work, "page" for what a person waits for
    """

    dc = models.CharField(max_length=32)
    zgid = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    n = models.PositiveSmallIntegerField()
    holder = models.CharField(max_length=32, blank=True)
    until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)  # the CRM asked everybody of this organisation to wait

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dc", "zgid", "kind", "n"], name="one_slot_per_number")]

    def __str__(self) -> str:
        return f"{self.kind} slot {self.n} of {self.dc}:{self.zgid}"


class Lease(models.Model):
    """Who does what only one may do at a time, such as sweeping."""

    name = models.CharField(max_length=120, primary_key=True)
    holder = models.CharField(max_length=32, blank=True)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
