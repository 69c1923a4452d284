"""If-Modified-Since in the CRM's own form: ISO 8601 with an offset, not the form of RFC 1123."""

from __future__ import annotations

from datetime import datetime

from crm_client.standin.calls import Call
from crm_client.standin.errors import ApiError
from crm_client.standin.organisation import JSON


def moment(text: object) -> datetime | None:
    """A date-time with offset; None for anything else."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def changed_since(call: Call, items: list[JSON], key: str) -> list[JSON] | None:
    """The items changed after the header's time; all of them without the header, None (for 304) when there are none.

    Raises ApiError when the header is no such date-time (unverified: the CRM's answer to that is not documented).
    """
    header = call.request.headers.get("if-modified-since")
    if header is None:
        return items
    since = moment(header)
    if since is None:
        raise ApiError("INVALID_DATA", {"header": "If-Modified-Since", "expected_data_type": "datetime"})
    newer = []
    for item in items:
        changed = moment(item.get(key))
        if changed is None or changed > since:
            newer.append(item)
    return newer or None
