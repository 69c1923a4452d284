"""The list of modules, as people use it."""

import csv
import io
import json
import re

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from crm_client.standin import StandIn
from tests.cast import Person, person

pytestmark = pytest.mark.django_db


def _names(text: str) -> list[str]:
    return re.findall(r'<tr><th scope="row"><a href="[^"]*/modules/(\w+)/"', text)


def test_alice_sees_every_module_of_her_organisation(alice: Person, standin: StandIn) -> None:
    page = alice.get("/modules/", page="all")
    assert page.status == 200
    made = [module["api_name"] for module in standin.organisation("demo").modules]
    assert _names(page.text) == made
    assert f"{len(made)} modules." in page.text


def test_bob_sees_the_list_with_what_he_may_do(bob: Person) -> None:
    page = bob.get("/modules/", q="Leads", columns="api_name,creatable,viewable")
    row = page.text.split('href="' + bob.at("/modules/Leads/"))[1].split("</tr>")[0]
    assert row.count('class="yes"') == 1  # he may view leads, not create them
    assert row.count('class="no"') == 1


def test_fifty_modules_stand_on_a_page(alice: Person) -> None:
    first, second = alice.get("/modules/"), alice.get("/modules/", page="2")
    assert len(_names(first.text)) == 50
    assert not set(_names(first.text)) & set(_names(second.text))
    assert "Page 1 of 2" in first.text


def test_opening_the_list_twice_asks_the_crm_once(alice: Person, standin: StandIn) -> None:
    for _ in range(3):
        alice.get("/modules/")
    alice.get_partial("/modules/", q="lead")
    assert [call["path"] for call in standin.ledger()] == ["/crm/v8/settings/modules"]


def test_refreshing_asks_again_and_comes_back_to_the_same_filter(alice: Person, standin: StandIn) -> None:
    alice.get("/modules/")
    page = alice.client.post(alice.at("/modules/refresh-list/?status=visible"))
    assert page.status_code == 302
    assert page.url == alice.at("/modules/?status=visible")
    assert len(standin.ledger()) == 2


def test_a_refresh_that_fails_keeps_the_copy_and_says_why(alice: Person, standin: StandIn) -> None:
    alice.get("/modules/")
    standin.fault(
        "status", {"status": 403, "body": {"code": "NO_PERMISSION", "status": "error", "message": "x", "details": {}}}
    )
    alice.post("/modules/refresh-list/")
    page = alice.get("/modules/")
    assert page.text.count('data-error-code="CRM-DENIED"') == 1
    assert "Leads" in _names(page.text)
    assert 'data-error-code="CRM-DENIED"' not in alice.get("/modules/").text  # said once


def test_a_search_that_finds_nothing_offers_the_way_back(alice: Person) -> None:
    page = alice.get("/modules/", q="zzz<b>")
    assert "No module matches “<bdi>zzz&lt;b&gt;</bdi>”" in page.text
    assert "Clear the filters." in page.text


def test_filters_that_leave_nothing_say_so(alice: Person) -> None:
    assert "No module has all of these properties." in alice.get("/modules/", kind="web", creatable="yes").text


def test_an_organisation_without_modules_says_so(alice: Person, standin: StandIn) -> None:
    standin.fault("empty204", match={"path": "/crm/v8/settings/modules"})
    assert "Zoho CRM lists no module for you." in alice.get("/modules/").text


def test_htmx_gets_the_table_alone_and_the_address_it_stands_for(alice: Person) -> None:
    page = alice.get_partial("/modules/", q="lead", status="", sort="")
    assert page.text.lstrip().startswith('<section id="modules"') or 'id="modules"' in page.text.lstrip()[:200]
    assert "<html" not in page.text
    assert page.headers["HX-Push-Url"] == alice.at("/modules/?q=lead")


def test_a_history_restore_gets_the_whole_page(alice: Person) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert b"<html" in alice.client.get(alice.at("/modules/"), headers=headers).content


def test_a_kind_the_console_has_never_heard_of_can_be_filtered_by(alice: Person, standin: StandIn) -> None:
    standin.organisation("demo").modules[3]["generated_type"] = "quantum"
    page = alice.get("/modules/")
    assert 'name="kind" value="quantum"' in page.text
    assert "standard <code>default</code>" in page.text  # as Home calls it, which links here
    assert len(_names(alice.get("/modules/", kind="quantum").text)) == 1


def test_the_sorted_column_says_so(alice: Person) -> None:
    page = alice.get("/modules/", sort="-api_name")
    assert page.text.count('aria-sort="descending"') == 1
    assert _names(page.text) == sorted(_names(page.text), reverse=True, key=str.casefold)


def test_chosen_columns_stay_until_others_are_chosen(alice: Person) -> None:
    def titles(**query: str) -> list[str]:
        return re.findall(r'hx-push-url="true">([^<]+)</a></th>', alice.get("/modules/", **query).text)

    usual = titles()
    assert titles(columns="status,modified_time") == ["Module", "Status", "Changed"]
    assert titles() == ["Module", "Status", "Changed"]
    assert titles(columns="") == usual
    assert titles() == usual


@pytest.mark.parametrize("form", ["csv", "json", "md"])
def test_a_download_holds_exactly_what_is_filtered(alice: Person, form: str) -> None:
    page = alice.get(
        f"/modules/modules.{form}", generated_type="x", kind="custom", columns="api_name", sort="-api_name"
    )
    shown = _names(alice.get("/modules/", kind="custom", sort="-api_name", page="all").text)
    text = page.text.removeprefix("\ufeff")
    if form == "csv":
        found = [row["API name"] for row in csv.DictReader(io.StringIO(text))]
    elif form == "json":
        found = [row["api_name"] for row in json.loads(text)]
    else:
        found = [line.split("|")[2].strip() for line in text.splitlines()[4:]]
    assert found == shown != []
    assert page.headers["Content-Disposition"].startswith("attachment;")


def test_a_label_like_a_formula_is_disarmed_unless_the_exact_form_is_asked_for(alice: Person, standin: StandIn) -> None:
    standin.organisation("demo").modules[0]["plural_label"] = "=HYPERLINK(1)"
    assert "'=HYPERLINK(1)" in alice.get("/modules/modules.csv").text
    exact = alice.get("/modules/modules.csv", exact="1").text
    assert "=HYPERLINK(1)" in exact
    assert "'=HYPERLINK" not in exact


def test_no_other_form_of_download_exists(alice: Person) -> None:
    assert alice.get("/modules/modules.exe").status == 404


def test_the_page_takes_few_statements_whatever_the_number_of_modules(alice: Person, standin: StandIn) -> None:
    alice.get("/modules/")
    with CaptureQueriesContext(database) as fifty:
        alice.get("/modules/")
    with CaptureQueriesContext(database) as whole:
        alice.get("/modules/", page="all")
    assert len(fifty) <= 10
    assert len(whole) <= len(fifty)


@pytest.mark.parametrize(
    ("fault", "args", "code", "status"),
    [
        ("html", {"status": 200}, "CRM-BAD", 502),
        ("truncate", {"bytes": 200}, "CRM-BAD", 502),
        ("status", {"status": 429, "headers": {"Retry-After": "600"}}, "CRM-LIMIT", 503),
        ("scope_mismatch", {}, "CRM-SCOPE", 403),
        ("no_permission", {}, "CRM-DENIED", 403),
    ],
)
def test_a_crm_that_fails_is_told_in_words(
    alice: Person, standin: StandIn, fault: str, args: dict[str, object], code: str, status: int
) -> None:
    standin.fault(fault, args)
    page = alice.get("/modules/")
    assert (page.status, f'data-error-code="{code}"' in page.text) == (status, True)
    assert "Nothing was changed" in page.text or "unchanged" in page.text


def test_without_the_scope_the_page_offers_to_connect_again(standin: StandIn) -> None:
    eve = person(standin, "demo", "alice", scopes=["ZohoCRM.org.READ"])
    page = eve.get("/modules/")
    assert 'data-error-code="CRM-SCOPE"' in page.text
    assert "grant access" in page.text or "get access" in page.text


def test_charlie_finds_nothing_at_alices_addresses(alice: Person, charlie: Person) -> None:
    for path in (
        "/modules/",
        "/modules/Leads/",
        "/modules/Leads/fields/",
        "/modules/field-workbook/",
        "/modules/modules.csv",
    ):
        assert charlie.client.get(alice.at(path)).status_code == 404
    assert charlie.client.post(alice.at("/modules/fetch-everything/")).status_code == 404
