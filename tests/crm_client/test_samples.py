"""Every answer that the documentation prints is read without loss: the samples that the stand-in serves.

What a thing holds besides `raw` is compared with all texts, ids and numbers of the printed answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_client.answers import Answer, error_of
from crm_client.apis import Api
from crm_client.assignment_rules import AssignmentRule
from crm_client.errors import (
    CrmError,
    InvalidRequest,
    NotAllowed,
    NotFound,
    RecordLocked,
    ScopeMissing,
    ServerFault,
    TokenRefused,
    TooManyRequests,
)
from crm_client.field_parts import PickListValue
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.map_dependencies import MapDependency
from crm_client.modules import Module
from crm_client.notes import Note
from crm_client.org import Organisation
from crm_client.paging import PageInfo
from crm_client.pipelines import Pipeline
from crm_client.record_blueprints import RecordBlueprint
from crm_client.records import Record
from crm_client.related_lists import RelatedList
from crm_client.standin.organisations import samples
from crm_client.users import User
from crm_client.wizards import Wizard
from tests.crm_client.attributes import attributes_of, is_part

DATA = Path(samples.__file__).parent / "data"

# file → key of its list, the kind of its things, and where what stays in `raw` alone stands
PRINTED: dict[str, tuple[str, Any, set[str]]] = {
    "assignment-rules": ("assignment_rules", AssignmentRule, set()),
    "available-apis": ("__apis", Api, set()),
    "available-apis-custom": ("__apis", Api, set()),
    "available-apis-module-leads": ("__apis", Api, set()),
    "available-apis-post": ("__apis", Api, set()),
    "available-apis-scope-send-mail": ("__apis", Api, set()),
    "blueprint-lead": ("blueprint", RecordBlueprint, {"process_info.column_name", "transitions.fields.column_name"}),
    "fields-leads": ("fields", Field, {"layout_associations.api_name"}),  # a layout is named by id and name
    "layouts-leads": ("layouts", Layout, set()),
    "map-dependency-lead-status": ("map_dependency", MapDependency, set()),
    "modules": ("modules", Module, set()),
    "modules-v7-full": ("modules", Module, set()),
    "notes-list": ("data", Note, {"Owner.email"}),
    "org": ("org", Organisation, set()),
    "pick-list-values-lead-source": ("pick_list_values", PickListValue, {"layout_associations.api_name"}),
    "pipelines-deals": ("pipeline", Pipeline, set()),
    "related-lists-leads": ("related_lists", RelatedList, set()),
    "users-list": ("users", User, set()),
    "wizard-detail": ("wizards", Wizard, set()),
    "wizard-detail-v8-conditional": ("wizards", Wizard, set()),
    "wizards-list": ("wizards", Wizard, set()),
}
RECORDS = ("records-list-leads", "record-search-leads", "record-contact-with-subform")


def printed(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def held(value: Any) -> Iterator[str]:
    """Every text, id and number that a thing holds, `raw` left out; colours as #rrggbb, all in lower case."""
    if is_part(value):
        for name in attributes_of(type(value)):
            if name != "raw":
                yield from held(getattr(value, name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from held(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from held(item)
    elif value is not None:
        yield _plain(value)


def told(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(place, value) of every text, id and number of a printed thing."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from told(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from told(item, path)
    elif value not in (None, "") and not isinstance(value, bool):
        yield path, _plain(value)


def _plain(value: Any) -> str:
    text = str(value).lower()
    return "#" + "".join(digit * 2 for digit in text[1:]) if text.startswith("#") and len(text) == 4 else text


@pytest.mark.parametrize("name", PRINTED)
def test_a_printed_answer_is_read_without_loss(name: str) -> None:
    key, kind, in_raw_only = PRINTED[name]
    things = printed(name)[key]
    lost: set[str] = set()
    for raw in things if isinstance(things, list) else [things]:
        thing = kind.from_api(raw)
        have = set(held(thing))
        lost |= {path for path, value in told(raw) if value not in have}
        assert getattr(thing, "raw", raw) == raw
    assert lost == in_raw_only


@pytest.mark.parametrize("name", RECORDS)
def test_a_printed_record_is_kept_whole(name: str) -> None:
    answer = printed(name)
    for raw in answer["data"]:
        record = Record.from_api(raw)
        assert (record.id, record.raw) == (raw["id"], raw)
        assert all(record.get(key) == value for key, value in raw.items())
        if isinstance(raw.get("Owner"), dict):
            assert record.owner is not None
            assert record.owner.id == raw["Owner"]["id"]
    info = PageInfo.from_api(answer.get("info"))
    assert info.count == answer.get("info", {}).get("count", 0)
    assert info.more_records is answer.get("info", {}).get("more_records", False)


def test_no_printed_answer_is_left_out() -> None:
    assert {*PRINTED, *RECORDS} == {file.stem for file in DATA.glob("*.json")}


# every code of the error catalogue with its HTTP status, and what it becomes
ERRORS: dict[type[CrmError], str] = {
    TokenRefused: "401 INVALID_TOKEN, 401 AUTHENTICATION_FAILURE, 401 INVALID_OAUTHTOKEN",
    ScopeMissing: "401 OAUTH_SCOPE_MISMATCH",
    NotAllowed: "403 NO_PERMISSION, 400 AUTHORIZATION_FAILED, 400 NOT_ALLOWED, 403 NOT_ALLOWED, "
    "400 CANNOT_PERFORM_ACTION, 403 FEATURE_NOT_ENABLED, 403 NOT_SUPPORTED",
    NotFound: "400 INVALID_MODULE, 404 INVALID_URL_PATTERN, 404 RESOURCE_NOT_FOUND, 400 NOT_FOUND, 404 NOT_FOUND",
    RecordLocked: "400 RECORD_LOCKED",
    TooManyRequests: "429 TOO_MANY_REQUESTS, 429 RATE_LIMIT_EXCEEDED, 400 TOO_MANY_REQUESTS",
    ServerFault: "500 INTERNAL_ERROR, 500 INTERNAL_SERVER_ERROR, 503 SERVICE_UNAVAILABLE, 500 REQUEST_TIMEOUT",
    InvalidRequest: "400 INVALID_REQUEST_METHOD, 400 API_NOT_SUPPORTED, 400 INVALID_HOST, 400 REQUIRED_PARAM_MISSING,"
    " 400 EXPECTED_PARAM_MISSING, 400 MANDATORY_NOT_FOUND, 400 EXPECTED_FIELD_MISSING, 400 DEPENDENT_FIELD_MISSING,"
    " 400 DEPENDENT_MISMATCH, 400 MAPPING_MISMATCH, 400 INVALID_DATA, 400 DUPLICATE_DATA, 400 LIMIT_EXCEEDED,"
    " 400 LIMIT_REACHED, 400 AMBIGUITY_DURING_PROCESSING, 400 MULTIPLE_OR_MULTI_ERRORS, 400 NOT_APPROVED,"
    " 400 NOT_REVIEWED, 400 RECORD_IN_BLUEPRINT, 400 CANNOT_PROCESS, 400 RECORD_NOT_IN_PROCESS, 412 ALREADY_MODIFIED,"
    " 400 NOT_SUPPORTED, 400 RESERVED_KEYWORD_NOT_ALLOWED, 400 TOKEN_BOUND_DATA_MISMATCH, 400 EXPIRED_VALUE,"
    " 400 DISCRETE_PAGINATION_LIMIT_EXCEEDED, 400 PAGINATION_LIMIT_EXCEEDED, 400 DEPENDENT_SERVICE_ERROR,"
    " 400 SYNTAX_ERROR, 400 INVALID_QUERY, 400 CRITERIA_LIMIT_EXCEEDED, 415 FILE_SIZE_MORE_THAN_ALLOWED_SIZE,"
    " 400 failure_in_attachment_handling, 400 VIRUS_DETECTED, 400 UNABLE_TO_PARSE_DATA_TYPE",
}


@pytest.mark.parametrize("kind", ERRORS)
def test_every_documented_code_is_the_narrowest_error_wherever_it_stands(kind: type[CrmError]) -> None:
    """At the top, as an element of a list, and as an object under a key, as the CRM puts it in different calls."""
    for words in ERRORS[kind].split(", "):
        status, code = words.split()
        error = {"code": code, "details": {"api_name": "X"}, "message": "no", "status": "error"}
        for body in (error, {"data": [error]}, {"backup": error}):
            found = error_of(Answer(int(status), {}, json.dumps(body).encode()), what="it", path="/Leads")
            assert (type(found), found and found.code) == (kind, code)
            if not issubclass(kind, ServerFault | TooManyRequests):
                assert found is not None
                assert found.details == {"api_name": "X"}
