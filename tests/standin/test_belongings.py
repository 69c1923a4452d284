"""What belongs to a record: files, attachments, photo, notes, related lists, full texts, timeline; assignment rules."""

from __future__ import annotations

from typing import Any

import pytest

from crm_client.standin import StandIn
from crm_client.standin.uploads import Uploads
from tests.standin.conftest import EVERYTHING, Somebody
from tests.standin.town import LEADS, field, lead, module, reference

LEAD, OTHER, NOBODY = "900000000000000001", "900000000000000002", "900000000000009999"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def anna(standin: StandIn) -> Somebody:
    """Administers a town whose leads have notes, attachments and files."""
    organisation = standin.organisation("town")
    organisation.modules += [module("200000000000000010", "Notes"), module("200000000000000011", "Attachments")]
    organisation.modules += [module("200000000000000012", "Tasks")]
    organisation.fields["Tasks"] = [field(40, "Subject"), field(41, "What_Id", data_type="lookup")]
    organisation.fields["Leads"] = [
        *organisation.fields["Leads"],
        field(42, "Papers", data_type="fileupload", length=2),
    ]
    organisation.related_lists["Leads"].append({"id": "9", "api_name": "Activities_Chronological_View", "module": None})
    organisation.records["Leads"] = [lead(number, Full_Name=f"Lead 000{number}") for number in (1, 2)]
    organisation.records["Tasks"] = [
        {"id": "140000000000000001", "Subject": "Call", "What_Id": reference(LEAD, "Lead 0001")},
        {"id": "140000000000000002", "Subject": "Other", "What_Id": reference(OTHER, "Lead 0002")},
    ]
    organisation.assignment_rules = [
        {"id": "150000000000000001", "name": "Round", "module": {"api_name": "Leads", "id": LEADS}}
    ]
    return Somebody(standin, "anna", scopes=f"{EVERYTHING},ZohoCRM.Files.CREATE,ZohoCRM.Files.READ")


def sent(*files: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("file", (name, content, "text/plain")) for name, content in files]


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_uploaded_file_comes_back_byte_for_byte(anna: Somebody) -> None:
    content = b"--\r\n\r\n\x00\xff--boundary\r\n" * 50
    items = anna.call("POST", "/files", files=sent(("a.txt", b"one"), ("Angebot 12.pdf", content))).json()["data"]
    assert [(item["code"], item["details"]["name"]) for item in items] == [
        ("SUCCESS", "a.txt"),
        ("SUCCESS", "Angebot 12.pdf"),
    ]
    back = anna.get("/files", params={"id": items[1]["details"]["id"]})
    assert back.content == content
    assert back.headers["Content-Type"] == "text/plain"
    assert 'filename="Angebot 12.pdf"' in back.headers["Content-Disposition"]
    assert anna.get("/files?id=nothing").status_code == 204
    assert refused(anna.get("/files")) == (400, "REQUIRED_PARAM_MISSING")


@pytest.mark.parametrize(
    ("files", "refusal"),
    [
        ([], (400, "failure_in_attachment_handling")),
        ([("empty.txt", b"")], (400, "failure_in_attachment_handling")),
        ([("a", b"1")] * 11, (400, "INVALID_REQUEST")),
        ([("a", b"1"), ("big", b"1" * (20 * 1024 * 1024 + 1))], (415, "FILE_SIZE_MORE_THAN_ALLOWED_SIZE")),
        ([("v", b"X5O!P%@AP-EICAR-STANDARD-ANTIVIRUS-TEST-FILE!")], (400, "VIRUS_DETECTED")),
    ],
)
def test_uploads_that_are_refused_keep_nothing(
    anna: Somebody, standin: StandIn, files: list[tuple[str, bytes]], refusal: tuple[int, str]
) -> None:
    body = sent(*files) or [("other", ("a", b"1", "text/plain"))]
    answer = anna.call("POST", "/files", files=body)
    assert refused(answer) == refusal
    assert answer.json()["details"] == {}
    assert not standin.world.uploads._files


def test_the_oldest_files_make_room() -> None:
    uploads = Uploads(most_held=10)
    first, second = uploads.add("town", "a", b"123456"), uploads.add("town", "b", b"123456")
    assert uploads.get("town", first) is None
    assert uploads.get("town", second) is not None
    assert uploads.get("abroad", second) is None


def test_an_attachment_is_listed_read_and_taken_away(anna: Somebody, standin: StandIn) -> None:
    path = f"/Leads/{LEAD}/Attachments"
    assert anna.get(f"{path}?fields=File_Name").status_code == 204
    item = anna.call("POST", path, files=sent(("Plan.txt", b"the plan"))).json()["data"][0]
    assert (item["code"], item["message"]) == ("SUCCESS", "attachment uploaded successfully")
    assert item["details"]["Created_By"]["name"] == "Anna Miller"
    id_ = item["details"]["id"]
    (listed,) = anna.get(f"{path}?fields=File_Name,Size,Parent_Id,$se_module").json()["data"]
    assert listed == {
        "File_Name": "Plan.txt",
        "Size": "8",
        "Parent_Id": {"name": "Lead 0001", "id": LEAD, "module": {"api_name": "Leads", "id": LEADS}},
        "$se_module": "Leads",
        "id": id_,
    }
    assert anna.get(f"{path}/{id_}").content == b"the plan"
    assert anna.get(f"/Leads/{OTHER}/Attachments/{id_}").status_code == 204
    assert anna.get(f"/Leads/{OTHER}/Attachments?fields=File_Name").status_code == 204
    assert anna.call("DELETE", f"/Leads/{OTHER}/Attachments/{id_}").json()["data"][0]["code"] == "INVALID_DATA"
    assert anna.call("DELETE", f"{path}/{id_}").json()["data"][0] == {
        "code": "SUCCESS",
        "details": {"id": id_},
        "message": "record deleted",
        "status": "success",
    }
    assert anna.get(f"{path}?fields=File_Name").status_code == 204
    commits = standin.world.ledger.show()["commits"]
    assert [(one["module"], one["op"], one["id"]) for one in commits] == [
        ("Attachments", "insert", id_),
        ("Attachments", "delete", id_),
    ]


def test_a_link_is_an_attachment_too(anna: Somebody) -> None:
    path = f"/Leads/{LEAD}/Attachments"
    made = anna.call("POST", f"{path}?attachmentUrl=https://example.org/a&title=A").json()["data"][0]["details"]["id"]
    (listed,) = anna.get(f"{path}?fields=File_Name,$link_url").json()["data"]
    assert listed == {"File_Name": "A", "$link_url": "https://example.org/a", "id": made}
    assert anna.get(f"{path}/{made}").status_code == 204
    assert refused(anna.call("POST", f"{path}?attachmentUrl=javascript:alert(1)")) == (400, "INVALID_DATA")


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("POST", f"/Leads/{NOBODY}/Attachments", (400, "INVALID_DATA")),
        ("POST", f"/Leads/{LEAD}/Attachments", (400, "failure_in_attachment_handling")),
        ("GET", f"/Leads/{LEAD}/Attachments", (400, "REQUIRED_PARAM_MISSING")),
        ("DELETE", f"/Leads/{LEAD}/Attachments", (400, "REQUIRED_PARAM_MISSING")),
        ("GET", f"/Leads/{LEAD}/actions/download_fields_attachment", (400, "REQUIRED_PARAM_MISSING")),
        ("POST", f"/Leads/{LEAD}/photo", (400, "failure_in_attachment_handling")),
        ("GET", f"/Leads/{NOBODY}/__timeline", (400, "INVALID_DATA")),
        ("GET", f"/Leads/{LEAD}/__timeline?filters=x", (400, "INVALID_DATA")),
        ("GET", f"/Leads/{LEAD}/actions/fetch_full_data", (400, "REQUIRED_PARAM_MISSING")),
        ("GET", "/settings/automation/assignment_rules/1", (400, "REQUIRED_PARAM_MISSING")),
        ("GET", "/settings/automation/assignment_rules?module=Nope", (400, "INVALID_MODULE")),
    ],
)
def test_what_is_refused(anna: Somebody, method: str, path: str, refusal: tuple[int, str]) -> None:
    assert refused(anna.call(method, path)) == refusal


def test_sam_may_read_attachments_and_not_add_to_them(anna: Somebody, sam: Somebody) -> None:
    path = f"/Leads/{LEAD}/Attachments"
    anna.call("POST", path, files=sent(("a", b"1")))
    assert sam.get(f"{path}?fields=File_Name").status_code == 200
    assert refused(sam.call("POST", path, files=sent(("a", b"1")))) == (403, "NO_PERMISSION")


def test_writing_needs_its_own_scopes(anna: Somebody, standin: StandIn) -> None:
    leads = Somebody(standin, "anna", scopes="ZohoCRM.modules.leads.ALL")
    for path in (f"/Leads/{LEAD}/Notes?fields=id", f"/Leads/{LEAD}/Attachments?fields=id"):
        assert refused(leads.get(path)) == (401, "OAUTH_SCOPE_MISMATCH")
    reader = Somebody(standin, "anna", scopes="ZohoCRM.modules.READ,ZohoCRM.Files.READ")
    for method, path in [
        ("POST", "/files"),
        ("POST", f"/Leads/{LEAD}/Attachments"),
        ("DELETE", f"/Leads/{LEAD}/Attachments/1"),
        ("POST", f"/Leads/{LEAD}/Notes"),
        ("PUT", "/Notes/1"),
        ("DELETE", "/Notes/1"),
        ("POST", f"/Leads/{LEAD}/photo"),
    ]:
        assert refused(reader.call(method, path)) == (401, "OAUTH_SCOPE_MISMATCH")


def test_files_of_fields_come_by_their_own_id(anna: Somebody, standin: StandIn) -> None:
    file_id = standin.world.uploads.add("town", "Pass.pdf", b"a pass", "application/pdf")
    row = {"id": "160000000000000001", "File_Id__s": file_id, "File_Name__s": "Pass.pdf"}
    made_up = {"id": "160000000000000002", "File_Id__s": "f" * 64, "File_Name__s": "Old.pdf"}
    standin.organisation("town").records["Leads"][0]["Papers"] = [row, made_up]
    path = f"/Leads/{LEAD}/actions/download_fields_attachment?fields_attachment_id="
    assert anna.get(path + row["id"]).content == b"a pass"
    assert b"stands for" in anna.get(path + made_up["id"]).content
    assert anna.get(path + "160000000000000003").status_code == 204


def test_a_photo_is_set_shown_and_removed(anna: Somebody) -> None:
    path = f"/Leads/{LEAD}/photo"
    assert anna.get(path).status_code == 204
    assert refused(anna.call("POST", path, files=sent(("a.txt", b"no image")))) == (
        415,
        "FILE_SIZE_MORE_THAN_ALLOWED_SIZE",
    )
    assert anna.call("POST", path, files=sent(("me.png", PNG))).json()["code"] == "SUCCESS"
    shown = anna.get(path)
    assert (shown.content, shown.headers["Content-Type"]) == (PNG, "image/png")
    assert anna.call("DELETE", path).json()["code"] == "SUCCESS"
    assert anna.get(path).status_code == 204


def test_notes_are_written_listed_changed_and_deleted(anna: Somebody, standin: StandIn) -> None:
    parent = {"module": {"api_name": "Leads"}, "id": LEAD}
    rows = [
        {"Note_Title": "A", "Note_Content": "one", "Parent_Id": parent},
        {"Note_Content": "two"},
        {"Note_Content": "", "Parent_Id": parent},
        {"Note_Content": "x", "Parent_Id": {"module": {"api_name": "Leads"}, "id": NOBODY}},
        {"Note_Content": "x", "Parent_Id": {"id": LEAD}},
        {"Note_Content": 7, "Parent_Id": parent},
        {"Note_Title": "t" * 121, "Note_Content": "x", "Parent_Id": parent},
    ]
    answer = anna.call("POST", "/Notes", json={"data": rows})
    items = answer.json()["data"]
    assert answer.status_code == 207
    assert [(item["code"], item["details"].get("json_path")) for item in items] == [
        ("SUCCESS", None),
        ("MANDATORY_NOT_FOUND", "$.data[1].Parent_Id"),
        ("MANDATORY_NOT_FOUND", "$.data[2].Note_Content"),
        ("INVALID_DATA", "$.data[3].Parent_Id.id"),
        ("MANDATORY_NOT_FOUND", "$.data[4].Parent_Id.module"),
        ("INVALID_DATA", "$.data[5].Note_Content"),
        ("INVALID_DATA", "$.data[6].Note_Title"),
    ]
    first = items[0]["details"]["id"]
    made = anna.call("POST", f"/Leads/{LEAD}/Notes", json={"data": [{"Note_Content": "three"}]})
    assert made.status_code == 201
    second = made.json()["data"][0]["details"]["id"]
    listed = anna.get(f"/Leads/{LEAD}/Notes?fields=Note_Title,Note_Content,Parent_Id").json()["data"]
    assert [(one["id"], one["Note_Content"], one["Parent_Id"]["name"]) for one in listed] == [
        (second, "three", "Lead 0001"),
        (first, "one", "Lead 0001"),
    ]
    changed = anna.call("PUT", f"/Notes/{first}", json={"data": [{"Note_Content": "one more"}]})
    assert (changed.status_code, changed.json()["data"][0]["message"]) == (200, "record updated")
    assert anna.get(f"/Notes/{first}").json()["data"][0]["Note_Content"] == "one more"
    wrong = anna.call("PUT", "/Notes", json={"data": [{"Note_Content": "x"}, {"id": NOBODY, "Note_Content": "x"}]})
    assert (wrong.status_code, [item["code"] for item in wrong.json()["data"]]) == (
        400,
        ["MANDATORY_NOT_FOUND", "INVALID_DATA"],
    )
    gone = anna.call("DELETE", f"/Notes?ids={first},{NOBODY}")
    assert (gone.status_code, [item["code"] for item in gone.json()["data"]]) == (207, ["SUCCESS", "INVALID_DATA"])
    assert anna.get("/Notes?fields=Note_Content").json()["data"] == [{"Note_Content": "three", "id": second}]
    ops = [(one["op"], one["id"]) for one in standin.world.ledger.show()["commits"]]
    assert ops == [("insert", first), ("insert", second), ("update", first), ("delete", first)]


def test_notes_come_a_hundred_at_a_time_and_the_whole_list_is_for_administrators(anna: Somebody, sam: Somebody) -> None:
    rows = [{"Note_Content": "x"}] * 101
    assert refused(anna.call("POST", f"/Leads/{LEAD}/Notes", json={"data": rows})) == (400, "LIMIT_EXCEEDED")
    assert refused(anna.call("POST", f"/Leads/{NOBODY}/Notes", json={"data": rows[:1]})) == (400, "INVALID_DATA")
    assert refused(anna.call("POST", "/Notes", data=b"x")) == (400, "MANDATORY_NOT_FOUND")
    anna.call("POST", f"/Leads/{LEAD}/Notes", json={"data": rows[:1]})
    assert refused(sam.get("/Notes?fields=Note_Content")) == (403, "NOT_SUPPORTED")
    assert sam.get(f"/Leads/{LEAD}/Notes?fields=Note_Content").status_code == 200


def test_activities_are_gathered_from_their_modules(anna: Somebody) -> None:
    path = f"/Leads/{LEAD}/Activities_Chronological_View?fields=Subject,$activity_type"
    assert anna.get(path).json()["data"] == [{"Subject": "Call", "$activity_type": "Tasks", "id": "140000000000000001"}]


def test_full_texts_are_whole(anna: Somebody) -> None:
    path = f"/Leads/{LEAD}/actions/fetch_full_data?fields=Notes,Last_Name"
    assert anna.get(path).json() == {"data": [{"Notes": "n" * 600, "id": LEAD}]}


def test_the_timeline_tells_who_changed_what(anna: Somebody, sam: Somebody, standin: StandIn) -> None:
    path = f"/Leads/{LEAD}/__timeline"
    (added,) = anna.get(path).json()["__timeline"]
    assert (added["action"], added["audited_time"], added["record"]["name"]) == (
        "added",
        "2026-01-01T10:00:00+00:00",
        "Lead 0001",
    )
    change = {"data": [{"id": LEAD, "Last_Name": "Newman", "Salary": "7"}]}
    assert anna.call("PUT", "/Leads", json=change).json()["data"][0]["code"] == "SUCCESS"
    inner = "?include_inner_details=field_history.data_type"
    changed, first = anna.get(path + inner).json()["__timeline"]
    assert (changed["action"], changed["done_by"]["name"], first["action"]) == ("updated", "Anna Miller", "added")
    history = {one["api_name"]: (one["_value"], one["data_type"]) for one in changed["field_history"]}
    assert history["Last_Name"] == ({"old": "Lead 0001", "new": "Newman"}, "text")
    assert "Salary" in history
    assert [one["api_name"] for one in sam.get(path).json()["__timeline"][0]["field_history"]] == ["Last_Name"]
    page = anna.get(path + "?per_page=1").json()
    assert (page["info"]["more_records"], page["__timeline"][0]["action"]) == (True, "updated")
    rest = anna.get(f"{path}?page_token={page['info']['next_page_token']}").json()
    assert (rest["info"]["more_records"], rest["__timeline"][0]["action"]) == (False, "added")
    assert refused(sam.get(f"{path}?page_token={page['info']['next_page_token']}")) == (400, "INVALID_DATA")


def test_a_refused_change_leaves_nothing_in_the_timeline(anna: Somebody) -> None:
    change = {"data": [{"id": LEAD, "Last_Name": None}]}
    assert anna.call("PUT", "/Leads", json=change).status_code == 400
    assert len(anna.get(f"/Leads/{LEAD}/__timeline").json()["__timeline"]) == 1


def test_assignment_rules(anna: Somebody) -> None:
    path = "/settings/automation/assignment_rules"
    (rule,) = anna.get(path).json()["assignment_rules"]
    assert anna.get(f"{path}?module=Leads").json()["assignment_rules"] == [rule]
    assert anna.get(f"{path}?module=Deals").status_code == 204
    assert anna.get(f"{path}/{rule['id']}?module=Leads").json()["assignment_rules"] == [rule]
    assert anna.get(f"{path}/1?module=Leads").status_code == 204
