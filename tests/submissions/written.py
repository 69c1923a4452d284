"""Submissions to try pages on, without a CRM: a row in every state there is."""

from console.connections.models import Connection
from console.submissions import services
from console.submissions.models import Call, Row, Submission
from console.submissions.services import Change

STATES = [
    {"state": "succeeded", "crm_id": "5725767000000524157"},
    {"state": "failed", "code": "MANDATORY_NOT_FOUND", "message": "required field not found"},
    {"state": "unknown", "code": "SENT-UNKNOWN"},
    {
        "state": "unknown",
        "code": "SENT-UNKNOWN",
        "needs_person": True,
        "details": {"candidates": ["5725767000000524158"]},
    },
    {"state": "unknown", "code": "NOT-FOUND-SEND-AGAIN", "needs_person": True},
    {"state": "cancelled", "message": "You cancelled it before it was sent."},
    {"state": "sent"},
    {"state": "pending"},
]


def in_every_state(connection: Connection) -> Submission:
    """A paused submission whose eight rows are in every state; none of its calls is due."""
    change = Change("insert", "Leads", [{"Last_Name": f"Boyle {n}"} for n in range(len(STATES))])
    key = services.new_form_key()
    submission = services.submit(connection, connection.user, change, form_key=key, title="Eight new leads")
    for n, values in enumerate(STATES, 1):
        Row.objects.filter(submission=submission, n=n).update(**values)
    Call.objects.filter(submission=submission).update(state=Call.State.SETTLED)
    Submission.objects.filter(pk=submission.pk).update(
        state="paused", reason_code="CRM-DENIED", reason="Your profile in Zoho CRM may not insert records of Leads."
    )
    submission.refresh_from_db()
    return submission
