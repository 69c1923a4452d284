"""What a call costs, by the CRM's table."""

from __future__ import annotations

import pytest

from crm_client.credits import price


@pytest.mark.parametrize(
    ("method", "path", "params", "records", "credits"),
    [
        ("GET", "/settings/modules", {}, 1, 1),
        ("GET", "/Leads", {"fields": "Last_Name"}, 1, 1),
        ("GET", "/Leads", {"cvid": "5"}, 1, 3),
        ("GET", "/Leads/deleted", {}, 1, 2),
        ("GET", "/Leads/search", {}, 1, 1),
        ("GET", "/Leads/actions/count", {}, 1, 50),
        ("GET", "/users/actions/count", {}, 1, 1),
        ("GET", "/settings/custom_views", {"cvid": "5"}, 1, 1),
        ("POST", "/coql", {}, 200, 1),
        ("POST", "/coql", {}, 201, 2),
        ("POST", "/coql", {}, 2000, 3),
        ("POST", "/Leads", {}, 1, 1),
        ("POST", "/Leads", {}, 10, 1),
        ("POST", "/Leads", {}, 11, 2),
        ("PUT", "/Leads", {}, 100, 10),
        ("POST", "/Leads/upsert", {}, 100, 10),
        ("POST", "/Leads/actions/mass_delete", {}, 500, 5),
        ("POST", "/Leads/1/actions/convert", {}, 1, 5),
        ("POST", "/Leads/1/actions/send_mail", {}, 1, 20),
        ("POST", "/Leads/1/actions/merge", {}, 1, 50),
        ("GET", "/Leads/1/actions/merge", {}, 1, 1),
        ("POST", "/Leads/actions/add_tags", {}, 500, 10),
        ("PUT", "/Leads/1/actions/blueprint", {}, 1, 1),
        ("POST", "/users", {}, 50, 1),
        ("DELETE", "/Leads", {}, 100, 1),
        ("POST", "/bulk/read", {}, 1, 50),
        ("POST", "/bulk/write", {}, 1, 500),
        ("GET", "/bulk/write/1", {}, 1, 1),
    ],
)
def test_a_call_costs_what_the_table_says(
    method: str, path: str, params: dict[str, str], records: int, credits: int
) -> None:
    assert price(method, path, params, records) == credits
