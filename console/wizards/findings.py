"""What is wrong in a wizard, as sentences with a place, a reason and a remedy. Pure.

`check` runs every examination over one container; `Facts` is what the rest of the CRM's metadata says. Where a fact is
missing (a profile may not list fields), the examinations that need it are left out and `not_checked` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from console.wizards import findings_fields, findings_rules, findings_ways
from console.wizards.facts import Facts
from console.wizards.finding import ORDER, Finding
from console.wizards.graph import WizardGraph
from crm_client.wizards import Container, Wizard

CODES = {
    "unreachable": "Screens that no button leads to",
    "dead-end": "Dead ends: no button leads on or saves",
    "no-target": "Buttons without a target",
    "unused-arrow": "Arrows that no button takes",
    "missing-arrow": "Buttons whose arrow is missing",
    "endless-loop": "Loops without an exit",
    "no-start": "No start screen",
    "several-starts": "Several start screens",
    "no-save": "Screens from which nothing can be saved",
    "overlap": "Criteria that overlap",
    "gap": "Criteria that leave a gap",
    "rule-field": "Rules about a field that is not on the screen",
    "rule-segment": "Rules that show a segment which does not exist",
    "rule-conflict": "Rules that contradict each other",
    "button-nobody": "Buttons that nobody may press",
    "screen-nobody": "Screens that nobody can pass",
    "field-deleted": "Fields that were deleted",
    "field-hidden": "Fields that are hidden from the wizard's profiles",
    "field-read-only": "Fields that are read-only",
    "field-twice": "The same field twice on a path",
    "required-missing": "Required fields that a path never asks for",
    "inactive": "Inactive wizards",
    "no-profiles": "Wizards without profiles",
    "no-screens": "Layouts without screens",
    "lost-arrow": "Arrows that point nowhere",
    "doubled-screen": "Screens that share their id",
}
"""Every code with its heading."""


@dataclass(slots=True)
class Report:
    """The findings of one container, worst first, and what could not be examined."""

    findings: list[Finding] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)

    def count(self, severity: str) -> int:
        return sum(item.severity == severity for item in self.findings)


def check(wizard: Wizard, container: Container, facts: Facts) -> Report:
    """Everything that is wrong in one container of a wizard.

    Findings about the wizard as a whole (inactive, no profiles) come with each container.
    """
    graph = WizardGraph.of(container)
    found = [
        *about_wizard(wizard),
        *findings_ways.find(graph),
        *findings_rules.find(wizard, graph, facts),
        *findings_fields.find(wizard, graph, facts),
    ]
    order = {severity: place for place, severity in enumerate(ORDER)}
    found.sort(key=lambda item: order[item.severity])
    return Report(found, facts.missing())


def about_wizard(wizard: Wizard) -> list[Finding]:
    """What is wrong with the wizard as a whole."""
    found = []
    if wizard.active is False:
        found.append(Finding(
            "inactive", "note", f"The wizard “{wizard.label}” is switched off.",
            "Nobody is offered it; its findings matter once it is switched on.",
            "Switch it on in Zoho's setup under Wizards, or delete it if it is no longer needed.",
        ))  # fmt: skip
    if not wizard.profiles:
        found.append(Finding(
            "no-profiles", "warning", f"The wizard “{wizard.label}” names no profile.",
            "No user is offered it, although it may be switched on.",
            "Give it to the profiles that should use it.",
        ))  # fmt: skip
    return found


def worst(findings: Sequence[Finding]) -> str:
    """The worst severity among findings; "" for none."""
    return next((severity for severity in ORDER if any(item.severity == severity for item in findings)), "")
