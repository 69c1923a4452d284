"""Reads settings out of the environment: every value once, every mistake as one sentence (design D28, contract.md).

Every secret may also come as `NAME_FILE`, a path whose content is the value.
"""

import os
import re
from collections.abc import Collection, Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import SplitResult, quote, urlsplit

import dj_database_url
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from crm_client.datacentres import BUILT_IN, DataCentre, TableError, load_table

Network: TypeAlias = IPv4Network | IPv6Network

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|[0-9a-f:]+:[0-9a-f:.]*")
_KEY = re.compile(r"[A-Za-z0-9+/_-]{43}=", re.ASCII)
_MOST_DAYS = 36_500
_ID, _SECRET = "CRM_CLIENT_ID", "CRM_CLIENT_SECRET"


def text(name: str, default: str) -> str:
    """The variable's value, stripped; `default` when it is unset or blank."""
    return os.environ.get(name, "").strip() or default


def words(name: str) -> list[str]:
    """A comma-separated list; empty when unset."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def flag(name: str) -> bool:
    """True for 1, true, yes, on; raises for anything else that is not empty, 0, false, no, off."""
    value = os.environ.get(name, "").strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("", "0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; it may be 1 (on) or 0 (off).")


def days(name: str, default: int) -> int:
    """A whole number of days, 1 to 36500."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) <= 5) or not 0 < int(value) <= _MOST_DAYS:
        raise ImproperlyConfigured(
            f"{name} is {value[:20]!r}; it takes a whole number from 1 to {_MOST_DAYS}, for example {default}."
        )
    return int(value)


def file_to_write(name: str) -> str:
    """The path of a file in a directory that is there; "" when unset."""
    value = text(name, "")
    if value and not Path(value).absolute().parent.is_dir():
        raise ImproperlyConfigured(f"{name} is {value!r}, and its directory is not there.")
    return value


def one_of(name: str, value: str, allowed: Collection[str]) -> str:
    """The value, if it is one of those allowed."""
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it may be {', '.join(allowed)}.")
    return value


def address(name: str) -> SplitResult:
    """Scheme, host and port of the place where people open the console; nothing may stand behind them."""
    value = os.environ.get(name, "").strip().rstrip("/")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. It is where people open the console, for example https://console.example.com"
        )
    try:
        parts = urlsplit(value)
        # Reading `port` raises for one that is none; whatever is left over stands before or behind host and port.
        port = "" if parts.port is None else f":{parts.port}"
        host = parts.hostname or ""
        is_whole = value.lower() == f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"
        is_good = is_whole and parts.scheme in ("http", "https") and _HOST.fullmatch(host) is not None
    except ValueError:
        is_good = False
    if not is_good:
        raise ImproperlyConfigured(
            f"{name} is {value!r}, which is no web address of a host alone. Set it to where people open the console, "
            "without a path, for example https://console.example.com"
        )
    return parts


def networks(name: str) -> list[Network]:
    """Addresses and networks such as 10.0.0.7 or 10.0.0.0/8."""
    found: list[Network] = []
    for word in words(name):
        try:
            found.append(ip_network(word, strict=False))
        except ValueError as exc:
            raise ImproperlyConfigured(
                f"{name} holds {word!r}; it takes addresses and networks, for example 127.0.0.1,10.0.0.0/8."
            ) from exc
    return found


def organisations(name: str, known: Collection[str]) -> list[str]:
    """Organisations as "eu:808232144", a data centre and the organisation's zgid."""
    found = words(name)
    for word in found:
        dc, _, zgid = word.partition(":")
        if dc not in known or not (zgid.isascii() and zgid.isdigit()):
            raise ImproperlyConfigured(
                f"{name} holds {word!r}; it takes data centre and zgid, for example eu:808232144."
                f" The data centres are {', '.join(known)}."
            )
    return found


def data_centres(path: str, *, allow_loopback: bool, is_public: bool) -> Mapping[str, DataCentre]:
    """The built-in table, or the file of stand-ins that replaces it: only on this machine, and only when allowed (D1).

    path  value of CRM_DC_TABLE, "" for the built-in table
    """
    if is_public and allow_loopback:
        raise ImproperlyConfigured(
            "CONSOLE_URL is a public address, but CRM_ALLOW_LOOPBACK=1 lets the console talk to a stand-in CRM, which"
            " anybody could sign in to. Unset CRM_ALLOW_LOOPBACK and CRM_DC_TABLE."
        )
    if not path:
        return BUILT_IN
    if not allow_loopback:
        raise ImproperlyConfigured(
            "CRM_DC_TABLE replaces the built-in table of data centres, which needs CRM_ALLOW_LOOPBACK=1."
            " Unset CRM_DC_TABLE, unless this is a stand-in on this machine."
        )
    try:
        return load_table(path)
    except TableError as exc:
        raise ImproperlyConfigured(f"CRM_DC_TABLE cannot be used: {exc}") from exc


def optional_secret(name: str) -> str:
    """The secret's value from `NAME` or from the file that `NAME_FILE` names; "" when neither is set."""
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return os.environ.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is not text"
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {reason}.") from exc


def secret(name: str, meaning: str) -> str:
    """As `optional_secret`, but refuses to go on without it; `meaning` says what it is and how to get one."""
    value = optional_secret(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. It is {meaning}\nSet {name}, or {name}_FILE to a file's path.")
    return value


def token_keys(name: str, meaning: str) -> list[str]:
    """Keys that Fernet takes, newest first, between commas or on lines of their own; at least one.

    Each is looked at letter by letter: Python's base64 passes over what it does not know and ends at the first "=", so
    that of two keys in one text the second would be lost without a word, and with it every token it had sealed.
    """
    keys = secret(name, meaning).replace(",", " ").split()
    for place, key in enumerate(keys, start=1):
        try:
            good = _KEY.fullmatch(key) is not None and bool(Fernet(key))
        except ValueError:
            good = False
        if not good:  # without its cause, which could show a piece of the key
            raise ImproperlyConfigured(f"Key {place} of {name} is not 32 bytes of URL-safe base64. They are {meaning}")
    if not keys:
        raise ImproperlyConfigured(f"{name} holds no key. They are {meaning}")
    return keys


def credentials(meaning: str, known: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Client id and secret per data centre: {"": shared pair, "eu": pair, …}.

    `CRM_CLIENT_ID` and `CRM_CLIENT_SECRET` are the shared pair. Zoho gives one client one secret for each data centre
    or the same for all: `CRM_CLIENT_SECRET_EU` (a dash in the key is written `_`) replaces the shared secret at one of
    them, `CRM_CLIENT_ID_EU` beside it the shared id too. Raises when nothing is set, one half is missing, or a suffix
    names no data centre.
    """
    keys = {"": "", **{f"_{key.upper().replace('-', '_')}": key for key in known}}
    pairs: dict[str, tuple[str, str]] = {}
    shared_id = optional_secret(_ID)
    for suffix in _suffixes():
        own_id, client_secret = optional_secret(f"{_ID}{suffix}"), optional_secret(f"{_SECRET}{suffix}")
        if not own_id and not client_secret:
            continue
        if suffix not in keys:
            name = f"{_SECRET if client_secret else _ID}{suffix}"
            raise ImproperlyConfigured(
                f"{name} names no data centre. They are {', '.join(filter(None, keys.values()))}."
            )
        client_id = own_id or shared_id
        if client_id and client_secret:
            pairs[keys[suffix]] = (client_id, client_secret)
        elif suffix or not client_id:
            missing = f"{_SECRET}{suffix}" if client_id else _ID
            raise ImproperlyConfigured(f"{missing} is not set, though its other half is. They are {meaning}")
    if not pairs and shared_id:
        raise ImproperlyConfigured(f"{_SECRET} is not set, though its other half is. They are {meaning}")
    if not pairs:
        raise ImproperlyConfigured(f"{_ID} and {_SECRET} are not set. They are {meaning}")
    return pairs


def _suffixes() -> list[str]:
    """What stands behind the names of credentials in the environment: "", "_EU", …; sorted."""
    found = {""}
    for name in os.environ:
        for prefix in (_ID, _SECRET):
            suffix = name.removeprefix(prefix).removesuffix("_FILE")
            if name.startswith(f"{prefix}_") and suffix:
                found.add(suffix)
    return sorted(found)


def home(name: str, value: str, known: Collection[str], pairs: Mapping[str, tuple[str, str]]) -> str:
    """The data centre where the client is registered: in the table, and with credentials."""
    dc = one_of(name, value, known)
    if dc not in pairs and "" not in pairs:
        suffix = dc.upper().replace("-", "_")
        raise ImproperlyConfigured(
            f"{_SECRET}_{suffix} is not set, though the client is registered at {dc} ({name}),"
            f" and there is no {_SECRET} for all data centres."
        )
    return dc


def database(name: str, default_file: Path) -> dict[str, Any]:
    """Django's database settings from a URL; SQLite in the data directory without one (design D24).

    A committed `sent` of the ledger must survive a power cut, hence synchronous=FULL; a deferred transaction would
    fail at once with "locked" where IMMEDIATE waits its turn.
    """
    url = optional_secret(name) or f"sqlite:///{quote(str(default_file))}"
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(url))
    except (ValueError, KeyError) as exc:
        raise ImproperlyConfigured(
            f"{name} is no database address that Django knows. Example: postgres://user:password@host:5432/console"
        ) from exc
    if found["ENGINE"].endswith("sqlite3"):
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # recursive_triggers: without it REPLACE INTO deletes an audit row past the trigger that refuses DELETE.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON"
            ),
        }
        # Tests use a file as production does: a database in memory knows neither WAL nor a second process.
        found["TEST"] = {"NAME": str(default_file.with_name("tests.sqlite3"))}
    elif found["ENGINE"].endswith("postgresql"):
        # A restart of the server leaves dead connections in the pool; each is looked at before it is given out.
        found["CONN_HEALTH_CHECKS"] = True
        pool = {"min_size": 1, "max_size": 40, "timeout": 10}
        found["OPTIONS"] = {"connect_timeout": 5, **found.get("OPTIONS", {}), "pool": pool}
    return found


def cache(name: str) -> dict[str, Any]:
    """Django's cache settings: Redis by URL, this process's memory without one."""
    url = optional_secret(name)
    if not url:
        # By default it holds 300 entries: fewer than people and addresses that are counted (console.limits).
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(f"{name} must be a Redis address, for example redis://localhost:6379/1")
    soon = {"socket_connect_timeout": 1, "socket_timeout": 1}  # a page does not wait for a cache
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url, "OPTIONS": soon}
