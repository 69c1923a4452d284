"""The second consent: reading first, changes only when asked for, and back again (D3)."""

import html
import json
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from console.audit.models import Entry
from console.connections.scopes import READ_SCOPES, WRITE_SCOPES, for_reading, for_writing, may_write
from crm_client.standin import StandIn
from tests.cast import Person, connect, person
from tests.connections.at_zoho import asked, come_back, of, sign_in

pytestmark = pytest.mark.django_db

EVERYTHING = [*READ_SCOPES, *WRITE_SCOPES]


def _changes(someone: Person, **data: str) -> Any:
    return someone.client.post(f"/connections/{someone.connection.slug}/changes/", data)


def _text(page: Any) -> str:
    return html.unescape(page.content.decode())


def test_the_first_sign_in_asks_for_reading_only(standin: StandIn) -> None:
    page = Client().post("/sign-in/", {"dc": "standin-us"})
    assert asked() == READ_SCOPES
    assert not may_write(asked())
    assert "CREATE" not in page.content.decode()


def test_alice_reads_what_changes_open_before_she_agrees(alice: Person) -> None:
    page = alice.client.get(f"/connections/{alice.connection.slug}/changes/", {"next": "/c/x/"})
    assert "delete records" in _text(page)
    assert "Nothing changes by itself" in _text(page)
    assert not Entry.objects.exists()  # only a POST begins


def test_alice_allows_changes_and_loses_nothing(standin: StandIn) -> None:
    alice = person(standin, "demo", "alice", [*READ_SCOPES, "ZohoCRM.settings.tags.READ"])
    page = come_back(alice.client, standin, _changes(alice, next=alice.at("/modules/")), "alice", "demo")
    assert page.redirect_chain[-1][0] == alice.at("/modules/")
    assert "may now create, change and delete records in Halden & Moreau Lending" in _text(page)
    stored = of("alice", "demo", standin)
    assert stored.pk == alice.connection.pk
    assert set(stored.scope_list) == {*EVERYTHING, "ZohoCRM.settings.tags.READ"}
    assert stored.may_write
    assert standin.living_tokens("demo", "alice")["refresh"] == 1
    assert Entry.objects.filter(action="connection.writing_allowed", connection=stored.slug).count() == 1


def test_alice_who_does_not_agree_still_reads(standin: StandIn, alice: Person) -> None:
    page = come_back(alice.client, standin, _changes(alice), "alice", "demo", accept=False)
    assert "Zoho did not give access" in _text(page)
    assert not of("alice", "demo", standin).may_write
    assert alice.get("/modules/").status == 200


def test_alice_who_grants_only_part_of_it_is_told_that_nothing_was_opened(standin: StandIn, alice: Person) -> None:
    some = [*READ_SCOPES, "ZohoCRM.modules.CREATE"]
    page = come_back(alice.client, standin, _changes(alice), "alice", "demo", scopes=some)
    assert "did not grant all that changes need" in _text(page)
    assert not of("alice", "demo", standin).may_write


def test_alice_goes_back_to_reading_and_the_old_token_is_over(standin: StandIn) -> None:
    alice = person(standin, "demo", "alice", EVERYTHING)
    wide = alice.connection.refresh_token
    page = come_back(alice.client, standin, _changes(alice, end="1"), "alice", "demo")
    assert "can only read in Halden & Moreau Lending" in _text(page)
    stored = of("alice", "demo", standin)
    assert set(stored.scope_list) == set(READ_SCOPES)
    assert stored.refresh_token != wide
    assert standin.living_tokens("demo", "alice")["refresh"] == 1
    assert Entry.objects.filter(action="connection.writing_ended").count() == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_signing_in_again_does_not_take_the_second_consent_away(standin: StandIn, is_known: bool) -> None:
    """Whether Zoho asks for consent again (a new browser) or not, it is asked for reading only."""
    before = connect(standin, "demo", "alice", EVERYTHING)
    browser = Client()
    if is_known:
        browser.cookies["console-dc"] = "standin-us"
    sign_in(browser, standin, "alice", "demo")
    assert set(asked()) == set(READ_SCOPES)
    stored = of("alice", "demo", standin)
    assert set(stored.scope_list) == set(EVERYTHING)
    assert (stored.refresh_token, stored.access_token) == (before.refresh_token, before.access_token)
    assert standin.living_tokens("demo", "alice")["refresh"] == 1
    assert browser.get(f"/c/{stored.slug}/modules/").status_code == 200


def test_a_wider_sign_in_that_zoho_no_longer_takes_is_not_kept(standin: StandIn) -> None:
    before = connect(standin, "demo", "alice", EVERYTHING)
    before.state = before.State.NEEDS_SIGN_IN
    before.save()
    sign_in(Client(), standin, "alice", "demo")
    stored = of("alice", "demo", standin)
    assert (stored.state, set(stored.scope_list)) == ("active", set(READ_SCOPES))


def test_what_alice_unticks_at_zoho_she_means(standin: StandIn) -> None:
    connect(standin, "demo", "alice", EVERYTHING)
    sign_in(Client(), standin, "alice", "demo", scopes=READ_SCOPES[:4])
    assert set(of("alice", "demo", standin).scope_list) == set(READ_SCOPES[:4])


def test_scopes_for_writing_and_reading() -> None:
    assert for_writing(["ZohoCRM.modules.ALL"])[0] == "ZohoCRM.modules.ALL"
    assert not {"ZohoCRM.modules.CREATE", "ZohoCRM.modules.READ"} & set(for_writing(["ZohoCRM.modules.ALL"]))
    assert may_write(for_writing([]))
    assert for_reading(["ZohoCRM.modules.ALL", "ZohoCRM.settings.tags.READ"]) == [
        "ZohoCRM.settings.tags.READ",
        *READ_SCOPES,
    ]


def test_the_list_says_which_organisation_may_be_changed(standin: StandIn, alice: Person) -> None:
    connect(standin, "demo-sandbox", "alice", EVERYTHING, user=alice.user)
    page = _text(alice.client.get("/connections/"))
    assert (page.count(">reads only<"), page.count(">reads and changes<")) == (1, 1)


def test_a_page_that_needs_more_leads_to_the_second_consent(alice: Person, rf: Any) -> None:
    page = render_to_string(
        "shared/_needs_write.html",
        {"connection": alice.connection, "request": rf.get("/c/x/records/?a=1"), "what": "create records"},
    )
    assert f"/connections/{alice.connection.slug}/changes/?next=%2Fc%2Fx%2Frecords%2F%3Fa%3D1" in page
    assert "To create records it needs your consent" in page


@pytest.mark.parametrize(("org", "environment"), [("demo", "production"), ("demo-sandbox", "sandbox")])
def test_an_answer_without_api_domain_is_tried_at_each_host_of_the_data_centre(
    standin: StandIn, org: str, environment: str
) -> None:
    token = standin.token(org=org, user="alice", scopes=",".join(READ_SCOPES))
    answer = {name: token[name] for name in ("access_token", "refresh_token")} | {"expires_in": 3600}
    standin.fault("status", {"status": 200, "body": json.dumps(answer)}, match={"path": "/oauth/v2/token"}, count=1)
    sign_in(Client(), standin, "alice", org)
    assert of("alice", org, standin).environment == environment


def test_a_data_centre_that_is_not_offered_cannot_be_chosen(standin: StandIn, settings: Any) -> None:
    settings.CRM_CREDENTIALS = {"standin-us": settings.CRM_CREDENTIALS[""]}
    page = Client().post("/sign-in/", {"dc": "standin-eu"})
    assert page.status_code == 200
    assert "Choose one of the data centres below" in page.content.decode()
