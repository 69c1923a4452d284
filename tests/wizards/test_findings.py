"""What is no fault although it looks like one, and what is one although it does not."""

from typing import Any

import pytest

from console.wizards.facts import Facts
from console.wizards.findings import check
from crm_client.wizards import Wizard
from tests.wizards.samples import demo_wizard, facts, made, screen_id

PROFILE = {"id": "3", "name": "Administrator"}


def codes(raw: Any, known: Facts | None = None) -> list[str]:
    wizard = Wizard.from_api(raw)
    return [item.code for item in check(wizard, wizard.containers[0], known or Facts()).findings]


def button(raw: Any, screen: int, number: int) -> Any:
    return raw["containers"][0]["screens"][screen]["segments"][1]["buttons"][number]


def purpose() -> Facts:
    wizard, container = demo_wizard("Credit purpose")
    return facts(wizard.module_name, container.layout_id)


def when(*values: str, comparator: str = "in") -> Any:
    value: Any = list(values) if comparator in ("in", "not_in") else values[0]
    return {"comparator": comparator, "field": {"api_name": "Purpose", "id": "1"}, "type": "value", "value": value}


def test_a_screen_whose_only_button_aims_nowhere_is_told_once() -> None:
    raw = made({"A": ["B"], "B": ["save"]}, arrows=[])
    button(raw, 0, 0)["target_screen"] = None
    assert codes(raw) == ["no-target", "unreachable"]


def test_a_button_without_criteria_closes_the_gap_and_a_back_button_does_not() -> None:
    known = Facts(purpose().fields, None)
    raw = made({"Start": ["A"], "A": ["B", "Start"], "B": ["save"]})
    button(raw, 1, 0)["criteria"] = when("Vehicle")
    assert codes(raw, known) == ["gap"]
    raw = made({"A": ["B", "C"], "B": ["save"], "C": ["save"]})
    button(raw, 0, 0)["criteria"] = when("Vehicle")
    assert codes(raw, known) == []


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (when("Vehicle", comparator="equal"), when("Vehicle", comparator="not_equal"), []),
        (when("Vehicle"), when("Vehicle", comparator="not_in"), []),
        (when("Vehicle", "Property"), when("Vehicle", comparator="not_equal"), ["overlap"]),
        (when("Vehicle"), when("Property"), ["gap"]),
        (when("Vehicle"), {"comparator": "contains", "field": {"api_name": "Purpose"}, "value": "a"}, []),
    ],
)
def test_criteria_are_weighed_by_the_values_of_the_picklist(one: Any, other: Any, found: list[str]) -> None:
    raw = made({"A": ["B", "C"], "B": ["save"], "C": ["save"]})
    button(raw, 0, 0)["criteria"], button(raw, 0, 1)["criteria"] = one, other
    assert codes(raw, Facts(purpose().fields, None)) == found


def test_two_buttons_to_the_same_screen_do_not_overlap() -> None:
    raw = made({"A": ["B", "B", "C"], "B": ["save"], "C": ["save"]}, arrows=[("A", "B"), ("A", "C")])
    for number, criteria in enumerate((when("Vehicle"), when("Vehicle"), when("Vehicle", comparator="not_in"))):
        button(raw, 0, number)["criteria"] = criteria
    assert codes(raw, Facts(purpose().fields, None)) == []


def rule(*actions: Any, on: str = "create_edit", value: str = "Vehicle") -> Any:
    return {"query_id": "1", "execute_on": on, "criteria": when(value, comparator="equal"), "actions": list(actions)}


def act(kind: str, name: str = "Region", **more: Any) -> Any:
    return {"id": "1", "type": kind, "field": {"api_name": name, "id": "2"}, **more}


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([rule(act("hide")), rule(act("show"))], ["rule-conflict"]),
        ([rule(act("hide"), on="create"), rule(act("show"), on="edit")], []),
        ([rule(act("hide")), rule(act("show"), value="Property")], []),
        ([rule(act("hide"), act("set_mandatory"))], ["rule-conflict"]),
        ([rule(act("set_values", value="North"), act("set_values", value="South"))], ["rule-conflict"]),
        ([rule(act("set_values", value="North"), act("set_values", value="North"))], []),
        ([rule(act("set_lock"), act("set_mandatory"))], ["rule-conflict"]),
        ([rule(act("set_lock", exempted_profiles=[PROFILE]), act("set_mandatory"))], []),
        ([rule(act("set_values", "Purpose"))], ["rule-field"]),
    ],
)
def test_rules_contradict_only_at_the_same_moment_on_the_same_thing(rules: list[Any], found: list[str]) -> None:
    raw = made({"A": ["save"]}, fields={"A": ["Region"]}, rules={"A": rules})
    assert codes(raw) == found


def test_a_required_field_set_by_a_rule_is_not_missed() -> None:
    wizard, container = demo_wizard("Dealership")
    known = facts(wizard.module_name, container.layout_id)
    raw = made({"A": ["save"]}, fields={"A": ["Account_Name", "Industry", "Phone"]},
               rules={"A": [rule(act("set_values", "Tax_Number", value="1"))]})  # fmt: skip
    raw["module"]["api_name"] = "Accounts"
    assert "required-missing" not in codes(raw, known)
    raw["containers"][0]["screens"][0]["conditional_rules"] = []
    assert codes(raw, known) == ["required-missing"]


def test_without_facts_the_ways_are_still_examined_and_the_rest_is_named() -> None:
    raw = made({"A": ["B"], "B": []}, fields={"A": ["No_Such_Field"]})
    wizard = Wizard.from_api(raw)
    report = check(wizard, wizard.containers[0], Facts(reasons=["The CRM was down."]))
    assert [item.code for item in report.findings] == ["dead-end", "no-save"]
    assert report.not_checked[0] == "The CRM was down."
    assert len(report.not_checked) == 3


def test_a_finding_names_its_screen_and_the_path_to_it() -> None:
    wizard = Wizard.from_api(made({"A": ["B", "save"], "B": []}))
    item = check(wizard, wizard.containers[0], Facts()).findings[0]
    assert (item.code, item.screen, item.path) == ("dead-end", screen_id("B"), ["A", "B"])
