"""Assignment rules of a made organisation: who gets new records."""

from __future__ import annotations

from crm_client.standin.organisations.made.world import JSON, World

_RULES = (
    ("Leads", "By region", "New leads go to the branch that their region belongs to."),
    ("Leads", "Web forms in turn", "Leads of the web forms go to the advisers, one after the other."),
    ("Contacts", "By branch", "Contacts go to whoever looks after their branch."),
    ("Deals", "Large amounts", "Deals of more than 500,000 go to the head of the branch."),
)
_FIRST = 70_001  # number of the first rule's id


def assignment_rules(world: World) -> list[JSON]:
    """The rules for the modules that the company has."""
    known = {spec.api for spec in world.company.modules}
    return [
        {
            "id": world.id(_FIRST + number),
            "api_name": name.replace(" ", "_"),
            "name": name,
            "description": description,
            "module": world.module_ref(module),
            "default_assignee": world.user_ref(number),
            "created_by": world.user_ref(0),
            "created_time": world.ago(700 - number),
            "modified_by": world.user_ref(0),
            "modified_time": world.ago(90 - number),
        }
        for number, (module, name, description) in enumerate(_RULES)
        if module in known
    ]
