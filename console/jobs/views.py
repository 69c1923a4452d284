"""A job's page: how far it is, how it ended, and the way to stop it."""

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from console.http import CrmRequest, needs, wants_partial
from console.jobs import files, registry, services
from console.jobs.models import Job

STOP_POLLING = 286  # htmx ends polling at this status


@require_GET
@needs()
def job_list(request: CrmRequest) -> HttpResponse:
    jobs = Job.objects.for_user(request.user).filter(connection=request.connection)[:50]
    return render(request, "jobs/list.html", {"jobs": jobs})


@require_GET
@needs()
def job_detail(request: CrmRequest, job: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Job.objects.for_user(request.user), pk=job, connection=request.connection)
    context = {"job": found, "after": registry.after(found.kind)}
    if wants_partial(request):
        return render(request, "jobs/_progress.html", context, status=STOP_POLLING if found.is_over else 200)
    return render(request, "jobs/job.html", context)


@require_GET
@needs()
def job_file(request: CrmRequest, job: uuid.UUID) -> HttpResponseBase:
    """The file that a job has made; gone after the days that the console keeps files."""
    mine = Job.objects.for_user(request.user).filter(connection=request.connection, state=Job.State.DONE)
    found = get_object_or_404(mine, pk=job)
    made = found.result.get("file")
    if not made:
        raise Http404("this job made no file")
    try:
        body = files.finished(found.pk, made["form"]).open("rb")
    except FileNotFoundError:
        messages.error(request, "This file is deleted by now. Start the same again to have a new one.", "FILE-GONE")
        return redirect("jobs:detail", request.connection.slug, found.pk)
    return FileResponse(body, as_attachment=True, filename=made["name"], content_type=files.FORMS[made["form"]])


@require_POST
@needs()
def job_cancel(request: CrmRequest, job: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Job.objects.for_user(request.user), pk=job, connection=request.connection)
    if not found.is_over:
        services.cancel(found, request.user)
    return redirect("jobs:detail", request.connection.slug, found.pk)
