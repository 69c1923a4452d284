"""Notes of records.

source  GET, POST /{module}/{id}/Notes and PUT, DELETE /Notes/{id}
        zoho.com/crm/developer/docs/api/v8/notes.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.errors import InvalidName
from crm_client.names import checked_id, checked_name
from crm_client.paging import PER_PAGE, PageInfo
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_api_ref,
    as_flag,
    as_id,
    as_list,
    as_object,
    as_ref,
    as_text,
    as_text_or_none,
)
from crm_client.write_answers import RowAnswer, by_row

if TYPE_CHECKING:
    from crm_client.transport import Transport

LONGEST_TITLE = 120  # characters
LONGEST_CONTENT = 32_000
_FIELDS = (
    "Note_Title", "Note_Content", "Owner", "Created_Time", "Created_By", "Modified_Time", "Modified_By", "Parent_Id",
    "$editable",
)  # fmt: skip


@dataclass(slots=True)
class Note:
    """One note; its content is text that people wrote, and may look like markup."""

    id: str
    title: str
    content: str
    owner: Ref | None
    created_time: str | None
    created_by: Ref | None
    modified_time: str | None
    modified_by: Ref | None
    parent: Ref | None  # the record it hangs on
    parent_module: Ref | None  # that record's module; .name is the API name
    is_editable: bool | None  # None: the CRM did not say
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> Note:
        raw = as_object(raw)
        get = raw.get
        return cls(
            as_id(get("id")),
            as_text(get("Note_Title")),
            as_text(get("Note_Content")),
            as_ref(get("Owner")),
            as_text_or_none(get("Created_Time")),
            as_ref(get("Created_By")),
            as_text_or_none(get("Modified_Time")),
            as_ref(get("Modified_By")),
            as_ref(get("Parent_Id")),
            as_api_ref(as_object(get("Parent_Id")).get("module")),
            as_flag(get("$editable")),
            raw,
        )


@dataclass(slots=True)
class NotePage:
    """One page of notes, and what leads on."""

    notes: list[Note]
    info: PageInfo


class Notes:
    """`CrmClient.notes`. Writing answers as `records.create` does: None when nobody knows what became of it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def of(self, module: str, id: str, page: int = 1, *, per_page: int = PER_PAGE) -> NotePage:
        """One page of the notes of a record, newest first; an empty one when the CRM answers 204.

        raises   InvalidRequest (INVALID_DATA) for a record that is not there; NotFound, NotAllowed, ScopeMissing,
                 TooManyRequests, any NoAnswer
        source   GET /{module}/{id}/Notes?fields=
        """
        params: dict[str, str | int] = {"fields": ",".join(_FIELDS), "page": page, "per_page": per_page}
        body = self._transport.get(_path(module, id), params, what=f"the notes of a record of {module}")
        return NotePage(as_list(body.get("data"), Note.from_api), PageInfo.from_api(body.get("info")))

    def create(self, module: str, id: str, content: str, title: str = "") -> RowAnswer | None:
        """A new note on a record; never send it again blindly.

        raises   InvalidName for a note that is empty or too long; else as `records.create`
        source   POST /{module}/{id}/Notes
        """
        body = _body(content, title)
        return by_row(self._transport.write("POST", _path(module, id), what="a new note", body=body), 1)[0]

    def update(self, note_id: str, content: str, title: str = "") -> RowAnswer | None:
        """Writes a note anew. Safe to send again.

        raises   as `create`
        source   PUT /Notes/{id}
        """
        path = f"/Notes/{checked_id(note_id, 'the note')}"
        items = self._transport.write("PUT", path, what="a change of a note", body=_body(content, title))
        return by_row(items, 1, ids=[note_id])[0]

    def delete(self, note_id: str) -> RowAnswer | None:
        """Deletes a note. Safe to send again: the second time it is refused (INVALID_DATA).

        raises   as `create`
        source   DELETE /Notes/{id}
        """
        path = f"/Notes/{checked_id(note_id, 'the note')}"
        return by_row(self._transport.write("DELETE", path, what="the end of a note"), 1, ids=[note_id])[0]


def _path(module: str, id_: str) -> str:
    return f"/{checked_name(module, 'a record of')}/{checked_id(id_, 'the record')}/Notes"


def _body(content: str, title: str) -> bytes:
    if not content.strip() or len(content) > LONGEST_CONTENT or len(title) > LONGEST_TITLE:
        reason = f"a note has 1 to {LONGEST_CONTENT:,} characters, its title up to {LONGEST_TITLE}"
        raise InvalidName(reason, what="a note")
    return json.dumps({"data": [{"Note_Title": title or None, "Note_Content": content}]}).encode()
