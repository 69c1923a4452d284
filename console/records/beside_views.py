"""What lies beside a record's fields: notes, attachments, files in fields, timeline. Each is read when it is opened."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from console.downloads import attachment as as_download
from console.exports import file_name
from console.http import CrmRequest, needs, wants_partial
from console.paging import page_number
from console.records.around import FIELDS, MODULES, READ, Around, around
from console.records.attached_files import ATTACH
from console.records.choice import LONGEST_TOKEN
from console.records.values import moment
from console.records.walk import Walk
from console.submissions import services
from crm_client.bodies import Download
from crm_client.notes import LONGEST_CONTENT
from crm_client.timeline import TimelineEvent
from crm_client.values import JsonObject

FILES = "ZohoCRM.Files.READ"
_SIZES = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))
_SOURCES = {"crm_ui": "in the CRM", "crm_api": "through the API"}


@require_GET
@needs(READ, MODULES)
def notes(request: CrmRequest, module: str, record: str) -> HttpResponse:
    """The notes of a record, newest first: a page, and for htmx what unfolds on the record's own."""
    return notes_page(request, around(request, module), record)


def notes_page(
    request: CrmRequest,
    place: Around,
    record: str,
    *,
    typed: JsonObject | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The notes, and under them the form for a new one with what was typed into it."""
    number = page_number(str(request.GET.get("page", "")))
    found = request.crm.notes.of(place.module.api_name, record, number, per_page=50)
    shown = [
        (note, note.created_by.name if note.created_by else "", moment(note.created_time, place.eyes.zone))
        for note in found.notes
    ]
    context = {
        **_beside(request, place, record, "Notes"),
        "notes": shown,
        "page": number,
        "more": found.info.more_records,
        "typed": typed or {},
        "problem": problem,
        "plan": services.plan(request.connection, services.Change("insert", "Notes", [{}])),
        "form_key": services.new_form_key(),
        "longest": LONGEST_CONTENT,
    }
    return _rendered(request, "notes", context, status)


@require_GET
@needs(READ, MODULES)
def attachments(request: CrmRequest, module: str, record: str) -> HttpResponse:
    """The attachments of a record, each to be downloaded, and a form for one more."""
    return attachments_page(request, around(request, module), record)


def attachments_page(
    request: CrmRequest, place: Around, record: str, *, problem: str = "", code: str = "CRM-REFUSED", status: int = 200
) -> HttpResponse:
    """The attachments, and why a file was not taken."""
    module = place.module.api_name
    number = page_number(str(request.GET.get("page", "")))
    found = request.crm.attachments.of(module, record, number, per_page=50)
    shown = [
        (
            one,
            size_words(one.size),
            one.created_by.name if one.created_by else "",
            moment(one.created_time, place.eyes.zone),
        )
        for one in found.attachments
    ]
    context = {
        **_beside(request, place, record, "Attachments"),
        "attachments": shown,
        "page": number,
        "more": found.info.more_records,
        "problem": problem,
        "code": code,
        "plan": services.plan(request.connection, services.Change(ATTACH, module, [{"id": record}])),
        "form_key": services.new_form_key(),
    }
    return _rendered(request, "attachments", context, status)


@require_GET
@needs(READ)
def attachment(request: CrmRequest, module: str, record: str, attachment: str) -> HttpResponse:
    """The file of one attachment. Whatever it says it is, the browser saves it and shows nothing of it."""
    return _file(request.crm.attachments.download(module, record, attachment), attachment)


@require_GET
@needs(READ, FILES)
def field_file(request: CrmRequest, module: str, record: str, attachment: str) -> HttpResponse:
    """A file or image that stands in a field of a record."""
    return _file(request.crm.files.of_field(module, record, attachment), attachment)


@require_GET
@needs(READ, MODULES, FIELDS)
def timeline(request: CrmRequest, module: str, record: str) -> HttpResponse:
    """What happened to a record, newest first, where the profile may see it."""
    place = around(request, module)
    token = str(request.GET.get("token", ""))[:LONGEST_TOKEN]
    found = request.crm.timeline.page(module, record, page_token=token or None)
    labels = {field.api_name: field.label for field in place.known_fields}
    context = {
        **_beside(request, place, record, "Timeline"),
        "events": [_event(event, place, labels) for event in found.events],
        "token": found.info.next_page_token if found.info.more_records else "",
        "is_later": bool(token),
    }
    return _rendered(request, "timeline", context)


def size_words(size: int | None) -> str:
    """ "2.9 MB"; "" when nobody says."""
    if size is None or size < 0:
        return ""
    for unit, word in _SIZES:
        if size >= unit:
            return f"{size / unit:.1f} {word}"
    return f"{size} bytes"


def _event(event: TimelineEvent, place: Around, labels: dict[str, str]) -> dict[str, Any]:
    zone = place.eyes.zone
    return {
        "when": moment(event.audited_time, zone),
        "action": event.action.replace("_", " "),
        "who": event.done_by.name if event.done_by else "",
        "source": _SOURCES.get(event.source, event.source.replace("_", " ")),
        "rule": event.automation_rule.name if event.automation_rule else "",
        "automation": event.automation_type.replace("_", " "),
        "related": event.related_record.name if event.related_record else "",
        "changes": [
            (one.label or labels.get(one.api_name) or one.api_name, moment(one.old, zone), moment(one.new, zone))
            for one in event.changes
        ],
    }


def _beside(request: CrmRequest, place: Around, record: str, title: str) -> dict[str, Any]:
    walk = Walk.read(str(request.GET.get("from", ""))).query()
    return {
        "place": place,
        "record": record,
        "here": f"{place.here}{record}/",
        "back": f"{place.here}{record}/{walk}",
        "walk": walk,
        "title": title,
    }


def _rendered(request: CrmRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    if wants_partial(request):
        return render(request, f"records/_{name}.html", context, status=status)
    return render(request, "records/beside.html", {**context, "inner": f"records/_{name}.html"}, status=status)


def _file(found: Download | None, id_: str) -> HttpResponse:
    if found is None:
        raise Http404("no such file")
    stem, dot, ending = found.name.rpartition(".")
    name = file_name(stem or found.name or id_) + (f".{file_name(ending)}" if dot and ending.isascii() else "")
    return as_download(found.content, "application/octet-stream", name)
