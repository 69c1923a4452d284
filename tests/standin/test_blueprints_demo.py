"""The demo's processes over HTTP: what is offered to Alice on each record, and why the stuck ones are stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from crm_client import CrmClient
from crm_client.blueprints import Blueprint
from crm_client.errors import RecordLocked
from crm_client.record_blueprints import OpenTransition
from crm_client.standin import StandIn
from crm_client.standin.organisations.made.blueprints_stuck import stuck

SCOPES = "ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.settings.blueprint.ALL,ZohoCRM.coql.READ"
FIELDS = {"Leads": "Lead_Status", "Deals": "Stage", "Cases": "Status", "Loans": "Processing_Step"}


@pytest.fixture(scope="module")
def whole() -> Iterator[StandIn]:
    with StandIn(seed=1) as running:
        yield running


@pytest.fixture(scope="module")
def crm(whole: StandIn) -> Iterator[CrmClient]:
    whole.allowance("demo").credits = None
    with CrmClient.with_token(whole.api(), whole.token("demo", "alice", SCOPES)["access_token"]) as client:
        yield client


def is_free(one: OpenTransition) -> bool:
    """Whether a transition can be run as it is: the definition that the demo's list of stuck records rests on."""
    children = one.parent is not None
    return not one.is_automatic and one.criteria_matched is not False and not children and not one.missing()


def test_four_processes_run_and_two_do_not(crm: CrmClient) -> None:
    listed = crm.blueprints.all()
    assert Counter(one.status for one in listed) == {"active": 4, "inactive": 1, "draft": 1}
    assert {one.module_name for one in listed if one.status == "active"} == set(FIELDS)
    largest = next(one for one in listed if one.name == "Loan processing")
    process = crm.blueprints.get(largest.id)
    assert process is not None
    assert (len(process.states), len(process.transitions), process.unread) == (14, 30, [])
    assert sum(one.is_child for one in process.transitions) == 4
    assert sum(one.is_automatic for one in process.transitions) == 3


def test_every_process_is_read_without_a_remark(crm: CrmClient) -> None:
    for short in crm.blueprints.all():
        process = crm.blueprints.get(short.id)
        assert process is not None
        assert process.unread == []
        assert all(process.transition_of(arrow) for arrow in process.arrows)
        states = {state.api_name for state in process.states}
        assert {place.state for place in process.places} == states
        assert {end for arrow in process.arrows for end in (arrow.source, arrow.target)} <= states
        values = {one.id: one.actual_value for one in _values(crm, process.module_name, process.field_name)}
        assert all(values.get(state.value_id) == state.actual_value for state in process.states)


@pytest.mark.parametrize("org", ["demo", "demo-sandbox"])
def test_only_the_draft_has_a_state_that_no_way_leads_to(org: str, whole: StandIn) -> None:
    lost = {}
    for raw in whole.organisation(org).blueprint_settings.values():
        process = Blueprint.from_api(raw)
        reached = [process.states[0].api_name]
        for state in reached:
            reached += [one.target for one in process.arrows if one.source == state and one.target not in reached]
        lost[process.name] = {state.actual_value for state in process.states if state.api_name not in reached}
    assert lost.pop("Secured lending (trial)") == {"Negotiation/Review"}
    assert set().union(*lost.values()) == set()


def _values(crm: CrmClient, module: str, name: str) -> list:  # type: ignore[type-arg]
    return next(field for field in crm.fields.all(module) if field.api_name == name).pick_list_values


def test_records_are_counted_by_state_and_their_history_says_how_long_they_stayed(
    whole: StandIn, crm: CrmClient
) -> None:
    demo = whole.organisation("demo")
    assert sum(len(demo.timelines[module]) for module in FIELDS) >= 2_000
    for module, field in FIELDS.items():
        states = Counter(one[field] for one in demo.records[module])
        state, number = states.most_common(1)[0]
        rows = crm.coql.query(f"select COUNT(id) from {module} where {field} = '{state}'").records
        assert [value for value in rows[0].raw.values() if isinstance(value, int)] == [number]
        for record in demo.records[module]:
            events = demo.timelines[module].get(record["id"])
            if events is None:
                continue
            times = [datetime.fromisoformat(event["audited_time"]) for event in events]
            assert times == sorted(times, reverse=True)
            assert times[0] <= datetime.now(UTC)
            steps = [event["field_history"][0]["_value"] for event in events]
            assert steps[0]["new"] == record[field]
            assert [step["old"] for step in steps] == [*(step["new"] for step in steps[1:]), None]


@pytest.mark.parametrize("module", sorted(FIELDS))
def test_the_listed_records_are_stuck_and_no_other(module: str, whole: StandIn, crm: CrmClient) -> None:
    demo = whole.organisation("demo")
    expected = {id_: why for id_, why in stuck(demo).items() if id_ in {one["id"] for one in demo.records[module]}}
    running = [one["id"] for one in demo.records[module] if one["$process_flow"]]
    assert set(expected) <= set(running)
    chosen = [*expected, *[id_ for id_ in running if id_ not in expected][::5]]
    for id_ in chosen:
        try:
            place = crm.blueprints.of_record(module, id_)
        except RecordLocked:
            assert expected.get(id_) == "locked"
            continue
        assert place is not None, id_
        parents = {one.parent.id for one in place.transitions if one.parent}
        free = [one for one in place.transitions if is_free(one) and one.id not in parents]
        assert bool(free) == (id_ not in expected), (id_, place.field_value, expected.get(id_))
        assert place.unread == []
        found = expected.get(id_, "")
        other = {"owner": "somebody else", "profile": "somebody else"}
        assert why(place.transitions, place.process_name) == other.get(found, found), id_


def why(transitions: list[OpenTransition], process: str) -> str:
    """The main reason that a record of the demo is stuck, read from what Alice is offered; "" when it is free."""
    parents = {one.parent.id for one in transitions if one.parent}
    if any(is_free(one) and one.id not in parents for one in transitions):
        return ""
    if parents:
        return "parallel"
    if not transitions:  # offered to nobody here: the settings say to whom
        return {"Lead nurturing 2023": "other_process"}.get(process, "somebody else")
    if all(one.is_automatic for one in transitions):
        return "waiting"
    manual = [one for one in transitions if not one.is_automatic]
    return "criteria" if any(one.criteria_matched is False for one in manual) else "inputs"
