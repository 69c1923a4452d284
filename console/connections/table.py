"""The data centres of this installation and its client at each of them (design D1)."""

import functools

from django.conf import settings

from crm_client.auth import OAuthApp
from crm_client.datacentres import BUILT_IN, DataCentre, load_table


@functools.cache
def _table(path: str) -> dict[str, DataCentre]:
    return load_table(path) if path else dict(BUILT_IN)


def data_centres() -> dict[str, DataCentre]:
    """Every data centre by key: the built-in table, or the one file that replaces it (CRM_DC_TABLE)."""
    return _table(settings.CRM_DC_TABLE)


def choices() -> list[DataCentre]:
    """What the sign-in page offers, the home data centre first."""
    offered = [dc for dc in data_centres().values() if dc.enabled_by_default]
    return sorted(offered, key=lambda dc: (dc.key != settings.CRM_HOME_DC, dc.name))


def home() -> DataCentre:
    """The data centre where the client is registered; sign-in starts there unless the person chose another."""
    return data_centres()[settings.CRM_HOME_DC]


def app_for(dc: DataCentre) -> OAuthApp:
    """The OAuth client to use at a data centre: its own pair when configured, else the shared one."""
    client_id, client_secret = settings.CRM_CREDENTIALS.get(dc.key) or settings.CRM_CREDENTIALS[""]
    return OAuthApp(client_id, client_secret, f"{settings.CONSOLE_URL}/sign-in/callback/")
