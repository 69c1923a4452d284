"""Layout rules of the made organisations: no call of the API reads them, an insert that asks for them meets them."""

from __future__ import annotations

from crm_client.standin.organisations.made.world import JSON, World

# module, name, field and value that it waits for, fields that it makes mandatory; for the module's first layout
_RULES = (
    ("Leads", "Callback needs a telephone number", "Callback_Requested", "true", ("Phone",)),
    ("Deals", "A lost deal has a next step", "Stage", "Closed Lost", ("Next_Step",)),
)


def layout_rules(world: World) -> dict[str, list[JSON]]:
    """The rules by module, in the form of `Organisation.layout_rules`."""
    made: dict[str, list[JSON]] = {}
    for number, (module, name, field, value, mandatory) in enumerate(_RULES):
        criteria = {"field": {"api_name": field}, "comparator": "equal", "type": "value", "value": value}
        rule = {
            "id": world.id(60_001 + number),
            "name": name,
            "layout": world.of_module(module, 8001),
            "criteria": criteria,
            "mandatory": list(mandatory),
        }
        made.setdefault(module, []).append(rule)
    return made
