"""What a transition leaves beside the record: a note, attachments, one new related record, values of parent records."""

from __future__ import annotations

from crm_client.standin.blueprint_inputs import Taken, inputs_of
from crm_client.standin.blueprint_process import Way
from crm_client.standin.calls import Call
from crm_client.standin.files import ATTACHMENTS, stamped
from crm_client.standin.notes import NOTES
from crm_client.standin.organisation import JSON
from crm_client.standin.record_writer import RecordWriter
from crm_client.standin.viewer import dicts
from crm_client.standin.write_fields import rules_of, title_of
from crm_client.standin.write_request import Order


def leave(call: Call, module: str, way: Way, record: JSON, sent: Taken) -> None:
    """Writes all of it. Raises ItemError before anything is written: the related record is not one that can be."""
    for name, row in _related(call, module, way, record, sent):
        RecordWriter(call, name, Order([row], frozenset(), None, None)).insert(row, 0)
    found = call.organisation.module(module) or {}
    stamps = stamped(call)
    parent = {
        "name": title_of(rules_of(call, module), record),
        "id": record["id"],
        "module": {"api_name": module, "id": found.get("id")},
    }
    beside = {"Parent_Id": parent, "Owner": stamps["Created_By"], **stamps}
    if "Notes" in sent.others:
        texts = {"Note_Title": None, "Note_Content": sent.others["Notes"]}
        _put(call, NOTES, {"$editable": True, "$voice_note": False, "$attachments": None, **texts, **beside})
    for one in sent.others.get("Attachments") or []:
        for file in _files(call, one):
            _put(call, ATTACHMENTS, {"$se_module": module, "$state": "save", "$editable": True, **file, **beside})


def write_parents(call: Call, sent: Taken) -> None:
    """Writes the values that were sent for records behind lookups."""
    for module, parent, values in sent.parents:
        stamps = stamped(call)
        changed = {key: stamps[key] for key in ("Modified_By", "Modified_Time")}
        call.store.put(module, parent | values | changed)
        call.commit(module, str(parent["id"]), "update", values)


def _related(call: Call, module: str, way: Way, record: JSON, sent: Taken) -> list[tuple[str, JSON]]:
    """(module, row) of the new related records, each tied to the record by the field that points here."""
    lists = {str(one.get("api_name")): one for one in dicts(call.organisation.related_lists.get(module))}
    made = []
    for wanted in inputs_of(way):
        named = wanted.get("related_list")
        name = str(named.get("api_name")) if isinstance(named, dict) else ""
        if wanted.get("type") == "related_list" and name in sent.others:
            target = lists.get(name, {}).get("module")
            other = str(target.get("api_name")) if isinstance(target, dict) else name
            tie = _pointing_at(call, other, module)
            row = dict(sent.others[name])
            if tie:
                row |= {tie: {"id": record["id"]}, "$se_module": module}
            made.append((other, row))
    return made


def _pointing_at(call: Call, module: str, target: str) -> str:
    """The field of a module that refers to records of another; "" when there is none."""
    for field in dicts(call.organisation.fields.get(module)):
        if field.get("data_type") == "multi_module_lookup":
            told = field.get("multi_module_lookup")
            several = dicts(told.get("modules")) if isinstance(told, dict) else []
            if any(one.get("api_name") == target for one in several):
                return str(field.get("api_name"))
        lookup = field.get("lookup")
        to = lookup.get("module") if isinstance(lookup, dict) else None
        if isinstance(to, dict) and to.get("api_name") == target:
            return str(field.get("api_name"))
    return ""


def _files(call: Call, one: JSON) -> list[JSON]:
    """The attachments that one item of `Attachments` stands for."""
    link = one.get("$link_url")
    if link:
        return [{"File_Name": link, "$link_url": link, "$type": "Link URL", "Size": "0", "$file_id": None}]
    found = []
    for id_ in one.get("$file_id") or []:
        upload = call.world.uploads.get(call.organisation.key, str(id_))
        if upload is not None:
            size = str(len(upload.content))
            found.append({"File_Name": upload.name, "$link_url": None, "$type": "Attachment", "Size": size,
                          "$file_id": id_})  # fmt: skip
    return found


def _put(call: Call, module: str, values: JSON) -> None:
    new = {"id": call.store.new_id(module), **values}
    call.store.put(module, new)
    call.commit(module, new["id"], "insert", {"Parent_Id": values["Parent_Id"]["id"]})
