"""The list of wizards, as people use it."""

import re

import pytest

from console.connections.scopes import READ_SCOPES
from crm_client.standin import StandIn
from tests.cast import Person, person

pytestmark = pytest.mark.django_db


def _names(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*"><bdi>([^<]*)</bdi>', text)


def test_alice_sees_every_wizard_with_layouts_and_sizes(alice: Person) -> None:
    page = alice.get("/wizards/")
    assert len(_names(page.text)) == 21
    assert "21 wizards." in page.text
    row = page.text.split("Loan application")[1].split("</tr>")[0]
    assert [label in row for label in ("Standard", "Vehicle loan", "Mortgage", "30 screens")] == [True] * 4
    assert "Administrator" in row


def test_arrows_are_counted_once_a_wizard_was_read(alice: Person, at: object) -> None:
    assert "46 arrows" not in alice.get("/wizards/").text
    alice.get(at("Loan application"))  # type: ignore[operator]
    assert "46 arrows" in alice.get("/wizards/").text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "thirty"}, []),
        ({"q": "LOAN app"}, ["Loan application"]),
        ({"q": "Supplier check"}, ["Loan application"]),  # a screen of it
        ({"module": "Vehicles"}, ["Vehicle intake"]),
        ({"active": "no"}, ["Christmas campaign"]),
        ({"module": "Loans", "q": "mortgage"}, ["Loan application"]),
    ],
)
def test_alice_narrows_the_list(alice: Person, query: dict[str, str], names: list[str]) -> None:
    assert _names(alice.get_partial("/wizards/", **query).text) == names


def test_a_partial_is_one_element_with_its_own_address(alice: Person) -> None:
    page = alice.get_partial("/wizards/", q="loan")
    assert page.text.lstrip().startswith('<section id="wizards"')
    assert page.headers["HX-Push-Url"] == alice.at("/wizards/?q=loan")


def test_opening_the_list_twice_asks_the_crm_once(alice: Person, standin: StandIn) -> None:
    for _ in range(3):
        alice.get("/wizards/")
    assert [call["path"] for call in standin.ledger()] == ["/crm/v8/settings/wizards"]


def test_bob_is_told_that_his_profile_may_not_see_wizards(bob: Person) -> None:
    page = bob.get("/wizards/")
    assert page.status == 403
    assert 'data-error-code="CRM-DENIED"' in page.text
    assert "NO_PERMISSION" in page.text


def test_a_connection_from_before_is_offered_the_new_scope(standin: StandIn, db: None) -> None:
    older = [scope for scope in READ_SCOPES if "wizards" not in scope]
    page = person(standin, "demo", "alice", older).get("/wizards/")
    assert 'data-error-code="CRM-SCOPE"' in page.text
    assert "ZohoCRM.settings.wizards.READ" in page.text


def test_charlie_finds_nothing_at_alices_address(alice: Person, charlie: Person) -> None:
    assert charlie.client.get(alice.at("/wizards/")).status_code == 404


def test_an_organisation_without_wizards_says_so(alice: Person, standin: StandIn) -> None:
    standin.organisation("demo").wizards.clear()
    page = alice.get("/wizards/")
    assert page.status == 200
    assert "no wizards yet" in page.text


def test_a_crm_that_is_down_gives_an_error_and_an_older_copy_stays(alice: Person, standin: StandIn) -> None:
    alice.get("/wizards/")
    standin.fault("status", {"status": 500})
    alice.post("/wizards/refresh/")
    page = alice.get("/wizards/")
    assert page.status == 200
    assert "21 wizards." in page.text
    assert 'data-error-code="CRM-DOWN"' in page.text
