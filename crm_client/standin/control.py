"""The stand-in's own addresses under /__standin: faults, ledger, clock, tokens. For loopback peers only."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import orjson

from crm_client.standin.accounts import client_scopes, token_answer
from crm_client.standin.clock import iso
from crm_client.standin.messages import Answer, Request, json_answer
from crm_client.standin.tokens import Grant

if TYPE_CHECKING:
    from crm_client.standin.world import World


def answer(world: World, request: Request) -> Answer:
    """The answer at one of these addresses; what is wrong with a call is said in `error`."""
    if not ip_address(request.peer).is_loopback or not request.named_loopback:
        return _error(403, "these addresses are for this machine only")
    handlers = {
        ("POST", "/__standin/faults"): _add_fault,
        ("GET", "/__standin/faults"): _show_faults,
        ("DELETE", "/__standin/faults"): _clear_faults,
        ("GET", "/__standin/ledger"): _ledger,
        ("POST", "/__standin/clock"): _clock,
        ("POST", "/__standin/token"): _token,
    }
    handler = handlers.get((request.method, request.path))
    if handler is None:
        known = ", ".join(f"{method} {path}" for method, path in handlers)
        return _error(404, f"no such address; there are {known}")
    try:
        body = orjson.loads(request.body or b"{}")
        if not isinstance(body, dict):
            raise ValueError("the body is to be a JSON object")
        return handler(world, request, body)
    except (ValueError, TypeError, LookupError) as exc:
        return _error(400, str(exc))


def make_token(world: World, org: str, user: str, scopes: str | list[str]) -> dict[str, Any]:
    """An access and a refresh token without the browser, as the token endpoint answers.

    Counts for the caps on living tokens, not for the throttles. Raises LookupError (who, where), ValueError (scopes).
    """
    if org not in world.organisations:
        raise LookupError(f"no organisation {org!r}; there are {', '.join(world.organisations)}")
    organisation = world.organisations[org]
    found = organisation.user(user)
    grant = Grant(world.client.id, organisation.dc, org, str(found.get("id")), tuple(client_scopes(scopes)))
    world.tokens.consent(grant)
    return token_answer(world, world.tokens.issue(grant, with_refresh=True))


def _add_fault(world: World, _request: Request, body: dict[str, Any]) -> Answer:
    strange = set(body) - {"fault", "args", "match", "probability", "count"}
    if strange:
        raise ValueError(f"a fault has no {sorted(strange)[0]!r}")
    probability, count = body.get("probability", 1), body.get("count")
    if not isinstance(probability, int | float) or not 0 <= probability <= 1:
        raise ValueError("probability is to be a number from 0 to 1")
    if count is not None and (not isinstance(count, int) or count < 1):
        raise ValueError("count is to be a whole number from 1 up, or null")
    for key in ("args", "match"):
        if not isinstance(body.get(key) or {}, dict):
            raise ValueError(f"{key} is to be an object")
    name = str(body.get("fault", ""))
    return json_answer({"id": world.faults.add(name, body.get("args"), body.get("match"), count, probability)})


def _show_faults(world: World, _request: Request, _body: dict[str, Any]) -> Answer:
    return json_answer({"faults": world.faults.show()})


def _clear_faults(world: World, _request: Request, _body: dict[str, Any]) -> Answer:
    world.faults.clear()
    return Answer(204)


def _ledger(world: World, request: Request, _body: dict[str, Any]) -> Answer:
    return json_answer(world.ledger.show(int(request.query.get("after", "0"))))


def _clock(world: World, _request: Request, body: dict[str, Any]) -> Answer:
    step = body.get("advance_s", 0)
    if isinstance(step, bool) or not isinstance(step, int | float):
        raise ValueError("advance_s is to be a number of seconds")
    world.advance(step)
    return json_answer({"now": iso(world.clock.now()), "offset_s": world.clock.offset_s})


def _token(world: World, _request: Request, body: dict[str, Any]) -> Answer:
    scopes = body.get("scopes", "ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.users.READ,ZohoCRM.org.READ")
    return json_answer(make_token(world, str(body.get("org", "demo")), str(body.get("user", "Alice")), scopes))


def _error(status: int, sentence: str) -> Answer:
    return json_answer({"error": sentence}, status)
