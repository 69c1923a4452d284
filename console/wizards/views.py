"""The list of wizards."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.http import CrmRequest, needs, wants_partial
from console.parts import say_not_refreshed
from console.wizards import browse
from console.wizards.tasks import last_check, running_check
from crm_client.wizards import Container

SCOPE = "ZohoCRM.settings.wizards.READ"


@require_GET
@needs(SCOPE)
def wizard_list(request: CrmRequest) -> HttpResponse:
    kept = request.kept.wizards()
    choice = browse.Choice.read(request.GET)
    check = last_check(request.connection, request.user)
    every = browse.rows(kept.value, _full(request, kept.value), browse.counted(check.result) if check else {})
    shown = browse.chosen(every, choice)
    here = reverse("wizards:list", args=[request.connection.slug])
    query = request.GET.urlencode()
    context: dict[str, Any] = {
        "kept": kept,
        "refresh": reverse("wizards:list_refresh", args=[request.connection.slug]),
        "here": here,
        "choice": choice,
        "rows": shown,
        "all": len(every),
        "check": check,
    }
    if wants_partial(request):
        response = render(request, "wizards/_table.html", context)
        response.headers["HX-Push-Url"] = f"{here}?{query}" if query else here
        return response
    context |= {
        "modules": sorted({row.wizard.module_name for row in every if row.wizard.module_name}),
        "profiles": sorted({(ref.name or ref.id, ref.id) for row in every for ref in row.wizard.profiles or []}),
        "running": running_check(request.connection, request.user),
    }
    return render(request, "wizards/list.html", context)


@require_POST
@needs(SCOPE)
def wizard_list_refresh(request: CrmRequest) -> HttpResponse:
    kept = request.kept.wizards(refresh=True)
    if kept.problem:
        say_not_refreshed(request, kept.problem)
    return redirect("wizards:list", request.connection.slug)


@require_GET
@needs(SCOPE)
def wizard_detail(request: CrmRequest, wizard: str) -> HttpResponse:
    """The wizard's first layout."""
    found = next((item for item in request.kept.wizards().value if item.id == wizard), None)
    if found is None or not found.containers or not found.containers[0].layout_id:
        raise Http404("no such wizard")
    return redirect("wizards:graph", request.connection.slug, wizard, found.containers[0].layout_id)


def _full(request: CrmRequest, wizards: list[Any]) -> dict[tuple[str, str], Container]:
    """The containers that are kept in full already; nothing is asked of the CRM for them."""
    known = request.kept.ages("wizard")
    found: dict[tuple[str, str], Container] = {}
    for wizard in wizards:
        for part in wizard.containers:
            key = f"{wizard.id}/{part.layout_id}"
            kept = request.kept.known("wizard", key) if key in known else None
            if kept is not None and kept.value:
                whole = kept.value[0].container(part.layout_id)
                if whole is not None:
                    found[(wizard.id, part.layout_id)] = whole
    return found
