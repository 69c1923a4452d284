"""Taking a wizard away: the graph as SVG, PNG, Mermaid, DOT, JSON; a document as Markdown and printable HTML."""

import io
import re
import zipfile
from collections.abc import Callable

import orjson
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from console.diagrams import as_json, dot, draw, mermaid, png, svg_text
from console.http import CrmRequest, needs
from console.wizards.document import Chapter, markdown
from console.wizards.gather import Gathered, gather
from console.wizards.graph import WizardGraph
from console.wizards.graph_views import found_or_404
from console.wizards.look import Look
from console.wizards.picture import SCREENS, Picture, picture
from console.wizards.views import SCOPE
from crm_client.errors import CrmError

_SCOPES = (SCOPE, "ZohoCRM.settings.fields.READ", "ZohoCRM.settings.layouts.READ")


@require_GET
@needs(*_SCOPES)
def graph_export(request: CrmRequest, wizard: str, layout: str, form: str) -> HttpResponse:
    """The graph in one of FORMS, arranged and seen as the page shows it."""
    if form not in FORMS:
        raise Http404("no such form")
    found = found_or_404(request, wizard, layout)
    look = Look.read(request.GET)
    image = picture(WizardGraph.of(found.container, look.as_whom), found.facts, found.report.findings)
    kind, make = FORMS[form]
    return _file(make(image, found, look), kind, f"{found.wizard.label} {found.container.label}", form)


def _svg(image: Picture, found: Gathered, look: Look) -> bytes:
    drawing = draw(image.layout(automatic=look.arrange == "auto"), f"Screens of {found.wizard.label}", nouns=SCREENS)
    return svg_text(drawing).encode()


def _png(image: Picture, found: Gathered, look: Look) -> bytes:
    return png(_svg(image, found, look).decode())


def _json(image: Picture, found: Gathered, look: Look) -> bytes:
    told = {
        "wizard": {"id": found.wizard.id, "name": found.wizard.name, "module": found.wizard.module_name},
        "layout": {"id": found.container.layout_id, "name": found.container.label},
        "fetched_at": found.kept.fetched_at.isoformat(),
        "graph": as_json(image.layout(automatic=look.arrange == "auto")),
        "findings": [item.as_json() for item in found.report.findings],
        "not_checked": found.report.not_checked,
        "unread": found.wizard.unread,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


FORMS: dict[str, tuple[str, Callable[[Picture, Gathered, Look], bytes]]] = {
    "svg": ("image/svg+xml", _svg),
    "png": ("image/png", _png),
    "mmd": ("text/plain; charset=utf-8", lambda image, found, look: mermaid(image.nodes, image.arrows).encode()),
    "dot": ("text/plain; charset=utf-8",
            lambda image, found, look: dot(image.nodes, image.arrows, title=found.wizard.label).encode()),
    "json": ("application/json", _json),
}  # fmt: skip


@require_GET
@needs(*_SCOPES)
def wizard_document(request: CrmRequest, wizard: str, layout: str, form: str) -> HttpResponse:
    """One wizard for one layout."""
    found = found_or_404(request, wizard, layout)
    return _document(request, f"Wizard {found.wizard.label}", [_chapter(found)], [], form)


@require_GET
@needs(*_SCOPES)
def module_document(request: CrmRequest, form: str) -> HttpResponse:
    """Every wizard of a module, for each of its layouts: a document, or all graphs in one file (`zip`).

    What the CRM would not give is named, in the document or in a file of the archive.
    """
    module = str(request.GET.get("module", ""))
    wizards = [item for item in request.kept.wizards().value if item.module_name == module]
    if not wizards:
        raise Http404("no wizards in this module")
    gathered: list[Gathered] = []
    missing: list[str] = []
    for item in wizards:
        for container in item.containers:
            try:
                found = gather(request.kept, item.id, container.layout_id)
            except CrmError as exc:
                missing.append(f"{item.label} ({container.label}): {exc.sentence()}")
                continue
            if found is not None:
                gathered.append(found)
    title = f"Wizards of {module}"
    if form == "zip":
        return _file(_archive(gathered, missing), "application/zip", title, form)
    return _document(request, title, [_chapter(found) for found in gathered], missing, form)


def _archive(gathered: list[Gathered], missing: list[str]) -> bytes:
    """Every graph in every one of FORMS; the number in front keeps wizards of one name apart."""
    held, look = io.BytesIO(), Look.read(QueryDict())
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, found in enumerate(gathered, start=1):
            image = picture(WizardGraph.of(found.container, look.as_whom), found.facts, found.report.findings)
            name = f"{number:02d}-{_safe(f'{found.wizard.label} {found.container.label}')}"
            for form, (_, make) in FORMS.items():
                archive.writestr(f"{name}.{form}", make(image, found, look))
        if missing:
            archive.writestr("not-given-by-zoho-crm.txt", "\n".join(missing))
    return held.getvalue()


def _chapter(found: Gathered) -> Chapter:
    return Chapter(found.wizard, found.container, found.facts, found.report.findings, found.report.not_checked)


def _document(request: CrmRequest, title: str, chapters: list[Chapter], missing: list[str], form: str) -> HttpResponse:
    if form == "md":
        text = markdown(title, chapters)
        text += "".join(f"\nNot given by Zoho CRM: {line}\n" for line in missing)
        return _file(text.encode(), "text/markdown; charset=utf-8", title, "md")
    if form != "html":
        raise Http404("no such form")
    drawn = []
    for chapter in chapters:
        image = picture(WizardGraph.of(chapter.container), chapter.facts, chapter.findings)
        drawing = draw(image.layout(automatic=False), f"Screens of {chapter.wizard.label}", nouns=SCREENS)
        drawn.append((chapter, drawing, chapter.cards()))
    return render(request, "wizards/document.html", {"title": title, "chapters": drawn, "missing": missing})


def _file(content: bytes, kind: str, name: str, form: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{_safe(name)}.{form}"'
    return response


def _safe(name: str) -> str:
    """A file's name that every system takes."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:80] or "wizard"
