"""A submission's page in a browser: it follows what happens, and does not take away what somebody is typing."""

from playwright.sync_api import expect

from console.connections.models import Connection
from console.submissions.models import Row, Submission
from tests.browser.conftest import Visitor
from tests.submissions.written import in_every_state


def test_the_page_follows_what_happens_and_leaves_what_is_being_typed(signed_in: Visitor) -> None:
    signed_in.go("/")
    submission = in_every_state(Connection.objects.get())
    Submission.objects.update(state="sending", reason="", reason_code="")
    page = signed_in.go(f"/submissions/{submission.pk}/")
    page.locator("#crm-id-5").fill("57257670000005241")
    Row.objects.filter(n=7).update(state="succeeded", crm_id="5725767000000524159")
    expect(page.locator("#row-7")).to_have_attribute("data-state", "succeeded")
    assert page.locator("#crm-id-5").input_value() == "57257670000005241"
    Submission.objects.update(state="done")
    expect(page.locator("#live")).to_have_attribute("data-state", "done")
    assert page.locator("#live").get_attribute("hx-get") is None
