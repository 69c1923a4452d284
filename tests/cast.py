"""The people of the tests, and how they use the console.

Alice administers the demo organisation, Bob may only look, Charlie is a stranger from another organisation.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from console.connections.models import Connection, User
from console.connections.scopes import READ_SCOPES
from crm_client.standin import StandIn


@dataclass(slots=True)
class Page:
    """An answer as a test reads it."""

    response: Any

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @property
    def text(self) -> str:
        if self.response.streaming:
            return b"".join(self.response.streaming_content).decode()
        return str(self.response.content.decode())

    @property
    def content(self) -> bytes:
        return bytes(self.response.content)

    @property
    def headers(self) -> Any:
        return self.response.headers


class Person:
    """Somebody signed in through a connection; paths are given without the `/c/<connection>` in front."""

    def __init__(self, user: User, connection: Connection) -> None:
        self.user = user
        self.connection = connection
        self.client = Client()
        self.client.force_login(user)

    def at(self, path: str) -> str:
        """The address of a page of this person's organisation."""
        return f"/c/{self.connection.slug}{path}"

    def get(self, path: str, **query: Any) -> Page:
        return Page(self.client.get(self.at(path), query))

    def get_partial(self, path: str, **query: Any) -> Page:
        """As htmx asks."""
        return Page(self.client.get(self.at(path), query, headers={"HX-Request": "true"}))

    def post(self, path: str, **data: Any) -> Page:
        return Page(self.client.post(self.at(path), data))


def connect(
    standin: StandIn, org: str, who: str, scopes: list[str] | None = None, user: User | None = None
) -> Connection:
    """A connection as it is after signing in, made without the browser: its tokens are the stand-in's own."""
    scopes = READ_SCOPES if scopes is None else scopes
    place = standin.organisation(org)
    crm_user = place.user(who)
    tokens = standin.token(org=org, user=who, scopes=",".join(scopes))
    zgid = place.org["zgid"]
    if user is None:
        identity = User.identity_of(place.dc, zgid, crm_user["id"])
        user, _ = User.objects.get_or_create(
            identity=identity, defaults={"full_name": crm_user["full_name"], "email": crm_user["email"]}
        )
    return Connection.objects.create(
        user=user,
        state=Connection.State.ACTIVE,
        dc=place.dc,
        environment=place.environment,
        zgid=zgid,
        org_name=place.org["company_name"],
        crm_user_id=crm_user["id"],
        crm_user_name=crm_user["full_name"],
        crm_user_email=crm_user["email"],
        scopes=" ".join(scopes),
        refresh_token=tokens["refresh_token"],
        access_token=tokens["access_token"],
        access_expires_at=timezone.now() + timedelta(seconds=3600),
    )


def person(standin: StandIn, org: str, who: str, scopes: list[str] | None = None) -> Person:
    connection = connect(standin, org, who, scopes)
    return Person(connection.user, connection)
