"""Writing into the audit trail."""

from typing import Any, Protocol

from django.http import HttpRequest

from console.audit.models import Entry
from crm_client.values import as_text

_LONGEST = 300


def _clean(value: Any) -> Any:
    """Text from outside as the database takes it: no NUL, no lone surrogates, not endless."""
    return as_text(value)[:_LONGEST] if isinstance(value, str) else value


class Who(Protocol):
    """A person as the trail names one (structural, so that this hall imports no other)."""

    identity: str
    full_name: str


class Where(Protocol):
    """A connection as the trail names one."""

    slug: str
    dc: str
    zgid: str


def record(
    action: str,
    *,
    who: Who | None = None,
    where: Where | None = None,
    request: HttpRequest | None = None,
    **detail: Any,
) -> None:
    """Adds one entry.

    action   "<thing>.<what happened>", such as "connection.added" or "sign_in.refused"
    detail   plain JSON values; never a field value of a record, never a secret
    """
    Entry.objects.create(
        action=action,
        identity=who.identity if who else "",
        person=who.full_name if who else "",
        connection=where.slug if where else "",
        dc=where.dc if where else "",
        zgid=where.zgid if where else "",
        detail={name: _clean(value) for name, value in detail.items()},
        address=request.META.get("REMOTE_ADDR", "") if request else "",
    )
