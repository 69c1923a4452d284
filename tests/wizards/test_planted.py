"""Every planted defect of the demo organisation is found, and nothing else."""

import pytest

from console.wizards.findings import CODES, check
from crm_client.wizards import Wizard
from tests.wizards.samples import demo, facts, planted

CONTAINERS = list(planted())


@pytest.mark.parametrize(
    ("wizard_id", "layout_id", "plants"),
    [pytest.param(*one[:2], one[3], id=one[2]) for one in CONTAINERS],
)
def test_alice_is_told_exactly_what_was_planted(wizard_id: str, layout_id: str, plants: frozenset[str]) -> None:
    wizard = Wizard.from_api(demo().wizard_details[(wizard_id, layout_id)])
    report = check(wizard, wizard.containers[0], facts(wizard.module_name, layout_id))
    found = [
        f"{item.code}@{item.screen_label}".replace(" ", "_").removesuffix("@") for item in report.findings
    ]
    assert sorted(found) == sorted(plants)
    assert report.not_checked == []
    assert wizard.unread == []


def test_the_demo_has_a_wizard_for_every_finding_that_the_crm_can_give() -> None:
    planted_codes = {plant.partition("@")[0] for *_, plants in CONTAINERS for plant in plants}
    damage = {"no-screens", "lost-arrow", "doubled-screen"}  # only a damaged answer has these
    assert planted_codes == set(CODES) - damage


def test_every_finding_says_why_it_matters_and_what_to_do() -> None:
    for wizard_id, layout_id, *_ in CONTAINERS:
        wizard = Wizard.from_api(demo().wizard_details[(wizard_id, layout_id)])
        for item in check(wizard, wizard.containers[0], facts(wizard.module_name, layout_id)).findings:
            assert all(text.endswith(".") and len(text) > 20 for text in (item.sentence, item.why, item.todo)), item
