"""Many sign-ins of one person: two tabs in reverse order, 25 reconnects, a token that cannot be kept (AC-08, 20)."""

import contextlib
import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from console.connections import connecting
from console.connections.models import Connection, SignIn
from console.jobs import registry, services
from console.jobs.handle import JobHandle
from console.jobs.models import Job
from console.logs import JsonLines, configuration
from crm_client.standin import StandIn
from tests.cast import Person
from tests.connections.browsers import address_in, begin, local, sign_in_again

pytestmark = pytest.mark.django_db

TEN_MINUTES = 601


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the console writes into its log at level DEBUG, with its own formatter and levels of loggers."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    levels = configuration(file="", level="DEBUG", secrets=[])["loggers"]
    before = {name: logging.getLogger(name).level for name in ["", *levels]}
    for name, said in levels.items():
        logging.getLogger(name).setLevel(said["level"])
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def test_two_tabs_that_finish_in_reverse_order_make_one_connection(standin: StandIn, written: io.StringIO) -> None:
    browser = Client()
    first = local(standin.sign_in(begin(browser), user="alice", org="demo"))
    second = local(standin.sign_in(begin(browser), user="alice", org="demo"))
    verifiers = [sign_in.verifier for sign_in in SignIn.objects.order_by("started_at")]
    assert [browser.get(back).status_code for back in (second, first)] == [302, 302]
    assert browser.get(first).status_code == 400  # neither can be used again
    assert Connection.objects.count() == 1
    assert len(set(verifiers)) == 2
    assert standin.living_tokens("demo", "alice")["refresh"] <= 2
    logging.getLogger().debug("written")
    said = written.getvalue()
    assert "written" in said
    for secret in {*standin.secrets(), *verifiers}:
        assert secret not in said


def test_after_25_reconnects_at_most_two_refresh_tokens_live(standin: StandIn, alice: Person) -> None:
    for _ in range(25):
        standin.advance(TEN_MINUTES / 9)
        sign_in_again(alice, standin)
        assert standin.living_tokens("demo", "alice")["refresh"] <= 2
    assert Connection.objects.count() == 1
    assert standin.living_tokens("demo", "alice")["refresh"] == 1
    assert alice.get("/modules/").status == 200


def test_the_old_token_is_ended_only_after_the_new_one_is_stored(
    standin: StandIn, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the database fails in between, the new one is given back and the old one goes on."""
    page = alice.client.post(f"/connections/{alice.connection.slug}/reconnect/")
    back = local(standin.sign_in(address_in(page), user="alice", org="demo"))

    def fails(self: Connection, **how: Any) -> None:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as broken, contextlib.suppress(DatabaseError):
        broken.setattr(Connection, "save", fails)
        alice.client.get(back)
    assert Connection.objects.get().refresh_token == alice.connection.refresh_token
    assert standin.living_tokens("demo", "alice")["refresh"] == 1
    standin.fault("expire_now")
    assert alice.get("/modules/").status == 200


def test_a_zoho_that_does_not_end_the_old_token_costs_nothing(standin: StandIn, alice: Person) -> None:
    standin.fault("status", {"status": 500}, match={"path": "/oauth/v2/token/revoke"}, count=1)
    sign_in_again(alice, standin)
    assert standin.living_tokens("demo", "alice")["refresh"] == 2
    assert alice.get("/modules/").status == 200


def test_a_token_that_was_stored_while_one_disconnected_is_ended_too(standin: StandIn, alice: Person) -> None:
    """Reconnected in another tab after this one had read the row, which is `alice.connection`."""
    sign_in_again(alice, standin)
    assert connecting.disconnect(None, alice.connection, alice.user)
    assert standin.living_tokens("demo", "alice")["refresh"] == 0


def test_work_of_an_organisation_that_was_disconnected_is_never_sent(standin: StandIn, alice: Person) -> None:
    """Zoho's revoking fails as well, so only what the console destroyed itself holds it back (AC-20)."""

    def read(handle: JobHandle) -> None:
        handle.crm.org.get()

    registry.register("read_once", read)
    try:
        job = services.start(alice.connection, alice.user, "read_once", "Read once")
        standin.fault("status", {"status": 500}, match={"path": "/oauth/v2/token/revoke"})
        page = alice.client.post(f"/connections/{alice.connection.slug}/disconnect/")
        assert "Also remove this console" in page.content.decode()
        calls = len(standin.ledger())
        services.run(job.pk)
    finally:
        registry.unregister("read_once")
    assert len(standin.ledger()) == calls
    ended = Job.objects.get(pk=job.pk)
    assert (ended.state, ended.error_code) == (Job.State.FAILED, "SIGNIN-AGAIN")
    assert "disconnected" in ended.error_text
