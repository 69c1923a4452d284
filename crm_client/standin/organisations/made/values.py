"""Values for the fields of records: one maker per field, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from crm_client.standin.organisations.made.identity import Identity, phrases
from crm_client.standin.organisations.made.kinds import KINDS
from crm_client.standin.organisations.made.spec import NONE, FieldSpec, values_of
from crm_client.standin.organisations.made.world import JSON, NOW, World

Maker = Callable[[Random, Identity, JSON], Any]
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def maker(world: World, spec: FieldSpec, identities: dict[str, list[Identity]]) -> Maker | None:
    """A function (random numbers, whose record, the record so far) → value; None for fields that stay empty here."""
    kind = spec.kind
    if spec.unused or not spec.filled:
        return None
    if kind in ("picklist", "multi"):
        return _choice(spec)
    if kind in ("lookup", "multi_module_lookup"):
        return _reference(world, spec, identities)
    place = _address(spec.api_name)
    if place is not None:
        return lambda rng, who, record: who.place[place]
    if spec.sample:
        return _sampled(spec.sample, spec.unique)
    simple: dict[str, Maker] = {
        "email": lambda rng, who, record: _email(spec, who),
        "phone": lambda rng, who, record: f"{who.dial} {rng.randint(100, 9999):04d}",
        "fax": lambda rng, who, record: f"{who.dial} {rng.randint(100, 9999):04d}",
        "website": lambda rng, who, record: f"https://www.{who.slug}.example",
        "twitter": lambda rng, who, record: who.slug.replace("-", "_")[:15],
        "skype": lambda rng, who, record: f"live:{who.slug}",
        "boolean": lambda rng, who, record: rng.random() < 0.3,
        "integer": lambda rng, who, record: int(_number(spec, rng)),
        "double": lambda rng, who, record: _number(spec, rng),
        "currency": lambda rng, who, record: _number(spec, rng),
        "percent": lambda rng, who, record: _number(spec, rng),
        "bigint": lambda rng, who, record: f"{rng.randrange(10**9):09d}",
        "date": lambda rng, who, record: _moment(spec, rng, who).date().isoformat(),
        "datetime": lambda rng, who, record: world.time(_moment(spec, rng, who).replace(minute=0, second=0)),
        "visit_time": lambda rng, who, record: world.ago(rng.uniform(0, who.created_days)),
        "userlookup": lambda rng, who, record: world.user_ref(rng.randrange(4)),
        "small": lambda rng, who, record: _sentence(world, rng),
        "large": lambda rng, who, record: _sentence(world, rng),
        "rich": lambda rng, who, record: _rich(world, rng),
        "fileupload": lambda rng, who, record: _files(world, spec, rng, who),
        "imageupload": lambda rng, who, record: _files(world, spec, rng, who),
        "tag": lambda rng, who, record: [{"name": "VIP", "id": world.id(50_001), "color_code": "#57B1FD"}],
    }  # fmt: skip
    if kind == "autonumber":
        return lambda rng, who, record: f"{spec.prefix}{who.number + 1:05d}"
    return simple.get(kind)


def pattern(text: str, rng: Random) -> str:
    """A text with a digit for each # and a letter for each @."""
    made = "".join(rng.choice("123456789") if c == "#" else rng.choice(_LETTERS) if c == "@" else c for c in text)
    return made


def _sampled(sample: str, unique: bool) -> Maker:
    options = sample.split("|")
    fixed = not any(sign in sample for sign in "#@")

    def make(rng: Random, who: Identity, record: JSON) -> str:
        text = rng.choice(options)
        if fixed:
            return text
        made = pattern(text, rng)
        # the last places count the records, so that a unique field is unique
        return f"{made[:-4]}{who.number:04d}" if unique and len(made) > 4 else made

    return make


def _choice(spec: FieldSpec) -> Maker:
    values = [value.actual for value in values_of(spec.values) if value.used and value.actual != NONE]
    if spec.parent:
        offered = {part.split(":")[0]: part.split(":")[1].split(",") for part in spec.maps.split("|")}

        def dependent(rng: Random, who: Identity, record: JSON) -> str | None:
            listed = offered.get(record.get(spec.parent) or "")
            return rng.choice(listed) if listed else None

        return dependent
    if spec.kind == "multi":
        return lambda rng, who, record: sorted(rng.sample(values, rng.randint(1, min(3, len(values)))))
    return lambda rng, who, record: rng.choice(values)


def _reference(world: World, spec: FieldSpec, identities: dict[str, list[Identity]]) -> Maker | None:
    targets = [target for target in spec.to.split() if target in identities]
    if not targets:
        return None

    def make(rng: Random, who: Identity, record: JSON) -> JSON | None:
        target = rng.choice(targets) if len(targets) > 1 else targets[0]
        pool = identities[target]
        number = {"Accounts": who.account, "Contacts": who.contact}.get(target)
        if number is None or spec.related:
            number = rng.randrange(len(pool))
        if target == who.module and number == who.number:
            return None  # nobody reports to himself
        reference = pool[number].ref
        if spec.kind == "multi_module_lookup":
            reference["module"] = world.module_ref(target)
        return reference

    return make


def _address(api_name: str) -> int | None:
    last = api_name.rpartition("_")[2]
    if api_name.endswith("Zip_Code"):
        return 3
    known = {"Street": 0, "City": 1, "State": 2, "Zip": 3, "Code": 3, "Country": 4}
    prefixes = ("", "Mailing", "Billing", "Shipping")
    return known.get(last) if api_name.rpartition("_")[0] in prefixes else None


def _email(spec: FieldSpec, who: Identity) -> str:
    if spec.api_name == "Email":
        return f"{who.slug}.{who.number}@mail.example"
    return f"{who.slug}@private.example"


def _number(spec: FieldSpec, rng: Random) -> float:
    low, high = spec.between or (0, 100)
    decimals = KINDS[spec.kind].decimals if spec.decimals is None else spec.decimals
    value = low + (high - low) * rng.random() ** (2.5 if high > 50 * max(low, 1) else 1)  # large amounts are rare
    return round(value, decimals) if decimals else round(value)


def _moment(spec: FieldSpec, rng: Random, who: Identity) -> Any:
    low, high = spec.between or (0, 60)
    moment = NOW + timedelta(days=rng.uniform(low, high) - who.created_days)
    return moment.replace(hour=rng.randint(12, 21))


def _spoken(world: World) -> Any:
    return phrases()["de" if world.company.language.startswith("de") else "en"]


def _sentence(world: World, rng: Random) -> str:
    sentence: str = rng.choice(_spoken(world)["texts"])
    return sentence


def _rich(world: World, rng: Random) -> str:
    plain = _sentence(world, rng).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    parts = "</div><div>".join(plain.split("\n"))
    return f'<div style="font-size: 13px"><b>{parts}</b></div>'


def _files(world: World, spec: FieldSpec, rng: Random, who: Identity) -> list[JSON]:
    image = spec.kind == "imageupload"
    listed = []
    for n in range(rng.randint(1, min(3, spec.length or 1))):
        name = f"photo-{rng.randint(1000, 9999)}.jpg" if image else rng.choice(_spoken(world)["files"])
        listed.append(
            {
                "id": world.id(2_000_000_000 + int(who.id[-9:]) % 1_000_000_000 + n),
                "File_Id__s": f"{rng.getrandbits(256):064x}",
                "File_Name__s": name,
                "Size__s": str(rng.randint(12_000, 4_000_000)),
                "Owner__s": world.user_ref(who.owner),
                "Created_By__s": world.user_ref(who.owner),
                "Created_Time__s": world.ago(who.created_days * 0.9),
            }
        )
    return listed
