"""Who and what the records of a made organisation are, before their fields are filled in.

Only names, places, ages and relations are decided here, for all modules at once, so that each module's records can be
filled later and alone and still fit those of the others.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from crm_client.standin.organisations.made.fields import longest, name_field
from crm_client.standin.organisations.made.spec import ModuleSpec
from crm_client.standin.organisations.made.world import JSON, World

_HERE = Path(__file__).parent
_PEOPLE = ("Contacts", "Leads")
_COMPANIES = ("Accounts", "Vendors")
_FIRST = ("Accounts", "Contacts")  # the others name these, so they come first


@dataclass(slots=True)
class Identity:
    """One record before it is filled."""

    module: str
    number: int
    id: str
    name: str
    created_days: float  # days before the standstill
    owner: int
    first: str
    last: str
    company: str
    place: tuple[str, str, str, str, str]  # street, city, state, zip, country
    dial: str
    slug: str  # ASCII, for e-mail addresses and web sites
    account: int | None = None  # number of the account it belongs to
    contact: int | None = None

    @property
    def ref(self) -> JSON:
        """`{name, id}`."""
        return {"name": self.name, "id": self.id}


@lru_cache(maxsize=1)
def tongues() -> dict[str, Any]:
    """Names, towns and streets by language."""
    loaded: dict[str, Any] = json.loads((_HERE / "tongues.json").read_text("utf-8"))
    return loaded


@lru_cache(maxsize=1)
def phrases() -> dict[str, Any]:
    """Titles and sentences by the company's language."""
    loaded: dict[str, Any] = json.loads((_HERE / "phrases.json").read_text("utf-8"))
    return loaded


def slug(text: str, number: int) -> str:
    """An ASCII word for addresses; other scripts become a customer number."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or f"kd{number}"


def identities(world: World) -> dict[str, list[Identity]]:
    """The identities of every module that has records, the same for the same company."""
    made: dict[str, list[Identity]] = {}
    of_account: dict[int, list[int]] = {}
    modules = sorted(
        (spec for spec in world.company.modules if spec.count), key=lambda spec: (*_FIRST, spec.api).index(spec.api)
    )
    for spec in modules:
        rng = Random(f"{world.company.seed}/{world.company.salt}/{spec.api}")
        made[spec.api] = [_identity(world, spec, number, rng, made, of_account) for number in range(spec.count)]
        if spec.api in _COMPANIES:
            _tell_apart(made[spec.api], _longest_name(spec))
        if spec.api == "Contacts":
            for contact in made["Contacts"]:
                if contact.account is not None:
                    of_account.setdefault(contact.account, []).append(contact.number)
    return made


def _identity(
    world: World,
    spec: ModuleSpec,
    number: int,
    rng: Random,
    made: dict[str, list[Identity]],
    of_account: dict[int, list[int]],
) -> Identity:
    names, weights = zip(*world.company.tongues, strict=True)
    tongue = tongues()[rng.choices(names, weights)[0]]
    first, last = rng.choice(tongue["first"]), rng.choice(tongue["last"])
    city, state, zip_code, country = rng.choice(tongue["cities"])
    street = rng.choice(tongue["streets"]).format(n=rng.randint(1, 240))
    company = _company(tongue, last, rng)
    account = contact = None
    if spec.api in _PEOPLE:
        account = rng.randrange(len(made["Accounts"])) if spec.api == "Contacts" and rng.random() < 0.92 else None
        company = made["Accounts"][account].name if account is not None else company
    elif spec.api not in _COMPANIES and "Contacts" in made:
        account = rng.randrange(len(made["Accounts"]))
        contact = rng.choice(of_account.get(account) or range(len(made["Contacts"])))
        person, owner_company = made["Contacts"][contact], made["Accounts"][account]
        first, last, company = person.first, person.last, owner_company.name
        if spec.api not in ("Properties", "Installations"):
            (street, city, state, zip_code, country) = person.place
    place = (street, city, state, zip_code, country)
    name = _name(world, spec, number, rng, (first, last, company, place))[: _longest_name(spec)].rstrip()
    return Identity(
        module=spec.api, number=number, id=world.record_id(spec.api, number), name=name,
        created_days=round(rng.uniform(2, 880), 4), owner=_owner(world, rng), first=first, last=last, company=company,
        place=place, dial=tongue["dial"], slug=slug(company if spec.api in _COMPANIES else f"{first}.{last}", number),
        account=account, contact=contact,
    )  # fmt: skip


def _longest_name(module: ModuleSpec) -> int:
    title = name_field(module)
    return next(longest(field) or 255 for field in module.fields if field.api_name == title)


def _tell_apart(companies: list[Identity], limit: int) -> None:
    """No two companies share a name: the field is unique."""
    taken: set[str] = set()
    for identity in companies:
        if identity.name in taken:
            suffix = f" ({identity.place[1]} {identity.number})"
            identity.name = f"{identity.name[: limit - len(suffix)]}{suffix}"
        identity.company = identity.name
        taken.add(identity.name)


def _owner(world: World, rng: Random) -> int:
    """Who owns a record: somebody who may write, and sales people twice as often."""
    people = world.company.people
    weights = [{"read_only": 0, "sales": 6}.get(person.profile, 3) for person in people]
    return rng.choices(range(len(people)), weights)[0]


def _company(tongue: dict[str, Any], last: str, rng: Random) -> str:
    trade, form = rng.choice(tongue["trades"]), rng.choice(tongue["forms"])
    return f"{trade} {last} {form}" if rng.random() < 0.7 else f"{last} {trade} {form}"


def _name(
    world: World, spec: ModuleSpec, number: int, rng: Random, who: tuple[str, str, str, tuple[str, str, str, str, str]]
) -> str:
    first, last, company, place = who
    if spec.api in _PEOPLE:
        return f"{first} {last}"
    if spec.api in _COMPANIES:
        return company
    spoken = phrases()["de" if world.company.language.startswith("de") else "en"]
    if spec.api == "Vehicles":
        make = rng.choice(list(spoken["models"]))
        return f"{make} {rng.choice(spoken['models'][make].split('|'))}"
    patterns = spoken[spec.api]
    few = spec.count <= 2 * len(patterns) or spec.api == "Products"
    pattern = patterns[number % len(patterns)] if few else rng.choice(patterns)
    name: str = pattern.format(
        person=f"{first} {last}", last=last, company=company, city=place[1], street=place[0], n=number + 1
    )
    if spec.api == "Products" and number >= len(patterns):
        name = f"{name} {'ABCDEFGHIJ'[number // len(patterns) % 10]}"
    return name
