"""The field workbook and the fetching of everything it is made of."""

import tempfile
from collections.abc import Iterator

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from console.downloads import attachment
from console.exports import file_name
from console.http import CrmRequest, needs
from console.jobs import services
from console.jobs.models import Job
from console.modules import workbook as book
from console.modules.everything import KINDS, is_worth_fetching
from console.templatetags.console import environment_word
from crm_client.modules import Module

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY = 4 * 1024 * 1024


@require_GET
@needs("ZohoCRM.settings.modules.READ")
def workbook(request: CrmRequest) -> HttpResponse:
    """What the workbook would hold, what is missing in it, and how to get that."""
    kept = request.kept.modules()
    wanted = [module for module in kept.value if is_worth_fetching(module)]
    ages = {kind: request.kept.ages(kind) for kind in KINDS}
    both = ages["fields"].keys() & ages["layouts"].keys()
    there = [module for module in wanted if module.api_name in both]
    missing = [module for module in wanted if module.api_name not in both]
    moments = [ages[kind][module.api_name] for module in there for kind in ("fields", "layouts")]
    return render(
        request,
        "modules/workbook.html",
        {
            "wanted": len(wanted),
            "there": len(there),
            "missing": missing,
            "oldest": min(moments, default=None),
            "newest": max(moments, default=None),
            "left_out": len(kept.value) - len(wanted),
            "running": _running(request),
        },
    )


@require_GET
@needs("ZohoCRM.settings.modules.READ")
def workbook_download(request: CrmRequest, form: str) -> HttpResponseBase:
    """The workbook from kept copies alone: not one call to the CRM beyond the list of modules."""
    if form not in ("xlsx", "md"):
        raise Http404
    wanted = [module for module in request.kept.modules().value if is_worth_fetching(module)]
    fields, layouts = request.kept.ages("fields"), request.kept.ages("layouts")
    about = book.About(
        request.connection.org_name,
        environment_word(request.connection.environment),
        request.connection.crm_user_name,
        f"{timezone.now():%Y-%m-%d %H:%M} UTC",
        [module.api_name for module in wanted if module.api_name not in fields or module.api_name not in layouts],
    )
    name = file_name(request.connection.org_name, "fields")
    if form == "md":
        text = "\n".join(book.markdown_lines(about, _entries(request, wanted))) + "\n"
        return attachment(text.encode(), "text/markdown", f"{name}.md")
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  FileResponse closes it
    book.write_xlsx(out, about, _entries(request, wanted))  # type: ignore[arg-type]
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{name}.xlsx", content_type=_XLSX)


@require_POST
@needs(
    "ZohoCRM.settings.modules.READ",
    "ZohoCRM.settings.fields.READ",
    "ZohoCRM.settings.layouts.READ",
    "ZohoCRM.settings.related_lists.READ",
    "ZohoCRM.settings.custom_views.READ",
)
def fetch_everything(request: CrmRequest) -> HttpResponse:
    """Starts the job, or leads to the one that is under way already."""
    title = f"Fetch everything of {request.connection.org_name}"[:255]
    job = services.start(request.connection, request.user, "fetch_everything", title)
    return redirect("jobs:detail", request.connection.slug, job.pk)


def _entries(request: CrmRequest, modules: list[Module]) -> Iterator[book.Entry]:
    for module in modules:
        fields = request.kept.known("fields", module.api_name)
        layouts = request.kept.known("layouts", module.api_name)
        yield book.Entry(module, fields.value if fields else None, layouts.value if layouts else None)


def _running(request: CrmRequest) -> Job | None:
    open_states = [Job.State.WAITING, Job.State.RUNNING]
    mine = Job.objects.for_user(request.user).filter(connection=request.connection, kind="fetch_everything")
    return mine.filter(state__in=open_states).first()
