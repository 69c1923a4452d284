"""All graphs of a module in one file."""

import io
import zipfile

import pytest

from crm_client.standin import StandIn
from tests.cast import Person

pytestmark = pytest.mark.django_db


def _names(page_content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(page_content)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_every_graph_of_a_module_comes_in_every_form(alice: Person, standin: StandIn) -> None:
    page = alice.get("/wizards/document.zip", module="Deals")
    names = _names(page.content)
    wizards = [one for one in standin.organisation("demo").wizards if one["module"]["api_name"] == "Deals"]
    containers = sum(len(one["containers"]) for one in wizards)
    assert {name.rpartition(".")[2] for name in names} == {"svg", "png", "mmd", "dot", "json"}
    assert len(names) == len(set(names)) == 5 * containers
    assert page.headers["Content-Type"] == "application/zip"


def test_what_zoho_would_not_give_is_named_in_the_file(alice: Person, standin: StandIn) -> None:
    alice.get("/wizards/")
    wizard = next(one for one in standin.organisation("demo").wizards if one["module"]["api_name"] == "Deals")
    standin.fault("status", {"status": 500}, match={"path": f"/crm/v8/settings/wizards/{wizard['id']}"})
    names = _names(alice.get("/wizards/document.zip", module="Deals").content)
    assert "not-given-by-zoho-crm.txt" in names


def test_a_module_without_wizards_has_no_file(alice: Person) -> None:
    assert alice.get("/wizards/document.zip", module="Invoices").status == 404
