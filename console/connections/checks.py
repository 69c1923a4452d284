"""System checks for what only we can know (`manage.py check`, and at every start).

What makes no sense at all is refused by the settings themselves (console.environment), under every server.
"""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

_SHORT = 40


def check_keys(**kwargs: Any) -> list[CheckMessage]:
    """A key that is too short."""
    if len(settings.SECRET_KEY) >= _SHORT:
        return []
    return [
        Error(
            f"CONSOLE_SECRET_KEY has fewer than {_SHORT} characters.",
            hint="python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
            id="console.E001",
        )
    ]


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
    if settings.IS_PUBLIC and settings.CELERY_BROKER_URL.startswith("memory:"):
        found.append(
            Error(
                "CELERY_BROKER_URL is not set: jobs started on a page would never reach a worker.",
                hint="Set CELERY_BROKER_URL to a broker that web and workers share, for example redis://host:6379/0",
                id="console.E008",
            )
        )
    if getattr(settings, "CELERY_TASK_ALWAYS_EAGER", False):
        found.append(Error("Celery runs tasks inside the request (task_always_eager).", id="console.E007"))
    return found
