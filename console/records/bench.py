"""What the form of a module needs from the CRM's settings, and the form made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from console.fieldforms import RecordForm, pipelines_of, subform_modules
from console.http import CrmRequest
from console.parts import part
from console.records.around import Around
from crm_client.assignment_rules import AssignmentRule
from crm_client.errors import CrmError
from crm_client.fields import Field
from crm_client.layouts import Layout


@dataclass(slots=True)
class Bench:
    """A form with what was on the table when it was made.

    layouts  those that a record can be made with; `layout` the one in use, None where the module has none
    missing  settings that could not be read: the form does without them, and says so
    """

    form: RecordForm
    layouts: list[Layout]
    layout: Layout | None
    rules: list[AssignmentRule] = field(default_factory=list)
    missing: list[CrmError] = field(default_factory=list)


def bench(request: CrmRequest, place: Around, layout_id: str, *, is_update: bool) -> Bench:
    """The form for one layout; the first that fits when none is named.

    raises  CrmError when the fields cannot be read: without them there is no form
    """
    if place.fields.problem:
        raise place.fields.problem
    missing: list[CrmError] = []
    module = place.module.api_name
    layouts = part(lambda: request.kept.layouts(module))
    if layouts.problem:
        missing.append(layouts.problem)
    every = layouts.kept.value if layouts.kept else []
    usable = [one for one in every if one.status in ("active", "")] or every
    wanted = [one for one in every if one.id == layout_id]
    layout = next(iter([*wanted, *usable]), None)
    form = RecordForm.of(
        module,
        place.known_fields,
        layout,
        subforms=_subforms(request, place.known_fields, missing),
        pipelines=_pipelines(request, place.known_fields, layout, missing),
        users=_users(request, missing),
        zone=place.eyes.zone.key if place.eyes.zone else "",
        is_update=is_update,
    )
    rules = [] if is_update else _rules(request, module)
    return Bench(form, usable, layout, rules, missing)


def _subforms(request: CrmRequest, fields: Sequence[Field], missing: list[CrmError]) -> dict[str, Sequence[Field]]:
    found: dict[str, Sequence[Field]] = {}
    for name, module in subform_modules(fields).items():
        rows = part(lambda module=module: request.kept.fields(module))  # type: ignore[misc]
        if rows.kept:
            found[name] = rows.kept.value
        elif rows.problem:
            missing.append(rows.problem)
    return found


def _pipelines(
    request: CrmRequest, fields: Sequence[Field], layout: Layout | None, missing: list[CrmError]
) -> Mapping[str, Sequence[str]]:
    """Stages by pipeline; only deals have them, and the field Pipeline only where pipelines are on."""
    if layout is None or not any(one.api_name == "Pipeline" for one in fields):
        return {}
    found = part(lambda: request.kept.pipelines(layout.id))
    if found.problem:
        missing.append(found.problem)
    return pipelines_of(found.kept.value) if found.kept else {}


def _users(request: CrmRequest, missing: list[CrmError]) -> list[tuple[str, str]]:
    found = part(request.kept.users)
    if found.problem:
        missing.append(found.problem)
    people = found.kept.value if found.kept else []
    return sorted(
        ((one.id, one.label) for one in people if one.is_active and one.id), key=lambda pair: pair[1].casefold()
    )


def _rules(request: CrmRequest, module: str) -> list[AssignmentRule]:
    """Only some modules have assignment rules; a refusal leaves the choice out."""
    found = part(lambda: request.kept.assignment_rules(module))
    return found.kept.value if found.kept else []
