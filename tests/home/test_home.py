"""The organisation at a glance."""

import time
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from console.connections.models import Connection
from console.home.access import access
from crm_client.standin import StandIn
from tests.cast import Person, person
from tests.submissions.written import in_every_state

pytestmark = pytest.mark.django_db

PARTS = {
    "/crm/v8/org": ("You in this organisation", "Administrator"),
    "/crm/v8/users": ("Organisation", "Enterprise"),
    "/crm/v8/settings/modules": ("Organisation", "Enterprise"),
}


def test_alice_sees_her_organisation_and_herself_in_it(alice: Person, standin: StandIn) -> None:
    page = alice.get("/")
    org = standin.organisation("demo").org
    for words in (
        "Halden &amp; Moreau Lending",
        "Production",
        org["time_zone"],
        org["currency"],
        "Administrator",
        "CEO",
    ):
        assert words in page.text, words
    assert org["license_details"]["paid_type"].capitalize() in page.text
    assert len(standin.ledger()) == 3


def test_opening_it_again_asks_the_crm_nothing(alice: Person, standin: StandIn) -> None:
    alice.get("/")
    alice.get("/")
    assert len(standin.ledger()) == 3


def test_it_takes_few_statements(alice: Person) -> None:
    alice.get("/")
    with CaptureQueriesContext(database) as captured:
        alice.get("/")
    assert len(captured) <= 12


def test_bob_sees_his_own_profile(bob: Person) -> None:
    page = bob.get("/")
    assert "Read only" in page.text
    assert "data-error-code" not in page.text


def test_a_sandbox_is_told_from_production(standin: StandIn) -> None:
    dora = person(standin, "demo-sandbox", "alice")
    page = dora.get("/")
    assert 'data-environment="sandbox"' in page.text
    assert '<span class="badge env-sandbox">Sandbox</span>' in page.text


def test_modules_are_counted_by_kind_and_lead_to_the_filtered_list(alice: Person, standin: StandIn) -> None:
    standin.organisation("demo").modules[0]["generated_type"] = "quantum & co"
    page = alice.get("/")
    customs = sum(one["generated_type"] == "custom" for one in standin.organisation("demo").modules)
    assert f'?kind=custom"><span><bdi>custom</bdi></span><b>{customs}</b>' in page.text
    assert "?kind=quantum%20%26%20co" in page.text


@pytest.mark.parametrize("path", PARTS)
def test_a_part_that_cannot_be_read_leaves_the_others(alice: Person, standin: StandIn, path: str) -> None:
    standin.fault("html", {"status": 502}, match={"path": path})
    page = alice.get("/")
    assert page.status == 200
    assert page.text.count('<section class="problem"') == 1
    for words in PARTS[path]:
        assert words in page.text


def test_a_crm_that_answers_nothing_at_all_leaves_a_page(alice: Person, standin: StandIn) -> None:
    standin.fault("no_permission")
    page = alice.get("/")
    assert page.status == 200
    assert page.text.count('data-error-code="CRM-DENIED"') == 3
    assert "What this connection allows" in page.text


def test_three_slow_parts_take_no_longer_than_one(alice: Person, standin: StandIn, settings: Any) -> None:
    settings.CRM_WEB_DEADLINE_S = 0.6
    standin.fault("drip", {"bytes_per_s": 5})
    began = time.monotonic()
    page = alice.get("/")
    assert time.monotonic() - began < 1.5
    assert page.status == 200
    assert page.text.count('data-error-code="CRM-SLOW"') == 3


def test_refreshing_asks_for_every_part_and_says_what_failed(alice: Person, standin: StandIn) -> None:
    alice.get("/")
    standin.fault("no_permission", match={"path": "/crm/v8/org"})
    assert alice.post("/refresh/").status == 302
    assert len(standin.ledger()) == 6
    page = alice.get("/")
    assert page.text.count('data-error-code="CRM-DENIED"') == 1
    assert "Enterprise" in page.text


def test_a_crm_that_is_down_is_told_once_with_what_is_shown_instead(alice: Person, standin: StandIn) -> None:
    alice.get("/")
    standin.fault("status", {"status": 503})
    alice.post("/refresh/")
    page = alice.get("/")
    assert page.text.count("What is shown is the copy of before.") == 1
    assert "Enterprise" in page.text


def test_what_the_scopes_do_not_allow_is_named_page_by_page(standin: StandIn) -> None:
    eve = person(standin, "demo", "alice", scopes=["ZohoCRM.org.READ", "ZohoCRM.settings.modules.READ"])
    page = eve.get("/")
    fields = page.text.split('<th scope="row">Fields</th>')[1].split("</tr>")[0]
    modules = page.text.split('<th scope="row">Modules</th>')[1].split("</tr>")[0]
    assert "does not work" in fields
    assert "<code>ZohoCRM.settings.fields.READ</code>" in fields
    assert "works" in modules
    assert "missing" not in modules
    assert "Connect again" in page.text


def test_every_room_that_reads_is_named_and_changes_are_offered(standin: StandIn) -> None:
    eve = person(standin, "demo", "alice", scopes=["ZohoCRM.org.READ", "ZohoCRM.settings.ALL"])
    page = eve.get("/")
    for what in ("Records", "Queries (COQL)"):
        row = page.text.split(f'<th scope="row">{what}</th>')[1].split("</tr>")[0]
        assert "does not work" in row, what
    assert "works" in page.text.split('<th scope="row">Wizards</th>')[1].split("</tr>")[0]
    assert "/changes/?next=" in page.text


def test_what_is_under_way_and_what_was_spent_stand_on_top(alice: Person, bob: Person) -> None:
    assert "<b>0</b> submissions of yours not finished" in alice.get("/").text
    submission = in_every_state(alice.connection)
    page = alice.get("/")
    assert "<b>1</b> submission of yours not finished" in page.text
    assert f"/submissions/{submission.pk}/" in page.text
    assert "<b>3</b> credits spent here in 24 hours, of about" in page.text
    assert f"/submissions/{submission.pk}/" not in bob.get("/").text


def test_a_wider_scope_counts_for_what_it_covers() -> None:
    needs = {"Fields": ("ZohoCRM.settings.fields.READ",), "Home": ("ZohoCRM.org.READ",)}
    found = {page.page: list(page.lacks) for page in access(["ZohoCRM.settings.ALL"], needs)}
    assert found == {"Fields": [], "Home": ["ZohoCRM.org.READ"]}


def test_credits_are_shown_as_the_crm_said_them(alice: Person) -> None:
    assert "has not said how many are left" in alice.get("/").text
    Connection.objects.filter(pk=alice.connection.pk).update(credits_left=12345, credits_seen_at="2026-01-01T00:00:00Z")
    assert "<b>12,345</b> left" in alice.get("/").text


def test_the_switcher_leads_to_the_same_room_of_the_other_organisation(alice: Person, standin: StandIn) -> None:
    other = Connection.objects.create(
        user=alice.user, state=Connection.State.ACTIVE, dc="standin-us", environment="sandbox", zgid="1",
        org_name="Second <b>", crm_user_id="2", crm_user_name="Alice", scopes="",
    )  # fmt: skip
    page = alice.get("/modules/Leads/")
    assert f'href="/c/{other.slug}/modules/"' in page.text
    assert "Second &lt;b&gt;" in page.text
    assert f'href="/c/{other.slug}/"' in alice.get("/").text


def test_charlie_finds_nothing_at_alices_home(alice: Person, charlie: Person) -> None:
    assert charlie.client.get(alice.at("/")).status_code == 404
    assert charlie.client.post(alice.at("/refresh/")).status_code == 404
