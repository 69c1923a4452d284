"""The organisation's users.

source  GET /users?type=  zoho.com/crm/developer/docs/api/v8/get-users.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.errors import BadAnswer, InvalidName
from crm_client.paging import PER_PAGE, PageInfo, numbered_pages
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_flag,
    as_id,
    as_list,
    as_object,
    as_objects,
    as_ref,
    as_text,
    as_text_or_none,
    as_whole,
)

if TYPE_CHECKING:
    from crm_client.transport import Transport

TYPES = (
    "AllUsers",
    "ActiveUsers",
    "DeactiveUsers",
    "ConfirmedUsers",
    "NotConfirmedUsers",
    "DeletedUsers",
    "ActiveConfirmedUsers",
    "AdminUsers",
    "ActiveConfirmedAdmins",
    "CurrentUser",
)


@dataclass(slots=True)
class User:
    """One user of the organisation. A flag that is None: the CRM did not say."""

    id: str
    zuid: str  # the person's id across Zoho; "" until they accepted
    full_name: str
    first_name: str | None
    last_name: str | None
    email: str
    status: str  # active, disabled, deleted
    status_reason: str | None
    confirm: bool | None  # accepted the invitation
    type: str  # "Regular User"
    role: Ref | None
    profile: Ref | None
    reporting_to: Ref | None
    alias: str | None
    phone: str | None
    mobile: str | None
    fax: str | None
    website: str | None
    dob: str | None
    street: str | None
    city: str | None
    state: str | None
    zip: str | None
    country: str | None
    country_locale: str
    locale: str
    language: str
    time_zone: str
    offset: int | None  # of the time zone, in milliseconds
    date_format: str
    time_format: str
    number_separator: str
    decimal_separator: str
    name_format: str
    sort_order_preference: str
    signature: str | None
    microsoft: bool | None
    personal_account: bool | None
    sandbox_developer: bool | None
    is_online: bool | None
    default_tab_group: str
    customize_info: JsonObject | None
    theme: JsonObject | None
    created_time: str | None
    created_by: Ref | None
    modified_time: str | None
    modified_by: Ref | None
    raw: JsonObject

    @property
    def label(self) -> str:
        return self.full_name or self.email or self.id

    @property
    def is_active(self) -> bool:
        return self.status == "active"

    @classmethod
    def from_api(cls, raw: JSON) -> User:
        raw = as_object(raw)
        get = raw.get
        return cls(
            as_id(get("id")),
            as_id(get("zuid")),
            as_text(get("full_name")),
            as_text_or_none(get("first_name")),
            as_text_or_none(get("last_name")),
            as_text(get("email")),
            as_text(get("status")),
            as_text_or_none(get("status_reason__s")),
            as_flag(get("confirm")),
            as_text(get("type__s")),
            as_ref(get("role")),
            as_ref(get("profile")),
            as_ref(get("Reporting_To")),
            as_text_or_none(get("alias")),
            as_text_or_none(get("phone")),
            as_text_or_none(get("mobile")),
            as_text_or_none(get("fax")),
            as_text_or_none(get("website")),
            as_text_or_none(get("dob")),
            as_text_or_none(get("street")),
            as_text_or_none(get("city")),
            as_text_or_none(get("state")),
            as_text_or_none(get("zip")),
            as_text_or_none(get("country")),
            as_text(get("country_locale")),
            as_text(get("locale")),
            as_text(get("language")),
            as_text(get("time_zone")),
            as_whole(get("offset")),
            as_text(get("date_format")),
            as_text(get("time_format")),
            as_text(get("number_separator")),
            as_text(get("decimal_separator")),
            as_text(get("name_format__s")),
            as_text(get("sort_order_preference__s")),
            as_text_or_none(get("signature")),
            as_flag(get("microsoft")),
            as_flag(get("personal_account")),
            as_flag(get("sandboxDeveloper")),
            as_flag(get("Isonline")),
            as_text(get("default_tab_group")),
            as_object(get("customize_info")) or None,
            as_object(get("theme")) or None,
            as_text_or_none(get("created_time")),
            as_ref(get("created_by")),
            as_text_or_none(get("Modified_Time")),
            as_ref(get("Modified_By")),
            raw,
        )


@dataclass(slots=True)
class UserPage:
    """One page of users, and whether there are more."""

    users: list[User]
    info: PageInfo


class Users:
    """`CrmClient.users`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(self, type: str = "AllUsers", page: int = 1, per_page: int = PER_PAGE) -> UserPage:
        """One page of users; an empty one when the CRM answers 204.

        type     one of TYPES
        raises   InvalidName for another type, NotAllowed, ScopeMissing without ZohoCRM.users.READ, TooManyRequests,
                 any NoAnswer
        source   GET /users?type=&page=&per_page=
        """
        body = self._transport.get(
            "/users", {"type": _checked_type(type), "page": page, "per_page": per_page}, what="the users"
        )
        return UserPage(as_list(body.get("users"), User.from_api), PageInfo.from_api(body.get("info")))

    def all(self, type: str = "AllUsers") -> Iterator[User]:
        """Every user of a kind, one call per 200; errors as `page`."""
        params = {"type": _checked_type(type)}
        for page in numbered_pages(self._transport, "/users", "users", params, what="the users"):
            yield from map(User.from_api, page)

    def current(self) -> User:
        """The user the token belongs to.

        raises   BadAnswer when the answer holds none, else as `page`
        source   GET /users?type=CurrentUser
        """
        what = "the signed-in user"
        found = as_objects(self._transport.get("/users", {"type": "CurrentUser"}, what=what).get("users"))
        if not found:
            raise BadAnswer("it names no user", what=what)
        return User.from_api(found[0])


def _checked_type(type: str) -> str:
    if type not in TYPES:
        raise InvalidName(f"the kinds of users are {', '.join(TYPES)}", what="users of that kind")
    return type
