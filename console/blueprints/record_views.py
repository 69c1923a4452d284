"""A record's place in its process: the state on the map, what is offered, why it does not get on."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from console.blueprints import stuck, words
from console.blueprints.assembled import Sighting, process_of
from console.blueprints.facts import Facts
from console.blueprints.findings import check
from console.blueprints.gather import SCOPE, Gathered, facts_of, gather, heads
from console.blueprints.graph import ProcessGraph
from console.blueprints.map_views import addresses
from console.blueprints.offered import Offered, offered
from console.blueprints.picture import STATES, Addresses, Lit, picture
from console.blueprints.refusals import Refusal, refusal
from console.blueprints.views import AROUND, MODULES, READ
from console.diagrams import draw
from console.found import found_record
from console.http import CrmRequest, needs
from console.parts import part
from console.zoho_links import zoho_links
from crm_client.blueprints import Blueprint
from crm_client.errors import CrmError, NotFound, RecordLocked
from crm_client.modules import Module
from crm_client.record_blueprints import RecordBlueprint
from crm_client.records import Record


@dataclass(slots=True)
class Looked:
    """What the CRM told of the record's process.

    place    None: it is in none, it is locked, or the CRM refused
    refused  why it refused
    """

    place: RecordBlueprint | None = None
    is_locked: bool = False
    refused: Refusal | None = None


@require_GET
@needs(READ, SCOPE, MODULES, *AROUND)
def record_blueprint(request: CrmRequest, module: str, record: str) -> HttpResponse:
    place_of = _module(request, module)
    found = _record(request, place_of, record)
    looked = _look(request, module, found)
    listed = heads(request.kept, request.connection)
    process = _process(request, module, found, looked, listed)
    me = part(request.kept.current_user)
    context = _context(request, place_of, found, looked, process)
    if looked.place is not None and process is not None:
        in_force = _in_force(listed, module, found, looked.place.process_id)
        who = me.kept.value if me.kept else None
        case = stuck.Case(looked.place, found.raw, process.graph, process.facts, who, in_force)
        context |= _in_process(request, case, process)
    elif looked.is_locked:
        verdict = stuck.locked()
        context |= {"verdict": verdict, "hindrances": _links(request, verdict.hindrances, process, None)}
        context |= _where(request, process, words.shown(found.raw.get(process.process.field_name)) if process else "")
    elif looked.refused is None:
        context["outside"] = _outside(found, process)
    return render(request, "blueprints/record.html", context)


def _module(request: CrmRequest, api_name: str) -> Module:
    found = next((one for one in request.kept.modules().value if one.api_name == api_name), None)
    if found is None:
        raise NotFound("the kept list of modules does not have it", what=f"the module {api_name}")
    return found


def _record(request: CrmRequest, module: Module, id_: str) -> Record:
    """The first of two calls. Raises NotFound where the CRM has none."""
    return found_record(request.crm, module.api_name, id_, f"this record of {module.plural_label or module.api_name}")


def _look(request: CrmRequest, module: str, record: Record) -> Looked:
    """The second call; not made for a record that says itself that it is in no process."""
    if record.raw.get("$process_flow") is False:
        return Looked()
    try:
        return Looked(request.crm.blueprints.of_record(module, record.id))
    except RecordLocked:
        return Looked(is_locked=True)
    except CrmError as exc:
        return Looked(refused=refusal(exc))


def _in_force(listed: list[Blueprint], module: str, record: Record, instead_of: str = "") -> Blueprint | None:
    """The active process for a record's module, layout and pipeline, if it is another one."""
    layout = record.ref("Layout")
    for one in listed:
        if one.status != "active" or one.module_name != module or one.id == instead_of:
            continue
        if one.layout and layout and one.layout.id and one.layout.id != layout.id:
            continue
        if one.pipeline and record.get("Pipeline") not in (one.pipeline.name, None):
            continue
        return one
    return None


def _process(
    request: CrmRequest, module: str, record: Record, looked: Looked, listed: list[Blueprint]
) -> Gathered | None:
    """The process of the record: as configured, as seen on other records, or as this one alone shows it."""
    if looked.place is None:
        head = _in_force(listed, module, record)
        return gather(request.kept, request.connection, request.user, head.id) if head and head.id else None
    found = None
    if looked.place.process_id:
        found = gather(request.kept, request.connection, request.user, looked.place.process_id)
    if found is not None:
        return found
    seen = process_of(Sighting.of(module, looked.place))
    graph, facts = ProcessGraph(seen.process), facts_of(request.kept, seen.process)
    return Gathered(seen.process, graph, facts, check(graph, facts), seen=seen, has_page=False)


def _context(
    request: CrmRequest, module: Module, record: Record, looked: Looked, process: Gathered | None
) -> dict[str, Any]:
    org = request.kept.known("org")
    links = zoho_links(
        request.connection.dc,
        request.connection.environment,
        org.value[0].domain_name if org and org.value else "",
    )
    names = [request.connection.slug, module.api_name, record.id]
    return {
        "module": module,
        "record": record,
        "name": _name(record),
        "looked": looked,
        "process": process.process if process else None,
        "is_listed": process is not None and process.has_page,
        "seen": process.seen if process else None,
        "facts": _facts(record),
        "record_page": reverse("records:detail", args=names),
        "zoho": links.record(module.module_name, record.id),
        "zoho_why_not": links.why_not,
    }


def _name(record: Record) -> str:
    """What the record is called, by the fields that name one in any module."""
    for key in ("Full_Name", "Deal_Name", "Subject", "Name", "Last_Name"):
        value = record.raw.get(key)
        if isinstance(value, str) and value:
            return value
    names = [key for key in record.raw if key.endswith("_Name") and isinstance(record.raw[key], str)]
    return str(record.raw[names[0]]) if names else ""


def _facts(record: Record) -> list[tuple[str, str]]:
    owner = record.owner
    return [("Owner", owner.name)] if owner and owner.name else []


def _in_process(request: CrmRequest, case: stuck.Case, found: Gathered) -> dict[str, Any]:
    graph, place = found.graph, case.place
    here = graph.place_of(place.field_value)
    verdict = stuck.explain(case)
    context: dict[str, Any] = {
        "place": place,
        "verdict": verdict,
        "hindrances": _links(request, verdict.hindrances, found, case.in_force),
        "offered": _offered(case, found.facts),
        "unread": place.unread,
        "escalation": words.escalation(here.state.escalation) if here and here.state.escalation else [],
    }
    return context | _where(request, found, place.field_value, {one.id for one in place.transitions})


def _offered(case: stuck.Case, facts: Facts) -> list[Offered]:
    return [offered(one, case) for one in case.place.transitions]


def _where(request: CrmRequest, found: Gathered | None, value: str, open_ids: Container[str] = ()) -> dict[str, Any]:
    """The map with the record's state lit, and the ways that are open from it."""
    if found is None or not found.graph.places:
        return {}
    graph = found.graph
    here = graph.place_of(value)
    lit = Lit(current=here.key if here else "")
    if here is not None:
        steps = [step for step in graph.walk.out[here.key] if step.move and step.move.transition.id in open_ids]
        lit.steps = {step.id for step in steps}
        lit.states = {here.key, *(step.target for step in steps)}
    where = addresses(request.connection.slug, found.process.id) if found.has_page else Addresses()
    image = picture(graph, found.facts, (), lit, where)
    drawing = draw(image.layout(automatic=False), f"States of {found.process.label}", nouns=STATES)
    return {"here": here, "value": value, "drawing": drawing}


def _links(
    request: CrmRequest, hindrances: list[stuck.Hindrance], found: Gathered | None, in_force: Blueprint | None
) -> list[tuple[stuck.Hindrance, str, str]]:
    """(hindrance, address, its words); "" where nothing in the console leads on."""
    slug = request.connection.slug
    match = request.resolver_match
    arguments = match.kwargs if match else {}
    named = [slug, str(arguments.get("module", "")), str(arguments.get("record", ""))]
    made = []
    for one in hindrances:
        address, told = "", ""
        if one.link == "record":
            address, told = reverse("records:detail", args=named), "The record"
        elif one.link == "edit":
            address, told = reverse("records:edit", args=named), "Change the record"
        elif one.link == "scopes":
            address, told = reverse("catalogue:doctor", args=[slug]), "Which scope is missing"
        elif one.link == "process" and in_force and in_force.id:
            address, told = reverse("blueprints:map", args=[slug, in_force.id]), f"The map of {in_force.label}"
        elif one.link == "map" and found and found.kept and found.process.id:
            address, told = reverse("blueprints:map", args=[slug, found.process.id]), "The map of the process"
            if one.move:
                address = reverse("blueprints:transition", args=[slug, found.process.id, one.move])
                told = "Who may run it, and what it asks for"
        made.append((one, address, told))
    return made


def _outside(record: Record, found: Gathered | None) -> str:
    """Why a record is in no process, as far as the process that would be for it tells."""
    if found is None:
        return "No active blueprint is for records like this one, as far as this connection may see."
    process = found.process
    value = words.shown(record.raw.get(process.field_name))
    field = process.field_label or process.field_name
    place = found.graph.place_of(value)
    if place is None:
        return f"“{process.label}” is for such records, but {field} is {value}, which is none of its states."
    if place.is_end:
        return f"It has left “{process.label}”: “{place.label}” is an end of it."
    return (
        f"“{process.label}” is for such records, and {field} is “{place.label}”, one of its states; but the record did "
        "not enter: it was made without automation, before the blueprint was published, or does not meet its criteria."
    )
