"""What a row or a submission says of itself: what happened, what is safe, what to do next. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from crm_client.errors import CrmError, NotAllowed, ReauthRequired, ScopeMissing, SignInRefused, TokenRefused

if TYPE_CHECKING:
    from console.submissions.models import Row

AUTOMATION = {
    "workflow": "workflow rules",
    "approval": "approval processes",
    "blueprint": "blueprints",
    "pathfinder": "PathFinder journeys",
    "orchestration": "CommandCenter orchestrations",
}
_SENT_UNKNOWN = (
    "It was sent, and no answer came that settles it. Whether Zoho CRM has it is being looked up; do not enter it "
    "again: this page says when it is known, or asks you. It is not sent again blindly."
)
_NO_ANSWER = "It was sent, and no answer came that settles it; "
_BY_HAND = {
    "SENT-UNKNOWN": (
        f"{_NO_ANSWER}the console cannot be certain which record in Zoho CRM is it. "
        "Look at them and choose, or send it again if none is it."
    ),
    "NOT-FOUND-SEND-AGAIN": (
        f"{_NO_ANSWER}looking for two minutes found no such record of yours in Zoho CRM. "
        "Look there yourself if you like, then send it again."
    ),
    "MOVED-BY-OTHER": (
        f"{_NO_ANSWER}the record was changed about then or since, by you, by somebody "
        "else or by a rule of the organisation. Look at it: say that it is there if it is as you want it; else make "
        "the change anew or, where that is offered, send it again over what stands there now."
    ),
    "CRM-DENIED": (
        f"{_NO_ANSWER}Zoho CRM does not let the console look for it there. "
        "Look in Zoho CRM yourself, then choose the record or send it again."
    ),
    "CONNECTION-OVER": (
        f"{_NO_ANSWER}the organisation was disconnected since, so the console cannot "
        "look. Look in Zoho CRM yourself, then say which record it is, or give it up; it cannot be sent from here."
    ),
}
_NEXT = {
    "MANDATORY_NOT_FOUND": "Fill it in, then send the row again.",
    "INVALID_DATA": "Correct the value, then send the row again.",
    "DUPLICATE_DATA": "Change the record that exists, or use another value.",
    "RECORD_LOCKED": "Have the record unlocked in Zoho CRM, then send the row again.",
    "ALREADY_MODIFIED": "Open the record as it is now, and make your change again.",
    "NOT_APPROVED": "Wait until the record is approved, then send the row again.",
    "RECORD_IN_BLUEPRINT": "Move the record by a transition of its blueprint instead.",
    "INVALID_MODULE": "Check whether your profile sees this module.",
}


def automation(trigger: list[str] | None) -> str:
    """Which automations a call lets run."""
    if trigger is None:
        return "All automation runs: workflow rules, approval processes, blueprints and the rest."
    if not trigger:
        return "No automation runs."
    names = [AUTOMATION.get(name, name) for name in trigger]
    shown = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"Only {shown} run{'s' if len(names) == 1 and not shown.endswith('s') else ''}."


def of_row(row: Row) -> str:
    """Why a row is where it is; "" when its state says it all."""
    if row.state == "unknown":
        return _BY_HAND.get(row.code, _BY_HAND["SENT-UNKNOWN"]) if row.needs_person else _SENT_UNKNOWN
    if row.state == "failed":
        field = row.details.get("api_name")
        where = f", field {field}" if isinstance(field, str) and field else ""
        said = (row.message or "no reason given").rstrip(".")
        return f"Zoho CRM refused it: {said}{where}. {_NEXT.get(row.code, 'Nothing was written.')}".strip()
    return row.message


def why_paused(error: CrmError, verb: str, module: str) -> str:
    """Why nothing more is sent until a person does something."""
    if isinstance(error, ScopeMissing):
        scope = f" ({error.scope})" if error.scope else ""
        return (
            f"This connection was not granted access to {verb} records of {module}{scope}. "
            "What is left waits here; grant the access, then go on."
        )
    if isinstance(error, NotAllowed):
        names = ", ".join(error.permissions)
        missing = f": missing permission {names}" if names else ""
        return (
            f"Your profile in Zoho CRM may not {verb} records of {module}{missing} ({error.code or error.status}). "
            "What is left waits here; ask an administrator for the permission, then go on."
        )
    if isinstance(error, ReauthRequired | TokenRefused):
        return "Zoho no longer accepts this sign-in. What is left waits here. Reconnect to go on."
    if isinstance(error, SignInRefused):
        return f"{error.sentence()} What is left waits here. {error.next_step}"
    return f"{error.sentence()} It was tried several times. What is left waits here; go on when you think it is over."


def why_waiting(error: CrmError, until: datetime) -> str:
    what = {
        "CRM-LIMIT": "Zoho asks for a pause",
        "SIGNIN-LIMIT": "Zoho asks for a pause before it gives another token",
    }.get(error.message_code, "Zoho CRM cannot be reached, so nothing was sent")
    return until_then(what, until)


def until_then(what: str, until: datetime) -> str:
    return f"{what}. Waiting for Zoho until {until:%H:%M:%S} UTC, then it goes on by itself."
