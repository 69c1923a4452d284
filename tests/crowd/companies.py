"""Companies with the same ids and different marks, so that whatever crosses from one to another is seen.

`zqo03z` stands in every label and in the records of company 3; `zqu07z` is the value of a field of Leads that nobody's
profile shows but that of person 7, and stands in person 7's own queries.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from crm_client.standin.organisation import JSON, Organisation, fresh
from crm_client.standin.organisations import built_in

MARK = re.compile(rb"zq[ou]\d\dz")
LABELS = ("plural_label", "singular_label", "field_label", "display_label")
NAMES = ("Last_Name", "Account_Name", "Deal_Name", "Subject", "Note_Title", "Name")
_MARKED = ("Leads", "Loans")  # modules whose fields, layouts and records carry marks: all of them would take a minute


@dataclass(slots=True)
class Someone:
    """A person of the crowd: number, company, and how the stand-in knows them; `seen` counts own marks on pages."""

    number: int
    company: str
    dc: str
    email: str
    lead_ids: list[str]  # of this person alone, to change and to write notes on
    slug: str = ""
    seen: set[bytes] = field(default_factory=set)

    @property
    def marks(self) -> set[bytes]:
        """What may stand on this person's pages."""
        return {f"zqo{self.company[-2:]}z".encode(), self.own_mark.encode()}

    @property
    def own_mark(self) -> str:
        return f"zqu{self.number:02}z"


def companies(count: int, people: int) -> tuple[list[Organisation], list[Someone]]:
    """So many companies, in both data centres in turn, and so many people spread over them."""
    made, everybody = [], []
    demo = next(one for one in built_in() if one.key == "demo")
    for number in range(count):
        company = demo.copy()
        company.key, company.dc = f"company-{number:02}", ("standin-us", "standin-eu")[number % 2]
        company.org |= {"zgid": str(900_000_000 + number), "company_name": f"Company zqo{number:02}z"}
        _mark(company, f"zqo{number:02}z")
        staff = [_employ(company, each) for each in range(number, people, count)]
        for place, someone in enumerate(staff):
            someone.lead_ids = _own_leads(company, place, len(staff))
        made.append(company)
        everybody += staff
    return made, sorted(everybody, key=lambda one: one.number)


def _mark(company: Organisation, mark: str) -> None:
    settings = [company.modules, *company.wizard_details.values(), *company.blueprint_settings.values()]
    settings += [part[module] for part in (company.fields, company.layouts) for module in _MARKED]
    for part in settings:
        for thing in _objects(part):
            for key in LABELS:
                if isinstance(thing.get(key), str):
                    thing[key] += f" {mark}"
    for module in _MARKED:
        for record in company.records[module]:
            for key in NAMES:
                if isinstance(record.get(key), str):
                    record[key] = f"{record[key][:60]} {mark}"


def _objects(value: Any) -> Iterator[JSON]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict | list):
                yield from _objects(inner)


def _employ(company: Organisation, number: int) -> Someone:
    """A new user; the first of a company is an administrator, the others have a profile of their own each."""
    user = fresh(company.users[0])
    user |= {"id": str(7_200_000_000_000_000_000 + number), "zuid": str(880_000_000 + number), "last_name": "Doe"}
    user |= {"first_name": f"Person{number}", "full_name": f"Person{number} Doe", "email": f"p{number}@example.org"}
    if len(company.users) > 4:
        profile = fresh(next(one for one in company.profiles if one["name"] == "Standard"))
        profile |= {"id": str(7_300_000_000_000_000_000 + number), "name": f"Own {number}", "default": False}
        profile |= {"display_label": f"Own {number}", "custom": True, "type": "normal_profile"}
        company.profiles.append(profile)
        user["profile"] = {"id": profile["id"], "name": profile["name"]}
        for module in company.modules:
            if module.get("profiles"):
                module["profiles"].append(dict(user["profile"]))
    company.users.append(user)
    return Someone(number, company.key, company.dc, user["email"], [])


def _own_leads(company: Organisation, place: int, staff: int) -> list[str]:
    """A field of Leads that only this person's profile shows, with its value in every lead; and leads to change."""
    user = company.users[len(company.users) - staff + place]
    number = int(user["id"]) % 1000
    name, own = f"Private_{number}", user["profile"]["id"]
    model = fresh(next(one for one in company.fields["Leads"] if one["api_name"] == "City"))
    model |= {"id": str(7_400_000_000_000_000_000 + number), "api_name": name, "field_label": name}
    model |= {"display_label": name, "custom_field": True}
    model["profiles"] = [
        {"id": one["id"], "name": one["name"], "permission_type": "read_write" if one["id"] == own else "hidden"}
        for one in company.profiles
    ]
    company.fields["Leads"].append(model)
    for each in company.layouts["Leads"]:
        each["sections"][0]["fields"].append(fresh(model))
    for record in company.records["Leads"]:
        record[name] = f"zqu{number:02}z"
    layout = company.layouts["Leads"][0]["id"]
    free = [one["id"] for one in company.records["Leads"] if one["Layout"]["id"] == layout and not one["Converted__s"]]
    return free[10 + place :: staff][:20]
