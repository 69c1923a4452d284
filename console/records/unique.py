"""Values that may stand in one record only: asked from the CRM before anything is sent."""

from console.fieldforms import Problem, RecordLink, RuleBook
from console.http import CrmRequest
from console.records.around import Around
from console.records.lines import name_of_record
from crm_client.errors import CrmError
from crm_client.values import JsonObject

MOST = 5  # fields that are asked about, a call each


def taken(
    request: CrmRequest, place: Around, book: RuleBook, values: JsonObject, record: JsonObject | None
) -> list[Problem]:
    """One warning for each unique value that another record has. Where the CRM cannot be asked, it will say so itself.

    record  the one that is being changed: its own values are no others'
    """
    own = str((record or {}).get("id", ""))
    found: list[Problem] = []
    for slot in book.unique_fields[:MOST]:
        value = values.get(slot.api_name)
        if not isinstance(value, str) or not value.strip():
            continue
        try:
            others = [
                one for one in request.crm.records.find(place.module.api_name, slot.api_name, value) if one.id != own
            ]
        except CrmError:
            continue
        if others:
            name = name_of_record(others[0].raw, place.known_fields) or others[0].id
            text = (
                f"{slot.label}: “{name}” ({others[0].id}) has this value already, and it may stand in one record only."
            )
            found.append(
                Problem(
                    None, slot.api_name, slot.api_name, slot.label, "unique", text, is_warning=True,
                    next_step="Zoho CRM will refuse it.", record=RecordLink(place.module.api_name, others[0].id),
                )
            )  # fmt: skip
    return found
