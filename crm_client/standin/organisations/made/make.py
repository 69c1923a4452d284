"""Puts a made organisation together; everything large is made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from crm_client.standin.organisation import Organisation, Shelf, Source
from crm_client.standin.organisations.made import blueprints, fields, layouts, modules, people, wizards
from crm_client.standin.organisations.made.automation import assignment_rules
from crm_client.standin.organisations.made.blueprints_of import blueprints_of
from crm_client.standin.organisations.made.layout_rules import layout_rules
from crm_client.standin.organisations.made.records import Records
from crm_client.standin.organisations.made.spec import ModuleSpec
from crm_client.standin.organisations.made.wizards_of import wizards_of
from crm_client.standin.organisations.made.world import JSON, Company, World

V = TypeVar("V")


def organisation(company: Company) -> Organisation:
    """The organisation of a company, without its records where nobody asks for them."""
    world = World(company)

    def shelf(make: Callable[[World, ModuleSpec], V], chosen: list[ModuleSpec]) -> Shelf[str, V]:
        return Shelf({spec.api: Source(partial(make, world, spec)) for spec in chosen})

    specs = list(company.modules)
    records = Records(world)
    with_fields = [spec for spec in specs if spec.fields]
    with_lists = [
        spec for spec in with_fields if spec.owned and spec.api_supported and spec.generated in ("default", "custom")
    ]
    return Organisation(
        key=company.key,
        name=company.name,
        dc=company.dc,
        environment=company.environment,
        org=people.organisation(world),
        users=people.users(world),
        profiles=people.profiles(world),
        roles=people.roles(world),
        modules=modules.modules(world),
        module_details=shelf(modules.detail, specs),
        fields=shelf(fields.fields, with_fields),
        layouts=shelf(layouts.layouts, [spec for spec in with_fields if spec.layouts]),
        related_lists=shelf(modules.related_lists, with_lists),
        custom_views=shelf(modules.custom_views, [spec for spec in with_fields if spec.owned and spec.api_supported]),
        pipelines=_pipelines(world),
        wizards=wizards.short(world, wizards_of(company)),
        wizard_details=wizards.details(world, wizards_of(company)),
        blueprint_settings=blueprints.settings(world, blueprints_of(company)),
        process_places=records.places(),
        timelines=records.timelines(),
        records=records.shelf(),
        assignment_rules=assignment_rules(world),
        layout_rules=Shelf.of(layout_rules(world)),
    )


def _pipelines(world: World) -> Shelf[str, list[JSON]]:
    deals = world.specs["Deals"]
    sources = {}
    for number, layout in enumerate(deals.layouts):
        if layout.pipelines:
            make = partial(layouts.pipelines, world, deals, layout)
            sources[layouts.layout_id(world, deals, number)] = Source(make)
    return Shelf(sources)
