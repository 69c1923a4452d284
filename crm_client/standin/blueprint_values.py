"""One field's value sent with a transition: checked like that of a record update, and kept like one."""

from __future__ import annotations

from typing import Any

from crm_client.standin.calls import Call
from crm_client.standin.items import Place
from crm_client.standin.kept_values import BAD_ID, Reading
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts
from crm_client.standin.write_references import id_in


def kept_value(call: Call, module: str, field: JSON, value: Any, record: JSON, where: Place) -> Any:
    """The value as the record keeps it; None for null and empty text. Raises ItemError."""
    if value == "":
        value = None
    if field.get("data_type") == "phone" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # the documentation's own sample sends a number
    reading = Reading(call, True, record, {where.api_name: value}, None)
    return reading.keep(module, field, value, where, record)


def parent_changes(call: Call, field: JSON, value: Any, where: Place) -> tuple[str, JSON, JSON] | None:
    """(module, record, new values) where a lookup's object carries values for the record it names; else None.

    Raises ItemError: no such record, or a value that its field does not take.
    """
    if field.get("data_type") != "lookup" or not isinstance(value, dict) or not set(value) - {"id", "name"}:
        return None
    told = field.get("lookup")
    target = told.get("module") if isinstance(told, dict) else None
    module = str(target.get("api_name") or "") if isinstance(target, dict) else ""
    parent = call.store.record(module, id_in(value, where)) if module else None
    if parent is None:
        raise where.inside("id").invalid(BAD_ID)
    # unverified: the documentation's sample writes `phone` in lower case
    known = {str(one.get("api_name")).casefold(): one for one in dicts(call.organisation.fields.get(module))}
    values: JSON = {}
    for key, part in value.items():
        meta = known.get(key.casefold())
        if key not in ("id", "name") and meta is not None:
            name = str(meta.get("api_name"))
            values[name] = kept_value(call, module, meta, part, parent, where.inside(key, name))
    return module, parent, values
