"""The list of submissions: everything can be reached, what is not over comes first."""

from datetime import timedelta

from django.utils import timezone

from console.audit import trail
from console.audit.models import Entry
from console.submissions import services
from console.submissions.forgetting import forget_payloads
from console.submissions.models import Row, Submission
from crm_client.standin import StandIn
from crm_client.values import JsonObject
from tests.cast import Person
from tests.records.paper import Paper
from tests.submissions.written import in_every_state


def _old(writer: Person, title: str, state: str, days: int) -> Submission:
    return Submission(
        connection=writer.connection,
        person=writer.user,
        zgid=writer.connection.zgid,
        operation="insert",
        module="Leads",
        title=title,
        total=1,
        form_key=f"key-of-{title}",
        payload_hash="",
        state=state,
        created_at=timezone.now() - timedelta(days=days),
    )


def test_older_submissions_are_reached_and_those_that_ask_come_first(writer: Person) -> None:
    made = [_old(writer, f"Number {n:03}", "done", n) for n in range(120)]
    Submission.objects.bulk_create([*made, _old(writer, "Still asking", "asking", 999)])
    first = writer.get("/submissions/").text
    assert first.index("Still asking") < first.index("Number 000")
    assert "page=2" in first
    last = writer.get("/submissions/", page=3)
    assert "Number 119" in last.text
    assert "Number 000" not in last.text
    partial = writer.get_partial("/submissions/").text
    assert "<html" not in partial
    assert 'id="submissions"' in partial


def test_the_rows_of_each_submission_are_counted(writer: Person) -> None:
    in_every_state(writer.connection)
    page = " ".join(writer.get("/submissions/").text.split())
    assert '<td class="num">1 of 8</td><td class="num">1</td><td class="num">5</td>' in page


def test_the_audit_and_the_submission_lead_to_each_other(writer: Person, bob: Person) -> None:
    """Its own person only: to others the page of a submission is as if absent (D20)."""
    submission = in_every_state(writer.connection)
    services.cancel(submission, writer.user)
    address = writer.at(f"/submissions/{submission.pk}/")
    found = f"{writer.at('/audit/')}?q={submission.pk}"
    assert f'href="{found}"' in writer.get(f"/submissions/{submission.pk}/").text
    listed = writer.get("/audit/", q=str(submission.pk)).text
    assert "Cancelled rows that were not sent yet" in listed
    assert f'href="{address}"' in listed
    trail.record("records.written", who=bob.user, where=bob.connection, submission=str(submission.pk))
    trail.record("records.written", who=writer.user, where=writer.connection, submission="no address", job="1")
    page = writer.get("/audit/").text
    assert "no address" in page
    assert page.count(f'href="{address}"') == 1
    assert bob.at("/submissions/") not in page


def test_a_record_is_called_by_its_name_until_its_values_are_forgotten(writer: Person, standin: StandIn) -> None:
    """D29: the name is a value too. An id is not, but names nobody's record any more either."""

    def submitted(operation: str, *rows: JsonObject, title: str) -> Submission:
        key, change = services.new_form_key(), services.Change(operation, "Leads", rows)
        return services.submit(writer.connection, writer.user, change, form_key=key, title=title)

    lead = standin.organisation().records["Leads"][0]["id"]
    submitted("insert", {"First_Name": "Ana", "Last_Name": "Silva <b>", "Company": "Zylker"}, title="New Lead")
    submitted("delete", {"id": lead}, title="Delete a Lead")
    submitted("insert", {"Last_Name": "One"}, {"Last_Name": "Two"}, title="Import leads")
    assert [str(one) for one in Submission.objects.order_by("created_at")] == [
        "New Lead",
        "Delete a Lead",
        "Import leads",
    ]
    titles = [one.full_title for one in Submission.objects.order_by("created_at")]
    assert titles == ["New Lead: Ana Silva <b>", f"Delete a Lead: {lead}", "Import leads"]
    assert "<bdi>New Lead: Ana Silva &lt;b&gt;</bdi>" in writer.get("/submissions/").text
    first = Submission.objects.earliest("created_at")
    assert "<h1><bdi>New Lead: Ana Silva &lt;b&gt;</bdi></h1>" in writer.get(f"/submissions/{first.pk}/").text
    over = timezone.now() - timedelta(days=31)
    Submission.objects.update(state=Submission.State.DONE, finished_at=over)
    forget_payloads(timezone.now())
    assert "<bdi>New Lead</bdi>" in writer.get("/submissions/").text
    assert (
        "Silva"
        not in f"{list(Submission.objects.values())} {list(Row.objects.values())} {list(Entry.objects.values())}"
    )


def test_a_change_is_called_by_the_record_that_was_opened(writer: Person, standin: StandIn) -> None:
    lead = standin.organisation().records["Leads"][0]
    Paper(writer, f"/records/Leads/{lead['id']}/edit/").fill({"Phone": "42"}).send()
    assert Submission.objects.get().full_title.startswith("Change a Lead: ")
    assert lead["Last_Name"] in Submission.objects.get().full_title
