"""Ways to the pages of one wizard."""

from collections.abc import Callable

import pytest

from crm_client.standin import StandIn

At = Callable[..., str]


@pytest.fixture
def at(standin: StandIn) -> At:
    """`at("Loan application", "Mortgage", "findings/")`: the address of a page of a wizard of the demo."""

    def address(name: str, layout: str = "", rest: str = "") -> str:
        wizard = next(one for one in standin.organisation("demo").wizards if one["name"] == name)
        part = next(one for one in wizard["containers"] if not layout or one["layout"]["name"] == layout)
        return f"/wizards/{wizard['id']}/{part['layout']['id']}/{rest}"

    return address
