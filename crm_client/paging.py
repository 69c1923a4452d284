"""Lists that come in pages: by number up to record 2,000, by token beyond.

source  zoho.com/crm/developer/docs/api/v8/get-records.html ("page", "page_token")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.errors import BadAnswer
from crm_client.values import JSON, JsonObject, as_object, as_objects, as_text, as_text_or_none, as_whole

if TYPE_CHECKING:
    from crm_client.transport import Transport

PER_PAGE = 200  # the most the CRM gives
REACHED_BY_NUMBER = 2000  # records; beyond, only a token leads on
_MOST_PAGES = 1000  # 200,000 items; a list that goes on is none of the CRM's


@dataclass(slots=True)
class PageInfo:
    """Where a page stands in its list. `next_page_token` None: no token leads on."""

    page: int
    per_page: int
    count: int
    more_records: bool
    next_page_token: str | None
    previous_page_token: str | None
    page_token_expiry: str | None
    sort_by: str
    sort_order: str

    @classmethod
    def from_api(cls, raw: JSON) -> PageInfo:
        get = as_object(raw).get
        return cls(
            as_whole(get("page")) or 1,
            as_whole(get("per_page")) or PER_PAGE,
            as_whole(get("count")) or 0,
            get("more_records") is True,
            as_text_or_none(get("next_page_token")) or None,
            as_text_or_none(get("previous_page_token")) or None,
            as_text_or_none(get("page_token_expiry")),
            as_text(get("sort_by")),
            as_text(get("sort_order")),
        )


def numbered_pages(
    transport: Transport, path: str, key: str, params: Mapping[str, str], *, what: str
) -> Iterator[list[JsonObject]]:
    """The items under `key`, page after page by number, until the CRM says there are no more.

    raises   BadAnswer when a page is empty and yet promises more (instead of asking for ever)
    """
    for number in range(1, _MOST_PAGES + 1):
        body = transport.get(path, {**params, "page": number, "per_page": PER_PAGE}, what=what)
        items = as_objects(body.get(key))
        if items:
            yield items
        if not PageInfo.from_api(body.get("info")).more_records:
            return
        if not items:
            raise BadAnswer("a page is empty and yet promises more", what=what)
    raise BadAnswer("the list does not end", what=what)
