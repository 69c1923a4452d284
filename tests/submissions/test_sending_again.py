"""Rows that go once more: in calls as large as the operation allows, and through a connection that is not over."""

import pytest

from console.submissions import operations, services
from console.submissions.models import Call, Row
from console.submissions.services import Change
from tests.cast import Person
from tests.submissions.conftest import leads
from tests.submissions.hurry import BY_TENS, hurried


def test_rows_go_again_in_calls_of_the_operations_size(writer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an operation of one row, the other rows of a call would never be sent."""
    with hurried():
        change = Change(BY_TENS, "Leads", leads(30))
        key = services.new_form_key()
        submission = services.submit(writer.connection, writer.user, change, form_key=key, title="By tens")
        Row.objects.update(state="failed")
        Call.objects.update(state=Call.State.SETTLED)
        monkeypatch.setattr(services, "_send_all", lambda calls, ends_by: None)
        assert services.send_failed_again(submission, writer.user) == 30
        sizes = [call.rows.count() for call in Call.objects.filter(state=Call.State.READY)]
        assert sizes == [operations.of(BY_TENS).size] * 3
