"""The way somebody walked from record to record, carried in the address: "Leads.5590…~Accounts.5590…". Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from crm_client.values import is_api_name, is_id

MOST = 6
LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Step:
    module: str
    id: str


@dataclass(frozen=True, slots=True)
class Walk:
    """The records that were passed, oldest first."""

    steps: tuple[Step, ...] = ()

    @classmethod
    def read(cls, text: str) -> Walk:
        """The way in an address; what is no record's place is left out. Never raises."""
        found = []
        for part in text[:LONGEST].split("~"):
            module, _, id_ = part.partition(".")
            if is_api_name(module) and is_id(id_):
                found.append(Step(module, id_))
        return cls(tuple(found[-MOST:]))

    def then(self, module: str, id_: str) -> Walk:
        """The way on from a record; one that was passed before is gone back to."""
        here = Step(module, id_)
        steps = self.steps[: self.steps.index(here)] if here in self.steps else self.steps
        return Walk((*steps, here)[-MOST:])

    def before(self, module: str, id_: str) -> Walk:
        """The way that led to a record: up to it, when it was passed before."""
        here = Step(module, id_)
        return Walk(self.steps[: self.steps.index(here)]) if here in self.steps else self

    def query(self) -> str:
        """ "?from=…", or "" at the beginning."""
        text = "~".join(f"{step.module}.{step.id}" for step in self.steps)
        return f"?from={quote(text, safe='~.')}" if text else ""

    def crumbs(self, records: str) -> list[tuple[str, str, str]]:
        """(module, id, address) of each record passed.

        records  the address of the room
        """
        return [
            (step.module, step.id, f"{records}{step.module}/{step.id}/{Walk(self.steps[:number]).query()}")
            for number, step in enumerate(self.steps)
        ]
