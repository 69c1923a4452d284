"""What the console spent at the CRM, booked call by call."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from console.connections import gate
from console.connections.models import Connection
from console.connections.tokens import crm_for
from console.costs import ledger
from console.costs.ledger import SPANS, Book
from console.costs.models import Call
from console.jobs import registry, services
from console.metadata.kept import KeptMetadata
from crm_client.errors import CrmError
from crm_client.standin import StandIn
from tests.cast import Person, person


def spent(standin: StandIn, org: str = "demo") -> int:
    return standin.world.ledger.credits[org]


def booked(who: Person) -> int:
    return sum(Call.objects.filter(zgid=who.connection.zgid).values_list("credits", flat=True))


def test_what_alice_spends_is_what_the_crm_counts_to_the_credit(alice: Person, standin: StandIn) -> None:
    crm = crm_for(alice.connection, gate.page_deadline_s())
    crm.modules.all()
    list(crm.users.all())
    crm.apis.all()
    for path in ("/settings/no_such_thing", "/__features", "/settings/no/such/thing"):
        with pytest.raises(CrmError):  # no address, no scope: refused at the door
            crm.get(path)
    with pytest.raises(CrmError):
        crm.fields.all("No_Such_Module")  # refused after a look: that costs
    with pytest.raises(CrmError):
        crm.transport.request("DELETE", "/org")

    assert booked(alice) == spent(standin) == 4


def test_a_list_through_a_custom_view_costs_three_on_both_sides(standin: StandIn, db: None) -> None:
    alice = person(
        standin, "demo", "alice", ["ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL", "ZohoSearch.securesearch.READ"]
    )
    crm = crm_for(alice.connection, gate.page_deadline_s())
    view = crm.custom_views.all("Leads")[0]
    crm.get("/Leads", fields="Last_Name", cvid=view.id)
    crm.get("/Leads/actions/count")

    assert booked(alice) == spent(standin) == 1 + 3 + 50


def test_the_calls_of_a_sign_in_are_booked_on_who_came(standin: StandIn, db: None) -> None:
    browser = Client()
    page = browser.post("/sign-in/", {"dc": "standin-us", "next": "/"})
    back = urlsplit(standin.sign_in(page.context["url"], "alice", "demo"))
    browser.get(f"{back.path}?{back.query}")

    connection = Connection.objects.get()
    rows = Call.objects.all()
    assert {(row.person, row.zgid, row.page) for row in rows} == {
        (connection.user.identity, connection.zgid, "connections:callback")
    }
    assert sum(row.credits for row in rows) == spent(standin) == 2


def test_a_page_is_named_with_its_calls_and_ids_are_left_out(alice: Person, standin: StandIn) -> None:
    alice.get("/modules/Leads/fields/")
    field = standin.organisation("demo").fields["Leads"][0]["id"]
    crm_for(alice.connection, 15, gate.Purpose(page="modules:field")).fields.get(field, "Leads")

    pages = {row.page for row in Call.objects.all()}
    assert pages == {"modules:fields", "modules:field"}
    assert "/settings/fields/{{id}}" in {row.endpoint for row in Call.objects.all()}


def test_a_job_is_named_with_its_calls(alice: Person, request: pytest.FixtureRequest) -> None:
    registry.register("ask", lambda handle: handle.crm.modules.all() and None)
    request.addfinalizer(lambda: registry.unregister("ask"))
    job = services.start(alice.connection, alice.user, "ask", "Ask for the modules")
    services.run(job.pk)

    assert [(row.job, row.page, row.credits) for row in Call.objects.all()] == [(job.pk, "", 1)]


def test_a_ledger_that_fails_breaks_neither_the_call_nor_a_transaction(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "endpoint_of", lambda path: None)  # which the database refuses
    with transaction.atomic():
        assert crm_for(alice.connection, 15).modules.all()
        assert Connection.objects.exists()


def test_a_call_that_was_not_sent_costs_nothing(alice: Person, standin: StandIn) -> None:
    standin.stop()
    with pytest.raises(CrmError):
        crm_for(alice.connection, 2).org.get()
    assert {row.credits for row in Call.objects.all()} == {0}
    assert {row.status for row in Call.objects.all()} == {None}


def test_the_kept_catalogue_bounds_what_is_booked(alice: Person, standin: StandIn) -> None:
    """An organisation whose own list says that reading its modules costs 4."""
    standin.organisation("demo").apis = [
        {
            "path": "/crm/v8/settings/modules",
            "operation_types": [
                {"method": "GET", "oauth_scope": "ZohoCRM.settings.modules.READ", "min_credits": 4, "max_credits": 4}
            ],
        }
    ]
    crm = crm_for(alice.connection, 15)
    KeptMetadata(alice.connection, crm).apis(8)
    crm.modules.all()

    assert Call.objects.filter(endpoint="/settings/modules").get().credits == 4


def test_alice_sees_sums_of_all_people_but_only_her_own_pages(alice: Person, bob: Person, charlie: Person) -> None:
    for who, page in ((alice, "modules:list"), (bob, "modules:layouts"), (charlie, "home:index")):
        crm_for(who.connection, 15, gate.Purpose(page=page)).modules.all()

    book = Book(alice.connection, alice.user, SPANS[0])

    assert {row.name for row in book.by_person()} == {alice.connection.crm_user_name, bob.connection.crm_user_name}
    assert [row.key for row in book.by_page()] == ["modules:list"]
    assert [(row.key, row.name) for row in book.by_endpoint()] == [("GET", "/settings/modules")]
    assert book.total() == (2, 2)


def test_the_bars_hold_every_hour_and_their_sum_is_the_total(alice: Person) -> None:
    crm_for(alice.connection, 15).modules.all()
    now = timezone.now()
    where = {"dc": alice.connection.dc, "zgid": alice.connection.zgid, "method": "GET", "endpoint": "/x", "ms": 1}
    Call.objects.create(**where, credits=7, at=now - timedelta(hours=5))
    Call.objects.create(**where, credits=9, at=now - timedelta(hours=30))

    for span, total, bars in ((SPANS[0], 8, 24), (SPANS[1], 17, 7), (SPANS[2], 17, 30)):
        book = Book(alice.connection, alice.user, span, now)
        assert len(book.over_time()) == bars
        assert sum(spent for _, spent, _ in book.over_time()) == book.total()[0] == total


def test_limits_that_were_hit_are_told_with_their_time(alice: Person, standin: StandIn) -> None:
    standin.fault("status", {"status": 429, "headers": {"Retry-After": "60"}}, count=1)
    with pytest.raises(CrmError):
        crm_for(alice.connection, 2).modules.all()

    [(code, times, last)] = Book(alice.connection, alice.user, SPANS[0]).limits_hit()

    assert (code, times) == ("TOO_MANY_REQUESTS", 1)
    assert timezone.now() - last < timedelta(minutes=1)


def test_calls_are_forgotten_after_ninety_days(alice: Person) -> None:
    crm_for(alice.connection, 15).modules.all()
    assert ledger.forget() == 0
    assert ledger.forget(timezone.now() + timedelta(days=91)) == 1
