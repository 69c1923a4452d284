"""Attachments of records: files and links.

source  /{module}/{id}/Attachments  zoho.com/crm/developer/docs/api/v8/get-attachments.html, upload-attachment.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.bodies import Download, FileToSend, multipart
from crm_client.errors import InvalidName
from crm_client.names import checked_id, checked_name
from crm_client.paging import PER_PAGE, PageInfo
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_id,
    as_link,
    as_list,
    as_object,
    as_ref,
    as_text,
    as_text_or_none,
    as_whole,
)
from crm_client.write_answers import RowAnswer, by_row

if TYPE_CHECKING:
    from crm_client.transport import Transport

LARGEST = 20 * 1024 * 1024  # bytes of one file
_FIELDS = (
    "File_Name", "Size", "Owner", "Created_Time", "Created_By", "Modified_Time", "Parent_Id", "$file_id", "$link_url",
    "$type", "$editable",
)  # fmt: skip


@dataclass(slots=True)
class Attachment:
    """One attachment: a file, or a link (then `is_link`, and it cannot be downloaded)."""

    id: str
    file_name: str
    size: int | None  # bytes; None: the CRM did not say
    is_link: bool
    link: str | None  # https, safe to show as a link; None for files and for other addresses
    owner: Ref | None
    created_time: str | None
    created_by: Ref | None
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> Attachment:
        raw = as_object(raw)
        get = raw.get
        return cls(
            as_id(get("id")),
            as_text(get("File_Name")),
            as_whole(get("Size")),
            bool(get("$link_url")),
            as_link(get("$link_url")),
            as_ref(get("Owner")),
            as_text_or_none(get("Created_Time")),
            as_ref(get("Created_By")),
            raw,
        )


@dataclass(slots=True)
class AttachmentPage:
    """One page of attachments, and what leads on."""

    attachments: list[Attachment]
    info: PageInfo


class Attachments:
    """`CrmClient.attachments`. Writing answers as `records.create` does: None when nobody knows what became of it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def of(self, module: str, id: str, page: int = 1, *, per_page: int = PER_PAGE) -> AttachmentPage:
        """One page of the attachments of a record; an empty one when the CRM answers 204.

        raises   InvalidRequest (INVALID_DATA) for a record that is not there; NotFound, NotAllowed, ScopeMissing,
                 TooManyRequests, any NoAnswer
        source   GET /{module}/{id}/Attachments?fields=
        """
        params: dict[str, str | int] = {"fields": ",".join(_FIELDS), "page": page, "per_page": per_page}
        body = self._transport.get(_path(module, id), params, what=f"the attachments of a record of {module}")
        return AttachmentPage(as_list(body.get("data"), Attachment.from_api), PageInfo.from_api(body.get("info")))

    def download(self, module: str, id: str, attachment_id: str) -> Download | None:
        """The file of an attachment; None when there is none, and for a link (204).

        raises   FileTooBig beyond 24 MB; else as `of`
        source   GET /{module}/{id}/Attachments/{attachment}
        """
        path = f"{_path(module, id)}/{checked_id(attachment_id, 'the attachment')}"
        return self._transport.download(path, what="an attachment")

    def upload(self, module: str, id: str, file: FileToSend) -> RowAnswer | None:
        """A new attachment on a record; never send it again blindly.

        raises   InvalidName for an empty file, one of more than 20 MB, or one without a name; else as `records.create`
        source   POST /{module}/{id}/Attachments
        """
        if not 0 < len(file.content) <= LARGEST:
            raise InvalidName("a file has 1 byte to 20 MB", what="this upload")
        content_type, body = multipart([file])
        items = self._transport.write(
            "POST", _path(module, id), what="a new attachment", body=body, content_type=content_type
        )
        return by_row(items, 1)[0]

    def link(self, module: str, id: str, address: str, title: str = "") -> RowAnswer | None:
        """A link as an attachment; never send it again blindly.

        address  https only
        raises   InvalidName; else as `records.create`
        source   POST /{module}/{id}/Attachments?attachmentUrl=
        """
        if as_link(address) is None:
            raise InvalidName("a link begins with https://", what="this attachment")
        params = {"attachmentUrl": address, "title": title or None}
        return by_row(self._transport.write("POST", _path(module, id), params, what="a new attachment"), 1)[0]

    def delete(self, module: str, id: str, attachment_id: str) -> RowAnswer | None:
        """Takes an attachment away. Safe to send again: the second time it is refused (INVALID_DATA).

        raises   as `records.delete`
        source   DELETE /{module}/{id}/Attachments/{attachment}
        """
        path = f"{_path(module, id)}/{checked_id(attachment_id, 'the attachment')}"
        return by_row(self._transport.write("DELETE", path, what="the end of an attachment"), 1, ids=[attachment_id])[0]


def _path(module: str, id_: str) -> str:
    return f"/{checked_name(module, 'a record of')}/{checked_id(id_, 'the record')}/Attachments"
