"""Signing in and out, and the organisations a person is connected to."""

from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console.audit import trail
from console.connections import connecting, sign_in, table
from console.connections.browser_views import signed_out
from console.connections.connecting import ConsentNeeded, Finished
from console.connections.local_paths import local_path
from console.connections.models import Connection, User
from console.connections.often import TooOften
from console.connections.scopes import READ_SCOPES, SCOPE_WORDS, WRITE_WORDS, for_reading, for_writing
from console.connections.signals import what_is_left_behind
from crm_client.datacentres import DataCentre
from crm_client.errors import CrmError
from crm_client.scopes import covers, missing, spelled

_REMEMBERED = "console-dc"
_REMEMBER_S = 365 * 24 * 3600
MOST_SCOPES = 200


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Choose a data centre; the POST answers with a page that leads to Zoho (never a redirect, D2)."""
    remembered = request.COOKIES.get(_REMEMBERED, "")
    return_to = local_path(request.POST.get("next") or request.GET.get("next") or "/")
    if request.method == "POST":
        dc = next((dc for dc in table.choices() if dc.key == request.POST.get("dc")), None)
        if dc is not None:
            is_known = remembered == dc.key and not request.user.is_authenticated
            return _lead_to_zoho(request, dc, READ_SCOPES, return_to, force_consent=not is_known)
    choices = table.choices()
    chosen = remembered if any(dc.key == remembered for dc in choices) else choices[0].key
    return render(
        request,
        "connections/sign_in.html",
        {"choices": choices, "chosen": chosen, "return_to": return_to, "is_unknown_dc": request.method == "POST"},
    )


@login_not_required
@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """The browser comes back from Zoho."""
    try:
        done = sign_in.finish(request, request.GET)
    except ConsentNeeded as exc:
        before = exc.sign_in
        return _lead_to_zoho(request, exc.dc, before.scopes.split(), before.return_to, target=before.target)
    except CrmError as exc:
        return _refused(request, exc)
    if done.missed:
        messages.warning(
            request,
            f"At Zoho you chose {done.connection.org_name} as {done.connection.crm_user_name}. "
            f"{done.missed.org_name} ({done.missed.environment}) still waits for you to sign in to it.",
        )
    _tell_of_writing(request, done)
    if done.is_pending:
        response = redirect("connections:confirm", done.connection.slug)
    elif done.is_renewed and not done.missed and done.return_to not in ("", "/"):
        response = redirect(local_path(done.return_to))
    else:
        response = redirect("connections:connected", done.connection.slug)
    response.set_cookie(
        _REMEMBERED, done.connection.dc, max_age=_REMEMBER_S, httponly=True, secure=request.is_secure(), samesite="Lax"
    )
    return response


@require_GET
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where a tab ends that was opened to sign in again, while another keeps what was typed (console.send_again)."""
    return render(request, "connections/signed_in.html")


@require_GET
def connected(request: HttpRequest, connection: str) -> HttpResponse:
    """What was connected, and what the console may now read."""
    found = get_object_or_404(Connection.objects.for_user(_person(request)), slug=connection)
    return render(request, "connections/connected.html", {"shown": found, **_scope_words(found)})


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, connection: str) -> HttpResponse:
    """A further organisation is used only after its owner has seen which one it is, and as whom."""
    person = _person(request)
    found = get_object_or_404(Connection.objects.pending_for(person), slug=connection)
    if request.method == "GET":
        return render(request, "connections/confirm.html", {"shown": found, **_scope_words(found)})
    if "confirm" in request.POST:
        connecting.confirm(request, found, person)
        return redirect("connections:connected", found.slug)
    connecting.disconnect(request, found, person)
    return redirect("connections:list")


@require_GET
def connection_list(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    return render(
        request,
        "connections/list.html",
        {
            "shown": Connection.objects.for_user(person).order_by("org_name", "environment"),
            "pending": Connection.objects.pending_for(person),
            "choices": table.choices(),
        },
    )


@require_http_methods(["GET", "POST"])
def disconnect(request: HttpRequest, connection: str) -> HttpResponse:
    """Asks first (GET), then destroys the tokens here and asks Zoho to revoke them (POST)."""
    person = _person(request)
    found = get_object_or_404(Connection.objects.for_user(person), slug=connection)
    if request.method == "GET":
        return render(request, "connections/disconnect.html", {"shown": found, "left": what_is_left_behind(found)})
    revoked = connecting.disconnect(request, found, person)
    context = {"shown": found, "revoked": revoked, "left": what_is_left_behind(found)}
    return render(request, "connections/disconnected.html", context)


@require_POST
def reconnect(request: HttpRequest, connection: str) -> HttpResponse:
    """Signs in again to an organisation whose sign-in the CRM no longer accepts, or for the scopes chosen (`scope`).

    What was granted before is always asked again with it, so that nothing is lost. A scope that Zoho does not know
    would fail the whole sign-in, so it is left out.
    """
    found = get_object_or_404(Connection.objects.for_user(_person(request)), slug=connection)
    dc = table.data_centres().get(found.dc)
    if dc is None:
        raise Http404
    return_to = local_path(request.POST.get("next", "/"))
    chosen = [scope for name in request.POST.getlist("scope")[:MOST_SCOPES] if (scope := spelled(name))]
    scopes = [*found.scope_list, *missing(found.scope_list, chosen or READ_SCOPES)]
    return _lead_to_zoho(request, dc, scopes, return_to, target=found)


@require_http_methods(["GET", "POST"])
def allow_changes(request: HttpRequest, connection: str) -> HttpResponse:
    """The second consent: says what writing opens (GET), then asks Zoho for it, or for reading alone (POST, `end`)."""
    found = get_object_or_404(Connection.objects.for_user(_person(request)), slug=connection)
    return_to = local_path(request.POST.get("next") or request.GET.get("next") or "/")
    if request.method == "GET":
        opens = [(scope, words, covers(found.scope_list, scope)) for scope, words in WRITE_WORDS.items()]
        return render(
            request, "connections/allow_changes.html", {"shown": found, "opens": opens, "return_to": return_to}
        )
    dc = table.data_centres().get(found.dc)
    if dc is None:
        raise Http404
    scopes = for_reading(found.scope_list) if "end" in request.POST else for_writing(found.scope_list)
    return _lead_to_zoho(request, dc, scopes, return_to, target=found)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    trail.record("sign_out", who=_person(request), request=request)
    return signed_out(request)


@require_GET
def front_door(request: HttpRequest) -> HttpResponse:
    """The organisation used last, else the first one, else the list that offers to connect one."""
    mine = Connection.objects.for_user(_person(request))
    last = mine.filter(slug=request.session.get("last_connection", "")).first() or mine.order_by("org_name").first()
    if last is None:
        return redirect("connections:list")
    return redirect(reverse("home:index", args=[last.slug]))


def _lead_to_zoho(
    request: HttpRequest,
    dc: DataCentre,
    scopes: list[str],
    return_to: str,
    *,
    force_consent: bool = True,
    target: Connection | None = None,
) -> HttpResponse:
    """200 with a link and a meta refresh: Chromium applies form-action to the whole chain of redirects (D2)."""
    try:
        start = sign_in.start(request, dc, scopes, return_to, force_consent=force_consent, target=target)
    except TooOften as exc:
        return _refused(request, exc)
    return render(request, "connections/to_zoho.html", {"url": start.url, "dc": start.dc})


def _tell_of_writing(request: HttpRequest, done: Finished) -> None:
    """Where the second consent was given, refused or taken back, the page after it says which."""
    name, can = done.connection.org_name, done.connection.may_write
    if can and not done.could_write:
        messages.success(request, f"This console may now create, change and delete records in {name}, as you may.")
    elif done.could_write and not can:
        messages.success(
            request, f"This console can only read in {name} from now on; the access it had for changes was given back."
        )
    elif done.asked_to_write and not can:
        messages.warning(
            request, f"Zoho did not grant all that changes need, so this console still only reads in {name}."
        )


def _refused(request: HttpRequest, problem: CrmError) -> HttpResponse:
    """The page of a sign-in that came to nothing; where waiting helps, it says until when."""
    wait = getattr(problem, "retry_after_s", None)
    again_at = timezone.now() + timedelta(seconds=wait) if wait else None
    status = TooOften.http_status if isinstance(problem, TooOften) else 503 if wait else 400
    response = render(request, "connections/refused.html", {"error": problem, "again_at": again_at}, status=status)
    if wait:
        response.headers["Retry-After"] = str(int(wait) + 1)
    return response


def _scope_words(connection: Connection) -> dict[str, object]:
    """What it may read, each scope with whether it was granted; and what it may change, which is never missing."""
    granted = {scope.lower() for scope in connection.scope_list}
    reads = [(scope, words, scope.lower() in granted) for scope, words in SCOPE_WORDS.items()]
    others = [scope for scope in connection.scope_list if scope not in SCOPE_WORDS and scope not in WRITE_WORDS]
    return {
        "scopes": [*reads, *((scope, "", True) for scope in others)],
        "has_all": all(row[2] for row in reads),
        "writes": [(scope, words) for scope, words in WRITE_WORDS.items() if scope.lower() in granted],
    }


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)  # LoginRequiredMiddleware lets nobody else in
