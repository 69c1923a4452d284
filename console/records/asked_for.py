"""How somebody wants a record written: the options of the CRM's call, as the form posts them. Pure.

source  zoho.com/crm/developer/docs/api/v8/insert-records.html (trigger, lar_id, apply_ and skip_feature_execution)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm_client.values import is_id
from crm_client.writes import WriteOptions

TRIGGERS = {
    "workflow": "Workflow rules",
    "approval": "Approval processes",
    "blueprint": "Blueprints",
    "pathfinder": "Journeys (PathFinder)",
    "orchestration": "Orchestration",
}
"""What may run after a record is written, in the CRM's words."""


@dataclass(frozen=True, slots=True)
class AskedFor:
    """Options beside the values.

    run          all (the CRM's own way), some (of `triggers`) or none
    in_approval  the record is made in approval mode ($approved: false)
    """

    run: str = "all"
    triggers: tuple[str, ...] = ()
    rule: str = ""
    layout_rules: bool = False
    no_cadences: bool = False
    in_approval: bool = False

    @classmethod
    def read(cls, posted: Mapping[str, Sequence[str]]) -> AskedFor:
        """What was posted; what is unknown is left out. Never raises."""

        def last(name: str) -> str:
            return (posted.get(name) or [""])[-1]

        rule = last("_lar_id")
        return cls(
            last("_run") if last("_run") in ("all", "some", "none") else "all",
            tuple(name for name in TRIGGERS if name in posted.get("_trigger", ())),
            rule if is_id(rule) else "",
            last("_layout_rules") == "1",
            last("_no_cadences") == "1",
            last("_in_approval") == "1",
        )

    @property
    def is_usual(self) -> bool:
        return self == AskedFor()

    def options(self, if_unmodified_since: str | None = None) -> WriteOptions:
        trigger = {"all": None, "some": list(self.triggers), "none": []}[self.run]
        return WriteOptions(
            trigger=trigger,
            lar_id=self.rule or None,
            apply_feature_execution=["layout_rules"] if self.layout_rules else [],
            skip_feature_execution=["cadences"] if self.no_cadences else [],
            if_unmodified_since=if_unmodified_since,
        )

    def ticks(self) -> list[tuple[str, str, bool]]:
        """(name, words, is it ticked) of each trigger."""
        return [(name, words, name in self.triggers) for name, words in TRIGGERS.items()]


@dataclass(slots=True)
class Act:
    """What the page is asked to do: "send", or "check", which sends nothing. `warned`: the warnings were seen."""

    send: bool = False
    warned: bool = False
    asked_for: AskedFor = field(default_factory=AskedFor)

    @classmethod
    def read(cls, posted: Mapping[str, Sequence[str]]) -> Act:
        return cls("send" in posted.get("_do", ()), "1" in posted.get("_warned", ()), AskedFor.read(posted))
