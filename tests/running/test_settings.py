"""Settings out of the environment: each mistake refuses the start of any process, in one sentence that names it."""

import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from console import environment as env
from tests.running.processes import started
from tests.running.test_production import documented

LOOPBACK_TABLE = '{"standin-us": {"accounts": "http://127.0.0.1:9", "api": {"production": "http://127.0.0.1:9"}}}'


def load(**environment: str) -> tuple[int, str]:
    """What gunicorn, Celery and `manage.py` do first: exit code and what was said."""
    with started([sys.executable, "-c", "import console.settings"], **environment) as process:
        return process.ended()


def refused(tmp_path: Path, **more: str) -> str:
    code, said = load(**{**documented(tmp_path), **more})
    assert code == 1
    assert "canary" not in said
    return said.split("django.core.exceptions.ImproperlyConfigured: ")[1]


def test_the_documented_settings_load_and_keep_cookies_to_this_host_and_to_tls(tmp_path: Path) -> None:
    asked = (
        "from console import settings as s; "
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, "
        "s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE)"
    )
    with started([sys.executable, "-c", asked], **documented(tmp_path)) as process:
        code, said = process.ended()
    assert (code, said.split()) == (
        0,
        ["__Host-console-session", "__Host-console-csrf", *["True"] * 4, "Lax", "Lax"],
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CRM_HOME_DC", "mars", "CRM_HOME_DC is 'mars'; it may be us, eu, in"),
        ("CRM_API_VERSION", "9", "CRM_API_VERSION is '9'; it may be 7, 8."),
        ("CONSOLE_LOG_LEVEL", "loud", "CONSOLE_LOG_LEVEL is 'LOUD'; it may be DEBUG, INFO"),
        ("CONSOLE_KEEP_DAYS", "३", "CONSOLE_KEEP_DAYS is '३'; it takes a whole number"),
        ("CONSOLE_KEEP_DAYS", "²", "CONSOLE_KEEP_DAYS is '²'; it takes a whole number"),
        ("CONSOLE_ORGS", "808232144", "CONSOLE_ORGS holds '808232144'"),
        ("CONSOLE_ORGS", "eu:808232144,mars:1", "CONSOLE_ORGS holds 'mars:1'"),
        ("CONSOLE_URL", "", "CONSOLE_URL is not set"),
        ("CONSOLE_URL", "https://console.example.com:99999", "CONSOLE_URL is 'https://console.example.com:99999'"),
        ("CONSOLE_URL", "https://console.example.com/crm", "CONSOLE_URL is 'https://console.example.com/crm'"),
        ("CONSOLE_URL", "https://con sole", "CONSOLE_URL is 'https://con sole'"),
        ("CONSOLE_URL", "console.example.com", "CONSOLE_URL is 'console.example.com'"),
        ("CONSOLE_KEEP_DAYS", "9" * 5000, "CONSOLE_KEEP_DAYS is '99999999999999999999'; it takes a whole number"),
        ("CONSOLE_LOG_FILE", "/nowhere/console.log", "CONSOLE_LOG_FILE is '/nowhere/console.log'"),
        ("CONSOLE_TOKEN_KEYS", "short", "Key 1 of CONSOLE_TOKEN_KEYS is not 32 bytes"),
        ("CONSOLE_TOKEN_KEYS", " , ,", "CONSOLE_TOKEN_KEYS holds no key"),
        ("CONSOLE_TRUSTED_PROXIES", "proxy.internal", "CONSOLE_TRUSTED_PROXIES holds 'proxy.internal'"),
        ("CRM_DC_TABLE", "/nowhere.json", "CRM_DC_TABLE replaces the built-in table"),
        ("CRM_ALLOW_LOOPBACK", "1", "CONSOLE_URL is a public address, but CRM_ALLOW_LOOPBACK=1"),
        ("CRM_CLIENT_SECRET_EUU", "x", "CRM_CLIENT_SECRET_EUU names no data centre"),
    ],
)
def test_an_operator_reads_what_is_wrong(tmp_path: Path, name: str, value: str, words: str) -> None:
    assert words in refused(tmp_path, **{name: value})


KEYS = ["a2V5IG9uZSBrZXkgb25lIGtleSBvbmUga2V5IG9uZTE=", "a2V5IHR3byBrZXkgdHdvIGtleSB0d28ga2V5IHR3bzI="]


@pytest.mark.parametrize("between", [",", "\n", ", ", ",\n", "\r\n", " "])
def test_no_key_is_lost_whatever_stands_between_them(monkeypatch: pytest.MonkeyPatch, between: str) -> None:
    monkeypatch.setenv("SOME_KEYS", between.join(KEYS) + "\n")
    assert env.token_keys("SOME_KEYS", "keys") == KEYS


WRONG = {
    "two in one": "".join(KEYS),
    "more behind it": f"{KEYS[0]}!!",
    "semicolon": f"{KEYS[0]};{KEYS[1]}",
    "byte order mark": f"\ufeff{KEYS[0]}",
    "cut": KEYS[0][:-1],
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_not_wholly_a_key_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("SOME_KEYS", wrong)
    with pytest.raises(ImproperlyConfigured, match="Key 1 of SOME_KEYS is not 32 bytes") as refusal:
        env.token_keys("SOME_KEYS", "keys")
    assert KEYS[0][:8] not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read"), ("{", "is no JSON"), ("[" * 100_000, "is no JSON"), ("{}", "no data centres")],
)
def test_a_table_that_cannot_be_used_is_named(tmp_path: Path, content: str | None, words: str) -> None:
    table = tmp_path / "table.json"
    if content is not None:
        table.write_text(content)
    here = {"CONSOLE_URL": "http://localhost:8000", "CRM_ALLOW_LOOPBACK": "1", "CRM_DC_TABLE": str(table)}
    said = refused(tmp_path, **here, CONSOLE_ORGS="", CRM_HOME_DC="")
    assert words in said
    assert str(table) in said
    table.write_text(LOOPBACK_TABLE)
    assert load(**{**documented(tmp_path), **here, "CONSOLE_ORGS": "", "CRM_HOME_DC": ""}) == (0, "")


def test_the_home_data_centre_needs_credentials(tmp_path: Path) -> None:
    assert "CRM_CLIENT_SECRET_EU" in refused(tmp_path, CRM_CLIENT_SECRET="", CRM_CLIENT_SECRET_US="canary")
    assert load(**{**documented(tmp_path), "CRM_CLIENT_SECRET": "", "CRM_CLIENT_SECRET_EU": "canary"}) == (0, "")


# --- credentials -----------------------------------------------------------------------------------------------------


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Reads credentials from exactly these variables."""
    for name in ("CRM_CLIENT_ID", "CRM_CLIENT_SECRET"):
        monkeypatch.delenv(name)

    def read(**variables: str) -> dict[str, tuple[str, str]]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return env.credentials("from Zoho", ["us", "eu", "standin-eu"])

    return read


def test_a_secret_of_one_data_centre_belongs_to_the_shared_client(registered: Any) -> None:
    found = registered(CRM_CLIENT_ID="id", CRM_CLIENT_SECRET="shared", CRM_CLIENT_SECRET_EU="european")
    assert found == {"": ("id", "shared"), "eu": ("id", "european")}


def test_a_secret_of_one_data_centre_may_come_as_a_file(registered: Any, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("european\n")
    found = registered(CRM_CLIENT_ID="id", CRM_CLIENT_SECRET_STANDIN_EU_FILE=str(tmp_path / "secret"))
    assert found == {"standin-eu": ("id", "european")}


def test_a_data_centre_may_have_a_client_of_its_own(registered: Any) -> None:
    assert registered(CRM_CLIENT_ID_EU="own", CRM_CLIENT_SECRET_EU="european") == {"eu": ("own", "european")}


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({"CRM_CLIENT_ID": "id"}, "CRM_CLIENT_SECRET is not set"),
        ({"CRM_CLIENT_SECRET": "shared"}, "CRM_CLIENT_ID is not set"),
        ({"CRM_CLIENT_SECRET_EU": "european"}, "CRM_CLIENT_ID is not set"),
        ({"CRM_CLIENT_ID": "id", "CRM_CLIENT_SECRET": "shared", "CRM_CLIENT_ID_EU": "own"}, "CRM_CLIENT_SECRET_EU is"),
        ({}, "CRM_CLIENT_ID and CRM_CLIENT_SECRET are not set"),
    ],
)
def test_half_a_registration_is_named(registered: Any, variables: dict[str, str], missing: str) -> None:
    with pytest.raises(env.ImproperlyConfigured, match=missing):
        registered(**variables)


# --- servers ---------------------------------------------------------------------------------------------------------


def test_a_pooled_connection_is_looked_at_before_it_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """After a restart of the server each pooled connection would fail one page."""
    monkeypatch.setenv("DATABASE_URL", "postgres://console@127.0.0.1:5432/console")
    assert env.database("DATABASE_URL", tmp_path / "unused")["CONN_HEALTH_CHECKS"] is True


def test_the_broker_may_come_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "broker").write_text("redis://:canary-password@127.0.0.1:6379/5\n")
    settings = {**documented(tmp_path), "CELERY_BROKER_URL_FILE": str(tmp_path / "broker")}
    show = "import console.settings as s; print(s.CELERY_BROKER_URL.endswith(':6379/5'))"
    with started([sys.executable, "-c", show], **settings) as process:
        assert process.ended() == (0, "True\n")
