"""One wizard for one layout: its graph, its screens, its findings, its paths."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.diagrams import draw, outline
from console.http import CrmRequest, needs, wants_partial
from console.parts import say_not_refreshed
from console.wizards.finding import ORDER
from console.wizards.findings import CODES
from console.wizards.gather import Gathered, gather
from console.wizards.graph import WizardGraph
from console.wizards.look import Look, number
from console.wizards.picture import SCREENS, Lit, picture
from console.wizards.screen_card import screen_card
from console.wizards.search import search
from console.wizards.views import SCOPE
from crm_client.errors import InvalidRequest, NotFound

_SCOPES = (SCOPE, "ZohoCRM.settings.fields.READ", "ZohoCRM.settings.layouts.READ")


@require_GET
@needs(*_SCOPES)
def wizard_graph(request: CrmRequest, wizard: str, layout: str) -> HttpResponse:
    return _graph_page(request, found_or_404(request, wizard, layout), "")


@require_GET
@needs(*_SCOPES)
def wizard_screen(request: CrmRequest, wizard: str, layout: str, screen: str) -> HttpResponse:
    """A screen beside the graph; for htmx the panel alone."""
    found = found_or_404(request, wizard, layout)
    look = Look.read(request.GET)
    graph = WizardGraph.of(found.container, look.as_whom)
    if screen not in graph.places:
        raise Http404("no such screen in this wizard")
    if wants_partial(request):
        context = page_context(request, found, look) | _panel(found, graph, screen)
        return render(request, "wizards/_screen.html", context)
    return _graph_page(request, found, screen)


@require_GET
@needs(*_SCOPES)
def wizard_findings(request: CrmRequest, wizard: str, layout: str) -> HttpResponse:
    found = found_or_404(request, wizard, layout)
    context = page_context(request, found, Look.read(request.GET)) | {
        "tab": "findings",
        "findings": list(enumerate(found.report.findings, 1)),
        "examined": len(CODES),
    }
    return render(request, "wizards/findings.html", context)


@require_GET
@needs(*_SCOPES)
def wizard_paths(request: CrmRequest, wizard: str, layout: str) -> HttpResponse:
    found = found_or_404(request, wizard, layout)
    look = Look.read(request.GET)
    graph = WizardGraph.of(found.container, look.as_whom)
    ways = graph.ways_to_save()
    listed = []
    for way_number, way in enumerate(ways.ways, 1):
        steps = [graph.by_step[step] for step in way]
        end = steps[-1].target if steps else graph.starts[0]
        labels = [graph.label(step.source) for step in steps] + [graph.label(end)]
        listed.append((way_number, labels, [step.connection_id for step in steps]))
    told = {"tab": "paths", "ways": listed, "count": ways.count, "is_all": ways.is_all}
    return render(request, "wizards/paths.html", page_context(request, found, look) | told)


@require_POST
@needs(*_SCOPES)
def wizard_refresh(request: CrmRequest, wizard: str, layout: str) -> HttpResponse:
    found = gather(request.kept, wizard, layout, refresh=True)
    if found is not None and found.kept.problem:
        problem = found.kept.problem
        say_not_refreshed(request, problem)
    return redirect("wizards:graph", request.connection.slug, wizard, layout)


def found_or_404(request: CrmRequest, wizard: str, layout: str) -> Gathered:
    try:
        found = gather(request.kept, wizard, layout)
    except InvalidRequest as exc:
        if exc.code == "INVALID_DATA":  # so the CRM says that it has no such wizard, or not for this layout
            raise NotFound("it was deleted, or is not for this layout", what="this wizard", code=exc.code) from exc
        raise
    if found is None:
        raise Http404("no such wizard")
    return found


def _graph_page(request: CrmRequest, found: Gathered, screen: str) -> HttpResponse:
    look = Look.read(request.GET)
    graph = WizardGraph.of(found.container, look.as_whom)
    hits = search(graph, found.facts, look.find)
    lit, said = _lit(graph, found, look, {hit.key for hit in hits})
    lit.current = screen
    names = [request.connection.slug, found.wizard.id, found.container.layout_id]
    address = partial(_screen_address, names, look.query)
    image = picture(graph, found.facts, found.report.findings, lit, address)
    layout = image.layout(automatic=look.arrange == "auto")
    context = page_context(request, found, look) | {
        "tab": "graph",
        "drawing": draw(layout, f"Screens of {found.wizard.label}", nouns=SCREENS),
        "outline": outline(image.nodes, image.arrows, image.starts),
        "hits": [(hit, address(hit.key)) for hit in hits],
        "said": said,
        "screens": [(key, place.label) for key, place in graph.places.items()],
        "reached": len(graph.reached),
        "viewers": _viewers(found),
        "panel": "screen-panel",
    }
    if screen:
        context |= _panel(found, graph, screen)
    return render(request, "wizards/graph.html", context)


def _screen_address(names: list[str], query: str, key: str) -> str:
    return reverse("wizards:screen", args=[*names, key]) + query


def _lit(graph: WizardGraph, found: Gathered, look: Look, hits: set[str]) -> tuple[Lit, str]:
    """What the address asks to light, and a sentence about it."""
    if look.find:
        return Lit(screens=hits or {""}, marked=hits), ""
    if look.to:
        way = graph.way_to(look.to)
        if way is None:
            return Lit(), f"No button leads to “{graph.label(look.to)}”."
        presses = "the start itself" if not way else "1 button press" if len(way) == 1 else f"{len(way)} button presses"
        screens = {look.to, *(step.source for step in way)}
        lit = Lit(screens, {step.id for step in way}, marked={look.to})
        return lit, f"Shortest way to “{graph.label(look.to)}”: {presses}."
    if look.way:
        ways = graph.ways_to_save().ways
        place = number(look.way)
        if 0 < place <= len(ways):
            steps = [graph.by_step[step] for step in ways[place - 1]]
            screens = {*graph.starts[:1], *(step.target for step in steps)}
            return Lit(screens, {step.id for step in steps}), f"Path {place} from the start to a save."
        return Lit(), "There is no such path any more."
    place = number(look.finding)
    if 0 < place <= len(found.report.findings):
        item = found.report.findings[place - 1]
        steps = [graph.by_step[step] for step in item.steps if step in graph.by_step]
        screens = {item.screen, *(step.source for step in steps), *(step.target for step in steps)} - {""}
        return Lit(screens, {step.id for step in steps}, marked={item.screen} - {""}), item.sentence
    return Lit(), ""


def _panel(found: Gathered, graph: WizardGraph, screen: str) -> dict[str, Any]:
    return {"card": screen_card(graph, graph.places[screen], found.facts, found.report.findings), "screen": screen}


def _viewers(found: Gathered) -> list[tuple[str, str]]:
    """(value, name) of each profile and portal user type one may look as."""
    buttons = [button for screen in found.container.screens for button in screen.buttons]
    profiles = {ref.id: ref.name for button in buttons for ref in button.profiles or []}
    profiles |= {ref.id: ref.name for ref in found.wizard.profiles or []}
    portals = {ref.id: ref.name for button in buttons for ref in button.portal_user_types or []}
    portals |= {ref.id: ref.name for ref in found.wizard.portal_user_types or []}
    return [
        *((f"profile-{id_}", name or id_) for id_, name in profiles.items() if id_),
        *((f"portal-{id_}", f"Portal: {name or id_}") for id_, name in portals.items() if id_),
    ]


def page_context(request: CrmRequest, found: Gathered, look: Look) -> dict[str, Any]:
    slug, wizard, layout = request.connection.slug, found.wizard, found.container.layout_id
    listed = next((item for item in request.kept.wizards().value if item.id == wizard.id), wizard)
    names = [slug, wizard.id, layout]
    return {
        "found": found,
        "wizard": wizard,
        "container": found.container,
        "look": look,
        "kept": found.kept,
        "refresh": reverse("wizards:refresh", args=names),
        "here": reverse("wizards:graph", args=names),
        "layouts": [(part.layout_id, part.label) for part in listed.containers if part.layout_id],
        "counts": [(severity, found.report.count(severity)) for severity in ORDER if found.report.count(severity)],
        "unread": wizard.unread,
    }
