"""What the CRM refuses when it is asked for a record's blueprint, code by code, in sentences. Pure.

source  GET /{module}/{record_id}/actions/blueprint: its documented errors. RECORD_NOT_IN_PROCESS and RECORD_LOCKED are
answers rather than errors, and are told by `stuck`.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_client.errors import CrmError

_SAID = {
    "INVALID_MODULE": (
        "No blueprint can be read in this module: the API does not know it, or your profile does not see its tab.",
        "Ask an administrator whether your profile sees the module; otherwise nothing is missing here.",
    ),
    "INVALID_DATA": (
        "Zoho CRM knows no record of this id any more.",
        "It may have been deleted just now; go back to the list.",
    ),
    "INVALID_REQUEST_METHOD": (
        "Zoho CRM did not take this way of asking for a record’s blueprint.",
        "It may be a fault of this console: tell whoever runs it the code.",
    ),
    "AUTHORIZATION_FAILED": (
        "Your profile may not read records of this module.",
        "Ask an administrator for the permission to view them.",
    ),
    "OAUTH_SCOPE_MISMATCH": (
        "This connection was not given the scope that reading records takes.",
        "The scope doctor says which one it is, and asks Zoho for it.",
    ),
    "INVALID_TOKEN": (
        "Zoho no longer accepts the sign-in of this connection.",
        "Sign in again to this organisation.",
    ),
    "NO_PERMISSION": (
        "You may not read this record: neither your role nor a sharing rule shows it to you.",
        "Ask its owner or an administrator to share it with you.",
    ),
    "INVALID_URL_PATTERN": (
        "Zoho CRM has no such address: the API of this organisation does not know blueprints.",
        "Look whether the edition of the organisation has blueprints.",
    ),
    "INTERNAL_ERROR": (
        "Zoho CRM had an internal error while it looked for the blueprint.",
        "Reload the page in a minute; the record itself is not affected.",
    ),
}  # fmt: skip


@dataclass(slots=True)
class Refusal:
    """`error` as it came; `sentence` and `todo` about blueprints in particular, "" where there is nothing to add."""

    error: CrmError
    sentence: str
    todo: str


def refusal(error: CrmError) -> Refusal:
    """What an error of the call means here."""
    return Refusal(error, *_SAID.get(error.code, ("", "")))
