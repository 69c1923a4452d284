"""What became of what one submitted: the list, one submission with its rows, and what a person may decide."""

import uuid
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Case, Count, When
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from console.connections.models import Connection
from console.http import CrmRequest, needs, wants_partial
from console.paging import SIZE, Pages, page_number
from console.submissions import makers, operations, services, words
from console.submissions.models import Call, Row, Submission
from console.submissions.shown import candidates_of, shown
from crm_client.errors import CrmError

STOP_POLLING = 286  # htmx ends polling at this status
STATES = tuple(Row.State.values)
_BEING_SENT = timedelta(seconds=5)
_COLUMNS = {Row.State.SUCCEEDED: "done", Row.State.FAILED: "refused", Row.State.CANCELLED: "cancelled"}


@require_GET
@needs()
def submission_list(request: CrmRequest) -> HttpResponse:
    """What you submitted, what is not over first; also through connections of this organisation that are over"""
    mine = Submission.objects.for_user(request.user).of_organisation(request.connection)
    here = reverse("submissions:list", args=[request.connection.slug])
    pages = _pages(
        page_number(request.GET.get("page", "")), mine.count(), f"{here}?page=", "submissions", "submissions"
    )
    is_over = Case(When(state=Submission.State.DONE, then=1), default=0)
    listed = list(mine.order_by(is_over, "-created_at", "pk")[(pages.number - 1) * SIZE : pages.number * SIZE])
    counts: defaultdict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    rows = Row.objects.filter(submission__in=[one.pk for one in listed]).order_by()
    for pk, state, count in rows.values_list("submission", "state").annotate(Count("pk")):
        counts[pk][_COLUMNS.get(state, "open")] += count
    context = {"submissions": [(one, counts[one.pk]) for one in listed], "pages": pages}
    return render(request, f"submissions/{'_list' if wants_partial(request) else 'list'}.html", context)


@require_GET
@needs()
def submission_detail(request: CrmRequest, submission: uuid.UUID) -> HttpResponse:
    """One submission: how far it is, each row with what became of it, and what may be done now"""
    found = _mine(request, submission)
    context = _page(request, found)
    if wants_partial(request):
        is_quiet = found.state in (Submission.State.DONE, Submission.State.ASKING)
        return render(request, "submissions/_live.html", context, status=STOP_POLLING if is_quiet else 200)
    return render(request, "submissions/submission.html", context)


@require_GET
@needs()
def submission_status(request: CrmRequest, submission: uuid.UUID) -> JsonResponse:
    """State and rows as data, for scripts"""
    found = _mine(request, submission)
    rows = Row.objects.filter(submission=found).order_by("n").values("n", "state", "crm_id", "code")
    return JsonResponse({"state": found.state, "rows": list(rows)})


@require_POST
@needs()
def submission_cancel(request: CrmRequest, submission: uuid.UUID) -> HttpResponse:
    found = _mine(request, submission)
    count = services.cancel(found, request.user)
    rows = "1 row" if count == 1 else f"{count:,} rows"
    _say(request, f"{rows} will not be sent." if count else "Nothing was left to cancel.")
    return _back(request, found)


@require_POST
@needs()
def submission_pause(request: CrmRequest, submission: uuid.UUID) -> HttpResponse:
    found = _mine(request, submission)
    if not services.pause(found, request.user):
        _say(request, "Nothing was left to be sent, so there is nothing to pause.")
    return _back(request, found)


@require_POST
@needs("ZohoCRM.modules.CREATE", "ZohoCRM.modules.UPDATE", "ZohoCRM.modules.DELETE")
def submission_go_on(request: CrmRequest, submission: uuid.UUID) -> HttpResponse:
    found = _mine(request, submission)
    services.go_on(found, request.user, ends_by=request.ends_by)
    return _back(request, found)


@require_POST
@needs("ZohoCRM.modules.CREATE", "ZohoCRM.modules.UPDATE", "ZohoCRM.modules.DELETE")
def submission_again(request: CrmRequest, submission: uuid.UUID) -> HttpResponse:
    """The rows that failed, and only those"""
    found = _mine(request, submission)
    if not services.send_failed_again(found, request.user, ends_by=request.ends_by):
        _say(request, "No failed row was left to send again.")
    return _back(request, found)


@require_POST
@needs("ZohoCRM.modules.CREATE", "ZohoCRM.modules.UPDATE", "ZohoCRM.modules.DELETE")
def submission_missing(request: CrmRequest, submission: uuid.UUID) -> HttpResponse:
    """The rows that were looked for and not found, all at once"""
    found = _mine(request, submission)
    if not services.send_missing_again(found, request.user, ends_by=request.ends_by):
        _say(request, "No row was left that was not found.")
    return _back(request, found)


@require_POST
@needs("ZohoCRM.modules.READ", "ZohoCRM.modules.CREATE", "ZohoCRM.modules.UPDATE", "ZohoCRM.modules.DELETE")
def submission_decide(request: CrmRequest, submission: uuid.UUID) -> HttpResponse:
    """For a row that nobody can tell about: this is its record, send it again, or give it up"""
    found = _mine(request, submission)
    number = request.POST.get("row", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise Http404
    row = Row.objects.select_related("submission__connection", "call").filter(submission=found, n=int(number)).first()
    if row is None:
        raise Http404
    decision = request.POST.get("decision", "")
    if not row.needs_person:
        _say(request, f"Row {row.n} needs no decision any more.")
    elif decision == "there":
        typed = request.POST.get("crm_id", "").strip() or request.POST.get("chosen", "")
        try:
            services.it_is_there(row, request.user, typed, ends_by=request.ends_by)
        except CrmError as error:
            messages.error(request, f"{error.sentence()} Nothing was decided.", extra_tags=error.message_code)
    elif decision == "again":
        services.send_row_again(row, request.user, ends_by=request.ends_by)
    elif decision == "give_up":
        services.give_up(row, request.user)
    return _back(request, found)


def _mine(request: CrmRequest, submission: uuid.UUID) -> Submission:
    mine = Submission.objects.for_user(request.user).of_organisation(request.connection)
    return get_object_or_404(mine.select_related("connection"), pk=submission)


def _back(request: CrmRequest, submission: Submission) -> HttpResponse:
    return redirect("submissions:detail", request.connection.slug, submission.pk)


def _say(request: CrmRequest, text: str) -> None:
    messages.info(request, text)


def _page(request: CrmRequest, submission: Submission) -> dict[str, Any]:
    """What the page and its live part need."""
    counts = Counter(
        dict(Row.objects.filter(submission=submission).order_by().values_list("state").annotate(Count("pk")))
    )
    asked = Counter(Row.objects.filter(submission=submission, needs_person=True).values_list("code", flat=True))
    wanted = request.GET.get("show", "")
    wanted = wanted if wanted in STATES else ""
    rows = Row.objects.filter(submission=submission, **({"state": wanted} if wanted else {}))
    number, total = page_number(request.GET.get("page", "")), counts[wanted] if wanted else submission.total
    here = reverse("submissions:detail", args=[request.connection.slug, submission.pk])
    is_known = operations.is_known(submission.operation)
    pages = _pages(number, total, f"{here}?{f'show={wanted}&' if wanted else ''}page=")
    listed = list(rows.order_by("n")[(pages.number - 1) * SIZE : pages.number * SIZE])
    makes_records = is_known and operations.of(submission.operation).makes_records
    candidates = [id_ for row in listed for id_ in candidates_of(row)] if makes_records else []
    taken = makers.taken_ids(submission, candidates)
    return {
        "submission": submission,
        "verb": operations.of(submission.operation).verb if is_known else submission.operation,
        "done": operations.of(submission.operation).done if is_known else "done",
        "counts": [(state, counts[state]) for state in STATES if counts[state]],
        "count_of": counts,
        "asked": asked.total(),
        "missing": asked["NOT-FOUND-SEND-AGAIN"],
        "ended": counts[Row.State.SUCCEEDED] + counts[Row.State.FAILED] + counts[Row.State.CANCELLED],
        "rows": [shown(row, submission, taken) for row in listed],
        "pages": pages,
        "wanted": wanted,
        "here": f"{here}?{request.GET.urlencode()}" if request.GET else here,
        "is_unheard": _is_unheard(submission),
        "is_elsewhere": submission.connection_id != request.connection.pk,
        "needs_sign_in": submission.connection.state == Connection.State.NEEDS_SIGN_IN,
        "automation": words.automation(submission.write_options.trigger),
    }


def _is_unheard(submission: Submission) -> bool:
    """Whether calls wait that no worker could be rung for: saved, and sent once the broker is back."""
    if submission.state != Submission.State.SENDING:
        return False
    if submission.total == 1 and timezone.now() - submission.created_at < _BEING_SENT:
        return False  # most likely another page is just sending it
    calls = Call.objects.filter(submission=submission)
    is_begun = calls.exclude(state=Call.State.READY).exists() or calls.exclude(rung_at=None).exists()
    return not is_begun


def _pages(number: int, total: int, address: str, noun: str = "rows", target: str = "live") -> Pages:
    """As console.paging.cut, for rows that the database cuts."""
    count = max(1, -(-total // SIZE))
    number = min(max(number, 1), count)
    previous = f"{address}{number - 1}" if number > 1 else ""
    following = f"{address}{number + 1}" if number < count else ""
    return Pages(number, count, total, noun, target, previous=previous, next=following)
