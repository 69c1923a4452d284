"""Ways to the pages of a process and of a record in one."""

from collections.abc import Callable

import pytest

from crm_client.standin import StandIn

At = Callable[..., str]


@pytest.fixture
def at(standin: StandIn) -> At:
    """`at("Loan processing", "findings/")`: the address of a page of a process of the demo."""

    def address(name: str, rest: str = "") -> str:
        settings = standin.organisation("demo").blueprint_settings
        return f"/blueprints/{next(id_ for id_, raw in settings.items() if raw['name'] == name)}/{rest}"

    return address


@pytest.fixture
def key(standin: StandIn) -> At:
    """`key("Loan processing", "states", "Checks")`: the id of a state or transition of a process of the demo."""

    def found(process: str, part: str, name: str) -> str:
        settings = standin.organisation("demo").blueprint_settings.values()
        raw = next(one for one in settings if one["name"] == process)
        return str(next(one for one in raw[part] if one["name"] == name)["id"])

    return found
