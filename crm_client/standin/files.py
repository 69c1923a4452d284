"""Files of fields, attachments and photos of records (records.md, "Files and attachments")."""

from __future__ import annotations

from urllib.parse import urlsplit

from crm_client.standin.calls import MAX_PER_PAGE, Call
from crm_client.standin.errors import ApiError, bad_param, bad_path_part, missing_param, no_permission
from crm_client.standin.items import ItemError, answered, done
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.records import field_names, module_of, record_of
from crm_client.standin.routing import Route
from crm_client.standin.token_pages import page_of
from crm_client.standin.uploads import Upload, file_answer, files_of, image_type
from crm_client.standin.viewer import dicts, reference_id
from crm_client.standin.write_fields import rules_of, title_of

ATTACHMENTS = "Attachments"
LARGEST_PHOTO = 10 * 1024 * 1024
NO_RECORD = "the related id given seems to be invalid"
MADE_UP = b"This file stands for one that nobody has uploaded to the stand-in.\n"


def _upload(call: Call) -> Answer:
    """POST /files: up to ten files; nothing is kept when one of them is refused."""
    items = []
    for sent in files_of(call.request):
        id_ = call.world.uploads.add(call.organisation.key, sent.name, sent.content, sent.content_type)
        items.append(done({"name": sent.name, "id": id_}, f"{sent.name} uploaded successfully"))
    return answered(items, 200)


def _file(call: Call) -> Answer:
    """GET /files?id=; 204 for an unknown id."""
    upload = call.world.uploads.get(call.organisation.key, call.needed("id"))
    return Answer(204) if upload is None else file_answer(upload)


def _field_file(call: Call) -> Answer:
    """GET /{module}/{id}/actions/download_fields_attachment?fields_attachment_id=

    unverified: an id that no field of the record holds gives 204. The files that the made records speak of were never
    uploaded: a line of text stands for them.
    """
    _, record = _parent(call)
    wanted = call.needed("fields_attachment_id")
    for value in record.values():
        for one in dicts(value):
            if one.get("id") == wanted and "File_Id__s" in one:
                return file_answer(_content(call, str(one["File_Id__s"]), str(one.get("File_Name__s") or "file")))
    return Answer(204)


def _content(call: Call, file_id: str, name: str) -> Upload:
    upload = call.world.uploads.get(call.organisation.key, file_id)
    return upload or Upload(file_id, name, MADE_UP, "application/octet-stream")


def _parent(call: Call) -> tuple[JSON, JSON]:
    """The module and the record that the path names. Raises ApiError."""
    module = module_of(call)
    record = record_of(call, str(module["api_name"]))
    if record is None:
        raise bad_path_part(1, NO_RECORD)
    return module, record


def _check_edit(call: Call, module: JSON) -> None:
    """unverified: whoever may edit a record may attach to it and take away from it."""
    name = str(module["api_name"])
    if not call.viewer.may_do("Edit", name):
        raise no_permission(f"Crm_Implied_Edit_{name}", "Permission denied to add attachments")


def attachments_of(call: Call, record: JSON) -> list[JSON]:
    """The attachments of a record, newest first."""
    id_ = str(record.get("id"))
    found = [one for one in dicts(call.store.all(ATTACHMENTS)) if reference_id(one.get("Parent_Id")) == id_]
    return sorted(found, key=lambda one: str(one.get("id")), reverse=True)


def _attachments(call: Call) -> Answer:
    """GET /{module}/{id}/Attachments?fields="""
    _, record = _parent(call)
    names = field_names(call)
    wanted = [part for part in call.param("ids").split(",") if part]
    by_id = {str(one.get("id")): one for one in attachments_of(call, record) if not wanted or one.get("id") in wanted}
    found = page_of(call, call.number("per_page", MAX_PER_PAGE, MAX_PER_PAGE), lambda: list(by_id))
    ids, info = found or ((), {})
    data = [{name: by_id[id_].get(name) for name in names} | {"id": id_} for id_ in ids if id_ in by_id]
    return json_answer({"data": data, "info": info | {"count": len(data)}}) if data else Answer(204)


def _attach(call: Call) -> Answer:
    """POST /{module}/{id}/Attachments: one file, or a link (`attachmentUrl`, `title`)."""
    module, record = _parent(call)
    _check_edit(call, module)
    link = call.param("attachmentUrl")
    if link:
        parts = urlsplit(link)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise bad_param("attachmentUrl")
        values: JSON = {"File_Name": call.param("title") or link, "$link_url": link, "$type": "Link URL", "Size": "0"}
        file_id = None
    else:
        sent = files_of(call.request)[0]
        file_id = call.world.uploads.add(call.organisation.key, sent.name, sent.content, sent.content_type)
        values = {"File_Name": sent.name, "$link_url": None, "$type": "Attachment", "Size": str(len(sent.content))}
    name = str(module["api_name"])
    parent = {"name": title_of(rules_of(call, name), record), "id": record["id"], "module": _named(module)}
    stamps = stamped(call)
    new = {
        "id": call.store.new_id(ATTACHMENTS),
        **values,
        "$file_id": file_id,
        "$se_module": name,
        "$state": "save",
        "$editable": True,
        "Parent_Id": parent,
        "Owner": stamps["Created_By"],
        **stamps,
    }
    with call.store.lock:
        call.store.put(ATTACHMENTS, new)
        call.commit(ATTACHMENTS, str(new["id"]), "insert", {"File_Name": new["File_Name"], "Parent_Id": parent["id"]})
    return answered([done({**stamps, "id": new["id"]}, "attachment uploaded successfully")], 200)


def _named(module: JSON) -> JSON:
    return {"api_name": module["api_name"], "id": module.get("id")}


def stamped(call: Call) -> JSON:
    """Who made something just now, as records and answers tell it."""
    user = call.viewer.user
    me = {"name": user.get("full_name"), "id": call.viewer.id, "email": user.get("email")}
    now = call.now()
    return {"Created_By": me, "Created_Time": now, "Modified_By": me, "Modified_Time": now}


def _attachment(call: Call) -> Answer:
    """GET /{module}/{id}/Attachments/{attachment}: its bytes; 204 for an unknown id, and for a link."""
    _, record = _parent(call)
    wanted = call.parts["attachment"]
    for one in attachments_of(call, record):
        if str(one.get("id")) == wanted and one.get("$link_url") is None:
            return file_answer(_content(call, str(one.get("$file_id")), str(one.get("File_Name") or "file")))
    return Answer(204)


def _detach(call: Call) -> Answer:
    """DELETE /{module}/{id}/Attachments/{attachment}, or of several with ?ids="""
    module, record = _parent(call)
    _check_edit(call, module)
    alone = call.parts.get("attachment")
    ids = [alone] if alone else [part for part in call.param("ids").split(",") if part]
    if not ids:
        raise missing_param("ids")
    items = []
    with call.store.lock:
        known = {str(one.get("id")) for one in attachments_of(call, record)}
        for id_ in ids:
            if id_ not in known:
                items.append(ItemError("INVALID_DATA", {"id": id_}, "record not deleted").item())
                continue
            known.discard(id_)
            call.store.remove(ATTACHMENTS, [id_])
            call.commit(ATTACHMENTS, id_, "delete", {})
            items.append(done({"id": id_}, "record deleted"))
    return answered(items, 200)


def _photo(call: Call) -> Answer:
    """GET /{module}/{id}/photo; 204 without one."""
    _, record = _parent(call)
    file_id = record.get("Record_Image")
    return file_answer(_content(call, file_id, "photo")) if isinstance(file_id, str) and file_id else Answer(204)


def _set_photo(call: Call) -> Answer:
    """POST /{module}/{id}/photo. unverified: what is no image is refused like one that is too large (415)."""
    module, record = _parent(call)
    _check_edit(call, module)
    sent = files_of(call.request)[0]
    kind = image_type(sent.content)
    if kind is None or len(sent.content) > LARGEST_PHOTO:
        raise ApiError("FILE_SIZE_MORE_THAN_ALLOWED_SIZE")
    file_id = call.world.uploads.add(call.organisation.key, sent.name, sent.content, kind)
    _keep_photo(call, module, record, file_id)
    return json_answer(
        {"code": "SUCCESS", "details": {}, "message": "photo uploaded successfully", "status": "success"}
    )


def _remove_photo(call: Call) -> Answer:
    """DELETE /{module}/{id}/photo"""
    module, record = _parent(call)
    _check_edit(call, module)
    _keep_photo(call, module, record, None)
    return json_answer({"code": "SUCCESS", "details": {}, "message": "photo deleted successfully", "status": "success"})


def _keep_photo(call: Call, module: JSON, record: JSON, file_id: str | None) -> None:
    name = str(module["api_name"])
    with call.store.lock:
        latest = call.store.record(name, str(record["id"])) or record
        call.store.put(name, latest | {"Record_Image": file_id})
        call.commit(name, str(record["id"]), "update", {"Record_Image": file_id})


_OF_RECORD = "ZohoCRM.modules.{item}"
_OF_FILES = "ZohoCRM.modules.attachments"
_LIST, _ONE, _PHOTO = "/{module}/{id}/Attachments", "/{module}/{id}/Attachments/{attachment}", "/{module}/{id}/photo"
_READ = (f"{_OF_RECORD}.READ",)
ROUTES = [
    Route("POST", "/files", ("ZohoCRM.Files.CREATE",), _upload),
    Route("GET", "/files", ("ZohoCRM.Files.READ",), _file),
    Route("GET", "/{module}/{id}/actions/download_fields_attachment", _READ, _field_file),
    Route("POST", _LIST, (f"{_OF_RECORD}.CREATE", f"{_OF_FILES}.CREATE"), _attach),
    Route("GET", _LIST, (*_READ, f"{_OF_FILES}.READ"), _attachments),
    Route("DELETE", _LIST, (f"{_OF_RECORD}.DELETE", f"{_OF_FILES}.DELETE"), _detach),
    Route("GET", _ONE, (*_READ, f"{_OF_FILES}.READ"), _attachment),
    Route("DELETE", _ONE, (f"{_OF_RECORD}.DELETE", f"{_OF_FILES}.DELETE"), _detach),
    Route("GET", _PHOTO, _READ, _photo),
    Route("DELETE", _PHOTO, (f"{_OF_RECORD}.DELETE",), _remove_photo),
    Route("POST", _PHOTO, (f"{_OF_RECORD}.CREATE",), _set_photo),
]
