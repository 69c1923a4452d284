"""From the path of a call to the endpoint that the catalogue lists. Pure."""

from __future__ import annotations

import re

LONGEST = 200
_ID = re.compile(r"[0-9]+|[A-Za-z0-9]{40,}", re.ASCII)


def endpoint_of(path: str) -> str:
    """The path with every id replaced, so that calls of one kind count together: "/Leads/4150/photo" ->
    "/Leads/{{id}}/photo"."""
    parts = ["{{id}}" if _ID.fullmatch(part) else part for part in path.split("/")]
    return "/".join(parts)[:LONGEST]
