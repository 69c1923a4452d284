"""Making and changing a record through its layout's form: what is typed, what will happen, what became of it."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from console.errors import status_of
from console.fieldforms import Problem, Reading, Shown, carried, changes, in_words, refusals, without_place
from console.fieldforms.reading import Typed
from console.http import CrmRequest, needs, wants_partial
from console.records import lines
from console.records.around import CREATE, DELETE, FIELDS, LAYOUTS, MODULES, READ, UPDATE, Around, around
from console.records.asked_for import Act
from console.records.bench import Bench, bench
from console.records.matching import matches
from console.records.record_views import frame, read_record
from console.records.unique import taken
from console.records.uploads import upload_chosen
from console.records.walk import Walk
from console.submissions import services
from console.submissions.models import Row, Submission
from crm_client.errors import CrmError
from crm_client.values import JsonObject, is_api_name, is_id

_MOVED = "ALREADY_MODIFIED"


@dataclass(slots=True)
class Desk:
    """One form on its way: where it stands, what was opened, and what the page will say."""

    place: Around
    bench: Bench
    act: Act
    form_key: str
    record: JsonObject | None = None  # as it was when the form was opened; None: a new record
    existing: Submission | None = None  # what this form's key was used for before
    moved: list[Any] | None = None  # somebody else changed the record meanwhile: [Change]
    refused: bool = False
    held: Typed = field(default_factory=dict)  # typed under another layout, no place on this one; never sent

    @property
    def is_update(self) -> bool:
        return self.record is not None


@require_http_methods(["GET", "POST"])
@needs(READ, MODULES, FIELDS, LAYOUTS, CREATE)
def record_new(request: CrmRequest, module: str) -> HttpResponse:
    """A new record: the form, then the record; or the form again with what is wrong."""
    place = around(request, module)
    asked = request.POST.get("_to_layout") or request.POST.get("_layout") or request.GET.get("layout", "")
    desk = _desk(request, place, bench(request, place, str(asked), is_update=False))
    if request.method == "GET":
        return _page(request, desk, desk.bench.form.blank())
    return _switched(request, desk) if "_to_layout" in request.POST else _answered(request, desk)


@require_http_methods(["GET", "POST"])
@needs(READ, MODULES, FIELDS, LAYOUTS, UPDATE)
def record_edit(request: CrmRequest, module: str, record: str) -> HttpResponse:
    """A record's form; only what was changed is sent, and only if nobody changed the record meanwhile."""
    place = around(request, module)
    if request.method == "GET":
        raw = read_record(request, place, record).raw
        desk = _desk(request, place, _bench_of(request, place, raw), raw)
        return _page(request, desk, desk.bench.form.filled(raw))
    opened = _opened(request, module, record)
    if opened is None:
        said = "This was no form of this record that the console had made. Nothing was sent; here is one."
        messages.error(request, said, "FORM-CHANGED")
        return redirect("records:edit", request.connection.slug, module, record)
    return _answered(request, _desk(request, place, _bench_of(request, place, opened), opened))


@require_http_methods(["GET", "POST"])
@needs(READ, MODULES, FIELDS, DELETE)
def record_delete(request: CrmRequest, module: str, record: str) -> HttpResponse:
    """Deleting one record: what will happen, and the button that does it."""
    place = around(request, module)
    change = services.Change("delete", module, [{"id": record}])
    if request.method == "GET":
        found = read_record(request, place, record)
        context = {
            **frame(request, place, found, Walk()),
            "plan": services.plan(request.connection, change),
            "form_key": services.new_form_key(),
        }
        return render(request, "records/delete.html", context)
    title = f"Delete a {place.singular}"
    submission = services.submit(
        request.connection, request.user, change, form_key=str(request.POST.get("_form_key", "")), title=title
    )
    services.send(submission, ends_by=request.ends_by)
    row = submission.rows.get()
    if row.state == Row.State.SUCCEEDED:
        messages.success(request, f"The {place.singular} {record} is deleted in Zoho CRM.")
        return redirect("records:list", request.connection.slug, module)
    return redirect("submissions:detail", request.connection.slug, submission.pk)


@require_GET
@needs(READ, MODULES, FIELDS)
def look_up(request: CrmRequest, module: str) -> HttpResponse:
    """Records to choose from while somebody types into a look-up."""
    known = {one.api_name for one in request.kept.modules().value} | {"users"}
    wanted = [name for name in str(request.GET.get("module", "")).split(",")[:3] if name]
    if module not in known or not wanted or not all(name in known and is_api_name(name) for name in wanted):
        raise Http404("no such module")
    try:
        found = [match for name in wanted for match in matches(request, name, str(request.GET.get("q", "")))]
    except CrmError as exc:
        if not wants_partial(request):
            raise
        return render(request, "shared/fieldforms/_matches.html", {"problem": exc}, status=status_of(exc))
    return render(request, "shared/fieldforms/_matches.html", {"matches": found})


def _desk(request: CrmRequest, place: Around, made: Bench, raw: JsonObject | None = None) -> Desk:
    act = Act.read(dict(request.POST.lists()))
    is_new = request.method != "POST"  # a form that comes without its key could be sent twice with two of ours
    key = services.new_form_key() if is_new else str(request.POST.get("_form_key", ""))
    return Desk(place, made, act, key, raw, held=_held(request, place))


def _held(request: CrmRequest, place: Around) -> Typed:
    """What the form brings back of other layouts' fields; names that are no field of the module are left out."""
    known = {one.api_name for one in place.known_fields} | {"$line_tax", "send_notification"}
    held = {name.removeprefix("_held-"): texts for name, texts in request.POST.lists() if name.startswith("_held-")}
    return {name: list(map(str, texts)) for name, texts in held.items() if name.partition("-")[0] in known}


def _switched(request: CrmRequest, desk: Desk) -> HttpResponse:
    """The form of another layout, with all that was typed and has a place there; the rest waits for a way back."""
    posted: Typed = {name: list(map(str, texts)) for name, texts in request.POST.lists()}
    old = bench(request, desk.place, str(request.POST.get("_layout", "")), is_update=False).form
    form = desk.bench.form
    problems = upload_chosen(request, old, posted) if request.connection.may_write else []
    typed = carried(old, form, posted, desk.held)
    desk.held, desk.act.warned = without_place(old, form, posted, desk.held), False
    return _page(request, desk, form.answered(Reading.of_typed(typed), problems))


def _bench_of(request: CrmRequest, place: Around, raw: JsonObject) -> Bench:
    layout = raw.get("Layout")
    wanted = str(layout.get("id", "")) if isinstance(layout, dict) else ""
    return bench(request, place, wanted, is_update=True)


def _answered(request: CrmRequest, desk: Desk) -> HttpResponse:
    """After a press of one of the form's buttons: the form again, or the record."""
    form, posted = desk.bench.form, dict(request.POST.lists())
    if "_no_layout" in posted:
        posted.pop("Layout", None)
    if not request.connection.may_write:
        return _page(request, desk, form.answered(Reading.of_typed(posted), before=desk.record))
    problems = upload_chosen(request, form, posted)
    typed = form.pressed(posted, before=desk.record)
    if typed is not None:
        return _page(request, desk, form.answered(Reading.of_typed(typed), problems, before=desk.record))
    reading = form.read(posted, before=desk.record)
    problems = [*problems, *_that_count(desk, reading.problems, posted)]
    has_errors = any(not problem.is_warning for problem in problems)
    if not desk.act.send and not has_errors:
        problems += taken(request, desk.place, form.book, reading.values, desk.record)
    is_ready = desk.act.send and not has_errors and (desk.act.warned or not problems)
    if is_ready and (reading.values or not desk.is_update):
        return _sent(request, desk, reading)
    desk.act.warned = bool(problems) and not has_errors
    return _page(request, desk, _shown(request, desk, reading, problems), reading)


def _that_count(desk: Desk, problems: list[Problem], posted: dict[str, list[str]]) -> list[Problem]:
    """Without what only a layout demands, where the record is to name none: the CRM does not check that then."""
    if desk.is_update or "_no_layout" not in posted:
        return problems
    by_layout = {slot.api_name for slot in desk.bench.form.slots if slot.required_by == "layout"}
    return [one for one in problems if one.rule != "required" or one.api_name not in by_layout]


def _sent(request: CrmRequest, desk: Desk, reading: Reading) -> HttpResponse:
    """Through the one door; then the record, the submission's page, or the form with what the CRM refused."""
    change = _change(desk, reading.values)
    title = f"{'Change a' if desk.is_update else 'New'} {desk.place.singular}"
    try:
        submission = services.submit(
            request.connection, request.user, change, form_key=desk.form_key, title=title, subject=_subject(desk)
        )
    except services.FormChanged as exc:
        desk.existing, desk.form_key = exc.existing, services.new_form_key()
        return _page(request, desk, _shown(request, desk, reading, reading.problems), reading, status=409)
    if submission.is_repeat:
        messages.info(
            request, "This form was sent already; this is what became of it. Nothing was sent again.", "ALREADY-SENT"
        )
    services.send(submission, ends_by=request.ends_by)
    row = submission.rows.get()
    slug, module = request.connection.slug, desk.place.module.api_name
    if row.state == Row.State.SUCCEEDED and is_id(row.crm_id):
        if not submission.is_repeat:
            messages.success(request, _done(desk, row.details))
        return redirect("records:detail", slug, module, row.crm_id)
    if row.state != Row.State.FAILED or submission.is_repeat:
        return redirect("submissions:detail", slug, submission.pk)
    desk.form_key, desk.refused, desk.act.warned = services.new_form_key(), True, False
    if row.code == _MOVED and desk.record is not None:
        return _moved(request, desk, reading)
    error = {"code": row.code, "message": row.message, "details": row.details}
    return _page(request, desk, _shown(request, desk, reading, refusals(desk.bench.form, error)), reading, status=422)


def _subject(desk: Desk) -> str:
    """What the changed record was called when it was opened; "" for a new one, which says itself what it is called."""
    return lines.name_of_record(desk.record, desk.place.known_fields) if desk.record is not None else ""


def _done(desk: Desk, details: JsonObject) -> str:
    """What became of the record; of a call, meeting or task that repeats the CRM makes one for each time."""
    made = details.get("occurrence_ids")
    if isinstance(made, list) and len(made) > 1:
        return f"The {desk.place.singular} repeats: {len(made)} records are in Zoho CRM now, and this is the first."
    return f"The {desk.place.singular} is {'changed' if desk.is_update else 'made'} in Zoho CRM."


def _moved(request: CrmRequest, desk: Desk, reading: Reading) -> HttpResponse:
    """Somebody changed the record meanwhile: their values in the form, this person's changes typed over them."""
    form = desk.bench.form
    now = read_record(request, desk.place, str((desk.record or {}).get("id", ""))).raw
    typed = form.typed_of(now)
    for name in reading.values:
        mine = {key: value for key, value in reading.typed.items() if key == name or key.startswith(f"{name}-")}
        typed = {key: value for key, value in typed.items() if key != name and not key.startswith(f"{name}-")} | mine
    desk.record = now
    again = form.read(typed, before=now)
    desk.moved = changes(form, now, again)
    return _page(request, desk, form.answered(again, [], before=now), again, status=409)


def _change(desk: Desk, values: JsonObject) -> services.Change:
    asked_for, module = desk.act.asked_for, desk.place.module.api_name
    if desk.record is None:
        row = {**values, "$approved": False} if asked_for.in_approval else values
        layout = desk.bench.layout.id if desk.bench.layout and "Layout" in values else ""
        return services.Change("insert", module, [row], asked_for.options(), layout_id=layout)
    opened = desk.record.get("Modified_Time")
    options = asked_for.options(opened if isinstance(opened, str) else None)
    return services.Change("update", module, [{"id": str(desk.record.get("id", "")), **values}], options)


def _shown(request: CrmRequest, desk: Desk, reading: Reading, problems: list[Problem]) -> Shown:
    """The form as it was typed; names typed into look-ups are searched for, to choose from without a script."""
    shown = desk.bench.form.answered(reading, problems, before=desk.record)
    for wanted in reading.to_find:
        try:
            found = [match for module in wanted.modules[:3] for match in matches(request, module, wanted.text)]
        except CrmError:
            continue
        shown.offer(wanted.name, [(id_, f"{name} {note}".strip()) for id_, name, note in found])
    return shown


def _page(
    request: CrmRequest, desk: Desk, shown: Shown, reading: Reading | None = None, status: int = 200
) -> HttpResponse:
    place, made, asked_for = desk.place, desk.bench, desk.act.asked_for
    shown.sends_layout = not desk.is_update and "_no_layout" not in request.POST
    here, raw = place.here, desk.record or {}
    id_ = str(raw.get("id", ""))
    change = _change(desk, reading.values if reading else {})
    plan = services.plan(request.connection, change)
    labels = {one.api_name: one.label for one in place.known_fields}
    noun = place.singular.lower() if place.singular.isascii() else place.singular
    context = {
        "place": place,
        "label": place.label,
        "singular": place.singular,
        "module": place.module,
        "here": here,
        "form": shown,
        "bench": made,
        "plan": plan,
        "button": plan.button(noun),
        "asked_for": asked_for,
        "form_key": desk.form_key,
        "warned": desk.act.warned,
        "is_update": desk.is_update,
        "record_id": id_,
        "name": lines.name_of_record(raw, place.known_fields),
        "opened": _sealed(request, place.module.api_name, raw) if desk.is_update else "",
        "changed": changes(made.form, raw, reading) if desk.is_update and reading else [],
        "is_checked": reading is not None and not desk.moved,
        "nothing_changed": desk.is_update and reading is not None and not reading.values,
        "moved": desk.moved,
        "modified_by": raw.get("Modified_By"),
        "modified_time": raw.get("Modified_Time"),
        "existing": desk.existing,
        "refused": desk.refused,
        "back": f"{here}{id_}/" if id_ else here,
        "lookup_url": f"{here}look-up/",
        "switched": "_to_layout" in request.POST,
        "held": list(desk.held.items()),
        "held_words": [(labels.get(one.api_name, one.api_name), one.words) for one in in_words(desk.held)],
        "sends_layout": shown.sends_layout,
    }
    return render(request, "records/form.html", context, status=status)


def _salt(request: CrmRequest, module: str, record: str) -> str:
    return f"records.edit:{request.connection.pk}:{module}:{record}"


def _sealed(request: CrmRequest, module: str, raw: JsonObject) -> str:
    """The record as it was opened, for the form to bring back: what differs from it is what the person changed."""
    return signing.dumps(raw, salt=_salt(request, module, str(raw.get("id", ""))), compress=True)


def _opened(request: CrmRequest, module: str, record: str) -> JsonObject | None:
    """The record as it was when the form was opened, however long ago; None for a form of something else."""
    try:
        raw = signing.loads(str(request.POST.get("_opened", "")), salt=_salt(request, module, record))
    except signing.BadSignature:
        return None
    return raw if isinstance(raw, dict) and str(raw.get("id", "")) == record else None
