"""The field workbook and the fetching of everything it is made of."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from console.http import CrmRequest, needs
from console.jobs import services
from console.jobs.models import Job
from console.modules.everything import KINDS, is_worth_fetching
from console.modules.tasks import FORMS, WORKBOOK


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
            "calls": len(wanted) * len(KINDS),
            "there": len(there),
            "missing": missing,
            "oldest": min(moments, default=None),
            "newest": max(moments, default=None),
            "left_out": len(kept.value) - len(wanted),
            "running": _running(request),
        },
    )


@require_POST
@needs("ZohoCRM.settings.modules.READ")
def workbook_make(request: CrmRequest) -> HttpResponse:
    """Starts making the file, or leads to where the same one is being made."""
    form = request.POST.get("form", "")
    if form not in FORMS:
        raise Http404("no such form of a file")
    title = f"Field workbook of {request.connection.org_name}"[:255]
    job = services.start(request.connection, request.user, WORKBOOK, title, {"form": form})
    return redirect("jobs:detail", request.connection.slug, job.pk)


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


def _running(request: CrmRequest) -> Job | None:
    open_states = [Job.State.WAITING, Job.State.RUNNING]
    mine = Job.objects.for_user(request.user).filter(connection=request.connection, kind="fetch_everything")
    return mine.filter(state__in=open_states).first()
