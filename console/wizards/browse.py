"""The list of wizards: rows, filters, search. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.conditions import names_of
from console.wizards.finding import ORDER
from crm_client.wizards import Container, Wizard


@dataclass(slots=True)
class Checked:
    """What the last examination said about one wizard: counts by severity, over its layouts."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ORDER, 0))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def shown(self) -> list[tuple[str, int]]:
        """(severity, count) of those there are, worst first."""
        return [(severity, self.counts[severity]) for severity in ORDER if self.counts[severity]]


@dataclass(slots=True)
class LayoutPart:
    """A layout of a wizard. `screens` and `arrows` are None until it was read in full."""

    id: str
    label: str
    screens: int | None
    arrows: int | None


@dataclass(slots=True)
class Row:
    wizard: Wizard
    layouts: list[LayoutPart]
    profiles: list[str]
    checked: Checked | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the list is narrowed to; each "" when it is not."""

    words: str = ""
    module: str = ""
    active: str = ""     # yes, no
    profile: str = ""    # id
    finding: str = ""    # error, warning, note, any, none

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Choice:
        get = query.get
        return cls(str(get("q", ""))[:200].strip(), str(get("module", ""))[:120], str(get("active", ""))[:3],
                   str(get("profile", ""))[:30], str(get("finding", ""))[:10])

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.module or self.active or self.profile or self.finding)


def layouts_of(wizard: Wizard, full: Mapping[tuple[str, str], Container]) -> list[LayoutPart]:
    """The layouts of a wizard with their sizes, from the full form where it is kept, else from the short one."""
    parts = []
    for container in wizard.containers:
        whole = full.get((wizard.id, container.layout_id))
        short = container.screens or (wizard.screens if len(wizard.containers) == 1 else [])
        screens = len(whole.screens) if whole else len(short) or None
        parts.append(LayoutPart(container.layout_id, container.label, screens, len(whole.arrows) if whole else None))
    return parts


def rows(wizards: Sequence[Wizard], full: Mapping[tuple[str, str], Container],
         checked: Mapping[str, Checked]) -> list[Row]:
    """Every wizard, by module and name."""
    made = [
        Row(wizard, layouts_of(wizard, full), names_of(wizard.profiles), checked.get(wizard.id)) for wizard in wizards
    ]
    return sorted(made, key=lambda row: (row.wizard.module_name.casefold(), row.wizard.label.casefold()))


def chosen(listed: Sequence[Row], choice: Choice) -> list[Row]:
    """The rows that the choice leaves."""
    return [row for row in listed if _fits(row, choice)]


def _fits(row: Row, choice: Choice) -> bool:
    wizard = row.wizard
    if choice.module and wizard.module_name != choice.module:
        return False
    if choice.active and (choice.active == "yes") is not bool(wizard.active):
        return False
    if choice.profile and all(ref.id != choice.profile for ref in wizard.profiles or []):
        return False
    if choice.finding and not _has(row.checked, choice.finding):
        return False
    screens = [screen.label for container in wizard.containers for screen in container.screens]
    text = " ".join([
        wizard.label, wizard.name, wizard.id, wizard.module_name, *(part.label for part in row.layouts), *screens,
        wizard.modified_by.name if wizard.modified_by else "",
    ]).casefold()  # fmt: skip
    return all(word in text for word in choice.words.casefold().split())


def _has(checked: Checked | None, finding: str) -> bool:
    if checked is None:
        return False
    if finding == "none":
        return checked.total == 0
    return checked.total > 0 if finding == "any" else checked.counts.get(finding, 0) > 0


def counted(result: Mapping[str, Any]) -> dict[str, Checked]:
    """{wizard id: counts} from the kept result of an examination; what is about the whole wizard counts once."""
    found: dict[str, Checked] = {}
    seen: set[tuple[str, str]] = set()
    for part in result.get("parts", []):
        wizard = str(part.get("wizard", ""))
        mine = found.setdefault(wizard, Checked())
        for item in part.get("findings", []):
            whole = (wizard, item["code"])
            if item["code"] in ("inactive", "no-profiles"):
                if whole in seen:
                    continue
                seen.add(whole)
            mine.counts[item["severity"]] = mine.counts.get(item["severity"], 0) + 1
    return found
