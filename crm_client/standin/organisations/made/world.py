"""A company that an organisation is made for, and the ids of everything in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from crm_client.standin.organisations.made.spec import ModuleSpec

JSON = dict[str, Any]

NOW = datetime(2025, 6, 30, 17, 0, tzinfo=UTC)  # the made organisations stand still at this moment


@dataclass(frozen=True, slots=True)
class ProfileSpec:
    """A profile and what it may do."""

    key: str  # the word that field and module descriptions use for it
    name: str
    description: str
    writes: bool = True
    deletes: bool = False
    api: bool = True
    admin: bool = False


@dataclass(frozen=True, slots=True)
class PersonSpec:
    """A user of the organisation."""

    first: str
    last: str
    email: str
    profile: str
    role: str
    title: str
    locale: str
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Company:
    """What makes one organisation different from another."""

    key: str
    name: str
    dc: str
    seed: int
    salt: int  # two organisations of one seed get different ids by it
    modules: tuple[ModuleSpec, ...]
    people: tuple[PersonSpec, ...]
    profiles: tuple[ProfileSpec, ...]
    roles: tuple[tuple[str, str], ...]  # (name, reports to)
    time_zone: str
    offset_h: int  # winter; one hour more from April to October
    currency: tuple[str, str, str]  # ("US Dollar - USD", "USD", "$")
    address: tuple[str, str, str, str, str]  # street, city, state, zip, country
    country_code: str
    language: str
    domain: str
    tongues: tuple[tuple[str, int], ...]  # how many of its customers speak what, of about 100
    environment: str = "production"


class World:
    """A company with ids: 7 digits of the organisation, then 12 of the thing, consecutive within a kind.

    The number of a thing depends on its place in the description only, so modules, fields and records can be made in
    any order, and late.
    """

    def __init__(self, company: Company) -> None:
        self.company = company
        self.prefix = 4_000_000 + (company.seed * 104_729 + company.salt * 15_485_863) % 1_999_993
        self.zgid = str(700_000_000 + self.prefix % 97_654_321)
        self.specs = {spec.api: spec for spec in company.modules}
        self._numbers = {spec.api: number for number, spec in enumerate(company.modules, 1)}

    def id(self, number: int) -> str:
        """19 digits."""
        return f"{self.prefix}{number:012d}"

    def of_module(self, api: str, number: int = 0) -> str:
        """The id of a module, or of the thing with this number inside it.

        Numbers: 1 the module itself, 101… fields, 2001… picklist values, 7001… things that fields bring along,
        8001… layouts, 8101… sections, 9001… related lists, 9501… custom views.
        """
        return self.id(10_000_000 + self._numbers[api] * 10_000 + number)

    def record_id(self, api: str, number: int) -> str:
        """The id of the module's record with this number, from 0."""
        return self.id(1_000_000_000 + self._numbers[api] * 1_000_000 + 1 + number)

    def module_ref(self, api: str) -> JSON:
        """`{api_name, id}`."""
        return {"api_name": api, "id": self.of_module(api, 1)}

    def profile_id(self, key: str) -> str:
        """The id of a profile by its key."""
        keys = [profile.key for profile in self.company.profiles]
        return self.id(26_011 + keys.index(key))

    def role_id(self, name: str) -> str:
        """The id of a role."""
        return self.id(26_005 + [role for role, _ in self.company.roles].index(name))

    def user_id(self, number: int) -> str:
        """The id of the user with this place in `company.people`."""
        return self.id(280_001 + number)

    def user_ref(self, number: int) -> JSON:
        """`{name, id}` of a user."""
        person = self.company.people[number % len(self.company.people)]
        return {"name": f"{person.first} {person.last}", "id": self.user_id(number % len(self.company.people))}

    def owner_ref(self, number: int) -> JSON:
        """`{name, id, email}`, as records name people."""
        person = self.company.people[number % len(self.company.people)]
        return {**self.user_ref(number), "email": person.email}

    def time(self, moment: datetime) -> str:
        """A moment as the CRM writes it, in the organisation's time zone (`NOW` is in UTC)."""
        summer = 4 <= moment.month <= 10  # near enough to every daylight rule, and without a time zone database
        zone = timezone(timedelta(hours=self.company.offset_h + summer))
        return moment.astimezone(zone).isoformat(timespec="seconds")

    def ago(self, days: float) -> str:
        """The moment so many days before the organisation's standstill."""
        return self.time(NOW - timedelta(days=days))

    def profiles_but(self, hidden_from: str) -> list[str]:
        """Keys of the profiles that are not named in `hidden_from`."""
        hidden = hidden_from.split()
        return [profile.key for profile in self.company.profiles if profile.key not in hidden]

    def profile_refs(self, hidden_from: str = "") -> list[JSON]:
        """`[{name, id}]` of the profiles that may see something."""
        names = {profile.key: profile.name for profile in self.company.profiles}
        return [{"name": names[key], "id": self.profile_id(key)} for key in self.profiles_but(hidden_from)]
