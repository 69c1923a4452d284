"""Sent, and no answer that counts: the rows say so at once, are looked up, and are never sent again blindly (D10, D11).

AC-24, 25, 28, 33, 39: after each of them nothing is lost, nothing doubled, nothing lied about.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.submissions import looking, services, sweeping
from console.submissions.models import Call, Row, Submission
from console.submissions.services import Change, NotWritable
from crm_client import CrmClient
from crm_client.standin import StandIn
from crm_client.writes import WriteOptions
from tests.cast import Person
from tests.submissions.checker import check
from tests.submissions.conftest import Submit, leads, look, now, states, work

LEADS = {"method": "POST", "path": "/crm/v8/Leads"}


def _truth(submission: Submission, standin: StandIn) -> Any:
    return check(submission, standin.organisation().records["Leads"])


def _posts(standin: StandIn) -> int:
    return sum(call["method"] == "POST" and call["path"].endswith("/Leads") for call in standin.ledger())


def test_a_record_whose_answer_was_lost_is_found_and_not_sent_again(
    submit: Submit, writer: Person, standin: StandIn
) -> None:
    standin.fault("commit_then_drop", match=LEADS, count=1)
    submission = submit(1)
    services.send(submission)
    assert states(submission) == ["unknown"]
    page = writer.get(f"/submissions/{submission.pk}/")
    assert 'data-error-code="SENT-UNKNOWN"' in page.text
    assert writer.get_partial(f"/submissions/{submission.pk}/").status == 200
    look(submission)
    assert (states(submission), now(submission).state) == (["succeeded"], "done")
    assert _posts(standin) == 1
    assert _truth(submission, standin).is_whole


def test_nothing_is_looked_up_before_its_time(submit: Submit, standin: StandIn) -> None:
    standin.fault("commit_then_drop", match=LEADS, count=1)
    submission = submit(1)
    services.send(submission)
    calls = len(standin.ledger())
    looking.look_up(Call.objects.get().pk)
    assert len(standin.ledger()) == calls


SAYS_NOTHING: list[tuple[str, dict[str, Any]]] = [
    ("commit_then_drop", {}),
    *[("commit_then_status", {"status": status}) for status in (500, 502, 503, 504)],
    ("short_array", {}),
    ("long_array", {}),
    ("no_item_status", {}),
    ("bad_json", {"kind": "cut"}),
    ("bad_json", {"kind": "null"}),
    ("truncate", {"bytes": 40}),
]


def test_every_answer_that_does_not_say_is_looked_up_row_by_row(submit: Submit, standin: StandIn) -> None:
    for number, (fault, args) in enumerate(SAYS_NOTHING):
        rows = leads(3, f"mark-{number}")
        del rows[1]["Last_Name"]  # the CRM refuses it, which nobody hears
        standin.fault(fault, args, match=LEADS, count=1)
        submission = submit(rows)
        services.send(submission)
        assert set(states(submission)) == {"unknown"}, fault
        look(submission)
        assert states(submission) == ["succeeded", "unknown", "succeeded"], fault
        assert _truth(submission, standin).is_whole
    assert _posts(standin) == len(SAYS_NOTHING)


def test_a_record_that_was_not_written_waits_for_its_person_who_sends_it_again(
    submit: Submit, writer: Person, standin: StandIn
) -> None:
    standin.fault("drop_before_commit", match=LEADS, count=1)
    submission = submit(1)
    services.send(submission)
    look(submission, looking.MOST_LOOKS)
    row = submission.rows.get()
    assert (row.state, row.needs_person, row.code) == ("unknown", True, "NOT-FOUND-SEND-AGAIN")
    assert _posts(standin) == 1
    assert writer.get_partial(f"/submissions/{submission.pk}/").status == 286
    writer.post(f"/submissions/{submission.pk}/decide/", row=1, decision="again")
    assert states(submission) == ["succeeded"]
    assert _posts(standin) == 2
    assert _truth(submission, standin).is_whole


def _unsure(submit: Submit, standin: StandIn) -> Submission:
    """Two records in the CRM could be the row's: somebody made the same one by hand."""
    store = standin.world.store("demo")
    standin.fault("commit_then_drop", match=LEADS, count=1)
    submission = submit(1)
    services.send(submission)
    twin = dict(standin.organisation().records["Leads"][-1])
    store.put("Leads", {**twin, "id": store.new_id()})
    look(submission, looking.MOST_LOOKS)
    return submission


def test_two_records_that_could_be_it_are_shown_and_a_person_chooses(
    submit: Submit, writer: Person, standin: StandIn
) -> None:
    submission = _unsure(submit, standin)
    row = submission.rows.get()
    assert (row.needs_person, row.code) == (True, "SENT-UNKNOWN")
    candidates = row.details["candidates"]
    assert len(candidates) == 2
    page = writer.get(f"/submissions/{submission.pk}/").text
    assert all(f"/records/Leads/{id_}/" in page for id_ in candidates)
    answer = writer.post(f"/submissions/{submission.pk}/decide/", row=1, decision="there", crm_id="1 or 1")
    assert answer.status == 302
    assert submission.rows.get().needs_person
    writer.post(f"/submissions/{submission.pk}/decide/", row=1, decision="there", crm_id="999999")
    assert submission.rows.get().needs_person
    older = standin.organisation().records["Leads"][0]["id"]  # made long before this was sent
    writer.post(f"/submissions/{submission.pk}/decide/", row=1, decision="there", crm_id=older)
    assert submission.rows.get().needs_person
    assert "was there long before this was sent" in writer.get(f"/submissions/{submission.pk}/").text
    for no_number in ("abc", "", "1" * 12):
        answer = writer.post(f"/submissions/{submission.pk}/decide/", row=no_number, decision="give_up")
        assert (answer.status, submission.rows.get().needs_person) == (404, True)
    writer.post(f"/submissions/{submission.pk}/decide/", row=1, decision="there", chosen=candidates[1])
    row = submission.rows.get()
    assert (row.state, row.crm_id, now(submission).state) == ("succeeded", candidates[1], "done")


def test_a_row_given_up_is_over(submit: Submit, writer: Person, standin: StandIn) -> None:
    submission = _unsure(submit, standin)
    writer.post(f"/submissions/{submission.pk}/decide/", row=1, decision="give_up")
    assert (states(submission), now(submission).state) == (["cancelled"], "done")
    writer.post(f"/submissions/{submission.pk}/decide/", row=1, decision="again")
    assert (states(submission), _posts(standin)) == (["cancelled"], 1)


def test_rows_alike_are_found_together_or_not_at_all(submit: Submit, standin: StandIn) -> None:
    twins = [{"Last_Name": "Boyle", "Company": "Zylker"}] * 2
    standin.fault("commit_then_drop", match=LEADS, count=1)
    submission = submit(twins)
    services.send(submission)
    look(submission)
    ids = list(submission.rows.values_list("crm_id", flat=True))
    assert states(submission) == ["succeeded", "succeeded"]
    assert len(set(ids)) == 2


def test_a_record_of_another_row_is_never_taken_for_ones_own(submit: Submit, standin: StandIn) -> None:
    """The first was not written; the second, of the same values, was: it must not be found for the first."""
    same = [{"Last_Name": "Boyle", "Company": "Zylker"}]
    standin.fault("drop_before_commit", match=LEADS, count=1)
    first, second = submit(same), submit(same)
    services.send(first)
    services.send(second)
    look(first, looking.MOST_LOOKS)
    assert (states(first), states(second)) == (["unknown"], ["succeeded"])


def test_a_record_is_not_taken_while_an_answer_that_may_name_it_is_on_its_way(submit: Submit, standin: StandIn) -> None:
    same = [{"Last_Name": "Boyle", "Company": "Zylker"}]
    standin.fault("commit_then_drop", match=LEADS, count=1)
    first, second = submit(same), submit(same)
    services.send(first)
    Row.objects.filter(submission=second).update(state="sent")
    look(first)
    assert states(first) == ["unknown"]


def test_a_colleagues_record_is_not_taken_for_ones_own(submit: Submit, standin: StandIn) -> None:
    standin.fault("drop_before_commit", match=LEADS, count=1)
    submission = submit([{"Last_Name": "Boyle", "Company": "Zylker"}])
    services.send(submission)
    with standin_client(standin, "dora") as dora:
        dora.records.create("Leads", [{"Last_Name": "Boyle", "Company": "Zylker"}])
    look(submission, looking.MOST_LOOKS)
    assert (states(submission), submission.rows.get().details) == (["unknown"], {"candidates": []})


def standin_client(standin: StandIn, who: str) -> CrmClient:
    """Somebody else's own way into the CRM."""
    token = standin.token("demo", who, "ZohoCRM.modules.ALL")["access_token"]
    return CrmClient.with_token(standin.api(), token)


def test_a_record_that_the_crm_kept_without_a_value_is_shown_and_not_concluded_from(
    submit: Submit, standin: StandIn
) -> None:
    """A field that is not on the layout is dropped without a word; sending it again would double the record."""
    standin.fault("commit_then_drop", match=LEADS, count=1)
    submission = submit([{"Last_Name": "Boyle", "Company": "Zylker", "Nobody_Knows": "this field"}])
    services.send(submission)
    look(submission, looking.MOST_LOOKS)
    row = submission.rows.get()
    made = standin.organisation().records["Leads"][-1]["id"]
    assert (row.state, row.code, row.details) == ("unknown", "SENT-UNKNOWN", {"candidates": [made]})


class TestReference:
    """With a unique field that carries each row's UUID, looking up is certain and sending again is safe."""

    FIELD = "Reference"

    @pytest.fixture(autouse=True)
    def unique_field(self, by_tens: None, reference: str) -> None:
        """Leads have such a field."""

    def test_the_first_record_proves_that_the_field_is_kept(self, submit: Submit, standin: StandIn) -> None:
        submission = submit(12, reference_field=self.FIELD)
        services.send(submission)
        work(submission)
        assert now(submission).reference_state == "proven"
        assert _posts(standin) == 3
        row = submission.rows.get(n=7)
        stored = next(one for one in standin.organisation().records["Leads"] if one["id"] == row.crm_id)
        assert stored[self.FIELD] == str(row.reference)

    def test_what_was_not_written_is_sent_again_by_itself_and_once(self, submit: Submit, standin: StandIn) -> None:
        submission = submit(4, reference_field=self.FIELD)
        work(submission)
        assert now(submission).reference_state == "proven"
        lost = submit(4, reference_field=self.FIELD)
        Submission.objects.filter(pk=lost.pk).update(reference_state="proven")
        standin.fault("drop_before_commit", match=LEADS | {"body": "mark-1"}, count=1)
        standin.fault("commit_then_drop", match=LEADS | {"body": "mark-2"}, count=1)
        work(lost)
        assert set(states(lost)) == {"unknown"}
        look(lost)
        assert set(states(lost)) == {"succeeded"}
        truth = check(
            lost, [r for r in standin.organisation().records["Leads"] if r.get(self.FIELD) in _references(lost)]
        )
        assert truth.is_whole, truth

    def test_a_duplicate_of_ones_own_earlier_try_has_succeeded(self, submit: Submit, standin: StandIn) -> None:
        submission = submit(1, reference_field=self.FIELD)
        standin.fault("commit_then_drop", match=LEADS, count=1)
        services.send(submission)
        Row.objects.update(state="pending")  # as if somebody had looked too early and sent it again
        Call.objects.update(state=Call.State.READY)
        services.send(submission)
        assert states(submission) == ["succeeded"]
        assert _truth(submission, standin).is_whole

    def test_a_duplicate_of_somebody_elses_value_is_refused(self, submit: Submit, standin: StandIn) -> None:
        submission = submit(1, reference_field=self.FIELD)
        row = submission.rows.get()
        with standin_client(standin, "alice") as crm:
            taken = {"Last_Name": "Other", self.FIELD: "mine"}
            crm.records.create("Leads", [taken])
        Row.objects.update(payload={**row.payload, self.FIELD: "mine"})
        services.send(submission)
        assert (states(submission), submission.rows.get().code) == (["failed"], "DUPLICATE_DATA")

    def test_a_field_that_the_crm_drops_counts_as_none(self, submit: Submit, standin: StandIn) -> None:
        fields = standin.organisation().fields["Leads"]
        fields[:] = [field for field in fields if field["api_name"] != self.FIELD]  # the profile lost it since
        submission = submit(2, reference_field=self.FIELD)
        work(submission)
        assert now(submission).reference_state == "refuted"

    @pytest.mark.parametrize("name", ["Description", "Company", "Nobody_Knows"])
    def test_a_field_that_takes_a_value_twice_cannot_be_the_reference(self, name: str, submit: Submit) -> None:
        with pytest.raises(NotWritable):
            submit(2, reference_field=name)


def _references(submission: Submission) -> set[str]:
    return {str(reference) for reference in submission.rows.values_list("reference", flat=True)}


class TestOtherOperations:
    """Update and delete are compared with the record as it is, and sent again; upsert finds its record again."""

    def _record(self, standin: StandIn, number: int = 0) -> dict[str, Any]:
        return dict(standin.organisation().records["Leads"][number])

    def _submit(
        self, writer: Person, operation: str, rows: list[Any], options: WriteOptions | None = None
    ) -> Submission:
        change = Change(operation, "Leads", rows, options or WriteOptions())
        key = services.new_form_key()
        return services.submit(writer.connection, writer.user, change, form_key=key, title="Some")

    @pytest.mark.parametrize("fault", ["commit_then_drop", "drop_before_commit"])
    def test_an_update_ends_with_the_values_there(self, fault: str, writer: Person, standin: StandIn) -> None:
        record = self._record(standin)
        submission = self._submit(writer, "update", [{"id": record["id"], "Company": "Changed"}])
        standin.fault(fault, match={"method": "PUT"}, count=1)
        services.send(submission)
        assert states(submission) == ["unknown"]
        look(submission)
        assert states(submission) == ["succeeded"]
        assert self._record(standin)["Company"] == "Changed"
        puts = sum(call["method"] == "PUT" for call in standin.ledger())
        assert puts == (1 if fault == "commit_then_drop" else 2)

    def test_an_update_is_not_sent_over_what_somebody_else_wrote_since(self, writer: Person, standin: StandIn) -> None:
        record = self._record(standin)
        submission = self._submit(writer, "update", [{"id": record["id"], "Company": "Mine"}])
        standin.fault("drop_before_commit", match={"method": "PUT"}, count=1)
        services.send(submission)
        standin.advance(5)
        with standin_client(standin, "dora") as dora:
            dora.records.update("Leads", [{"id": record["id"], "Company": "Theirs"}])
        look(submission)
        row = submission.rows.get()
        assert (row.needs_person, row.code, row.crm_id) == (True, "MOVED-BY-OTHER", record["id"])
        assert self._record(standin)["Company"] == "Theirs"
        writer.post(f"/submissions/{submission.pk}/decide/", row=1, decision="there", crm_id=record["id"])
        assert states(submission) == ["succeeded"]

    @pytest.mark.parametrize("fault", ["commit_then_drop", "drop_before_commit"])
    def test_a_deletion_ends_with_the_record_gone(self, fault: str, writer: Person, standin: StandIn) -> None:
        record = self._record(standin)
        submission = self._submit(writer, "delete", [{"id": record["id"]}])
        standin.fault(fault, match={"method": "DELETE"}, count=1)
        services.send(submission)
        look(submission)
        assert states(submission) == ["succeeded"]
        assert record["id"] not in {one["id"] for one in standin.organisation().records["Leads"]}
        assert f"/records/Leads/{record['id']}/" not in writer.get(f"/submissions/{submission.pk}/").text

    @pytest.mark.parametrize("fault", ["commit_then_drop", "drop_before_commit"])
    def test_an_upsert_by_a_field_that_repeats_is_looked_up(self, fault: str, writer: Person, standin: StandIn) -> None:
        options = WriteOptions(duplicate_check_fields=["Email"])
        submission = self._submit(writer, "upsert", [{"Last_Name": "Upsert", "Email": "new@example.com"}], options)
        standin.fault(fault, match={"method": "POST"}, count=1)
        services.send(submission)
        look(submission, looking.MOST_LOOKS)
        assert states(submission) == (["succeeded"] if fault == "commit_then_drop" else ["unknown"])
        found = [one for one in standin.organisation().records["Leads"] if one.get("Last_Name") == "Upsert"]
        assert len(found) == (1 if fault == "commit_then_drop" else 0)


def test_a_crm_that_cannot_be_reached_was_sent_nothing_and_is_tried_again(
    submit: Submit, writer: Person, standin: StandIn, settings: Any, tmp_path: Any
) -> None:
    """AC-25: refused connection; the rows are pending, and go by themselves once it is back."""
    table = (tmp_path / "data-centres.json").read_text()
    (tmp_path / "away.json").write_text(table.replace(standin.api(), "http://127.0.0.1:9"))
    settings.CRM_DC_TABLE = str(tmp_path / "away.json")
    submission = submit(1)
    services.send(submission)
    waiting = now(submission)
    assert (states(submission), waiting.state, waiting.reason_code) == (["pending"], "waiting", "CRM-DOWN")
    assert "nothing was sent" in writer.get(f"/submissions/{submission.pk}/").text
    settings.CRM_DC_TABLE = str(tmp_path / "data-centres.json")
    Submission.objects.update(not_before=timezone.now() + timedelta(seconds=60))
    work(submission)
    assert states(submission) == ["pending"]  # not before the time
    Submission.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert sweeping.sweep() >= 0
    work(submission)
    assert states(submission) == ["succeeded"]
