"""Insert, update, upsert and delete: how their rows are sent, and how rows without an answer are looked up (D10)."""

from collections.abc import Mapping, Sequence

from console.metadata.kept import kept_fields
from console.submissions import operations, traces
from console.submissions.models import Row, Submission
from console.submissions.operations import Absent, Found, Operation, Verdict
from crm_client import CrmClient
from crm_client.coql_text import compare
from crm_client.errors import InvalidName
from crm_client.values import JsonObject
from crm_client.writes import RowAnswer

REFERENCES_AT_ONCE = 50  # values of one `in`: the careful reading of the documentation


def _payloads(rows: Sequence[Row]) -> list[JsonObject]:
    if any(row.payload is None for row in rows):
        raise InvalidName("its values were deleted", what="a row")
    return [row.payload or {} for row in rows]


def _insert(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> list[RowAnswer | None]:
    return crm.records.create(submission.module, _payloads(rows), submission.write_options)


def _update(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> list[RowAnswer | None]:
    return crm.records.update(submission.module, _payloads(rows), submission.write_options)


def _upsert(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> list[RowAnswer | None]:
    return crm.records.upsert(submission.module, _payloads(rows), submission.write_options)


def _delete(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> list[RowAnswer | None]:
    return crm.records.delete(submission.module, [row.crm_id for row in rows], submission.write_options)


def _look_up_insert(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> Mapping[int, Verdict]:
    """With a proven reference the CRM is asked for it; else this user's new records are compared."""
    if submission.can_use_reference:
        return _by_reference(crm, submission, rows)
    return traces.compared(crm, submission, rows, "Created")


def _by_reference(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> dict[int, Verdict]:
    name = submission.reference_field
    found: dict[str, str] = {}
    for start in range(0, len(rows), REFERENCES_AT_ONCE):
        wanted = [str(row.reference) for row in rows[start : start + REFERENCES_AT_ONCE]]
        page = crm.coql.select(["id", name], submission.module, compare(name, "in", wanted))
        found |= {str(record.get(name)): record.id for record in page.records}
    return {row.pk: Found(id_) if (id_ := found.get(str(row.reference))) else Absent() for row in rows}


def _look_up_upsert(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> Mapping[int, Verdict]:
    """Sending it again finds the record where the field it is found by is unique; else as an insert.

    Not what adds to a list, such as rows of a subform: the second time would add them once more.
    """
    names = submission.write_options.duplicate_check_fields
    unique = {field.api_name for field in kept_fields(submission.connection, submission.module) if field.is_unique}
    converging = {
        row.pk
        for row in rows
        if any(name in unique and (row.payload or {}).get(name) for name in names)
        and not any(isinstance(value, list) for value in (row.payload or {}).values())
    }
    verdicts: dict[int, Verdict] = dict.fromkeys(converging, Absent())
    others = [row for row in rows if row.pk not in converging]
    if others:
        verdicts |= traces.compared(crm, submission, others, "Modified")
    return verdicts


def register() -> None:
    """The four that every module knows."""
    for operation in (
        Operation("insert", "insert", "inserted", "POST", "/{module}", _insert, _look_up_insert, makes_records=True),
        Operation("update", "update", "updated", "PUT", "/{module}", _update, traces.updated, with_id=True),
        Operation("upsert", "insert or update", "upserted", "POST", "/{module}/upsert", _upsert, _look_up_upsert),
        Operation("delete", "delete", "deleted", "DELETE", "/{module}", _delete, traces.deleted, with_id=True),
    ):
        operations.register(operation)
