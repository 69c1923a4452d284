"""Scopes: the smallest set, known ones, and which covers which."""

from __future__ import annotations

import pytest

from console.catalogue.lines import area_of, is_in_area
from console.catalogue.needed import exactly, fewest
from crm_client.scopes import covers, is_known, spelled
from crm_client.standin.catalogue_facts import documented
from crm_client.standin.scopes import KNOWN


def test_a_scope_that_another_covers_is_not_asked_for() -> None:
    assert exactly(["ZohoCRM.modules.leads.READ", "ZohoCRM.modules.ALL", "ZohoCRM.org.READ", "zohocrm.org.read"]) == [
        "ZohoCRM.modules.ALL",
        "ZohoCRM.org.READ",
    ]


def test_the_fewest_scopes_still_allow_everything() -> None:
    wanted = [
        "ZohoCRM.modules.leads.READ", "ZohoCRM.modules.deals.READ", "ZohoCRM.settings.fields.READ",
        "ZohoCRM.settings.roles.UPDATE", "ZohoCRM.settings.blueprint.READ", "ZohoCRM.org.READ", "ZohoCRM.org.UPDATE",
        "ZohoCRM.coql.READ",
    ]  # fmt: skip
    found = fewest(wanted)
    assert found == [
        "ZohoCRM.coql.READ", "ZohoCRM.modules.READ", "ZohoCRM.org.ALL", "ZohoCRM.settings.ALL",
        "ZohoCRM.settings.blueprint.READ",
    ]  # fmt: skip
    assert all(covers(found, scope) for scope in wanted)


def test_one_scope_is_never_made_wider() -> None:
    assert fewest(["ZohoCRM.modules.leads.READ"]) == ["ZohoCRM.modules.leads.READ"]


def test_no_scope_is_made_that_zoho_does_not_know() -> None:
    """Everything documented at once: each scope of the result exists."""
    every = {
        scope.replace("{item}", item) for route in documented() for scope in route.scopes for item in ("leads", "deals")
    }
    assert [scope for scope in fewest(every) if not is_known(scope)] == []
    assert [scope for scope in every if not is_known(scope)] == []
    assert all(covers(fewest(every), scope) for scope in every)


def test_every_scope_that_the_console_knows_the_accounts_server_knows_too() -> None:
    """Two lists, written apart: one that only ours has would fail a real sign-in."""
    from crm_client import scopes

    assert {scope for scope in scopes._KNOWN if scope not in KNOWN} == set()


@pytest.mark.parametrize(("asked", "found"), [("zohocrm.MODULES.leads.read", "ZohoCRM.modules.leads.READ"), ("x", "")])
def test_a_scope_is_spelled_as_on_zohos_pages(asked: str, found: str) -> None:
    assert spelled(asked) == found


def test_areas_are_compared_as_the_crm_does() -> None:
    assert area_of("ZohoCRM.settings.fields.READ") == "settings.fields"
    assert is_in_area("send_mail.quotes", "send_mail")
    assert not is_in_area("settings.fields", "settings.field")
