"""How rows change their state: only here, under a lock of their submission, and only from the states named (D8)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, CharField, Count, Value, When
from django.utils import timezone

from console.audit import trail
from console.submissions import makers, operations
from console.submissions.changes import chunks
from console.submissions.models import Call, Row, Submission
from console.submissions.outcomes import Outcome
from crm_client.values import JsonObject

LOOK_AFTER_S = 30
FOUND_WITHIN = timedelta(minutes=4)  # of the send: how soon the sweeper finds a call whose worker died
LONGEST_MESSAGE, LONGEST_DETAILS = 1_000, 10_000  # letters of a refusal that are kept
MOST_AT_ONCE = 200  # rows of a statement
OPEN = (Row.State.PENDING, Row.State.SENT, Row.State.UNKNOWN)
UNDER_WAY = (Row.State.SENT, Row.State.UNKNOWN)  # what an answer, however late, may settle


CANNOT_LOOK = "CONNECTION-OVER"  # code of rows without an answer whose connection is over

UNKNOWN = Outcome(Row.State.UNKNOWN, code="SENT-UNKNOWN")
PENDING = Outcome(Row.State.PENDING)


@contextmanager
def locked(pk: UUID) -> Iterator[Submission]:
    """The submission in a transaction of its own, locked, so that its rows are counted as they are."""
    with transaction.atomic():
        rows = Submission.objects.select_related("connection", "person").select_for_update(of=("self",))
        yield rows.get(pk=pk)


def write(
    submission: Submission,
    call: Call,
    outcomes: Mapping[int, Outcome],
    *,
    only: Sequence[Row.State] = UNDER_WAY,
    is_certain: bool = True,
) -> set[int]:
    """Gives rows of a call, by primary key, their outcomes where they are in one of the states `only`. Needs the lock.

    A row that went on to another call meanwhile is left alone.
    is_certain  the outcomes are the CRM's own answer; else a record that another row has made is not this one's
    returns     the rows that were left alone because of that
    """
    others, displaced = makers.claim(submission, call, outcomes, only=only, is_certain=is_certain)
    for pk, crm_id in displaced.items():
        transaction.on_commit(partial(_displace, pk, crm_id))
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for pk, one in outcomes.items():
        if pk in others:
            continue
        what = [one.state, bool(one.crm_id), one.code, one.message, one.details, one.needs_person]
        alike[json.dumps(what)].append(pk)
    now = timezone.now()
    values: dict[str, Any]
    for every in alike.values():
        for start in range(0, len(every), MOST_AT_ONCE):
            keys = every[start : start + MOST_AT_ONCE]
            outcome = outcomes[keys[0]]
            values = {
                "state": outcome.state,
                "code": outcome.code[:80],
                "message": outcome.message[:LONGEST_MESSAGE],
                "details": _bounded(outcome.details),
            }
            if outcome.crm_id:  # in one statement, though each has its own
                each = [When(pk=pk, then=Value(outcomes[pk].crm_id)) for pk in keys]
                values["crm_id"] = Case(*each, output_field=CharField())
            values["needs_person"] = outcome.needs_person
            values["settled_at"] = None if outcome.state in OPEN else now
            Row.objects.filter(pk__in=keys, call=call, state__in=only).update(**values)
    return others


def _displace(row_pk: int, crm_id: str) -> None:
    """A row that was thought to have made a record which, as the CRM has said since, is another's: a person decides."""
    row = Row.objects.get(pk=row_pk)
    with locked(row.submission_id) as submission:
        wrong = Row.objects.filter(pk=row_pk, state=Row.State.SUCCEEDED, crm_id=crm_id)
        unknown = {"state": Row.State.UNKNOWN, "needs_person": True, "crm_id": "", "code": UNKNOWN.code}
        wrong.update(**unknown, details={"candidates": []}, message="", settled_at=None)
        recount(submission)


def _bounded(details: JsonObject) -> JsonObject:
    """What the CRM says of a refusal; of one that is endless the short things alone."""
    if len(json.dumps(details)) <= LONGEST_DETAILS:
        return details
    short = {name: value for name, value in details.items() if len(json.dumps(value)) < LONGEST_MESSAGE}
    return short if len(json.dumps(short)) <= LONGEST_DETAILS else {}


def settled(submission: Submission, call: Call, outcomes: Mapping[int, Outcome], how: Mapping[str, Any]) -> None:
    """The answer to a call, or that there is none: rows, call, audit and submission together. Needs the lock.

    how  what the audit says beside it: status, code. No values.
    """
    write(submission, call, outcomes)
    now = timezone.now()
    is_open = any(outcome.state == Row.State.UNKNOWN for outcome in outcomes.values())
    look_at = now + timedelta(seconds=LOOK_AFTER_S) if is_open else None
    mine = Call.objects.filter(pk=call.pk, claim=call.claim)
    was_sent = mine.filter(state=Call.State.SENT).update(**_end(is_open, look_at))
    if was_sent:  # and not a late answer, which the audit knows of as one that did not come
        _audit(submission, len(outcomes), outcomes.values(), how)
    else:
        mine.filter(state=Call.State.UNKNOWN).update(**_end(is_open, look_at))
    recount(submission, got_further=True)


def orphaned(submission: Submission, call: Call, now: datetime, *, is_dead: bool = False) -> bool:
    """A call that was sent and never came back: its worker is dead. What it did is unknown. Needs the lock.

    is_dead  that is certain, and not only concluded from a claim that is over
    """
    sent_at, soon = call.sent_at or now, timedelta(seconds=LOOK_AFTER_S)
    is_plain = (timedelta(0) if is_dead else soon) <= now - sent_at <= FOUND_WITHIN
    # Found late, or by a clock that jumped: then the call may be under way still.
    look_at = max(now, sent_at + soon) if is_plain else now + 2 * soon
    mine = Call.objects.filter(pk=call.pk, claim=call.claim, state=Call.State.SENT)
    if not mine.update(**_end(True, look_at)):
        return False
    keys = list(Row.objects.filter(call=call, state=Row.State.SENT).values_list("pk", flat=True))
    write(submission, call, dict.fromkeys(keys, UNKNOWN), only=[Row.State.SENT])
    _audit(submission, len(keys), [UNKNOWN] * len(keys), {"code": "SENT-UNKNOWN"})
    recount(submission)
    return True


def returned(submission: Submission, call: Call, *, refused: Mapping[str, Any] | None = None) -> None:
    """A call that did nothing goes back to be made again: its rows are pending once more. Needs the lock.

    Only by whoever claimed it, late as it may be: somebody else may be making it.
    refused  how the CRM refused it as a whole, for the audit; None: not one byte was sent
    """
    mine = Call.objects.filter(pk=call.pk, claim=call.claim, state__in=[Call.State.SENT, Call.State.UNKNOWN])
    nobodys = {"claim": "", "claim_until": None, "look_at": None, "rung_at": None, "sent_at": None, "crm_sent_at": None}
    if not mine.update(state=Call.State.READY, **nobodys):
        return
    mine_too = Row.objects.filter(call=call, state__in=UNDER_WAY)
    mine_too.update(state=Row.State.PENDING, needs_person=False, code="", message="", details={})
    count = Row.objects.filter(call=call, state=Row.State.PENDING).count()
    if not count:
        Call.objects.filter(pk=call.pk, state=Call.State.READY).update(state=Call.State.SETTLED)
    if refused is not None:
        _audit(submission, count, [], refused)


def regroup(submission: Submission, rows: Iterable[Row], *, only: Sequence[Row.State]) -> list[Call]:
    """New calls for rows that are to be sent once more: they are pending then. Needs the lock."""
    again = list(rows)
    made = []
    size = operations.of(submission.operation).size if operations.is_known(submission.operation) else 1
    for part in chunks([row.payload or {} for row in again], size):
        call = Call.objects.create(submission=submission)
        keys = [again[index].pk for index in part]
        moved = Row.objects.filter(pk__in=keys, state__in=only).update(
            state=Row.State.PENDING, call=call, needs_person=False, code="", message="", details={}, settled_at=None
        )
        if moved:
            made.append(call)
        else:
            call.delete()
    return made


def ask_all(submission: Submission) -> None:
    """Nobody can look up any more what became of its rows: their person decides about each. Needs the lock."""
    unknown = Row.objects.filter(submission=submission, state=Row.State.UNKNOWN, needs_person=False)
    unknown.update(needs_person=True, code=CANNOT_LOOK, message="", details={"candidates": []})
    for call in Call.objects.filter(submission=submission, state=Call.State.UNKNOWN):
        close_if_certain(call)


def close_if_certain(call: Call) -> None:
    """A call none of whose rows is unknown any more needs no further look. Needs the lock."""
    if not Row.objects.filter(call=call, state=Row.State.UNKNOWN, needs_person=False).exists():
        Call.objects.filter(pk=call.pk, state=Call.State.UNKNOWN).update(**_end(False, None))


def recount(submission: Submission, *, got_further: bool = False) -> None:
    """The submission's state by its rows. Needs the lock.

    got_further  the CRM answered: patience starts anew, and a wait that is over leaves no reason behind
    """
    counts = (
        Row.objects.filter(submission=submission).order_by().values_list("state", "needs_person").annotate(Count("pk"))
    )
    by_state: defaultdict[str, int] = defaultdict(int)
    for state, needs_person, count in counts:
        by_state["asked" if needs_person else state] += count
    now, state = timezone.now(), Submission.State
    if by_state[Row.State.PENDING] or by_state[Row.State.SENT]:
        is_due = submission.not_before is None or submission.not_before <= now
        found = state.SENDING if is_due else state.WAITING
        if submission.state == state.PAUSED:
            found = state.PAUSED
    elif by_state[Row.State.UNKNOWN]:
        found = state.CHECKING
    else:
        found = state.ASKING if by_state["asked"] else state.DONE
    changed: dict[str, object] = {"state": found}
    if found not in (state.PAUSED, state.WAITING):
        changed |= {"reason": "", "reason_code": "", "not_before": None, "paused_at": None}
    if got_further and found != state.WAITING:
        changed["tries"] = 0
    changed["finished_at"] = (submission.finished_at or now) if found == state.DONE else None
    _change(submission, changed)


def wait(submission: Submission, until: datetime, code: str, reason: str, *, counts: bool = True) -> None:
    """It goes on by itself at `until`, unless a person has to do something first. Needs the lock.

    counts  whether it is one more of the waits after which a person is asked
    """
    if submission.state == Submission.State.PAUSED:
        return
    # Several calls that are refused in one moment are one refusal.
    is_new = counts and not (submission.not_before and submission.not_before > timezone.now())
    _change(
        submission,
        {
            "state": Submission.State.WAITING,
            "not_before": max(until, submission.not_before or until),
            "reason_code": code,
            "reason": reason,
            "tries": submission.tries + is_new,
        },
    )


def pause(submission: Submission, code: str, reason: str) -> None:
    """A person has to do something first. Needs the lock."""
    changed = {"state": Submission.State.PAUSED, "reason_code": code, "reason": reason, "not_before": None}
    _change(submission, {**changed, "paused_at": timezone.now(), "tries": 0})


def go_on(submission: Submission) -> None:
    """Whatever it waited for is there. Needs the lock."""
    changed = {"state": Submission.State.SENDING, "reason_code": "", "reason": "", "not_before": None}
    _change(submission, {**changed, "paused_at": None, "tries": 0})
    recount(submission)


def _change(submission: Submission, values: Mapping[str, object]) -> None:
    if any(getattr(submission, name) != value for name, value in values.items()):
        Submission.objects.filter(pk=submission.pk).update(**values)
        for name, value in values.items():
            setattr(submission, name, value)


def _end(is_open: bool, look_at: datetime | None) -> dict[str, object]:
    state = Call.State.UNKNOWN if is_open else Call.State.SETTLED
    return {"state": state, "claim_until": None, "look_at": look_at, "rung_at": None}


def _audit(submission: Submission, rows: int, outcomes: Iterable[Outcome], how: Mapping[str, Any]) -> None:
    """One entry per write call that reached the CRM or may have: what, how many, how it ended. No values (D22)."""
    counts: defaultdict[str, Any] = defaultdict(int)
    for outcome in outcomes:
        counts[str(outcome.state)] += 1
    trail.record(
        "records.written",
        who=submission.person,
        where=submission.connection,
        operation=submission.operation,
        module=submission.module,
        submission=str(submission.pk),
        rows=rows,
        **counts,
        **how,
    )
