"""Modules, fields, layouts and what hangs on them, for people with different rights and in both versions."""

from __future__ import annotations

from typing import Any

import pytest

from crm_client.standin import StandIn
from tests.standin.conftest import Somebody
from tests.standin.town import DEALS, LAYOUT, LEADS, reference


def named(items: list[dict[str, Any]], key: str = "api_name") -> dict[str, dict[str, Any]]:
    return {item[key]: item for item in items}


# modules


def test_anna_sees_every_module_and_may_do_everything(anna: Somebody) -> None:
    modules = named(anna.get("/settings/modules").json()["modules"])
    assert list(modules) == ["Leads", "Deals", "Secrets", "Map", "Reports"]
    assert all(modules["Secrets"][key] for key in ("visible", "viewable", "creatable", "editable", "deletable"))
    assert modules["Deals"]["visible"] is False


def test_sam_is_told_what_his_profile_may_not_do(sam: Somebody) -> None:
    modules = named(sam.get("/settings/modules").json()["modules"])
    assert (
        modules["Leads"] | {"viewable": True, "creatable": True, "editable": False, "deletable": True}
        == modules["Leads"]
    )
    assert modules["Deals"]["viewable"] is False
    assert not any(modules["Secrets"][key] for key in ("visible", "viewable", "creatable", "editable", "deletable"))


@pytest.mark.parametrize(
    ("status", "names"),
    [
        ("visible", ["Leads", "Secrets", "Map", "Reports"]),
        ("user_hidden", ["Deals"]),
        ("user_hidden,system_hidden", ["Deals"]),
    ],
)
def test_modules_by_status(anna: Somebody, status: str, names: list[str]) -> None:
    assert list(named(anna.get(f"/settings/modules?status={status}").json()["modules"])) == names


def test_a_status_that_no_module_has_gives_204_and_one_that_does_not_exist_an_error(anna: Somebody) -> None:
    answer = anna.get("/settings/modules?status=scheduled_for_deletion")
    assert (answer.status_code, answer.content) == (204, b"")
    assert anna.refusal("/settings/modules?status=visible,Visible") == (
        400,
        "INVALID_DATA",
        {
            "param_name": "status",
            "index": 1,
            "supported_values": ["visible", "scheduled_for_deletion", "user_hidden", "system_hidden"],
        },
    )


@pytest.mark.parametrize("name", ["Leads", LEADS])
def test_one_module_by_name_or_id_has_more_keys(anna: Somebody, name: str) -> None:
    modules = anna.get(f"/settings/modules/{name}").json()["modules"]
    assert [module["api_name"] for module in modules] == ["Leads"]
    assert modules[0]["display_field"] == "Last_Name"


def test_modules_that_cannot_be_had_one_by_one(anna: Somebody, sam: Somebody) -> None:
    assert anna.refusal("/settings/modules/leads") == (400, "INVALID_MODULE", {"resource_path_index": 2})
    assert anna.refusal("/settings/modules/Reports") == (400, "NOT_SUPPORTED", {"resource_path_index": 2})
    assert anna.get("/settings/modules/Map").status_code == 204
    assert sam.refusal("/settings/modules/Secrets") == (
        403,
        "NO_PERMISSION",
        {"permissions": ["Crm_Implied_View_Secrets"]},
    )


def test_at_most_fifty_profiles_are_listed(anna: Somebody, standin: StandIn) -> None:
    leads = standin.organisation("town").modules[0]
    leads["profiles"] = [reference(str(number), "p") for number in range(60)]
    leads["profiles"][0] = reference(anna.standin.organisation("town").profiles[0]["id"], "Administrator")
    shown = anna.get("/settings/modules/Leads").json()["modules"][0]
    assert (len(shown["profiles"]), shown["has_more_profiles"], shown["profile_count"]) == (50, True, 60)


def test_an_organisation_without_modules_has_an_empty_list(anna: Somebody, standin: StandIn) -> None:
    standin.organisation("town").modules.clear()
    assert anna.get("/settings/modules").json() == {"modules": []}


# fields


def test_hidden_fields_are_listed_as_invisible_and_only_anna_sees_who_sees_what(anna: Somebody, sam: Somebody) -> None:
    hers = named(anna.get("/settings/fields?module=Leads").json()["fields"])
    his = named(sam.get("/settings/fields?module=Leads").json()["fields"])
    assert list(hers) == list(his)
    assert (hers["Salary"]["visible"], hers["Salary"]["read_only"]) == (True, False)
    assert (his["Salary"]["visible"], his["Salary"]["read_only"]) == (False, True)
    assert (his["Reason"]["visible"], his["Reason"]["read_only"]) == (True, True)
    assert (his["Status"]["visible"], his["Status"]["read_only"]) == (True, False)
    assert len(hers["Salary"]["profiles"]) == 2
    assert {field["profiles"] for field in his.values()} == {None}


@pytest.mark.parametrize(("kind", "count"), [("", 7), ("&type=used", 7), ("&type=unused", 1), ("&type=all", 8)])
def test_fields_by_use(anna: Somebody, kind: str, count: int) -> None:
    assert len(anna.get(f"/settings/fields?module=Leads{kind}").json()["fields"]) == count


def test_permissions_that_may_be_given_come_on_request(anna: Somebody) -> None:
    key = "allowed_permissions_to_update"
    fields = named(anna.get(f"/settings/fields?module=Leads&include={key}").json()["fields"])
    assert fields["Last_Name"][key] == {"read_write": True, "read_only": False, "hidden": False}
    assert fields["Salary"][key] == {"read_write": True, "read_only": True, "hidden": True}
    assert key not in anna.get("/settings/fields?module=Leads").text
    assert anna.refusal("/settings/fields?module=Leads&include=wishes")[1] == "INVALID_DATA"


def test_one_field_and_its_picklist_values(anna: Somebody) -> None:
    fields = anna.get("/settings/fields/600000000000000003?module=Leads").json()["fields"]
    assert [field["api_name"] for field in fields] == ["Status"]
    values = anna.get("/settings/fields/600000000000000003/pick_list_values?module=Leads").json()["pick_list_values"]
    assert [value["actual_value"] for value in values] == ["Open", "Lost"]
    assert [layout["name"] for layout in values[0]["layout_associations"]] == ["Standard", "Old"]
    assert not any("maps" in value for value in values)


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/settings/fields", (400, "REQUIRED_PARAM_MISSING", {"param_name": "module"})),
        ("/settings/fields?module=", (400, "REQUIRED_PARAM_MISSING", {"param_name": "module"})),
        ("/settings/fields?module=leads", (400, "INVALID_MODULE", {"param_name": "module"})),
        ("/settings/fields?module=Reports", (400, "INVALID_MODULE", {"param_name": "module"})),
        ("/settings/fields/1?module=Leads", (400, "INVALID_DATA", {"resource_path_index": 2})),
        (
            "/settings/fields/600000000000000001/pick_list_values?module=Leads",
            (400, "INVALID_DATA", {"resource_path_index": 2}),
        ),
        (
            "/settings/fields?module=Leads&type=some",
            (400, "INVALID_DATA", {"param_name": "type", "supported_values": ["all", "used", "unused"]}),
        ),
        ("/settings/layouts/1?module=Leads", (400, "INVALID_DATA", {"resource_path_index": 2})),
        ("/settings/pipeline", (400, "REQUIRED_PARAM_MISSING", {"param_name": "layout_id"})),
        ("/settings/pipeline?layout_id=1", (400, "INVALID_DATA", {"param_name": "layout_id"})),
    ],
)
def test_what_is_wrong_with_a_question_is_named(
    anna: Somebody, path: str, refusal: tuple[int, str, dict[str, Any]]
) -> None:
    assert anna.refusal(path) == refusal


def test_sam_may_not_look_into_modules_that_are_not_his(sam: Somebody) -> None:
    for path in ("/settings/fields", "/settings/layouts", "/settings/related_lists", "/settings/custom_views"):
        for module in ("Secrets", "Deals"):
            status, code, details = sam.refusal(f"{path}?module={module}")
            assert (status, code, details) == (403, "NO_PERMISSION", {"permissions": [f"Crm_Implied_View_{module}"]})


def test_a_module_without_fields_layouts_lists_or_views_answers_204(anna: Somebody) -> None:
    for path in ("fields", "layouts", "related_lists", "custom_views"):
        answer = anna.get(f"/settings/{path}?module=Secrets" if path != "fields" else "/settings/fields?module=Deals")
        assert (answer.status_code, answer.content) == (204, b"")


def test_v7_has_flat_lookups_and_fewer_keys(standin: StandIn) -> None:
    old = named(Somebody(standin, "anna", version=7).get("/settings/fields?module=Leads").json()["fields"])
    new = named(Somebody(standin, "anna").get("/settings/fields?module=Leads").json()["fields"])
    assert "history_tracking_enabled" in new["Status"]
    assert "history_tracking_enabled" not in old["Status"]
    assert "linking_details" in new["Friends"]["multiselectlookup"]
    assert old["Friends"]["multiselectlookup"] == {
        "display_label": "Friends",
        "linking_module": {"api_name": "Leads_X_Leads", "id": "1"},
        "lookup_apiname": "Left",
        "connected_module": {"api_name": "Leads", "id": LEADS},
        "connectedlookup_apiname": "Right",
        "connectedfield_apiname": "Friends",
        "api_name": "Friends1",
        "id": "7",
    }


# layouts


def test_layouts_show_their_fields_as_the_person_sees_them(anna: Somebody, sam: Somebody) -> None:
    hers = anna.get("/settings/layouts?module=Leads").json()["layouts"]
    his = sam.get("/settings/layouts?module=Leads").json()["layouts"]
    assert [layout["name"] for layout in hers] == ["Standard", "Old"]
    assert [(layout["visible"], layout["profiles"]) for layout in his] == [(False, None), (True, None)]
    assert hers[0]["visible"] is True
    field = named(his[0]["sections"][0]["fields"])["Salary"]
    assert (field["visible"], field["profiles"]) == (False, None)


def test_one_layout(anna: Somebody) -> None:
    layouts = anna.get(f"/settings/layouts/{LAYOUT}?module=Leads").json()["layouts"]
    assert [layout["id"] for layout in layouts] == [LAYOUT]


def test_v8_layouts_can_be_cut_to_a_kind_of_form(anna: Somebody, standin: StandIn) -> None:
    section = standin.organisation("town").layouts["Leads"][0]["sections"][0]
    section["fields"][0]["view_type"] = {"quick_create": True}
    section["fields"][1]["view_type"] = {"quick_create": False}
    section["fields"][2]["view_type"] = None

    def sections(query: str) -> list[list[str]]:
        layout = anna.get(f"/settings/layouts/{LAYOUT}?module=Leads{query}").json()["layouts"][0]
        return [[field["api_name"] for field in one["fields"]] for one in layout["sections"]]

    assert sections("&mode=quick_create") == [["Last_Name"]]
    assert sections("&mode=business_card") == []
    assert len(sections("&mode=all")[0]) == len(sections("")[0]) == 8
    assert anna.refusal("/settings/layouts?module=Leads&mode=some")[2]["param_name"] == "mode"
    key = "allowed_permissions_to_update"
    assert key in anna.get(f"/settings/layouts?module=Leads&include_inner_details=fields.{key}").text
    assert key not in anna.get("/settings/layouts?module=Leads").text
    more = anna.get("/settings/layouts?module=Leads&include=total_profiles,portal_user_types").json()["layouts"][0]
    assert (more["total_profiles"], more["portal_user_types"]) == (1, [])
    assert anna.refusal("/settings/layouts?module=Leads&include=everything")[2]["param_name"] == "include"


def test_v7_layouts_use_the_old_words(standin: StandIn) -> None:
    old = Somebody(standin, "anna", version=7).get("/settings/layouts?module=Leads").json()["layouts"][0]
    new = Somebody(standin, "anna").get("/settings/layouts?module=Leads").json()["layouts"][0]
    assert "element_type" in new
    assert "element_type" not in old
    assert (new["sections"][0]["mode"], old["sections"][0]["mode"]) == ("create_edit", "default_create")


def test_dependent_picklists_come_from_the_layout(anna: Somebody) -> None:
    answer = anna.get(f"/settings/layouts/{LAYOUT}/map_dependency?module=Leads").json()
    (listed,) = answer["map_dependency"]
    assert (listed["parent"]["api_name"], listed["child"]["api_name"], listed["category"]) == ("Status", "Reason", 0)
    assert "pick_list_values" not in listed
    assert answer["info"] == {"per_page": 20, "count": 1, "page": 1, "more_records": False}
    one = anna.get(f"/settings/layouts/{LAYOUT}/map_dependency/{listed['id']}?module=Leads").json()["map_dependency"][0]
    assert [value["display_value"] for value in one["pick_list_values"]] == ["Lost"]
    assert [child["display_value"] for child in one["pick_list_values"][0]["maps"]] == ["Too dear"]
    assert anna.get(f"/settings/layouts/{LAYOUT}/map_dependency/1?module=Leads").status_code == 204
    inactive = "/settings/layouts/800000000000000002/map_dependency?module=Leads"
    assert anna.refusal(inactive)[1] == "INVALID_DATA"
    assert anna.refusal(f"/settings/layouts/{LAYOUT}/map_dependency?module=Leads&filters=x")[1] == "INVALID_DATA"


def test_pipelines_of_a_layout(anna: Somebody) -> None:
    answer = anna.get("/settings/pipeline?layout_id=800000000000000003").json()
    assert [pipeline["display_value"] for pipeline in answer["pipeline"]] == ["Standard"]
    assert anna.get("/settings/pipeline/1?layout_id=800000000000000003").json() == answer
    assert anna.get("/settings/pipeline/2?layout_id=800000000000000003").status_code == 204


def test_related_lists_without_those_of_modules_one_does_not_see(anna: Somebody, sam: Somebody) -> None:
    def names(person: Somebody) -> list[str]:
        return list(named(person.get("/settings/related_lists?module=Leads").json()["related_lists"]))

    assert names(anna) == ["Secrets", "Deals"]
    assert names(sam) == ["Deals"]


def test_custom_views_in_pages(anna: Somebody) -> None:
    answer = anna.get("/settings/custom_views?module=Leads&per_page=1&page=2").json()
    assert [view["name"] for view in answer["custom_views"]] == ["Lost"]
    info = answer["info"]
    assert (info["per_page"], info["count"], info["page"], info["more_records"]) == (1, 1, 2, False)
    assert info["default"] == "120000000000000001"
    assert anna.get("/settings/custom_views?module=Leads&page=9").status_code == 204
    assert (
        anna.get("/settings/custom_views/120000000000000002?module=Leads").json()["custom_views"][0]["name"] == "Lost"
    )
    assert anna.get("/settings/custom_views/1?module=Leads").status_code == 204


# kept bytes


def test_a_changed_organisation_is_never_answered_from_memory(anna: Somebody, standin: StandIn) -> None:
    assert "Prospects" not in anna.get("/settings/modules").text
    standin.organisation("town").modules[0]["plural_label"] = "Prospects"
    assert "Prospects" in anna.get("/settings/modules").text
    standin.organisation("town").modules[0]["plural_label"] = "Suspects"
    assert "Suspects" in anna.get("/settings/modules").text


def test_two_profiles_two_versions_and_two_organisations_do_not_share_kept_answers(standin: StandIn) -> None:
    people = [
        Somebody(standin, name, org, version=version)
        for name in ("anna", "sam")
        for org in ("town", "town-sandbox")
        for version in (7, 8)
    ]
    assert len({(person.get("/settings/modules").text, person.get("/org").text) for person in people}) == len(people)


@pytest.mark.parametrize("hostile", ["\ud800", "a\x00b", "‮txt", "<script>", "x" * 1_000_000, 10**40, [[[[]]]]])
def test_hostile_labels_go_out_as_they_are(anna: Somebody, standin: StandIn, hostile: Any) -> None:
    standin.organisation("town").modules[0]["plural_label"] = hostile
    answer = anna.get("/settings/modules")
    assert answer.status_code == 200
    assert answer.json()["modules"][0]["plural_label"] == hostile


@pytest.mark.parametrize("nonsense", [None, 7, "x", {}, [None, 7, "x"]])
def test_a_damaged_organisation_still_answers(anna: Somebody, standin: StandIn, nonsense: Any) -> None:
    damaged = standin.organisation("town")
    for key in ("profiles", "parent_module", "api_supported", "generated_type"):
        damaged.modules[0][key] = nonsense
    damaged.fields["Leads"][0] = {
        "api_name": "Odd",
        "profiles": nonsense,
        "multiselectlookup": nonsense,
        "type": "used",
    }
    damaged.layouts["Leads"] = [{"id": "1", "sections": nonsense, "profiles": nonsense}]
    damaged.custom_views["Leads"] = [{"id": "1", "criteria": nonsense}]
    for path in ("/settings/modules", "/settings/fields?module=Leads", "/settings/layouts?module=Leads"):
        assert anna.get(path).status_code == 200
    assert anna.get("/Leads?fields=Last_Name&cvid=1").status_code == 200
    assert DEALS in anna.get("/settings/modules").text
