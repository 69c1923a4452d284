"""Pipelines of deals and their stages; they belong to a layout.

source  GET /settings/pipeline?layout_id=  zoho.com/crm/developer/docs/api/v8/get-pipelines.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.field_parts import PickListValue
from crm_client.names import checked_id
from crm_client.values import JSON, JsonObject, as_id, as_list, as_object, as_text

if TYPE_CHECKING:
    from crm_client.transport import Transport


@dataclass(slots=True)
class Pipeline:
    """One pipeline. A deal names it, and its stage, by `actual_value`."""

    id: str
    display_value: str
    actual_value: str
    is_default: bool
    stages: list[PickListValue]  # in the CRM's order; with forecast_type and forecast_category
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> Pipeline:
        raw = as_object(raw)
        get = raw.get
        display = as_text(get("display_value"))
        return cls(
            as_id(get("id")),
            display,
            as_text(get("actual_value")) or display,
            get("default") is True,
            as_list(get("maps"), PickListValue.from_api),
            raw,
        )


class Pipelines:
    """`CrmClient.pipelines`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self, layout_id: str) -> list[Pipeline]:
        """The pipelines of a layout of Deals.

        returns  [Pipeline]; empty when pipelines are off (204)
        raises   InvalidRequest (INVALID_DATA) for an id that is no layout of Deals; NotAllowed, ScopeMissing without
                 ZohoCRM.settings.pipeline.READ, TooManyRequests, any NoAnswer
        source   GET /settings/pipeline?layout_id=
        """
        params = {"layout_id": checked_id(layout_id, "the layout")}
        body = self._transport.get("/settings/pipeline", params, what="the pipelines of a layout")
        return as_list(body.get("pipeline"), Pipeline.from_api)
