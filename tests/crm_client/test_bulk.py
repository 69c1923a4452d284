"""Bulk jobs through the client: the whole way on the stand-in, hosts, bounds, and archives that mean harm."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import pytest

from crm_client import CrmClient, StaticToken
from crm_client.bulk import Bulk
from crm_client.bulk_parts import BulkReadJob, BulkWriteJob, ColumnMapping, state_of
from crm_client.bulk_results import RowError, results, rows
from crm_client.errors import (
    BadAnswer,
    CrmError,
    InvalidName,
    InvalidRequest,
    NoAnswer,
    NotFound,
    NotKept,
    ScopeMissing,
    TooBig,
)
from crm_client.standin import StandIn
from crm_client.transport import Transport
from tests.crm_client.wire import answers, error, reply
from tests.running.processes import until

SCOPES = "ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.org.READ,ZohoCRM.bulk.ALL,ZohoFiles.files.ALL"


def zipped(*files: tuple[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same bytes at any time: archives stand in parameters, which several processes of a run have to name alike."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, packing)
    return made.getvalue()


@pytest.fixture
def porter(standin: StandIn) -> Iterator[CrmClient]:
    """Alice with the scopes for bulk work, and the hosts of her data centre."""
    tokens = StaticToken(standin.token(scopes=SCOPES)["access_token"])
    row = standin.table["standin-us"]
    with CrmClient(row["api"]["production"], tokens, upload=row["upload"], download=row["download"]) as crm:
        yield crm


def read_to_the_end(crm: CrmClient, standin: StandIn, id_: str) -> BulkReadJob:
    standin.advance(2)
    assert until(lambda: crm.bulk.read_job(id_).state != "running")
    return crm.bulk.read_job(id_)


def test_a_module_is_exported_part_by_part(
    porter: CrmClient, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_client.standin.bulk_read.PER_JOB", 600)
    id_ = porter.bulk.read("Leads", ["Last_Name", "Owner.last_name", "id"])
    assert porter.bulk.read_job(id_).state == "queued"
    with pytest.raises(NotFound):
        porter.bulk.read_result(id_, io.BytesIO())
    job = read_to_the_end(porter, standin, id_)
    assert (job.state, job.said, job.count, job.more_records) == ("done", "COMPLETED", 600, True)
    assert job.module is not None
    assert (job.module.name, job.fields) == ("Leads", ["Last_Name", "Owner.last_name", "id"])
    into = io.BytesIO(b"what was there before")
    porter.bulk.read_result(id_, into)
    first = list(rows(into))
    assert (first[0], len(first)) == (["Last_Name", "Owner.last_name", "id"], 601)
    assert job.token is not None
    second = read_to_the_end(porter, standin, porter.bulk.read_on(job.token))
    porter.bulk.read_result(second.id, into)
    both = [row[2] for row in [*first[1:], *list(rows(into))[1:]]]
    assert both == sorted((one["id"] for one in standin.organisation("demo").records["Leads"]), key=int)
    assert second.token is None


def test_a_table_is_imported_and_each_row_tells_its_end(porter: CrmClient, standin: StandIn) -> None:
    table = b"Name,Firm,Mail,Met\nArk,A,ark@a.example,2026-01-31\nBad,B,x,31.01.2026\n"
    file_id = porter.bulk.upload(zipped(("leads.csv", table)), porter.org.get().zgid)
    mappings = [
        ColumnMapping("Last_Name", 0),
        ColumnMapping("Company", 1),
        ColumnMapping("Email", 2),
        ColumnMapping("Lead_Source", default="Trade Show"),
    ]
    id_ = porter.bulk.write("insert", "Leads", file_id, mappings)
    standin.advance(2)
    assert until(lambda: porter.bulk.write_job(id_).state == "done")
    job = porter.bulk.write_job(id_)
    (file,) = job.files
    assert (file.name, file.state, file.added, file.skipped, file.updated, file.total) == (
        "leads.csv", "done", 1, 1, 0, 2,
    )  # fmt: skip
    assert (job.operation, job.ignore_empty) == ("insert", True)
    into = io.BytesIO()
    porter.bulk.write_result(job, into)
    good, bad = results(into)
    assert (good.status, bad.status, bad.errors) == ("added", "skipped", [RowError("INVALID_DATA", ["Email"])])
    assert good.shown == {"Last_Name": "Ark", "Company": "A", "Email": "ark@a.example"}
    record = porter.records.get("Leads", good.id)
    assert record is not None
    assert record.get("Lead_Source") == "Trade Show"


def test_orders_cost_what_the_page_says_and_are_never_sent_twice(standin: StandIn) -> None:
    told = []
    tokens = StaticToken(standin.token(scopes=SCOPES)["access_token"])
    crm = CrmClient(standin.api(), tokens, on_call=told.append)
    standin.fault("commit_then_status", {"status": 500}, match={"path": "/crm/bulk/v8/read"}, count=1)
    with pytest.raises(NoAnswer):
        crm.bulk.read("Leads")
    assert [(event.path, event.credits) for event in told] == [("/bulk/read", 50)]
    with pytest.raises(InvalidRequest) as refused:
        crm.bulk.write("insert", "Leads", "4711")
    assert (refused.value.code, told[-1].credits) == ("INVALID_FILE_ID", 500)
    crm.close()


def test_what_is_missing_is_named(standin: StandIn) -> None:
    tokens = StaticToken(standin.token(scopes="ZohoCRM.modules.READ")["access_token"])
    with CrmClient(standin.api(), tokens, upload=standin.api()) as crm:
        for act, scope in (
            (lambda: crm.bulk.read("Leads"), "ZohoCRM.bulk.READ"),
            (lambda: crm.bulk.write_job("1"), "ZohoCRM.bulk.CREATE"),
            (lambda: crm.bulk.upload(b"x", "1"), "ZohoFiles.files.ALL"),
        ):
            with pytest.raises(ScopeMissing) as missing:
                act()
            assert missing.value.scope == scope


def test_an_upload_for_another_organisation_is_refused_not_unknown(porter: CrmClient) -> None:
    with pytest.raises(InvalidRequest):
        porter.bulk.upload(zipped(("a.csv", b"Last_Name\nX\n")), "1")
    with pytest.raises(InvalidRequest) as refused:
        porter.bulk.upload(b"no archive", porter.org.get().zgid)
    assert refused.value.code == "INVALID_FILE_FORMAT"


@pytest.mark.parametrize(
    "act",
    [
        lambda bulk: bulk.upload(b"x", "1"),  # no host for uploads
        lambda bulk: bulk.read("../org"),
        lambda bulk: bulk.read("Leads", ["Owner.../x"]),
        lambda bulk: bulk.read_job("1/result"),
        lambda bulk: bulk.read_on("a b"),
        lambda bulk: bulk.write("delete", "Leads", "1"),
        lambda bulk: bulk.write("update", "Leads", "1"),
        lambda bulk: bulk.write("insert", "Leads", "x"),
        lambda bulk: bulk.write("insert", "Leads", "1", [ColumnMapping("A")]),
        lambda bulk: bulk.write("insert", "Leads", "1", [ColumnMapping("A", 1, "x")]),
        lambda bulk: bulk.write("insert", "Leads", "1", [ColumnMapping("A", n) for n in range(201)]),
    ],
)
def test_what_cannot_be_is_not_sent(act: Callable[[Bulk], Any], transport_to: Callable[..., Transport]) -> None:
    with answers(reply({})) as server:
        with pytest.raises(InvalidName):
            act(Bulk(transport_to(server.url)))
        assert server.requests == []


def job_at(url: str) -> BulkWriteJob:
    return BulkWriteJob.from_api({"id": "7", "status": "COMPLETED", "result": {"download_url": url}})


def test_a_result_is_fetched_from_the_tables_host_and_no_other(transport_to: Callable[..., Transport]) -> None:
    good = zipped(("x.csv", b"a\n"))
    with answers(reply(good)) as ours, answers(reply(good)) as foreign:
        bulk = Bulk(transport_to(ours.url), download=ours.url)
        path = "/v2/crm/5/bulk-write/7/7.zip"
        for address in (
            foreign.url + path, path, "", "//evil.test" + path, ours.url.replace("http:", "https:") + path,
            ours.url.replace("http://", "http://x@") + path, f"{ours.url}{path}?to=evil", f"{ours.url}/oauth/v2/token",
            f"{ours.url}/v2/crm/5/bulk-write/8/8.zip", f"{ours.url}/v2/crm/5/bulk-write/7/../7.zip", "http://[",
        ):  # fmt: skip
            with pytest.raises(BadAnswer):
                bulk.write_result(job_at(address), io.BytesIO())
        with pytest.raises(BadAnswer):
            Bulk(transport_to(ours.url)).write_result(job_at(ours.url + path), io.BytesIO())
        assert ours.requests == foreign.requests == []
        into = io.BytesIO()
        bulk.write_result(job_at(ours.url + path), into)
        assert into.getvalue() == good
        assert [text.split(" ")[1] for text in ours.requests] == [path]
        assert foreign.requests == []


def test_a_redirected_result_is_not_followed(transport_to: Callable[..., Transport]) -> None:
    with answers(reply(b"")) as foreign:
        there = reply(b"", "302 Found", location=f"{foreign.url}/x")
        with answers(there) as ours, pytest.raises(BadAnswer):
            Bulk(transport_to(ours.url)).read_result("7", io.BytesIO())
        assert foreign.requests == []


class FullDisk(io.BytesIO):
    def write(self, _data: Any) -> int:
        raise OSError(28, "No space left on device")


def test_a_result_is_bounded_tried_again_and_never_half_kept(transport_to: Callable[..., Transport]) -> None:
    content = bytes(range(256)) * 4000
    endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + content  # nothing says how much will come
    packed = reply(gzip.compress(content), content_encoding="gzip")
    with answers(error("INTERNAL_ERROR", "500 x"), reply(content), packed, endless, reply(content[:9])) as ours:
        bulk = Bulk(transport_to(ours.url))
        into = io.BytesIO()
        for _ in range(3):
            bulk.read_result("7", into)
            assert into.getvalue() == content
        bulk.read_result("7", into)
        assert into.getvalue() == content[:9]  # nothing of the longer ones before
    for bomb in (reply(content), packed, endless):
        with answers(bomb) as ours, pytest.raises(TooBig) as large:
            Bulk(transport_to(ours.url)).read_result("7", io.BytesIO(), most=len(content) - 1)
        assert type(large.value) is TooBig
    with answers(reply(content)) as ours, pytest.raises(NotKept) as full:
        Bulk(transport_to(ours.url)).read_result("7", FullDisk())
    assert full.value.message_code == "NO-SPACE"
    with answers(error("RESOURCE_NOT_FOUND", "404 x", resource="7")) as ours, pytest.raises(NotFound):
        Bulk(transport_to(ours.url)).read_result("7", io.BytesIO())
    with answers(reply(b"", "204 No Content")) as ours, pytest.raises(BadAnswer):
        Bulk(transport_to(ours.url)).read_result("7", io.BytesIO())


@pytest.mark.parametrize(
    ("body", "call"),
    [
        ({"data": []}, lambda bulk: bulk.read("Leads")),
        ({"data": [{"status": "success", "details": {"id": "x"}}]}, lambda bulk: bulk.read("Leads")),
        ({"data": [{"id": "8", "state": "COMPLETED"}]}, lambda bulk: bulk.read_job("7")),
        ({}, lambda bulk: bulk.read_job("7")),
        ({"id": "8", "status": "COMPLETED"}, lambda bulk: bulk.write_job("7")),
        ({"status": "success", "details": {}}, lambda bulk: bulk.write("insert", "Leads", "1")),
    ],
)
def test_an_answer_about_no_or_another_job_is_none(
    body: dict[str, Any], call: Callable[[Bulk], Any], transport_to: Callable[..., Transport]
) -> None:
    with answers(reply(body)) as server, pytest.raises(BadAnswer):
        call(Bulk(transport_to(server.url)))


def test_states_are_read_however_they_are_spelt() -> None:
    said = ["ADDED", "QUEUED", "IN PROGRESS", "INPROGRESS", "in_progress", "COMPLETED", "FAILURE", "FAILED", "NEW", ""]
    assert [state_of(word) for word in said] == [
        "queued", "queued", "running", "running", "running", "done", "failed", "failed", "unknown", "unknown",
    ]  # fmt: skip
    waiting = {"id": "1", "state": "ADDED", "result": {"count": 5, "more_records": True, "next_page_token": "x"}}
    job = BulkReadJob.from_api(waiting)
    assert (job.count, job.more_records, job.token) == (None, False, None)  # a result means nothing before the end
    failed = {"state": "FAILURE", "result": {"error_message": {"code": "INTERNAL_SERVER_ERROR", "message": "no"}}}
    job = BulkReadJob.from_api(failed)
    assert (job.state, job.error_code, job.error_message) == ("failed", "INTERNAL_SERVER_ERROR", "no")


def archive(*files: tuple[str, bytes], **how: int) -> BinaryIO:
    return io.BytesIO(zipped(*files, **how))


def test_a_table_is_read_as_it_stands() -> None:
    text = '\ufeffA,B\r\n"x, ""y""","two\nlines"\r\n\r\n=1,\x00\r\n'.encode()
    assert list(rows(archive(("a.csv", text)))) == [["A", "B"], ['x, "y"', "two\nlines"], ["=1", "\ufffd"]]
    assert list(rows(archive(("a.csv", b"")))) == []
    assert list(rows(archive(("a.csv", b"A\n\xff\n")))) == [["A"], ["\ufffd"]]


def test_rows_tell_every_error() -> None:
    text = (
        b"Last_Name,STATUS,RECORD_ID,ERRORS\nX,Skipped,,MANDATORY_NOT_FOUND-Company,Last_Name:DUPLICATE_DATA-Email\nY\n"
    )
    text = text.replace(b"MANDATORY", b'"MANDATORY').replace(b"-Email", b'-Email"')
    one, short = results(archive(("a.csv", text)))
    assert one.errors == [
        RowError("MANDATORY_NOT_FOUND", ["Company", "Last_Name"]),
        RowError("DUPLICATE_DATA", ["Email"]),
    ]
    assert (one.status, one.id, short.status, short.errors) == ("skipped", "", "", [])
    with pytest.raises(BadAnswer):
        list(results(archive(("a.csv", b"Last_Name,STATUS\nX,added\n"))))


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (b"", BadAnswer),
        (b"PK\x03\x04 nonsense", BadAnswer),
        (zipped(), BadAnswer),
        (zipped(("a.csv", b"x"), ("b.csv", b"x")), BadAnswer),
        (zipped(("../a.csv", b"x")), BadAnswer),
        (zipped(("/etc/a.csv", b"x")), BadAnswer),
        (zipped(("a.csv", b"x"), packing=zipfile.ZIP_BZIP2), BadAnswer),
        (zipped(("a.csv", b"x" * 300))[:60], BadAnswer),
        (zipped(("a.csv", b"A\n" * 20_000_000)), BadAnswer),  # 40 MB in 40 kB
        (zipped(("a.csv", b'"' + b"x" * 200_000 + b'"\n')), BadAnswer),  # a cell without end
        (zipped(("a.csv", b"," * 3_000_000)), BadAnswer),  # a row without end
        (zipped(("a.csv", b'"a\nb",' * 400_000)), BadAnswer),
        (zipped(("a.csv", b"x" * 2000)), TooBig),
    ],
)
def test_archives_that_mean_harm(made: bytes, kind: type[CrmError]) -> None:
    most = 1000 if kind is TooBig else 50_000_000
    with pytest.raises(kind) as refused:
        for _ in rows(io.BytesIO(made), most=most):
            pass
    assert type(refused.value) is kind


def test_an_archive_that_lies_about_its_size_ends_where_it_said() -> None:
    content = b"A\n" * 500_000
    made = zipped(("a.csv", content))
    lied = made.replace(len(content).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lied != made
    with pytest.raises(BadAnswer):
        list(rows(io.BytesIO(lied), most=2000))
