"""Where a call goes: hosts that may see the token, cookies, .netrc, proxies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crm_client import Http, StaticToken
from crm_client.errors import (
    InvalidName,
    NotSent,
)
from crm_client.transport import Transport
from tests.crm_client.conftest import Patience
from tests.crm_client.wire import answers, reply

GOOD = reply({"modules": []})


@pytest.mark.parametrize(
    "api",
    [
        "http://www.zohoapis.com",
        "https://user@www.zohoapis.com",
        "https://www.zohoapis.com/path",
        "ftp://127.0.0.1",
        "https://",
        "127.0.0.1",
        "https://[",
        "https://host:99999",
    ],
)
def test_a_host_that_would_see_the_token_in_the_clear_is_refused(api: str, http: Http) -> None:
    with pytest.raises(InvalidName):
        Transport(http, api, 8, StaticToken("t"))


def test_cookies_are_refused_and_a_netrc_or_proxy_set_later_is_not_used(
    transport_to: Callable[..., Transport], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    with answers(reply({}, Set_Cookie="tracking=1; Path=/"), reply({})) as server:
        transport = transport_to(server.url)
        netrc = f"{tmp_path}/netrc"
        with open(netrc, "w", encoding="ascii") as file:
            file.write("machine 127.0.0.1 login mallory password stolen\n")
        monkeypatch.setenv("NETRC", netrc)
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        transport.get("/org")
        transport.get("/org")
    assert "cookie" not in server.requests[1].lower()
    assert "Zoho-oauthtoken secret-token" in server.requests[1]


def test_a_proxy_of_the_environment_is_used_except_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, patience: Patience
) -> None:
    for name in ("no_proxy", "NO_PROXY", "http_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with answers(reply(b"", "502 x")) as proxy, answers(GOOD) as server:
        monkeypatch.setenv("https_proxy", proxy.url)
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        http = Http()
        outside = Transport(http, "https://www.zohoapis.com", 8, StaticToken("secret-token"), sleep=patience.sleep)
        with pytest.raises(NotSent):
            outside.get("/org")
        assert Transport(http, server.url, 8, StaticToken("secret-token")).get("/settings/modules") == {"modules": []}
        http.close()
    assert [request.split(" HTTP")[0] for request in proxy.requests] == ["CONNECT www.zohoapis.com:443"] * 3
    assert "secret-token" not in "".join(proxy.requests)
