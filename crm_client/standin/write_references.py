"""Values that point at something: records, users, uploaded files, tags."""

from __future__ import annotations

from typing import Any

from crm_client.standin.calls import Call
from crm_client.standin.items import ItemError, Place
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts, is_active, reference_id
from crm_client.standin.write_fields import rules_of, title_of

BAD_ID = "the id given seems to be invalid"


def id_in(value: Any, place: Place) -> str:
    """The id of a reference object. Raises ItemError for anything else.

    unverified: the refusal of a wrong id names the field, and the place of the `id` inside it.
    """
    if not isinstance(value, dict):
        raise place.invalid(expected_data_type="jsonobject")
    id_ = value.get("id")
    if id_ is None:
        raise place.inside("id").missing()
    if not isinstance(id_, str) or not id_.isascii() or not id_.isdigit() or len(id_) > 19:
        raise place.inside("id").invalid(BAD_ID, expected_data_type="bigint")
    return id_


def record_reference(call: Call, module: str, value: Any, place: Place) -> JSON:
    """`{id, name}` of a record that exists."""
    id_ = id_in(value, place)
    record = call.store.record(module, id_)
    if record is None:
        raise place.inside("id").invalid(BAD_ID)
    return {"name": title_of(rules_of(call, module), record), "id": id_}


def lookup(call: Call, value: Any, field: JSON, place: Place) -> JSON:
    """A lookup: `{id, name}` of the record it names."""
    told = field.get("lookup")
    module = told.get("module") if isinstance(told, dict) else None
    name = str(module.get("api_name") or "") if isinstance(module, dict) else ""
    if name and call.organisation.module(name) is not None:
        return record_reference(call, name, value, place)
    # a saved organisation may not tell where the lookup leads
    return {"name": str(value.get("name") or ""), "id": id_in(value, place)}


def any_module_lookup(call: Call, value: Any, field: JSON, place: Place, named: str) -> JSON:
    """A lookup into one of several modules; `named` is the one that the request names beside it ("" for none).

    unverified: without a name the id decides which module is meant.
    """
    told = field.get("multi_module_lookup")
    allowed = dicts(told.get("modules")) if isinstance(told, dict) else []
    names = [str(one.get("api_name")) for one in allowed]
    inner = value.get("module") if isinstance(value, dict) else None
    asked = str(inner.get("api_name") or "") if isinstance(inner, dict) else inner if isinstance(inner, str) else named
    if asked and names and asked not in names:
        raise place.invalid(supported_values=names)
    id_ = id_in(value, place)
    for name in [asked] if asked else names:
        record = call.store.record(name, id_)
        if record is not None:
            module = call.organisation.module(name) or {}
            reference = {"name": title_of(rules_of(call, name), record), "id": id_}
            return {**reference, "module": {"api_name": name, "id": str(module.get("id") or "")}}
    raise place.inside("id").invalid(BAD_ID)


def user(call: Call, value: Any, place: Place) -> JSON:
    """A user of the organisation: `{name, id, email}`."""
    id_ = id_in(value, place)
    found = next((one for one in call.organisation.users if one.get("id") == id_), None)
    if found is None:
        raise place.inside("id").invalid(BAD_ID, owner_status="not_crm_user")
    if not is_active(found):
        raise place.inside("id").invalid(BAD_ID, owner_status=str(found.get("status")))
    return {"name": str(found.get("full_name") or found.get("name") or ""), "id": id_, "email": found.get("email")}


def files(call: Call, value: Any, field: JSON, before: list[JSON], place: Place) -> list[JSON]:
    """A file or image upload: what was sent is added, `{"id", "_delete": null}` takes one away.

    Raises ItemError: an id that no upload gave, more files than the field holds (`length`).
    """
    if not isinstance(value, list):
        raise place.invalid(expected_data_type="jsonarray")
    kept = list(before)
    for number, one in enumerate(value):
        here = place.inside(number)
        if not isinstance(one, dict):
            raise here.invalid(expected_data_type="jsonobject")
        if "_delete" in one:
            kept = _without(kept, str(one.get("id")), here)
            continue
        file_id = one.get("File_Id__s")
        if file_id is None and any(str(old.get("id")) == str(one.get("id")) for old in kept):
            continue  # a file that is there already, sent along
        if not isinstance(file_id, str) or not file_id:
            raise here.inside("File_Id__s").missing()
        known = call.world.uploads.get(call.organisation.key, file_id)
        if known is None:
            raise here.inside("File_Id__s").invalid()
        kept.append(
            {
                "id": call.store.new_id(),
                "File_Id__s": file_id,
                "File_Name__s": known.name,
                "Size__s": str(len(known.content)),
                "Owner__s": me(call),
                "Created_By__s": me(call),
                "Created_Time__s": call.now(),
            }
        )
    most = field.get("length")
    if isinstance(most, int) and len(kept) > most:
        raise place.invalid(maximum_length=most)
    return kept


def me(call: Call) -> JSON:
    """`{name, id}` of the caller, as answers name who did something."""
    who = call.viewer.user
    return {"name": str(who.get("full_name") or who.get("name") or ""), "id": call.viewer.id}


def tags(call: Call, value: Any, place: Place) -> list[JSON]:
    """Tags by name. unverified: those sent replace those that were there; an unknown one is made."""
    if not isinstance(value, list):
        raise place.invalid(expected_data_type="jsonarray")
    made = []
    for number, one in enumerate(value):
        here = place.inside(number)
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(name, str) or not name:
            raise here.inside("name").missing()
        if len(name) > 25:
            raise here.inside("name").invalid(maximum_length=25)
        made.append({"name": name, "id": call.store.tag_id(name), "color_code": None})
    return made


def linked(call: Call, value: Any, field: JSON, record: JSON, place: Place) -> list[JSON]:
    """A multi-select or multi-user lookup: what was sent is added, `{"id", "_delete": null}` takes one away.

    Returns the list as the record holds it. Raises ItemError: RECORD_LOCKED for a record that is locked,
    DUPLICATE_LINKING_DATA for one that is named twice.
    """
    if not isinstance(value, list):
        raise place.invalid(expected_data_type="jsonarray")
    name, target = other_side(field)
    kept = dicts(record.get(place.api_name))
    for number, one in enumerate(value):
        here = place.inside(number)
        if not isinstance(one, dict):
            raise here.invalid(expected_data_type="jsonobject")
        if "_delete" in one:
            kept = _without(kept, str(one.get("id")), here)
            continue
        key = name if name in one else place.api_name
        if key not in one:
            if any(str(old.get("id")) == str(one.get("id")) for old in kept):
                continue
            raise here.inside(name).missing()
        inner = here.inside(key)
        if target:
            made = record_reference(call, target, one[key], inner)
            if call.is_locked(target, made["id"]):
                sentence = "Sorry, you cannot perform this operation as the record is locked."
                raise ItemError("RECORD_LOCKED", inner.details(), sentence)
        else:
            made = user(call, one[key], inner)
        if any(reference_id(old.get(name)) == made["id"] for old in kept):
            raise ItemError("DUPLICATE_LINKING_DATA", inner.details())
        kept.append({"id": call.store.new_id(), name: made})
    return kept


def other_side(field: JSON) -> tuple[str, str]:
    """(name of the linking module's field that points to the other side, that side's module; "" for users)."""
    kind = str(field.get("data_type"))
    told = field.get(kind)
    told = told if isinstance(told, dict) else {}
    linking, connected = told.get("linking_details"), told.get("connected_details")
    inner = linking.get("connected_lookup_field") if isinstance(linking, dict) else None
    name = inner.get("api_name") if isinstance(inner, dict) else told.get("connectedlookup_apiname")
    module = connected.get("module") if isinstance(connected, dict) else told.get("connected_module")
    target = module.get("api_name") if isinstance(module, dict) else ""
    return str(name or field.get("api_name")), "" if kind == "multiuserlookup" else str(target or "")


def _without(kept: list[JSON], id_: str, place: Place) -> list[JSON]:
    left = [one for one in kept if str(one.get("id")) != id_]
    if len(left) == len(kept):
        raise place.inside("id").invalid(BAD_ID)
    return left
