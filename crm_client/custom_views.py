"""Custom views: the saved filters and columns over a module's records.

source  GET /settings/custom_views?module=  zoho.com/crm/developer/docs/api/v8/custom-view-meta.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.names import checked_name
from crm_client.paging import numbered_pages
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_api_ref,
    as_api_refs,
    as_flag,
    as_id,
    as_list,
    as_object,
    as_object_or_none,
    as_ref,
    as_text,
    as_text_or_none,
    as_whole,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport


@dataclass(slots=True)
class SharedTo:
    """With whom a view is shared: type users, roles, groups, territories, …"""

    id: str
    name: str
    type: str
    subordinates: bool | None

    @classmethod
    def from_api(cls, raw: JSON) -> SharedTo:
        get = as_object(raw).get
        return cls(as_id(get("id")), as_text(get("name")), as_text(get("type")), as_flag(get("subordinates")))


@dataclass(slots=True)
class CustomView:
    """One view. A flag that is None: the CRM did not say."""

    id: str
    name: str
    display_value: str  # the name in the user's language
    system_name: str | None  # of views that the CRM made
    category: str  # public_views, created_by_me, shared_with_me, other_users_views
    default: bool | None
    system_defined: bool | None
    locked: bool | None
    favorite: int | None  # place among the user's favourites; None: not one
    offline: bool | None
    access_type: str  # public, only_to_me, shared
    shared_to: list[SharedTo]
    module: Ref | None  # .name is the API name
    criteria: JsonObject | None  # {"comparator", "field", "value"} or {"group_operator", "group": […]}
    fields: list[Ref]  # the columns, in order
    sort_by: Ref | None
    sort_order: str | None  # asc or desc
    created_time: str | None
    created_by: Ref | None
    modified_time: str | None
    modified_by: Ref | None
    last_accessed_time: str | None
    raw: JsonObject

    @property
    def label(self) -> str:
        return self.display_value or self.name or self.system_name or ""

    @classmethod
    def from_api(cls, raw: JSON) -> CustomView:
        raw = as_object(raw)
        get = raw.get
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_text(get("display_value")),
            as_text_or_none(get("system_name")),
            as_text(get("category")),
            as_flag(get("default")),
            as_flag(get("system_defined")),
            as_flag(get("locked")),
            as_whole(get("favorite")),
            as_flag(get("offline")),
            as_text(get("access_type")),
            as_list(get("shared_to"), SharedTo.from_api),
            as_api_ref(get("module")),
            as_object_or_none(get("criteria")),
            as_api_refs(get("fields")),
            as_api_ref(get("sort_by")),
            as_text_or_none(get("sort_order")),
            as_text_or_none(get("created_time")),
            as_ref(get("created_by")),
            as_text_or_none(get("modified_time")),
            as_ref(get("modified_by")),
            as_text_or_none(get("last_accessed_time")),
            raw,
        )


class CustomViews:
    """`CrmClient.custom_views`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self, module: str) -> list[CustomView]:
        """Every custom view of a module that this user sees; one call per 200.

        module   api_name such as "Leads"
        returns  [CustomView]; empty when the CRM answers 204
        raises   NotFound, NotAllowed, ScopeMissing without ZohoCRM.settings.custom_views.READ, TooManyRequests,
                 any NoAnswer
        source   GET /settings/custom_views?module=&page=&per_page=
        """
        params = {"module": checked_name(module, "the custom views of")}
        what = f"the custom views of {module}"
        pages = numbered_pages(self._transport, "/settings/custom_views", "custom_views", params, what=what)
        return [CustomView.from_api(item) for page in pages for item in page]
