"""Making a call: claim it and say that it is sent, send it, store what became of each row (D8, D11).

Claiming and saying so is one commit, so that nobody else makes the call and nothing comes between it and the first
byte. No lock is held while HTTP is under way. Whoever dies before that commit leaves pending rows; whoever dies after
it leaves a claim that ends, and the sweeper finds rows whose outcome is unknown.
"""

import logging
import random
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from console.connections import gate
from console.connections.models import Connection
from console.connections.tokens import ConnectionTokens
from console.submissions import bell, clocks, operations, references, settling, slots, words
from console.submissions.models import Call, Row, Slot, Submission
from console.submissions.outcomes import Outcome
from crm_client import CrmClient
from crm_client.calls import CallEvent
from crm_client.errors import (
    CrmError,
    InvalidRequest,
    NoAnswer,
    NotFound,
    NotSent,
    RecordLocked,
    Refused,
    SignInError,
    SignInThrottled,
    SignInUnavailable,
    TooManyRequests,
)
from crm_client.write_answers import RowAnswer

log = logging.getLogger(__name__)

CLAIM_S = 50
DEADLINE_S = 40.0  # of a write made in the background; one that a page waits for ends with the page
TIDY_S = 5.0  # what is kept of a claim for storing the answer
SOUND_TRY = 1 / 3  # of a page's time: with less left, a write would too often end without an answer
ON_S = 5.0  # how long one message keeps a worker busy with one call after the other; it is told to stop in between
MOST_THROTTLED, MOST_UNREACHED = 5, 20  # tries in a row before a person is asked
LONGEST_BACKOFF_S = 60.0
SLACK = timedelta(seconds=60)

stopping = threading.Event()
"""Set when this process is told to end: the call under way comes to its end, no other is begun."""

PURPOSE = gate.Purpose(page="submissions:detail")


class PreparedTokens:
    """Tokens whose first is fetched beforehand: once a row says `sent`, nothing but the call itself is to come."""

    def __init__(self, tokens: ConnectionTokens) -> None:
        self._tokens = tokens
        self._first = tokens.token()

    def token(self) -> str:
        return self._first

    def refused(self, token: str) -> str:
        return self._tokens.refused(token)


@dataclass(slots=True)
class _Sending:
    """A call in the hands of whoever makes it.

    ends      monotonic seconds by which its answer must be there
    all_ends  by which also what is read back afterwards must be
    own_slot  taken for this call alone, and given back with its outcome
    statuses  of the requests it took: two where the first was refused for its token; None: no answer, or not sent
    """

    call: Call
    submission: Submission
    ends: float
    all_ends: float
    own_slot: Slot | None = None
    statuses: list[int | None] = field(default_factory=list)

    def how(self, error: CrmError | None = None) -> dict[str, object]:
        """What the audit says beside the outcome; `calls` where it was not one request (AC-67)."""
        told: dict[str, object] = {}
        if error is not None:
            told = {"code": error.code or error.message_code, "status": error.status}
        answered = sum(status is not None for status in self.statuses)
        calls = answered + (isinstance(error, NoAnswer) and self.statuses[-1:] == [None])
        return told | ({"calls": calls} if calls > 1 else {})

    @property
    def has_knocked(self) -> bool:
        """Whether a request reached the CRM, if only to be refused for its token."""
        return any(status is not None for status in self.statuses)


def in_the_request(call_pk: int, ends_by: float | None = None) -> None:
    """Sends a call while the person waits, if a slot is free and time is left; else a worker is rung for it.

    ends_by  monotonic seconds by which the page must have ended; None: it has all its time still
    """
    call, now = _loaded(call_pk), time.monotonic()
    if call is None:
        return
    whole = gate.page_deadline_s()
    ends = now + whole if ends_by is None else min(ends_by, now + whole)
    is_late = ends - now < SOUND_TRY * whole
    if is_late or not (_make(call, ends, ends, None) or _waits_with_everybody(call)):
        bell.ring([call_pk])


def in_the_background(call_pk: int) -> None:
    """What a ring does: this call, then the organisation's others, small submissions first, for a while.

    Safe to call any number of times, from anywhere. Without a slot it does nothing: those who hold one go on.
    """
    call = _loaded(call_pk)
    if call is None or stopping.is_set():
        return
    connection = call.submission.connection
    slot = slots.take(connection, slots.WORKER)
    if slot is None:
        _waits_with_everybody(call)
        return
    try:
        _one_after_the_other(slot, call)
    finally:
        slots.give_back(slot)
    if not stopping.is_set() and (more := _next_call(connection)) is not None:
        bell.ring([more])


def _loaded(call_pk: int | None) -> Call | None:
    """A call that may be made now, with all that it takes; else None."""
    if call_pk is None:
        return None
    calls = Call.objects.select_related("submission__connection", "submission__person")
    return calls.filter(sendable(), pk=call_pk).first()


def _waits_with_everybody(call: Call) -> bool:
    """Whether the CRM asked the whole organisation to wait; the submission says so then."""
    until = slots.paused_until(call.submission.connection)
    if until is None:
        return False
    with settling.locked(call.submission_id) as submission:
        settling.wait(submission, until, "CRM-LIMIT", words.until_then("Zoho asks for a pause", until), counts=False)
        settling.recount(submission)
    bell.ring([call.pk], (until - timezone.now()).total_seconds())
    return True


def _one_after_the_other(slot: Slot, first: Call) -> None:
    until, connection = time.monotonic() + ON_S, first.submission.connection
    call: Call | None = first
    while call is not None:
        ends = time.monotonic() + min(DEADLINE_S, CLAIM_S - TIDY_S)
        _make(call, ends, ends + TIDY_S / 2, slot)
        if time.monotonic() > until or stopping.is_set() or not slots.keep(slot):
            return
        call = _loaded(_next_call(connection))


def _next_call(connection: Connection) -> int | None:
    """The organisation's next call that may be made, of the smallest submission first (D12)."""
    ready = Call.objects.filter(
        sendable(), submission__connection__dc=connection.dc, submission__zgid=connection.zgid, state=Call.State.READY
    )
    return ready.order_by("submission__total", "submission__created_at", "pk").values_list("pk", flat=True).first()


def sendable() -> Q:
    """Calls that may be made now. As long as a reference is unproven, one call of its submission at a time."""
    now, states = timezone.now(), Submission.State
    is_open = Q(submission__state__in=[states.SENDING, states.WAITING, states.CHECKING, states.ASKING])
    due = Q(submission__not_before=None) | Q(submission__not_before__lte=now)
    jumped = Q(submission__not_before__gt=now + slots.LONGEST_WAIT + SLACK)
    under_way = Call.objects.filter(submission=OuterRef("submission"), state=Call.State.SENT)
    unproven = ~Q(submission__reference_field="") & Q(submission__reference_state=Submission.Reference.UNPROVEN)
    return Q(state=Call.State.READY) & is_open & (due | jumped) & (~unproven | ~Q(Exists(under_way)))


def claim_is_over(now: datetime) -> Q:
    """A claim that ran out, or reaches further ahead than any taken just now: then a clock has jumped."""
    return Q(claim_until__lte=now) | Q(claim_until__gt=now + timedelta(seconds=CLAIM_S) + SLACK)


def _make(call: Call, ends: float, all_ends: float, slot: Slot | None) -> bool:
    """Makes a call if nobody else does; False when it needs a slot of its own and there was none.

    slot  held by the caller already; None: one is taken of those that are kept for pages
    """
    sending = _Sending(call, call.submission, ends, all_ends)
    if _is_forbidden(sending):
        return True
    try:
        tokens = PreparedTokens(ConnectionTokens(call.submission.connection_id, ends_by=sending.ends))
    except SignInError as error:
        _not_done(sending, error)
        return True
    rows = _say_sent(sending, needs_slot=slot is None)
    if rows is None:
        return False
    try:
        if rows:
            _send(sending, rows, tokens)
    finally:
        if sending.own_slot is not None:
            slots.give_back(sending.own_slot)
    return True


def _is_forbidden(sending: _Sending) -> bool:
    """Whether these rows may not go: another organisation, a connection or an account that is closed (T4, AC-20)."""
    submission, connection = sending.submission, sending.submission.connection
    reason = ""
    if connection.zgid != submission.zgid:
        reason = "This connection now leads to another organisation than the one these rows are for. Nothing is sent."
    elif connection.state == Connection.State.DISCONNECTED:
        reason = "The organisation was disconnected. What is left is kept here and never sent."
    elif not submission.person.is_active:
        reason = "The account of whoever submitted this is closed. What is left is kept here and not sent."
    elif not operations.is_known(submission.operation):
        reason = "This version of the console does not know what was to be done. What is left is kept here."
    if reason:
        with settling.locked(submission.pk) as held:
            settling.pause(held, "CRM-DENIED", reason)
    return bool(reason)


def _say_sent(sending: _Sending, *, needs_slot: bool) -> list[Row] | None:
    """Claims the call and commits that its pending rows are sent, before the first byte leaves.

    returns  the rows; [] when somebody else has the call, or nothing is left of it; None when there is no slot
    If that cannot be committed, nothing is sent: whatever the database raises goes through.
    """
    call = sending.call
    with transaction.atomic(durable=True):
        slot = slots.take(sending.submission.connection, slots.PAGE) if needs_slot else None
        if needs_slot and slot is None:
            return None
        now, claim = timezone.now(), secrets.token_hex(8)
        until = now + timedelta(seconds=CLAIM_S)
        # The call's own columns alone: PostgreSQL looks at those again once it gets the row, at joined ones not.
        free = Call.objects.filter(pk=call.pk, state=Call.State.READY)
        there = clocks.now_at(sending.submission.connection)
        if not free.update(state=Call.State.SENT, claim=claim, claim_until=until, sent_at=now, crm_sent_at=there):
            transaction.set_rollback(True)  # the slot is not needed
            return []
        pending = Row.objects.filter(call=call, state=Row.State.PENDING)
        pending.update(state=Row.State.SENT, code="", message="", details={})
        rows = list(Row.objects.filter(call=call, state=Row.State.SENT).order_by("n"))
    call.claim, call.sent_at, call.crm_sent_at, sending.own_slot = claim, now, there, slot
    if not rows:
        with _storing(sending) as submission:
            settling.returned(submission, call)
            settling.recount(submission)
    return rows


@contextmanager
def _storing(sending: _Sending) -> Iterator[Submission]:
    """The submission locked, to store what became of the call; its own slot is given back in the same commit."""
    with settling.locked(sending.submission.pk) as submission:
        yield submission
        if sending.own_slot is not None:
            slots.give_back(sending.own_slot)
    sending.own_slot = None


def _send(sending: _Sending, rows: Sequence[Row], tokens: PreparedTokens) -> None:
    submission, operation = sending.submission, operations.of(sending.submission.operation)

    def told_of(event: CallEvent) -> None:
        gate.tell(submission.connection, PURPOSE, event)
        if event.method == operation.method:
            sending.statuses.append(event.status)

    left_s = max(sending.ends - time.monotonic(), 0.0)
    crm = gate.client_for(submission.connection, tokens, left_s, PURPOSE, on_call=told_of)
    crm.transport.ends_by = sending.ends
    try:
        answers = operation.send(crm, submission, rows)
    except (NotSent, SignInError) as error:
        _not_done(sending, error)
    except (NotFound, InvalidRequest, RecordLocked) as error:
        _all_refused(sending, rows, error)
    except Refused as error:
        _not_done(sending, error)
    except NoAnswer as error:
        _settle(sending, dict.fromkeys((row.pk for row in rows), settling.UNKNOWN), sending.how(error))
    except CrmError as error:  # a name that cannot be: nothing was sent, and sending it again cannot help
        _all_refused(sending, rows, error)
    except Exception:
        # A fault of ours, who knows where: what is not certain is unknown.
        log.exception("a call failed", extra={"submission": str(submission.pk), "call": sending.call.pk})
        _settle(sending, dict.fromkeys((row.pk for row in rows), settling.UNKNOWN), {"code": "CONSOLE-FAULT"})
    else:
        _answered(sending, crm, rows, answers)


def _answered(sending: _Sending, crm: CrmClient, rows: Sequence[Row], answers: Sequence[RowAnswer | None]) -> None:
    """One answer per row; first sees whether a duplicate is our own earlier try, which the reference tells (D10)."""
    submission = sending.submission
    outcomes = {row.pk: _outcome(answer) for row, answer in zip(rows, answers, strict=True)}
    if any(outcome.code == "ALREADY_MODIFIED" for outcome in outcomes.values()) and _was_looked_up(sending):
        # It may be an earlier try of ours that changed the record: looking it up again tells.
        outcomes = dict.fromkeys(outcomes, settling.UNKNOWN)  # such a call carries one row
    crm.transport.ends_by = sending.all_ends
    outcomes |= references.own_duplicates(crm, submission, rows, outcomes)
    _settle(sending, outcomes, sending.how())
    if submission.reference_field and submission.reference_state == Submission.Reference.UNPROVEN:
        references.prove(crm, submission, rows, outcomes)


def _was_looked_up(sending: _Sending) -> bool:
    """Whether rows of this submission were sent before without an answer."""
    others = Call.objects.filter(submission=sending.submission, looks__gt=0)
    return others.exclude(pk=sending.call.pk).exists()


def _outcome(answer: RowAnswer | None) -> Outcome:
    if answer is None:
        return settling.UNKNOWN
    if answer.is_success:
        occurrences = {"occurrence_ids": list(answer.occurrence_ids)} if len(answer.occurrence_ids) > 1 else {}
        action = {"action": answer.action} if answer.action else {}
        return Outcome(Row.State.SUCCEEDED, answer.id, "", answer.message, {**occurrences, **action})
    return Outcome(Row.State.FAILED, "", answer.code, answer.message, answer.details)


def _settle(sending: _Sending, outcomes: dict[int, Outcome], how: dict[str, object]) -> None:
    with _storing(sending) as submission:
        settling.settled(submission, sending.call, outcomes, how)
    if any(outcome.state == Row.State.UNKNOWN for outcome in outcomes.values()):
        bell.ring_for_looking([sending.call.pk], settling.LOOK_AFTER_S)


def _all_refused(sending: _Sending, rows: Sequence[Row], error: CrmError) -> None:
    """The call was refused as a whole for what is in it: every row of it failed."""
    code = error.code or error.message_code
    refused = Outcome(Row.State.FAILED, "", code, error.message or error.reason, error.details)
    _settle(sending, dict.fromkeys((row.pk for row in rows), refused), sending.how(error))


def _not_done(sending: _Sending, error: CrmError) -> None:
    """The call did nothing: its rows are pending again, and the submission waits, or a person has to act."""
    refused = sending.how(error) if isinstance(error, Refused) else None
    if refused is None and sending.has_knocked:  # for its token, and no other was to be had
        refused = {"code": "INVALID_TOKEN", "status": HTTPStatus.UNAUTHORIZED.value}
    with _storing(sending) as submission:
        settling.returned(submission, sending.call, refused=refused)
        until = _until(submission, error)
        if until is None:
            verb = operations.of(submission.operation).verb
            reason = words.why_paused(error, verb, submission.module)
            settling.pause(submission, error.message_code, reason)
        else:
            settling.wait(submission, until, error.message_code, words.why_waiting(error, until))
        settling.recount(submission)
        until = submission.not_before
    if until is not None:
        if isinstance(error, TooManyRequests):
            slots.wait_until(sending.submission.connection, until)
        bell.ring([sending.call.pk], (until - timezone.now()).total_seconds())


def _until(submission: Submission, error: CrmError) -> datetime | None:
    """When it is worth another try; None when waiting does not help, or did not."""
    if isinstance(error, SignInThrottled | SignInUnavailable):
        most = None  # it recovers unaided
    elif isinstance(error, TooManyRequests):
        most = MOST_THROTTLED
    elif isinstance(error, NotSent):
        most = MOST_UNREACHED
    else:
        return None
    if most is not None and submission.tries + 1 >= most:
        return None
    told = getattr(error, "retry_after_s", None)
    backoff = min(LONGEST_BACKOFF_S, 2.0 ** (submission.tries + 1)) * (0.5 + random.random() / 2)  # noqa: S311
    seconds = min(max(told or backoff, 1.0), slots.LONGEST_WAIT.total_seconds())
    return timezone.now() + timedelta(seconds=seconds)
