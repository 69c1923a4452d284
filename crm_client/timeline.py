"""The timeline of a record: what happened to it, newest first.

source  GET /{module}/{id}/__timeline  zoho.com/crm/developer/docs/api/v8/timeline-of-a-record.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.names import checked_id, checked_name
from crm_client.paging import PageInfo
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_api_ref,
    as_id,
    as_list,
    as_object,
    as_ref,
    as_text,
    as_text_or_none,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport

_INNER = "field_history.data_type,field_history.field_label"


@dataclass(slots=True)
class FieldChange:
    """One field that was changed. `old`, `new` None: it was, or became, empty."""

    api_name: str
    label: str  # "" when the CRM does not say
    data_type: str
    old: str | None
    new: str | None

    @classmethod
    def from_api(cls, raw: JSON) -> FieldChange:
        get = as_object(raw).get
        values = as_object(get("_value"))
        return cls(
            as_text(get("api_name")),
            as_text(get("field_label")),
            as_text(get("data_type")),
            _told(values.get("old")),
            _told(values.get("new")),
        )


def _told(value: JSON) -> str | None:
    """A value as the timeline tells it, which is text; anything else as the CRM wrote it."""
    if value is None or type(value) is str:
        return as_text_or_none(value)
    return as_text(value.get("name")) or None if type(value) is dict else as_text(str(value))


@dataclass(slots=True)
class TimelineEvent:
    """One event."""

    id: str
    audited_time: str | None  # ISO 8601 with offset
    action: str  # added, updated, … in the CRM's words
    source: str  # crm_ui, crm_api, blueprint, …
    type: str
    done_by: Ref | None
    record: Ref | None  # by name
    related_record: Ref | None
    related_module: Ref | None  # .name is the API name
    automation_type: str  # "" where no automation did it
    automation_rule: Ref | None
    changes: list[FieldChange]
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> TimelineEvent:
        raw = as_object(raw)
        get = raw.get
        automation, related = as_object(get("automation_details")), as_object(get("related_record"))
        return cls(
            as_id(get("id")),
            as_text_or_none(get("audited_time")),
            as_text(get("action")),
            as_text(get("source")),
            as_text(get("type")),
            as_ref(get("done_by")),
            as_ref(get("record")),
            as_ref(related),
            as_api_ref(related.get("module")),
            as_text(automation.get("type")),
            as_ref(automation.get("rule")),
            as_list(get("field_history"), FieldChange.from_api),
            raw,
        )


@dataclass(slots=True)
class TimelinePage:
    """One page of events, and what leads on."""

    events: list[TimelineEvent]
    info: PageInfo


class Timeline:
    """`CrmClient.timeline`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(self, module: str, id: str, *, page_token: str | None = None, per_page: int | None = None) -> TimelinePage:
        """One page of a record's timeline; an empty one when the CRM answers 204.

        page_token   from `info.next_page_token`; not together with per_page
        raises       InvalidRequest (INVALID_DATA) for a record that is not there; NotFound, NotAllowed, ScopeMissing,
                     TooManyRequests, any NoAnswer
        source       GET /{module}/{id}/__timeline
        """
        path = f"/{checked_name(module, 'a record of')}/{checked_id(id, 'the record')}/__timeline"
        params: dict[str, str | int | None] = {
            "include_inner_details": _INNER,
            "page_token": page_token,
            "per_page": None if page_token is not None else per_page,
        }
        body = self._transport.get(path, params, what=f"the timeline of a record of {module}")
        return TimelinePage(
            as_list(body.get("__timeline"), TimelineEvent.from_api), PageInfo.from_api(body.get("info"))
        )
