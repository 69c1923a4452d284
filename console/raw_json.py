"""An answer of the CRM as a page prints it. Pure."""

import json

from crm_client.values import JSON, as_text

MOST_TEXT = 200_000


def pretty(value: JSON) -> str:
    """Indented JSON, as the CRM sent it; cut where it is longer than a page can carry."""
    try:
        text = json.dumps(value, ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return "(too deep or too long to be shown)"
    text = as_text(text)
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "\n… (cut)"
