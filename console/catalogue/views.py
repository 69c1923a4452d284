"""The list of the CRM's APIs, one operation of it, and the CRM's own filter."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from console.catalogue import browse, recipes
from console.catalogue.cells import Table
from console.catalogue.lines import Line, lines_of
from console.catalogue.prepared import BOTH, Catalogue, catalogue_of, numbers_of, version_of
from console.choices import Choice
from console.connections import table
from console.costs.price_lists import price_list
from console.downloads import download
from console.http import CrmRequest, needs, wants_partial
from console.paging import cut
from console.parts import say_not_refreshed
from crm_client.apis import METHOD, MODULE, SCOPE, Filter, explained
from crm_client.errors import CrmError
from crm_client.scopes import covers

APIS = "ZohoCRM.apis.READ"
LONGEST_FILTER = 2000
_FIELDS = {SCOPE: "scope area", METHOD: "method", MODULE: "module"}


@require_GET
@needs(APIS)
def operation_list(request: CrmRequest) -> HttpResponse:
    """All operations, filtered here on the kept list."""
    choice = browse.read_choice(dict(request.GET.lists()))
    catalogue, found = _found(request, choice)
    here = reverse("catalogue:list", args=[request.connection.slug])
    shown, pages = cut(
        found, choice.page, choice.everything, lambda page: choice.address(here, page=page), "operations", "operations"
    )
    context = {
        "here": here,
        "choice": choice,
        "query": choice.query(page=1),
        "version": catalogue.version,
        "is_both": catalogue.version == BOTH,
        "kept": catalogue.kept,
        "refresh": f"{reverse('catalogue:refresh', args=[request.connection.slug])}?{choice.query()}",
        "groups": _groups(request, shown, catalogue.version, can_tick=True, is_both=catalogue.version == BOTH),
        "pages": pages,
        "found": len(found),
        "is_filtered": bool(choice.words or set(choice.picked) - {"version"}),
        "all": len(catalogue.lines.all),
        "paths": catalogue.lines.paths,
    }
    if wants_partial(request):
        response = render(request, "catalogue/_operations.html", context)
        response.headers["HX-Push-Url"] = choice.address(here)
        return response
    return render(request, "catalogue/list.html", context | _options(catalogue, choice))


@require_POST
@needs(APIS)
def refresh(request: CrmRequest) -> HttpResponse:
    """Asks the CRM for its list again: 1 credit for each version shown."""
    for number in numbers_of(version_of(request.GET.get("version", ""), request.connection)):
        kept = request.kept.apis(number, refresh=True)
        if kept.problem:
            say_not_refreshed(request, kept.problem)
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("catalogue:list", args=[request.connection.slug]) + (f"?{query}" if query else ""))


@require_GET
@needs(APIS)
def list_download(request: CrmRequest, form: str) -> HttpResponse:
    """Exactly the operations that the list shows, all pages of them."""
    choice = browse.read_choice(dict(request.GET.lists()))
    catalogue, found = _found(request, choice)
    version = "v7-v8" if catalogue.version == BOTH else f"v{catalogue.version}"
    return download(request, browse.table(found, f"APIs of Zoho CRM, {version}"), form, "zoho-crm-apis", version)


@require_GET
@needs(APIS)
def operation(request: CrmRequest) -> HttpResponse:
    """One operation: what it needs and costs, and how to call it."""
    version = version_of(request.GET.get("version", ""), request.connection)
    line = catalogue_of(request, version).lines.by_key.get(request.GET.get("op", "")[:600])
    if line is None:
        raise Http404
    number = line.versions[-1]
    api = table.api_of(request.connection.dc, request.connection.environment)
    context = {
        "line": line,
        "number": number,
        "address": recipes.address(line, number),
        "granted": covers(request.connection.scope_list, line.scope),
        "price": price_list(request.connection, number).price(line.method, line.path),
        "recipes": [
            ("curl", recipes.curl(line, number, api)),
            ("Python", recipes.python(line, number, api)),
            ("JSON", recipes.as_json(line, number)),
        ],
        "back": reverse("catalogue:list", args=[request.connection.slug]),
    }
    return render(request, "catalogue/operation.html", context)


@require_GET
@needs(APIS)
def ask(request: CrmRequest) -> HttpResponse:
    """The CRM's own parameter `filters`: sends what was typed, shows the answer, or its refusal in words."""
    version = version_of(request.GET.get("version", ""), request.connection)
    number = numbers_of(version)[-1]
    sent = _sent(request)
    context: dict[str, Any] = {
        "here": reverse("catalogue:ask", args=[request.connection.slug]),
        "fields": [(name, words, name == request.GET.get("field", SCOPE)) for name, words in _FIELDS.items()],
        "value": request.GET.get("value", "")[:200],
        "raw": request.GET.get("filters", "")[:LONGEST_FILTER],
        "number": number,
        "numbers": (8, 7),
        "sent": sent,
    }
    status = 200
    if sent:
        try:
            answer = lines_of(request.crm.at_version(number).apis.all(sent), number)
        except CrmError as exc:
            if not explained(exc):
                raise
            context |= {"error": exc, "words": explained(exc)}
            status = 400
        else:
            context |= {
                "groups": _groups(request, answer.all, str(number)),
                "found": len(answer.all),
                "paths": answer.paths,
            }
    return render(request, "catalogue/ask.html", context, status=status)


def _sent(request: CrmRequest) -> str:
    """The text of the parameter: what was typed as JSON, else one made of field and value; "" for nothing yet."""
    if raw := request.GET.get("filters", "").strip():
        return raw[:LONGEST_FILTER]
    if "value" not in request.GET:
        return ""
    return str(Filter(request.GET.get("field", SCOPE)[:80], request.GET["value"].strip()[:200]))


def _found(request: CrmRequest, choice: Choice) -> tuple[Catalogue, list[Line]]:
    asked = BOTH if "differs" in choice.picked else (choice.picked.get("version") or ("",))[-1]
    version = version_of(asked, request.connection)
    catalogue = catalogue_of(request, version)
    granted = request.connection.scope_list
    return catalogue, browse.filtered(catalogue.lines, choice, lambda scope: covers(granted, scope))


def _groups(
    request: CrmRequest, lines: Sequence[Line], version: str, *, can_tick: bool = False, is_both: bool = False
) -> list[tuple[str, list[SafeString]]]:
    """(resource, rows) of the lines shown."""
    granted = request.connection.scope_list
    known = {scope: covers(granted, scope) for scope in {line.scope for line in lines}}
    slug = request.connection.slug
    shown = Table(
        reverse("catalogue:operation", args=[slug]),
        reverse("catalogue:doctor", args=[slug]),
        version,
        can_tick,
        is_both,
    )
    return [(group, [shown.row(line, known[line.scope]) for line in rows]) for group, rows in browse.grouped(lines)]


def _options(catalogue: Catalogue, choice: Choice) -> dict[str, Any]:
    def chosen(name: str) -> str:
        return (choice.picked.get(name) or ("",))[-1]

    lines, area, module = catalogue.lines, chosen("area"), chosen("module")
    pairs = ((SCOPE, area), (MODULE, module), (METHOD, chosen("method")))
    crm_filter = next(({"field": field, "value": value} for field, value in pairs if value), None)
    return {
        "methods": [(one, one.value in choice.picked.get("method", ())) for one in lines.methods],
        "areas": [(one, one.value == area) for one in lines.area_counts],
        "modules": [(one, one.value == module) for one in lines.modules],
        "credits": [(key, words, key == chosen("credits")) for key, words in browse.CREDITS.items()],
        "access": [(key, words, key == chosen("access")) for key, words in browse.ACCESS.items()],
        "versions": [("8", "v8"), ("7", "v7"), (BOTH, "v7 and v8")],
        "ask": urlencode(crm_filter) if crm_filter else "",
    }
