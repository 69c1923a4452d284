"""A form that arrives when nobody is signed in any more, or with the token of an earlier sign-in (AC-59).

Nothing of it is used, stored or logged. The answer holds what was typed, in a form to the same address; after signing
in again the person sends it on by their own click, on a page that says as whom and to which organisation. For htmx it
is a note beside the page, which keeps what was typed by itself (static/js/signed_out.js).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import push_url, reselect, reswap, retarget

from console.connections.local_paths import local_path
from console.connections.models import Connection

_TOKEN = "csrfmiddlewaretoken"  # noqa: S105  the name of a field
_FILE = "_choose_again"  # from page to page: "field\nfile name"; the form's own address never sees it
_MOST_SHOWN = 200  # values; all of them travel on
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in now, for the page. `can_send`: the address is of an organisation that they are connected to."""

    name: str
    connection: Connection | None
    can_send: bool


def is_from_own_page(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this console sent the request.

    Another site's page must not be able to plant a filled-in form here. Browsers name the sender of every POST, and no
    script can change that; a request that names nobody counts as foreign.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = (f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS)
    return (site or origin) is not None and site in (None, "same-origin") and origin in (None, *own)


def is_form(request: HttpRequest) -> bool:
    return request.method == "POST" and request.content_type in _FORMS


def holds_something(request: HttpRequest) -> bool:
    """Whether it is a form with more in it than its token, which a page would lose by going to the sign-in."""
    return is_form(request) and (bool(request.FILES) or any(name != _TOKEN for name in request.POST))


def page(request: HttpRequest) -> HttpResponse:
    """The whole page: 401 while nobody is signed in, 404 when the address is not this person's, else 403."""
    person = _person(request)
    typed = [(name, texts) for name, texts in _typed(request) if any(texts)]
    shown = [(name, texts) for name, texts in typed if not name.startswith("_")]
    context = {
        "person": person,
        "needs_person": _needs_person(request),
        "address": request.get_full_path(),  # "//host" comes back as "/%2Fhost"
        "is_multipart": request.content_type == "multipart/form-data",
        "values": [(name, text) for name, texts in _typed(request) for text in texts],
        "files": list(_files(request)),
        "shown": shown[:_MOST_SHOWN],
        "more": max(0, len(shown) - _MOST_SHOWN),
    }
    return render(request, "send_again.html", context, status=_status(request, person))


def fragment(request: HttpRequest) -> HttpResponse:
    """The note that htmx puts beside the page, whatever it had asked for; the page and its address stay as they are."""
    person = _person(request)
    here = local_path(request.htmx.current_url_abs_path or "/")  # type: ignore[attr-defined]
    context = {"person": person, "here": here}
    response = render(request, "shared/_signed_out.html", context, status=_status(request, person))
    retarget(reswap(reselect(response, "unset"), "innerHTML"), "#signed-out")
    return push_url(response, False)


def _status(request: HttpRequest, person: Person | None) -> int:
    if person is None:
        return 401 if _needs_person(request) else 403
    return 403 if person.can_send else 404


def _person(request: HttpRequest) -> Person | None:
    if not request.user.is_authenticated:
        return None
    match = request.resolver_match
    slug = match.kwargs.get("connection") if match and request.path_info.startswith("/c/") else None
    found = Connection.objects.for_user(request.user).filter(slug=slug).first() if slug else None
    return Person(request.user.full_name, found, can_send=slug is None or found is not None)


def _needs_person(request: HttpRequest) -> bool:
    """False for the sign-in page's own form, whose token is renewed when somebody signs in in another tab."""
    match = request.resolver_match
    return match is None or bool(getattr(match.func, "login_required", True))


def _typed(request: HttpRequest) -> Iterator[tuple[str, list[str]]]:
    """Every name with its values in the order in which they were posted, but for the token, which is old."""
    for name, texts in request.POST.lists():
        if name not in (_TOKEN, _FILE):
            yield name, [str(text) for text in texts]


def _files(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """(field, file name) of every file that was chosen: a page cannot hand a file back to the browser."""
    for name, chosen in request.FILES.lists():
        yield from ((name, str(file.name)) for file in chosen)
    for line in request.POST.getlist(_FILE):
        name, _, file = line.replace("\r\n", "\n").partition("\n")
        yield name, file
