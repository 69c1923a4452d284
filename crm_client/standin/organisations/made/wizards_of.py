"""Which wizards a made company has; those of a sandbox have drifted from production's."""

from __future__ import annotations

from dataclasses import replace

from crm_client.standin.organisations.made.wizard_spec import (
    ContainerSpec,
    RuleSpec,
    ScreenSpec,
    WizardSpec,
    save,
    to,
)
from crm_client.standin.organisations.made.wizards_demo import CLEAN, NEW_LEAD
from crm_client.standin.organisations.made.wizards_planted import PLANTED
from crm_client.standin.organisations.made.world import Company

_GUARANTEE = WizardSpec("Guarantee trial", "Vehicles", (ContainerSpec("Standard", (
    ScreenSpec("Start", "Vehicle: Name Make Model", (to("Papers"),)),
    ScreenSpec("Papers", "Papers ~ Guarantee card and service book.", (save(),)),
)),))  # fmt: skip

_EUROPE = (
    WizardSpec("Neuer Interessent", "Leads", (ContainerSpec("Standard", (
        ScreenSpec("Person", "Person: Last_Name Company Email", (to("Herkunft", "Weiter"),)),
        ScreenSpec("Herkunft", "Herkunft: Lead_Source", (save("Speichern"), to("Person", "Zurück"))),
    )),)),
)  # fmt: skip


def wizards_of(company: Company) -> tuple[WizardSpec, ...]:
    """The descriptions of a company's wizards."""
    if company.key.startswith("europe"):
        return _EUROPE
    every = (*CLEAN, *PLANTED)
    return every if company.environment == "production" else _drifted(every)


def _drifted(specs: tuple[WizardSpec, ...]) -> tuple[WizardSpec, ...]:
    """Production's wizards as the sandbox has them: screens, fields, buttons, rules, arrows changed."""
    kept = [spec for spec in specs if spec.name != "Christmas campaign"]
    return (*(_changed(spec) for spec in kept), _GUARANTEE)


def _changed(spec: WizardSpec) -> WizardSpec:
    if spec.name == "New lead":
        who, origin, worth = NEW_LEAD.containers[0].screens
        consent = ScreenSpec("Consent", "Consent|1: Chatbot_Consent Preferred_Branch", (to("Worth"),), at=(540, 520))
        screens = (
            replace(who, parts=who.parts + " Phone"),
            replace(origin, buttons=(to("Consent", "Ask for consent"), *origin.buttons[1:]),
                    rules=(RuleSpec("Lead_Source = Web Download", "require Region", on="create"),)),
            consent,
            replace(worth, parts="Revenue: Annual_Revenue"),
        )  # fmt: skip
        return replace(spec, containers=(ContainerSpec("Standard", screens),), profiles="administrator sales")
    if spec.name == "Company check":
        container = spec.containers[0]
        first, *others = container.screens
        calmer = replace(
            first, rules=(*first.rules[1:3], RuleSpec("Account_Type = Partner", "require Region Legal_Form"))
        )
        return replace(spec, containers=(replace(container, screens=(calmer, *others)),))
    if spec.name == "Vehicle intake":
        container = spec.containers[0]
        *others, value = container.screens
        calm = replace(value, buttons=(save("Save the vehicle", colour="#C4F0B3"),))
        return replace(spec, containers=(replace(container, screens=(*others, calm)), *spec.containers[1:]))
    return spec
