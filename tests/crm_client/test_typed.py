"""Lists read straight from the bytes: the same things as read key by key, whatever one item holds."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest

from crm_client import CrmClient, StaticToken
from crm_client.fields import Field
from crm_client.modules import Module
from crm_client.standin import StandIn
from crm_client.typed import Listed
from crm_client.values import as_list
from tests.crm_client.attributes import attributes_of
from tests.crm_client.test_wrong_types import WRONG
from tests.crm_client.wire import answers, reply

LISTS: list[Any] = [Listed("modules", Module), Listed("fields", Field)]


@pytest.fixture(scope="module")
def raws() -> dict[str, list[dict[str, Any]]]:
    """What every organisation of the stand-in answers, the documentation's own among them."""
    with StandIn(seed=1) as standin:
        places = [standin.organisation(key) for key in ("demo", "samples")]
        return {
            "modules": [module for place in places for module in place.modules],
            "fields": [field for place in places for module in ("Leads", "Deals") for field in place.fields[module]],
        }


def seen(things: list[Any] | None) -> list[dict[str, Any]] | None:
    return (
        None if things is None else [{name: getattr(one, name) for name in attributes_of(type(one))} for one in things]
    )


def read(listed: Any, raws: list[Any]) -> tuple[Any, Any]:
    """Read quickly, and key by key."""
    body = orjson.dumps({listed.key: raws})
    return seen(listed.read(body)), seen(as_list(raws, listed.kind.from_api))


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.key)
def test_a_whole_list_is_read_the_same_either_way(listed: Any, raws: dict[str, Any]) -> None:
    quick, slow = read(listed, raws[listed.key])
    assert quick == slow
    assert [thing["raw"] for thing in quick] == raws[listed.key]


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.key)
def test_damage_anywhere_is_read_the_same_either_way(listed: Any, raws: dict[str, Any]) -> None:
    """Where the quick reader gives up (None), the client reads key by key; where it does not, it must agree."""
    chance = random.Random(4711)
    quickly = 0
    for _ in range(1500):
        raw = orjson.loads(orjson.dumps(chance.choice(raws[listed.key])))
        holder: Any = raw
        while True:
            key = chance.choice([*holder]) if type(holder) is dict else chance.randrange(len(holder))
            if type(holder[key]) not in (dict, list) or not holder[key] or chance.random() < 0.4:
                break
            holder = holder[key]
        if type(holder) is dict and chance.random() < 0.2:
            del holder[key]
        else:
            holder[key] = chance.choice([*WRONG, "\u0000", "9" * 40, "12", "https://a.example/", "#AbC", 2**70 / 3])
        quick, slow = read(listed, [raw])
        if quick is not None:
            quickly += 1
            assert quick == slow, (key, holder)
    assert quickly > 500


def test_a_part_that_is_null_is_the_empty_one() -> None:
    values = [{"id": "1", "actual_value": "A", "maps": None}, {"id": "2", "maps": [{"api_name": "B", "id": "3"}]}]
    quick, slow = read(LISTS[1], [{"id": "7", "api_name": "Stage", "pick_list_values": values}])
    assert quick == slow
    assert [[one.api_name for one in value.maps] for value in quick[0]["pick_list_values"]] == [[], ["B"]]


@pytest.mark.parametrize(
    "odd",
    [
        '{"id": "x1", "api_name": "A"}',
        '{"\\u0069d": "x1", "api_name": "A"}',
        '{"id": "1", "api_name": "../users"}',
        '{"id": "1", "api_name": "A", "profiles": [{"id": "javascript:", "name": "P"}]}',
        '{"id": "1", "api_name": "A", "profiles": [{"i\\u0064": "javascript:", "name": "P"}]}',
        '{"id": "1", "api_name": "A", "source": {"id": "2"}}',
    ],
)
def test_no_id_or_name_gets_through_in_disguise(odd: str) -> None:
    body = f'{{"modules": [{odd}, {{"id": "7", "api_name": "Leads"}}]}}'
    with answers(reply(body.encode())) as wire:
        found = CrmClient(wire.url, StaticToken("t")).modules.all()
    assert found[-1].api_name == "Leads"
    for module in found:
        assert module.id in ("", "1", "7")
        assert module.api_name in ("", "A", "Leads")
        assert [profile.id for profile in module.profiles] in ([], [""])
        assert type(module.raw) is dict
        assert module.raw.get("id") == orjson.loads(odd).get("id") or module.id == "7"


def test_an_error_that_lists_things_is_still_an_error() -> None:
    body = b'{"modules": [{"id": "1"}], "code": "INTERNAL_ERROR", "status": "error", "message": "x", "details": {}}'
    assert LISTS[0].read(body) is None
