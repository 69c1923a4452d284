"""What one may choose on the catalogue's page, and the lines that are left. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from console.catalogue.lines import Line, Lines, is_in_area
from console.choices import Choice, read
from console.exports import Table

CREDITS = {
    "one": "1 credit",
    "more": "more than 1",
    "range": "a range",
    "unsaid": "not said",
}
ACCESS = {"yes": "granted", "no": "not granted"}
LISTS = ("method", "area", "module", "credits", "access", "version", "differs")


def read_choice(query: Mapping[str, Sequence[str]]) -> Choice:
    """The choice in the address of the catalogue; one value per filter but for the methods."""
    return read(query, lists=LISTS, flags=(), sorts=(), columns=())


def filtered(lines: Lines, choice: Choice, allows: Callable[[str], bool]) -> list[Line]:
    """The lines that the choice leaves.

    allows  whether the connection's scopes cover the one given
    """
    picked = choice.picked
    found = lines.all
    if methods := picked.get("method"):
        found = [line for line in found if line.method in methods]
    if areas := picked.get("area"):
        inside = {area for area in lines.areas if any(is_in_area(area, wanted) for wanted in areas)}
        found = [line for line in found if line.area in inside]
    if modules := picked.get("module"):
        found = [line for line in found if line.module in modules]
    if credits_ := picked.get("credits"):
        found = [line for line in found if _costs(line) in credits_ or (_costs(line) == "range" and "more" in credits_)]
    if "differs" in picked:
        found = [line for line in found if line.differs]
    if access := picked.get("access"):
        known = {scope: "yes" if allows(scope) else "no" for scope in {line.scope for line in found}}
        found = [line for line in found if known[line.scope] in access]
    for word in choice.words.casefold().split():
        found = [line for line in found if word in line.text]
    return list(found)


def _costs(line: Line) -> str:
    if line.lowest is None or line.highest is None:
        return "unsaid"
    if line.lowest != line.highest:
        return "range"
    return "one" if line.highest <= 1 else "more"


def grouped(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """The lines under their resources, in order."""
    groups: list[tuple[str, list[Line]]] = []
    for line in lines:
        if not groups or groups[-1][0] != line.group:
            groups.append((line.group, []))
        groups[-1][1].append(line)
    return groups


def table(lines: Sequence[Line], title: str) -> Table:
    """The list ready for a download."""
    return Table(
        title,
        ["group", "method", "path", "oauth_scope", "min_credits", "max_credits", "versions", "differs"],
        ["Resource", "Method", "Path", "Scope", "Lowest price", "Highest price", "Versions", "What differs"],
        [
            [line.group, line.method, line.path, line.scope, line.lowest, line.highest,
             " ".join(f"v{version}" for version in line.versions), line.differs]
            for line in lines
        ],
    )  # fmt: skip
