"""Background work of this room: all records of a list into one file.

Each page is appended to a file of its own lines and its place noted in the job, so a worker that dies costs one page.
"""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson
from django.utils import timezone

from console.exports import Table, file_name, write_csv
from console.jobs import files
from console.jobs.handle import JobCancelled, JobFailed, JobHandle
from console.records import listing
from console.records.choice import ListChoice, read_choice
from console.records.exporting import MOST, PER_CALL, Columns
from console.records.files import write_json, write_xlsx
from crm_client.errors import BadAnswer, InvalidRequest
from crm_client.fields import Field
from crm_client.paging import REACHED_BY_NUMBER
from crm_client.records import RecordPage
from crm_client.values import JsonObject

log = logging.getLogger(__name__)

EXPORT = "export_records"
_ROWS_PER_BEAT = 5_000  # between two signs of life while the file is written


def export_records(handle: JobHandle) -> None:
    """Reads every page, then writes the file; may be run again at any time and goes on where it was.

    params  module, names (API names of the columns), query (the list's choice), form, exact, ids
    result  rows, bytes (of the lines so far), token and page (where to go on), read (all pages are there)
    """
    lines = files.beside(handle.job.pk, "lines")
    try:
        if not handle.job.result.get("read"):
            with files.room():
                _read_all(handle, lines)
        _write(handle, lines)
    except (OSError, JobFailed, JobCancelled):
        files.forget(handle.job.pk)
        raise
    lines.unlink(missing_ok=True)


def _read_all(handle: JobHandle, lines: Path) -> None:
    result: dict[str, Any] = handle.job.result
    params = handle.job.params
    choice = read_choice(parse_qs(str(params["query"]), keep_blank_values=True))
    rows, size = int(result.get("rows", 0)), int(result.get("bytes", 0))
    here = replace(choice, page=int(result.get("page", 1)), token=str(result.get("token", "")), size=PER_CALL)
    if not lines.exists() or lines.stat().st_size < size:  # another machine's disk, or it was tidied away
        rows, size, here = 0, 0, replace(here, page=1, token="")
    seen: set[str] = set()
    with lines.open("r+b" if lines.exists() else "w+b") as out:
        while True:
            out.truncate(size)
            out.seek(size)
            handle.progress(rows, 0, f"{rows:,} records read")
            try:
                page = listing.fetch(handle.crm, str(params["module"]), params["names"], here, None)
            except InvalidRequest as exc:
                if not here.token or exc.code not in listing.TOKEN_OVER or not rows:
                    raise
                # The mark has expired while the job was waiting: from the beginning.
                rows, size, here = 0, 0, replace(here, page=1, token="")
                handle.result(rows=0, bytes=0, page=1, token="")
                continue
            out.writelines(_line(record.raw) for record in page.records)
            out.flush()
            os.fsync(out.fileno())
            rows, size = rows + len(page.records), out.tell()
            onward = _onward(here, page, seen, str(params["module"]))
            if onward is None or rows >= MOST:
                handle.result(rows=rows, bytes=size, read=True, cut=onward is not None)
                return
            here = onward
            handle.result(rows=rows, bytes=size, page=here.page, token=here.token)


def _onward(here: ListChoice, page: RecordPage, seen: set[str], module: str) -> ListChoice | None:
    """Where the next page is; None at the end. Raises BadAnswer where the pages do not lead on."""
    what = f"records of {module}"
    if not page.info.more_records:
        return None
    if not page.records:
        raise BadAnswer("a page is empty and yet promises more", what=what)
    token = page.info.next_page_token
    if token is None:
        if (here.page + 1) * here.size > REACHED_BY_NUMBER:
            raise BadAnswer("there are more than 2,000 and no token leads on", what=what)
        return here.at(here.page + 1)
    if token in seen:
        raise BadAnswer("its pages lead in a circle", what=what)
    seen.add(token)
    return here.at(here.page + 1, token)


def _line(raw: JsonObject) -> bytes:
    try:
        return orjson.dumps(raw) + b"\n"
    except TypeError:  # an integer beyond 64 bits, which the standard library writes
        return json.dumps(raw).encode() + b"\n"


def _write(handle: JobHandle, lines: Path) -> None:
    params = handle.job.params
    form, exact = str(params["form"]), bool(params["exact"])
    rows = int(handle.job.result.get("rows", 0))
    known = {field.api_name: field for field in handle.kept.fields(str(params["module"])).value}
    fields = [known.get(name) or Field.from_api({"api_name": name}) for name in params["names"]]
    columns = Columns.of(fields, with_ids=bool(params["ids"]))
    records = _records(handle, lines, rows)
    name = file_name(handle.job.connection.org_name, str(params["module"]), f"{timezone.now():%Y-%m-%d}")
    with files.made(handle, form, name) as draft:
        if form == "xlsx":
            with draft.open("wb") as out:
                write_xlsx(out, Table("Records", columns.keys, columns.titles, ()), columns.rows(records), exact=exact)
        else:
            with draft.open("w", encoding="utf-8", newline="") as text:
                if form == "csv":
                    write_csv(text, columns.titles, columns.rows(records), exact=exact)
                else:
                    write_json(text, records)
    handle.progress(rows, rows)


def _records(handle: JobHandle, lines: Path, rows: int) -> Iterator[JsonObject]:
    with lines.open("rb") as read:
        for number, line in enumerate(read):
            if number % _ROWS_PER_BEAT == 0:
                handle.progress(rows, 0, f"{rows:,} records read; writing the file")
            yield json.loads(line)
