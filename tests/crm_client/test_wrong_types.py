"""A value of the wrong type never gets through, however many good ones of the same shape came before it."""

from __future__ import annotations

import copy
import types
import typing
from collections.abc import Iterator
from typing import Any

import pytest

from crm_client.assignment_rules import AssignmentRule
from crm_client.attachments import Attachment
from crm_client.bulk_parts import BulkReadJob, BulkWriteJob
from crm_client.fields import Field
from crm_client.map_dependencies import MapDependency
from crm_client.modules import Module
from crm_client.notes import Note
from crm_client.pipelines import Pipeline
from crm_client.standin import StandIn
from crm_client.timeline import TimelineEvent
from tests.crm_client.attributes import attributes_of, declared, is_part

# among them those that Python calls equal: 1, 1.0 and True are three types
WRONG: list[Any] = [None, True, 1, 0, 1.0, "x", "", [], [1], ["x"], [{}], [{"id": 1.0, "name": 1}], {}, {"id": True}]


@pytest.fixture(scope="module")
def good() -> dict[Any, list[dict[str, Any]]]:
    with StandIn(seed=1) as standin:
        demo = standin.organisation("demo")
        return {Module: demo.modules, Field: demo.fields["Leads"]}


@pytest.mark.parametrize("kind", [Module, Field])
def test_a_wrong_type_among_good_answers_becomes_the_empty_value(kind: Any, good: dict[Any, Any]) -> None:
    for raw in good[kind]:
        assert_as_declared(kind.from_api(raw))
    for raw in good[kind][:3]:
        for key in {*raw, *attributes_of(kind)} - {"raw"}:
            for wrong in WRONG:
                assert_as_declared(kind.from_api(raw | {key: copy.deepcopy(wrong)}))


@pytest.mark.parametrize("kind", [Module, Field])
def test_a_wrong_type_inside_a_part_becomes_the_empty_value(kind: Any, good: dict[Any, Any]) -> None:
    one_of_each_type = {raw.get("data_type"): raw for raw in good[kind]}.values()
    for raw in one_of_each_type:
        for key, part in raw.items():
            item = part[0] if type(part) is list and part else part
            for inner in item if type(item) is dict else ():
                for wrong in WRONG:
                    damaged = item | {inner: copy.deepcopy(wrong)}
                    assert_as_declared(kind.from_api(raw | {key: damaged if item is part else [damaged, *part[1:]]}))


PERSON = {"id": "1", "name": "Patricia Boyle"}
BELONGINGS: list[tuple[Any, dict[str, Any]]] = [
    (
        Note,
        {
            "id": "1", "Note_Title": "A", "Note_Content": "B", "Owner": PERSON, "Created_Time": "2026-01-01T10:00:00Z",
            "Created_By": PERSON, "Modified_Time": "2026-01-01T10:00:00Z", "Modified_By": PERSON, "$editable": True,
            "Parent_Id": {**PERSON, "module": {"api_name": "Leads", "id": "1"}},
        },
    ),
    (
        Attachment,
        {
            "id": "1", "File_Name": "A", "Size": "7", "$link_url": "https://example.org/", "Owner": PERSON,
            "Created_Time": "2026-01-01T10:00:00Z", "Created_By": PERSON,
        },
    ),
    (
        TimelineEvent,
        {
            "id": "1", "audited_time": "2026-01-01T10:00:00Z", "action": "updated", "source": "crm_ui", "type": None,
            "done_by": PERSON, "record": PERSON, "related_record": {**PERSON, "module": {"api_name": "Leads"}},
            "automation_details": {"type": "workflow", "rule": PERSON},
            "field_history": [{"api_name": "A", "field_label": "A", "_value": {"old": "x", "new": None}}],
        },
    ),
    (
        Pipeline,
        {
            "id": "1", "display_value": "A", "actual_value": "A", "default": True,
            "maps": [{"id": "1", "display_value": "A", "forecast_category": PERSON}],
        },
    ),
    (
        MapDependency,
        {
            "id": "1", "parent": {"api_name": "A", "id": "1"}, "child": {"api_name": "B", "id": "2"}, "active": True,
            "internal": False, "category": 0, "source": 1,
            "pick_list_values": [{"id": "1", "actual_value": "A", "maps": [{"id": "1", "actual_value": "B"}]}],
        },
    ),
    (
        AssignmentRule,
        {"id": "1", "name": "A", "description": None, "module": {"api_name": "A"}, "default_assignee": PERSON},
    ),
    (
        BulkReadJob,
        {
            "id": "1", "state": "COMPLETED", "query": {"module": {"api_name": "A", "id": "1"}, "fields": ["A"]},
            "created_time": "2026-01-01T10:00:00Z", "created_by": PERSON,
            "result": {"page": 1, "per_page": 2, "count": 3, "more_records": True, "next_page_token": "x"},
        },
    ),
    (BulkReadJob, {"id": "1", "state": "FAILURE", "result": {"error_message": {"code": "A", "message": "B"}}}),
    (
        BulkWriteJob,
        {
            "id": "1", "status": "COMPLETED", "operation": "insert", "ignore_empty": True,
            "character_encoding": "UTF-8", "created_time": "2026-01-01T10:00:00Z", "created_by": PERSON,
            "result": {"download_url": "x"},
            "resource": [
                {"status": "COMPLETED", "code": "A", "module": {"api_name": "A"},
                 "file": {"status": "A", "name": "B", "added_count": 1, "total_count": 2}},
            ],
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "raw"), BELONGINGS)
def test_a_wrong_type_anywhere_in_what_belongs_to_a_record_becomes_the_empty_value(
    kind: Any, raw: dict[str, Any]
) -> None:
    assert_as_declared(kind.from_api(raw))
    for damaged in _damaged(raw):
        assert_as_declared(kind.from_api(damaged))


def _damaged(value: Any) -> Iterator[Any]:
    """The value with each of its parts, however deep, replaced by each wrong one."""
    yield from copy.deepcopy(WRONG)
    if type(value) is dict:
        for key, part in value.items():
            yield from (value | {key: wrong} for wrong in _damaged(part))
    elif type(value) is list:
        yield from ([wrong] for part in value for wrong in _damaged(part))


def assert_as_declared(thing: Any) -> None:
    """Every attribute is of the type that its dataclass declares, down to the smallest part."""
    for name, hint in declared(type(thing)).items():
        value = getattr(thing, name)
        assert fits(value, hint), f"{type(thing).__name__}.{name} is {value!r}, not {hint}"


def fits(value: Any, hint: Any) -> bool:
    if hint is Any:
        return True
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return any(fits(value, choice) for choice in typing.get_args(hint))
    if typing.get_origin(hint) is list:
        (inner,) = typing.get_args(hint)
        return type(value) is list and all(fits(item, inner) for item in value)
    if type(value) is not (typing.get_origin(hint) or hint):
        return False
    if is_part(value):
        assert_as_declared(value)
    return True
