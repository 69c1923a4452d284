"""The keys beginning with `$` that every record of a module carries, as the documentation's own records have them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from crm_client.standin.calls import Call
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts

CUT_LISTS = ("subform", "multiselectlookup", "multiuserlookup")
WITHOUT = ("Notes", "Attachments")  # which have keys of their own
_NO_REVIEW = {"approve": False, "reject": False, "resubmit": False}
USUAL: dict[str, Any] = {
    "$approval": {"delegate": False, **_NO_REVIEW},
    "$approval_state": "approved",
    "$converted_detail": {},
    "$editable": True,
    "$field_states": None,
    "$in_merge": False,
    "$locked_for_me": False,
    "$orchestration": False,
    "$pathfinder": False,
    "$process_flow": False,
    "$review": None,
    "$review_process": _NO_REVIEW,
    "$sharing_permission": "full_access",
    "$wizard_connection_path": None,
    "$zia_owner_assignment": "owner_recommendation_unavailable",
    "$zia_visions": None,
}


def value_of(call: Call, record: JSON, name: str) -> Any:
    """The value of one such key; None for one that nobody knows. unverified: the values of a record that tells none."""
    if name == "$locked_for_me" and str(record.get("id")) in call.world.faults.locked():
        return True
    if name == "$currency_symbol":
        return record.get(name, call.organisation.org.get("currency_symbol"))
    return record.get(name, USUAL.get(name))


def of_record(call: Call, module: JSON, record: JSON, shown: Collection[str]) -> JSON:
    """Every such key of a record of which these fields are shown.

    `$has_more` says of each list whether it was cut, which the stand-in never does. unverified: rows of subforms and
    links have none of these keys.
    """
    own = {key: value for key, value in record.items() if key.startswith("$")}
    name = str(module.get("api_name"))
    if module.get("generated_type") not in ("default", "custom") or name in WITHOUT:
        return own
    lists = [
        str(field.get("api_name"))
        for field in dicts(call.organisation.fields.get(name))
        if field.get("data_type") in CUT_LISTS and field.get("api_name") in shown
    ]
    usual = {key: value_of(call, record, key) for key in ("$currency_symbol", *USUAL)}
    return {**own, **usual, **({"$has_more": dict.fromkeys(lists, False)} if lists else {})}
