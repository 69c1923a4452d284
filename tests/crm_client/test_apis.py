"""A script reads the CRM's list of its own APIs, and filters it as the documentation does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_client import CrmClient, StaticToken
from crm_client.apis import Api, Filter, Operation, by_method, by_module, by_scope, explained
from crm_client.errors import InvalidRequest, NotFound, ScopeMissing, ServerFault
from crm_client.standin import StandIn, organisations
from crm_client.transport import CallEvent

DATA = Path(organisations.__file__).parent / "samples" / "data"
SAMPLES = [  # the documentation's requests, and the file that holds the answer's excerpt
    ("available-apis", None),
    ("available-apis-scope-send-mail", by_scope("send_mail")),
    ("available-apis-post", by_method("POST")),
    ("available-apis-module-leads", by_module("Leads")),
    ("available-apis-custom", by_module("custom")),
]


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn(seed=1, catalogue="full") as running:
        yield running


def client(standin: StandIn, scopes: str = "ZohoCRM.apis.READ", version: int = 8, org: str = "demo") -> CrmClient:
    return CrmClient.with_token(standin.api(), standin.token(org=org, scopes=scopes)["access_token"], version=version)


@pytest.mark.parametrize(("name", "criterion"), SAMPLES)
def test_a_script_gets_the_documented_answer_to_each_documented_request(
    standin: StandIn, name: str, criterion: Filter | None
) -> None:
    """The samples are excerpts: every path of one has to come, with exactly its operations."""
    excerpt = json.loads((DATA / f"{name}.json").read_text("utf-8"))["__apis"]

    got = {api.path: api.raw for api in client(standin, version=7).apis.all(criterion)}

    assert excerpt
    assert [one for one in excerpt if got.get(one["path"]) != one] == []


@pytest.mark.parametrize(("name", "criterion"), [SAMPLES[1], SAMPLES[3], SAMPLES[4]])
def test_the_samples_organisation_answers_a_filter_with_the_sample_and_nothing_else(
    standin: StandIn, name: str, criterion: Filter
) -> None:
    excerpt = json.loads((DATA / f"{name}.json").read_text("utf-8"))["__apis"]
    got = [api.raw for api in _patricia(standin).apis.all(criterion)]
    assert sorted(got, key=lambda one: one["path"]) == sorted(excerpt, key=lambda one: one["path"])


def _patricia(standin: StandIn) -> CrmClient:
    token = standin.token(org="samples", user="patricia", scopes="ZohoCRM.apis.READ")["access_token"]
    return CrmClient.with_token(standin.api(), token, version=7)


def test_a_script_reads_the_price_and_scope_of_an_operation(standin: StandIn) -> None:
    found = {api.path: api for api in client(standin).apis.all(by_scope("modules.deals"))}

    upsert = found["/crm/v8/Deals/upsert"]

    assert upsert.short_path == "/Deals/upsert"
    assert [(one.method, one.oauth_scope, one.min_credits, one.max_credits) for one in upsert.operation_types] == [
        ("POST", "ZohoCRM.modules.deals.CREATE", 1, 10)
    ]


def test_a_method_filter_leaves_only_that_verb_of_each_path(standin: StandIn) -> None:
    apis = client(standin).apis.all(by_method("PATCH"))
    assert {one.method for api in apis for one in api.operation_types} == {"PATCH"}


def test_nothing_that_matches_is_an_empty_list(standin: StandIn) -> None:
    assert client(standin).apis.all(by_scope("no_such_area")) == []


EQUALS = {"comparator": "equals", "value": "Leads"}


@pytest.mark.parametrize(
    ("sent", "code", "words"),
    [
        ("{not json", "INVALID_DATA", "no valid JSON"),
        ("[]", "INVALID_DATA", "no valid JSON"),
        ("{}", "MANDATORY_NOT_FOUND", "mandatory key of the filter is missing: “field”"),
        ({"field": {"api_name": "module"}, "value": "Leads"}, "DEPENDENT_FIELD_MISSING", "“comparator”"),
        ({"field": {"api_name": "module"}, "comparator": "equals"}, "DEPENDENT_FIELD_MISSING", "“value”"),
        ({"field": {"api_name": "status"}, **EQUALS}, "INVALID_DATA", "can be filtered by"),
        ({"field": {"api_name": "module"}, "comparator": "like", "value": "Leads"}, "INVALID_DATA", "“equals”"),
        (by_method("post"), "INVALID_DATA", "in capitals"),
        (by_module("My_Own"), "INVALID_DATA", "“custom” for custom modules"),
        (by_scope("send mail"), "INVALID_DATA", "scope area"),
    ],
)
def test_each_documented_refusal_of_a_filter_comes_in_words(
    standin: StandIn, sent: str | dict[str, Any] | Filter, code: str, words: str
) -> None:
    text = json.dumps(sent) if isinstance(sent, dict) else sent

    with pytest.raises(InvalidRequest) as caught:
        client(standin).apis.all(text)

    assert caught.value.code == code
    assert words in explained(caught.value)


def test_a_verb_other_than_get_is_refused_in_words(standin: StandIn) -> None:
    with pytest.raises(InvalidRequest) as caught:
        client(standin).transport.request("POST", "/__apis", body=b"{}")
    assert "only be read" in explained(caught.value)


def test_without_its_scope_the_list_names_the_scope_that_is_missing(standin: StandIn) -> None:
    with pytest.raises(ScopeMissing) as caught:
        client(standin, scopes="ZohoCRM.org.READ").apis.all()
    assert caught.value.scope == "ZohoCRM.apis.READ"
    assert explained(caught.value) == ""


def test_the_list_is_of_the_version_asked_for(standin: StandIn) -> None:
    eight = client(standin)
    seven = eight.at_version(7)

    only_8 = {api.short_path for api in eight.apis.all()} - {api.short_path for api in seven.apis.all()}

    assert (eight.version, seven.version) == (8, 7)
    assert "/settings/blueprints" in only_8
    assert all(api.path.startswith(("/crm/v7/", "/crm/bulk/v7/")) for api in seven.apis.all())


def test_what_is_listed_and_not_served_has_no_address(standin: StandIn) -> None:
    listed = {(one.method, api.short_path) for api in client(standin).apis.all() for one in api.operation_types}
    assert ("GET", "/__features") in listed
    spent = standin.world.ledger.credits["demo"]
    with pytest.raises(NotFound) as caught:
        client(standin).get("/__features")  # whatever the scope, and for nothing
    assert caught.value.code == "INVALID_URL_PATTERN"
    assert standin.world.ledger.credits["demo"] == spent


def test_by_default_nothing_is_listed_that_is_not_served() -> None:
    with StandIn(seed=1) as plain:
        listed = {api.short_path for api in client(plain).apis.all()}
    assert "/settings/modules" in listed
    assert "/__features" not in listed


@pytest.mark.parametrize("raw", [None, [], {}, {"path": 7}, {"operation_types": {"method": "GET"}}, {"path": "/x"}])
def test_odd_answers_become_empty_values(raw: Any) -> None:
    api = Api.from_api(raw)
    assert api.operation_types == []
    assert isinstance(api.path, str)


def test_an_operation_without_a_price_says_so() -> None:
    assert Operation.from_api({"method": "GET", "max_credits": "many"}).max_credits is None


def test_the_price_told_to_a_listener_grows_with_the_records(standin: StandIn) -> None:
    """However it ends: the listener hears what the call would have cost."""
    heard: list[CallEvent] = []
    token = standin.token(scopes="ZohoCRM.modules.ALL")["access_token"]
    crm = CrmClient(standin.api(), StaticToken(token), on_call=heard.append)
    standin.fault("status", {"status": 500}, match={"method": "POST"})
    with pytest.raises(ServerFault):
        crm.transport.request("POST", "/Leads", body=b"{}", records=95)
    standin.clear_faults()
    assert [event.credits for event in heard] == [10]
