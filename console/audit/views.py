"""Who did what: the audit as a page and as a file. In an organisation, and for one's own acts outside of any."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from console.audit.models import Entry
from console.audit.search import Wanted, offered, visible_to
from console.audit.words import action_words, detail_words
from console.downloads import download
from console.exports import Table
from console.http import CrmRequest, needs, wants_partial
from console.paging import SIZE, Pages
from crm_client.errors import CrmError

MOST_EXPORTED = 50_000
_ADMINISTRATORS = "Administrator"  # the CRM's own standard profile; it can be neither renamed nor narrowed
_ASK_AGAIN = timedelta(days=1)
# The pages that particulars are about, by the names of their addresses: this hall is below theirs.
_PAGES = {"submission": "submissions:detail", "job": "jobs:detail"}
_COLUMNS = (
    ("id", "Entry"), ("at", "When (UTC)"), ("person", "Person"), ("identity", "Identity"), ("action", "Action"),
    ("dc", "Data centre"), ("zgid", "Organisation id"), ("connection", "Connection"), ("address", "From"),
    ("detail", "Particulars"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page shows it."""

    entry: Entry
    action: str
    organisation: str
    detail: list[tuple[str, str, str]]  # name, text, address of the page about it or ""


@require_GET
@needs("ZohoCRM.users.READ")
def entry_list(request: HttpRequest) -> HttpResponse:
    """Acts in this console: one's own, and of everybody in an organisation that one administers"""
    mine, is_administrator = _visible(request)
    wanted = Wanted.read(dict(request.GET.lists()))
    found = wanted.found_in(mine)
    here, names = _here(request, "list"), _names(request)
    who, slugs = cast(Any, request.user).identity, _slugs(request)
    shown, pages = _cut(found, wanted, lambda query: f"{here}?{query}" if query else here)
    context = {
        "here": here,
        "download": _here(request, "download", "csv").removesuffix(".csv"),
        "query": wanted.query(),
        "wanted": wanted,
        "lines": [_line(entry, names, who, slugs) for entry in shown],
        "pages": pages,
        "most_exported": MOST_EXPORTED,
        "is_administrator": is_administrator,
    }
    if wants_partial(request):
        return render(request, "audit/_table.html", context)
    context["people"] = [(name, name == wanted.person) for name in offered(mine, "person")]
    context["actions"] = [(one, action_words(one), one == wanted.action) for one in offered(mine, "action")]
    context["places"] = [(f"{dc}:{zgid}", name, f"{dc}:{zgid}" == wanted.where) for (dc, zgid), name in names.items()]
    return render(request, "audit/list.html", context)


@require_GET
@needs("ZohoCRM.users.READ")
def entry_download(request: HttpRequest, form: str) -> HttpResponse:
    """The acts found, as csv, json or md"""
    mine, _ = _visible(request)
    found = Wanted.read(dict(request.GET.lists())).found_in(mine)
    keys, titles = zip(*_COLUMNS, strict=True)
    rows = [
        (number, at.isoformat(), *texts, json.dumps(detail, ensure_ascii=False, sort_keys=True))
        for number, at, *texts, detail in found.values_list(*keys)[:MOST_EXPORTED]
    ]
    return download(request, Table("Audit", keys, titles, rows), form, "audit", f"{timezone.now():%Y-%m-%d}")


def _visible(request: HttpRequest) -> tuple["QuerySet[Entry]", bool]:
    """The entries this person may see, and whether they are also those of others."""
    person = cast(Any, request.user)
    connection = getattr(request, "connection", None)
    if connection is None or not _administers(cast(CrmRequest, request)):
        return visible_to(person), False
    return visible_to(person, connection), True


def _administers(request: CrmRequest) -> bool:
    """Whether the CRM itself says so, today: rights that were taken away there end here within a day."""
    try:
        user = request.kept.current_user()
        if timezone.now() - user.fetched_at > _ASK_AGAIN:
            user = request.kept.current_user(refresh=True)
    except CrmError:
        return False
    profile = user.value.profile
    return user.problem is None and profile is not None and profile.name == _ADMINISTRATORS


def _names(request: HttpRequest) -> dict[tuple[str, str], str]:
    """The person's organisations by data centre and zgid; other people's are shown by their numbers."""
    mine = cast(Any, request.user).connections.order_by("org_name", "environment")
    return {(one.dc, one.zgid): f"{one.org_name} ({one.environment})" for one in mine}


def _here(request: HttpRequest, name: str, *arguments: str) -> str:
    connection = getattr(request, "connection", None)
    if connection is None:
        return reverse(f"own_audit:{name}", args=arguments)
    return reverse(f"audit:{name}", args=[connection.slug, *arguments])


def _cut(found: "QuerySet[Entry]", wanted: Wanted, address: Callable[[str], str]) -> tuple["QuerySet[Entry]", Pages]:
    """One page of the entries, cut by the database: there may be a hundred thousand."""
    total = found.count()
    count = max(1, -(-total // SIZE))
    number = min(wanted.page, count)
    pages = Pages(
        number,
        count,
        total,
        "entries",
        "entries",
        previous=address(wanted.query(number - 1)) if number > 1 else "",
        next=address(wanted.query(number + 1)) if number < count else "",
    )
    return found[(number - 1) * SIZE : number * SIZE], pages


def _line(entry: Entry, names: dict[tuple[str, str], str], identity: str, slugs: set[str]) -> Line:
    organisation = names.get((entry.dc, entry.zgid)) or (f"{entry.dc} {entry.zgid}".strip())
    detail = [(name, text, "") for name, text in detail_words(entry.detail)]
    if entry.identity == identity and entry.connection in slugs:  # others' pages are as if absent (D20)
        detail = [(name, text, _page_about(entry.connection, name, text)) for name, text, _ in detail]
    return Line(entry, action_words(entry.action), organisation, detail)


def _slugs(request: HttpRequest) -> set[str]:
    """The connections whose pages open to who looks."""
    person = cast(Any, request.user)
    mine = getattr(request, "connections", None)
    return {one.slug for one in (person.connections.for_user(person) if mine is None else mine)}


def _page_about(slug: str, name: str, text: str) -> str:
    try:
        return reverse(_PAGES[name], args=[slug, text]) if name in _PAGES else ""
    except NoReverseMatch:  # it names none
        return ""
