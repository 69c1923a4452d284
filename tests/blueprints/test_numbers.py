"""Numbers on the map: one call for all states, times from a sample of timelines, kept with their date."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from console.blueprints.graph import ProcessGraph
from console.blueprints.numbers import HEAT, History, numbers, percentile, spread
from console.blueprints.tasks import COUNT_RECORDS
from console.jobs import services
from console.jobs.models import Job
from crm_client.blueprints import Blueprint
from crm_client.standin import StandIn
from crm_client.timeline import TimelineEvent
from tests.blueprints.samples import made
from tests.cast import Person

At = Callable[..., str]


def _count(alice: Person, address: str, sample: int = 0) -> Job:
    alice.post(address + "numbers/start/", sample=str(sample))
    job = Job.objects.get(kind=COUNT_RECORDS, state=Job.State.WAITING)
    services.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error_text
    return job


def _held(records: list[dict[str, Any]], field: str) -> Counter[str]:
    """Records by the value of a field, of the layout that the process is for."""
    return Counter(one[field] for one in records if one["Layout"]["name"] == "Standard" and one[field])


@pytest.mark.django_db
def test_all_states_are_counted_in_one_call_and_looking_again_costs_nothing(
    alice: Person, standin: StandIn, at: At
) -> None:
    address = at("Loan processing")
    assert "about 3 credits, at most 20." in alice.get(address + "numbers/").text
    alice.get(address)
    demo = standin.organisation("demo")
    alice.get("/modules/Loans/layouts/")
    before = len(standin.ledger())
    _count(alice, address)
    assert [entry["path"] for entry in standin.ledger()[before:]] == ["/crm/v8/coql"]
    text = alice.get(address + "numbers/").text
    states = _held(demo.records["Loans"], "Processing_Step")
    for state, count in states.items():
        assert re.search(rf"<bdi>{re.escape(state)}</bdi></a></th><td class=\"num\">{count}</td>", text), state
    shown = alice.get(address).text
    assert f"{states['Scoring']} records" in shown
    assert "is-heat-5" in shown
    assert len(standin.ledger()) == before + 1


@pytest.mark.django_db
def test_a_pipelines_process_counts_its_own_deals_only(alice: Person, standin: StandIn, at: At) -> None:
    deals = standin.organisation("demo").records["Deals"]
    mine = [one for one in deals if one["Pipeline"] == "Standard (Standard)"]
    job = _count(alice, at("Deal closing"))
    assert job.result["counts"] == Counter(one["Stage"] for one in mine)
    assert len(mine) < len(deals)


@pytest.mark.django_db
def test_times_come_from_timelines_and_say_how_many_were_read(alice: Person, standin: StandIn, at: At) -> None:
    job = _count(alice, at("Case handling"), 25)
    assert job.result["sample"] == 25
    demo = standin.organisation("demo")
    expected = History()
    for id_ in job.result["read"]:
        events = [TimelineEvent.from_api(raw) for raw in demo.timelines["Cases"].get(id_, [])]
        expected.add(events, "Status", datetime.now(UTC))
    assert {state: sorted(times) for state, times in job.result["stays"].items()} == {
        state: sorted(times) for state, times in expected.stays.items()
    }
    text = alice.get(at("Case handling", "numbers/")).text
    assert "times from the timelines of 25 records" in text
    assert "Half leave within" in text
    assert re.search(r"\d+ of \d+", text)


@pytest.mark.django_db
def test_where_the_crm_will_not_group_each_state_is_counted_alone(alice: Person, standin: StandIn, at: At) -> None:
    alice.get(at("Case handling"))
    alice.get("/modules/Cases/layouts/")
    body = {"code": "SYNTAX_ERROR", "message": "no group by", "status": "error", "details": {}}
    standin.fault("status", {"status": 400, "body": body}, {"path": "/crm/v8/coql", "body": "group by"})
    before = len(standin.ledger())
    job = _count(alice, at("Case handling"))
    assert len(standin.ledger()) - before == 6  # with the layout, without it, and one for each of four states
    cases = Counter(one["Status"] for one in standin.organisation("demo").records["Cases"])
    assert job.result["counts"] == {state: cases[state] for state in ("New", "On Hold", "Escalated", "Closed")}
    assert "would not group them" in alice.get(at("Case handling", "numbers/")).text


@pytest.mark.django_db
def test_where_the_crm_will_not_tell_layouts_apart_all_are_counted(alice: Person, standin: StandIn, at: At) -> None:
    body = {"code": "INVALID_QUERY", "message": "no such column", "status": "error", "details": {}}
    standin.fault("status", {"status": 400, "body": body}, {"path": "/crm/v8/coql", "body": "Layout"})
    job = _count(alice, at("Case handling"))
    assert sum(job.result["counts"].values()) == len(standin.organisation("demo").records["Cases"])
    assert "the records of other layouts are counted too" in alice.get(at("Case handling", "numbers/")).text


@pytest.mark.django_db
def test_a_job_that_was_cut_off_goes_on_where_it_was(alice: Person, standin: StandIn, at: At) -> None:
    ids = _count(alice, at("Case handling"), 25).result["ids"]
    before = len(standin.ledger())
    alice.post(at("Case handling", "numbers/start/"), sample="25")
    job = Job.objects.get(kind=COUNT_RECORDS, state=Job.State.WAITING)
    standin.fault("status", {"status": 503}, {"path": f"/crm/v8/Cases/{ids[10]}/"})
    services.run(job.pk)
    job.refresh_from_db()
    assert (job.state, len(job.result["read"])) == (Job.State.WAITING, 10)
    standin.clear_faults()
    Job.objects.filter(pk=job.pk).update(not_before=None)
    services.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["sample"]) == (Job.State.DONE, 25)
    read = Counter(entry["path"].split("/")[4] for entry in standin.ledger()[before:] if "timeline" in entry["path"])
    assert {id_ for id_, times in read.items() if times > 1} == {ids[10]}


def _event(at: str, new: str | None, field: str = "Lead_Status") -> TimelineEvent:
    change = {"api_name": field, "_value": {"old": None, "new": new}}
    return TimelineEvent.from_api({"id": "1", "audited_time": at, "action": "updated", "field_history": [change]})


def test_a_history_is_read_in_any_order_and_forgives_damage() -> None:
    history = History()
    events = [
        _event("2026-01-03T00:00:00Z", "B"), _event("2026-01-01T00:00:00+00:00", "A"), _event("never", "C"),
        _event("2026-01-02T00:00:00Z", "Other", "Phone"), _event("2026-01-04T00:00:00Z", None),
        TimelineEvent.from_api({"field_history": "nonsense"}),
    ]  # fmt: skip
    history.add(events, "Lead_Status", datetime(2026, 1, 10, tzinfo=UTC))
    assert dict(history.stays) == {"A": [2 * 86_400]}
    assert dict(history.waiting) == {"B": [7 * 86_400]}


def test_percentiles_are_values_that_occurred() -> None:
    assert [percentile(range(1, 11), share) for share in (0.5, 0.9, 1.0)] == [5, 9, 10]
    assert percentile([7], 0.9) == 7


def test_rare_states_are_looked_at_too() -> None:
    assert spread({"A": ["1", "2", "3", "4"], "B": ["5"], "C": []}, 3) == ["1", "5", "2"]
    assert spread({"A": ["1"]}, 9) == ["1"]


def test_overdue_and_heat_follow_the_process_as_it_is_now() -> None:
    raw = made(["A", "B"], {"go": ("A", "B")})
    raw["states"][0]["state_escalation"] = {"period": "days", "value": 2}
    result: dict[str, Any] = {
        "counts": {"A": 90, "B": 1, "Gone": 4}, "sample": 3, "waiting": {"A": [86_400, 3 * 86_400]},
        "stays": {"A": [3600]},
    }  # fmt: skip
    found = numbers(ProcessGraph(Blueprint.from_api(raw)), result)
    one, other = found.states.values()
    assert (one.count, one.heat, one.overdue, one.waiting, one.median) == (90, HEAT, 1, 2, "1 hour")
    assert (other.count, other.heat, other.overdue, other.median) == (1, 1, None, "")
    assert (found.total, found.outside) == (91, [("Gone", 4)])
