"""Roles: the hierarchy that decides whose records a user sees.

source  GET /settings/roles  zoho.com/crm/developer/docs/api/v8/get-roles.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_flag,
    as_id,
    as_list,
    as_object,
    as_ref,
    as_text,
    as_text_or_none,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport


@dataclass(slots=True)
class Role:
    """One role. `reporting_to` None: the top of the hierarchy."""

    id: str
    name: str
    display_label: str
    description: str | None
    reporting_to: Ref | None
    forecast_manager: Ref | None
    share_with_peers: bool | None
    admin_user: bool | None
    created_time: str | None  # the CRM's keys of these four end in "__s"
    created_by: Ref | None
    modified_time: str | None
    modified_by: Ref | None
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> Role:
        raw = as_object(raw)
        get = raw.get
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_text(get("display_label")),
            as_text_or_none(get("description")),
            as_ref(get("reporting_to")),
            as_ref(get("forecast_manager")),
            as_flag(get("share_with_peers")),
            as_flag(get("admin_user")),
            as_text_or_none(get("created_time__s")),
            as_ref(get("created_by__s")),
            as_text_or_none(get("modified_time__s")),
            as_ref(get("modified_by__s")),
            raw,
        )


class Roles:
    """`CrmClient.roles`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self) -> list[Role]:
        """Every role of the organisation; empty when the CRM answers 204.

        raises   NotAllowed, ScopeMissing without ZohoCRM.settings.roles.READ, TooManyRequests, any NoAnswer
        source   GET /settings/roles
        """
        body = self._transport.get("/settings/roles", what="the roles")
        return as_list(body.get("roles"), Role.from_api)
