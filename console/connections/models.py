"""Who may use the console, the organisations they are connected to, and sign-ins under way."""

import secrets
import uuid
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Q
from django.utils import timezone

from console.connections.crypto import EncryptedTextField
from console.connections.scopes import may_write

SIGN_IN_MINUTES = 10
UNREADABLE = "unreadable"  # `refresh_problem` of a connection whose stored token opened with no key in use
_SLUG_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for each other when read aloud


def new_slug() -> str:
    """A short name for an address, 50 bits: "k7mq2xw9fe"."""
    return "".join(secrets.choice(_SLUG_LETTERS) for _ in range(10))


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(identity=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A console user is a CRM user: data centre, organisation and CRM user id; never an email address (D3)."""

    identity = models.CharField(max_length=120, unique=True)  # "eu:808232144:5725767000000411001"
    full_name = models.CharField(max_length=255)
    email = models.CharField(max_length=255, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "identity"
    EMAIL_FIELD = "email"

    objects = UserManager()

    def __str__(self) -> str:
        return self.full_name

    @staticmethod
    def identity_of(dc: str, zgid: str, crm_user_id: str) -> str:
        return f"{dc}:{zgid}:{crm_user_id}"

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0]


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def for_user(self, user: "User") -> "ConnectionQuerySet":
        """Only this person's own, and only those in use; anything else is as if absent (D20)."""
        return self.filter(user=user).exclude(state__in=[Connection.State.PENDING, Connection.State.DISCONNECTED])

    def pending_for(self, user: "User") -> "ConnectionQuerySet":
        """Further organisations that this person has still to confirm."""
        return self.filter(user=user, state=Connection.State.PENDING)


class Connection(models.Model):
    """One person's access to one organisation (production, sandbox or developer) as one CRM user.

    The tokens are encrypted with this row's id inside (crypto.py). `generation` counts refreshes; together with the
    lease it makes one refresh per expiry among any number of processes (tokens.py).
    """

    class State(models.TextChoices):
        PENDING = "pending"  # signed in, not yet confirmed by the person
        ACTIVE = "active"
        NEEDS_SIGN_IN = "needs_sign_in"  # the CRM no longer takes the refresh token
        DISCONNECTED = "disconnected"  # tokens destroyed; the row stays for the history that points at it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=16, unique=True, default=new_slug)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="connections")
    state = models.CharField(max_length=16, choices=State.choices, default=State.PENDING)

    dc = models.CharField(max_length=32)
    environment = models.CharField(max_length=16)  # production | sandbox | developer
    zgid = models.CharField(max_length=32)
    org_name = models.CharField(max_length=255)
    crm_user_id = models.CharField(max_length=32)
    crm_user_name = models.CharField(max_length=255)
    crm_user_email = models.CharField(max_length=255, blank=True)
    api_version = models.PositiveSmallIntegerField(default=8)
    scopes = models.TextField(blank=True)  # separated by spaces

    refresh_token = EncryptedTextField(default="")
    access_token = EncryptedTextField(default="")
    access_expires_at = models.DateTimeField(null=True)
    generation = models.PositiveIntegerField(default=0)
    refreshed_at = models.DateTimeField(null=True)  # when the access token was last made from the refresh token
    refresh_lease = models.CharField(max_length=32, default="", blank=True)
    refresh_lease_until = models.DateTimeField(null=True)
    refresh_not_before = models.DateTimeField(null=True)  # cool-down after the accounts server throttled or failed
    refresh_problem = models.CharField(max_length=32, default="", blank=True)  # message code of it, or UNREADABLE

    credits_left = models.BigIntegerField(null=True)  # as the CRM last said; it says so only past half the budget
    credits_seen_at = models.DateTimeField(null=True)
    connected_at = models.DateTimeField(default=timezone.now)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "dc", "zgid", "crm_user_id"],
                condition=~Q(state="disconnected"),
                name="one_connection_per_crm_user",
            )
        ]

    def __str__(self) -> str:
        return f"{self.org_name} ({self.environment})"

    @property
    def scope_list(self) -> list[str]:
        return self.scopes.split()

    @property
    def may_write(self) -> bool:
        """Whether this connection was granted what creating, changing and deleting records takes (D3)."""
        return may_write(self.scope_list)

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def can_be_used(self) -> bool:
        return self.state == self.State.ACTIVE


class SignIn(models.Model):
    """A sign-in that was started here and has not come back yet: single use, ten minutes, one browser (D2)."""

    class Purpose(models.TextChoices):
        ENTER = "enter"  # nobody is signed in yet
        ADD = "add"  # somebody signed in adds an organisation, or reconnects one

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    dc = models.CharField(max_length=32)
    scopes = models.TextField()
    verifier = EncryptedTextField()
    force_consent = models.BooleanField(default=True)
    target = models.ForeignKey(Connection, on_delete=models.SET_NULL, null=True)  # the one to reconnect
    return_to = models.CharField(max_length=512, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} at {self.dc}, started {self.started_at:%Y-%m-%d %H:%M:%S}"

    def is_too_old(self, now: datetime) -> bool:
        return now - self.started_at > timedelta(minutes=SIGN_IN_MINUTES)


class SignedInBrowser(models.Model):
    """A browser that somebody is signed in with: their session, in words for its owner. Goes with the session.

    address  where it was seen last, as console.proxies has it
    words    "Firefox on Windows"
    seen_at  written every few minutes at most (browsers.py)
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="browser")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="browsers")
    words = models.CharField(max_length=80)
    address = models.CharField(max_length=64, blank=True)
    signed_in_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.words
