"""Rules, criteria and buttons in sentences."""

from typing import Any

import pytest

from console.wizards import rules_in_words as words
from crm_client.wizard_rules import ConditionalRule, Criteria
from crm_client.wizard_screens import Button
from tests.wizards.samples import demo_wizard, facts


def leaf(comparator: str, value: Any, name: str = "Purpose") -> dict[str, Any]:
    return {"comparator": comparator, "field": {"api_name": name, "id": "1"}, "type": "value", "value": value}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (leaf("equal", "Vehicle"), "Purpose is Vehicle"),
        (leaf("not_equal", "${EMPTY}"), "Purpose is not empty"),
        (leaf("equal", "${EMPTY}"), "Purpose is empty"),
        (leaf("in", ["A", "B"]), "Purpose is one of A, B"),
        (leaf("greater_than", 80), "Purpose is more than 80"),
        (leaf("rhymes_with", "x"), "Purpose rhymes_with x"),
        ({"group_operator": "or", "group": [leaf("equal", "A"), leaf("equal", "B", "Region")]},
         "Purpose is A or Region is B"),
        ({"group_operator": "and", "group": [leaf("equal", "A"), {
            "group_operator": "or", "group": [leaf("equal", "B"), leaf("equal", "C")]}]},
         "Purpose is A and (Purpose is B or Purpose is C)"),
        ({"comparator": "equal", "value": "A"}, "a field that is not named is A"),
        (None, ""),
    ],
)  # fmt: skip
def test_criteria_are_said_in_words(raw: Any, said: str) -> None:
    assert words.criteria(Criteria.from_api(raw)) == said


def test_a_rule_is_one_sentence_with_whom_it_spares() -> None:
    raw = {
        "query_id": "1", "execute_on": "create", "criteria": leaf("equal", "Referral", "Lead_Source"),
        "actions": [
            {"type": "show_component", "segment": {"id": "5", "display_label": "Referral"}},
            {"type": "set_mandatory", "field": {"api_name": "Referrer", "id": "6"}},
            {"type": "set_lock", "field": {"api_name": "Rating", "id": "7"},
             "exempted_profiles": [{"id": "8", "name": "Administrators"}]},
        ],
    }  # fmt: skip
    assert words.rule(ConditionalRule.from_api(raw), lambda name: name.replace("_", " ")) == (
        "When Lead Source is Referral, on create: shows segment Referral, makes Referrer mandatory, locks Rating; "
        "Administrators exempt."
    )


def test_every_kind_of_rule_of_the_demo_reads_as_a_sentence() -> None:
    wizard, container = demo_wizard("Company check")
    label = facts(wizard.module_name, container.layout_id).label
    assert [words.rule(rule, label) for rule in container.screens[0].conditional_rules] == [
        "When Account Type is Partner, on create and on edit: shows segment Partner terms, makes Region mandatory.",
        "When Ownership is Public Company, on create: shows segment Listing, makes Ticker Symbol mandatory.",
        "When Account Type is Competitor, on edit: hides Tax Number, makes Website read-only.",
        "When Industry is Banking and Account Type is not Customer, on create and on edit: sets Region to North.",
        "When Tax Number is empty, on edit: locks Legal Form; Administrator exempt.",
        (
            "When Phone contains +1 or Website contains .com, on create and on edit: "
            "opens widget Company register, shows Segment."
        ),
    ]


def test_an_unknown_action_is_shown_and_called_unknown() -> None:
    rule = ConditionalRule.from_api({"actions": [{"type": "sing", "field": {"api_name": "Email", "id": "1"}}]})
    assert words.rule(rule) == "Always: does “sing” with Email (not known to this console)."


def test_buttons_say_what_they_do_and_for_whom() -> None:
    button = Button.from_api({
        "id": "1", "display_label": "Save", "type": "save", "category": "wizard_button", "visibility": "disable",
        "criteria": leaf("equal", "Vehicle"), "profiles": [{"id": "2", "name": "Sales"}, {"id": "3", "name": "Office"}],
        "transition": {"id": "4", "name": "Send offer"}, "show_summary_on": "create_and_edit",
        "message": {"title": "Done", "content": "Thank you"},
    })  # fmt: skip
    assert words.effect(button) == "saves the record and runs the transition Send offer (shows a summary first, always)"
    assert words.conditions(button) == [
        "disabled until Purpose is Vehicle", "for Sales and Office", "says “Done – Thank you” after saving",
    ]  # fmt: skip
