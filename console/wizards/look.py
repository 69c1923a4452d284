"""How somebody looks at a wizard's graph: what the address of its page says, and addresses that say it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from console.wizards.graph import Viewer

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Look:
    """The choices on the page of a graph; each "" when it was not made.

    viewer   "profile-<id>" or "portal-<id>": as whom to look
    arrange  "auto" for the automatic layout; "" for the admin's own positions
    find     words to look for in fields, buttons and screens
    to       key of the screen to which the shortest way is shown
    way      number of a way from the start to a save, from 1
    finding  number of a finding whose path is shown, from 1
    """

    viewer: str = ""
    arrange: str = ""
    find: str = ""
    to: str = ""
    way: str = ""
    finding: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Look:
        found = {key: str(query.get(name, ""))[:_LONGEST].strip() for key, name in _NAMES.items()}
        if found["arrange"] != "auto":
            found["arrange"] = ""
        return cls(**found)

    def but(self, **changes: str) -> Look:
        return replace(self, **changes)

    @property
    def query(self) -> str:
        """The address's part after "?", with it; "" when nothing was chosen."""
        pairs = [(name, value) for key, name in _NAMES.items() if (value := getattr(self, key))]
        return "?" + urlencode(pairs) if pairs else ""

    @property
    def as_whom(self) -> Viewer:
        kind, _, id_ = self.viewer.partition("-")
        return Viewer(profile=id_ if kind == "profile" else "", portal=id_ if kind == "portal" else "")


_NAMES = {"viewer": "as", "arrange": "arrange", "find": "find", "to": "to", "way": "way", "finding": "finding"}


def number(text: str) -> int:
    """A number of the address, from 1; 0 for none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
