"""Bulk jobs as the CRM shows them, and what an order to write is made of. No HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from crm_client.errors import InvalidName
from crm_client.names import checked_name
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
    as_texts,
    as_whole,
)

QUEUED, RUNNING, DONE, FAILED, UNKNOWN = "queued", "running", "done", "failed", "unknown"
_STATES = {
    "ADDED": QUEUED,
    "QUEUED": QUEUED,
    "INPROGRESS": RUNNING,
    "COMPLETED": DONE,
    "FAILURE": FAILED,
    "FAILED": FAILED,
    "SKIPPED": FAILED,
}


def state_of(said: str) -> str:
    """The CRM's word for a state in ours: queued, running, done, failed; unknown: ask again later, it is no failure."""
    return _STATES.get(said.upper().replace(" ", "").replace("_", ""), UNKNOWN)


@dataclass(slots=True)
class BulkReadJob:
    """A Bulk Read. Count and what follows are None until it is done.

    state      queued, running, done, failed or unknown (ask again); `said` is the CRM's own word
    fields     API names in the order of the file's columns; empty: every field, in no fixed order
    token      what to go on from where there are more records; for the same user, 24 hours
    error      code and message of a job that failed; "" else
    """

    id: str
    state: str
    said: str
    module: Ref | None  # .name is the API name
    fields: list[str]
    created_time: str | None
    created_by: Ref | None
    page: int | None
    per_page: int | None
    count: int | None  # records in this job's file
    more_records: bool
    token: str | None
    error_code: str
    error_message: str
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> BulkReadJob:
        raw = as_object(raw)
        said, query = as_text(raw.get("state")), as_object(raw.get("query"))
        state = state_of(said)
        told = as_object(raw.get("result"))  # samples show one in earlier states, where it means nothing
        result = told if state == DONE else {}
        error = as_object(told.get("error_message")) if state == FAILED else {}
        return cls(
            as_id(raw.get("id")),
            state,
            said,
            as_api_ref(query.get("module")),
            as_texts(query.get("fields")),
            as_text_or_none(raw.get("created_time")),
            as_ref(raw.get("created_by")),
            as_whole(result.get("page")),
            as_whole(result.get("per_page")),
            as_whole(result.get("count")),
            result.get("more_records") is True,
            as_text_or_none(result.get("next_page_token")) or None,
            as_text(error.get("code")),
            as_text(error.get("message")),
            raw,
        )


@dataclass(slots=True)
class BulkFile:
    """One file of a Bulk Write, and how many of its rows were what. None: the CRM did not say."""

    module: Ref | None
    name: str
    state: str  # as of a job
    said: str
    code: str
    added: int | None
    updated: int | None
    skipped: int | None
    total: int | None

    @classmethod
    def from_api(cls, raw: JSON) -> BulkFile:
        raw = as_object(raw)
        file = as_object(raw.get("file"))
        said = as_text(file.get("status")) or as_text(raw.get("status"))
        return cls(
            as_api_ref(raw.get("module")),
            as_text(file.get("name")),
            state_of(said),
            said,
            as_text(raw.get("code")),
            as_whole(file.get("added_count")),
            as_whole(file.get("updated_count")),
            as_whole(file.get("skipped_count")),
            as_whole(file.get("total_count")),
        )


@dataclass(slots=True)
class BulkWriteJob:
    """A Bulk Write. `done` says nothing about its rows: look at `files`, and at the result for each of them.

    download_url   where the CRM says that the result is; it is compared with the table of data centres, never followed
    """

    id: str
    state: str
    said: str
    operation: str
    ignore_empty: bool | None
    character_encoding: str
    created_time: str | None
    created_by: Ref | None
    files: list[BulkFile]
    download_url: str
    raw: JsonObject

    @classmethod
    def from_api(cls, raw: JSON) -> BulkWriteJob:
        raw = as_object(raw)
        said = as_text(raw.get("status"))
        return cls(
            as_id(raw.get("id")),
            state_of(said),
            said,
            as_text(raw.get("operation")),
            as_flag(raw.get("ignore_empty")),
            as_text(raw.get("character_encoding")),
            as_text_or_none(raw.get("created_time")),
            as_ref(raw.get("created_by")),
            as_list(raw.get("resource"), BulkFile.from_api),
            as_text(as_object(raw.get("result")).get("download_url")),
            raw,
        )


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column of the file is which field.

    index     from 0; None: `default` stands in every row
    format    of dates, such as "yyyy-MM-dd"; "": the CRM takes MM/dd/yyyy and MM/dd/yyyy HH:mm:ss
    find_by   look-ups: the unique field of the other module that the column holds, or "id"
    """

    api_name: str
    index: int | None = None
    default: str | None = None
    format: str = ""
    find_by: str = ""

    def to_api(self) -> JsonObject:
        """As the CRM wants it. Raises InvalidName."""
        made: JsonObject = {"api_name": checked_name(self.api_name, "the field")}
        if (self.index is None) is (self.default is None) or (self.index or 0) < 0:
            raise InvalidName("it takes a column or a value for all rows", what=f"the field {self.api_name}")
        if self.index is not None:
            made["index"] = self.index
        else:
            made["default_value"] = {"value": self.default}
        if self.format:
            made["format"] = self.format
        if self.find_by:
            made["find_by"] = checked_name(self.find_by, "the field")
        return made
