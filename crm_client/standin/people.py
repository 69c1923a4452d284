"""Users, profiles, roles and the organisation (records.md, the section on users and org)."""

from __future__ import annotations

from collections.abc import Callable

from crm_client.standin.calls import MAX_PER_PAGE, Call, paged
from crm_client.standin.conditions import changed_since
from crm_client.standin.errors import ApiError, bad_param, bad_path_part
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.viewer import dicts, is_active

ADMINISTRATOR = "Administrator"
MAX_IDS = 100


def _confirmed(user: JSON) -> bool:
    return user.get("confirm", True) is True


def _admin(user: JSON) -> bool:
    profile = user.get("profile")
    return isinstance(profile, dict) and profile.get("name") == ADMINISTRATOR


# unverified: what exactly each type means; the names are taken at their word
USER_TYPES: dict[str, Callable[[JSON], bool]] = {
    "AllUsers": lambda user: user.get("status") != "deleted",
    "ActiveUsers": is_active,
    "DeactiveUsers": lambda user: user.get("status") not in ("deleted", None) and not is_active(user),
    "ConfirmedUsers": _confirmed,
    "NotConfirmedUsers": lambda user: not _confirmed(user),
    "DeletedUsers": lambda user: user.get("status") == "deleted",
    "ActiveConfirmedUsers": lambda user: is_active(user) and _confirmed(user),
    "AdminUsers": _admin,
    "ActiveConfirmedAdmins": lambda user: is_active(user) and _confirmed(user) and _admin(user),
}


def _users(call: Call) -> Answer:
    """GET /users: by type, by ids, in pages; 204 when nobody matches, 304 when nobody changed."""
    wanted = call.param("type") or "AllUsers"
    if wanted == "CurrentUser":
        users = [call.viewer.user]
    elif wanted in USER_TYPES:
        users = [user for user in dicts(call.organisation.users) if USER_TYPES[wanted](user)]
    else:
        raise bad_param("type", supported_values=[*USER_TYPES, "CurrentUser"])
    if ids := [part for part in call.param("ids").split(",") if part]:
        if len(ids) > MAX_IDS:
            raise ApiError("LIMIT_EXCEEDED", {"param_name": "ids", "limit": MAX_IDS})
        users = [user for user in users if user.get("id") in ids]
    page, per_page = call.number("page", 1), call.number("per_page", MAX_PER_PAGE, MAX_PER_PAGE)
    fresh = changed_since(call, users, "Modified_Time")
    if fresh is None:
        return Answer(304)
    shown, info = paged(fresh, page, per_page)
    return json_answer({"users": shown, "info": info}) if shown else Answer(204)


def _user(call: Call) -> Answer:
    """GET /users/{id}: one user, in a list. unverified: an unknown id gives INVALID_DATA."""
    users = [user for user in dicts(call.organisation.users) if str(user.get("id")) == call.parts["id"]]
    if not users:
        raise bad_path_part(1)
    return json_answer({"users": users}) if changed_since(call, users, "Modified_Time") else Answer(304)


def _profiles(call: Call) -> Answer:
    """GET /settings/profiles. unverified: the list goes without permissions and sections; the single call has them."""
    profiles = [
        {key: value for key, value in profile.items() if key not in ("permissions_details", "sections")}
        for profile in dicts(call.organisation.profiles)
    ]
    return call.cached(("profiles",), lambda: {"profiles": profiles})


def _profile(call: Call) -> Answer:
    """GET /settings/profiles/{id}: one profile with its permissions, in a list; 204 for an unknown id."""
    profile_id = call.parts["id"]
    found = [profile for profile in dicts(call.organisation.profiles) if str(profile.get("id")) == profile_id]
    return call.cached(("profile", profile_id), lambda: {"profiles": found} if found else None)


def _roles(call: Call) -> Answer:
    """GET /settings/roles"""
    return call.cached(("roles",), lambda: {"roles": call.organisation.roles})


def _role(call: Call) -> Answer:
    """GET /settings/roles/{id}: one role, in a list; 204 for an unknown id."""
    found = [role for role in dicts(call.organisation.roles) if str(role.get("id")) == call.parts["id"]]
    return json_answer({"roles": found}) if found else Answer(204)


def _org(call: Call) -> Answer:
    """GET /org"""
    return call.cached(("org",), lambda: {"org": [call.organisation.org]})


ROUTES = [
    Route("GET", "/users", ("ZohoCRM.users.READ",), _users),
    Route("GET", "/users/{id}", ("ZohoCRM.users.READ",), _user),
    Route("GET", "/settings/profiles", ("ZohoCRM.settings.profiles.READ",), _profiles),
    Route("GET", "/settings/profiles/{id}", ("ZohoCRM.settings.profiles.READ",), _profile),
    Route("GET", "/settings/roles", ("ZohoCRM.settings.roles.READ",), _roles),
    Route("GET", "/settings/roles/{id}", ("ZohoCRM.settings.roles.READ",), _role),
    Route("GET", "/org", ("ZohoCRM.org.READ",), _org),
]
