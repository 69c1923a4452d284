"""What an organisation may use, by its edition and licences. Pure.

source  zoho.com/crm/developer/docs/api/v8/api-limits.html; the CRM itself tells only what is left, and only past half
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_client.org import LicenseDetails

HEAVY_AT_ONCE = 10  # lists through a view, queries, searches and their like; the same on every edition

# paid_type: (name, credits, credits per licence, cap or None, calls in flight)
_EDITIONS: dict[str, tuple[str, int, int, int | None, int]] = {
    "free": ("Free", 5_000, 0, 5_000, 5),
    "standard": ("Standard", 50_000, 250, 100_000, 10),
    "starter": ("Starter", 50_000, 250, 100_000, 10),
    "professional": ("Professional", 50_000, 500, 3_000_000, 15),
    "enterprise": ("Enterprise", 50_000, 1_000, 5_000_000, 20),
    "zohoone": ("Zoho One", 50_000, 1_000, 5_000_000, 20),
    "ultimate": ("Ultimate", 50_000, 2_000, None, 25),
    "crmplus": ("CRM Plus", 50_000, 2_000, None, 25),
}


@dataclass(frozen=True, slots=True)
class Allowance:
    """Credits of any rolling 24 hours, and calls in flight. Bought add-ons are not known, so it is an estimate."""

    edition: str
    licences: int
    credits: int
    at_once: int


def allowance(licence: LicenseDetails) -> Allowance | None:
    """None for an edition that the published table does not have."""
    found = _EDITIONS.get(licence.paid_type.lower().replace(" ", "").replace("_", ""))
    if found is None:
        return None
    name, base, each, cap, at_once = found
    licences = max(licence.users_license_purchased or 0, 0)
    total = base + each * licences
    return Allowance(name, licences, total if cap is None else min(total, cap), at_once)
