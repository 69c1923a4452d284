"""Files on their way into fields, and out of them; photos of records.

source  POST, GET /files  zoho.com/crm/developer/docs/api/v8/upload-files-to-zfs.html, get-file-from-zfs.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.answers import refusal
from crm_client.bodies import Download, FileToSend, multipart
from crm_client.errors import BadAnswer, InvalidName
from crm_client.names import checked_id, checked_name
from crm_client.values import JSON, as_object, as_text

if TYPE_CHECKING:
    from crm_client.transport import Transport

MOST_FILES = 10  # in one call
LARGEST = 20 * 1024 * 1024  # bytes of one file
LARGEST_PHOTO = 10 * 1024 * 1024
_FILE_ID = re.compile(r"[A-Za-z0-9_\-]{1,300}", re.ASCII)


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that waits in the CRM for a record to name it: `{"File_Id__s": id}` in a file or image field."""

    id: str  # the CRM's encrypted id, no number
    name: str


class Files:
    """`CrmClient.files`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def upload(self, files: Sequence[FileToSend], *, inline: bool = False) -> list[UploadedFile]:
        """Sends files for fields of records, and gives their ids in the same order.

        A file that no record names afterwards does no harm, so this may be sent again after doubt; the client does not.
        files    1 to 10, each of 1 byte to 20 MB
        inline   for images that stand in rich text
        raises   InvalidName (nothing was sent); InvalidRequest with VIRUS_DETECTED, FILE_SIZE_MORE_THAN_ALLOWED_SIZE,
                 failure_in_attachment_handling (nothing is kept); ScopeMissing without ZohoCRM.Files.CREATE; BadAnswer
                 when the answer does not name every file; else as `records.create`
        source   POST /files
        """
        if not 1 <= len(files) <= MOST_FILES or not all(0 < len(file.content) <= LARGEST for file in files):
            raise InvalidName(f"one upload takes 1 to {MOST_FILES} files of up to 20 MB", what="this upload")
        content_type, body = multipart(files)
        what = "the upload of a file" if len(files) == 1 else "the upload of files"
        items = self._transport.write(
            "POST",
            "/files",
            {"type": "inline" if inline else None},
            what=what,
            body=body,
            records=len(files),
            content_type=content_type,
        )
        if len(items) != len(files):
            raise BadAnswer("it does not name every file", what=what)
        return [_uploaded(item, what) for item in items]

    def download(self, file_id: str) -> Download | None:
        """A file by the id that its upload gave; None when the CRM knows none (204).

        raises   InvalidName, FileTooBig beyond 24 MB, ScopeMissing without ZohoCRM.Files.READ, NotAllowed, any NoAnswer
        source   GET /files?id=
        """
        if not _FILE_ID.fullmatch(file_id):
            raise InvalidName("it is no id of a file", what="this file")
        return self._transport.download("/files", {"id": file_id}, what="a file")

    def of_field(self, module: str, id: str, attachment_id: str) -> Download | None:
        """A file or image of a field of a record, by the `id` of its entry there; None when there is none (204).

        raises   as `download`, and InvalidRequest (INVALID_DATA) for a record that is not there
        source   GET /{module}/{id}/actions/download_fields_attachment?fields_attachment_id=
        """
        path = f"{_record(module, id)}/actions/download_fields_attachment"
        params = {"fields_attachment_id": checked_id(attachment_id, "the file")}
        return self._transport.download(path, params, what=f"a file of a record of {module}")

    def photo(self, module: str, id: str) -> Download | None:
        """The photo of a record; None when it has none (204).

        raises   as `of_field`
        source   GET /{module}/{id}/photo
        """
        return self._transport.download(f"{_record(module, id)}/photo", what=f"the photo of a record of {module}")

    def set_photo(self, module: str, id: str, file: FileToSend) -> None:
        """Gives a record its photo: PNG, JPEG, GIF or BMP, up to 10 MB. Safe to send again.

        raises   InvalidName; InvalidRequest (FILE_SIZE_MORE_THAN_ALLOWED_SIZE); else as `records.update`
        source   POST /{module}/{id}/photo
        """
        if not 0 < len(file.content) <= LARGEST_PHOTO:
            raise InvalidName("a photo has 1 byte to 10 MB", what="this upload")
        content_type, body = multipart([file])
        path, what = f"{_record(module, id)}/photo", f"the photo of a record of {module}"
        self._transport.request("POST", path, what=what, body=body, content_type=content_type)

    def remove_photo(self, module: str, id: str) -> None:
        """Takes the photo of a record away. Safe to send again.

        raises   as `records.update`
        source   DELETE /{module}/{id}/photo
        """
        self._transport.request("DELETE", f"{_record(module, id)}/photo", what=f"the photo of a record of {module}")


def _record(module: str, id_: str) -> str:
    return f"/{checked_name(module, 'a record of')}/{checked_id(id_, 'the record')}"


def _uploaded(item: JSON, what: str) -> UploadedFile:
    item = as_object(item)
    details = as_object(item.get("details"))
    id_ = as_text(details.get("id"))
    if item.get("status") == "error":
        raise refusal(item, None, what=what, path="/files")
    if item.get("status") != "success" or not _FILE_ID.fullmatch(id_):
        raise BadAnswer("it does not name every file", what=what)
    return UploadedFile(id_, as_text(details.get("name")))
