"""A stand-in with the small town, its sandbox, and a town abroad."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from crm_client.standin import StandIn
from tests.standin.town import town

EVERYTHING = (
    "ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.users.READ,ZohoCRM.org.READ,ZohoCRM.apis.READ,"
    "ZohoSearch.securesearch.READ"
)
CALLBACK = "http://localhost:8000/sign-in/callback/"


@pytest.fixture
def standin() -> Iterator[StandIn]:
    places = [town(), town("town-sandbox", environment="sandbox"), town("abroad", "standin-eu")]
    with StandIn(organisations=places) as running:
        yield running


@dataclass
class Somebody:
    """A user of the town with a token, calling the API over HTTP."""

    standin: StandIn
    name: str
    org: str = "town"
    scopes: str = EVERYTHING
    version: int = 8
    tokens: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens = self.standin.token(self.org, self.name, self.scopes)

    @property
    def token(self) -> str:
        return str(self.tokens["access_token"])

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Zoho-oauthtoken {self.token}"} | options.pop("headers", {})
        url = f"{self.tokens['api_domain']}/crm/v{self.version}{path}"
        return requests.request(method, url, headers=headers, timeout=20, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.call("GET", path, **options)

    def refusal(self, path: str, **options: Any) -> tuple[int, str, dict[str, Any]]:
        """Status, code and details of a call that is refused."""
        answer = self.get(path, **options)
        body = answer.json()
        assert body["status"] == "error"
        assert set(body) == {"code", "details", "message", "status"}
        return answer.status_code, body["code"], body["details"]


@pytest.fixture
def anna(standin: StandIn) -> Somebody:
    """Administers the town."""
    return Somebody(standin, "anna")


@pytest.fixture
def sam(standin: StandIn) -> Somebody:
    """Sells; some things are hidden from him."""
    return Somebody(standin, "sam")


@dataclass
class App:
    """The registered client: sends people to sign in and exchanges codes."""

    standin: StandIn
    redirect_uri: str = CALLBACK

    def url(
        self, dc: str = "standin-us", scope: str = "ZohoCRM.users.READ,ZohoCRM.org.READ", **changes: str | None
    ) -> str:
        """The authorization URL; a change of None leaves the parameter out."""
        query = {
            "response_type": "code",
            "client_id": self.standin.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": scope,
            "access_type": "offline",
            "prompt": "consent",
            "state": "a state & more",
        } | changes
        kept = {name: value for name, value in query.items() if value is not None}
        return f"{self.standin.accounts(dc)}/oauth/v2/auth?{urlencode(kept)}"

    def callback(self, url: str, user: str = "anna", org: str = "town", **how: Any) -> dict[str, str]:
        """What the callback receives after somebody signed in."""
        return {
            name: value[0]
            for name, value in parse_qs(urlsplit(self.standin.sign_in(url, user, org, **how)).query).items()
        }

    def post(self, path: str, dc: str = "standin-us", **form: str) -> requests.Response:
        return requests.post(self.standin.accounts(dc) + path, data=form, timeout=20)

    def token(self, dc: str = "standin-us", **form: str) -> requests.Response:
        """A call of the token endpoint, with the client's id and secret unless the form has others."""
        own = {"client_id": self.standin.client_id, "client_secret": self.standin.client_secret}
        return self.post("/oauth/v2/token", dc, **(own | form))

    def exchange(self, code: str, dc: str = "standin-us", **form: str) -> requests.Response:
        usual = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        return self.token(dc, **(usual | form))

    def refresh(self, token: str, dc: str = "standin-us") -> requests.Response:
        return self.token(dc, grant_type="refresh_token", refresh_token=token)


@pytest.fixture
def app(standin: StandIn) -> App:
    return App(standin)
