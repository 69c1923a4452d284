"""A process as its engine needs it: states, ways out of each, children of parallel transitions. Pure.

Read from what GET /settings/blueprints/{id} gives; nothing in it is trusted, because a saved or damaged organisation
may hold anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts

SECONDS = {
    "minutes": 60, "hours": 3600, "days": 86_400, "business_hours": 3600, "business_days": 86_400,
    "b_hours": 3600, "b_days": 86_400,
}  # fmt: skip
"""Of one period. unverified: a business hour counts as any other hour here, a business day as any other day."""


@dataclass(frozen=True, slots=True)
class Way:
    """A transition out of a state, and where it leads."""

    transition: JSON
    target: str  # api_name of the state

    @property
    def id(self) -> str:
        return str(self.transition.get("id"))

    @property
    def is_automatic(self) -> bool:
        return self.transition.get("trigger_type") == "automatic"

    @property
    def is_parallel(self) -> bool:
        return self.transition.get("transition_type") == "parallel_transition"

    @property
    def is_child(self) -> bool:
        return self.transition.get("transition_type") == "child_transition"

    @property
    def parent_id(self) -> str:
        parent = self.transition.get("parent_transition")
        return str(parent.get("id")) if self.is_child and isinstance(parent, dict) else ""

    @property
    def wait_s(self) -> float:
        """Seconds in the state until an automatic one runs."""
        return seconds_of(self.transition.get("timebox")) or 0.0


@dataclass(slots=True)
class Process:
    """One process of `blueprint_settings`, ready to be run."""

    raw: JSON
    states: dict[str, JSON]  # by api_name
    ways: dict[str, list[Way]]  # by the state's api_name, children of parallel transitions behind their parent

    @classmethod
    def of(cls, raw: JSON) -> Process:
        """The process that an object of `blueprint_settings` describes."""
        states = {str(state.get("api_name")): state for state in dicts(raw.get("states"))}
        transitions = {str(one.get("api_name")): one for one in dicts(raw.get("transitions"))}
        children: dict[str, list[JSON]] = {}
        for one in transitions.values():
            parent = Way(one, "").parent_id
            if parent:
                children.setdefault(parent, []).append(one)
        ways: dict[str, list[Way]] = {}
        for connection in dicts(raw.get("connections")):
            source, target = _state(connection.get("source")), _state(connection.get("target"))
            transition = transitions.get(_name(connection.get("transition")))
            if source in states and target in states and transition is not None:
                listed = ways.setdefault(source, [])
                way = Way(transition, target)
                # a child leaves the record where it is; its parent moves it on
                listed += [way, *(Way(child, source) for child in children.get(way.id, ()))]
        return cls(raw, states, ways)

    @property
    def id(self) -> str:
        return str(self.raw.get("id"))

    @property
    def name(self) -> str:
        return str(self.raw.get("name"))

    @property
    def module(self) -> str:
        """api_name of the module."""
        return _name(self.raw.get("module"))

    @property
    def layout_id(self) -> str:
        layout = self.raw.get("layout")
        return str(layout.get("id") or "") if isinstance(layout, dict) else ""

    @property
    def field(self) -> str:
        """api_name of the state field."""
        return _name(self.raw.get("field"))

    @property
    def is_active(self) -> bool:
        return self.raw.get("status") == "active"

    @property
    def is_continuous(self) -> bool:
        return self.raw.get("continuous") is True

    def state_named(self, value: Any) -> str:
        """api_name of the state whose picklist value a record holds; "" when it is none of this process."""
        for api_name in self.states:
            if self.value(api_name) == value:
                return api_name
        return ""

    def value(self, state: str) -> str:
        """The picklist value of a state."""
        told = self.states.get(state, {}).get("pick_list_value")
        return str(told.get("actual_value")) if isinstance(told, dict) else ""

    def leaving(self, state: str) -> list[Way]:
        """Every transition that can begin in a state; none in a process that is not active."""
        return self.ways.get(state, []) if self.is_active else []

    def is_end(self, state: str) -> bool:
        """Whether a record that gets here leaves the process.

        unverified: a state without a way out is an end, unless it escalates: somebody then expects the record to go on.
        """
        return not self.ways.get(state) and not self.states.get(state, {}).get("state_escalation")

    def overdue_after_s(self, state: str) -> float | None:
        """Seconds after which a record in this state is overdue; None: never."""
        return seconds_of(self.states.get(state, {}).get("state_escalation"))


def seconds_of(span: Any) -> float | None:
    """Seconds of {"period", "value"}; None for what is no stretch of time."""
    if not isinstance(span, dict):
        return None
    value, unit = span.get("value"), SECONDS.get(str(span.get("period")))
    return float(value) * unit if isinstance(value, int | float) and unit is not None else None


def _name(value: Any) -> str:
    return str(value.get("api_name") or "") if isinstance(value, dict) else ""


def _state(end: Any) -> str:
    return _name(end.get("state")) if isinstance(end, dict) else ""
