"""Checking every wizard: a job with progress, and its kept result."""

import pytest

from console.jobs import services
from console.jobs.models import Job
from console.wizards.tasks import CHECK_WIZARDS
from crm_client.standin import StandIn
from tests.cast import Person
from tests.wizards.samples import planted

pytestmark = pytest.mark.django_db


def _run(alice: Person) -> Job:
    alice.post("/wizards/check/start/")
    job = Job.objects.get(kind=CHECK_WIZARDS, state="waiting")
    services.run(job.pk)
    job.refresh_from_db()
    return job


def test_alice_checks_all_wizards_and_finds_what_was_planted(alice: Person) -> None:
    job = _run(alice)
    assert (job.state, job.done, job.total) == ("done", 33, 33)
    found = sorted(
        (part["wizard"], part["layout"], item["code"]) for part in job.result["parts"] for item in part["findings"]
    )
    wanted = sorted(
        (wizard, layout, plant.partition("@")[0]) for wizard, layout, _, plants in planted() for plant in plants
    )
    assert found == wanted
    assert job.result["failures"] == []


def test_the_result_is_kept_with_its_date_and_shown_in_the_list(alice: Person, standin: StandIn) -> None:
    assert "not checked" in alice.get("/wizards/").text
    _run(alice)
    calls = len(standin.ledger())
    page = alice.get("/wizards/check/").text
    assert "33 layouts of wizards, 24 findings." in page
    assert "No button leads to the screen “Old survey”." in page
    assert page.count('data-finding="dead-end"') == 2
    assert alice.get("/wizards/check/", code="dead-end").text.count("data-finding=") == 2
    text = alice.get("/wizards/").text
    assert "not checked" not in text
    assert "1 error" in text.split("Dealership")[1].split("</tr>")[0]
    assert "Loan application" in alice.get("/wizards/", finding="none").text
    assert "Loan application" not in alice.get("/wizards/", finding="any").text
    assert len(standin.ledger()) == calls  # looking at the result asks the CRM nothing


def test_a_check_that_was_interrupted_goes_on_where_it_was(alice: Person, standin: StandIn) -> None:
    standin.fault("status", {"status": 500}, match={"path": "/crm/v8/settings/wizards/5590641000021000000"})
    alice.post("/wizards/check/start/")
    job = Job.objects.get(kind=CHECK_WIZARDS)
    services.run(job.pk)
    job.refresh_from_db()
    assert job.state == "waiting"
    before = len(job.result["parts"])
    assert 0 < before < 33
    standin.clear_faults()
    Job.objects.update(not_before=None)
    start = standin.ledger()[-1]["n"]
    services.run(job.pk)
    job.refresh_from_db()
    assert (job.state, len(job.result["parts"])) == ("done", 33)
    details = [call for call in standin.ledger(after=start) if "/settings/wizards/" in call["path"]]
    assert len(details) == 33 - before


def test_what_the_crm_refuses_is_named_and_the_rest_is_checked(alice: Person, standin: StandIn) -> None:
    del standin.organisation("demo").wizard_details[next(iter(standin.organisation("demo").wizard_details))]
    job = _run(alice)
    assert len(job.result["parts"]) == 32
    assert [item["code"] for item in job.result["failures"]] == ["INVALID_DATA"]
    assert "1 wizard could not be examined" in alice.get("/wizards/check/").text
    assert alice.get(f"/jobs/{job.pk}/").status == 200


def test_a_crm_that_went_silent_is_waited_for_and_no_older_copy_passes_for_todays(
    alice: Person, standin: StandIn
) -> None:
    _run(alice)
    for path in ("/crm/v8/settings/wizards", "/crm/v8/settings/fields"):
        standin.fault("status", {"status": 500}, match={"path": path})
        assert _run(alice).state == "waiting"
        Job.objects.filter(state="waiting").delete()
        standin.clear_faults()


def test_fields_that_may_not_be_read_are_said_in_the_result(alice: Person, standin: StandIn) -> None:
    standin.fault("status", {"status": 403}, match={"path": "/crm/v8/settings/fields"})
    job = _run(alice)
    assert (job.state, len(job.result["parts"])) == ("done", 33)
    assert "What could not be examined" in alice.get("/wizards/check/").text


def test_a_wizard_of_a_module_that_is_none_is_examined_all_the_same(alice: Person, standin: StandIn) -> None:
    demo = standin.organisation("demo")
    wizard, layout = next(iter(demo.wizard_details))
    for raw in (demo.wizard_details[wizard, layout], demo.wizards[0]):
        raw["module"] = {"api_name": "../users", "id": "1"}
    job = _run(alice)
    assert len(job.result["parts"]) == 33
    assert alice.get(f"/jobs/{job.pk}/").status == 200
    assert alice.get(f"/wizards/{wizard}/{layout}/").status == 200
    assert alice.get("/wizards/").status == 200


def test_a_second_click_leads_to_the_check_under_way(alice: Person) -> None:
    alice.post("/wizards/check/start/")
    alice.post("/wizards/check/start/")
    assert Job.objects.filter(kind=CHECK_WIZARDS).count() == 1
    assert "Waiting for its turn" in alice.get("/wizards/check/").text


def test_nobody_else_sees_the_result(alice: Person, charlie: Person) -> None:
    _run(alice)
    assert "not checked yet" in charlie.get("/wizards/check/").text
