"""Alice as she may write, and a worker that works when a test says so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from console.connections.scopes import READ_SCOPES, WRITE_SCOPES
from console.connections.tokens import crm_for
from console.metadata.kept import KeptMetadata
from console.submissions import looking, operations, sending, services
from console.submissions.models import Call, Row, Submission
from console.submissions.services import Change
from crm_client.standin import StandIn
from crm_client.values import JsonObject
from tests.cast import Person, person

ALL_SCOPES = [*READ_SCOPES, *WRITE_SCOPES]
Submit = Callable[..., Submission]


@pytest.fixture
def writer(standin: StandIn, db: None) -> Person:
    """Alice, who has agreed to writing too."""
    return person(standin, "demo", "alice", ALL_SCOPES)


@pytest.fixture
def submit(writer: Person) -> Submit:
    """Submits rows of Leads; nothing is sent yet."""

    def make(rows: int | list[JsonObject], **more: object) -> Submission:
        listed = leads(rows) if isinstance(rows, int) else rows
        change = Change("insert", "Leads", listed, **more)  # type: ignore[arg-type]
        key = services.new_form_key()
        return services.submit(writer.connection, writer.user, change, form_key=key, title="New leads")

    return make


@pytest.fixture
def reference(standin: StandIn, writer: Person) -> str:
    """A text field of Leads that takes each value once, and that the console knows as such."""
    return unique_field(standin, writer)


@pytest.fixture
def by_tens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten records in a call instead of a hundred: the same ways in a tenth of the time."""
    monkeypatch.setitem(operations._operations, "insert", replace(operations.of("insert"), size=10))


def unique_field(standin: StandIn, who: Person) -> str:
    """Adds it, and reads the fields of Leads as a form does."""
    fields = standin.organisation().fields["Leads"]
    model = next(field for field in fields if field["api_name"] == "Company")
    made = {**model, "api_name": "Reference", "id": "559064190000099001", "unique": {"case_sensitive": "false"}}
    fields.append({**made, "system_mandatory": False, "field_label": "Reference"})
    KeptMetadata(who.connection, crm_for(who.connection, 15)).fields("Leads")
    return "Reference"


def leads(count: int, mark: str = "mark") -> list[JsonObject]:
    """Leads that can be told apart by their description."""
    return [{"Last_Name": "Boyle", "Company": "Zylker", "Description": f"{mark}-{n}"} for n in range(1, count + 1)]


def work(submission: Submission) -> None:
    """What workers do when they are rung for every call."""
    for pk in list(Call.objects.filter(submission=submission).order_by("pk").values_list("pk", flat=True)):
        sending.in_the_background(pk)


def look(submission: Submission, times: int = 1) -> None:
    """What workers do when the time for looking up has come; and they send what was found to be absent."""
    for _ in range(times):
        calls = Call.objects.filter(submission=submission, state=Call.State.UNKNOWN)
        for pk in list(calls.values_list("pk", flat=True)):
            Call.objects.filter(pk=pk).update(look_at=timezone.now() - timedelta(seconds=1))
            looking.look_up(pk)
        work(submission)


def states(submission: Submission) -> list[str]:
    """Of its rows, in order."""
    return list(Row.objects.filter(submission=submission).order_by("n").values_list("state", flat=True))


def now(submission: Submission) -> Submission:
    """As the database has it."""
    return Submission.objects.get(pk=submission.pk)
