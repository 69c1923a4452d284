"""The list of wizards."""

from tests.cast import Person


def test_alice_sees_every_wizard_of_the_organisation(alice: Person) -> None:
    page = alice.get("/wizards/")
    assert page.status == 200
    assert "Loan application" in page.text
    assert "21 wizards." in page.text
