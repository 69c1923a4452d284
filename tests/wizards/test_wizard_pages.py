"""One wizard: graph, screen beside it, findings, paths, looking as somebody, exports."""

import json
import re
from collections.abc import Callable

import pytest

from crm_client.standin import StandIn
from tests.bench.wizards import big
from tests.cast import Person, person

pytestmark = pytest.mark.django_db

At = Callable[..., str]


def _nodes(text: str) -> list[str]:
    return re.findall(r'data-node="(\d+)"', text)


def test_the_documentations_wizard_draws_as_three_screens_and_two_arrows_with_its_ids(
    standin: StandIn, db: None
) -> None:
    patricia = person(standin, "samples", "patricia")
    listed = patricia.get("/wizards/").text
    address = next(link for link in re.findall(r'href="[^"]*(/wizards/2423488000000709012/\d+/)"', listed))
    page = patricia.get(address)
    assert _nodes(page.text) == ["2423488000000709018", "2423488000000709020", "2423488000000709022"]
    assert re.findall(r'data-arrow="(\d+)"', page.text) == ["2423488000000709080", "2423488000000709082"]


def test_alice_goes_from_the_list_to_a_finding_to_its_screen_and_back(alice: Person, at: At) -> None:
    assert at("Dealership") in alice.get("/wizards/").text
    findings = alice.get(at("Dealership", rest="findings/")).text
    assert "Tax Number is required on the layout “Dealership”" in findings
    assert "Company</bdi> → <bdi>Place" in findings
    link = re.findall(r'href="([^"]*\?finding=1)"', findings)[0]
    page = alice.get(link.replace(alice.at(""), ""))
    panel = page.text.split('id="screen-panel"')[1].split("</aside>")[0]
    assert "Billing City" in panel
    assert "Tax Number is required" in panel
    assert f'<a href="{alice.at(at("Dealership"))}?finding=1" class="screen-close">' in panel


def test_the_panel_alone_comes_for_htmx(alice: Person, at: At) -> None:
    key = _nodes(alice.get(at("New lead")).text)[0]
    page = alice.get_partial(at("New lead", rest=f"screens/{key}/"))
    assert page.text.lstrip().startswith('<aside id="screen-panel"')
    assert "Last Name" in page.text


def test_a_screen_shows_fields_required_marks_buttons_and_rules_in_words(alice: Person, at: At) -> None:
    key = _nodes(alice.get(at("Company check")).text)[0]
    text = alice.get_partial(at("Company check", rest=f"screens/{key}/")).text
    industry = text.split("<bdi>Industry</bdi>")[1].split("</li>")[0]
    assert "required" in industry
    assert "picklist" in industry
    assert "When Ownership is Public Company, on create: shows segment Listing, makes Ticker Symbol mandatory." in text
    assert "goes to Figures" in text


def test_unknown_wizards_and_screens_are_absent(alice: Person, at: At) -> None:
    assert alice.get(at("New lead", rest="screens/4711/")).status == 404
    assert alice.get("/wizards/4711/").status == 404


def test_a_wizard_that_was_deleted_is_not_found_and_leads_back_to_the_list(alice: Person) -> None:
    page = alice.get("/wizards/4711/4712/")  # an address from before
    assert page.status == 404
    assert 'data-error-code="NOT-FOUND"' in page.text
    assert "does not know this wizard: it was deleted" in page.text
    assert f'href="{alice.at("/wizards/")}">Back to the list' in page.text


def test_the_shortest_path_to_a_screen_is_lit(alice: Person, at: At) -> None:
    first, *_, last = _nodes(alice.get(at("Vehicle intake")).text)
    assert "the start itself" in alice.get(at("Vehicle intake"), to=first).text
    page = alice.get(at("Vehicle intake"), to=last).text
    assert "2 button presses" in page
    assert len(re.findall(r'class="arrow [^"]*is-current', page)) == 2


def test_alice_finds_a_field_by_its_label(alice: Person, at: At) -> None:
    text = alice.get(at("Loan application"), find="loan to value").text
    assert "places for" in text
    assert re.search(r"<bdi>Loan to Value</bdi></a> <small>field on <bdi>Valuation", text)
    assert "Nothing in this wizard matches" in alice.get(at("Loan application"), find="zeppelin").text


def test_looking_as_sales_dims_what_sales_may_not_press(alice: Person, at: At, standin: StandIn) -> None:
    whole = alice.get(at("Deal desk")).text
    sales = re.findall(r'<option value="(profile-\d+)">Sales</option>', whole)[0]
    seen = alice.get(at("Deal desk"), **{"as": sales}).text
    assert seen.count("is-muted") > whole.count("is-muted")


def test_paths_are_listed_with_the_ids_that_records_store(alice: Person, at: At) -> None:
    text = alice.get(at("New lead", rest="paths/")).text
    assert "1 path leads from the start" in text
    arrows = re.findall(r'data-arrow="(\d+)"', alice.get(at("New lead")).text)
    ids = re.findall(r"<code>(\d+)</code>", text)
    assert len(ids) == 2
    assert set(ids) <= set(arrows)
    assert "30 paths lead" in alice.get(at("Loan application", rest="paths/")).text


def test_a_wizard_is_kept_and_refreshed_on_request_only(alice: Person, at: At, standin: StandIn) -> None:
    alice.get(at("New lead"))
    calls = len(standin.ledger())
    alice.get(at("New lead", rest="findings/"))
    assert len(standin.ledger()) == calls
    alice.post(at("New lead", rest="refresh/"))
    assert len(standin.ledger()) > calls


def test_fields_that_may_not_be_read_are_named_and_the_graph_stays(alice: Person, at: At, standin: StandIn) -> None:
    standin.fault("status", {"status": 403}, match={"path": "/crm/v8/settings/fields"})
    page = alice.get(at("Guarantor", rest="findings/"))
    assert page.status == 200
    assert "were not looked for" in page.text
    assert _nodes(alice.get(at("Guarantor")).text)


def test_damaged_wizards_are_shown_with_what_could_not_be_read(alice: Person, at: At, standin: StandIn) -> None:
    demo = standin.organisation("demo")
    wizard = next(one for one in demo.wizards if one["name"] == "New lead")
    key = (wizard["id"], wizard["containers"][0]["layout"]["id"])
    container = demo.wizard_details[key]["containers"][0]
    container["screens"][0]["segments"][0]["type"] = "hologram"
    container["screens"][1]["display_label"] = "<script>alert(1)</script>"
    container["chart_data"]["connections"] = "none"
    page = alice.get(at("New lead"))
    assert page.status == 200
    assert "hologram" in page.text
    assert "the arrows are a text instead of a list" in page.text
    assert "<script>alert" not in page.text
    assert len(_nodes(page.text)) == 3


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("graph.svg", b"<svg "), ("graph.png", b"\x89PNG"), ("graph.mmd", b"flowchart LR"),
        ("graph.dot", b"digraph "), ("document.md", b"# Wizard New lead"),
    ],
)  # fmt: skip
def test_alice_takes_a_wizard_away(alice: Person, at: At, form: str, start: bytes) -> None:
    page = alice.get(at("New lead", rest=form))
    assert page.content.startswith(start)
    assert "attachment" in page.headers["Content-Disposition"]


def test_the_json_holds_graph_and_findings(alice: Person, at: At) -> None:
    told = json.loads(alice.get(at("Dealership", rest="graph.json")).content)
    assert [node["caption"] for node in told["graph"]["nodes"]] == ["Company", "Tax", "Place"]
    assert [item["code"] for item in told["findings"]] == ["required-missing"]


def test_documents_hold_screens_rules_and_findings(alice: Person, at: At) -> None:
    for form in ("md", "html"):
        text = alice.get(at("Company check", rest=f"document.{form}")).text.replace("\\", "")
        assert "When Tax Number is empty, on edit: locks Legal Form; Administrator exempt." in text
    page = alice.get("/wizards/document.html", module="Leads").text
    names = ("New lead", "Trade fair lead", "Phone lead", "Web enquiry", "Broker lead", "Christmas campaign")
    assert [name in page for name in names] == [True] * len(names)
    assert alice.get("/wizards/document.html", module="Nonsense").status == 404
    assert alice.get(at("New lead", rest="graph.exe")).status == 404


def _with(standin: StandIn, screens: int, arrows: int) -> str:
    """The address of a wizard of that size, added to the demo."""
    demo, raw = standin.organisation("demo"), big(screens, arrows)
    layout = demo.layouts["Loans"][0]["id"]
    container = raw["containers"][0] | {"id": layout, "layout": {"id": layout, "name": "Standard"}}
    demo.wizards.append(raw | {"containers": [{"id": layout, "layout": container["layout"]}]})
    demo.wizard_details[raw["id"], layout] = raw | {"containers": [container]}
    return f"/wizards/{raw['id']}/{layout}/"


def test_a_graph_of_75_screens_and_300_arrows_is_a_page_of_at_most_400_kb(alice: Person, standin: StandIn) -> None:
    page = alice.get(_with(standin, 75, 300))
    assert len(_nodes(page.text)) == 75
    assert len(page.content) <= 400_000


def test_a_wizard_of_two_thousand_screens_is_shown(alice: Person, standin: StandIn) -> None:
    page = alice.get(_with(standin, 2000, 2400))
    assert page.status == 200
    assert len(_nodes(page.text)) == 2000
