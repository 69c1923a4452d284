"""Where processes take part in writing: what may stop a change, and who is told when one has happened.

The engine of the blueprints puts its own functions here; nothing else of the writing calls knows of it.
"""

from __future__ import annotations

from collections.abc import Callable

from crm_client.standin.calls import Call
from crm_client.standin.items import ItemError, Place
from crm_client.standin.organisation import JSON

# (call, module, the record as it is, the values that will change) → why not
Guard = Callable[[Call, str, JSON, JSON], ItemError | None]
# (call, module, the record as it now is, "insert", "update" or "delete"); the store's lock is held
Observer = Callable[[Call, str, JSON, str], None]


def state_field_guard(call: Call, module: str, record: JSON, changes: JSON) -> ItemError | None:
    """The state field of a running blueprint is changed by its transitions only."""
    process = call.organisation.record_blueprints.get((module, str(record.get("id"))))
    info = process.get("process_info") if isinstance(process, dict) else None
    name = info.get("api_name") if isinstance(info, dict) else None
    if name and name in changes and changes[name] != record.get(name):
        return ItemError("RECORD_IN_BLUEPRINT", {"api_name": str(name)})
    return None


UPDATE_GUARDS: list[Guard] = [state_field_guard]
AFTER_COMMIT: list[Observer] = []


def check_update(call: Call, module: str, record: JSON, changes: JSON, place: Place) -> None:
    """Raises the first refusal; `place` is the record in the request."""
    for guard in UPDATE_GUARDS:
        refusal = guard(call, module, record, changes)
        if refusal is not None:
            name = refusal.details.get("api_name")
            if name:
                refusal.details.setdefault("json_path", place.inside(str(name)).path)
            raise refusal


def committed(call: Call, module: str, record: JSON, op: str) -> None:
    """Tells everybody who wants to know."""
    for observer in AFTER_COMMIT:
        observer(call, module, record, op)
