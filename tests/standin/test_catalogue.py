"""The list of APIs: made from the routing table, filtered by scope, verb or module."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from crm_client.standin import StandIn
from crm_client.standin.errors import ApiError
from crm_client.standin.messages import Answer
from crm_client.standin.routing import Route, Table
from tests.standin.conftest import Somebody

SCOPE, METHOD, MODULE = "operation_types.oauth_scope", "operation_types.method", "module"


def criterion(name: str, value: Any, comparator: str = "equals") -> str:
    return json.dumps({"field": {"api_name": name}, "comparator": comparator, "value": value})


def asked(person: Somebody, filters: str | None = None) -> Any:
    return person.get("/__apis", params={} if filters is None else {"filters": filters})


def paths(answer: Any) -> list[str]:
    return [api["path"] for api in answer.json()["__apis"]]


def test_everything_that_can_be_called_is_listed_with_its_price(anna: Somebody) -> None:
    apis = {api["path"]: api["operation_types"] for api in asked(anna).json()["__apis"]}
    assert apis["/crm/v8/Sales_Orders"] == [
        {"method": method, "oauth_scope": f"ZohoCRM.modules.salesorders.{op}", "max_credits": most, "min_credits": 1}
        for method, op, most in (
            ("GET", "READ", 3),
            ("POST", "CREATE", 10),
            ("PUT", "UPDATE", 10),
            ("DELETE", "DELETE", 1),
        )
    ]
    assert apis["/crm/v8/{{module}}/{{id}}"][0]["oauth_scope"] == "ZohoCRM.modules.custom.READ"
    assert apis["/crm/v8/Leads/actions/count"][0]["min_credits"] == 50
    assert "/crm/v8/settings/fields/{{id}}/pick_list_values" in apis
    assert "/crm/v8/__apis" in apis


def test_what_is_listed_can_be_called(anna: Somebody) -> None:
    for api in asked(anna).json()["__apis"]:
        called = api["path"].replace("{{id}}", "1").replace("{{module}}", "Secrets")
        for operation in api["operation_types"]:
            headers = {"Authorization": f"Zoho-oauthtoken {anna.token}"}
            url = anna.tokens["api_domain"] + called
            answer = requests.request(operation["method"], url, headers=headers, timeout=20)
            code = answer.json().get("code", "") if answer.status_code >= 400 else ""
            wrong = ("INVALID_URL_PATTERN", "INVALID_REQUEST_METHOD", "API_NOT_SUPPORTED", "INTERNAL_ERROR")
            assert code not in wrong, (operation["method"], api["path"])


def test_the_list_speaks_of_the_version_that_was_asked(standin: StandIn) -> None:
    listed = paths(asked(Somebody(standin, "anna", version=7)))
    assert all(path.startswith(("/crm/v7/", "/crm/bulk/v7/")) for path in listed)
    assert "/crm/bulk/v7/read" in listed
    assert "/crm/v7/upload" not in listed  # it is served at another host


def test_it_has_a_scope_of_its_own(standin: StandIn) -> None:
    person = Somebody(standin, "anna", scopes="ZohoCRM.settings.ALL")
    assert person.refusal("/__apis")[:2] == (401, "OAUTH_SCOPE_MISMATCH")


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (criterion(SCOPE, "settings.fields"), "/crm/v8/settings/fields"),
        (criterion(SCOPE, "modules.leads"), "/crm/v8/Leads/"),
        (criterion(MODULE, "Leads"), "/crm/v8/Leads"),
        (criterion(MODULE, "Price Books"), "/crm/v8/Price_Books"),
        (criterion(MODULE, "Meetings"), "/crm/v8/Events"),
        (criterion(MODULE, "custom"), "/crm/v8/{{module}}"),
        (criterion(METHOD, "GET"), "/crm/"),
    ],
)
def test_filters_choose(anna: Somebody, filters: str, wanted: str) -> None:
    found = paths(asked(anna, filters))
    assert found
    assert all((path + "/").startswith(wanted) for path in found)


def test_a_broader_scope_area_covers_narrower_ones_but_not_other_words(anna: Somebody) -> None:
    assert len(paths(asked(anna, criterion(SCOPE, "settings")))) > 10
    assert asked(anna, criterion(SCOPE, "setting")).status_code == 204
    assert asked(anna, criterion(METHOD, "PATCH")).status_code == 204
    assert asked(anna, criterion(SCOPE, "send_mail")).status_code == 204


@pytest.mark.parametrize(
    ("filters", "code", "message"),
    [
        ("{", "INVALID_DATA", "Invalid JSON passed as parameter"),
        ("[]", "INVALID_DATA", "Invalid JSON passed as parameter"),
        ("{}", "MANDATORY_NOT_FOUND", "One ore more mandatory keys are missing in the parameter value"),
        ('{"field": {}}', "MANDATORY_NOT_FOUND", "One ore more mandatory keys are missing in the parameter value"),
        ('{"field": {"api_name": "module"}}', "DEPENDENT_FIELD_MISSING", "Dependent Field missing"),
        (criterion("status", "x"), "INVALID_DATA", "The given api_name seems to be invalid"),
        (criterion(MODULE, "Leads", "contains"), "INVALID_DATA", "The given comparator is not supported"),
        (criterion(METHOD, "post"), "INVALID_DATA", "The given method value is not supported"),
        (criterion(MODULE, "Secrets"), "INVALID_DATA", "The given value is invalid"),
        (criterion(MODULE, ""), "INVALID_DATA", "The given value is invalid"),
        (criterion(SCOPE, 7), "INVALID_DATA", "The given value is invalid"),
    ],
)
def test_what_is_wrong_with_a_filter(anna: Somebody, filters: str, code: str, message: str) -> None:
    answer = asked(anna, filters)
    body = answer.json()
    assert (answer.status_code, body["code"], body["message"]) == (400, code, message)
    assert body["details"]["param_name"] == "filters"


def test_a_saved_organisation_brings_its_own_list(anna: Somebody, standin: StandIn) -> None:
    operation = {
        "method": "PUT",
        "oauth_scope": "ZohoCRM.send_mail.quotes.CREATE",
        "max_credits": 20,
        "min_credits": 20,
    }
    standin.organisation("town").apis = [
        {"path": "/crm/v7/Quotes/{{id}}/actions/send_mail", "operation_types": [operation]}
    ]
    assert paths(asked(anna)) == ["/crm/v8/Quotes/{{id}}/actions/send_mail"]
    assert paths(asked(anna, criterion(SCOPE, "send_mail"))) == ["/crm/v8/Quotes/{{id}}/actions/send_mail"]


def test_a_call_of_v8_alone_names_the_version_that_has_it() -> None:
    def handler(_: object) -> Answer:
        return Answer()

    table = Table([Route("GET", "/settings/blueprints/{id}", (), handler, versions=(8,))])
    assert table.find("GET", "/settings/blueprints/1", 8)[1] == {"id": "1"}
    with pytest.raises(ApiError) as refused:
        table.find("GET", "/settings/blueprints/1", 7)
    assert (refused.value.code, refused.value.details) == ("API_NOT_SUPPORTED", {"supported_version": 8})
