"""What belongs to a record, through the client: notes, attachments, files, photos, timeline, settings of forms."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crm_client import CrmClient
from crm_client.bodies import Download, FileToSend, multipart, safe_name
from crm_client.errors import BadAnswer, FileTooBig, InvalidName, InvalidRequest, NoAnswer, ScopeMissing
from crm_client.standin import StandIn
from crm_client.transport import Transport
from crm_client.writes import WriteOptions
from tests.crm_client.wire import answers, reply

SCOPES = (
    "ZohoCRM.modules.ALL ZohoCRM.settings.ALL ZohoCRM.Files.READ ZohoCRM.Files.CREATE ZohoCRM.coql.READ "
    "ZohoSearch.securesearch.READ"
)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def writer(standin: StandIn) -> Iterator[CrmClient]:
    """Alice's client of the demo organisation, which may write."""
    with CrmClient.with_token(standin.api(), standin.token(scopes=SCOPES)["access_token"]) as client:
        yield client


@pytest.fixture
def lead(standin: StandIn) -> str:
    """The id of a lead without notes."""
    organisation = standin.organisation()
    noted = {note["Parent_Id"]["id"] for note in organisation.records["Notes"]}
    return next(str(one["id"]) for one in organisation.records["Leads"] if one["id"] not in noted)


def test_a_note_lives_and_ends(writer: CrmClient, lead: str) -> None:
    made = writer.notes.create("Leads", lead, "He called <b>twice</b>", "Call")
    assert made is not None
    assert made.is_success
    (note,) = writer.notes.of("Leads", lead).notes
    assert (note.id, note.title, note.content) == (made.id, "Call", "He called <b>twice</b>")
    assert note.created_by is not None
    assert note.created_by.name == "Alice Moreau"
    changed = writer.notes.update(made.id, "He called once")
    assert changed is not None
    assert changed.is_success
    (note,) = writer.notes.of("Leads", lead).notes
    assert (note.title, note.content) == ("", "He called once")
    for expected in (True, False):  # the second time it is refused, which does no harm
        gone = writer.notes.delete(made.id)
        assert gone is not None
        assert gone.is_success is expected
    assert writer.notes.of("Leads", lead).notes == []


def test_an_attachment_lives_and_ends(writer: CrmClient, lead: str) -> None:
    content = bytes(range(256)) * 400
    made = writer.attachments.upload("Leads", lead, FileToSend("Angebot „Möller“ 12.pdf", content, "application/pdf"))
    linked = writer.attachments.link("Leads", lead, "https://example.org/a?b=c&d", "A & B")
    assert made is not None
    assert linked is not None
    link, file = writer.attachments.of("Leads", lead).attachments
    assert (file.id, file.file_name, file.size, file.is_link) == (
        made.id, "Angebot „Möller“ 12.pdf", len(content), False,
    )  # fmt: skip
    assert (link.id, link.file_name, link.link, link.is_link) == (
        linked.id, "A & B", "https://example.org/a?b=c&d", True,
    )  # fmt: skip
    back = writer.attachments.download("Leads", lead, made.id)
    assert back == Download(content, "application/pdf", "Angebot „Möller“ 12.pdf")
    assert writer.attachments.download("Leads", lead, linked.id) is None
    gone = writer.attachments.delete("Leads", lead, made.id)
    assert gone is not None
    assert gone.is_success
    assert [one.id for one in writer.attachments.of("Leads", lead).attachments] == [linked.id]


def test_files_come_back_in_order_and_whole(writer: CrmClient) -> None:
    files = [FileToSend(f"{number}.txt", b"x" * number) for number in range(1, 11)]
    sent = writer.files.upload(files)
    assert [one.name for one in sent] == [file.name for file in files]
    for file, one in zip(files, sent, strict=True):
        back = writer.files.download(one.id)
        assert back is not None
        assert back.content == file.content
    assert writer.files.download("0" * 64) is None


def test_a_file_of_a_field_and_a_photo(writer: CrmClient, standin: StandIn, lead: str) -> None:
    (sent,) = writer.files.upload([FileToSend("Form.pdf", b"signed", "application/pdf")])
    (answer,) = writer.records.update("Leads", [{"id": lead, "Consent_Form": [{"File_Id__s": sent.id}]}])
    assert answer is not None
    assert answer.is_success, answer
    record = writer.records.get("Leads", lead)
    assert record is not None
    back = writer.files.of_field("Leads", lead, record.raw["Consent_Form"][-1]["id"])
    assert back is not None
    assert (back.content, back.name) == (b"signed", "Form.pdf")
    assert writer.files.photo("Leads", lead) is None
    writer.files.set_photo("Leads", lead, FileToSend("me.png", PNG, "image/png"))
    photo = writer.files.photo("Leads", lead)
    assert photo is not None
    assert (photo.content, photo.content_type) == (PNG, "image/png")
    writer.files.remove_photo("Leads", lead)
    assert writer.files.photo("Leads", lead) is None


@pytest.mark.parametrize(
    "act",
    [
        lambda crm: crm.notes.create("Leads", "1", "  "),
        lambda crm: crm.notes.create("Leads", "1", "x" * 32_001),
        lambda crm: crm.notes.create("../org", "1", "x"),
        lambda crm: crm.notes.delete("1/2"),
        lambda crm: crm.attachments.upload("Leads", "1", FileToSend("a", b"")),
        lambda crm: crm.attachments.upload("Leads", "1", FileToSend("..", b"1")),
        lambda crm: crm.attachments.upload("Leads", "1", FileToSend("a", b"1", "text/plain\r\nX: y")),
        lambda crm: crm.attachments.upload("Leads", "1", FileToSend("a", b"1" * (20 * 1024 * 1024 + 1))),
        lambda crm: crm.attachments.link("Leads", "1", "javascript:alert(1)"),
        lambda crm: crm.files.upload([]),
        lambda crm: crm.files.upload([FileToSend("a", b"1")] * 11),
        lambda crm: crm.files.download("../../etc/passwd"),
        lambda crm: crm.files.of_field("Leads", "1", "x"),
        lambda crm: crm.timeline.page("Leads", "1?x=y"),
        lambda crm: crm.pipelines.all(""),
        lambda crm: crm.records.related("Leads", "1", "../Notes", ["id"]),
    ],
)
def test_what_cannot_be_is_not_sent(writer: CrmClient, standin: StandIn, act: Callable[[CrmClient], Any]) -> None:
    with pytest.raises(InvalidName):
        act(writer)
    assert standin.ledger() == []


def test_a_virus_and_a_missing_scope_are_told(writer: CrmClient, standin: StandIn, lead: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        writer.files.upload([FileToSend("v", b"X5O!P%@AP-EICAR-STANDARD-ANTIVIRUS-TEST-FILE!")])
    assert refused.value.code == "VIRUS_DETECTED"
    with CrmClient.with_token(standin.api(), standin.token()["access_token"]) as reader:
        with pytest.raises(ScopeMissing) as missing:
            reader.files.upload([FileToSend("a", b"1")])
        assert missing.value.scope == "ZohoCRM.Files.CREATE"
        with pytest.raises(ScopeMissing) as missing:
            reader.notes.create("Leads", lead, "x")
        assert missing.value.scope == "ZohoCRM.modules.CREATE"


def test_an_upload_is_sent_once_and_a_download_up_to_three_times(
    writer: CrmClient, standin: StandIn, lead: str
) -> None:
    (sent,) = writer.files.upload([FileToSend("a", b"1")])
    standin.fault("status", {"status": 503}, match={"path": "/crm/v8/files"}, count=2)
    before = len(standin.ledger())
    assert writer.files.download(sent.id) is not None
    assert len(standin.ledger()) == before + 3
    standin.fault("commit_then_drop", match={"method": "POST"}, count=1)
    with pytest.raises(NoAnswer):
        writer.attachments.upload("Leads", lead, FileToSend("a", b"1"))
    assert len(standin.ledger()) == before + 4
    assert len(writer.attachments.of("Leads", lead).attachments) == 1


def test_an_answer_that_does_not_name_every_file_is_none(writer: CrmClient, standin: StandIn) -> None:
    standin.fault("short_array", match={"path": "/crm/v8/files"}, count=1)
    with pytest.raises(BadAnswer):
        writer.files.upload([FileToSend("a", b"1"), FileToSend("b", b"1")])


@pytest.mark.parametrize(
    "answer", [reply(b"0" * 2000), reply(gzip.compress(b"0" * 2000), content_encoding="gzip")], ids=["plain", "packed"]
)
def test_a_download_is_bounded(transport_to: Callable[..., Transport], answer: bytes) -> None:
    with answers(answer) as server:
        found = transport_to(server.url).download("/files", most=2000)
        assert found is not None
        assert found.content == b"0" * 2000
        with pytest.raises(FileTooBig, match="bigger than a file"):
            transport_to(server.url).download("/files", most=1999)


def test_a_download_follows_no_redirect(transport_to: Callable[..., Transport]) -> None:
    with answers(reply(b"", "302 Found", location="https://evil.example/")) as server:
        with pytest.raises(BadAnswer):
            transport_to(server.url).download("/files")
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="a b.pdf"', "a b.pdf"),
        ("attachment; filename=plain.txt", "plain.txt"),
        ("attachment; filename=\"x\"; filename*=UTF-8''%E2%82%AC%20rates.txt", "€ rates.txt"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("attachment; filename=\"C:\\\\Users\\\\a.doc\"", "a.doc"),
        ("attachment; filename*=UTF-8''..%2F..%2Fetc%2Fshadow", "shadow"),
        ('attachment; filename="invoice\u202efdp.exe"', "invoice_fdp.exe"),
        ('attachment; filename=".htaccess"', "htaccess"),
        ('attachment; filename="caf\u00c3\u00a9.txt"', "café.txt"),
        ("inline", ""),
    ],
)  # fmt: skip
def test_the_name_of_a_file_can_do_no_harm(disposition: str, name: str) -> None:
    assert Download.of(b"", {"content-disposition": disposition, "content-type": "text/html; charset=x"}) == Download(
        b"", "text/html", name
    )


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("x" * 400 + ".pdf") == "x" * 251 + ".pdf"
    assert Download.of(b"", {"content-type": "nonsense"}).content_type == "application/octet-stream"


def test_a_name_cannot_break_out_of_an_upload() -> None:
    _, body = multipart([FileToSend('a"; name="other\r\nX-Evil: 1\r\n\r\n.txt', b"1")])
    head = body.partition(b"\r\n\r\n")[0].decode()
    assert head.count("\r\n") == 2
    assert (
        head.splitlines()[1]
        == 'Content-Disposition: form-data; name="file"; filename="a_; name=_other__X-Evil_ 1____.txt"'
    )


def test_the_timeline_tells_a_change(writer: CrmClient, lead: str) -> None:
    writer.records.update("Leads", [{"id": lead, "Company": "Ashworth & Sons"}])
    page = writer.timeline.page("Leads", lead, per_page=1)
    (event,) = page.events
    assert (event.action, event.done_by and event.done_by.name) == ("updated", "Alice Moreau")
    (change,) = [one for one in event.changes if one.api_name == "Company"]
    assert (change.label, change.data_type, change.new) == ("Company", "text", "Ashworth & Sons")
    assert page.info.next_page_token
    rest = writer.timeline.page("Leads", lead, page_token=page.info.next_page_token)
    assert rest.events[-1].action == "added"


def test_related_records_and_full_texts(writer: CrmClient, standin: StandIn) -> None:
    organisation = standin.organisation()
    task = next(one for one in organisation.records["Tasks"] if one.get("$se_module") == "Deals")
    deal = task["What_Id"]["id"]
    page = writer.records.related("Deals", deal, "Tasks", ["Subject"])
    assert task["id"] in [one.id for one in page.records]
    rich = next(
        (module, field["api_name"])
        for module in ("Leads", "Deals", "Contacts", "Accounts", "Cases", "Solutions")
        for field in organisation.fields[module]
        if (field.get("textarea") or {}).get("type") == "rich_text"
    )
    record = next(one for one in organisation.records[rich[0]] if one.get("Converted__s") is not True)
    record[rich[1]] = "r" * 700
    whole = writer.records.full_text(rich[0], record["id"], [rich[1]])
    assert whole is not None
    assert whole.get(rich[1]) == "r" * 700
    (cut,) = writer.records.page(rich[0], [rich[1]], ids=[record["id"]]).records
    assert cut.get(rich[1]) == "r" * 500


def test_pipelines_dependencies_and_rules(writer: CrmClient, standin: StandIn) -> None:
    layouts = {module: writer.layouts.all(module)[0] for module in ("Deals", "Leads")}
    pipelines = writer.pipelines.all(layouts["Deals"].id)
    assert [one for one in pipelines if one.is_default]
    assert {"Qualification", "Closed Won"} <= {stage.actual_value for stage in pipelines[0].stages}
    assert pipelines[0].stages[0].forecast_type == "Open"
    listed = writer.map_dependencies.all("Leads", layouts["Leads"].id)
    whole = writer.map_dependencies.whole("Leads", layouts["Leads"].id)
    assert [one.id for one in listed] == [one.id for one in whole] != []
    assert listed[0].values == []
    assert whole[0].parent is not None
    assert any(value.maps for value in whole[0].values)
    with pytest.raises(InvalidRequest):
        writer.map_dependencies.all("Leads", "1")
    rules = writer.assignment_rules.all()
    assert (
        [one.id for one in writer.assignment_rules.all("Leads")]
        == [one.id for one in rules if one.module and one.module.name == "Leads"]
        != []
    )
    assert writer.assignment_rules.all("Products") == []
    (made,) = writer.records.create("Leads", [{"Last_Name": "By rule"}], WriteOptions(lar_id=rules[0].id))
    assert made is not None
    assert made.is_success
