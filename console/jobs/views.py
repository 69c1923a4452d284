"""A job's page: how far it is, how it ended, and the way to stop it."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from console.http import CrmRequest, needs, wants_partial
from console.jobs import services
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
    if wants_partial(request):
        return render(request, "jobs/_progress.html", {"job": found}, status=STOP_POLLING if found.is_over else 200)
    return render(request, "jobs/job.html", {"job": found})


@require_POST
@needs()
def job_cancel(request: CrmRequest, job: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Job.objects.for_user(request.user), pk=job, connection=request.connection)
    if not found.is_over:
        services.cancel(found, request.user)
    return redirect("jobs:detail", request.connection.slug, found.pk)
