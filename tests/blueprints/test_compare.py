"""Two processes compared: production with its drifted sandbox, two of one module, a process with itself."""

import re
from collections.abc import Callable

import pytest

from console.blueprints.compare import Change, Side, compare
from console.blueprints.facts import Facts
from console.blueprints.graph import ProcessGraph
from console.diagrams import Comparison
from crm_client.blueprints import Blueprint
from crm_client.standin import StandIn
from tests.blueprints.samples import facts, made, process
from tests.cast import Person, connect

At = Callable[..., str]


def _side(name: str, key: str = "demo") -> Side:
    found = process(name, key)
    return Side(ProcessGraph(found), facts(found, key))


def _said(result: Comparison[Change]) -> list[str]:
    return [change.sentence for change in result.changes]


def test_production_and_its_drifted_sandbox_differ_where_somebody_changed_something() -> None:
    result = compare(_side("Deal closing"), _side("Deal closing", "demo-sandbox"))
    kinds = {change.what for change in result.changes}
    assert "state" in kinds
    assert "The state “Legal Review” was added." in _said(result)
    nodes = {node.caption: node.kind for node in result.picture.nodes}
    assert "added" in nodes["Legal Review"]
    back = compare(_side("Deal closing", "demo-sandbox"), _side("Deal closing"))
    assert dict(result.counts).get("added") == dict(back.counts).get("removed")


def test_a_process_does_not_differ_from_itself_whatever_its_ids() -> None:
    for name in ("Lead nurturing", "Deal closing", "Case handling", "Loan processing"):
        assert _said(compare(_side(name), _side(name))) == []


def test_every_kind_of_difference_is_a_sentence() -> None:
    def criteria(value: str) -> dict[str, object]:
        return {"comparator": "equal", "field": {"api_name": "City", "id": "1"}, "value": value}

    def asked(name: str, *, optional: bool) -> dict[str, object]:
        return {"type": "field", "field": {"api_name": name}, "optional": optional}

    def role(name: str) -> dict[str, object]:
        return {"type": "roles", "resources": [{"id": "7", "name": name}]}

    one = made(["A", "B", "C"], {"go": ("A", "B"), "end": ("B", "C"), "old": ("A", "C")}, {
        "go": {"criteria": criteria("Rome"),
               "during_inputs": [asked("Phone", optional=True), asked("Fax", optional=True)]},
        "end": {"owners": [role("Clerk")], "actions": [{"type": "tasks", "name": "Call"}]},
    })  # fmt: skip
    other = made(["A", "B", "D"], {"go": ("A", "B"), "end": ("B", "D"), "new": ("A", "D")}, {
        "go": {"criteria": criteria("Oslo"),
               "during_inputs": [asked("Phone", optional=False), asked("City", optional=True)]},
        "end": {"owners": [role("Boss")], "trigger_type": "automatic", "timebox": {"period": "days", "value": 3}},
    }, status="draft", name="Other")  # fmt: skip
    other["states"][0]["state_escalation"] = {"period": "hours", "value": 5}
    said = _said(compare(*(Side(ProcessGraph(Blueprint.from_api(raw)), Facts()) for raw in (one, other))))
    assert said == [
        "The process is called Other, where it was Made.",
        "The process is draft, where it was active.",
        "The escalation of “A” is now: A record is overdue after 5 hours here. It was: none.",
        "The state “C” was removed.",
        "The state “D” was added.",
        "“go” is open when City is Oslo, where it was open when City is Rome.",
        "“go” no longer asks for Fax.",
        "“go” asks for City in addition.",
        "“go” requires Phone.",
        "“end” runs by itself after 3 days, where it ran by hand.",
        "“end” may be run by the role Boss, where it was the role Clerk.",
        "“end” no longer makes the task “Call”.",
        "The transition “old” was removed.",
        "The transition “new” was added.",
        "“end” no longer leads from “B” to “C”.",
        "“end” leads from “B” to “D”.",
    ]


@pytest.mark.django_db
def test_alice_compares_production_with_the_sandbox(alice: Person, standin: StandIn, at: At, charlie: Person) -> None:
    sandbox = connect(standin, "demo-sandbox", "alice", user=alice.user)
    address = at("Deal closing", "compare/")
    assert f'value="{sandbox.slug}"' in alice.get(address).text
    text = alice.get(address, **{"with": sandbox.slug}).text
    assert "The state “Legal Review” was added." in text
    assert len(re.findall("data-node=", text)) == 10
    draft = at("Secured lending (trial)").split("/")[2]
    assert "The state “Credit Check” was added." in alice.get(address, **{"with": draft}).text
    assert alice.get(address, **{"with": charlie.connection.slug}).status == 404
    assert 'class="problem"' in alice.get(address, **{"with": "999"}).text
