"""What keeps the console from sending a secret, a token or a person to the wrong CRM."""

from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from celery import current_app
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from console.audit.models import Entry
from console.connections import table
from console.connections.checks import check_mode, check_public
from console.connections.models import Connection
from crm_client.datacentres import BUILT_IN
from crm_client.errors import SignInRefused
from tests.cast import Person
from tests.connections.browsers import address_in


@pytest.fixture
def real(settings: Any) -> Any:
    """A console for the real CRM, as far as nothing is sent."""
    settings.CRM_DC_TABLE = ""
    settings.CRM_HOME_DC = "eu"
    settings.CRM_CREDENTIALS = {"": ("id", "secret")}
    return settings


def test_the_home_data_centre_is_offered_first(real: Any) -> None:
    keys = [dc.key for dc in table.choices()]
    assert keys[0] == "eu"
    assert set(keys) == {key for key, dc in BUILT_IN.items() if dc.enabled_by_default}


def test_only_data_centres_with_credentials_are_offered(real: Any) -> None:
    real.CRM_CREDENTIALS = {"eu": ("id", "secret"), "uk": ("id", "another")}
    assert [dc.key for dc in table.choices()] == ["eu", "uk"]


@pytest.mark.django_db
@pytest.mark.parametrize("named", [{"accounts-server": "https://accounts.zoho.ae"}, {"location": "ae"}])
def test_the_shared_secret_never_goes_to_a_host_that_is_off_by_default(real: Any, named: dict[str, str]) -> None:
    browser = Client()
    address = address_in(browser.post("/sign-in/", {"dc": "eu"}))
    state = parse_qs(urlsplit(address).query)["state"][0]
    page = browser.get("/sign-in/callback/", {"state": state, "code": "1000.a.b", **named})
    assert page.status_code == 400
    assert Entry.objects.filter(action="sign_in.foreign_server").count() == 1
    real.CRM_CREDENTIALS = {"": ("id", "secret"), "ae": ("id", "another")}
    assert "ae" in table.believed()


def test_a_data_centre_without_credentials_names_the_variable(real: Any) -> None:
    real.CRM_CREDENTIALS = {"eu": ("id", "secret")}
    assert table.app_for(BUILT_IN["eu"]).client_secret == "secret"
    with pytest.raises(SignInRefused, match="CRM_CLIENT_SECRET_US is not set"):
        table.app_for(BUILT_IN["us"])


def test_a_stand_in_is_not_spoken_to_without_leave(settings: Any) -> None:
    settings.CRM_ALLOW_LOOPBACK = False
    with pytest.raises(ImproperlyConfigured, match="needs CRM_ALLOW_LOOPBACK=1"):
        table.data_centres()


@pytest.mark.django_db
@pytest.mark.parametrize(("column", "unknown"), [("dc", "standin-mars"), ("environment", "developer")])
def test_alice_of_a_place_that_the_table_does_not_hold_reads_why_her_page_is_not_there(
    alice: Person, column: str, unknown: str
) -> None:
    Connection.objects.filter(pk=alice.connection.pk).update(**{column: unknown})
    page = alice.get("/modules/")
    assert page.status == 502
    assert 'data-error-code="SIGNIN-REFUSED"' in page.text
    assert unknown in page.text


def test_a_demo_does_not_open_in_a_console_for_the_real_crm(alice: Person, real: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"a stand-in CRM .* database of its own"):
        table.refuse_foreign_connections()


def test_a_real_organisation_does_not_open_in_a_demo(alice: Person) -> None:
    table.refuse_foreign_connections()
    Connection.objects.filter(pk=alice.connection.pk).update(dc="eu")
    with pytest.raises(ImproperlyConfigured, match=r"the real Zoho CRM, .* database of its own"):
        table.refuse_foreign_connections()


PUBLIC = {
    "IS_PUBLIC": True, "IS_HTTPS": True, "CONSOLE_ORGS": ["eu:808232144"], "CRM_DC_TABLE": "",
    "CRM_ALLOW_LOOPBACK": False, "CELERY_BROKER_URL": "redis://broker:6379/0",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, ""),
        ({"SECRET_KEY": "short"}, "console.E001"),
        ({"TOKEN_KEYS": []}, "console.E002"),
        ({"SECRET_KEY": "k" * 44, "TOKEN_KEYS": ["new", "k" * 44]}, "console.E003"),
        ({"IS_HTTPS": False}, "console.E005"),
        ({"CONSOLE_ORGS": []}, "console.E006"),
        ({"CELERY_TASK_ALWAYS_EAGER": True}, "console.E007"),
        ({"CELERY_BROKER_URL": "memory://localhost/"}, "console.E008"),
        ({"DEBUG": True}, "console.E009"),
        ({"DEBUG": True, "IS_PUBLIC": False}, "console.E009"),
        ({"CRM_ALLOW_LOOPBACK": True}, "console.E010"),
        ({"CRM_DC_TABLE": "/some/table.json"}, "console.E010"),
        ({"TRUSTED_PROXIES": [ip_network("10.0.0.0/8"), ip_network("::/0")]}, "console.E011"),
    ],
)
def test_what_a_public_console_must_not_be(settings: Any, changed: dict[str, Any], found: str) -> None:
    """As `manage.py check --deploy` finds it, so that a check that is not registered is none."""
    for name, value in {**PUBLIC, **changed}.items():
        setattr(settings, name, value)
    problems = run_checks(include_deployment_checks=True)
    ours = [problem for problem in problems if str(problem.id).startswith("console.")]
    assert [problem.id for problem in ours] == ([found] if found else [])
    assert all(problem.hint for problem in ours)


def test_an_eager_celery_is_found_in_celery_itself() -> None:
    assert check_mode() == []
    current_app.conf.update(task_always_eager=True)
    try:
        assert [problem.id for problem in check_mode()] == ["console.E007"]
    finally:
        current_app.conf.update(task_always_eager=False)


def test_a_demo_may_have_everything_a_demo_has(settings: Any) -> None:
    settings.DEBUG = True
    assert check_mode() == []


def test_a_public_console_needs_a_broker_that_workers_share(settings: Any) -> None:
    settings.IS_PUBLIC = settings.IS_HTTPS = True
    settings.CONSOLE_ORGS = ["eu:808232144"]
    settings.CELERY_BROKER_URL = "memory://"
    assert [problem.id for problem in check_public()] == ["console.E008"]
    settings.CELERY_BROKER_URL = "redis://broker:6379/0"
    assert check_public() == []


@pytest.mark.django_db
def test_the_sign_in_page_offers_what_has_credentials(real: Any) -> None:
    real.CRM_CREDENTIALS = {"eu": ("id", "secret"), "in": ("id", "another")}
    page = Client().get("/sign-in/").content.decode()
    assert "Europe" in page
    assert "India" in page
    assert "Japan" not in page
