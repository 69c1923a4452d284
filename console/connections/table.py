"""The data centres of this installation and its client at each of them (design D1)."""

import functools
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from console import environment
from console.connections.models import Connection
from crm_client.auth import OAuthApp
from crm_client.datacentres import STANDIN, DataCentre
from crm_client.errors import SignInRefused


@functools.cache
def _table(path: str, allow_loopback: bool, is_public: bool) -> Mapping[str, DataCentre]:
    return environment.data_centres(path, allow_loopback=allow_loopback, is_public=is_public)


def data_centres() -> Mapping[str, DataCentre]:
    """Every data centre by key: the built-in table, or the one file that replaces it (CRM_DC_TABLE).

    Raises ImproperlyConfigured for a file that is not allowed or cannot be used.
    """
    return _table(settings.CRM_DC_TABLE, settings.CRM_ALLOW_LOOPBACK, settings.IS_PUBLIC)


def of(key: str) -> DataCentre:
    """The data centre that a connection names. Raises SignInRefused when this installation's table has none such."""
    found = data_centres().get(key)
    if found is None:
        raise SignInRefused(f"the data centre “{key}” is not in this console's table")
    return found


def api_of(key: str, environment: str) -> str:
    """The API host of an environment of a data centre. Raises SignInRefused when this table has none such."""
    host = of(key).api.get(environment)
    if host is None:
        raise SignInRefused(f"the data centre “{key}” has no “{environment}” in this console's table")
    return host


def choices() -> list[DataCentre]:
    """What the sign-in page offers, the home data centre first: those with credentials.

    One that is off by default is offered where it is the home, or was given credentials of its own.
    """
    own, home = settings.CRM_CREDENTIALS, settings.CRM_HOME_DC
    offered = [
        dc
        for dc in data_centres().values()
        if dc.key in own or ("" in own and (dc.enabled_by_default or dc.key == home))
    ]
    return sorted(offered, key=lambda dc: (dc.key != home, dc.name))


def believed() -> Mapping[str, DataCentre]:
    """The rows that a callback may name, where the client secret then goes: not those that are off by default.

    A shared secret must not go to hosts that nobody here asked for and Zoho's CRM pages do not confirm.
    """
    offered = {dc.key for dc in choices()}
    return {dc.key: dc for dc in data_centres().values() if dc.enabled_by_default or dc.key in offered}


def app_for(dc: DataCentre) -> OAuthApp:
    """The OAuth client to use at a data centre: its own pair when configured, else the shared one.

    Raises SignInRefused, naming the variable, when there is neither.
    """
    pair = settings.CRM_CREDENTIALS.get(dc.key) or settings.CRM_CREDENTIALS.get("")
    if pair is None:
        suffix = dc.key.upper().replace("-", "_")
        raise SignInRefused(f"this console has no secret for {dc.name}: CRM_CLIENT_SECRET_{suffix} is not set")
    return OAuthApp(*pair, f"{settings.CONSOLE_URL}/sign-in/callback/")


def may_enter(dc: str, zgid: str) -> bool:
    """Whether whoever runs this console lets that organisation in (CONSOLE_ORGS; empty: all of them)."""
    return not settings.CONSOLE_ORGS or f"{dc}:{zgid}" in settings.CONSOLE_ORGS


def refuse_foreign_connections() -> None:
    """Refuses a database whose connections belong to the other kind of table: a stand-in's, or the real CRM's (D1).

    Tokens of the one must never be sent to the other, and a demo must never show a real organisation. Asked once when
    a process starts; a database that cannot be asked yet (not migrated, down) holds nothing that could be used.
    Raises ImproperlyConfigured.
    """
    standins = Connection.objects.filter(dc__startswith=STANDIN)
    foreign = Connection.objects.exclude(dc__startswith=STANDIN) if settings.CRM_DC_TABLE else standins
    try:
        is_foreign = foreign.exists()
    except DatabaseError:
        return
    if not is_foreign:
        return
    if settings.CRM_DC_TABLE:
        raise ImproperlyConfigured(
            "This database holds connections to the real Zoho CRM, and CRM_DC_TABLE names a stand-in:"
            " give the stand-in a database of its own (--data DIR or DATABASE_URL)."
        )
    raise ImproperlyConfigured(
        "This database holds connections to a stand-in CRM (a demo), which the real Zoho CRM knows nothing of:"
        " give this console a database of its own (--data DIR or DATABASE_URL)."
    )


def judge_at_start() -> None:
    """`refuse_foreign_connections` for a process that may fork afterwards: no connection or pool of it stays open."""
    try:
        refuse_foreign_connections()
    finally:
        connection.close()
        if getattr(connection, "pool", None):  # PostgreSQL alone has one
            connection.close_pool()  # type: ignore[attr-defined]


def judge_at_worker_start(**kwargs: Any) -> None:
    """`judge_at_start` for Celery's signal, which only notes every other exception and goes on."""
    try:
        judge_at_start()
    except ImproperlyConfigured as exc:
        raise SystemExit(str(exc)) from exc
