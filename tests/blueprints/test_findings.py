"""What was planted in the demo's draft is found, and nothing in the processes that run; damage is named."""

from typing import Any

import pytest

from console.blueprints.facts import Facts, People, Value
from console.blueprints.findings import CODES, check
from console.blueprints.graph import ProcessGraph
from console.blueprints.impossible import why_never
from crm_client.blueprints import Blueprint
from crm_client.fields import Field
from crm_client.standin.organisations.made.blueprints_planted import SECURED_TRIAL
from crm_client.users import User
from crm_client.wizard_rules import Criteria
from tests.blueprints.samples import facts, made, process, processes

DAMAGE = {"no-states", "lost-arrow", "lost-value", "unused"}  # only a damaged answer has these


@pytest.mark.parametrize("one", processes(), ids=lambda one: one.name)
def test_exactly_what_was_planted_is_found(one: Blueprint) -> None:
    report = check(ProcessGraph(one), facts(one))
    found = sorted(f"{item.code}@{item.label}" for item in report.findings)
    assert found == (sorted(SECURED_TRIAL.plants) if one.name == SECURED_TRIAL.name else [])
    assert report.not_checked == []


def test_the_draft_has_every_defect_that_the_crm_can_give() -> None:
    assert {plant.partition("@")[0] for plant in SECURED_TRIAL.plants} == set(CODES) - DAMAGE


def test_a_state_that_drifted_out_of_its_pipeline_is_named() -> None:
    sandbox = process("Deal closing", "demo-sandbox")
    found = check(ProcessGraph(sandbox), facts(sandbox, "demo-sandbox")).findings
    assert [f"{item.code}@{item.label}" for item in found] == ["lost-value@Legal Review"]


def test_every_finding_says_why_it_matters_what_to_do_and_where() -> None:
    draft = process(SECURED_TRIAL.name)
    graph = ProcessGraph(draft)
    for item in check(graph, facts(draft)).findings:
        assert all(text.endswith(".") and len(text) > 20 for text in (item.sentence, item.why, item.todo)), item
        assert item.state in graph.places or item.transition in graph.moves or item.code == "ignored-value"
        assert all(step in graph.by_step for step in item.steps)


def _codes(raw: dict[str, Any], known: Facts | None = None) -> list[str]:
    return [item.code for item in check(ProcessGraph(Blueprint.from_api(raw)), known or Facts()).findings]


def test_damaged_processes_are_told() -> None:
    assert _codes(made([], {})) == ["no-states"]
    assert _codes(made(["A", "B"], {"go": ("A", "B"), "stray": ("A", "Gone")})) == ["lost-arrow", "unused"]
    values = Facts(values=[Value("A", "A")])
    assert _codes(made(["A", "B"], {"go": ("A", "B")}), values) == ["lost-value"]
    assert _codes(made(["A", "B"], {"go": ("A", "B")}, status="seen"), values) == []


def test_what_anybody_may_run_is_at_fault_only_where_nobody_sees_the_field() -> None:
    asked = {"during_inputs": [{"type": "field", "field": {"api_name": "Margin"}, "optional": False}]}
    raw = made(["A", "B"], {"go": ("A", "B")}, {"go": asked})

    def known(*hidden: str) -> Facts:
        profiles = [{"id": one, "name": one, "permission_type": "hidden" if one in hidden else "read_write"}
                    for one in "12"]  # fmt: skip
        field = Field.from_api({"api_name": "Margin", "profiles": profiles})
        users = [User.from_api({"id": one, "status": "active", "profile": {"id": one, "name": one}}) for one in "12"]
        return Facts({"Margin": field}, None, People(users))

    assert _codes(raw, known("1")) == []
    assert _codes(raw, known("1", "2")) == ["hidden-input"]
    raw["transitions"][0]["owners"] = [{"type": "profiles", "resources": [{"id": "1"}]}]
    assert _codes(raw, known("1")) == ["hidden-input"]
    assert _codes(raw, known("2")) == []


def test_the_start_is_the_first_state_unless_another_without_a_way_in_leads_to_more() -> None:
    def start(states: list[str], **ways: tuple[str, str]) -> str:
        graph = ProcessGraph(Blueprint.from_api(made(states, ways)))
        return graph.label(graph.start)

    assert start(["A", "B", "C"], go=("A", "B"), on=("B", "A")) == "A"
    assert start(["B", "A", "C"], go=("A", "B"), on=("B", "C")) == "A"
    assert start(["A", "B", "C", "D"], go=("A", "B"), on=("B", "A"), far=("C", "D")) == "A"
    assert start([]) == ""


def test_where_facts_are_missing_the_report_says_what_was_not_looked_for() -> None:
    said = check(ProcessGraph(process("Deal closing")), Facts(reasons=["Zoho CRM refuses."])).not_checked
    assert len(said) == 4
    assert said[0] == "Zoho CRM refuses."


def _leaf(comparator: str, value: Any, field: str = "Amount") -> dict[str, Any]:
    return {"comparator": comparator, "field": {"api_name": field, "id": "1"}, "type": "value", "value": value}


def _all(*parts: Any) -> dict[str, Any]:
    return {"group_operator": "and", "group": list(parts)}


def _any(*parts: Any) -> dict[str, Any]:
    return {"group_operator": "or", "group": list(parts)}


@pytest.mark.parametrize("raw", [
    _all(_leaf("greater_than", "10"), _leaf("less_than", "10")),
    _all(_leaf("greater_than", 5), _leaf("less_equal", "5")),
    _all(_leaf("equal", "7"), _leaf("greater_than", "8")),
    _all(_leaf("equal", "A"), _leaf("equal", "B")),
    _all(_leaf("equal", "A"), _leaf("not_in", ["A", "B"])),
    _all(_leaf("equal", "${EMPTY}"), _leaf("greater_than", "1")),
    _all(_leaf("equal", "${EMPTY}"), _leaf("not_equal", "${EMPTY}")),
    _leaf("equal", "Gone", "Stage"),
    _leaf("between", ["9", "3"]),
    _any(_all(_leaf("equal", "A"), _leaf("equal", "B")), _leaf("equal", "Gone", "Stage")),
    _all(_any(_leaf("equal", "A"), _leaf("equal", "B")), _leaf("equal", "C")),
])  # fmt: skip
def test_criteria_that_no_record_can_meet(raw: dict[str, Any]) -> None:
    assert why_never(Criteria.from_api(raw), {"Stage": {"Won", "Lost"}}.get) in ("Amount", "Stage")


@pytest.mark.parametrize("raw", [
    _all(_leaf("greater_equal", "10"), _leaf("less_equal", "10")),
    _all(_leaf("equal", "A"), _leaf("not_equal", "B")),
    _all(_leaf("not_equal", "A"), _leaf("equal", "${EMPTY}")),
    _all(_leaf("greater_than", "5"), _leaf("less_than", "1", "Other")),
    _any(_all(_leaf("equal", "A"), _leaf("equal", "B")), _leaf("equal", "Won", "Stage")),
    _all(_leaf("sounds_like", "A"), _leaf("equal", "A")),
    _all(_leaf("greater_than", "2024-01-01"), _leaf("less_than", "2020-01-01")),  # dates are not compared: not certain
    _leaf("equal", None),
    {"group_operator": "xor", "group": [_leaf("equal", "A"), _leaf("equal", "B")]},
    _any(*[_all(*[_any(_leaf("equal", str(n)), _leaf("equal", "B")) for n in range(12)])]),
    None,
])  # fmt: skip
def test_criteria_that_some_record_may_meet(raw: Any) -> None:
    assert why_never(Criteria.from_api(raw), {"Stage": {"Won", "Lost"}}.get) is None
