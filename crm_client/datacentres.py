"""The table of data centres: the only source of hosts that a secret or a token is ever sent to.

Nothing that comes from a redirect, an answer or a user becomes a host; it is compared with a row of this table, and the
host is taken from the row.
source  zoho.com/crm/developer/docs/api/v8/multi-dc.html, zoho.com/accounts/protocol/oauth/multi-dc.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crm_client.errors import ForeignServer

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ENVIRONMENTS = ("production", "sandbox", "developer")
STANDIN = "standin-"  # how the keys of rows on this machine begin


class TableError(ValueError):
    """A file of data centres that cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class DataCentre:
    """One row: where a data centre's accounts server and API hosts are.

    api                 origin by environment: production, sandbox, developer; never with a path
    upload, download    origins for bulk writes and their results, "" where Zoho names none
    enabled_by_default  False: Zoho's CRM pages do not confirm these hosts, so they are offered only when asked for
    """

    key: str
    name: str
    accounts: str
    api: Mapping[str, str]
    upload: str
    download: str
    enabled_by_default: bool = True

    @property
    def location(self) -> str:
        """The data centre's code in a callback: "eu" for both "eu" and "standin-eu"."""
        return self.key.removeprefix(STANDIN)

    @property
    def is_standin(self) -> bool:
        return self.key.startswith(STANDIN)


def _row(
    key: str, name: str, suffix: str, *, accounts: str = "", upload: str = "", download: str = "", sure: bool = True
) -> DataCentre:
    hosts = {"production": "www", "sandbox": "sandbox", "developer": "developer"}
    api = {environment: f"https://{host}.zohoapis.{suffix}" for environment, host in hosts.items()}
    return DataCentre(key, name, accounts or f"https://accounts.zoho.{suffix}", api, upload, download, sure)


BUILT_IN: dict[str, DataCentre] = {
    row.key: row
    for row in (
        # unverified: the host of results is named for the United States only; without one, results are not fetched
        _row(
            "us",
            "United States",
            "com",
            upload="https://content.zohoapis.com",
            download="https://download-accl.zoho.com",
        ),
        _row("eu", "Europe", "eu", upload="https://content.zohoapis.eu"),
        _row("in", "India", "in", upload="https://content.zohoapis.in"),
        _row("au", "Australia", "com.au", upload="https://content.zohoapis.com.au"),
        _row("jp", "Japan", "jp", upload="https://content.zohoapis.jp"),
        _row("ca", "Canada", "ca", accounts="https://accounts.zohocloud.ca", upload="https://upload.zohocloud.ca"),
        _row("cn", "China", "com.cn", upload="https://content.zohoapis.com.cn"),
        _row("sa", "Saudi Arabia", "sa", upload="https://files.zoho.sa"),
        _row("uk", "United Kingdom", "uk", sure=False),
        _row("ae", "United Arab Emirates", "ae", sure=False),
    )
}


def match_callback(
    table: Mapping[str, DataCentre], location: str | None, accounts_server: str | None, home: str
) -> DataCentre:
    """The data centre that a sign-in callback names by `location` and `accounts-server`.

    home     key of the data centre to take when the callback names none
    raises   ForeignServer when the server is not exactly one of the table's, when location and server name different
             rows, or when the location alone names none; nothing has been sent by then
    """
    by_location = next((dc for dc in table.values() if location and location in (dc.key, dc.location)), None)
    if accounts_server:
        origin = origin_of(accounts_server)
        by_server = next((dc for dc in table.values() if origin and origin == origin_of(dc.accounts)), None)
        if by_server is None:
            raise ForeignServer("its accounts server is not in the table of data centres")
        if by_location is not None and by_location is not by_server:
            raise ForeignServer("it names two different data centres")
        return by_server
    if location:
        if by_location is None:
            raise ForeignServer("its data centre is not in the table")
        return by_location
    return table[home]


def environment_of(dc: DataCentre, api_domain: str | None) -> str:
    """Which environment of a data centre an `api_domain` is: production, sandbox or developer.

    api_domain  from a token answer; None or "" when the answer had none: production
    raises      ForeignServer when it is not exactly one of the row's hosts
    """
    if not api_domain:
        return "production"
    origin = origin_of(api_domain)
    for environment, host in dc.api.items():
        if origin is not None and origin == origin_of(host):
            return environment
    raise ForeignServer("the token answer names an API host that does not belong to this data centre")


def origin_of(address: str) -> tuple[str, str, int] | None:
    """(scheme, host, port) of an address that is an origin and nothing more; None for anything else."""
    if not address.isascii() or not address.isprintable() or any(letter in address for letter in " \\@?#"):
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.path not in ("", "/"):
        return None
    return parts.scheme, parts.hostname, port if port is not None else {"https": 443, "http": 80}[parts.scheme]


def load_table(path: str | Path) -> dict[str, DataCentre]:
    """A table of data centres on this machine (the stand-in's), which replaces the built-in one.

    path    JSON: {"standin-eu": {"accounts": URL, "api": {"production": URL, "sandbox": URL}, "upload": URL,
            "download": URL, "name": text}}; upload, download and name may be missing
    raises  TableError naming the file, the row and the reason: unreadable, no JSON, a key that does not begin with
            "standin-", an address that is not on this machine
    """
    try:
        rows = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as exc:
        raise TableError(f"{path}: cannot be read ({exc.strerror}).") from exc
    except (ValueError, RecursionError) as exc:
        raise TableError(f"{path}: is no JSON ({exc}).") from exc
    if not isinstance(rows, dict) or not rows:
        raise TableError(f"{path}: holds no data centres; it must be an object with one key for each.")
    return {key: _loaded(path, key, row) for key, row in rows.items()}


def _loaded(path: str | Path, key: str, row: Any) -> DataCentre:
    where = f"{path}: data centre “{key}”"
    if not key.startswith(STANDIN) or not key.removeprefix(STANDIN).isalnum() or not key.isascii():
        raise TableError(f"{where}: the key must begin with “{STANDIN}” and go on with letters or digits.")
    if not isinstance(row, dict) or not isinstance(row.get("api"), dict):
        raise TableError(f"{where}: must be an object with “accounts” and “api”.")
    api = {}
    for environment, address in row["api"].items():
        if environment not in ENVIRONMENTS:
            raise TableError(f"{where}: “api” knows {', '.join(ENVIRONMENTS)}, not “{environment}”.")
        api[environment] = _on_this_machine(where, f"api.{environment}", address)
    if "production" not in api:
        raise TableError(f"{where}: “api” lacks “production”.")
    accounts = _on_this_machine(where, "accounts", row.get("accounts"))
    upload, download = (
        _on_this_machine(where, name, row[name]) if row.get(name) else api["production"]
        for name in ("upload", "download")
    )
    name = row.get("name")
    shown = name if isinstance(name, str) and name else f"Stand-in {key.removeprefix(STANDIN).upper()}"
    return DataCentre(key, shown, accounts, api, upload, download)


def _on_this_machine(where: str, name: str, address: Any) -> str:
    origin = origin_of(address) if isinstance(address, str) else None
    if origin is None:
        raise TableError(f"{where}: “{name}” must be an address such as http://127.0.0.1:8899, without a path.")
    if origin[1] not in LOOPBACK:
        raise TableError(f"{where}: “{name}” must be on this machine ({', '.join(LOOPBACK)}).")
    return str(address).rstrip("/")
