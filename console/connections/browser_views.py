"""The browsers one is signed in with: seen, and ended."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from console.connections import browsers
from console.connections.models import SignedInBrowser, User


@require_GET
def browser_list(request: HttpRequest) -> HttpResponse:
    """Where one is signed in: since when, last seen when and from where, which one this is."""
    found = list(browsers.of(_person(request)).select_related("session"))
    return render(request, "connections/browsers.html", {"browsers": found, "this": request.session.session_key})


@require_POST
def end_browser(request: HttpRequest, browser: UUID) -> HttpResponse:
    """Ends one; where it is the one that asks, this is signing out."""
    person = _person(request)
    is_this = SignedInBrowser.objects.filter(pk=browser, session=request.session.session_key).exists()
    if not browsers.end(person, browser, request):
        raise Http404
    if is_this:
        return signed_out(request)
    messages.success(request, "That browser is signed out. Its next click leads to the sign-in page.")
    return redirect("connections:browsers")


@require_POST
def end_everywhere(request: HttpRequest) -> HttpResponse:
    """Ends the others (`which=others`), or all with this one."""
    if request.POST.get("which") == "others":
        ended = browsers.end_others(_person(request), request)
        what = "No other browser was" if not ended else f"{ended} other browser{'s are' if ended > 1 else ' is'}"
        messages.success(request, f"{what} signed in{'.' if not ended else ' no more.'}")
        return redirect("connections:browsers")
    browsers.end_all(_person(request), request)
    return signed_out(request)


def signed_out(request: HttpRequest) -> HttpResponse:
    """Ends this session and asks the browser to forget what it kept of the console."""
    logout(request)
    response = redirect("connections:sign_in")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)  # LoginRequiredMiddleware lets nobody else in
