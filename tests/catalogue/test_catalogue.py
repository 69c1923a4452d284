"""The catalogue's pages, as people use them."""

from __future__ import annotations

import ast
import csv
import html
import io
import json
import re
import shlex
from pathlib import Path

import pytest

from crm_client.apis import by_method, by_module, by_scope
from crm_client.standin import StandIn, organisations
from tests.cast import Person, person

DATA = Path(organisations.__file__).parent / "samples" / "data"


def listed(text: str) -> set[str]:
    """The operations on a page: {"GET /Leads"}."""
    found = re.findall(r'verb-(\w+)">.*?<code>([^<]*)</code></a>', text, re.DOTALL)
    return {f"{method} {path}" for method, path in found}


def every(who: Person, **choice: str) -> set[str]:
    return listed(who.get("/catalogue/", page="all", **choice).text)


def test_alice_sees_all_operations_by_resource_with_scope_and_price(alice: Person) -> None:
    page = alice.get("/catalogue/", page="all")

    assert page.status == 200
    assert len(listed(page.text)) > 1500
    assert "Records: Leads" in page.text
    assert "Settings: fields" in page.text
    assert "ZohoCRM.modules.leads.CREATE" in page.text
    assert "1 to 10" in page.text


def test_a_page_opened_twice_asks_the_crm_once(alice: Person, standin: StandIn) -> None:
    alice.get("/catalogue/")
    alice.get("/catalogue/", q="leads")
    assert [entry["path"] for entry in standin.ledger()] == ["/crm/v8/__apis"]


@pytest.mark.parametrize(
    ("choice", "has", "lacks"),
    [
        ({"q": "upsert leads"}, "POST /Leads/upsert", "POST /Deals/upsert"),
        ({"method": "PATCH"}, "PATCH /settings/fields", "GET /settings/fields"),
        ({"area": "send_mail"}, "PUT /Quotes/{{id}}/actions/send_mail", "POST /Leads"),
        ({"area": "settings.fields"}, "GET /settings/fields", "GET /settings/layouts"),
        ({"module": "custom"}, "POST /{{module}}/upsert", "POST /Leads/upsert"),
        ({"credits": "range"}, "POST /Leads", "GET /org"),
        ({"credits": "more"}, "POST /Leads/{{id}}/actions/merge", "GET /org"),
        ({"access": "yes"}, "GET /settings/fields", "POST /Leads"),
        ({"access": "no"}, "POST /Leads", "GET /settings/fields"),
    ],
)
def test_each_filter_leaves_what_fits(alice: Person, choice: dict[str, str], has: str, lacks: str) -> None:
    found = every(alice, **choice)
    assert has in found
    assert lacks not in found


def test_the_page_says_that_it_filtered_the_kept_list(alice: Person) -> None:
    assert "Filtered here, on the kept list" in alice.get("/catalogue/", q="leads").text


def test_a_keystroke_gets_the_table_alone(alice: Person) -> None:
    piece = alice.get_partial("/catalogue/", q="leads").text
    assert piece.lstrip().startswith('<section id="operations"')
    assert "<html" not in piece


def test_nothing_found_says_so(alice: Person) -> None:
    assert "No operation matches" in alice.get("/catalogue/", q="xyzzy").text


def test_both_versions_side_by_side_say_what_differs(alice: Person, standin: StandIn) -> None:
    page = alice.get("/catalogue/", version="both", differs="yes", page="all").text
    assert "GET /settings/blueprints" in listed(page)
    assert "only v8" in page
    assert "GET /settings/fields" not in listed(page)
    assert sorted(entry["path"] for entry in standin.ledger()) == ["/crm/v7/__apis", "/crm/v8/__apis"]


def test_one_operation_comes_as_curl_as_python_and_as_json(alice: Person, standin: StandIn) -> None:
    text = alice.get("/catalogue/operation/", op="POST /Leads/upsert").text
    assert f"{standin.api()}/crm/v8/Leads/upsert" in text
    assert "--request POST" in text
    assert "about 1 credit (1 to 10), estimated" in text
    assert "&quot;max_credits&quot;: 10" in text
    assert "crm.fields.all(" in alice.get("/catalogue/operation/", op="GET /settings/fields").text


def test_the_python_of_an_operation_runs_against_the_crm(
    alice: Person, standin: StandIn, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = html.unescape(alice.get("/catalogue/operation/", op="GET /org").text)
    script = re.search(r"<pre[^>]*>(import os.*?)</pre>", text, re.DOTALL)
    assert script
    monkeypatch.setenv("TOKEN", standin.token()["access_token"])
    exec(script[1], {})
    assert standin.organisation("demo").org["company_name"] in capsys.readouterr().out


@pytest.mark.parametrize("op", ["", "GET /nowhere", "<script>"])
def test_an_operation_that_is_not_there_is_no_page(alice: Person, op: str) -> None:
    assert alice.get("/catalogue/operation/", op=op).status == 404


def test_the_list_leaves_as_csv_json_and_markdown(alice: Person) -> None:
    query = {"area": "send_mail", "module": "Quotes"}
    rows = list(csv.reader(io.StringIO(alice.get("/catalogue/apis.csv", **query).text.lstrip("\ufeff"))))
    assert rows[1][:3] == ["Records: Quotes", "POST", "/Quotes/{{id}}/actions/send_mail"]
    assert rows[1][3] == "ZohoCRM.send_mail.quotes.CREATE"
    found = json.loads(alice.get("/catalogue/apis.json", **query).text)
    assert [one["min_credits"] for one in found] == [20, 20]
    assert "| POST | /Quotes/" in alice.get("/catalogue/apis.md", **query).text
    assert alice.get("/catalogue/apis.exe").status == 404


def test_without_its_scope_the_page_leads_to_the_doctor_with_that_scope_chosen(standin: StandIn, db: None) -> None:
    nora = person(standin, "demo", "alice", ["ZohoCRM.org.READ"])
    page = nora.get("/catalogue/", q="leads")
    assert page.status == 403
    assert "CRM-SCOPE" in page.text
    assert "/catalogue/doctor/?scope=ZohoCRM.apis.READ&amp;next=%2Fc%2F" in page.text


def test_a_crm_that_is_down_leaves_the_kept_list(alice: Person, standin: StandIn) -> None:
    alice.get("/catalogue/")
    standin.stop()
    assert alice.get("/catalogue/", q="leads").status == 200
    alice.post("/catalogue/refresh/")
    page = alice.get("/catalogue/")
    assert page.status == 200
    assert "CRM-DOWN" in page.text


def test_hostile_text_in_the_list_stays_text(alice: Person, standin: StandIn) -> None:
    nasty = '"><script>alert(1)</script>'
    operation = {"method": nasty, "oauth_scope": nasty, "min_credits": -5, "max_credits": 10**40}
    standin.organisation("demo").apis = [{"path": "/crm/v8/" + nasty, "operation_types": [operation, None, 7]}, nasty]
    page = alice.get("/catalogue/")
    assert page.status == 200
    assert "<script>alert" not in page.text
    op = f"{nasty} /{nasty}"
    assert alice.get("/catalogue/operation/", op=op).status == 200
    assert alice.get("/catalogue/doctor/", op=op).status == 200


def test_charlie_sees_nothing_of_alice(alice: Person, charlie: Person) -> None:
    for path in ("/catalogue/", "/catalogue/doctor/", "/catalogue/ask/", "/catalogue/apis.csv", "/costs/"):
        assert charlie.client.get(alice.at(path)).status_code == 404


# --- the CRM's own filter -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criterion", "name", "is_whole"),
    [
        (by_scope("send_mail"), "-scope-send-mail", True),
        (by_module("Leads"), "-module-leads", True),
        (by_module("custom"), "-custom", True),
        (by_method("POST"), "-post", False),  # an excerpt of more than the samples organisation has
    ],
)
def test_patricia_gets_the_documented_answer_to_each_documented_filter(
    patricia: Person, criterion: object, name: str, is_whole: bool
) -> None:
    sample = json.loads((DATA / f"available-apis{name}.json").read_text("utf-8"))["__apis"]
    wanted = {
        f"{one['method']} {api['path'].removeprefix('/crm/v7')}" for api in sample for one in api["operation_types"]
    }

    page = patricia.get("/catalogue/ask/", filters=str(criterion)).text

    assert "Filtered by Zoho CRM itself" in page
    assert listed(page) == wanted if is_whole else listed(page) >= wanted


def test_the_form_of_the_filter_sends_field_and_value(alice: Person, standin: StandIn) -> None:
    page = alice.get("/catalogue/ask/", field="module", value="Leads").text
    assert "POST /Leads/upsert" in listed(page)
    assert "filters=%7B%22field%22" in standin.ledger()[-1]["query"]


def test_opening_the_form_asks_nothing(alice: Person, standin: StandIn) -> None:
    assert alice.get("/catalogue/ask/").status == 200
    assert standin.ledger() == []


@pytest.mark.parametrize(
    ("filters", "code", "words"),
    [
        ("{", "INVALID_DATA", "no valid JSON object"),
        ("{}", "MANDATORY_NOT_FOUND", "A mandatory key of the filter is missing"),
        ('{"field": {"api_name": "module"}, "comparator": "equals"}', "DEPENDENT_FIELD_MISSING", "“value”"),
        ('{"field": {"api_name": "x"}, "comparator": "equals", "value": "y"}', "INVALID_DATA", "can be filtered by"),
        ('{"field": {"api_name": "module"}, "comparator": "in", "value": "Leads"}', "INVALID_DATA", "only comparator"),
        (str(by_method("post")), "INVALID_DATA", "in capitals"),
        (str(by_module("Solar")), "INVALID_DATA", "for custom modules"),
    ],
)
def test_each_documented_refusal_is_shown_in_words(alice: Person, filters: str, code: str, words: str) -> None:
    page = alice.get("/catalogue/ask/", filters=filters)
    assert page.status == 400
    assert code in page.text
    assert words in page.text


def test_nothing_that_matches_is_said(alice: Person) -> None:
    page = alice.get("/catalogue/ask/", field="operation_types.oauth_scope", value="x")
    assert "no operation that matches" in page.text


def test_nothing_of_the_list_can_end_the_quotes_of_a_command(alice: Person, standin: StandIn) -> None:
    """Somebody copies the line into a shell."""
    nasty = "/x';touch /tmp/owned;'$(touch /tmp/owned)`touch /tmp/owned`\"); import os #"
    operation = {"method": "GET", "oauth_scope": "ZohoCRM.org.READ", "min_credits": 1, "max_credits": 1}
    standin.organisation("demo").apis = [{"path": f"/crm/v8{nasty}", "operation_types": [operation]}]

    text = html.unescape(alice.get("/catalogue/operation/", op=f"GET {nasty}").text)

    command = re.search(r"<pre[^>]*>(curl.*?)</pre>", text, re.DOTALL)
    script = re.search(r"<pre[^>]*>(import os.*?)</pre>", text, re.DOTALL)
    assert command
    assert script
    assert shlex.split(command[1])[-1] == f"{standin.api()}/crm/v8{nasty}"
    assert nasty in [node.value for node in ast.walk(ast.parse(script[1])) if isinstance(node, ast.Constant)]


def test_asking_for_what_differs_shows_both_versions(alice: Person) -> None:
    page = alice.get("/catalogue/", differs="yes", page="all").text
    assert "only v8" in page
    assert "Clear the filters" in page
    assert "Clear the filters" not in alice.get("/catalogue/", version="both").text


@pytest.mark.parametrize(
    ("fault", "args", "code"),
    [
        ("status", {"status": 500}, "CRM-DOWN"),
        ("html", {"status": 200}, "CRM-BAD"),
        ("truncate", {"bytes": 40}, "CRM-BAD"),
    ],
)
def test_a_crm_that_fails_is_said_in_words(
    alice: Person, standin: StandIn, fault: str, args: dict[str, int], code: str
) -> None:
    standin.fault(fault, args)
    for path in ("/catalogue/", "/catalogue/ask/?value=send_mail"):
        page = alice.client.get(alice.at(path))
        assert page.status_code in (502, 504)
        assert f'data-error-code="{code}"' in page.content.decode()
