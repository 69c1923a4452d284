"""Records to take away: the page that is shown, up to two thousand at once, or all of them as a job."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from console.audit import trail
from console.http import CrmRequest, needs
from console.jobs import services
from console.jobs.models import Job
from console.records import exporting, listing, search
from console.records.around import FIELDS, MODULES, READ, VIEWS, Around
from console.records.files import FORMS, send
from console.records.list_views import around_list, planned
from console.records.search import CannotMeanError
from console.records.tasks import EXPORT
from crm_client.errors import TooSlow
from crm_client.values import JsonObject

_CALLS = exporting.AT_ONCE // exporting.PER_CALL


@require_GET
@needs(READ, MODULES, FIELDS, VIEWS)
def download_page(request: CrmRequest, module: str, form: str) -> HttpResponseBase:
    """Exactly what the list's page shows; one call."""
    if form not in FORMS:
        raise Http404("no such form of a file")
    place, _, found = planned(request, module)
    listing.carry_out(request.crm, module, found, place)
    if found.problem:
        raise found.problem
    if found.found is None:
        messages.error(request, f"{found.refusal or 'The list leads no further.'} Nothing was exported.", "NOT-ASKED")
        return redirect(found.choice.address(place.here))
    return _sent(request, place, found, [record.raw for record in found.found.records], form)


@require_GET
@needs(READ, MODULES, FIELDS, VIEWS)
def export(request: CrmRequest, module: str) -> HttpResponse:
    """What an export of more than one page takes, before it is begun."""
    place, _, found = planned(request, module)
    choice = found.choice
    each = listing.page_price(request, module, choice)
    return render(
        request,
        "records/export.html",
        {
            **around_list(place, found),
            "back": choice.address(place.here),
            "columns": [place_.label for place_ in ([found.name] if found.name else []) + found.columns],
            "each": listing.credit_words(each),
            "at_once": exporting.AT_ONCE,
            "calls": _CALLS,
            "at_once_price": listing.credit_words(each.times(_CALLS)),
            "per_call": exporting.PER_CALL,
            "most": exporting.MOST,
            "most_calls": exporting.MOST // exporting.PER_CALL,
            "most_price": listing.credit_words(each.times(exporting.MOST // exporting.PER_CALL)),
            "count_price": listing.credit_words(listing.count_price(request, module)),
            "number": None,
            "running": _running(request, module),
        },
    )


@require_POST
@needs(READ, MODULES, FIELDS, VIEWS)
def export_begin(request: CrmRequest, module: str) -> HttpResponseBase:
    """Up to two thousand records as a file at once, or the job that reads them all."""
    place, _, found = planned(request, module)
    form = str(request.POST.get("form", ""))
    if form not in FORMS:
        raise Http404("no such form of a file")
    exact, with_ids = request.POST.get("exact") == "1", request.POST.get("ids") == "1"
    back = f"{place.here}export/?{found.choice.query()}"
    try:
        wanted = search.asked(found.choice, place.known_fields, place.eyes.zone)
    except CannotMeanError as exc:
        messages.error(request, f"{exc} Nothing was asked of Zoho CRM.", "NOT-ASKED")
        return redirect(back)
    if request.POST.get("extent") == "all" and wanted is None:
        params = {
            "module": module,
            "names": found.names,
            "query": replace(found.choice, columns=(), page=1, token="").query(),
            "form": form,
            "exact": exact,
            "ids": with_ids,
        }
        title = f"Export of {place.label}, all records"[:255]
        job = services.start(request.connection, request.user, EXPORT, title, params)
        return redirect("jobs:detail", request.connection.slug, job.pk)
    try:
        records = _up_to_at_once(request, module, found, wanted)
    except TooSlow as exc:
        way = "" if wanted else " Choose “All of them”: the background has more time."
        messages.error(request, f"{exc.sentence()} There is no file.{way}", exc.message_code)
        return redirect(back)
    trail.record(
        "records.exported", who=request.user, where=request.connection, request=request, module=module, form=form,
        records=len(records),
    )  # fmt: skip
    return _sent(request, place, found, records, form, exact=exact, with_ids=with_ids)


def _up_to_at_once(
    request: CrmRequest, module: str, found: listing.Listing, wanted: search.Asked | None
) -> list[JsonObject]:
    """The first two thousand records of the list, page by page."""
    records: list[JsonObject] = []
    choice = found.choice
    for number in range(1, _CALLS + 1):
        page = listing.fetch(
            request.crm, module, found.names, replace(choice, page=number, token=""), wanted, exporting.PER_CALL
        )
        records += [record.raw for record in page.records]
        if not page.info.more_records:
            break
    return records


def _sent(
    request: CrmRequest, place: Around, found: listing.Listing, records: list[JsonObject], form: str,
    *, exact: bool | None = None, with_ids: bool = False,
) -> HttpResponseBase:  # fmt: skip
    fields = ([found.name] if found.name else []) + found.columns
    columns = exporting.Columns.of(fields, with_ids=with_ids)
    exact = request.GET.get("exact") == "1" if exact is None else exact
    name = [request.connection.org_name, place.module.api_name]
    return send(columns.table(place.label, records), records, form, name, exact=exact)


def _running(request: CrmRequest, module: str) -> Job | None:
    open_states = [Job.State.WAITING, Job.State.RUNNING]
    mine = Job.objects.for_user(request.user).filter(connection=request.connection, kind=EXPORT, state__in=open_states)
    return next((job for job in mine if job.params.get("module") == module), None)
