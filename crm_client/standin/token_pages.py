"""One page of a list of records, reached by number or by token (limits-and-errors.md, section 8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crm_client.standin.calls import Call
from crm_client.standin.clock import iso
from crm_client.standin.errors import ApiError
from crm_client.standin.organisation import JSON

BY_PAGE = 2_000  # records that `page` reaches
BY_TOKEN = 100_000
PLACES = ("page", "page_token")


def page_of(
    call: Call, per_page: int, in_order: Callable[[], Sequence[str] | None]
) -> tuple[tuple[str, ...], JSON] | None:
    """The ids of one page and its `info`, whose `count` whoever shows the records puts right.

    in_order   gives the whole list when a page is asked for by number; a token goes on in the list it was made for.
               None: nothing has changed, which becomes None here and 304 there
    Raises ApiError: too far, or a token that is someone else's, too old, or of another list.
    """
    asked = call.request.query.items()
    query = (("", call.request.path), *sorted((name, value) for name, value in asked if name not in PLACES))
    user = (call.organisation.key, call.viewer.id)
    tokens, token = call.world.page_tokens, call.param("page_token")
    if token and call.param("page"):
        raise ApiError("AMBIGUITY_DURING_PROCESSING", {"ambiguity_due_to": [{"param_name": name} for name in PLACES]})
    if token:
        position = tokens.use(token, user, query)
        ids, start = position.ids, position.start
        if start >= BY_TOKEN:
            raise ApiError("PAGINATION_LIMIT_EXCEEDED", {"limit": BY_TOKEN})
        end = start + per_page
    else:
        start = (call.number("page", 1) - 1) * per_page
        if start >= BY_PAGE:
            raise ApiError("DISCRETE_PAGINATION_LIMIT_EXCEEDED", {"limit": BY_PAGE})
        found = in_order()
        if found is None:
            return None
        ids, end = tuple(found), min(start + per_page, BY_PAGE)
    info: JSON = {
        "per_page": per_page,
        "count": len(ids[start:end]),
        "page": start // per_page + 1,
        "more_records": len(ids) > end,
        "next_page_token": None,
        "previous_page_token": None,
        "page_token_expiry": None,
    }
    if len(ids) > end:
        info["next_page_token"], until = tokens.new(user, query, ids, end)
        info["page_token_expiry"] = iso(until)
    if start and token:
        info["previous_page_token"], _ = tokens.new(user, query, ids, max(start - per_page, 0))
    return ids[start:end], info
