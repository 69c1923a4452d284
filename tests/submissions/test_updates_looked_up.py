"""Updates without an answer: certain by the record as it stands, or a person is asked; never sent over a newer wish."""

from typing import Any

import pytest

from console.submissions import looking, services
from console.submissions.models import Submission
from console.submissions.services import Change
from crm_client.standin import StandIn
from crm_client.writes import WriteOptions
from tests.cast import Person
from tests.submissions.conftest import look, states

PUT = {"method": "PUT"}
ALREADY_MODIFIED = {"data": [{"code": "ALREADY_MODIFIED", "details": {}, "message": "moved", "status": "error"}]}


def _record(standin: StandIn, number: int = 0) -> dict[str, Any]:
    return dict(standin.organisation().records["Leads"][number])


def _submit(writer: Person, rows: list[Any], options: WriteOptions | None = None) -> Submission:
    change = Change("update", "Leads", rows, options or WriteOptions())
    return services.submit(writer.connection, writer.user, change, form_key=services.new_form_key(), title="A change")


def _puts(standin: StandIn) -> int:
    return sum(call["method"] == "PUT" for call in standin.ledger())


def test_an_update_is_not_sent_over_ones_own_newer_wish(writer: Person, standin: StandIn) -> None:
    record = _record(standin)
    older = _submit(writer, [{"id": record["id"], "Company": "Old wish"}])
    standin.fault("drop_before_commit", match=PUT, count=1)
    services.send(older)
    standin.advance(5)
    newer = _submit(writer, [{"id": record["id"], "Company": "Newer wish"}])
    services.send(newer)
    assert states(newer) == ["succeeded"]
    look(older)
    row = older.rows.get()
    assert (row.state, row.needs_person, row.code) == ("unknown", True, "MOVED-BY-OTHER")
    assert _record(standin)["Company"] == "Newer wish"
    other = _record(standin, 1)["id"]  # which this change was never about
    writer.post(f"/submissions/{older.pk}/decide/", row=1, decision="there", crm_id=other)
    assert (states(older), older.rows.get().crm_id) == (["unknown"], record["id"])


def test_an_edit_that_a_rule_moved_on_is_asked_about_and_not_sent_again(writer: Person, standin: StandIn) -> None:
    """The CRM would answer ALREADY_MODIFIED because of our own first write, and we would call it refused."""
    record = _record(standin)
    options = WriteOptions(if_unmodified_since=record["Modified_Time"])
    edit = _submit(writer, [{"id": record["id"], "Company": "Mine", "Lead_Status": "Contacted"}], options)
    standin.advance(5)
    standin.fault("commit_then_drop", match=PUT, count=1)
    services.send(edit)
    standin.world.store("demo").put("Leads", {**_record(standin), "Lead_Status": "Lost Lead"})
    look(edit, looking.MOST_LOOKS)
    row = edit.rows.get()
    assert (row.state, row.needs_person, row.code, _puts(standin)) == ("unknown", True, "MOVED-BY-OTHER", 1)
    page = writer.get(f"/submissions/{edit.pk}/").text
    assert 'value="there"' in page
    assert 'value="again"' not in page  # the CRM would refuse it


def test_an_edit_refused_because_of_its_own_earlier_try_is_no_refusal(writer: Person, standin: StandIn) -> None:
    """The first try is late: it changes the record only after the look-up saw it untouched."""
    record = _record(standin)
    options = WriteOptions(if_unmodified_since=record["Modified_Time"])
    edit = _submit(writer, [{"id": record["id"], "Company": "Mine"}], options)
    standin.fault("drop_before_commit", match=PUT, count=1)
    services.send(edit)
    standin.fault("status", {"status": 412, "body": ALREADY_MODIFIED}, match=PUT, count=1)
    look(edit)
    assert states(edit) == ["unknown"]
    standin.world.store("demo").put("Leads", {**_record(standin), "Company": "Mine"})
    look(edit)
    assert (states(edit), _puts(standin)) == (["succeeded"], 2)


def test_an_owner_is_not_taken_for_given_because_something_else_changed(writer: Person, standin: StandIn) -> None:
    record = _record(standin)
    given = _submit(writer, [{"id": record["id"], "Owner": {"id": "5725767000000999999"}}])
    standin.fault("drop_before_commit", match=PUT, count=1)
    services.send(given)
    standin.advance(5)
    other = _submit(writer, [{"id": record["id"], "Phone": "42"}])
    services.send(other)
    assert states(other) == ["succeeded"]
    look(given)
    assert (states(given), given.rows.get().code) == (["unknown"], "MOVED-BY-OTHER")


def test_an_owner_that_was_given_is_found(writer: Person, standin: StandIn) -> None:
    record = _record(standin)
    owner = next(user["id"] for user in standin.organisation().users if user["id"] != record["Owner"]["id"])
    given = _submit(writer, [{"id": record["id"], "Owner": {"id": owner}}])
    standin.fault("commit_then_drop", match=PUT, count=1)
    services.send(given)
    look(given)
    assert (states(given), _record(standin)["Owner"]["id"], _puts(standin)) == (["succeeded"], owner, 1)


@pytest.mark.parametrize("fault", ["commit_then_drop", "drop_before_commit"])
def test_tags_beside_values_of_a_mass_update_are_not_concluded_from_them(
    fault: str, writer: Person, standin: StandIn
) -> None:
    """A value that stood there before proves nothing about what each sending adds."""
    record = _record(standin)
    tagged = _submit(writer, [{"id": record["id"], "Company": record["Company"], "Tag": [{"name": "new"}]}])
    standin.fault(fault, match=PUT, count=1)
    services.send(tagged)
    standin.advance(5)
    services.send(_submit(writer, [{"id": record["id"], "Phone": "42"}]))
    look(tagged)
    assert (states(tagged), tagged.rows.get().needs_person) == (["unknown"], True)
