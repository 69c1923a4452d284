"""What a transition asks for: shown on the record level, and taken from what is sent.

The settings say `optional`, the record level `mandatory` (left out where it is not). Inputs that are no fields have the
short form of the documentation's widget. unverified: that form for all others than widgets; `Tag` as the key of tags.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crm_client.standin.blueprint_process import Way
from crm_client.standin.blueprint_values import kept_value, parent_changes
from crm_client.standin.calls import Call
from crm_client.standin.criteria import matches
from crm_client.standin.errors import MESSAGES, ApiError
from crm_client.standin.items import ItemError, Place
from crm_client.standin.organisation import JSON
from crm_client.standin.versions import field_keys
from crm_client.standin.viewer import dicts

KEYS = {"attachment": "Attachments", "notes": "Notes", "tags": "Tag", "checklist": "CheckLists", "widget": "widget"}
_FIELD_KEYS = (
    "system_mandatory", "private", "webhook", "json_type", "crypt", "field_label", "tooltip", "created_source",
    "field_read_only", "display_label", "ui_type", "validation_rule", "read_only", "association_details",
    "multi_module_lookup", "currency", "id", "multiuserlookup", "multiselectlookup", "custom_field", "lookup",
    "convert_mapping", "visible", "profiles", "length", "column_name", "view_type",
    "pick_list_values_sorted_lexically", "sortable", "external", "api_name", "unique", "history_tracking", "data_type",
    "formula", "decimal_place", "pick_list_values", "auto_number",
)  # fmt: skip


@dataclass(slots=True)
class Taken:
    """What was sent for a transition, after every check."""

    values: JSON = field(default_factory=dict)  # of the record's own fields
    others: JSON = field(default_factory=dict)  # inputs that are no fields, by key
    parents: list[tuple[str, JSON, JSON]] = field(default_factory=list)  # (module, record, values) of parent records
    mandatory: int = 0  # how many inputs must be there
    given: int = 0  # how many of those are

    @property
    def is_complete(self) -> bool:
        return self.given == self.mandatory

    @property
    def percent(self) -> int:
        return 100 * self.given // self.mandatory if self.mandatory else 0


def inputs_of(way: Way) -> list[JSON]:
    """The inputs in their sequence."""
    return sorted(dicts(way.transition.get("during_inputs")), key=lambda one: int(one.get("sequence") or 0))


def key_of(wanted: JSON) -> str:
    """The key in `data`; "" for what takes no value: a text to read, a kiosk."""
    kind = str(wanted.get("type"))
    if kind == "field":
        return _named(wanted.get("field"))
    return _named(wanted.get("related_list")) if kind == "related_list" else KEYS.get(kind, "")


def shown(call: Call, module: str, way: Way, place: JSON, record: JSON) -> tuple[list[JSON], JSON]:
    """(`fields`, `data`) of a transition. A field that is hidden from the profile is left out of both."""
    fields: list[JSON] = []
    data: JSON = {}
    known = {str(one.get("api_name")): one for one in dicts(call.organisation.fields.get(module))}
    kept = (place.get("values") or {}).get(way.id) or {}
    for number, wanted in enumerate(inputs_of(way), 1):
        key, kind = key_of(wanted), str(wanted.get("type"))
        meta = known.get(key)
        if kind == "field":
            if meta is None or call.viewer.field_permission(meta) == "hidden":
                continue
            shape = _field_shape(call, meta, record)
            data[key] = record.get(key)
        else:
            shape = _short_shape(wanted, kind)
            if key:
                data[key] = kept.get(key, _empty(wanted, kind, record))
        shape["transition_sequence"] = wanted.get("sequence") or number
        if wanted.get("optional") is False:
            shape["mandatory"] = True
        fields.append(shape)
    return fields, data


def _field_shape(call: Call, meta: JSON, record: JSON) -> JSON:
    old = field_keys(meta, 7)  # these answers have v7's shapes in both versions
    shape = {key: old.get(key) for key in _FIELD_KEYS if key in old or key == "validation_rule"}
    shape["column_name"] = str(meta.get("api_name")).upper().replace("_", "")
    for kind in ("multiselectlookup", "multiuserlookup"):
        lookup = shape.get(kind)
        if isinstance(lookup, dict):  # here modules are named by a text
            modules = {key: _named(lookup.get(key)) or None for key in ("linking_module", "connected_module")}
            shape[kind] = lookup | modules
    permission = call.viewer.field_permission(meta)
    shape |= {"_type": "fields", "layouts": record.get("Layout"), "content": [], "display_type": -1}
    return shape | {"read_only": permission == "read_only"}


def _short_shape(wanted: JSON, kind: str) -> JSON:
    shape: JSON = {
        "display_label": wanted.get("name"),
        "data_type": kind,
        "_type": kind,
        "column_name": None,
        "personality_name": _named(wanted.get("related_list")) or None,
        "id": "0",
        "layouts": None,
    }
    if kind == "info":
        shape["content"] = wanted.get("message")
    return shape


def _empty(wanted: JSON, kind: str, record: JSON) -> Any:
    if kind == "checklist":
        return [{str(item): False} for item in wanted.get("items") or []]
    if kind == "tags":
        return record.get("Tag") or []
    if kind == "widget":
        widget = wanted.get("widget")
        return {key: widget.get(key) for key in ("name", "id")} if isinstance(widget, dict) else None
    return {} if kind == "related_list" else [] if kind == "attachment" else None


def taken(call: Call, module: str, way: Way, place: JSON, record: JSON, data: JSON) -> Taken:
    """What was sent, checked. Raises ApiError for a value that the CRM does not take; unknown keys are left out.

    unverified: a value that the record has already need not be sent again; a checklist counts when all of it is ticked.
    """
    known = {str(one.get("api_name")): one for one in dicts(call.organisation.fields.get(module))}
    kept = (place.get("values") or {}).get(way.id) or {}
    found = Taken()
    for wanted in inputs_of(way):
        key, kind = key_of(wanted), str(wanted.get("type"))
        if not key:
            continue
        where = Place(key, f"$.blueprint[0].data.{key}")
        try:
            if kind == "field":
                _take_field(call, module, known.get(key), wanted, record, data, where, found)
                filled = _is_filled(found.values.get(key, record.get(key)))
            else:
                value = _other(call, wanted, kind, data[key], where) if key in data else kept.get(key)
                if value is not None:
                    found.others[key] = value
                filled = _is_done(kind, wanted, value)
        except ItemError as refused:
            raise as_api_error(refused) from refused
        if wanted.get("optional") is False:
            found.mandatory += 1
            found.given += filled
    return found


def as_api_error(refused: ItemError) -> ApiError:
    """The refusal of one value as this call's whole answer, which is one object. unverified: 400 for every code."""
    code = refused.code if refused.code in MESSAGES else "INVALID_DATA"
    return ApiError(code, refused.details, refused.message, 400)


def _take_field(
    call: Call, module: str, meta: JSON | None, wanted: JSON, record: JSON, data: JSON, where: Place, found: Taken
) -> None:
    name = where.api_name
    if meta is None or name not in data or call.viewer.field_permission(meta) != "read_write":
        return
    parent = parent_changes(call, meta, data[name], where)
    if parent is not None:
        found.parents.append(parent)
    value = kept_value(call, module, meta, data[name], record, where)
    found.values[name] = value
    check = wanted.get("validation_filter")
    if isinstance(check, dict) and not matches(record | found.values, check.get("criteria")):
        raise ItemError("INVALID_DATA", where.details(message=check.get("validation_message")))


def _other(call: Call, wanted: JSON, kind: str, value: Any, where: Place) -> Any:
    """A value that is no field's."""
    if kind == "notes":
        if not isinstance(value, str):
            raise where.invalid(expected_data_type="string")
        return value
    if kind in ("attachment", "tags") and not isinstance(value, list):
        raise where.invalid(expected_data_type="jsonarray")
    if kind == "attachment":
        return [_attachment(call, one, where.inside(n)) for n, one in enumerate(value)]
    if kind == "tags":
        return [{"name": str(one.get("name") if isinstance(one, dict) else one)} for one in value]
    if kind == "checklist":
        return _ticked(wanted, value, where)
    if not isinstance(value, dict):
        raise where.invalid(expected_data_type="jsonobject")
    if kind == "widget" and str(value.get("id")) != str((wanted.get("widget") or {}).get("id")):
        raise where.inside("id").invalid("the id given seems to be invalid")
    return value


def _attachment(call: Call, value: Any, where: Place) -> JSON:
    """{"$file_id": [ids of uploads]} or {"$link_url": address}."""
    if isinstance(value, dict) and isinstance(value.get("$link_url"), str) and value["$link_url"]:
        return {"$link_url": value["$link_url"]}
    ids = value.get("$file_id") if isinstance(value, dict) else None
    if not isinstance(ids, list) or not ids:
        raise where.missing()
    for n, one in enumerate(ids):
        if call.world.uploads.get(call.organisation.key, str(one)) is None:
            raise where.inside("$file_id").inside(n).invalid("the id given seems to be invalid")
    return {"$file_id": ids}


def _ticked(wanted: JSON, value: Any, where: Place) -> list[JSON]:
    """A checklist as [{item: true or false}], every item of it once; those not sent are not ticked."""
    sent: dict[str, bool] = {}
    for n, one in enumerate(value if isinstance(value, list) else [None]):
        if not isinstance(one, dict) or not all(isinstance(mark, bool) for mark in one.values()):
            raise where.inside(n).invalid(expected_data_type="jsonobject")
        sent |= one
    return [{str(item): sent.get(str(item), False)} for item in wanted.get("items") or []]


def _is_done(kind: str, wanted: JSON, value: Any) -> bool:
    if kind == "checklist":
        return isinstance(value, list) and all(mark for one in value for mark in one.values())
    return _is_filled(value)


def _is_filled(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


def _named(value: Any) -> str:
    return str(value.get("api_name") or "") if isinstance(value, dict) else ""
