"""The door itself: plan, submit, send, and what a person may decide afterwards."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from console.audit import trail
from console.connections import gate
from console.connections.models import Connection, User
from console.connections.tokens import crm_for
from console.costs.price_lists import price_list
from console.costs.prices import Price
from console.submissions import bell, changes, operations, sending, settling, slots, storing, traces, words
from console.submissions.changes import Change, NotWritable
from console.submissions.models import Call, Row, Submission
from console.submissions.outcomes import Outcome
from crm_client.errors import CrmError
from crm_client.values import is_id

__all__ = ["Change", "FormChanged", "NotWritable", "Plan", "new_form_key", "plan", "send", "submit"]


class FormChanged(CrmError):
    """The one-time key of this form was used before, for something else."""

    message_code = "FORM-CHANGED"
    safe = "Nothing was sent this time; what was sent the first time stands on the page of that submission."
    next_step = "Open the form anew and fill it in again."

    def __init__(self, existing: Submission) -> None:
        self.existing = existing
        super().__init__(what="this form")

    def sentence(self) -> str:
        return "This form was sent before with other values."


class BadForm(CrmError):
    """A form without its one-time key, so that a second click could not be told from a second wish."""

    message_code = "FORM-CHANGED"
    safe = "Nothing was sent."
    next_step = "Open the form anew."

    def sentence(self) -> str:
        return "The form came without the key that it was given."


@dataclass(frozen=True, slots=True)
class Plan:
    """What will happen when somebody agrees, for the page that says so before (see before you act).

    rows, calls  how many records in how many calls
    credits      what the calls cost, by the kept price list
    automation   which automations run, in a sentence
    in_request   one call, made while the page waits; else it goes on in the background
    """

    verb: str
    module: str
    rows: int
    calls: int
    credits: Price
    org_name: str
    environment: str
    user_name: str
    automation: str
    in_request: bool

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    def button(self, noun: str) -> str:
        """ "Insert 228 leads into Halden & Moreau Lending"."""
        preposition = {"insert": "into", "delete": "from"}.get(self.verb, "in")
        return f"{self.verb.capitalize()} {self.rows:,} {noun} {preposition} {self.org_name}"


def plan(connection: Connection, change: Change) -> Plan:
    """What a change will take; asks the CRM nothing. Raises NotWritable, LookupError for an operation that is none."""
    operation = operations.of(change.operation)
    rows = storing.checked(connection, change, operation)
    sizes = [len(part) for part in storing.parts(change, operation, rows)]
    path = operation.path.replace("{module}", change.module)
    prices = price_list(connection)
    each = [prices.price(operation.method, path, records=size) for size in sizes]
    return Plan(
        verb=operation.verb,
        module=change.module,
        rows=len(rows),
        calls=len(sizes),
        credits=Price(
            sum(price.credits for price in each),
            sum(price.lowest for price in each),
            sum(price.highest for price in each),
            any(price.is_estimated for price in each),
        ),
        org_name=connection.org_name,
        environment=connection.environment,
        user_name=connection.crm_user_name,
        automation=words.automation(change.options.trigger),
        in_request=len(sizes) == 1,
    )


def new_form_key() -> str:
    """A one-time key for a form; posted as `_form_key`."""
    return secrets.token_urlsafe(24)


def submit(
    connection: Connection, person: User, change: Change, *, form_key: str, title: str, subject: str = ""
) -> Submission:
    """Stores what is to be written. Nothing is sent yet: call `send` next, outside any transaction.

    title    what is done, without any value: it stays. "New Lead"
    subject  to whom or what: a record's name, a file's. Deleted with the payloads. "": what one row says of it
    returns  the submission; the existing one, with `is_repeat`, when this form was sent before with the same values
    raises   FormChanged when it was sent before with others, BadForm without a key, NotWritable
    """
    operation = operations.of(change.operation)
    rows = storing.checked(connection, change, operation)
    if not changes.is_form_key(form_key):
        raise BadForm(what="this form")
    payload_hash = changes.payload_hash(change, rows, str(connection.pk))
    try:
        with transaction.atomic():
            return storing.stored(connection, person, change, rows, form_key, payload_hash, title, subject)
    except IntegrityError:
        existing = Submission.objects.filter(person=person, form_key=form_key).first()
        if existing is None:
            raise
    if existing.payload_hash != payload_hash:
        raise FormChanged(existing)
    existing.is_repeat = True
    return existing


def send(submission: Submission, *, ends_by: float | None = None) -> None:
    """Sends it: one call while the person waits, more in the background. Harmless when others send it too.

    ends_by  `request.ends_by`: what the page asked the CRM before has taken of its time. Where too little is left, this
             call, too, goes in the background. Here and below
    Raises no CrmError: what happened stands in the rows. Whatever is not sent now, the sweeper finds.
    """
    ready = Call.objects.filter(submission=submission, state=Call.State.READY)
    _send_all(submission.fresh_calls or list(ready.values_list("pk", flat=True)), ends_by)
    submission.fresh_calls = []


def _send_all(calls: Sequence[int], ends_by: float | None) -> None:
    if len(calls) == 1:
        sending.in_the_request(calls[0], ends_by)
    else:
        bell.ring(calls[: slots.FOR_WORKERS])


def _is_over(submission: Submission) -> bool:
    """Whether nothing of it can be sent any more: a disconnected connection never comes back."""
    connection = submission.connection
    return connection.state == Connection.State.DISCONNECTED or connection.zgid != submission.zgid


def cancel(submission: Submission, person: User) -> int:
    """Whatever is not sent yet will not be; gives back how many rows."""
    with settling.locked(submission.pk) as held:
        # The calls first, as whoever sends takes them: in the other order the two would wait for each other.
        Call.objects.filter(submission=held, state=Call.State.READY).update(state=Call.State.SETTLED)
        pending = Row.objects.filter(submission=held, state=Row.State.PENDING)
        count = pending.update(state=Row.State.CANCELLED, code="", message="You cancelled it before it was sent.")
        settling.recount(held)
        _audit("records.cancelled", held, person, rows=count)
    return count


def pause(submission: Submission, person: User) -> bool:
    """Nothing more of it is sent until the person goes on; False when nothing was left to be sent.

    A call under way comes to its end, and what got no answer is looked up all the same.
    """
    with settling.locked(submission.pk) as held:
        pending = Row.objects.filter(submission=held, state=Row.State.PENDING)
        if held.state not in (Submission.State.SENDING, Submission.State.WAITING) or not pending.exists():
            return False
        settling.pause(held, "", "You paused it. What is left waits here; go on when you like.")
        _audit("records.paused", held, person)
    return True


def go_on(submission: Submission, person: User, *, ends_by: float | None = None) -> None:
    """The person says that what it waited for is there."""
    with settling.locked(submission.pk) as held:
        is_held = held.state in (Submission.State.PAUSED, Submission.State.WAITING)
        if not is_held or _is_over(held):
            return
        settling.go_on(held)
        _audit("records.resumed", held, person)
    send(submission, ends_by=ends_by)


def send_failed_again(submission: Submission, person: User, *, ends_by: float | None = None) -> int:
    """Only the rows that the CRM refused; gives back how many. A second click finds none left."""
    with settling.locked(submission.pk) as held:
        if _is_over(held):
            return 0
        failed = list(Row.objects.filter(submission=held, state=Row.State.FAILED, payload__isnull=False))
        calls = settling.regroup(held, failed, only=[Row.State.FAILED])
        settling.recount(held)
        if calls:
            _audit("records.sent_again", held, person, rows=len(failed))
    _send_all([call.pk for call in calls], ends_by)
    return len(failed)


def send_missing_again(submission: Submission, person: User, *, ends_by: float | None = None) -> int:
    """Every row that was looked for and not found, because the person says so; gives back how many."""
    missing = {"state": Row.State.UNKNOWN, "needs_person": True, "code": "NOT-FOUND-SEND-AGAIN"}
    with settling.locked(submission.pk) as held:
        if _is_over(held):
            return 0
        rows = list(Row.objects.filter(submission=held, payload__isnull=False, **missing))
        calls = settling.regroup(held, rows, only=[Row.State.UNKNOWN])
        settling.recount(held)
        if calls:
            _audit("records.decided", held, person, rows=len(rows), decision="sent again")
    _send_all([call.pk for call in calls], ends_by)
    return len(rows)


class NoSuchRecord(CrmError):
    """The record that somebody chose for a row is not one the CRM has."""

    message_code = "NOT-FOUND"

    def sentence(self) -> str:
        return f"Zoho CRM has no such record of {self.what}."


class NotThisRecord(CrmError):
    """The record that somebody chose was there before the row was sent, or is not the one the row is about."""

    message_code = "NOT-FOUND"

    def sentence(self) -> str:
        return f"That record of {self.what} {self.reason}, so it is not this row's."


class RecordTaken(CrmError):
    """The record that somebody chose for a row is another row's."""

    message_code = "NOT-FOUND"

    def sentence(self) -> str:
        return f"That record of {self.what} was made by another row, so it is not this one's."


def it_is_there(row: Row, person: User, crm_id: str, *, ends_by: float | None = None) -> None:
    """The person found the row's record in the CRM.

    raises  NoSuchRecord, NotThisRecord, RecordTaken, any CrmError: nothing is decided then
    """
    submission = row.submission
    if not is_id(crm_id):
        raise NoSuchRecord(what=submission.module)
    operation = operations.of(submission.operation)
    if operation.with_id and crm_id != row.crm_id:
        raise NotThisRecord("is another one than was sent", what=submission.module)
    if not operation.with_id and not _is_over(submission):  # over: nobody can ask the CRM, the person has looked
        crm = crm_for(submission.connection, gate.page_deadline_s(), sending.PURPOSE, ends_by)
        record = traces.read(crm, submission.module, crm_id)
        if record is None:
            raise NoSuchRecord(what=submission.module)
        if operation.makes_records and traces.is_older(record, row):
            raise NotThisRecord("was there long before this was sent", what=submission.module)
    found = Outcome(Row.State.SUCCEEDED, crm_id, "", "You said that this is its record.")
    _decide(row, person, found, "found")


def send_row_again(row: Row, person: User, *, ends_by: float | None = None) -> None:
    """The person looked, and it is not there."""
    with settling.locked(row.submission_id) as held:
        if _is_over(held):
            return
        asked = list(Row.objects.filter(pk=row.pk, state=Row.State.UNKNOWN, needs_person=True, payload__isnull=False))
        calls = settling.regroup(held, asked, only=[Row.State.UNKNOWN])
        settling.recount(held)
        if calls:
            _audit("records.decided", held, person, row=row.n, decision="sent again")
    _send_all([call.pk for call in calls], ends_by)


def give_up(row: Row, person: User) -> None:
    """The person does not want to know: the row is over, and nothing more is sent for it."""
    text = "You gave it up. Zoho CRM may hold a record for it or not."
    _decide(row, person, Outcome(Row.State.CANCELLED, "", "", text), "given up")


def _decide(row: Row, person: User, outcome: Outcome, decision: str) -> None:
    with settling.locked(row.submission_id) as held:
        asked = Row.objects.filter(pk=row.pk, needs_person=True, state=Row.State.UNKNOWN)
        if asked.exists():
            if settling.write(held, row.call, {row.pk: outcome}, only=[Row.State.UNKNOWN], is_certain=False):
                raise RecordTaken(what=held.module)
            settling.recount(held)
            _audit("records.decided", held, person, row=row.n, decision=decision)


def keep_back(connection: Connection, **signal: Any) -> None:
    """What is left for a connection that was just disconnected is kept, listed and never sent (AC-20)."""
    open_ones = Submission.objects.filter(connection=connection).exclude(state=Submission.State.DONE)
    for pk in open_ones.values_list("pk", flat=True):
        with settling.locked(pk) as held:
            reason = "The organisation was disconnected. What is left is kept here and never sent."
            settling.pause(held, "CRM-DENIED", reason)
            settling.ask_all(held)
            settling.recount(held)


def left_behind(connection: Connection, **signal: Any) -> list[str]:
    """What is not settled of this connection's submissions, in sentences."""
    found = []
    for submission in Submission.objects.filter(connection=connection).exclude(state=Submission.State.DONE):
        rows = Row.objects.filter(submission=submission)
        waiting = rows.filter(state__in=[Row.State.PENDING, Row.State.SENT]).count()
        unknown = rows.filter(state=Row.State.UNKNOWN).count()
        told = [f"{waiting:,} waiting"] if waiting else []
        told += [f"{unknown:,} sent without an answer"] if unknown else []
        found.append(f"{submission.title} ({submission.module}): {' and '.join(told)} of {submission.total:,} rows")
    return found


def _audit(action: str, submission: Submission, person: User, **detail: Any) -> None:
    trail.record(action, who=person, where=submission.connection, submission=str(submission.pk), **detail)
