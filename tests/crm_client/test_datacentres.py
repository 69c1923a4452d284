"""Only hosts of the table are ever used, whatever a callback, an answer or a file says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crm_client.datacentres import BUILT_IN, TableError, environment_of, load_table, match_callback
from crm_client.errors import ForeignServer
from crm_client.standin import StandIn


def test_every_built_in_host_is_one_of_zohos_over_https() -> None:
    assert list(BUILT_IN) == ["us", "eu", "in", "au", "jp", "ca", "cn", "sa", "uk", "ae"]
    for dc in BUILT_IN.values():
        assert set(dc.api) == {"production", "sandbox", "developer"}
        for host in (dc.accounts, *dc.api.values(), *filter(None, (dc.upload, dc.download))):
            assert host.startswith("https://")
            assert "zoho" in host
    assert BUILT_IN["ca"].accounts == "https://accounts.zohocloud.ca"
    assert {dc.key: dc.download for dc in BUILT_IN.values() if dc.download} == {"us": "https://download-accl.zoho.com"}
    assert BUILT_IN["cn"].api["sandbox"] == "https://sandbox.zohoapis.com.cn"
    assert [dc.key for dc in BUILT_IN.values() if not dc.enabled_by_default] == ["uk", "ae"]


@pytest.mark.parametrize(
    ("location", "server", "key"),
    [
        ("eu", "https://accounts.zoho.eu", "eu"),
        (None, "https://accounts.zoho.eu", "eu"),
        ("eu", None, "eu"),
        ("eu", "https://accounts.zoho.eu/", "eu"),
        ("eu", "https://ACCOUNTS.zoho.eu", "eu"),
        ("eu", "https://accounts.zoho.eu:443", "eu"),
        (None, None, "us"),
        ("", "", "us"),
        ("zz", "https://accounts.zoho.eu", "eu"),  # only some literal locations are documented
    ],
)
def test_a_callback_names_a_row_of_the_table(location: str | None, server: str | None, key: str) -> None:
    assert match_callback(BUILT_IN, location, server, "us") is BUILT_IN[key]


@pytest.mark.parametrize(
    ("location", "server"),
    [
        ("us", "https://accounts.zoho.eu"),
        ("eu", "https://evil.test"),
        (None, "https://accounts.zoho.com.evil.test"),
        (None, "http://accounts.zoho.com"),
        (None, "https://accounts.zoho.com@evil.test"),
        ("zz", None),
        (None, "https://accounts.zoho.com:8443"),
        (None, "https://zoho.com"),
        (None, "https://accounts.zoho.com/path"),
        (None, "https://accounts.zoho.com?x"),
        (None, "https://accounts.zoho.com#x"),
        (None, "//accounts.zoho.com"),
        (None, "https://accounts.zoho.com\\@evil.test"),
        (None, " https://accounts.zoho.com"),
        (None, "https://["),
        (None, "https://accounts.zoho.com:99999"),
        (None, "https://accounts.zoho.com\n"),
        (None, "https://accounts.zоho.com"),
        ("eu", "javascript:alert(1)"),
    ],
)
def test_a_forged_callback_is_refused(location: str | None, server: str | None) -> None:
    with pytest.raises(ForeignServer) as caught:
        match_callback(BUILT_IN, location, server, "us")
    assert caught.value.message_code == "SIGNIN-REFUSED"
    assert "evil" not in str(caught.value)


def test_an_api_domain_tells_the_environment() -> None:
    eu = BUILT_IN["eu"]
    assert environment_of(eu, "https://www.zohoapis.eu") == "production"
    assert environment_of(eu, "https://sandbox.zohoapis.eu/") == "sandbox"
    assert environment_of(eu, "https://developer.zohoapis.eu") == "developer"
    assert environment_of(eu, None) == environment_of(eu, "") == "production"


@pytest.mark.parametrize(
    "api_domain",
    [
        "https://www.zohoapis.com",
        "http://www.zohoapis.eu",
        "https://www.zohoapis.eu.evil.test",
        "https://evil.test",
        "https://www.zohoapis.eu:8443",
        "https://u@www.zohoapis.eu",
        "www.zohoapis.eu",
        "https://169.254.169.254",
    ],
)
def test_a_foreign_api_domain_is_refused(api_domain: str) -> None:
    with pytest.raises(ForeignServer):
        environment_of(BUILT_IN["eu"], api_domain)


def test_the_stand_ins_table_is_loaded(standin: StandIn, tmp_path: Path) -> None:
    standin.write_table(tmp_path / "table.json")
    table = load_table(tmp_path / "table.json")
    us = table["standin-us"]
    assert (us.accounts, us.api["sandbox"]) == (standin.accounts(), standin.api(environment="sandbox"))
    assert (us.location, us.is_standin, us.enabled_by_default) == ("us", True, True)
    assert match_callback(table, "eu", standin.accounts("standin-eu"), "standin-us").key == "standin-eu"
    assert match_callback(table, "standin-eu", None, "standin-us").key == "standin-eu"
    with pytest.raises(ForeignServer):
        match_callback(table, None, "https://accounts.zoho.com", "standin-us")


ROW = {"accounts": "http://127.0.0.1:1", "api": {"production": "http://localhost:2"}}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("{", "is no JSON"),
        ([], "holds no data centres"),
        ({}, "holds no data centres"),
        ({"eu": ROW}, "must begin with"),
        ({"standin-": ROW}, "must begin with"),
        ({"standin-e/u": ROW}, "must begin with"),
        ({"standin-eu": []}, "must be an object"),
        ({"standin-eu": {**ROW, "api": []}}, "must be an object"),
        ({"standin-eu": {**ROW, "api": {"production": "http://127.0.0.1:1", "test": "x"}}}, "not “test”"),
        ({"standin-eu": {**ROW, "api": {"sandbox": "http://127.0.0.1:1"}}}, "lacks “production”"),
        ({"standin-eu": {**ROW, "accounts": "https://accounts.zoho.eu"}}, "must be on this machine"),
        ({"standin-eu": {**ROW, "accounts": "http://127.0.0.1.evil.test"}}, "must be on this machine"),
        ({"standin-eu": {**ROW, "accounts": 5}}, "must be an address"),
        ({"standin-eu": {**ROW, "upload": "http://127.0.0.1:1/path"}}, "must be an address"),
        ({"standin-eu": {"api": ROW["api"]}}, "must be an address"),
    ],
)
def test_a_table_that_cannot_be_used_says_where_and_why(table: Any, says: str, tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text(table if isinstance(table, str) else json.dumps(table))
    with pytest.raises(TableError) as caught:
        load_table(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_table_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot be read"):
        load_table(tmp_path / "none.json")
