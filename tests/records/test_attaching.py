"""Attaching a file: its bytes lie on disk until the CRM has them, it is attached once, a lost answer is looked up."""

import errno
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from console.records import attached_files
from console.submissions import services
from console.submissions.models import Row, Submission
from crm_client.standin import StandIn
from tests.cast import Page, Person
from tests.records.paper import Paper
from tests.submissions.conftest import look

pytestmark = pytest.mark.django_db
OFFER = b"%PDF the offer \x00\xff" * 100


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "files" / "attachments"


def _lead(standin: StandIn) -> str:
    return str(standin.organisation("demo").records["Leads"][0]["id"])


def _attached(standin: StandIn, record: str) -> list[dict[str, Any]]:
    every = standin.organisation("demo").records.get("Attachments", [])
    return [one for one in every if one["Parent_Id"]["id"] == record]


def _attach(who: Person, record: str, content: bytes = OFFER, name: str = "Offer 12.pdf", **more: str) -> Page:
    data = {"file": SimpleUploadedFile(name, content, "application/pdf"), "_form_key": services.new_form_key(), **more}
    return Page(who.client.post(who.at(f"/records/Leads/{record}/attachments/add/"), data))


def _posts(standin: StandIn) -> int:
    return sum(call["method"] == "POST" and call["path"].endswith("/Attachments") for call in standin.ledger())


def test_a_file_is_attached_once_and_leaves_the_console(writer: Person, standin: StandIn, folder: Path) -> None:
    record = _lead(standin)
    before = len(_attached(standin, record))
    paper = Paper(writer, f"/records/Leads/{record}/attachments/", "note-form")
    assert "1 call" in paper.page.text
    answers = [_attach(writer, record, _form_key=paper.values["_form_key"][0]) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [
        writer.at(f"/records/Leads/{record}/attachments/")
    ] * 2
    made = _attached(standin, record)[before:]
    assert [(one["File_Name"], one["Size"]) for one in made] == [("Offer 12.pdf", str(len(OFFER)))]
    assert writer.get(f"/records/Leads/{record}/attachments/{made[0]['id']}/").content == OFFER
    assert (_posts(standin), list(folder.iterdir())) == (1, [])
    row = Row.objects.get()
    assert (row.state, row.crm_id) == ("succeeded", record)
    assert len(str(row.payload)) < 400  # names and sizes alone: no file lies in the ledger
    page = writer.get(f"/submissions/{row.submission_id}/").text
    assert f'href="{writer.at(f"/records/Leads/{record}/")}"' in page
    assert "Offer 12.pdf" in page


def test_an_attachment_whose_answer_was_lost_is_found_and_not_sent_again(
    writer: Person, standin: StandIn, folder: Path
) -> None:
    record = _lead(standin)
    _attach(writer, record)  # the same file, a moment before: not the one that is looked for
    before = len(_attached(standin, record))
    standin.fault("commit_then_drop", match={"method": "POST", "path": f"/crm/v8/Leads/{record}/Attachments"}, count=1)
    submission = Submission.objects.get(pk=_attach(writer, record).headers["Location"].rstrip("/").rpartition("/")[2])
    assert submission.rows.get().state == "unknown"
    look(submission)
    row = submission.rows.get()
    assert (row.state, row.crm_id, row.needs_person) == ("succeeded", record, False)
    assert (len(_attached(standin, record)) - before, _posts(standin)) == (1, 2)


def test_an_attachment_that_never_arrived_is_asked_about_and_sent_again_by_a_person(
    writer: Person, standin: StandIn, folder: Path
) -> None:
    record = _lead(standin)
    _attach(writer, record)
    before = len(_attached(standin, record))
    standin.fault("drop_before_commit", match={"method": "POST", "path": "/crm/v8/Leads"}, count=1)
    submission = Submission.objects.get(pk=_attach(writer, record).headers["Location"].rstrip("/").rpartition("/")[2])
    look(submission, times=4)
    row = submission.rows.get()
    assert (row.state, row.needs_person, row.code) == ("unknown", True, "NOT-FOUND-SEND-AGAIN")
    assert _posts(standin) == 2
    attached_files.delete_old(timezone.now() + timedelta(days=99))  # what somebody may still send stays
    assert len(list(folder.iterdir())) == 1
    writer.post(f"/submissions/{submission.pk}/decide/", row="1", decision="again")
    assert submission.rows.get().state == "succeeded"
    assert len(_attached(standin, record)) - before == 1
    attached_files.delete_old(timezone.now() + timedelta(days=99))
    assert list(folder.iterdir()) == []


def test_a_full_disk_takes_no_file_and_leaves_no_half_one(
    writer: Person, standin: StandIn, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    record = _lead(standin)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        answer = _attach(writer, record)
    assert (answer.status, 'data-error-code="NO-SPACE"' in answer.text) == (507, True)
    assert (list(folder.iterdir()), Submission.objects.count(), _posts(standin)) == ([], 0, 0)
    assert _attach(writer, record).status == 302  # there is room again


def test_what_cannot_be_attached_is_said_and_nothing_is_sent(
    writer: Person, bob: Person, standin: StandIn, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = _lead(standin)
    monkeypatch.setattr("console.records.attachment_views.LARGEST", 1_000)
    for answer, said in (
        (_attach(writer, record, b""), "is empty"),
        (_attach(writer, record, b"x" * 1_001), "is larger than the 20 MB"),
        (Page(writer.client.post(writer.at(f"/records/Leads/{record}/attachments/add/"))), "No file was chosen"),
        (_attach(bob, record, b"x"), "Allow changes first"),
    ):
        assert (answer.status, said in answer.text) == (422, True), said
    assert "Attach 1 file" not in bob.get(f"/records/Leads/{record}/attachments/").text
    assert (_posts(standin), Submission.objects.count(), folder.exists()) == (0, 0, False)
    standin.fault("status", {"status": 403}, match={"method": "POST", "path": "/crm/v8/Leads"})
    waiting = _attach(writer, record, b"x", name="../../évil\r\n.pdf")
    assert waiting.headers["Location"].startswith(writer.at("/submissions/"))
    Submission.objects.get().rows.get()
    assert ".." not in str(Row.objects.get().payload["name"])  # type: ignore[index]
    (left,) = folder.iterdir()
    left.unlink()  # somebody tidied the disk
    standin.clear_faults()
    writer.post(f"/submissions/{Submission.objects.get().pk}/go-on/")
    row = Row.objects.get()
    assert (row.state, "attach it anew" in row.message) == ("failed", True)
