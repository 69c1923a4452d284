"""Taking a process away: the map as SVG, PNG, Mermaid, DOT, JSON; a document as Markdown and printable HTML."""

from __future__ import annotations

import orjson
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from console.blueprints.document import Chapter, markdown_of
from console.blueprints.gather import SCOPE
from console.blueprints.look import Look
from console.blueprints.map_views import found_or_404, page_context
from console.blueprints.picture import STATES, picture
from console.blueprints.views import AROUND
from console.diagrams import GRAPH_FORMS, as_json, draw, graph_file
from console.downloads import attachment
from console.exports import file_name
from console.http import CrmRequest, needs

FORMS = {**GRAPH_FORMS, "json": "application/json"}


@require_GET
@needs(SCOPE, *AROUND)
def map_export(request: CrmRequest, process: str, form: str) -> HttpResponse:
    """The map in one of FORMS, arranged as the page shows it."""
    if form not in FORMS:
        raise Http404("no such form")
    found = found_or_404(request, process)
    look = Look.read(request.GET)
    image = picture(found.graph, found.facts, found.report.findings)
    if form == "json":
        told = {
            "process": {
                "id": found.process.id, "name": found.process.name, "module": found.process.module_name,
                "field": found.process.field_name, "status": found.process.status,
            },
            "fetched_at": found.kept.fetched_at.isoformat() if found.kept else None,
            "records_looked_at": found.seen.looked_at if found.seen else None,
            "graph": as_json(image.layout(automatic=look.is_auto)),
            "findings": [item.as_json() for item in found.report.findings],
            "not_checked": found.report.not_checked,
            "unread": found.process.unread,
        }  # fmt: skip
        body = orjson.dumps(told, option=orjson.OPT_INDENT_2)
    else:
        body = graph_file(image, form, f"States of {found.process.label}", STATES, automatic=look.is_auto)
    return attachment(body, FORMS[form], f"{file_name(found.process.label)}.{form}")


@require_GET
@needs(SCOPE, *AROUND)
def process_document(request: CrmRequest, process: str, form: str) -> HttpResponse:
    """One process for somebody who has never seen it."""
    found = found_or_404(request, process)
    chapter = Chapter.of(found.graph, found.facts, found.report)
    if form == "md":
        name = f"{file_name('Blueprint', found.process.label)}.md"
        return attachment(markdown_of(chapter).encode(), "text/markdown", name)
    if form != "html":
        raise Http404("no such form")
    image = picture(found.graph, found.facts, found.report.findings)
    drawing = draw(image.layout(automatic=False), f"States of {found.process.label}", nouns=STATES)
    context = page_context(request, found, "") | {"chapter": chapter, "drawing": drawing}
    return render(request, "blueprints/document.html", context)
