"""Bulk Read and Bulk Write: orders, states, results, limits, prices, rights, hosts."""

from __future__ import annotations

import csv
import io
import threading
import time
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from crm_client.standin import StandIn
from tests.standin.conftest import EVERYTHING
from tests.standin.writing import Clerk

SCOPES = f"{EVERYTHING},ZohoCRM.bulk.ALL,ZohoFiles.files.ALL"


def archive(**files: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(f"{name}.csv", text)
    return made.getvalue()


def table(content: bytes) -> tuple[str, list[list[str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        (name,) = zipped.namelist()
        return name, list(csv.reader(io.StringIO(zipped.read(name).decode())))


@dataclass
class Porter(Clerk):
    """A user of the demo organisation who moves much at once."""

    scopes: str = SCOPES

    def bulk(self, method: str, path: str, host: str = "", **options: Any) -> requests.Response:
        headers = {"Authorization": f"Zoho-oauthtoken {self.token}"} | options.pop("headers", {})
        url = f"{host or self.tokens['api_domain']}{path}"
        return requests.request(method, url, headers=headers, timeout=20, **options)

    def read(self, module: str = "Leads", **query: Any) -> requests.Response:  # type: ignore[override]
        return self.bulk("POST", "/crm/bulk/v8/read", json={"query": {"module": {"api_name": module}, **query}})

    def upload(self, content: bytes, **headers: str) -> requests.Response:
        told = {"feature": "bulk-write", "X-CRM-ORG": str(self.organisation.org["zgid"])} | headers
        files = {"file": ("rows.zip", content, "application/zip")}
        return self.bulk("POST", "/crm/v8/upload", self.standin.api(), files=files, headers=told)

    def order(self, content: bytes, operation: str = "insert", **resource: Any) -> dict[str, Any]:
        file_id = self.upload(content).json()["details"]["file_id"]
        told = {"type": "data", "module": {"api_name": "Leads"}, "file_id": file_id} | resource
        return {"operation": operation, "resource": [told]}

    def write(self, content: bytes, operation: str = "insert", **resource: Any) -> requests.Response:
        return self.bulk("POST", "/crm/bulk/v8/write", json=self.order(content, operation, **resource))

    def done(self, path: str) -> dict[str, Any]:
        """The job once it is completed."""
        self.standin.advance(2)
        while True:
            body: dict[str, Any] = self.bulk("GET", path).json()
            shown: dict[str, Any] = body["data"][0] if "data" in body else body
            if "COMPLETED" in (shown.get("state"), shown.get("status")):
                return shown
            time.sleep(0.01)

    def written(self, content: bytes, operation: str = "insert", **resource: Any) -> list[list[str]]:
        """The rows of the result of a write."""
        answer = self.write(content, operation, **resource)
        assert answer.status_code == 201, answer.text
        job = self.done(f"/crm/bulk/v8/write/{answer.json()['details']['id']}")
        name, rows = table(self.bulk("GET", "", job["result"]["download_url"]).content)
        assert name == "Leads-rows.csv"
        return rows


@pytest.fixture
def standin() -> Any:
    with StandIn(seed=1) as running:
        yield running


@pytest.fixture
def alice(standin: StandIn) -> Porter:
    return Porter(standin)


def refused(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_bulk_read_is_ordered_waited_for_and_fetched(alice: Porter, standin: StandIn) -> None:
    criteria = {"group_operator": "and", "group": [
        {"field": {"api_name": "Last_Name"}, "comparator": "starts_with", "value": "B"},
        {"field": {"api_name": "Created_Time"}, "comparator": "between",
         "value": ["2000-01-01T00:00:00+00:00", "2100-01-01T00:00:00+00:00"]},
    ]}  # fmt: skip
    fields = ["Last_Name", "Owner", "Owner.last_name", "id"]
    answer = alice.read("Contacts", fields=fields, criteria=criteria)
    (item,) = answer.json()["data"]
    assert (answer.status_code, item["code"], item["message"]) == (201, "ADDED_SUCCESSFULLY", "Added successfully.")
    assert (item["details"]["operation"], item["details"]["state"]) == ("read", "ADDED")
    path = f"/crm/bulk/v8/read/{item['details']['id']}"
    (waiting,) = alice.bulk("GET", path).json()["data"]
    assert waiting["state"] == "ADDED"
    assert waiting["query"]["fields"] == fields
    assert refused(alice.bulk("GET", f"{path}/result")) == (404, "RESOURCE_NOT_FOUND")
    job = alice.done(path)
    wanted = [one for one in alice.organisation.records["Contacts"] if one["Last_Name"].casefold().startswith("b")]
    assert job["result"] == {
        "page": 1, "per_page": 200_000, "count": len(wanted), "download_url": f"{path}/result", "more_records": False,
    }  # fmt: skip
    name, rows = table(alice.bulk("GET", f"{path}/result").content)
    assert (name, rows[0]) == (f"{item['details']['id']}.csv", fields)
    assert [row[0] for row in rows[1:]] == [one["Last_Name"] for one in sorted(wanted, key=lambda one: int(one["id"]))]
    owner = alice.organisation.user(rows[1][1])
    assert rows[1][2] == owner["last_name"]
    assert sum(one["credits"] for one in standin.ledger() if one["method"] == "POST") == 50


def test_more_than_one_job_reads_is_led_on_by_a_token(alice: Porter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_client.standin.bulk_read.PER_JOB", 600)
    whole = [str(one["id"]) for one in alice.organisation.records["Leads"]]
    query: dict[str, Any] = {"module": {"api_name": "Leads"}, "fields": ["id"]}
    seen: list[str] = []
    for _ in range(3):
        answer = alice.bulk("POST", "/crm/bulk/v8/read", json={"query": query})
        job = alice.done(f"/crm/bulk/v8/read/{answer.json()['data'][0]['details']['id']}")
        seen += [row[0] for row in table(alice.bulk("GET", job["result"]["download_url"]).content)[1][1:]]
        if not job["result"]["more_records"]:
            break
        query = {"page_token": job["result"]["next_page_token"]}
    assert seen == sorted(whole, key=int)
    assert job["result"]["page"] == 2
    bob = Porter(alice.standin, "bob")
    assert refused(bob.bulk("POST", "/crm/bulk/v8/read", json={"query": query})) == (400, "INVALID_DATA")
    alice.standin.advance(25 * 3600)
    later = Porter(alice.standin)
    assert refused(later.bulk("POST", "/crm/bulk/v8/read", json={"query": query})) == (400, "EXPIRED_VALUE")
    assert refused(later.bulk("GET", job["result"]["download_url"])) == (404, "RESOURCE_NOT_FOUND")


@pytest.mark.parametrize(
    ("query", "code", "details"),
    [
        ({"fields": ["Nonsense"]}, "FIELD_NOT_AVAILABLE", {"api_name": "Nonsense", "module": "Leads"}),
        ({"page": 51}, "PAGE_RANGE_EXCEEDED", {"max_limit": 50}),
        ({"cvid": "1"}, "CVID_NOT_SUPPORTED", {}),
        ({"criteria": []}, "INVALID_CRITERIA", {}),
        ({"criteria": {"group_operator": "xor", "group": [{}]}}, "GROUP_OPERATOR_NOT_SUPPORTED", {}),
        (
            {"criteria": {"field": {"api_name": "Email_Opt_Out"}, "comparator": "not_equal", "value": True}},
            "FIELD_AND_COMPARATOR_IN_CRITERIA_NOT_COMPATIBLE",
            {"comparator": "not_equal", "api_name": "Email_Opt_Out", "supported": ["equal"]},
        ),
        (
            {"criteria": {"field": {"api_name": "Last_Name"}, "comparator": "in", "value": "B"}},
            "COMPARATOR_AND_VALUE_IN_CRITERIA_NOT_COMPATIBLE",
            {"comparator": "in", "api_name": "Last_Name"},
        ),
    ],
)
def test_orders_to_read_that_are_refused(
    alice: Porter, query: dict[str, Any], code: str, details: dict[str, Any]
) -> None:
    answer = alice.read(**query)
    assert refused(answer) == (400, code)
    assert answer.json()["details"] == details


def test_what_cannot_be_read_in_bulk(alice: Porter, standin: StandIn) -> None:
    assert refused(alice.read("Nonsense")) == (400, "MODULE_NOT_AVAILABLE")
    assert refused(alice.read("Notes")) == (400, "MODULE_NOT_SUPPORTED")
    url = "/crm/bulk/v8/read"
    assert refused(alice.bulk("POST", url, data=b"{}")) == (415, "MEDIA_TYPE_NOT_SUPPORTED")
    assert refused(alice.bulk("POST", url, json={"query": {}, "callback": {"url": "ftp://x", "method": "post"}})) == (
        400, "INVALID_CALLBACK_URL",
    )  # fmt: skip
    assert refused(alice.bulk("GET", f"{url}/4711")) == (404, "RESOURCE_NOT_FOUND")
    assert refused(Porter(standin, scopes="ZohoCRM.bulk.READ").read()) == (401, "OAUTH_SCOPE_MISMATCH")
    assert refused(Porter(standin, scopes="ZohoCRM.modules.READ").read()) == (401, "OAUTH_SCOPE_MISMATCH")
    answer = alice.read(fields=["id"])
    job = alice.done(f"/crm/bulk/v8/read/{answer.json()['data'][0]['details']['id']}")
    statuses = [alice.bulk("GET", job["result"]["download_url"]).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]


def test_rows_are_written_and_the_result_tells_of_each(alice: Porter, standin: StandIn) -> None:
    before = len(standin.ledger())
    text = "Surname;Firm;Mail;Worth\nArk;A;ark@a.example;1,250.5\nBad;B;x;abc\n;C;c@c.example;3\n"
    mapped = [
        {"api_name": "Last_Name", "index": 0},
        {"api_name": "Company", "index": 1},
        {"api_name": "Email", "index": 2},
        {"api_name": "Annual_Revenue", "index": 3},
        {"api_name": "Lead_Source", "default_value": {"value": "Trade Show"}},
    ]
    rows = alice.written(archive(rows=text), field_mappings=mapped)
    assert rows[0] == ["Last_Name", "Company", "Email", "STATUS", "RECORD_ID", "ERRORS"]
    assert [row[3] for row in rows[1:]] == ["added", "skipped", "skipped"]
    assert [row[5] for row in rows[1:]] == ["", "INVALID_DATA-Annual_Revenue", "MANDATORY_NOT_FOUND-Last_Name"]
    (lead,) = alice.get(f"/Leads/{rows[1][4]}").json()["data"]
    assert (lead["Last_Name"], lead["Annual_Revenue"], lead["Lead_Source"]) == ("Ark", 1250.5, "Trade Show")
    (commit,) = standin.world.ledger.show()["commits"]
    assert commit["id"] == rows[1][4]
    costs = [one["credits"] for one in standin.ledger()[before:] if one["path"] == "/crm/bulk/v8/write"]
    assert costs == [500]


def test_what_a_layout_alone_demands_is_not_asked_for(alice: Porter) -> None:
    row = {"Last_Name": "Lone"}
    layouts = [str(one["id"]) for one in alice.organisation.layouts["Leads"]]
    strict = next(id_ for id_ in layouts if alice.insert("Leads", {**row, "Layout": {"id": id_}}).status_code == 400)
    mapped = [{"api_name": "Last_Name", "index": 0}, {"api_name": "Layout", "default_value": {"value": strict}}]
    (added,) = alice.written(archive(rows="Last_Name\nLone\n"), field_mappings=mapped)[1:]
    assert added[1] == "added"
    assert Clerk.read(alice, "Leads", added[2])["Layout"]["id"] == strict


def test_update_and_upsert_find_their_records(alice: Porter) -> None:
    old = alice.new("Leads", Last_Name="Old", Company="A", Email="old@a.example", Phone="1")
    changed = alice.written(archive(rows=f"id,Phone,Company\n{old},2,\n4711,3,X\n"), "update", find_by="id")
    assert [row[3:] for row in changed[1:]] == [["updated", old, ""], ["skipped", "", "RESOURCE_NOT_FOUND-id"]]
    lead = Clerk.read(alice, "Leads", old)
    assert (lead["Phone"], lead["Company"]) == ("2", None)  # an empty cell empties
    both = archive(rows="Last_Name,Email,Phone\nOlder,OLD@a.example,\nNew,new@a.example,5\n")
    order = alice.order(both, "upsert", find_by="Email") | {"ignore_empty": True}
    job = alice.bulk("POST", "/crm/bulk/v8/write", json=order).json()["details"]["id"]
    shown = alice.done(f"/crm/bulk/v8/write/{job}")
    file = shown["resource"][0]["file"]
    assert (file["added_count"], file["updated_count"], file["skipped_count"], file["total_count"]) == (1, 1, 0, 2)
    lead = Clerk.read(alice, "Leads", old)
    assert (lead["Last_Name"], lead["Phone"]) == ("Older", "2")
    twice = alice.written(archive(rows="Last_Name,Email\nAgain,old@a.example\n"), find_by="Email")
    assert twice[1][2:] == ["skipped", old, "DUPLICATE_DATA-Email"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"operation": None}, "MISSING_REQUIRED_KEY"),
        ({"operation": "delete"}, "INVALID_DATA"),
        ({"operation": "update"}, "MISSING_REQUIRED_KEY"),
        ({"callback": {"url": "https://x.example", "method": "get"}}, "INVALID_CALLBACK_METHOD"),
        ({"file_id": "4711"}, "INVALID_FILE_ID"),
        ({"file_names": ["other.csv"]}, "FILE_NOT_FOUND"),
        ({"module": {"api_name": "Events"}}, "MODULE_NOT_AVAILABLE"),
        ({"find_by": "Company"}, "INVALID_FIELD"),
        ({"field_mappings": [{"api_name": "ast_Name", "index": 0}]}, "INVALID_FIELD"),
        ({"field_mappings": [{"api_name": "Last_Name", "index": 9}]}, "COLUMN_INDEX_NOT_FOUND"),
        ({"field_mappings": [{"api_name": "Last_Name"}]}, "MISSING_REQUIRED_KEY"),
        ({"field_mappings": [{"api_name": "Company", "index": 0}]}, "MANDATORY_FIELDS_NOT_MAPPED"),
    ],
)
def test_orders_to_write_that_are_refused(alice: Porter, change: dict[str, Any], code: str) -> None:
    order = alice.order(archive(rows="Last_Name\nX\n"))
    for key, value in change.items():
        (order if key in ("operation", "callback") else order["resource"][0])[key] = value
    assert refused(alice.bulk("POST", "/crm/bulk/v8/write", json=order)) == (400, code)


def test_an_upload_is_of_its_organisation_and_a_zip(alice: Porter, standin: StandIn) -> None:
    content = archive(rows="Last_Name\nX\n")
    irregular = alice.upload(content, **{"X-CRM-ORG": "1"})
    assert (irregular.status_code, irregular.json()["ERROR_MESSAGE"]) == (400, "Bad Request")
    assert refused(alice.upload(b"Last_Name\nX\n")) == (400, "INVALID_FILE_FORMAT")
    assert refused(alice.write(archive(one="a\n1\n", two="a\n1\n"))) == (400, "FILE_NOT_FOUND")
    # a sandbox has no upload host of its own; what is sent there stays the sandbox's
    sandbox = Porter(standin, org="demo-sandbox")
    sent = sandbox.upload(content)
    assert (sent.status_code, sent.json()["code"]) == (200, "FILE_UPLOAD_SUCCESS")
    order = alice.order(content)
    order["resource"][0]["file_id"] = sent.json()["details"]["file_id"]
    assert refused(alice.bulk("POST", "/crm/bulk/v8/write", json=order)) == (400, "INVALID_FILE_ID")
    assert len(sandbox.written(content)) == 2
    abroad = Porter(standin, "charlie", org="europe")
    assert refused(abroad.upload(content, **{"X-CRM-ORG": "1"})) == (401, "INVALID_TOKEN")


def test_bob_may_not_write_in_bulk_either(standin: StandIn, alice: Porter) -> None:
    bob = Porter(standin, "bob")
    assert refused(bob.write(archive(rows="Last_Name\nX\n"))) == (403, "NO_PERMISSION")
    assert not standin.world.ledger.show()["commits"]


def test_a_job_ends_with_the_stand_in() -> None:
    with StandIn(seed=1) as standin:
        Porter(standin).read(fields=["id"])
        names = [one.name for one in threading.enumerate()]
        assert any(name.startswith("bulk job") for name in names)
    for thread in threading.enumerate():
        if thread.name.startswith("bulk job"):
            thread.join(2)
            assert not thread.is_alive()
