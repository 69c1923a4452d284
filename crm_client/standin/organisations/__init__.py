"""The organisations that the stand-in has built in, and those that it loads from a directory."""

from __future__ import annotations

from crm_client.standin.organisation import Organisation


def built_in(seed: int = 1) -> list[Organisation]:
    """The built-in organisations made from a seed: the same seed gives the same content, ids included.

    Each call returns copies, so a caller may change what it gets.
    """
    administrator = {"id": "4876876000000026011", "name": "Administrator", "permissions_details": []}
    role = {"id": "4876876000000026005", "name": "CEO", "display_label": "CEO"}
    alice = {
        "id": "4876876000000280001",
        "first_name": "Alice",
        "last_name": "Moreau",
        "full_name": "Alice Moreau",
        "email": "alice@halden.example",
        "profile": {"id": administrator["id"], "name": administrator["name"]},
        "role": {"id": role["id"], "name": role["name"]},
        "status": "active",
    }
    return [
        Organisation(
            key="demo",
            name="Halden & Moreau",
            dc="standin-us",
            environment="production",
            org={"id": "4876876000000020005", "company_name": "Halden & Moreau", "type": "production", "zgid": "748766621"},
            users=[alice],
            profiles=[administrator],
            roles=[role],
            modules=[
                {
                    "id": "4876876000000002175",
                    "api_name": "Leads",
                    "module_name": "Leads",
                    "singular_label": "Lead",
                    "plural_label": "Leads",
                    "generated_type": "default",
                    "status": "visible",
                    "profiles": [{"id": administrator["id"], "name": administrator["name"]}],
                }
            ],
        )
    ]
