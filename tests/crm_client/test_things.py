"""Modules, fields, layouts and the rest as typed objects, in both versions, from good answers and bad ones."""

from __future__ import annotations

import copy
import pickle
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_client import CrmClient, StaticToken
from crm_client.custom_views import CustomView
from crm_client.errors import BadAnswer, InvalidName, InvalidRequest, NotAllowed, NotFound
from crm_client.field_parts import LinkingLookup, PickListValue
from crm_client.fields import Field
from crm_client.layouts import Layout, LayoutField, Section
from crm_client.modules import Module
from crm_client.org import Organisation
from crm_client.profiles import Profile
from crm_client.records import Record
from crm_client.related_lists import RelatedList
from crm_client.roles import Role
from crm_client.standin import StandIn
from crm_client.users import User
from crm_client.values import Ref
from tests.crm_client.attributes import attributes_of
from tests.crm_client.test_values import json_values
from tests.crm_client.wire import answers, reply

KINDS: list[Any] = [
    Module,
    Field,
    PickListValue,
    Layout,
    Section,
    LayoutField,
    RelatedList,
    CustomView,
    Profile,
    Role,
    User,
    Organisation,
    Record,
]


def all_attributes(thing: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in attributes_of(type(thing))}


@pytest.mark.parametrize("version", [8, 7])
def test_alice_reads_every_kind_of_thing(standin: StandIn, version: int) -> None:
    crm = CrmClient(standin.api(), StaticToken(standin.token()["access_token"]), version=version)
    demo = standin.organisation("demo")
    assert crm.org.get().company_name == demo.name
    assert crm.users.current().first_name == "Alice"
    assert [user.id for user in crm.users.all()] == [user["id"] for user in demo.users]
    assert [module.api_name for module in crm.modules.all()] == [module["api_name"] for module in demo.modules]
    assert {role.id for role in crm.roles.all()} == {role["id"] for role in demo.roles}
    assert {field.id for field in crm.fields.all("Leads")} == {field["id"] for field in demo.fields["Leads"]}
    layouts = crm.layouts.all("Leads")
    assert {layout.id for layout in layouts} == {layout["id"] for layout in demo.layouts["Leads"]}
    assert any(item.is_required for layout in layouts for section in layout.sections for item in section.fields)
    assert len(crm.related_lists.all("Leads")) == len(demo.related_lists["Leads"])
    assert {view.id for view in crm.custom_views.all("Leads")} == {view["id"] for view in demo.custom_views["Leads"]}
    profile = crm.profiles.get(crm.profiles.all()[0].id)
    assert profile is not None
    assert profile.allows("Crm_Implied_Api_Access") is True
    assert profile.allows("No_Such_Permission") is None
    crm.close()


def test_one_field_layout_and_record_can_be_had_by_id(crm: CrmClient) -> None:
    field = crm.fields.all("Leads")[0]
    again = crm.fields.get(field.id, "Leads")
    assert again is not None
    assert again.api_name == field.api_name
    layout = crm.layouts.all("Leads")[0]
    assert crm.layouts.get(layout.id, "Leads") == layout
    record = crm.records.page("Leads", ["Last_Name"], 1).records[0]
    whole = crm.records.get("Leads", record.id)
    assert whole is not None
    assert whole.get("Last_Name") == record.get("Last_Name")


def test_a_picklists_values_can_be_had_with_their_layouts(crm: CrmClient) -> None:
    field = next(field for field in crm.fields.all("Leads") if field.data_type == "picklist")
    found = crm.fields.pick_list_values(field.id, "Leads")
    assert {value.actual_value for value in found} == {value.actual_value for value in field.pick_list_values}


def test_erik_without_api_access_is_told_the_missing_permission(standin: StandIn) -> None:
    crm = CrmClient.with_token(standin.api(), standin.token(user="erik")["access_token"])
    with pytest.raises(NotAllowed) as caught:
        crm.modules.all()
    assert caught.value.permissions == ["Crm_Implied_Api_Access"]
    crm.close()


def test_an_unknown_module_is_not_found(crm: CrmClient) -> None:
    for ask in (crm.fields.all, crm.layouts.all, crm.modules.get):
        with pytest.raises(NotFound):
            ask("No_Such_Module")


def test_a_status_filter_reaches_the_crm_and_a_wrong_one_is_refused(crm: CrmClient) -> None:
    hidden = crm.modules.all(status=["user_hidden", "system_hidden"])
    assert {module.status for module in hidden} == {"user_hidden", "system_hidden"}
    with pytest.raises(InvalidRequest) as caught:
        crm.modules.all(status=["Visible"])
    assert caught.value.param == "status"


def test_a_kind_of_users_that_is_none_is_not_asked_for(crm: CrmClient) -> None:
    with pytest.raises(InvalidName):
        crm.users.page(type="Everybody")


def test_one_module_alone_carries_more_than_in_the_list(crm: CrmClient) -> None:
    listed = next(module for module in crm.modules.all() if module.api_name == "Leads")
    alone = crm.modules.get("Leads")
    assert alone is not None
    assert (listed.properties, listed.display_field) == ([], "")
    assert "$wizard_connection_path" in alone.properties
    assert alone.display_field != ""


def test_every_attribute_of_a_module_is_read_from_its_key() -> None:
    raw: dict[str, Any] = {
        "id": 7,
        "api_name": "Loans",
        "module_name": "CustomModule4",
        "singular_label": "Loan",
        "plural_label": "Loans",
        "actual_singular_label": "Loan",
        "actual_plural_label": "Loans",
        "description": None,
        "status": "visible",
        "generated_type": "custom",
        "visibility": 2046,
        "visible": True,
        "viewable": True,
        "creatable": False,
        "editable": True,
        "deletable": True,
        "convertable": False,
        "quick_create": True,
        "api_supported": True,
        "show_as_tab": True,
        "sequence_number": 3,
        "presence_sub_menu": True,
        "sub_menu_available": True,
        "lookupable": True,
        "isBlueprintSupported": True,
        "global_search_supported": True,
        "feeds_required": False,
        "recycle_bin_on_delete": True,
        "public_fields_configured": False,
        "access_type": "org_based",
        "private_profile": None,
        "profiles": [{"id": "1", "name": "Administrator"}],
        "profile_count": 1,
        "has_more_profiles": False,
        "modified_time": "2024-03-27T20:33:50+05:30",
        "modified_by": {"id": "2", "name": "P"},
        "web_link": "javascript:alert(1)",
        "arguments": [{"name": "city", "value": "users.city"}],
        "business_card_field_limit": 5,
        "parent_module": {"api_name": "Sales_Orders", "id": "3"},
        "track_current_data": True,
        "triggers_supported": True,
        "scoring_supported": True,
        "webform_supported": True,
        "emailTemplate_support": True,
        "inventory_template_supported": False,
        "filter_supported": True,
        "email_parser_supported": True,
        "$properties": ["$process_flow"],
        "$on_demand_properties": ["$x"],
        "$field_states": ["f"],
        "per_page": 10,
        "display_field": {"api_name": "Name", "id": "5"},
        "search_layout_fields": ["Name"],
        "lookup_field_properties": {"fields": [{"api_name": "Name"}]},
        "related_list_properties": {"sort_by": None, "fields": ["Name"], "sort_order": "asc"},
        "kanban_view": False,
        "kanban_view_supported": True,
        "chart_view": False,
        "chart_view_supported": True,
        "activity_badge": "Enabled",
        "territory": {"id": "9", "name": "North"},
        "custom_view": {"id": "8"},
        "related_lists": [{"id": "1"}],
        "layouts": [{"id": "2"}],
        "fields": [{"id": "3"}],
    }
    module = Module.from_api(raw)
    read = all_attributes(module)
    assert len(read) == len(raw) + 1  # each key has its attribute, and there is `raw`
    assert (read["id"], read["parent_module"], read["display_field"]) == ("7", Ref("3", "Sales_Orders"), "Name")
    assert (module.web_link, module.web_link_text) == (None, "javascript:alert(1)")
    for name, key in (
        ("is_blueprint_supported", "isBlueprintSupported"),
        ("properties", "$properties"),
        ("email_template_support", "emailTemplate_support"),
        ("field_states", "$field_states"),
    ):
        assert read[name] == raw[key]
    for key in raw.keys() & read.keys() - {
        "id",
        "parent_module",
        "display_field",
        "profiles",
        "modified_by",
        "web_link",
        "arguments",
        "territory",
        "lookup_field_properties",
        "related_list_properties",
    }:
        assert read[key] == raw[key], key
    assert module.raw is raw


def test_what_the_crm_did_not_say_is_unknown_not_no() -> None:
    module, field = Module.from_api({"api_name": "Leads"}), Field.from_api({"api_name": "Email"})
    assert (module.is_blueprint_supported, module.creatable, module.is_browsable) == (None, None, False)
    assert (field.profiles, field.read_only, field.is_unique, field.label) == (None, None, False, "Email")


def test_both_versions_of_a_multi_select_lookup_become_one_shape() -> None:
    v7 = LinkingLookup.from_api(
        {
            "display_label": "Products1",
            "linking_module": {"api_name": "LeadsXProducts", "id": "12"},
            "lookup_apiname": "Lead",
            "connected_module": {"api_name": "Products", "id": "13"},
            "api_name": "Products123",
            "connectedfield_apiname": "Leads",
            "connectedlookup_apiname": "Product",
            "id": "47",
        }
    )
    v8 = LinkingLookup.from_api(
        {
            "linking_details": {
                "module": {"api_name": "LeadsXProducts", "id": "12"},
                "lookup_field": {"api_name": "Lead"},
                "connected_lookup_field": {"api_name": "Product"},
            },
            "connected_details": {"field": {"api_name": "Leads"}, "module": {"api_name": "Products", "id": "13"}},
            "related_list": {"display_label": "Products1", "api_name": "Products123", "id": "47"},
        }
    )
    assert v7 == v8
    assert Field.from_api({"multiselectlookup": {"connectedlookup_apiname": "Product"}}).link_key == "Product"


def test_both_versions_of_the_stand_in_agree_on_how_records_are_linked(standin: StandIn) -> None:
    token = StaticToken(standin.token()["access_token"])
    linked = []
    for version in (7, 8):
        with CrmClient(standin.api(), token, version=version) as crm:
            linked.append(
                {
                    (module.api_name, field.api_name): field.multiselectlookup.connected_field
                    for module in crm.modules.all()
                    if module.is_browsable
                    for field in crm.fields.all(module.api_name)
                    if field.multiselectlookup
                }
            )
    assert linked[0] == linked[1]
    assert linked[0] != {}


def test_sections_and_fields_stand_in_the_order_of_their_numbers() -> None:
    layout = Layout.from_api(
        {
            "sections": [
                {"name": "last"},
                {"name": "second", "sequence_number": 2},
                {
                    "name": "first",
                    "sequence_number": 1,
                    "fields": [
                        {"api_name": "B", "sequence_number": 2},
                        {"api_name": "A", "sequence_number": 1},
                        {"api_name": "C"},
                    ],
                },
            ]
        }
    )
    assert [section.name for section in layout.sections] == ["first", "second", "last"]
    assert [item.field.api_name for item in layout.sections[0].fields] == ["A", "B", "C"]


def test_a_module_can_be_compared_copied_and_pickled() -> None:
    raw = {"id": "1", "api_name": "Leads", "profiles": [{"id": "2", "name": "Sales"}]}
    module = Module.from_api(raw)
    assert module == Module.from_api(raw)
    assert copy.deepcopy(module) == pickle.loads(pickle.dumps(module)) == module
    assert "api_name='Leads'" in repr(module)
    with pytest.raises(AttributeError, match="no attribute 'api_nane'"):
        _ = module.api_nane  # type: ignore[attr-defined]


def test_a_list_read_twice_is_the_same_list() -> None:
    module = Module.from_api({"profiles": [{"id": "2", "name": "Sales"}], "$properties": ["$x"]})
    assert module.profiles is module.profiles
    profiles = module.profiles
    assert module.properties == ["$x"]
    assert module.profiles is profiles


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(raw=json_values)
def test_no_answer_makes_a_reader_of_things_raise(kind: Any, raw: object) -> None:
    all_attributes(kind.from_api(raw))


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), wrong=json_values)
def test_a_good_answer_with_one_value_exchanged_never_raises(seed: int, wrong: object, whole: dict[Any, Any]) -> None:
    dice = random.Random(seed)
    for kind, raw in whole.items():
        damaged = copy.deepcopy(raw)
        target = damaged
        while True:
            keys = list(target) if isinstance(target, dict) else list(range(len(target)))
            key = dice.choice(keys)
            if not isinstance(target[key], dict | list) or not target[key] or dice.random() < 0.4:
                break
            target = target[key]
        target[key] = wrong
        all_attributes(kind.from_api(damaged))


@pytest.fixture(scope="module")
def whole() -> dict[Any, Any]:
    """One good answer of each kind, from the stand-in."""
    with StandIn(seed=1) as standin:
        demo = standin.organisation("demo")
        return {
            Module: demo.modules[5],
            Field: demo.fields["Leads"][3],
            Layout: demo.layouts["Leads"][0],
            RelatedList: demo.related_lists["Leads"][0],
            CustomView: demo.custom_views["Leads"][0],
            Profile: demo.profiles[0],
            Role: demo.roles[0],
            User: demo.users[0],
            Organisation: demo.org,
        }


@pytest.mark.parametrize("body", [{}, {"org": []}, {"org": None}, {"org": ["x"]}, {"org": {"id": "1"}}])
def test_an_organisation_that_is_not_there_is_a_bad_answer(body: dict[str, Any]) -> None:
    with answers(reply(body)) as server, CrmClient.with_token(server.url, "t") as crm, pytest.raises(BadAnswer):
        crm.org.get()


@pytest.mark.parametrize("body", [{}, {"users": []}, {"users": [7]}])
def test_a_user_who_is_not_there_is_a_bad_answer(body: dict[str, Any]) -> None:
    with answers(reply(body)) as server, CrmClient.with_token(server.url, "t") as crm, pytest.raises(BadAnswer):
        crm.users.current()


def test_lists_of_the_wrong_shape_are_empty_lists() -> None:
    for body in ({"modules": None}, {"modules": {"id": "1"}}, {"modules": "x"}, {}):
        with answers(reply(body)) as server, CrmClient.with_token(server.url, "t") as crm:
            assert crm.modules.all() == []
            assert crm.modules.get("Leads") is None
