"""What an edit changes: only that is sent. Pure.

source  zoho.com/crm/developer/docs/api/v8/update-records.html, subforms
"""

from __future__ import annotations

from collections.abc import Iterable

from console.fieldforms import kinds
from console.fieldforms.reading import Reading
from console.fieldforms.slots import Slot
from crm_client.values import JSON, JsonObject, as_objects, as_texts

_ADDED = frozenset({kinds.MANY_LOOKUP, kinds.MANY_USERS, kinds.FILES, kinds.IMAGES})  # what is sent joins what is there
_OF_PARTS = frozenset({kinds.ROWS, kinds.RULE, kinds.ALARM, kinds.ANY_LOOKUP})


def keep_changes(slots: Iterable[Slot], reading: Reading, stored: Reading, before: JsonObject) -> None:
    """Leaves in `reading.values` what differs from the record, and forgets complaints about what does not.

    stored   the same form, filled with the record and read again: so no way of writing a value counts as a change
    """
    unchanged: set[str] = set()
    for slot in slots:
        name = slot.api_name
        if name not in reading.taken:
            if _is_typed_alike(slot, reading, stored):
                unchanged.add(name)
            continue
        value = reading.taken[name]
        if slot.kind in _ADDED:
            if value is not None:
                reading.values[name] = value
        elif slot.is_subform:
            _rows(slot, reading, stored, unchanged)
        elif slot.kind == kinds.MANY_PICK and _picked(value) == _picked(stored.taken.get(name)):
            unchanged.add(name)  # a form shows the options in their own order, the CRM keeps them in that of picking
        elif not _same(value, stored.taken.get(name)):
            reading.values[name] = [] if value is None and slot.kind in (kinds.MANY_PICK, kinds.ROWS) else value
        elif _is_typed_alike(slot, reading, stored):
            unchanged.add(name)
    if "What_Id" in reading.values or not _same(reading.taken.get("$se_module"), stored.taken.get("$se_module")):
        for name in ("What_Id", "$se_module"):
            if name in reading.taken:
                reading.values[name] = reading.taken[name]
    layout = reading.taken.get("Layout")
    if layout is not None and layout != _only_id(before.get("Layout")):
        reading.values["Layout"] = layout
    reading.problems = [
        problem
        for problem in reading.problems
        if problem.field not in unchanged and problem.path.rpartition(".")[0] not in unchanged
    ]


def _rows(slot: Slot, reading: Reading, stored: Reading, unchanged: set[str]) -> None:
    """Rows to send: those to keep by id alone, changed ones with what changed, new ones whole, and those to remove.

    Sending the ids of rows to keep is right whether the CRM appends rows or replaces them.
    """
    name = slot.api_name
    old = {row["id"]: row for row in as_objects(stored.taken.get(name)) if "id" in row}
    rows = as_objects(reading.taken.get(name))
    keys = reading.rows.get(name, [])
    to_send: list[JsonObject] = []
    is_changed = [row.get("id") for row in rows if row.get("id") in old] != list(old) if rows else False
    for number, row in enumerate(rows):
        id_ = row.get("id")
        if id_ not in old or "_delete" in row:
            to_send.append(row)
            is_changed = True
            continue
        changed = {key: value for key, value in row.items() if key != "id" and not _same(value, old[id_].get(key))}
        if not changed and _row_typed(slot, reading, number) == _row_typed(slot, stored, list(old).index(id_)):
            unchanged.add(f"{name}[{number}]")
        is_changed |= bool(changed)
        to_send.append({"id": id_, **changed})
    if is_changed and len(keys) == len(rows):
        reading.values[name] = to_send
    elif not is_changed and _is_typed_alike(slot, reading, stored):
        unchanged.add(name)


def _picked(value: JSON) -> list[str]:
    """What is picked, in an order of our own."""
    return sorted(as_texts(value))


def _same(one: JSON, other: JSON) -> bool:
    """Whether two values mean the same; 1 and True are two things, 1 and 1.0 are one."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def _is_typed_alike(slot: Slot, reading: Reading, stored: Reading) -> bool:
    """Whether the same stands in the slot's inputs as for the record itself."""
    name = slot.api_name
    if slot.kind not in _OF_PARTS:
        return reading.typed.get(name) == stored.typed.get(name)
    start = f"{name}-"
    names = {key for typed in (reading.typed, stored.typed) for key in typed if key == name or key.startswith(start)}
    return all(reading.typed.get(key) == stored.typed.get(key) for key in names)


def _row_typed(slot: Slot, reading: Reading, number: int) -> list[list[str] | None]:
    key = reading.rows[slot.api_name][number]
    return [reading.typed.get(f"{slot.api_name}-{key}-{column.api_name}") for column in slot.columns]


def _only_id(value: JSON) -> JSON:
    return {"id": value["id"]} if isinstance(value, dict) and "id" in value else None
