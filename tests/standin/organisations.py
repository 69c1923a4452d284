"""What the tests of the built-in organisations share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_client.standin.organisation import Organisation
from crm_client.standin.organisations import built_in

KEYS = ["demo", "demo-sandbox", "europe", "europe-sandbox", "samples"]
MADE = KEYS[:4]


def org(key: str, seed: int = 1) -> Organisation:
    """A built-in organisation by its key."""
    return next(organisation for organisation in built_in(seed) if organisation.key == key)


def everywhere(organisation: Organisation) -> Iterator[tuple[str, dict[str, Any]]]:
    """(module, field) of every field."""
    for module, fields in organisation.fields.items():
        for field in fields:
            yield module, field
