"""The field workbook, and the job that fetches what it is made of."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from console.jobs import services
from console.jobs.models import Job
from console.modules.everything import KINDS, Step, is_worth_fetching, left_to_do
from crm_client.modules import Module
from crm_client.standin import StandIn
from tests.cast import Person, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def small(standin: StandIn) -> StandIn:
    """The demo organisation with four modules, so that fetching everything takes a moment."""
    organisation = standin.organisation("demo")
    keep = {"Leads", "Deals", "Home", "Repairs"}  # two to fetch, one without an API, one hidden
    organisation.modules[:] = [module for module in organisation.modules if module["api_name"] in keep]
    return standin


def _fetch(who: Person) -> Job:
    answer = who.client.post(who.at("/modules/fetch-everything/"))
    assert answer.status_code == 302
    job = Job.objects.get(pk=answer.url.rstrip("/").rsplit("/", 1)[1])
    services.run(job.pk)
    return Job.objects.get(pk=job.pk)


def _made(who: Person, form: str) -> bytes:
    """The workbook as it is downloaded from the page of the job that makes it."""
    answer = who.client.post(who.at("/modules/field-workbook/make/"), {"form": form})
    job = Job.objects.get(pk=answer.url.rstrip("/").rsplit("/", 1)[1])
    services.run(job.pk)
    page = who.get(f"/jobs/{job.pk}/")
    assert who.at(f"/jobs/{job.pk}/file/") in page.text
    return b"".join(who.get(f"/jobs/{job.pk}/file/").response.streaming_content)


def _run_again(job: Job) -> Job:
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING, not_before=None, lease="", lease_until=None)
    services.run(job.pk)
    return Job.objects.get(pk=job.pk)


def _calls(standin: StandIn) -> list[str]:
    return [call["path"].removeprefix("/crm/v8/settings/") for call in standin.ledger()]


def _sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [tuple(cell.value for cell in row) for row in sheet.iter_rows()] for sheet in book}


def test_alice_fetches_everything_and_opens_every_page_without_another_call(alice: Person, small: StandIn) -> None:
    job = _fetch(alice)
    assert (job.state, job.done, job.total) == (Job.State.DONE, 8, 8)
    assert sorted(_calls(small)) == sorted(["modules", *KINDS, *KINDS])
    calls = len(small.ledger())
    for name in ("Leads", "Deals"):
        for tab in ("fields/", "layouts/", "related-lists/", "custom-views/"):
            assert alice.get(f"/modules/{name}/{tab}").status == 200
    assert "2 of 2 modules" in alice.get("/modules/field-workbook/").text
    assert len(small.ledger()) == calls


def test_bob_fetches_what_he_may_see(bob: Person, small: StandIn) -> None:
    assert _fetch(bob).state == Job.State.DONE


def test_a_second_click_leads_to_the_job_under_way(alice: Person, small: StandIn) -> None:
    first = alice.client.post(alice.at("/modules/fetch-everything/")).url
    assert alice.client.post(alice.at("/modules/fetch-everything/")).url == first
    assert "Fetching is under way" in alice.get("/modules/field-workbook/").text


def test_a_job_that_starts_again_goes_on_where_it_was(alice: Person, small: StandIn) -> None:
    small.fault(
        "status", {"status": 429, "headers": {"Retry-After": "600"}}, match={"path": "/crm/v8/settings/related_lists"}
    )
    job = _fetch(alice)
    assert (job.state, job.done) == (Job.State.WAITING, 2)
    assert "Waiting for Zoho until" in alice.get(f"/jobs/{job.pk}/").text
    before = _calls(small)
    small.clear_faults()
    job = _run_again(job)
    assert (job.state, job.done) == (Job.State.DONE, 8)
    after = _calls(small)[len(before) :]
    assert "modules" not in after
    assert len(after) == 6  # fields and layouts of the first module are kept since the job began


def test_what_the_crm_refuses_is_listed_and_the_rest_is_fetched(alice: Person, small: StandIn) -> None:
    body = {"code": "NO_PERMISSION", "status": "error", "message": "permission denied", "details": {}}
    small.fault("status", {"status": 403, "body": body}, match={"path": "/crm/v8/settings/layouts"}, count=1)
    job = _fetch(alice)
    assert (job.state, job.done) == (Job.State.DONE, 8)
    assert [(one["module"], one["kind"], one["code"]) for one in job.result["failures"]] == [
        ("Leads", "layouts", "NO_PERMISSION")
    ]
    page = alice.get(f"/jobs/{job.pk}/")
    assert "Done, with 1 refusal." in page.text
    assert "layouts of Leads" in page.text
    assert "Leads" in alice.get("/modules/field-workbook/").text.split("Not fetched yet")[1]


def test_a_kind_whose_scope_is_missing_is_asked_for_once(small: StandIn, db: None) -> None:
    eve = person(small, "demo", "alice", scopes=["ZohoCRM.settings.modules.READ", "ZohoCRM.settings.fields.READ"])
    job = _fetch(eve)
    assert job.state == Job.State.DONE
    assert len(job.result["failures"]) == 6
    assert sorted(_calls(small)) == ["custom_views", "fields", "fields", "layouts", "modules", "related_lists"]


def test_one_odd_module_does_not_stop_the_rest(alice: Person, small: StandIn) -> None:
    small.fault("html", {"status": 200}, match={"path": "/crm/v8/settings/fields"}, count=1)
    job = _fetch(alice)
    assert job.state == Job.State.DONE
    assert [one["code"] for one in job.result["failures"]] == ["CRM-BAD"]


def test_a_crm_that_is_down_does_not_make_a_list_of_failures(alice: Person, small: StandIn) -> None:
    for kind in KINDS:
        small.fault("status", {"status": 503}, match={"path": f"/crm/v8/settings/{kind}"})
    job = _fetch(alice)
    assert job.state == Job.State.WAITING
    assert job.result.get("failures", []) == []
    small.clear_faults()
    assert _run_again(job).state == Job.State.DONE


def test_alice_cancels_and_keeps_what_was_fetched(alice: Person, small: StandIn) -> None:
    answer = alice.client.post(alice.at("/modules/fetch-everything/"))
    job = Job.objects.get(pk=answer.url.rstrip("/").rsplit("/", 1)[1])
    alice.post(f"/jobs/{job.pk}/cancel/")
    page = alice.get(f"/jobs/{job.pk}/")
    assert 'data-state="cancelled"' in page.text
    assert "Cancelled." in page.text


def test_the_progress_is_polled_until_the_end(alice: Person, small: StandIn) -> None:
    answer = alice.client.post(alice.at("/modules/fetch-everything/"))
    path = answer.url.removeprefix(alice.at(""))
    waiting = alice.get_partial(path)
    assert (waiting.status, 'hx-trigger="every 1s"' in waiting.text) == (200, True)
    services.run(Job.objects.get().pk)
    ended = alice.get_partial(path)
    assert (ended.status, "hx-trigger" in ended.text) == (286, False)


def test_the_workbook_holds_modules_fields_layouts_and_values(alice: Person, small: StandIn) -> None:
    _fetch(alice)
    calls = len(small.ledger())
    sheets = _sheets(_made(alice, "xlsx"))
    assert len(small.ledger()) == calls
    assert list(sheets) == ["About", "Modules", "Fields", "Layouts", "Picklist values"]
    organisation = small.organisation("demo")
    made = sum(len(organisation.fields[name]) for name in ("Leads", "Deals"))
    assert len(sheets["Fields"]) == made + 1
    by_name = {row[2]: row for row in sheets["Fields"] if row[0] == "Leads"}
    assert by_name["Last_Name"][6] == "yes"
    layouts = [layout["display_label"] for layout in organisation.layouts["Leads"]]
    assert by_name["Last_Name"][8] == ", ".join(layouts)
    values = sum(len(field["pick_list_values"]) for name in ("Leads", "Deals") for field in organisation.fields[name])
    assert len(sheets["Picklist values"]) == values + 1
    assert ("Not fetched, so not in here", "nothing") in sheets["About"]


def test_the_workbook_says_what_it_lacks(alice: Person, small: StandIn) -> None:
    assert "Nothing is kept yet. Fetch everything first." in alice.get("/modules/field-workbook/").text
    alice.get("/modules/Leads/layouts/")
    page = alice.get("/modules/field-workbook/")
    assert "The file will lack 1 module" in page.text
    text = _made(alice, "md").decode()
    assert "Not fetched, so not in here: Deals" in text
    assert "## Leads (Leads)" in text
    assert "Its fields have not been fetched." in text


def test_a_label_like_a_formula_stays_text_in_the_workbook(alice: Person, small: StandIn) -> None:
    field = small.organisation("demo").fields["Leads"][0]
    field["field_label"] = '=HYPERLINK("http://evil.test")'
    alice.get("/modules/Leads/layouts/")
    book = openpyxl.load_workbook(io.BytesIO(_made(alice, "xlsx")))
    cell = book["Fields"].cell(2, 2)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (field["field_label"], "s", True)


def test_a_text_longer_than_a_cell_is_cut_and_the_workbook_still_opens(alice: Person, small: StandIn) -> None:
    small.organisation("demo").fields["Leads"][0]["field_label"] = "x" * 100_000
    alice.get("/modules/Leads/layouts/")
    sheets = _sheets(_made(alice, "xlsx"))
    assert sheets["Fields"][1][1] == "x" * 32_766 + "…"


def test_no_other_form_of_the_workbook_exists(alice: Person) -> None:
    assert alice.client.post(alice.at("/modules/field-workbook/make/"), {"form": "csv"}).status_code == 404
    assert not Job.objects.exists()
    assert alice.get("/modules/fetch-everything/").status == 405


def test_what_is_older_than_the_job_is_fetched_again() -> None:
    now = timezone.now()
    every = [Step("fields", "A", "A"), Step("fields", "B", "B"), Step("fields", "C", "C")]
    ages = {"fields": {"A": now, "B": now - timedelta(seconds=1)}}
    assert [step.name for step in left_to_do(every, ages, now, [("fields", "C")])] == ["B"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"generated_type": "subform"}, True),
        ({"api_supported": False}, False),
        ({"viewable": False}, False),
        ({"status": "user_hidden"}, False),
        ({"api_name": "not a name"}, False),
    ],
)
def test_only_modules_that_the_api_describes_are_fetched(change: dict[str, Any], expected: bool) -> None:
    raw = {"api_name": "A", "api_supported": True, "viewable": True, "status": "visible", **change}
    assert is_worth_fetching(Module.from_api(raw)) is expected
