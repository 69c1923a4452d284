"""Looking up what became of rows whose answer did not arrive; nothing unknown is ever sent again blindly (D10)."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from console.connections import gate
from console.connections.models import Connection
from console.connections.tokens import crm_for
from console.submissions import bell, leases, operations, settling
from console.submissions.models import Call, Row
from console.submissions.operations import Absent, Found, Unsure, Verdict
from console.submissions.sending import PURPOSE
from console.submissions.settling import Outcome
from crm_client.errors import CrmError, NotAllowed, ScopeMissing

log = logging.getLogger(__name__)

EVERY_S = 30
MOST_LOOKS = 4  # over two minutes; then a person decides
LEASE_S = 240


def due(now: datetime) -> Q:
    """Calls with unknown rows whose next look has come; a time far ahead is from a clock that jumped."""
    jumped = Q(look_at__gt=now + timedelta(minutes=16))
    return Q(state=Call.State.UNKNOWN) & (Q(look_at__lte=now) | jumped)


def look_up(call_pk: int) -> None:
    """Looks up the unknown rows of a call, if it is time; safe to call any number of times, from anywhere.

    One at a time per organisation: two looks at the same records could both take one for theirs.
    """
    call = Call.objects.select_related("submission__connection").filter(due(timezone.now()), pk=call_pk).first()
    if call is None:
        return
    connection = call.submission.connection
    with leases.held(f"look:{connection.dc}:{connection.zgid}", LEASE_S) as is_mine:
        if is_mine and Call.objects.filter(due(timezone.now()), pk=call_pk).exists():
            _look_up(call)


def _look_up(call: Call) -> None:
    submission = call.submission
    rows = list(Row.objects.filter(call=call, state=Row.State.UNKNOWN, needs_person=False).order_by("n"))
    connection = submission.connection
    if connection.state != Connection.State.ACTIVE or connection.zgid != submission.zgid:
        _again_later(call, counts=False)  # nobody may ask now; nothing is decided by that
        return
    is_last = call.looks + 1 >= MOST_LOOKS
    try:
        crm = crm_for(connection, gate.worker_deadline_s(), PURPOSE)
        verdicts = operations.of(submission.operation).look_up(crm, submission, call, rows)
    except (NotAllowed, ScopeMissing):
        verdicts = {row.pk: Unsure((), "CRM-DENIED") for row in rows}
    except CrmError as error:
        log.info("a look-up waits", extra={"submission": str(submission.pk), "reason": error.message_code})
        _again_later(call, counts=False, in_s=getattr(error, "retry_after_s", None) or EVERY_S)
        return
    again = _apply(call, rows, verdicts, is_last=is_last)
    bell.ring(again)


def _apply(call: Call, rows: Sequence[Row], verdicts: Mapping[int, Verdict], *, is_last: bool) -> list[int]:
    """Stores what was found; gives back the calls that are to be sent because their rows were not."""
    outcomes: dict[int, Outcome] = {}
    absent: list[Row] = []
    for row in rows:
        verdict = verdicts.get(row.pk, Unsure())
        if isinstance(verdict, Found):
            outcomes[row.pk] = Outcome(Row.State.SUCCEEDED, verdict.crm_id, "", "Found in Zoho CRM.")
        elif isinstance(verdict, Absent):
            absent.append(row)
        elif is_last or verdict.ask_now:
            details = {"candidates": list(verdict.candidates)}
            outcomes[row.pk] = Outcome(Row.State.UNKNOWN, "", verdict.code, "", details, needs_person=True)
    with settling.locked(call.submission_id) as submission:
        settling.write(call, outcomes, only=[Row.State.UNKNOWN])
        again = settling.regroup(submission, absent, only=[Row.State.UNKNOWN]) if absent else []
        settling.close_if_certain(call)
        settling.recount(submission, got_further=True)
    _again_later(call, counts=True)
    return [made.pk for made in again]


def _again_later(call: Call, *, counts: bool, in_s: float = EVERY_S) -> None:
    """The next look, if rows are still unknown; a look at which the CRM could not be asked does not count."""
    at = timezone.now() + timedelta(seconds=in_s)
    looks = call.looks + (1 if counts else 0)
    Call.objects.filter(pk=call.pk, state=Call.State.UNKNOWN).update(look_at=at, looks=looks, rung_at=None)
