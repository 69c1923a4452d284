"""Bulk Read and Bulk Write: jobs of the CRM for up to 200,000 records at a time, in files.

An order is never sent again by itself: a second one is a second job, and costs again (50 and 500 credits). Keep the
job's id before anything else; no call lists a user's jobs. What the result of a job holds: crm_client.bulk_results.
source  zoho.com/crm/developer/docs/api/v8/bulk-read/overview.html, …/bulk-write/overview.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, BinaryIO, TypeVar
from urllib.parse import urlsplit

import orjson

from crm_client.bodies import FileToSend, multipart
from crm_client.bulk_parts import BulkReadJob, BulkWriteJob, ColumnMapping
from crm_client.errors import BadAnswer, InvalidName, InvalidRequest
from crm_client.names import checked_id, checked_name
from crm_client.values import JsonObject, as_id, as_list, as_object, as_objects

if TYPE_CHECKING:
    from crm_client.transport import Transport

LARGEST_UPLOAD = 25 * 1024 * 1024  # bytes of a ZIP archive
LARGEST_RESULT = 1024 * 1024 * 1024  # bytes that a result may have, packed
MOST_ROWS, MOST_COLUMNS = 25_000, 200  # of one file that is written
OPERATIONS = ("insert", "update", "upsert")
_TOKEN = re.compile(r"[A-Za-z0-9._\-]{1,2000}", re.ASCII)
_RESULT = re.compile(r"/v2/crm/\d{1,30}/bulk-write/(\d{1,30})/\1\.zip", re.ASCII)

_Job = TypeVar("_Job", BulkReadJob, BulkWriteJob)


class Bulk:
    """`CrmClient.bulk`

    upload, download   origins from the data centre's row of the table; "": Zoho names none, and writing is refused here
    """

    def __init__(self, transport: Transport, upload: str = "", download: str = "") -> None:
        self._transport = transport
        self._upload = transport.at(f"{upload}/crm/v{transport.version}") if upload else None
        self._download = (download, transport.at(download)) if download else None

    def read(
        self,
        module: str,
        fields: Iterable[str] = (),
        *,
        criteria: JsonObject | None = None,
        cvid: str | None = None,
        page: int | None = None,
    ) -> str:
        """Orders a Bulk Read and gives the job's id; 50 credits, whatever it finds. Never send it again blindly.

        module     api_name; not Notes, Attachments, Emails
        fields     API names, "Owner.last_name" follows a look-up; none: every field, in no fixed order
        criteria   a condition {"field": {"api_name"}, "comparator", "value"} or a group {"group_operator", "group"}
        cvid       id of a custom view whose criteria count, too
        page       from 1, of 200,000 records each
        raises     InvalidRequest (`.code` FIELD_NOT_AVAILABLE, INVALID_CRITERIA, PAGE_RANGE_EXCEEDED …), NotAllowed,
                   ScopeMissing without ZohoCRM.bulk.READ and the module's READ, TooManyRequests, NotSent;
                   NoAnswer: nobody knows whether there is a job
        source     POST /crm/bulk/v8/read
        """
        query: JsonObject = {"module": {"api_name": checked_name(module, "the records of")}}
        names = list(fields)
        for name in names:
            for part in name.split("."):
                checked_name(part, "the field")
        query |= {"fields": names} if names else {}
        query |= {} if criteria is None else {"criteria": criteria}
        query |= {} if cvid is None else {"cvid": checked_id(cvid, "the custom view")}
        query |= {} if page is None else {"page": page}
        return self._ordered_read(query, f"the export of {module}")

    def read_on(self, token: str) -> str:
        """Orders the job that goes on where another one ended (`BulkReadJob.token`), and gives its id; 50 credits.

        raises   InvalidRequest with EXPIRED_VALUE after 24 hours, INVALID_DATA for somebody else's; else as `read`
        source   POST /crm/bulk/v8/read
        """
        if not _TOKEN.fullmatch(token):
            raise InvalidName("it is none that the CRM gives", what="the mark to go on from")
        return self._ordered_read({"page_token": token}, "the next part of an export")

    def _ordered_read(self, query: JsonObject, what: str) -> str:
        body = orjson.dumps({"query": query, "file_type": "csv"})
        answer = self._transport.request("POST", "/bulk/read", what=what, body=body)
        items = as_objects(answer.get("data"))
        return _id_of(items[0] if items else {}, what)

    def read_job(self, id: str) -> BulkReadJob:
        """How far a Bulk Read is. Ask with growing pauses, from 5 to 60 seconds.

        raises   NotFound (RESOURCE_NOT_FOUND) for a job that is not known; NotAllowed, ScopeMissing, TooManyRequests,
                 any NoAnswer
        source   GET /crm/bulk/v8/read/{id}
        """
        what = "the state of an export"
        body = self._transport.get(f"/bulk/read/{checked_id(id, 'the export')}", what=what)
        return _of_id(id, as_list(body.get("data"), BulkReadJob.from_api), what)

    def read_result(self, id: str, into: BinaryIO, *, most: int = LARGEST_RESULT) -> None:
        """Writes the ZIP archive of a Bulk Read that is done into a file, from its beginning, as it comes.

        The CRM keeps it for a day and gives it ten times a minute. Its address is made from the id alone; the one that
        the job names is not used.
        into     open for reading and writing; what it holds is worth nothing when this raises
        raises   NotFound when it is not done or no longer kept; TooBig beyond `most` bytes; NotKept when the disk is
                 full; else as `read_job`
        source   GET /crm/bulk/v8/read/{id}/result
        """
        path = f"/bulk/read/{checked_id(id, 'the export')}/result"
        if self._transport.download(path, what="the result of an export", most=most, into=into) is None:
            raise BadAnswer("it is empty", what="the result of an export")

    def upload(self, archive: bytes, zgid: str) -> str:
        """Sends a ZIP archive with one CSV file for a Bulk Write, and gives its id. Safe to send again: an archive that
        no job names does nothing.

        zgid     of the organisation, `crm.org.get().zgid`; not its record id
        raises   InvalidName (nothing was sent); InvalidRequest (INVALID_FILE_FORMAT, FILE_TOO_LARGE, or no code: the
                 upload host minds the organisation); ScopeMissing without ZohoFiles.files.ALL; TooManyRequests,
                 NotSent, any NoAnswer
        source   POST /crm/v8/upload at the upload host
        """
        if self._upload is None:
            raise InvalidName("no host for uploads is known for this data centre", what="this upload")
        if not 0 < len(archive) <= LARGEST_UPLOAD:
            raise InvalidName("an archive has 1 byte to 25 MB", what="this upload")
        content_type, body = multipart([FileToSend("rows.zip", archive, "application/zip")])
        headers = {"feature": "bulk-write", "X-CRM-ORG": checked_id(zgid, "the organisation")}
        what = "the upload of an import"
        try:
            answer = self._upload.request(
                "POST", "/upload", what=what, body=body, content_type=content_type, headers=headers
            )
        except BadAnswer as error:
            if error.status == 400:  # this host has error bodies of its own, without a code
                reason = "it does not take the upload for this organisation"
                raise InvalidRequest(reason, what=what, status=400) from None
            raise
        file_id = as_id(as_object(answer.get("details")).get("file_id"))
        if not file_id:
            raise BadAnswer("it does not name the file", what=what)
        return file_id

    def write(
        self,
        operation: str,
        module: str,
        file_id: str,
        mappings: Sequence[ColumnMapping] = (),
        *,
        find_by: str = "",
        ignore_empty: bool = True,
        file_name: str = "",
    ) -> str:
        """Orders a Bulk Write and gives the job's id; 500 credits. Never send it again blindly: a second one is a job.

        operation     insert, update, upsert
        file_id       from `upload`; CSV of up to 25,000 rows and 200 columns
        mappings      none: the first row names the fields
        find_by       unique field, or "id": must be for update and upsert; an insert skips the rows that it finds
        ignore_empty  False: an empty cell empties what the record has
        file_name     of the file in the archive, where it holds several
        raises        InvalidName; InvalidRequest (`.code` INVALID_FILE_ID, INVALID_FIELD, COLUMN_INDEX_NOT_FOUND …);
                      NotAllowed, ScopeMissing without ZohoCRM.bulk.CREATE, TooManyRequests, NotSent;
                      NoAnswer: nobody knows whether there is a job
        source        POST /crm/bulk/v8/write
        """
        if operation not in OPERATIONS or (operation != "insert" and not find_by):
            raise InvalidName("it is insert, or update or upsert by a field", what=f"the import into {module}")
        if len(mappings) > MOST_COLUMNS:
            raise InvalidName(f"a file has {MOST_COLUMNS} columns at most", what=f"the import into {module}")
        resource: JsonObject = {
            "type": "data",
            "module": {"api_name": checked_name(module, "the module")},
            "file_id": checked_id(file_id, "the file"),
        }
        resource |= {"field_mappings": [mapping.to_api() for mapping in mappings]} if mappings else {}
        resource |= {"find_by": checked_name(find_by, "the field")} if find_by else {}
        resource |= {"file_names": [file_name]} if file_name else {}
        order = {"operation": operation, "ignore_empty": ignore_empty, "resource": [resource]}
        what = f"the import into {module}"
        return _id_of(self._transport.request("POST", "/bulk/write", what=what, body=orjson.dumps(order)), what)

    def write_job(self, id: str) -> BulkWriteJob:
        """How far a Bulk Write is.

        raises   as `read_job`; ScopeMissing without ZohoCRM.bulk.CREATE
        source   GET /crm/bulk/v8/write/{id}
        """
        what = "the state of an import"
        body = self._transport.get(f"/bulk/write/{checked_id(id, 'the import')}", what=what)
        return _of_id(id, [BulkWriteJob.from_api(body)], what)

    def write_result(self, job: BulkWriteJob, into: BinaryIO, *, most: int = LARGEST_RESULT) -> None:
        """Writes the ZIP archive that tells of each row of a Bulk Write into a file, from its beginning, as it comes.

        raises   BadAnswer when the job names no result, or one on another host than the table of data centres has for
                 downloads: nothing is sent then; ScopeMissing without ZohoFiles.files.ALL; else as `read_result`
        source   GET {download_url}
        """
        what = "the result of an import"
        path = _path_of(job.download_url, self._download[0] if self._download else "")
        if self._download is None or path is None or _RESULT.fullmatch(path) is None or f"/{job.id}/" not in path:
            raise BadAnswer("it names no place that is known for this data centre", what=what)
        if self._download[1].download(path, what=what, most=most, into=into) is None:
            raise BadAnswer("it is empty", what=what)


def _path_of(address: str, origin: str) -> str | None:
    """The path of an address on exactly this origin; None for every other one."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if not origin or parts.query or parts.fragment or f"{parts.scheme}://{parts.netloc}" != origin.rstrip("/"):
        return None
    return parts.path


def _id_of(item: JsonObject, what: str) -> str:
    id_ = as_id(as_object(item.get("details")).get("id")) if item.get("status") == "success" else ""
    if not id_:
        raise BadAnswer("it does not name the job", what=what)
    return id_


def _of_id(id_: str, jobs: list[_Job], what: str) -> _Job:
    if not jobs or jobs[0].id != id_:
        raise BadAnswer("it is not about the job asked for", what=what)
    return jobs[0]
