"""Failures as pages and partials: what happened, what is safe, what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console.http import wants_partial
from crm_client import errors as crm

_STATUS = {
    "CRM-LIMIT": 503,
    "SIGNIN-LIMIT": 503,
    "CRM-DOWN": 502,
    "CRM-SLOW": 504,
    "CRM-BAD": 502,
    "TOO-BIG": 502,
    "NOT-FOUND": 404,
    "CRM-DENIED": 403,
    "CRM-SCOPE": 403,
    "SIGNIN-AGAIN": 403,
}


def crm_problem(request: HttpRequest, problem: crm.CrmError) -> HttpResponse:
    """The page, or for htmx the partial, of a call to the CRM that failed."""
    template = "shared/_error.html" if wants_partial(request) else "crm_error.html"
    status = _STATUS.get(problem.message_code, 502)
    response = render(request, template, {"error": problem}, status=status)
    wait = getattr(problem, "retry_after_s", None)
    if wait:
        response.headers["Retry-After"] = str(int(wait) + 1)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _plain(request, "500.html", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: the page was open too long, or another site sent it. Nothing was done."""
    return _plain(request, "csrf.html", 403)


def _plain(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """The page; for htmx the sentence alone, which then stands where the fragment would have."""
    if getattr(request, "htmx", None) and wants_partial(request):
        return render(request, "shared/_failed.html", {"status": status}, status=status)
    return render(request, template, status=status)
