"""What every request of a signed-in person gets: the connection in use, a client, and errors in words."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from console import limits, send_again
from console.connections import browsers, gate
from console.connections.local_paths import local_path
from console.connections.models import Connection
from console.connections.tokens import ConnectionTokens
from console.errors import crm_problem, csrf_failure, too_big, too_many
from console.metadata.kept import KeptMetadata
from crm_client import CrmClient
from crm_client.errors import CrmError

_LONGEST_LENGTH = 15  # digits; Python reads no number of 5,000

GetResponse = Callable[[HttpRequest], HttpResponse]


class Sessions(SessionMiddleware):
    """A session that was ended elsewhere while its page was being made: the page comes, the next one asks to sign in.

    Django would answer 400, also to a form whose record is in the CRM by now.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            response.delete_cookie(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_PATH, samesite="Lax")
            return response


class SignedIn(LoginRequiredMiddleware):
    """Locks every page: no login form ever stands in a fragment, and what was typed is kept (console.send_again)."""

    def process_view(self, request: Any, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        # Django looks for the person first, and so needs the database for /healthz, which tells that it is down.
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def get_login_url(self, view_func: Any) -> str:
        """One sign-in for every page, also those of Django's admin, which name another."""
        return settings.LOGIN_URL

    def handle_no_permission(self, request: Any, view_func: Any) -> Any:
        if request.htmx:
            return send_again.fragment(request)
        if send_again.is_from_own_page(request) and send_again.holds_something(request):
            return send_again.page(request)
        if request.method not in ("GET", "HEAD"):  # its address answers no GET; the page that the form stood on does
            here = local_path(urlsplit(request.headers.get("Referer", "")).path)
            return redirect_to_login(here, settings.LOGIN_URL)
        return super().handle_no_permission(request, view_func)


class OwnPages:
    """Refuses what another site's page sends, before its form token is even looked at (AC-55): browsers say so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") and request.headers.get("Sec-Fetch-Site") == "cross-site":
            return csrf_failure(request, "sent by another site")
        return self.get_response(request)


class SeenBrowsers:
    """Notes when each signed-in browser was last seen, every few minutes (console.connections.browsers)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        if getattr(view, "login_required", True) and request.user.is_authenticated:
            browsers.seen(request, request.user)


class Limits:
    """Refuses what is too big before it is read, and whoever asks for too much at once (console.limits)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most = settings.MOST_SIGN_IN_BYTES if request.path_info.startswith("/sign-in/") else settings.MOST_UPLOAD_BYTES
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or len(length) > _LONGEST_LENGTH or int(length) > most:
            return too_big(request)
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        wait = limits.count("person", str(request.user.pk))
        return too_many(request, wait) if wait else None


class PrivatePages:
    """No page of a signed-in person is kept by a browser or proxy, and a fragment is not taken for its page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        patch_vary_headers(response, ["HX-Request"])
        return response


class ConnectionInUse:
    """Puts the connection of the address on the request; only one's own exists (D20). CRM errors become pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if not request.path_info.startswith("/c/") or not request.user.is_authenticated:
            return
        slug = kwargs.pop("connection")
        mine = list(Connection.objects.for_user(request.user).order_by("org_name", "environment"))
        found = next((connection for connection in mine if connection.slug == slug), None)
        if found is None:
            raise Http404("no such connection")
        found.user = request.user  # it is this person's, and nobody has to look again
        request.connection = found
        request.connections = mine
        # Made at the first use, so that a page that needs no CRM costs nothing.
        purpose = gate.Purpose(page=request.resolver_match.view_name)
        request.ends_by = time.monotonic() + gate.page_deadline_s()
        request.crm = SimpleLazyObject(lambda: _page_client(found, purpose, request.ends_by))
        request.kept = KeptMetadata(found, request.crm)
        if request.session.get("last_connection") != slug:
            request.session["last_connection"] = slug

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return crm_problem(request, exception) if isinstance(exception, CrmError) else None


def _page_client(connection: Connection, purpose: gate.Purpose, ends_by: float) -> CrmClient:
    """A client whose calls all together take no longer than a page may: three slow parts are no three deadlines."""
    tokens = ConnectionTokens(connection.pk, ends_by=ends_by, row=connection)
    client = gate.client_for(connection, tokens, gate.page_deadline_s(), purpose)
    client.transport.ends_by = ends_by
    return client
