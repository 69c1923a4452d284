"""The organisation at a glance."""

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.views.decorators.http import require_GET, require_POST

from console.costs.allowance import allowance
from console.costs.ledger import Book, span_of
from console.home.access import access
from console.http import CrmRequest, needs, scopes_needed_by
from console.jobs.models import Job
from console.metadata.kept import Kept
from console.parts import Part, part, say_not_refreshed
from console.submissions.models import Submission, SubmissionQuerySet
from crm_client.modules import Module

_PAGES = (
    ("Home", "home:index", ()),
    ("Modules", "modules:list", ()),
    ("Fields", "modules:fields", ("Leads",)),
    ("Layouts", "modules:layouts", ("Leads",)),
    ("Related lists", "modules:related_lists", ("Leads",)),
    ("Custom views", "modules:custom_views", ("Leads",)),
    ("Field workbook", "modules:fetch_everything", ()),
    ("Records", "records:detail", ("Leads", "1")),
    ("Queries (COQL)", "records:coql_run", ()),
    ("Wizards", "wizards:check_start", ()),
    ("Blueprints", "blueprints:numbers", ("1",)),
    ("API catalogue", "catalogue:list", ()),
)
"""What the console does by reading, in words; the view that needs most for it, and arguments that make an address."""

_RECENT = 4

_KINDS = {
    "default": "standard",
    "custom": "custom",
    "subform": "subforms",
    "linking": "linking",
    "web": "web tabs",
    "field_tracker": "field trackers",
}


@require_GET
@needs("ZohoCRM.org.READ", "ZohoCRM.users.READ", "ZohoCRM.settings.modules.READ")
def index(request: CrmRequest) -> HttpResponse:
    """Each part that cannot be read says so in its place."""
    org = part(request.kept.org)
    person = part(request.kept.current_user)
    modules = part(request.kept.modules)
    allowed = access(request.connection.scope_list, _needs())
    spent, _ = Book(request.connection, request.user, span_of("day")).total()
    return render(
        request,
        "home/index.html",
        {
            "org": org,
            "person": person,
            "modules": modules,
            "kinds": _kinds(modules.kept.value) if modules.kept else [],
            "hidden": sum(module.status != "visible" for module in modules.kept.value) if modules.kept else 0,
            "allowed": allowed,
            "lacks": sorted({scope for page in allowed for scope in page.lacks}),
            "oldest": _oldest([org, person, modules]),
            "spent": spent,
            "allowance": allowance(org.kept.value.license_details) if org.kept else None,
            "open": list(_mine(request).exclude(state=Submission.State.DONE)[:_RECENT]),
            "jobs": list(Job.objects.for_user(request.user).filter(connection=request.connection)[:_RECENT]),
        },
    )


@require_POST
@needs("ZohoCRM.org.READ", "ZohoCRM.users.READ", "ZohoCRM.settings.modules.READ")
def refresh(request: CrmRequest) -> HttpResponse:
    """Asks the CRM again for every part; what fails keeps its older copy."""
    kept = request.kept
    reads: list[Callable[..., Kept[Any]]] = [kept.org, kept.current_user, kept.modules]
    told = set()  # one of a kind: a CRM that is down is said once, not for each part
    for read in reads:
        found = part(lambda read=read: read(refresh=True))  # type: ignore[misc]
        problem = found.problem or (found.kept and found.kept.problem)
        if not problem or problem.message_code in told:
            continue
        told.add(problem.message_code)
        if found.kept:
            say_not_refreshed(request, problem)
        else:
            messages.error(request, f"{problem.sentence()} {problem.next_step}", problem.message_code)
    return redirect("home:index", request.connection.slug)


def _mine(request: CrmRequest) -> SubmissionQuerySet:
    return Submission.objects.for_user(request.user).of_organisation(request.connection)


@functools.cache
def _needs() -> dict[str, tuple[str, ...]]:
    """{page: the scopes that its view declares}"""
    return {page: scopes_needed_by(resolve(reverse(name, args=["any", *args])).func) for page, name, args in _PAGES}


def _kinds(modules: Sequence[Module]) -> list[tuple[str, str, int]]:
    """(the CRM's word, ours, how many), the known kinds first."""
    counts = Counter(module.generated_type for module in modules)
    values = [kind for kind in _KINDS if counts[kind]] + sorted(kind for kind in counts if kind not in _KINDS)
    return [(kind, _KINDS.get(kind, kind or "not said"), counts[kind]) for kind in values]


def _oldest(parts: Sequence[Part[Any]]) -> Kept[Any] | None:
    """The oldest copy on the page: its age is the page's."""
    kept = [one.kept for one in parts if one.kept]
    return min(kept, key=lambda one: one.fetched_at, default=None)
