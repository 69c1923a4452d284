"""Profiles: what its users may do.

source  GET /settings/profiles, GET /settings/profiles/{id}  zoho.com/crm/developer/docs/api/v8/get-profiles.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.names import checked_id
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_flag,
    as_id,
    as_list,
    as_object,
    as_objects,
    as_ref,
    as_text,
    as_text_or_none,
    as_texts,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport


@dataclass(slots=True)
class Permission:
    """One permission of a profile. `module` is the API name it is about, "" for general ones."""

    id: str
    name: str  # such as Crm_Implied_Api_Access
    display_label: str
    module: str
    enabled: bool | None
    customizable: bool | None
    parent_permissions: list[str]  # ids or names, as the CRM sends them

    @classmethod
    def from_api(cls, raw: JSON) -> Permission:
        get = as_object(raw).get
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_text(get("display_label")),
            as_text(get("module")),
            as_flag(get("enabled")),
            as_flag(get("customizable")),
            as_texts(get("parent_permissions")),
        )


@dataclass(slots=True)
class Profile:
    """One profile. `permissions_details` and `sections` come only with `CrmClient.profiles.get`."""

    id: str
    name: str
    display_label: str
    description: str | None
    type: str
    custom: bool | None
    default: bool | None
    category: bool | None
    created_time: str | None
    created_by: Ref | None
    modified_time: str | None
    modified_by: Ref | None
    permissions_details: list[Permission]
    sections: list[JsonObject]  # how the CRM's own page groups the permissions
    raw: JsonObject

    def allows(self, permission: str) -> bool | None:
        """Whether a permission is on; None when this profile does not tell (a list, or an unknown name)."""
        return next((item.enabled for item in self.permissions_details if item.name == permission), None)

    @classmethod
    def from_api(cls, raw: JSON) -> Profile:
        raw = as_object(raw)
        get = raw.get
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_text(get("display_label")),
            as_text_or_none(get("description")),
            as_text(get("type")),
            as_flag(get("custom")),
            as_flag(get("default")),
            as_flag(get("category")),
            as_text_or_none(get("created_time")),
            as_ref(get("created_by")),
            as_text_or_none(get("modified_time")),
            as_ref(get("modified_by")),
            as_list(get("permissions_details"), Permission.from_api),
            as_objects(get("sections")),
            raw,
        )


class Profiles:
    """`CrmClient.profiles`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self) -> list[Profile]:
        """Every profile of the organisation, without its permissions; empty when the CRM answers 204.

        raises   NotAllowed, ScopeMissing without ZohoCRM.settings.profiles.READ, TooManyRequests, any NoAnswer
        source   GET /settings/profiles
        """
        body = self._transport.get("/settings/profiles", what="the profiles")
        return as_list(body.get("profiles"), Profile.from_api)

    def get(self, id: str) -> Profile | None:
        """One profile with its permissions; None when the CRM answers 204.

        raises   InvalidRequest (INVALID_DATA) for an unknown id, else as `all`
        source   GET /settings/profiles/{id}
        """
        body = self._transport.get(f"/settings/profiles/{checked_id(id, 'the profile')}", what="a profile")
        profiles = as_list(body.get("profiles"), Profile.from_api)
        return profiles[0] if profiles else None
