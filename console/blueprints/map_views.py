"""One process: its map, its states and transitions beside it, its findings."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.blueprints import words
from console.blueprints.cards import state_card, transition_card
from console.blueprints.findings import CODES
from console.blueprints.gather import SCOPE, Gathered, gather
from console.blueprints.look import Look
from console.blueprints.numbers import Numbers, numbers
from console.blueprints.picture import STATES, Addresses, Lit, picture
from console.blueprints.tasks import last_count
from console.blueprints.views import AROUND
from console.conditions import criteria
from console.diagrams import draw, outline
from console.http import CrmRequest, needs, wants_partial
from console.jobs.models import Job
from console.parts import say_not_refreshed


@require_GET
@needs(SCOPE, *AROUND)
def process_map(request: CrmRequest, process: str) -> HttpResponse:
    return _map_page(request, found_or_404(request, process))


@require_GET
@needs(SCOPE, *AROUND)
def process_state(request: CrmRequest, process: str, state: str) -> HttpResponse:
    """A state beside the map; for htmx the panel alone."""
    return _beside(request, process, state=state)


@require_GET
@needs(SCOPE, *AROUND)
def process_transition(request: CrmRequest, process: str, transition: str) -> HttpResponse:
    """A transition beside the map; for htmx the panel alone."""
    return _beside(request, process, transition=transition)


@require_GET
@needs(SCOPE, *AROUND)
def process_findings(request: CrmRequest, process: str) -> HttpResponse:
    found = found_or_404(request, process)
    context = page_context(request, found, "findings") | {
        "findings": list(enumerate(found.report.findings, 1)),
        "examined": len(CODES),
    }
    return render(request, "blueprints/findings.html", context)


@require_POST
@needs(SCOPE, *AROUND)
def process_refresh(request: CrmRequest, process: str) -> HttpResponse:
    found = gather(request.kept, request.connection, request.user, process, refresh=True)
    problem = found.kept.problem if found and found.kept else None
    if problem:
        say_not_refreshed(request, problem)
    return redirect("blueprints:map", request.connection.slug, process)


def found_or_404(request: CrmRequest, process: str) -> Gathered:
    found = gather(request.kept, request.connection, request.user, process)
    if found is None:
        raise Http404("no such process")
    return found


def counted(request: CrmRequest, found: Gathered) -> tuple[Job, Numbers] | None:
    """The last count of this person with its numbers; it asks nothing of the CRM."""
    job = last_count(request.connection, request.user, found.process.id)
    return (job, numbers(found.graph, job.result)) if job else None


def addresses(slug: str, process: str, query: str = "") -> Addresses:
    """Where the states and transitions of a map lead."""
    here = reverse("blueprints:map", args=[slug, process])
    return Addresses(*(partial(_address, here, query, part) for part in ("states", "transitions")))


def _address(here: str, query: str, part: str, key: str) -> str:
    """Put together, not reversed: a large map has hundreds of them."""
    return f"{here}{part}/{key}/{query}"


def _beside(request: CrmRequest, process: str, *, state: str = "", transition: str = "") -> HttpResponse:
    found = found_or_404(request, process)
    if state not in found.graph.places and transition not in found.graph.moves:
        raise Http404("no such part of this process")
    if wants_partial(request):
        context = page_context(request, found, "map") | _panel(request, found, state, transition)
        return render(request, "blueprints/_panel.html", context)
    return _map_page(request, found, state, transition)


def _map_page(request: CrmRequest, found: Gathered, state: str = "", transition: str = "") -> HttpResponse:
    look = Look.read(request.GET)
    lit, said = _lit(found, look)
    lit.current, lit.chosen = state, transition
    count = counted(request, found)
    where = addresses(request.connection.slug, found.process.id, look.query)
    image = picture(found.graph, found.facts, found.report.findings, lit, where, count[1] if count else None)
    context = page_context(request, found, "map") | {
        "drawing": draw(image.layout(automatic=look.is_auto), f"States of {found.process.label}", nouns=STATES),
        "outline": outline(image.nodes, image.arrows, image.starts),
        "said": said,
        "panel": "part-panel",
        "count": count,
    }
    if state or transition:
        context |= _panel(request, found, state, transition)
    return render(request, "blueprints/map.html", context)


def _lit(found: Gathered, look: Look) -> tuple[Lit, str]:
    """The place of the finding that the address asks for, and its sentence."""
    if not 0 < look.finding <= len(found.report.findings):
        return Lit(), ""
    item = found.report.findings[look.finding - 1]
    steps = [found.graph.by_step[step] for step in item.steps if step in found.graph.by_step]
    states = {item.state, *(end for step in steps for end in (step.source, step.target))} - {""}
    return Lit(states, {step.id for step in steps}), item.sentence


def _panel(request: CrmRequest, found: Gathered, state: str, transition: str) -> dict[str, Any]:
    if transition:
        card = transition_card(found.graph, found.graph.moves[transition], found.facts, found.report.findings)
        return {"transition": card}
    count = counted(request, found)
    place = found.graph.places[state]
    return {"state": state_card(found.graph, place, found.report.findings, count[1] if count else None)}


def page_context(request: CrmRequest, found: Gathered, tab: str) -> dict[str, Any]:
    """What every page of one process shows around its content."""
    names = [request.connection.slug, found.process.id]
    process, facts = found.process, found.facts
    return {
        "found": found,
        "process": process,
        "status": words.STATUSES.get(process.status, process.status or "of a status that is not told"),
        "owners": words.owners(process.owners, facts.people) if process.owners else "",
        "entry": criteria(process.entry_criteria, facts.label),
        "kept": found.kept,
        "seen": found.seen,
        "look": Look.read(request.GET),
        "tab": tab,
        "here": reverse("blueprints:map", args=names),
        "refresh": reverse("blueprints:refresh", args=names),
        "counts": found.report.counts,
    }
