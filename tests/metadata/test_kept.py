"""What the CRM told is kept with its age: no second call, and an old copy rather than an empty page (D16)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console.connections import gate
from console.connections.models import Connection
from console.connections.tokens import crm_for
from console.metadata.kept import KeptMetadata
from console.metadata.models import Answer
from crm_client.calls import CallEvent
from crm_client.errors import CrmError, ServerFault
from crm_client.standin import StandIn
from tests.cast import Person

pytestmark = pytest.mark.django_db


def kept_of(person: Person) -> KeptMetadata:
    return KeptMetadata(person.connection, crm_for(person.connection, gate.page_deadline_s()))


def _calls(standin: StandIn) -> int:
    return len(standin.ledger())


def test_a_second_look_costs_no_call(alice: Person, standin: StandIn) -> None:
    first = kept_of(alice).modules()
    before = _calls(standin)
    second = kept_of(alice).modules()
    assert _calls(standin) == before
    assert [module.api_name for module in second.value] == [module.api_name for module in first.value]
    assert second.fetched_at == first.fetched_at


def test_another_process_builds_the_same_objects_from_the_kept_copy(alice: Person, standin: StandIn) -> None:
    first = kept_of(alice).fields("Leads")
    answer = Answer.objects.get(kind="fields", key="Leads")
    Answer.objects.filter(pk=answer.pk).update(fetched_at=answer.fetched_at - timedelta(hours=1))  # not built here yet
    assert kept_of(alice).fields("Leads").value == first.value


def test_what_forms_need_is_kept_too(alice: Person, standin: StandIn) -> None:
    layouts = {module: kept_of(alice).layouts(module).value[0].id for module in ("Deals", "Leads")}
    first = kept_of(alice)
    told = [
        first.pipelines(layouts["Deals"]).value,
        first.dependencies("Leads", layouts["Leads"]).value,
        first.assignment_rules("Leads").value,
    ]
    assert all(told)
    before = _calls(standin)
    kinds = ("pipelines", "dependencies", "assignment_rules")
    Answer.objects.filter(kind__in=kinds).update(fetched_at=timezone.now() - timedelta(hours=1))  # not built here yet
    second = kept_of(alice)
    assert told == [
        second.pipelines(layouts["Deals"]).value,
        second.dependencies("Leads", layouts["Leads"]).value,
        second.assignment_rules("Leads").value,
    ]
    assert _calls(standin) == before


def test_a_key_that_no_row_holds_is_answered_and_not_kept(alice: Person, standin: StandIn) -> None:
    organisation = standin.organisation()
    layout = organisation.layouts["Leads"][0]
    name = "M" * 110
    organisation.modules.append({**organisation.modules[0], "api_name": name, "id": "1", "api_supported": True})
    organisation.layouts[name] = [layout]
    assert kept_of(alice).dependencies(name, str(layout["id"])).value
    assert not Answer.objects.filter(kind="dependencies").exists()


def test_refreshing_asks_again_and_takes_the_new_answer(alice: Person, standin: StandIn) -> None:
    kept_of(alice).modules()
    before = _calls(standin)
    again = kept_of(alice).modules(refresh=True)
    assert _calls(standin) == before + 1
    assert timezone.now() - again.fetched_at < timedelta(seconds=30)
    assert Answer.objects.filter(kind="modules").count() == 1


def test_a_failed_refresh_shows_the_older_copy_and_why(alice: Person, standin: StandIn) -> None:
    first = kept_of(alice).modules()
    standin.fault("status", {"status": 500})
    again = kept_of(alice).modules(refresh=True)
    assert isinstance(again.problem, ServerFault)
    assert again.value == first.value
    assert again.fetched_at == first.fetched_at


def test_without_a_copy_the_failure_is_the_answer(alice: Person, standin: StandIn) -> None:
    standin.fault("status", {"status": 500})
    with pytest.raises(CrmError):
        kept_of(alice).modules()


def test_bob_never_gets_what_was_kept_for_alice(alice: Person, bob: Person, standin: StandIn) -> None:
    kept_of(alice).modules()
    before = _calls(standin)
    kept_of(bob).modules()
    assert _calls(standin) == before + 1
    assert Answer.objects.filter(kind="modules").count() == 2


def test_a_disconnected_organisation_is_forgotten(alice: Person, standin: StandIn) -> None:
    kept_of(alice).modules()
    page = alice.client.post(f"/connections/{alice.connection.slug}/disconnect/")
    assert page.status_code == 200
    assert not Answer.objects.filter(connection=alice.connection).exists()
    assert Connection.objects.get(pk=alice.connection.pk).refresh_token == ""
    assert alice.get("/modules/").status == 404


def test_an_answer_that_comes_after_disconnecting_is_not_kept(alice: Person, standin: StandIn) -> None:
    def disconnected_meanwhile(connection: Connection, purpose: gate.Purpose, event: CallEvent) -> None:
        Connection.objects.filter(pk=connection.pk).update(state=Connection.State.DISCONNECTED)

    gate.listeners.append(disconnected_meanwhile)
    try:
        kept_of(alice).modules()
    finally:
        gate.listeners.remove(disconnected_meanwhile)
    assert not Answer.objects.exists()


def test_ages_come_without_bodies(alice: Person, standin: StandIn) -> None:
    kept = kept_of(alice)
    kept.fields("Leads")
    kept.fields("Deals")
    assert set(kept.ages("fields")) == {"Leads", "Deals"}
