"""The accounts servers: authorization, token, revoke, who signed in (oauth.md).

The client lives in the home data centre and is switched on in the other one with the same id and secret.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from crm_client.standin import consent
from crm_client.standin.faults import THROTTLED
from crm_client.standin.messages import Answer, Request, html_answer, json_answer
from crm_client.standin.scopes import covers, listed, unknown
from crm_client.standin.tokens import ACCESS_LIFE_S, InvalidCodeError, Issued, ThrottledError, WrongRedirectError

if TYPE_CHECKING:
    from crm_client.standin.world import World


def answer(world: World, request: Request) -> Answer:
    """The answer of an accounts server."""
    handlers: dict[tuple[str, str], Callable[[World, Request], Answer]] = {
        ("GET", "/oauth/v2/auth"): consent.begin,
        ("POST", "/oauth/v2/auth/who"): consent.choose,
        ("POST", "/oauth/v2/auth/consent"): consent.decide,
        ("POST", "/oauth/v2/token"): _token,
        ("POST", "/oauth/v2/token/revoke"): _revoke,
        ("POST", "/oauth/v2/revoke/token"): _revoke_with_client,
        ("GET", "/oauth/serverinfo"): _server_info,
        ("GET", "/oauth/user/info"): _user_info,
    }
    handler = handlers.get((request.method, request.path))
    if handler is not None:
        return handler(world, request)
    if any(path == request.path for _, path in handlers):
        return json_answer({"error": "invalid_request"}, 400)  # unverified: only the status is documented
    return html_answer(consent.error_page("There is nothing at this address."), 404, consent.HEADERS)


def client_scopes(scopes: str | list[str]) -> list[str]:
    """The scopes as a list. Raises ValueError for none, or for one that does not exist."""
    wanted = listed(scopes) if isinstance(scopes, str) else list(dict.fromkeys(map(str, scopes)))
    if not wanted:
        raise ValueError("no scope is named")
    if strange := unknown(wanted):
        raise ValueError(f"scope does not exist: {strange[0]}")
    return wanted


def token_answer(world: World, issued: Issued) -> dict[str, Any]:
    """The body of a successful token call."""
    environment = world.organisations[issued.grant.org].environment
    body: dict[str, Any] = {"access_token": issued.access}
    if issued.refresh is not None:
        body["refresh_token"] = issued.refresh
    return body | {
        "scope": " ".join(issued.grant.scopes),
        "api_domain": world.url(issued.grant.dc, environment),
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFE_S,
    }


def _token(world: World, request: Request) -> Answer:
    """POST /oauth/v2/token: errors come under HTTP 200, throttling under HTTP 400."""
    form = request.form()
    grant_type = form.get("grant_type")
    if not grant_type:
        return json_answer({"error": "invalid_client"}, 400)  # unverified: body and status
    if problem := _client_problem(world, request, form):
        return json_answer({"error": problem})
    dc = request.host.dc
    try:
        if grant_type == "authorization_code":
            issued = world.tokens.exchange(
                form.get("code", ""),
                dc=dc,
                client_id=world.client.id,
                redirect_uri=form.get("redirect_uri", ""),
                verifier=form.get("code_verifier", ""),
            )
        elif grant_type == "refresh_token":
            issued = world.tokens.refresh(form.get("refresh_token", ""), dc=dc, client_id=world.client.id)
        else:
            return json_answer({"error": "invalid_client"})  # documented for a bad grant_type
    except InvalidCodeError:
        # a code or token of the other data centre ends here too: the client itself is known in both
        return json_answer({"error": "invalid_code"})
    except WrongRedirectError:
        return json_answer({"error": "invalid_redirect_uri"})
    except ThrottledError:
        return json_answer(THROTTLED, 400)
    if issued.grant.org not in world.organisations:
        return json_answer({"error": "invalid_code"})  # kept over a restart that no longer has the organisation
    return json_answer(token_answer(world, issued))


def _client_problem(world: World, request: Request, form: dict[str, str]) -> str | None:
    """What is wrong with id and secret, by parameters or HTTP Basic; None when they are right."""
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    word, _, encoded = request.headers.get("authorization", "").partition(" ")
    if word.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "invalid_client"
    if client_id != world.client.id:
        return "invalid_client"
    return None if hmac.compare_digest(secret.encode(), world.client.secret.encode()) else "invalid_client_secret"


def _revoke(world: World, request: Request) -> Answer:
    """POST /oauth/v2/token/revoke: whoever holds a token may end it."""
    if world.tokens.revoke(request.form().get("token", ""), request.host.dc):
        return json_answer({"status": "success"})
    return json_answer({"status": "failure", "error": "invalid_token"}, 400)  # unverified: the body


def _revoke_with_client(world: World, request: Request) -> Answer:
    """POST /oauth/v2/revoke/token with HTTP Basic and token_type."""
    form = request.form()
    if problem := _client_problem(world, request, {}):
        return json_answer({"error": problem}, 400)
    if form.get("token_type") not in ("refresh_token", "access_token"):
        return json_answer({"status": "failure", "error": "invalid_token_type"}, 400)
    return _revoke(world, request)


def _server_info(world: World, _request: Request) -> Answer:
    """GET /oauth/serverinfo. unverified: keys besides `result` and `locations`; there are none here."""
    locations = {dc: row["accounts"] for dc, row in world.data_centres().items()}
    return json_answer({"result": "success", "locations": locations})


def _user_info(world: World, request: Request) -> Answer:
    """GET /oauth/user/info with an access token. unverified: the error bodies, and ZUID as a number."""
    known = world.tokens.grant_of(request.token())
    viewer = world.viewer(known[0].org, known[0].user_id) if known is not None else None
    if known is None or viewer is None or known[0].dc != request.host.dc:
        return json_answer({"code": "INVALID_TOKEN", "message": "invalid oauth token", "status": "error"}, 401)
    if not covers(known[0].scopes, "AaaServer.profile.READ"):
        return json_answer({"code": "OAUTH_SCOPE_MISMATCH", "message": "invalid oauth scope", "status": "error"}, 401)
    user = viewer.user
    zuid = str(user.get("zuid") or "0")
    return json_answer(
        {
            "First_Name": user.get("first_name"),
            "Last_Name": user.get("last_name"),
            "Display_Name": user.get("full_name"),
            "Email": user.get("email"),
            "ZUID": int(zuid) if zuid.isdigit() else zuid,
        }
    )
