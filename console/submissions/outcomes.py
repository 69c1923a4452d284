"""What becomes of a row."""

from dataclasses import dataclass, field

from console.submissions.models import Row
from crm_client.values import JsonObject


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a row. `details` as the CRM sent them."""

    state: Row.State
    crm_id: str = ""
    code: str = ""
    message: str = ""
    details: JsonObject = field(default_factory=dict)
    needs_person: bool = False
