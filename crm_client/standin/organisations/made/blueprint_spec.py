"""The words in which the made processes are described: a state, a transition, a process, a record that is stuck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StateSpec:
    """A state. `value` is the picklist's actual value."""

    value: str
    days: float = 5  # that records usually stay
    overdue: str = ""  # escalation, such as "2 days"
    rests: bool = True  # False: records pass through, and only planted ones are found here
    fill: Mapping[str, Any] = field(default_factory=dict)  # values of records that rest here, where they have none


@dataclass(frozen=True, slots=True)
class TransitionSpec:
    """A transition from one state or, parted by "|", from several (a common one).

    inputs   parted by "; ": "Phone" a field, "~notes", "~attachment", "~tags", "~info:text", "~checklist:one|two",
             "~widget:Name", "~related:Tasks"; a "!" makes it mandatory, "Amount! ? Amount > 0 : Message" checks it
    owners   parted by "; ": "record_owner", "users:Dora,Bob", "roles:CEO", "profiles:sales"; "users:-" is somebody who
             has gone
    after    an automatic one's wait, such as "14 days"
    """

    name: str
    source: str
    target: str
    when: str = ""
    inputs: str = ""
    owners: str = ""
    after: str = ""
    children: tuple[TransitionSpec, ...] = ()
    actions: str = ""  # "email_notifications:Tell the customer; tasks:Call"
    colour: str = "#2C73D2"


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A process; the first state is where it begins. `plants` are the findings it must give: "code@Name_of_it"."""

    name: str
    module: str
    layout: str
    field: str
    states: tuple[StateSpec, ...]
    transitions: tuple[TransitionSpec, ...]
    status: str = "active"
    continuous: bool = False
    pipeline: str = ""
    owners: str = "record_owner"
    entry: str = ""
    description: str | None = None
    plants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StuckSpec:
    """A record that cannot go on: which, in which state, why, and what makes it so."""

    number: int
    state: str
    reason: str  # criteria, inputs, profile, owner, locked, waiting, parallel, other_process
    values: Mapping[str, Any] = field(default_factory=dict)
    partial: str = ""  # transition that was saved in part
    done: tuple[str, ...] = ()  # children that are done
    process: str = ""  # another process than the active one
    owner: int | None = None  # who owns it: place in `company.people`
