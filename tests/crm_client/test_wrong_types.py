"""A value of the wrong type never gets through, however many good ones of the same shape came before it."""

from __future__ import annotations

import copy
import dataclasses
import functools
import types
import typing
from typing import Any

import pytest

from crm_client.fields import Field
from crm_client.modules import Module
from crm_client.standin import StandIn

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
        for key in {*raw, *(attribute.name for attribute in dataclasses.fields(kind))} - {"raw"}:
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


declared = functools.cache(typing.get_type_hints)


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
    if dataclasses.is_dataclass(value):
        assert_as_declared(value)
    return True
