"""The records of a made organisation, module by module, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from random import Random

from crm_client.standin.organisation import Shelf, Source
from crm_client.standin.organisations.made import finish
from crm_client.standin.organisations.made.fields import all_specs, longest, name_field
from crm_client.standin.organisations.made.identity import Identity, identities
from crm_client.standin.organisations.made.journeys import Journeys
from crm_client.standin.organisations.made.modules import layout_refs
from crm_client.standin.organisations.made.spec import FieldSpec, ModuleSpec
from crm_client.standin.organisations.made.values import Maker, maker
from crm_client.standin.organisations.made.world import JSON, World

_ROWS_PER_PARENT = 40  # how far apart the ids of the rows of two parents are


class Records:
    """Fills the identities of a company with values."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.journeys = Journeys(world)

    @cached_property
    def identities(self) -> dict[str, list[Identity]]:
        """Who and what the records are; made once, for all modules."""
        return identities(self.world)

    def shelf(self) -> Shelf[str, list[JSON]]:
        """Every module that has records, also those of rows and links."""
        makers: dict[str, Callable[[], list[JSON]]] = {
            spec.api: partial(self.of, spec) for spec in self.world.company.modules if spec.count
        }
        for spec in self.world.company.modules:
            for field in spec.fields if spec.count else ():
                if field.kind == "subform" and field.to in self.world.specs:
                    makers[field.to] = partial(self._rows_of_all, spec, field)
                elif (
                    field.kind in ("multiselectlookup", "multiuserlookup")
                    and field.filled
                    and field.via in self.world.specs
                ):
                    makers[field.via] = partial(self._links_of_all, spec, field)
        return Shelf({api: Source(make) for api, make in makers.items()})

    def places(self) -> Shelf[str, dict[str, JSON]]:
        """Where the records of each module stand in its processes, by record id."""
        return Shelf({api: Source(partial(self._places, api)) for api in self.journeys.modules})

    def timelines(self) -> Shelf[str, dict[str, list[JSON]]]:
        """What happened to the records of each module that is in a process, by record id."""
        return Shelf({api: Source(partial(self._timelines, api)) for api in self.journeys.modules})

    def _places(self, api: str) -> dict[str, JSON]:
        return self.journeys.places(self.identities[api])

    def _timelines(self, api: str) -> dict[str, list[JSON]]:
        return self.journeys.timelines(self.identities[api])

    def of(self, module: ModuleSpec) -> list[JSON]:
        """All records of a module, whole, in the order of their ids."""
        made = self._filled(module)
        finish.rollups(self.world, module, made, self._filled)
        return made

    def _filled(self, module: ModuleSpec) -> list[JSON]:
        world = self.world
        makers = self._makers(all_specs(module))
        rng = Random(f"{world.company.seed}/{module.api}/values")
        refs = layout_refs(world, module)
        layouts = [refs[n] for n, layout in enumerate(module.layouts) if layout.status == "active"]
        special = finish.SPECIAL.get(module.api)
        title = name_field(module)
        limits = [(spec.api_name, limit) for spec in all_specs(module) if (limit := longest(spec))]
        made = []
        for who in self.identities[module.api]:
            record = self._record(who, rng, makers)
            record[title] = who.name
            if module.owned:
                self._system(record, who, rng)
                record["Layout"] = rng.choice(layouts) if layouts else None
            self._families(module, record, who)
            if special:
                special(world, record, who, rng, self.identities)
            self.journeys.settle(record, who)
            for api_name, limit in limits:
                value = record[api_name]
                if isinstance(value, str) and len(value) > limit:
                    record[api_name] = value[:limit].rstrip()
            made.append(record)
        return made

    def _makers(self, specs: Iterable[FieldSpec]) -> list[tuple[str, float, Maker | None, str | bool | None]]:
        """(api_name, share of records that have a value, how it is made, what the others have)."""
        return [
            (
                spec.api_name,
                1 if spec.mandatory or spec.kind == "autonumber" else spec.filled,
                maker(self.world, spec, self.identities),
                spec.default,
            )
            for spec in specs
            if spec.api_name != "id"
        ]

    def _record(
        self, who: Identity, rng: Random, makers: list[tuple[str, float, Maker | None, str | bool | None]]
    ) -> JSON:
        record: JSON = {"id": who.id}
        for api_name, share, make, default in makers:
            filled = make is not None and (share >= 1 or rng.random() < share)
            record[api_name] = make(rng, who, record) if make is not None and filled else default
        return record

    def _system(self, record: JSON, who: Identity, rng: Random) -> None:
        """The values that the CRM keeps itself."""
        world = self.world
        owner = world.owner_ref(who.owner)
        changed = rng.uniform(0, who.created_days)
        record["Owner"] = owner
        record["Created_By"] = owner
        record["Modified_By"] = world.owner_ref(0 if rng.random() < 0.3 else who.owner)
        record["Created_Time"] = world.ago(who.created_days)
        record["Modified_Time"] = world.ago(changed)
        record["Record_Status__s"] = "Available"
        record["Tag"] = record.get("Tag") or []
        record["$approval_state"] = "approved"
        record["$editable"] = True
        record["$process_flow"] = False
        record["$currency_symbol"] = world.company.currency[2]

    def _families(self, module: ModuleSpec, record: JSON, who: Identity) -> None:
        """Subform rows and many-to-many links. They have random numbers of their own, so that their modules, which
        are made alone, hold the same."""
        for field in module.fields:
            if field.kind == "subform":
                record[field.api_name] = self._rows(module, field, who)
            elif field.kind in ("multiselectlookup", "multiuserlookup"):
                record[field.api_name] = [link for link, _ in self._links(module, field, who)]

    def _rows(self, module: ModuleSpec, field: FieldSpec, who: Identity) -> list[JSON]:
        world = self.world
        rng = Random(f"{world.company.seed}/{who.id}/{field.api_name}")
        if field.to not in world.specs or rng.random() >= field.filled:
            return []
        if field.to == "Pricing_Details":
            return finish.price_ranges(world, world.specs[field.to], who)
        if field.mandatory:
            return finish.line_items(world, world.specs[field.to], who, rng, self.identities["Products"])
        spec = world.specs[field.to]
        makers = self._makers(spec.fields)
        rows = []
        for n in range(rng.randint(1, 3)):
            number = who.number * _ROWS_PER_PARENT + n
            row_who = Identity(
                spec.api, number, world.record_id(spec.api, number), "", who.created_days, who.owner, who.first,
                who.last, who.company, who.place, who.dial, who.slug,
            )  # fmt: skip
            rows.append({**self._record(row_who, rng, makers), "Parent_Id": who.ref})
        return rows

    def _links(self, module: ModuleSpec, field: FieldSpec, who: Identity) -> list[tuple[JSON, JSON]]:
        """(as the record holds it, as the linking module holds it)."""
        world = self.world
        linking = world.specs.get(field.via)
        rng = Random(f"{world.company.seed}/{who.id}/{field.api_name}")
        if linking is None or rng.random() >= field.filled:
            return []
        sides = [side for side in linking.fields if side.kind in ("lookup", "userlookup")]
        mine = next((side for side in sides if side.to == module.api), sides[0])
        other = next(side for side in sides if side is not mine)
        pool = (
            [identity.ref for identity in self.identities[other.to]]
            if other.to
            else [world.user_ref(n) for n in range(4)]
        )
        links = []
        for n, target in enumerate(rng.sample(pool, rng.randint(1, 2))):
            link_id = world.record_id(linking.api, who.number * _ROWS_PER_PARENT + n)
            held = {"id": link_id, other.api_name: target}
            links.append((held, {**held, mine.api_name: who.ref, "Link_Note": None, **self._times(who)}))
        return links

    def _times(self, who: Identity) -> JSON:
        owner = self.world.owner_ref(who.owner)
        created = self.world.ago(who.created_days)
        return {
            "Owner": owner,
            "Created_By": owner,
            "Created_Time": created,
            "Modified_By": owner,
            "Modified_Time": created,
        }

    def _rows_of_all(self, module: ModuleSpec, field: FieldSpec) -> list[JSON]:
        return [row for who in self.identities[module.api] for row in self._rows(module, field, who)]

    def _links_of_all(self, module: ModuleSpec, field: FieldSpec) -> list[JSON]:
        return [row for who in self.identities[module.api] for _, row in self._links(module, field, who)]
