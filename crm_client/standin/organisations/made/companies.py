"""The two companies that are made: a lender in Boston and a builder of solar plants in Bremen."""

from __future__ import annotations

from crm_client.standin.organisations.made import german, people, solar
from crm_client.standin.organisations.made.lending import LENDING
from crm_client.standin.organisations.made.spec import FieldSpec, ModuleSpec
from crm_client.standin.organisations.made.standard import SELLING
from crm_client.standin.organisations.made.system import ACTIVITIES, SYSTEM
from crm_client.standin.organisations.made.trading import SERVING, TRADING
from crm_client.standin.organisations.made.world import Company, PersonSpec

_TABS = SYSTEM[:1]
_REST = SYSTEM[1:]


def _in_order(*custom: ModuleSpec) -> tuple[ModuleSpec, ...]:
    """Home, then what sells, then the company's own modules, then the rest as the CRM orders it."""
    return fitting(*_TABS, *SELLING, *ACTIVITIES, *custom, *TRADING, *SERVING, *_REST)


def fitting(*specs: ModuleSpec) -> tuple[ModuleSpec, ...]:
    """The modules without the fields that lead to a module which this organisation does not have."""
    known = {spec.api for spec in specs}
    return tuple(spec.but(fields=tuple(field for field in spec.fields if _leads_to(field, known))) for spec in specs)


def _leads_to(field: FieldSpec, known: set[str]) -> bool:
    targets = {*field.to.split(), *field.via.split(), *field.rollup.split(".")[:1]} - {""}
    return not targets or bool(targets & known if field.kind == "multi_module_lookup" else targets <= known)


def demo(seed: int) -> Company:
    """Halden & Moreau Lending, whose administrator is Alice."""
    return Company(
        key="demo",
        name="Halden & Moreau Lending",
        dc="standin-us",
        seed=seed,
        salt=1,
        modules=_in_order(*LENDING),
        people=(
            PersonSpec("Alice", "Moreau", "alice@halden-lending.example", "administrator", "CEO", "CEO", "en_US"),
            PersonSpec("Bob", "Okafor", "bob@halden-lending.example", "read_only", "Auditor", "Auditor", "en_US"),
            PersonSpec(
                "Dora", "Lindqvist", "dora@halden-lending.example", "sales", "Sales Manager", "Adviser", "en_US"
            ),
            PersonSpec("Erik", "Sørensen", "erik@halden-lending.example", "back_office", "Clerk", "Clerk", "en_US"),
        ),
        profiles=people.PROFILES,
        roles=(("CEO", ""), ("Sales Manager", "CEO"), ("Auditor", "CEO"), ("Clerk", "Sales Manager")),
        time_zone="America/New_York",
        offset_h=-5,
        currency=("US Dollar - USD", "USD", "$"),
        address=("48 Harbour Street", "Boston", "Massachusetts", "02110", "United States"),
        country_code="US",
        language="en_US",
        domain="halden-lending.example",
        tongues=(
            ("en", 46),
            ("es", 16),
            ("fr", 10),
            ("vi", 6),
            ("ar", 6),
            ("he", 5),
            ("zh", 5),
            ("hi", 4),
            ("long", 2),
        ),
    )


def europe(seed: int) -> Company:
    """Nordlicht Solar Europe, whose administrator is Charlie."""
    return Company(
        key="europe",
        name="Nordlicht Solar Europe GmbH",
        dc="standin-eu",
        seed=seed + 1,
        salt=2,
        modules=tuple(german.spoken(spec) for spec in _in_order(*solar.SOLAR)),
        people=(
            PersonSpec("Charlie", "Brandt", "charlie@nordlicht-solar.example", "administrator", "CEO", "CEO", "de_DE"),
            PersonSpec(
                "Marta", "Kowalska", "marta@nordlicht-solar.example", "sales", "Sales Manager", "Sales", "de_DE"
            ),
            PersonSpec("Nils", "Åkesson", "nils@nordlicht-solar.example", "read_only", "Auditor", "Audit", "de_DE"),
            PersonSpec("Giulia", "Ferraro", "giulia@nordlicht-solar.example", "back_office", "Clerk", "Clerk", "it_IT"),
        ),
        profiles=people.PROFILES,
        roles=(("CEO", ""), ("Sales Manager", "CEO"), ("Auditor", "CEO"), ("Clerk", "Sales Manager")),
        time_zone="Europe/Berlin",
        offset_h=1,
        currency=("Euro - EUR", "EUR", "€"),
        address=("Am Speicher 11", "Bremen", "Bremen", "28195", "Germany"),
        country_code="DE",
        language="de_DE",
        domain="nordlicht-solar.example",
        tongues=(
            ("de", 44),
            ("fr", 12),
            ("it", 10),
            ("pl", 10),
            ("tr", 8),
            ("es", 6),
            ("en", 5),
            ("ar", 3),
            ("long", 2),
        ),
    )
