"""Answers of a writing call, one item per record (records.md): what was done, or why this record was refused."""

from __future__ import annotations

from typing import Any

from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON

MESSAGES = {
    "ALREADY_MODIFIED": "record updated time has already passed if-unmodified-since time",
    "DEPENDENT_FIELD_MISSING": "Required field not found",
    "DUPLICATE_DATA": "duplicate data",
    "DUPLICATE_LINKING_DATA": "Duplicate association",
    "INVALID_DATA": "invalid data",
    "MANDATORY_NOT_FOUND": "required field not found",
    "MULTIPLE_OR_MULTI_ERRORS": "Multiple errors in the request",
    "NOT_APPROVED": "Cannot update record that is not approved yet",
    "NOT_REVIEWED": "Cannot update record that is not reviewed yet",
    "RECORD_IN_BLUEPRINT": "The record is in blue print",
    "RECORD_LOCKED": "You cannot perform this operation as the record is locked.",
}
PRECONDITION_FAILED = 412


class ItemError(Exception):
    """One record is refused, the others are not."""

    def __init__(self, code: str, details: JSON | None = None, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.details = details or {}
        self.message = message or MESSAGES.get(code, "Error")

    def item(self) -> JSON:
        """The error as it stands in `data`."""
        return {"code": self.code, "details": self.details, "message": self.message, "status": "error"}


class Place:
    """Where in a request a value stands: the field it belongs to, and its path."""

    __slots__ = ("api_name", "path")

    def __init__(self, api_name: str, path: str) -> None:
        self.api_name = api_name
        self.path = path

    def inside(self, key: str | int, api_name: str = "") -> Place:
        """A place further in: a key of an object or a number of a list."""
        step = f"[{key}]" if isinstance(key, int) else f".{key}"
        return Place(api_name or self.api_name, self.path + step)

    def details(self, **more: Any) -> JSON:
        """The `details` that name this place."""
        return {**more, "api_name": self.api_name, "json_path": self.path}

    def invalid(self, message: str = "", **more: Any) -> ItemError:
        """The value here is not one that the field takes."""
        return ItemError("INVALID_DATA", self.details(**more), message)

    def missing(self, **more: Any) -> ItemError:
        """A value has to stand here."""
        return ItemError("MANDATORY_NOT_FOUND", self.details(**more))


def record_place(number: int) -> Place:
    """The record with this number in `data`, from 0."""
    return Place("data", f"$.data[{number}]")


def done(details: JSON, message: str, **more: Any) -> JSON:
    """The item of a record with which all went well; `more` stands beside `details`."""
    return {"code": "SUCCESS", **more, "details": details, "message": message, "status": "success"}


def answered(items: list[JSON], all_well: int) -> Answer:
    """The whole answer: `all_well` when nothing was refused, 207 when something was, 400 when everything was.

    unverified: 412 only when every record was changed meanwhile (the pages show one record).
    """
    refused = [item for item in items if item["status"] != "success"]
    if not refused:
        status = all_well
    elif len(refused) < len(items):
        status = 207
    else:
        status = PRECONDITION_FAILED if all(item["code"] == "ALREADY_MODIFIED" for item in items) else 400
    return json_answer({"data": items}, status)
