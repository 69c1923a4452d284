"""The reference field: a unique text field that carries each row's UUID and makes looking up certain (D10).

It counts only once a record of the submission, read back by its id, carries the UUID: a field that is not on the
layout, or that the profile may not write, is dropped by the CRM without a word.
"""

import logging
from collections.abc import Mapping, Sequence

from console.connections.models import Connection
from console.metadata.kept import kept_fields
from console.submissions import settling
from console.submissions.models import Row, Submission
from console.submissions.outcomes import Outcome
from crm_client import CrmClient
from crm_client.errors import CrmError, NotFound, Refused, TooManyRequests
from crm_client.values import as_id, as_object

log = logging.getLogger(__name__)


LETTERS = 36  # of a UUID


def why_not(connection: Connection, module: str, name: str) -> str:
    """Why a field cannot be the reference, by what is kept of the module's fields; "" when it can.

    Sending again what was not found is safe only because the CRM itself refuses a second record with the same UUID.
    """
    field = next((field for field in kept_fields(connection, module) if field.api_name == name), None)
    if field is None:
        return f"{name} is not known as a field of {module}"
    if not field.is_unique:
        return f"{name} may hold one value twice; a reference has to be a unique field"
    if field.data_type != "text" or (field.length or 0) < LETTERS:
        return f"{name} does not hold {LETTERS} letters of text"
    if field.read_only or field.field_read_only:
        return f"{name} may not be written"
    return ""


def own_duplicates(
    crm: CrmClient, submission: Submission, rows: Sequence[Row], outcomes: Mapping[int, Outcome]
) -> dict[int, Outcome]:
    """Rows refused as duplicates of themselves: an earlier try of ours was written after all. They succeeded."""
    found = {}
    if submission.reference_field:
        for row in rows:
            outcome = outcomes[row.pk]
            id_ = _duplicate_id(outcome) if outcome.code == "DUPLICATE_DATA" else ""
            if not id_:
                continue
            is_named = outcome.details.get("api_name") == submission.reference_field
            try:
                # Whichever unique field the CRM names: a record that carries our UUID is ours.
                if _carries(crm, submission, row, id_):
                    found[row.pk] = Outcome(Row.State.SUCCEEDED, id_, "", "It had been written by the first try.")
            except TooManyRequests:
                found[row.pk] = settling.UNKNOWN  # looking it up will tell
            except Refused:
                if is_named:  # it carries our UUID, but this person may not read it: sending again would not end
                    details = {"candidates": [id_]}
                    found[row.pk] = Outcome(Row.State.UNKNOWN, "", "SENT-UNKNOWN", "", details, needs_person=True)
            except CrmError:
                found[row.pk] = settling.UNKNOWN
    return found


def prove(crm: CrmClient, submission: Submission, rows: Sequence[Row], outcomes: Mapping[int, Outcome]) -> None:
    """Reads one record that was just written back, and remembers whether it carries its UUID."""
    for row in rows:
        outcome = outcomes[row.pk]
        if outcome.state != Row.State.SUCCEEDED or not outcome.crm_id:
            continue
        try:
            is_kept = _carries(crm, submission, row, outcome.crm_id)
        except CrmError:
            return  # another record of another call will tell: only one that was read proves anything
        states = Submission.Reference
        submission.reference_state = states.PROVEN if is_kept else states.REFUTED
        unproven = Submission.objects.filter(pk=submission.pk, reference_state=states.UNPROVEN)
        unproven.update(reference_state=submission.reference_state)
        return


def _carries(crm: CrmClient, submission: Submission, row: Row, id_: str) -> bool:
    """Raises Refused where the record cannot be read: then nothing is known of it."""
    record = crm.records.get(submission.module, id_)
    if record is None:
        raise NotFound("it cannot be read", what=f"a record of {submission.module}")
    return record.get(submission.reference_field) == str(row.reference)


def _duplicate_id(outcome: Outcome) -> str:
    details = outcome.details
    return as_id(details.get("id")) or as_id(as_object(details.get("duplicate_record")).get("id"))
