"""Bulk Write: an archive is sent, an order names it, a job writes its rows, a result tells of each (bulk.md, part 3).

Not served: several files for subforms and links (`parent_column_index`). unverified: no automation runs for the rows,
polling needs the scope of the order, and an irregular refusal of an upload comes under HTTP 400.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from crm_client.standin.bulk_jobs import Job, check_callback, zipped
from crm_client.standin.bulk_rows import Mapping, RowWriter, mappings_of
from crm_client.standin.calls import Call
from crm_client.standin.errors import ApiError
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.uploads import parts_of
from crm_client.standin.write_fields import SYSTEM_FIELD, rules_of
from crm_client.standin.write_request import writable_module

LARGEST = 25 * 1024 * 1024  # bytes of an archive
LARGEST_FILE = 256 * 1024 * 1024  # bytes of the file in it. unverified
MOST_ROWS, MOST_COLUMNS = 25_000, 200
NOT_WRITTEN = ("Notes", "Attachments", "Events", "Calls")
VERBS = {"insert": "Create", "update": "Edit", "upsert": "Create"}
DELIMITERS = ",;:|"
SHOWN = 3  # mapped columns that the result repeats
STEP = 20  # rows written in one go


def _upload(call: Call) -> Answer:
    """POST /crm/v8/upload at the upload host."""
    headers = call.request.headers
    if headers.get("feature") != "bulk-write" or headers.get("x-crm-org") != call.organisation.org.get("zgid"):
        irregular = {
            "ERROR_MESSAGE": "Bad Request",
            "ERROR_CODE": 400,
            "x-error": "check if headers [feature, X-CRM-ORG] are present and valid",
            "info": "Forbidden",
            "x-info": "Link not valid",
            "http_status": "400",
        }
        return json_answer(irregular, 400)
    sent = next((part.content for part in parts_of(call.request) if part.content), None)
    if sent is None:
        raise ApiError("MANDATORY_NOT_FOUND", {"api_name": "file"}, "required field not found")
    if len(sent) > LARGEST:
        raise ApiError("FILE_TOO_LARGE")
    if not zipfile.is_zipfile(io.BytesIO(sent)):
        raise ApiError("INVALID_FILE_FORMAT")
    details = {"file_id": call.world.jobs.add_file(call, sent), "created_time": call.now()}
    body = {"status": "success", "code": "FILE_UPLOAD_SUCCESS", "message": "file uploaded.", "details": details}
    return json_answer(body)


def _missing(key: str) -> ApiError:
    return ApiError("MISSING_REQUIRED_KEY", {"api_name": key}, f"required key {key} is not found in request body.")


def _create(call: Call) -> Answer:
    """POST /crm/bulk/v8/write"""
    body = call.json_object()
    operation = body.get("operation")
    if operation is None:
        raise _missing("operation")
    if operation not in VERBS:
        raise ApiError("INVALID_DATA", {"api_name": "operation", "supported_values": list(VERBS)})
    callback = check_callback(body)
    listed = body.get("resource")
    if not isinstance(listed, list) or not listed or not isinstance(listed[0], dict):
        raise _missing("resource")
    if len(listed) > 1:
        raise ApiError("CANNOT_PROCESS", {"api_name": "resource"}, "the stand-in takes one file at a time")
    resource = listed[0]
    module = _module(call, resource, operation)
    find_by = _find_by(call, module, resource, operation)
    name, header, rows = _table(call, resource)
    mappings = mappings_of(call, module, resource.get("field_mappings"), header, operation)
    order = _shown(body, resource, module, name) | ({} if callback is None else {"callback": callback})
    job = Job(call.store.new_id(), call, operation, order, call.world.clock.now(), iter(()))
    call.triggers = frozenset()
    writer = RowWriter(call, module, operation, find_by, mappings, ignore_empty=body.get("ignore_empty") is True)
    job.told = {"added_count": 0, "skipped_count": 0, "updated_count": 0, "total_count": len(rows)}
    job.work = _work(job, writer, f"{module}-{name}", rows)
    call.world.jobs.add(job)
    details = {"id": job.id, "created_by": job.head()["created_by"]}
    return json_answer({"status": "success", "code": "SUCCESS", "message": "success", "details": details}, 201)


def _module(call: Call, resource: JSON, operation: str) -> str:
    told = resource.get("module")
    name = str(told.get("api_name") or "") if isinstance(told, dict) else ""
    if call.organisation.module(name) is None or name in NOT_WRITTEN:
        raise ApiError("MODULE_NOT_AVAILABLE", {"module": name}, f"Requested module '{name}' is not available.")
    call.parts["module"] = name
    for verb in dict.fromkeys((VERBS[operation], "Edit" if operation == "upsert" else VERBS[operation])):
        writable_module(call, verb)
    return name


def _find_by(call: Call, module: str, resource: JSON, operation: str) -> str:
    """The field by which rows are found; "" for an insert without one. Raises ApiError."""
    asked = resource.get("find_by")
    if asked is None:
        if operation != "insert":
            raise _missing("find_by")
        return ""
    rules = rules_of(call, module)
    if asked not in ("id", SYSTEM_FIELD.get(module, "Name"), *rules.unique):
        raise ApiError("INVALID_FIELD", {"api_name": asked}, f"invalid mapping. invalid api_name {asked}.")
    return str(asked)


def _table(call: Call, resource: JSON) -> tuple[str, list[str], list[list[str]]]:
    """Name, header and rows of the file that the resource names. Raises ApiError."""
    id_ = resource.get("file_id")
    if id_ is None:
        raise _missing("file_id")
    content = call.world.jobs.file(call, str(id_))
    if content is None:
        raise ApiError("INVALID_FILE_ID", {"file_id": str(id_)})
    try:
        return _read(content, resource.get("file_names"))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):  # damaged, or locked by a password
        raise ApiError("FILE_NOT_SUPPORTED", {"file_id": str(id_)}) from None


def _read(content: bytes, wanted: Any) -> tuple[str, list[str], list[list[str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        name = str(wanted[0]) if isinstance(wanted, list) and wanted else names[0] if len(names) == 1 else ""
        if name not in names:
            raise ApiError("FILE_NOT_FOUND", {"file_names": wanted})
        if not name.lower().endswith(".csv") or archive.getinfo(name).file_size > LARGEST_FILE:
            raise ApiError("FILE_NOT_SUPPORTED", {"file_name": name})
        text = archive.read(name).decode("utf-8-sig", "replace")
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        header, *rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row] or [[]]
    except csv.Error:
        raise ApiError("FILE_NOT_SUPPORTED", {"file_name": name}) from None
    if len(header) > MOST_COLUMNS:
        raise ApiError("HEADER_LIMIT_EXCEEDED", {"max_limit": MOST_COLUMNS})
    if len(rows) > MOST_ROWS:
        raise ApiError("LIMIT_EXCEEDED", {"max_limit": MOST_ROWS})
    return name, header, rows


def _shown(body: JSON, resource: JSON, module: str, name: str) -> JSON:
    return {
        "character_encoding": str(body.get("character_encoding") or "UTF-8"),
        "ignore_empty": body.get("ignore_empty") is True,
        "operation": body["operation"],
        "module": module,
        "name": name,
        "find_by": resource.get("find_by"),
        "field_mappings": resource.get("field_mappings") or [],
    }


def _work(job: Job, writer: RowWriter, name: str, rows: list[list[str]]) -> Iterator[None]:
    """Writes the rows, some at a time, while nobody else of the organisation writes."""
    shown: list[Mapping] = [mapping for mapping in writer.mappings if mapping.index is not None][:SHOWN]
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([*(mapping.name for mapping in shown), "STATUS", "RECORD_ID", "ERRORS"])
    for start in range(0, len(rows), STEP):
        with job.call.store.lock:
            for row in rows[start : start + STEP]:
                outcome = writer.write(row)
                counted = outcome.status if outcome.status in ("added", "updated") else "skipped"
                job.told[f"{counted}_count"] += 1
                cells = [mapping.cell(row) for mapping in shown]
                table.writerow([*cells, outcome.status, outcome.id, outcome.errors])
        yield
    job.result = zipped(name, text.getvalue())


def _job(call: Call) -> Answer:
    """GET /crm/bulk/v8/write/{id}. unverified: `INPROGRESS` for the job, `IN PROGRESS` for its file."""
    job = call.world.jobs.get(call, call.parts["id"], is_read=False)
    order = dict(job.order)
    module, name = order.pop("module"), order.pop("name")
    mapped, find_by = order.pop("field_mappings"), order.pop("find_by")
    found: JSON = call.organisation.module(module) or {}
    resource = {
        "status": job.state,
        "code": job.state,
        "type": "data",
        "module": {"api_name": module, "id": found.get("id")},
        "field_mappings": mapped,
        "file": {"status": job.state, "name": name, **job.told},
        **({"find_by": find_by} if find_by else {}),
    }
    body: dict[str, Any] = {"status": job.state.replace(" ", ""), "resource": [resource], "id": job.id}
    if job.state == "COMPLETED":
        zgid = call.organisation.org.get("zgid")
        host = call.world.url(call.organisation.dc, "production")  # the row's download host
        body["result"] = {"download_url": f"{host}/v2/crm/{zgid}/bulk-write/{job.id}/{job.id}.zip"}
    return json_answer(body | order | job.head())


def _result(call: Call) -> Answer:
    """GET /v2/crm/{zgid}/bulk-write/{id}/{id}.zip at the download host."""
    job = call.world.jobs.get(call, call.parts["id"], is_read=False)
    if job.state != "COMPLETED" or call.parts["zgid"] != call.organisation.org.get("zgid"):
        raise ApiError("RESOURCE_NOT_FOUND", {"resource": job.id})
    disposition = f'attachment; filename="{job.id}.zip"'
    return Answer(200, job.result, "application/octet-stream", {"Content-Disposition": disposition})


_WRITE, _FILES = ("ZohoCRM.bulk.CREATE",), ("ZohoFiles.files.ALL",)
ROUTES = [
    Route("POST", "/upload", _FILES, _upload, is_listed=False),
    Route("POST", "/bulk/write", _WRITE, _create, 500, 500),
    Route("GET", "/bulk/write/{id}", _WRITE, _job),
    Route("GET", "/download/{zgid}/{id}", _FILES, _result, is_listed=False),
]
