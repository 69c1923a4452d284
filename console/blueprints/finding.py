"""One finding about a process: what is wrong, where, why it matters, what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ORDER = ("error", "warning", "note")
"""Severities, worst first: records get stuck; people are led astray; worth knowing."""


@dataclass(slots=True)
class Finding:
    """A sentence about one place in a process.

    code    a key of findings.CODES
    state   key of the state it is about, transition likewise; both "": the process as a whole
    label   of that state, transition or value
    steps   ids of the arrows that show it
    """

    code: str
    severity: str
    sentence: str
    why: str
    todo: str
    label: str = ""
    state: str = ""
    transition: str = ""
    steps: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}
