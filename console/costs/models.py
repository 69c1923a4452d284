"""The ledger of calls: one row per HTTP call to the CRM."""

from django.db import models
from django.utils import timezone

from console.connections.models import Connection, User


class CallQuerySet(models.QuerySet["Call"]):
    def for_user(self, user: User, connection: Connection) -> "CallQuerySet":
        """This person's own calls through one of their connections (D20)."""
        return self.filter(person=user.identity, dc=connection.dc, zgid=connection.zgid)

    def of_organisation(self, connection: Connection) -> "CallQuerySet":
        """Everybody's calls to the organisation. Its credits are one purse: sums per person may be shown to all who
        are connected to it, but neither pages nor addresses, which say what somebody looked at."""
        return self.filter(dc=connection.dc, zgid=connection.zgid)


class Call(models.Model):
    """One call. No foreign keys: the history outlives connections and jobs, and a row costs one plain INSERT.

    person    User.identity and name of whoever caused it; "" while a sign-in does not know yet
    zgid      the organisation; "" as long as nobody knows which it is
    page, job what it was made for: the name of a page's address, or the id of a job
    endpoint  path without ids: "/Leads/{{id}}"
    credits   what it cost by the price list; 0 when the CRM refused it at the door or it was not sent
    status    None: no answer came
    """

    at = models.DateTimeField(default=timezone.now)
    dc = models.CharField(max_length=32)
    zgid = models.CharField(max_length=32, blank=True)
    person = models.CharField(max_length=120, blank=True)
    person_name = models.CharField(max_length=255, blank=True)
    page = models.CharField(max_length=80, blank=True)
    job = models.UUIDField(null=True)
    method = models.CharField(max_length=8)
    endpoint = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField(null=True)
    code = models.CharField(max_length=80, blank=True)
    credits = models.PositiveIntegerField()
    ms = models.PositiveIntegerField()
    attempt = models.PositiveSmallIntegerField(default=1)

    objects = CallQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["dc", "zgid", "at"], name="calls_of_organisation")]

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"
