"""Related lists: the lists of other records that stand under a record of a module.

source  GET /settings/related_lists?module=  zoho.com/crm/developer/docs/api/v8/related-list-meta.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.names import checked_name
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
    as_text,
    as_text_or_none,
    as_whole,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport


@dataclass(slots=True)
class RelatedList:
    """One related list. A flag that is None: the CRM did not say."""

    id: str
    api_name: str  # may not be a module's name: "Activities_Chronological_View"
    name: str
    display_label: str
    type: str  # default, grouped, custom_link, …
    status: str  # visible, …
    sequence_number: int | None  # not unique; the CRM sends text
    module: Ref | None  # whose records are listed; .name is the API name
    href: str | None  # such as "Leads/{ENTITYID}/Notes": relative, never a link to follow
    action: str | None
    customize_sort: bool | None
    customize_fields: bool | None
    customize_display_label: bool | None
    parent_related_lists: JSON  # grouped lists only; null in every known answer
    connectedmodule: str  # multi-select lookups, as the next
    linkingmodule: str
    sort_by: Ref | None  # newer v8, as the next two
    sort_order: str
    fields: list[Ref]  # the columns
    raw: JsonObject

    @property
    def label(self) -> str:
        return self.display_label or self.name or self.api_name

    @classmethod
    def from_api(cls, raw: JSON) -> RelatedList:
        raw = as_object(raw)
        get = raw.get
        return cls(
            as_id(get("id")),
            as_text(get("api_name")),
            as_text(get("name")),
            as_text(get("display_label")),
            as_text(get("type")),
            as_text(get("status")),
            as_whole(get("sequence_number")),
            as_api_ref(get("module")),
            as_text_or_none(get("href")),
            as_text_or_none(get("action")),
            as_flag(get("customize_sort")),
            as_flag(get("customize_fields")),
            as_flag(get("customize_display_label")),
            get("parent_related_lists"),
            as_text(get("connectedmodule")),
            as_text(get("linkingmodule")),
            as_api_ref(get("sort_by")),
            as_text(get("sort_order")),
            as_api_refs(get("fields")),
            raw,
        )


class RelatedLists:
    """`CrmClient.related_lists`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self, module: str) -> list[RelatedList]:
        """Every related list of a module, in the CRM's order.

        module   api_name such as "Leads"
        returns  [RelatedList]; empty when the CRM answers 204
        raises   NotFound, NotAllowed, ScopeMissing without ZohoCRM.settings.related_lists.READ, TooManyRequests,
                 any NoAnswer
        source   GET /settings/related_lists?module=
        """
        params = {"module": checked_name(module, "the related lists of")}
        body = self._transport.get("/settings/related_lists", params, what=f"the related lists of {module}")
        return as_list(body.get("related_lists"), RelatedList.from_api)
