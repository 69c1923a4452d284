"""Where ordinary writing meets processes: the state field is guarded, and new or changed records may enter one."""

from __future__ import annotations

import re

from crm_client.standin.blueprint_engine import Engine
from crm_client.standin.calls import Call
from crm_client.standin.guards import AFTER_COMMIT, UPDATE_GUARDS
from crm_client.standin.items import ItemError
from crm_client.standin.organisation import JSON

_FROM = re.compile(rb"\bfrom\s+(\w+)", re.IGNORECASE)


def state_guard(call: Call, module: str, record: JSON, changes: JSON) -> ItemError | None:
    """Refuses a change of the state field around the process. unverified: `details`."""
    if module not in call.organisation.process_places:
        return None
    found = Engine(call).place(module, record)
    if found is None:
        return None
    field = found[0].field
    if field in changes and changes[field] != record.get(field):
        return ItemError("RECORD_IN_BLUEPRINT", {"api_name": field})
    return None


def after_commit(call: Call, module: str, record: JSON, op: str) -> None:
    """A record that was written may enter a process; one that was deleted leaves it."""
    engine = Engine(call)
    if op == "delete":
        if module in call.organisation.process_places:
            engine.keep(module, str(record.get("id")), None)
    elif "blueprint" in call.triggers and engine.place(module, record) is None:
        engine.enter(module, record)


def catch_up(call: Call) -> None:
    """Before a call looks at records, what was to run by itself until now has run."""
    module = call.parts.get("module", "")
    if not module and call.request.path.endswith("/coql"):
        found = _FROM.search(call.request.body)
        module = found[1].decode("ascii", "replace") if found else ""
    if module and call.organisation.blueprint_settings:
        Engine(call).catch_up(module)


def take_part() -> None:
    """Puts these functions where writing asks; doing it twice changes nothing."""
    if state_guard not in UPDATE_GUARDS:
        UPDATE_GUARDS.append(state_guard)
        AFTER_COMMIT.append(after_commit)


take_part()
