"""System checks for what only we can know (`manage.py check`, and at every start)."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error

_SHORT = 40


def check_keys(**kwargs: Any) -> list[CheckMessage]:
    """Keys that are too short or malformed."""
    found: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < _SHORT:
        found.append(
            Error(
                f"CONSOLE_SECRET_KEY has fewer than {_SHORT} characters.",
                hint="python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
                id="console.E001",
            )
        )
    for place, key in enumerate(settings.TOKEN_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            found.append(
                Error(
                    f"Key {place} of CONSOLE_TOKEN_KEYS is not 32 bytes of URL-safe base64.",
                    hint="python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'",
                    id="console.E002",
                )
            )
    return found


def check_hosts(**kwargs: Any) -> list[CheckMessage]:
    """A stand-in CRM behind a public address, which anybody could sign in to (D1)."""
    if settings.IS_PUBLIC and settings.CRM_ALLOW_LOOPBACK:
        return [
            Error(
                "CONSOLE_URL is a public address, but CRM_ALLOW_LOOPBACK=1 lets the console talk to a stand-in CRM.",
                hint="Unset CRM_ALLOW_LOOPBACK and CRM_DC_TABLE.",
                id="console.E003",
            )
        ]
    if settings.CRM_DC_TABLE and not settings.CRM_ALLOW_LOOPBACK:
        return [
            Error(
                "CRM_DC_TABLE replaces the built-in table of data centres, which needs CRM_ALLOW_LOOPBACK=1.",
                hint="Unset CRM_DC_TABLE, unless this is a stand-in on this machine.",
                id="console.E004",
            )
        ]
    return []


def check_public(**kwargs: Any) -> list[CheckMessage]:
    """What a console that strangers can reach must have (`check --deploy`)."""
    found: list[CheckMessage] = []
    if settings.IS_PUBLIC and not settings.IS_HTTPS:
        found.append(
            Error(
                "CONSOLE_URL is a public http address: codes, sessions and redirect URI would travel in the open.",
                hint="Serve the console over https and set CONSOLE_URL accordingly.",
                id="console.E005",
            )
        )
    if settings.IS_PUBLIC and not settings.CONSOLE_ORGS:
        found.append(
            Error(
                "CONSOLE_ORGS is empty: anybody with a Zoho account could sign in here.",
                hint="Set CONSOLE_ORGS to the organisations that may, for example eu:808232144,us:712345678",
                id="console.E006",
            )
        )
    if getattr(settings, "CELERY_TASK_ALWAYS_EAGER", False):
        found.append(Error("Celery runs tasks inside the request (task_always_eager).", id="console.E007"))
    return found
