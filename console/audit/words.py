"""Audit entries in words. Pure."""

from collections.abc import Mapping
from typing import Any

ACTIONS = {
    "browser.ended": "Signed one browser out",
    "browser.ended_everywhere": "Signed browsers out",
    "connection.added": "Connected an organisation",
    "connection.asked": "Signed in to a further organisation",
    "connection.ended": "Disconnected an organisation",
    "connection.foreign_host": "Zoho named a host that was not used",
    "connection.renewed": "Signed in to an organisation again",
    "connection.secret_unreadable": "A stored token did not open",
    "connection.writing_allowed": "Allowed changes",
    "connection.writing_ended": "Went back to reading only",
    "job.cancelled": "Stopped a job",
    "job.started": "Started a job",
    "operator.made": "Was made an operator",
    "operator.removed": "Is no operator any more",
    "records.cancelled": "Cancelled rows that were not sent yet",
    "records.decided": "Decided about a row without an answer",
    "records.paused": "Paused a submission",
    "records.resumed": "Let a submission go on",
    "records.sent_again": "Sent refused rows again",
    "records.written": "Wrote records",
    "sign_in": "Signed in",
    "sign_in.foreign_server": "A sign-in named a foreign server and was refused",
    "sign_in.not_ours": "A sign-in that did not start here was refused",
    "sign_in.organisation_not_allowed": "A sign-in of an organisation that may not use this console was refused",
    "sign_in.refused": "Zoho refused a sign-in",
    "sign_out": "Signed out",
}
_SHOWN = 3


def action_words(action: str) -> str:
    """What was done, for people: "Connected an organisation"; of an action without words of its own its name."""
    if action in ACTIONS:
        return ACTIONS[action]
    thing, _, happened = action.replace("_", " ").partition(".")
    return f"{thing.capitalize()}: {happened}" if happened else thing.capitalize()


def detail_words(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The particulars as (name, text); of a long list its first few and how many more there are."""
    return [(name.replace("_", " "), _text(value)) for name, value in detail.items()]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        more = len(value) - _SHOWN
        shown = ", ".join(_text(one) for one in value[:_SHOWN])
        return f"{shown} and {more} more" if more > 0 else shown
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_text(one)}" for name, one in value.items())
    return "none" if value is None else str(value)
