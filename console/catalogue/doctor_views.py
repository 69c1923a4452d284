"""The doctor: what the granted scopes allow, what not and why, and the way to get the rest."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from console.catalogue.lines import Line, Lines
from console.catalogue.needed import exactly, fewest
from console.catalogue.pages import ConsolePage, needs_of, pages
from console.catalogue.prepared import catalogue_of, version_of
from console.connections.local_paths import local_path
from console.connections.scopes import SCOPE_WORDS, WRITE_SCOPES, may_write
from console.http import CrmRequest, needs
from crm_client.errors import CrmError
from crm_client.scopes import covers, is_known, missing, spelled

MOST_TICKED = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A scope that is asked about: its words, whether it is granted, whether Zoho's pages know it."""

    scope: str
    words: str
    granted: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """A page of the console and what it lacks."""

    page: ConsolePage
    lacks: list[str]


@dataclass(frozen=True, slots=True)
class Area:
    """A resource of the API: how many of its operations the granted scopes allow, and which scopes the rest needs."""

    group: str
    works: int
    all: int
    lacks: list[str]


@require_GET
@needs()
def doctor(request: CrmRequest) -> HttpResponse:
    """What works and what does not, by page and by API; `scope`, `op` and `next` choose what to ask consent for."""
    granted = request.connection.scope_list
    return_to = local_path(request.GET.get("next", ""))
    lines, problem = _lines(request)
    ticked = [line for key in request.GET.getlist("op")[:MOST_TICKED] if lines and (line := lines.by_key.get(key))]
    verdicts = [Verdict(page, missing(granted, page.needs)) for page in pages()]
    asked = [spelled(scope) or scope[:128] for scope in request.GET.getlist("scope")[:MOST_TICKED]]
    asked += needs_of(return_to)
    chosen = exactly([*asked, *(line.scope for line in ticked)])
    of_pages = exactly(scope for verdict in verdicts for scope in verdict.lacks if scope not in WRITE_SCOPES)
    context = {
        "chosen": [_wanted(scope, granted) for scope in chosen],
        "ask_chosen": _askable(chosen, granted),
        "ticked": ticked,
        "fewest": fewest(line.scope for line in ticked) if ticked else [],
        "exact": exactly(line.scope for line in ticked),
        "ask_pages": _askable(of_pages, granted),
        "may_write": may_write(granted),
        "return_to": return_to if return_to != "/" else request.path,
        "rooms": _by_room(verdicts),
        "broken": sum(bool(verdict.lacks) for verdict in verdicts),
        "pages": len(verdicts),
        "areas": _areas(lines, granted) if lines else [],
        "problem": problem,
        "granted": granted,
        "catalogue": reverse("catalogue:list", args=[request.connection.slug]),
    }
    return render(request, "catalogue/doctor.html", context)


def _lines(request: CrmRequest) -> tuple[Lines | None, CrmError | None]:
    """The catalogue, or why it cannot be read: the doctor works without."""
    try:
        return catalogue_of(request, version_of(request.GET.get("version", ""), request.connection)).lines, None
    except CrmError as exc:
        return None, exc


def _wanted(scope: str, granted: list[str]) -> Wanted:
    return Wanted(scope, SCOPE_WORDS.get(scope, ""), covers(granted, scope), is_known(scope))


def _askable(scopes: list[str], granted: list[str]) -> list[str]:
    """The missing ones that Zoho knows: one that it does not would make the whole sign-in fail."""
    return [scope for scope in missing(granted, scopes) if is_known(scope)]


def _by_room(verdicts: list[Verdict]) -> list[tuple[str, list[Verdict], list[Verdict]]]:
    """(room, its pages, those of them that lack a scope)"""
    rooms: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        rooms.setdefault(verdict.page.room, []).append(verdict)
    return [(room, all_of_it, [one for one in all_of_it if one.lacks]) for room, all_of_it in rooms.items()]


def _areas(lines: Lines, granted: list[str]) -> list[Area]:
    known = {scope: covers(granted, scope) for scope in {line.scope for line in lines.all}}
    groups: dict[str, list[Line]] = {}
    for line in lines.all:
        groups.setdefault(line.group, []).append(line)
    return [
        Area(
            group, sum(known[line.scope] for line in members), len(members),
            exactly({line.scope for line in members if not known[line.scope]}),
        )
        for group, members in groups.items()
    ]  # fmt: skip
