"""Records taken away: what is shown, up to two thousand, or all of them in the background."""

import csv
import errno
import io
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from console.audit.models import Entry
from console.jobs import files, services
from console.jobs.models import Job
from console.records import tasks
from crm_client.standin import StandIn
from tests.cast import Page, Person

pytestmark = pytest.mark.django_db

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", " =1"]


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def _bytes(page: Page) -> bytes:
    return b"".join(page.response.streaming_content) if page.response.streaming else page.content


def _many(standin: StandIn, count: int) -> list[str]:
    ids = [str(5590641009000000000 + number) for number in range(count)]
    leads = [{"id": id_, "Full_Name": f"Lead {number}", "Company": "=x"} for number, id_ in enumerate(ids)]
    standin.organisation("demo").records["Leads"][:] = leads
    return ids[::-1]


def _begin(who: Person, **data: Any) -> Page:
    return Page(who.client.post(who.at("/records/Leads/export/begin/?columns=Company"), data))


def _job(who: Person, **data: Any) -> Job:
    answer = _begin(who, extent="all", **data)
    assert answer.status == 302
    return Job.objects.get(kind=tasks.EXPORT)


def test_what_is_shown_leaves_with_its_columns_and_disarmed(alice: Person, standin: StandIn) -> None:
    leads = [one for one in standin.organisation("demo").records["Leads"] if not one["Converted__s"]][::-1]
    for lead, text in zip(leads, FORMULAS, strict=False):
        lead["Company"] = text
    leads[0]["Annual_Revenue"] = -5.5
    query = {"columns": "Company,Annual_Revenue,Owner,Email_Opt_Out", "per": "20"}
    rows = _rows(alice.get("/records/Leads/records.csv", **query).text)
    assert [row["Id"] for row in rows] == [one["id"] for one in leads[:20]]
    assert [row["Company"] for row in rows[: len(FORMULAS)]] == ["'" + text for text in FORMULAS]
    first = {key: rows[0][key] for key in ("Annual Revenue", "Owner", "Email Opt Out")}
    assert first == {"Annual Revenue": "-5.5", "Owner": leads[0]["Owner"]["name"], "Email Opt Out": "no"}
    exact = _rows(alice.get("/records/Leads/records.csv", **query, exact="1").text)
    assert [row["Company"] for row in exact[: len(FORMULAS)]] == FORMULAS
    book = openpyxl.load_workbook(io.BytesIO(_bytes(alice.get("/records/Leads/records.xlsx", **query))))
    cells = [list(row) for row in book["Records"].iter_rows(min_row=2)]
    assert [row[2].value for row in cells[: len(FORMULAS)]] == FORMULAS
    assert {row[2].data_type for row in cells} == {"s"}
    assert cells[0][3].value == -5.5
    raw = json.loads(alice.get("/records/Leads/records.json", **query).text)
    assert [one["id"] for one in raw] == [one["id"] for one in leads[:20]]
    assert alice.get("/records/Leads/records.exe").status == 404


def test_a_title_like_a_formula_is_disarmed_too(alice: Person, standin: StandIn) -> None:
    field = next(one for one in standin.organisation("demo").fields["Leads"] if one["api_name"] == "Company")
    field["field_label"] = "=cmd()"
    assert "'=cmd()" in alice.get("/records/Leads/records.csv", columns="Company").text.splitlines()[0]


def test_the_page_says_calls_and_price_before(alice: Person, standin: StandIn) -> None:
    page = alice.get("/records/Leads/export/")
    assert "up to 10 calls, up to 10 credits" in page.text
    assert "500 calls, 500 credits" in page.text
    view = standin.organisation("demo").custom_views["Leads"][0]["id"]
    assert "up to 10 calls, up to 30 credits" in alice.get("/records/Leads/export/", view=view).text
    assert not [call for call in standin.ledger() if call["path"] == "/crm/v8/Leads"]


def test_up_to_two_thousand_leave_at_once_in_as_many_calls_as_said(alice: Person, standin: StandIn) -> None:
    ids = _many(standin, 450)
    before = len(standin.ledger())
    rows = _rows(_begin(alice, form="csv", extent="2000", ids="1").text)
    assert [row["Id"] for row in rows] == ids
    assert rows[0]["Company"] == "'=x"
    asked = [call for call in standin.ledger()[before:] if call["path"] == "/crm/v8/Leads"]
    assert [call["credits"] for call in asked] == [1, 1, 1]
    assert Entry.objects.filter(action="records.exported").get().detail["records"] == 450


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_all_records_leave_in_the_background(alice: Person, bob: Person, standin: StandIn, form: str) -> None:
    ids = _many(standin, 2_300)
    job = _job(alice, form=form)
    services.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 2300, 2300), job.error_text
    address = f"/jobs/{job.pk}/file/"
    assert alice.at(address) in alice.get(f"/jobs/{job.pk}/").text
    body = _bytes(alice.get(address))
    if form == "csv":
        assert [row["Id"] for row in _rows(body.decode())] == ids
    elif form == "json":
        assert [one["id"] for one in json.loads(body)] == ids
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(body))["Records"]
        assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ids
    assert bob.get(address).status == 404
    assert not list(files.finished(job.pk, form).parent.glob(f"{job.pk}.lines"))
    files.delete_old(timezone.now() + timedelta(days=29))
    assert files.finished(job.pk, form).exists()
    files.delete_old(timezone.now() + timedelta(days=31))
    assert alice.get(address).status == 302
    assert "deleted by now" in alice.get(f"/jobs/{job.pk}/").text


def test_an_export_whose_worker_died_goes_on_where_it_was(
    alice: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = _many(standin, 1_000)
    job = _job(alice, form="csv")
    real, calls = os.fsync, []

    def dies(number: int) -> None:
        calls.append(number)
        real(number)
        if len(calls) == 3:
            raise KeyboardInterrupt  # as a worker that is killed: nothing is caught, nothing is tidied

    monkeypatch.setattr(os, "fsync", dies)
    with pytest.raises(KeyboardInterrupt):
        services.run(job.pk)
    monkeypatch.setattr(os, "fsync", real)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    before = len([call for call in standin.ledger() if call["path"] == "/crm/v8/Leads"])
    services.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error_text
    again = len([call for call in standin.ledger() if call["path"] == "/crm/v8/Leads"]) - before
    assert (before, again) == (3, 3)  # the page whose place was not noted yet is read twice
    assert [row["Id"] for row in _rows(_bytes(alice.get(f"/jobs/{job.pk}/file/")).decode())] == ids


def test_a_full_disk_leaves_no_half_file(alice: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    _many(standin, 300)
    job = _job(alice, form="csv")

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    services.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "NO-SPACE")
    assert not list(Path(files.finished(job.pk, "csv")).parent.glob(f"{job.pk}*"))
    assert alice.get(f"/jobs/{job.pk}/file/").status == 404


def test_stopping_an_export_leaves_nothing_behind(
    alice: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many(standin, 300)
    job = _job(alice, form="csv")
    page = tasks.listing.fetch

    def stopped_meanwhile(*args: Any, **rest: Any) -> Any:
        services.cancel(job, alice.user)
        return page(*args, **rest)

    monkeypatch.setattr(tasks.listing, "fetch", stopped_meanwhile)
    services.run(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not list(files.finished(job.pk, "csv").parent.glob(f"{job.pk}*"))


def test_what_a_search_finds_is_exported_to_its_end(alice: Person, standin: StandIn) -> None:
    leads = [one for one in standin.organisation("demo").records["Leads"] if not one["Converted__s"]]
    wanted = {one["id"] for one in leads if one["Last_Name"].lower().startswith("fa")}
    address = alice.at("/records/Leads/export/begin/?f=Last_Name&o=starts_with&v=Fa")
    page = Page(alice.client.post(address, {"form": "csv", "extent": "all"}))
    assert {row["Id"] for row in _rows(page.text)} == wanted
    refused = alice.client.post(
        alice.at("/records/Leads/export/begin/?f=Nothing&o=equals&v=1"), {"form": "csv", "extent": "2000"}
    )
    assert refused.status_code == 302


def test_an_export_that_takes_too_long_leads_to_the_background(alice: Person, standin: StandIn, settings: Any) -> None:
    _many(standin, 900)
    alice.get("/records/Leads/")
    settings.CRM_WEB_DEADLINE_S = 0.8
    standin.fault("latency", {"ms": 300}, match={"path": "/crm/v8/Leads"})
    answer = _begin(alice, form="csv", extent="2000")
    assert answer.headers["Location"].startswith(alice.at("/records/Leads/export/"))
    settings.CRM_WEB_DEADLINE_S = 15
    page = alice.get("/records/Leads/export/")
    assert 'data-error-code="CRM-SLOW"' in page.text
    assert "Choose “All of them”" in page.text
