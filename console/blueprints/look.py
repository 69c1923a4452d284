"""How somebody looks at the map of a process: what the address of its page says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Look:
    """The choices on the page of a map.

    is_auto  the automatic layout instead of the canvas's own places
    finding  number of the finding that is shown, from 1; 0 for none
    """

    is_auto: bool = False
    finding: int = 0

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Look:
        number = str(query.get("finding", ""))
        is_number = number.isascii() and number.isdigit() and len(number) < 7
        return cls(str(query.get("arrange", "")) == "auto", int(number) if is_number else 0)

    @property
    def query(self) -> str:
        """The address's part after "?", with it; "" when nothing was chosen."""
        pairs = [("arrange", "auto")] if self.is_auto else []
        pairs += [("finding", str(self.finding))] if self.finding else []
        return "?" + urlencode(pairs) if pairs else ""
