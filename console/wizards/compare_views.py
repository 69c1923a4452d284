"""Two wizards side by side: in one organisation, or the same one in production and sandbox."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from console.connections import gate
from console.connections.models import Connection
from console.connections.tokens import crm_for
from console.diagrams import draw, outline
from console.http import CrmRequest, needs
from console.metadata.kept import KeptMetadata
from console.wizards.compare import compare
from console.wizards.gather import Gathered
from console.wizards.graph_views import found_or_404, page_context
from console.wizards.look import Look
from console.wizards.picture import SCREENS
from console.wizards.views import SCOPE
from crm_client.errors import CrmError
from crm_client.wizards import Container, Wizard


@require_GET
@needs(SCOPE, "ZohoCRM.settings.fields.READ", "ZohoCRM.settings.layouts.READ")
def wizard_compare(request: CrmRequest, wizard: str, layout: str) -> HttpResponse:
    """`with` is "<wizard id>/<layout id>" of this organisation, or the slug of another one of this person's."""
    found = found_or_404(request, wizard, layout)
    chosen = str(request.GET.get("with", ""))[:120]
    context: dict[str, Any] = page_context(request, found, Look()) | {
        "tab": "compare",
        "here_choices": _in_this_organisation(request, found),
        "there_choices": [(place.slug, place) for place in _others(request)],
        "chosen": chosen,
    }
    if chosen:
        try:
            other, where = _other(request, found, chosen)
        except CrmError as exc:
            context["problem"] = exc
        else:
            context |= _compared(found, other, where)
    return render(request, "wizards/compare.html", context)


def _compared(found: Gathered, other: tuple[Wizard, Container] | None, where: str) -> dict[str, Any]:
    if other is None:
        return {"absent": where}
    result = compare((found.wizard, found.container), other)
    drawing = draw(result.picture.layout(automatic=False), f"{found.wizard.label} compared", nouns=SCREENS)
    return {
        "result": result,
        "other": other[0],
        "other_container": other[1],
        "where": where,
        "drawing": drawing,
        "outline": outline(result.picture.nodes, result.picture.arrows, result.picture.starts),
    }


def _in_this_organisation(request: CrmRequest, found: Gathered) -> list[tuple[str, str]]:
    """(value, label) of every other wizard and layout of the same module, the same wizard's first."""
    listed = [item for item in request.kept.wizards().value if item.module_name == found.wizard.module_name]
    listed.sort(key=lambda item: (item.id != found.wizard.id, item.label.casefold()))
    mine = (found.wizard.id, found.container.layout_id)
    return [
        (f"{item.id}/{part.layout_id}", f"{item.label} – {part.label}")
        for item in listed
        for part in item.containers
        if (item.id, part.layout_id) != mine and part.layout_id
    ]


def _others(request: CrmRequest) -> list[Connection]:
    mine = Connection.objects.for_user(request.user).exclude(pk=request.connection.pk)
    return list(mine.filter(state=Connection.State.ACTIVE).order_by("org_name"))


def _other(request: CrmRequest, found: Gathered, chosen: str) -> tuple[tuple[Wizard, Container] | None, str]:
    """The wizard to compare with (None: there is none) and where it is, in words."""
    wizard, slash, layout = chosen.partition("/")
    if slash:
        kept = request.kept.wizard(wizard, layout).value
        container = kept.container(layout) if kept else None
        return ((kept, container) if kept and container else None), "this organisation"
    there = next((place for place in _others(request) if place.slug == chosen), None)
    if there is None:
        raise Http404("no such organisation")
    where = f"{there.org_name} ({there.environment})"
    metadata = KeptMetadata(there, crm_for(there, gate.page_deadline_s(), ends_by=request.ends_by))
    # ids differ between organisations: the same wizard has the same name and module, the same layout the same name
    same = [item for item in metadata.wizards().value if item.module_name == found.wizard.module_name]
    like = next((item for item in same if item.name == found.wizard.name), None)
    part = next((item for item in like.containers if item.label == found.container.label), None) if like else None
    if like is None or part is None:
        return None, where
    whole = metadata.wizard(like.id, part.layout_id).value
    container = whole.container(part.layout_id) if whole else None
    return ((whole, container) if whole and container else None), where
