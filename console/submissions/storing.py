"""What somebody wants written, as it is stored before anything is sent: the submission, its calls, their rows."""

from collections.abc import Sequence
from itertools import islice

from console.connections.models import Connection, User
from console.submissions import changes, operations, references
from console.submissions.changes import Change, NotWritable
from console.submissions.models import Call, Row, Submission
from console.submissions.shown import record_name
from crm_client.values import JsonObject, as_text

_FIRST_WITH_REFERENCE = 1  # rows in the first call: it shows whether the CRM keeps the reference


def checked(connection: Connection, change: Change, operation: operations.Operation) -> list[JsonObject]:
    """The rows as they may be stored and sent. Raises NotWritable."""
    if change.reference_field and operation.makes_records:
        problem = references.why_not(connection, change.module, change.reference_field)
        if problem:
            raise NotWritable(problem)
    return changes.checked(change, with_id=operation.with_id)


def parts(change: Change, operation: operations.Operation, rows: Sequence[JsonObject]) -> list[range]:
    """Which rows go together into a call, by index."""
    has_reference = change.reference_field and operation.makes_records
    first = _FIRST_WITH_REFERENCE if has_reference and len(rows) > 1 else None
    return list(changes.chunks(rows, operation.size, first))


def stored(
    connection: Connection,
    person: User,
    change: Change,
    rows: Sequence[JsonObject],
    form_key: str,
    payload_hash: str,
    title: str,
    subject: str,
) -> Submission:
    """The submission with its calls and rows, in the transaction of the caller. `rows` as `checked` gave them."""
    operation = operations.of(change.operation)
    submission = Submission.objects.create(
        connection=connection,
        person=person,
        zgid=connection.zgid,
        operation=operation.name,
        module=change.module,
        title=as_text(title)[:255],
        subject=as_text(subject or _subject(change, rows))[:120],
        total=len(rows),
        form_key=form_key,
        payload_hash=payload_hash,
        options=change.options.to_json(),
        layout_id=change.layout_id,
        reference_field=change.reference_field if operation.makes_records else "",
    )
    together = parts(change, operation, rows)
    calls = Call.objects.bulk_create([Call(submission=submission) for _ in together], batch_size=500)
    submission.fresh_calls = [call.pk for call in calls]
    made = (
        _row(submission, call, operation, index + 1, rows[index])
        for call, part in zip(calls, together, strict=True)
        for index in part
    )
    while batch := list(islice(made, 500)):
        Row.objects.bulk_create(batch)
    return submission


def _subject(change: Change, rows: Sequence[JsonObject]) -> str:
    """What the one row of a submission is called, or whose change it is."""
    if len(rows) > 1:
        return ""
    return record_name(rows[0], change.module) or str(rows[0].get("id", ""))


def _row(submission: Submission, call: Call, operation: operations.Operation, n: int, payload: JsonObject) -> Row:
    row = Row(submission=submission, call=call, n=n, fingerprint=changes.fingerprint(payload), payload=payload)
    if operation.with_id:
        row.crm_id = str(payload["id"])
    if submission.reference_field:
        row.payload = {**payload, submission.reference_field: str(row.reference)}
        row.fingerprint = changes.fingerprint(row.payload)
    return row
