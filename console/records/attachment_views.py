"""Attaching a file to a record: kept on the console's disk first, then sent through the same door as every change."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from console import disk
from console.http import CrmRequest, needs
from console.records import attached_files, attaching
from console.records.around import CREATE, MODULES, READ, Around, around
from console.records.beside_views import attachments_page
from console.submissions import services
from console.submissions.models import Row
from crm_client.attachments import LARGEST
from crm_client.bodies import safe_name

_WHILE_WAITING = 4_000_000  # bytes that are sent while the page waits; larger files go in the background
_NO_ROOM = (
    "There is no room left on the console’s disk, so the file was not taken. Nothing was sent and nothing else is"
    " affected. Whoever runs this console has to make room; then attach it again."
)


@require_POST
@needs(READ, MODULES, CREATE)
def attachment_add(request: CrmRequest, module: str, record: str) -> HttpResponse:
    """One file onto a record; then its attachments, or what became of it."""
    place = around(request, module)
    chosen, problem = _chosen(request)
    if chosen is None:
        return attachments_page(request, place, record, problem=problem, status=422)
    key = str(request.POST.get("_form_key", ""))
    try:
        file = attached_files.keep(chosen.chunks(), f"{request.connection.pk}:{request.user.pk}:{key}")
    except OSError as exc:
        if not disk.is_full(exc):
            raise
        return attachments_page(request, place, record, problem=_NO_ROOM, code="NO-SPACE", status=507)
    name = safe_name(chosen.name or "")
    row = attaching.values(record, name, chosen.size or 0, chosen.content_type or "", file)
    change = services.Change(attached_files.ATTACH, module, [row])
    title = f"Attach a file to a {place.singular}"
    submission = services.submit(request.connection, request.user, change, form_key=key, title=title, subject=name)
    services.send(submission, ends_by=request.ends_by if (chosen.size or 0) <= _WHILE_WAITING else 0.0)
    return _done(request, place, record, submission.rows.get(), is_repeat=submission.is_repeat)


def _chosen(request: CrmRequest) -> tuple[UploadedFile | None, str]:
    """The file, or a sentence on why there is none to be sent."""
    if not request.connection.may_write:
        return None, "The console may only read in this organisation. Allow changes first; nothing was sent."
    chosen = request.FILES.get("file")
    if chosen is None:
        return None, "No file was chosen, so nothing was sent."
    if not chosen.size:
        return None, f"{chosen.name} is empty. Nothing was sent."
    if chosen.size > LARGEST:
        return None, f"{chosen.name} is larger than the 20 MB that Zoho CRM takes. Nothing was sent."
    return chosen, ""


def _done(request: CrmRequest, place: Around, record: str, row: Row, *, is_repeat: bool) -> HttpResponse:
    slug, module = request.connection.slug, place.module.api_name
    if row.state == Row.State.SUCCEEDED:
        attached_files.delete(str((row.payload or {}).get("file", "")))
        messages.success(request, "The file is attached in Zoho CRM.")
        return redirect("records:attachments", slug, module, record)
    if row.state != Row.State.FAILED or is_repeat:
        return redirect("submissions:detail", slug, row.submission_id)
    problem = f"Zoho CRM refused it: {row.message} ({row.code}). Nothing was attached."
    return attachments_page(request, place, record, problem=problem, status=422)
