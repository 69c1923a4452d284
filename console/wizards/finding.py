"""One finding: what is wrong, where, why it matters, what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ORDER = ("error", "warning", "note")
"""Severities, worst first: a user gets stuck or loses work; a user is led astray; worth knowing."""


@dataclass(slots=True)
class Finding:
    """A sentence about one place in a wizard.

    code      a key of findings.CODES
    screen    key of the screen it is about; "" when it is about the wizard as a whole
    steps     ids of the arrows that show it, in order: a path, a loop, one arrow
    """

    code: str
    severity: str
    sentence: str
    why: str
    todo: str
    screen: str = ""
    screen_label: str = ""
    steps: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)  # labels of the screens along `steps`

    def as_json(self) -> dict[str, Any]:
        """Plain values, as a job's result keeps them."""
        return {
            "code": self.code, "severity": self.severity, "sentence": self.sentence, "why": self.why, "todo": self.todo,
            "screen": self.screen, "screen_label": self.screen_label, "steps": self.steps, "path": self.path,
        }  # fmt: skip


def of_json(raw: dict[str, Any]) -> Finding:
    return Finding(**{key: raw[key] for key in Finding.__slots__ if key in raw})
