"""Making, changing and deleting a record by its form: what is sent, what is refused, what becomes of it."""

import re
import time
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile

from console.connections.scopes import READ_SCOPES, WRITE_SCOPES
from console.submissions.models import Row, Submission
from crm_client.standin import StandIn
from tests.cast import Page, Person, person
from tests.records.paper import Paper, heard

pytestmark = pytest.mark.django_db

LEAD = {"Last_Name": "Zylker", "Company": "ABC"}


def _leads(standin: StandIn, last_name: str) -> list[dict[str, Any]]:
    return [one for one in standin.organisation("demo").records["Leads"] if one["Last_Name"] == last_name]


def _a_lead(standin: StandIn) -> dict[str, Any]:
    leads = standin.organisation("demo").records["Leads"]
    layout = standin.organisation("demo").layouts["Leads"][0]["id"]
    return next(one for one in leads if one["Layout"]["id"] == layout and not one["Converted__s"] and one["Email"])


def test_alice_sees_what_will_happen_before_she_makes_a_lead(writer: Person, standin: StandIn) -> None:
    page = Paper(writer, "/records/Leads/new/").page
    panel = page.text.split('class="act"')[1]
    assert "Halden &amp; Moreau Lending" in panel
    assert "Production" in panel
    assert "1 call" in panel
    assert "Insert 1 lead into Halden &amp; Moreau Lending" in panel
    assert "All automation runs" in panel
    assert {call["method"] for call in standin.ledger()} == {"GET"}


def test_checking_first_says_what_is_wrong_and_sends_nothing(writer: Person, standin: StandIn) -> None:
    taken = _a_lead(standin)["Email"]
    paper = Paper(writer, "/records/Leads/new/").fill({"Email": taken, "Annual_Revenue": "much"})
    page = paper.check()
    assert "“Last Name” must be filled in" in page.text
    assert "Annual Revenue" in page.text.split('id="form-problems"')[1].split("</div>")[0]
    paper.fill({**LEAD, "Annual_Revenue": "12"})
    page = paper.check()
    assert "has this value already" in page.text
    assert f'/records/Leads/{_a_lead(standin)["id"]}/"' in page.text  # the record that has it
    assert not Submission.objects.exists()
    assert {call["method"] for call in standin.ledger()} == {"GET"}


def test_enter_in_an_input_sends_nothing(writer: Person, standin: StandIn) -> None:
    paper = Paper(writer, "/records/Leads/new/").fill(LEAD)
    page = Page(writer.client.post(writer.at("/records/Leads/new/"), paper.values))  # no button pressed
    assert "Nothing speaks against it" in page.text
    assert not _leads(standin, "Zylker")


def test_a_second_click_makes_no_second_lead(writer: Person, standin: StandIn) -> None:
    paper = Paper(writer, "/records/Leads/new/").fill(LEAD)
    values = {**paper.values, "_do": "send"}
    first, second = (writer.client.post(writer.at("/records/Leads/new/"), values) for _ in range(2))
    assert first.url == second.url
    assert 'data-error-code="ALREADY-SENT"' in writer.client.get(second.url).content.decode()
    assert len(_leads(standin, "Zylker")) == 1
    changed = writer.client.post(writer.at("/records/Leads/new/"), {**values, "Last_Name": "Other"})
    assert (changed.status_code, b'data-error-code="FORM-CHANGED"' in changed.content) == (409, True)
    assert not _leads(standin, "Other")
    assert b'value="Other"' in changed.content  # what was typed is still there


def test_a_task_that_repeats_says_how_many_it_became(writer: Person, standin: StandIn) -> None:
    before = len(standin.organisation("demo").records["Tasks"])
    paper = Paper(writer, "/records/Tasks/new/").fill({"Subject": "Every other day", "Due_Date": "2027-02-01"})
    assert "Zoho CRM makes a record of its own for each time." in paper.page.text
    paper.fill({"Recurring_Activity-FREQ": "DAILY", "Recurring_Activity-INTERVAL": "2"})
    paper.fill({"Recurring_Activity-DTSTART": "2027-02-01", "Recurring_Activity-UNTIL": "2027-02-08"})
    answer = paper.send()
    assert answer.status == 302
    assert len(standin.organisation("demo").records["Tasks"]) == before + 4
    page = writer.client.get(answer.headers["Location"])
    assert "The Task repeats: 4 records are in Zoho CRM now, and this is the first." in page.content.decode()
    assert "every 2 days from 01 Feb 2027 until 08 Feb 2027" in page.content.decode()


def test_what_the_crm_refuses_stands_on_its_field_with_all_that_was_typed(writer: Person, standin: StandIn) -> None:
    other = _a_lead(standin)
    paper = Paper(writer, "/records/Leads/new/").fill({**LEAD, "Email": other["Email"], "City": "Oslo"})
    key = paper.values["_form_key"]
    page = paper.send()
    assert (page.status, 'data-error-code="CRM-REFUSED"' in page.text) == (422, True)
    assert 'href="#f-Email"' in page.text
    assert "DUPLICATE_DATA" in page.text
    assert paper.values["City"] == ["Oslo"]
    assert paper.values["_form_key"] != key
    assert Row.objects.get().state == "failed"
    answer = paper.fill({"Email": "new@zylker.example"}).send()
    assert answer.status == 302
    assert len(_leads(standin, "Zylker")) == 1


def test_an_answer_that_is_lost_leads_to_the_submission_and_is_not_sent_again(writer: Person, standin: StandIn) -> None:
    paper = Paper(writer, "/records/Leads/new/").fill(LEAD)
    standin.fault("commit_then_drop", match={"method": "POST", "path": "/crm/v8/Leads"}, count=1)
    answer = paper.send()
    row = Row.objects.get()
    assert answer.headers["Location"] == writer.at(f"/submissions/{row.submission_id}/")
    assert row.state == "unknown"
    paper.send()
    assert len(_leads(standin, "Zylker")) == 1


def test_only_what_was_changed_is_sent_and_only_if_nobody_was_quicker(
    writer: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = _a_lead(standin)
    before = dict(lead)
    path = f"/records/Leads/{lead['id']}/edit/"
    paper = Paper(writer, path).fill({"City": "Ålesund", "Score": "77"})
    checked = paper.check()
    changed = checked.text.split('id="changed"')[1].split("</section>")[0]
    assert re.findall(r"<li><bdi>([^<]*)</bdi>", changed) == ["Score", "City"]
    assert "Ålesund" in changed
    undone = paper.press("_undo", "Score")
    assert undone.status == 200
    with heard(monkeypatch) as told:
        assert paper.send().status == 302
    [(verb, path, body)] = told
    assert (verb, path) == ("PUT", "/Leads")
    assert body["data"] == [{"id": lead["id"], "City": "Ålesund"}]
    now = next(one for one in standin.organisation("demo").records["Leads"] if one["id"] == lead["id"])
    assert {key for key in now if now[key] != before.get(key)} <= {
        *("City", "Modified_Time", "Modified_By", "Last_Activity_Time"),
    }


def test_somebody_elses_change_meanwhile_is_shown_beside_ones_own(writer: Person, standin: StandIn) -> None:
    lead = _a_lead(standin)
    path = f"/records/Leads/{lead['id']}/edit/"
    mine = Paper(writer, path).fill({"City": "Mine"})
    theirs = Paper(writer, path).fill({"City": "Theirs", "State": "Their state"})
    standin.advance(60)
    assert theirs.send().status == 302
    page = mine.send()
    assert (page.status, 'data-error-code="CRM-MOVED"' in page.text) == (409, True)
    row = page.text.split('class="grid moved"')[1].split("</table>")[0]
    assert ("Theirs" in row, "Mine" in row, "Their state" in row) == (True, True, False)
    assert (mine.values["City"], mine.values["State"]) == (["Mine"], ["Their state"])
    assert mine.send().status == 302
    now = next(one for one in standin.organisation("demo").records["Leads"] if one["id"] == lead["id"])
    assert (now["City"], now["State"]) == ("Mine", "Their state")


def test_nothing_changed_is_nothing_sent(writer: Person, standin: StandIn) -> None:
    page = Paper(writer, f"/records/Leads/{_a_lead(standin)['id']}/edit/").send()
    assert "there is nothing to send" in page.text
    assert not Submission.objects.exists()


def test_a_form_opened_for_another_record_is_not_believed(writer: Person, standin: StandIn) -> None:
    one, other = _a_lead(standin), standin.organisation("demo").records["Leads"][5]
    paper = Paper(writer, f"/records/Leads/{one['id']}/edit/").fill({"City": "X"})
    answer = writer.client.post(writer.at(f"/records/Leads/{other['id']}/edit/"), {**paper.values, "_do": "send"})
    assert answer.url == writer.at(f"/records/Leads/{other['id']}/edit/")
    assert not Submission.objects.exists()


def test_a_form_that_was_left_open_for_days_is_still_good(
    writer: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_ago = signing.b62_encode(int(time.time()) - 5 * 24 * 3600)
    with monkeypatch.context() as patch:
        patch.setattr(signing.TimestampSigner, "timestamp", lambda _: days_ago)
        paper = Paper(writer, f"/records/Leads/{_a_lead(standin)['id']}/edit/").fill({"City": "Late"})
    assert paper.send().status == 302
    assert Submission.objects.get().rows.get().state == "succeeded"


def test_deleting_is_said_before_and_done_once(writer: Person, standin: StandIn) -> None:
    lead = _a_lead(standin)
    path = f"/records/Leads/{lead['id']}/delete/"
    page = writer.get(path)
    assert "Delete 1 record from Halden &amp; Moreau Lending" in page.text
    key = re.search(r'name="_form_key" value="([^"]+)"', page.text)
    assert key
    for _ in range(2):
        answer = writer.client.post(writer.at(path), {"_form_key": key[1]})
        assert answer.url == writer.at("/records/Leads/")
    assert lead["id"] not in {one["id"] for one in standin.organisation("demo").records["Leads"]}
    assert writer.get(f"/records/Leads/{lead['id']}/").status == 404


def test_who_may_only_read_is_told_how_to_allow_changes_and_nothing_is_sent(alice: Person, standin: StandIn) -> None:
    paper = Paper(alice, "/records/Leads/new/").fill(LEAD)
    assert "Allow changes" in paper.page.text
    assert "Allow changes" in paper.send().text
    assert paper.values["Last_Name"] == ["Zylker"]
    assert {call["method"] for call in standin.ledger()} == {"GET"}
    assert not Submission.objects.exists()


@pytest.mark.parametrize("scopes", [READ_SCOPES, [*READ_SCOPES, *WRITE_SCOPES]], ids=["reading", "writing"])
def test_whose_profile_may_not_write_is_not_asked_to_consent(standin: StandIn, scopes: list[str]) -> None:
    bob = person(standin, "demo", "bob", scopes)
    for path, said in (
        ("/records/Leads/new/", "you may not make records"),
        (f"/records/Leads/{_a_lead(standin)['id']}/edit/", "you may not change records"),
    ):
        text = bob.get(path).text
        assert said in text
        assert "Allow changes" not in text
        assert re.search(r'value="send" disabled>', text)


def test_names_that_are_no_field_never_pass(writer: Person, standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Paper(writer, "/records/Leads/new/").fill(LEAD)
    with heard(monkeypatch) as told:
        extra = {"Created_By": "1", "id": "7", "Not_A_Field": "x", "$approval_state": "approved", "_lar_id": "1 or 1"}
        answer = writer.client.post(writer.at("/records/Leads/new/"), {**paper.values, **extra, "_do": "send"})
    assert answer.status_code == 302
    sent = told[0][2]
    assert not set(sent["data"][0]) & set(extra)
    assert "lar_id" not in sent


def test_a_look_up_finds_by_name_by_id_and_among_people(writer: Person, standin: StandIn) -> None:
    account = standin.organisation("demo").records["Accounts"][7]
    account["Account_Name"] = "Quibble & Sons <b>"
    standin.organisation("demo").records["Accounts"][8]["Account_Name"] = "Messrs Quibble"
    look_up = "/records/Deals/look-up/"
    by_name = writer.get(look_up, field="Account_Name", module="Accounts", q="Quib").text
    assert f'data-choice="Quibble &amp; Sons &lt;b&gt; ({account["id"]})"' in by_name
    assert by_name.count("data-choice") == 1  # whose name begins so
    assert account["id"] in writer.get(look_up, field="Account_Name", module="Accounts", q=account["id"]).text
    assert "Bob Okafor" in writer.get(look_up, field="Owner", module="users", q="bob").text
    calls = len(standin.ledger())
    assert writer.get(look_up, field="Account_Name", module="../users", q="Quib").status == 404
    assert writer.get(look_up, field="Account_Name", module="Accounts", q="x").text.count("data-choice") == 0
    assert len(standin.ledger()) == calls


def test_a_look_up_that_fails_says_so_under_its_input_in_few_words(writer: Person, standin: StandIn) -> None:
    look_up = "/records/Deals/look-up/"
    writer.get("/records/Deals/")
    standin.fault("status", {"status": 403}, match={"path": "/crm/v8/Accounts/search"})
    page = writer.get_partial(look_up, field="Account_Name", module="Accounts", q="Quib")
    assert (page.status >= 400, page.text.count("data-error-code")) == (True, 1)
    assert "<form" not in page.text  # it stands inside one
    assert "<h1" in writer.get(look_up, field="Account_Name", module="Accounts", q="Quib").text


def test_without_a_script_a_name_typed_into_a_look_up_is_searched_for(writer: Person, standin: StandIn) -> None:
    standin.organisation("demo").records["Accounts"][7]["Account_Name"] = "Quibble Ltd"
    paper = Paper(writer, "/records/Deals/new/").fill({"Deal_Name": "D", "Account_Name": "Quibble"})
    page = paper.check()
    assert "Quibble Ltd" in page.text
    assert not Submission.objects.exists()


def test_charlie_finds_no_form_of_alices(writer: Person, charlie: Person, standin: StandIn) -> None:
    lead = _a_lead(standin)
    for path in ("/records/Leads/new/", f"/records/Leads/{lead['id']}/edit/", f"/records/Leads/{lead['id']}/delete/"):
        assert charlie.client.get(writer.at(path)).status_code == 404
        assert charlie.client.post(writer.at(path)).status_code == 404


_FIELD = {"api_name": "Phone", "json_path": "$.data[0].Phone"}
_DEPENDEE = {"dependee": {"api_name": "Email", "json_path": "$.data[0].Email"}, **_FIELD}
REFUSALS: list[tuple[str, dict[str, Any], str, str]] = [
    ("MANDATORY_NOT_FOUND", _FIELD, "required field not found", "f-Phone"),
    ("MANDATORY_NOT_FOUND", {**_FIELD, "layout_rule": {"name": "Call back", "id": "1"}}, "required", "f-Phone"),
    ("INVALID_DATA", {**_FIELD, "expected_data_type": "phone"}, "invalid data", "f-Phone"),
    ("INVALID_DATA", {**_FIELD, "maximum_length": 30}, "invalid data", "f-Phone"),
    ("INVALID_DATA", {**_FIELD, "supported_values": ["a", "b"]}, "invalid data", "f-Phone"),
    ("DEPENDENT_FIELD_MISSING", _DEPENDEE, "Required field not found", "f-Phone"),
    ("DEPENDENT_MISMATCH", _DEPENDEE, "Call Duration can not be zero.", "f-Phone"),
    ("DEPENDENT_SERVICE_ERROR", {"dependency_error": "PROCESSING_ERROR"}, "Error", ""),
    ("DUPLICATE_DATA", {**_FIELD, "id": "12", "more_records": False}, "duplicate data", "f-Phone"),
    (
        "MULTIPLE_OR_MULTI_ERRORS",
        {"errors": [{"code": "DUPLICATE_DATA", "details": _FIELD, "message": "duplicate data", "status": "error"}]},
        "Multiple errors in the request",
        "f-Phone",
    ),
    ("LIMIT_EXCEEDED", {}, "Only 50 participants can be added to an event.", ""),
    ("RECORD_LOCKED", {}, "Sorry, you cannot perform this operation as the record is locked.", ""),
    ("NOT_APPROVED", {}, "Cannot update record that is not approved yet", ""),
    ("SOMETHING_NEW", {}, "an error that no page documents", ""),
]


def test_every_documented_refusal_is_read_on_its_field_and_nothing_typed_is_lost(
    writer: Person, standin: StandIn
) -> None:
    paper = Paper(writer, "/records/Leads/new/").fill({**LEAD, "Phone": "+1 617 555 0100", "City": "Oslo"})
    for code, details, message, place in REFUSALS:
        item = {"code": code, "details": details, "message": message, "status": "error"}
        standin.clear_faults()
        match = {"method": "POST", "path": "/crm/v8/Leads"}
        standin.fault("status", {"status": 400, "body": {"data": [item]}}, match=match)
        page = paper.send()
        assert (page.status, paper.values["City"]) == (422, ["Oslo"]), code
        problems = page.text.split('id="form-problems"')[1].split("</div>")[0]
        assert (f'href="#{place}"' in problems) is bool(place), code
        told = re.sub(r"<[^>]+>", "", problems)
        assert len(told.split()) > 12, (code, told)  # a sentence and a next step, not the code alone
    assert not _leads(standin, "Zylker")


def test_what_is_refused_at_the_door_waits_or_says_so(writer: Person, standin: StandIn) -> None:
    paper = Paper(writer, "/records/Leads/new/").fill(LEAD)
    body = {"code": "NO_PERMISSION", "details": {"permissions": ["Crm_Implied_Create_Leads"]}, "status": "error"}
    standin.fault(
        "status", {"status": 403, "body": {**body, "message": "x"}}, match={"method": "POST", "path": "/crm/v8/Leads"}
    )
    answer = paper.send()
    page = Page(writer.client.get(answer.headers["Location"])) if answer.status == 302 else answer
    assert "Crm_Implied_Create_Leads" in page.text
    assert not _leads(standin, "Zylker")


def test_a_note_is_added_changed_and_deleted_through_the_same_door(writer: Person, standin: StandIn) -> None:
    lead = _a_lead(standin)
    notes = f"/records/Leads/{lead['id']}/notes/"

    def of_the_lead() -> list[dict[str, Any]]:
        every = standin.organisation("demo").records["Notes"]
        return [one for one in every if (one["Parent_Id"] or {}).get("id") == lead["id"]]

    before = len(of_the_lead())
    paper = Paper(writer, notes, "note-form").fill({"title": "", "content": " "})
    refused = Page(writer.client.post(writer.at(notes + "add/"), paper.values))
    assert (refused.status, "needs some text" in refused.text) == (422, True)
    paper.fill({"title": "Call", "content": "Ring back <b>at nine</b>\r\nsharp"})
    for _ in range(2):
        assert writer.client.post(writer.at(notes + "add/"), paper.values).url == writer.at(notes)
    [note] = [one for one in of_the_lead() if one["Note_Title"] == "Call"]
    assert (len(of_the_lead()), note["Note_Content"]) == (before + 1, "Ring back <b>at nine</b>\nsharp")
    assert "Ring back &lt;b&gt;at nine&lt;/b&gt;" in writer.get(notes).text
    Paper(writer, f"{notes}{note['id']}/", "note-form").fill({"content": "Ring back at ten"}).press("_do", "change")
    assert [one["Note_Content"] for one in of_the_lead() if one["id"] == note["id"]] == ["Ring back at ten"]
    other = standin.organisation("demo").records["Leads"][5]["id"]
    assert writer.get(f"/records/Leads/{other}/notes/{note['id']}/").status == 404
    Paper(writer, f"{notes}{note['id']}/", "note-form").press("_do", "delete")
    assert len(of_the_lead()) == before
    assert Submission.objects.filter(module="Notes").count() == 3


def test_who_may_only_read_writes_no_note(alice: Person, standin: StandIn) -> None:
    notes = f"/records/Leads/{_a_lead(standin)['id']}/notes/"
    assert "allow changes" in alice.get(notes).text
    answer = alice.post(notes + "add/", content="x", _form_key="k" * 20)
    assert (answer.status, 'data-error-code="CRM-SCOPE"' in answer.text) == (422, True)
    assert {call["method"] for call in standin.ledger()} == {"GET"}


def test_a_file_that_is_not_taken_is_said_on_its_field_and_nothing_is_made(writer: Person, standin: StandIn) -> None:
    paper = Paper(writer, "/records/Deals/new/").fill({"Deal_Name": "With a virus", "_no_layout": "1"})
    paper.fill({"Stage": "Qualification", "Pipeline": "Standard (Standard)"})
    body = {"code": "VIRUS_DETECTED", "details": {}, "message": "virus detected", "status": "error"}
    standin.fault("status", {"status": 400, "body": body}, match={"path": "/crm/v8/files"})
    page = paper.send(**{"File_Upload-new": SimpleUploadedFile("a.pdf", b"X5O!")})
    problems = page.text.split('id="form-problems"')[1].split("</div>")[0]
    assert 'href="#f-File_Upload"' in problems
    assert "VIRUS_DETECTED" in problems
    page = paper.send(**{"File_Upload-new": SimpleUploadedFile("empty.pdf", b"")})
    assert "each with something in it" in page.text
    assert not Submission.objects.exists()
    standin.clear_faults()
    kept = paper.check(**{"File_Upload-new": SimpleUploadedFile("deed.pdf", b"%PDF-1")})
    assert "deed.pdf" in kept.text  # it is in the CRM's waiting room, and the form holds its id
    assert paper.send().status == 302
    deals = standin.organisation("demo").records["Deals"]
    [deal] = [one for one in deals if one["Deal_Name"] == "With a virus"]
    assert [one["File_Name__s"] for one in deal["File_Upload"]] == ["deed.pdf"]


def test_a_form_without_its_one_time_key_makes_nothing(writer: Person, standin: StandIn) -> None:
    """It could not be told from itself: twice posted it would be two leads."""
    paper = Paper(writer, "/records/Leads/new/").fill(LEAD)
    del paper.values["_form_key"]
    for _ in range(2):
        page = paper.send()
        assert 'data-error-code="FORM-CHANGED"' in page.text
    assert _leads(standin, "Zylker") == []
