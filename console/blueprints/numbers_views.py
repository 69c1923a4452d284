"""Numbers of one process: counting its records, and the figures with their date."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from console.blueprints.gather import SCOPE, Gathered
from console.blueprints.map_views import counted, found_or_404, page_context
from console.blueprints.tasks import COUNT_RECORDS, SAMPLES, count_params, running_count
from console.blueprints.views import AROUND, COQL, READ
from console.costs.price_lists import price_list
from console.http import CrmRequest, needs
from console.jobs import services
from console.parts import part


@require_GET
@needs(SCOPE, *AROUND)
def process_numbers(request: CrmRequest, process: str) -> HttpResponse:
    found = found_or_404(request, process)
    context = page_context(request, found, "numbers") | {
        "count": counted(request, found),
        "job": running_count(request.connection, request.user, process),
        "choices": [(sample, _price(request, found, sample)) for sample in SAMPLES],
    }
    return render(request, "blueprints/numbers.html", context)


@require_POST
@needs(SCOPE, READ, COQL, "ZohoCRM.settings.layouts.READ", *AROUND)
def count_start(request: CrmRequest, process: str) -> HttpResponse:
    found = found_or_404(request, process)
    wanted = str(request.POST.get("sample", ""))
    sample = next((one for one in SAMPLES if str(one) == wanted), SAMPLES[0])
    layouts = part(lambda: request.kept.layouts(found.process.module_name))
    params = count_params(found.process, len(layouts.kept.value) if layouts.kept else 1, sample)
    title = f"Count the records of {found.process.label}"
    services.start(request.connection, request.user, COUNT_RECORDS, title[:255], params)
    return redirect("blueprints:numbers", request.connection.slug, process)


def _price(request: CrmRequest, found: Gathered, sample: int) -> dict[str, Any]:
    """Credits of a count: one grouped query, and for a sample one query and a timeline for each record.

    `most`: where the CRM will neither tell layouts apart nor group, each state is counted by a call of its own.
    """
    prices = price_list(request.connection)
    query = prices.price("POST", "/coql", records=2000).credits
    one = prices.price("POST", "/coql", records=200).credits
    timeline = prices.price("GET", f"/{found.process.module_name or 'Leads'}/1/__timeline").credits
    rest = one + sample * timeline if sample else 0
    return {"credits": query + rest, "most": 2 * query + len(found.graph.places) * one + rest}
