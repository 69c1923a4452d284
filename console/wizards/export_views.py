"""Taking a wizard away: the graph as SVG, PNG, Mermaid, DOT, JSON; a document as Markdown and printable HTML."""

import io
import zipfile

import orjson
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from console.diagrams import GRAPH_FORMS, Picture, as_json, draw, graph_file
from console.downloads import attachment
from console.exports import file_name
from console.http import CrmRequest, needs
from console.wizards.document import Chapter, markdown
from console.wizards.gather import Gathered, gather
from console.wizards.graph import WizardGraph
from console.wizards.graph_views import found_or_404
from console.wizards.look import Look
from console.wizards.picture import SCREENS, picture
from console.wizards.views import SCOPE
from crm_client.errors import CrmError

_SCOPES = (SCOPE, "ZohoCRM.settings.fields.READ", "ZohoCRM.settings.layouts.READ")
FORMS = {**GRAPH_FORMS, "json": "application/json"}


@require_GET
@needs(*_SCOPES)
def graph_export(request: CrmRequest, wizard: str, layout: str, form: str) -> HttpResponse:
    """The graph in one of FORMS, arranged and seen as the page shows it."""
    if form not in FORMS:
        raise Http404("no such form")
    found = found_or_404(request, wizard, layout)
    look = Look.read(request.GET)
    image = picture(WizardGraph.of(found.container, look.as_whom), found.facts, found.report.findings)
    name = file_name(found.wizard.label, found.container.label)
    return attachment(_made(image, found, look, form), FORMS[form], f"{name}.{form}")


def _made(image: Picture, found: Gathered, look: Look, form: str) -> bytes:
    is_auto = look.arrange == "auto"
    if form == "json":
        return _json(image, found, automatic=is_auto)
    return graph_file(image, form, f"Screens of {found.wizard.label}", SCREENS, automatic=is_auto)


def _json(image: Picture, found: Gathered, *, automatic: bool) -> bytes:
    told = {
        "wizard": {"id": found.wizard.id, "name": found.wizard.name, "module": found.wizard.module_name},
        "layout": {"id": found.container.layout_id, "name": found.container.label},
        "fetched_at": found.kept.fetched_at.isoformat(),
        "graph": as_json(image.layout(automatic=automatic)),
        "findings": [item.as_json() for item in found.report.findings],
        "not_checked": found.report.not_checked,
        "unread": found.wizard.unread,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


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
        return attachment(_archive(gathered, missing), "application/zip", file_name(title) + ".zip")
    return _document(request, title, [_chapter(found) for found in gathered], missing, form)


def _archive(gathered: list[Gathered], missing: list[str]) -> bytes:
    """Every graph in every one of FORMS; the number in front keeps wizards of one name apart."""
    held, look = io.BytesIO(), Look.read(QueryDict())
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, found in enumerate(gathered, start=1):
            image = picture(WizardGraph.of(found.container, look.as_whom), found.facts, found.report.findings)
            name = f"{number:02d}-{file_name(found.wizard.label, found.container.label)}"
            for form in FORMS:
                archive.writestr(f"{name}.{form}", _made(image, found, look, form))
        if missing:
            archive.writestr("not-given-by-zoho-crm.txt", "\n".join(missing))
    return held.getvalue()


def _chapter(found: Gathered) -> Chapter:
    return Chapter(found.wizard, found.container, found.facts, found.report.findings, found.report.not_checked)


def _document(request: CrmRequest, title: str, chapters: list[Chapter], missing: list[str], form: str) -> HttpResponse:
    if form == "md":
        text = markdown(title, chapters)
        text += "".join(f"\nNot given by Zoho CRM: {line}\n" for line in missing)
        return attachment(text.encode(), "text/markdown", file_name(title) + ".md")
    if form != "html":
        raise Http404("no such form")
    drawn = []
    for chapter in chapters:
        image = picture(WizardGraph.of(chapter.container), chapter.facts, chapter.findings)
        drawing = draw(image.layout(automatic=False), f"Screens of {chapter.wizard.label}", nouns=SCREENS)
        drawn.append((chapter, drawing, chapter.cards()))
    return render(request, "wizards/document.html", {"title": title, "chapters": drawn, "missing": missing})
