"""Notes of a record, written: through the same door as records, because a note is a record of the module Notes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console.http import CrmRequest, needs
from console.records.around import CREATE, DELETE, MODULES, READ, UPDATE, Around, around
from console.records.beside_views import notes_page
from console.submissions import services
from console.submissions.models import Row, Submission
from crm_client.errors import InvalidRequest, NotFound
from crm_client.notes import LONGEST_CONTENT, LONGEST_TITLE, Note
from crm_client.values import JsonObject, as_id, as_object

NOTES = "Notes"


@require_POST
@needs(READ, MODULES, CREATE)
def note_add(request: CrmRequest, module: str, record: str) -> HttpResponse:
    """A new note on a record; then its notes."""
    place = around(request, module)
    parent = {"module": {"api_name": module}, "id": record}
    values = _typed(request)
    problem = _wrong(request, values)
    if problem:
        return notes_page(request, place, record, typed=values, problem=problem, status=422)
    change = services.Change("insert", NOTES, [{**values, "Parent_Id": parent}])
    return _done(request, place, record, change, "New note", "The note is written in Zoho CRM.", values)


@require_http_methods(["GET", "POST"])
@needs(READ, MODULES, UPDATE, DELETE)
def note_change(request: CrmRequest, module: str, record: str, note: str) -> HttpResponse:
    """One note to be written anew, or to be deleted."""
    place = around(request, module)
    found = _note(request, module, record, note)
    if request.method == "GET":
        return _form(request, place, record, found, {"Note_Title": found.title, "Note_Content": found.content})
    if request.POST.get("_do") == "delete":
        change = services.Change("delete", NOTES, [{"id": note}])
        return _done(request, place, record, change, "Delete a note", "The note is deleted in Zoho CRM.", {}, found)
    values = _typed(request)
    problem = _wrong(request, values)
    if problem:
        return _form(request, place, record, found, values, problem, 422)
    change = services.Change("update", NOTES, [{"id": note, **values}])
    return _done(request, place, record, change, "Change a note", "The note is changed in Zoho CRM.", values, found)


def _typed(request: CrmRequest) -> JsonObject:
    title = " ".join(str(request.POST.get("title", "")).split())
    content = str(request.POST.get("content", "")).replace("\r\n", "\n").strip()
    return {"Note_Title": title or None, "Note_Content": content}


def _wrong(request: CrmRequest, values: JsonObject) -> str:
    """A sentence on why these cannot be sent; "" when they can."""
    if not request.connection.may_write:
        return "The console may only read in this organisation. Allow changes first; nothing was sent."
    if not values["Note_Content"]:
        return "A note needs some text. Nothing was sent."
    if len(values["Note_Content"]) > LONGEST_CONTENT or len(values["Note_Title"] or "") > LONGEST_TITLE:
        return f"A note has at most {LONGEST_CONTENT:,} characters, its title {LONGEST_TITLE}. Nothing was sent."
    return ""


def _note(request: CrmRequest, module: str, record: str, note: str) -> Note:
    """The note of the address, if it belongs to the record of the address. Raises NotFound."""
    missing = NotFound("it was deleted, or it belongs to another record", what="this note")
    try:
        found = request.crm.records.get(NOTES, note)
    except InvalidRequest as exc:
        raise missing from exc
    parent = as_object(found.raw.get("Parent_Id")) if found else {}
    if found is None or as_id(parent.get("id")) != record:
        raise missing
    return Note.from_api(found.raw)


def _done(
    request: CrmRequest,
    place: Around,
    record: str,
    change: services.Change,
    title: str,
    said: str,
    values: JsonObject,
    note: Note | None = None,
) -> HttpResponse:
    """Through the one door; then the record's notes, the submission's page, or what was typed and why not."""
    key = str(request.POST.get("_form_key", ""))
    submission: Submission = services.submit(request.connection, request.user, change, form_key=key, title=title)
    services.send(submission, ends_by=request.ends_by)
    row = submission.rows.get()
    slug, module = request.connection.slug, place.module.api_name
    if row.state == Row.State.SUCCEEDED:
        messages.success(request, said)
        return redirect("records:notes", slug, module, record)
    if row.state != Row.State.FAILED or submission.is_repeat or not values:
        return redirect("submissions:detail", slug, submission.pk)
    problem = f"Zoho CRM refused it: {row.message} ({row.code}). Nothing was written; what you typed is still here."
    if note is None:
        return notes_page(request, place, record, typed=values, problem=problem, status=422)
    return _form(request, place, record, note, values, problem, 422)


def _form(
    request: CrmRequest,
    place: Around,
    record: str,
    note: Note,
    values: JsonObject,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    module = place.module.api_name
    plan = services.plan(request.connection, services.Change("update", NOTES, [{"id": note.id}]))
    context: dict[str, Any] = {
        "place": place,
        "record": record,
        "note": note,
        "typed": values,
        "problem": problem,
        "plan": plan,
        "form_key": services.new_form_key(),
        "longest": LONGEST_CONTENT,
        "back": reverse("records:notes", args=[request.connection.slug, module, record]),
    }
    return render(request, "records/note.html", context, status=status)
