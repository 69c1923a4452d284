"""Who was let in is not in for ever: an account is closed, an organisation is taken off the list (D3)."""

from typing import Any

import pytest
from django.test import Client

from console.connections.models import User
from console.jobs import registry, services
from console.jobs.handle import JobHandle
from console.jobs.models import Job
from crm_client.standin import StandIn
from tests.cast import Person, connect
from tests.connections.browsers import begin, local

pytestmark = pytest.mark.django_db


def _zgid(person: Person) -> str:
    return f"{person.connection.dc}:{person.connection.zgid}"


def test_people_of_an_organisation_that_was_taken_off_the_list_are_out_at_once(
    alice: Person, charlie: Person, settings: Any
) -> None:
    settings.CONSOLE_ORGS = [_zgid(charlie)]
    assert alice.get("/modules/").headers["Location"].startswith("/sign-in/")
    assert alice.client.get("/connections/").headers["Location"].startswith("/sign-in/")
    assert charlie.get("/modules/").status == 200


def test_no_script_and_no_other_sites_form_gets_at_a_cookie(standin: StandIn, db: None) -> None:
    browser = Client()
    assert browser.get(local(standin.sign_in(begin(browser), user="alice", org="demo"))).status_code == 302
    kept = {name.rpartition("-")[2]: (bool(one["httponly"]), one["samesite"]) for name, one in browser.cookies.items()}
    assert kept == dict.fromkeys(("session", "csrf", "dc"), (True, "Lax"))


def test_a_closed_account_is_out_at_once(alice: Person, bob: Person) -> None:
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    assert alice.get("/modules/").headers["Location"].startswith("/sign-in/")
    assert bob.get("/modules/").status == 200


def test_no_token_is_used_of_an_organisation_that_was_taken_off_the_list(
    standin: StandIn, alice: Person, settings: Any
) -> None:
    """It was added by somebody whose own organisation may stay: neither a page nor work in the background asks it."""
    further = connect(standin, "europe", "charlie", user=alice.user)
    settings.CONSOLE_ORGS = [_zgid(alice)]
    page = alice.client.get(f"/c/{further.slug}/modules/")
    assert (page.status_code, b"took this organisation off the list" in page.content) == (502, True)
    registry.register("read_once", _read)
    try:
        job = services.start(further, alice.user, "read_once", "Read once")
        services.run(job.pk)
    finally:
        registry.unregister("read_once")
    assert Job.objects.get(pk=job.pk).error_code == "SIGNIN-REFUSED"
    assert standin.ledger() == []
    assert alice.get("/modules/").status == 200


def _read(handle: JobHandle) -> None:
    handle.crm.org.get()
