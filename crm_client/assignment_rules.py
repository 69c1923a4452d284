"""Assignment rules: who gets a new record; an insert may name one by its id (`lar_id`).

source  GET /settings/automation/assignment_rules  zoho.com/crm/developer/docs/api/v8/get-assignment-rules.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.names import checked_name
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_api_ref,
    as_id,
    as_list,
    as_object,
    as_ref,
    as_text,
    as_text_or_none,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport


@dataclass(slots=True)
class AssignmentRule:
    """One rule."""

    id: str
    name: str
    description: str
    module: Ref | None  # .name is the API name
    default_assignee: Ref | None
    created_time: str | None
    created_by: Ref | None
    modified_time: str | None
    modified_by: Ref | None
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> AssignmentRule:
        raw = as_object(raw)
        get = raw.get
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_text(get("description")),
            as_api_ref(get("module")),
            as_ref(get("default_assignee")),
            as_text_or_none(get("created_time")),
            as_ref(get("created_by")),
            as_text_or_none(get("modified_time")),
            as_ref(get("modified_by")),
            raw,
        )


class AssignmentRules:
    """`CrmClient.assignment_rules`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self, module: str | None = None) -> list[AssignmentRule]:
        """The rules of a module, or of all modules.

        module   api_name; the CRM knows rules for Leads, Contacts, Accounts, Deals and custom modules
        returns  [AssignmentRule]; empty when the CRM answers 204
        raises   NotFound, NotAllowed, ScopeMissing without ZohoCRM.settings.assignment_rules.READ, TooManyRequests,
                 any NoAnswer
        source   GET /settings/automation/assignment_rules
        """
        params = {"module": None if module is None else checked_name(module, "the assignment rules of")}
        what = "the assignment rules" if module is None else f"the assignment rules of {module}"
        body = self._transport.get("/settings/automation/assignment_rules", params, what=what)
        return as_list(body.get("assignment_rules"), AssignmentRule.from_api)
