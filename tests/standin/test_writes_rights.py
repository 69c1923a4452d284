"""Who may write what: scopes by verb, profiles, modules that take no records."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm_client.standin import StandIn
from tests.standin.writing import Clerk, codes


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def alice(standin: StandIn) -> Clerk:
    return Clerk(standin)


@pytest.mark.parametrize(
    ("scope", "insert", "update", "upsert", "delete"),
    [
        ("ZohoCRM.modules.ALL", True, True, True, True),
        ("ZohoCRM.modules.leads.WRITE", True, True, True, False),
        ("ZohoCRM.modules.CREATE", True, False, True, False),
        ("ZohoCRM.modules.UPDATE", False, True, False, False),
        ("ZohoCRM.modules.contacts.ALL", False, False, False, False),
        ("ZohoCRM.modules.leads.DELETE", False, False, False, True),
    ],
)
def test_each_verb_wants_its_scope(
    standin: StandIn, scope: str, insert: bool, update: bool, upsert: bool, delete: bool
) -> None:
    somebody = Clerk(standin, scopes=scope)
    may = [
        answer.status_code != 401
        for answer in (
            somebody.insert("Leads", {}),
            somebody.update("Leads", {}),
            somebody.upsert("Leads", {}),
            somebody.delete("Leads", "1"),
        )
    ]
    assert may == [insert, update, upsert, delete]


def test_profiles_may_create_edit_and_delete_or_not(standin: StandIn, alice: Clerk) -> None:
    bob, dora = Clerk(standin, "bob"), Clerk(standin, "dora")
    id_ = alice.new("Leads", Last_Name="Daly", National_ID="1", Score=1)
    for answer, verb in (
        (bob.insert("Leads", {"Last_Name": "X"}), "Create"),
        (bob.update("Leads", {"id": id_, "Company": "X"}), "Edit"),
        (bob.delete("Leads", id_), "Delete"),
        (bob.upsert("Leads", {"Last_Name": "X"}), "Create"),
        (dora.delete("Leads", id_), "Delete"),
    ):
        body = answer.json()
        assert (answer.status_code, body["code"]) == (403, "NO_PERMISSION")
        assert body["details"] == {"permissions": [f"Crm_Implied_{verb}_Leads"]}
    assert dora.insert("Vendors", {"Vendor_Name": "X"}).json()["code"] == "INVALID_MODULE"
    # what is hidden or read-only for a profile stays as it is
    assert codes(dora.update("Leads", {"id": id_, "National_ID": "2", "Score": 2, "Company": "X"})) == ["SUCCESS"]
    record = alice.read("Leads", id_)
    assert (record["National_ID"], record["Score"], record["Company"]) == ("1", 1, "X")


@pytest.mark.parametrize("module", ["Nonsense", "leads", "Quoted_Items", "Home", "Reports", "Attachments"])
def test_modules_that_take_no_records(alice: Clerk, module: str) -> None:
    answer = alice.insert(module, {"Name": "X"})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_MODULE")
