"""Authorization: who one is, where, and what the client may do; then back to the client with a code.

Three steps, plain forms without script: `begin` shows the people, `choose` goes on to the consent or straight back for
somebody who consented before, `decide` takes the answer. Each step carries the client's query and checks it anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from crm_client.standin.consent_pages import HEADERS, consent_page, error_page, people_page
from crm_client.standin.messages import Answer, Request, html_answer
from crm_client.standin.scopes import listed, unknown
from crm_client.standin.tokens import Grant, ThrottledError
from crm_client.standin.viewer import Viewer

if TYPE_CHECKING:
    from crm_client.standin.world import World

__all__ = ["HEADERS", "begin", "choose", "decide", "error_page"]

CALLBACK = "/sign-in/callback/"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ShownError(Exception):
    """The request cannot be answered with a redirect; the text is for the accounts server's own page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid authorization request."""

    query: str  # as the client sent it
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    offline: bool
    forced: bool  # prompt=consent
    challenge: str
    method: str


def begin(world: World, request: Request) -> Answer:
    """GET /oauth/v2/auth: who are you, and in which organisation?"""
    try:
        asked = _asked(world, request.query_text)
    except ShownError as exc:
        return _page(error_page(str(exc)), 400)
    here = [org for org in world.organisations.values() if org.dc == request.host.dc]
    # the real accounts server moves a browser to its user's data centre by itself; here a link does
    elsewhere = [
        (dc, f"{row['accounts']}/oauth/v2/auth?{asked.query}", names)
        for dc, row in world.data_centres().items()
        if dc != request.host.dc and (names := [org.name for org in world.organisations.values() if org.dc == dc])
    ]
    return _page(people_page(request.host.dc, here, elsewhere, asked.query), redirect=asked.redirect_uri)


def choose(world: World, request: Request) -> Answer:
    """POST /oauth/v2/auth/who: on to the consent, or back at once for somebody who has consented to as much before."""
    form = request.form()
    try:
        asked = _asked(world, form.get("request", ""))
        viewer = _person(world, request, form.get("who", ""))
    except ShownError as exc:
        return _page(error_page(str(exc)), 400)
    grant = _grant(world, viewer, asked.scopes)
    if asked.offline and not asked.forced and world.tokens.consented(grant):
        return _back_with_code(world, request, asked, grant)
    page = consent_page(viewer, form.get("who", ""), list(asked.scopes), asked.query)
    return _page(page, redirect=asked.redirect_uri)


def decide(world: World, request: Request) -> Answer:
    """POST /oauth/v2/auth/consent: back to the client with a code, or with error=access_denied."""
    form = request.form()
    try:
        asked = _asked(world, form.get("request", ""))
        viewer = _person(world, request, form.get("who", ""))
    except ShownError as exc:
        return _page(error_page(str(exc)), 400)
    if form.get("decision") != "accept":
        return _back(asked, {"error": "access_denied"})
    kept = {value for name, value in parse_qsl(request.body.decode("utf-8", "replace")) if name == "scope"}
    scopes = tuple(scope for scope in asked.scopes if scope in kept)
    if not scopes:
        page = consent_page(viewer, form.get("who", ""), list(asked.scopes), asked.query, nothing_chosen=True)
        return _page(page, 400, redirect=asked.redirect_uri)
    return _back_with_code(world, request, asked, _grant(world, viewer, scopes))


def _asked(world: World, query_text: str) -> Asked:
    """The checked authorization request.

    Raises ShownError. unverified: which of these faults come by redirect in reality; here none but access_denied does.
    """
    query = dict(reversed(parse_qsl(query_text, keep_blank_values=True)))
    if query.get("client_id") != world.client.id:
        raise ShownError("Invalid client: no application with this client id is registered.")
    redirect_uri = query.get("redirect_uri", "")
    if not registered(redirect_uri):
        raise ShownError("Invalid redirect URI: it is not one that the application has registered.")
    if query.get("response_type") != "code":
        raise ShownError("Invalid response type: it must be “code”.")
    scopes = listed(query.get("scope", ""))
    if not scopes:
        raise ShownError("Invalid scope: none was asked for.")
    if strange := unknown(scopes):
        raise ShownError(f"Invalid scope: scope does not exist: {strange[0]}")
    method = query.get("code_challenge_method", "plain")
    if method not in ("plain", "S256"):
        raise ShownError("Invalid code challenge method: it must be “S256” or “plain”.")
    return Asked(
        query=query_text,
        redirect_uri=redirect_uri,
        scopes=tuple(scopes),
        state=query.get("state"),
        offline=query.get("access_type") == "offline",
        forced=query.get("prompt") == "consent",
        challenge=query.get("code_challenge", ""),
        method=method,
    )


def registered(redirect_uri: str) -> bool:
    """Whether the redirect URI is registered; decided for the stand-in: any loopback address with this path is."""
    try:
        parts = urlsplit(redirect_uri)
        named = parts.hostname in LOOPBACK and (parts.port is None or parts.port > 0)
    except ValueError:
        return False  # no URL at all, or a port that is none
    plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    return named and plain and parts.scheme in ("http", "https") and parts.path == CALLBACK


def _person(world: World, request: Request, who: str) -> Viewer:
    """The user that `who` names as organisation:user id, in this data centre. Raises ShownError."""
    org, _, user_id = who.partition(":")
    viewer = world.viewer(org, user_id)
    if viewer is None or viewer.organisation.dc != request.host.dc:
        raise ShownError("Nobody of that name has an account in this data centre.")
    if not viewer.active:
        raise ShownError("This user has been deactivated and cannot sign in.")
    return viewer


def _grant(world: World, viewer: Viewer, scopes: tuple[str, ...]) -> Grant:
    organisation = viewer.organisation
    return Grant(world.client.id, organisation.dc, organisation.key, viewer.id, scopes)


def _back_with_code(world: World, request: Request, asked: Asked, grant: Grant) -> Answer:
    first = world.tokens.first_offline(grant) if asked.offline else False
    try:
        code = world.tokens.new_code(
            grant, asked.redirect_uri, asked.offline and (asked.forced or first), asked.challenge, asked.method
        )
    except ThrottledError:
        return _back(asked, {"error": "access_denied"})  # the limit on codes looks like a refusal
    if asked.offline:
        world.tokens.consent(grant)
    place = {"code": code, "location": request.host.dc, "accounts-server": request.host.url}
    return _back(asked, place)


def _back(asked: Asked, what: dict[str, str]) -> Answer:
    state = {} if asked.state is None else {"state": asked.state}
    return Answer(302, headers={"Location": f"{asked.redirect_uri}?{urlencode(state | what)}"} | HEADERS)


def _page(page: str, status: int = 200, redirect: str = "") -> Answer:
    """A page; `redirect` is where its form may end up, which a browser checks against the policy as well."""
    parts = urlsplit(redirect)
    target = f" {parts.scheme}://{parts.netloc}" if redirect else ""
    policy = HEADERS["Content-Security-Policy"].replace("form-action 'self'", f"form-action 'self'{target}")
    return html_answer(page, status, HEADERS | {"Content-Security-Policy": policy})
