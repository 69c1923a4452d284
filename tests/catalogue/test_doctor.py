"""The scope doctor: why a page is empty, and two clicks to get it working."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from console.catalogue.pages import pages
from console.connections.models import Connection
from console.connections.scopes import READ_SCOPES, WRITE_SCOPES
from console.jobs import registry, services
from console.jobs.handle import JobHandle
from console.page_names import PAGE_NAMES, page_name
from crm_client.scopes import is_known
from crm_client.standin import StandIn
from tests.cast import Page, Person, person

LITTLE = ["ZohoCRM.org.READ", "ZohoCRM.users.READ", "ZohoCRM.apis.READ"]


@pytest.fixture
def nora(standin: StandIn, db: None) -> Person:
    """Alice as she would be had she granted little."""
    return person(standin, "demo", "alice", LITTLE)


def asked(answer: Any) -> list[str]:
    """The scopes that the way to Zoho asks for."""
    return parse_qs(urlsplit(answer.context["url"]).query)["scope"][0].replace(",", " ").split()


def press(who: Person, page: Page, button: str) -> Any:
    """Presses a button of the page by the form it is in."""
    form = next(form for form in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if button in form)
    action = html.unescape(re.search(r'action="([^"]*)"', form)[1])  # type: ignore[index]
    fields = [
        (name, html.unescape(value)) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    ]
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return who.client.post(action, data)


def test_every_page_of_the_console_says_what_it_needs() -> None:
    """A page without `@needs(...)` is a hole in the doctor's table; one that makes no call says `@needs()`."""
    assert len(pages()) > 20
    assert [page.name for page in pages() if not page.declared] == []


def test_every_scope_that_a_page_needs_exists_and_the_console_can_ask_for_it() -> None:
    assert [(page.name, scope) for page in pages() for scope in page.needs if not is_known(scope)] == []


def test_every_page_of_the_console_is_in_the_doctors_table(nora: Person) -> None:
    text = nora.get("/catalogue/doctor/").text
    assert [page.name for page in pages() if f'data-page="{page.name}"' not in text] == []


def test_every_page_has_a_name_that_people_would_call_it_by(nora: Person) -> None:
    assert [page.name for page in pages() if page.name not in PAGE_NAMES] == [], "console/page_names.py lacks these"
    text = nora.get("/catalogue/doctor/").text
    assert '<span class="room-name">Credits</span>' in text
    assert "<strong>Layouts of a module</strong> lacks" in text
    assert page_name("gone:old_page") == "Gone: Old page"


def test_nora_finds_out_why_a_page_is_empty_and_gets_it_working_in_two_clicks(nora: Person, standin: StandIn) -> None:
    empty = nora.get("/modules/Leads/layouts/")
    assert "CRM-SCOPE" in empty.text
    link = html.unescape(re.search(r'href="(/c/[^"]*/catalogue/doctor/\?[^"]*)"', empty.text)[1])  # type: ignore[index]

    doctor = Page(nora.client.get(link))  # the first click
    assert "Not granted" in doctor.text
    assert "ZohoCRM.settings.layouts.READ" in doctor.text
    to_zoho = press(nora, doctor, "Ask Zoho for")  # the second
    back = urlsplit(standin.sign_in(to_zoho.context["url"], "alice", "demo"))
    landed = nora.client.get(f"{back.path}?{back.query}")

    assert landed.headers["Location"] == nora.at("/modules/Leads/layouts/")
    page = nora.get("/modules/Leads/layouts/")
    assert page.status == 200
    assert "CRM-SCOPE" not in page.text


def test_consent_is_asked_for_exactly_what_is_missing_and_nothing_is_lost(nora: Person) -> None:
    doctor = nora.get("/catalogue/doctor/", scope="ZohoCRM.settings.wizards.READ")
    assert sorted(asked(press(nora, doctor, "Ask Zoho for"))) == sorted([*LITTLE, "ZohoCRM.settings.wizards.READ"])


def test_one_button_asks_for_all_that_the_pages_lack_for_reading(nora: Person) -> None:
    lacking = {scope for page in pages() for scope in page.needs} - set(LITTLE) - set(WRITE_SCOPES)
    doctor = nora.get("/catalogue/doctor/")
    answer = press(nora, doctor, "that the console lacks")
    assert set(asked(answer)) == lacking | set(LITTLE)
    assert f"/connections/{nora.connection.slug}/changes/?next=" in doctor.text  # the second, explained consent


def test_a_scope_that_zoho_does_not_know_is_never_sent(nora: Person) -> None:
    page = nora.get("/catalogue/doctor/", scope="ZohoCRM.everything.ALL")
    assert "Unknown to the console" in page.text
    slug = nora.connection.slug
    answer = nora.client.post(
        f"/connections/{slug}/reconnect/", {"scope": ["ZohoCRM.everything.ALL", "zohocrm.settings.FIELDS.read"]}
    )
    assert sorted(asked(answer)) == sorted([*LITTLE, "ZohoCRM.settings.fields.READ"])


def test_signing_in_again_keeps_what_was_granted_beyond_the_usual(standin: StandIn, db: None) -> None:
    wide = person(standin, "demo", "alice", [*READ_SCOPES, "ZohoCRM.modules.ALL"])
    answer = wide.client.post(f"/connections/{wide.connection.slug}/reconnect/", {})
    assert set(asked(answer)) == {*READ_SCOPES, "ZohoCRM.modules.ALL"}


def test_a_granted_scope_needs_no_button(alice: Person) -> None:
    page = alice.get("/catalogue/doctor/", scope="ZohoCRM.settings.fields.READ")
    assert "your profile in Zoho CRM lacks the permission" in page.text
    assert "Ask Zoho for 1" not in page.text


def test_ticked_operations_get_the_smallest_set_of_scopes(alice: Person) -> None:
    ops = ["GET /Leads", "POST /Leads", "GET /Deals", "GET /Leads/{{id}}", "GET /no/such"]
    text = Page(alice.client.get(alice.at("/catalogue/doctor/"), {"op": ops})).text
    assert "Smallest set for 4 operations" in text
    assert "ZohoCRM.modules.deals.READ,ZohoCRM.modules.leads.CREATE,ZohoCRM.modules.leads.READ" in text
    assert "ZohoCRM.modules.ALL" in text


def test_the_doctor_works_when_the_catalogue_cannot_be_read(standin: StandIn, db: None) -> None:
    nobody = person(standin, "demo", "alice", ["ZohoCRM.org.READ"])
    page = nobody.get("/catalogue/doctor/")
    assert page.status == 200
    assert 'data-page="modules:fields"' in page.text
    assert "CRM-SCOPE" in page.text


def test_after_consent_the_connection_has_the_new_scopes(nora: Person, standin: StandIn) -> None:
    answer = press(nora, nora.get("/catalogue/doctor/", scope="ZohoCRM.settings.wizards.READ"), "Ask Zoho for")
    back = urlsplit(standin.sign_in(answer.context["url"], "alice", "demo"))
    nora.client.get(f"{back.path}?{back.query}")
    assert set(Connection.objects.get().scope_list) == {*LITTLE, "ZohoCRM.settings.wizards.READ"}


@pytest.mark.parametrize("next_", ["https://evil.test/", "//evil.test", "javascript:alert(1)", "/\\evil"])
def test_the_way_back_is_always_ours(nora: Person, next_: str) -> None:
    text = nora.get("/catalogue/doctor/", scope="ZohoCRM.settings.wizards.READ", next=next_).text
    assert "evil" not in text
    assert "javascript:" not in text


def test_wherever_access_is_missing_a_link_leads_to_the_doctor(nora: Person) -> None:
    """A page, a part of a page, a message after a refresh, the page about the connection."""
    wanted = "/catalogue/doctor/?scope=ZohoCRM.settings."
    assert wanted in nora.get("/modules/Leads/fields/").text
    assert wanted in nora.get("/").text
    nora.post("/refresh/")
    assert "/catalogue/doctor/?next=" in nora.get("/").text
    assert wanted in Page(nora.client.get(f"/connections/{nora.connection.slug}/")).text


def test_a_job_that_lacks_a_scope_leads_to_the_doctor(nora: Person) -> None:
    def ask(handle: JobHandle) -> None:
        handle.crm.modules.all()

    registry.register("ask", ask)
    try:
        job = services.start(nora.connection, nora.user, "ask", "Ask for the modules")
        services.run(job.pk)
    finally:
        registry.unregister("ask")
    assert "/catalogue/doctor/" in nora.get(f"/jobs/{job.pk}/").text


def test_the_page_one_comes_from_names_what_it_needs(nora: Person) -> None:
    text = nora.get("/catalogue/doctor/", next=nora.at("/modules/")).text
    assert "Missing: 1 scope" in text
    assert "ZohoCRM.settings.modules.READ" in text
