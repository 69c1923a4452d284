"""Unique fields: no two records of a module have the same value (records.md)."""

from __future__ import annotations

from crm_client.standin.calls import Call
from crm_client.standin.items import ItemError, Place
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import reference_id
from crm_client.standin.write_fields import SYSTEM_FIELD, ModuleRules


def check(call: Call, rules: ModuleRules, values: JSON, own_id: str, place: Place) -> None:
    """Raises ItemError when another record has one of the unique values: one error, or all together."""
    errors = []
    for name in rules.unique:
        if values.get(name) in (None, "", []):
            continue
        others = [id_ for id_ in _holders(call, rules, name, values[name]) if id_ != own_id]
        if others:
            errors.append(_duplicate(call, rules.name, others, place.inside(name, name)))
    if len(errors) == 1:
        raise errors[0]
    if errors:
        items = [error.item() for error in errors]
        for item in items:
            del item["details"]["id"]  # among several it stands in duplicate_record alone
        raise ItemError("MULTIPLE_OR_MULTI_ERRORS", {"errors": items})


def existing(call: Call, rules: ModuleRules, values: JSON, asked: tuple[str, ...] | None) -> tuple[JSON, str] | None:
    """The record that an upsert means, and the field it was found by; None when there is none.

    The fields asked for come first, in their order, then the other unique ones; the module's own field is looked at
    when it is asked for, or first when nothing is. unverified: of several records with one value the oldest is meant.
    """
    own = SYSTEM_FIELD.get(rules.name, "Name")
    first = asked if asked is not None else (own,)
    for name in dict.fromkeys([*first, *rules.unique]):
        if values.get(name) in (None, "", []):
            continue
        for id_ in _holders(call, rules, name, values[name]):
            record = call.store.record(rules.name, id_)
            if record is not None:
                return record, name
    return None


def _holders(call: Call, rules: ModuleRules, name: str, value: object) -> list[str]:
    """Ids of the records with this value. Case counts only where the field says so."""
    ids = call.store.ids_with(rules.name, name, str(value))
    unique = rules.fields.get(name, {}).get("unique")
    if isinstance(unique, dict) and (unique.get("case_sensitive") or unique.get("casesensitive")) is True:
        return [id_ for id_ in ids if (call.store.record(rules.name, id_) or {}).get(name) == value]
    return ids


def _duplicate(call: Call, module: str, others: list[str], place: Place) -> ItemError:
    record = call.store.record(module, others[0]) or {}
    owner = next((one for one in call.organisation.users if one.get("id") == reference_id(record.get("Owner"))), None)
    shown = None
    if owner is not None:
        shown = {"name": owner.get("full_name"), "id": owner.get("id"), "zuid": owner.get("zuid")}
    told = call.organisation.module(module) or {}
    duplicate = {"Owner": shown, "module": {"api_name": module, "id": told.get("id")}, "id": others[0]}
    details = place.details(duplicate_record=duplicate, id=others[0], more_records=len(others) > 1)
    return ItemError("DUPLICATE_DATA", details)
