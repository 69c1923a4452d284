"""An organisation of the size that the figures speak of."""

from typing import Any

from crm_client.standin.organisation import Organisation, fresh
from crm_client.standin.organisations import built_in

MODULES = 400
FIELDS = 300


def big_demo() -> Organisation:
    """The demo organisation with 400 modules, and 300 fields in use in Leads: what is there, under further names."""
    demo = next(organisation for organisation in built_in() if organisation.key == "demo").copy()
    demo.modules = _repeated(demo.modules, MODULES)
    demo.fields["Leads"] = _repeated([field for field in demo.fields["Leads"] if field["type"] == "used"], FIELDS)
    return demo


def _repeated(things: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    grown = list(things)
    while len(grown) < size:
        twin = fresh(things[len(grown) % len(things)])
        twin["id"] = str(7_100_000_000_000_000_000 + len(grown))
        twin["api_name"] = f"{twin['api_name'].rstrip('_')[:60]}_{len(grown)}"
        grown.append(twin)
    return grown[:size]
