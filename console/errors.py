"""Failures as pages and partials: what happened, what is safe, what to do next."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from console import disk, send_again
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


def status_of(problem: crm.CrmError) -> int:
    """The HTTP status of a page whose main part could not be read."""
    return _STATUS.get(problem.message_code, 502)


def crm_problem(request: HttpRequest, problem: crm.CrmError) -> HttpResponse:
    """The page, or for htmx the partial, of a call to the CRM that failed."""
    template = "shared/_error.html" if wants_partial(request) else "crm_error.html"
    list_address = _list_above(request.path_info) if problem.message_code == "NOT-FOUND" else ""
    response = render(request, template, {"error": problem, "list_address": list_address}, status=status_of(problem))
    wait = getattr(problem, "retry_after_s", None)
    if wait:
        response.headers["Retry-After"] = str(int(wait) + 1)
    return response


def _list_above(path: str) -> str:
    """The nearest page above that speaks of fewer things: of the module when its record is gone; "" when none does."""
    things = _things(path) or 0
    while (parts := path.rstrip("/").rpartition("/"))[0]:
        path, last = parts[0] + "/", parts[2]
        is_step = last.isdigit() and parts[0].rpartition("/")[2].isdigit()  # /wizards/1/ above /wizards/1/2/: gone, too
        above = _things(path)
        if above is not None and above < things and not is_step:
            return path
    return ""


def _things(path: str) -> int | None:
    """How many arguments the page at this address takes; None where no page is."""
    try:
        return len(resolve(path).kwargs)
    except Resolver404:
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_big(request)
    return _plain(request, "400.html", 400)


def too_big(request: HttpRequest) -> HttpResponse:
    """More was sent than the console takes in; it was not read (console.middleware.Limits, Django's own limits)."""
    return _plain(request, "413.html", 413)


def too_many(request: HttpRequest, wait_s: int) -> HttpResponse:
    """One person asked for more than one may in a minute; nothing was done (console.limits)."""
    response = _plain(request, "429.html", 429, wait=wait_s)
    response.headers["Retry-After"] = str(wait_s)
    return response


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of the console; or a disk is full; or its database could not be asked, for page, session or person.

    Django calls this while it handles the exception, whoever raised it.
    """
    problem = sys.exception()
    if disk.is_full(problem):
        return _plain(request, "507.html", 507)
    if not _is_database_away(problem):
        return _plain(request, "500.html", 500)
    response = _plain(request, "503.html", 503, partial="shared/_unavailable.html")
    response.headers["Retry-After"] = "10"
    return response


def _is_database_away(problem: BaseException | None) -> bool:
    """Whether the database is down, restarting or busy; SQLite says the same of a table that is missing."""
    return isinstance(problem, (OperationalError, InterfaceError)) and "no such " not in str(problem)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token. Nothing was done.

    Sent by a page of ours, it was open while somebody signed in again, and what was typed in it can be sent on by hand;
    sent by another site, or by nobody knows whom, it is refused and nothing of it is shown.
    """
    if send_again.is_from_own_page(request):
        if getattr(request, "htmx", None):
            return send_again.fragment(request)
        if send_again.is_form(request):
            return send_again.page(request)
    return _plain(request, "csrf.html", 403)


def _plain(
    request: HttpRequest, template: str, status: int, partial: str = "shared/_failed.html", **context: int
) -> HttpResponse:
    """The page; for htmx the sentence alone, which then stands where the fragment would have."""
    if getattr(request, "htmx", None) and wants_partial(request):
        return render(request, partial, {"status": status, **context}, status=status)
    return render(request, template, context, status=status)
