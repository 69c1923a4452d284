"""Dependent picklists of a layout: which values of one field leave which values of another.

The layout's own picklist values say the same in their `maps`, without a further call; this tells it field by field.
source  GET /settings/layouts/{id}/map_dependency  zoho.com/crm/developer/docs/api/v8/get-map-dependency.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.field_parts import PickListValue
from crm_client.names import checked_id, checked_name
from crm_client.paging import numbered_pages
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_api_ref,
    as_flag,
    as_id,
    as_list,
    as_object,
    as_objects,
    as_text,
    as_whole,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport

PICKLIST, PIPELINE = 0, 1  # category


@dataclass(slots=True)
class ParentValue:
    """One value of the parent, and the child's values that it leaves, maybe none."""

    id: str
    display_value: str
    actual_value: str
    maps: list[PickListValue]

    @classmethod
    def from_api(cls, raw: JSON) -> ParentValue:
        get = as_object(raw).get
        return cls(
            as_id(get("id")),
            as_text(get("display_value")),
            as_text(get("actual_value")),
            as_list(get("maps"), PickListValue.from_api),
        )


@dataclass(slots=True)
class MapDependency:
    """One pair of fields. A flag that is None: the CRM did not say."""

    id: str
    parent: Ref | None  # .name is the field's API name
    child: Ref | None
    sub_module: Ref | None  # where the parent stands in a subform; told in the list call only
    active: bool | None
    internal: bool | None
    category: int | None  # PICKLIST or PIPELINE
    source: int | None  # 1: made by people
    values: list[ParentValue]  # empty in the list call
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> MapDependency:
        raw = as_object(raw)
        get = raw.get
        return cls(
            as_id(get("id")),
            as_api_ref(get("parent")),
            as_api_ref(get("child")),
            as_api_ref(get("sub_module")),
            as_flag(get("active")),
            as_flag(get("internal")),
            as_whole(get("category")),
            as_whole(get("source")),
            as_list(get("pick_list_values"), ParentValue.from_api),
            raw,
        )


class MapDependencies:
    """`CrmClient.map_dependencies`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self, module: str, layout_id: str) -> list[MapDependency]:
        """Every pair of a layout, without values.

        returns  [MapDependency]; empty when the CRM answers 204
        raises   InvalidRequest (INVALID_DATA) for a layout that is not there or not active; NotFound, NotAllowed,
                 ScopeMissing without ZohoCRM.settings.map_dependency.READ, TooManyRequests, any NoAnswer
        source   GET /settings/layouts/{id}/map_dependency?module=, page by page
        """
        params = {"module": checked_name(module, "the dependent fields of")}
        what = f"the dependent fields of {module}"
        pages = numbered_pages(self._transport, _path(layout_id), "map_dependency", params, what=what)
        return [MapDependency.from_api(item) for page in pages for item in page]

    def get(self, module: str, layout_id: str, id: str) -> MapDependency | None:
        """One pair with its values; None for an unknown id (204).

        raises   as `all`
        source   GET /settings/layouts/{id}/map_dependency/{dependency}?module=
        """
        params = {"module": checked_name(module, "the dependent fields of")}
        path = f"{_path(layout_id)}/{checked_id(id, 'the dependency')}"
        body = self._transport.get(path, params, what=f"the dependent fields of {module}")
        found = [MapDependency.from_api(item) for item in as_objects(body.get("map_dependency"))]
        return found[0] if found else None

    def whole(self, module: str, layout_id: str) -> list[MapDependency]:
        """Every active pair of a layout with its values: one call, and one more for each pair. Raises as `all`."""
        pairs = [pair for pair in self.all(module, layout_id) if pair.id and pair.active is not False]
        return [found for pair in pairs if (found := self.get(module, layout_id, pair.id)) is not None]


def _path(layout_id: str) -> str:
    return f"/settings/layouts/{checked_id(layout_id, 'the layout')}/map_dependency"
