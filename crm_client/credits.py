"""What a call costs in API credits, by the CRM's published table. Pure.

The exact figures of an organisation are in GET /__apis; this is the estimate that needs no call.
source  zoho.com/crm/developer/docs/api/v8/api-limits.html
"""

from __future__ import annotations

from collections.abc import Mapping

from crm_client.values import JSON


def price(method: str, path: str, params: Mapping[str, JSON] | None = None, records: int = 1) -> int:
    """Credits of one call.

    path     after the version, such as "/Leads"
    records  how many records the body carries, or the LIMIT of a query
    """
    params = params or {}
    parts = path.strip("/").split("/")
    tail = parts[-1]
    if method == "GET":
        return _price_of_reading(parts, params)
    if parts[0] == "bulk":
        return _BULK.get(tail, 1)
    if parts[0] == "coql":
        return 1 if records <= 200 else 2 if records <= 1000 else 3
    if tail in _SPECIAL:
        return _SPECIAL[tail]
    if tail == "mass_delete":
        return _per(100, records)
    if tail in ("add_tags", "remove_tags"):
        return _per(50, records)
    if method in ("POST", "PUT") and parts[0] not in _NOT_MODULES and (len(parts) == 1 or tail == "upsert"):
        return _per(10, records)
    return 1


def is_charged(status: int | None, code: str) -> bool:
    """Whether a call that was sent has cost its credits.

    What the CRM refuses before it looks at the request (token, scope, address, verb, limit) costs nothing; any other
    refusal does. A call without an answer is counted, since nobody can know.
    unverified by the documentation; the careful reading
    """
    return status not in (401, 429) and code not in _REFUSED_AT_THE_DOOR


_REFUSED_AT_THE_DOOR = frozenset(
    {
        "INVALID_URL_PATTERN",
        "INVALID_REQUEST_METHOD",
        "API_NOT_SUPPORTED",
        "INVALID_HOST",
        "TOO_MANY_REQUESTS",
        "OAUTH_SCOPE_MISMATCH",
        "INVALID_TOKEN",
        "AUTHENTICATION_FAILURE",
    }
)


def _price_of_reading(parts: list[str], params: Mapping[str, JSON]) -> int:
    if len(parts) == 1 and parts[0] not in _NOT_MODULES and params.get("cvid"):
        return 3
    if parts[-1] == "deleted":
        return 2
    if parts[-2:] == ["actions", "count"]:
        return 1 if parts[0] == "users" else 50
    return 1


_NOT_MODULES = frozenset({"settings", "users", "org", "__apis", "coql", "files", "__composite_requests"})
_BULK = {"read": 50, "write": 500}
_SPECIAL = {"convert": 5, "send_mail": 20, "merge": 50}


def _per(size: int, records: int) -> int:
    """One credit for each `size` records begun."""
    return max(1, -(-records // size))
