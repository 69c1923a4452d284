"""One clock on every page of an organisation: the person's own, named, with UTC on hover."""

import re
from datetime import UTC, datetime

import pytest

from console.audit.models import Entry
from console.jobs.models import Job
from console.submissions.models import Submission
from crm_client.standin import StandIn
from tests.cast import Person

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 15, 3, 30, tzinfo=UTC)  # still the 14th in New York
SHOWN = f'<time datetime="{AT.isoformat()}" title="15 Jan 2026, 03:30 UTC">14 Jan 2026, 22:30 EST</time>'


def test_times_of_the_console_stand_in_the_zone_of_the_persons_records(alice: Person, standin: StandIn) -> None:
    of, zgid = {"connection": alice.connection}, alice.connection.zgid
    job = Job.objects.create(**of, person=alice.user, kind="x", title="Work", created_at=AT, finished_at=AT)
    Submission.objects.create(
        **of, person=alice.user, zgid=zgid, operation="insert", module="Leads", title="New", total=1, created_at=AT
    )
    Entry.objects.create(at=AT, action="a", identity=alice.user.identity, dc=alice.connection.dc, zgid=zgid)
    before = alice.get("/jobs/").text
    assert "15 Jan 2026, 03:30 UTC</time>" in before  # nobody has told the zone yet, and no call is made to ask
    assert standin.ledger() == []
    alice.get("/")  # home asks who she is
    for path in ("/jobs/", f"/jobs/{job.pk}/", "/submissions/", "/audit/"):
        assert SHOWN in alice.get(path).text, path
    found = alice.get("/audit/", since="2026-01-14", until="2026-01-14").text
    assert SHOWN in found  # days begin by the same clock
    assert SHOWN not in alice.get("/audit/", since="2026-01-15").text
    calls = alice.get("/costs/calls/").text
    assert re.search(r'title="[^"]* UTC">[^<]* E[SD]T</time>', calls)
