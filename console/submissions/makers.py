"""Which row has made which record: the database itself refuses a second row the same one (rule 1)."""

from collections.abc import Iterable, Mapping, Sequence

from console.submissions import operations
from console.submissions.models import Call, Made, Row, Submission
from console.submissions.outcomes import Outcome


def claim(
    submission: Submission,
    call: Call,
    outcomes: Mapping[int, Outcome],
    *,
    only: Sequence[Row.State],
    is_certain: bool,
) -> tuple[set[int], dict[int, str]]:
    """Notes what these rows have made, by primary key, where they are in one of the states `only`. Needs the lock.

    is_certain  the CRM itself said so in its answer; else it is concluded, or a person's word
    returns     the rows whose record is another's; and, where certain knowledge came, whoever was thought to have made
                a record before: {primary key: the record's id}
    """
    named = {pk: _name(submission, one.crm_id) for pk, one in outcomes.items() if _has_made(submission, one)}
    if not named:
        return set(), {}
    rows = Row.objects.filter(pk__in=named, call=call, state__in=only)
    mine = {pk: named[pk] for pk in rows.values_list("pk", flat=True)}
    wanted = [Made(record=record, row_id=pk, is_certain=is_certain) for pk, record in mine.items()]
    Made.objects.bulk_create(wanted, ignore_conflicts=True)
    owners = {made.record: made for made in Made.objects.filter(record__in=mine.values())}
    others = {pk for pk, record in mine.items() if owners[record].row_id != pk}
    if not is_certain:
        return others, {}
    displaced = {}
    for pk in others:
        owner = owners[mine[pk]]
        if Made.objects.filter(pk=owner.pk, is_certain=False).update(row=pk, is_certain=True):
            displaced[owner.row_id] = outcomes[pk].crm_id
    return set(), displaced


def taken_ids(submission: Submission, ids: Iterable[str]) -> set[str]:
    """Which of these records a row has made already: nothing is found twice."""
    names = {_name(submission, id_): id_ for id_ in ids}
    keys, found = list(names), set[str]()
    for start in range(0, len(keys), 500):
        made = Made.objects.filter(record__in=keys[start : start + 500])
        found.update(names[record] for record in made.values_list("record", flat=True))
    return found


def _has_made(submission: Submission, outcome: Outcome) -> bool:
    if outcome.state != Row.State.SUCCEEDED or not outcome.crm_id or outcome.details.get("action") == "update":
        return False
    return operations.is_known(submission.operation) and not operations.of(submission.operation).with_id


def _name(submission: Submission, crm_id: str) -> str:
    return f"{submission.connection.dc}:{submission.zgid}:{submission.module}:{crm_id}"
