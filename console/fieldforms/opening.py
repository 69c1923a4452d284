"""What stands in the inputs for a record that the CRM holds. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from console.fieldforms import composites, kinds, scalars
from console.fieldforms.reading import Typed
from console.fieldforms.slots import Slot
from crm_client.values import JSON, JsonObject, as_id, as_object, as_objects, as_text, as_texts


def typed_of(slots: Iterable[Slot], record: JsonObject, zone: tzinfo) -> Typed:
    """By input name, what is typed there; links and files that the record has already are no typed values."""
    typed: Typed = {}
    for slot in slots:
        value = record.get(slot.api_name)
        if slot.kind == kinds.ANY_LOOKUP:
            module = as_text(as_object(as_object(value).get("module")).get("api_name"))
            typed[f"{slot.api_name}-module"] = [module or as_text(record.get("$se_module")) if value else ""]
        _put(slot, slot.api_name, value, zone, typed)
    return typed


def _put(slot: Slot, name: str, value: JSON, zone: tzinfo, typed: Typed) -> None:
    match slot.kind:
        case kinds.SHOWN:
            return
        case kinds.ROWS:
            rows = as_objects(value)
            typed[f"{name}-order"] = [str(number) for number in range(len(rows))]
            for number, row in enumerate(rows):
                if id_ := as_id(row.get("id")):
                    typed[f"{name}-{number}-id"] = [id_]
                opened = composites.opened_row(slot, row)
                for column in slot.columns:
                    _put(column, f"{name}-{number}-{column.api_name}", opened.get(column.api_name), zone, typed)
        case kinds.MANY_PICK:
            typed[name] = ["", *as_texts(value)]
        case kinds.MANY_LOOKUP | kinds.MANY_USERS | kinds.FILES | kinds.IMAGES:
            typed[name] = []
        case kinds.TAGS:
            typed[name] = [composites.typed_tags(value)]
        case kinds.TAXES:
            typed[name] = [composites.typed_taxes(value)]
        case kinds.RULE:
            typed |= {f"{name}-{part}": [text] for part, text in composites.typed_rule(value).items()}
        case kinds.ALARM:
            typed |= {f"{name}-{part}": [text] for part, text in composites.typed_alarm(value, zone).items()}
        case _:
            typed[name] = [scalars.typed(slot, value, zone)]
