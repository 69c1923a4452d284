"""One module: what it is, its fields, layouts, related lists and custom views."""

import html
import json
import re

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from crm_client.standin import StandIn
from tests.cast import Person, person

pytestmark = pytest.mark.django_db

TABS = ["", "fields/", "layouts/", "related-lists/", "custom-views/"]


def _paths(standin: StandIn) -> list[str]:
    return [call["path"].removeprefix("/crm/v8/settings/") for call in standin.ledger()]


@pytest.mark.parametrize("tab", TABS)
def test_alice_opens_every_page_of_a_module_and_twice_costs_no_second_call(
    alice: Person, standin: StandIn, tab: str
) -> None:
    assert alice.get(f"/modules/Leads/{tab}").status == 200
    calls = len(standin.ledger())
    assert alice.get(f"/modules/Leads/{tab}").status == 200
    assert len(standin.ledger()) == calls <= 3


@pytest.mark.parametrize("tab", TABS)
def test_bob_who_may_only_look_sees_them_too(bob: Person, tab: str) -> None:
    page = bob.get(f"/modules/Leads/{tab}")
    assert page.status == 200
    assert "data-error-code" not in page.text


def test_bob_is_told_why_profiles_are_missing(bob: Person) -> None:
    assert "Module Customization" in bob.get("/modules/Leads/layouts/").text


def test_a_module_tells_all_its_attributes_beside_their_api_names(alice: Person, standin: StandIn) -> None:
    raw = next(module for module in standin.organisation("demo").modules if module["api_name"] == "Leads")
    raw["quantum"] = "entangled"
    page = alice.get("/modules/Leads/")
    shown = json.loads(html.unescape(page.text.split('aria-label="JSON">')[1].split("</pre>")[0]))
    elsewhere = {"profiles", "related_lists", "layouts", "fields", "custom_view"}
    assert [key for key in shown if key not in elsewhere and f"<code>{key}</code>" not in page.text] == []
    assert "Attributes that this console does not know" in page.text
    assert "entangled" in page.text


def test_a_subform_leads_to_its_parent_and_back(alice: Person, standin: StandIn) -> None:
    modules = standin.organisation("demo").modules
    raw = next(one for one in modules if one["generated_type"] == "subform" and one.get("parent_module"))
    child, parent = f"/modules/{raw['api_name']}/", f"/modules/{raw['parent_module']['api_name']}/"
    assert f'href="{alice.at(parent)}"' in alice.get(child).text
    assert f'href="{alice.at(child)}"' in alice.get(parent).text


def test_a_web_tab_of_which_the_crm_tells_no_more_still_has_its_page(alice: Person, standin: StandIn) -> None:
    tab = next(one for one in standin.organisation("demo").modules if one["generated_type"] == "web")
    path = f"/modules/{tab['api_name']}/"
    assert html.escape(tab["web_link"]) in alice.get(path).text
    alice.post(f"{path}refresh/detail/")
    assert "tells no more about this module" in alice.get(path).text


@pytest.mark.parametrize("tab", TABS)
def test_a_module_without_an_api_is_not_asked_for_until_alice_wants_it(
    alice: Person, standin: StandIn, tab: str
) -> None:
    page = alice.get(f"/modules/Home/{tab}")
    assert (page.status, "This module has no API" in page.text) == (200, True)
    assert _paths(standin) == ["modules"]
    answer = alice.post(f"/modules/Home/refresh/{tab.rstrip('/') or 'detail'}/")
    assert 'data-error-code="' in answer.text
    assert len(standin.ledger()) >= 2


def test_a_short_wait_is_said_in_seconds(alice: Person, standin: StandIn) -> None:
    standin.fault("status", {"status": 429, "headers": {"Retry-After": "60"}})
    page = alice.get("/modules/Leads/")
    assert page.status == 503
    seconds = re.search(r"The next try can succeed in (\d+) seconds\.", page.text)
    assert seconds
    assert 50 <= int(seconds[1]) <= 60


@pytest.mark.parametrize("path", ["/modules/No_Such_Module/", "/modules/No_Such_Module/fields/", "/modules/leads/"])
def test_a_module_that_does_not_exist_is_not_asked_for(alice: Person, standin: StandIn, path: str) -> None:
    alice.get("/modules/")
    page = alice.get(path)
    assert (page.status, 'data-error-code="NOT-FOUND"' in page.text) == (404, True)
    assert _paths(standin) == ["modules"]


@pytest.mark.parametrize(
    "path", ["/modules/../users/", "/modules/Leads;x/", "/modules/Leads/fields/1 or 1/", "/modules/1/"]
)
def test_an_address_that_cannot_be_is_refused_without_a_call(alice: Person, standin: StandIn, path: str) -> None:
    assert alice.get(path).status == 404
    assert standin.ledger() == []


def test_the_fields_are_all_there_and_can_be_filtered(alice: Person, standin: StandIn) -> None:
    made = standin.organisation("demo").fields["Leads"]
    page = alice.get("/modules/Leads/fields/", page="all")
    assert f"{len(made)} fields." in page.text
    picklists = [field for field in made if field["data_type"] == "picklist"]
    assert f"{len(picklists)} of {len(made)} fields." in alice.get("/modules/Leads/fields/", type="picklist").text
    assert "No field matches" in alice.get("/modules/Leads/fields/", q="zzzz").text


def test_the_first_look_at_fields_reads_who_requires_them(alice: Person, standin: StandIn) -> None:
    first = alice.get("/modules/Leads/fields/", page="all").text
    assert re.search(r'class="must">on \d+ of \d+ layouts<', first)
    assert [entry["path"].rpartition("/")[2] for entry in standin.ledger()] == ["modules", "fields", "layouts"]
    alice.get("/modules/Leads/fields/")
    assert len(standin.ledger()) == 3


def test_the_fields_are_there_without_layouts_and_know_who_requires_them_later(
    alice: Person, standin: StandIn
) -> None:
    standin.fault("no_permission", match={"path": "/crm/v8/settings/layouts"})
    before = alice.get("/modules/Leads/fields/", page="all").text
    assert "have been fetched" in before
    asked = len(standin.ledger())
    alice.get("/modules/Leads/fields/")
    assert len(standin.ledger()) == asked  # only the first look tries
    standin.clear_faults()
    alice.get("/modules/Leads/layouts/")
    after = alice.get("/modules/Leads/fields/", page="all").text
    assert "have been fetched" not in after
    assert re.search(r'class="must">on \d+ of \d+ layouts<', after)


def test_the_fields_page_takes_few_statements(alice: Person) -> None:
    alice.get("/modules/Leads/fields/")
    alice.get("/modules/Leads/layouts/")
    with CaptureQueriesContext(database) as captured:
        alice.get("/modules/Leads/fields/", page="all")
    assert len(captured) <= 10


def _field(standin: StandIn, data_type: str) -> dict[str, object]:
    return next(field for field in standin.organisation("demo").fields["Leads"] if field["data_type"] == data_type)


def test_a_field_has_its_own_page_and_its_drawer_the_same_content(alice: Person, standin: StandIn) -> None:
    field = _field(standin, "picklist")
    page = alice.get(f"/modules/Leads/fields/{field['id']}/")
    drawer = alice.get_partial(f"/modules/Leads/fields/{field['id']}/")
    assert "<html" in page.text
    assert drawer.text.count('role="dialog"') == 1
    assert "<html" not in drawer.text
    for value in field["pick_list_values"]:  # type: ignore[attr-defined]
        shown = f"<bdi>{html.escape(value['display_value'])}</bdi>"
        assert shown in page.text
        assert shown in drawer.text
    for key in field:
        if key not in ("pick_list_values", "profiles"):
            assert f"<code>{key}</code>" in drawer.text, key


def test_the_colours_of_values_are_chips_and_nothing_else(alice: Person, standin: StandIn) -> None:
    field = next(one for one in standin.organisation("demo").fields["Leads"] if one["api_name"] == "Lead_Status")
    field["pick_list_values"][0]["colour_code"] = 'red" onload="x'
    page = alice.get(f"/modules/Leads/fields/{field['id']}/")
    chips = re.findall(r'<rect width="12" height="12" rx="3" fill="([^"]+)"/>', page.text)
    assert (
        chips == [value["colour_code"].lower() for value in field["pick_list_values"][1:] if value["colour_code"]] != []
    )
    assert "onload" not in page.text.split("<pre")[0]


def test_the_drawer_closes_to_the_filtered_list_it_was_opened_from(alice: Person, standin: StandIn) -> None:
    address = alice.at(f"/modules/Leads/fields/{_field(standin, 'text')['id']}/")

    def closes_to(current: str) -> str:
        headers = {"HX-Request": "true", "HX-Current-URL": current}
        text = alice.client.get(address, headers=headers).content.decode()
        found = re.search(r'class="drawer-close" href="([^"]+)"', text)
        assert found
        return html.unescape(found[1])

    here = alice.at("/modules/Leads/fields/")
    assert closes_to(f"http://testserver{here}?q=a&type=text") == f"{here}?q=a&type=text"
    assert closes_to(f"http://evil.test{here}?q=a") == here
    assert closes_to("http://testserver/connections/") == here


def test_neighbouring_ids_lead_to_their_own_fields(alice: Person, standin: StandIn) -> None:
    fields = standin.organisation("demo").fields["Leads"]
    fields[0]["id"], fields[1]["id"] = "5725767000000524157", "5725767000000524158"
    for field in fields[:2]:
        page = alice.get(f"/modules/Leads/fields/{field['id']}/")
        assert f"<bdi>{html.escape(field['field_label'])}</bdi></h2>" in page.text


def test_a_field_that_does_not_exist_is_not_found(alice: Person) -> None:
    assert alice.get("/modules/Leads/fields/1/").status == 404


def test_a_layout_shows_sections_and_required_fields_in_order(alice: Person, standin: StandIn) -> None:
    layouts = standin.organisation("demo").layouts["Leads"]
    for layout in layouts[:2]:
        page = alice.get(f"/modules/Leads/layouts/{layout['id']}/")
        used = [section for section in layout["sections"] if section["type"] == "used"]
        labels = [
            html.escape(section["display_label"]) for section in sorted(used, key=lambda one: one["sequence_number"])
        ]
        assert re.findall(r"<h3><bdi>([^<]*)</bdi>", page.text) == labels
        required = {field["api_name"] for section in used for field in section["fields"] if field.get("required")}
        marked = set(re.findall(r"is-required.*?<code>(\w+)</code>", page.text, re.DOTALL))
        assert required <= marked


def test_fields_on_no_layout_are_listed(alice: Person, standin: StandIn) -> None:
    organisation = standin.organisation("demo")
    on = {
        field["api_name"]
        for layout in organisation.layouts["Leads"]
        for section in layout["sections"]
        if section["type"] == "used"
        for field in section["fields"]
    }
    homeless = [field["api_name"] for field in organisation.fields["Leads"] if field["api_name"] not in on]
    page = alice.get("/modules/Leads/layouts/").text.split("On no layout")[1]
    assert homeless
    assert [name for name in homeless if f"<code>{name}</code>" not in page] == []


def test_a_layout_that_does_not_exist_is_not_found(alice: Person) -> None:
    assert alice.get("/modules/Leads/layouts/1/").status == 404


@pytest.mark.parametrize(
    ("tab", "scope"),
    [
        ("fields/", "fields"),
        ("layouts/", "layouts"),
        ("related-lists/", "related_lists"),
        ("custom-views/", "custom_views"),
    ],
)
def test_a_part_whose_scope_is_missing_says_so_in_its_place(standin: StandIn, tab: str, scope: str) -> None:
    eve = person(standin, "demo", "alice", scopes=["ZohoCRM.settings.modules.READ"])
    page = eve.get(f"/modules/Leads/{tab}")
    assert page.status == 200
    assert 'data-error-code="CRM-SCOPE"' in page.text
    assert 'aria-current="page">' in page.text  # the tabs are there still
    assert f"{scope}.READ" in page.text or "grant" in page.text


def test_an_empty_module_says_so_on_every_page(alice: Person, standin: StandIn) -> None:
    alice.get("/modules/")
    standin.fault("empty204")
    for tab, words in {
        "fields/": "lists no field",
        "layouts/": "lists no layout",
        "related-lists/": "no related lists",
        "custom-views/": "no custom views",
    }.items():
        page = alice.get(f"/modules/Leads/{tab}")
        assert (page.status, words in page.text) == (200, True), tab


@pytest.mark.parametrize("part", ["detail", "fields", "layouts", "related-lists", "custom-views"])
def test_each_page_is_refreshed_by_itself(alice: Person, standin: StandIn, part: str) -> None:
    tab = "" if part == "detail" else f"{part}/"
    alice.get(f"/modules/Leads/{tab}")
    calls = len(standin.ledger())
    answer = alice.client.post(alice.at(f"/modules/Leads/refresh/{part}/?q=a"))
    assert answer.url == alice.at(f"/modules/Leads/{tab}?q=a")
    assert 1 <= len(standin.ledger()) - calls <= 2


def test_only_a_post_refreshes_and_only_what_exists(alice: Person, standin: StandIn) -> None:
    assert alice.get("/modules/Leads/refresh/fields/").status == 405
    assert alice.post("/modules/Leads/refresh/everything/").status == 404
    assert standin.ledger() == []


@pytest.mark.parametrize("form", ["csv", "json", "md"])
def test_the_fields_can_be_taken_along(alice: Person, form: str) -> None:
    page = alice.get(f"/modules/Leads/fields.{form}", type="email")
    assert page.status == 200
    assert "Secondary_Email" in page.text
    assert "Annual_Revenue" not in page.text


def test_the_stand_in_has_no_pages_to_open_and_the_console_says_so(alice: Person) -> None:
    page = alice.get("/modules/Leads/")
    assert "local stand-in, which has no pages" in page.text
    assert "https://crm.zoho" not in page.text
