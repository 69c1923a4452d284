"""System checks for what only we can know (`manage.py check`, and at every start).

What makes no sense at all is refused by the settings themselves (console.environment), under every server.
"""

from typing import Any

from celery import current_app
from django.conf import settings
from django.core.checks import CheckMessage, Error

_SHORT = 40


def check_keys(**kwargs: Any) -> list[CheckMessage]:
    """Keys that are missing, too short, or one and the same."""
    found: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < _SHORT:
        found.append(
            Error(
                f"CONSOLE_SECRET_KEY has fewer than {_SHORT} characters.",
                hint="python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
                id="console.E001",
            )
        )
    if not settings.TOKEN_KEYS:
        found.append(
            Error(
                "CONSOLE_TOKEN_KEYS is empty: no token could be stored or opened.",
                hint="python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'",
                id="console.E002",
            )
        )
    if settings.SECRET_KEY in settings.TOKEN_KEYS:
        found.append(
            Error(
                "CONSOLE_SECRET_KEY is also one of CONSOLE_TOKEN_KEYS: who learns the one could open every token.",
                hint="Put a key of its own in front of CONSOLE_TOKEN_KEYS, run manage.py rotate_keys, remove this one.",
                id="console.E003",
            )
        )
    return found


def check_mode(**kwargs: Any) -> list[CheckMessage]:
    """What may be on for tests and demos, and never where a real CRM or strangers are in reach."""
    found: list[CheckMessage] = []
    if current_app.conf.task_always_eager or getattr(settings, "CELERY_TASK_ALWAYS_EAGER", False):
        found.append(
            Error(
                "Celery runs tasks inside the request (task_always_eager): a page would wait for a whole job.",
                hint="Leave task_always_eager off.",
                id="console.E007",
            )
        )
    if settings.DEBUG and (settings.IS_PUBLIC or not settings.CRM_DC_TABLE):
        found.append(
            Error(
                "DEBUG is on, and real hosts are in reach: error pages would show tokens and settings.",
                hint="Leave DEBUG off; it serves for a stand-in on one's own machine at most.",
                id="console.E009",
            )
        )
    if settings.IS_PUBLIC and (settings.CRM_ALLOW_LOOPBACK or settings.CRM_DC_TABLE):
        found.append(
            Error(
                "CONSOLE_URL is a public address, and the CRM is a stand-in, which anybody can sign in to.",
                hint="Unset CRM_ALLOW_LOOPBACK and CRM_DC_TABLE.",
                id="console.E010",
            )
        )
    return found


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
    if settings.IS_PUBLIC and any(network.prefixlen == 0 for network in settings.TRUSTED_PROXIES):
        found.append(
            Error(
                "CONSOLE_TRUSTED_PROXIES names every address: anybody could say from where and how they ask.",
                hint="Name the addresses or networks of the proxy that ends TLS, for example 10.0.0.0/8.",
                id="console.E011",
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
    return found
