"""Lists of records, as people use them."""

import re
from datetime import datetime
from typing import Any

import pytest

from console.records.models import ColumnMemory
from crm_client.standin import StandIn
from tests.cast import Page, Person

pytestmark = pytest.mark.django_db


def _ids(page: Page) -> list[str]:
    return re.findall(r'<tr><th scope="row"><a href="[^"]*/records/\w+/(\d+)/"', page.text)


def _heads(page: Page) -> list[str]:
    return re.findall(r"<bdi>([^<]*)</bdi>", page.text.split("<thead>")[1].split("</thead>")[0])


def _link(page: Page, rel: str) -> str:
    found = re.search(rf'<a rel="{rel}" href="([^"]*)"', page.text)
    return found[1].replace("&amp;", "&") if found else ""


def _many_leads(standin: StandIn, count: int) -> list[str]:
    """So many leads, of which only name and id are told; newest first."""
    ids = [str(5590641009000000000 + number) for number in range(count)]
    leads = [{"id": id_, "Full_Name": f"Lead {number}", "Last_Name": str(number)} for number, id_ in enumerate(ids)]
    standin.organisation("demo").records["Leads"][:] = leads
    return ids[::-1]


def _calls(standin: StandIn, alice: Person, path: str, **query: Any) -> list[str]:
    before = len(standin.ledger())
    alice.get(path, **query)
    return [call["path"].removeprefix("/crm/v8") for call in standin.ledger()[before:]]


def test_alice_chooses_a_module_and_sees_its_newest_records(alice: Person, standin: StandIn) -> None:
    page = alice.get("/records/")
    assert f'href="{alice.at("/records/Leads/")}"' in page.text
    assert "/records/Home/" not in page.text  # no records through the API
    mine = [one["id"] for one in standin.organisation("demo").records["Leads"] if not one["Converted__s"]]
    found = _ids(alice.get("/records/Leads/"))
    assert found == sorted(mine, key=int, reverse=True)[:100]


def test_a_list_opened_again_takes_one_call(alice: Person, standin: StandIn) -> None:
    alice.get("/records/Leads/")
    assert _calls(standin, alice, "/records/Leads/") == ["/Leads"]
    assert _calls(standin, alice, "/records/Leads/columns/") == []
    assert _calls(standin, alice, "/records/Leads/search/") == []


def test_a_view_brings_its_records_and_columns_for_three_credits(alice: Person, standin: StandIn) -> None:
    demo = standin.organisation("demo")
    view = next(one for one in demo.custom_views["Deals"] if one["name"] == "Stage: Qualification")
    page = alice.get("/records/Deals/", view=view["id"])
    labels = {one["api_name"]: one["field_label"] for one in demo.fields["Deals"]}
    assert _heads(page)[1:] == [labels[ref["api_name"]] for ref in view["fields"] if ref["api_name"] != "Deal_Name"]
    last = standin.ledger()[-1]
    assert (last["path"], last["credits"]) == ("/crm/v8/Deals", 3)
    assert 0 < len(_ids(page)) < len(demo.records["Deals"])


def test_sorting_is_what_the_api_sorts_and_a_view_keeps_its_own(alice: Person, standin: StandIn) -> None:
    deals = standin.organisation("demo").records["Deals"]
    by_change = sorted(deals, key=lambda one: datetime.fromisoformat(one["Modified_Time"]))
    page = alice.get("/records/Deals/", sort="Modified_Time", columns="Modified_Time", per="20")
    assert _ids(page) == [one["id"] for one in by_change[:20]]
    assert page.text.count('aria-sort="ascending"') == 1
    assert "Amount" not in page.text.split('name="sort"')[1].split("</select>")[0]
    view = standin.organisation("demo").custom_views["Deals"][3]["id"]
    refused = alice.get("/records/Deals/", view=view, sort="Modified_Time")
    assert "keeps a view’s own order" in refused.text
    assert _ids(refused)


def test_columns_of_the_address_come_first_and_chosen_ones_are_kept_for_each_view(alice: Person, bob: Person) -> None:
    usual = _heads(alice.get("/records/Leads/"))
    assert _heads(alice.get("/records/Leads/", columns="City,Score,Languages,nonsense,Full_Name"))[1:] == [
        "City",
        "Score",
    ]
    answer = alice.client.post(
        alice.at("/records/Leads/columns/set/"), {"columns": ["Score", "City"], "do": "remember"}
    )
    assert answer.url == alice.at("/records/Leads/")
    assert _heads(alice.get("/records/Leads/"))[1:] == ["Score", "City"]
    assert _heads(alice.get("/records/Leads/", columns="Phone"))[1:] == ["Phone"]
    assert _heads(bob.get("/records/Leads/")) == usual
    once = alice.client.post(alice.at("/records/Leads/columns/set/"), {"columns": ["Phone"], "do": "show"})
    assert once.url == alice.at("/records/Leads/?columns=Phone")
    alice.post("/records/Leads/columns/set/", do="forget")
    assert _heads(alice.get("/records/Leads/")) == usual
    assert not ColumnMemory.objects.exists()


def test_every_page_is_reached_by_its_links_beyond_record_2000_and_back(alice: Person, standin: StandIn) -> None:
    every = _many_leads(standin, 2_250)
    page = alice.get("/records/Leads/", per="200")
    seen, pages = [], [_ids(page)]
    while address := _link(page, "next"):
        page = Page(alice.client.get(address))
        pages.append(_ids(page))
    for ids in pages:
        seen += ids
    assert seen == every
    assert [len(ids) for ids in pages] == [200] * 11 + [50]
    assert "2,201 to 2,250" in page.text
    back = Page(alice.client.get(_link(page, "prev")))
    assert _ids(back) == pages[10]
    assert _ids(Page(alice.client.get(_link(back, "prev")))) == pages[9]


def test_a_mark_that_has_expired_is_explained_with_the_way_on(alice: Person, standin: StandIn) -> None:
    _many_leads(standin, 2_250)
    page = alice.get("/records/Leads/", per="200", page="10")
    beyond = _link(page, "next")
    assert "token=" in beyond
    assert alice.client.get(beyond).status_code == 200
    standin.advance(25 * 3600)
    alice.connection.access_expires_at = None
    late = Page(alice.client.get(beyond))
    assert 'data-error-code="PAGE-OVER"' in late.text
    assert "Nothing is lost" in late.text
    stranger = alice.get("/records/Leads/", page="11", token="made-up", per="200")
    assert 'data-error-code="PAGE-OVER"' in stranger.text


def test_a_page_beyond_the_end_says_where_the_list_ends(alice: Person, standin: StandIn) -> None:
    _many_leads(standin, 3)
    page = alice.get("/records/Leads/", page="4")
    assert "The list ends before this page." in page.text
    assert _ids(page) == []


def test_words_addresses_and_conditions_are_searched_for(alice: Person, standin: StandIn) -> None:
    leads = standin.organisation("demo").records["Leads"]
    leads[1].update(Last_Name="O'Neill, (Bob) \\ Sons", Email="bob.unique@mail.example", Converted__s=False)
    wanted = leads[1]["id"]
    assert _ids(alice.get("/records/Leads/", q="bob.unique@mail.example", **{"in": "email"})) == [wanted]
    page = alice.get("/records/Leads/", f="Last_Name", o="starts_with", v="O'Neill, (Bob) \\")
    assert _ids(page) == [wanted]
    both = alice.client.get(
        alice.at("/records/Leads/?f=Last_Name&o=starts_with&v=O%27Neill&f=Email&o=equals&v=nobody%40mail.example")
    )
    assert "finds no record" in both.content.decode()
    either = alice.client.get(
        alice.at("/records/Leads/?f=Last_Name&o=starts_with&v=O%27Neill%2C&f=Email&o=equals&v=nobody%40x&match=any")
    )
    assert _ids(Page(either)) == [wanted]


CANNOT_BE_MEANT = [
    ("Last_Name) or (id", "equals", "1", "has no field"),
    ("Last_Name", "equals) or (id:equals", "1", "cannot be asked"),
    ("Last_Name", "greater_than", "M", "cannot be asked"),
    ("Annual_Revenue", "equals", "much", "is no number"),
    ("Annual_Revenue", "between", "1", "takes two values"),
    ("Consent_Date", "equals", "31.3.2025", "is no date"),
    ("Created_Time", "equals", "yesterday", "is no moment"),
    ("Email_Opt_Out", "equals", "maybe", "is yes or no"),
    ("Last_Name", "in", " ; ", "1 to 100 values"),
    ("Last_Name", "equals", "", "needs a value"),
    ("Languages", "equals", "x", "has no field"),
]


def test_a_condition_that_cannot_be_meant_asks_nothing_of_the_crm(alice: Person, standin: StandIn) -> None:
    alice.get("/records/Leads/")
    before = len(standin.ledger())
    for field, operator, value, said in CANNOT_BE_MEANT:
        page = alice.get("/records/Leads/", f=field, o=operator, v=value)
        assert said in page.text, field
        assert 'data-error-code="NOT-ASKED"' in page.text
    assert len(standin.ledger()) == before


def test_a_value_made_to_bend_the_search_finds_only_its_own(alice: Person, standin: StandIn) -> None:
    lead = standin.organisation("demo").records["Leads"][2]
    for evil in ("x) or (id:equals:1", "a,b", "back\\slash", "(Last_Name:equals:y)"):
        lead.update(Last_Name=evil, Converted__s=False)
        assert _ids(alice.get("/records/Leads/", f="Last_Name", o="equals", v=evil)) == [lead["id"]], evil


def test_an_address_that_is_no_module_or_record_reaches_nobody(alice: Person, standin: StandIn) -> None:
    alice.get("/records/Leads/")
    before = len(standin.ledger())
    for path in ("../users/", "..%2Fusers/", "Leads/1 or 1/", "Leads/1%20or%201/", "Leads;x/", "1Leads/"):
        assert alice.client.get(alice.at(f"/records/{path}")).status_code == 404, path
    assert len(standin.ledger()) == before


def test_a_module_that_is_not_there_or_has_no_records_is_not_asked_for(alice: Person, standin: StandIn) -> None:
    alice.get("/records/")
    before = len(standin.ledger())
    for name in ("Nothing", "Home", "users", "Reports"):
        assert alice.get(f"/records/{name}/").status == 404, name
    assert len(standin.ledger()) == before


def test_how_many_is_asked_on_a_click_and_its_price_said_before(alice: Person, standin: StandIn) -> None:
    page = alice.get("/records/Leads/")
    assert "How many in all?" in page.text
    assert "50 credits" in page.text.split('id="count"')[1].split("</form>")[0]
    assert alice.get("/records/Leads/count/").status == 405
    assert not [call for call in standin.ledger() if call["path"].endswith("/count")]
    leads = [one for one in standin.organisation("demo").records["Leads"] if not one["Converted__s"]]
    answer = alice.client.post(alice.at("/records/Leads/count/"), headers={"HX-Request": "true"})
    assert f"{len(leads):,} in all" in answer.content.decode()
    assert b"<html" not in answer.content
    searched = alice.client.post(alice.at("/records/Leads/count/?f=Last_Name&o=starts_with&v=Fa"))
    count = sum(one["Last_Name"].lower().startswith("fa") for one in leads)
    assert f"{count:,} in all" in searched.content.decode()


def test_bob_may_look_and_charlie_finds_nothing(alice: Person, bob: Person, charlie: Person) -> None:
    assert _ids(bob.get("/records/Leads/"))
    for path in ("/records/", "/records/Leads/", "/records/coql/", "/records/Leads/records.csv"):
        assert charlie.client.get(alice.at(path)).status_code == 404


FAULTS: list[tuple[str, dict[str, Any], str, int]] = [
    ("html", {"status": 200}, "CRM-BAD", 502),
    ("truncate", {"bytes": 200}, "CRM-BAD", 502),
    ("status", {"status": 429, "headers": {"Retry-After": "600"}}, "CRM-LIMIT", 503),
    ("no_permission", {}, "CRM-DENIED", 403),
    ("scope_mismatch", {}, "CRM-SCOPE", 403),
    ("status", {"status": 503}, "CRM-DOWN", 502),
]


def test_a_list_that_cannot_be_read_says_why_and_keeps_its_tools(alice: Person, standin: StandIn) -> None:
    alice.get("/records/Leads/")
    for fault, args, code, status in FAULTS:
        standin.clear_faults()
        standin.fault(fault, args, match={"path": "/crm/v8/Leads"})
        page = alice.get("/records/Leads/")
        assert (page.status, f'data-error-code="{code}"' in page.text) == (status, True), code
        assert 'name="view"' in page.text
        assert "Nothing was changed" in page.text


def test_a_crm_that_is_slow_ends_in_words_within_the_pages_time(alice: Person, standin: StandIn, settings: Any) -> None:
    alice.get("/records/Leads/")
    settings.CRM_WEB_DEADLINE_S = 0.4
    standin.fault("latency", {"ms": 3000}, match={"path": "/crm/v8/Leads"})
    page = alice.get("/records/Leads/")
    assert (page.status, 'data-error-code="CRM-SLOW"' in page.text) == (504, True)


def test_an_empty_module_and_unreadable_fields_still_make_a_page(alice: Person, standin: StandIn) -> None:
    standin.fault("empty204", match={"path": "/crm/v8/Leads"})
    assert "There is no record of" in alice.get("/records/Leads/").text
    standin.clear_faults()
    standin.fault("no_permission", match={"path": "/crm/v8/settings/fields"})
    standin.fault("no_permission", match={"path": "/crm/v8/settings/custom_views"})
    page = alice.get("/records/Deals/")
    assert "The fields could not be read" in page.text
    assert len(_ids(page)) == 100


def test_htmx_gets_the_table_alone_and_the_address_it_stands_for(alice: Person) -> None:
    page = alice.get_partial("/records/Leads/", q="", view="", sort="-Created_Time", per="20")
    assert "<html" not in page.text
    assert 'id="records"' in page.text[:400]
    assert page.headers["HX-Push-Url"] == alice.at("/records/Leads/?sort=-Created_Time&per=20")


def test_the_form_of_conditions_leads_to_a_short_address(alice: Person) -> None:
    answer = alice.client.get(alice.at("/records/Leads/?match=all&f=Last_Name&o=equals&v=Fairbanks&f=&o=equals&v="))
    assert answer.status_code == 302
    assert answer.url == alice.at("/records/Leads/?f=Last_Name&o=equals&v=Fairbanks")


def test_ids_as_numbers_stay_exact(alice: Person, standin: StandIn) -> None:
    leads = standin.organisation("demo").records["Leads"]
    leads[:] = [
        {"id": "5725767000000524157", "Full_Name": "One", "Owner": {"id": "5725767000000524158", "name": "O"}},
        {"id": "5725767000000524158", "Full_Name": "Two"},
    ]
    standin.fault("numeric_ids", match={"path": "/crm/v8/Leads"})
    assert _ids(alice.get("/records/Leads/")) == ["5725767000000524158", "5725767000000524157"]


def test_settings_are_asked_for_again_where_a_list_is_made_of_them(alice: Person, standin: StandIn) -> None:
    alice.get("/records/Leads/")
    field = next(one for one in standin.organisation("demo").fields["Leads"] if one["api_name"] == "Company")
    field["field_label"] = "Firm"
    assert "Firm" not in _heads(alice.get("/records/Leads/"))
    answer = alice.client.post(alice.at("/records/Leads/refresh-settings/?per=20"))
    assert answer.url == alice.at("/records/Leads/?per=20")
    assert "Firm" in _heads(alice.get("/records/Leads/"))
    standin.fault("no_permission", match={"path": "/crm/v8/settings/layouts"})
    alice.post("/records/Leads/refresh-settings/")
    assert 'data-error-code="CRM-DENIED"' in alice.get("/records/Leads/").text
