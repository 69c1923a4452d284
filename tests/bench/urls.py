"""The console's addresses, and two more that only the benchmark has."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from console.http import CrmRequest
from console.urls import urlpatterns as console_urls


def empty(request: CrmRequest) -> HttpResponse:
    """The empty signed-in view behind the same middleware: what every page is compared with."""
    return HttpResponse("")


def frame(request: CrmRequest) -> HttpResponse:
    """An empty page in the frame of every page, for knowing what the frame itself costs."""
    return render(request, "base.html")


def waits(request: CrmRequest) -> HttpResponse:
    """Waits for one call to the CRM."""
    return HttpResponse(str(request.crm.get("/org")["org"][0]["id"]))


urlpatterns = [
    path("c/<slug:connection>/empty/", empty),
    path("c/<slug:connection>/frame/", frame),
    path("c/<slug:connection>/waits/", waits),
    *console_urls,
]
