"""The processes of the organisation: as the settings list them, or as they were seen on records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.blueprints import words
from console.blueprints.facts import People
from console.blueprints.gather import REFUSED, SCOPE, forget_refusal, people_of
from console.blueprints.tasks import LOOK_AT_RECORDS, PER_STATE, last_sample, running_sample, sampled
from console.conditions import criteria
from console.costs.price_lists import price_list
from console.http import CrmRequest, needs
from console.jobs import services
from console.jobs.models import Job
from console.parts import part, say_not_refreshed
from crm_client.blueprints import Blueprint
from crm_client.errors import CrmError
from crm_client.modules import Module

PEOPLE = ("ZohoCRM.users.READ", "ZohoCRM.settings.roles.READ", "ZohoCRM.settings.profiles.READ")
AROUND = ("ZohoCRM.settings.fields.READ", "ZohoCRM.settings.pipeline.READ", *PEOPLE)
MODULES = "ZohoCRM.settings.modules.READ"
READ = "ZohoCRM.modules.READ"
COQL = "ZohoCRM.coql.READ"
MOST_AT_ONCE = 20
"""Processes that one click reads in full: a page waits for them."""


@dataclass(slots=True)
class Row:
    """A process of the list.

    looked_at  records that it was put together from; None for a configured one
    is_whole   it was read in full, so that owners and entry criteria are known
    """

    process: Blueprint
    status: str
    owners: str
    entry: str
    looked_at: int | None = None
    job: Job | None = None
    is_whole: bool = False


@require_GET
@needs(SCOPE, MODULES, READ, *PEOPLE)
def blueprint_list(request: CrmRequest) -> HttpResponse:
    context: dict[str, Any] = {"refresh": reverse("blueprints:list_refresh", args=[request.connection.slug])}
    try:
        kept = request.kept.blueprints()
    except REFUSED as exc:
        context |= _from_records(request, exc)
    else:
        people = people_of(request.kept)
        whole = {id_: found for id_ in request.kept.ages("blueprint") if (found := _whole(request, id_))}
        labels = _field_labels(request, list(whole.values()))
        rows = [_row(one, whole.get(one.id), people, labels) for one in kept.value]
        rows.sort(key=lambda row: (row.status != "active", row.process.module_name, row.process.label.casefold()))
        unread = [row for row in rows if not row.is_whole and row.process.id]
        context |= {"kept": kept, "rows": rows, "unread": len(unread), "most": MOST_AT_ONCE}
    return render(request, "blueprints/list.html", context)


def _row(one: Blueprint, whole: Blueprint | None, people: People, labels: dict[str, dict[str, str]]) -> Row:
    """A line of the list; owners and entry criteria are not in it, but in the process itself."""
    full = whole or one
    known = labels.get(one.module_name, {})
    entry = criteria(full.entry_criteria, lambda name: known.get(name, name))
    owners = words.owners(full.owners, people) if full.owners else ""
    return Row(one, words.STATUSES.get(one.status, one.status), owners, entry, is_whole=whole is not None)


def _whole(request: CrmRequest, id_: str) -> Blueprint | None:
    """The kept copy of a process in full; nothing is asked of the CRM."""
    kept = request.kept.known("blueprint", id_)
    return kept.value[0] if kept and kept.value else None


def _field_labels(request: CrmRequest, processes: list[Blueprint]) -> dict[str, dict[str, str]]:
    """{module: {API name: label}} of the fields that are kept already; nothing is asked of the CRM for them."""
    found = {}
    for module in {one.module_name for one in processes if one.entry_criteria is not None}:
        kept = request.kept.known("fields", module)
        found[module] = {one.api_name: one.label for one in kept.value} if kept else {}
    return found


def _from_records(request: CrmRequest, refused: CrmError) -> dict[str, Any]:
    """What was seen on records, and the form that looks at them."""
    rows = [
        Row(seen.process, words.STATUSES["seen"], "", "", seen.looked_at, job)
        for job in last_sample(request.connection, request.user)
        for seen in sampled(job)
    ]
    modules = part(request.kept.modules)
    return {
        "refused": refused,
        "rows": rows,
        "looks": last_sample(request.connection, request.user),
        "running": running_sample(request.connection, request.user),
        "modules": [one for one in (modules.kept.value if modules.kept else []) if _may_have_blueprints(one)],
        "no_modules": modules.problem,
        "per_state": PER_STATE,
        "price": price_list(request.connection).price("GET", "/Leads/1/actions/blueprint"),
    }


def _may_have_blueprints(module: Module) -> bool:
    """v7 does not say which modules have blueprints, so there all that have records are offered."""
    return module.api_supported is not False and module.raw.get("isBlueprintSupported") is not False


@require_POST
@needs(SCOPE)
def blueprint_list_refresh(request: CrmRequest) -> HttpResponse:
    forget_refusal(request.connection)
    try:
        problem = request.kept.blueprints(refresh=True).problem
    except REFUSED:
        problem = None  # the list says so itself
    if problem:
        say_not_refreshed(request, problem)
    return redirect("blueprints:list", request.connection.slug)


@require_POST
@needs(SCOPE)
def blueprint_list_read(request: CrmRequest) -> HttpResponse:
    """Reads the processes that were not read in full yet, a call for each."""
    known = request.kept.ages("blueprint")
    left = [one.id for one in request.kept.blueprints().value if one.id and one.id not in known]
    for id_ in left[:MOST_AT_ONCE]:
        request.kept.blueprint(id_)
    return redirect("blueprints:list", request.connection.slug)


@require_POST
@needs(READ, COQL, MODULES, "ZohoCRM.settings.fields.READ")
def look_start(request: CrmRequest) -> HttpResponse:
    """Looks at records of a module, so that its processes can be put together from them."""
    wanted = str(request.POST.get("module", ""))[:120]
    module = next((one for one in request.kept.modules().value if one.api_name == wanted), None)
    if module is None:
        raise Http404("no such module")
    number = str(request.POST.get("per_state", ""))
    per_state = next((one for one in PER_STATE if str(one) == number), PER_STATE[0])
    title = f"Look at records of {module.plural_label or module.api_name} for their blueprints"
    params = {"module": module.api_name, "per_state": per_state}
    services.start(request.connection, request.user, LOOK_AT_RECORDS, title[:255], params)
    return redirect("blueprints:list", request.connection.slug)
