"""Reads settings out of the environment: every value once, every mistake as one sentence (design D28, contract.md).

Every secret may also come as `NAME_FILE`, a path whose content is the value.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


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


def number(name: str, default: int) -> int:
    """A whole number above 0."""
    value = text(name, str(default))
    if not value.isdigit() or int(value) < 1:
        raise ImproperlyConfigured(f"{name} is {value!r}; it takes a whole number above 0, for example {default}.")
    return int(value)


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


def secret_list(name: str, meaning: str) -> list[str]:
    """A secret that is a comma-separated list."""
    return [part.strip() for part in secret(name, meaning).split(",") if part.strip()]


def credentials(meaning: str) -> dict[str, tuple[str, str]]:
    """Client id and secret per data centre: {"": shared pair, "eu": pair, …}.

    `CRM_CLIENT_ID` and `CRM_CLIENT_SECRET` are the shared pair; `CRM_CLIENT_ID_EU` … replace it for one data centre
    (a dash in the key is written `_`). Raises when no pair is set or one is half set.
    """
    pairs: dict[str, tuple[str, str]] = {}
    names = [name for name in os.environ if name.startswith("CRM_CLIENT_ID")]
    suffixes = {name.removeprefix("CRM_CLIENT_ID").removesuffix("_FILE") for name in names}
    for suffix in sorted(suffixes | {""}):
        client_id = optional_secret(f"CRM_CLIENT_ID{suffix}")
        client_secret = optional_secret(f"CRM_CLIENT_SECRET{suffix}")
        if client_id and client_secret:
            pairs[suffix.removeprefix("_").lower().replace("_", "-")] = (client_id, client_secret)
        elif client_id or client_secret:
            missing = f"CRM_CLIENT_SECRET{suffix}" if client_id else f"CRM_CLIENT_ID{suffix}"
            raise ImproperlyConfigured(f"{missing} is not set, though its other half is. They are {meaning}")
    if not pairs:
        raise ImproperlyConfigured(f"CRM_CLIENT_ID and CRM_CLIENT_SECRET are not set. They are {meaning}")
    return pairs


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
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
        }
        # Tests use a file as production does: a database in memory knows neither WAL nor a second process.
        found["TEST"] = {"NAME": str(default_file.with_name("tests.sqlite3"))}
    elif found["ENGINE"].endswith("postgresql"):
        found["OPTIONS"] = {**found.get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": 40, "timeout": 10}}
    return found


def cache(name: str) -> dict[str, Any]:
    """Django's cache settings: Redis by URL, this process's memory without one."""
    url = optional_secret(name)
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(f"{name} must be a Redis address, for example redis://localhost:6379/1")
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
