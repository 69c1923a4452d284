"""A page that writes ends within its time, all its calls together; what has no time left goes in the background."""

import time
from typing import Any

import pytest

from console.submissions import bell, services
from console.submissions.models import Row
from crm_client.standin import StandIn
from tests.cast import Person
from tests.submissions.conftest import Submit, leads, states, work

PAGE_S = 2


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Calls that a worker was rung for."""
    calls: list[int] = []
    monkeypatch.setattr(bell, "ring", lambda pks, in_s=0.0: calls.extend(pks) or True)
    return calls


def _note(writer: Person, standin: StandIn, settings: Any) -> str:
    """The address of a note: changing it reads the note first. From now on pages have little time."""
    lead = standin.organisation().records["Leads"][0]["id"]
    writer.post(f"/records/Leads/{lead}/notes/add/", title="", content="before", _form_key=services.new_form_key())
    note = Row.objects.get().crm_id
    writer.get(f"/records/Leads/{lead}/notes/")  # what pages keep of the module is there
    settings.CRM_WEB_DEADLINE_S = PAGE_S
    return f"/records/Leads/{lead}/notes/{note}/"


def _changed(writer: Person, note: str) -> float:
    """Seconds that the page takes."""
    started = time.monotonic()
    page = writer.post(note, title="", content="after", _form_key=services.new_form_key())
    assert page.status == 302
    return time.monotonic() - started


def test_reading_and_writing_share_the_time_of_one_page(
    writer: Person, standin: StandIn, settings: Any, rung: list[int]
) -> None:
    note = _note(writer, standin, settings)
    standin.fault("latency", {"ms": 900}, match={"method": "GET", "path": "/crm/v8/Notes/"})
    standin.fault("drip", {"bytes_per_s": 1}, match={"method": "PUT"})
    assert _changed(writer, note) < PAGE_S + 0.7
    row = Row.objects.get(submission__operation="update")
    assert (row.state, row.code) == ("unknown", "SENT-UNKNOWN")


def test_with_too_little_time_left_nothing_is_sent_and_a_worker_rung_for(
    writer: Person, standin: StandIn, settings: Any, rung: list[int]
) -> None:
    note = _note(writer, standin, settings)
    standin.fault("latency", {"ms": 1500}, match={"method": "GET", "path": "/crm/v8/Notes/"}, count=1)
    rung.clear()
    assert _changed(writer, note) < PAGE_S + 0.7
    row = Row.objects.get(submission__operation="update")
    assert (row.state, rung) == ("pending", [row.call_id])
    assert not [call for call in standin.ledger() if call["method"] == "PUT"]
    work(row.submission)
    row.refresh_from_db()
    assert row.state == "succeeded"


def test_what_is_read_back_after_a_write_is_within_the_time_too(
    submit: Submit, reference: str, standin: StandIn, settings: Any
) -> None:
    settings.CRM_WEB_DEADLINE_S = PAGE_S
    submission = submit(leads(1), reference_field=reference)
    standin.fault("drip", {"bytes_per_s": 1}, match={"method": "GET", "path": "/crm/v8/Leads/"})
    started = time.monotonic()
    services.send(submission, ends_by=started + PAGE_S)
    assert time.monotonic() - started < PAGE_S + 0.7
    assert states(submission) == ["succeeded"]
