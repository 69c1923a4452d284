"""Bulk Read: an order, its state, its result (bulk.md, section 2).

Not served: calendars (`ics`). unverified: errors of the order stand at the top, not in `data`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from crm_client.standin.bulk_criteria import test_of
from crm_client.standin.bulk_jobs import Job, check_callback, zipped
from crm_client.standin.calls import Call
from crm_client.standin.coql_columns import NOT_SELECTED, Columns
from crm_client.standin.criteria import matches
from crm_client.standin.errors import ApiError
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.records import sort_key
from crm_client.standin.routing import Route
from crm_client.standin.scopes import item_of
from crm_client.standin.viewer import dicts, reference_id

PER_JOB = 200_000
MOST_PAGES = 50  # unverified: one reader's notes say 500
KEPT_S = 24 * 3600
DOWNLOADS, WITHIN_S = 10, 60  # unverified: a video says 50
NOT_READ = ("Notes", "Attachments", "Emails")
STEP = 500  # records written in one go
_BOUND = (("", "bulk/read"),)  # what a mark to go on from is bound to, beside its user


def _create(call: Call) -> Answer:
    """POST /crm/bulk/v8/read"""
    body = _body(call)
    callback = check_callback(body)
    query = body.get("query")
    if not isinstance(query, dict):
        raise ApiError("QUERY_NOT_SUPPORTED")
    kind = body.get("file_type", query.get("file_type", "csv"))
    if kind != "csv":
        raise ApiError("QUERY_NOT_SUPPORTED", {"file_type": "csv"})
    token = query.get("page_token")
    if token is not None:
        ids, start, order = _continued(call, token)
    else:
        order = _order(call, query)
        start = (order["page"] - 1) * PER_JOB
        ids = _chosen(call, order)
    job = Job(call.store.new_id(), call, "read", order, call.world.clock.now(), _nothing())
    job.work = _work(job, ids, start)
    if callback is not None:
        job.told["callback"] = callback
    call.world.jobs.add(job)
    details = {"id": job.id, "operation": "read", "state": job.state, **job.head()}
    item = {"status": "success", "code": "ADDED_SUCCESSFULLY", "message": "Added successfully.", "details": details}
    return json_answer({"data": [item], "info": {}}, 201)


def _body(call: Call) -> JSON:
    if not call.request.headers.get("content-type", "").lower().startswith("application/json"):
        raise ApiError("MEDIA_TYPE_NOT_SUPPORTED")
    if not call.request.body:
        raise ApiError("REQUEST_BODY_IS_EMPTY")
    try:
        body = orjson.loads(call.request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ApiError("REQUEST_BODY_NOT_READABLE")
    return body


def _order(call: Call, query: JSON) -> JSON:
    """The query in the form in which the job shows it again. Raises ApiError."""
    told = query.get("module")
    name = str(told.get("api_name") or "") if isinstance(told, dict) else ""
    module = call.organisation.module(name)
    if module is None or module.get("api_name") != name or not call.viewer.sees_tab(module):
        raise ApiError("MODULE_NOT_AVAILABLE", {"module": name}, f"Requested module '{name}' is not available.")
    if module.get("api_supported") is False or name in NOT_READ:
        raise ApiError("MODULE_NOT_SUPPORTED", {"module": name})
    call.check_scope(f"ZohoCRM.modules.{item_of(name)}.READ")
    call.check_view(module)
    page = query.get("page", 1)
    if isinstance(page, bool) or not isinstance(page, int) or not 1 <= page <= MOST_PAGES:
        raise ApiError("PAGE_RANGE_EXCEEDED", {"max_limit": MOST_PAGES})
    fields = query.get("fields") or []
    if not isinstance(fields, list) or not all(isinstance(one, str) for one in fields):
        raise ApiError("FIELD_NOT_SUPPORTED")
    order: JSON = {"module": {"id": module.get("id"), "api_name": name}, "page": page, "fields": list(fields)}
    columns = Columns(call, name)
    for one in fields:
        _column(columns, one, name)
    cvid = query.get("cvid")
    if cvid is not None:
        if not any(view.get("id") == cvid for view in dicts(call.organisation.custom_views.get(name))):
            raise ApiError("CVID_NOT_SUPPORTED")
        order["cvid"] = cvid
    if query.get("criteria") is not None:
        test_of(query["criteria"], columns, name)  # only whether it is one
        order["criteria"] = query["criteria"]
    return order


def _column(columns: Columns, name: str, module: str) -> Callable[[JSON], Any]:
    """How the values of a column are read. Raises ApiError."""
    try:
        field = columns.field(name)
    except ApiError:
        raise ApiError("FIELD_NOT_AVAILABLE", {"api_name": name, "module": module}) from None
    if field.data_type in NOT_SELECTED:
        raise ApiError("FIELD_NOT_SUPPORTED", {"api_name": name, "module": module})
    return field.raw


def _chosen(call: Call, order: JSON) -> list[str]:
    """The ids of all records that the query means, lowest first. unverified: that, and converted leads among them."""
    name = str(order["module"]["api_name"])
    views = dicts(call.organisation.custom_views.get(name))
    view = next((one.get("criteria") for one in views if one.get("id") == order.get("cvid", "")), None)
    criteria = order.get("criteria")
    test = test_of(criteria, Columns(call, name), name) if criteria is not None else lambda _record: True
    found = [one for one in dicts(call.store.all(name)) if test(one) and matches(one, view)]
    return [str(one.get("id")) for one in sorted(found, key=sort_key("id"))]


def _continued(call: Call, token: Any) -> tuple[list[str], int, JSON]:
    """What the mark to go on from stands for. Raises ApiError."""
    position = call.world.page_tokens.use(str(token), (call.organisation.key, call.viewer.id), _BOUND)
    order = call.world.jobs.orders[str(token)]
    return list(position.ids), position.start, order | {"page": position.start // PER_JOB + 1}


def _nothing() -> Iterator[None]:
    yield


def _work(job: Job, ids: list[str], start: int) -> Iterator[None]:
    """Writes the file, some records at a time. unverified: look-ups by id, several values joined by semicolons."""
    call, order = job.call, job.order
    module = str(order["module"]["api_name"])
    columns = Columns(call, module)
    names = order["fields"] or _all_fields(call, module)
    readers = [_column(columns, name, module) for name in names]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    mine, count = ids[start : start + PER_JOB], 0
    for number, id_ in enumerate(mine, 1):
        record = call.store.record(module, id_)
        if record is not None:
            writer.writerow([_cell(read(record)) for read in readers])
            count += 1
        if number % STEP == 0:
            yield
    job.result = zipped(f"{job.id}.csv", text.getvalue())
    more = len(ids) > start + PER_JOB
    job.told["result"] = {
        "page": order["page"],
        "per_page": PER_JOB,
        "count": count,
        "download_url": f"/crm/bulk/v{call.version}/read/{job.id}/result",
        "more_records": more,
    }
    if more:
        user = (call.organisation.key, call.viewer.id)
        token, _ = call.world.page_tokens.new(user, _BOUND, tuple(ids), start + PER_JOB)
        call.world.jobs.orders[token] = order
        job.told["result"]["next_page_token"] = token


def _all_fields(call: Call, module: str) -> list[str]:
    seen = [
        str(field.get("api_name"))
        for field in dicts(call.organisation.fields.get(module))
        if call.viewer.field_permission(field) != "hidden" and field.get("data_type") not in NOT_SELECTED
    ]
    return list(dict.fromkeys(["id", *seen]))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return reference_id(value)
    if isinstance(value, list):
        return ";".join(map(_cell, value))
    return str(value)


def _job(call: Call) -> Answer:
    """GET /crm/bulk/v8/read/{id}"""
    job = call.world.jobs.get(call, call.parts["id"], is_read=True)
    shown = {"id": job.id, "operation": "read", "state": job.state, **job.told, "query": job.order, **job.head()}
    return json_answer({"data": [shown | {"file_type": "csv"}]})


def _result(call: Call) -> Answer:
    """GET /crm/bulk/v8/read/{id}/result: the archive, for a day; ten times a minute."""
    job = call.world.jobs.get(call, call.parts["id"], is_read=True)
    now = call.world.clock.now()
    if job.state != "COMPLETED" or now > job.born + KEPT_S:
        raise ApiError("RESOURCE_NOT_FOUND", {"resource": job.id})
    job.downloads = [at for at in job.downloads if now - WITHIN_S < at <= now]
    if len(job.downloads) >= DOWNLOADS:
        raise ApiError("TOO_MANY_REQUESTS")
    job.downloads.append(now)
    disposition = f'attachment; filename="{job.id}.zip"'
    return Answer(200, job.result, "application/x-download", {"Content-Disposition": disposition})


_READ = ("ZohoCRM.bulk.READ",)
ROUTES = [
    Route("POST", "/bulk/read", _READ, _create, 50, 50),
    Route("GET", "/bulk/read/{id}", _READ, _job),
    Route("GET", "/bulk/read/{id}/result", _READ, _result),
]
