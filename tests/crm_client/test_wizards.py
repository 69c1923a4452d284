"""Wizards as the client gives them: one shape for v7, v8 and older answers."""

from __future__ import annotations

import pytest

from crm_client import CrmClient
from crm_client.errors import InvalidName, InvalidRequest, NotAllowed, ScopeMissing
from crm_client.standin import StandIn
from crm_client.wizards import Wizard

LOAN = "Loan application"


def client(standin: StandIn, org: str, who: str, version: int = 8) -> CrmClient:
    return CrmClient.with_token(standin.api(), standin.token(org=org, user=who)["access_token"], version=version)


@pytest.mark.parametrize("version", [7, 8])
def test_the_documented_wizard_keeps_its_exact_ids(standin: StandIn, version: int) -> None:
    crm = client(standin, "samples", "patricia", version)
    short = next(wizard for wizard in crm.wizards.all() if wizard.name == "test")
    wizard = crm.wizards.get(short.id, short.containers[0].layout_id)
    assert wizard is not None
    container = wizard.containers[0]
    assert [(arrow.connection_id, arrow.source_label, arrow.target_label) for arrow in container.arrows] == [
        ("2423488000000709080", "Screen 1", "Screen 2"),
        ("2423488000000709082", "Screen 2", "Screen 3"),
    ]
    assert [(node.label, node.pos_x, node.pos_y, node.start_node) for node in container.nodes] == [
        ("Screen 1", 618, 300, True), ("Screen 2", 998, 480, False), ("Screen 3", 1498, 440, False),
    ]  # fmt: skip
    assert container.palette == ["#add9ff", "#c4f0b3", "#ffd6bc", "#f8e199", "#ffc6c6"]
    assert container.screens[0].field_names[:3] == ["Record_Image", "Salutation", "Last_Name"]
    assert [button.type for screen in container.screens for button in screen.buttons] == [
        "transition", "transition", "save",
    ]  # fmt: skip


def test_a_rule_and_a_text_label_of_the_newer_sample_are_read(standin: StandIn) -> None:
    crm = client(standin, "samples", "patricia")
    short = next(wizard for wizard in crm.wizards.all() if wizard.name == "Harry Potter")
    wizard = crm.wizards.get(short.id, short.containers[0].layout_id)
    assert wizard is not None
    screen = wizard.containers[0].screens[0]
    assert screen.segments[0].type == "text_label"
    assert screen.segments[0].content.startswith("Hi ${!Contacts.Last_Name} \n")
    rule = screen.conditional_rules[0]
    assert (rule.execute_on, [(action.type, action.field_names) for action in rule.actions]) == (
        "create_edit", [("set_mandatory", ["Twitter"])],
    )  # fmt: skip


def test_both_versions_give_alice_the_same_wizards(standin: StandIn) -> None:
    newer, older = (client(standin, "demo", "alice", version) for version in (8, 7))
    for eight, seven in zip(newer.wizards.all(), older.wizards.all(), strict=True):
        for container in eight.containers:
            one, other = (crm.wizards.get(eight.id, container.layout_id) for crm in (newer, older))
            assert one is not None
            assert other is not None
            assert one.unread == other.unread == []
            assert _plain(one) == _plain(other)
        assert eight.label == seven.label


def _plain(wizard: Wizard) -> list[object]:
    """What people see of a wizard: everything but the raw answers and the keys that one version leaves out."""
    found: list[object] = [wizard.id, wizard.label, wizard.profiles, wizard.portal_user_types]
    for container in wizard.containers:
        found += [container.nodes, container.arrows, container.palette]
        for screen in container.screens:
            found += [(screen.id, screen.label, screen.field_names)]
            rules = screen.conditional_rules
            found += [(rule.query_id, rule.execute_on, rule.criteria, rule.actions) for rule in rules]
            found += [
                (b.id, b.label, b.type, b.target_screen, b.visibility, b.criteria, b.profiles, b.message, b.transition)
                for b in screen.buttons
            ]
    return found


def test_older_answers_name_a_button_and_their_fields_directly() -> None:
    wizard = Wizard.from_api({
        "id": "1", "name": "Old", "containers": [{
            "id": "2",
            "chart_data": {"connections": [
                {"id": "3", "source_button": {"id": "7", "name": "Next"}, "target_screen": {"id": "5", "name": "B"}},
            ]},
            "screens": [
                {"id": "4", "display_label": "A", "segments": [
                    {"id": "6", "type": "fields", "fields": [{"api_name": "Email", "id": "8", "sequence_number": 1}]},
                    {"id": "9", "type": "buttons", "buttons": [
                        {"id": "7", "display_label": "Next", "type": "transition", "target_screen": {"id": "5"}},
                    ]},
                ]},
                {"id": "5", "display_label": "B"},
            ],
        }],
    })  # fmt: skip
    container = wizard.containers[0]
    assert (container.arrows[0].source_id, container.arrows[0].target_id) == ("4", "5")
    assert container.screens[0].segments[0].type == "composite"
    assert container.screens[0].field_names == ["Email"]
    assert container.layout_id == "2"
    assert wizard.unread == []


def test_bob_may_not_look_at_wizards(standin: StandIn) -> None:
    with pytest.raises(NotAllowed) as refused:
        client(standin, "demo", "bob").wizards.all()
    assert refused.value.details == {"permissions": ["Zoho CRM: Settings Permission"]}


def test_without_the_scope_the_client_says_which_one_is_missing(standin: StandIn) -> None:
    token = standin.token(org="demo", user="alice", scopes="ZohoCRM.settings.modules.READ")["access_token"]
    with CrmClient.with_token(standin.api(), token) as crm, pytest.raises(ScopeMissing) as refused:
        crm.wizards.all()
    assert refused.value.scope == "ZohoCRM.settings.wizards.READ"


def test_an_unknown_wizard_and_a_layout_without_it_are_refused_alike(standin: StandIn) -> None:
    crm = client(standin, "demo", "alice")
    loan = next(wizard for wizard in crm.wizards.all() if wizard.name == LOAN)
    for wizard, layout in (("4711", loan.containers[0].layout_id), (loan.id, "4711")):
        with pytest.raises(InvalidRequest) as refused:
            crm.wizards.get(wizard, layout)
        assert refused.value.code == "INVALID_DATA"


def test_an_id_cannot_bend_the_address(standin: StandIn) -> None:
    crm = client(standin, "demo", "alice")
    for wizard, layout in (("../users", "1"), ("1", "1&x=2"), ("", "1")):
        with pytest.raises(InvalidName):
            crm.wizards.get(wizard, layout)
    assert standin.ledger() == []


def test_no_wizards_at_all_is_an_empty_list(standin: StandIn) -> None:
    standin.organisation("demo").wizards.clear()
    assert client(standin, "demo", "alice").wizards.all() == []
