"""The wizards of the demo as drawn: nothing lies on anything else, and no arrow runs through a card."""

import pytest

from console.diagrams import draw
from console.wizards.findings import check
from console.wizards.graph import WizardGraph
from console.wizards.picture import Lit, picture
from crm_client.wizards import Wizard
from tests.diagrams.geometry import faults
from tests.wizards.samples import demo, demo_wizard, documented, facts, planted

CONTAINERS = list(planted())


@pytest.mark.parametrize("automatic", [False, True], ids=["placed", "layered"])
@pytest.mark.parametrize(
    ("wizard_id", "layout_id"), [pytest.param(*one[:2], id=one[2]) for one in CONTAINERS]
)
def test_nothing_lies_on_anything_else(wizard_id: str, layout_id: str, automatic: bool) -> None:
    wizard = Wizard.from_api(demo().wizard_details[(wizard_id, layout_id)])
    container, known = wizard.containers[0], facts(wizard.module_name, layout_id)
    findings = check(wizard, container, known).findings
    image = picture(WizardGraph.of(container), known, findings, None, lambda key: f"/screens/{key}/")
    layout = image.layout(automatic=automatic)
    assert faults(draw(layout, wizard.label)) == []
    assert layout.left_out == []


def test_the_pictures_are_the_ones_that_the_admin_knows() -> None:
    for raw in (documented("wizard-detail"), documented("wizard-detail-v8-conditional")):
        container = Wizard.from_api(raw).containers[0]
        graph = WizardGraph.of(container)
        layout = picture(graph, facts("Leads", "1"), []).layout(automatic=False)
        assert layout.fallback_reason == ""
        drawn = {card.node.id: card.box for card in layout.cards}
        for one in container.nodes:
            for other in container.nodes:
                if (one.pos_x or 0) < (other.pos_x or 0):
                    assert drawn[one.screen_id].x < drawn[other.screen_id].x
                if one.pos_x == other.pos_x and (one.pos_y or 0) < (other.pos_y or 0):
                    assert drawn[one.screen_id].y < drawn[other.screen_id].y


def test_missing_positions_fall_back_to_the_automatic_layout_and_say_why() -> None:
    _, container = demo_wizard("New lead")
    for node in container.nodes:
        node.pos_x = node.pos_y = None
    layout = picture(WizardGraph.of(container), facts("Leads", "1"), []).layout(automatic=False)
    assert layout.fallback_reason
    assert len(layout.cards) == 3


def test_what_is_lit_dims_the_rest() -> None:
    _, container = demo_wizard("New lead")
    graph = WizardGraph.of(container)
    first, *_, last = graph.places
    step = graph.steps[0]
    image = picture(graph, facts("Leads", "1"), [], Lit({first}, {step.id}, current=last))
    kinds = {node.id: set(node.kind.split()) for node in image.nodes}
    assert "muted" not in kinds[first]
    assert "current" in kinds[last]
    assert {arrow.id for arrow in image.arrows if "muted" in arrow.kind} == {one.id for one in graph.steps} - {step.id}


def test_colours_of_the_palette_are_the_admins_and_those_of_zoho_are_ours() -> None:
    _, container = demo_wizard("Contact onboarding")
    image = picture(WizardGraph.of(container), facts("Contacts", container.layout_id), [])
    fills = {label.text: label.fill for arrow in image.arrows for label in arrow.labels}
    assert fills["Skip the address"] == "#ffd6bc"
    assert fills["Back"] == "#add9ff"
    assert {label.fill for arrow in image.arrows for label in arrow.labels if label.text == "Next"} == {None, "#c4f0b3"}
