"""The API hosts: from a request to the handler of its route, with every check on the way.

Order of the checks (the notes do not settle it): token, address, verb, version, scope, concurrency, credits, API access
of the profile, then what the handler itself checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from crm_client.standin import (
    blueprint_guards,
    blueprint_publishing,
    blueprint_records,
    bulk_read,
    bulk_write,
    catalogue,
    coql,
    files,
    notes,
    people,
    records,
    search,
    settings_automation,
    settings_blueprints,
    settings_fields,
    settings_layouts,
    settings_modules,
    settings_wizards,
    timeline,
    writes,
)
from crm_client.standin.calls import Call
from crm_client.standin.clock import iso
from crm_client.standin.errors import ApiError, no_permission
from crm_client.standin.ledger import Entry
from crm_client.standin.messages import Answer, Request
from crm_client.standin.routing import Route, Table
from crm_client.standin.scopes import covers, item_of
from crm_client.standin.viewer import API_ACCESS, Viewer

if TYPE_CHECKING:
    from crm_client.standin.world import World

ADDRESS = re.compile(r"/crm/(bulk/)?v([78])(/.+)")
RESULT = re.compile(r"/v2/crm/(\d+)/bulk-write/(\d+)/\2\.zip", re.ASCII)  # at the download host
UPLOAD = re.compile(r"/crm/v[78]/upload")  # at the upload host

TABLE = Table(
    [
        *settings_modules.ROUTES,
        *settings_fields.ROUTES,
        *settings_layouts.ROUTES,
        *settings_wizards.ROUTES,
        *settings_blueprints.ROUTES,
        *blueprint_publishing.ROUTES,
        *people.ROUTES,
        *records.ROUTES,
        *blueprint_records.ROUTES,
        *writes.ROUTES,
        *search.ROUTES,
        *coql.ROUTES,
        *files.ROUTES,
        *notes.ROUTES,
        *timeline.ROUTES,
        *settings_automation.ROUTES,
        *catalogue.ROUTES,
        *bulk_read.ROUTES,
        *bulk_write.ROUTES,
    ]
)


def answer(world: World, request: Request, entry: Entry, wait: Callable[[], object]) -> Answer:
    """The answer of an API host. `wait` is called once while the call counts as being in flight."""
    try:
        return _answer(world, request, entry, wait)
    except ApiError as error:
        entry.code = error.code
        return _finished(error.answer())


def _answer(world: World, request: Request, entry: Entry, wait: Callable[[], object]) -> Answer:
    if not request.named_loopback:
        raise ApiError("INVALID_HOST")
    viewer, scopes, until = _signed_in(world, request)
    entry.org = viewer.organisation.key
    version, path = _addressed(request.path)
    route, parts = world.table.find(request.method, path, version)
    _check_scopes(route, parts, scopes)
    call = Call(world, request, viewer, version, parts, entry, scopes)
    reset = {"X-ACCESSTOKEN-RESET": iso(until)}
    try:
        with world.limits.slot(viewer.organisation, heavy=route.heavy(request)):
            wait()
            # unverified: a call that is refused after this point has cost its credits
            call.charge(route.min_credits)
            if not viewer.may(API_ACCESS):
                raise no_permission(API_ACCESS)
            blueprint_guards.catch_up(call)
            made = route.handler(call)
    except ApiError as error:
        entry.code = error.code
        made = error.answer()
    made.headers |= reset
    if call.credits_left is not None:
        made.headers["X-API-CREDITS-REMAINING"] = str(call.credits_left)
    return _finished(made)


def _addressed(path: str) -> tuple[int, str]:
    """Version, and the path as the table has it: bulk calls and results of other hosts have a first word of their own.

    Raises ApiError for anything else.
    """
    result = RESULT.fullmatch(path)
    if result is not None:
        return 8, f"/download/{result[1]}/{result[2]}"
    found = ADDRESS.fullmatch(path)
    if found is None or found[3].startswith(("/bulk/", "/download/")):
        raise ApiError("INVALID_URL_PATTERN")
    return int(found[2]), ("/bulk" if found[1] else "") + found[3].rstrip("/")


def _finished(made: Answer) -> Answer:
    if made.status not in (204, 304):
        made.headers.setdefault("Content-Disposition", "attachment; filename=response.json")
    return made


def _signed_in(world: World, request: Request) -> tuple[Viewer, tuple[str, ...], float]:
    """Who asks, with which scopes, until when. Raises ApiError (401)."""
    header = request.headers.get("authorization", "")
    if not header:
        raise ApiError("AUTHENTICATION_FAILURE")
    word, _, token = header.partition(" ")
    # unverified: "Bearer" is said to work in practice; here it does not
    known = world.tokens.grant_of(token.strip()) if word == "Zoho-oauthtoken" else None
    if known is None:
        raise ApiError("INVALID_TOKEN")
    grant, until = known
    viewer = world.viewer(grant.org, grant.user_id)
    # unverified: the tokens of a user who was deactivated stop working
    if viewer is None or not viewer.active:
        raise ApiError("INVALID_TOKEN")
    organisation = viewer.organisation
    # files come and go through one host of the data centre, whichever the environment
    anywhere = UPLOAD.fullmatch(request.path) or RESULT.fullmatch(request.path)
    environment = request.host.kind if anywhere else organisation.environment
    if (organisation.dc, environment) != (request.host.dc, request.host.kind):
        raise ApiError("INVALID_TOKEN")  # a token of another data centre or environment
    return viewer, grant.scopes, until


def _check_scopes(route: Route, parts: dict[str, str], granted: tuple[str, ...]) -> None:
    item = item_of(parts.get("module", ""))
    if route.or_scope and covers(granted, route.or_scope):
        return
    if not all(covers(granted, scope.replace("{item}", item)) for scope in route.scopes):
        raise ApiError("OAUTH_SCOPE_MISMATCH")
