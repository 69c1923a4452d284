"""A wizard with everything that its pages and its examination need, from the kept copies."""

from dataclasses import dataclass

from console.metadata.kept import Kept, KeptMetadata
from console.wizards.facts import Facts
from console.wizards.findings import Report, check
from crm_client.errors import CrmError, NoAnswer, NotSent, SignInError, TokenRefused, TooManyRequests
from crm_client.wizards import Container, Wizard

# after these no other call would do better; a page says so once, a job waits
STOPS = (NoAnswer, NotSent, SignInError, TokenRefused, TooManyRequests)


@dataclass(slots=True)
class Gathered:
    """A wizard for one layout, and what is known around it."""

    kept: Kept[Wizard | None]
    wizard: Wizard
    container: Container
    facts: Facts
    report: Report


def gather(kept: KeptMetadata, wizard_id: str, layout_id: str, *, refresh: bool = False,
           patient: bool = False) -> Gathered | None:
    """The wizard with its facts and findings; None when the CRM has no such wizard for this layout.

    patient  a job: let errors pass that waiting may mend, instead of going on without the facts
    raises   CrmError when the wizard itself cannot be read
    """
    found = kept.wizard(wizard_id, layout_id, refresh=refresh)
    wizard = found.value
    if wizard is None:
        return None
    container = wizard.container(layout_id) or (wizard.containers[0] if wizard.containers else None)
    if container is None:
        container = Container.from_api({"id": layout_id})
    facts = facts_of(kept, wizard.module_name, layout_id, refresh=refresh, patient=patient)
    return Gathered(found, wizard, container, facts, check(wizard, container, facts))


def facts_of(kept: KeptMetadata, module: str, layout_id: str, *, refresh: bool = False, patient: bool = False) -> Facts:
    """What the CRM says about the module's fields and the layout; what it will not say becomes a reason."""
    fields, layout, reasons = None, None, []
    try:
        fields = kept.fields(module, refresh=refresh).value
        layouts = kept.layouts(module, refresh=refresh).value
        layout = next((item for item in layouts if item.id == layout_id), None)
        if layout is None:
            reasons.append("Zoho CRM lists no such layout for this module.")
    except CrmError as exc:
        if patient and isinstance(exc, STOPS):
            raise
        reasons.append(exc.sentence())
    return Facts.of(fields, layout, reasons)
