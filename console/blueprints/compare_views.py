"""Two processes side by side: the same one in production and sandbox, or two of one module."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from console.blueprints.compare import Side, compare
from console.blueprints.gather import REFUSED, SCOPE, Gathered, facts_of
from console.blueprints.graph import ProcessGraph
from console.blueprints.map_views import found_or_404, page_context
from console.blueprints.picture import STATES
from console.blueprints.views import AROUND
from console.connections import gate
from console.connections.models import Connection
from console.connections.tokens import crm_for
from console.diagrams import draw, outline
from console.http import CrmRequest, needs
from console.metadata.kept import KeptMetadata
from crm_client.blueprints import Blueprint
from crm_client.errors import CrmError


@require_GET
@needs(SCOPE, *AROUND)
def process_compare(request: CrmRequest, process: str) -> HttpResponse:
    """`with` is the id of another process of this organisation, or the slug of another organisation of this person."""
    found = found_or_404(request, process)
    chosen = str(request.GET.get("with", ""))[:120]
    context: dict[str, Any] = page_context(request, found, "compare") | {
        "here_choices": _in_this_organisation(request, found),
        "there_choices": _others(request),
        "chosen": chosen,
    }
    if chosen:
        try:
            metadata, other, where = _other(request, found, chosen)
        except CrmError as exc:
            context["problem"] = exc
        else:
            context |= _compared(found, metadata, other, where)
    return render(request, "blueprints/compare.html", context)


def _compared(found: Gathered, metadata: KeptMetadata, other: Blueprint | None, where: str) -> dict[str, Any]:
    if other is None:
        return {"absent": where}
    there = Side(ProcessGraph(other), facts_of(metadata, other))
    result = compare(Side(found.graph, found.facts), there)
    image = result.picture
    return {
        "result": result,
        "other": other,
        "where": where,
        "drawing": draw(image.layout(automatic=False), f"{found.process.label} compared", nouns=STATES),
        "outline": outline(image.nodes, image.arrows, image.starts),
    }


def _in_this_organisation(request: CrmRequest, found: Gathered) -> list[Blueprint]:
    """Every other process of the same module; none where the settings are refused."""
    try:
        listed = request.kept.blueprints().value
    except REFUSED:
        return []
    mine = [one for one in listed if one.module_name == found.process.module_name and one.id]
    return sorted((one for one in mine if one.id != found.process.id), key=lambda one: one.label.casefold())


def _others(request: CrmRequest) -> list[Connection]:
    mine = Connection.objects.for_user(request.user).exclude(pk=request.connection.pk)
    return list(mine.filter(state=Connection.State.ACTIVE).order_by("org_name"))


def _other(request: CrmRequest, found: Gathered, chosen: str) -> tuple[KeptMetadata, Blueprint | None, str]:
    """Where the other process is kept, the process (None: there is none), and where it is in words."""
    if chosen.isdigit():
        return request.kept, request.kept.blueprint(chosen).value, "this organisation"
    there = next((place for place in _others(request) if place.slug == chosen), None)
    if there is None:
        raise Http404("no such organisation")
    where = f"{there.org_name} ({there.environment})"
    metadata = KeptMetadata(there, crm_for(there, gate.page_deadline_s(), ends_by=request.ends_by))
    # ids differ between organisations: the same process has the same name and module; an active one before a draft
    same = [
        one for one in metadata.blueprints().value
        if one.name == found.process.name and one.module_name == found.process.module_name
    ]  # fmt: skip
    same.sort(key=lambda one: one.status != found.process.status)
    like = next(iter(same), None)
    return metadata, (metadata.blueprint(like.id).value if like else None), where
