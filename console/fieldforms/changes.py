"""An edit in words, field by field: what stood there, what will. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.fieldforms import kinds
from console.fieldforms.words import in_words, plain
from crm_client.values import JsonObject, as_id, as_objects

if TYPE_CHECKING:
    from console.fieldforms.form import RecordForm
    from console.fieldforms.reading import Reading


@dataclass(slots=True)
class Change:
    """One field that an edit changes. `name` is the input that an undo sets back."""

    api_name: str
    label: str
    before_text: str
    after_text: str
    name: str


def changes(form: RecordForm, before: JsonObject, reading: Reading) -> list[Change]:
    """What `reading.values` changes of the record, in the order of the form."""
    found = []
    for slot in form.slots:
        name = slot.api_name
        if name not in reading.values:
            continue
        was, will = before.get(name), reading.values[name]
        before_text, after_text = in_words(slot, was, form.zone), in_words(slot, will, form.zone)
        if slot.is_subform:
            after_text = _rows(before_text, as_objects(will))
        elif slot.link_key or slot.kind in (kinds.FILES, kinds.IMAGES):
            after_text = _links(as_objects(will), as_objects(was))
        elif slot.kind in kinds.REFERENCES and not slot.options and will is not None:
            after_text = next(iter(reading.typed.get(name, [])[-1:]), "").strip() or after_text  # has the name beside
        found.append(Change(name, slot.label, before_text, after_text, name))
    if "Layout" in reading.values:
        found.append(Change("Layout", "Layout", plain(before.get("Layout")) or "nothing", form.layout_label, "Layout"))
    return found


def _rows(before_text: str, rows: list[JsonObject]) -> str:
    counts = {
        "added": sum(1 for row in rows if "id" not in row),
        "changed": sum(1 for row in rows if "id" in row and "_delete" not in row and len(row) > 1),
        "removed": sum(1 for row in rows if "_delete" in row),
    }
    told = [f"{count} {word}" for word, count in counts.items() if count]
    return ", ".join(told) if told else f"{before_text} in another order"


def _links(items: list[JsonObject], stored: list[JsonObject]) -> str:
    names = {
        as_id(item.get("id")): plain({key: value for key, value in item.items() if key != "id"}) for item in stored
    }
    gone = [names.get(item["id"]) or item["id"] for item in items if "_delete" in item]
    added = sum(1 for item in items if "_delete" not in item)
    told = [f"{added} added"] if added else []
    return ", ".join(told + [f"without {name}" for name in gone])
