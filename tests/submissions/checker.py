"""Whether the truth was told: the product's rows joined with the stand-in's records on a marker.

Each row carries its marker in an ordinary field. Lost: a row that succeeded and has no record, or a row that is gone.
Doubled: two records with one marker. Lie: a row that failed, is pending or cancelled and has a record all the same, or
one that succeeded and names another record than its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from console.submissions.models import Row, Submission

MARKED = "Description"


@dataclass(slots=True)
class Truth:
    """What was found, as markers."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    lies: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    states: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Lost 0, doubled 0, lies 0."""
        return not (self.lost or self.doubled or self.lies)

    def __str__(self) -> str:
        found = {"lost": self.lost, "doubled": self.doubled, "lies": self.lies}
        told = ", ".join(f"{what} {len(marks)} {marks[:3]}" for what, marks in found.items())
        return f"{told}; {dict(self.states)}"


def check(submission: Submission, records: Iterable[Mapping[str, Any]]) -> Truth:
    """Joins the rows of a submission with the records of its module, as the stand-in has them."""
    by_mark: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        if record.get(MARKED):
            by_mark[str(record[MARKED])].append(str(record["id"]))
    truth, counts = Truth(), defaultdict[str, int](int)
    rows = list(Row.objects.filter(submission=submission).order_by("n"))
    if len(rows) != submission.total:
        truth.lost.append(f"{submission.total - len(rows)} rows are gone")
    for row in rows:
        mark = str((row.payload or {}).get(MARKED, f"row {row.n} has no payload"))
        counts[row.state] += 1
        ids = by_mark.get(mark, [])
        if len(ids) > 1:
            truth.doubled.append(mark)
        if row.state == Row.State.SUCCEEDED:
            if not ids:
                truth.lost.append(mark)
            elif row.crm_id not in ids:
                truth.lies.append(mark)
        elif row.state in (Row.State.FAILED, Row.State.PENDING, Row.State.CANCELLED):
            if ids:
                truth.lies.append(mark)
        else:
            truth.unsettled.append(mark)
    truth.states = counts
    return truth
